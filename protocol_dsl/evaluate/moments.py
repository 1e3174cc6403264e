"""The moments of a patient's course: what each may be, and whether they keep their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.possible import ANYTHING, Option, as_range, compare
from protocol_dsl.model.condition import Sign
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Range, Reason, Record
from protocol_dsl.model.vocabulary import ListOf, Moment

Moments = Mapping[str, Option]


def moments_of(protocol: Protocol, record: Record, at: Mapping[str, date]) -> tuple[Moments, tuple[Diagnostic, ...]]:
    """What each declared moment may be: given by `at`, recorded, or the day of a first dose.

    Moments that break the declared order are unknown, and a diagnostic says so.
    """
    found: dict[str, Option] = {}
    for name, moment in protocol.moments.items():
        found[name] = at[name] if name in at else _recorded(protocol, record, moment)
    problems: list[Diagnostic] = []
    astray: set[str] = set()
    for name, moment in protocol.moments.items():
        if moment.after is not None and (fault := _fault(found[name], found[moment.after], moment)) is not None:
            astray |= {name, moment.after}
            problems.append(_problem(record, moment, fault))
    return {name: ANYTHING if name in astray else day for name, day in found.items()}, tuple(problems)


def dose_days(protocol: Protocol, record: Record, product: str) -> tuple[date, ...]:
    """The days on which a product was given, each once, in order."""
    days = {day for event in _doses(protocol, record) if (day := _day_given(event, product)) is not None}
    return tuple(sorted(days))


def doses_by(protocol: Protocol, record: Record, product: str, day: date) -> tuple[Option, ...] | None:
    """What the days of a product's doses by a day may be: those known, each once, in order, then the others.

    None where no dose of it is recorded, on whatever day.
    """
    doses = [event for event in _doses(protocol, record) if _product_of(event) == product]
    days = [_day_given(event, product) or _day_within(event) for event in doses]
    seen = dict.fromkeys(one for one in days if compare(Sign.MORE_THAN, one, day) is not Truth.TRUE)
    known = sorted(one for one in seen if type(one) is date)
    return (*known, *(one for one in seen if type(one) is not date)) if doses else None


def _product_of(event: Event) -> object:
    given = event.fields.get("product")
    return None if given is None else given.value


def _day_within(event: Event) -> Option:
    """What is known of a day that is not known exactly."""
    day = event.fields.get("date")
    return ANYTHING if day is None or not isinstance(day.value, Range) else day.value


def _recorded(protocol: Protocol, record: Record, moment: Moment) -> Option:
    entries = record.readings.get(moment.name, ())
    if any(r.missing in (Reason.UNREADABLE, Reason.CONFLICTING) for r in entries):
        return ANYTHING
    values = {r.value for r in entries if r.value is not None}
    if len(values) == 1:
        value: Any = values.pop()
        if isinstance(value, datetime):
            return value.date()  # a moment is a day
        return value if isinstance(as_range(value).low, date) else ANYTHING
    if not values and moment.first_dose_of is not None:
        return _first_dose(protocol, record, moment.first_dose_of)
    return ANYTHING


def _first_dose(protocol: Protocol, record: Record, product: str) -> Option:
    """The day of the first dose; unknown where one that is not known in full may have come before it."""
    days = dose_days(protocol, record, product)
    sure = days and all(_not_before(event, product, days[0]) for event in _doses(protocol, record))
    return days[0] if sure else ANYTHING


def _not_before(event: Event, product: str, first: date) -> bool:
    given, day = event.fields.get("product"), event.fields.get("date")
    if given is not None and given.value not in (None, product):
        return True
    value = None if day is None else day.value
    return compare(Sign.AT_LEAST, ANYTHING if value is None else value, first) is Truth.TRUE


def has_doses(protocol: Protocol, record: Record) -> bool:
    """Whether any dose is on file, of whatever product and on whatever day."""
    return bool(_doses(protocol, record))


def _doses(protocol: Protocol, record: Record) -> tuple[Event, ...]:
    return tuple(
        event
        for name, item in protocol.items.items()
        if isinstance(item.kind, ListOf) and item.kind.record == "dose"
        for event in record.lists.get(name, ())
    )


def _day_given(event: Event, product: str) -> date | None:
    day = event.fields.get("date")
    if day is None or _product_of(event) != product:
        return None
    if isinstance(day.value, datetime):
        return day.value.date()
    return day.value if isinstance(day.value, date) else None


def _fault(later: Option, earlier: Option, moment: Moment) -> str | None:
    if compare(Sign.LESS_THAN, later, earlier) is Truth.TRUE:
        return f"is before {moment.after}"
    if isinstance(later, date) and isinstance(earlier, date):
        gap = (later - earlier).days
        if moment.at_most_days is not None and gap > moment.at_most_days:
            return f"is {gap} days after {moment.after}, at most {moment.at_most_days} are allowed"
        if moment.at_least_days is not None and gap < moment.at_least_days:
            return f"is {gap} days after {moment.after}, at least {moment.at_least_days} are asked for"
    return None


def _problem(record: Record, moment: Moment, fault: str) -> Diagnostic:
    message = f"patient {record.patient}: {moment.name} {fault}, so both are taken as unknown"
    return Diagnostic("PD740", Severity.WARNING, message, Label(moment.span), help="correct the dates in the record")
