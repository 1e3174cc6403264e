"""Tables of a DuckDB database, and of Parquet files read by it; both are only read.

Nothing that a database holds can reach beyond its own file: views over other files, the network and extensions are
closed to it.
"""

import glob
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.display import safe
from protocol_dsl.readers.frames import MOST_CELLS, rows_of
from protocol_dsl.readers.rows import Loaded, Table, refused
from protocol_dsl.readers.xport import Flaw

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE: Final = 10_000  # rows
_CLOSED: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "lock_configuration": "true",
    "temp_directory": "",
    "threads": "1",  # rows stay in their order
}
_TABLES: Final = (
    "select schema_name, table_name from duckdb_tables() where not internal "
    "union all select schema_name, view_name from duckdb_views() where not internal order by all"
)

_CONCEPTS: Final = (
    "select concept_id, concept_name, concept_code from {} "
    "where try_cast(concept_id as bigint) in (select unnest(?::bigint[]))"
)


def names_in(path: Path) -> tuple[str, ...]:
    """The names of the tables and views of a database. Raises what DuckDB raises."""
    with _opened(path) as database:
        return tuple(name for _, name in _named(database))


def read(path: Path, _: str, wanted: Callable[[str], bool] = lambda _: True) -> Loaded:
    """The tables and views of a database, each called as it is there. Raises what DuckDB raises."""
    with _opened(path) as database:
        parts = (_one(database, schema, name, path) for schema, name in _named(database) if wanted(name))
        return sum(parts, Loaded())


def _one(database: "DuckDBPyConnection", schema: str, name: str, path: Path) -> Loaded:
    """A table; of a view that cannot be read, or has no end, a word."""
    import duckdb

    file = f"{path}[{safe(name)}]"
    try:
        database.execute(f"select {_columns(database, schema, name)} from {_quoted(schema)}.{_quoted(name)}")  # noqa: S608 - quoted
        return Loaded((_table(database, name, file),))
    except Flaw as flaw:
        return refused(flaw.code, flaw.message, file, flaw.help)
    except duckdb.Error as error:
        return refused("PD701", f"`{safe(name)}` cannot be read: {' '.join(str(error).split())[:200]}", file)


def _columns(database: "DuckDBPyConnection", schema: str, name: str) -> str:
    """The columns; moments with a zone as they are written, for Python has no zones by itself."""
    database.execute(f"describe {_quoted(schema)}.{_quoted(name)}")
    zoned = [(_quoted(str(one[0])), "WITH TIME ZONE" in str(one[1])) for one in database.fetchall()]
    return ", ".join(f"cast({column} as varchar) as {column}" if cast else column for column, cast in zoned) or "*"


def parquet(path: Path, name: str) -> Loaded:
    """The table of a Parquet file. Raises Flaw, or what DuckDB raises."""
    import duckdb

    with duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"}) as database:
        found = database.execute("select * from read_parquet(?)", [glob.escape(str(path))])
        return Loaded((_table(found, name, str(path)),))


def _opened(path: Path) -> "DuckDBPyConnection":
    import duckdb

    return duckdb.connect(str(path), read_only=True, config=_CLOSED)


def _named(database: "DuckDBPyConnection") -> list[tuple[str, str]]:
    return [(str(schema), str(name)) for schema, name in database.execute(_TABLES).fetchall()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(found: "DuckDBPyConnection", name: str, file: str) -> Table:
    columns = tuple(str(one[0]) for one in found.description or ())
    return rows_of(columns, _fetched(found, len(columns), name), name, file)


def _fetched(found: "DuckDBPyConnection", width: int, name: str) -> Iterator[Sequence[Any]]:
    """The rows, until there are more cells than a table may have: a view may have as many as it likes."""
    cells = 0
    while rows := found.fetchmany(_AT_ONCE):
        cells += len(rows) * width
        if cells > MOST_CELLS:
            raise Flaw("PD701", f"`{safe(name)}` has more than {MOST_CELLS:,} cells", help="split it")
        yield from rows


def chosen(path: Path, ids: Iterable[int]) -> dict[str, tuple[str, str]]:
    """Of a vocabulary's concepts those with these ids: their name and code. Raises what DuckDB raises.

    The file is a database with a table `concept`, or a table itself: Parquet, or text with commas or tabs.
    """
    import duckdb

    suffix = path.suffix.casefold()
    if suffix == ".duckdb":
        with _opened(path) as database:
            places = [(schema, name) for schema, name in _named(database) if name.casefold() == "concept"]
            found = [
                row
                for schema, name in places
                for row in database.execute(_CONCEPTS.format(f"{_quoted(schema)}.{_quoted(name)}"), [[*ids]]).fetchall()
            ]
    else:
        with duckdb.connect(config={"threads": "1", "autoinstall_known_extensions": "false"}) as database:
            source, options = _source(path, suffix)
            found = database.execute(_CONCEPTS.format(source), [*options, [*ids]]).fetchall()
    return {str(number): (str(name or ""), str(code or "")) for number, name, code in found}


def _source(path: Path, suffix: str) -> tuple[str, list[str]]:
    escaped = glob.escape(str(path))
    if suffix == ".parquet":
        return "read_parquet(?)", [escaped]
    with path.open("rb") as file:
        mark, quote = ("\t", "") if b"\t" in file.readline(10_000) else (",", '"')
    return "read_csv(?, delim = ?, quote = ?, header = true, all_varchar = true)", [escaped, mark, quote]
