"""A table of a standard with its columns by name: those it has, and those that were worked out beside them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from protocol_dsl.readers.rows import Row, Table

Cells = Sequence[str]


@frozen(slots=False)
class Domain:
    """A table, and the name of what it holds: `LB`, also where the file is called `lbch`.

    `added` are columns that the table does not have itself, or has in another form, a cell for each row; `several` are
    those of them where a cell says the same in several texts, such as the codes of a result.
    """

    name: str
    table: Table
    added: Mapping[str, Cells] = field(factory=dict)
    several: Mapping[str, Sequence[tuple[str, ...]]] = field(factory=dict)
    _indices: dict[str, dict[str, list[int]]] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the table."""
        return self.table.rows

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each column stands, by its name in capitals."""
        return {name.upper(): place for place, name in reversed(list(enumerate(self.table.columns)))}

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, in capitals."""
        return tuple(dict.fromkeys((*self.places, *self.added)))

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column in self.places or column in self.added

    def cell(self, column: str, row: int) -> str:
        """The text in a cell; empty where there is no such column. `row` counts from 0."""
        if column in self.added:
            return self.added[column][row]
        place = self.places.get(column)
        return "" if place is None else self.rows[row].cells[place]

    def said(self, column: str, row: int) -> tuple[str, ...]:
        """All texts of a cell, one at the least."""
        found = self.several[column][row] if column in self.several else ()
        return found or (self.cell(column, row),)

    def cells(self, column: str) -> Cells:
        """The texts below a column."""
        if column in self.added:
            return self.added[column]
        place = self.places.get(column)
        return [""] * len(self.rows) if place is None else [row.cells[place] for row in self.rows]

    def index(self, column: str) -> Mapping[str, Sequence[int]]:
        """The rows that have each text below a column; texts without regard to capitals."""
        if column not in self._indices:
            found: dict[str, list[int]] = {}
            for row in range(len(self.rows)):
                for text in dict.fromkeys(one.casefold() for one in self.said(column, row)):
                    found.setdefault(text, []).append(row)
            self._indices[column] = found
        return self._indices[column]

    def beside(self, row: int, but: Iterable[str] = ()) -> tuple[str, ...]:
        """All that a row says, except below some columns: what tells it from another one."""
        left = {self.places[name] for name in but if name in self.places}
        return tuple(cell for place, cell in enumerate(self.rows[row].cells) if place not in left)


Domains = Mapping[str, tuple[Domain, ...]]
"""The tables by the name of what they hold; a laboratory may come in several files."""


def by_name(domains: Iterable[Domain]) -> Domains:
    """The tables of each name, in their order."""
    found: dict[str, tuple[Domain, ...]] = {}
    for one in domains:
        found[one.name] = (*found.get(one.name, ()), one)
    return found


def called(table: Table) -> str:
    """What a table is called, in capitals; a file that was given alone is read as `patients`, whatever its name."""
    alone = table.name == "patients" and table.file != table.name
    return (Path(table.file).stem if alone else table.name).upper()
