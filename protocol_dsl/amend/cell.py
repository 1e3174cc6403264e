"""What may stand at a place of a record."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from attrs import frozen

from protocol_dsl.model.record import Event, Judgement, Reading

Entry: TypeAlias = (
    tuple[Reading, ...]
    | tuple[tuple[Event, ...] | int, date | None]
    | tuple[Judgement, ...]
    | Reading
    | str
    | date
    | None
)


@frozen
class Cell:
    """What may stand at a place; `whole` is false where something of it is missing."""

    entry: Entry
    whole: bool = True
