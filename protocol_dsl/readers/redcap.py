"""REDCap: a project's records as exported for analysis (CSV, raw values), with its data dictionary beside them.

A folder, or frames, with a dictionary and one or several exports; each instrument is a table, of which the rows are
those in which something of it was filled in. To write such data in a test: a table `dictionary` with the columns
`field_name`, `form_name`, `field_type`, `field_label`, `select_choices_or_calculations`,
`text_validation_type_or_show_slider_number`, a row for each field, that of the record's id first; and a table `data`
with the record's id, `redcap_repeat_instrument` and `redcap_repeat_instance` where instruments repeat, and the fields.
An item is fed by the field of its name, its day by `ITEM_date`, its limits by `ITEM_uln` and `ITEM_lln`, its unit by
`ITEM_unit` or by brackets in the field's label; a list by the instrument called as its record type is.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Date, Item, Moment, RecordType, Text, Time, YesNo
from protocol_dsl.readers import cdisc
from protocol_dsl.readers.bindings import Result
from protocol_dsl.readers.domains import Domain, Domains, by_name
from protocol_dsl.readers.lists import record_types
from protocol_dsl.readers.mapped import Said, translated
from protocol_dsl.readers.mapping import MappingFile
from protocol_dsl.readers.mapping_shape import CONTEXT
from protocol_dsl.readers.reader import Place, Reader, Translated
from protocol_dsl.readers.redcap_dictionary import Dictionary, Field, codes, dictionary, is_dictionary
from protocol_dsl.readers.redcap_tables import PER_FIELD, RECORD, name_of, tables_of, unit_column
from protocol_dsl.readers.rows import Loaded, at
from protocol_dsl.readers.standard import Entry, Findings, Standard
from protocol_dsl.readers.values import as_name

_HEAD: Final = 4096  # bytes
_ALSO: Final = {"birth_date": ("dob", "date_of_birth"), "date_of_birth": ("dob", "birth_date")}
_NO_VALUE: Final = ("descriptive", "file")
_END: Final = re.compile(r"(?i)(^|_)(end|stop|resol)")


def _recognises(place: Place) -> bool:
    """A folder with a data dictionary, by the head of its columns."""
    if isinstance(place.what, Mapping):
        return any(is_dictionary(map(str, frame.columns)) for frame in place.what.values())
    try:
        if not place.what.is_dir():
            return False
        paths = sorted(place.what.iterdir())
    except OSError:
        return False
    if any(path.suffix.casefold() == ".csv" and _has_head(path) for path in paths):
        return True
    called = any("dictionary" in path.stem.casefold() for path in paths if path.suffix.casefold() != ".csv")
    return called and any(is_dictionary(table.columns) for table in place.loaded.tables)


def _has_head(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8-sig", "replace").casefold()
    except OSError:
        return False
    return all(
        any(name in head for name in names) for names in (("field name", "field_name"), ("form name", "form_name"))
    )


def _translate(protocol: Protocol, place: Place) -> Translated:
    loaded = place.loaded
    about = dictionary(table for table in loaded.tables if is_dictionary(table.columns))
    if not about.fields:
        return _refused(loaded, "there is no data dictionary", "download it in REDCap and put it beside the export")
    found, said = tables_of(about, loaded.tables, _asked_of_records(place.mapping), place.mapping.missing)
    if RECORD not in (one.name for one in found):
        return _refused(loaded, f"no table has the column `{about.record}`, the first field of the dictionary", None)
    mapping = _with_codes(about, protocol, place.mapping)
    problems = (*about.problems, *said)
    return translated(_standard(about), protocol, evolve(place, mapping=mapping), by_name(found), Said(problems))


def _refused(loaded: Loaded, message: str, cure: str | None) -> Translated:
    file = loaded.tables[0].file if loaded.tables else "data"
    problem = at("PD703", message, Cell(file), cure)
    return Translated(Loaded((), (*loaded.problems, problem), (*loaded.unread, file)), ())


def _asked_of_records(mapping: MappingFile) -> frozenset[str]:
    """The columns of which something is asked about the record as a whole."""
    said = [mapping.patients, *(one.get("complete", {}) for one in mapping.lists.values())]
    return frozenset((*(name.upper() for name in CONTEXT), *(word.upper() for one in said for word in _words(one))))


def _words(held: object) -> Iterator[str]:
    """All texts and keys in a part of a mapping."""
    if isinstance(held, Mapping):
        for key, value in held.items():
            yield key
            yield from _words(value)
    elif isinstance(held, list | tuple):
        for one in held:
            yield from _words(one)
    elif isinstance(held, str):
        yield held


# --- what the dictionary knows of a field that a mapping names -----------------------------------------------------


def _with_codes(about: Dictionary, protocol: Protocol, mapping: MappingFile) -> MappingFile:
    """The mapping, with the codes of the fields it names beside its own value sets, and those for what is missing."""
    kinds = {**{name: Item(name, Date()) for name in protocol.moments}, **protocol.items}
    items = {
        name: _coded(about, kinds[name], entry) if name in kinds else entry for name, entry in mapping.items.items()
    }
    types = record_types(protocol)
    lists = {
        name: {**entry, "columns": _coded_columns(about, types[name], entry["columns"])}
        if name in types and isinstance(entry.get("columns"), Mapping)
        else entry
        for name, entry in mapping.lists.items()
    }
    return evolve(mapping, items=items, lists=lists, missing={**mapping.missing, **PER_FIELD})


def _coded_columns(about: Dictionary, record: RecordType, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _coded(about, record.fields[name], one if isinstance(one, Mapping) else {"column": one})
        if name in record.fields
        else one
        for name, one in columns.items()
    }


def _coded(about: Dictionary, item: Item, entry: Entry) -> Entry:
    """An entry with what the codes of its field are for an item; a word of the mapping's own comes before."""
    named = entry.get("column") or entry.get("short")
    field = about.fields.get(named.casefold()) if isinstance(named, str) else None
    given = entry.get("values", {})
    if named is None and given:
        field = _field(about, item)
    known = {**_values(field, item), **_by_box(field, given)} if field else {}
    return {**entry, "values": {**known, **given}} if known else entry


