"""Conditions: from what is written, in a line or in bullets, to the core; None where an error was noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from attrs import evolve

from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import companions, definitions, events, expressions, graded, membership, predicates, windows
from protocol_dsl.elaborate.kinds import DAY_SECONDS, Typed, describe
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.record import Reason
from protocol_dsl.syntax import logic, tree
from protocol_dsl.syntax.tree import Word

_REASONS = {"not done": Reason.NOT_DONE, "refused": Reason.REFUSED}


def condition(node: tree.Node | None, scope: Scope) -> core.Condition | None:
    """What a condition means; None where it has an error, which is then noted."""
    found = _BY_FORM.get(type(node))
    if found is not None:
        return found(node, scope)
    return None if node is None else _standing_alone(node, scope)


def every(nodes: Iterable[Any], scope: Scope) -> tuple[core.Condition, ...] | None:
    """All of them; None where one of them has an error."""
    found = [condition(node, scope) for node in nodes]
    sound = tuple(part for part in found if part is not None)
    return sound if len(sound) == len(found) else None


# --- a value that stands alone ------------------------------------------------------------------------------------


def _standing_alone(node: tree.Node, scope: Scope) -> core.Condition | None:
    """A yes/no item, a condition in brackets or by name, `attributed`, `had_dlt`."""
    if isinstance(node, tree.Grouped):
        return condition(node.inside, scope)
    if isinstance(node, tree.Name):
        special = _special(node.word, scope)
        if special is not None:
            return special
        if _names_condition(node, scope):
            return definitions.use_condition(node.word, scope)
    value = expressions.expression(node, scope)
    return None if value is None else truth_of(value, scope)


def _special(word: Word, scope: Scope) -> core.Condition | None:
    if word.text == "had_dlt":
        return core.HadDlt(span=word.span)
    if word.text == "recurred" and {"term", "start"} <= set(scope.fields) and "recurred" not in scope.fields:
        return companions.recurred(word.span, scope)
    counted = scope.desk.dlt.attributed
    if word.text == "attributed" and "attributed" in scope.fields and counted:
        return core.Member(core.FieldOf("attributed", span=word.span), counted, span=word.span)
    return None


def truth_of(value: Typed, scope: Scope) -> core.Condition | None:
    """A yes/no value as a condition."""
    if isinstance(value.kind, v.YesNo):
        return core.Compare(core.Sign.IS, value.core, core.Constant(True), span=value.span)  # noqa: FBT003
    message = f"nothing is said of `{value.span.text}`"
    others = [(value.declared, "declared here")]
    cure = "compare it, as in `at least 60` or `is one of ...`; only a yes/no item stands alone"
    scope.error("PD209", message, value.span, describe(value.kind), others=others, help=cure)
    return None


# --- logic --------------------------------------------------------------------------------------------------------


def _conjunction(node: logic.Conjunction, scope: Scope) -> core.Condition | None:
    parts = _with_companions(node.parts, scope)
    if parts is None:
        return None
    return parts[0] if len(parts) == 1 else core.Both(parts, span=node.span)


def _with_companions(nodes: tuple[logic.Condition, ...], scope: Scope) -> tuple[core.Condition, ...] | None:
    """The parts of a conjunction; what goes together with a reading belongs to the reading before it."""
    found: list[core.Condition | None] = []
    left = list(nodes)
    while left:
        head = left.pop(0)
        one = condition(head, scope)
        with_it: list[Any] = []
        while isinstance(head, _OF_READINGS) and left and isinstance(left[0], _COMPANIONS):
            with_it.append(left.pop(0))
        found.append(companions.carried(one, tuple(with_it), scope) if with_it else one)
    sound = tuple(part for part in found if part is not None)
    return sound if len(sound) == len(found) else None


_OF_READINGS = (logic.AnyReading, logic.AnyGrade, logic.SeveralReadings)
_COMPANIONS = (logic.WithEvent, logic.WithReading, logic.WithGrade)


def _disjunction(node: logic.Disjunction, scope: Scope) -> core.Condition | None:
    parts = every(node.parts, scope)
    return None if parts is None else core.Either(parts, span=node.span)


def _negation(node: logic.Negation, scope: Scope) -> core.Condition | None:
    inside = condition(node.inside, scope)
    return None if inside is None else core.Not(inside, span=node.span)


def _known(node: logic.Known, scope: Scope) -> core.Condition | None:
    inside = condition(node.inside, scope)
    return None if inside is None else core.Known(inside, span=node.span)


def _comparison(node: logic.Comparison, scope: Scope) -> core.Condition | None:
    if isinstance(node.predicate, tree.Equals | tree.Differs) and _names_condition(node.subject, scope):
        return _asked_yes_or_no(node, node.predicate, scope)
    subject = expressions.expression(node.subject, scope)
    if subject is None:
        return None
    found = predicates.said(evolve(subject, span=node.subject.span), node.predicate, scope)
    return found if found is None else evolve(found, span=node.span)


def _names_condition(node: tree.Node, scope: Scope) -> bool:
    """Whether a definition of that name is a condition."""
    if not isinstance(node, tree.Name) or node.word.text in scope.fields:
        return False
    return definitions.is_condition(node.word.text, scope)


def _asked_yes_or_no(node: logic.Comparison, asked: tree.Equals | tree.Differs, scope: Scope) -> core.Condition | None:
    """A condition that has a name, asked `is yes` or `is no`."""
    inside = condition(node.subject, scope)
    subject = Typed(core.Constant(True), v.YesNo(), node.subject.span)  # noqa: FBT003
    holds = membership.constant_member(subject, asked.value, scope)
    if inside is None or holds is None:
        return None
    same = bool(holds) is isinstance(asked, tree.Equals)
    return inside if same else core.Not(inside, span=node.span)


def _each(node: logic.EachOf | logic.EitherOf, scope: Scope) -> core.Condition | None:
    asked = [logic.Comparison(tree.Name(word, span=word.span), node.predicate, span=word.span) for word in node.items]
    parts = every(asked, scope)
    if parts is None:
        return None
    return core.Both(parts, span=node.span) if isinstance(node, logic.EachOf) else core.Either(parts, span=node.span)


# --- repeated readings --------------------------------------------------------------------------------------------


_EachReading = logic.EveryReading | logic.AnyReading | logic.NoReading


def _readings(quantifier: core.Quantifier) -> Callable[[Any, Scope], core.Condition | None]:
    def each(node: _EachReading, scope: Scope) -> core.Condition | None:
        item = expressions.item_named(node.item, scope)
        written = windows.window(node.window, scope) if node.window is not None else None
        if item is None or (node.window is not None and written is None):
            return None
        window = written or graded.in_dlt_window(scope, node.span)
        valid = item.valid_days if window is None else None
        series = core.Series(item.name, None, valid, window, span=node.item.span)
        where = predicates.said(expressions.fetch(item, series, node.item.span), node.predicate, scope)
        return None if where is None else core.Readings(quantifier, series, where, span=node.span)

    return each


_some_reading = _readings(core.Quantifier.ANY)


def _no_reading(node: logic.NoReading, scope: Scope) -> core.Condition | None:
    found = _some_reading(node, scope)
    return None if found is None else core.Not(found, span=node.span)


def _grades(quantifier: core.Quantifier) -> Callable[[Any, Scope], core.Condition | None]:
    return lambda node, scope: graded.of_readings(quantifier, node, scope)


def _no_grade(node: logic.NoGrade, scope: Scope) -> core.Condition | None:
    found = graded.of_readings(core.Quantifier.ANY, node, scope)
    return None if found is None else core.Not(found, span=node.span)


def _consecutive(node: logic.Consecutive, scope: Scope) -> core.Condition | None:
    count = expressions.whole(node.count, scope, least=2)
    item = expressions.item_named(node.item, scope)
    apart = _apart(node.apart, scope)
    if count is None or item is None or apart is None:
        return None
    series = core.Series(item.name, None, item.valid_days, span=node.item.span)
    where = predicates.said(expressions.fetch(item, series, node.item.span), node.predicate, scope)
    return None if where is None else core.Consecutive(count, series, where, apart, span=node.span)


def _apart(node: tree.Node | None, scope: Scope) -> Fraction | None:
    if node is None:
        return Fraction(0)
    by = windows.length(node, scope)
    if by is None:
        return None
    if isinstance(by.seconds, core.Constant) and isinstance(by.seconds.value, Fraction):
        return by.seconds.value / DAY_SECONDS
    scope.error("PD502", "readings lie a written number of days or weeks apart", by.span, help="write `1 week`")
    return None


# --- judgement ----------------------------------------------------------------------------------------------------


def _judged_leaf(node: logic.JudgedLeaf, _scope: Scope) -> core.Condition:
    return core.Judged(node.what.text, "", span=node.span)


def _judged_by(node: logic.JudgedBy, scope: Scope) -> core.Condition | None:
    """Within a condition it is not said what is judged; a whole criterion is read in `clauses`."""
    message = f"`judged by {node.role.text}` is a whole criterion, and does not say which part of one is judged"
    scope.error("PD316", message, node.span, help='write `judged "..."` with what is to be judged')
    return None


def _followed(node: logic.Followed, scope: Scope) -> core.Condition | None:
    frame = scope.desk.dlt
    day = expressions.whole(node.day, scope, least=0)
    if day is None:
        return None
    if frame.start is None or frame.first_number is None:
        message = "nothing says from which day follow-up is counted"
        scope.error("PD504", message, node.span, help="give the DLT section its line `window from ... through day ...`")
        return None
    start = core.MomentOf(frame.start, span=node.span)
    return core.Followed(start, day - frame.first_number, span=node.span)


# --- bullets ------------------------------------------------------------------------------------------------------


_Bulleted = logic.AllOf | logic.AnyOf | logic.NoneOf | logic.AtLeastOf


def _bullets(node: _Bulleted, scope: Scope) -> tuple[core.Condition, ...] | None:
    found = []
    for bullet in node.bullets:
        inside = condition(bullet.condition, scope)
        policies = (line for line in bullet.below if isinstance(line, logic.TreatPolicy | logic.AskPolicy))
        found.append(None if inside is None else with_policies(inside, policies, scope))
    sound = tuple(part for part in found if part is not None)
    return sound if len(sound) == len(found) else None


def with_policies(inside: core.Condition, policies: Iterable[logic.Policy], scope: Scope) -> core.Condition:
    """The condition under its policy lines; `if missing ask` is what is done anyway."""
    for line in policies:
        if isinstance(line, logic.TreatPolicy):
            reasons = (
                Reason.NOT_COLLECTED,
                *(reason for word in line.reasons if (reason := _spoken_of(word, line, scope))),
            )
            inside = core.Policy(inside, reasons, line.met, line.because.text, span=line.span)
    return inside


def _spoken_of(word: str, line: logic.TreatPolicy, scope: Scope) -> Reason | None:
    """The reason that a policy names: a result that is awaited or cannot be read may yet be known."""
    if word not in _REASONS:
        message, named = f"a policy decides what is {word}", " and ".join(f"`{known}`" for known in _REASONS)
        cure = f"leave `or {word}` out, so that it is asked for; a policy may name {named}"
        scope.error("PD315", message, line.span, help=cure)
    return _REASONS.get(word)


def _all_of(node: logic.AllOf, scope: Scope) -> core.Condition | None:
    parts = _bullets(node, scope)
    return None if parts is None else core.Both(parts, span=node.span)


def _any_of(node: logic.AnyOf, scope: Scope) -> core.Condition | None:
    parts = _bullets(node, scope)
    return None if parts is None else core.Either(parts, span=node.span)


def _none_of(node: logic.NoneOf, scope: Scope) -> core.Condition | None:
    parts = _bullets(node, scope)
    return None if parts is None else core.Not(core.Either(parts, span=node.span), span=node.span)


def _at_least_of(node: logic.AtLeastOf, scope: Scope) -> core.Condition | None:
    count, parts = expressions.whole(node.count, scope), _bullets(node, scope)
    if count is not None and count > len(node.bullets):
        message = f"at least {count} of {len(node.bullets)} can never hold"
        scope.error("PD313", message, node.count.span, help="lower the number, or add the bullets that are missing")
        return None
    return None if count is None or parts is None else core.AtLeast(count, parts, span=node.span)


def joined(parts: Iterable[core.Condition | None], span: Span) -> core.Condition | None:
    """All of those that are there; None where none is."""
    present = tuple(part for part in parts if part is not None)
    if len(present) > 1:
        return core.Both(present, span=span)
    return present[0] if present else None


_BY_FORM: dict[type, Callable[[Any, Scope], core.Condition | None]] = {
    logic.Conjunction: _conjunction,
    logic.Disjunction: _disjunction,
    logic.Negation: _negation,
    logic.Known: _known,
    logic.Comparison: _comparison,
    logic.EachOf: _each,
    logic.EitherOf: _each,
    logic.EveryReading: _readings(core.Quantifier.EVERY),
    logic.AnyReading: _some_reading,
    logic.NoReading: _no_reading,
    logic.EveryGrade: _grades(core.Quantifier.EVERY),
    logic.AnyGrade: _grades(core.Quantifier.ANY),
    logic.NoGrade: _no_grade,
    logic.Consecutive: _consecutive,
    logic.AnyEvent: events.any_event,
    logic.NoEvent: events.no_event,
    logic.EveryEvent: events.every_event,
    logic.Sustained: companions.sustained,
    logic.SeveralReadings: companions.several_readings,
    logic.SeveralEvents: companions.several_events,
    logic.WithEvent: companions.with_event,
    logic.WithReading: companions.with_reading,
    logic.WithGrade: companions.with_grade,
    logic.AtGrade: companions.at_grade,
    logic.ReturnsTo: companions.returns_to,
    logic.JudgedLeaf: _judged_leaf,
    logic.JudgedBy: _judged_by,
    logic.Lasts: events.lasts,
    logic.OngoingAt: events.ongoing_at,
    logic.Taken: events.taken,
    logic.Followed: _followed,
    logic.AllOf: _all_of,
    logic.AnyOf: _any_of,
    logic.NoneOf: _none_of,
    logic.AtLeastOf: _at_least_of,
}
CONDITION_FORMS = tuple(_BY_FORM)
