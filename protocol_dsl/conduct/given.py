"""The level a patient was assigned and the level that was given: two facts, of which the second counts."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.model.vocabulary import ListOf


@frozen
class Level:
    """The level that counts: the one given, or the one assigned where that is not recorded; empty where entries differ.

    `assigned` is the one that was meant; `written` the levels of the doses, where they say another than what counts.
    """

    counts: str | None
    assigned: str | None = None
    doses: tuple[str, ...] = ()

    @property
    def deviation(self) -> str | None:
        """What was done otherwise than planned, or recorded in two ways."""
        if self.counts and self.assigned and self.counts != self.assigned:
            return f"assigned level {self.assigned}, given level {self.counts}, which counts"
        others = [name for name in self.doses if name != self.counts]
        if self.counts and others:
            return f"level {self.counts} counts, and doses are recorded at level {' and '.join(others)}"
        return None


def level_given(protocol: Protocol, record: Record, first: date | None = None) -> Level:
    """What is recorded of a patient's level, as of the record; `first` is the day of the first dose.

    Doses say the level where no column does: those of the first day, if they agree.
    """
    assigned, given = record.context.get("assigned_level"), record.context.get("level")
    doses = levels_of_doses(protocol, record)
    written = tuple(dict.fromkeys(level for _, level in doses))
    if given is not None:
        return Level(given, assigned, written)
    on_first = tuple(dict.fromkeys(level for day, level in doses if first is None or day == first))
    if len(on_first) > 1:
        return Level("", assigned, written)
    return Level(on_first[0] if on_first else assigned, assigned, written)


def levels_of_doses(protocol: Protocol, record: Record) -> list[tuple[date, str]]:
    """The day and the level of each dose of which both are known, in the order of their days."""
    lists = [name for name, item in protocol.items.items() if item.kind == ListOf("dose")]
    found = []
    for event in (event for name in lists for event in record.lists.get(name, ())):
        day, level = event.fields.get("date"), event.fields.get("level")
        if day is not None and level is not None and isinstance(level.value, str) and isinstance(day.value, date):
            found.append((day.value, level.value))
    return sorted(found, key=lambda one: one[0])
