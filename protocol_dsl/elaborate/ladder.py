"""The dose section: a table of levels in rising order, and its settings."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from attrs import evolve

from protocol_dsl.base.quantity import read_number, unit
from protocol_dsl.elaborate import dosing
from protocol_dsl.elaborate.expressions import unit_named
from protocol_dsl.elaborate.phrases import Phrase, Set, part_of
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.escalation import DoseColumn, DoseLevel, Ladder, Place
from protocol_dsl.syntax import defining, sections
from protocol_dsl.syntax.tree import Word

SETTINGS = (
    Phrase("start", "start at level {level}"),
    Phrase("never skip", "never skip a level"),
    Phrase("as listed", "levels are ordered as listed"),
    Phrase("apart", "level {level} stands apart"),
    Phrase("apart", "levels {text} stand apart"),
    *dosing.SETTINGS,
)

_APART = re.compile(r"levels?\s+(\S.*\S|\S)\s+stands?\s+apart")
_COLUMN = re.compile(r"[^\W\d][\w-]*")
_LISTED = re.compile(r"(?<![^\s,])(?!and\b)[^\s,]+")


def ladder(section: sections.Section, head: sections.DosesHead, scope: Scope) -> Ladder | None:
    """The ladder of a dose section; None where it has no table that can be read."""
    tables = [entry for entry in section.entries if isinstance(entry, defining.Table)]
    settings = [entry for entry in section.entries if isinstance(entry, defining.Setting)]
    for setting in settings:
        if setting.rows and not dosing.has_table(setting):
            message = f"the table stands below `{setting.phrase.text}`, which has none"
            scope.error("PD401", message, setting.rows[0].span, help="move its rows out to where the settings begin")
    if not tables:
        if not any(setting.rows and not dosing.has_table(setting) for setting in settings):
            cure = "give a table that begins with the column `level`"
            scope.error("PD401", "the dose section has no table of levels", section.span, help=cure)
        return None
    for again in tables[1:]:
        others = [(tables[0].rows[0].span, "the first")]
        scope.error("PD401", "the dose section has two tables", again.rows[0].span, others=others, help="join them")
    settings = [setting for setting in settings if _APART.fullmatch(setting.phrase.text) is None]
    said = dosing.by_product(settings, [product.text for product in head.products], SETTINGS, scope)
    found = said.of.get("", {})
    columns = _columns(tables[0].rows[0], head, scope)
    levels = _levels(tables[0].rows, len(columns), scope)
    if not levels:
        return None
    as_listed = "as listed" in found
    if as_listed:
        _because(settings, found["as listed"], scope)
    else:
        _rising(levels, columns, head, scope)
    shared = dosing.shared(found, scope)
    plain = Ladder(
        levels,
        _start(found.get("start"), levels, section, scope),
        product=", ".join(product.text for product in head.products),
        unit=head.unit.text if head.unit is not None else "",
        columns=columns,
        never_skip="never skip" in found,
        based_on=shared.based_on,
        caps=shared.caps,
        apart=_apart(section, levels, scope),
        as_listed=as_listed,
        span=section.span,
    )
    return evolve(plain, rules=dosing.rules(plain, said, shared, scope))


def _columns(header: defining.Row, head: sections.DosesHead, scope: Scope) -> tuple[DoseColumn, ...]:
    if header.cells[0].text != "level":
        cure = "name the first column `level`"
        scope.error("PD402", "the first column of a dose table holds the names of the levels", header.span, help=cure)
    if head.unit is not None:
        unit_named(head.unit, scope)
    columns = tuple(_column(cell, head, scope) for cell in header.cells[1:])
    first = {column.name: column for column in reversed(columns)}
    for column in columns:
        if first[column.name] is not column:
            others = [(first[column.name].span, "first here")]
            message = f"two columns are named `{column.name}`"
            scope.error("PD402", message, column.span, others=others, help="keep one of them, or rename it")
    return columns


def _column(cell: Word, head: sections.DosesHead, scope: Scope) -> DoseColumn:
    name, _, code = (part.strip() for part in cell.text.partition(" in "))
    if not name:
        scope.error("PD402", "a column has no name", cell.span, help="name it, as in `infusions`")
    elif not _COLUMN.fullmatch(name):
        scope.error("PD402", f"`{name}` cannot name a column", cell.span, help=_renamed(name, code))
    if code:
        unit_named(part_of(cell, cell.text.rindex(code), code), scope)
    product = name in {word.text for word in head.products}
    return DoseColumn(name, code or (head.unit.text if product and head.unit is not None else ""), span=cell.span)


def _renamed(name: str, code: str) -> str:
    """How such a column may be written: its unit after `in`, its name as one word."""
    *words, last = name.strip("()").replace("(", " ").replace(")", " ").replace(",", " ").split() or [name]
    if not code and words and unit(last) is not None:
        return f"put the unit after `in`, as in `{'_'.join(words)} in {last}`"
    return "write one word, as in `infusions`; a unit follows after `in`, as in `partner in mg/m2`"


def _levels(rows: tuple[defining.Row, ...], columns: int, scope: Scope) -> tuple[DoseLevel, ...]:
    """A row that is ragged still has its level, so that nothing else is said to lack it."""
    levels: dict[str, DoseLevel] = {}
    for row in rows[1:]:
        name = row.cells[0]
        ragged = len(row.cells) != columns + 1
        if ragged:
            message = f"the row has {_cells(len(row.cells))}, the head of the table {_cells(columns + 1)}"
            scope.error("PD403", message, row.span, others=[(rows[0].span, "the head")], help="give each column a cell")
        if name.text in levels:
            others = [(levels[name.text].span, "first here")]
            cure = "give each level a name of its own, and one row"
            scope.error("PD404", f"the level `{name.text}` stands twice", name.span, others=others, help=cure)
        elif _is_name(name, row, scope):
            amounts = (None,) * columns if ragged else tuple(_amount(cell, scope) for cell in row.cells[1:])
            levels[name.text] = DoseLevel(name.text, amounts, span=name.span)
    if not levels and len(rows) == 1:
        scope.error("PD401", "the table has no level", rows[0].span, help="give each level a row")
    return tuple(levels.values())


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"


def _is_name(name: Word, row: defining.Row, scope: Scope) -> bool:
    """A name must be readable in a history (`1NNN`) and in the level column of a decision table."""
    cure = "name it by a number or a short word, as in `-1`, `2` or `7b`"
    if not name.text:
        scope.error("PD404", "the level has no name", row.span, help=cure)
    elif name.text in set(Place) or len(name.text.split()) > 1 or not set(name.text) - set("NTPX"):
        scope.error("PD404", f"`{name.text}` cannot name a level", name.span, help=cure)
    else:
        return True
    return False


def _amount(cell: Word, scope: Scope) -> Fraction | None:
    if cell.text == "-":
        return None
    number = read_number(cell.text)
    if number is None or number < 0:
        message = f"`{cell.text}` is no amount" if cell.text else "an amount is missing"
        cure = "write a number such as `3.0e6`, or `-` for none; the unit stands in the head, `doses of abc in mg`"
        scope.error("PD405", message, cell.span, help=cure)
        return None
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
            cure = "order the levels from the lowest dose up, or say `levels are ordered as listed`, and below it why"
            scope.error("PD406", message, upper.span, others=others, help=cure)


def _because(settings: list[defining.Setting], found: Set, scope: Scope) -> None:
    """That one level is above another is an assumption where the amounts do not show it, and is listed as one."""
    below = [note.kind for one in settings if one.phrase.span == found.span for note in one.notes]
    if "assumed" not in below:
        cure = 'add below it `assumed because "..."`; the line stands alone'
        scope.error("PD406", "why the levels are ordered so is not said", found.span, help=cure)


def _apart(section: sections.Section, levels: tuple[DoseLevel, ...], scope: Scope) -> tuple[tuple[str, ...], ...]:
    """The groups of levels that stand apart, each in the order of the table; a level stands in one of them at most."""
    names = [level.name for level in levels]
    first: dict[str, Word] = {}
    groups = []
    for entry in section.entries:
        match = _APART.fullmatch(entry.phrase.text) if isinstance(entry, defining.Setting) else None
        if match is None or not isinstance(entry, defining.Setting):
            continue
        words = [part_of(entry.phrase, match.start(1) + at.start(), at[0]) for at in _LISTED.finditer(match[1])]
        for word in words:
            if word.text not in names:
                scope.unknown(word, names, "level", "PD416")
            elif word.text in first:
                others = [(first[word.text].span, "first here")]
                cure = "name each level once"
                scope.error("PD404", f"level `{word.text}` stands apart twice", word.span, others=others, help=cure)
            first.setdefault(word.text, word)
        said = {word.text for word in words}
        groups.append(tuple(name for name in names if name in said))
    if groups and not set(names) - set(first):
        cure = "leave on the main ladder the levels that `escalate` leads to from the first"
        scope.error("PD404", "every level stands apart", section.span, help=cure)
    return tuple(groups)


def _start(found: Set | None, levels: tuple[DoseLevel, ...], section: sections.Section, scope: Scope) -> str:
    names = [level.name for level in levels]
    if found is None:
        message = "the dose section does not say where to start"
        scope.error("PD409", message, section.span, help=f"add `start at level {names[0]}`, or another level")
        return names[0]
    if found.values[0] not in names:
        known = ", ".join(f"`{name}`" for name in names)
        message = f"the start level `{found.values[0]}` is not in the table"
        scope.error("PD409", message, found.word(0).span, help=f"the levels are {known}")
    return found.values[0]
