"""Expressions: from what is written to a core expression with its kind. None is given back where an error was noted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from attrs import evolve

from protocol_dsl.base.quantity import ONE, Quantity, Unit, nearest_units, read_number, unit
from protocol_dsl.base.source import Span
from protocol_dsl.base.studytime import Rounding, read_day
from protocol_dsl.elaborate import arithmetic, conditions, curves, definitions, events, graded, windows
from protocol_dsl.elaborate.kinds import (
    Elapsed,
    Limits,
    Typed,
    describe,
    is_day,
    unit_of,
)
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import logic, tree
from protocol_dsl.syntax.tree import Word

PERIODS = {"years": "years", "year": "years", "months": "months", "month": "months"}


def expression(node: tree.Node, scope: Scope) -> Typed | None:
    """What an expression means; None where it has an error, which is then noted."""
    found = _BY_FORM.get(type(node))
    if found is None:
        scope.error("PD209", "a condition stands where a value is needed", node.span, help="write a value here")
        return None
    return found(node, scope)


def turn(written: tree.Turn | None) -> Rounding | None:
    """The rounding as it is meant."""
    if written is None:
        return None
    return Rounding.DOWN if written is tree.Turn.DOWN else Rounding.UP


# --- names --------------------------------------------------------------------------------------------------------


def named(word: Word, scope: Scope) -> Typed | None:
    """What a name stands for: a parameter, a field of the event, a moment, an item, a definition or the context."""
    found = _in_reach(word, scope)
    if found is None:
        if word.text in scope.desk.definitions:
            return definitions.use(word, scope)
        scope.unknown(word, scope.names)
        return None
    if isinstance(found.kind, v.ListOf):
        message = f"`{word.text}` is a list and has no single value"
        cure = f"ask `any {word.text} where (...)`, `no {word.text} where (...)` or `count of {word.text}`"
        scope.error("PD108", message, word.span, others=[(found.declared, "declared here")], help=cure)
        return None
    return evolve(found, span=word.span)


def _in_reach(word: Word, scope: Scope) -> Typed | None:
    name, desk = word.text, scope.desk
    parameter = scope.bare.get(name) or scope.bound.get(name)
    if parameter is not None:
        return parameter
    if name in scope.fields:
        item = scope.fields[name]
        return Typed(core.FieldOf(name, span=word.span), item.kind, declared=item.span, item=item, limits=limits(item))
    if name in desk.moments:
        return Typed(core.MomentOf(name, span=word.span), v.Date(), declared=desk.moments[name].span)
    if name in desk.items:
        return fetch(desk.items[name], None, word.span)
    if name in v.CONTEXT and name not in desk.definitions and name not in desk.broken:
        return Typed(core.ContextOf(name, span=word.span), v.CONTEXT[name])
    return None


def limits(item: v.Item) -> Limits:
    """Where the values of an item plausibly lie, in base units."""
    if item.plausible is None:
        counted = isinstance(item.kind, (v.Count, v.Grade))
        return Limits(low=Fraction(0)) if counted else Limits()
    measured = unit_of(item.kind) or ONE
    return Limits(measured.in_base(item.plausible[0]), measured.in_base(item.plausible[1]))


def fetch(item: v.Item, series: core.Series | None, span: Span) -> Typed:
    """The value of an item, by its own rule or by the series given."""
    chosen = series or core.Series(item.name, item.choice, item.valid_days, span=span)
    value = core.Fetch(chosen, span=span)
    return Typed(value, item.kind, span, item.span, chosen, item, limits(item))


def item_named(word: Word, scope: Scope) -> v.Item | None:
    """The declared item of that name."""
    item = scope.desk.items.get(word.text)
    if item is not None and not isinstance(item.kind, v.ListOf):
        return item
    if item is not None:
        scope.error("PD108", f"`{word.text}` is a list, and has no readings of its own", word.span)
    elif word.text in scope.names:
        message = f"`{word.text}` is not an item of the data section, and has no readings"
        scope.error("PD108", message, word.span, help="name an item, or declare one in the data section")
    else:
        scope.unknown(word, scope.desk.items, "item")
    return None


def _name(node: tree.Name, scope: Scope) -> Typed | None:
    return named(node.word, scope)


# --- numbers and days ---------------------------------------------------------------------------------------------


def number(word: Word, scope: Scope) -> Fraction | None:
    """The value of a number as written."""
    value = read_number(word.text)
    if value is None:
        scope.error("PD216", f"`{word.text}` has more digits than a number can have", word.span, help="shorten it")
    return value


def unit_named(word: Word, scope: Scope) -> Unit | None:
    """The unit that is written; where it is not known, the nearest that are."""
    found = unit(word.text)
    if found is None:
        near = nearest_units(word.text)
        cure = ("meant may be " + " or ".join(f"`{code}`" for code in near)) if near else "write a UCUM unit"
        scope.error("PD201", f"the unit `{word.text}` is not known", word.span, help=cure)
    return found


def quantity(node: tree.Quantity, scope: Scope) -> Typed | None:
    """A number with or without a unit, in its base unit."""
    value = number(node.number, scope)
    if value is None:
        return None
    if node.unit is None:
        return constant(value, None, node.span)
    found = unit_named(node.unit, scope)
    return None if found is None else constant(value, found, node.span)


def constant(value: Fraction, found: Unit | None, span: Span) -> Typed:
    """A written number, `value` in the unit given."""
    base = Quantity(value, found).base if found else value
    return Typed(core.Constant(base, found, span=span), v.Number(found), span, limits=Limits(base, base))


def day_written(word: Word, scope: Scope) -> core.Constant | None:
    """A whole day written in the protocol."""
    days = read_day(word.text)
    if days is not None and days.exact:
        return core.Constant(days.first, span=word.span)
    message = f"`{word.text}` is not a day of the calendar"
    scope.error("PD505", message, word.span, help="write the day as 2026-05-31")
    return None


def _date(node: tree.Date, scope: Scope) -> Typed | None:
    day = day_written(node.word, scope)
    return None if day is None else Typed(day, v.Date(), node.span)


def _multiple(node: tree.Multiple, scope: Scope) -> Typed | None:
    """`2.5 x ULN` of what is being compared."""
    factor = Fraction(1) if node.factor is None else number(node.factor, scope)
    limit = _limit(node, scope)
    if factor is None or limit is None:
        return None
    if node.factor is None:
        return evolve(limit, span=node.span)
    if not arithmetic.may_be_multiplied(limit, node.span, scope):
        return None
    times_ = core.Constant(factor, span=node.factor.span)
    times = core.Arithmetic(core.Operator.TIMES, times_, limit.core, span=node.span)
    return evolve(limit, core=times, span=node.span)


def _limit(node: tree.Multiple, scope: Scope) -> Typed | None:
    subject, reference = scope.subject, node.reference
    if subject is None or subject.series is None or subject.item is None:
        message = f"`{reference.value}` belongs to a reading, and nothing measured is compared here"
        others = [(subject.span, "compared here")] if subject else []
        scope.error("PD207", message, node.span, others=others, help="compare an item, as in `alt at most 3 x ULN`")
        return None
    item = subject.item
    if reference is tree.Reference.BASELINE:
        return _baseline(item, node, scope)
    declared = item.uln if reference is tree.Reference.ULN else item.lln
    if not declared:
        message = f"`{item.name}` does not say that it comes with {reference.value}"
        cure = f"declare it `with {reference.value}`, or give a limit with a unit"
        scope.error("PD207", message, node.span, others=[(item.span, "declared here")], help=cure)
        return None
    part = core.Part.ULN if reference is tree.Reference.ULN else core.Part.LLN
    value = core.Fetch(subject.series, part, span=node.span)
    return Typed(value, item.kind, node.span, item.span, subject.series, item)


def _baseline(item: v.Item, node: tree.Multiple, scope: Scope) -> Typed | None:
    rule = item.baseline
    if rule is None:
        message = f"`{item.name}` does not say which of its values is the baseline"
        cure = "declare it, as in `baseline latest before first_dose`"
        scope.error("PD207", message, node.span, others=[(item.span, "declared here")], help=cure)
        return None
    window = core.Window(None, core.MomentOf(rule.before, span=node.span), span=node.span)
    return fetch(item, core.Series(item.name, rule.choice, None, window, span=node.span), node.span)


# --- series, days of readings, counts -----------------------------------------------------------------------------


def choice(node: tree.Choice, scope: Scope) -> v.Choice | None:
    """The rule that picks one of several readings."""
    rule = v.Rule(node.rule.value)
    if node.last is None:
        return v.Choice(rule)
    last = whole(node.last, scope)
    return None if last is None else v.Choice(rule, last)


def whole(word: Word, scope: Scope, least: int = 1) -> int | None:
    """A whole number of at least `least`."""
    value = read_number(word.text)
    if value is None or value.denominator != 1 or value < least:
        scope.error("PD216", f"`{word.text}` is no whole number of at least {least}", word.span)
        return None
    return int(value)


def _series(node: tree.Series, scope: Scope) -> Typed | None:
    item = item_named(node.item, scope)
    chosen = choice(node.choice, scope)
    window = windows.window(node.window, scope) if node.window is not None else None
    if item is None or chosen is None or (node.window is not None and window is None):
        return None
    valid = item.valid_days if window is None else None
    return fetch(item, core.Series(item.name, chosen, valid, window, span=node.span), node.span)


def day_of(word: Word, scope: Scope) -> Typed | None:
    """The day of the reading that the item's own rule chooses."""
    item = item_named(word, scope)
    if item is None:
        return None
    series = core.Series(item.name, item.choice, item.valid_days, span=word.span)
    return Typed(core.Fetch(series, core.Part.DATE, span=word.span), v.Date(), word.span, item.span)


