"""SAS transport files, version 5, as tables: pandas takes them apart, what it would let pass is looked at before."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.readers.rows import Loaded, at

if TYPE_CHECKING:
    import pandas as pd

_CARD: Final = 80  # SAS TS-140: every record is padded with blanks to 80 bytes
_MEMBER: Final = b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
_LIBRARY: Final = b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"
_SMALLEST: Final = 1e-70  # 16 ** -65, which is 5.4e-79, stands for zero


@frozen
class Flaw(Exception):  # noqa: N818 - what is wrong with a file, and where
    """Why a file cannot be used: its code, what to say, perhaps a row and a column, and what would do."""

    code: str
    message: str
    row: int | None = None
    column: str | None = None
    help: str | None = None


def read(path: Path, name: str) -> Loaded:
    """The one data set of a file; rows that are no text are unsound. Raises Flaw where something of it is missing."""
    import pandas as pd

    from protocol_dsl.readers.frames import table

    _look(path)
    with pd.read_sas(path, format="xport", encoding=None, iterator=True) as reader:
        known: Any = reader  # of what it knows, pandas publishes no types
        known.nobs = _count(path, known)
        frame = _with_zeros(reader.read()) if known.nobs else pd.DataFrame(columns=list(known.columns))
    columns, undecoded = _decoded(frame)
    found = table(frame.assign(**columns), name, str(path))
    cure = "save the data set with the encoding UTF-8"
    problems = [at("PD702", "the cell is not UTF-8 text", Cell(str(path), row, name), cure) for row, name in undecoded]
    faulty = {row for row, _ in undecoded}
    rows = tuple(evolve(row, sound=row.number not in faulty) for row in found.rows) if faulty else found.rows
    return Loaded((evolve(found, rows=rows),), tuple(problems))


def _look(path: Path) -> None:
    with path.open("rb") as file:
        data = file.read()
    if not data.startswith(_LIBRARY):
        raise Flaw(
            "PD701",
            "the file cannot be read: it is no SAS transport file of version 5",
            help="save it as XPT version 5, or as CSV",
        )
    if len(data) % _CARD:
        raise Flaw(
            "PD701",
            "the file cannot be read whole: it ends in the middle of a record",
            help="get it again; a part of it is missing",
        )
    starts = [at for at in _every(data, _MEMBER) if at % _CARD == 0]
    if len(starts) > 1:
        raise Flaw("PD701", f"the file holds {len(starts)} data sets", help="write one file for each data set")


def _every(data: bytes, wanted: bytes) -> list[int]:
    found, at = [], data.find(wanted)
    while at >= 0:
        found.append(at)
        at = data.find(wanted, at + 1)
    return found


def _count(path: Path, reader: Any) -> int:  # noqa: ANN401
    """How many rows there are: up to the last byte that is no blank, for blanks fill the last record.

    pandas takes eight blanks anywhere in the last record for the end, although they may be an empty cell of a row.
    """
    with path.open("rb") as file:
        file.seek(reader.record_start)
        data = file.read()
    length = max(int(reader.record_length), 1)
    rows = -(-len(data.rstrip(b" ")) // length)
    if rows * length > len(data):
        message = "the file cannot be read whole: it ends in the middle of a row"
        raise Flaw("PD701", message, rows + 1, help="get it again")
    return rows


def _decoded(frame: "pd.DataFrame") -> tuple[dict[str, list[str]], list[tuple[int, str]]]:
    """The columns of text, and where cells are none: SAS does not say of which alphabet they are."""
    texts = {str(name): frame[name].tolist() for name in frame.columns if frame[name].dtype.kind not in "biuf"}
    undecoded: list[tuple[int, str]] = []
    return {name: list(_texts(cells, name, undecoded)) for name, cells in texts.items()}, undecoded


def _texts(cells: list[Any], column: str, undecoded: list[tuple[int, str]]) -> Iterator[str]:
    known: dict[Any, str | None] = {}
    for number, cell in enumerate(cells, start=2):
        if cell not in known:
            known[cell] = _text(cell)
        found = known[cell]
        if found is None:
            undecoded.append((number, column))
        yield found or ""


def _text(cell: object) -> str | None:
    try:
        return cell.decode("utf-8") if isinstance(cell, bytes) else ""
    except UnicodeDecodeError:
        return None


def _with_zeros(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Zeros of SAS transport, which pandas reads as the smallest number that IBM's form of it can hold, as zeros."""
    numbers = frame.select_dtypes("number")
    return frame.assign(**numbers.mask(numbers.abs() < _SMALLEST, 0))
