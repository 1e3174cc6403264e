"""What is asked for in a mapping, held against the tables that are there: columns, tests and rows, or a complaint."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import define, evolve, field, frozen

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.readers.bindings import Filter
from protocol_dsl.readers.domains import Domain, Domains
from protocol_dsl.readers.mapping import MappingFile, texts
from protocol_dsl.readers.mapping_shape import Keys
from protocol_dsl.readers.standard import Entry, Findings, Standard


@define
class Work:
    """What there is to go by, and what was resolved of it so far."""

    standard: Standard
    protocol: Protocol
    domains: Domains
    mapping: MappingFile
    entries: dict[str, dict[str, Entry]] = field(factory=lambda: {"patients": {}, "items": {}, "lists": {}})
    unbound: dict[str, str] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)

    def complain(self, code: str, message: str, path: Keys, cure: str | None = None, *, mild: bool = False) -> None:
        """Say what is wrong with an entry of the mapping."""
        self.problems.append(self.mapping.problem(code, message, path, cure, mild=mild))

    @property
    def patients(self) -> tuple[Domain, ...]:
        """The tables of the patients."""
        return self.domains.get(self.standard.patients, ())


@frozen(slots=False)
class Asked:
    """An entry, the tables it is about, and the way to it in the mapping, which is empty where a standard supplied it.

    Only what a mapping says is complained of: what a standard takes for granted may not be there.
    """

    work: Work
    entry: Entry
    tables: tuple[Domain, ...]
    path: Keys = ()

    @staticmethod
    def of(work: Work, entry: Entry, table: str, path: Keys) -> "Asked | None":
        """An entry about the tables of a name; None, perhaps with a complaint, where there are none."""
        tables = work.domains.get(table.upper(), ())
        if not tables and path:
            near = nearest(table.upper(), work.domains)
            spelt = work.standard.spelt
            known = ", ".join(f"`{spelt(one)}`" for one in work.domains)
            cure = f"`{spelt(near)}` is near" if near else f"there are {known}"
            told = table.upper() in work.standard.occasional
            said = f"the data have no {table}" if told else f"the data have no table `{table}`"
            work.complain("PD752", said, (*path, "from", table), None if told else cure, mild=told)
        return Asked(work, entry, tables, path) if tables else None

    @property
    def name(self) -> str:
        """What the tables are called."""
        return self.tables[0].name if self.tables else self.work.standard.patients

    @cached_property
    def findings(self) -> Findings | None:
        """The columns of results, where the tables have a row for each."""
        return next(filter(None, map(self.work.standard.findings, self.tables)), None)

    def there(self, column: str) -> bool:
        """Whether some table has a column."""
        return any(table.has(column.upper()) for table in self.tables)

    def within(self, *keys: str) -> Keys:
        """The way to a part of the entry."""
        return (*self.path, *keys) if self.path else ()

    def part(self, entry: Entry, path: Keys) -> "Asked":
        """A part of the entry as an entry of its own."""
        return evolve(self, entry=entry, path=path)

    def complain(self, message: str, path: Keys, cure: str | None = None, *, mild: bool = False) -> None:
        """Say that something is not there, if the mapping asks for it."""
        if path:
            self.work.complain("PD752", message, path, cure, mild=mild)

    def column(self, column: str, *keys: str) -> bool:
        """Whether some table has a column; with a complaint where the mapping asks for it."""
        if self.there(column):
            return True
        near, spelt = nearest(column.upper(), self._columns()), self.work.standard.spelt
        cure = f"`{spelt(near)}` is near" if near else None
        self.complain(f"`{spelt(self.name)}` has no column `{spelt(column)}`", self.within(*keys, column), cure)
        return False

    def _columns(self) -> Iterator[str]:
        return (known for table in self.tables for known in table.columns)

    def filters(self) -> tuple[Filter, ...]:
        """The rows that `where` and `unless` leave."""
        found = []
        for key in ("where", "unless"):
            for column, wanted in self.entry.get(key, {}).items():
                if self.column(column, key):
                    self._values_there(column, texts(wanted), key)
                    found.append(Filter(column.upper(), _folded(wanted), key == "where"))
        return tuple(found)

    def _values_there(self, column: str, wanted: tuple[str, ...], key: str) -> None:
        known = {text for table in self.tables for text in table.index(column.upper())}
        for one in wanted:
            if one and one.casefold() not in known:
                near = nearest(one.casefold(), known)
                cure = f"`{near.upper()}` is near" if near else None
                message = f"no row has `{one}` below `{column}`"
                self.complain(message, self.within(key, column, one), cure, mild=True)

    def narrowed(self, *, usual: bool) -> tuple[Filter, ...]:
        """The rows that `specimen`, `method` and `category` leave; where it is `usual`, the standard's specimens."""
        found, known = [], self.findings
        for key in ("specimen", "method", "category"):
            column = getattr(known, key) if known else ""
            wanted = self.entry.get(key)
            if wanted is not None and not (column and self.there(column)):
                self.complain(f"`{self.name}` has no {key}", self.within(key))
            elif wanted is not None:
                found.append(Filter(column, _folded(wanted)))
            elif key == "specimen" and usual and known and known.specimens:
                found.append(Filter(column, known.specimens))
        return tuple(found)


def _folded(wanted: object) -> frozenset[str]:
    return frozenset(one.casefold() for one in texts(wanted))


def listed(entry: Mapping[str, object], key: str) -> tuple[str, ...]:
    """What stands behind a key, as names in capitals."""
    return tuple(one.upper() for one in texts(entry.get(key)))


def over(given: Entry, taken: Entry) -> dict[str, Any]:
    """What a mapping says over what a standard takes for granted; in filters and value sets it only adds."""
    added = {key: {**taken.get(key, {}), **given.get(key, {})} for key in ("where", "unless", "values")}
    return {**taken, **given, **{key: table for key, table in added.items() if table}}


def pruned(entry: Entry, tables: tuple[Domain, ...]) -> Entry:
    """An entry with only such values in its value sets as occur."""
    values = entry.get("values")
    if not values:
        return dict(entry)
    known = {text for table in tables for column in listed(entry, "column") for text in table.index(column)}
    left = {key: value for key, value in values.items() if str(key).casefold() in known}
    return {**{key: value for key, value in entry.items() if key != "values"}, **({"values": left} if left else {})}