def _by_box(field: Field, given: Mapping[str, str]) -> dict[str, str]:
    """A value set by the codes or labels of boxes, by the names that those ticked go by."""
    boxes = field.choices.items() if field.kind == "checkbox" else ()
    names = {name_of(code, label): (code, label) for code, label in boxes}
    return {name: given[said] for name, both in names.items() for said in both if said in given}


def _values(field: Field, item: Item) -> dict[str, str]:
    return {} if field.kind == "checkbox" else codes(field, item)


# --- what feeds what, where nobody says ----------------------------------------------------------------------------


def _field(about: Dictionary, item: Item) -> Field | None:
    """The field that is called as the item is; a day also with `date` before or behind."""
    is_day = isinstance(item.kind, Date | Time)
    names = [item.name, *_ALSO.get(item.name, ())]
    if is_day:
        names += [f"{item.name}_date", f"date_{item.name}", f"date_of_{item.name}"]
    fields = (about.fields.get(name) for name in names)
    return next((one for one in fields if one and one.kind not in _NO_VALUE and (one.may_be_day or not is_day)), None)


def _item(about: Dictionary, item: Item, _: Domains) -> Entry | None:
    field = _field(about, item)
    if field is None:
        return None
    boxed = field.kind == "checkbox" and isinstance(item.kind, YesNo) and len(field.choices) == 1
    column = field.column(next(iter(field.choices))) if boxed else field.name
    values, day = _values(field, item), _day(about, item, field)
    return {
        "from": field.form,
        "column": column,
        **({"values": values} if values else {}),
        **({"date": day} if day else {}),
    }


def _day(about: Dictionary, item: Item, field: Field) -> str:
    """The day of a reading: a field of the same instrument that is called so."""
    stems = (item.name, field.name, field.form, "visit", "assessment", "collection")
    names = [name for stem in stems for name in (f"{stem}_date", f"{stem}_dat", f"date_{stem}")]
    days = [one for one in about.forms[field.form] if one.may_be_day and one.name != field.name]
    return next((name for name in names if name in (one.name for one in days)), "")


def _moment(about: Dictionary, moment: Moment, domains: Domains) -> Entry | None:
    if moment.first_dose_of or moment.every_dose_of:
        return None
    return _item(about, Item(moment.name, Date(), moment.label), domains)


