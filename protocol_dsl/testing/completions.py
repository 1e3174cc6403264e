"""What a record may turn out to be: entries that are missing, ranged or in conflict get one of their possible values.

Nothing is added to a series that has an entry, for that would be a later reading; nothing is added to a list before the
day up to which it is attested.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn  # noqa: TC002 - read while running

from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Event, Judgement, Range, Reading, Record, Value
from protocol_dsl.model.vocabulary import Date, Item, ListOf
from protocol_dsl.testing.courses import courses, in_order
from protocol_dsl.testing.records import events as any_event
from protocol_dsl.testing.uses import asked, picks_by_day
from protocol_dsl.testing.values import constants, days, inside, values
from protocol_dsl.testing.vocabularies import JUDGED, LEVELS

FAR = date(2026, 12, 31)
"""A day after all that is drawn."""


@st.composite
def completions(draw: DrawFn, protocol: Protocol, record: Record, as_of: date, *, whole: bool = False) -> Record:
    """The record with some of what it leaves open filled in; all of it, if it is to be `whole`.

    The record is seen from `as_of`: what was entered without a date was known by then.
    """
    fill = st.just(value=True) if whole else st.booleans()
    wanted = asked(protocol)
    moments = draw(courses(protocol, record, fill))
    latest = _seen_by(protocol, moments, as_of)
    readings = {
        name: found
        for name, item in protocol.items.items()
        if name in wanted
        and not isinstance(item.kind, ListOf)
        and (found := draw(_series(protocol, item, record, latest, fill)))
    }
    lists, attested = draw(_lists(protocol, record, as_of, fill))
    return evolve(
        record,
        readings={**record.readings, **readings, **moments},
        lists=lists,
        attested=attested,
        judgements=draw(_judgements(record, as_of, wanted, fill)),
        context=draw(_context(record, wanted, fill)),
    )


def _seen_by(protocol: Protocol, moments: Mapping[str, tuple[Reading, ...]], as_of: date) -> date | None:
    """A day by which all that has no date was known, whichever moment is asked about; None where one has no day."""
    found = [one.value for entries in moments.values() for one in entries if isinstance(one.value, date)]
    return min([as_of, *found]) if len(found) == len(protocol.moments) and in_order(protocol, moments) else None


# --- items ------------------------------------------------------------------------------------------------------------


@st.composite
def _series(  # noqa: PLR0913, PLR0917 - what an entry hangs on
    draw: DrawFn, protocol: Protocol, item: Item, record: Record, latest: date | None, fill: st.SearchStrategy[bool]
) -> tuple[Reading, ...]:
    entries = record.readings.get(item.name, ())
    if not entries:
        return draw(st.lists(_new_reading(item, latest), min_size=1, max_size=2).map(tuple)) if draw(fill) else ()
    filled = tuple(draw(_filled(item, one, latest)) if draw(fill) else one for one in entries)
    return draw(_settled(filled, fill)) if picks_by_day(protocol, item) else filled


def _new_reading(item: Item, latest: date | None) -> st.SearchStrategy[Reading]:
    return _filled(item, Reading(), latest)


def _filled(item: Item, one: Reading, latest: date | None) -> st.SearchStrategy[Reading]:
    """The entry with its value, its day and its limits."""
    limits = constants(item.kind) if item.uln else st.none()
    return st.builds(
        lambda value, day, uln, lln: evolve(one, value=value, date=day, uln=uln, lln=lln, missing=None),
        _value(item, one),
        _day(item, one, latest),
        limits if one.uln is None else st.just(one.uln),
        limits if one.lln is None else st.just(one.lln),
    )


def _value(item: Item, one: Reading) -> st.SearchStrategy[Value]:
    if one.value is None:
        return exact(item)
    return inside(one.value, item.kind) if isinstance(one.value, Range) else st.just(one.value)


def exact(item: Item) -> st.SearchStrategy[Value]:
    """Any one value of the item, `never` and the like among them."""
    drawn = values(item.kind, item.name)
    return drawn.flatmap(lambda value: inside(value, item.kind) if isinstance(value, Range) else st.just(value))


def _day(item: Item, one: Reading, latest: date | None) -> st.SearchStrategy[Days | None]:
    """The day of an entry. Without a date it holds at any time, unless the item is valid for some days only."""
    if one.at_moment:
        return st.none()
    if one.date is None and item.valid_days is not None:
        return days(FAR - timedelta(days=400), FAR).map(_single)
    if one.date is None:
        return st.none() if latest is None else days(latest - timedelta(days=60), latest).map(_single)
    return days(one.date.first, one.date.last).map(_single)


def _single(day: date) -> Days:
    return Days(day, day)


@st.composite
def _settled(draw: DrawFn, entries: tuple[Reading, ...], fill: st.SearchStrategy[bool]) -> tuple[Reading, ...]:
    """Of several entries of one day, now and then only one turns out to be right."""
    of_day: dict[object, list[Reading]] = {}
    for one in entries:
        of_day.setdefault(one.date, []).append(one)
    kept = [[draw(st.sampled_from(some))] if len(some) > 1 and draw(fill) else some for some in of_day.values()]
    return tuple(one for some in kept for one in some)


# --- lists ------------------------------------------------------------------------------------------------------------


@st.composite
def _lists(
    draw: DrawFn, protocol: Protocol, record: Record, as_of: date, fill: st.SearchStrategy[bool]
) -> tuple[Mapping[str, tuple[Event, ...]], Mapping[str, date]]:
    lists, attested = dict(record.lists), dict(record.attested)
    for name, item in protocol.items.items():
        if not isinstance(item.kind, ListOf) or name not in asked(protocol):
            continue
        fields = protocol.records[item.kind.record].fields
        known = [draw(_event(fields, one, as_of, fill)) for one in record.lists.get(name, ())]
        reached = attested_day(record, item)
        if draw(fill):
            known += draw(st.lists(_later(protocol, item, reached), max_size=2))
            attested[name] = FAR
        lists[name] = tuple(known)
    return lists, attested


def attested_day(record: Record, item: Item) -> date | None:
    """The last day before which nothing can be added to a list."""
    rule = item.complete
    known = [record.attested[item.name]] if item.name in record.attested else []
    if rule is not None and rule.to is not None:
        known += [one.value for one in record.readings.get(rule.to, ()) if isinstance(one.value, date)]
    slack = rule.within_days if rule is not None and rule.within_days is not None else 0
    return max(known) + timedelta(days=slack) if known else None


@st.composite
def _event(draw: DrawFn, fields: Mapping[str, Item], event: Event, as_of: date, fill: st.SearchStrategy[bool]) -> Event:
    """The event with its fields; one that was entered had begun by the day it is seen from, and ends no earlier."""
    found = dict(event.fields)
    for name, item in fields.items():
        one = found.get(name, Reading())
        if draw(fill):
            found[name] = evolve(one, value=draw(_field(item, one, found, as_of)), missing=None)
    return evolve(event, fields=found)


def _field(item: Item, one: Reading, event: Mapping[str, Reading], as_of: date) -> st.SearchStrategy[Value]:
    value = one.value
    if not isinstance(item.kind, Date) or not (value is None or isinstance(value, Range)):
        return _value(item, one)
    stretch = value if isinstance(value, Range) else Range()
    if item.name == "start":
        return _starts(stretch, event, as_of)
    start = event["start"].value if "start" in event else None
    first = max(day for day in (start, stretch.low, as_of - timedelta(days=60)) if type(day) is date)
    ended = days(first, max(first, stretch.high or FAR))
    return ended | st.just(Attested.ONGOING) if value is None else ended


def _starts(stretch: Range, event: Mapping[str, Reading], as_of: date) -> st.SearchStrategy[Value]:
    """The first day of an event: no later than its end, and for an event without a date no later than it was seen."""
    end = event["end"].value if "end" in event else None
    ends = end.low if isinstance(end, Range) else end
    last = min(day for day in (ends, stretch.high or as_of) if type(day) is date)
    first = stretch.low or last - timedelta(days=60)
    return days(first, max(first, last))


@st.composite
def _later(draw: DrawFn, protocol: Protocol, item: Item, reached: date | None) -> Event:
    """An event that nobody had entered, later than all that is attested."""
    event = draw(any_event(protocol, item))
    first = date(2026, 1, 1) if reached is None else reached + timedelta(days=1)
    start = draw(days(first, max(first, FAR)))
    end = draw(days(start, start + timedelta(days=8)))
    return Event({**event.fields, "start": Reading(start), "end": Reading(end)})


# --- what people say --------------------------------------------------------------------------------------------------


@st.composite
def _judgements(
    draw: DrawFn, record: Record, as_of: date, wanted: frozenset[str], fill: st.SearchStrategy[bool]
) -> Mapping[str, tuple[Judgement, ...]]:
    """A judgement where nobody has judged yet; of several on the newest day, now and then one."""
    found = dict(record.judgements)
    for what in sorted(wanted.intersection(JUDGED)):
        seen = [one for one in found.get(what, ()) if one.day is None or one.day <= as_of]
        newest = max((one.day or date.min for one in seen), default=date.min)
        same = [one for one in seen if (one.day or date.min) == newest]
        if draw(fill):
            one = draw(st.sampled_from(same)) if same else Judgement(draw(st.booleans()), None, "investigator")
            found[what] = (one, *(other for other in found.get(what, ()) if other not in same))
    return found


@st.composite
def _context(draw: DrawFn, record: Record, wanted: frozenset[str], fill: st.SearchStrategy[bool]) -> Mapping[str, str]:
    found = dict(record.context)
    for name, known in {"level": LEVELS, "entry": ("1", "2", "3")}.items():
        if name in wanted and name not in found and draw(fill):
            found[name] = draw(st.sampled_from(known))
    return found
