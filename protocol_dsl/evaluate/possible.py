"""What a value may be: a tuple of options, of which exactly one is the case.

An option is an exact value, a `Range`, or `ANYTHING`. Every operation is total: where it has no answer it gives
`ANYTHING`, so that nothing is ever decided by an error.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from protocol_dsl.base import curve
from protocol_dsl.base.truth import Truth, agree, negate
from protocol_dsl.model.condition import Operator, Sign
from protocol_dsl.model.record import Attested, Range, Value

_MOST = 64
"""So many options are told apart; more count as `ANYTHING`."""


class Anything(Enum):
    """The option of which nothing is known."""

    ANYTHING = "anything"


ANYTHING = Anything.ANYTHING
Option: TypeAlias = Value | Anything
Possible: TypeAlias = tuple[Option, ...]
UNKNOWN: Possible = (ANYTHING,)


def exact(option: Option) -> bool:
    """Whether the option is one value."""
    return option is not ANYTHING and not isinstance(option, Range)


def combine(operation: Callable[[Any, Any], Option], left: Possible, right: Possible) -> Possible:
    """The results of an operation on every pair of options."""
    if len(left) == 1 and len(right) == 1:
        return (operation(left[0], right[0]),)
    if len(left) * len(right) > _MOST:
        return UNKNOWN
    return distinct(operation(a, b) for a in left for b in right)


def distinct(options: Any) -> Possible:
    """The options, each once."""
    each: Possible = tuple(options)
    if len(each) == 1:
        return each
    found: list[Option] = []
    for option in each:
        if option is ANYTHING:
            return UNKNOWN
        if option not in found:
            found.append(option)
    return tuple(found) if found else UNKNOWN


def said_of_all(test: Callable[[Any, Any], Truth], left: Possible, right: Possible) -> Truth:
    """What holds for every pair of options, or unknown."""
    if len(left) == 1 and len(right) == 1:
        return test(left[0], right[0])
    return agree(test(a, b) for a in left for b in right)


# --- comparing ----------------------------------------------------------------------------------------------------


def compare(sign: Sign, left: Option, right: Option) -> Truth:
    """One option against another. A range is met or not met only if the whole of it agrees."""
    if type(left) is type(right) and type(left) in (Fraction, date):
        return Truth.of(_EXACT[sign](left, right))
    if left is ANYTHING or right is ANYTHING:
        return Truth.UNKNOWN
    if isinstance(left, Attested) or isinstance(right, Attested):
        return _compare_attested(sign, left, right)
    a, b = as_range(left), as_range(right)
    if _span_of_day(a, b):
        a, b = _instants(a), _instants(b)
    if sign in (Sign.IS, Sign.IS_NOT):
        same = _same(left, right, a, b)
        return same if sign is Sign.IS else negate(same)
    if not isinstance(left, (Fraction, date, Range)) or not isinstance(right, (Fraction, date, Range)):
        return Truth.UNKNOWN
    return _ORDER[sign](a, b)


def as_range(option: Any) -> Range:
    """An exact value as a range of one."""
    return option if isinstance(option, Range) else Range(option, option)


def _same(left: Any, right: Any, a: Range, b: Range) -> Truth:
    if not isinstance(left, Range) and not isinstance(right, Range) and a.low == a.high and b.low == b.high:
        return Truth.of(a.low == b.low)
    if _below(a, b) or _below(b, a):
        return Truth.FALSE
    return Truth.TRUE if a.low == a.high == b.low == b.high and a.low is not None else Truth.UNKNOWN


def _below(a: Range, b: Range) -> bool:
    """Whether all of `a` is less than all of `b`."""
    if a.high is None or b.low is None:
        return False
    return bool(a.high < b.low or (a.high == b.low and (a.high_open or b.low_open)))


def _not_above(a: Range, b: Range) -> bool:
    """Whether nothing of `a` is more than anything of `b`."""
    return a.high is not None and b.low is not None and bool(a.high <= b.low)


def _decided(yes: bool, no: bool) -> Truth:  # noqa: FBT001
    return Truth.TRUE if yes else Truth.FALSE if no else Truth.UNKNOWN


_EXACT: dict[Sign, Callable[[Any, Any], bool]] = {
    Sign.AT_LEAST: operator.ge,
    Sign.AT_MOST: operator.le,
    Sign.MORE_THAN: operator.gt,
    Sign.LESS_THAN: operator.lt,
    Sign.IS: operator.eq,
    Sign.IS_NOT: operator.ne,
}

_ORDER: dict[Sign, Callable[[Range, Range], Truth]] = {
    Sign.AT_LEAST: lambda a, b: _decided(_not_above(b, a), _below(a, b)),
    Sign.AT_MOST: lambda a, b: _decided(_not_above(a, b), _below(b, a)),
    Sign.MORE_THAN: lambda a, b: _decided(_below(b, a), _not_above(a, b)),
    Sign.LESS_THAN: lambda a, b: _decided(_below(a, b), _not_above(b, a)),
}


def _compare_attested(sign: Sign, left: Any, right: Any) -> Truth:
    """`ongoing` lies after every day; `never` and `none` lie nowhere, and only equal themselves."""
    if sign in (Sign.IS, Sign.IS_NOT):
        return Truth.of((left == right) is (sign is Sign.IS))
    if left is Attested.ONGOING and not isinstance(right, Attested):
        return Truth.of(sign in (Sign.AT_LEAST, Sign.MORE_THAN))
    if right is Attested.ONGOING and not isinstance(left, Attested):
        return Truth.of(sign in (Sign.AT_MOST, Sign.LESS_THAN))
    return Truth.FALSE


def _span_of_day(a: Range, b: Range) -> bool:
    """Whether a day is held against an instant, so that the day must be read as its 24 hours."""
    ends = [end for end in (a.low, a.high, b.low, b.high) if isinstance(end, date)]
    return any(isinstance(end, datetime) for end in ends) and any(not isinstance(end, datetime) for end in ends)


def _instants(a: Range) -> Range:
    if isinstance(a.low, datetime) or isinstance(a.high, datetime):
        return a
    low = None if a.low is None else datetime.combine(a.low, time.min)
    if a.high is None:
        return Range(low, None, a.low_open)
    if a.high >= date.max:
        return Range(low, datetime.max)  # noqa: DTZ901 - days have no zone
    return Range(low, datetime.combine(a.high + timedelta(days=1), time.min), low_open=False, high_open=True)


# --- arithmetic ---------------------------------------------------------------------------------------------------


def calculate(by: Operator, left: Option, right: Option) -> Option:  # noqa: PLR0911 - a return for each operation
    """One number with another. Division by what may be zero has no answer."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return _calculate_exact(by, left, right)
    a, b = number(left), number(right)
    if a is None or b is None:
        return ANYTHING
    if by is Operator.POWER:
        return power(a, b)
    if by is Operator.PLUS:
        return _tidy(_plus(a.low, b.low), _plus(a.high, b.high), a.low_open or b.low_open, a.high_open or b.high_open)
    if by is Operator.MINUS:
        return calculate(Operator.PLUS, a, Range(_minus(b.high), _minus(b.low), b.high_open, b.low_open))
    if by is Operator.OVER:
        if b.low is None or b.high is None or b.low <= 0 <= b.high:
            return ANYTHING
        return calculate(Operator.TIMES, a, Range(1 / b.high, 1 / b.low, b.high_open, b.low_open))
    return _times(a, b)


