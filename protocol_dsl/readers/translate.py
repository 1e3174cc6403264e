"""The rows of a standard's tables as rows of a plain folder, each with the place it comes from."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import define, field, frozen

from protocol_dsl.base.quantity import read_number
from protocol_dsl.base.studytime import read_day
from protocol_dsl.readers.bindings import Bound, Complete, FieldBinding, Filter, ItemBinding, ListBinding, Result
from protocol_dsl.readers.dates import days_after, numbered_day, plain_day
from protocol_dsl.readers.domains import Domain, Domains
from protocol_dsl.readers.mapping import MappingFile
from protocol_dsl.readers.reader import Origin
from protocol_dsl.readers.rows import Row, Table
from protocol_dsl.readers.standard import Standard

_OBSERVATION = ("patient", "item", "value", "unit", "date", "uln", "lln")
_MISSING = ("patient", "item", "reason", "date")
_ATTESTED = ("patient", "list", "complete_as_of")


@frozen
class _Form:
    """What rows of one plain table have in common: its name and columns, and what the file calls these."""

    name: str
    columns: tuple[str, ...]
    written: tuple[str, ...]


@define
class _Out:
    """The plain tables so far: for each file the rows of each form; and which rows of each file were taken."""

    standard: Standard
    units: Mapping[str, str]
    missing: Mapping[str, str]
    references: Mapping[str, str]
    left_out: frozenset[str] = frozenset()
    rows: dict[tuple[str, _Form], list[Row]] = field(factory=dict)
    taken: dict[str, set[int]] = field(factory=dict)

    def put(self, domain: Domain, row: int, form: _Form, cells: tuple[str, ...]) -> None:
        """One more plain row, made from a row of a file, unless its patient is left out."""
        if cells[0] in self.left_out:
            return
        written, file = domain.rows[row], domain.table.file
        beside = domain.beside(row, self.standard.numbers(domain))
        self.rows.setdefault((file, form), []).append(Row(written.number, cells, written.sound, beside))
        self.taken.setdefault(file, set()).add(written.number)

    def take(self, domain: Domain, row: int) -> None:
        """A row that was asked and adds nothing, unless its patient is left out."""
        if self.patient(domain, row) not in self.left_out:
            self.taken.setdefault(domain.table.file, set()).add(domain.rows[row].number)

    def patient(self, domain: Domain, row: int) -> str:
        return domain.cell(self.standard.patient, row)

    def unit(self, text: str) -> str:
        return self.units.get(text, text)

    def tables(self) -> Iterator[Table]:
        for (file, form), rows in self.rows.items():
            yield Table(form.name, file, form.columns, tuple(rows), form.written)


def translate(
    standard: Standard, domains: Domains, bound: Bound, mapping: MappingFile, faulty: Mapping[str, set[int]]
) -> tuple[tuple[Table, ...], tuple[Origin, ...]]:
    """The plain tables, and what became of the rows of each file; `faulty` has been said of already."""
    out = _Out(
        standard, mapping.units, mapping.missing, _references(standard, domains), _left_out(standard, domains, bound)
    )
    _patients(out, domains, bound)
    for item in bound.items:
        for domain in domains.get(item.domain, ()):
            _item(out, domain, item)
    for one in bound.lists:
        for domain in domains.get(one.domain, ()):
            rows = _entries(out, domain, one)
            if one.complete is not None:
                counting = range(len(domain.rows)) if one.complete.all_rows else rows
                _attested(out, domains, domain, one, counting)
    asked = {standard.patients, *(one.domain for one in bound.items), *(one.domain for one in bound.lists)}
    columns = frozenset(_columns(bound))
    for domain in (one for each in domains.values() for one in each):
        _joined(out, domain, columns)
    origins = [_origin(out, file, parts, asked, faulty.get(file, set())) for file, parts in _by_file(domains).items()]
    return tuple(out.tables()), tuple(origins)


def _by_file(domains: Domains) -> dict[str, list[Domain]]:
    """The tables of each file: of one that holds several, each is a part of its rows."""
    found: dict[str, list[Domain]] = {}
    for domain in (one for each in domains.values() for one in each):
        found.setdefault(domain.table.file, []).append(domain)
    return found


def _references(standard: Standard, domains: Domains) -> dict[str, str]:
    return {
        domain.cell(standard.patient, row): domain.cell(standard.reference, row)
        for domain in domains.get(standard.patients, ())
        for row in range(len(domain.rows))
    }


def _left_out(standard: Standard, domains: Domains, bound: Bound) -> frozenset[str]:
    """The patients whom a filter leaves out: nobody's rows may be taken for those of somebody unknown."""
    tables = domains.get(standard.patients, ())
    everyone = {domain.cell(standard.patient, row) for domain in tables for row in range(len(domain.rows))}
    counting = {domain.cell(standard.patient, row) for domain in tables for row in _counting(domain, bound.patients)}
    return frozenset(everyone - counting)


