"""Tables of cases: a column for each key, the result in the last; without gaps, and never two things at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve

from protocol_dsl.base.quantity import Unit, read_number
from protocol_dsl.elaborate import cases, cells, comparisons, conditions, cover, expressions
from protocol_dsl.elaborate.cells import Column, Key, Line
from protocol_dsl.elaborate.kinds import Typed, is_bare
from protocol_dsl.elaborate.scope import NOTHING, Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import defining
from protocol_dsl.syntax.tree import Word

_HEADER = re.compile(r"([a-z][a-z0-9_]*)(?:\s+in\s+(\S.*))?")
_RESULT = re.compile(r"([-+]?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)(?:\s+(\S.*))?")


def table(
    definition: defining.Definition, body: defining.DefinedByTable, unit: Unit | None, scope: Scope
) -> Typed | None:
    """The value that a table gives, as cases; None where the table has an error."""
    outer = evolve(scope, bare=NOTHING)
    columns = _columns(body.rows[0], outer)
    if columns is None:
        return None
    result_unit = _result_unit(body.rows[0], unit, scope)
    lines = [_line(row, columns, result_unit, scope) for row in body.rows[1:]]
    sound = [line for line in lines if line is not None]
    if len(sound) < len(lines) or not _has_lines(body, sound, scope):
        return None
    alike = cases.same_kind([line.result for line in sound], scope)
    if alike is None:
        return None
    settled = [evolve(line, result=result) for line, result in zip(sound, alike, strict=True)]
    ordered = cover.checked(definition, columns, settled, scope)
    return None if ordered is None else _as_cases(columns, ordered, body, outer)


def _has_lines(body: defining.DefinedByTable, lines: Sequence[Line], scope: Scope) -> bool:
    if not lines:
        scope.error("PD213", "the table has no row below its header", body.span, help="add a row for each case")
    return bool(lines)


# --- header -------------------------------------------------------------------------------------------------------


def _columns(row: defining.Row, scope: Scope) -> tuple[Column, ...] | None:
    if len(row.cells) < 2:  # noqa: PLR2004 - a key and a result
        scope.error("PD213", "a table has a column for its key and one for its result", row.span)
        return None
    found = [_column(cell, scope) for cell in row.cells[:-1]]
    sound = tuple(column for column in found if column is not None)
    return sound if len(sound) == len(found) else None


def _column(cell: Word, scope: Scope) -> Column | None:
    head = _HEADER.fullmatch(cell.text)
    if head is None:
        message = f"`{cell.text}` does not name what the column is about"
        scope.error("PD213", message, cell.span, help="write a name, with its unit where it has one: `age in years`")
        return None
    subject = expressions.named(Word(head[1], span=cell.span), scope)
    unit = expressions.unit_named(Word(head[2], span=cell.span), scope) if head[2] else None
    if subject is None or (head[2] and unit is None):
        return None
    if isinstance(subject.kind, v.OneOf | v.YesNo | v.Text | v.Completed | v.Number) or is_bare(subject.kind):
        return Column(evolve(subject, span=cell.span), unit)
    message = f"`{head[1]}` cannot be the key of a table"
    others = [(subject.declared, "declared here")]
    scope.error("PD213", message, cell.span, others=others, help="a key is a number, a name or yes/no")
    return None


def _result_unit(row: defining.Row, unit: Unit | None, scope: Scope) -> Unit | None:
    """The unit of bare results: the one in the header of the last column, else that of the definition."""
    head = _HEADER.fullmatch(row.cells[-1].text)
    if head is None or not head[2]:
        return unit
    return expressions.unit_named(Word(head[2], span=row.cells[-1].span), scope)


# --- rows ---------------------------------------------------------------------------------------------------------


def _line(row: defining.Row, columns: tuple[Column, ...], unit: Unit | None, scope: Scope) -> Line | None:
    if len(row.cells) != len(columns) + 1:
        return None  # syntax has said so
    keys = [_key(cell, column, scope) for cell, column in zip(row.cells, columns, strict=False)]
    result = _result(row.cells[-1], unit, scope)
    sound = tuple(key for key in keys if key is not None)
    if result is None or len(sound) < len(keys):
        return None
    return Line(sound, result, row.span, any(cell.text == "otherwise" for cell in row.cells[:-1]))


def _key(cell: Word, column: Column, scope: Scope) -> Key | None:
    if cell.text in ("any", "otherwise"):
        return Key(cell)
    if isinstance(column.subject.kind, v.OneOf | v.YesNo | v.Text):
        return cells.named(cell, column, scope)
    return cells.numbers(cell, scope)


def _result(cell: Word, unit: Unit | None, scope: Scope) -> Typed | None:
    number = _RESULT.fullmatch(cell.text)
    if number is None:
        if re.fullmatch(r"[a-z][a-z0-9_]*", cell.text):
            return cases.symbol(cell.text, cell.span)
        scope.error("PD213", f"`{cell.text}` is no result", cell.span, help="write a number, with its unit, or a word")
        return None
    value = read_number(number[1])
    given = expressions.unit_named(Word(number[2], span=cell.span), scope) if number[2] else unit
    if value is None or (number[2] and given is None):
        return None
    return expressions.constant(value, given, cell.span)


# --- cases --------------------------------------------------------------------------------------------------------


def _as_cases(
    columns: tuple[Column, ...], lines: Sequence[Line], body: defining.DefinedByTable, scope: Scope
) -> Typed | None:
    branches: list[core.Branch] = []
    for line in lines:
        held = [_holds(key, column, scope) for key, column in zip(line.keys, columns, strict=True) if key.narrows]
        sound = [one for one in held if one is not None]
        if len(sound) < len(held):
            return None
        when = None if line.otherwise else conditions.joined(sound, line.span)
        branches.append(core.Branch(when, line.result.core, span=line.span))
    whole = cases.merged([line.result for line in lines])
    return evolve(whole, core=core.Cases(tuple(branches), span=body.span), span=body.span)


def _holds(key: Key, column: Column, scope: Scope) -> core.Condition | None:
    subject = evolve(column.subject, span=key.cell.span)
    if key.names is not None:
        return _is_named(key, subject, scope)
    parts: list[core.Condition | None] = []
    if key.low is not None and key.low == key.high:
        return comparisons.compare(core.Sign.IS, subject, _limit(key.low, key, column), scope)
    if key.low is not None:
        sign = core.Sign.MORE_THAN if key.low_open else core.Sign.AT_LEAST
        parts.append(comparisons.compare(sign, subject, _limit(key.low, key, column), scope))
    if key.high is not None:
        sign = core.Sign.LESS_THAN if key.high_open else core.Sign.AT_MOST
        parts.append(comparisons.compare(sign, subject, _limit(key.high, key, column), scope))
    return None if None in parts else conditions.joined(parts, key.cell.span)


def _limit(value: object, key: Key, column: Column) -> Typed:
    """A number of a cell, in the unit of the column; completed years need none."""
    unit = column.unit
    if unit is None and isinstance(column.subject.kind, v.Completed):
        unit = cells.calendar_unit(column.subject.kind.period)
    return expressions.constant(value, unit, key.cell.span)  # type: ignore[arg-type]  # an end that is there


def _is_named(key: Key, subject: Typed, scope: Scope) -> core.Condition:
    del scope
    members = tuple(sorted(key.names or ()))
    span = key.cell.span
    if isinstance(subject.kind, v.YesNo):
        return core.Compare(core.Sign.IS, subject.core, core.Constant(members == ("yes",), span=span), span=span)
    if len(members) == 1 and key.set is None:
        return core.Compare(core.Sign.IS, subject.core, core.Constant(members[0], span=span), span=span)
    return core.Member(subject.core, members, key.set, span=span)
