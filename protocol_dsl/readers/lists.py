"""The lists every protocol may have without declaring them: adverse events and doses, with their fields."""

from typing import Final

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Date, Grade, Item, Kind, ListOf, Number, OneOf, RecordType, Text

ATTRIBUTION: Final = ("unrelated", "unlikely", "possible", "probable", "definite")
"""How likely it is that an event comes from the treatment (CTEP, CTCAE guidance)."""


def record_types(protocol: Protocol) -> dict[str, RecordType]:
    """The record type of each list, by the name of the list."""
    attributed = tuple(dict.fromkeys((*ATTRIBUTION, *(protocol.dlt.attributed if protocol.dlt else ()))))
    standard = {
        "adverse_event": _fields(
            "adverse_event",
            term=Text(),
            grade=Grade(),
            start=Date(),
            end=Date(),
            attributed=OneOf(attributed),
            outcome=Text(),
        ),
        "dose": _fields("dose", product=Text(), date=Date(), level=Text(), amount=Number(), unit=Text()),
    }
    known = {**standard, **protocol.records}
    lists = {"adverse_events": known["adverse_event"], "doses": known["dose"]}
    for item in protocol.items.values():
        if isinstance(item.kind, ListOf):
            lists[item.name] = known.get(item.kind.record) or RecordType(item.kind.record, {})
    return lists


def _fields(name: str, **kinds: Kind) -> RecordType:
    return RecordType(name, {field: Item(field, kind) for field, kind in kinds.items()})
