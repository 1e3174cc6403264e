"""Dose bands: a table of what a patient has against the levels, read as a table of cases for each level."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from protocol_dsl.base.quantity import Unit
from protocol_dsl.elaborate import keyed
from protocol_dsl.elaborate.kinds import unit_of
from protocol_dsl.elaborate.phrases import Set
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.condition import Cases, Constant, Expression
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.syntax import defining
from protocol_dsl.syntax.tree import Word

_LEVEL = re.compile(r"level\s+([-\w.]+)")
_FORM = "write a column for each key and one for each level, as in `| weight in kg | level 1 | level 2 |`"


@frozen
class Banded:
    """The setting, the table below it, and the unit of the doses."""

    found: Set
    rows: tuple[defining.Row, ...]
    unit: Unit


def amounts(product: str, ladder: Ladder, said: Banded, scope: Scope) -> tuple[Expression, ...]:
    """The amount at each level as cases, lowest level first; empty where there is an error."""
    found, rows = said.found, said.rows
    column = next((one for one in ladder.columns if one.name == product), None)
    if column is not None:
        message = f"the doses of `{product}` stand in the table of levels and in bands"
        scope.error("PD454", message, column.span, others=[(found.span, "the bands")], help="keep one of the two")
        return ()
    places = _places(found, rows, ladder, scope)
    if places is None:
        return ()
    levels = [_of_level(places[name], len(places), said, scope) for name in ladder.names]
    sound = tuple(one for one in levels if one is not None)
    if len(sound) < len(levels):
        return ()
    _rising(ladder, sound, rows, scope)
    return sound


def _places(found: Set, rows: Sequence[defining.Row], ladder: Ladder, scope: Scope) -> Mapping[str, int] | None:
    """The place of the column of each level; None where the head of the table is not as it should be."""
    if not rows:
        scope.error("PD454", f"`banded by {found.values[0]}` has no table below it", found.span, help=_FORM)
        return None
    head = rows[0]
    levels = [match[1] if (match := _LEVEL.fullmatch(cell.text)) else None for cell in head.cells]
    keys = [cell.text.partition(" in ")[0].strip() for cell, name in zip(head.cells, levels, strict=True) if not name]
    named = [name for name in levels if name is not None]
    fault = _fault(keys, named, found, ladder)
    if fault is None and any(name is not None for name in levels[: len(keys)]):
        fault = "the keys of the bands come before the levels"
    if fault is not None:
        scope.error("PD454", fault, head.span, others=[(found.span, "the setting")], help=_FORM)
        return None
    for row in rows[1:]:
        if len(row.cells) != len(head.cells):
            message = f"the row has {len(row.cells)} cells, the head of the table {len(head.cells)}"
            scope.error("PD403", message, row.span, others=[(head.span, "the head")], help="give each column a cell")
            return None
    return {name: place for place, name in enumerate(levels) if name is not None}


def _fault(keys: Sequence[str], levels: Sequence[str], found: Set, ladder: Ladder) -> str | None:
    if keys != found.values[0].split(" and "):
        told = ", ".join(f"`{key}`" for key in keys) or "nothing"
        return f"the bands are by `{found.values[0]}`, and the columns before the levels are {told}"
    for name in ladder.names:
        if levels.count(name) != 1:
            return f"level {name} has {levels.count(name) or 'no'} column{'s' * (levels.count(name) > 1)} in the bands"
    alien = next((name for name in levels if name not in ladder.names), None)
    return None if alien is None else f"there is no level {alien} in the table of levels"


def _of_level(place: int, levels: int, said: Banded, scope: Scope) -> Expression | None:
    """The bands of one level, as a keyed table with that column alone."""
    found, rows, unit = said.found, said.rows, said.unit
    keys = len(rows[0].cells) - levels
    head = defining.Row((*rows[0].cells[:keys], Word("amount", span=rows[0].cells[place].span)), span=rows[0].span)
    lines = (defining.Row((*row.cells[:keys], row.cells[place]), span=row.span) for row in rows[1:])
    body = defining.DefinedByTable((head, *lines), span=found.span)
    name = Word("dose", span=found.span)
    table = keyed.table(defining.Definition(name, None, None, None, (), body, span=found.span), body, unit, scope)
    if table is None:
        return None
    given = unit_of(table.kind)
    if given is not None and given.same_kind(unit):
        return table.core
    code = "a word" if given is None else f"`{given.code}`"
    message = f"a dose is in `{unit.code}`, and the bands of this level are in {code}"
    scope.error("PD452", message, rows[0].cells[place].span, help=f"write numbers in `{unit.code}`")
    return None


def _rising(ladder: Ladder, levels: Sequence[Expression], rows: Sequence[defining.Row], scope: Scope) -> None:
    """In each band the dose never falls from one level to the next, and in some band it rises."""
    for (lower, upper), (below, above) in zip(pairwise(ladder.levels), pairwise(levels), strict=True):
        steps = [high - low for low, high in zip(_numbers(below), _numbers(above), strict=True)]
        if min(steps) < 0 or max(steps) <= 0:
            message = f"the dose does not rise from level `{lower.name}` to level `{upper.name}`"
            cure = "let no band fall from one level to the next, and some band rise"
            scope.error("PD406", message, rows[0].span, others=[(upper.span, "the level")], help=cure)


def _numbers(banded: Expression) -> list[Fraction]:
    branches = banded.branches if isinstance(banded, Cases) else ()
    found = [branch.result.value for branch in branches if isinstance(branch.result, Constant)]
    return [number for number in found if isinstance(number, Fraction)]
