"""What formulas over the records of one protocol can come to, without the solver: over the cells of the partition.

Exact where each limit is held against one entry. Elsewhere, and where there is too much to combine, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.cells import cells, product_size
from protocol_dsl.amend.formula import Atom, Formula, Reading, Said, atoms, reading
from protocol_dsl.amend.question import Search, grouped
from protocol_dsl.amend.reach import Wanted
from protocol_dsl.amend.world import World
from protocol_dsl.model.condition import AnyEvent, Count
from protocol_dsl.model.record import Record
from protocol_dsl.model.walk import walk

MOST_RECORDS = 300
MOST_STEPS = 4000

Judge: TypeAlias = Callable[[Said], bool | None]
Ways: TypeAlias = tuple[Any, ...]
"""What groups of atoms come to together, one way for each."""


@frozen
class CellSpace:
    """Every stretch of the records of one protocol. `free` are the atoms that are not looked through, and why."""

    world: World
    free: dict[Atom, str]
    _search: Search = field(eq=False)
    _open: list[None] = field(factory=list, eq=False)
    _put: list[None] = field(factory=list, eq=False)

    @property
    def unsettled(self) -> int:
        """How many questions were left without an answer."""
        return len(self._open)

    @property
    def put(self) -> int:
        """How many questions were put."""
        return len(self._put)

    @staticmethod
    def over(formulas: Iterable[Formula], world: World) -> CellSpace:
        """The records as far as the formulas look at them."""
        every = tuple(dict.fromkeys(atom for one in formulas for atom in atoms(one)))
        free: dict[Atom, str] = {}
        for some in grouped(every):
            why = _too_much(some, world)
            if why:
                free |= dict.fromkeys(some, why)
        return CellSpace(world, free, Search(world, solved=False))

    def can(self, *wanted: Wanted, whole: bool = False) -> bool | None:
        """Whether some record has every formula come to one of its truths; None where that is not settled."""
        return self._look([formula for formula, _ in wanted], lambda index: _all(wanted, index), whole=whole)[0]

    def differ(self, one: Formula, other: Formula) -> bool | None:
        """Whether some record has the two come to different things."""
        return self._look([one, other], lambda index: _apart(reading(one, index), reading(other, index)))[0]

    def record(self, *wanted: Wanted, whole: bool = False) -> Record | None:
        """A record of which `can` is true; None where there is none."""
        found, ways = self._look([formula for formula, _ in wanted], lambda index: _all(wanted, index), whole=whole)
        if not found:
            return None
        entries = {place: cell for way in ways for place, cell in way.entries.items()}
        return self.world.record({(place.kind, place.name): cell.entry for place, cell in entries.items()})

    def _look(
        self, formulas: Sequence[Formula], judge: Callable[[dict[Atom, int]], Judge], *, whole: bool = False
    ) -> tuple[bool | None, Ways]:
        every = tuple(dict.fromkeys(atom for one in formulas for atom in atoms(one)))
        self._put.append(None)
        if any(atom in self.free for atom in every):
            self._open.append(None)
            return None, ()
        groups = sorted((self._search.group(some) for some in grouped(every)), key=lambda one: len(one.ways))
        ordered = tuple(atom for group in groups for atom in group.atoms)
        look = _Look(judge({atom: number for number, atom in enumerate(ordered)}), [None] * len(ordered), whole)
        ways = look.first(groups, 0, ())
        if ways is not None:
            return True, ways
        loose = look.steps[0] < 0 or any(group.loose for group in groups)
        self._open.extend([None] * loose)
        return (None if loose else False), ()


@frozen
class _Look:
    """A search through the ways of groups, one after the other; what can no longer be is left alone."""

    judge: Judge
    said: Said
    whole: bool
    steps: list[int] = field(factory=lambda: [MOST_STEPS])

    def first(self, groups: Sequence[Any], at: int, ways: Ways) -> Ways | None:
        """The first ways that are as wanted."""
        self.steps[0] -= 1
        judged = self.judge(self.said)
        if judged is False or self.steps[0] < 0:
            return None
        if not groups:
            return ways if judged else None
        numbers = range(at, at + len(groups[0].atoms))
        for way in groups[0].ways:
            if self.whole and not way.whole:
                continue
            for number, truth in zip(numbers, way.truths, strict=True):
                self.said[number] = truth
            found = self.first(groups[1:], numbers.stop, (*ways, way))
            if found is not None:
                return found
        for number in numbers:
            self.said[number] = None
        return None


def _all(wanted: Sequence[Wanted], index: dict[Atom, int]) -> Judge:
    """Whether every formula comes to one of its truths; None where that is open yet."""
    read = [(reading(formula, index), truths) for formula, truths in wanted]

    def judge(said: Said) -> bool | None:
        found = [(one(said), truths) for one, truths in read]
        if any(truth is not None and truth not in truths for truth, truths in found):
            return False
        return None if any(truth is None for truth, _ in found) else True

    return judge


def _apart(one: Reading, other: Reading) -> Judge:
    def judge(said: Said) -> bool | None:
        a, b = one(said), other(said)
        return None if a is None or b is None else a is not b

    return judge


def _too_much(some: tuple[Atom, ...], world: World) -> str:
    """Why atoms that share entries are not looked through; nothing where they are."""
    if any(isinstance(node, AnyEvent | Count) for atom in some for node in walk(atom.form)):
        return "events of a list"
    told = asked(some)
    size = 0 if told.loose else product_size([cells(place, told, world) for place in sorted(told.places)])
    if told.loose:  # of some it is seen only as their cells are made
        return told.loose[0]
    return "" if size <= MOST_RECORDS else f"{size} combinations"
