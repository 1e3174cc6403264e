"""Days and values of each kind: few and close together, so that limits are often met exactly."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from protocol_dsl.base.studytime import Days
from protocol_dsl.model.record import Attested, Range, Value
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Completed,
    Count,
    Date,
    Grade,
    Kind,
    ListOf,
    Number,
    OneOf,
    Text,
    Time,
    YesNo,
)
from protocol_dsl.testing.vocabularies import TERMS

MIDDLE = date(2026, 3, 1)
REACH = 45
"""Days lie at most so far from the middle; ages lie around 18 years at it."""

_STEPS = 8
_WORDS_OF_ITEMS = (Attested.NEVER, Attested.ONGOING)
_WORDS: dict[str, tuple[Attested, ...]] = {"start": (), "end": (Attested.ONGOING,), "last_visit": ()}
_BIRTHS = tuple(date(2008, 2, 27) + timedelta(days=step) for step in range(6))


T = TypeVar("T")


def one_of(*forms: Callable[[], st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """One of several strategies, of which only the one that is drawn is ever built."""
    return st.sampled_from(forms).flatmap(lambda form: form())


def mostly(usual: st.SearchStrategy[T], other: st.SearchStrategy[T], times: int = 7) -> st.SearchStrategy[T]:
    """So many times the usual for once the other."""
    return st.integers(0, times).flatmap(lambda number: other if number == times else usual)


@cache
def days(first: date | None = None, last: date | None = None) -> st.SearchStrategy[date]:
    """A day from `first` to `last`, or around the first of March 2026."""
    low = MIDDLE - timedelta(days=REACH) if first is None else first
    high = max(low, MIDDLE + timedelta(days=REACH)) if last is None else last
    low = min(low, high) if first is None else low
    return st.integers(0, (high - low).days).map(lambda step: low + timedelta(days=step))


@cache
def partial_days() -> st.SearchStrategy[Days]:
    """A day known only to the month, to the year, or to lie between two."""

    def month(day: date) -> Days:
        after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return Days(day.replace(day=1), after - timedelta(days=1))

    def year(day: date) -> Days:
        return Days(date(day.year, 1, 1), date(day.year, 12, 31))

    between = st.builds(lambda day, more: Days(day, day + timedelta(days=more)), days(), st.integers(1, 5))
    return days().map(month) | days().map(year) | between


@cache
def constants(kind: Kind) -> st.SearchStrategy[Value]:  # noqa: C901, PLR0911 - an arm for each kind
    """An exact value of a kind, in base units; words such as `never` come with `values`."""
    match kind:
        case YesNo():
            return st.booleans()
        case OneOf(members=members):
            return st.sampled_from(members)
        case AnyOf(members=members):
            return st.frozensets(st.sampled_from(members))
        case Number(unit=unit):
            factor = Fraction(1) if unit is None else unit.factor
            return st.integers(0, _STEPS).map(lambda steps: Fraction(steps, 2) * factor)
        case Grade() | Count():
            return st.integers(0, 5).map(Fraction)
        case Completed():
            return st.integers(16, 20).map(Fraction)
        case Date():
            return days()
        case Time():
            return st.builds(lambda day, hour: datetime.combine(day, time(hour)), days(), st.integers(0, 23))
        case Text():
            return st.sampled_from(TERMS)
        case ListOf():
            return st.nothing()


@cache
def values(kind: Kind, name: str = "") -> st.SearchStrategy[Value]:
    """A value of a kind as a record may hold it: exact, within limits, or `never`."""
    if name == "birth_date":
        exact: st.SearchStrategy[Value] = st.sampled_from(_BIRTHS)
        years = st.just(Range(date(2008, 1, 1), date(2008, 12, 31)))
        return mostly(exact, years)
    exact = constants(kind)
    if isinstance(kind, Number):
        return mostly(exact, _number_ranges(kind))
    if isinstance(kind, Count | Grade):
        return mostly(exact, st.builds(_between, exact, exact, st.just((False, False))))
    if isinstance(kind, Date):
        partly = partial_days().map(lambda day: Range(day.first, day.last))
        words = _WORDS.get(name, _WORDS_OF_ITEMS)
        return mostly(exact, st.one_of(partly, *([st.sampled_from(words)] if words else [])))
    if isinstance(kind, Time):
        return mostly(exact, _hours(exact))
    return exact


def _number_ranges(kind: Kind) -> st.SearchStrategy[Range]:
    step = constants(kind)
    open_ends = st.tuples(st.booleans(), st.booleans())
    between = st.builds(_between, step, constants(kind), open_ends)
    below = step.map(lambda high: Range(None, high, high_open=True))
    above = step.map(lambda low: Range(low, None, low_open=True))
    return between | below | above


def _between(one: Fraction, other: Fraction, open_ends: tuple[bool, bool]) -> Range:
    low, high = min(one, other), max(one, other)
    return Range(low, high + 1 if low == high else high, *open_ends)


def _hours(exact: st.SearchStrategy[Value]) -> st.SearchStrategy[Range]:
    def day(instant: Value) -> Range:
        start = datetime.combine(instant, time.min) if isinstance(instant, date) else None
        return Range(start, None if start is None else start + timedelta(days=1))

    return exact.map(day)


def inside(limits: Range, kind: Kind) -> st.SearchStrategy[Value]:
    """An exact value of a kind within limits."""
    low, high = limits.low, limits.high
    if isinstance(kind, Count | Grade):
        return st.integers(int(low), int(high)).map(Fraction)
    if isinstance(low or high, datetime):
        return st.integers(0, 24).map(lambda hours: low + timedelta(hours=hours))
    if isinstance(low or high, date):
        return days(low or high - timedelta(days=400), high or low + timedelta(days=400))
    if low is None or high is None:
        steps = st.integers(1, 6) | st.integers(100, 10_000)
        return steps.map(lambda step: high - Fraction(step, 4) if low is None else low + Fraction(step, 4))
    first, last = int(limits.low_open), 4 - int(limits.high_open)
    return st.integers(first, last).map(lambda step: low + (high - low) * Fraction(step, 4))
