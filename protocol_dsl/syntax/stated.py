"""The nodes of examples: what is given of a patient, exactly as written."""

from __future__ import annotations

from attrs import frozen

from protocol_dsl.syntax.defining import Row
from protocol_dsl.syntax.logic import Note
from protocol_dsl.syntax.tree import Node, Quantity, Word


@frozen
class Like(Node):
    example: Word
    notes: tuple[Note, ...] = ()


@frozen
class Text(Node):
    word: Word


@frozen
class MissingValue(Node):
    reason: str | None


@frozen
class BelowValue(Node):
    quantity: Quantity


@frozen
class AboveValue(Node):
    quantity: Quantity


@frozen
class Members(Node):
    names: tuple[Word, ...]


@frozen
class Judged(Node):
    """`met` or `not met`, said of a judgement."""

    met: bool


@frozen
class Reading(Node):
    value: Node
    uln: Word | None = None
    lln: Word | None = None
    date: Word | None = None


@frozen
class GivenJudged(Node):
    what: Word


@frozen
class Given(Node):
    key: Word | GivenJudged
    readings: tuple[Reading, ...]


@frozen
class GivenComplete(Node):
    list: Word
    date: Word


@frozen
class GivenLine(Node):
    givens: tuple[Given | GivenComplete, ...]
    notes: tuple[Note, ...] = ()


@frozen
class GivenList(Node):
    list: Word
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()


@frozen
class AsOfLine(Node):
    date: Word
    notes: tuple[Note, ...] = ()
