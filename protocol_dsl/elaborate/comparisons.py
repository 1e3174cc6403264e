"""What is said of a subject: comparisons, membership, windows and distances, with the kinds on both sides agreeing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import NOWHERE, Span
from protocol_dsl.elaborate import expressions, windows
from protocol_dsl.elaborate.kinds import (
    Elapsed,
    Typed,
    describe,
    is_bare,
    is_day,
    length_days,
    measures,
    period_unit,
    periods,
    unit_of,
)
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.record import Attested, Value
from protocol_dsl.syntax import tree
from protocol_dsl.syntax.tree import Word

_ATTESTED = {word.value: word for word in Attested}


def said(subject: Typed, predicate: Any, scope: Scope) -> core.Condition | None:
    """What is said of a subject; None where an error was noted."""
    return _BY_FORM[type(predicate)](subject, predicate, scope)


# --- comparing with a limit ---------------------------------------------------------------------------------------


def _compares(subject: Typed, node: tree.Compares, scope: Scope) -> core.Condition | None:
    limit = expressions.expression(node.limit, scope.about(subject))
    return None if limit is None else compare(windows.sign(node.sign), subject, limit, scope)


def _between(subject: Typed, node: tree.Between, scope: Scope) -> core.Condition | None:
    low = expressions.expression(node.low, scope.about(subject))
    high = expressions.expression(node.high, scope.about(subject))
    if low is None or high is None:
        return None
    least = compare(core.Sign.AT_LEAST, subject, low, scope)
    most = compare(core.Sign.AT_MOST, subject, high, scope)
    return None if least is None or most is None else core.Both((least, most), span=subject.span.join(node.span))


def compare(sign: core.Sign, subject: Typed, limit: Typed, scope: Scope) -> core.Condition | None:
    """A comparison of two values that measure the same."""
    needs_ctcae(subject, scope)
    if isinstance(subject.kind, Elapsed):
        return _compare_elapsed(sign, subject, subject.kind, limit, scope)
    if isinstance(subject.kind, v.Completed) or isinstance(limit.kind, v.Completed):
        return _compare_completed(sign, subject, limit, scope)
    if is_day(subject.kind) and is_day(limit.kind):
        return _compared(sign, subject, limit)
    if not _both_numbers(subject, limit, scope):
        return None
    return _compared(sign, subject, limit) if _units_agree(subject, limit, scope) else None


def _compared(sign: core.Sign, subject: Typed, limit: Typed) -> core.Compare:
    ours, theirs = set(_fetched(subject.core)), set(_fetched(limit.core))
    together = tuple(sorted(ours & theirs, key=lambda series: series.item))
    return core.Compare(sign, subject.core, limit.core, together, span=subject.span.join(limit.span))


def _fetched(expression: core.Expression) -> Iterator[core.Series]:
    """The series whose reading is fetched on one side of a comparison."""
    match expression:
        case core.Fetch(series=series):
            yield series
        case core.Arithmetic(left=left, right=right) | core.Extreme(left=left, right=right):
            yield from _fetched(left)
            yield from _fetched(right)
        case _:
            return


def _both_numbers(subject: Typed, limit: Typed, scope: Scope) -> bool:
    for side, other in ((subject, limit), (limit, subject)):
        if isinstance(side.kind, v.Number) or is_bare(side.kind):
            continue
        message = f"{describe(subject.kind)} is compared with {describe(limit.kind)}"
        cure = _instead(subject, limit)
        others = [(other.span, describe(other.kind)), (side.declared, "declared here")]
        scope.error("PD206", message, side.span, describe(side.kind), others=others, help=cure)
        return False
    return True


def _instead(subject: Typed, limit: Typed) -> str | None:
    if is_day(subject.kind):
        return "say before or after which day, as in `is at least 28 days before enrolment`"
    if isinstance(subject.kind, v.OneOf | v.Text):
        return "ask `is` or `is one of`; names have no order"
    if isinstance(subject.kind, v.AnyOf):
        return "ask `includes any of` or `includes all of`"
    if isinstance(limit.kind, v.YesNo) or isinstance(subject.kind, v.YesNo):
        return "a yes/no item stands alone, or is asked `is yes` or `is no`"
    return None


def _units_agree(subject: Typed, limit: Typed, scope: Scope) -> bool:
    ours, theirs = unit_of(subject.kind), unit_of(limit.kind)
    declared = [(subject.declared, "declared here")]
    if ours is None and theirs is None:
        return True
    if ours is None and theirs is not None:
        message = f"`{subject.span.text}` has no unit and is compared with a quantity in `{theirs.code}`"
        others = [(subject.span, describe(subject.kind)), *declared]
        scope.error("PD204", message, limit.span, measures(theirs), others=others, help="give the limit without a unit")
        return False
    if ours is not None and theirs is None:
        message = f"`{subject.span.text}` has a unit and is compared with a bare number"
        others = [(subject.span, describe(subject.kind)), *declared]
        scope.error("PD203", message, limit.span, "no unit", others=others, help=f"give the limit in {ours.code}")
        return False
    if ours is None or theirs is None or ours.same_kind(theirs):
        return True
    message = f"`{subject.span.text}` is compared with something that is not measured like it"
    others = [(subject.span, f"measured in `{ours.code}`"), *declared]
    scope.error("PD214", message, limit.span, measures(theirs), others=others, help=f"give the limit in {ours.code}")
    return False


def needs_ctcae(subject: Typed, scope: Scope) -> None:
    """Grades mean nothing without the version of CTCAE they are given by."""
    if isinstance(subject.kind, v.Grade) and "ctcae" not in scope.desk.header.uses:
        message = "a grade is compared, and the header does not say which version of CTCAE is used"
        scope.error("PD112", message, subject.span, help="add `uses ctcae 5.0` to the header")


# --- completed and elapsed time -----------------------------------------------------------------------------------


def _compare_completed(sign: core.Sign, subject: Typed, limit: Typed, scope: Scope) -> core.Condition | None:
    counted, other = (subject, limit) if isinstance(subject.kind, v.Completed) else (limit, subject)
    period = counted.kind.period if isinstance(counted.kind, v.Completed) else ""
    if other.kind == counted.kind:
        return _compared(sign, subject, limit)
    value = other.core.value if isinstance(other.core, core.Constant) else None
    if isinstance(value, Fraction) and periods(other.kind) == period:
        factor = unit_of(other.kind)
        plain = core.Constant(value / (factor.factor if factor else 1), period_unit(period), span=other.span)
        sides = (counted.core, plain) if counted is subject else (plain, counted.core)
        return core.Compare(sign, *sides, span=subject.span.join(limit.span))
    message = f"completed {period} are compared with something else"
    others = [(counted.span, f"completed {period}"), (counted.declared, "defined here")]
    cure = f"give the limit in {period}, or define the time as `time from ... to ...`"
    scope.error("PD208", message, other.span, describe(other.kind), others=others, help=cure)
    return None


def _compare_elapsed(
    sign: core.Sign, subject: Typed, span: Elapsed, limit: Typed, scope: Scope
) -> core.Condition | None:
    """`time from A to B at most 18 years` holds up to the 18th birthday, and on it."""
    by = windows.as_length(limit, scope)
    if by is None:
        return None
    place = subject.span.join(limit.span)
    if by.seconds is not None:
        return core.Distance(sign, span.start, by.seconds, core.Side.BEFORE, span.end, span=place)
    moved = windows.shifted(span.start, by, core.Side.AFTER, span.rounding, scope)
    if moved is None:
        return None
    return core.Distance(sign, moved, length_days(0), core.Side.BEFORE, span.end, span=place)


# --- equality and membership --------------------------------------------------------------------------------------


def _equals(subject: Typed, node: tree.Equals, scope: Scope) -> core.Condition | None:
    return _is(core.Sign.IS, subject, node.value, scope)


def _differs(subject: Typed, node: tree.Differs, scope: Scope) -> core.Condition | None:
    return _is(core.Sign.IS_NOT, subject, node.value, scope)


def _is(sign: core.Sign, subject: Typed, value: Any, scope: Scope) -> core.Condition | None:
    if isinstance(subject.kind, v.OneOf | v.Text | v.YesNo | v.AnyOf) or _is_attested(subject, value):
        member = constant_member(subject, value, scope)
        if member is None:
            return None
        right = core.Constant(member, span=value.span)
        return core.Compare(sign, subject.core, right, span=subject.span.join(value.span))
    limit = expressions.expression(value, scope.about(subject))
    return None if limit is None else compare(sign, subject, limit, scope)


def _is_attested(subject: Typed, value: Any) -> bool:
    return is_day(subject.kind) and isinstance(value, tree.Name) and value.word.text in _ATTESTED


def constant_member(subject: Typed, node: Any, scope: Scope) -> Value | None:
    """A written value of the kind of the subject, as in `is iv` or `is one of 3, 4`."""
    if is_day(subject.kind) and isinstance(node, tree.Name):
        return _ATTESTED.get(node.word.text) or _one_of_these(node.word, subject, tuple(_ATTESTED), scope)
    if isinstance(node, tree.Name):
        return member(subject, node.word, scope)
    if isinstance(subject.kind, v.Text) and isinstance(node, tree.Quantity) and node.unit is None:
        return node.number.text
    return _constant_value(subject, node, scope)


def member(subject: Typed, word: Word, scope: Scope) -> Value | None:
    """A name as a value of the kind of the subject."""
    match subject.kind:
        case v.OneOf(members):
            return _one_of_these(word, subject, members, scope)
        case v.Text():
            return _text(word, scope)
        case v.YesNo():
            found = _one_of_these(word, subject, ("yes", "no"), scope)
            return None if found is None else found == "yes"
        case v.AnyOf():
            message = f"`{subject.span.text}` can have several values at once"
            scope.error("PD206", message, word.span, help=f"ask `includes any of {word.text}`")
            return None
        case _:
            message = f"a name is compared with {describe(subject.kind)}"
            scope.error("PD206", message, word.span, others=[(subject.span, describe(subject.kind))])
            return None


def _one_of_these(word: Word, subject: Typed, members: tuple[str, ...], scope: Scope) -> str | None:
    return listed(subject.span.text, word, members, subject.declared, scope, asked=subject.span)


def listed(
    name: str, word: Word, members: tuple[str, ...], declared: Span, scope: Scope, asked: Span = NOWHERE
) -> str | None:
    """The name where it is one of the members; else an error with the nearest."""
    if word.text in members:
        return word.text
    meant = nearest(word.text, members)
    cure = f"`{meant}` may be meant" if meant else "its values are " + ", ".join(f"`{one}`" for one in members[:12])
    others = [(asked, "asked here"), (declared, "declared here")]
    scope.error("PD205", f"`{word.text}` is no value of `{name}`", word.span, others=others, help=cure)
    return None


def _text(word: Word, scope: Scope) -> str | None:
    if word.text not in scope.desk.sets:
        return word.text
    message = f"`{word.text}` is a set, and a set is no single name"
    scope.error("PD205", message, word.span, help=f"ask `is in {word.text}`")
    return None


def _constant_value(subject: Typed, node: Any, scope: Scope) -> Value | None:
    found = expressions.expression(node, scope.about(subject))
    if found is None:
        return None
    compared = compare(core.Sign.IS, subject, found, scope)
    if isinstance(compared, core.Compare) and isinstance(compared.right, core.Constant):
        return compared.right.value
    if compared is not None:
        scope.error("PD206", "a written value is needed here", node.span, help="write a name, a number or a day")
    return None


def _one_of(subject: Typed, node: tree.OneOf, scope: Scope) -> core.Condition | None:
    if isinstance(subject.kind, v.AnyOf):
        names = ", ".join(value.span.text for value in node.values)
        message = f"`{subject.span.text}` can have several values at once"
        scope.error("PD206", message, node.span, help=f"ask `includes any of {names}`")
        return None
    needs_ctcae(subject, scope)
    found = tuple(constant_member(subject, value, scope) for value in node.values)
    members = tuple(value for value in found if value is not None)
    if len(members) < len(found):
        return None
    return core.Member(subject.core, members, span=subject.span.join(node.span))


def _in_set(subject: Typed, node: tree.InSet | tree.NotInSet, scope: Scope) -> core.Condition | None:
    found = scope.desk.sets.get(node.set.text)
    if found is None:
        scope.unknown(node.set, scope.desk.sets, "set", "PD107")
        return None
    if isinstance(subject.kind, v.OneOf):
        alien = [name for name in found.members if name not in subject.kind.members]
        if alien:
            _one_of_these(Word(alien[0], span=node.set.span), subject, subject.kind.members, scope)
            return None
    elif not isinstance(subject.kind, v.Text):
        message = f"a set holds names, and this is {describe(subject.kind)}"
        scope.error("PD206", message, subject.span, others=[(subject.declared, "declared here")])
        return None
    return core.Member(subject.core, found.members, found.name, span=subject.span.join(node.span))


def _not(form: Callable[[Typed, Any, Scope], core.Condition | None]) -> Callable[[Typed, Any, Scope], core.Condition | None]:
    def negated(subject: Typed, node: Any, scope: Scope) -> core.Condition | None:
        found = form(subject, node, scope)
        return None if found is None else core.Not(found, span=found.span)

    return negated


def _includes(subject: Typed, node: tree.IncludesAny | tree.IncludesAll, scope: Scope) -> core.Condition | None:
    if not isinstance(subject.kind, v.AnyOf):
        message = f"`{subject.span.text}` has one value at a time"
        others = [(subject.span, describe(subject.kind)), (subject.declared, "declared here")]
        scope.error("PD206", message, node.span, others=others, help="ask `is` or `is one of`")
        return None
    found = [_one_of_these(word, subject, subject.kind.members, scope) for word in node.members]
    members = tuple(name for name in found if name is not None)
    if len(members) < len(found):
        return None
    whole = isinstance(node, tree.IncludesAll)
    return core.Includes(subject.core, members, whole, span=subject.span.join(node.span))


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
    place = subject.span.join(node.span)
    return core.Distance(core.Sign.MORE_THAN, day, length_days(0), windows.side(node.side), hung, span=place)


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


_BY_FORM: dict[type, Callable[[Typed, Any, Scope], core.Condition | None]] = {
    tree.Compares: _compares,
    tree.Distance: _distance,
    tree.Equals: _equals,
    tree.Differs: _differs,
    tree.OneOf: _one_of,
    tree.NotOneOf: _not(_one_of),
    tree.Between: _between,
    tree.InWindow: _in_window,
    tree.Beside: _beside,
    tree.InSet: _in_set,
    tree.NotInSet: _not(_in_set),
    tree.Recorded: _recorded,
    tree.NotRecorded: _recorded,
    tree.IncludesAny: _includes,
    tree.IncludesAll: _includes,
}
