"""Rows that belong to nobody we know: what they could be about is held back, so that nothing is decided without them.

An event or a reading of an unknown patient may be any patient's. A reading of an item that is misspelt keeps the place
of the item that is near.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import evolve

from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.record import Event, Reading, Reason
from protocol_dsl.readers.gathering import Entry, Gathering

_MANY = 100
"""So many strays of a list or an item are held against every patient one by one; of more, one that says nothing."""


def hold_back(gathering: Gathering) -> None:
    """Put a stray entry wherever it might belong."""
    lists = {name: _few(events) for name, events in gathering.stray_events.items()}
    items = {name: _few_readings(found) for name, found in gathering.stray_readings.items()}
    for draft in gathering.drafts.values():
        for name, events in lists.items():
            draft.lists.setdefault(name, []).extend(events)
        for item, readings in items.items():
            if item in gathering.protocol.items:
                draft.readings.setdefault(item, []).extend(readings)
            elif not draft.readings.get(item):  # a moment, which has one day only
                draft.readings[item] = [Reading(missing=Reason.UNREADABLE, origin=readings[0].origin)]


def _few(events: list[Event]) -> list[Event]:
    return events if len(events) <= _MANY else [Event({}, stray=True, origin=events[0].origin)]


def _few_readings(readings: list[Reading]) -> list[Reading]:
    if len(readings) <= _MANY:
        return [evolve(one, stray=True) for one in readings]
    return [Reading(missing=Reason.UNREADABLE, stray=True, origin=readings[0].origin)]


def keep_places(gathering: Gathering, misspelt: Mapping[str, Iterable[Entry]]) -> None:
    """Let readings of items that the protocol does not have keep the place of the one that is near."""
    for name, entries in misspelt.items():
        near = nearest(name, gathering.protocol.items)
        for entry in entries if near else ():
            draft = gathering.drafts.get(entry.text("patient"))
            if draft is not None and near is not None:
                reading = Reading(date=entry.day("date"), missing=Reason.UNREADABLE, origin=entry.cell("item"))
                draft.readings.setdefault(near, []).append(reading)
