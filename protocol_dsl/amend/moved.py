"""The same question on other days: the typical record with its moments moved, and all that is dated along with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from attrs import evolve

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.cells import Cell, cells
from protocol_dsl.amend.formula import Atom, Role
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.still import CALENDAR, written
from protocol_dsl.amend.world import World
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.condition import AnyEvent, Count
from protocol_dsl.model.record import Event, Range, Reading, Record
from protocol_dsl.model.walk import walk

_MOST = 60


def elsewhere(groups: Iterable[tuple[Atom, ...]], world: World) -> Iterator[World]:
    """The world on other days, so many at most, for groups of atoms that do not come to the same on all days."""
    found: dict[tuple[Any, ...], World] = {}
    for other in (one for some in groups for one in _others(some, world)):
        days = tuple(_day(other, name) for name in other.days)
        if days not in found:
            found[days] = other
            yield other
        if len(found) == _MOST:
            return


def _day(world: World, moment: str) -> Any:  # noqa: ANN401 - a value
    """The day that the typical record has for a moment; None where it has none."""
    return next((one.value for one in world.typical.readings.get(moment, ())), None)


def on_the_day(some: Iterable[Atom], world: World) -> World | None:
    """The world seen from the day on which atoms are asked about lists; None where none is, or that is seen later.

    An event without a day had begun by then, while later nobody knows.
    """
    lists = [one for one in some if one.role is not Role.CONDITION or any(map(_is_search, walk(one.form)))]
    if not lists or any(one.moment is None for one in lists):
        return None
    day = max(world.day(one.moment or "") for one in lists)
    attested = dict.fromkeys(world.typical.attested, day)
    return evolve(world, as_of=day, typical=evolve(world.typical, attested=attested))


def _is_search(node: object) -> bool:
    return isinstance(node, AnyEvent | Count)


def entries(moved: World, world: World, groups: Iterable[tuple[Atom, ...]]) -> dict[Place, Cell]:
    """The days of moments in which a world differs from another, and what the atoms look at that went along."""
    found = {}
    for name in moved.days:
        day = _day(moved, name)
        if day != _day(world, name):
            found[Place("moment", name)] = Cell(day if isinstance(day, date) else None, whole=day is not None)
    for place in {place for some in groups for atom in some for place in places(atom)}:
        here = moved.entry(place.kind, place.name) if place.kind in ("item", "list") else None
        if here is not None and here != world.entry(place.kind, place.name):
            found[place] = Cell(here)
    return found


def _others(some: tuple[Atom, ...], world: World) -> Iterator[World]:
    told = asked(some)
    days = sorted({day.date() if isinstance(day, datetime) else day for day in written(some)})
    lengths = sorted({0, *told.lengths})
    near = {day + timedelta(days=sign * by + one) for day in days for by in lengths for sign in (1, -1) for one in _BY}
    if any(one.startswith(CALENDAR) for one in told.loose):
        near |= set(_turns(world))
    for day in sorted(near, key=lambda one: (abs((one - world.anchor).days), one)):
        if world.as_of - timedelta(days=_LEAST) > day > date.min + timedelta(days=_FAR):
            yield _shifted(world, day - world.anchor)
    if any(atom.bounds for atom in some):
        yield from _at_bounds(world)
    for place in sorted(told.places):
        if place.kind == "moment":
            yield from (world.holding(place, cell.entry) for cell in cells(place, told, world)[1:])


_BY = (0, -1, 1)
_LEAST, _FAR = 30, 73000


def _turns(world: World) -> Iterator[date]:
    """The first and the last days of months, in a leap year and the next."""
    leap = world.anchor.year - 1 - (world.anchor.year - 1) % 4
    for year in (leap, leap + 1):
        for month in range(1, 13):
            first = date(year, month, 1)
            yield from (first, first - timedelta(days=1))


def _at_bounds(world: World) -> Iterator[World]:
    """Moments on either side of the bounds between them, as either version has them."""
    for version in world.versions:
        for moment in version.moments.values():
            for gap in (moment.at_least_days or 0, moment.at_most_days):
                if moment.after is not None and gap is not None:
                    days = (world.day(moment.name) - timedelta(days=gap + by) for by in _BY)
                    yield from (world.holding(Place("moment", moment.after), day) for day in days)


def _shifted(world: World, by: timedelta) -> World:
    """All moments, and all that is dated, so much later."""
    days = {name: day + by for name, day in world.days.items()}
    return evolve(world, typical=_record(world.typical, by), anchor=world.anchor + by, days=days)


def _record(record: Record, by: timedelta) -> Record:
    """The same record so much later; up to when lists are complete is left."""
    return evolve(
        record,
        readings={name: tuple(_reading(one, by) for one in found) for name, found in record.readings.items()},
        lists={
            name: tuple(
                Event({field: _reading(one, by) for field, one in event.fields.items()}, event.stray) for event in found
            )
            for name, found in record.lists.items()
        },
    )


def _reading(reading: Reading, by: timedelta) -> Reading:
    when = None if reading.date is None else Days(reading.date.first + by, reading.date.last + by)
    return evolve(reading, value=_later(reading.value, by), date=when)


def _later(value: Any, by: timedelta) -> Any:  # noqa: ANN401 - days among other values
    if isinstance(value, Range):
        return evolve(value, low=_later(value.low, by), high=_later(value.high, by))
    return value + by if isinstance(value, date) else value
