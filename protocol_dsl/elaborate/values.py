"""The values that an example gives: each of the kind of its item, in base units."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from protocol_dsl.base.analyte import convert
from protocol_dsl.base.quantity import Quantity, Unit, read_number
from protocol_dsl.base.source import Span
from protocol_dsl.base.studytime import Days, read_day, read_time
from protocol_dsl.elaborate import comparisons, expressions, membership
from protocol_dsl.elaborate.kinds import Typed, describe, is_bare, measures, periods, unit_of
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.record import Attested, Range, Reading, Reason, Value
from protocol_dsl.syntax import stated, tree
from protocol_dsl.syntax.tree import Word

_REASONS = {
    "not done": Reason.NOT_DONE,
    "pending": Reason.PENDING,
    "refused": Reason.REFUSED,
    "unreadable": Reason.UNREADABLE,
}
_ATTESTED = {word.value: word for word in Attested}
_YES_NO = {"yes": True, "no": False}
_HIGHEST_GRADE = 5
_CELL = re.compile(r"(<|>)?\s*([-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)(?:\s+(\S.*))?")


def reading(item: v.Item, written: stated.Reading, day: Days | None, scope: Scope) -> Reading | None:
    """One reading of an item; without a date it is as fresh as can be."""
    undated = written.date is None
    if isinstance(written.value, stated.MissingValue):
        reason = _REASONS.get(written.value.reason or "", Reason.NOT_COLLECTED)
        return Reading(date=day, missing=reason, at_moment=undated)
    value = _value(item, written.value, scope)
    if value is None:
        return None
    uln, lln = _limit(item, written.uln, written, scope), _limit(item, written.lln, written, scope)
    return Reading(value, day, uln, lln, written=written.value.span.text, at_moment=undated)


def _value(item: v.Item, node: tree.Node, scope: Scope) -> Value | None:
    found = _BY_FORM.get(type(node))
    if found is None:
        _unfit(item, node.span, scope)
        return None
    return found(item, node, scope)


def _unfit(item: v.Item, span: Span, scope: Scope) -> None:
    message = f"`{span.text}` is no value of `{item.name}`"
    others = [(item.span, f"{describe(item.kind)}")]
    scope.error("PD323", message, span, others=others, help=_would_do(item.kind))


def _would_do(kind: v.Kind) -> str:
    if isinstance(kind, v.Number) and kind.unit is not None:
        return f"write a number in {kind.unit.code}"
    if isinstance(kind, v.Date | v.Time):
        return "write a day as 2026-05-31, or `never`, `ongoing`"
    if isinstance(kind, v.AnyOf):
        return "write its values in brackets with commas, or `none`"
    return "write a value of its kind, or `missing`"


# --- names --------------------------------------------------------------------------------------------------------


def _name(item: v.Item, node: tree.Name, scope: Scope) -> Value | None:
    return _word(item, node.word, scope)


def _word(item: v.Item, word: Word, scope: Scope) -> Value | None:  # noqa: PLR0911 - an arm for each kind
    match item.kind:
        case v.Date() | v.Time() if word.text in _ATTESTED:
            return _ATTESTED[word.text]
        case v.AnyOf(members) if word.text == "none" and "none" not in members:
            return frozenset()
        case v.AnyOf():
            return _members_of(item, (word,), scope)
        case v.OneOf(members):
            return _listed(item, word, members, scope)
        case v.YesNo():
            return _YES_NO.get(_listed(item, word, tuple(_YES_NO), scope) or "")
        case v.Text():
            return word.text
        case _:
            _unfit(item, word.span, scope)
            return None


def _listed(item: v.Item, word: Word, members: tuple[str, ...], scope: Scope) -> str | None:
    return membership.listed(item.name, word, members, scope, ((item.span, "declared here"),))


def _members(item: v.Item, node: stated.Members, scope: Scope) -> Value | None:
    if not isinstance(item.kind, v.AnyOf):
        _unfit(item, node.span, scope)
        return None
    return _members_of(item, node.names, scope)


def _members_of(item: v.Item, words: tuple[Word, ...], scope: Scope) -> Value | None:
    members = item.kind.members if isinstance(item.kind, v.AnyOf) else ()
    found = [_listed(item, word, members, scope) for word in words]
    names = frozenset(name for name in found if name is not None)
    return names if None not in found else None


def _text(item: v.Item, node: stated.Text, scope: Scope) -> Value | None:
    if isinstance(item.kind, v.Text):
        return node.word.text
    _unfit(item, node.span, scope)
    return None


# --- numbers ------------------------------------------------------------------------------------------------------


def _quantity(item: v.Item, node: tree.Quantity, scope: Scope) -> Value | None:
    found = expressions.quantity(node, scope)
    if found is None or not isinstance(found.core, core.Constant) or not isinstance(found.core.value, Fraction):
        return None
    if isinstance(item.kind, v.Text) and node.unit is None:
        return node.number.text
    return in_base(item, found.core.value, unit_of(found.kind), node.span, scope)


def in_base(item: v.Item, base: Fraction, given: Unit | None, span: Span, scope: Scope) -> Fraction | None:
    """A number of an item in its base unit; `base` is in the base unit of the unit that was given."""
    wanted = unit_of(item.kind)
    others = [(item.span, describe(item.kind))]
    if wanted is not None and given is not None:
        return _restated(item, Quantity(given.of_base(base), given), wanted, span, scope)
    if wanted is not None:
        cure = f"give it in {wanted.code}"
        scope.error("PD203", f"`{item.name}` has a unit", span, "no unit", others=others, help=cure)
    elif isinstance(item.kind, v.Completed) and (given is None or periods(v.Number(given)) == item.kind.period):
        return base / (given.factor if given is not None else 1)
    elif not is_bare(item.kind):
        _unfit(item, span, scope)
    elif given is not None:
        message = f"`{item.name}` has no unit"
        scope.error("PD204", message, span, measures(given), others=others, help="leave the unit out")
    elif isinstance(item.kind, v.Grade | v.Count) and not _is_whole(item, base):
        _unfit(item, span, scope)
    else:
        return base
    return None


def _restated(item: v.Item, given: Quantity, wanted: Unit, span: Span, scope: Scope) -> Fraction | None:
    same = convert(given, wanted, item.analyte)
    if same is not None:
        return same.base
    of_item = Typed(core.Constant(given.base), item.kind, item.span, item=item)
    if not comparisons.needs_analyte(of_item, wanted, given.unit, span, scope):
        message = f"`{item.name}` is not measured in `{given.unit.code}`"
        others = [(item.span, describe(item.kind))]
        scope.error("PD214", message, span, measures(given.unit), others=others, help=f"give it in {wanted.code}")
    return None


def _is_whole(item: v.Item, value: Fraction) -> bool:
    most = _HIGHEST_GRADE if isinstance(item.kind, v.Grade) else value
    return value.denominator == 1 and 0 <= value <= most


def _below(item: v.Item, node: stated.BelowValue, scope: Scope) -> Value | None:
    end = _quantity(item, node.quantity, scope)
    return Range(None, end, high_open=True) if isinstance(end, Fraction) else None


def _above(item: v.Item, node: stated.AboveValue, scope: Scope) -> Value | None:
    end = _quantity(item, node.quantity, scope)
    return Range(end, None, low_open=True) if isinstance(end, Fraction) else None


def _limit(item: v.Item, word: Word | None, written: stated.Reading, scope: Scope) -> Fraction | None:
    """A limit of the reference range, in the unit of the value beside it."""
    value = read_number(word.text) if word is not None else None
    if word is None or value is None:
        return None
    unit = written.value.unit if isinstance(written.value, tree.Quantity) else None
    if unit is None:
        return value if is_bare(item.kind) else None
    found = expressions.unit_named(unit, scope)
    return None if found is None else in_base(item, found.in_base(value), found, word.span, scope)


# --- days ---------------------------------------------------------------------------------------------------------


def _date(item: v.Item, node: tree.Date, scope: Scope) -> Value | None:
    return _day(item, node.word, scope)


def _day(item: v.Item, word: Word, scope: Scope) -> Value | None:
    """A day, or the days that a partial date may mean."""
    if isinstance(item.kind, v.Time):
        instants = read_time(word.text)
        if instants is not None:
            return instants[0] if instants[0] == instants[1] else Range(*instants)
    elif isinstance(item.kind, v.Date):
        days = read_day(word.text)
        if days is not None:
            return days.first if days.exact else Range(days.first, days.last)
    else:
        _unfit(item, word.span, scope)
        return None
    scope.error("PD505", f"`{word.text}` is not a day of the calendar", word.span, help="write the day as 2026-05-31")
    return None


_BY_FORM: dict[type, Callable[[v.Item, Any, Scope], Value | None]] = {
    tree.Name: _name,
    tree.Quantity: _quantity,
    tree.Date: _date,
    stated.Text: _text,
    stated.Members: _members,
    stated.BelowValue: _below,
    stated.AboveValue: _above,
}


# --- cells --------------------------------------------------------------------------------------------------------


def of_cell(item: v.Item, cell: Word, scope: Scope) -> Reading | None:
    """A cell of a list; an empty one was not filled in."""
    if cell.text in ("", "missing"):
        return None
    if cell.text.startswith("missing because "):
        reason = _REASONS.get(cell.text.removeprefix("missing because ").strip(), Reason.NOT_COLLECTED)
        return Reading(missing=reason, at_moment=True)
    value = _cell_value(item, cell, scope)
    return None if value is None else Reading(value, written=cell.text, at_moment=True)


def _cell_value(item: v.Item, cell: Word, scope: Scope) -> Value | None:
    if isinstance(item.kind, v.Date | v.Time) and cell.text[:1].isdigit():
        return _day(item, cell, scope)
    if isinstance(item.kind, v.AnyOf):
        if cell.text == "none":
            return _word(item, cell, scope)
        return _members_of(item, tuple(Word(part.strip(), span=cell.span) for part in cell.text.split(",")), scope)
    number = _CELL.fullmatch(cell.text)
    if number is None or isinstance(item.kind, v.Text | v.OneOf):
        return _word(item, cell, scope)
    unit = Word(number[3], span=cell.span) if number[3] else None
    node = tree.Quantity(Word(number[2], span=cell.span), unit, span=cell.span)
    end = _quantity(item, node, scope)
    if number[1] is None or not isinstance(end, Fraction):
        return end
    return Range(None, end, high_open=True) if number[1] == "<" else Range(end, None, low_open=True)
