"""The plain folder: CSV files (or frames of the same names) that need no configuration, as records."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from protocol_dsl.base.diagnostic import Cell, in_order
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.quantity import unit
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Judgement, Reading, Reason
from protocol_dsl.model.vocabulary import Item, Number, YesNo
from protocol_dsl.readers.approvals import SITE, approvals
from protocol_dsl.readers.data import Approved, CommitteeDecision, Data
from protocol_dsl.readers.frames import record
from protocol_dsl.readers.gathering import Account, Columns, Draft, Entry, Gathering, Sheet, begun, reading
from protocol_dsl.readers.reader import Origin, Place, Reader, Translated
from protocol_dsl.readers.required import wanting
from protocol_dsl.readers.rows import Loaded, Table, at, from_frames, load
from protocol_dsl.readers.strays import hold_back, keep_places
from protocol_dsl.readers.values import Problem, as_name, read_value

if TYPE_CHECKING:
    import pandas as pd

CONTEXT: Final = ("level", "assigned_level", "cohort", "part", "stratum", "entry")
"""The columns of patients.csv that say where in the trial a patient stands."""

_NAMES: Final = {"part", "cohort", "stratum"}
_SUFFIXES: Final = ("unit", "date", "uln", "lln")
_HEADER: Final = re.compile(r"([^\[]*?)\s*\[(.*)\]")
_MISSING: Final = {
    reason.value: reason
    for reason in (
        Reason.NOT_COLLECTED,
        Reason.NOT_DONE,
        Reason.PENDING,
        Reason.REFUSED,
        Reason.STALE,
        Reason.CONFLICTING,
        Reason.UNREADABLE,
    )
}


def read(protocol: Protocol, data: "Path | Mapping[str, pd.DataFrame]") -> Data:
    """The records in a folder, in one file, or in frames named `patients`, `observations` and so on.

    Raises nothing on data, whatever it is.
    """
    return gather(protocol, from_frames(data) if isinstance(data, Mapping) else load(data))


def read_one(protocol: Protocol, facts: Mapping[str, object]) -> Data:
    """One record from the cells of a row of patients.csv, by column; without `patient`, the patient is called `1`.

    A cell is a text, number, day or nothing (None, NaN, NA), or a list of such; anything else is an error.
    """
    return gather(protocol, record({"patient": "1", **facts}))


def gather(
    protocol: Protocol, loaded: Loaded, origins: Sequence[Origin] | None = None, told_in: str = "patients.csv"
) -> Data:
    """The records in tables that are already loaded. `origins` are the files that the tables were made from, if any."""
    gathering = Gathering.of(protocol)
    gathering.problems += loaded.problems
    gathering.unread += loaded.unread
    gathering.told_in = told_in
    tables = [(as_name(table.name), table) for table in loaded.tables]
    decisions: list[CommitteeDecision] = []
    approved: list[Approved] = []
    patients = [table for name, table in tables if name == "patients"]
    for table in patients:
        _patients(Sheet.of(table, gathering))
    if not patients and not loaded.unread:
        where = Cell(loaded.tables[0].file if loaded.tables else "patients")
        cure = (
            "add a file patients.csv" if told_in == "patients.csv" else f"every patient has a row in {told_in}: add it"
        )
        gathering.problems.append(at("PD701", "there are no patients", where, cure))
        gathering.unread.append("patients")
    for name, table in tables:
        if name != "patients":
            _table(name, table, gathering, (decisions, approved))
    gathering.doubt_the_latest()
    hold_back(gathering)
    records = tuple(draft.record() for draft in gathering.drafts.values())
    if patients and not gathering.unread:  # else what is missing may stand in what was not read
        gathering.problems += wanting(protocol, records, patients[0].file)
    return Data(
        records,
        in_order(gathering.problems),
        gathering.latest.day,
        tuple(gathering.accounts if origins is None else (_account(gathering, one) for one in origins)),
        tuple(decisions),
        tuple(dict.fromkeys(gathering.unread)),
        tuple(approved),
    )


def _account(gathering: Gathering, origin: Origin) -> Account:
    faulty = len(origin.faulty | gathering.faulty.get(origin.file, set()))
    return Account(origin.file, origin.rows, origin.rows - faulty - origin.aside.total(), faulty, origin.aside)


def _table(
    name: str, table: Table, gathering: Gathering, beside: tuple[list[CommitteeDecision], list[Approved]]
) -> None:
    sheet = Sheet.of(table, gathering)
    if name in _READ:
        needed, read_rows = _READ[name]
        if sheet.has(*needed):
            read_rows(sheet)
    elif name == "decisions":
        beside[0].extend(_decisions(sheet))
    elif name == "versions":
        if sheet.has("version", "effective"):
            beside[1].extend(approvals(sheet))
    elif name in gathering.lists:
        if sheet.has("patient"):
            _events(sheet, name)
    else:
        near = nearest(name, (*_READ, *gathering.lists, "patients", "decisions", "versions"))
        message = f"the protocol has no list `{name}`, so that this file is not used"
        cure = f"`{near}` is near" if near else None
        gathering.problems.append(at("PD705", message, Cell(table.file), cure, mild=True))
        sheet.close()


# --- patients.csv -------------------------------------------------------------------------------------------------


@define
class _Plan:
    """Which columns of patients.csv hold which item."""

    values: dict[str, Columns] = field(factory=dict)
    twice: set[str] = field(factory=set)
    unknown: list[str] = field(factory=list)


def _patients(sheet: Sheet) -> None:
    if not sheet.has("patient"):
        return
    plan = _plan(sheet)
    items = sheet.gathering.items
    known = (*items, *CONTEXT, *(f"{item}_{part}" for item in items for part in ("date", "unit", "uln", "lln")))
    sheet.warn_of(plan.unknown, known)
    sheet.complain_of_doubled(plan.twice)
    for entry in sheet.entries():
        _patient(entry, plan)


def _plan(sheet: Sheet) -> _Plan:
    """Take the header apart: `anc`, `anc [10*9/L]`, `anc_unit`, `anc_date`, `anc_uln`, `anc_lln`."""
    items, plan = sheet.gathering.items, _Plan()
    for column in sheet.columns:
        name, fixed = _named(column)
        if column == "patient":
            continue
        if column in CONTEXT or (column == SITE and SITE not in items):
            plan.twice |= {column} & sheet.doubled
            continue
        if name not in items:
            if _stem(column) not in items:
                plan.unknown.append(column)
            continue
        if name in plan.values or column in sheet.doubled:
            plan.twice.add(column)
        beside = {suffix: f"{name}_{suffix}" for suffix in _SUFFIXES if f"{name}_{suffix}" not in items}
        plan.values[name] = Columns(column, **beside, fixed_unit=_unit_in(sheet, column) if fixed else "")
    return plan


def _named(column: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(column)
    return (found[1], found[2]) if found else (column, "")


def _unit_in(sheet: Sheet, column: str) -> str:
    """The unit in the header as it was written: units are case sensitive, names are not.

    UCUM writes pounds as `[lb_av]`: those brackets may be taken for the ones of the header.
    """
    found = _HEADER.fullmatch(sheet.headed(column))
    code = found[2] if found else ""
    bracketed = f"[{code}]"
    return bracketed if code and unit(code) is None and unit(bracketed) else code


def _stem(column: str) -> str:
    stem, _, suffix = column.rpartition("_")
    return stem if suffix in _SUFFIXES else ""


def _patient(entry: Entry, plan: _Plan) -> None:
    patient, gathering = entry.text("patient"), entry.sheet.gathering
    if not patient:
        if entry.row.sound:
            entry.complain(Problem("PD710", "the row names no patient", "give each patient an id"), "patient")
        return
    if patient in gathering.drafts:
        message = f"patient `{patient}` has more than one row; where they differ, the value is in conflict"
        entry.complain(Problem("PD711", message, "keep one row for each patient"), "patient")
    draft = gathering.drafts.setdefault(patient, Draft(patient))
    _place(entry, draft, plan)
    for name, columns in plan.values.items():
        if entry.text(columns.value) or not entry.row.sound:
            twice = columns.value in plan.twice
            draft.readings.setdefault(name, []).append(_reading_of(entry, name, columns, twice=twice))


def _place(entry: Entry, draft: Draft, plan: _Plan) -> None:
    """Where in the trial the patient stands; nothing certain where rows differ."""
    for name in (*CONTEXT, *(() if SITE in entry.sheet.gathering.items else (SITE,))):
        text = entry.text(name)
        if entry.row.sound and text:
            place = as_name(text) if name in _NAMES else text.replace("−", "-")
            if name in plan.twice or draft.context.setdefault(name, place) != place:
                draft.context[name] = ""


def _reading_of(entry: Entry, name: str, columns: Columns, *, twice: bool) -> Reading:
    if twice:
        entry.faulty = True
        text = entry.text(columns.value)
        return Reading(missing=Reason.UNREADABLE, written=text, origin=entry.cell(columns.value))
    return reading(entry, entry.sheet.gathering.items[name], columns)


# --- observations.csv and missing.csv -----------------------------------------------------------------------------

_OBSERVATION: Final = Columns("value", "unit", "date", "uln", "lln")


def _observations(sheet: Sheet) -> None:
    unknown: dict[str, list[Entry]] = {}
    for entry in sheet.entries():
        draft = entry.draft()
        item = _item(entry, unknown)
        if item is not None:
            held = sheet.gathering.stray_readings if draft is None else draft.readings
            held.setdefault(item.name, []).append(reading(entry, item, _OBSERVATION))
    sheet.warn_of((c for c in sheet.columns if c not in _OBSERVED), _OBSERVED)
    _complain_of_items(sheet, unknown)
    keep_places(sheet.gathering, unknown)


_OBSERVED: Final = ("patient", "item", "value", "unit", "date", "uln", "lln")


def _item(entry: Entry, unknown: dict[str, list[Entry]]) -> Item | None:
    """The item a row is about; what is not known is gathered, so that a thousand rows have one diagnostic."""
    name = as_name(entry.text("item"))
    item = entry.sheet.gathering.items.get(name)
    if item is None and entry.row.sound:
        entry.faulty = True
        unknown.setdefault(name, []).append(entry)
    return item


def _complain_of_items(sheet: Sheet, unknown: Mapping[str, list[Entry]]) -> None:
    for name, entries in unknown.items():
        near = nearest(name, sheet.gathering.protocol.items)
        count = f" ({len(entries)} rows)" if len(entries) > 1 else ""
        message = f"the protocol has no item `{name}`{count}" if name else f"the row names no item{count}"
        cure = f"`{near}` is near" if near else None
        where = entries[0].cell("item")
        sheet.gathering.problems.append(at("PD712", message, where, cure, mild=bool(name and not near)))


def _missing(sheet: Sheet) -> None:
    unknown: dict[str, list[Entry]] = {}
    for entry in sheet.entries():
        draft, item = entry.draft(), _item(entry, unknown)
        if draft is None or item is None:
            continue
        reason = _MISSING.get(as_name(entry.text("reason")).replace("_", " ")) if entry.row.sound else None
        if reason is None and entry.row.sound:
            message = f"`{entry.text('reason')}` is no reason for a missing value"
            entry.complain(Problem("PD731", message, f"the reasons are {', '.join(_MISSING)}"), "reason")
        day = entry.day("date")
        draft.readings.setdefault(item.name, []).append(
            Reading(date=day, missing=reason or Reason.UNREADABLE, at_moment=day is None, origin=entry.cell("reason"))
        )
    _complain_of_items(sheet, unknown)


# --- lists, and what is attested of them --------------------------------------------------------------------------


def _events(sheet: Sheet, name: str) -> None:
    fields = sheet.gathering.lists[name].fields
    places = {_named(column)[0]: column for column in sheet.columns}
    plan = {field: _field_columns(sheet, field, places[field]) for field in fields if field in places}
    beside = {columns.unit for columns in plan.values()} | {"patient", *(c.value for c in plan.values())}
    sheet.warn_of((column for column in sheet.columns if column not in beside), fields)
    sheet.complain_of_doubled(columns.value for columns in plan.values() if columns.value in sheet.doubled)
    for entry in sheet.entries():
        draft = entry.draft()
        readings = {
            field: begun(field, reading(entry, _measured(fields[field], entry, columns), columns), entry, columns)
            for field, columns in plan.items()
            if entry.text(columns.value) or not entry.row.sound
        }
        event = Event(readings, stray=draft is None, origin=entry.cell())
        (sheet.gathering.stray_events if draft is None else draft.lists).setdefault(name, []).append(event)


def _field_columns(sheet: Sheet, field_name: str, column: str) -> Columns:
    """A field's own column, with its unit in `FIELD_unit` or else in `unit`."""
    fixed = _unit_in(sheet, column)
    own = f"{field_name}_unit"
    return Columns(column, own if own in sheet.columns else "unit" if column != "unit" else "", fixed_unit=fixed)