def _date_of(node: tree.DateOf, scope: Scope) -> Typed | None:
    found = day_of(node.item, scope)
    return None if found is None else evolve(found, span=node.span)


def _count_of(node: tree.CountOf, scope: Scope) -> Typed | None:
    record = events.record_of(node.list, scope)
    if record is None:
        return None
    inner = scope.inside(record)
    where = conditions.condition(node.where, inner) if node.where is not None else None
    placed = events.placed(node.window, inner) if node.window is not None else None
    if (node.where is not None and where is None) or (node.window is not None and placed is None):
        return None
    parts = tuple(part for part in (where, placed) if part is not None)
    held = core.Both(parts, span=node.span) if len(parts) > 1 else parts[0] if parts else None
    counted = core.Count(node.list.text, held, node.pooled, span=node.span)
    return Typed(counted, v.Count(), node.span, limits=Limits(low=Fraction(0)))


# --- two values ---------------------------------------------------------------------------------------------------


def _extreme(node: tree.ExtremeOf, scope: Scope) -> Typed | None:
    left, right = expression(node.left, scope), expression(node.right, scope)
    if left is None or right is None or not arithmetic.agree(left, right, scope):
        return None
    larger = node.which is tree.Extreme.LARGER
    value = core.Extreme(larger, left.core, right.core, span=node.span)
    return Typed(value, left.kind, node.span, limits=arithmetic.extreme(left.limits, right.limits, larger=larger))


