"""A typical record: an example that both files could have, filled in until as many criteria clear as can."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from attrs import define, field

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.cells import Cell, one_by_one
from protocol_dsl.amend.formula import Atom, Formula, atoms, clearing, truth_of
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.this import This
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.record import Record

_ROUNDS = 3


def typical(world: World) -> World:
    """The same world, in which as many criteria of both versions clear as were found to clear together.

    Entries that clear everything they can are put in one by one; what is there already is kept where it does no harm.
    """
    alias = {name: known for known, ids in reversed(tuple(world.aliases.items())) for name in ids}
    wanted = dict.fromkeys(
        clearing(clause, number, alias.get(clause.id, clause.id))
        for number, version in enumerate(world.versions)
        for clause in version.criteria
    )
    found = _Mending(world)
    for one in wanted:
        for place in looked_at(one):
            found.looking.setdefault(place, []).append(one)
    found.read(atom for one in wanted for atom in atoms(one))
    for _ in range(_ROUNDS):
        unmet = [one for one in wanted if found.truth(one) is not Truth.TRUE]
        for one in unmet:
            found.mend(one)
        if not unmet:
            break
    return found.world.knowing(found.said)


def looked_at(formula: Formula) -> frozenset[Place]:
    """Every place of a record that a formula looks at."""
    return _looked_at(This(formula))


@lru_cache(maxsize=1 << 13)
def _looked_at(this: This[Formula]) -> frozenset[Place]:
    return frozenset(place for atom in atoms(this.one) for place in places(atom))


def clears(formula: Formula, world: World) -> Truth:
    """What a formula comes to on the typical record."""
    known = world.cleared.get(This(formula))
    if known is None:
        said = {atom: world.typically(atom) for atom in atoms(formula)}
        known = world.cleared[This(formula)] = truth_of(formula, said) or Truth.UNKNOWN
    return known


def clears_on(formula: Formula, world: World, record: Record) -> Truth:
    """What a formula comes to on another record."""
    every = tuple(dict.fromkeys(atoms(formula)))
    return truth_of(formula, dict(zip(every, world.truths(every, record), strict=True))) or Truth.UNKNOWN


@define
class _Mending:
    """A typical record in the making: what looks at each place, and what atoms are known to come to on it.

    Of the places that were `tried` it is known that nothing that plays a part there has changed since.
    """

    world: World
    looking: dict[Place, list[Formula]] = field(factory=dict)
    said: dict[Atom, Truth] = field(factory=dict)
    tried: set[Place] = field(factory=set)

    def truth(self, formula: Formula) -> Truth:
        """What a formula comes to on the record as it is."""
        self.read(atoms(formula))
        return truth_of(formula, self.said) or Truth.UNKNOWN

    def read(self, some: Iterable[Atom]) -> None:
        """Read on the record as it is what is not known yet."""
        every = tuple(dict.fromkeys(atom for atom in some if atom not in self.said))
        self.said.update(zip(every, self.world.truths(every, self.world.typical), strict=True))

    def mend(self, formula: Formula) -> None:
        """Put in the entry, of those that the formula looks at, with which most clears of what looks at it."""
        for place in sorted(looked_at(formula)):
            if self.truth(formula) is Truth.TRUE:
                break
            if place not in self.tried:
                self._mend_at(place)
                self.tried.add(place)

    def _mend_at(self, place: Place) -> None:
        near = self.looking[place]
        touched = tuple(dict.fromkeys(atom for one in near for atom in atoms(one) if place in places(atom)))
        self.read(atom for one in near for atom in atoms(one))
        best = self._best(place, near, touched)
        if best is not None:
            cell, said = best
            self._put(place, cell)
            self.said.update(said)

    def _put(self, place: Place, cell: Cell) -> None:
        """Put in an entry. Where it is another, what looks at it besides elsewhere is to be tried there again."""
        before = self.world
        self.world = before.holding(place, cell.entry)
        if place.kind == "moment":
            self.said.clear()
        if place in before.far_reaching:
            self.tried.clear()
        elif before.entry(place.kind, place.name) != cell.entry:
            self.tried -= {other for one in self.looking[place] for other in looked_at(one)}

    def _best(
        self, place: Place, near: list[Formula], touched: tuple[Atom, ...]
    ) -> tuple[Cell, dict[Atom, Truth]] | None:
        """The first of the entries with which most clears, and what is read on it; None where there is none."""
        best, most = None, -1
        said = {atom: self.said[atom] for one in near for atom in atoms(one)}
        for cell in one_by_one(place, asked(touched), self.world):
            if cell.whole:
                record = self.world.record({(place.kind, place.name): cell.entry})
                here = dict(zip(touched, self.world.truths(touched, record), strict=True))
                said.update(here)
                points = sum(_POINTS[truth_of(one, said) or Truth.UNKNOWN] for one in near)
                if points > most:
                    best, most = (cell, here), points
                if points == _POINTS[Truth.TRUE] * len(near):
                    break
        return best


_POINTS = {Truth.TRUE: 3, Truth.UNKNOWN: 1, Truth.FALSE: 0}
