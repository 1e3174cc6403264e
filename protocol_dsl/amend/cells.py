"""The boundary partition: for each place of a record, an entry in every stretch that its limits can tell apart.

Every cut point is there, with a value just below and just above it, every member, and what is missing. What one limit
asks of one entry is so covered in full; where more is asked, the entries are a sample, and it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import product
from typing import TypeVar

from protocol_dsl.amend.asked import Asked
from protocol_dsl.amend.cell import Cell as Cell  # noqa: PLC0414 - handed on
from protocol_dsl.amend.cell import Entry as Entry  # noqa: PLC0414 - handed on
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.repeated import of_readings, reading
from protocol_dsl.amend.roots import roots
from protocol_dsl.amend.world import World
from protocol_dsl.base.quantity import ONE, decimal_text
from protocol_dsl.base.studytime import Rounding, shift
from protocol_dsl.evaluate.quoting import unit_of_item
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.record import Attested, Event, Judgement, Reading, Reason, Value
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Completed,
    Count,
    Date,
    Grade,
    Item,
    ListOf,
    Number,
    OneOf,
    Text,
    Time,
    YesNo,
)

T = TypeVar("T")

_MOST_EVENTS = 240
_MOST_MEMBERS = 6


def cells(place: Place, told: Asked, world: World) -> tuple[Cell, ...]:
    """Every entry that the place is tried with, the one of the typical record first."""
    return tuple(one_by_one(place, told, world))


def one_by_one(place: Place, told: Asked, world: World) -> Iterator[Cell]:
    """The same, each made when it is asked for."""
    if place.kind != "list" or place.name not in told.seen_through:
        yield from _typical(place, world)
    yield from _CELLS[place.kind](place, told, world)


def _typical(place: Place, world: World) -> Iterator[Cell]:
    """What the typical record has at the place, where it has anything there."""
    entry = world.entry(place.kind, place.name)
    if entry is not None:
        yield Cell(entry)


# --- items ------------------------------------------------------------------------------------------------------------


def _of_item(place: Place, told: Asked, world: World) -> Iterator[Cell]:
    item = world.item(place.name)
    values = tuple(values_of(item, place.name, told, world))
    yield from of_readings(item, values, told, world)
    if place.name in told.limits:
        value = next(iter(values), Fraction(1))
        yield Cell((reading(item, value, world, limits=False),), whole=False)
    yield Cell((), whole=False)
    for reason in sorted({Reason.PENDING, *told.reasons} - {Reason.NOT_COLLECTED} if told.reasons else ()):
        yield Cell((Reading(missing=reason, at_moment=True),), whole=False)


def values_of(  # noqa: C901 - an arm for each kind
    item: Item, name: str, told: Asked, world: World
) -> Iterator[Value]:
    """A value in every stretch: of a list's field, `name` is `list.field`."""
    held = told.held.get(name, set())
    match item.kind:
        case YesNo():
            yield from (True, False)
        case OneOf(members=members):
            yield from _told_apart(members, told.sets.get(name, ()))
        case AnyOf(members=members):
            if sum(member in held for member in members) > _MOST_MEMBERS:
                told.loose.append(f"every choice among the members of {name}")
            yield from _subsets(members, held)
        case Grade():
            yield from (Fraction(grade) for grade in range(6))
        case Number() | Count() | Completed():
            yield from _numbers(item, name, told, world)
        case Date():
            yield from _dates(name, told, world)
        case Time():
            told.loose.append(f"times of day of {name}")
            yield from _dates(name, told, world)
            yield from _within_days(name, told, world)
        case Text():
            words = sorted(value for value in held if isinstance(value, str))
            yield from _told_apart((*words, _another(words)), told.sets.get(name, ()))
        case ListOf():
            return


def _told_apart(members: Iterable[str], sets: Iterable[frozenset[Value]]) -> Iterator[str]:
    """One member of each sort that can be told apart: by the sets of which it is one."""
    known = sorted(sets, key=repr)
    seen: set[tuple[bool, ...]] = set()
    for member in members:
        sort = tuple(member in one for one in known)
        if sort not in seen:
            seen.add(sort)
            yield member


def _another(words: list[str]) -> str:
    """A text that no rule names."""
    other = "something_else"
    while other in words:
        other += "_again"
    return other


def _subsets(members: tuple[str, ...], held: set[Value]) -> Iterator[Value]:
    """Every choice among the members that are asked about, with and without one that is not."""
    asked_about = [member for member in members if member in held][:_MOST_MEMBERS]
    others = [member for member in members if member not in held][:1]
    for picked in product((False, True), repeat=len(asked_about)):
        chosen = frozenset(member for member, is_in in zip(asked_about, picked, strict=True) if is_in)
        yield chosen
        yield chosen | frozenset(others)


