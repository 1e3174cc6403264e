"""Days, lengths of time and the windows made of them. Both ends of a window belong to it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import frozen

from protocol_dsl.base.source import Span
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.elaborate import expressions
from protocol_dsl.elaborate.kinds import MONTHS, TIME, Typed, describe, length_days, unit_of
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import tree

_SIDES = {tree.Side.BEFORE: core.Side.BEFORE, tree.Side.AFTER: core.Side.AFTER}
_SIGNS = {
    tree.Sign.AT_LEAST: core.Sign.AT_LEAST,
    tree.Sign.AT_MOST: core.Sign.AT_MOST,
    tree.Sign.MORE_THAN: core.Sign.MORE_THAN,
    tree.Sign.LESS_THAN: core.Sign.LESS_THAN,
}


@frozen
class Length:
    """A length of time: so many calendar months, or else an expression in seconds."""

    span: Span
    months: int = 0
    seconds: core.Expression | None = None


def sign(written: tree.Sign) -> core.Sign:
    """The comparison as it is meant."""
    return _SIGNS[written]


def side(written: tree.Side) -> core.Side:
    """The side as it is meant."""
    return _SIDES[written]


def anchor(node: tree.AnchorLike, scope: Scope) -> core.Expression | None:
    """The day that a window or a distance hangs on."""
    if isinstance(node, tree.AnchorDateOf):
        found = expressions.day_of(node.item, scope)
        return None if found is None else found.core
    if node.word.text == "it" and scope.it is not None:
        hung: core.Expression = scope.it
        return hung
    if node.word.text[:1].isdigit():
        return expressions.day_written(node.word, scope)
    named = expressions.named(node.word, scope)
    return None if named is None else expressions.day(named, scope)


# --- lengths ------------------------------------------------------------------------------------------------------


def length(node: tree.Node, scope: Scope) -> Length | None:
    """A length of time as written."""
    found = expressions.expression(node, scope)
    return None if found is None else as_length(found, scope)


def as_length(found: Typed, scope: Scope) -> Length | None:
    """A value as a length of time, with an error where it is none."""
    unit = unit_of(found.kind)
    if unit is not None and unit.dimension == TIME:
        return Length(found.span, seconds=found.core)
    if unit is not None and unit.dimension == MONTHS:
        return _months(found, scope)
    if found.kind == v.Number(None):
        scope.error("PD203", "a length of time needs a unit", found.span, help="write `28 days` or `4 weeks`")
        return None
    message = f"a length of time is needed here, and this is {describe(found.kind)}"
    scope.error("PD502", message, found.span, others=[(found.declared, "declared here")], help="write `28 days`")
    return None


def _months(found: Typed, scope: Scope) -> Length | None:
    value = found.core.value if isinstance(found.core, core.Constant) else None
    if isinstance(value, Fraction) and value.denominator == 1:
        return Length(found.span, months=int(value))
    message = "only a written, whole number of months or years can be counted on the calendar"
    scope.error("PD502", message, found.span, help="write the months, or give the length in days")
    return None


def rounding_of(found: Length, written: Rounding | None, scope: Scope) -> Rounding | None:
    """The rounding of months, with an error where it is not said: the day may not exist."""
    if written is None:
        message = "this leads to a day that the calendar may not have, as one month before 31 March"
        cure = "add `, rounding down` (to the last day of the month) or `, rounding up` (to the first of the next)"
        scope.error("PD501", message, found.span, help=cure)
    return written


def shifted(
    day: core.Expression, by: Length, written: core.Side, rounding: Rounding | None, scope: Scope
) -> core.Expression | None:
    """The day so long before or after another."""
    backwards = written is core.Side.BEFORE
    if by.seconds is not None:
        return core.Shifted(day, length=by.seconds, backwards=backwards, span=by.span)
    turned = rounding_of(by, rounding, scope)
    if turned is None:
        return None
    return core.Shifted(day, by.months, backwards=backwards, rounding=turned, span=by.span)


def distance(sign_: core.Sign, day: core.Expression, node: tree.Distance, scope: Scope) -> core.Distance | None:
    """`at least 28 days before enrolment`, said of a day."""
    by, hung = length(node.length, scope), anchor(node.anchor, scope)
    if by is None or hung is None:
        return None
    which = side(node.side)
    if by.seconds is not None:
        return core.Distance(sign_, day, by.seconds, which, hung, span=node.span)
    moved = shifted(hung, by, which, expressions.turn(node.rounding), scope)
    return None if moved is None else core.Distance(sign_, day, length_days(0), which, moved, span=node.span)


# --- windows ------------------------------------------------------------------------------------------------------


def window(node: tree.Node, scope: Scope) -> core.Window | None:
    """The first and the last day of a window."""
    return _BY_FORM[type(node)](node, scope)


def _within(node: tree.Within, scope: Scope) -> core.Window | None:
    by, hung = length(node.length, scope), anchor(node.anchor, scope)
    if by is None or hung is None:
        return None
    far = shifted(hung, by, side(node.side), expressions.turn(node.rounding), scope)
    if far is None:
        return None
    start, end = (far, hung) if node.side is tree.Side.BEFORE else (hung, far)
    return core.Window(start, end, span=node.span)


def _around(node: tree.Around, scope: Scope) -> core.Window | None:
    by, hung = length(node.length, scope), anchor(node.anchor, scope)
    if by is None or hung is None:
        return None
    turned = expressions.turn(node.rounding)
    start = shifted(hung, by, core.Side.BEFORE, turned, scope)
    end = shifted(hung, by, core.Side.AFTER, turned, scope)
    return None if start is None or end is None else core.Window(start, end, span=node.span)


def _on_or_before(node: tree.OnOrBefore, scope: Scope) -> core.Window | None:
    hung = anchor(node.anchor, scope)
    return None if hung is None else core.Window(None, hung, span=node.span)


def _on_or_after(node: tree.OnOrAfter, scope: Scope) -> core.Window | None:
    hung = anchor(node.anchor, scope)
    return None if hung is None else core.Window(hung, None, span=node.span)


def _from_to(node: tree.FromTo, scope: Scope) -> core.Window | None:
    """An edge without an anchor borrows that of the other: `from 3 days before to 14 days after infusion`."""
    start = _edge(node.start, node.end.anchor, scope)
    end = _edge(node.end, node.start.anchor, scope)
    return None if start is None or end is None else core.Window(start, end, span=node.span)


def _edge(
    node: tree.EdgeBeside | tree.EdgeOn, borrowed: tree.AnchorLike | None, scope: Scope
) -> core.Expression | None:
    hanging = node.anchor if node.anchor is not None else borrowed
    if hanging is None:
        message = "this window hangs on no day"
        cure = "name the day, as in `from 3 days before to 14 days after infusion`"
        scope.error("PD508", message, node.span, help=cure)
        return None
    hung = anchor(hanging, scope)
    if isinstance(node, tree.EdgeOn) or hung is None:
        return hung
    by = length(node.length, scope)
    return None if by is None else shifted(hung, by, side(node.side), None, scope)


_BY_FORM: dict[type, Callable[[Any, Scope], core.Window | None]] = {
    tree.Within: _within,
    tree.Around: _around,
    tree.OnOrBefore: _on_or_before,
    tree.OnOrAfter: _on_or_after,
    tree.FromTo: _from_to,
}
