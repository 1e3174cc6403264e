"""A typical record: an example that both files could have, filled in until as many criteria clear as can."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.cells import Cell, cells
from protocol_dsl.amend.formula import Formula, atoms, clearing, truth_of
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
    looking: dict[Place, list[Formula]] = {}
    for one in wanted:
        for place in looked_at(one):
            looking.setdefault(place, []).append(one)
    for _ in range(_ROUNDS):
        unmet = [one for one in wanted if clears(one, world) is not Truth.TRUE]
        for one in unmet:
            world = _mended(world, one, looking)
        if not unmet:
            break
    return world


def looked_at(formula: Formula) -> frozenset[Place]:
    """Every place of a record that a formula looks at."""
    return frozenset(place for atom in atoms(formula) for place in places(atom))


def _alias(world: World, name: str) -> str:
    return next((alias for alias, ids in world.aliases.items() if name in ids), name)


def clears(formula: Formula, world: World) -> Truth:
    """What a formula comes to on the typical record."""
    return _truth(formula, world, world.typical)


def _truth(formula: Formula, world: World, record: Record) -> Truth:
    every = tuple(dict.fromkeys(atoms(formula)))
    return truth_of(formula, dict(zip(every, world.truths(every, record), strict=True))) or Truth.UNKNOWN


def _mended(world: World, formula: Formula, looking: Mapping[Place, list[Formula]]) -> World:
    """The record with the entry, of those that the formula looks at, with which most clears of what looks at it."""
    for place in sorted(looked_at(formula)):
        if clears(formula, world) is Truth.TRUE:
            break
        near = looking[place]
        told = asked(tuple(dict.fromkeys(atom for one in near for atom in atoms(one) if place in places(atom))))
        found: list[tuple[int, int, Cell]] = []
        for number, cell in enumerate(cells(place, told, world)):
            if cell.whole:
                record = world.record({(place.kind, place.name): cell.entry})
                found.append((sum(_points(one, world, record) for one in near), -number, cell))
        best = max(found, key=lambda one: one[:2], default=None)
        if best is not None:
            world = evolve(world, typical=world.record({(place.kind, place.name): best[2].entry}))
    return world


def _points(formula: Formula, world: World, record: Record) -> int:
    return {Truth.TRUE: 3, Truth.UNKNOWN: 1, Truth.FALSE: 0}[_truth(formula, world, record)]
