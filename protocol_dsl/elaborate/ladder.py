"""The dose section: a table of levels in rising order, and its settings."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from protocol_dsl.base.quantity import read_number, unit
from protocol_dsl.elaborate.phrases import Phrase, Set, read_settings
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.escalation import DoseCap, DoseColumn, DoseLevel, Ladder
from protocol_dsl.syntax import sections
from protocol_dsl.syntax.tree import Word

SETTINGS = (
    Phrase("start", "start at level {level}"),
    Phrase("never skip", "never skip a level"),
    Phrase("based on", "based on {word}"),
    Phrase("cap", "cap {number} {unit} per {word}"),
)


def ladder(section: sections.Section, head: sections.DosesHead, scope: Scope) -> Ladder | None:
    """The ladder of a dose section; None where it has no table that can be read."""
    tables = [entry for entry in section.entries if isinstance(entry, sections.Table)]
    settings = [entry for entry in section.entries if isinstance(entry, sections.Setting)]
    if not tables:
        cure = "give a table that begins with the column `level`"
        scope.error("PD401", "the dose section has no table of levels", section.span, help=cure)
        return None
    for again in tables[1:]:
        scope.error("PD401", "the dose section has two tables", again.span, help="join them")
    found = {one.key: one for one in read_settings([setting.phrase for setting in settings], SETTINGS, scope)}
    columns = _columns(tables[0].rows[0], head, scope)
    levels = _levels(tables[0].rows, len(columns), scope)
    if not levels:
        return None
    _rising(levels, columns, head, scope)
    return Ladder(
        levels,
        _start(found.get("start"), levels, section, scope),
        product=", ".join(product.text for product in head.products),
        unit=head.unit.text if head.unit is not None else "",
        columns=columns,
        never_skip="never skip" in found,
        based_on=_based_on(found.get("based on"), scope),
        caps=_caps(found.get("cap"), scope),
        span=section.span,
    )


def _columns(header: sections.Row, head: sections.DosesHead, scope: Scope) -> tuple[DoseColumn, ...]:
    if header.cells[0].text != "level":
        cure = "name the first column `level`"
        scope.error("PD402", "the first column of a dose table holds the names of the levels", header.span, help=cure)
    return tuple(_column(cell, head, scope) for cell in header.cells[1:])


def _column(cell: Word, head: sections.DosesHead, scope: Scope) -> DoseColumn:
    name, _, code = cell.text.partition(" in ")
    product = name in {word.text for word in head.products}
    written = code.strip() or (head.unit.text if product and head.unit is not None else "")
    if written and unit(written) is None:
        scope.error("PD201", f"the unit `{written}` is not known", cell.span)
    return DoseColumn(name.strip(), written, span=cell.span)


def _levels(rows: tuple[sections.Row, ...], columns: int, scope: Scope) -> tuple[DoseLevel, ...]:
    levels: dict[str, DoseLevel] = {}
    for row in rows[1:]:
        name = row.cells[0]
        if len(row.cells) != columns + 1:
            message = f"the row has {len(row.cells)} cells, the head of the table {columns + 1}"
            scope.error("PD403", message, row.span, others=[(rows[0].span, "the head")], help="give each column a cell")
        elif name.text in levels:
            others = [(levels[name.text].span, "first here")]
            scope.error("PD404", f"the level `{name.text}` stands twice", name.span, others=others)
        else:
            amounts = tuple(_amount(cell, scope) for cell in row.cells[1:])
            levels[name.text] = DoseLevel(name.text, amounts, span=name.span)
    if not levels and len(rows) == 1:
        scope.error("PD401", "the table has no level", rows[0].span, help="give each level a row")
    return tuple(levels.values())


def _amount(cell: Word, scope: Scope) -> Fraction | None:
    number = read_number(cell.text)
    if number is None and cell.text not in ("", "-"):
        scope.error("PD405", f"`{cell.text}` is no amount", cell.span, help="write a number such as `3.0e6`")
    return number


def _rising(
    levels: tuple[DoseLevel, ...], columns: tuple[DoseColumn, ...], head: sections.DosesHead, scope: Scope
) -> None:
    """From one row to the next some amount rises and none falls, so that `escalate` means more."""
    products = {word.text for word in head.products}
    which = [number for number, column in enumerate(columns) if column.name in products]
    for lower, upper in pairwise(levels):
        pairs = [(lower.amounts[n], upper.amounts[n]) for n in which]
        steps = [b - a for a, b in pairs if a is not None and b is not None]
        if steps and (min(steps) < 0 or max(steps) <= 0):
            others = [(lower.span, "the level below")]
            message = f"the dose does not rise from level `{lower.name}` to level `{upper.name}`"
            scope.error("PD406", message, upper.span, others=others, help="order the levels from the lowest dose up")


def _start(found: Set | None, levels: tuple[DoseLevel, ...], section: sections.Section, scope: Scope) -> str:
    names = [level.name for level in levels]
    if found is None:
        message = "the dose section does not say where to start"
        scope.error("PD409", message, section.span, help=f"add `start at level {names[0]}`, or another level")
        return names[0]
    if found.values[0] not in names:
        known = ", ".join(f"`{name}`" for name in names)
        message = f"the start level `{found.values[0]}` is not in the table"
        scope.error("PD409", message, found.span, help=f"the levels are {known}")
    return found.values[0]


def _based_on(found: Set | None, scope: Scope) -> str | None:
    if found is None:
        return None
    name = found.values[0]
    known = (*scope.desk.items, *scope.desk.definitions)
    if name not in known:
        scope.unknown(Word(name, span=found.span), known)
    return name


def _caps(found: Set | None, scope: Scope) -> tuple[DoseCap, ...]:
    if found is None:
        return ()
    amount, code, per = found.values
    number = read_number(amount)
    if unit(code) is None:
        scope.error("PD201", f"the unit `{code}` is not known", found.span)
    return () if number is None else (DoseCap(number, code, per, span=found.span),)
