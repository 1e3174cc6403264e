"""How what stands in a record can move: a value, a limit, a day, a length of time, along a line from less to more.

A line is looked along by whoever wants to know where conditions turn on it. Nothing here reads a condition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Generic, TypeVar

from attrs import evolve, frozen

from protocol_dsl.amend.asked import Asked
from protocol_dsl.amend.cells import Entry
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.world import World
from protocol_dsl.base.quantity import ONE
from protocol_dsl.base.studytime import Days, Rounding, shift
from protocol_dsl.evaluate.quoting import unit_of_item
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.record import Attested, Event, Judgement, Reading
from protocol_dsl.model.vocabulary import Count, Date, Item, Number, Time

T = TypeVar("T")
S = TypeVar("S")

_MOST_MOVED = 3
_FAR = (0, 1, 3, 7, 14, 28, 60, 120, 365, 1100, 3653, 6600, 15000, 24000)
_PARTS = 8
_DIGITS = 1000
_MINUTE = 60
_DAY = 86400


@frozen
class Line(Generic[T]):
    """What `at` gives for a number. `points` are where to look first, from less to more.

    Between two of them nothing needs to be looked at that is nearer than `finest`, but that on a `dense` one there may
    be a limit at any number.
    """

    points: tuple[Fraction, ...]
    finest: Fraction
    at: Callable[[Fraction], T]
    dense: bool = False

    def then(self, made: Callable[[T], S]) -> Line[S]:
        """The same line, with what is made of each thing on it."""
        return Line(self.points, self.finest, lambda number: made(self.at(number)), self.dense)


Moved = Mapping[Place, Entry]


def lines(entries: Mapping[Place, Entry], told: Asked, world: World) -> Iterator[Line[Moved]]:
    """Every line along which something in these entries can move; on it, what then stands at the places that it is at.

    Of several readings or events the first few move, each by itself, and all of them together.
    """
    days = _days(entries, told, world)
    for place, entry in sorted(entries.items()):
        match place.kind, entry:
            case "item", tuple():
                readings = tuple(one for one in entry if isinstance(one, Reading))
                yield from (one.then(_put(place)) for one in _of_item(readings, place.name, told, world, days))
            case "list", (tuple() as held, until) if not isinstance(until, Reading | Judgement):
                events = tuple(one for one in held if isinstance(one, Event))
                put = _put_events(place, until)
                yield from (one.then(put) for one in _of_events(events, place.name, told, world, days))
            case "moment", date():
                yield Line(days, Fraction(1), _day(world)).then(_put(place))
            case _:
                continue
    for name in sorted({place.name.partition(".")[0] for place in entries if place.kind == "field"}):
        event = _event_at(name, entries)
        yield from (one.then(_put_event(name, event)) for one in _of_event(event, name, told, world, days))


def _put(place: Place) -> Callable[[Entry], Moved]:
    return lambda entry: {place: entry}


def _put_events(place: Place, until: date | None) -> Callable[[tuple[Event, ...]], Moved]:
    return lambda events: {place: (events, until)}


def _event_at(name: str, entries: Mapping[Place, Entry]) -> Event:
    """The one event that stands at the places of a list's fields."""
    mine = {place: entry for place, entry in entries.items() if place.name.startswith(f"{name}.")}
    return Event({at.name.partition(".")[2]: one for at, one in mine.items() if isinstance(one, Reading)})


def _put_event(name: str, before: Event) -> Callable[[Event], Moved]:
    def put(event: Event) -> Moved:
        moved = {one: held for one, held in event.fields.items() if before.fields.get(one) is not held}
        return {Place("field", f"{name}.{one}"): held for one, held in moved.items()}

    return put


# --- readings ---------------------------------------------------------------------------------------------------------