def _columns(bound: Bound) -> Iterator[str]:
    """Every column that something asks for."""
    for item in bound.items:
        yield from (*item.dates, *(one.value for one in item.results), *(one.column for one in item.filters))
    for each in bound.lists:
        yield from (*(column for one in each.fields for column in one.columns), *(one.column for one in each.filters))
    yield from (column for place in bound.places for column in place.columns)


def _joined(out: _Out, domain: Domain, columns: frozenset[str]) -> None:
    """Rows that were joined to others as columns are taken where something asks for what they say."""
    if domain.name == "TU" and any(column.startswith("TU.") for column in columns):
        out.taken.setdefault(domain.table.file, set()).update(one.number for one in domain.rows)
    name, before = ("QNAM", "") if domain.has("QNAM") else ("FATESTCD", "FA.") if domain.has("FATESTCD") else ("", "")
    if name:
        asked = (one for row, one in enumerate(domain.rows) if f"{before}{domain.cell(name, row).upper()}" in columns)
        out.taken.setdefault(domain.table.file, set()).update(one.number for one in asked)
    elif any(column.startswith(f"{domain.name}.") for column in columns):
        out.taken.setdefault(domain.table.file, set()).update(one.number for one in domain.rows)


def _origin(out: _Out, file: str, parts: list[Domain], asked: set[str], faulty: set[int]) -> Origin:
    rows = {row.number: row.sound for part in parts for row in part.rows}
    origin = Origin(file, len(rows), {number for number, sound in rows.items() if not sound} | faulty)
    left = {*rows} - out.taken.get(file, set()) - origin.faulty
    if left:
        what = out.standard.spelt(parts[0].name) if len(parts) == 1 else f"`{Path(file).name}`"
        some = any(part.name in asked for part in parts)
        said = f"rows of {what} that nothing asks for" if some else f"{what}, which nothing asks for"
        origin.aside[said] += len(left)
    return origin


# --- patients -----------------------------------------------------------------------------------------------------


def _patients(out: _Out, domains: Domains, bound: Bound) -> None:
    names = tuple(place.field for place in bound.places)
    written = tuple(next(iter(place.columns), place.field) for place in bound.places)
    form = _Form("patients", ("patient", *names), (out.standard.patient, *written))
    for domain in domains.get(out.standard.patients, ()):
        for row in _counting(domain, bound.patients):
            cells = tuple(_first(out, domain, row, place)[1] for place in bound.places)
            out.put(domain, row, form, (out.patient(domain, row), *cells))


def _counting(domain: Domain, filters: Iterable[Filter], rows: Iterable[int] | None = None) -> Iterator[int]:
    """The rows that count; one whose cells cannot be told apart may be any of them."""
    narrowed = tuple(filters)
    for row in range(len(domain.rows)) if rows is None else rows:
        if not domain.rows[row].sound or all(one.holds(*domain.said(one.column, row)) for one in narrowed):
            yield row


# --- items --------------------------------------------------------------------------------------------------------


def _item(out: _Out, domain: Domain, binding: ItemBinding) -> None:
    of_test = _of_tests(domain, binding)
    for row in _counting(domain, binding.filters, of_test):
        _reading(out, domain, binding, row)
    if binding.all_tests:
        _none_done(out, domain, binding, set(of_test or ()))


def _of_tests(domain: Domain, binding: ItemBinding) -> list[int] | None:
    """The rows of the tests; and those of which nobody can tell the test."""
    if not binding.test:
        return None
    found = {row for test in binding.tests for row in domain.index(binding.test).get(test.casefold(), ())}
    return sorted(found | {row for row, one in enumerate(domain.rows) if not one.sound})


