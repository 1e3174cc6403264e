"""What people are asked to confirm before a grade that rests on a number counts: in words, with the number."""

from __future__ import annotations

from collections.abc import Iterable

from protocol_dsl.evaluate.gaps import Gap
from protocol_dsl.evaluate.quoting import reading_words
from protocol_dsl.model.condition import Condition, Fetch, Judged
from protocol_dsl.model.record import Reading, Reason, Record
from protocol_dsl.model.walk import walk


def gap_said(gap: Gap, conditions: Iterable[Condition], record: Record) -> str:
    """What is missing; of a grade to be confirmed, what it rests on and what the printed band asks for besides."""
    plain = f"{gap.item} {gap.reason}"
    if gap.reason is not Reason.NOT_JUDGED:
        return plain
    what, _, day = gap.item.rpartition(" on ")
    asked = next((one for condition in conditions for one in walk(condition) if _asks(one, what)), None)
    if not isinstance(asked, Judged) or not isinstance(asked.on, Fetch):
        return plain
    item = asked.on.series.item
    read = " and ".join(reading_words(one, None) for one in record.readings.get(item, ()) if _is_of(one, day))
    rests = f" rests on {item} {read}" if read else ""
    return f"{what}{rests}; the printed band also asks for `{asked.asks}`: confirm `{gap.item}`"


def _asks(one: object, what: str) -> bool:
    return isinstance(one, Judged) and one.on is not None and one.what == what


def _is_of(reading: Reading, day: str) -> bool:
    return reading.date is not None and reading.date.exact and reading.date.first.isoformat() == day
