"""Conditions on lists, and on the event that is being looked at."""

from __future__ import annotations

from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import conditions, windows
from protocol_dsl.elaborate.kinds import describe, is_day
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.record import Attested
from protocol_dsl.syntax import logic, tree
from protocol_dsl.syntax.tree import Word


def record_of(word: Word, scope: Scope) -> v.RecordType | None:
    """The type of the records of a list, by the list's name."""
    item = scope.desk.items.get(word.text)
    lists = [name for name, found in scope.desk.items.items() if isinstance(found.kind, v.ListOf)]
    if item is None:
        scope.unknown(word, lists, "list")
        return None
    if not isinstance(item.kind, v.ListOf):
        message = f"`{word.text}` is no list of events"
        others = [(item.span, describe(item.kind))]
        scope.error("PD108", message, word.span, others=others, help="leave `where (...)` out, or name a list")
        return None
    return scope.desk.records.get(item.kind.record)


# --- lists --------------------------------------------------------------------------------------------------------


def any_event(node: logic.AnyEvent, scope: Scope) -> core.Condition | None:
    """`any e where (...)`."""
    return _some(node.list, node.where, node.span, scope)


def _some(name: Word, where: tree.Node | None, span: Span, scope: Scope) -> core.AnyEvent | None:
    record = record_of(name, scope)
    if record is None:
        return None
    held = conditions.condition(where, scope.inside(record)) if where is not None else None
    if where is not None and held is None:
        return None
    return core.AnyEvent(name.text, held, span=span)


def no_event(node: logic.NoEvent, scope: Scope) -> core.Condition | None:
    """`no e where (...)`."""
    found = _some(node.list, node.where, node.span, scope)
    return None if found is None else core.Not(found, span=node.span)


def every_event(node: logic.EveryEvent, scope: Scope) -> core.Condition | None:
    """`every e where (...) has (...)`: none of them lacks it."""
    record = record_of(node.list, scope)
    if record is None:
        return None
    inner = scope.inside(record)
    where = conditions.condition(node.where, inner) if node.where is not None else None
    has = conditions.condition(node.has, inner)
    if has is None or (node.where is not None and where is None):
        return None
    lacking = conditions.joined((where, core.Not(has, span=has.span)), node.span)
    return core.Not(core.AnyEvent(node.list.text, lacking, span=node.span), span=node.span)


# --- the event being looked at ------------------------------------------------------------------------------------


def lasts(node: logic.Lasts, scope: Scope) -> core.Condition | None:
    """`lasts more than 72 hours`."""
    by = windows.length(node.length, scope)
    if not _has_fields(("start", "end"), node.span, scope) or by is None:
        return None
    if by.seconds is None:
        message = "an event lasts so many hours, days or weeks: months differ in length"
        scope.error("PD502", message, by.span, help="give the length in days")
        return None
    lasting = core.Lasting(node.both_days, span=node.span)
    return core.Compare(windows.sign(node.sign), lasting, by.seconds, span=node.span)


def ongoing_at(node: logic.OngoingAt, scope: Scope) -> core.Condition | None:
    """`ongoing at enrolment`: begun by then, and not ended before."""
    hung = windows.anchor(node.anchor, scope)
    if not _has_fields(("start", "end"), node.span, scope) or hung is None:
        return None
    begun = core.Within(_field("start", node.span), core.Window(None, hung, span=node.span), span=node.span)
    return core.Both((begun, _not_ended_before(hung, node.span)), span=node.span)


def _not_ended_before(day: core.Expression, span: Span) -> core.Condition:
    end = _field("end", span)
    going_on = core.Compare(core.Sign.IS, end, core.Constant(Attested.ONGOING, span=span), span=span)
    later = core.Within(end, core.Window(day, None, span=span), span=span)
    return core.Either((going_on, later), span=span)


def taken(node: logic.Taken, scope: Scope) -> core.Condition | None:
    """`taken within 14 days before first_dose`.

    What has a start and an end was taken within a window that it overlaps, even if it was begun long before; a single
    dose on the day it was given. One that was begun within the window overlaps it whatever its end.
    """
    window = windows.window(node.window, scope)
    if scope.event is not None and "end" in scope.fields and "start" in scope.fields:
        return None if window is None else overlaps(window, node.span)
    return _placed(window, node.span, scope)


def overlaps(window: core.Window, span: Span) -> core.Condition:
    """What has a start and an end overlaps a window; one begun in it does so whatever its end."""
    start = _field("start", span)
    begun_in = core.Within(start, window, span=span)
    if window.start is None:
        return begun_in
    reaching = _not_ended_before(window.start, span)
    if window.end is None:
        return core.Either((begun_in, reaching), span=span)
    begun = core.Within(start, core.Window(None, window.end, span=span), span=span)
    return core.Both((begun, core.Either((begun_in, reaching), span=span)), span=span)


def placed(window: tree.Window, scope: Scope) -> core.Condition | None:
    """`count of e where (...) within ...`: the day on which the event begins lies in the window."""
    return _placed(windows.window(window, scope), window.span, scope)


def begins(window: core.Window, span: Span, scope: Scope) -> core.Condition | None:
    """That the event being looked at begins in a window."""
    return _placed(window, span, scope)


def _placed(window: core.Window | None, span: Span, scope: Scope) -> core.Condition | None:
    if window is None:
        return None
    for name in ("start", "date"):
        if name in scope.fields and is_day(scope.fields[name].kind):
            return core.Within(_field(name, span), window, span=span)
    _has_fields(("start",), span, scope)
    return None


def _field(name: str, span: Span) -> core.FieldOf:
    return core.FieldOf(name, span=span)


def _has_fields(names: tuple[str, ...], span: Span, scope: Scope) -> bool:
    if scope.event is None:
        message = "this is said of an event, and no event is being looked at"
        scope.error("PD110", message, span, help="ask it of a list, as in `any medications where (...)`")
        return False
    lacking = [name for name in names if name not in scope.fields or not is_day(scope.fields[name].kind)]
    if not lacking:
        return True
    message = f"a record of type `{scope.event.name}` has no date `{lacking[0]}`"
    others = [(scope.event.span, "declared here")]
    cure = f"add `{lacking[0]} : date` to the record"
    scope.error("PD110", message, span, others=others, help=cure)
    return False