def _reading(out: _Out, domain: Domain, binding: ItemBinding, row: int) -> None:
    patient = out.patient(domain, row)
    column, day = _date(out, domain, binding, row)
    about = binding.test or binding.item
    result, text = _result(domain, binding, row)
    status = domain.cell(binding.status, row) if binding.status else ""
    why = out.missing.get(text, "" if text else _why(status))
    if why and domain.rows[row].sound:
        form = _Form(
            "missing", _MISSING, (out.standard.patient, about, result.value if text else binding.status, column)
        )
        out.put(domain, row, form, (patient, binding.item, why, day))
        return
    if not text and not binding.test and not binding.words.empty and domain.rows[row].sound:
        out.take(domain, row)
        return  # a column of a patient, or of an event, that says nothing
    value = binding.words.of(text, *domain.said(result.value, row))
    if binding.is_day:
        value = plain_day(value)
    unit = binding.unit or out.unit(domain.cell(result.unit, row) if result.unit else "")
    written = (out.standard.patient, about, result.value, result.unit or result.value, column, result.high, result.low)
    limits = (domain.cell(one, row) if one else "" for one in (result.high, result.low))
    form = _Form("observations", _OBSERVATION, written)
    out.put(domain, row, form, (patient, binding.item, value, unit, day, *limits))


def _why(status: str) -> str:
    """The reason of a status: SDTM knows no other than `NOT DONE`."""
    return "not done" if status.casefold().replace("_", " ") == "not done" else status


def _result(domain: Domain, binding: ItemBinding, row: int) -> tuple[Result, str]:
    """The first form that has a text of its kind, and the text."""
    if binding.constant:
        return Result(next(iter(binding.filters)).column if binding.filters else ""), binding.constant
    for one in binding.results:
        text = domain.cell(one.value, row)
        if text and _fits(one, text):
            return one, text
    for one in binding.results:
        if text := domain.cell(one.value, row):
            return one, text
    return next(iter(binding.results), Result("")), ""


def _fits(result: Result, text: str) -> bool:
    if result.only == "bound":
        return text[:1] in ("<", ">", "≤", "≥")
    return result.only != "number" or read_number(text) is not None


def _date(out: _Out, domain: Domain, binding: ItemBinding, row: int) -> tuple[str, str]:
    """The column that has the day, and the day; by its number where it is only numbered."""
    for column in binding.dates:
        if (text := domain.cell(column, row)) and text not in out.missing:
            return column, plain_day(text)
    if binding.study_day:
        reference = out.references.get(out.patient(domain, row), "")
        if day := numbered_day(reference, domain.cell(binding.study_day, row)):
            return binding.study_day, day
    return next(iter(binding.dates), ""), ""


def _none_done(out: _Out, domain: Domain, binding: ItemBinding, of_test: set[int]) -> None:
    """Rows that say of a whole category that no test of it was done, for an item whose test is of that category."""
    rows = domain.index(binding.test).get(binding.all_tests.casefold(), ())
    if not rows:
        return
    categories = {domain.cell(binding.category, row).casefold() for row in of_test} if binding.category else set()
    for row in rows:
        category = domain.cell(binding.category, row).casefold() if binding.category else ""
        if domain.cell(binding.status, row) and (not category or category in categories):
            column, day = _date(out, domain, binding, row)
            form = _Form("missing", _MISSING, (out.standard.patient, binding.test, binding.status, column))
            cells = (out.patient(domain, row), binding.item, _why(domain.cell(binding.status, row)), day)
            out.put(domain, row, form, cells)


# --- lists --------------------------------------------------------------------------------------------------------


def _entries(out: _Out, domain: Domain, binding: ListBinding) -> list[int]:
    """Put the entries of a list; give the rows that count."""
    rows = list(_counting(domain, binding.filters))
    for row in _once(out, domain, binding, rows):
        known = not (binding.status and domain.cell(binding.status, row))
        told = _told(out, domain, row, binding) if known else {}
        _put_entry(out, domain, row, binding.list, told)
        for one in binding.fields if known else ():
            further = days_after(told[one.field][1], plain_day(domain.cell(one.until, row))) if one.until else ""
            if further:
                _put_entry(out, domain, row, binding.list, {**told, one.field: (one.until, further)})
    return rows