def _measured(item: Item, entry: Entry, columns: Columns) -> Item:
    """The amount of a dose takes the unit beside it: what is given is told apart by the protocol's ladder."""
    if item.name != "amount" or not isinstance(item.kind, Number) or item.kind.unit is not None:
        return item
    given = unit(columns.fixed_unit or entry.text(columns.unit))
    return evolve(item, kind=Number(given)) if given else item


def _attested(sheet: Sheet) -> None:
    for entry in sheet.entries():
        draft, day = entry.draft(), entry.day("complete_as_of")
        name = as_name(entry.text("list"))
        if not entry.row.sound:
            continue
        if name not in sheet.gathering.lists:
            near = nearest(name, sheet.gathering.lists)
            problem = Problem("PD733", f"the protocol has no list `{name}`", f"`{near}` is near" if near else None)
            entry.complain(problem, "list", mild=near is None)
        elif not entry.text("complete_as_of"):
            entry.complain(Problem("PD725", "the row names no day", "name the day up to which the list is complete"))
        elif draft is not None and day is not None:
            draft.attested[name] = max(day.first, draft.attested.get(name, day.first))


# --- what people decided ------------------------------------------------------------------------------------------


def _judgements(sheet: Sheet) -> None:
    for entry in sheet.entries():
        draft, criterion = entry.draft(), entry.text("criterion")
        day = entry.exact_day("date")
        if draft is None:
            continue
        held = read_value(Item("holds", YesNo()), entry.text("holds"))
        if not isinstance(held, bool):
            _say_doubtful(entry, held)
        if entry.faulty or not isinstance(held, bool):
            draft.doubtful.add(criterion)
            continue
        draft.judgements.setdefault(criterion, []).append(Judgement(held, day, entry.text("by")))


