"""What is being put together while files are read: records so far, complaints, and what became of each row."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from attrs import define, evolve, field, frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Event, Judgement, Range, Reading, Reason, Record
from protocol_dsl.model.vocabulary import Date, Item, RecordType
from protocol_dsl.readers.lists import record_types
from protocol_dsl.readers.rows import Row, Table, at
from protocol_dsl.readers.values import Problem, as_name, read_days, read_limit, read_value, unit_within

_MANY_DAYS = 20
_MANY_STRANGERS = 100
_FAR = 366  # days


@frozen
class Account:
    """What became of the rows of a file: each was used, has a diagnostic, or is about what nothing asks for.

    `aside` counts the last, by what they are.
    """

    file: str
    rows: int
    used: int
    diagnosed: int
    aside: Mapping[str, int] = MappingProxyType({})


@define
class Draft:
    """A record in the making. A judgement that could not be read puts its criterion among the `doubtful`."""

    patient: str
    readings: dict[str, list[Reading]] = field(factory=dict)
    lists: dict[str, list[Event]] = field(factory=dict)
    attested: dict[str, date] = field(factory=dict)
    judgements: dict[str, list[Judgement]] = field(factory=dict)
    context: dict[str, str] = field(factory=dict)
    doubtful: set[str] = field(factory=set)

    def record(self) -> Record:
        """The record, which no longer changes."""
        judged = {name: tuple(all_) for name, all_ in self.judgements.items() if name not in self.doubtful}
        return Record(
            self.patient,
            MappingProxyType({name: tuple(readings) for name, readings in self.readings.items()}),
            MappingProxyType({name: tuple(events) for name, events in self.lists.items()}),
            MappingProxyType(self.attested),
            MappingProxyType(judged),
            MappingProxyType(self.context),
        )


@define
class Latest:
    """The latest day seen, where it stands, the latest before it, and how many days were seen."""

    day: date | None = None
    where: Cell | None = None
    before: date | None = None
    seen: int = 0

    def see(self, day: date, where: Cell) -> None:
        """Take one more day into account."""
        self.seen += 1
        if self.day is None or day > self.day:
            self.day, self.where, self.before = day, where, self.day
        elif day != self.day and (self.before is None or day > self.before):
            self.before = day


@define
class Gathering:
    """The vocabulary to read with, and what was read so far. `items` holds the moments too, as dates."""

    protocol: Protocol
    items: Mapping[str, Item]
    lists: Mapping[str, RecordType]
    drafts: dict[str, Draft] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)
    accounts: list[Account] = field(factory=list)
    faulty: dict[str, set[int]] = field(factory=dict)
    told_in: str = "patients.csv"
    unread: list[str] = field(factory=list)
    latest: Latest = field(factory=Latest)
    strangers: dict[str, str | None] = field(factory=dict)
    stray_readings: dict[str, list[Reading]] = field(factory=dict)
    stray_events: dict[str, list[Event]] = field(factory=dict)

    def near(self, stranger: str) -> str | None:
        """The patient who may be meant; looked for once for each id, and for the first of very many only."""
        if stranger not in self.strangers:
            few = len(self.strangers) < _MANY_STRANGERS
            self.strangers[stranger] = nearest(stranger, self.drafts) if few else None
        return self.strangers[stranger]

    @staticmethod
    def of(protocol: Protocol) -> "Gathering":
        """Nothing read yet."""
        moments = {name: Item(name, Date(), moment.label) for name, moment in protocol.moments.items()}
        return Gathering(protocol, {**moments, **protocol.items}, record_types(protocol))

    def see(self, day: object, where: Cell) -> None:
        """Take a day into account; of one that is not known whole, its first possible day."""
        if isinstance(day, Days):
            day = day.first
        if isinstance(day, Range):
            day = day.low
        if isinstance(day, date):
            self.latest.see(date(day.year, day.month, day.day), where)

    def doubt_the_latest(self) -> None:
        """Warn where the latest day stands alone, years after all others: it would close every open window."""
        latest = self.latest
        if latest.day is None or latest.before is None or latest.where is None or latest.seen < _MANY_DAYS:
            return
        if (latest.day - latest.before).days > _FAR:
            message = f"the latest day, {latest.day}, is far from the next, {latest.before}; the data are seen from it"
            self.problems.append(at("PD742", message, latest.where, "correct it, or say `--as-of`", mild=True))


@define
class Entry:
    """A row being read; `faulty` once there is a complaint."""

    sheet: "Sheet"
    row: Row
    faulty: bool = False

    def text(self, column: str) -> str:
        """The cell under a column; empty where there is none."""
        index = self.sheet.columns.get(column) if column else None
        return "" if index is None else self.row.cells[index]

    def cell(self, column: str | None = None) -> Cell:
        """Where the row, or its cell, stands."""
        return Cell(self.sheet.table.file, self.row.number, self.sheet.headed(column) if column else None)

    def complain(self, problem: Problem, column: str | None = None, *, mild: bool = False) -> None:
        """Say what is wrong with the row; it counts as diagnosed."""
        self.faulty = True
        where = self.cell(column)
        self.sheet.gathering.problems.append(at(problem.code, problem.message, where, problem.help, mild=mild))

    def draft(self) -> Draft | None:
        """The record of the patient the row is about; None with a complaint where there is none."""
        patient = self.text("patient")
        found = self.sheet.gathering.drafts.get(patient)
        if found is None and self.row.sound:
            near = self.sheet.gathering.near(patient)
            message = f"there is no patient `{patient}`" if patient else "the row names no patient"
            cure = f"`{near}` is near" if near else f"every patient has a row in {self.sheet.gathering.told_in}"
            self.complain(Problem("PD710", message, cure), "patient")
        return found

    def day(self, column: str) -> Days | None:
        """The day in a cell; None where there is none, or with a complaint where it is no day."""
        text = self.text(column)
        days = read_days(text) if text else None
        if isinstance(days, Problem):
            if self.row.sound:
                self.complain(days, column)
            return None
        self.sheet.gathering.see(days, self.cell(column))
        return days

    def exact_day(self, column: str) -> date | None:
        """Likewise, where a part of a date does not do."""
        days = self.day(column)
        if days is not None and not days.exact:
            self.complain(Problem("PD725", f"`{self.text(column)}` is not a whole date", "name the day"), column)
            return None
        return days.first if days else None


@frozen
class Columns:
    """The columns in which one item stands; a `unit` may be named by the header itself.

    The limits are in the unit of the value, unless `limit_unit` names another.
    """

    value: str
    unit: str = ""
    date: str = ""
    uln: str = ""
    lln: str = ""
    fixed_unit: str = ""
    limit_unit: str = ""


@define
class Sheet:
    """A table being read: where its columns are, and which names stand there twice."""

    gathering: Gathering
    table: Table
    columns: dict[str, int]
    doubled: frozenset[str]

    @staticmethod
    def of(table: Table, gathering: Gathering) -> "Sheet":
        """The table with its columns by name, in lower case; the first of two that are called the same."""
        names = [as_name(column) for column in table.columns]
        columns: dict[str, int] = {}
        for index, name in enumerate(names):
            columns.setdefault(name, index)
        return Sheet(gathering, table, columns, frozenset(name for name in columns if name and names.count(name) > 1))

    def headed(self, column: str) -> str:
        """The name of a column as the file has it."""
        index = self.columns.get(column)
        return column if index is None else (self.table.written or self.table.columns)[index]

    def entries(self) -> Iterator[Entry]:
        """Each row, identical ones once; afterwards the file's account is drawn up."""
        seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
        entries = []
        for row in self.table.rows:
            entry = Entry(self, row, faulty=not row.sound)
            entries.append(entry)
            if row.sound and (row.cells, row.beside) in seen:
                entry.complain(Problem("PD730", "the row repeats an earlier one and counts once"), mild=True)
                continue
            seen.add((row.cells, row.beside))
            yield entry
        self.close({entry.row.number for entry in entries if entry.faulty})

    def close(self, faulty: set[int] | None = None) -> None:
        """Draw up the account; without the numbers of the rows that have a diagnostic, all of them have one."""
        told = {row.number for row in self.table.rows} if faulty is None else faulty
        self.gathering.faulty.setdefault(self.table.file, set()).update(told)
        rows = len(self.table.rows)
        self.gathering.accounts.append(Account(self.table.file, rows, rows - len(told), len(told)))

    def has(self, *needed: str) -> bool:
        """Whether these columns are there, each once; otherwise nothing of the file is used."""
        for name in needed:
            if name in self.columns and name not in self.doubled:
                continue
            near = nearest(name, self.columns)
            what = "stands twice" if name in self.doubled else "is missing"
            cure = "keep one of them" if name in self.doubled else f"its first line needs a column `{name}`"
            if near and name not in self.columns:
                cure = f"`{self.headed(near)}` is near"
            where = Cell(self.table.file, 1)
            self.gathering.problems.append(at("PD703", f"the column `{name}` {what}", where, cure))
            self.gathering.unread.append(self.table.file)
            self.close()
            return False
        return True

    def warn_of(self, unknown: Iterable[str], known: Iterable[str]) -> None:
        """Warn of columns that say nothing to the protocol."""
        names = tuple(known)
        for column in unknown:
            near = nearest(column.partition(" [")[0], names)
            where = Cell(self.table.file, 1, self.headed(column))
            message = (
                f"the column `{self.headed(column)}` is not used" if column else "a column without a name is not used"
            )
            cure = f"`{near}` is near" if near else "nothing that the protocol asks for is called so"
            self.gathering.problems.append(at("PD705", message, where, cure, mild=True))

    def complain_of_doubled(self, names: Iterable[str]) -> None:
        """Say which columns stand twice, so that what is meant cannot be told."""
        for name in sorted(names):
            where = Cell(self.table.file, 1, self.headed(name))
            message = f"the column `{self.headed(name)}` stands twice, so that none of its values can be used"
            self.gathering.problems.append(at("PD704", message, where, "keep one of them"))


