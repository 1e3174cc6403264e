"""The posterior of one level's DLT rate under a beta prior: exact for whole parameters, to any digits for others."""

from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import comb

DIGITS = 60
"""Digits to which `share` is right unless asked for others."""

_GUARD = 12  # further digits carried, against the rounding of some thousand additions


@lru_cache(maxsize=1 << 14)
def tail(limit: Fraction, a: int, b: int) -> Fraction:
    """Give P(p > limit) for p ~ Beta(a, b), exactly.

    `limit` lies in [0, 1]; `a` and `b` are whole and at least 1. By the binomial sum: a beta variable exceeds a limit
    when fewer than `a` of `a + b - 1` uniform variables lie below it (Abramowitz & Stegun 1964, 26.5.24).

    >>> tail(Fraction(1, 2), 1, 1)
    Fraction(1, 2)
    """
    trials = a + b - 1
    below, whole = limit.numerator, limit.denominator
    above = whole - below
    ways = sum(comb(trials, k) * below**k * above ** (trials - k) for k in range(a))
    return Fraction(ways, whole**trials)


def mass(low: Fraction, high: Fraction, a: int, b: int) -> Fraction:
    """Give P(low < p <= high) for p ~ Beta(a, b), exactly; as `tail`, with low at most high."""
    return tail(low, a, b) - tail(high, a, b)


@lru_cache(maxsize=1 << 14)
def share(limit: Fraction | Decimal, a: Fraction, b: Fraction, digits: int = DIGITS) -> Decimal:
    """Give P(p <= limit) for p ~ Beta(a, b) with any positive a and b; the error is below 10 to the minus `digits`.

    A limit outside (0, 1) gives 0 or 1. The power series of the incomplete beta function (Abramowitz & Stegun 1964,
    26.5.4) has positive terms only; the complete function is the sum of both halves, so no gamma function is needed.
    """
    with localcontext() as context:
        context.prec = digits + _GUARD
        x, left, right = _decimal(limit), _decimal(a), _decimal(b)
        if x <= 0 or x >= 1:
            return Decimal(int(x >= 1))
        if x <= Decimal("0.5"):
            result = _below(x, left, right) / _complete(a, b, context.prec)
        else:
            result = 1 - _below(1 - x, right, left) / _complete(a, b, context.prec)
        context.prec = digits
        return +result


@lru_cache(maxsize=1 << 12)
def _complete(a: Fraction, b: Fraction, precision: int) -> Decimal:
    """Give the beta function of a and b, worked out with so many digits."""
    half = Decimal("0.5")
    with localcontext() as context:
        context.prec = precision
        return _below(half, _decimal(a), _decimal(b)) + _below(half, _decimal(b), _decimal(a))


def _below(x: Decimal, a: Decimal, b: Decimal) -> Decimal:
    """Give the integral of t^(a-1) (1-t)^(b-1) from 0 to x, with x at most one half."""
    term = x**a * (1 - x) ** b / a
    total, step = Decimal(0), 0
    while total + term != total or (a + b + step) * x >= a + 1 + step:
        total += term
        term *= x * (a + b + step) / (a + 1 + step)
        step += 1
    # Terms now fall by a factor that tends to x <= 1/2, so what is left out is of the size of the last digit kept.
    return total


def _decimal(number: Fraction | Decimal) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(number.numerator) / Decimal(number.denominator)
