"""The DLT section: its window, the attributions that count, and its clauses as conditions on the whole record."""

from __future__ import annotations

from typing import Any, TypeVar

import attrs
from attrs import evolve

from protocol_dsl.elaborate import clauses, conditions, expressions
from protocol_dsl.elaborate.kinds import Typed, length_days
from protocol_dsl.elaborate.membership import member
from protocol_dsl.elaborate.scope import DltFrame, Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.protocol import Clause, DltRules, Effect
from protocol_dsl.syntax import conducting, sections, tree
from protocol_dsl.syntax.tree import Word

RECORD = "adverse_event"
_Line = TypeVar("_Line")


# --- what it fixes for everyone -----------------------------------------------------------------------------------


def frame(section: sections.Section, scope: Scope) -> DltFrame:
    """The window and the attributions, read before any clause is."""
    found = DltFrame()
    window = _only(section, sections.DltWindow, scope)
    attributed = _only(section, sections.AttributedLine, scope)
    if window is not None:
        found = _window(window, scope)
    if attributed is not None:
        values = (_attribution(word, scope) for word in attributed.values)
        found = evolve(found, attributed=tuple(value for value in values if value is not None))
    return found


def _only(section: sections.Section, kind: type[_Line], scope: Scope) -> _Line | None:
    lines = [line for line in section.entries if isinstance(line, kind)]
    for line in lines[1:]:
        others = [(getattr(lines[0], "span"), "first here")]  # noqa: B009 - a line has its place
        scope.error("PD102", "this line is given twice", getattr(line, "span"), others=others)  # noqa: B009
    return lines[0] if lines else None


def _window(line: sections.DltWindow, scope: Scope) -> DltFrame:
    start = _moment(line, scope)
    last = expressions.whole(line.last_day, scope, least=0)
    if start is None or last is None:
        return DltFrame(start=start.name if start is not None else None)
    if start.study_day is None:
        message = f"nothing says which study day `{start.name}` is, so day {last} may mean two days"
        others = [(start.span, "declared here")]
        cure = f"declare `{start.name} is day 0` or `{start.name} is day 1`"
        scope.error("PD504", message, line.last_day.span, others=others, help=cure)
        return DltFrame(start=start.name)
    if last < start.study_day:
        message = f"the window ends on day {last}, before it begins on day {start.study_day}"
        others = [(start.span, "declared here")]
        scope.error("PD506", message, line.last_day.span, others=others, help="name a later day")
        return DltFrame(start=start.name)
    has_day_zero = any(moment.study_day == 0 for moment in scope.desk.moments.values())
    first = start.study_day + (1 if start.study_day < 0 and not has_day_zero else 0)
    return DltFrame(start.name, first, last - first)


def _moment(line: sections.DltWindow, scope: Scope) -> v.Moment | None:
    if isinstance(line.start, tree.AnchorDateOf) or line.start.word.text not in scope.desk.moments:
        word = line.start.item if isinstance(line.start, tree.AnchorDateOf) else line.start.word
        scope.unknown(word, scope.desk.moments, "moment")
        return None
    return scope.desk.moments[line.start.word.text]


def _attribution(word: Word, scope: Scope) -> str | None:
    record = scope.desk.records.get(RECORD)
    field = record.fields.get("attributed") if record is not None else None
    if field is None:
        scope.error("PD110", f"the record `{RECORD}` has no field `attributed`", word.span)
        return None
    subject = Typed(core.FieldOf("attributed"), field.kind, field.span, field.span)
    found = member(subject, word, scope)
    return found if isinstance(found, str) else None


# --- its clauses --------------------------------------------------------------------------------------------------