def reading(entry: Entry, item: Item, columns: Columns) -> Reading:
    """The reading in a row, unreadable where the row, its value, its unit or its day is."""
    text, origin = entry.text(columns.value), entry.cell(columns.value)
    day = entry.day(columns.date)
    undated = day is None and entry.text(columns.date) != ""
    unit_text = columns.fixed_unit or entry.text(columns.unit)
    written = text if not unit_text or unit_within(text) else f"{text} {unit_text}"
    if not entry.row.sound or columns.value in entry.sheet.doubled:
        entry.faulty = True
        return Reading(date=day, missing=Reason.UNREADABLE, written=written, origin=origin)
    value = read_value(item, text, unit_text)
    if isinstance(value, Problem):
        entry.complain(value, columns.unit if value.of_unit and entry.text(columns.unit) else columns.value)
    if undated or isinstance(value, Problem):
        return Reading(date=day, missing=Reason.UNREADABLE, written=written, origin=origin)
    if isinstance(value, Reason):
        return Reading(date=day, missing=value, written=written, origin=origin)
    entry.sheet.gathering.see(value, origin)
    limit_unit = entry.text(columns.limit_unit) or unit_text or unit_within(text) or ""
    uln, lln = (_limit(entry, item, which, columns, limit_unit) for which in ("uln", "lln"))
    return Reading(value, day, uln, lln, None, written, origin=origin)


def _limit(entry: Entry, item: Item, which: str, columns: Columns, unit_text: str) -> Fraction | None:
    """A limit of the reference range; None where there is none, or with a complaint where it cannot be used."""
    column = columns.uln if which == "uln" else columns.lln
    text = entry.text(column)
    found = read_limit(item, text, unit_text, which) if text else None
    if isinstance(found, Problem):
        entry.complain(found, column)
        return None
    return found


_BEGINNINGS = ("start", "date")


def begun(name: str, found: Reading, entry: Entry, columns: Columns) -> Reading:
    """The field of an event; unreadable where what is on file is said never to have begun, or still to begin."""
    if name not in _BEGINNINGS or not isinstance(found.value, Attested):
        return found
    message = f"`{found.value.value}` is no day on which something began"
    entry.complain(Problem("PD725", message, "write the day; leave out the row of what never was"), columns.value)
    return evolve(found, value=None, missing=Reason.UNREADABLE)
