"""What is wrong, where, and what to do about it; and the only renderer of it.

A diagnostic is a value. It is rendered as a box for a terminal (`human`), as one line for `grep` and screen readers
(`plain`), or as JSON.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from attrs import frozen

from protocol_dsl.base.display import safe
from protocol_dsl.base.source import Span

Style = Literal["human", "plain", "json"]


class Severity(StrEnum):
    """How bad it is: an error refuses the file, a warning does not, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Cell:
    """A place in a data file; rows as a person counts the lines of the file, the header being row 1."""

    file: str
    row: int | None = None
    column: str | None = None


@frozen
class Label:
    """A place and what is to be said of it there."""

    where: Span | Cell
    caption: str = ""


@frozen
class Diagnostic:
    """One finding. The message is in lower case without a full stop; what the author wrote stands in backticks."""

    code: str
    severity: Severity
    message: str
    primary: Label
    others: tuple[Label, ...] = ()
    help: str | None = None


def render(diagnostics: Iterable[Diagnostic], style: Style, *, colour: bool = False) -> str:
    """The diagnostics in the order given, ending in a line end; nothing for none, except in JSON.

    `colour` adds terminal colours to the human style.
    """
    if style == "json":
        return _json(diagnostics)
    if style == "plain":
        return "".join(f"{_plain(diagnostic)}\n" for diagnostic in diagnostics)
    from protocol_dsl.base.box import boxes  # a run without findings draws none

    return boxes(diagnostics, colour=colour)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By file, line, column, code, then message: the same order whatever order they were found in."""
    return tuple(sorted(diagnostics, key=_order))


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str, int, str, str]:
    where = diagnostic.primary.where
    if isinstance(where, Cell):
        place = where.file, where.row or 0, 0, where.column or "", int(where.column is not None)
    else:
        place = where.source.name, where.line, where.column, "", where.end
    return *place, diagnostic.code, diagnostic.message


def _plain(diagnostic: Diagnostic) -> str:
    where = diagnostic.primary.where
    if isinstance(where, Cell):
        place = [where.file, where.row, where.column]
    else:
        place = [where.source.name, where.line, where.column] if where.source.name else []
    known = "".join(f"{safe(str(part))}:" for part in place if part is not None)
    advice = f" (help: {safe(diagnostic.help)})" if diagnostic.help else ""
    head = f"{diagnostic.severity}[{diagnostic.code}]: {safe(diagnostic.message)}{advice}"
    return f"{known} {head}" if known else head


def _json(diagnostics: Iterable[Diagnostic]) -> str:
    import json  # only this style needs it

    return json.dumps({"diagnostics": [_entry(diagnostic) for diagnostic in diagnostics]}, indent=2) + "\n"


def _entry(diagnostic: Diagnostic) -> dict[str, str | int | None]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_place(diagnostic.primary.where),
        "help": diagnostic.help,
    }


def _place(where: Span | Cell) -> dict[str, str | int | None]:
    keys = ("file", "line", "column", "end_line", "end_column")
    if isinstance(where, Cell):
        return dict(zip(keys, (where.file, where.row, where.column, where.row, where.column), strict=True))
    if not where.source.name:
        return dict.fromkeys(keys)
    ends = (where.line, where.column, where.end_line, where.end_column)
    return dict(zip(keys, (where.source.name, *ends), strict=True))
