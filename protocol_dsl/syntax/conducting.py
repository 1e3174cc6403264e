"""The nodes of what is said of the conduct of a trial, exactly as written: timing, parts, rules over all patients."""

from __future__ import annotations

from typing import TypeAlias

from protocol_dsl.syntax.defining import Row
from protocol_dsl.syntax.logic import Condition, Note
from protocol_dsl.syntax.tree import Node, Word, node


@node
class TimingHead(Node):
    """The head `timing`."""


@node
class PartsHead(Node):
    """The head `parts`."""


@node
class ModificationsHead(Node):
    """The head `modifications`."""


@node
class HoldUntil(Node):
    """`then hold until no adverse_events where (...)`."""

    until: Condition


@node
class ThenStep(Node):
    """`then one level down`."""

    step: str


@node
class MostReductions(Node):
    """`at most 2 reductions, else off treatment`."""

    count: Word


@node
class EachPatient(Node):
    """`each patient had_dlt`, or of those `where (part is expansion)`."""

    where: Condition | None
    condition: Condition


@node
class StopsLine(Node):
    """`stops when chance of a rate above 0.33 is more than 0.9`, and below it the table as the protocol prints it."""

    phrase: Word
    rows: tuple[Row, ...] = ()


@node
class TestsLine(Node):
    """`tests a rate of 0.10 against 0.30, ...`."""

    phrase: Word


@node
class EvaluableLine(Node):
    """`evaluable when ...`."""

    condition: Condition
    notes: tuple[Note, ...] = ()


@node
class FollowUpLine(Node):
    """`follow-up ends at off_study, withdrawn`."""

    items: tuple[Word, ...]
    notes: tuple[Note, ...] = ()


@node
class ReplaceLine(Node):
    """`replace patients who are not evaluable`."""

    notes: tuple[Note, ...] = ()


ConductHead: TypeAlias = TimingHead | PartsHead | ModificationsHead
ConductLine: TypeAlias = EachPatient | StopsLine | TestsLine | HoldUntil | ThenStep | MostReductions
