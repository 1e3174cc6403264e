"""What goes with the event or the reading being looked at, and several events or readings taken together."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import conditions, events, expressions, graded, predicates, windows
from protocol_dsl.elaborate.kinds import DAY_SECONDS, is_day, length_days
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import logic, tree

_FEWEST = 2


# --- together with ------------------------------------------------------------------------------------------------


def with_event(node: logic.WithEvent, scope: Scope) -> core.Condition | None:
    """`together with any adverse_events where (...) overlapping`: another event, at the time of this one."""
    record = events.record_of(node.list, scope)
    if record is None:
        return None
    inner = scope.inside(record)
    where = conditions.condition(node.where, evolve(inner, reading=None))
    placed = _event_placed(node, scope, inner)
    if where is None or placed is None:
        return None
    found = core.AnyEvent(node.list.text, core.Both((where, placed), span=node.span), other=True, span=node.span)
    return found if node.some else core.Not(found, span=node.span)


def _event_placed(node: logic.WithEvent, scope: Scope, inner: Scope) -> core.Condition | None:
    """That the other event lies so to this one, which is then the first further out."""
    outer = 1 if scope.reading is None else 0
    span, timing = node.timing.span, node.timing
    if isinstance(timing, logic.Overlapping):
        window = _whole(scope, outer, span)
        lasting = "start" in inner.fields and "end" in inner.fields
        if window is None:
            return None
        return events.overlaps(window, span) if lasting else events.begins(window, span, inner)
    window = _window(timing, scope, outer)
    return None if window is None else events.begins(window, span, inner)


def with_reading(node: logic.WithReading, scope: Scope) -> core.Condition | None:
    """`together with any temperature on the same day at least 38.5 Cel`."""
    item = expressions.item_named(node.item, scope)
    window = _reading_window(node.timing, scope)
    if item is None or window is None:
        return None
    series = core.Series(item.name, None, None, window, span=node.item.span)
    where = predicates.said(expressions.fetch(item, series, node.item.span), node.predicate, scope)
    return (
        None if where is None else _some(node.some, core.Readings(core.Quantifier.ANY, series, where, span=node.span))
    )


def with_grade(node: logic.WithGrade, scope: Scope) -> core.Condition | None:
    """`together with any ctcae grade of alt on the same day at least 2`."""
    window = _reading_window(node.timing, scope)
    if window is None:
        return None
    found = graded.of_window(core.Quantifier.ANY, node.item, window, node.predicate, scope)
    return None if found is None else _some(node.some, evolve(found, span=node.span))


def _some(some: bool, found: core.Readings) -> core.Condition:  # noqa: FBT001 - as it was written
    return found if some else core.Not(found, span=found.span)


def carried(
    found: core.Condition | None, companions: tuple[logic.Companion, ...], scope: Scope
) -> core.Condition | None:
    """`any neutrophils less than 1.0 10*9/L together with ...`: what goes with each of the readings."""
    if not isinstance(found, core.Readings):
        return None
    with_it = conditions.every(companions, evolve(scope, reading=found.series))
    return None if with_it is None else evolve(found, where=core.Both((found.where, *with_it), span=found.where.span))


# --- when ---------------------------------------------------------------------------------------------------------


def _reading_window(timing: logic.Timing, scope: Scope) -> core.Window | None:
    if isinstance(timing, logic.Overlapping):
        message = "a reading has no length, so that it cannot overlap"
        scope.error("PD317", message, timing.span, help="write `during it`, `on the same day` or `within 2 days of it`")
        return None
    return _window(timing, scope, 0)


def _window(timing: logic.Timing, scope: Scope, outer: int) -> core.Window | None:
    """The window that hangs on what is being looked at."""
    day = _it(scope, outer, timing.span)
    if day is None:
        return None
    if isinstance(timing, logic.SameDay):
        return core.Window(day, day, span=timing.span)
    if isinstance(timing, logic.During | logic.Overlapping):
        return _whole(scope, outer, timing.span)
    return windows.window(timing, evolve(scope, it=day))


def _it(scope: Scope, outer: int, span: Span) -> core.Expression | None:
    """The day of the reading, or the first day of the event, that is being looked at."""
    if scope.reading is not None:
        return core.Fetch(scope.reading, core.Part.DATE, span=span)
    name = next((one for one in ("start", "date") if one in scope.fields and is_day(scope.fields[one].kind)), None)
    if name is None:
        message = "this goes with an event or a reading, and none is being looked at"
        cure = "write it after one, as in `any anc less than 0.5 10*9/L together with ...`"
        scope.error("PD317", message, span, help=cure)
        return None
    return core.FieldOf(name, outer, span=span)


def _whole(scope: Scope, outer: int, span: Span) -> core.Window | None:
    """From the first day of the event being looked at to its last."""
    first = _it(scope, outer, span)
    if first is None:
        return None
    if scope.reading is not None:
        return core.Window(first, first, span=span)
    last = core.FieldOf("end", outer, span=span) if "end" in scope.fields else first
    return core.Window(first, last, span=span)


# --- several ------------------------------------------------------------------------------------------------------


def several_readings(node: logic.SeveralReadings, scope: Scope) -> core.Condition | None:
    """`any 2 qtcf at least 501 ms`."""
    count = expressions.whole(node.count, scope, least=_FEWEST)
    found = conditions.condition(logic.AnyReading(node.item, node.window, node.predicate, span=node.span), scope)
    return evolve(found, least=count) if isinstance(found, core.Readings) and count is not None else None


def several_events(node: logic.SeveralEvents, scope: Scope) -> core.Condition | None:
    """`any 2 procedures where (...) on separate days within 7 days`: each on a later day than the one before."""
    count = expressions.whole(node.count, scope, least=_FEWEST)
    record = events.record_of(node.list, scope)
    where = None if record is None else conditions.condition(node.where, evolve(scope.inside(record), reading=None))
    if count is None or record is None or where is None:
        return None
    name = node.list.text
    if node.apart is None:
        number = core.Constant(Fraction(count))
        return core.Compare(core.Sign.AT_LEAST, core.Count(name, where, span=node.span), number, span=node.span)
    begin = next((one for one in ("start", "date") if one in record.fields), None)
    days = _days(node.apart, scope)
    if begin is None or days is None:
        return None
    return _later_days(name, where, begin, count, int(days), node.span)


def _later_days(  # noqa: PLR0913, PLR0917 - what is asked of each of them
    name: str, where: core.Condition, begin: str, count: int, days: int, span: Span
) -> core.Condition:
    """Nested, the last event inmost: it lies after the one before it, and in so many days from the first."""
    day = core.FieldOf(begin, span=span)
    found: core.Condition | None = None
    for place in reversed(range(count)):
        parts: list[core.Condition] = [where]
        if place:
            before, first = core.FieldOf(begin, 1, span=span), core.FieldOf(begin, place, span=span)
            parts.append(core.Compare(core.Sign.MORE_THAN, day, before, span=span))
            window = core.Window(first, core.Shifted(first, length=length_days(days - 1), span=span), span=span)
            parts.append(core.Within(day, window, span=span))
        if found is not None:
            parts.append(found)
        found = core.AnyEvent(name, core.Both(tuple(parts), span=span), other=place > 0, span=span)
    return found if found is not None else where


def sustained(node: logic.Sustained, scope: Scope) -> core.Condition | None:
    """`any ctcae grade of neutrophils at least 4 for more than 7 days`: readings in a row that all hold."""
    each = conditions.condition(_any(node), scope)
    days, sign = _days(node.length, scope), windows.sign(node.sign)
    if sign not in (core.Sign.AT_LEAST, core.Sign.MORE_THAN):
        message = "readings show that something lasted so long, never that it lasted no longer"
        scope.error("PD317", message, node.span, help="write `for at least ...` or `for more than ...`")
        return None
    if not isinstance(each, core.Readings) or days is None:
        return None
    return core.Sustained(each.series, each.where, sign, days, node.both_days, span=node.span)


def _any(node: logic.Sustained) -> logic.Condition:
    if isinstance(node.item, logic.GradeOf):
        return logic.AnyGrade(node.item, node.window, node.predicate, span=node.span)
    return logic.AnyReading(node.item, node.window, node.predicate, span=node.span)


def _days(node: tree.Node, scope: Scope) -> Fraction | None:
    by = windows.length(node, scope)
    if by is None:
        return None
    value = by.seconds.value if isinstance(by.seconds, core.Constant) else None
    if isinstance(value, Fraction) and value > 0 and (value / DAY_SECONDS).denominator == 1:
        return value / DAY_SECONDS
    scope.error("PD502", "a written number of days or weeks is needed here", by.span, help="write `7 days`")
    return None


# --- the course of one event --------------------------------------------------------------------------------------


def at_grade(node: logic.AtGrade, scope: Scope) -> core.Condition | None:
    """`at grade 4 for at least 7 days`."""
    compares = core.Sign.IS if node.of_grade is None else windows.sign(node.of_grade)
    if compares in (core.Sign.AT_MOST, core.Sign.LESS_THAN):
        message = "an event is at a grade, or at least at it, for so long"
        scope.error("PD317", message, node.span, help="write `at grade 4 for ...` or `at grade at least 3 for ...`")
        return None
    return _spent(node, compares, windows.sign(node.sign), scope)


def returns_to(node: logic.ReturnsTo, scope: Scope) -> core.Condition | None:
    """`returns to grade 1 within 7 days`: it was never worse than that for longer."""
    return _spent(node, core.Sign.MORE_THAN, core.Sign.AT_MOST, scope)


def _spent(
    node: logic.AtGrade | logic.ReturnsTo, compares: core.Sign, sign: core.Sign, scope: Scope
) -> core.Condition | None:
    grade = expressions.number(node.grade, scope)
    by = windows.length(node.length, scope)
    lacking = [name for name in ("grade", "start", "end") if name not in scope.fields]
    if lacking:
        message = "this is said of an event with a grade, a first and a last day, and none is being looked at"
        scope.error("PD110", message, node.span, help="ask it of a list, as in `any adverse_events where (...)`")
        return None
    if grade is None or by is None or by.seconds is None:
        return None
    spent = core.Lasting(grade=grade, compares=compares, span=node.span)
    return core.Compare(sign, spent, by.seconds, span=node.span)


def recurred(span: Span, scope: Scope) -> core.Condition | None:
    """`recurred`: an event of the same term begins later, in the window where there is one; or its grade rose again."""
    event = scope.event
    name = next((n for n, i in scope.desk.items.items() if event and i.kind == v.ListOf(event.name)), None)
    if name is None:
        return None
    term, start = core.FieldOf("term", span=span), core.FieldOf("start", span=span)
    parts: list[core.Condition] = [
        core.Compare(core.Sign.IS, term, core.FieldOf("term", 1, span=span), span=span),
        core.Compare(core.Sign.MORE_THAN, start, core.FieldOf("start", 1, span=span), span=span),
    ]
    window = graded.in_dlt_window(scope, span)
    if window is not None:
        parts.append(core.Within(start, window, span=span))
    again = core.AnyEvent(name, core.Both(tuple(parts), span=span), other=True, span=span)
    changed = any(item.kind == v.ListOf("grade_change") for item in scope.desk.items.values())
    return core.Either((again, core.RoseAgain(span=span)), span=span) if changed else again
