"""Where to begin looking: several readings of what is asked for in runs, and several events of what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from itertools import islice
from math import ceil

from attrs import evolve

from protocol_dsl.amend.asked import Asked
from protocol_dsl.amend.cell import Cell, Entry
from protocol_dsl.amend.cells import values_of
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.ways import Group, Way
from protocol_dsl.amend.world import World
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.condition import Consecutive, Fetch, Part, Sustained
from protocol_dsl.model.plausible import Plausible, plausible
from protocol_dsl.model.record import Event, Reading, Record, Value
from protocol_dsl.model.walk import walk

_MOST_BASES = 6
_MOST_VALUES = 6
_MOST_EVENTS = 8
_MOST_IN_A_RUN = 9
_DAYS_BEFORE = 3
_SEVERAL = 2


def seeds(group: Group, told: Asked, world: World, most: int) -> Iterator[Mapping[Place, Entry]]:
    """Records with as many readings or events as are asked for, one fewer and one more, up to so many records."""
    bases = [{place: cell.entry for place, cell in way.entries.items()} for way in group.ways[:_MOST_BASES]]
    yield from islice(_seeds([*_at_turns(told, world), *bases], group, told, world), most)


def _seeds(bases: list[dict[Place, Entry]], group: Group, told: Asked, world: World) -> Iterator[Mapping[Place, Entry]]:
    for place in sorted(told.places):
        several: Iterator[Entry] = iter(())
        if place.kind == "item" and (place.name in told.runs or len(told.series.get(place.name, ())) > 1):
            several = _readings(place.name, group, told, world)
        elif place.kind == "list" and place.name not in told.seen_through:
            several = _events(place, group, told, world)
        for entry in several:
            yield from ({**base, place: entry} for base in bases)


def _at_turns(told: Asked, world: World) -> Iterator[dict[Place, Entry]]:
    """Records on either side of where a comparison of several items turns, as one by one they go from low to high.

    Near that any one of them tells, where from the typical record none by itself does.
    """
    for atom, compared in told.formulas:
        names = sorted({one.series.item for one in walk(compared) if isinstance(one, Fetch)})
        ends = {name: known for name in names if (known := plausible(world.item(name))) is not None}
        if len(ends) < _SEVERAL:
            continue
        steps = [_step(ends, count, world) for count in range(len(ends) + 1)]
        truths = [world.truths((atom,), _record(one, world)) for one in steps]
        for number in range(len(ends)):
            if truths[number] != truths[number + 1]:
                yield from (steps[number], steps[number + 1])


def _step(ends: Mapping[str, Plausible], count: int, world: World) -> dict[Place, Entry]:
    """So many of the items as high as may be, the others as low."""
    found: dict[Place, Entry] = {}
    for number, (name, known) in enumerate(ends.items()):
        value = known.unit.in_base(known.high if number < count else known.low)
        uln, lln = world.limits(world.item(name))
        found[Place("item", name)] = (Reading(value, uln=uln, lln=lln, at_moment=True),)
    return found


def _record(entries: Mapping[Place, Entry], world: World) -> Record:
    return world.record({(place.kind, place.name): entry for place, entry in entries.items()})


def of_other_days(group: Group, world: World) -> Iterator[Way]:
    """Ways whose readings are of days before, where other days are counted from the day of a reading."""
    counted = {
        node.series.item
        for atom in group.atoms
        for node in walk(atom.form)
        if isinstance(node, Fetch) and node.part is Part.DATE
    }
    for name in sorted(counted):
        place = Place("item", name)
        for way in group.ways[:_MOST_BASES]:
            cell = way.entries.get(place)
            readings = cell.entry if cell is not None and isinstance(cell.entry, tuple) else ()
            if len(readings) == 1 and isinstance(one := readings[0], Reading) and one.value is not None:
                day = world.anchor - timedelta(days=_DAYS_BEFORE)
                moved = (evolve(one, date=Days(day, day), at_moment=False),)
                yield evolve(way, entries={**way.entries, place: Cell(moved, cell.whole if cell else True)})


def _counts(told: Asked) -> list[int]:
    near = {count + by for count in told.counts for by in (-1, 0, 1)} | {2, 3}
    return sorted(count for count in near if 1 < count <= _MOST_IN_A_RUN)


# --- readings ---------------------------------------------------------------------------------------------------------


def _readings(name: str, group: Group, told: Asked, world: World) -> Iterator[tuple[Reading, ...]]:
    """Readings all alike, and with another among them, so many days apart and each day a different one."""
    known = plausible(world.item(name))
    ends = () if known is None else (known.unit.in_base(known.low), known.unit.in_base(known.high))
    values = list(dict.fromkeys((*ends, *values_of(world.item(name), name, told, world))))[:_MOST_VALUES]
    for count in _counts(told):
        for apart in _apart(group):
            for value in values:
                for other in values:
                    places = (0, count // 2, count - 1) if other != value else (0,)
                    for at in dict.fromkeys(places):
                        yield _run([other if at == n else value for n in range(count)], apart, name, world)


def _run(values: list[Value], apart: int, name: str, world: World) -> tuple[Reading, ...]:
    uln, lln = world.limits(world.item(name))
    days = [world.anchor - timedelta(days=apart * by) for by in range(len(values))]
    return tuple(Reading(value, Days(day, day), uln, lln) for value, day in zip(values, days, strict=True))


def _apart(group: Group) -> list[int]:
    """How many days lie between two readings: as many as are asked for, one fewer and one more."""
    asked: set[int | Fraction] = {1}
    for atom in group.atoms:
        for node in walk(atom.form):
            if isinstance(node, Consecutive):
                asked |= {node.apart_days, node.apart_days - 1, node.apart_days + 1}
            elif isinstance(node, Sustained):
                asked |= {node.days, node.days - 1, node.days + 1}
    return sorted({ceil(days) for days in asked if days >= 0})


# --- events -----------------------------------------------------------------------------------------------------------


def _events(place: Place, group: Group, told: Asked, world: World) -> Iterator[Entry]:
    """Several events of each sort that was told apart, and of two sorts together."""
    sorts: list[Event] = []
    for event in (event for way in group.ways for event in _single(way, place)):
        if event not in sorts and len(sorts) < _MOST_EVENTS:
            sorts.append(event)
    for count in _counts(told):
        for one in sorts:
            yield (one,) * count, world.as_of
            yield from (((*(one,) * (count - 1), other), world.as_of) for other in sorts if one is not other)


def _single(way: Way, place: Place) -> Iterator[Event]:
    cell = way.entries.get(place)
    held = cell.entry[0] if cell is not None and isinstance(cell.entry, tuple) and cell.entry else None
    if isinstance(held, tuple) and len(held) == 1 and isinstance(held[0], Event):
        yield held[0]
