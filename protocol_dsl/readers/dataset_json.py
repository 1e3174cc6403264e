"""CDISC Dataset-JSON 1.1: a data set as JSON, as JSON lines, or either of them compressed (DSJC).

CDISC Dataset-JSON v1.1 (2024): the object has `datasetJSONVersion`, `name`, `columns` and `rows`, and `records` says
how many rows there are. Of JSON lines the first is the object without its rows, each other one is a row. DSJC is
JSON lines compressed.
"""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeGuard

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.display import safe
from protocol_dsl.readers.rows import LARGEST, Loaded, Row, Table, at
from protocol_dsl.readers.xport import Flaw

LARGEST_JSON: Final = 128 * 2**20  # bytes: read as a whole, JSON takes many times its length
LONGEST_LINE: Final = 16 * 2**20  # bytes

_SAID: Final = "datasetJSONVersion"
_EITHER: Final = zlib.MAX_WBITS | 32  # gzip or zlib, whichever the first bytes say


def is_dataset(held: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is a data set, or the head of one."""
    return isinstance(held, dict) and _SAID in held


def read_lines(path: Path, name: str) -> Loaded:
    """The table of a file of JSON lines. Raises Flaw."""
    return _lines(path.read_bytes(), name, str(path))


def read_compressed(path: Path, name: str) -> Loaded:
    """The table of a compressed file, which may not grow beyond what any file may hold. Raises Flaw."""
    unpack = zlib.decompressobj(_EITHER)
    try:
        data = unpack.decompress(path.read_bytes(), LARGEST + 1)
    except zlib.error as error:
        raise Flaw(
            "PD701", "the file cannot be unpacked", help="a DSJC file is compressed with gzip or zlib"
        ) from error
    if len(data) > LARGEST:
        raise Flaw("PD701", f"the file unpacks to more than {LARGEST:,} bytes", help="split it")
    if not unpack.eof:
        raise Flaw("PD701", "the file ends before its data do", help="get it again; a part of it is missing")
    return _lines(data, name, str(path))


def _lines(data: bytes, name: str, file: str) -> Loaded:
    head, rows = None, []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            held = _held(line, number)
            if head is None:
                head = held
            else:
                rows.append(held)
    if not is_dataset(head):
        raise Flaw("PD703", "the first line is not the head of a data set", 1, help=f"it needs `{_SAID}` and `columns`")
    return table({**head, "rows": rows}, name, file)


def _held(line: bytes, number: int) -> Any:  # noqa: ANN401 - whatever the line holds
    if len(line) > LONGEST_LINE:
        raise Flaw("PD701", f"the line has more than {LONGEST_LINE:,} bytes", number, help="a row has far fewer")
    try:
        return loads(line, number)
    except (ValueError, RecursionError) as error:
        raise Flaw("PD701", "the line is not JSON", number, help="get the file again") from error


def loads(data: bytes, line: int | None = None) -> Any:  # noqa: ANN401 - whatever the data hold
    """JSON with its numbers as they are written, so that none is rounded. Raises Flaw, ValueError or RecursionError."""
    if len(data) > LARGEST_JSON:
        cure = "split it, or write a row on each line (.ndjson)"
        raise Flaw("PD701", f"the file has more than {LARGEST_JSON:,} bytes to be read at once", help=cure)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what, place = ("line", line) if line else ("file", data.count(b"\n", 0, error.start) + 1)
        raise Flaw("PD702", f"the {what} is not UTF-8 text", place, help="save the file as UTF-8") from error
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Flaw("PD704", f"the key `{safe(twice[:60])}` stands twice in an object", help="keep one of them")
    return found


def table(held: dict[str, Any], name: str, file: str) -> Loaded:
    """A data set as a table: its first row is row 2, as if a header stood above it. Raises Flaw."""
    columns, rows = _columns(held), held.get("rows") or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Flaw("PD703", "`rows` is not a list of rows", help="each row is a list of cells")
    told = held.get("records")
    if told is not None and str(told) != str(len(rows)):
        said = f"the file has {len(rows)} rows and says that it has {str(told)[:20]}"
        raise Flaw("PD701", said, help="get it again; a part of it is missing")
    found = tuple(_rows(rows, len(columns)))
    said = "the row has another number of cells than the columns"
    problems = [at("PD706", said, Cell(file, row.number)) for row in found if not row.sound]
    return Loaded((Table(name, file, columns, found),), tuple(problems))


def _columns(held: dict[str, Any]) -> tuple[str, ...]:
    columns = held.get("columns")
    named = [one.get("name") for one in columns if isinstance(one, dict)] if isinstance(columns, list) else []
    if not named or not isinstance(columns, list) or len(named) != len(columns):
        raise Flaw("PD703", "`columns` is not a list of named columns", help="each has a `name`")
    if not all(isinstance(one, str) and one.strip() for one in named):
        raise Flaw("PD703", "a column has no name", help="each has a `name`")
    return tuple(str(one).strip() for one in named)


def _rows(rows: list[list[Any]], wide: int) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=2):
        texts = tuple(map(_text, cells[:wide]))
        if any(texts) or len(cells) != wide:
            yield Row(number, (*texts, *("",) * (wide - len(texts))), sound=len(cells) == wide)


def _text(cell: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    if cell is None:
        return ""
    return cell.strip() if isinstance(cell, str) else json.dumps(cell) if isinstance(cell, dict | list) else str(cell)
