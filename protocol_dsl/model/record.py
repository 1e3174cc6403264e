"""What is known of one patient, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from fractions import Fraction
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeAlias

from attrs import field, frozen

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.studytime import Days

EMPTY: Mapping[str, Any] = MappingProxyType({})


class Reason(StrEnum):
    """Why a fact is missing."""

    NOT_COLLECTED = "not collected"
    NOT_DONE = "not done"
    PENDING = "pending"
    REFUSED = "refused"
    STALE = "stale"
    CONFLICTING = "conflicting"
    UNREADABLE = "unreadable"
    UNDATED = "undated"
    IMPRECISE = "known only within limits"
    WITHOUT_LIMIT = "without its limit"
    TOO_FEW = "too few readings"
    NOT_ATTESTED = "not attested complete"
    NOT_JUDGED = "not judged"
    OUT_OF_ORDER = "out of order"
    NOT_VALID = "not valid here"
    ON_LIMIT = "on the limit, the formula is not exact"


class Attested(Enum):
    """What stands in the place of a date when there is none, on somebody's word."""

    NEVER = "never"
    NONE = "none"
    ONGOING = "ongoing"


@frozen
class Range:
    """A number, day or instant known only to lie between two ends; None is no end on that side."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    @property
    def narrow(self) -> bool:
        """Whether it is one number that is not exact: its ends differ by no more than a millionth of them."""
        if not isinstance(self.low, Fraction) or not isinstance(self.high, Fraction):
            return False
        return (self.high - self.low) * _NARROW <= abs(self.low + self.high) / 2

    @property
    def middle(self) -> Any:  # noqa: ANN401 - a number, where it is narrow
        """The number that lies as far from one end as from the other."""
        return (self.low + self.high) / 2


_NARROW = 10**6
Value: TypeAlias = Fraction | str | bool | date | datetime | frozenset[str] | Attested | Range
"""Numbers are in the base unit of their dimension: lengths of time in seconds."""


@frozen
class Reading:
    """One entry for an item: its value or why there is none, its day, and the limits that came with it.

    `written` is the value as a person would quote it. `at_moment` makes it as fresh as can be whenever it is asked for,
    as in examples. A `stray` one was entered for nobody who is known, so it may be this patient's.
    """

    value: Value | None = None
    date: Days | None = None
    uln: Fraction | None = None
    lln: Fraction | None = None
    missing: Reason | None = None
    written: str = ""
    at_moment: bool = False
    stray: bool = False
    origin: Cell | None = field(default=None, eq=False)


@frozen
class Event:
    """One entry of a list: a reading for each field that was filled in.

    A `stray` one was entered for nobody who is known, so it may be this patient's.
    """

    fields: Mapping[str, Reading]
    stray: bool = False
    origin: Cell | None = field(default=None, eq=False)


@frozen
class Judgement:
    """That a person judged a criterion to be met or not, when, and who."""

    met: bool
    day: date | None = None
    by: str = ""


@frozen
class Record:
    """Everything known of one patient.

    `readings` holds the moments too. A place in `context` is an empty text where entries differ.
    """

    patient: str
    readings: Mapping[str, tuple[Reading, ...]] = EMPTY
    lists: Mapping[str, tuple[Event, ...]] = EMPTY
    attested: Mapping[str, date] = EMPTY
    judgements: Mapping[str, tuple[Judgement, ...]] = EMPTY
    context: Mapping[str, str] = EMPTY


def days_named(record: Record) -> Iterator[date]:
    """The days a record speaks of. Of one that is not known whole, the first possible one.

    The latest of them bounds what is seen. A later one would take windows for closed of which nobody knows whether they
    are; with an earlier one, what may have come after it is unknown.
    """
    events = (event for found in record.lists.values() for event in found)
    readings = (*chain(*record.readings.values()), *chain(*(event.fields.values() for event in events)))
    for one in readings:
        if one.date is not None:
            yield one.date.first
        value = one.value.low if isinstance(one.value, Range) else one.value
        if isinstance(value, datetime):
            yield value.date()
        elif isinstance(value, date):
            yield value
    yield from (day for day in record.attested.values() if day < date.max)
    yield from (one.day for found in record.judgements.values() for one in found if one.day is not None)
