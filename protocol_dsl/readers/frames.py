"""Values of any kind as text, as they would stand in a CSV file; rows of them, from frames and from JSON."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.display import safe
from protocol_dsl.readers import dataset_json
from protocol_dsl.readers.rows import Loaded, Row, Table, at

if TYPE_CHECKING:
    import pandas as pd

_MIDNIGHT: Final = "T00:00:00"
MOST_CELLS: Final = 100_000_000
"""A table has at most so many cells."""


def table(frame: "pd.DataFrame", name: str, file: str) -> Table:
    """A frame as text; its first row is row 2, as if a header stood above it."""
    columns = tuple(str(column) for column in frame.columns)
    texts = [_texts(frame.iloc[:, index]) for index in range(len(columns))]
    return _rows(columns, zip(*texts, strict=True) if texts else (), name, file)


def record(cells: Mapping[str, object]) -> Loaded:
    """A table of one row, from single values or lists of them by column; what is neither is an error, and left out."""
    columns = tuple(map(str, cells))
    taken = [all(map(_is_single, _parts(value))) for value in cells.values()]
    texts = tuple(text_of(value) if good else "" for value, good in zip(cells.values(), taken, strict=True))
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
        texts = {value: text_of(value) for value in set(values)}
        return [texts[value] for value in values]
    return list(map(text_of, values))


def read_json(path: Path, name: str) -> Loaded:
    """The tables of a file: a list of objects, several by name, or a data set of CDISC. Raises ValueError."""
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
    return rows_of(columns, ([one.get(column) for column in columns] for one in objects), name, file)


def rows_of(columns: tuple[str, ...], values: Iterable[Iterable[Any]], name: str, file: str) -> Table:
    """A table of values; its first row is row 2, as if a header stood above it."""
    return _rows(columns, (tuple(map(text_of, cells)) for cells in values), name, file)


def _rows(columns: tuple[str, ...], texts: Iterable[tuple[str, ...]], name: str, file: str) -> Table:
    rows = (Row(number, cells) for number, cells in enumerate(texts, start=2))
    return Table(name, file, tuple(c.strip() for c in columns), tuple(row for row in rows if any(row.cells)))


def _is_single(value: Any) -> bool:  # noqa: ANN401
    """A text, number, day, nothing, or one of those as numpy and pandas have them."""
    if value is None or isinstance(value, str | Number | date) or (hasattr(value, "item") and hasattr(value, "dtype")):
        return getattr(value, "ndim", 0) == 0
    return type(value).__name__ in ("NAType", "NaTType")


def text_of(value: Any) -> str:  # noqa: ANN401 - whatever a frame holds
    """What would be written in a CSV file; nothing for None, NaN, NaT and NA.

    Binary fractions keep 12 digits: statistical software stores 5.2 as 5.199999999999999.
    """
    if value is None or type(value) is int:
        return "" if value is None else str(value)
    if isinstance(value, str):
        return value.strip()
    if hasattr(value, "__len__") and hasattr(value, "tolist"):  # an array, as Parquet has for a list
        value = value.tolist()
    if isinstance(value, list | tuple | set | frozenset):
        return ";".join(sorted(map(text_of, value)) if isinstance(value, set | frozenset) else map(text_of, value))
    if _is_na(value):
        return ""
    if isinstance(value, date):  # a moment too
        return value.isoformat().removesuffix(_MIDNIGHT)
    return _number(value) if isinstance(value, float | Decimal) else str(value)


def _number(value: float | Decimal) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else str(value)
    return str(int(value)) if value.is_integer() else str(float(f"{value:.12g}"))


def _is_na(value: Any) -> bool:  # noqa: ANN401
    """NaN and NaT differ from themselves; NA has no truth."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except (TypeError, ValueError):
        return True
