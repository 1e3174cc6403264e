"""What a text may get wrong though every line of it can be read: names, and the shape of tables."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.syntax import sections
from protocol_dsl.syntax.tree import Node, Word

_BEGIN_CONDITIONS = frozenset(
    "any count each either every followed judged known lasts no ongoing taken".split()
)
_COLUMNS = frozenset({"date", "time"})  # every list of records may have them, and conditions reach them by `date of`
_STATES = frozenset("above below met missing".split())  # what a reading may be in an example


def flaws(found: tuple[sections.Section, ...]) -> list[Diagnostic]:
    """The diagnostics of names and tables that no rule of the grammar can refuse."""
    problems: list[Diagnostic] = []
    for section in found:
        is_record = isinstance(section.head, sections.RecordHead | sections.RecordAddsHead)
        kept = _BEGIN_CONDITIONS if is_record else _BEGIN_CONDITIONS | _COLUMNS
        for node in (section.head, *section.entries):
            problems += [_taken(name) for name in _names(node) if name.text in kept]
            problems += [_taken(member) for member in _members(node) if member.text in _STATES]
            problems += _ragged(_rows(node))
    return problems


def _names(node: Node) -> Iterator[Word]:
    """The names that an entry or a head gives to something asked about."""
    match node:
        case sections.ItemEntry(item=item) | sections.RecordAddsHead(field=sections.ItemCore() as item):
            yield item.name
        case sections.Definition(name=name, parameters=parameters):
            yield name
            yield from (parameter.name for parameter in parameters)
        case sections.Moment(name=name) | sections.RecordHead(name=name):
            yield name


def _members(node: Node) -> tuple[Word, ...]:
    return node.item.type.members if isinstance(node, sections.ItemEntry) else ()


def _taken(name: Word) -> Diagnostic:
    message = f"`{name.text}` is a word of the language and cannot be a name"
    cure = f"choose a longer name, such as `{name.text}_value`"
    return Diagnostic("PD025", Severity.ERROR, message, Label(name.span), help=cure)


def _rows(node: Node) -> tuple[sections.Row, ...]:
    match node:
        case sections.Setting(rows=rows) | sections.Table(rows=rows) | sections.GivenList(rows=rows):
            return rows
        case sections.Definition(body=sections.DefinedByTable(rows=rows)):
            return rows
    return ()


def _ragged(rows: tuple[sections.Row, ...]) -> Iterator[Diagnostic]:
    for row in rows[1:]:
        width, found = len(rows[0].cells), len(row.cells)
        if all(set(cell.text) <= set("-:") for cell in row.cells) and row.cells[0].text:
            message, cure = "a table has no rule between its head and its rows", "delete this line"
        elif found != width:
            message = f"the row has {found} cell{'s' * (found > 1)}, the head of its table has {width}"
            cure = "give every column a cell; `any` fits where a column does not matter"
        else:
            continue
        yield Diagnostic("PD035", Severity.ERROR, message, Label(row.span), help=cure)
