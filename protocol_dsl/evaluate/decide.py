"""How clauses combine into a verdict: any bar is ineligible, else any open clause is undetermined, else eligible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Environment, Finding
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import Moments, doses_by, moments_of
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.evaluate.relied import relied_on
from protocol_dsl.model.protocol import Clause, Effect, Gate, Note, Protocol
from protocol_dsl.model.record import EMPTY, Record


class Status(StrEnum):
    """What a clause comes to, as it is written."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class Standing(StrEnum):
    """What a clause does to the verdict."""

    CLEARS = "clears"
    BARS = "bars"
    OPEN = "open"


class Verdict(StrEnum):
    """Whether a patient may enter, as far as is known."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


class Passage(StrEnum):
    """Whether a dose may be given, as far as is known."""

    PROCEED = "may proceed"
    HOLD = "hold"
    UNDETERMINED = "undetermined"


@frozen
class ClauseDecision:
    """One clause on one record: its status, what that does, and the findings it rests on."""

    clause: Clause
    status: Status
    standing: Standing
    body: Finding
    guard: Finding | None = None

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What keeps the clause open; nothing where it is not."""
        if self.standing is not Standing.OPEN:
            return ()
        found = dict.fromkeys(() if self.guard is None else gaps(self.guard))
        return tuple(found | dict.fromkeys(gaps(self.body)))


@frozen
class Decision:
    """A verdict and all that it rests on.

    `incomplete` holds the sections that are not known in full: with one, nobody is eligible. `problems` are faults of
    the record met on the way.
    """

    patient: str
    verdict: Verdict
    clauses: tuple[ClauseDecision, ...]
    as_of: date
    moments: Moments = EMPTY
    incomplete: tuple[Note, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    @property
    def because(self) -> tuple[str, ...]:
        """What bars; if nothing does, all that is open; if nothing is, the sections that are incomplete."""
        for standing in (Standing.BARS, Standing.OPEN):
            found = tuple(one.clause.id for one in self.clauses if one.standing is standing)
            if found:
                return found
        return tuple(dict.fromkeys(note.about for note in self.incomplete))

    @property
    def missing(self) -> tuple[Gap, ...]:
        """The facts that are missing from the open clauses, each once."""
        return tuple(dict.fromkeys(gap for one in self.clauses for gap in one.gaps))

    @property
    def policies(self) -> tuple[str, ...]:
        """The clauses in which a policy line, or the word `known`, decided something unknown."""
        return tuple(one.clause.id for one in self.clauses if _used_policy(one))


@frozen
class GateDecision:
    """Whether one dose may be given, on its day.

    `day` is None where it is not known exactly; `moments` has what is known of it. `recorded` is false where neither a
    dose nor the day of the moment is in the record. `incomplete` says what is not known in full of the gate itself.
    """

    gate: Gate
    day: date | None
    passage: Passage
    clauses: tuple[ClauseDecision, ...]
    moments: Moments = EMPTY
    recorded: bool = True
    incomplete: tuple[Note, ...] = ()


def decide(
    protocol: Protocol,
    record: Record,
    as_of: date,
    at: Mapping[str, date] = EMPTY,
    *,
    policies: bool = True,
) -> Decision:
    """The verdict on one patient, seen from `as_of`, with the moments of `at` taken as given. Raises nothing."""
    moments, problems = moments_of(protocol, record, at)
    clauses = tuple(
        decide_clause(clause, environment(protocol, record, as_of, moments, clause, policies=policies))
        for clause in protocol.criteria
    )
    standings = {one.standing for one in clauses}
    incomplete = tuple(note for note in protocol.incomplete if not _is_elsewhere(note, protocol))
    if Standing.BARS in standings:
        verdict = Verdict.INELIGIBLE
    elif Standing.OPEN in standings or incomplete:
        verdict = Verdict.UNDETERMINED
    else:
        verdict = Verdict.ELIGIBLE
    return Decision(record.patient, verdict, clauses, as_of, moments, incomplete, problems)


_ELSEWHERE = frozenset({"gate", "doses", "dlt", "escalation", "stopping", "always", "example", "cohort"})


def _is_elsewhere(note: Note, protocol: Protocol) -> bool:
    """Whether what is incomplete has nothing to do with eligibility."""
    rules = (protocol.dlt.clauses if protocol.dlt is not None else (), protocol.stopping)
    ids = {clause.id for clauses in (*rules, *(gate.clauses for gate in protocol.gates)) for clause in clauses}
    return note.about in _ELSEWHERE or note.about in ids


def decide_gates(
    protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date] = EMPTY, *, policies: bool = True
) -> tuple[GateDecision, ...]:
    """Each gate at each of its doses by `as_of`; at its moment where none is recorded, or where `at` gives its day."""
    moments, _ = moments_of(protocol, record, at)
    found: list[GateDecision] = []
    for gate in protocol.gates:
        moment = protocol.moments[gate.moment]
        product = None if gate.moment in at else moment.every_dose_of or moment.first_dose_of
        doses = None if product is None else doses_by(protocol, record, product, as_of)
        planned = moments[gate.moment]
        for day in (planned,) if doses is None else doses:
            here = {**moments, gate.moment: day}
            one = _decide_gate(gate, protocol, record, as_of, here, policies=policies)
            found.append(evolve(one, recorded=doses is not None or planned is not ANYTHING))
    return tuple(found)


