"""What is said of a subject: a limit, a value, a window, a distance from a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from protocol_dsl.elaborate import comparisons, expressions, membership, windows
from protocol_dsl.elaborate.kinds import Typed
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.syntax import tree

Form: TypeAlias = Callable[[Typed, Any, Scope], core.Condition | None]


def said(subject: Typed, predicate: tree.Node, scope: Scope) -> core.Condition | None:
    """What is said of a subject; None where an error was noted."""
    return _BY_FORM[type(predicate)](subject, predicate, scope)


def _compares(subject: Typed, node: tree.Compares, scope: Scope) -> core.Condition | None:
    limit = expressions.expression(node.limit, scope.about(subject))
    return None if limit is None else comparisons.compare(windows.sign(node.sign), subject, limit, scope)


def _between(subject: Typed, node: tree.Between, scope: Scope) -> core.Condition | None:
    low = expressions.expression(node.low, scope.about(subject))
    high = expressions.expression(node.high, scope.about(subject))
    if low is None or high is None:
        return None
    least = comparisons.compare(core.Sign.AT_LEAST, subject, low, scope)
    most = comparisons.compare(core.Sign.AT_MOST, subject, high, scope)
    return None if least is None or most is None else core.Both((least, most), span=subject.span.join(node.span))


def _equals(subject: Typed, node: tree.Equals, scope: Scope) -> core.Condition | None:
    return membership.equals(core.Sign.IS, subject, node.value, scope)


def _differs(subject: Typed, node: tree.Differs, scope: Scope) -> core.Condition | None:
    return membership.equals(core.Sign.IS_NOT, subject, node.value, scope)


def _not(form: Form) -> Form:
    def negated(subject: Typed, node: tree.Node, scope: Scope) -> core.Condition | None:
        found = form(subject, node, scope)
        return None if found is None else core.Not(found, span=found.span)

    return negated


# --- days ---------------------------------------------------------------------------------------------------------


def _distance(subject: Typed, node: tree.Distance, scope: Scope) -> core.Condition | None:
    day = expressions.day(subject, scope)
    found = windows.distance(windows.sign(node.sign), day or subject.core, node, scope)
    return None if day is None else found


def _in_window(subject: Typed, node: tree.InWindow, scope: Scope) -> core.Condition | None:
    day, window = expressions.day(subject, scope), windows.window(node.window, scope)
    if day is None or window is None:
        return None
    return core.Within(day, window, span=subject.span.join(node.span))


def _beside(subject: Typed, node: tree.Beside, scope: Scope) -> core.Condition | None:
    day, hung = expressions.day(subject, scope), windows.anchor(node.anchor, scope)
    if day is None or hung is None:
        return None
    # No distance: what never was is at least so long before any day, but it is before none.
    sign = core.Sign.LESS_THAN if node.side is tree.Side.BEFORE else core.Sign.MORE_THAN
    return core.Compare(sign, day, hung, span=subject.span.join(node.span))


def _recorded(subject: Typed, node: tree.Recorded | tree.NotRecorded, scope: Scope) -> core.Condition | None:
    if not scope.in_always:
        message = "`is recorded` would make a verdict hang on what was entered"
        scope.error("PD314", message, node.span, help="use it in `always`, or say what follows `if missing`")
        return None
    if subject.series is None:
        scope.error("PD108", "only an item of the data section can be recorded", subject.span)
        return None
    found = core.Recorded(subject.series, span=subject.span.join(node.span))
    return core.Not(found, span=found.span) if isinstance(node, tree.NotRecorded) else found


_BY_FORM: dict[type, Form] = {
    tree.Compares: _compares,
    tree.Distance: _distance,
    tree.Equals: _equals,
    tree.Differs: _differs,
    tree.OneOf: membership.one_of,
    tree.NotOneOf: _not(membership.one_of),
    tree.Between: _between,
    tree.InWindow: _in_window,
    tree.Beside: _beside,
    tree.InSet: membership.in_set,
    tree.NotInSet: _not(membership.in_set),
    tree.Recorded: _recorded,
    tree.NotRecorded: _recorded,
    tree.IncludesAny: membership.includes,
    tree.IncludesAll: membership.includes,
}