def _of_item(
    readings: tuple[Reading, ...], name: str, told: Asked, world: World, days: tuple[Fraction, ...]
) -> Iterator[Line[tuple[Reading, ...]]]:
    item = world.item(name)
    for number, one in enumerate(readings[:_MOST_MOVED]):
        put = _replacing(readings, number)
        yield from (line.then(put) for line in _of_value(one, name, item, told, world, days))
        if name in told.limits:
            yield from (line.then(put) for line in _of_limits(one))
        if one.value is not None:
            yield Line(days, Fraction(1), _dated(one, world)).then(put)
    if len(readings) > 1:
        yield Line(days, Fraction(1), lambda by: _all_moved(readings, by))


def _replacing(several: tuple[T, ...], number: int) -> Callable[[T], tuple[T, ...]]:
    return lambda one: (*several[:number], one, *several[number + 1 :])


def _dated(reading: Reading, world: World) -> Callable[[Fraction], Reading]:
    """The reading as of a day, counted from that of the typical record."""
    day = _day(world)
    return lambda by: evolve(reading, date=Days(day(by), day(by)), at_moment=False)


def _all_moved(readings: tuple[Reading, ...], by: Fraction) -> tuple[Reading, ...]:
    return tuple(
        one if one.date is None else evolve(one, date=Days(_later(one.date.first, by), _later(one.date.last, by)))
        for one in readings
    )


def _later(day: date, by: Fraction) -> date:
    return day + timedelta(days=int(by))


def _of_value(  # noqa: PLR0913, PLR0917 - a reading, and what is asked of it
    reading: Reading, name: str, item: Item, told: Asked, world: World, days: tuple[Fraction, ...]
) -> Iterator[Line[Reading]]:
    if isinstance(item.kind, Number | Count) and isinstance(reading.value, Fraction):
        yield _amounts(item, name, told, world).then(lambda value: evolve(reading, value=value))
    elif isinstance(item.kind, Date | Time) and reading.value is not None:
        day, last = _day(world), world.as_of if name in told.birthdays else date.max
        yield Line(days, Fraction(1), lambda by: evolve(reading, value=min(day(by), last)))


def _of_limits(reading: Reading) -> Iterator[Line[Reading]]:
    for end in ("uln", "lln"):
        limit = getattr(reading, end)
        if limit:
            points = tuple(limit * Fraction(by, _PARTS) for by in range(1, 5 * _PARTS, 2))
            yield Line(points, limit / _DIGITS, _with_limit(reading, end), dense=True)


def _with_limit(reading: Reading, end: str) -> Callable[[Fraction], Reading]:
    return lambda value: evolve(reading, uln=value) if end == "uln" else evolve(reading, lln=value)


def _amounts(item: Item, name: str, told: Asked, world: World) -> Line[Fraction]:
    """Numbers over all that the item may be, with those it is held against, in its own unit."""
    known, factor = plausible(item), (unit_of_item(item) or ONE).factor
    middle = world.middle(item) / factor
    ends = (
        [known.unit.in_base(end) / factor for end in (known.low, known.high)] if known else [middle / 64, middle * 64]
    )
    low, high = ends
    cuts = [one / factor for one in told.held.get(name, ()) if isinstance(one, Fraction)]
    spread = [low + (high - low) * part / _PARTS for part in range(_PARTS + 1)]
    spread += [middle * Fraction(2) ** by for by in range(-6, 7)]
    counted = isinstance(item.kind, Count)
    finest = Fraction(1) if counted else item.step or _last_digit(middle)
    found = {one + by * finest for one in cuts for by in (-1, 0, 1)} | set(spread)
    if counted:
        found = {Fraction(max(round(one), 0)) for one in found}
    points = tuple(sorted(one for one in found if low <= one <= high))
    return Line(points, finest, lambda number: number * factor, dense=not counted)


def _last_digit(number: Fraction) -> Fraction:
    """A thousandth of a number, rounded down to a power of ten."""
    found = Fraction(1)
    while found > number:
        found /= 10
    while found * 10 <= number:
        found *= 10
    return found / _DIGITS