def _decide_gate(  # noqa: PLR0913 - what a clause is read against
    gate: Gate, protocol: Protocol, record: Record, as_of: date, moments: Moments, *, policies: bool
) -> GateDecision:
    clauses = tuple(
        decide_clause(clause, environment(protocol, record, as_of, moments, clause, policies=policies))
        for clause in gate.clauses
    )
    standings = {one.standing for one in clauses}
    incomplete = tuple(note for note in protocol.incomplete if _is_of_gate(note, gate))
    passage = Passage.PROCEED
    if Standing.BARS in standings:
        passage = Passage.HOLD
    elif Standing.OPEN in standings or incomplete:
        passage = Passage.UNDETERMINED
    day = moments[gate.moment]
    return GateDecision(gate, day if type(day) is date else None, passage, clauses, moments, incomplete=incomplete)


def _is_of_gate(note: Note, gate: Gate) -> bool:
    return note.about == "gate" or any(note.about == clause.id for clause in gate.clauses)


def environment(  # noqa: PLR0913 - what a clause is read against
    protocol: Protocol,
    record: Record,
    as_of: date,
    moments: Moments,
    clause: Clause,
    *,
    policies: bool = True,
    everyone: tuple[Record, ...] = (),
) -> Environment:
    """What a clause is read against; `everyone` are the records over which it counts, where it counts over patients."""
    day = None if clause.moment is None else moments.get(clause.moment)
    at = day if isinstance(day, date) else None
    return Environment(protocol, record, as_of, moments, clause.moment, at, clause.id, policies, everyone=everyone)


_BAR_WHEN_MET = (Effect.EXCLUSION, Effect.DLT, Effect.STOPPING, Effect.MODIFICATION)


def decide_clause(clause: Clause, env: Environment) -> ClauseDecision:
    """One clause: its guard first, then its body.

    With an unknown guard the clause is decided only where it clears whether or not it applies.
    """
    guard = None if clause.guard is None else interpret(clause.guard, env)
    body = interpret(clause.condition, env)
    applies = Truth.TRUE if guard is None else guard.truth
    clearing = Truth.FALSE if clause.effect in _BAR_WHEN_MET else Truth.TRUE
    if applies is Truth.FALSE:
        return ClauseDecision(clause, Status.NOT_APPLICABLE, Standing.CLEARS, body, guard)
    if body.truth is Truth.UNKNOWN or (applies is Truth.UNKNOWN and body.truth is not clearing):
        return ClauseDecision(clause, Status.UNKNOWN, Standing.OPEN, body, guard)
    status = Status.MET if body.truth is Truth.TRUE else Status.NOT_MET
    return ClauseDecision(clause, status, Standing.CLEARS if body.truth is clearing else Standing.BARS, body, guard)


def _used_policy(one: ClauseDecision) -> bool:
    return any(f is not None and _policy_in(f) for f in (one.guard, one.body))


def _policy_in(finding: Finding) -> bool:
    """Whether a line of policy decided something: also `complete to ...`, and `known` where there was no record."""
    return any(True for _ in relied_on(finding)) or _by_rule(finding)


def _by_rule(finding: Finding) -> bool:
    return any(fact.rule is not None for fact in finding.facts) or any(map(_by_rule, finding.parts))
