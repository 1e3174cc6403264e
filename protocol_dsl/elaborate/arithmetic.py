"""Sums, differences, products and quotients: what unit comes out, and where the result plausibly lies."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from protocol_dsl.base.quantity import ONE, Unit
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate.kinds import OPEN, TIME, Limits, Typed, describe, is_bare, is_day, measures, unit_of
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v

_PLUS_OR_MINUS = (core.Operator.PLUS, core.Operator.MINUS)


def combine(operator: core.Operator, left: Typed, right: Typed, span: Span, scope: Scope) -> Typed | None:
    """Two values combined; None where an error was noted."""
    if operator in _PLUS_OR_MINUS and is_day(left.kind):
        return _moved(operator, left, right, span, scope)
    if not (_is_number(left, scope) and _is_number(right, scope)):
        return None
    if _on_a_scale(left) or _on_a_scale(right):
        return _of_temperatures(operator, left, right, span, scope)
    if operator in _PLUS_OR_MINUS and not agree(left, right, scope):
        return None
    if operator is core.Operator.OVER and not _never_zero(right, scope):
        return None
    value = core.Arithmetic(operator, left.core, right.core, span=span)
    limits = _limits(operator, left.limits, right.limits)
    return Typed(value, v.Number(_unit(operator, left, right)), span, limits=limits)


def agree(left: Typed, right: Typed, scope: Scope) -> bool:
    """Whether two values measure the same, with an error where they do not."""
    if is_bare(left.kind) and is_bare(right.kind):
        return True
    ours, theirs = unit_of(left.kind), unit_of(right.kind)
    if ours is not None and theirs is not None:
        if ours.same_kind(theirs):
            return True
        message = "two values of different kinds are taken together"
        scope.error("PD214", message, right.span, measures(theirs), others=[(left.span, measures(ours))])
        return False
    if type(left.kind) is type(right.kind) and not isinstance(left.kind, v.Number):
        return True
    message = "two values of different kinds are taken together"
    others = [(left.span, describe(left.kind))]
    with_unit = ours or theirs
    cure = f"give both a unit such as `{with_unit.code}`" if with_unit else None
    code = "PD203" if with_unit and (is_bare(left.kind) or is_bare(right.kind)) else "PD206"
    scope.error(code, message, right.span, describe(right.kind), others=others, help=cure)
    return False


def _is_number(value: Typed, scope: Scope) -> bool:
    if is_bare(value.kind) or isinstance(value.kind, v.Number):
        return True
    message = f"arithmetic needs a number, and this is {describe(value.kind)}"
    cure = "only numbers are added, subtracted, multiplied and divided"
    if isinstance(value.kind, v.Completed):
        cure = "define a formula `with` it, where it is a bare number"
    scope.error("PD211", message, value.span, others=[(value.declared, "declared here")], help=cure)
    return False


def _moved(operator: core.Operator, left: Typed, right: Typed, span: Span, scope: Scope) -> Typed | None:
    length = unit_of(right.kind)
    if length is None or length.dimension != TIME:
        message = f"only a length in days, weeks or hours is added to a day, and this is {describe(right.kind)}"
        cure = "say how far one day lies before another, as in `scan is within 28 days before enrolment`"
        scope.error("PD502", message, right.span, help=cure)
        return None
    backwards = operator is core.Operator.MINUS
    return Typed(core.Shifted(left.core, length=right.core, backwards=backwards, span=span), left.kind, span)


def _never_zero(value: Typed, scope: Scope) -> bool:
    if not value.limits.may_be_zero:
        return True
    message = "nothing says that this divisor is never zero"
    cure = "declare a plausible range above zero for the items in it, as in `plausible 0.1 to 20`"
    scope.error("PD210", message, value.span, others=[(value.declared, "declared here")], help=cure)
    return False


# --- temperatures on a scale --------------------------------------------------------------------------------------


def _on_a_scale(value: Typed) -> bool:
    found = unit_of(value.kind)
    return found is not None and found.on_a_scale


def may_be_multiplied(value: Typed, span: Span, scope: Scope) -> bool:
    """Whether a multiple of a value means something; noted where it is a temperature on a scale."""
    if _on_a_scale(value):
        _senseless("a multiple of a temperature depends on where its scale has its zero", span, scope)
    return not _on_a_scale(value)


def _senseless(message: str, span: Span, scope: Scope) -> None:
    cure = "take one temperature from another, or add a difference such as `1 Cel{difference}`"
    scope.error("PD221", message, span, help=cure)


def _of_temperatures(operator: core.Operator, left: Typed, right: Typed, span: Span, scope: Scope) -> Typed | None:
    """Two temperatures lie so far apart; one and a difference are another; nothing else has a meaning."""
    ours, theirs = unit_of(left.kind), unit_of(right.kind)
    if operator not in _PLUS_OR_MINUS:
        _senseless("a product with a temperature depends on where its scale has its zero", span, scope)
        return None
    if ours is None or theirs is None or not ours.difference.same_kind(theirs.difference):
        agree(left, right, scope)
        return None
    both, less = ours.on_a_scale and theirs.on_a_scale, operator is core.Operator.MINUS
    if (both and not less) or (less and not ours.on_a_scale):
        _senseless("two temperatures have no sum, and a difference less a temperature is none", span, scope)
        return None
    value = core.Arithmetic(operator, left.core, right.core, span=span)
    unit = ours.difference if both else ours if ours.on_a_scale else theirs
    return Typed(value, v.Number(unit), span, limits=_limits(operator, left.limits, right.limits))


# --- units --------------------------------------------------------------------------------------------------------


def _unit(operator: core.Operator, left: Typed, right: Typed) -> Unit | None:
    ours, theirs = unit_of(left.kind), unit_of(right.kind)
    if operator in _PLUS_OR_MINUS:
        return ours
    if theirs is None:
        return ours
    if operator is core.Operator.TIMES:
        return theirs if ours is None else _plain(ours.times(theirs))
    return _plain((ours or ONE).over(theirs))


def _plain(unit: Unit) -> Unit | None:
    """Where all dimensions cancel, a bare number is left: base units are already in it."""
    return unit if unit.dimension else None


# --- plausible ranges ---------------------------------------------------------------------------------------------


def hull(left: Limits, right: Limits) -> Limits:
    """The range that holds both."""
    low = None if left.low is None or right.low is None else min(left.low, right.low)
    high = None if left.high is None or right.high is None else max(left.high, right.high)
    return Limits(low, high)


def extreme(left: Limits, right: Limits, *, larger: bool) -> Limits:
    """The range of the larger, or of the smaller, of two; one end that is known bounds it on that side."""
    lows = [end for end in (left.low, right.low) if end is not None]
    highs = [end for end in (left.high, right.high) if end is not None]
    if larger:
        return Limits(max(lows, default=None), max(highs) if len(highs) > 1 else None)
    return Limits(min(lows) if len(lows) > 1 else None, min(highs, default=None))


def _limits(operator: core.Operator, left: Limits, right: Limits) -> Limits:
    if operator is core.Operator.PLUS:
        return Limits(_sum(left.low, right.low), _sum(left.high, right.high))
    if operator is core.Operator.MINUS:
        return Limits(_difference(left.low, right.high), _difference(left.high, right.low))
    if operator is core.Operator.TIMES:
        return _product(left, right)
    return _product(left, _inverse(right))


def _sum(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    return None if left is None or right is None else left + right


def _difference(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    return None if left is None or right is None else left - right


def _product(left: Limits, right: Limits) -> Limits:
    if left.low is not None and right.low is not None and left.low >= 0 and right.low >= 0:
        high = None if left.high is None or right.high is None else left.high * right.high
        return Limits(left.low * right.low, high)
    if left.low is None or left.high is None or right.low is None or right.high is None:
        return OPEN
    corners = [a * b for a, b in product((left.low, left.high), (right.low, right.high))]
    return Limits(min(corners), max(corners))


def _inverse(limits: Limits) -> Limits:
    if limits.low is None or limits.low <= 0:
        return OPEN
    return Limits(Fraction(0) if limits.high is None else 1 / limits.high, 1 / limits.low)
