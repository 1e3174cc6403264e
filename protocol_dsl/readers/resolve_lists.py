"""From a mapping, and what a standard knows by itself, to what feeds each list of a protocol, and each field of it."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.vocabulary import AnyOf, Date, Item, ListOf, RecordType, Text, Time
from protocol_dsl.readers.asked import Asked, Work, listed, over, pruned
from protocol_dsl.readers.bindings import Complete, FieldBinding, ListBinding, Words
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.mapping import texts
from protocol_dsl.readers.mapping_shape import Keys
from protocol_dsl.readers.standard import Entry


def list_bindings(work: Work, name: str, record: RecordType) -> list[ListBinding]:
    """What feeds a list; a reason among the unbound where nothing does and the protocol declares it."""
    given = work.mapping.lists.get(name)
    kin = [one for one, item in work.protocol.items.items() if item.kind == ListOf(record.name)]
    shared = len(kin) > 1 or (bool(kin) and name not in kin)
    taken = _there(work, work.standard.records(record, work.domains)) if given is not None or not shared else None
    if given is None and taken is None:
        if name in kin:
            work.unbound[name] = _why_not(work, record, kin)
        return []
    asked_for = name in kin or (not kin and _of_use(work, record))
    entry = _merged(given or {}, taken)
    path = ("lists", name) if given is not None else ()
    if "from" not in entry:
        work.complain("PD752", f"`{name}` names no table", path, 'say it, as in `from = "AE"`')
    asked = [Asked.of(work, entry, table, path) for table in texts(entry.get("from"))]
    found = [_binding(one, name, record) for one in asked if one]
    if found:
        tables = tuple(table for one in asked if one for table in one.tables)
        work.entries["lists"][name] = {**entry, "columns": _columns(entry, tables)}
        bound = {field.field for one in found for field in one.fields}
        empty = [field for field in record.fields if field not in bound]
        if empty and name in kin:
            table = work.standard.spelt(found[0].domain)
            work.unbound[f"{name}, {', '.join(empty)}"] = f"{table} has no column for it that is known here"
    elif asked_for:
        work.unbound[name] = f"there is no {' or '.join(texts(entry.get('from')))}"
    return found


def _there(work: Work, taken: Entry | None) -> Entry | None:
    """What a standard takes for granted, with only such columns of several for one field as are there, if any are."""
    if taken is None or "columns" not in taken:
        return taken
    tables = [table for name in texts(taken.get("from")) for table in work.domains.get(name.upper(), ())]
    return {**taken, "columns": {name: _present(one, tables) for name, one in taken["columns"].items()}}


def _present(column: Any, tables: list[Domain]) -> Any:  # noqa: ANN401 - a column in any form of an entry
    names = texts(column.get("column") if isinstance(column, Mapping) else column)
    there = [name for name in names if any(table.has(name.upper()) for table in tables)]
    if not there or len(there) == len(names):
        return column
    left = there[0] if len(there) == 1 else there
    return {**column, "column": left} if isinstance(column, Mapping) else left


def _of_use(work: Work, record: RecordType) -> bool:
    """Whether a list that the protocol does not declare says when something was given."""
    moments = work.protocol.moments.values()
    return record.name == "dose" and any(one.first_dose_of or one.every_dose_of for one in moments)


def _columns(entry: Entry, tables: tuple[Domain, ...]) -> dict[str, Any]:
    columns = entry.get("columns", {})
    return {name: pruned(one, tables) if isinstance(one, Mapping) else one for name, one in columns.items()}


def _why_not(work: Work, record: RecordType, kin: list[str]) -> str:
    if len(kin) > 1:  # nobody can tell which entry belongs to which
        return f"several lists hold a {record.name}: {', '.join(kin)}"
    article = "an" if record.name[0] in "aeiou" else "a"
    return f"{work.standard.label} has no table for {article} {record.name} that is known here"


def _merged(given: Entry, taken: Entry | None) -> dict[str, Any]:
    """What a mapping says, before what a standard takes for granted; of another table, nothing is taken for granted."""
    if taken is None or ("from" in given and {*listed(given, "from")} != {*listed(taken, "from")}):
        return dict(given)
    columns = dict(taken.get("columns", {}))
    for name, column in given.get("columns", {}).items():
        columns[name] = _column_over(column, columns.get(name))
    return {**over(given, taken), "columns": columns}


def _column_over(given: object, taken: object) -> object:
    """A column of a mapping over that of the standard, where it is the same one."""
    if not isinstance(given, Mapping) or taken is None or "value" in given:
        return given
    usual: Entry = taken if isinstance(taken, Mapping) else {"column": taken}
    same = "column" not in given or listed(given, "column") == listed(usual, "column")
    return over(given, usual) if same else given


def _binding(asked: Asked, name: str, record: RecordType) -> ListBinding:
    said = asked.work.mapping.lists.get(name, {}).get("columns", {})
    fields = []
    for field_name, column in asked.entry.get("columns", {}).items():
        path = asked.within("columns", field_name) if field_name in said else ()
        if field_name in record.fields:
            found = field_binding(asked, record.fields[field_name], column, path)
            fields.append(_lasting(asked, found) if found and (record.name, field_name) == ("dose", "date") else found)
        elif path:
            near = nearest(field_name, record.fields)
            cure = f"`{near}` is near" if near else f"there are {', '.join(f'`{one}`' for one in record.fields)}"
            asked.work.complain("PD751", f"records of type `{record.name}` have no `{field_name}`", path, cure)
    same, first = listed(asked.entry, "same"), listed(asked.entry, "first_by")
    for one in same:
        asked.column(one, "same")
    for one in first:
        asked.column(one, "first_by")
    return ListBinding(
        name,
        asked.name,
        tuple(filter(None, fields)),
        asked.filters(),
        _complete(asked),
        same,
        next(iter(first), ""),
        asked.work.standard.status(asked.tables[0]),
    )


def _lasting(asked: Asked, field: FieldBinding) -> FieldBinding:
    """The day of a dose, with the column of the last one where a row may hold several."""
    until = asked.work.standard.last_day(next(iter(field.columns), ""))
    return evolve(field, until=until) if until and asked.there(until) else field


def _complete(asked: Asked) -> Complete | None:
    """Up to when the list is complete; a column that its own table does not have is one of the patients."""
    given = asked.entry.get("complete")
    if not given:
        return None
    said: Entry = given if isinstance(given, Mapping) else {"column": given}
    found = {}
    for key in ("column", "on_or_before"):
        name = next(iter(listed(said, key)), "")
        of_patients = Asked(asked.work, asked.entry, asked.work.patients, asked.path)
        if name and (key == "on_or_before" or not asked.there(name)) and of_patients.column(name, "complete"):
            name = f".{name}"
        found[key] = name
    return Complete(found["column"], found["on_or_before"], bool(said.get("all_rows")))


def field_binding(asked: Asked, item: Item, column: object, path: Keys) -> FieldBinding | None:
    """What feeds a field: of the columns that a standard takes for granted, those that are there; None without any."""
    entry: Entry = column if isinstance(column, Mapping) else {"column": column}
    part = asked.part(entry, path)
    columns = tuple(one for one in listed(entry, "column") if part.column(one))
    if not columns and "value" not in entry:
        return None
    first = next(iter(columns), "")
    units = listed(entry, "unit_column") or ((f"{first}U",) if asked.there(f"{first}U") else ())
    is_day = isinstance(item.kind, Date | Time)
    standard = asked.work.standard
    return FieldBinding(
        field=item.name,
        columns=columns,
        unit_columns=units,
        words=words(item, entry),
        constant=str(entry.get("value", "")),
        unit=str(entry.get("unit", "")),
        is_day=is_day,
        study_day=standard.study_day(first) if is_day else "",
        ongoing=tuple(one for one in standard.ongoing(first) if asked.there(one)) if is_day else (),
    )


def words(item: Item, entry: Entry) -> Words:
    """How texts are read for an item: those of closed and open vocabularies as names."""
    values = {str(key).casefold(): str(value) for key, value in entry.get("values", {}).items()}
    names = isinstance(item.kind, Text) or bool(getattr(item.kind, "members", ()))
    several = isinstance(item.kind, AnyOf)
    return Words(values, entry.get("others"), str(entry.get("empty", "")), names=names, several=several)
