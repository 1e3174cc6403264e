"""Powers, roots and logarithms of numbers that lie between two ends.

A result that is a fraction, and cheap to find, is exact: both of its ends are the same. Any other is computed to at
least 34 digits and enclosed: its ends lie one part in a thousand million below and above what was computed. Each
result holds every result of what lies within what was given. None stands for no answer, and for an answer that is too
large or too small to be worked with.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from itertools import product
from math import isqrt
from typing import Final, TypeAlias

End: TypeAlias = Fraction | None
Ends: TypeAlias = tuple[End, End]
"""From where to where a number lies, both included; None is no end on that side."""

LARGEST_EXPONENT: Final = 1000
"""No exponent is further from zero."""
_LARGEST_LOGARITHM: Final = 700  # of a result, to the base e: about 304 decimal digits before or after the point
_LONGEST_EXACT: Final = 512  # bits of a result that is worked out exactly
_LARGEST_DEGREE: Final = 4  # of a root that is sought exactly where an exponent is a fraction
_RELATIVE: Final = Fraction(1, 10**9)
_ABSOLUTE: Final = Fraction(1, 10**30)  # of a logarithm, whose relative error is large next to zero
# Every step is rounded correctly, so that none of them turns back: what is larger never comes to less.
_DECIMALS: Final = Context(prec=42, Emax=MAX_EMAX, Emin=MIN_EMIN)


def power(base: Ends, exponent: Ends) -> Ends | None:
    """A number to the power of another."""
    low, high = exponent
    if low is None or high is None or max(abs(low), abs(high)) > LARGEST_EXPONENT:
        return None
    if low == high and low in (0, 1):
        return base if low else (Fraction(1), Fraction(1))
    if base[0] is None:
        return None
    if base[0] == base[1] and low == high:
        exact = _exact_power(base[0], low)
        if exact is not None:
            return exact, exact
    return _around_powers(base[0], base[1], low, high)


def square_root(number: Ends) -> Ends | None:
    """The square root of what is not negative."""
    return power(number, (Fraction(1, 2), Fraction(1, 2)))


def cube_root(number: Ends) -> Ends | None:
    """The cube root; of a negative number it is negative."""
    low, high = number
    if low is not None and low == high:
        exact = _exact_root(low, 3)
        if exact is not None:
            return exact, exact
    ends = tuple(None if end is None else _signed_power(abs(end), Fraction(1, 3), end < 0) for end in number)
    if any(found is None and end is not None for found, end in zip(ends, number, strict=True)):
        return None
    return _below(ends[0]), _above(ends[1])


def log10(number: Ends) -> Ends | None:
    """The logarithm to the base 10 of what is more than zero; next to zero it has no lower end."""
    low, high = number
    if low is not None and low == high and low > 0:
        exact = _exact_log10(low)
        if exact is not None:
            return exact, exact
    return _logarithm(number, tens=True)


def ln(number: Ends) -> Ends | None:
    """The natural logarithm of what is more than zero; next to zero it has no lower end."""
    if number[0] == number[1] == 1:
        return Fraction(0), Fraction(0)
    return _logarithm(number, tens=False)


# --- exact results ------------------------------------------------------------------------------------------------


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    degree, times = exponent.denominator, exponent.numerator
    if base == 1:
        return base
    if degree > _LARGEST_DEGREE or (base == 0 and times < 0):
        return None
    found = _exact_root(base, degree) if base >= 0 or degree == 1 else None
    if found is None or abs(times) * _bits(found) > _LONGEST_EXACT:
        return None
    return found**times if _size(found, times) <= _LARGEST_LOGARITHM else None


def _bits(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _size(base: Fraction, times: int) -> Decimal:
    """How far the logarithm of a power lies from zero."""
    return abs(_DECIMALS.multiply(Decimal(times), _ln(abs(base)))) if base else Decimal(0)


def _exact_root(number: Fraction, degree: int) -> Fraction | None:
    if degree == 1:
        return number
    if _bits(number) > _LONGEST_EXACT:
        return None
    above, below = _whole_root(abs(number.numerator), degree), _whole_root(number.denominator, degree)
    if above**degree != abs(number.numerator) or below**degree != number.denominator:
        return None
    return Fraction(above if number >= 0 else -above, below)


def _whole_root(number: int, degree: int) -> int:
    """The largest whole number whose power of this degree is not more."""
    if degree == 2:  # noqa: PLR2004
        return isqrt(number)
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle)
    return low


def _exact_log10(number: Fraction) -> Fraction | None:
    whole = max(number.numerator, number.denominator)
    if min(number.numerator, number.denominator) != 1 or _bits(number) > _LONGEST_EXACT:
        return None
    zeros = len(str(whole)) - 1
    if whole != 10**zeros:
        return None
    return Fraction(zeros if number.denominator == 1 else -zeros)


# --- enclosed results ---------------------------------------------------------------------------------------------


def _around_powers(low: Fraction, high: End, least: Fraction, most: Fraction) -> Ends | None:
    """The powers of all that lies from `low` to `high`, by exponents from `least` to `most`."""
    if low < 0:
        return _around_signed(low, high, least) if least == most and least.denominator == 1 else None
    if low == 0 and least <= 0:
        # next to zero such a power has no end
        return (_below(_signed_power(high, least)), None) if high and most < 0 and least == most else None
    if high is None:
        return _unbounded(low, least) if least == most else None
    return _hull([_signed_power(base, exponent) for base, exponent in product((low, high), (least, most))])


def _unbounded(low: Fraction, exponent: Fraction) -> Ends | None:
    """The powers of all that is not less than `low`."""
    found = _signed_power(low, exponent)
    if found is None:
        return None
    return (_below(found), None) if exponent > 0 else (Fraction(0), _above(found))


def _around_signed(low: Fraction, high: End, exponent: Fraction) -> Ends | None:
    """The powers, by a whole number, of what may be negative."""
    if high is None or (high >= 0 and exponent < 0):
        return None
    odd = exponent.numerator % 2 == 1
    found = [_signed_power(abs(end), exponent, negative=odd and end < 0) for end in (low, high)]
    return _hull([*found, Fraction(0)] if high >= 0 else found)


def _hull(found: list[Fraction | None]) -> Ends | None:
    sound = [one for one in found if one is not None]
    return (_below(min(sound)), _above(max(sound))) if len(sound) == len(found) else None


def _signed_power(base: End, exponent: Fraction, negative: bool = False) -> Fraction | None:  # noqa: FBT001, FBT002
    """The power of what is not negative, computed, with its sign."""
    if base is None or (base == 0 and exponent < 0):
        return None
    if base == 0:
        return Fraction(0)
    logarithm = _DECIMALS.multiply(_decimal(exponent), _ln(base))
    if abs(logarithm) > _LARGEST_LOGARITHM:
        return None
    found = Fraction(_DECIMALS.exp(logarithm))
    return -found if negative else found


def _logarithm(number: Ends, *, tens: bool) -> Ends | None:
    low, high = number
    if low is None or low < 0 or (high is not None and high <= 0):
        return None
    found = tuple(None if not end else _log_of(end, tens=tens) for end in (low, high))
    down, up = _below(found[0]), _above(found[1])
    return (None if down is None else down - _ABSOLUTE, None if up is None else up + _ABSOLUTE)


def _log_of(number: Fraction, *, tens: bool) -> Fraction:
    return Fraction(_DECIMALS.log10(_decimal(number)) if tens else _ln(number))


def _ln(number: Fraction) -> Decimal:
    return _DECIMALS.ln(_decimal(number))


def _decimal(number: Fraction) -> Decimal:
    return _DECIMALS.divide(Decimal(number.numerator), Decimal(number.denominator))


def _below(number: End) -> End:
    return None if number is None else number - abs(number) * _RELATIVE


def _above(number: End) -> End:
    return None if number is None else number + abs(number) * _RELATIVE