def _completed(node: tree.Completed, scope: Scope) -> Typed | None:
    period = PERIODS.get(node.period.text)
    if period is None:
        scope.unknown(node.period, ("years", "months"), "period of completed time")
    start, end = windows.anchor(node.start, scope), windows.anchor(node.end, scope)
    if period is None or start is None or end is None:
        return None
    return Typed(core.CompletedTime(period, start, end, span=node.span), v.Completed(period), node.span, node.span)


def _elapsed(node: tree.Elapsed, scope: Scope) -> Typed | None:
    start, end = windows.anchor(node.start, scope), windows.anchor(node.end, scope)
    if start is None or end is None:
        return None
    return Typed(start, Elapsed(start, end, turn(node.rounding)), node.span, node.span)


def _by_method(node: tree.ByMethod, scope: Scope) -> Typed | None:
    return definitions.use_method(node, scope)


def _grade_of(node: logic.GradeOf, scope: Scope) -> Typed | None:
    return graded.grade_of(node, scope)


def _grouped(node: tree.Grouped, scope: Scope) -> Typed | None:
    found = expression(node.inside, scope)
    return None if found is None else evolve(found, span=node.span)


_Two = tree.Add | tree.Subtract | tree.Multiply | tree.Divide


def _binary(operator: core.Operator) -> Callable[[Any, Scope], Typed | None]:
    def two(node: _Two, scope: Scope) -> Typed | None:
        left, right = expression(node.left, scope), expression(node.right, scope)
        if left is None or right is None:
            return None
        return arithmetic.combine(operator, left, right, node.span, scope)

    return two


def _power(node: tree.Power, scope: Scope) -> Typed | None:
    if isinstance(node.base, tree.Quantity) and node.base.number.text[0] in "+-":
        message = "it is not clear whether the sign belongs to the number or to its power"
        cure = f"write `({node.base.number.text})` with brackets, or take the power from zero"
        scope.error("PD226", message, node.base.span, help=cure)
        return None
    base, exponent = expression(node.base, scope), expression(node.exponent, scope)
    return None if base is None or exponent is None else curves.power(base, exponent, node.span, scope)


def _applied(node: tree.Applied, scope: Scope) -> Typed | None:
    inside = expression(node.inside, scope)
    return None if inside is None else curves.applied(core.Curve[node.curve.name], inside, node.span, scope)


def day(found: Typed, scope: Scope) -> core.Expression | None:
    """The expression where it is a day; else an error."""
    if is_day(found.kind):
        return found.core
    message = "a day is needed here, and this is " + describe(found.kind)
    others = [(found.declared, "declared here")]
    scope.error("PD507", message, found.span, others=others, help="name a moment or an item that is a date")
    return None


_BY_FORM: dict[type, Callable[[Any, Scope], Typed | None]] = {
    tree.Name: _name,
    tree.Quantity: quantity,
    tree.Date: _date,
    tree.Multiple: _multiple,
    tree.Grouped: _grouped,
    tree.Series: _series,
    tree.DateOf: _date_of,
    tree.CountOf: _count_of,
    tree.ExtremeOf: _extreme,
    tree.Completed: _completed,
    tree.Elapsed: _elapsed,
    tree.ByMethod: _by_method,
    logic.GradeOf: _grade_of,
    tree.Add: _binary(core.Operator.PLUS),
    tree.Subtract: _binary(core.Operator.MINUS),
    tree.Multiply: _binary(core.Operator.TIMES),
    tree.Divide: _binary(core.Operator.OVER),
    tree.Power: _power,
    tree.Applied: _applied,
}
