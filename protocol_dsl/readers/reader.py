"""What each reader on the shelf offers, what it is given, and what it gives back."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.readers.bindings import NOTHING
from protocol_dsl.readers.forms import names_in
from protocol_dsl.readers.mapping import NO_MAPPING, MappingFile
from protocol_dsl.readers.rows import Loaded, Table, from_frames, load

if TYPE_CHECKING:
    import pandas as pd


@frozen(slots=False)
class Place:
    """What `--data` names: a folder, a file, or frames by name; and the mapping that came with it.

    `held` is what was read of it, where a reader does not read it as a whole.
    """

    what: "Path | Mapping[str, pd.DataFrame]"
    mapping: MappingFile = NO_MAPPING
    held: Loaded | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the files are called, without their endings and in small letters; of a file, or frames, likewise.

        The tables of a workbook and of a database are among them.
        """
        if isinstance(self.what, Mapping):
            return tuple(str(name).casefold() for name in self.what)
        try:
            inside = self.what.is_dir()
            paths = sorted(self.what.iterdir()) if inside else [self.what]
        except OSError:
            return ()
        inner = (name for path in paths for name in names_in(path))
        return tuple(name.casefold() for name in (*(path.stem for path in paths), *inner))

    @cached_property
    def loaded(self) -> Loaded:
        """All tables there; read once, and only if somebody asks. What the mapping calls blank is."""
        if self.held is not None:
            return self.without_blanks(self.held)
        return self.without_blanks(from_frames(self.what) if isinstance(self.what, Mapping) else load(self.what))

    def without_blanks(self, found: Loaded) -> Loaded:
        """The tables with nothing in the cells that the mapping calls blank."""
        blank = frozenset(self.mapping.blank)
        return evolve(found, tables=tuple(_blanked(one, blank) for one in found.tables)) if blank else found


def _blanked(table: Table, blank: frozenset[str]) -> Table:
    cells = (tuple("" if cell in blank else cell for cell in row.cells) for row in table.rows)
    return evolve(table, rows=tuple(evolve(row, cells=each) for row, each in zip(table.rows, cells, strict=True)))


@define
class Origin:
    """A file that was read, and what became of its rows so far: those `faulty`, and those set `aside` by what they are.

    Every other row was taken.
    """

    file: str
    rows: int
    faulty: set[int] = field(factory=set)
    aside: Counter[str] = field(factory=Counter)


@frozen
class Translated:
    """The data under the plain names of tables and columns, and where they come from.

    `origins` is None where the tables are the files themselves. `entries` is the whole mapping, by section, as it was
    given or is taken for granted; `unbound` says of each item and list that has no data why.
    """

    loaded: Loaded
    origins: tuple[Origin, ...] | None = None
    told_in: str = "patients.csv"
    entries: Mapping[str, Mapping[str, Mapping[str, Any]]] = NOTHING
    unbound: Mapping[str, str] = NOTHING


@frozen
class Reader:
    """A form of data: its name in a mapping, what people call it, how it is recognised, and how it is read.

    Readers are asked in the order of `rank`, then of their names; the first that recognises a place reads it.
    """

    name: str
    label: str
    recognises: Callable[[Place], bool]
    translate: Callable[[Protocol, Place], Translated]
    rank: int = 1
    mapped: bool = True
