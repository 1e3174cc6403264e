"""Files of rows: a folder, or a file, as tables of text, with what is wrong with the files themselves."""

import csv
import io
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from sys import intern
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.nearest import nearest

LARGEST = 512 * 2**20
"""A file has at most so many bytes."""

_LONGEST_CELL = 1_000_000  # characters; longer, and a quote was never closed


@frozen
class Row:
    """A row with its number, the header being row 1; an empty cell is an empty text.

    `sound` is False where the cells cannot be told to stand under the right columns. `beside` is what else its source
    says: two rows whose cells are the same are one only where that is the same too.
    """

    number: int
    cells: tuple[str, ...]
    sound: bool = True
    beside: tuple[str, ...] = ()


@frozen
class Table:
    """The rows of a file that hold anything; `name` is what it is about, `file` what a person calls it.

    `written` is what the file itself calls the columns, where they were given other names.
    """

    name: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    written: tuple[str, ...] = ()


@frozen
class Loaded:
    """The tables that could be read, what was wrong, and the files of which nothing, or not all, could be read."""

    tables: tuple[Table, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    unread: tuple[str, ...] = ()

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.tables + other.tables, self.problems + other.problems, self.unread + other.unread)


def at(code: str, message: str, where: Cell, help: str | None = None, *, mild: bool = False) -> Diagnostic:  # noqa: A002
    """A diagnostic about a cell, a row or a file; `mild` makes it a warning."""
    return Diagnostic(code, Severity.WARNING if mild else Severity.ERROR, message, Label(where), help=help)


def refused(code: str, message: str, file: str, help: str | None = None, row: int | None = None) -> Loaded:  # noqa: A002
    """Nothing of a file, for this reason."""
    return Loaded(problems=(at(code, message, Cell(file, row), help),), unread=(file,))


Form = Callable[[Path, str], Loaded]
"""How the tables of a file are read, given what a single one is to be called. It may raise whatever it likes."""


def load(
    path: Path, leave: Callable[[str], bool] = lambda _: False, forms: Mapping[str, Form] = MappingProxyType({})
) -> Loaded:
    """The tables of a folder, each named after its file, or of one file, which is `patients`.

    Files of a folder that are to be left, by their names without endings, are not looked into. `forms` are ways, by the
    ending, of reading files otherwise.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _folder(path, leave, forms)
    except (OSError, ValueError) as error:
        near = _near(path)
        cure = f"`{near}` is near" if near else "name a folder, or a CSV file"
        return refused("PD701", f"`{path}` cannot be read: {_why(error)}", str(path), cure)
    suffix = path.suffix.casefold()
    found = _file(path, "patients", forms) if suffix in _READERS else None
    cure = _NOT_READ.get(suffix, "give a folder of CSV files, or one CSV file")
    return found or refused("PD701", f"`{path.name}` is no table", str(path), cure)


def _near(path: Path) -> str | None:
    """What lies beside a path that is not there, and is called much like it."""
    try:
        beside = [one.name for one in path.parent.iterdir()]
    except (OSError, ValueError):
        return None
    found = nearest(path.name, beside)
    return found and str(path.with_name(found))


def _folder(path: Path, leave: Callable[[str], bool], forms: Mapping[str, Form]) -> Loaded:
    try:
        names = sorted(entry.name for entry in os.scandir(path) if not leave(Path(entry.name).stem))
    except OSError as error:
        return refused("PD701", f"the folder cannot be listed: {_why(error)}", str(path))
    loaded = Loaded()
    for name in names:
        loaded += _file(path / name, Path(name).stem, forms) or Loaded()
    tables = [table.name for table in loaded.tables]
    twice = next((table for table in loaded.tables if tables.count(table.name) > 1), None)
    if twice is not None:
        files = " and ".join(f"`{Path(t.file).name}`" for t in loaded.tables if t.name == twice.name)
        return loaded + refused("PD704", f"{files} hold the same table", twice.file, "keep one of them")
    if not loaded.tables and not loaded.unread:
        return refused("PD701", "the folder holds no table", str(path), "it needs a file patients.csv")
    return loaded


def _file(path: Path, name: str, forms: Mapping[str, Form]) -> Loaded | None:
    """The tables of a file; None where its name says that it is no table."""
    suffix = path.suffix.casefold()
    reader = _READERS.get(suffix)
    if reader is None:
        cure = _NOT_READ.get(suffix)
        message = f"`{path.suffix}` is no form of table that is read here, so that the file is not used"
        return Loaded(problems=(at("PD705", message, Cell(str(path)), cure, mild=True),)) if cure else None
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return refused("PD701", f"`{path.name}` is not a file", str(path), "rename or move it")
        if found.st_size > LARGEST:
            return refused("PD701", f"the file has more than {LARGEST:,} bytes", str(path), "split it")
        return _guarded(path, name, forms[suffix]) if suffix in forms else reader(path, name)
    except OSError as error:
        return refused("PD701", f"the file cannot be read: {_why(error)}", str(path))


def _why(error: Exception) -> str:
    """The reason in the words of the operating system."""
    return (getattr(error, "strerror", None) or str(error)).lower()


# --- CSV ----------------------------------------------------------------------------------------------------------


def _csv(path: Path, name: str) -> Loaded:
    return read_csv(path.read_bytes(), name, str(path))


def read_csv(data: bytes, name: str, file: str) -> Loaded:
    """A table from the bytes of a CSV file: UTF-8, commas, quotes doubled, any line ends."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return refused("PD702", "the file is not UTF-8 text", file, "save it as CSV UTF-8", line)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        return refused("PD702", "the file has a null byte and is not text", file, "save it as CSV UTF-8", line)
    return _table((line for line in _lines(data) if line[1]), name, file)


