"""Parquet files as text, every value exactly as it is there: whole numbers beside empty cells stay whole."""

from pathlib import Path
from typing import Final

from protocol_dsl.readers.frames import MOST_CELLS, rows_of
from protocol_dsl.readers.rows import Loaded
from protocol_dsl.readers.xport import Flaw

_AT_ONCE: Final = 10_000  # rows


def read(path: Path, name: str) -> Loaded:
    """The table of a file. Raises Flaw, or what pyarrow raises."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        about = file.metadata
        if about.num_rows * about.num_columns > MOST_CELLS:  # a few bytes can stand for as many rows as one likes
            raise Flaw("PD701", f"the file has more than {MOST_CELLS:,} cells", help="split it")
        batches = ((column.to_pylist() for column in batch.columns) for batch in file.iter_batches(_AT_ONCE))
        values = (cells for batch in batches for cells in zip(*batch, strict=True))
        return Loaded((rows_of(tuple(file.schema_arrow.names), values, name, str(path)),))
