"""Rows from pandas frames, and from the forms of file that pandas or json take apart."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protocol_dsl.readers.rows import Row, Table

if TYPE_CHECKING:
    import pandas as pd

_MIDNIGHT = "T00:00:00"
_SMALLEST = 1e-70  # 16 ** -65, which is 5.4e-79, stands for zero


def table(frame: "pd.DataFrame", name: str, file: str) -> Table:
    """A frame as text; its first row is row 2, as if a header stood above it."""
    columns = tuple(str(column) for column in frame.columns)
    texts = [_texts(frame.iloc[:, index]) for index in range(len(columns))]
    return _rows(columns, zip(*texts, strict=True) if texts else (), name, file)


def _texts(column: "pd.Series[Any]") -> list[str]:
    """Each value as text, values that are the same once; in a mixed column 1 is the same as 1.0 and True."""
    values = column.tolist()
    if column.dtype.kind in "biufM" or set(map(type, values)) <= {str, type(None), float}:
        texts = {value: _text(value) for value in set(values)}
        return [texts[value] for value in values]
    return list(map(_text, values))


def read(path: Path, name: str) -> tuple[Table, ...]:
    """The tables of a file: JSON lists of objects, or by name; the sheets of a workbook; one of Parquet or XPT."""
    suffix = path.suffix.casefold()
    if suffix == ".json":
        return _json(path, name)
    import pandas as pd

    if suffix == ".parquet":
        return (table(pd.read_parquet(path), name, str(path)),)
    if suffix == ".xpt":
        return (table(_with_zeros(pd.read_sas(path, format="xport", encoding="utf-8")), name, str(path)),)
    sheets = pd.read_excel(path, sheet_name=None, dtype=object)
    if len(sheets) == 1:
        return (table(next(iter(sheets.values())), name, str(path)),)
    return tuple(table(frame, str(sheet), f"{path}[{sheet}]") for sheet, frame in sheets.items())


def _with_zeros(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Zeros of SAS transport, which pandas reads as the smallest number that IBM's form of it can hold, as zeros."""
    numbers = frame.select_dtypes("number")
    return frame.assign(**numbers.mask(numbers.abs() < _SMALLEST, 0))


def _json(path: Path, name: str) -> tuple[Table, ...]:
    held = json.loads(path.read_bytes().decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    tables = held if isinstance(held, dict) else {name: held}
    return tuple(
        _objects(objects, each, str(path) if len(tables) == 1 else f"{path}[{each}]")
        for each, objects in tables.items()
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
