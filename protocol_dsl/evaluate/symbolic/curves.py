"""Powers and roots, each as a number of its own whose power is the other; logarithms are refused.

What the interpreter cannot say as a fraction lies for it between two ends, a part in a thousand million off, and which
it is no formula tells. So either is possible here: what is impossible here is impossible, and of a record that is found
the interpreter is asked. Powers beyond 300 digits are not looked at.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import z3

from protocol_dsl.evaluate.symbolic.terms import ANYTHING, Anything, Spread
from protocol_dsl.evaluate.symbolic.unknowns import Unencodable, Unknowns, exact
from protocol_dsl.model.condition import Curve, Operator
from protocol_dsl.model.record import Attested

Results = list[tuple[Any, Any]]
"""What may come of it, each with the formula under which it may."""

_DEGREE = 12
_OFF = Fraction(1, 10**9)
_LARGEST = 10**300


def applied(which: Curve, value: Any, unknowns: Unknowns) -> Results:  # noqa: ANN401 - what values may be
    """A root of a number."""
    if which is Curve.SQUARE_ROOT:
        return power(value, Fraction(1, 2), unknowns)
    if which is Curve.CUBE_ROOT:
        return power(value, Fraction(1, 3), unknowns, signed=True)
    raise Unencodable(f"a logarithm, {which.value}")


def power(value: Any, exponent: Any, unknowns: Unknowns, *, signed: bool = False) -> Results:  # noqa: ANN401
    """A number to the power of a fraction. With `signed`, what is below zero has one too, by its odd root."""
    if isinstance(value, Anything | Attested) or exponent is ANYTHING:
        return [(z3.BoolVal(True), ANYTHING)]  # noqa: FBT003
    if isinstance(value, Spread) or not isinstance(exponent, Fraction):
        raise Unencodable("a power of what is known only within limits, or by what is recorded")
    times, degree = exponent.numerator, exponent.denominator
    if max(abs(times), degree) > _DEGREE:
        raise Unencodable(f"a power by {exponent}")
    if exponent in (0, 1):
        return [(z3.BoolVal(True), value if exponent else Fraction(1))]  # noqa: FBT003
    base = exact(value) if isinstance(value, Fraction) else value
    found, is_exact = _power(base, times, degree, unknowns, signed=signed)
    has = z3.BoolVal(True) if times > 0 else base != 0  # noqa: FBT003
    if degree > 1 and not signed:
        has = base >= 0 if times > 0 else base > 0
    low, high = (found * exact(1 - _OFF), found * exact(1 + _OFF))
    around = Spread(z3.If(found >= 0, low, high), z3.If(found >= 0, high, low))
    return [
        (z3.And(has, is_exact), found),
        (z3.And(has, z3.Not(is_exact)), around),
        (z3.Not(has), ANYTHING),
    ]


def _power(base: Any, times: int, degree: int, unknowns: Unknowns, *, signed: bool) -> tuple[Any, Any]:  # noqa: ANN401
    """The power as an unknown, and whether the interpreter has it exactly; the same for the same number."""
    key = f"{base.sexpr()} ^ {times}/{degree}"
    if key not in unknowns.powers:
        found, is_exact = z3.Real(f"power {len(unknowns.powers)}"), z3.Bool(f"power {len(unknowns.powers)} exact")
        said = [found >= 0] if degree > 1 and not signed else []
        there = base > 0 if times < 0 and degree > 1 else base != 0 if times < 0 else base >= 0 if said else None
        left, right = _times(found, degree), _times(base, abs(times))
        said.append(left * right == 1 if times < 0 else left == right)
        said.append(z3.And(found <= _LARGEST, found >= -_LARGEST))
        unknowns.holds.append(z3.And(said) if there is None else z3.Implies(there, z3.And(said)))
        unknowns.powers[key] = found, is_exact
    return unknowns.powers[key]


def _times(base: Any, count: int) -> Any:  # noqa: ANN401
    found = base
    for _ in range(count - 1):
        found *= base
    return found


def calculated(by: Operator, a: Any, b: Any, unknowns: Unknowns) -> Any:  # noqa: ANN401 - what values may be
    """One number with another; division by zero has no answer."""
    if any(one is ANYTHING or isinstance(one, Attested) for one in (a, b)):
        return ANYTHING
    if by is Operator.POWER:
        return power(a, b, unknowns)
    a, b = (exact(one) if isinstance(one, Fraction) else one for one in (a, b))
    if isinstance(a, Spread) or isinstance(b, Spread):
        return spread_out(by, a, b)
    if by is Operator.OVER:
        return [(b != 0, a / b), (b == 0, ANYTHING)]
    return {Operator.PLUS: lambda: a + b, Operator.MINUS: lambda: a - b, Operator.TIMES: lambda: a * b}[by]()


def spread_out(by: Operator, a: Any, b: Any) -> Any:  # noqa: ANN401 - what values may be
    """Arithmetic with numbers of which one at least lies between two ends."""
    a, b = (one if isinstance(one, Spread) else Spread(one, one) for one in (a, b))
    if any(end is None for end in (a.low, a.high, b.low, b.high)):
        raise Unencodable("arithmetic with what has no end")
    match by:
        case Operator.PLUS:
            return Spread(a.low + b.low, a.high + b.high)
        case Operator.MINUS:
            return Spread(a.low - b.high, a.high - b.low)
        case Operator.TIMES:
            return _product(a, b)
        case Operator.OVER:
            sound = z3.Or(b.low > 0, b.high < 0)
            return [(sound, _product(a, Spread(1 / b.high, 1 / b.low))), (z3.Not(sound), ANYTHING)]
        case Operator.POWER:
            raise Unencodable("a power of what is known only within limits")


def outer_spread(a: Any, b: Any, *, larger: bool) -> Spread:  # noqa: ANN401 - what values may be
    """The larger, or the smaller, of two numbers of which one at least lies between two ends."""
    a, b = (one if isinstance(one, Spread) else Spread(_number(one), _number(one)) for one in (a, b))
    if any(end is None for end in (a.low, a.high, b.low, b.high)):
        raise Unencodable("the larger or smaller of what has no end")
    return Spread(*(z3.If(x >= y if larger else x <= y, x, y) for x, y in ((a.low, b.low), (a.high, b.high))))


def _number(one: Any) -> Any:  # noqa: ANN401
    return exact(one) if isinstance(one, Fraction) else one


def _product(a: Spread, b: Spread) -> Spread:
    ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    positive = z3.And(a.low >= 0, b.low >= 0)
    return Spread(
        z3.If(positive, ends[0], _outermost(ends, least=True)), z3.If(positive, ends[3], _outermost(ends, least=False))
    )


def _outermost(ends: list[Any], *, least: bool) -> Any:  # noqa: ANN401
    found = ends[0]
    for one in ends[1:]:
        found = z3.If(one < found if least else one > found, one, found)
    return found
