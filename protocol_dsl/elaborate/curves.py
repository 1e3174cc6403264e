"""Powers, roots and logarithms: of which numbers they are taken, and where the result plausibly lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from protocol_dsl.base import curve
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate.kinds import OPEN, Limits, Typed, describe, is_bare, unit_of
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v

_OF: Mapping[core.Curve, Callable[[curve.Ends], curve.Ends | None]] = {
    core.Curve.SQUARE_ROOT: curve.square_root,
    core.Curve.CUBE_ROOT: curve.cube_root,
    core.Curve.LOG10: curve.log10,
    core.Curve.LN: curve.ln,
}
_LOGARITHMS = (core.Curve.LOG10, core.Curve.LN)


def power(base: Typed, exponent: Typed, span: Span, scope: Scope) -> Typed | None:
    """A number to the power of another; None where an error was noted."""
    if not (_is_bare(base, "power", scope) and _is_bare(exponent, "power", scope)):
        return None
    by = exponent.limits
    if not (_is_small(by, exponent, scope) and _has_power(base, by, scope)):
        return None
    found = curve.power((base.limits.low, base.limits.high), (by.low, by.high))
    if found is None and _is_fixed(base) and _is_fixed(exponent):
        message = "this power is too large, or too close to zero, to be worked with"
        scope.error("PD224", message, span, help="write a power with fewer digits")
        return None
    value = core.Arithmetic(core.Operator.POWER, base.core, exponent.core, span=span)
    positive = base.limits.low is not None and base.limits.low >= 0
    somewhere = Limits(low=Fraction(0)) if positive else OPEN
    return Typed(value, v.Number(None), span, limits=somewhere if found is None else Limits(*found))


def applied(which: core.Curve, inside: Typed, span: Span, scope: Scope) -> Typed | None:
    """A root or a logarithm of a number; None where an error was noted."""
    what = "logarithm" if which in _LOGARITHMS else "root"
    if not _is_bare(inside, what, scope):
        return None
    if which in _LOGARITHMS and not _above_zero(inside, "a logarithm", scope):
        return None
    if which is core.Curve.SQUARE_ROOT and not _not_negative(inside, "a square root", scope):
        return None
    found = _OF[which]((inside.limits.low, inside.limits.high))
    limits = OPEN if found is None else Limits(*found)
    return Typed(core.Applied(which, inside.core, span=span), v.Number(None), span, limits=limits)


def _is_bare(value: Typed, what: str, scope: Scope) -> bool:
    if is_bare(value.kind):
        return True
    message = f"a {what} is taken of bare numbers, and this is {describe(value.kind)}"
    cure = "define a formula `with` it, where it is a bare number"
    if unit_of(value.kind) is not None and isinstance(value.core, core.Constant):
        cure = "leave the unit out, and say which values the formula is made `with`"
    scope.error("PD223", message, value.span, others=[(value.declared, "declared here")], help=cure)
    return False


def _is_fixed(value: Typed) -> bool:
    return value.limits.low is not None and value.limits.low == value.limits.high


def _is_small(by: Limits, exponent: Typed, scope: Scope) -> bool:
    if not (_is_fixed(exponent) and abs(by.low or Fraction(0)) > curve.LARGEST_EXPONENT):
        return True
    message = f"no exponent is further from zero than {curve.LARGEST_EXPONENT}"
    scope.error("PD224", message, exponent.span, help="write a smaller one")
    return False


def _has_power(base: Typed, by: Limits, scope: Scope) -> bool:
    """Whether each value of the base has a power: a negative one has it only by whole numbers, zero only by no less."""
    low = by.low or Fraction(0)
    if low == by.high and low.denominator == 1:
        return low >= 0 or _not_zero(base, scope)
    if low <= 0:
        return _above_zero(base, "a power by what may not be above zero", scope)
    return _not_negative(base, "a power by what may not be whole", scope)


def _above_zero(value: Typed, what: str, scope: Scope) -> bool:
    return _bounded(value, value.limits.low is not None and value.limits.low > 0, "always above zero", what, scope)


def _not_negative(value: Typed, what: str, scope: Scope) -> bool:
    return _bounded(value, value.limits.low is not None and value.limits.low >= 0, "never negative", what, scope)


def _not_zero(value: Typed, scope: Scope) -> bool:
    return _bounded(value, not value.limits.may_be_zero, "never zero", "a power below zero", scope)


def _bounded(value: Typed, sound: bool, what_of: str, what: str, scope: Scope) -> bool:  # noqa: FBT001
    if sound:
        return True
    message = f"{what} is taken of this, and nothing says that it is {what_of}"
    cure = "declare a plausible range for the items in it, as in `plausible 0.1 to 20`"
    scope.error("PD222", message, value.span, others=[(value.declared, "declared here")], help=cure)
    return False
