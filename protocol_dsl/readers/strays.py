"""Rows that belong to nobody we know: what they could be about is held back, so that nothing is decided without them.

An event of an unknown patient may be any patient's. A reading of an unknown patient may be that of any patient who has
none. A reading of an item that is misspelt keeps the place of the item that is near.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.record import Event, Reading, Reason
from protocol_dsl.readers.gathering import Entry, Gathering
from protocol_dsl.readers.values import as_name

_MANY = 100
"""So many strays of a list are held against every patient one by one; of more, one that says nothing stands for all."""


def hold_back(gathering: Gathering) -> None:
    """Put a stray entry wherever it might belong."""
    lists = {name: _few(events) for name, events in gathering.stray_events.items()}
    items: dict[str, Reading] = {}
    for entry in gathering.strays:
        item = as_name(entry.text("item"))
        if as_name(entry.sheet.table.name) == "observations" and item in gathering.items:
            items.setdefault(item, Reading(missing=Reason.UNREADABLE, origin=entry.cell()))
    for draft in gathering.drafts.values():
        for name, events in lists.items():
            draft.lists.setdefault(name, []).extend(events)
        for item, reading in items.items():
            if not draft.readings.get(item):
                draft.readings[item] = [reading]


def _few(events: list[Event]) -> list[Event]:
    return events if len(events) <= _MANY else [Event({}, stray=True, origin=events[0].origin)]


def keep_places(gathering: Gathering, misspelt: Mapping[str, Iterable[Entry]]) -> None:
    """Let readings of items that the protocol does not have keep the place of the one that is near."""
    for name, entries in misspelt.items():
        near = nearest(name, gathering.protocol.items)
        for entry in entries if near else ():
            draft = gathering.drafts.get(entry.text("patient"))
            if draft is not None and near is not None:
                reading = Reading(date=entry.day("date"), missing=Reason.UNREADABLE, origin=entry.cell("item"))
                draft.readings.setdefault(near, []).append(reading)
