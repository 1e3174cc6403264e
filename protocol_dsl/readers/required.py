"""Which patients have no usable entry for an item that the protocol calls `required`."""

from collections.abc import Iterable, Iterator
from typing import Final

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.readers.rows import at

_MOST_NAMED: Final = 5


def wanting(protocol: Protocol, records: Iterable[Record], file: str) -> Iterator[Diagnostic]:
    """One warning for each such item, at the file of the patients."""
    everyone = tuple(records)
    for name, item in protocol.items.items():
        patients = [record.patient for record in everyone if item.required and not _has(record, name)]
        if patients:
            have = "1 patient has" if len(patients) == 1 else f"{len(patients)} patients have"
            message = f"`{name}` is required, and {have} no usable entry: {_named(patients)}"
            yield at("PD713", message, Cell(file), "record it; until then what rests on it is unknown", mild=True)


def _has(record: Record, name: str) -> bool:
    """A value, an event, or somebody's word on the list."""
    read = any(reading.value is not None and not reading.stray for reading in record.readings.get(name, ()))
    return read or bool(record.lists.get(name)) or name in record.attested


def _named(patients: list[str]) -> str:
    told = ", ".join(f"`{patient}`" for patient in patients[:_MOST_NAMED])
    more = len(patients) - _MOST_NAMED
    return f"{told} and {more} more" if more > 0 else told
