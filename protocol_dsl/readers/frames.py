"""Rows from pandas frames, and from the forms of file that pandas or json take apart."""

import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.display import safe
from protocol_dsl.readers import dataset_json, xport
from protocol_dsl.readers.rows import LARGEST, Loaded, Row, Table, at

if TYPE_CHECKING:
    import pandas as pd

_MIDNIGHT = "T00:00:00"
_MOST_CELLS = 100_000_000


def table(frame: "pd.DataFrame", name: str, file: str) -> Table:
    """A frame as text; its first row is row 2, as if a header stood above it."""
    columns = tuple(str(column) for column in frame.columns)
    texts = [_texts(frame.iloc[:, index]) for index in range(len(columns))]
    return _rows(columns, zip(*texts, strict=True) if texts else (), name, file)


def record(cells: Mapping[str, object]) -> Loaded:
    """A table of one row, from single values or lists of them by column; what is neither is an error, and left out."""
    columns = tuple(map(str, cells))
    taken = [all(map(_is_single, _parts(value))) for value in cells.values()]
    texts = tuple(_text(value) if good else "" for value, good in zip(cells.values(), taken, strict=True))
    refused = (
        at(
            "PD720",
            f"`{safe(column)}` is given as `{safe(type(value).__name__)}`, which is no value",
            Cell("record", 2, column),
            "give a text, a number, a day, or None",
        )
        for column, value, good in zip(columns, cells.values(), taken, strict=True)
        if not good
    )
    return Loaded((Table("patients", "record", columns, (Row(2, texts),)),), tuple(refused))


def _parts(value: Any) -> list[Any]:  # noqa: ANN401
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _texts(column: "pd.Series[Any]") -> list[str]:
    """Each value as text, values that are the same once; in a mixed column 1 is the same as 1.0 and True."""
    values = column.tolist()
    if column.dtype.kind in "biufM" or set(map(type, values)) <= {str, type(None), float}:
        texts = {value: _text(value) for value in set(values)}
        return [texts[value] for value in values]
    return list(map(_text, values))


def read(path: Path, name: str) -> Loaded:
    """The tables of a file: JSON, a list of objects or several by name; the sheets of a workbook; one of the others."""
    suffix = path.suffix.casefold()
    if suffix == ".json":
        return _json(path, name)
    if suffix == ".xlsx":
        return _workbook(path, name)
    return _ONE[suffix](path, name)


def _parquet(path: Path, name: str) -> Loaded:
    import pandas as pd
    import pyarrow.parquet as pq

    about = pq.read_metadata(path)
    if about.num_rows * about.num_columns > _MOST_CELLS:  # a few bytes can stand for as many rows as one likes
        raise xport.Flaw("PD701", f"the file has more than {_MOST_CELLS:,} cells", help="split it")
    return Loaded((table(pd.read_parquet(path), name, str(path)),))


_ONE = {
    ".parquet": _parquet,
    ".xpt": xport.read,
    ".ndjson": dataset_json.read_lines,
    ".dsjc": dataset_json.read_compressed,
}


def _workbook(path: Path, name: str) -> Loaded:
    import pandas as pd

    with zipfile.ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > LARGEST:
            raise xport.Flaw("PD701", f"the file unpacks to more than {LARGEST:,} bytes", help="split it")
    sheets = pd.read_excel(path, sheet_name=None, dtype=object)
    if len(sheets) == 1:
        return Loaded((table(next(iter(sheets.values())), name, str(path)),))
    return Loaded(tuple(table(frame, str(sheet), f"{path}[{sheet}]") for sheet, frame in sheets.items()))


def _json(path: Path, name: str) -> Loaded:
    held = dataset_json.loads(path.read_bytes())
    if dataset_json.is_dataset(held):
        return dataset_json.table(held, name, str(path))
    tables = held if isinstance(held, dict) else {name: held}
    return Loaded(
        tuple(
            _objects(objects, each, str(path) if len(tables) == 1 else f"{path}[{each}]")
            for each, objects in tables.items()
        )
    )


def _objects(objects: Any, name: str, file: str) -> Table:  # noqa: ANN401 - whatever the JSON holds
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        message = f"`{name}` is not a list of objects"
        raise ValueError(message)
    columns = tuple(dict.fromkeys(key for one in objects for key in one))
    return _table(columns, ([one.get(column) for column in columns] for one in objects), name, file)


def _table(columns: tuple[str, ...], values: Iterable[Iterable[Any]], name: str, file: str) -> Table:
    return _rows(columns, (tuple(map(_text, cells)) for cells in values), name, file)


def _rows(columns: tuple[str, ...], texts: Iterable[tuple[str, ...]], name: str, file: str) -> Table:
    rows = (Row(number, cells) for number, cells in enumerate(texts, start=2))
    return Table(name, file, tuple(c.strip() for c in columns), tuple(row for row in rows if any(row.cells)))


def _is_single(value: Any) -> bool:  # noqa: ANN401
    """A text, number, day, nothing, or one of those as numpy and pandas have them."""
    if value is None or isinstance(value, str | Number | date) or (hasattr(value, "item") and hasattr(value, "dtype")):
        return getattr(value, "ndim", 0) == 0
    return type(value).__name__ in ("NAType", "NaTType")


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a frame holds
    """What would be written in a CSV file; nothing for None, NaN, NaT and NA.

    Binary fractions keep 12 digits: statistical software stores 5.2 as 5.199999999999999.
    """
    if isinstance(value, str):
        return value.strip()
    if hasattr(value, "__len__") and hasattr(value, "tolist"):  # an array, as Parquet has for a list
        value = value.tolist()
    if isinstance(value, list | tuple | set | frozenset):
        return ";".join(sorted(map(_text, value)) if isinstance(value, set | frozenset) else map(_text, value))
    if value is None or _is_na(value):
        return ""
    if isinstance(value, date):  # a moment too
        return value.isoformat().removesuffix(_MIDNIGHT)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(float(f"{value:.12g}"))
    return str(value)


def _is_na(value: Any) -> bool:  # noqa: ANN401
    """NaN and NaT differ from themselves; NA has no truth."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except (TypeError, ValueError):
        return True
