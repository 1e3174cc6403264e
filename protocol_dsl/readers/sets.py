"""The names in a set's own file: a CSV beside the protocol, or one that ships with the library."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from protocol_dsl.base.shipped import shipped

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+\.csv")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
LONGEST = 1_000_000
"""A set's file is at most so many bytes long."""

Names = tuple[str, ...] | None


def names_beside(folder: Path | None) -> Callable[[str], Names]:
    """How the names in a set's file are found: in the folder of the protocol, else in the shipped library.

    A file is named without any folder, so that a protocol cannot look elsewhere. What is not there, or is not a list of
    names, gives None.
    """

    def names(file: str) -> Names:
        if not _PLAIN_NAME.fullmatch(file):
            return None
        library = shipped("protocols") / "library"
        for place in (*(() if folder is None else (folder,)), library):
            path = place / file
            if path.is_file() and not (isinstance(path, Path) and path.is_symlink()):
                with path.open("rb") as found:
                    return _read(found.read(LONGEST + 1))
        return None

    return names


def _read(data: bytes) -> Names:
    """The first column, below a head that says `name`; spaces and capitals are put into the form of a name."""
    if len(data) > LONGEST:
        return None
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    column = [row[0].strip().lower().replace(" ", "_").replace("-", "_") for row in rows if row and row[0].strip()]
    names = column[1:] if column[:1] == ["name"] else column
    return tuple(dict.fromkeys(names)) if names and all(map(_NAME.fullmatch, names)) else None
