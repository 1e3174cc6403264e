"""The moments of a patient's course, filled in so that they keep their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn  # noqa: TC002 - read while running

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Range, Reading, Record
from protocol_dsl.model.vocabulary import Moment
from protocol_dsl.testing.values import days

Stretch = tuple[date, date]
_EARLIEST, _LATEST = date(2025, 1, 1), date(2027, 12, 31)


@st.composite
def courses(
    draw: DrawFn, protocol: Protocol, record: Record, fill: st.SearchStrategy[bool]
) -> Mapping[str, tuple[Reading, ...]]:
    """The moments with some of those that are open filled in; as they were, where no days keep the declared order."""
    reach = {name: _possible(record.readings.get(name, ())) for name in protocol.moments}
    found = {name: record.readings.get(name, ()) for name in protocol.moments}
    if not _narrowed(protocol, reach):
        return {name: entries for name, entries in found.items() if entries}
    for name in protocol.moments:
        day = draw(days(*reach[name]))
        if draw(fill):
            found[name] = (Reading(day),)
        reach[name] = (day, day)
        _narrowed(protocol, reach)
    return {name: entries for name, entries in found.items() if entries}


def in_order(protocol: Protocol, found: Mapping[str, tuple[Reading, ...]]) -> bool:
    """Whether days are left that keep the declared order."""
    return _narrowed(protocol, {name: _possible(found.get(name, ())) for name in protocol.moments})


def _possible(entries: tuple[Reading, ...]) -> Stretch:
    values = {one.value for one in entries if one.value is not None}
    value = values.pop() if len(values) == 1 else None
    if isinstance(value, date):
        return value, value
    if isinstance(value, Range):
        return value.low or _EARLIEST, value.high or _LATEST
    return _EARLIEST, _LATEST


def _narrowed(protocol: Protocol, reach: dict[str, Stretch]) -> bool:
    """Bring each moment and the one it follows within each other's bounds; whether any days are left."""
    for _ in protocol.moments:
        for name, moment in protocol.moments.items():
            if moment.after is not None:
                reach[name], reach[moment.after] = _bounded(moment, reach[name], reach[moment.after])
    return all(first <= last for first, last in reach.values())


def _bounded(moment: Moment, later: Stretch, earlier: Stretch) -> tuple[Stretch, Stretch]:
    least = timedelta(days=moment.at_least_days or 0)
    most = timedelta(days=3000 if moment.at_most_days is None else moment.at_most_days)
    return (
        (max(later[0], earlier[0] + least), min(later[1], earlier[1] + most)),
        (max(earlier[0], later[0] - most), min(earlier[1], later[1] - least)),
    )