def _numbers(item: Item, name: str, told: Asked, world: World) -> Iterator[Value]:
    cuts = sorted({value for value in told.held.get(name, ()) if isinstance(value, Fraction)})
    cuts = sorted({*cuts, *roots(name, told, world)})
    whole = isinstance(item.kind, Count | Completed)
    unit = unit_of_item(item) or ONE
    known = plausible(item)
    low, high = (None, None) if known is None else (known.unit.in_base(known.low), known.unit.in_base(known.high))
    found: list[Fraction] = []
    for number, cut in enumerate(cuts):
        step = Fraction(1) if whole else _step(item, unit.of_base(cut)) * unit.factor
        below, above = cut - step, cut + step
        if low is not None and high is not None and not whole:  # a step must not lead past what is beside the cut
            below, above = _not_past(below, cut, low), _not_past(above, cut, high)
        if number and below <= cuts[number - 1]:
            below = (cut + cuts[number - 1]) / 2
        if number + 1 < len(cuts) and above >= cuts[number + 1]:
            above = (cut + cuts[number + 1]) / 2
        found += [cut, below, above]
    within = [value for value in found if low is None or high is None or low <= value <= high]
    yield from (value for value in within if not whole or (value.denominator == 1 and value >= 0))
    if not within:
        yield world.middle(item)


def _not_past(beside: Fraction, cut: Fraction, end: Fraction) -> Fraction:
    """What lies beside a cut; halfway to the end of what is plausible where that is past it and the cut is not."""
    past = beside < end < cut or cut < end < beside
    return (cut + end) / 2 if past else beside


def _step(item: Item, cut: Fraction) -> Fraction:
    """How finely the item is recorded, or else its limit is written."""
    if item.step is not None:
        return item.step
    text = decimal_text(cut)
    return (
        Fraction(1, 10 ** len(text.partition(".")[2])) if text.replace(".", "").lstrip("-").isdigit() else Fraction(1)
    )


def _dates(name: str, told: Asked, world: World) -> Iterator[Value]:
    """Days on each edge that is asked about and one to either side, `never`, and a day long past."""
    anchors = {*(world.day(moment) for moment in told.days.get(name, ())), *_written(name, told)}
    anchors |= {day for atom in told.atoms if name in atom.complete_by for day in world.looked_to(atom)}
    found = [world.anchor - timedelta(days=_LONG_AGO)]
    for moment, months, rounding in sorted(told.moved, key=repr):
        day = shift(world.day(moment), months=months, rounding=rounding)
        found += [day + timedelta(days=by) for by in (0, -1, 1)]
    for anchor in sorted({*anchors, world.anchor}):
        edges = [anchor, *(anchor + timedelta(days=sign * days) for days in told.lengths for sign in (-1, 1))]
        for months in (*(12 * years for years in told.years), *told.months):
            edges.extend(shift(anchor, months=by - months, rounding=Rounding.UP) for by in (-12, 0, 1))
        found += [edge + timedelta(days=by) for edge in edges for by in (0, -1, 1)]
    last = world.as_of if name in told.birthdays else date.max
    yield from (day for day in sorted(set(found), key=lambda day: (abs((day - world.anchor).days), day)) if day <= last)
    if name not in told.birthdays:
        yield Attested.NEVER if "." not in name else Attested.ONGOING


_LONG_AGO = 3653


def _within_days(name: str, told: Asked, world: World) -> Iterator[Value]:
    """Times at the beginning, in the middle and at the end of each day on an edge."""
    days = sorted({day for day in _dates(name, told, world) if type(day) is date})
    yield from (datetime.combine(day, at) for day in days for at in (time(), time(12), time(23, 59)))


def _written(name: str, told: Asked) -> list[date]:
    """The days that are written in the file, against which an entry or a moment is held."""
    days = (one for one in told.held.get(name, ()) if isinstance(one, date))
    return sorted({one.date() if isinstance(one, datetime) else one for one in days})


# --- lists ------------------------------------------------------------------------------------------------------------


def _of_list(place: Place, told: Asked, world: World) -> Iterator[Cell]:
    """Lists of one event of every kind that can be told apart, of as many as are counted, and open ones."""
    if place.name in told.seen_through:
        for until in (world.as_of, None):
            for count in (0, 1):
                yield Cell((count, until), whole=until is not None)
        return
    events = list(_events(place.name, told, world))
    until = world.as_of
    yield Cell(((), until))
    for event in events:
        yield Cell(((event,), until), whole=_is_whole(event, place.name, told))
    for count in sorted({n for most in told.counts for n in (most - 1, most, most + 1) if n > 1}):
        yield from (Cell(((event,) * count, until), whole=_is_whole(event, place.name, told)) for event in events[:40])
    yield Cell(((), None), whole=False)
    yield from (Cell(((event,), None), whole=False) for event in events)


