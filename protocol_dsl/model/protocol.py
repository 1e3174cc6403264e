"""A whole protocol as data: always sound, every name bound and every quantity in its base unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen

from protocol_dsl.model.condition import Condition, Expression
from protocol_dsl.model.escalation import Always, EscalationPlan, Ladder
from protocol_dsl.model.node import Node
from protocol_dsl.model.record import EMPTY, Reason, Record, days_named
from protocol_dsl.model.timing import Part, Recommended, Timing
from protocol_dsl.model.vocabulary import Item, Moment, NamedSet, RecordType


class NoteKind(StrEnum):
    """What a line below a clause, a row or a header line says of it."""

    SOURCE = "source"
    ASSUMED = "assumed because"
    ACCEPTED = "accepted because"
    REMARK = "note"
    INCOMPLETE = "incomplete"


@frozen
class Note(Node):
    """A note and what it stands under: the id of a clause, the name of an item, a section.

    What is accepted is a finding of a check, which `code` names.
    """

    kind: NoteKind
    text: str
    about: str
    code: str = ""


class Effect(StrEnum):
    """What a clause does, by the section it stands in."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"
    GATE = "gate"
    DLT = "dlt"
    STOPPING = "stopping"
    MODIFICATION = "modification"


@frozen
class Clause(Node):
    """A named condition and what follows from it.

    `condition` is the body with its exception: *body or X* for an inclusion, *body and not X* for the others. Without a
    `guard` the clause always applies. `moment` is the moment its items are read at; None is the as-of date.
    """

    id: str
    effect: Effect
    wording: str
    condition: Condition
    guard: Condition | None = None
    moment: str | None = None
    renamed_from: str | None = None
    then: tuple[str, ...] = ()


@frozen
class Gate(Node):
    """What must hold before each dose."""

    label: str
    moment: str
    clauses: tuple[Clause, ...]


@frozen
class DltRules(Node):
    """The DLT section. Each clause is a condition on the whole record.

    A clause over adverse events already asks for an onset in the window and for attribution: it is an `AnyEvent` over
    the list. The window runs from a moment through a study day counted from it, both included. `follow_up_ends` names
    the item that says when a patient left before the window closed, and `also_ends` others that say so, such as the day
    on which consent was withdrawn; the first of the days counts.
    """

    start: str
    last_day: int
    attributed: tuple[str, ...]
    clauses: tuple[Clause, ...]
    evaluable: Condition | None = None
    replace: bool = False
    events: str | None = None
    follow_up_ends: str | None = None
    also_ends: tuple[str, ...] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """Every item that ends follow-up."""
        return () if self.follow_up_ends is None else (self.follow_up_ends, *self.also_ends)


@frozen
class Modification(Node):
    """What is done with a patient's dose where a clause is met.

    With `until` the dose is held until that is met, and then follows `step`: `one level down`, `same level` or `off
    treatment`. `most` is how many reductions there may be before the patient goes off treatment.
    """

    clause: Clause
    step: str
    until: Condition | None = None
    most: int | None = None


@frozen
class EligibleImplies(Node):
    """`eligible implies C`."""

    then: Condition


@frozen
class PatientStatement(Node):
    """An `always` statement about patients: its id, its sentence, and what eligibility implies."""

    id: str
    wording: str
    claim: EligibleImplies


@frozen
class Example(Node):
    """A patient written in the file, and what is expected.

    `expected` is the phrase after `then`, its ids apart: `("undetermined", ("E5",))`. `record` has the moments too.
    """

    label: str
    record: Record
    expected: tuple[tuple[str, tuple[str, ...]], ...]
    as_of: date | None = None


def seen_from(example: Example) -> date:
    """The day an example is seen from: as it says, or the latest day that it speaks of."""
    return example.as_of or max(days_named(example.record), default=date.max)


@frozen
class CohortExample(Node):
    """A history written in the file, and the move that is expected.

    `counts` are those the plan keeps besides DLTs, by name, with a number for each cohort.
    """

    label: str
    history: str
    expected: str
    counts: tuple[tuple[str, tuple[int, ...]], ...] = ()


@frozen
class Header(Node):
    """The head of the file. `uses` maps what is used to its version, as in `ctcae` to `5.0`."""

    id: str
    kind: str = "protocol"
    language: int = 1
    title: str = ""
    version: str = ""
    effective: date | None = None
    amends: str | None = None
    phase: str | None = None
    sponsor: str | None = None
    registry: str | None = None
    uses: Mapping[str, str] = EMPTY
    libraries: tuple[str, ...] = ()


@frozen
class Intent(Node):
    """What an amendment says that it does to clauses: it `loosens`, `tightens`, `adds`, `removes` or `rewords` them."""

    what: str
    ids: tuple[str, ...]


@frozen
class Amendment(Node):
    """What an amendment says of itself. `parts` are the sections that it says it changes.

    The rest are the fields of ICH M11: the primary reason and others, of its list; a summary; `global`, or the
    countries, regions or sites that are named; and for what it is substantial: `safety`, `data`, both, or (empty)
    neither. None where it does not say.
    """

    reason: str = ""
    intents: tuple[Intent, ...] = ()
    parts: tuple[str, ...] = ()
    nothing_else: bool = False
    primary: str = ""
    secondary: tuple[str, ...] = ()
    summary: str = ""
    scope: str = ""
    places: tuple[str, ...] = ()
    substantial: tuple[str, ...] | None = None


@frozen
class Definition(Node):
    """A definition as data, for documents and hover; conditions hold it inlined."""

    name: str
    label: str
    inside: Expression | Condition


@frozen
class Protocol:
    """Everything a protocol file says."""

    header: Header
    moments: Mapping[str, Moment] = EMPTY
    items: Mapping[str, Item] = EMPTY
    records: Mapping[str, RecordType] = EMPTY
    sets: Mapping[str, NamedSet] = EMPTY
    definitions: Mapping[str, Definition] = EMPTY
    criteria: tuple[Clause, ...] = ()
    gates: tuple[Gate, ...] = ()
    ladder: Ladder | None = None
    dlt: DltRules | None = None
    escalation: EscalationPlan | None = None
    stopping: tuple[Clause, ...] = ()
    statements: tuple[PatientStatement, ...] = ()
    examples: tuple[Example, ...] = field(default=(), eq=False)
    cohort_examples: tuple[CohortExample, ...] = field(default=(), eq=False)
    notes: tuple[Note, ...] = field(default=(), eq=False)
    incomplete: tuple[Note, ...] = ()
    timing: Timing | None = None
    parts: tuple[Part, ...] = ()
    recommended: Recommended | None = None
    modifications: tuple[Modification, ...] = ()
    amendment: Amendment | None = field(default=None, eq=False)


Statement: TypeAlias = Always | PatientStatement
__all__ = [
    "Amendment",
    "Clause",
    "CohortExample",
    "Definition",
    "DltRules",
    "Effect",
    "EligibleImplies",
    "Example",
    "Gate",
    "Header",
    "Intent",
    "Note",
    "NoteKind",
    "PatientStatement",
    "Protocol",
    "Reason",
    "Statement",
    "seen_from",
]
