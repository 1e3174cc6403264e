"""A record as it could be seen on a day: nothing from later days, and what had not ended was still going on."""

from __future__ import annotations

from datetime import date

from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.possible import compare
from protocol_dsl.model.condition import Sign
from protocol_dsl.model.record import Attested, Event, Reading, Record


def seen_on(record: Record, day: date) -> Record:
    """The record without what began, or was read or judged, after a day."""
    return evolve(
        record,
        readings={name: tuple(one for one in found if not _later(one, day)) for name, found in record.readings.items()},
        lists={
            name: tuple(_going_on(one, day) for one in found if not _begun_after(one, day))
            for name, found in record.lists.items()
        },
        attested={name: min(reached, day) for name, reached in record.attested.items()},
        judgements={
            about: tuple(one for one in found if one.day is None or one.day <= day)
            for about, found in record.judgements.items()
        },
    )


def anything_seen(record: Record, day: date) -> bool:
    """Whether anything is left of the record, seen from a day."""
    readings = (one for found in record.readings.values() for one in found)
    events = (one for found in record.lists.values() for one in found)
    return any(not _later(one, day) for one in readings) or any(not _begun_after(one, day) for one in events)


def without_later_days(record: Record, day: date, *, keep: frozenset[str]) -> Record:
    """The record without days that had not come yet: as of a day nobody knows that a cycle began on a later one.

    `keep` are those that stay, such as the day to which a list is complete: it is no less complete for being so longer.
    """
    return evolve(
        record,
        readings={
            name: found if name in keep else tuple(one for one in found if not _is_later_day(one, day))
            for name, found in record.readings.items()
        },
    )


def _is_later_day(reading: Reading, day: date) -> bool:
    return isinstance(reading.value, date) and _after(reading, day)


def _later(reading: Reading, day: date) -> bool:
    return reading.date is not None and reading.date.first > day


def _begun_after(event: Event, day: date) -> bool:
    first = event.fields.get("start") or event.fields.get("date")
    return first is not None and _after(first, day)


def _going_on(event: Event, day: date) -> Event:
    end = event.fields.get("end")
    if end is None or not _after(end, day):
        return event
    return evolve(event, fields={**event.fields, "end": evolve(end, value=Attested.ONGOING)})


def _after(reading: Reading, day: date) -> bool:
    return reading.value is not None and compare(Sign.MORE_THAN, reading.value, day) is Truth.TRUE
