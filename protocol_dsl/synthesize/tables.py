"""Records as the tables of a plain folder: every cell a text, numbers exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from attrs import define, field

from protocol_dsl.base.quantity import decimal_text, unit
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Reading, Record, Value
from protocol_dsl.model.vocabulary import Item, ListOf, Number
from protocol_dsl.readers.data import CommitteeDecision
from protocol_dsl.readers.lists import record_types
from protocol_dsl.synthesize.seek import is_dated

_SPARE = ("h", "min", "s")  # in which a length of time is a finite number where it is none in days
_PLACES = ("cohort", "assigned_level", "level", "entry", "part")


@define
class Tables:
    """Tables by name: the columns, and rows with a text for each."""

    columns: dict[str, tuple[str, ...]] = field(factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(factory=dict)

    def add(self, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, str]] = ()) -> None:
        """A table more."""
        self.columns[name] = tuple(columns)
        self.rows[name] = [dict(row) for row in rows]


def plain(protocol: Protocol, records: Sequence[Record], decisions: Iterable[CommitteeDecision]) -> Tables:
    """The tables of a plain folder."""
    tables = Tables()
    _patients(tables, protocol, records)
    columns = ("patient", "item", "date", "value", "unit", "lln", "uln")
    readings = (row for record in records for row in _observations(protocol, record))
    tables.add("observations", columns, readings)
    for name, item in protocol.items.items():
        if isinstance(item.kind, ListOf):
            _list(tables, protocol, name, records)
    attested = [
        {"patient": record.patient, "list": name, "complete_as_of": day.isoformat()}
        for record in records
        for name, day in record.attested.items()
    ]
    tables.add("attested", ("patient", "list", "complete_as_of"), attested)
    judged = [
        {
            "patient": record.patient,
            "criterion": name,
            "date": _day_text(one.day),
            "holds": "yes" if one.met else "no",
            "by": one.by,
        }
        for record in records
        for name, ones in record.judgements.items()
        for one in ones
    ]
    tables.add("judgements", ("patient", "criterion", "date", "holds", "by"), judged)
    decided = [
        {
            "date": _day_text(one.day),
            "proposed": one.proposed,
            "decided": one.decided,
            "by": one.by,
            "reason": one.reason,
        }
        for one in decisions
    ]
    tables.add("decisions", ("date", "proposed", "decided", "by", "reason"), decided)
    tables.add("missing", ("patient", "item", "date", "reason"))
    return tables


def _patients(tables: Tables, protocol: Protocol, records: Sequence[Record]) -> None:
    there = {name for record in records for name in record.context}
    places = [name for name in _PLACES if name in there]
    moments = [name for name in protocol.moments if any(name in record.readings for record in records)]
    items = [
        name
        for name, item in protocol.items.items()
        if not isinstance(item.kind, ListOf) and not is_dated(item) and name not in moments
    ]
    rows = []
    for record in records:
        row = {"patient": record.patient, **{name: record.context.get(name, "") for name in places}}
        for name in (*moments, *items):
            readings = record.readings.get(name, ())
            value = readings[0].value if readings else None
            row[name] = "" if value is None else text_of(protocol.items.get(name), value)
        rows.append(row)
    tables.add("patients", ("patient", *places, *moments, *items), rows)


def _observations(protocol: Protocol, record: Record) -> Iterable[dict[str, str]]:
    for name, item in protocol.items.items():
        if is_dated(item):
            for one in record.readings.get(name, ()):
                if one.value is not None:
                    yield {"patient": record.patient, "item": name, **_reading(item, one)}


def _reading(item: Item, one: Reading) -> dict[str, str]:
    unit = item.kind.unit.code if isinstance(item.kind, Number) and item.kind.unit else ""
    limits = {
        name: "" if limit is None else text_of(item, limit) for name, limit in (("lln", one.lln), ("uln", one.uln))
    }
    value = "" if one.value is None else text_of(item, one.value)
    return {"date": _day_text(one.date.first if one.date else None), "value": value, "unit": unit, **limits}


def _list(tables: Tables, protocol: Protocol, name: str, records: Sequence[Record]) -> None:
    fields = record_types(protocol)[name].fields
    rows = []
    for record in records:
        for event in record.lists.get(name, ()):
            row = {"patient": record.patient}
            for key, one in event.fields.items():
                if key in fields and one.value is not None:
                    row[key] = _with_unit(fields[key], one.value)
            rows.append(row)
    used = [key for key in fields if any(key in row for row in rows)]
    if used:
        tables.add(name, ("patient", *used), ({key: row.get(key, "") for key in ("patient", *used)} for row in rows))


def _with_unit(item: Item, value: Value) -> str:
    """A field with its unit in the same cell, where it has one."""
    declared = item.kind.unit if isinstance(item.kind, Number) else None
    if declared is None or not isinstance(value, Fraction):
        return text_of(item, value)
    spare = [one for code in _SPARE if (one := unit(code)) and one.same_kind(declared)]
    for one in (declared, *spare):
        text = decimal_text(one.of_base(value))
        if not text.startswith("about"):
            return f"{text} {one.code}"
    return ""


def text_of(item: Item | None, value: Value) -> str:
    """How a value is written, a number in the item's own unit."""
    if isinstance(value, Fraction):
        unit = item.kind.unit if item is not None and isinstance(item.kind, Number) else None
        return decimal_text(value if unit is None else unit.of_base(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return "; ".join(sorted(value)) or "none"
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Attested) else str(value)


def _day_text(day: date | None) -> str:
    return "" if day is None else day.isoformat()