def rules(section: sections.Section, scope: Scope) -> DltRules | None:
    """The rules of the section; None where it has no sound window."""
    at = scope.at(None)
    record = at.desk.records.get(RECORD)
    inner = at.inside(record) if record is not None else at
    found = tuple(
        settled
        for entry in section.entries
        if isinstance(entry, sections.Clause)
        and (one := clauses.clause(entry, Effect.DLT, inner)) is not None
        and (settled := _over_events(one, at)) is not None
    )
    evaluable, leaves = _evaluable(section, at), _follow_up_ends(section, at)
    start, last = at.desk.dlt.start, at.desk.dlt.last_day
    if not any(isinstance(line, sections.DltWindow) for line in section.entries):
        cure = "add a line such as `window from first_dose through day 28`"
        at.error("PD330", "the DLT section does not say its window", section.head.span, help=cure)
    if start is None or last is None:
        return None
    replaces = any(isinstance(line, conducting.ReplaceLine) for line in section.entries)
    return DltRules(
        start,
        last,
        at.desk.dlt.attributed,
        found,
        evaluable,
        replaces,
        events_list(at),
        leaves[0] if leaves else None,
        leaves[1:],
        span=section.span,
    )


def _evaluable(section: sections.Section, scope: Scope) -> core.Condition | None:
    line = _only(section, conducting.EvaluableLine, scope)
    return None if line is None else conditions.condition(line.condition, scope)


def _follow_up_ends(section: sections.Section, scope: Scope) -> tuple[str, ...]:
    line = _only(section, conducting.FollowUpLine, scope)
    found = []
    for word in () if line is None else line.items:
        named = expressions.named(word, scope)
        if named is not None and expressions.day(named, scope) is not None:
            found.append(word.text)
    return tuple(found)


def events_list(scope: Scope) -> str | None:
    """The list that adverse events are kept in."""
    lists = (name for name, item in scope.desk.items.items() if item.kind == v.ListOf(RECORD))
    return next(lists, None)


def _over_events(written: Clause, scope: Scope) -> Clause | None:
    """A clause that speaks of an event asks for one in the list, begun in the window and attributed."""
    in_guard = written.guard is not None and speaks_of_event(written.guard)
    if not in_guard and not speaks_of_event(written.condition):
        return written
    events = events_list(scope)
    if events is None:
        message = f"`{written.id}` speaks of an adverse event, and no list of them is declared"
        cure = "declare `adverse_events : list of adverse_event` in the data section"
        scope.error("PD332", message, written.span, help=cure)
        return None
    guard = written.guard if in_guard else None
    parts = (*_within_frame(written, scope), *((guard,) if guard else ()), written.condition)
    held = core.Both(parts, span=written.span)
    over = core.AnyEvent(events, held, span=written.span)
    return evolve(written, condition=over, guard=None if in_guard else written.guard)


def _within_frame(written: Clause, scope: Scope) -> tuple[core.Condition, ...]:
    frame_, span = scope.desk.dlt, written.span
    parts: list[core.Condition] = []
    if frame_.start is not None and frame_.last_day is not None:
        start = core.MomentOf(frame_.start, span=span)
        end = core.Shifted(start, length=length_days(frame_.last_day), span=span)
        parts.append(core.Within(core.FieldOf("start", span=span), core.Window(start, end, span=span), span=span))
    if frame_.attributed:
        parts.append(core.Member(core.FieldOf("attributed", span=span), frame_.attributed, span=span))
    return tuple(parts)


def speaks_of_event(part: object, depth: int = 0) -> bool:
    """Whether something in a condition is of the event being looked at, and not of one of the events inside it."""
    if isinstance(part, core.FieldOf):
        return part.outer >= depth
    if isinstance(part, core.Lasting | core.RoseAgain):
        return depth == 0
    if isinstance(part, core.AnyEvent | core.Count):
        return speaks_of_event(part.where, depth + 1)
    if isinstance(part, tuple):
        return any(speaks_of_event(one, depth) for one in part)
    kind: type[Any] = type(part)
    if not attrs.has(kind):
        return False
    inside = (getattr(part, field.name) for field in attrs.fields(kind) if field.name != "span")
    return any(speaks_of_event(one, depth) for one in inside)
