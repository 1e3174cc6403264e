"""What a text may get wrong though every line of it can be read: names, and the shape of tables."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.syntax import defining, sections, stated
from protocol_dsl.syntax.tree import Node, Word

_BEGIN_CONDITIONS = frozenset({
    "any", "count", "ctcae", "each", "either", "every", "followed", "judged", "known", "lasts", "no", "ongoing",
    "returns", "rounded", "taken", "valid",
})  # fmt: skip
_COLUMNS = frozenset({"date", "time"})  # every list of records may have them, and conditions reach them by `date of`
_STATES = frozenset({"above", "below", "met", "missing"})  # what a reading may be in an example


def flaws(node: Node, *, of_record: bool) -> list[Diagnostic]:
    """What is wrong with a head or an entry that could be read; `of_record` for a field of a record."""
    kept = _BEGIN_CONDITIONS if of_record else _BEGIN_CONDITIONS | _COLUMNS
    problems = [_taken(name) for name in _names(node) if name.text in kept]
    problems += [_taken(member) for member in _members(node) if member.text in _STATES]
    problems += [problem for rows in _tables(node) for problem in _ruled(rows)]
    problems += _astray(node) if isinstance(node, defining.Setting) and not node.is_stage else []
    problems += _ragged(_rows(node)) if _is_keyed(node) else []
    return problems


def _names(node: Node) -> Iterator[Word]:
    """The names that an entry or a head gives to something asked about."""
    match node:
        case sections.ItemEntry(item=item) | sections.RecordAddsHead(field=sections.ItemCore() as item):
            yield item.name
        case defining.Definition(name=name, parameters=parameters):
            yield name
            yield from (parameter.name for parameter in parameters)
        case sections.Moment(name=name) | sections.RecordHead(name=name):
            yield name
        case _:
            pass


def _members(node: Node) -> tuple[Word, ...]:
    return node.item.type.members if isinstance(node, sections.ItemEntry) else ()


def _taken(name: Word) -> Diagnostic:
    message = f"`{name.text}` is a word of the language and cannot be a name"
    cure = f"choose a longer name, such as `{name.text}_value`"
    return Diagnostic("PD025", Severity.ERROR, message, Label(name.span), help=cure)


def _rows(node: Node) -> tuple[defining.Row, ...]:
    match node:
        case defining.Setting(rows=rows) | defining.Table(rows=rows) | stated.GivenList(rows=rows):
            return rows
        case defining.Definition(body=defining.DefinedByTable(rows=rows)):
            return rows
        case _:
            return ()


def _tables(node: Node) -> Iterator[tuple[defining.Row, ...]]:
    """The tables of an entry, those of the settings below a stage included."""
    yield _rows(node)
    if isinstance(node, defining.Setting):
        yield from (setting.rows for setting in node.settings)


def _astray(setting: defining.Setting) -> Iterator[Diagnostic]:
    """Settings below another that is no stage."""
    for inner in setting.settings:
        word = inner.phrase.text.split(None, 1)[0]
        where = Label(Span(inner.span.source, inner.span.start, inner.span.start + len(word)))
        cure = "what fits here is `assumed`, `note`, `source` or a row of a table"
        yield Diagnostic("PD020", Severity.ERROR, f"`{word}` is not expected here", where, help=cure)


def _is_keyed(node: Node) -> bool:
    """Whether it holds a table read by its keys; tables of doses and decisions are checked with their meaning."""
    return isinstance(node, stated.GivenList | defining.Definition)


def _ruled(rows: tuple[defining.Row, ...]) -> Iterator[Diagnostic]:
    for row in rows[1:]:
        if all(cell.text and set(cell.text) <= set("-:") and len(cell.text) > 1 for cell in row.cells):
            message = "a table has no rule between its head and its rows"
            yield Diagnostic("PD035", Severity.ERROR, message, Label(row.span), help="delete this line")


def _ragged(rows: tuple[defining.Row, ...]) -> Iterator[Diagnostic]:
    for row in rows[1:]:
        width, found = len(rows[0].cells), len(row.cells)
        if found != width:
            message = f"the row has {found} cell{'s' * (found > 1)}, the first row of its table {width}"
            first = Label(rows[0].span, "the first row")
            yield Diagnostic("PD035", Severity.ERROR, message, Label(row.span), (first,), "give each column a cell")