_Told = dict[str, tuple[str, str]]
"""What is told of each field, and of each unit beside one: the column it comes from, and the text."""


def _told(out: _Out, domain: Domain, row: int, binding: ListBinding) -> _Told:
    told: _Told = {}
    for one in binding.fields:
        column, text = _first(out, domain, row, one)
        told[one.field] = column or one.field, _dated(out, domain, row, one, text) if one.is_day else text
        unit = one.unit or next(filter(None, (domain.cell(name, row) for name in one.unit_columns)), "")
        if unit:
            told[f"{one.field}_unit"] = next(iter(one.unit_columns), column), out.unit(unit)
    return told


def _put_entry(out: _Out, domain: Domain, row: int, name: str, told: _Told) -> None:
    written = (out.standard.patient, *(column for column, _ in told.values()))
    form = _Form(name, ("patient", *told), written)
    out.put(domain, row, form, (out.patient(domain, row), *(text for _, text in told.values())))


def _first(out: _Out, domain: Domain, row: int, binding: FieldBinding) -> tuple[str, str]:
    """The first column that has a text, and what it says."""
    if binding.constant:
        return "", binding.constant
    for column in binding.columns:
        if (text := domain.cell(column, row)) and text not in out.missing:
            return column, binding.words.of(text, *domain.said(column, row))
    return next(iter(binding.columns), ""), binding.words.of("")


def _dated(out: _Out, domain: Domain, row: int, binding: FieldBinding, text: str) -> str:
    """The day of a field; numbered where it has no date, and `ongoing` where the table says that it had not ended."""
    if text:
        return plain_day(text)
    if binding.study_day:
        reference = out.references.get(out.patient(domain, row), "")
        if day := numbered_day(reference, domain.cell(binding.study_day, row)):
            return day
    said = {domain.cell(column, row).casefold() for column in binding.ongoing}
    return "ongoing" if said & {"ongoing", "after"} else ""


def _once(out: _Out, domain: Domain, binding: ListBinding, rows: list[int]) -> Iterator[int]:
    """Of rows that are one entry the first; the others are taken with it."""
    if not binding.same:
        yield from rows
        return
    order = sorted(rows, key=lambda row: domain.cell(binding.first_by, row)) if binding.first_by else rows
    seen: set[tuple[str, ...]] = set()
    for row in order:
        key = (out.patient(domain, row), *(domain.cell(column, row) for column in binding.same))
        if key not in seen or not domain.rows[row].sound:
            seen.add(key)
            yield row
        else:
            out.take(domain, row)


def _attested(out: _Out, domains: Domains, domain: Domain, binding: ListBinding, rows: Iterable[int]) -> None:
    """Up to when each patient's list is complete: the latest day, by the rows that count."""
    complete = binding.complete or Complete("")
    column = complete.column.removeprefix(".")
    tables = domains.get(out.standard.patients, ()) if complete.column.startswith(".") else (domain,)
    bounds = _by_patient(out, domains, complete.on_or_before[1:]) if complete.on_or_before else None
    form = _Form("attested", _ATTESTED, (out.standard.patient, column, column))
    for table in tables:
        counting = rows if table is domain else range(len(table.rows))
        days = [(out.patient(table, row), plain_day(table.cell(column, row))[:10], row) for row in counting]
        within = [one for one in days if bounds is None or one[1] <= bounds.get(one[0], "")[:10]]
        for patient, (day, row) in _latest(within).items():
            out.put(table, row, form, (patient, binding.list, day))


def _latest(days: Iterable[tuple[str, str, int]]) -> dict[str, tuple[str, int]]:
    """The latest whole day of each patient, and its row."""
    latest: dict[str, tuple[str, int]] = {}
    for patient, day, row in days:
        known = read_day(day)
        if known is not None and known.exact and day > latest.get(patient, ("", 0))[0]:
            latest[patient] = day, row
    return latest


def _by_patient(out: _Out, domains: Domains, column: str) -> dict[str, str]:
    tables = domains.get(out.standard.patients, ())
    return {out.patient(one, row): one.cell(column, row) for one in tables for row in range(len(one.rows))}
