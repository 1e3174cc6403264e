"""A complete record as it is looked at, and what truths and values come to together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from protocol_dsl.model import condition as core
from protocol_dsl.model.record import Attested, Event, Reading, Record

DAY = 86400


@frozen
class Scene:
    """A complete record, the days of its moments, and from where it is looked at.

    `at` is the day of the moment asked about, None for the as-of date. `around` are the events looked at, the nearest
    last; `held` the readings that are fixed. `until` is the day to which the patient was followed, `left` the day on
    which they left before the end.
    """

    record: Record
    moments: Mapping[str, date]
    as_of: date
    moment: str | None = None
    about: str = ""
    around: tuple[Event, ...] = ()
    held: Mapping[core.Series, Reading] = field(factory=dict)
    had_dlt: bool | None = None
    until: date = date.max
    left: date | None = None

    @property
    def at(self) -> date | None:
        """The day asked about."""
        return None if self.moment is None else self.moments.get(self.moment)


@frozen
class Span:
    """A length of time known to lie between two numbers of seconds, the ends left out."""

    least: Fraction
    most: Fraction


# --- truths -------------------------------------------------------------------------------------------------------


def all_of(truths: Iterable[bool | None]) -> bool | None:
    """True where all are, False where one is not."""
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[bool | None]) -> bool | None:
    """True where one is, False where none is."""
    found = list(truths)
    return True if True in found else None if None in found else False


def at_least(count: int, found: list[bool | None]) -> bool | None:
    """Whether so many are true, whatever the others are."""
    if found.count(True) >= count:
        return True
    return False if len(found) - found.count(False) < count else None


def compared(sign: core.Sign, left: Any, right: Any) -> bool | None:  # noqa: ANN401 - any two values
    """Whether two values compare so; None where they cannot."""
    if isinstance(left, Span):
        return _spanned(sign, left, right)
    if left is Attested.ONGOING and isinstance(right, date):
        left = date.max
    numbers = isinstance(left, Fraction) and isinstance(right, Fraction)
    days = type(left) is date and type(right) is date
    if sign in (core.Sign.IS, core.Sign.IS_NOT):
        known = numbers or days or (type(left) is type(right) and isinstance(left, str | bool))
        return (left == right) is (sign is core.Sign.IS) if known else None
    if not (numbers or days):
        return None
    more, same = bool(left > right), bool(left == right)
    return {
        core.Sign.AT_LEAST: more or same,
        core.Sign.AT_MOST: not more,
        core.Sign.MORE_THAN: more,
        core.Sign.LESS_THAN: not (more or same),
    }[sign]


def _spanned(sign: core.Sign, span: Span, limit: Any) -> bool | None:  # noqa: ANN401 - any value
    if not isinstance(limit, Fraction):
        return None
    if sign in (core.Sign.MORE_THAN, core.Sign.AT_LEAST):
        return True if span.least >= limit else False if span.most <= limit else None
    if sign in (core.Sign.LESS_THAN, core.Sign.AT_MOST):
        return True if span.most <= limit else False if span.least >= limit else None
    return None


def day_of(reading: Reading) -> date | None:
    """The day of a reading."""
    return reading.date.first if reading.date is not None else None


def fetched(reading: Reading | None, part: core.Part) -> Any:  # noqa: ANN401 - any value
    """A part of a reading."""
    if reading is None:
        return None
    if part is core.Part.DATE:
        return day_of(reading)
    if part is core.Part.VALUE:
        return reading.value
    return reading.uln if part is core.Part.ULN else reading.lln


def calculated(operator: core.Operator, left: Any, right: Any) -> Fraction | None:  # noqa: ANN401 - an arm each
    """One number with another; None where they are none."""
    if not isinstance(left, Fraction) or not isinstance(right, Fraction):
        return None
    match operator:
        case core.Operator.PLUS:
            return left + right
        case core.Operator.MINUS:
            return left - right
        case core.Operator.TIMES:
            return left * right
        case core.Operator.OVER:
            return left / right if right else None
        case _:
            whole = right.denominator == 1 and abs(right) <= 6 and left  # noqa: PLR2004 - no larger power is written
            return left ** int(right) if whole else None
