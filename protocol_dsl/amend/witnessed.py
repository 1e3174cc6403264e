"""A witness as a person reads it, and as data that can be read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from protocol_dsl.amend.change import Witness
from protocol_dsl.base.quantity import Unit, decimal_text
from protocol_dsl.evaluate.quoting import event_words, reading_words, unit_of_item
from protocol_dsl.model.phrases import value_words
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Judgement, Reading, Record, Value
from protocol_dsl.model.vocabulary import Item


def told(witness: Witness, protocol: Protocol) -> str:
    """What is not typical of the record: `anc 0.7 10*9/L, sex female`."""
    here = varied(witness.varied, witness.record, protocol) or "the typical record"
    return here if witness.as_of is None else f"{here}, seen on {witness.as_of}"


def varied(where: Iterable[tuple[str, str]], record: Record, protocol: Protocol) -> str:
    """What a record has at some places, by their kind and name."""
    return ", ".join(part for kind, name in where for part in _told(kind, name, record, protocol))


def _told(kind: str, name: str, record: Record, protocol: Protocol) -> Iterator[str]:
    match kind:
        case "item" | "moment":
            yield f"{name} {_readings(record.readings.get(name, ()), protocol.items.get(name))}"
        case "list":
            yield from _listed(name, record)
        case "field":
            return
        case "judgement":
            yield f"{name} {_judged(record.judgements.get(name, ()))}"
        case _:
            yield f"{name} {record.context.get(name, 'not recorded')}"


def _readings(readings: tuple[Reading, ...], item: Item | None) -> str:
    if not readings:
        return "not recorded"
    given = unit_of_item(item)
    return " and ".join(f"{reading_words(one, given)}{_limits(one, given)}" for one in readings)


def _limits(reading: Reading, given: Unit | None) -> str:
    known = (("ULN", reading.uln), ("LLN", reading.lln))
    told_ = [f"{name} {value_words(value, given)}" for name, value in known if value is not None]
    return f" ({', '.join(told_)})" if told_ else ""


def _listed(name: str, record: Record) -> Iterator[str]:
    events = record.lists.get(name, ())
    for event in events:
        words = event_words(name, event)
        yield words if event.fields else f"{name}: an entry without details"
    complete = "" if name in record.attested else ", not known to be complete"
    if not events or complete:
        yield f"{name}{': none' if not events else ''}{complete}"


def _judged(judgements: tuple[Judgement, ...]) -> str:
    return "not judged" if not judgements else "judged met" if judgements[0].met else "judged not met"


# --- as data ----------------------------------------------------------------------------------------------------------


def as_data(record: Record, as_of: date, protocol: Protocol) -> dict[str, Any]:
    """The whole record: numbers as strings of exact decimals in the unit of the item."""
    moments = {name for name in record.readings if name in protocol.moments}
    items = {name: found for name, found in record.readings.items() if name not in moments}
    return {
        "as_of": as_of.isoformat(),
        "moments": {name: _value(record.readings[name][0].value) for name in sorted(moments) if record.readings[name]},
        "items": {name: [_reading(one, protocol.items.get(name)) for one in items[name]] for name in sorted(items)},
        "lists": {name: _list(name, record, protocol) for name in sorted(record.lists)},
        "judgements": {name: found[0].met for name, found in sorted(record.judgements.items()) if found},
        "place": dict(sorted(record.context.items())),
    }


def _list(name: str, record: Record, protocol: Protocol) -> dict[str, Any]:
    until = record.attested.get(name)
    return {
        "complete_to": None if until is None else until.isoformat(),
        "events": [_event(event, protocol) for event in record.lists[name]],
    }


def _event(event: Event, protocol: Protocol) -> Mapping[str, Any]:
    fields = {name: item for record in protocol.records.values() for name, item in record.fields.items()}
    return {name: _reading(one, fields.get(name))["value"] for name, one in event.fields.items()}


def _reading(reading: Reading, item: Item | None) -> dict[str, Any]:
    given = unit_of_item(item)
    found: dict[str, Any] = {"value": _value(reading.value, given)}
    if given is not None:
        found["unit"] = given.code
    limits = {"uln": reading.uln, "lln": reading.lln}
    found |= {name: _value(limit, given) for name, limit in limits.items() if limit is not None}
    if reading.date is not None:
        found["date"] = reading.date.first.isoformat()
    if reading.missing is not None:
        found["missing"] = reading.missing.value
    return found


def _value(value: Value | None, given: Unit | None = None) -> str | None:
    if value is None:
        return None
    if isinstance(value, Fraction):
        return decimal_text(value if given is None else given.of_base(value))
    return value_words(value)


def entry_words(kind: str, name: str, entry: Any, protocol: Protocol) -> str:  # noqa: ANN401 - depends on the place
    """What stands at a place of a record, without the name of the place."""
    found = Record("", {name: entry} if kind == "item" else {}, *_others(kind, name, entry))
    return ", ".join(_told(kind, name, found, protocol)).removeprefix(f"{name}: ").removeprefix(f"{name} ")


def _others(kind: str, name: str, entry: Any) -> tuple[Any, Any, Any, Any]:  # noqa: ANN401 - depends on the place
    """The lists, attestations, judgements and places of a record that has but one entry."""
    lists, attested = ({name: entry[0]}, {name: entry[1]}) if kind == "list" else ({}, {})
    judged = {name: entry} if kind == "judgement" else {}
    return lists, {name: day for name, day in attested.items() if day}, judged, {name: entry} if kind == "place" else {}
