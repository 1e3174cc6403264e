"""What a question comes to: the records on which two formulas differ, and what was not looked through."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from protocol_dsl.amend.ways import Direction, Entries
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.record import Record


@frozen
class Shown:
    """A record on which the two differ, and the places in which it is not the typical one.

    It is seen from `as_of`, or where that is None from the day on which all is seen that is compared.
    """

    record: Record
    entries: Entries
    old: Truth
    new: Truth
    as_of: date | None = None


@frozen
class Answer:
    """The differences found, one for each direction. With `proved` there is none in any other direction.

    `records` were read by the interpreter; `loose` says what the search does not cover, and `looked`, where it leaves
    anything open, what it does.
    """

    found: Mapping[Direction, Shown]
    proved: bool
    records: int = 0
    loose: tuple[str, ...] = ()
    looked: tuple[str, ...] = ()