def _events(name: str, told: Asked, world: World) -> Iterator[Event]:
    fields = world.fields(name)
    used = [one for one in sorted(told.fields.get(name, ())) if one in fields]
    options: list[list[Reading | None]] = []
    for one in used:
        values = values_of(fields[one], f"{name}.{one}", told, world)
        options.append([*(Reading(value, at_moment=True) for value in values), None])
    if product_size(options) > _MOST_EVENTS:
        told.loose.append(f"all events of {name}")
    long_ago = min((world.anchor, *world.days.values())) - timedelta(days=_A_MONTH)  # else none is known to have begun
    begun = {one: Reading(long_ago, at_moment=True) for one in ("start", "date") if one in fields and one not in used}
    for picked in _few(options, _MOST_EVENTS):
        found = {one: reading for one, reading in zip(used, picked, strict=True) if reading is not None}
        if _in_order(found):
            yield Event({**begun, **found})


_A_MONTH = 30


def _of_field(place: Place, told: Asked, world: World) -> Iterator[Cell]:
    """What the one event of a list may have in a field."""
    name, _, one = place.name.partition(".")
    item = world.fields(name).get(one)
    if item is not None:
        yield from (Cell(Reading(value, at_moment=True)) for value in values_of(item, place.name, told, world))
        yield from (Cell(Reading(value, at_moment=True)) for value in _times(name, one, told, world))
    yield Cell(None, whole=item is None)


def _times(name: str, one: str, told: Asked, world: World) -> Iterator[Value]:
    """Times at which an event starts, and others at which it then lasted as long as is asked; days do not tell."""
    cuts = told.lasting.get(name, set())
    if len(cuts) < 2 or one not in ("start", "end"):  # noqa: PLR2004 - nothing to tell apart
        return
    days = {world.day(moment) for moment in told.days.get(f"{name}.start", ())} or {world.anchor}
    for day in sorted(days):
        start = datetime.combine(day, time(8))
        if one == "start":
            yield start
        else:
            yield from (
                start + timedelta(seconds=int(value))
                for value, _ in sorted(cuts, key=str)
                if isinstance(value, Fraction)
            )


def _is_whole(event: Event, name: str, told: Asked) -> bool:
    return told.fields.get(name, set()) <= event.fields.keys()


def _in_order(found: dict[str, Reading]) -> bool:
    start, end = found.get("start"), found.get("end")
    if start is None or end is None or not isinstance(start.value, date) or not isinstance(end.value, date):
        return start is None or start.value is not Attested.ONGOING
    return start.value <= end.value


def _few(options: list[list[Reading | None]], most: int) -> Iterator[tuple[Reading | None, ...]]:
    """Every combination, or where there are too many, those that differ from the first in two at most."""
    size = 1
    for one in options:
        size *= len(one)
    if size <= most:
        yield from product(*options)
        return
    yield from few_changes(options)


def few_changes(options: Sequence[Sequence[T]]) -> Iterator[tuple[T, ...]]:
    """The first of each, then those with one or two others."""
    first = [0] * len(options)
    seen = {tuple(first)}
    for at, here in enumerate(options):
        for other in range(at, len(options)):
            for a, b in product(range(len(here)), range(len(options[other])) if other != at else (0,)):
                tried = list(first)
                tried[other] = b
                tried[at] = a
                seen.add(tuple(tried))
    for picked in sorted(seen, key=lambda one: (sum(map(bool, one)), one)):
        yield tuple(option[number] for option, number in zip(options, picked, strict=True))


# --- the rest ---------------------------------------------------------------------------------------------------------


def _of_judgement(place: Place, told: Asked, world: World) -> Iterator[Cell]:  # noqa: ARG001 - as the others
    yield Cell((Judgement(True),))  # noqa: FBT003
    yield Cell((Judgement(False),))  # noqa: FBT003
    yield Cell((), whole=False)


def _of_place(place: Place, told: Asked, world: World) -> Iterator[Cell]:
    for value in sorted(told.held.get(place.name, ()), key=repr):
        numbers = [value - 1, value, value + 1] if isinstance(value, Fraction) else []
        yield from (Cell(decimal_text(one)) for one in numbers if one >= 0)
        if isinstance(value, str):
            yield Cell(value)
    if place.name != "entry":
        yield Cell(world.other_place(place.name))
    yield Cell(None, whole=False)


def _of_moment(place: Place, told: Asked, world: World) -> Iterator[Cell]:
    """The days on every edge that is counted from it, or from another moment that is asked about with it."""
    others = sorted(world.day(one.name) for one in told.places if one.kind == "moment" and one != place)
    for day in dict.fromkeys((world.day(place.name), *others)):
        for length in sorted({0, *told.lengths}):
            for by in (0, -1, 1):
                yield from (Cell(day + timedelta(days=sign * length + by)) for sign in (-1, 1))
    yield from (Cell(day + timedelta(days=by)) for day in _written(place.name, told) for by in (0, -1, 1))
    yield Cell(None, whole=False)


def product_size(options: Iterable[Sequence[object]]) -> int:
    """How many combinations there are."""
    size = 1
    for one in options:
        size *= len(one)
    return size


_CELLS = {
    "item": _of_item,
    "list": _of_list,
    "field": _of_field,
    "judgement": _of_judgement,
    "place": _of_place,
    "moment": _of_moment,
}
