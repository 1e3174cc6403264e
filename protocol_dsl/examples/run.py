"""Run the examples of a protocol: what each expects, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from attrs import frozen

from protocol_dsl.base.source import Span
from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status
from protocol_dsl.conduct.trial import advise
from protocol_dsl.escalation.advise import Advice
from protocol_dsl.escalation.history import Unreadable
from protocol_dsl.evaluate.decide import (
    Decision,
    GateDecision,
    Passage,
    Standing,
    Verdict,
    decide,
    decide_gates,
)
from protocol_dsl.model.protocol import CohortExample, Example, Protocol, seen_from
from protocol_dsl.model.record import Record

ELIGIBILITY: Mapping[str, Verdict] = {
    "eligible": Verdict.ELIGIBLE,
    "not eligible": Verdict.INELIGIBLE,
    "undetermined": Verdict.UNDETERMINED,
}
DLT: Mapping[str, DltVerdict] = {
    "dlt": DltVerdict.YES,
    "no dlt": DltVerdict.NO,
    "dlt pending": DltVerdict.PENDING,
    "pending": DltVerdict.PENDING,
    "needs adjudication": DltVerdict.ADJUDICATE,
    "not evaluable": DltVerdict.NOT_EVALUABLE,
}
GATES: Mapping[str, Passage] = {
    "may proceed": Passage.PROCEED,
    "hold": Passage.HOLD,
    "undetermined at gate": Passage.UNDETERMINED,
}
NOT_TREATED = "not treated"
NO_GATE = "no gate"
Outcome = tuple[str, tuple[str, ...]]


@frozen
class Result:
    """One expectation of an example: what was expected, what came out, each a phrase and its ids, and why.

    Ids are compared only where the author names them. For a history that cannot be read `rests_on` says why.
    """

    label: str
    span: Span
    expected: Outcome
    found: Outcome
    as_of: date | None = None
    rests_on: Decision | DltStatus | tuple[GateDecision, ...] | str | None = None

    @property
    def passed(self) -> bool:
        """Whether it came out as expected."""
        said, ids = self.expected
        same_ids = not ids or set(ids) == set(self.found[1])
        return same_said(said, self.found[0]) and same_ids


def same_said(expected: str, found: str) -> bool:
    """Whether two phrases say the same; `pending` is short for `dlt pending`."""
    return expected == found or (expected in DLT and found in DLT and DLT[expected] is DLT[found])


def run(protocol: Protocol) -> tuple[Result, ...]:
    """Every expectation of every example, in the order written; cohorts last. Raises nothing."""
    patients = (result for example in protocol.examples for result in run_example(protocol, example))
    return (*patients, *(run_cohort(protocol, example) for example in protocol.cohort_examples))


def run_example(protocol: Protocol, example: Example) -> tuple[Result, ...]:
    """What each expectation of one patient comes to."""
    as_of = seen_from(example)
    return tuple(_expectation(protocol, example, expected, as_of) for expected in example.expected)


def _expectation(protocol: Protocol, example: Example, expected: Outcome, as_of: date) -> Result:
    for phrases, judge in _JUDGES:
        if expected[0] in phrases:
            found, rests_on = judge(protocol, example.record, as_of)
            return Result(example.label, example.span, expected, found, as_of, rests_on)
    return Result(example.label, example.span, expected, ("", ()), as_of)


def _eligibility(protocol: Protocol, record: Record, as_of: date) -> tuple[Outcome, Decision]:
    decision = decide(protocol, record, as_of)
    because = () if decision.verdict is Verdict.ELIGIBLE else decision.because
    return (_phrase(ELIGIBILITY, decision.verdict), because), decision


def _dlt(protocol: Protocol, record: Record, as_of: date) -> tuple[Outcome, DltStatus | None]:
    status = dlt_status(protocol, record, as_of)
    if status is None:
        return (NOT_TREATED, ()), None
    return (_phrase(DLT, status.status), status.because), status


def _gate(protocol: Protocol, record: Record, as_of: date) -> tuple[Outcome, tuple[GateDecision, ...]]:
    """Of several gates and doses the strictest."""
    gates = decide_gates(protocol, record, as_of)
    for passage, standing in ((Passage.HOLD, Standing.BARS), (Passage.UNDETERMINED, Standing.OPEN)):
        if any(one.passage is passage for one in gates):
            clauses = [one for gate in gates if gate.passage is passage for one in gate.clauses]
            ids = tuple(dict.fromkeys(one.clause.id for one in clauses if one.standing is standing))
            return (_phrase(GATES, passage), ids), gates
    return (_phrase(GATES, Passage.PROCEED) if gates else NO_GATE, ()), gates


def _phrase(phrases: Mapping[str, object], meant: object) -> str:
    return next(phrase for phrase, value in phrases.items() if value is meant)


Judge = Callable[[Protocol, Record, date], tuple[Outcome, Decision | DltStatus | tuple[GateDecision, ...] | None]]
_JUDGES: tuple[tuple[Mapping[str, object], Judge], ...] = ((ELIGIBILITY, _eligibility), (DLT, _dlt), (GATES, _gate))


def run_cohort(protocol: Protocol, example: CohortExample) -> Result:
    """The move after a history.

    It may be expected in the words of the table, as `treat`, `wait` or `stop`, or with its level: `treat 3 at level 2`,
    `recommend level 1`, `recommend no level`.
    """
    expected: Outcome = (example.expected, ())
    if protocol.escalation is None or protocol.ladder is None:
        return Result(example.label, example.span, expected, ("no escalation", ()))
    found = advise(protocol, example.history, dict(example.counts))
    if isinstance(found, Unreadable):
        return Result(
            example.label, example.span, expected, ("unreadable history", ()), rests_on=f"{found.message}; {found.help}"
        )
    said = example.expected if example.expected in (found.move, found.action) else _placed(found, example.expected)
    return Result(example.label, example.span, expected, (said, ()), rests_on=found.because)


def _placed(found: Advice, expected: str) -> str:
    """The move with its level where a level was asked for, and else in the words of the table."""
    if found.move == "treat" and " at level " in expected:
        return f"treat {found.patients} at level {found.level}"
    if found.move == "stop" and expected.startswith("recommend "):
        return "recommend no level" if found.mtd is None else f"recommend level {found.mtd}"
    return found.action
