"""Entries of which two versions keep values that cannot be held against one another, such as mg/dL and umol/L.

What is in a record is read there as another value by each version, so that no record shows a difference between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from protocol_dsl.amend.formula import Atom
from protocol_dsl.amend.places import places
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Completed,
    Count,
    Date,
    Grade,
    Item,
    ListOf,
    Number,
    OneOf,
    Text,
    Time,
    YesNo,
)


def kept_apart(some: Iterable[Atom], versions: tuple[Protocol, Protocol]) -> Iterator[str]:
    """Those that atoms look at, in words."""
    for name in sorted({place.name for atom in some for place in places(atom)}):
        one, other = (_item(version, name) for version in versions)
        if one is not None and other is not None and kept(one) != kept(other):
            yield f"{name}, which is kept as {_words(one)} and as {_words(other)}"


def kept(item: Item) -> tuple[object, ...]:
    """What decides whether the values of two items can be held against one another."""
    unit = item.kind.unit if isinstance(item.kind, Number) else None
    return type(item.kind), None if unit is None else unit.kind


def _item(version: Protocol, name: str) -> Item | None:
    """An item, or a field of the events of a list."""
    of_list, _, field = name.partition(".")
    item = version.items.get(of_list)
    if item is not None and field and isinstance(item.kind, ListOf):
        return version.records[item.kind.record].fields.get(field)
    return item


def _words(item: Item) -> str:
    unit = item.kind.unit if isinstance(item.kind, Number) else None
    return _KINDS[type(item.kind)] if unit is None else f"{unit.code}"


_KINDS: dict[type, str] = {
    YesNo: "yes or no",
    OneOf: "one of several",
    AnyOf: "any of several",
    Number: "a number",
    Count: "a count",
    Completed: "a length of time",
    Grade: "a grade",
    Date: "a day",
    Time: "a time",
    Text: "a text",
    ListOf: "a list",
}
