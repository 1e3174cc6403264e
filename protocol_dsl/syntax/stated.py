"""The nodes of examples: what is given of a patient, exactly as written."""

from __future__ import annotations

from protocol_dsl.syntax.defining import Row
from protocol_dsl.syntax.logic import Note
from protocol_dsl.syntax.tree import Node, Quantity, Word, node


@node
class Like(Node):
    example: Word
    notes: tuple[Note, ...] = ()


@node
class Text(Node):
    word: Word


@node
class MissingValue(Node):
    reason: str | None


@node
class BelowValue(Node):
    quantity: Quantity


@node
class AboveValue(Node):
    quantity: Quantity


@node
class Members(Node):
    names: tuple[Word, ...]


@node
class Judged(Node):
    """`met` or `not met`, said of a judgement."""

    met: bool


@node
class Reading(Node):
    value: Node
    uln: Word | None = None
    lln: Word | None = None
    date: Word | None = None


@node
class GivenJudged(Node):
    what: Word


@node
class Given(Node):
    key: Word | GivenJudged
    readings: tuple[Reading, ...]


@node
class GivenComplete(Node):
    list: Word
    date: Word


@node
class GivenLine(Node):
    givens: tuple[Given | GivenComplete, ...]
    notes: tuple[Note, ...] = ()


@node
class GivenList(Node):
    list: Word
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()


@node
class AsOfLine(Node):
    date: Word
    notes: tuple[Note, ...] = ()
