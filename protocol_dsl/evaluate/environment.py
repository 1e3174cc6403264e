"""What a condition is read against: one record, seen from one day, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import field, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.model.condition import Condition, Part, Policy, Series
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Reason, Record
from protocol_dsl.model.vocabulary import Completeness


@frozen
class Candidate:
    """One reading that may be the chosen one: what each of its parts may be, and why it is not more certain."""

    value: Option
    date: Option = ANYTHING
    uln: Option = ANYTHING
    lln: Option = ANYTHING
    reading: Reading | None = None
    reason: Reason | None = None

    def part(self, part: Part) -> Option:
        """The value, the limits or the day."""
        if part is Part.VALUE:
            return self.value
        if part is Part.DATE:
            return self.date
        return self.uln if part is Part.ULN else self.lln


@frozen
class Fact:
    """Something that was looked up: an item, a field, a moment, a list or a judgement, and what was found.

    `rule` is the line of the protocol by which a list counted as complete; `of_list` is the one whose field it is;
    `asked` is the condition that does not hold, of a formula that is not valid here.
    """

    name: str
    candidates: tuple[Candidate, ...]
    part: Part = Part.VALUE
    rule: Completeness | None = None
    of_list: str = ""
    asked: Condition | None = None


@frozen
class Environment:
    """One record seen from `as_of`, with its items read at the day `at` of the moment `moment`.

    `moments` holds what each moment may be. `event` is the event of `of_list` being looked at, `bound` the readings
    that are fixed, `everyone` the records over which a pooled count runs, `judging` the id of the clause. `lens` is the
    day at which readings are chosen where that differs from `at`. `around` are the events further out, the nearest
    last. Where `ahead` is a list, what may still come within a window counts as unknown, and the last days of such
    windows are added to it. `dlts` says of each of `everyone` who is evaluable whether they had a DLT.
    """

    protocol: Protocol
    record: Record
    as_of: date
    moments: Mapping[str, Option]
    moment: str | None = None
    at: date | None = None
    judging: str = ""
    policies: bool = True
    event: Event | None = None
    of_list: str = ""
    bound: Mapping[Series, Candidate] = field(factory=dict)
    everyone: tuple[Record, ...] = ()
    had_dlt: Truth = Truth.UNKNOWN
    lens: date | None = None
    around: tuple[tuple[Event, str], ...] = ()
    dlts: Mapping[str, Truth] = field(factory=dict)
    ahead: list[date] | None = field(default=None, eq=False, repr=False)
    facts: list[Fact] = field(factory=list, eq=False, repr=False)
    relied: list[Finding] = field(factory=list, eq=False, repr=False)

    @property
    def adrift(self) -> bool:
        """Whether the moment asked about has no known day."""
        return self.moment is not None and self.reading_day is None

    @property
    def reading_day(self) -> date | None:
        """The day at which readings are chosen."""
        return self.at if self.lens is None else self.lens


@frozen
class Finding:
    """What a condition came to, and why: the findings of its parts, or the facts that were looked up.

    `event` is the one that was looked at, `policy` the line that decided what was unknown. `relied` are findings that a
    policy decided on the way to a value, or of events that are not told of.
    """

    condition: Condition
    truth: Truth
    parts: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()
    event: Event | None = None
    policy: Policy | None = None
    relied: tuple[Finding, ...] = ()
