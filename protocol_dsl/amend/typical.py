"""A typical record: an example that both files could have, filled in until as many criteria clear as can."""

from __future__ import annotations

from functools import lru_cache

from attrs import define, evolve, field

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.cells import Cell, cells
from protocol_dsl.amend.formula import Atom, Formula, atoms, clearing, truth_of
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.record import Record

_ROUNDS = 3


def typical(world: World) -> World:
    """The same world, in which as many criteria of both versions clear as were found to clear together.

    Entries that clear everything they can are put in one by one; what is there already is kept where it does no harm.
    """
    wanted = dict.fromkeys(
        clearing(clause, number, _alias(world, clause.id))
        for number, version in enumerate(world.versions)
        for clause in version.criteria
    )
    found = _Mending(world)
    for one in wanted:
        for place in looked_at(one):
            found.looking.setdefault(place, []).append(one)
    for _ in range(_ROUNDS):
        unmet = [one for one in wanted if found.truth(one) is not Truth.TRUE]
        for one in unmet:
            found.mend(one)
        if not unmet:
            break
    return found.world.knowing(found.said)


@lru_cache(maxsize=1 << 13)
def looked_at(formula: Formula) -> frozenset[Place]:
    """Every place of a record that a formula looks at."""
    return frozenset(place for atom in atoms(formula) for place in places(atom))


def _alias(world: World, name: str) -> str:
    return next((alias for alias, ids in world.aliases.items() if name in ids), name)


def clears(formula: Formula, world: World) -> Truth:
    """What a formula comes to on the typical record."""
    return truth_of(formula, {atom: world.typically(atom) for atom in atoms(formula)}) or Truth.UNKNOWN


def clears_on(formula: Formula, world: World, record: Record) -> Truth:
    """What a formula comes to on another record."""
    every = tuple(dict.fromkeys(atoms(formula)))
    return truth_of(formula, dict(zip(every, world.truths(every, record), strict=True))) or Truth.UNKNOWN


@define
class _Mending:
    """A typical record in the making: what looks at each place, and what atoms are known to come to on it."""

    world: World
    looking: dict[Place, list[Formula]] = field(factory=dict)
    said: dict[Atom, Truth] = field(factory=dict)

    def truth(self, formula: Formula) -> Truth:
        """What a formula comes to on the record as it is."""
        self._read([atom for atom in atoms(formula) if atom not in self.said])
        return truth_of(formula, self.said) or Truth.UNKNOWN

    def _read(self, some: list[Atom]) -> None:
        every = tuple(dict.fromkeys(some))
        self.said.update(zip(every, self.world.truths(every, self.world.typical), strict=True))

    def mend(self, formula: Formula) -> None:
        """Put in the entry, of those that the formula looks at, with which most clears of what looks at it."""
        for place in sorted(looked_at(formula)):
            if self.truth(formula) is Truth.TRUE:
                break
            near = self.looking[place]
            touched = tuple(dict.fromkeys(atom for one in near for atom in atoms(one) if place in places(atom)))
            self._read([atom for one in near for atom in atoms(one) if atom not in self.said])
            cell = self._best(place, near, touched)
            if cell is not None:
                self.world = evolve(self.world, typical=self.world.record({(place.kind, place.name): cell.entry}))
                self.said = {} if place.kind == "moment" else self.said
                self._read(list(touched))

    def _best(self, place: Place, near: list[Formula], touched: tuple[Atom, ...]) -> Cell | None:
        """The first of the entries with which most clears; None where there is none to put in."""
        best, most = None, -1
        for cell in cells(place, asked(touched), self.world):
            if cell.whole:
                record = self.world.record({(place.kind, place.name): cell.entry})
                said = {**self.said, **dict(zip(touched, self.world.truths(touched, record), strict=True))}
                points = sum(_POINTS[truth_of(one, said) or Truth.UNKNOWN] for one in near)
                if points > most:
                    best, most = cell, points
                if points == _POINTS[Truth.TRUE] * len(near):
                    break
        return best


_POINTS = {Truth.TRUE: 3, Truth.UNKNOWN: 1, Truth.FALSE: 0}