def power(base: Range, exponent: Range) -> Option:
    """A number to the power of another. Zero has no power that is not above zero, but for its power by zero itself."""
    may_be_zero = base.low == 0 and not base.low_open
    if may_be_zero and exponent.low is not None and exponent.low < 0:
        return ANYTHING
    return between(curve.power((base.low, base.high), (exponent.low, exponent.high)))


def between(ends: curve.Ends | None) -> Option:
    """What lies between two ends, both included."""
    return ANYTHING if ends is None else _tidy(*ends, low_open=False, high_open=False)


def _calculate_exact(by: Operator, left: Fraction, right: Fraction) -> Option:
    if by is Operator.PLUS:
        return left + right
    if by is Operator.MINUS:
        return left - right
    if by is Operator.TIMES:
        return left * right
    if by is Operator.POWER:
        return power(Range(left, left), Range(right, right))
    return left / right if right else ANYTHING


def number(option: Option) -> Range | None:
    """A number as a range; None where it is none."""
    if isinstance(option, Fraction):
        return Range(option, option)
    if isinstance(option, Range) and isinstance(option.low or option.high or Fraction(0), Fraction):
        return option
    return None


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _minus(a: Fraction | None) -> Fraction | None:
    return None if a is None else -a


def _tidy(low: Any, high: Any, low_open: bool, high_open: bool) -> Option:  # noqa: FBT001
    if low is None and high is None:
        return ANYTHING
    return low if low is not None and low == high else Range(low, high, low_open, high_open)