def _say_doubtful(entry: Entry, held: object) -> None:
    if entry.row.sound:
        problem = held if isinstance(held, Problem) else None
        said = problem.message if problem else "the row does not say whether the criterion holds"
        entry.complain(Problem("PD732", said, "write `yes` or `no`"), "holds")


def _decisions(sheet: Sheet) -> list[CommitteeDecision]:
    found = []
    for entry in sheet.entries():
        day = entry.exact_day("date")
        if entry.row.sound:
            said = (entry.text(column) for column in ("proposed", "decided", "by", "reason"))
            found.append(CommitteeDecision(day, *said))
    return found


_READ: Final[dict[str, tuple[tuple[str, ...], Callable[[Sheet], None]]]] = {
    "observations": (("patient", "item", "value"), _observations),
    "missing": (("patient", "item", "reason"), _missing),
    "attested": (("patient", "list", "complete_as_of"), _attested),
    "judgements": (("patient", "criterion", "holds"), _judgements),
}


def _recognises(place: Place) -> bool:
    """A table of patients, whatever lies beside it."""
    return "patients" in place.names


def _as_it_is(_: Protocol, place: Place) -> Translated:
    return Translated(place.loaded)


reader: Final = Reader("plain", "a plain folder", _recognises, _as_it_is, rank=0, mapped=False)

__all__ = ["CONTEXT", "CommitteeDecision", "Data", "gather", "read", "read_one", "reader"]
