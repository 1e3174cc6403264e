"""Readings of an item where it matters when they are of, which of them is chosen, or how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product

from attrs import evolve

from protocol_dsl.amend.asked import Asked
from protocol_dsl.amend.cell import Cell, Entry
from protocol_dsl.amend.formula import Atom, Role
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.world import World
from protocol_dsl.base.studytime import Days
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.condition import Recorded, Series
from protocol_dsl.model.record import Reading, Value
from protocol_dsl.model.vocabulary import Item, Rule
from protocol_dsl.model.walk import walk

_MOST_VALUES = 4
_MOST_DAYS = 8
_MOST_TOGETHER = 3


def of_readings(item: Item, values: Sequence[Value], told: Asked, world: World) -> Iterator[Cell]:
    """Each value as recorded, on every day that tells two ways of choosing apart; and several readings."""
    ways = told.series.get(item.name, set())
    several = len(ways) > 1 or len(told.at) > 1 or any(atom.bounds for atom in told.atoms)
    days = _days(item.name, told, world) if several else ()
    count = max((one.choice.last or 1 for one in ways if one.choice is not None), default=1)
    for value in values:
        if not days:
            yield Cell(_alike(item, value, count, world))
        for day in days:  # what is stale in either version is missing there
            yield _dated(item, [value] * count, [day - timedelta(days=by) for by in range(count)], told, world)
    if item.name in told.runs or several:
        yield from _several(item, values, days, told, world)


def reading(item: Item, value: Value, world: World, day: date | None = None, *, limits: bool = True) -> Reading:
    """A reading with the limits that go with it; without a day, as fresh as can be."""
    uln, lln = world.limits(item) if limits else (None, None)
    if day is None:
        return Reading(value, uln=uln, lln=lln, at_moment=True)
    return Reading(value, Days(day, day), uln, lln)


def usable(name: str, entries: Mapping[Place, Entry], atoms: Iterable[Atom], world: World) -> bool:
    """Whether each way in which readings of an item are chosen finds one, so that nothing is missing or stale."""
    found = [
        evolve(atom, form=Recorded(one), condition=Recorded(one))
        for atom in atoms
        if atom.role is Role.CONDITION
        for one in dict.fromkeys(node for node in walk(atom.form) if isinstance(node, Series))
        if one.item == name
    ]
    record = world.record({(one.kind, one.name): entry for one, entry in entries.items()})
    return all(truth is Truth.TRUE for truth in world.truths(tuple(found), record))


def _alike(item: Item, value: Value, count: int, world: World) -> tuple[Reading, ...]:
    """One reading; for the mean of the last so many, so many of one value."""
    one = reading(item, value, world)
    return (one, *(evolve(one, date=Days(day, day), at_moment=False) for day in _before(world.anchor, count - 1)))


def _before(day: date, count: int) -> list[date]:
    return [day - timedelta(days=by) for by in range(count)]


def _dated(item: Item, values: Sequence[Value], days: Sequence[date], told: Asked, world: World) -> Cell:
    entry = tuple(reading(item, value, world, day) for value, day in zip(values, days, strict=True))
    return Cell(entry, usable(item.name, {Place("item", item.name): entry}, told.atoms, world))


def _days(name: str, told: Asked, world: World) -> tuple[date, ...]:
    """The days on every edge between readings that are looked at and others, and one to either side."""
    edges: set[date] = set()
    for atom in told.atoms:
        at = world.as_of if atom.moment is None else world.day(atom.moment)
        for one in walk(atom.form):
            if isinstance(one, Series) and one.item == name:
                edges |= {at, *([] if one.valid_days is None else [at - timedelta(days=one.valid_days)])}
                edges |= set(_ends(one, atom, world))
    near = {day + timedelta(days=by) for day in edges for by in (-1, 0, 1)}
    return tuple(sorted(near, key=lambda day: (abs((day - world.anchor).days), day)))


def _ends(series: Series, atom: Atom, world: World) -> Iterator[date]:
    """The first and the last day of a window, as they are on the typical record."""
    window = series.window
    for end in () if window is None else (window.start, window.end):
        if end is not None:
            yield from (day for day in world.values(end, atom) if type(day) is date)


def _several(item: Item, values: Sequence[Value], days: Sequence[date], told: Asked, world: World) -> Iterator[Cell]:
    """Two or three readings, or as many as are asked for in a row, next to one another or on different sides."""
    rules = {one.choice for one in told.series.get(item.name, ()) if one.choice is not None}
    lasts = {one.last for one in rules if one.rule is Rule.MEAN and one.last}
    longest = max(told.counts, default=1) if item.name in told.runs else 2
    for length in sorted({2, longest, *lasts}):
        for some in product(values[:_MOST_VALUES], repeat=min(length, _MOST_TOGETHER)):
            for apart in (1, 0, 2):
                before = [world.anchor - timedelta(days=apart * back + 1) for back in range(len(some))]
                yield _dated(item, some, before, told, world)
    for two in product(values[:_MOST_VALUES], repeat=2):
        for first, second in product(days[:_MOST_DAYS], repeat=2):
            if first < second and two[0] != two[1]:
                yield _dated(item, two, (first, second), told, world)