# --- days -------------------------------------------------------------------------------------------------------------


def _day(world: World) -> Callable[[Fraction], date]:
    return lambda by: _later(world.anchor, by)


def _days(entries: Mapping[Place, Entry], told: Asked, world: World) -> tuple[Fraction, ...]:
    """Days to look at, counted from that at which criteria are asked: on every edge that is named, and far around."""
    near = {world.anchor, *world.days.values(), *_days_in(entries)}
    found = {world.anchor + timedelta(days=sign * by) for by in _FAR for sign in (-1, 1)}
    found |= {day + timedelta(days=sign * by) for day in near for by in (0, *told.lengths) for sign in (-1, 1)}
    months = {*told.months, *(12 * years for years in told.years)}
    months |= {-by for by in months} | {by for _, by, _ in told.moved}
    found |= {shift(day, months=by, rounding=Rounding.UP) for day in near for by in months}
    found |= {day + timedelta(days=by) for day in near for by in (-1, 1)}
    return tuple(sorted(Fraction((day - world.anchor).days) for day in found))


def _days_in(entries: Mapping[Place, Entry]) -> Iterator[date]:
    for entry in entries.values():
        for one in entry if isinstance(entry, tuple) else (entry,):
            if isinstance(one, Reading):
                yield from (day for day in (one.value, one.date and one.date.first) if type(day) is date)


# --- events -----------------------------------------------------------------------------------------------------------


def _of_events(
    events: tuple[Event, ...], name: str, told: Asked, world: World, days: tuple[Fraction, ...]
) -> Iterator[Line[tuple[Event, ...]]]:
    for number, one in enumerate(events[:_MOST_MOVED]):
        if one not in events[:number]:
            put = _replacing(events, number)
            yield from (line.then(put) for line in _of_event(one, name, told, world, days))


def _of_event(event: Event, name: str, told: Asked, world: World, days: tuple[Fraction, ...]) -> Iterator[Line[Event]]:
    fields = world.fields(name)
    for one, held in sorted(event.fields.items()):
        if one in fields:
            put = _with_field(event, one)
            yield from (line.then(put) for line in _of_value(held, f"{name}.{one}", fields[one], told, world, days))
    if told.lasting.get(name) and {"start", "end"} <= fields.keys():
        yield _lasting(event, name, told, world)


def _with_field(event: Event, name: str) -> Callable[[Reading], Event]:
    return lambda reading: Event({**event.fields, name: reading})


def _lasting(event: Event, name: str, told: Asked, world: World) -> Line[Event]:
    """The event from eight in the morning for so many seconds: days alone do not say on which side of a limit it is."""
    start = event.fields.get("start")
    day = start.value if start is not None and type(start.value) is date else world.anchor
    begins = datetime.combine(day, time(8))
    cuts = {one for one, _ in told.lasting.get(name, ()) if isinstance(one, Fraction)}
    points = {one + by for one in cuts for by in (-_MINUTE, 0, _MINUTE)} | {Fraction(0), *(2 * one for one in cuts)}

    def lasted(seconds: Fraction) -> Event:
        ends = begins + timedelta(seconds=int(seconds))
        times = {"start": Reading(begins, at_moment=True), "end": Reading(ends, at_moment=True)}
        return Event({**event.fields, **times})

    return Line(tuple(sorted(one for one in points if one >= 0)), Fraction(_MINUTE), lasted)


def in_order(event: Event) -> bool:
    """Whether an event does not end before it starts."""
    start, end = (held.value if (held := event.fields.get(one)) else None for one in ("start", "end"))
    if start is Attested.ONGOING or start is Attested.NEVER:
        return False
    if not isinstance(start, date) or not isinstance(end, date):
        return True
    return _time(start) <= _time(end)


def _time(day: date) -> datetime:
    """A time, or the beginning of a day."""
    return day if isinstance(day, datetime) else datetime.combine(day, time())
