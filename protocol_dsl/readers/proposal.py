"""A mapping written out: what feeds each item, what that comes to in the data, and what has nothing."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from protocol_dsl.base.display import safe
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Reason, Record
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.reader import Reader, Translated

_FEW: Final = 3
_BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_LONGEST: Final = 40


@frozen
class Found:
    """What an item or a list would find: how many entries, of how many patients, in which units, and the first.

    `unreadable` and `missing` are those of the entries that have no value; of a list, those without any field.
    """

    section: str
    name: str
    entry: Mapping[str, Any]
    rows: int
    patients: int
    unreadable: int = 0
    missing: int = 0
    units: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@frozen
class Proposal:
    """A whole mapping, with what it finds; `unbound` says of each item and list that has nothing why.

    `kept` is what was said already and is about all items: the sections `units` and `missing`, and `blank`.
    """

    standard: str
    patients: Mapping[str, Any]
    kept: Mapping[str, Any]
    found: tuple[Found, ...]
    unbound: Mapping[str, str]


def proposal(
    protocol: Protocol, reader: Reader, translated: Translated, data: Data, kept: Mapping[str, Any]
) -> Proposal:
    """What feeds a protocol from data that were read; `kept` is what a mapping said of all of them."""
    measured = _units(translated)
    items = translated.entries.get("items", {})
    found = [
        _item("moments" if name in protocol.moments else "items", name, entry, data.records, measured.get(name, ()))
        for name, entry in items.items()
    ]
    found += [_list(name, entry, data.records) for name, entry in translated.entries.get("lists", {}).items()]
    return Proposal(reader.name, translated.entries.get("patients", {}), kept, tuple(found), translated.unbound)


def _units(translated: Translated) -> dict[str, tuple[str, ...]]:
    """The units of each item as the data write them."""
    found: dict[str, dict[str, None]] = {}
    for table in translated.loaded.tables:
        if table.name == "observations":
            item, unit = table.columns.index("item"), table.columns.index("unit")
            for row in table.rows:
                if row.cells[unit]:
                    found.setdefault(row.cells[item], {})[row.cells[unit]] = None
    return {name: tuple(units) for name, units in found.items()}


def _item(
    section: str, name: str, entry: Mapping[str, Any], records: Iterable[Record], units: tuple[str, ...]
) -> Found:
    each = [record.readings.get(name, ()) for record in records]
    readings = [one for those in each for one in those]
    unreadable = sum(one.missing is Reason.UNREADABLE for one in readings)
    missing = sum(one.missing is not None for one in readings) - unreadable
    values = tuple(dict.fromkeys(one.written for one in readings if one.value is not None))[:_FEW]
    return Found(section, name, entry, len(readings), sum(map(bool, each)), unreadable, missing, units, values)


def _list(name: str, entry: Mapping[str, Any], records: Iterable[Record]) -> Found:
    each = [record.lists.get(name, ()) for record in records]
    events = [one for those in each for one in those]
    unreadable = sum(any(field.missing is Reason.UNREADABLE for field in one.fields.values()) for one in events)
    values = tuple(dict.fromkeys(filter(None, map(_named, events))))[:_FEW]
    return Found("lists", name, entry, len(events), sum(map(bool, each)), unreadable, values=values)


def _named(event: Event) -> str:
    """What an event is about: its first field that has a value."""
    first: Reading | None = next((one for one in event.fields.values() if one.value is not None), None)
    return first.written if first else ""


# --- as TOML ------------------------------------------------------------------------------------------------------


def as_toml(one: Proposal) -> str:
    """The mapping as a file, with what each entry finds beside it."""
    lines = [f"standard = {_text(one.standard)}"]
    lines += [*_pairs({key: value for key, value in one.kept.items() if value and not isinstance(value, Mapping)}), ""]
    if one.patients:
        lines += ["[patients]", *_pairs(one.patients), ""]
    for section, held in one.kept.items():
        if held and isinstance(held, Mapping):
            lines += [f"[{section}]", *_pairs(held), ""]
    for found in one.found:
        lines += list(_section(found))
    if one.unbound:
        lines += ["# Nothing feeds these:", *(f"#   {name}: {safe(why)}" for name, why in one.unbound.items()), ""]
    return "\n".join(lines)


def _section(found: Found) -> Iterator[str]:
    yield f"[{found.section}.{_key(found.name)}]  # {said(found)}"
    columns = found.entry.get("columns") if found.section == "lists" else None
    yield from _pairs({key: value for key, value in found.entry.items() if key != "columns" or columns is None})
    if columns:
        yield ""
        yield f"[lists.{_key(found.name)}.columns]"
        yield from _pairs(columns)
    yield ""


def said(found: Found) -> str:
    """What an entry finds, in a line."""
    rows = "1 row" if found.rows == 1 else f"{found.rows:,} rows"
    patients = "1 patient" if found.patients == 1 else f"{found.patients:,} patients"
    parts = [f"{rows} of {patients}" if found.rows else "no rows"]
    if found.unreadable:
        parts.append(f"{found.unreadable:,} cannot be read")
    if found.missing:
        parts.append(f"{found.missing:,} without a value")
    if found.units:
        parts.append(f"in {', '.join(map(safe, found.units))}")
    if found.values:
        parts.append(", ".join(safe(value[:_LONGEST]) for value in found.values))
    return "; ".join(parts)


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a mapping holds
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return str(value) if isinstance(value, int | float) else _text(value)


def _key(key: str) -> str:
    return key if key and set(key) <= _BARE else _text(key)


def _text(text: str) -> str:
    """A basic string of TOML, which is one of JSON without DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