def _times(a: Range, b: Range) -> Option:
    """Products of the ends; without one an exact factor keeps the others, and one that is never negative the lower."""
    if None in (a.low, a.high, b.low, b.high):
        return _times_half_open(a, b)
    ends = [
        (x * y, x_open or y_open)
        for x, x_open in ((a.low, a.low_open), (a.high, a.high_open))
        for y, y_open in ((b.low, b.low_open), (b.high, b.high_open))
    ]
    low, high = min(end for end, _ in ends), max(end for end, _ in ends)
    low_open = all(is_open for end, is_open in ends if end == low) and low != 0
    high_open = all(is_open for end, is_open in ends if end == high) and high != 0
    return _tidy(low, high, low_open, high_open)


def _times_half_open(a: Range, b: Range) -> Option:
    for factor, other in ((a, b), (b, a)):
        if factor.low is not None and factor.low == factor.high:
            return _scaled(other, factor.low)
    if a.low is None or b.low is None or a.low < 0 or b.low < 0:
        return ANYTHING
    return Range(a.low * b.low, None, low_open=(a.low_open or b.low_open) and a.low * b.low != 0)


def _scaled(a: Range, factor: Fraction) -> Option:
    """A range times an exact number: `<0.5` in one unit is `<500` in another."""
    if not factor:
        return factor
    low, high = (None if end is None else end * factor for end in (a.low, a.high))
    if factor > 0:
        return _tidy(low, high, a.low_open, a.high_open)
    return _tidy(high, low, a.high_open, a.low_open)


def larger(left: Option, right: Option) -> Option:
    """The larger of two numbers or days."""
    return _extreme(left, right, max)


def smaller(left: Option, right: Option) -> Option:
    """The smaller of two numbers or days."""
    return _extreme(left, right, min)


def _extreme(left: Option, right: Option, pick: Callable[..., Any]) -> Option:
    if isinstance(left, (Anything, Attested)) or isinstance(right, (Anything, Attested)):
        return ANYTHING
    a, b = as_range(left), as_range(right)
    low = _pick_end(a.low, b.low, pick, none_wins=pick is min)
    high = _pick_end(a.high, b.high, pick, none_wins=pick is max)
    return _tidy(low, high, low_open=False, high_open=False)


def _pick_end(a: Any, b: Any, pick: Callable[..., Any], *, none_wins: bool) -> Any:
    if a is None or b is None:
        return None if none_wins else b if a is None else a
    return pick(a, b)


# --- days ---------------------------------------------------------------------------------------------------------

_DAY = Fraction(86400)


def seconds_between(start: Option, end: Option) -> Option:
    """The time from one day or instant to another, in seconds; days count as whole days."""
    if type(start) is date and type(end) is date:
        return Fraction((end - start).days * 86400)
    if isinstance(start, (Anything, Attested)) or isinstance(end, (Anything, Attested)):
        return ANYTHING
    a, b = as_range(start), as_range(end)
    if _span_of_day(a, b):
        a, b = _instants(a), _instants(b)
    low = None if b.low is None or a.high is None else _seconds(a.high, b.low)
    high = None if b.high is None or a.low is None else _seconds(a.low, b.high)
    return _tidy(low, high, a.high_open or b.low_open, a.low_open or b.high_open)


def _seconds(start: Any, end: Any) -> Fraction:
    gap = end - start
    seconds: Fraction = gap.days * _DAY + gap.seconds + Fraction(gap.microseconds, 1_000_000)
    return seconds


def mapped(option: Option, function: Callable[[date], Any]) -> Option:
    """A function that never turns back, applied to a day or to both ends of a range of days."""
    if isinstance(option, Range):
        low = None if option.low is None else function(option.low)
        high = None if option.high is None else function(option.high)
        return _tidy(low, high, low_open=False, high_open=False)
    return function(option) if isinstance(option, date) else ANYTHING
