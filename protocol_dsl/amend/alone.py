"""One version by itself, over all records: what its clauses can come to, each alone and with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

from attrs import evolve, field, frozen

from protocol_dsl.amend.formula import Formula, ReadAs, atoms, clearing, of_condition
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.reach import EMPTY, FALSE, NOT_TRUE, TRUE, Names, Space, Wanted
from protocol_dsl.amend.reach_by_cells import CellSpace
from protocol_dsl.amend.smt import listening
from protocol_dsl.amend.solver import available
from protocol_dsl.amend.world import World, world
from protocol_dsl.model.condition import AtLeast, Both, Branch, Cases, Condition, Either, Not, Policy
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk

_PAIRS = 2
Possible: TypeAlias = Callable[[Sequence[int]], bool | None]


@frozen
class Part:
    """A part of a condition, and the condition that holds it."""

    node: Condition
    within: Condition

    @property
    def is_exception(self) -> bool:
        """Whether it was written as `unless ...`."""
        span = self.node.span
        return span.source.text[: span.start].rstrip().endswith("unless")


@frozen
class Row:
    """A branch of a case or a row of a table, and what must be so for it to be the one that is taken."""

    branch: Branch
    taken: tuple[Wanted, ...]


@frozen
class Lone:
    """A clause by itself: its rule, its guard if it has one, and every rule it would be with one part left out."""

    clause: Clause
    body: Formula
    guard: Formula | None
    clears: Formula
    lesser: tuple[tuple[Part, Formula], ...]
    rows: tuple[Row, ...]
    space: Space | CellSpace

    def can(self, *truths: Wanted) -> bool | None:
        """Whether that can be where the clause applies; None where it was not settled."""
        return self.space.can(*truths, *(() if self.guard is None else ((self.guard, TRUE),)))

    @property
    def never_met(self) -> bool | None:
        """Whether no record meets it."""
        return _not(self.can((self.body, TRUE)))

    @property
    def never_fails(self) -> bool | None:
        """Whether no record fails it."""
        return _not(self.can((self.body, FALSE)))

    @property
    def cannot_clear(self) -> bool:
        """Whether no record clears it, on which it does not apply either."""
        return self.space.can((self.clears, TRUE)) is False


def _not(found: bool | None) -> bool | None:  # noqa: FBT001 - an answer
    return None if found is None else not found


@frozen
class Together:
    """Criteria that look at the same entries, directly or through others: what one comes to can rule out another."""

    clauses: tuple[Clause, ...]
    formulas: tuple[Formula, ...]
    space: Space | CellSpace

    def can_all_clear(self) -> bool | None:
        """Whether some record clears them all."""
        return self.space.can(*((one, TRUE) for one in self.formulas))

    def conflict(self) -> tuple[Clause, ...]:
        """Criteria that no record clears together, as few as can be; none where all can clear."""
        if self.can_all_clear() is not False:
            return ()
        numbers = fewest(
            range(len(self.clauses)), lambda some: self.space.can(*((self.formulas[n], TRUE) for n in some))
        )
        return tuple(self.clauses[n] for n in numbers)

    def implied_by(self, number: int, others: Sequence[int]) -> tuple[Clause, ...] | None:
        """Of the others, as few as can be whose clearing makes this one clear; None where they do not."""
        mine = (self.formulas[number], NOT_TRUE)
        if self.space.can(mine, *((self.formulas[n], TRUE) for n in others)) is not False:
            return None
        found = fewest(others, lambda some: self.space.can(mine, *((self.formulas[n], TRUE) for n in some)))
        return tuple(self.clauses[n] for n in found)

    def idle(self) -> tuple[tuple[Clause, tuple[Clause, ...]], ...]:
        """The criteria that the others make needless, each with those that do; of two that say the same, the later."""
        if not self._idle:
            self._idle.append(tuple(self._needless()))
        return self._idle[0]

    _idle: list[tuple[tuple[Clause, tuple[Clause, ...]], ...]] = field(factory=list, eq=False)

    def _needless(self) -> Iterator[tuple[Clause, tuple[Clause, ...]]]:
        left = list(range(len(self.clauses)))
        for number in reversed(range(len(self.clauses))):
            others = [one for one in left if one != number]
            by = self.implied_by(number, others) if others else None
            if by:
                left = others
                yield self.clauses[number], by

    def implies(self, clause: Clause, other: Clause) -> bool:
        """Whether whoever clears a criterion clears the other."""
        a, b = (self.formulas[self.clauses.index(one)] for one in (clause, other))
        return self.space.can((a, TRUE), (b, NOT_TRUE)) is False


@frozen
class Alone:
    """A protocol and its records. `lone` has each clause by its id and section."""

    protocol: Protocol
    world: World
    _lone: dict[int, Lone] = field(factory=dict, eq=False)

    def lone(self, clause: Clause) -> Lone:
        """A clause by itself."""
        if id(clause) not in self._lone:
            self._lone[id(clause)] = self._made(clause)
        return self._lone[id(clause)]

    def _made(self, clause: Clause) -> Lone:
        by = ReadAs(0, clause.moment, clause.id)
        body = of_condition(clause.condition, by)
        guard = None if clause.guard is None else of_condition(clause.guard, by)
        lesser = tuple((part, of_condition(rest, by)) for part, rest in _without_a_part(clause.condition))
        rows = tuple(_rows(clause.condition, by))
        asked_of_rows = [formula for row in rows for formula, _ in row.taken]
        formulas = (
            body,
            *([] if guard is None else [guard]),
            *(rest for _, rest in lesser),
            *asked_of_rows,
            clearing(clause, 0),
        )
        clears = clearing(clause, 0)
        names = _names(clause.id, body, guard, lesser, clears) if listening() else EMPTY
        return Lone(clause, body, guard, clears, lesser, rows, space(formulas, self.world, clause.id, names))

    def together(self) -> tuple[Together, ...]:
        """The criteria, those together that look at the same entries."""
        if "together" not in self._found:
            self._found["together"] = tuple(self._groups())
        return self._found["together"]

    _found: dict[str, tuple[Together, ...]] = field(factory=dict, eq=False)

    def _groups(self) -> Iterator[Together]:
        formulas = [clearing(clause, 0) for clause in self.protocol.criteria]
        groups: list[tuple[frozenset[Place], tuple[int, ...]]] = []
        for number, formula in enumerate(formulas):
            mine = frozenset(place for atom in atoms(formula) for place in places(atom))
            some: tuple[int, ...] = (number,)
            apart = []
            for theirs, others in groups:
                if mine & theirs:
                    mine, some = mine | theirs, (*others, *some)
                else:
                    apart.append((theirs, others))
            groups = [*apart, (mine, some)]
        for _, some in groups:
            ordered = sorted(some)
            clauses = [self.protocol.criteria[n] for n in ordered]
            names = {formulas[n]: f"`{one.id} clears`" for n, one in zip(ordered, clauses, strict=True)}
            about = f"{clauses[0].id}{' with others' * (len(clauses) > 1)}"
            here = space([formulas[n] for n in ordered], self.world, about, names)
            # One that cannot clear by itself is told of by itself.
            ordered = [n for n in ordered if here.can((formulas[n], TRUE)) is not False]
            held = tuple(formulas[n] for n in ordered)
            yield Together(tuple(self.protocol.criteria[n] for n in ordered), held, here)


_LAST: list[Alone] = []
"""The protocol that was asked about last: every check asks about the same one."""


def space(formulas: Iterable[Formula], where: World, about: str = "", names: Names = EMPTY) -> Space | CellSpace:
    """The records as far as formulas look at them: for the solver where it is installed, else cell by cell."""
    return Space.over(formulas, where, about, names) if available() else CellSpace.over(formulas, where)


def _names(
    name: str, body: Formula, guard: Formula | None, lesser: tuple[tuple[Part, Formula], ...], clears: Formula
) -> Names:
    """What the formulas of a clause are, for whoever reads its questions."""
    parts = {formula: f"`{name} without {' '.join(part.node.span.text.split())}`" for part, formula in lesser}
    guarded = {} if guard is None else {guard: f"`{name} applies`"}
    return {clears: f"`{name} clears`", **parts, **guarded, body: f"the rule of {name}"}


def alone(protocol: Protocol) -> Alone:
    """A protocol over all records."""
    if not _LAST or _LAST[0].protocol is not protocol:
        _LAST[:] = [Alone(protocol, world((protocol, protocol)))]
    return _LAST[0]


def fewest(numbers: Sequence[int], possible: Possible) -> tuple[int, ...]:
    """As few as can be that are not possible together: the first one or two, or else none of which can be left out."""
    few = (some for size in range(_PAIRS + 1) for some in combinations(numbers, size))
    found = next((some for some in few if possible(some) is False), None)
    if found is not None:
        return found
    left = list(numbers)
    for number in reversed(numbers):
        fewer = [one for one in left if one != number]
        if possible(fewer) is False:
            left = fewer
    return tuple(left)


# --- parts ------------------------------------------------------------------------------------------------------------


def _without_a_part(condition: Condition) -> Iterator[tuple[Part, Condition]]:
    """Every part of a condition's logic, and the condition without it. What is one phrase is one part."""
    match condition:
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            for at, part in enumerate(parts):
                rest = (*parts[:at], *parts[at + 1 :])
                fits = not isinstance(condition, AtLeast) or condition.count <= len(rest)
                if rest and fits and part.span != condition.span:
                    yield Part(part, condition), evolve(condition, parts=rest)
                for inner, lesser in _without_a_part(part):
                    yield inner, evolve(condition, parts=(*parts[:at], lesser, *parts[at + 1 :]))
        case Not(inside=inside) | Policy(inside=inside):
            for inner, lesser in _without_a_part(inside):
                yield inner, evolve(condition, inside=lesser)
        case _:
            return


def _rows(condition: Condition, by: ReadAs) -> Iterator[Row]:
    """Every branch in a condition after the first, with the earlier ones not taken."""
    for node in walk(condition):
        if isinstance(node, Cases):
            earlier: list[Wanted] = []
            for branch in node.branches:
                mine = [] if branch.when is None else [of_condition(branch.when, by)]
                yield Row(branch, (*earlier, *((one, TRUE) for one in mine)))
                earlier += [(one, FALSE) for one in mine]


def together_as(clauses: Sequence[Clause], joined: str = "and") -> str:
    """The ids of clauses in a sentence: `I1, I4 and E2`."""
    ids = [clause.id for clause in clauses]
    return ids[0] if len(ids) == 1 else f"{', '.join(ids[:-1])} {joined} {ids[-1]}"


def every_clause(protocol: Protocol) -> tuple[Clause, ...]:
    """The criteria, and the clauses of gates and of the DLT section."""
    gates = (clause for gate in protocol.gates for clause in gate.clauses)
    return (*protocol.criteria, *gates, *(() if protocol.dlt is None else protocol.dlt.clauses))
