"""The forms of file that a library takes apart, by their endings."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from protocol_dsl.readers import dataset_json, duckdb_tables, parquet, workbook, xport
from protocol_dsl.readers.frames import read_json
from protocol_dsl.readers.rows import Loaded

EXTRA: Final = {
    ".duckdb": "duckdb",
    ".parquet": "readers",
    ".xlsx": "readers",
    "duckdb": "duckdb",
    "openpyxl": "readers",
    "pyarrow": "readers",
}
"""Which extra of the package brings what reads an ending, by that or by the library's name."""

_READ: Final[Mapping[str, Callable[[Path, str], Loaded]]] = {
    ".dsjc": dataset_json.read_compressed,
    ".duckdb": duckdb_tables.read,
    ".json": read_json,
    ".ndjson": dataset_json.read_lines,
    ".parquet": parquet.read,
    ".xlsx": workbook.read,
    ".xpt": xport.read,
}
_NAMES: Final[Mapping[str, Callable[[Path], tuple[str, ...]]]] = {
    ".duckdb": duckdb_tables.names_in,
    ".xlsx": workbook.names_in,
}


def read(path: Path, name: str) -> Loaded:
    """The tables of a file. Raises Flaw, ImportError, and what the library raises."""
    return _READ[path.suffix.casefold()](path, name)


def names_in(path: Path) -> tuple[str, ...]:
    """What a file of several tables calls them; nothing where it cannot be read, which is said once it is read."""
    names = _NAMES.get(path.suffix.casefold())
    try:
        return names(path) if names else ()
    except Exception:  # noqa: BLE001 - whatever a broken file makes its library raise
        return ()
