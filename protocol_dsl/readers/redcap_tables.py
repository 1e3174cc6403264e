"""An export of REDCap taken apart: a table for each instrument, and one with a row for each record.

A row of an export is of one event, and of one instance where instruments repeat; it has the cells of all instruments.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.readers.bindings import Words
from protocol_dsl.readers.domains import Cells, Domain, called
from protocol_dsl.readers.redcap_dictionary import Dictionary, Field, is_dictionary
from protocol_dsl.readers.rows import Table, at
from protocol_dsl.readers.values import REASONS

RECORD: Final = "RECORD"
"""The table with a row for each record."""

ROWS: Final = "EXPORT"
"""The table of all rows, whatever was filled in."""

PER_FIELD: Final = {f"missing: {reason}": reason for reason in REASONS}
"""How a code of one field for what is missing is written once it is known as such."""

_INSTRUMENT: Final = "REDCAP_REPEAT_INSTRUMENT"
_COMMA: Final = re.compile(r"[-+]?[0-9]*,[0-9]+")
_COMPLETE: Final = "2"  # 0 is incomplete, 1 unverified
_OF_PROJECT: Final = ("ARM_NUM", "UNIQUE_EVENT_NAME")
_YES: Final = ("yes", "true", "ongoing")


def tables_of(
    about: Dictionary, tables: Iterable[Table], asked: Collection[str], missing: Collection[str] = ()
) -> tuple[list[Domain], list[Diagnostic]]:
    """The instruments in all exports; of records, the columns that are `asked` have what all their rows say.

    `missing` are the codes that say in any field why it has no value.
    """
    found: list[Domain] = []
    problems: list[Diagnostic] = []
    known: set[str] = set()
    for table in tables:
        if is_dictionary(table.columns):
            continue
        whole = Domain(called(table), table)
        if not whole.has(about.record.upper()):
            if not any(whole.has(name) for name in _OF_PROJECT):
                message = f"the table has no column `{about.record}`, which is the record's id, and is not used"
                problems.append(at("PD705", message, Cell(table.file, 1), mild=True))
                found.append(whole)
            continue
        whole = evolve(whole, name=ROWS, added=_cells(about, whole, missing))
        record, conflicts = _records(about, whole, known, asked)
        problems += conflicts
        found += [whole, record, *_instruments(about, whole)]
    return found, problems


def _part(whole: Domain, name: str, rows: Sequence[int], added: Mapping[str, Cells] | None = None) -> Domain:
    """Some rows of a table."""
    table = evolve(whole.table, rows=tuple(whole.rows[row] for row in rows))
    cells = {column: [cells[row] for row in rows] for column, cells in whole.added.items()}
    return Domain(name, table, {**cells, **(added or {})})


# --- instruments --------------------------------------------------------------------------------------------------


def _instruments(about: Dictionary, whole: Domain) -> Iterator[Domain]:
    raw = Domain(whole.name, whole.table)
    repeating = [text.casefold() for text in raw.cells(_INSTRUMENT)]
    for form, fields in about.forms.items():
        columns = [
            (column.upper(), field.kind != "checkbox")
            for field in fields
            if field.name != about.record
            for column in _columns(field)
        ]
        filled = [raw.cells(column) for column, plain in columns if plain and column in raw.places]
        ticked = [raw.cells(column) for column, plain in columns if not plain and column in raw.places]
        status = raw.cells(f"{form}_complete".upper())
        rows = [
            row
            for row, one in enumerate(whole.rows)
            if not one.sound
            or repeating[row] == form
            or any(cells[row] for cells in filled)
            or any(cells[row] == "1" for cells in ticked)
            or status[row] not in ("", "0")
        ]
        if filled or ticked:
            yield _part(whole, form.upper(), rows)


def _columns(field: Field) -> tuple[str, ...]:
    """The columns of a field in an export: of check boxes, one for each."""
    return tuple(map(field.column, field.choices)) if field.kind == "checkbox" else (field.name,)


# --- cells --------------------------------------------------------------------------------------------------------


def _cells(about: Dictionary, whole: Domain, missing: Collection[str]) -> dict[str, Cells]:
    """What cells mean where the dictionary says it."""
    added: dict[str, Cells] = {}
    for field in about.fields.values():
        name = field.name.upper()
        if field.kind == "checkbox":
            added.update(_boxes(field, whole, missing))
        elif whole.has(name):
            cells = whole.cells(name)
            if field.has_comma:
                added[name] = [text.replace(",", ".") if _COMMA.fullmatch(text) else text for text in cells]
            if field.missing:
                added[name] = [_why(field, text) for text in added.get(name, cells)]
            added.update(_beside(about, field, whole))
    return added


def _why(field: Field, text: str) -> str:
    return f"missing: {field.missing[text]}" if text in field.missing else text


def _beside(about: Dictionary, field: Field, whole: Domain) -> Iterator[tuple[str, Cells]]:
    """The unit of a number: what the field beside it says, or the label; and whether an event had not ended."""
    beside = about.fields.get(unit_column(about, field))
    if beside is not None and beside.choices:
        labels = whole.cells(beside.name.upper())
        yield f"{beside.name.upper()}@LABEL", [beside.choices.get(text, text) for text in labels]
    elif beside is None and field.unit:
        yield f"{field.name.upper()}@UNIT", [field.unit] * len(whole.rows)
    if re.search(r"(^|_)ongoing$", field.name):
        texts = whole.cells(field.name.upper())
        labels = [field.choices.get(text, text).casefold() for text in texts]
        yield f"{field.name.upper()}@ONGOING", ["ongoing" if text in _YES else "" for text in labels]


def unit_column(about: Dictionary, field: Field) -> str:
    """The field that has the unit of another one; empty where there is none."""
    return next((name for name in (f"{field.name}_unit", f"{field.name}_units") if name in about.fields), "")


def _boxes(field: Field, whole: Domain, missing: Collection[str]) -> Iterator[tuple[str, Cells]]:
    """Each box as yes or no, and all of them as the names of those ticked.

    A box that is not ticked means no where another one is, or where the form is called complete; else nobody may have
    looked at it. REDCap writes 0 for both. A box beside those of the choices is one for a missing-data code.
    """
    columns = {code: field.column(code).upper() for code in field.choices}
    there = {code: whole.cells(column) for code, column in columns.items() if whole.has(column)}
    if not there:
        return
    status = whole.cells(f"{field.form}_complete".upper())
    ticks = [[code for code, cells in there.items() if cells[row] == "1"] for row in range(len(whole.rows))]
    looked = [bool(ticked) or said == _COMPLETE for ticked, said in zip(ticks, status, strict=True)]
    why = _why_none(field, whole, {*columns.values()}, missing)
    for code, cells in there.items():
        yield columns[code], [said or _box(text, known) for text, known, said in zip(cells, looked, why, strict=True)]
    names = {code: name_of(code, label) for code, label in field.choices.items()}
    joined = ["|".join(names[code] for code in ticked) for ticked in ticks]
    each = zip(joined, looked, why, strict=True)
    yield field.name.upper(), [said or text or ("none" if known else "") for text, known, said in each]


def name_of(code: str, label: str) -> str:
    """What a box that is ticked goes by: its label as a name."""
    return Words(names=True).of(label) or code


def _why_none(field: Field, whole: Domain, boxes: set[str], missing: Collection[str]) -> list[str]:
    """The missing-data code that is ticked in each row, as it was declared; empty where there is none."""
    head = f"{field.name}___".upper()
    declared = {field.column(code).upper(): code for code in missing}
    beside = [one for one in whole.columns if one.startswith(head) and one not in boxes]
    why = [""] * len(whole.rows)
    for column in beside:
        for row, text in enumerate(whole.cells(column)):
            if text == "1":
                why[row] = declared.get(column, column.removeprefix(head))
    return why


def _box(text: str, known: bool) -> str:  # noqa: FBT001 - whether anybody looked
    return "yes" if text == "1" else ("no" if known else "") if text == "0" else text


# --- records ------------------------------------------------------------------------------------------------------


def _records(
    about: Dictionary, whole: Domain, known: set[str], asked: Collection[str]
) -> tuple[Domain, list[Diagnostic]]:
    """The first row of each record that is not yet `known`, and of rows without a record every one."""
    rows_of: dict[str, list[int]] = {}
    ids = whole.cells(about.record.upper())
    for row, record in enumerate(ids):
        rows_of.setdefault(record, []).append(row)
    firsts = [
        row for row, record in enumerate(ids) if not record or (rows_of[record][0] == row and record not in known)
    ]
    known |= {*rows_of} - {""}
    added, problems = {}, []
    for column in (one for one in asked if whole.has(one)):
        said = [_said(whole, column, rows_of[ids[row]] if ids[row] else [row]) for row in firsts]
        added[column] = [next(iter(texts)) if len(texts) == 1 else "" for texts in said]
        problems += [
            _conflict(whole, ids[row], row, column, texts)
            for row, texts in zip(firsts, said, strict=True)
            if len(texts) > 1
        ]
    return _part(whole, RECORD, firsts, added), problems


def _said(whole: Domain, column: str, rows: Iterable[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (whole.cell(column, row) for row in rows))))


def _conflict(whole: Domain, record: str, row: int, column: str, texts: Sequence[str]) -> Diagnostic:
    message = (
        f"record `{record}` has several values of `{column.lower()}`: {', '.join(texts[:3])}; none of them is used"
    )
    where = Cell(whole.table.file, whole.rows[row].number, column.lower())
    return at("PD711", message, where, "name the event in which it counts, or keep one", mild=True)
