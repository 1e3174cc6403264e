"""Records of one patient: entries missing for every reason, partial, in conflict, stale, attested or not."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Judgement, Range, Reading, Reason, Record, Value
from protocol_dsl.model.vocabulary import Item, Kind, ListOf
from protocol_dsl.testing.uses import asked
from protocol_dsl.testing.values import MIDDLE, constants, days, mostly, partial_days, values
from protocol_dsl.testing.vocabularies import JUDGED, LEVELS

BLANKS = (Reason.NOT_COLLECTED, Reason.NOT_DONE, Reason.PENDING, Reason.REFUSED, Reason.UNREADABLE)
T = TypeVar("T")


def records(protocol: Protocol) -> st.SearchStrategy[Record]:
    """A record of one patient as it may be met in practice, of what the clauses of a protocol ask for."""
    wanted = asked(protocol)
    items = [item for name, item in protocol.items.items() if name in wanted]
    lists = [item for item in items if isinstance(item.kind, ListOf)]
    plain = {item.name: readings(item) for item in items if not isinstance(item.kind, ListOf)}
    judged = {what: st.lists(_judgements(), max_size=2).map(tuple) for what in JUDGED if what in wanted}
    places = {name: known for name, known in _PLACES.items() if name in wanted}
    return st.builds(
        Record,
        st.just("P-1"),
        _filled({**plain, **_moments(protocol)}),
        _filled({item.name: st.lists(events(protocol, item), max_size=3).map(tuple) for item in lists}),
        st.fixed_dictionaries({item.name: _attested() for item in lists}).map(_known),
        _filled(judged),
        st.fixed_dictionaries({}, optional=places),
    )


_PLACES = {"level": st.sampled_from(LEVELS), "entry": st.sampled_from(("1", "2", "3"))}


def _attested() -> st.SearchStrategy[date | None]:
    return mostly(days(MIDDLE + timedelta(days=20)), st.none(), 3)


def _known(found: dict[str, date | None]) -> dict[str, date]:
    return {name: day for name, day in found.items() if day is not None}


def _filled(each: dict[str, st.SearchStrategy[T]]) -> st.SearchStrategy[dict[str, T]]:
    return st.fixed_dictionaries(each).map(_without_empty)


def readings(item: Item) -> st.SearchStrategy[tuple[Reading, ...]]:
    """The entries for an item, in any order, some of them of one day."""
    return _entries(item.kind, item.name, limits=item.uln)


@cache
def _entries(kind: Kind, name: str, *, limits: bool) -> st.SearchStrategy[tuple[Reading, ...]]:
    limit = mostly(constants(kind), st.none()) if limits else st.none()
    value = values(kind, name)
    blank = st.builds(lambda reason, day: Reading(None, day, missing=reason), st.sampled_from(BLANKS), _dates())
    fresh = st.builds(lambda one, uln, lln: Reading(one, None, uln, lln, at_moment=True), value, limit, limit)
    one = mostly(st.builds(Reading, value, _dates(), limit, limit), blank | fresh)
    single = one.map(lambda only: (only,))
    several = st.lists(one, min_size=2, max_size=3).map(tuple)
    return st.one_of(single, single, several, mostly(several, st.just(())))


@cache
def _dates() -> st.SearchStrategy[Days | None]:
    close = st.integers(-16, -6).map(lambda step: MIDDLE + timedelta(days=step))
    exact = mostly(close, days(), 3).map(lambda day: Days(day, day))
    return mostly(exact, partial_days() | st.none())


def _moments(protocol: Protocol) -> dict[str, st.SearchStrategy[tuple[Reading, ...]]]:
    """Each moment later than the one before it, now and then not, or not known."""
    start = date(2026, 2, 20)
    found = {}
    for number, name in enumerate(protocol.moments):
        first = start + timedelta(days=14 * number)
        usual = days(first, first + timedelta(days=14))
        partly = usual.map(lambda day: Range(day, day + timedelta(days=3)))
        known = mostly(usual, partly | days(), 15).map(lambda day: (Reading(day),))
        found[name] = mostly(known, st.just(()))
    return found


def events(protocol: Protocol, item: Item) -> st.SearchStrategy[Event]:
    """One entry of a list; each field is filled in, blank for a reason, or not there."""
    kind = item.kind
    fields = protocol.records[kind.record].fields if isinstance(kind, ListOf) else {}
    return _events(tuple((name, one.kind) for name, one in fields.items()))


@cache
def _events(fields: tuple[tuple[str, Kind], ...]) -> st.SearchStrategy[Event]:
    blank = st.none() | st.sampled_from(BLANKS).map(lambda reason: Reading(missing=reason))
    each = {name: mostly(st.builds(Reading, values(kind, name)), blank) for name, kind in fields}
    return st.fixed_dictionaries(each).map(_in_order).map(Event)


def _in_order(drawn: dict[str, Reading | None]) -> dict[str, Reading]:
    """The fields that are there; what would end before it may have started ends on the day it starts."""
    fields = {name: one for name, one in drawn.items() if one is not None}
    start, end = fields.get("start"), fields.get("end")
    if start is not None and end is not None and _before(end.value, start.value):
        return {**fields, "end": start}
    return fields


def _before(end: Value | None, start: Value | None) -> bool:
    first = start.high if isinstance(start, Range) else start
    last = end.low if isinstance(end, Range) else end
    return isinstance(first, date) and isinstance(last, date) and last < first


def _judgements() -> st.SearchStrategy[Judgement]:
    return st.builds(Judgement, st.booleans(), st.none() | days(), st.just("investigator"))


def _without_empty(found: dict[str, T]) -> dict[str, T]:
    return {name: entries for name, entries in found.items() if entries}
