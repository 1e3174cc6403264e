"""Medications that are named by the product, as `itraconazole 100 MG Oral Capsule`, or by a code alone, as `308182.0`.

FHIR does it, and the clinical drugs of OMOP. Who asks for itraconazole does not find it.
So such a name is not taken for that of a drug: until a value set says which drug it is, nobody knows.
"""

import re
from collections.abc import Iterable
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.base.display import safe
from protocol_dsl.readers.rows import Table, at

_NAMES: Final = ("drug", "product")
_STRENGTH: Final = re.compile(
    r"(?<![a-z0-9])[0-9]+(?:[._,][0-9]+)*_?(?:mg|mcg|ug|g|ml|meq|unt|unit|units|iu|hr|%)(?![a-z0-9])"
)
_LETTER: Final = re.compile(r"[^\W0-9_]")
_FEW: Final = 3


@frozen
class Unnamed:
    """The tables with nothing where a product stood; what is said of it, and the rows, by file."""

    tables: tuple[Table, ...]
    problems: tuple[Diagnostic, ...]
    faulty: dict[str, set[int]]


def unnamed(tables: Iterable[Table]) -> Unnamed:
    """Take no name of a product for that of a drug."""
    found: dict[tuple[str, str, str], list[int]] = {}
    changed = [_without(table, found) for table in tables]
    faulty: dict[str, set[int]] = {}
    for (file, _, _), rows in found.items():
        faulty.setdefault(file, set()).update(rows)
    problems = tuple(_said(file, found) for file in faulty)
    return Unnamed(tuple(changed), problems, faulty)


def _without(table: Table, found: dict[tuple[str, str, str], list[int]]) -> Table:
    place = next((table.columns.index(name) for name in _NAMES if name in table.columns), None)
    if place is None:
        return table
    rows = []
    for row in table.rows:
        text, cells = row.cells[place], row.cells
        if row.sound and text and (_STRENGTH.search(text.casefold()) or not _LETTER.search(text)):
            found.setdefault((table.file, table.written[place], text), []).append(row.number)
            cells = (*cells[:place], "", *cells[place + 1 :])
        rows.append(evolve(row, cells=cells))
    return evolve(table, rows=tuple(rows))


def _said(file: str, found: dict[tuple[str, str, str], list[int]]) -> Diagnostic:
    """All that was found in a file, by the first few names."""
    these = {text: (column, rows) for (one, column, text), rows in found.items() if one == file}
    shown = ", ".join(f"`{safe(text[:60].replace('_', ' '))}`" for text in list(these)[:_FEW])
    more = f" and {len(these) - _FEW} more" if len(these) > _FEW else ""
    column, rows = min(these.values(), key=lambda one: one[1])
    message = f"{shown}{more}: a product or a code, so that nobody knows which drug it is"
    cure = 'a value set says it: `drug = { values = { "CODE" = "itraconazole" } }`'
    return at("PD761", message, Cell(file, rows[0], column), cure, mild=True)