def _lines(data: bytes) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with the number of its first line; for one that cannot be taken apart, the reason."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), strict=True)
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        while True:
            first = reader.line_num + 1
            try:
                yield first, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield first, str(error)
    finally:
        csv.field_size_limit(before)


def _table(lines: Iterator[tuple[int, list[str] | str]], name: str, file: str) -> Loaded:
    _, head = next(lines, (0, ""))
    if isinstance(head, str) or not any(head):
        return refused("PD703", "the file has no header", file, "its first line names the columns")
    columns = tuple(cell.strip() for cell in head)
    if len(columns) == 1 and any(mark in columns[0] for mark in ";\t"):
        return refused("PD703", "the columns are not separated by commas", file, "save it with commas", 1)
    rows, problems, broken = [], [], False
    for number, cells in lines:
        if isinstance(cells, str):
            broken = True
            message = "the quotes of this row do not close, so that it and what follows cannot be told apart"
            problems.append(at("PD707", message, Cell(file, number), 'double a quote inside quotes: `""`'))
            rows.append(Row(number, ("",) * len(columns), sound=False))
        elif any(map(str.strip, cells)):
            row, problem = _row(number, cells, columns, file)
            rows.append(row)
            problems += [problem] if problem else []
    return Loaded((Table(name, file, columns, tuple(rows)),), tuple(problems), (file,) if broken else ())


def _row(number: int, cells: list[str], columns: tuple[str, ...], file: str) -> tuple[Row, Diagnostic | None]:
    stripped = tuple(map(intern, map(str.strip, cells)))  # tables repeat themselves, and memory need not
    if len(stripped) == len(columns):
        return Row(number, stripped), None
    message = f"the row has {len(stripped)} cells and the header {len(columns)}"
    cure = (
        "put a cell with a comma into quotes" if len(stripped) > len(columns) else "write a comma for each empty cell"
    )
    padded = (*stripped, *[""] * (len(columns) - len(stripped)))
    return Row(number, padded[: len(columns)], sound=False), at("PD706", message, Cell(file, number), cure)


# --- other forms --------------------------------------------------------------------------------------------------


def from_frames(frames: Mapping[str, Any]) -> Loaded:
    """The tables of pandas frames, each by its name."""
    from protocol_dsl.readers.frames import table

    return Loaded(tuple(table(frame, str(name), str(name)) for name, frame in frames.items()))


def _other(path: Path, name: str) -> Loaded:
    from protocol_dsl.readers import forms

    return _guarded(path, name, forms.read)


def _guarded(path: Path, name: str, form: Form) -> Loaded:
    """What a library makes of a file; a word where it cannot, or is not there."""
    from protocol_dsl.readers.forms import EXTRA
    from protocol_dsl.readers.xport import Flaw

    try:
        return form(path, name)
    except Flaw as flaw:
        where = Cell(str(path), flaw.row, flaw.column)
        return Loaded(problems=(at(flaw.code, flaw.message, where, flaw.help),), unread=(str(path),))
    except ImportError as error:
        extra = EXTRA.get(error.name or "") or EXTRA.get(path.suffix.casefold(), "readers")
        needed = error.name or extra
        cure = f'pip install "protocol-dsl[{extra}]"'
        return refused("PD701", f"reading `{path.suffix}` needs {needed}", str(path), cure)
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes its library raise
        return refused("PD701", f"the file cannot be read: {' '.join(str(error).split())[:200]}", str(path))


_READERS: Final[dict[str, Callable[[Path, str], Loaded]]] = {
    ".csv": _csv,
    **dict.fromkeys((".dsjc", ".duckdb", ".json", ".ndjson", ".parquet", ".xlsx", ".xpt"), _other),
}
_NOT_READ: Final = {
    **dict.fromkeys((".xls", ".xlsb", ".xlsm", ".ods"), "save it as .xlsx or as CSV"),
    **dict.fromkeys((".tsv", ".tab"), "save it as CSV, with commas"),
    **dict.fromkeys((".sas7bdat", ".sav", ".dta", ".rds", ".feather"), "export it as CSV or Parquet"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "export its tables as CSV, or as a DuckDB database"),
    **dict.fromkeys((".zip", ".gz", ".7z", ".tar", ".bz2", ".xz", ".zst"), "unpack it"),
}
"""Endings of tables that are not read, and what to do."""
