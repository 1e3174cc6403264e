"""Excel workbooks: each sheet a table, its first row the header, its rows numbered as Excel numbers them."""

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import repeat, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.base.display import safe
from protocol_dsl.readers.frames import text_of
from protocol_dsl.readers.rows import LARGEST, Loaded, Row, Table, at
from protocol_dsl.readers.xport import Flaw

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_CELLS: Final = 20_000_000
_MOST_EMPTY: Final = 2_000_000
"""A file of a few bytes may have a value in the last row and column, and nothing before it."""

_AT_ONCE: Final = 2**20  # bytes

_ERROR: Final = "e"  # the type of a cell that holds `#DIV/0!` and the like
_FORMULA: Final = "f"


def names_in(path: Path) -> tuple[str, ...]:
    """The names of the sheets. Raises what openpyxl raises."""
    import openpyxl

    _held_down(path)
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    try:
        return tuple(book.sheetnames)
    finally:
        book.close()


def read(path: Path, name: str) -> Loaded:
    """The tables of a workbook; of one with a single sheet, called `name`. Raises Flaw, or what openpyxl raises."""
    import openpyxl

    _held_down(path)
    with warnings.catch_warnings(action="ignore"):  # of what a sheet has besides cells
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(path, read_only=True, keep_links=False) if _has_formulas(path) else book
        try:
            sheets = book.worksheets
            loaded = Loaded()
            for sheet in sheets:
                alone = len(sheets) == 1
                file = str(path) if alone else f"{path}[{safe(sheet.title)}]"
                loaded += _sheet(sheet, formulas[sheet.title], name if alone else sheet.title, file)
            return loaded
        finally:
            book.close()
            formulas.close()


def _held_down(path: Path) -> None:
    """Refuse what unpacks without end."""
    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > LARGEST:
            raise Flaw("PD701", f"the file unpacks to more than {LARGEST:,} bytes", help="split it")


def _has_formulas(path: Path) -> bool:
    """Whether some sheet has a formula: then it is read once more, to see where one was never worked out."""
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/"):
                before = b""
                with packed.open(name) as part:
                    while chunk := part.read(_AT_ONCE):
                        if b"<f>" in before + chunk or b"<f " in before + chunk:
                            return True
                        before = chunk[-2:]
    return False


def _sheet(sheet: "ReadOnlyWorksheet", formulas: "ReadOnlyWorksheet", name: str, file: str) -> Loaded:
    rows: list[Row] = []
    problems: list[Diagnostic] = []
    head: tuple[str, ...] = ()
    for number, cells, unusable in _cells(sheet, formulas, file):
        if number == 1:
            head = tuple(text.strip() for text in cells)
        elif any(cells) or unusable:
            rows.append(Row(number, cells, sound=not unusable))
        for place, why in unusable:
            column = head[place] if place < len(head) else None
            cure = "open the file in Excel, correct the cell, and save it"
            problems.append(at("PD720", why, Cell(file, number, column or None), cure))
    if not any(head):
        if not rows:
            return Loaded()  # an empty sheet, as Excel adds them
        raise Flaw("PD703", f"the sheet `{safe(sheet.title)}` has no header", 1, help="its first row names the columns")
    width = max([len(_trimmed(head)), *(len(_trimmed(row.cells)) for row in rows)])
    table = Table(name, file, _wide(head, width), tuple(evolve(row, cells=_wide(row.cells, width)) for row in rows))
    return Loaded((table,), tuple(problems))


_Unusable = list[tuple[int, str]]


def _cells(
    sheet: "ReadOnlyWorksheet", formulas: "ReadOnlyWorksheet", file: str
) -> Iterator[tuple[int, tuple[str, ...], _Unusable]]:
    """Each row with its number, the texts of its cells, and which of them hold nothing that can be used."""
    seen = empty = 0
    both = zip(sheet.iter_rows(), repeat(()) if formulas is sheet else formulas.iter_rows(), strict=False)
    for number, (values, written) in enumerate(both, start=1):
        seen += len(values)
        empty += sum(one.value is None for one in values)
        if seen > _MOST_CELLS or empty > _MOST_EMPTY:
            what, most = ("empty cells", _MOST_EMPTY) if empty > _MOST_EMPTY else ("cells", _MOST_CELLS)
            cure = "delete what lies far from the table, or split it"
            raise Flaw("PD701", f"`{safe(file)}` has more than {most:,} {what}", number, help=cure)
        pairs = zip_longest(values, written)
        unusable = [(place, why) for place, (one, formula) in enumerate(pairs) if (why := _why_not(one, formula))]
        yield number, tuple(text_of(one.value) for one in values), unusable


def _why_not(cell: Any, formula: Any) -> str:  # noqa: ANN401 - openpyxl has several kinds of cells
    if cell.data_type == _ERROR:
        return f"the cell holds the error `{safe(str(cell.value))}`"
    if formula is not None and cell.value is None and formula.data_type == _FORMULA:
        return "the cell holds a formula that was never worked out"
    return ""


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Without the empty cells at the end."""
    last = max((place for place, text in enumerate(cells) if text), default=-1)
    return cells[: last + 1]


def _wide(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells[:width], *[""] * (width - len(cells)))
