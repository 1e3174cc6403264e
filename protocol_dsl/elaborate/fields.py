"""An item or a field of a record: its kind, and what its declaration says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from protocol_dsl.base.quantity import read_number
from protocol_dsl.elaborate import declarations, expressions
from protocol_dsl.elaborate.kinds import DAYS, describe, is_bare, is_day
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import sections
from protocol_dsl.syntax.tree import Choice, Node, Word


def item(written: sections.ItemCore, scope: Scope) -> v.Item | None:
    """An item with its kind and attributes; None where its kind has an error."""
    name = written.name.text
    kind = _kind(written.type, scope)
    if kind is None:
        return None
    found = v.Item(name, kind, written.label.text if written.label else "", span=written.name.span)
    said: dict[str, Node] = {}
    for attribute in written.attributes:
        for what in _says(attribute):
            if what in said:
                message = f"{what} is said twice of `{name}`"
                others = [(said[what].span, "first here")]
                scope.error(
                    "PD102", message, attribute.span, others=others, help="put the two into one, or leave one out"
                )
            said.setdefault(what, attribute)
        found = _BY_ATTRIBUTE[type(attribute)](found, attribute, scope)
    return found


def _says(attribute: Node) -> tuple[str, ...]:
    """What an attribute says something of."""
    if isinstance(attribute, sections.Chosen):
        choice = "which reading is chosen"
        return (choice, _VALIDITY) if attribute.valid is not None else (choice,)
    return (_SAID_OF[type(attribute)],)


_VALIDITY = "how long a reading is valid"
_COMPLETE = "when the list is complete"
_SAID_OF: dict[type, str] = {
    sections.Required: "that it is required",
    sections.Plausible: "what is plausible",
    sections.RecordedTo: "what it is recorded to",
    sections.Analyte: "the analyte",
    sections.WithLimits: "which limits come with it",
    sections.ValidFor: _VALIDITY,
    sections.BaselineRule: "the baseline",
    sections.CompleteTo: _COMPLETE,
    sections.CompleteWithin: _COMPLETE,
    sections.JudgedItem: "who judges",
}


def _kind(written: sections.ItemType, scope: Scope) -> v.Kind | None:
    if written.kind in ("one of", "any of"):
        return _members(written, scope)
    if written.kind == "number" and written.unit is not None:
        unit = expressions.unit_named(written.unit, scope)
        return None if unit is None else v.Number(unit)
    if written.kind == "list of" and written.record is not None:
        return v.ListOf(written.record.text)
    return _PLAIN[written.kind]


_PLAIN: dict[str, v.Kind] = {
    "yes/no": v.YesNo(),
    "number": v.Number(None),
    "count": v.Count(),
    "grade": v.Grade(),
    "date": v.Date(),
    "time": v.Time(),
    "duration": v.Number(DAYS),
    "text": v.Text(),
}


def _members(written: sections.ItemType, scope: Scope) -> v.Kind:
    seen: dict[str, Word] = {}
    for word in written.members:
        if word.text in seen:
            others = [(seen[word.text].span, "first here")]
            scope.error("PD102", f"`{word.text}` is listed twice", word.span, others=others, help="leave one out")
        seen.setdefault(word.text, word)
    return v.OneOf(tuple(seen)) if written.kind == "one of" else v.AnyOf(tuple(seen))


# --- attributes ---------------------------------------------------------------------------------------------------


def _required(found: v.Item, _written: sections.Required, _scope: Scope) -> v.Item:
    return evolve(found, required=True)


def _is_number(found: v.Item, written: Node, scope: Scope) -> bool:
    if isinstance(found.kind, v.Number) or is_bare(found.kind):
        return True
    message = f"`{written.span.text}` is said of a number, and `{found.name}` is {describe(found.kind)}"
    scope.error("PD211", message, written.span, others=[(found.span, "declared here")], help="leave it out")
    return False


def _plausible(found: v.Item, written: sections.Plausible, scope: Scope) -> v.Item:
    low, high = expressions.number(written.low, scope), expressions.number(written.high, scope)
    if low is None or high is None or not _is_number(found, written, scope):
        return found
    if low > high:
        scope.error("PD219", "the plausible range ends before it begins", written.span, help="give the lower end first")
        return found
    return evolve(found, plausible=(low, high))


def _recorded_to(found: v.Item, written: sections.RecordedTo, scope: Scope) -> v.Item:
    step = read_number(written.step.text)
    if step is None or step <= 0:
        scope.error("PD216", f"`{written.step.text}` is no step", written.step.span, help="write `recorded to 0.1`")
        return found
    return evolve(found, step=step) if _is_number(found, written, scope) else found


def _analyte(found: v.Item, written: sections.Analyte, _scope: Scope) -> v.Item:
    return evolve(found, analyte=written.name.text)


def _with_limits(found: v.Item, written: sections.WithLimits, scope: Scope) -> v.Item:
    return evolve(found, uln=written.uln, lln=written.lln) if _is_number(found, written, scope) else found


def _chosen(found: v.Item, written: sections.Chosen, scope: Scope) -> v.Item:
    choice = _choice(found, written.choice, scope)
    days = declarations.days_of(written.valid, scope) if written.valid is not None else found.valid_days
    return evolve(found, choice=choice, valid_days=days)


def _choice(found: v.Item, written: Choice, scope: Scope) -> v.Choice | None:
    choice = expressions.choice(written, scope)
    ordered = choice is not None and choice.rule in (v.Rule.HIGHEST, v.Rule.LOWEST, v.Rule.MEAN)
    if ordered and not is_day(found.kind) and not _is_number(found, written, scope):
        return None
    return choice


def _valid_for(found: v.Item, written: sections.ValidFor, scope: Scope) -> v.Item:
    return evolve(found, valid_days=declarations.days_of(written.length, scope))


def _baseline(found: v.Item, written: sections.BaselineRule, scope: Scope) -> v.Item:
    choice = _choice(found, written.choice, scope)
    if choice is None or not _is_moment(written.before, scope):
        return found
    return evolve(found, baseline=v.BaselineRule(choice, written.before.text))


def _is_moment(word: Word, scope: Scope) -> bool:
    if word.text in scope.desk.moments:
        return True
    scope.unknown(word, scope.desk.moments, "moment")
    return False


def _complete_to(found: v.Item, written: sections.CompleteTo, scope: Scope) -> v.Item:
    if not _is_list(found, written, scope):
        return found
    return evolve(found, complete=v.Completeness(to=written.item.text, because=written.because.text))


def _complete_within(found: v.Item, written: sections.CompleteWithin, scope: Scope) -> v.Item:
    days = declarations.days_of(written.length, scope)
    return evolve(found, complete=v.Completeness(within_days=days)) if _is_list(found, written, scope) else found


def _is_list(found: v.Item, written: Node, scope: Scope) -> bool:
    if isinstance(found.kind, v.ListOf):
        return True
    message = f"only a list can be complete, and `{found.name}` is {describe(found.kind)}"
    scope.error("PD206", message, written.span, others=[(found.span, "declared here")], help="leave it out")
    return False


def _judged_item(found: v.Item, written: sections.JudgedItem, _scope: Scope) -> v.Item:
    return evolve(found, judged_by=written.role.text)


_BY_ATTRIBUTE: dict[type, Callable[[v.Item, Any, Scope], v.Item]] = {
    sections.Required: _required,
    sections.Plausible: _plausible,
    sections.RecordedTo: _recorded_to,
    sections.Analyte: _analyte,
    sections.WithLimits: _with_limits,
    sections.Chosen: _chosen,
    sections.ValidFor: _valid_for,
    sections.BaselineRule: _baseline,
    sections.CompleteTo: _complete_to,
    sections.CompleteWithin: _complete_within,
    sections.JudgedItem: _judged_item,
}


# --- once all are there -------------------------------------------------------------------------------------------


def settle(entries: tuple[sections.ItemEntry, ...], scope: Scope) -> None:
    """Look at what declarations name: types of records, and the date that a list is complete to."""
    for entry in entries:
        written = entry.item.type
        if written.record is not None and written.record.text not in scope.desk.records:
            scope.unknown(written.record, scope.desk.records, "record type", "PD104")
        for attribute in entry.item.attributes:
            if isinstance(attribute, sections.CompleteTo):
                _settle_day(attribute.item, scope)


def _settle_day(word: Word, scope: Scope) -> None:
    found = expressions.named(word, scope)
    if found is not None:
        expressions.day(found, scope)