def _records(about: Dictionary, record: RecordType, domains: Domains) -> Entry | None:
    """The instrument that is called as the entries of the list are, and its fields that are called as theirs."""
    names = (record.name, f"{record.name}s", f"{record.name}_log", f"{record.name}s_log")
    form = next((name for name in names if name.upper() in domains), None)
    if form is None:
        return None
    found = {
        name: one for name, item in record.fields.items() if (one := _of_entry(about.forms[form], item)) is not None
    }
    columns = {name: _column(one, record.fields[name]) for name, one in found.items()}
    return {"from": form, "columns": columns}


def _column(field: Field, item: Item) -> str | Entry:
    values = _values(field, item)
    return {"column": field.name, "values": values} if values else field.name


def _of_entry(fields: tuple[Field, ...], item: Item) -> Field | None:
    """The field of an entry: `start`, or else the one that ends so: `ae_start`, `ae_start_date`."""
    is_day = isinstance(item.kind, Date | Time)
    for pattern in (rf"{item.name}", rf"\w+_{item.name}", rf"(\w+_)?{item.name}_date|(\w+_)?date_{item.name}"):
        found = [one for one in fields if re.fullmatch(pattern, one.name) and (one.may_be_day or not is_day)]
        if len(found) == 1:
            return found[0]
    return None


def _findings(about: Dictionary, domain: Domain) -> Findings | None:
    """Every column with its unit and limits."""
    results = []
    for field in about.fields.values():
        beside = unit_column(about, field).upper()
        name = field.name.upper()
        units = (f"{beside}@LABEL", beside) if beside else (f"{name}@UNIT",)
        places = [
            next((one for one in names if domain.has(one)), "") for names in (units, (f"{name}_LLN",), (f"{name}_ULN",))
        ]
        if any(places):
            results.append(Result(name, *places))
    return Findings("", tuple(results), ())


def _ongoing(about: Dictionary, column: str) -> tuple[str, ...]:
    """Where a form says of an event whether it had ended: `ongoing`, `ae_ongoing`."""
    names = (name for name in about.fields if re.search(r"(^|_)ongoing$", name))
    return tuple(f"{name.upper()}@ONGOING" for name in names) if _END.search(column) else ()


def _places(about: Dictionary, _: Domains, levels: tuple[str, ...]) -> Entry:
    """The fields that are called as places in the trial are; of a level, what it is called in the protocol."""
    found: dict[str, Any] = {}
    for name in CONTEXT:
        field = about.fields.get(name)
        if field is None:
            continue
        values = {code: _level(code, label, levels) for code, label in field.choices.items()}
        if "level" not in name:
            values = codes(field, Item(name, Text()))
        found[name] = {"column": name, "values": values} if values else name
    return found


def _level(code: str, label: str, levels: tuple[str, ...]) -> str:
    number = re.sub(r"(?i)^(dose\s+)?level\s*", "", label)
    return next((one for one in (label, number, code) if one in levels), label)


def _likely(about: Dictionary, item: Item, _: Domains) -> str | None:
    """A field whose name or label is near."""
    wanted = {one.name: one for one in about.fields.values() if one.is_day or not isinstance(item.kind, Date | Time)}
    wanted = {**{as_name(one.label): one for one in wanted.values()}, **wanted}
    for name in filter(None, (item.name, as_name(item.label))):
        near = nearest(name, wanted)
        if near is not None and not (cdisc.test_of(item) and near in cdisc.tests()):  # weight is no slip for height
            return f"{wanted[near].form}.{wanted[near].name}"
    return None


def _none(_: object) -> str:
    return ""


def _numbers(_: Domain) -> tuple[str, ...]:
    return ("REDCAP_REPEAT_INSTANCE",)


def _standard(about: Dictionary) -> Standard:
    return Standard(
        label="REDCap",
        patients=RECORD,
        patient=about.record.upper(),
        reference="",
        findings=partial(_findings, about),
        item=partial(_item, about),
        moment=partial(_moment, about),
        records=partial(_records, about),
        ongoing=partial(_ongoing, about),
        study_day=_none,
        numbers=_numbers,
        places=partial(_places, about),
        likely=partial(_likely, about),
        status=_none,
        last_day=_none,
        small=True,
        named="field",
    )


reader: Final = Reader("redcap", "REDCap", _recognises, _translate)
