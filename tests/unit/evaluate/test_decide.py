"""How a clause stands by its guard, its effect and its truth, and how clauses make a verdict."""

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import (
    Decision,
    Passage,
    Standing,
    Status,
    Verdict,
    decide,
    decide_clause,
    decide_gates,
    environment,
)
from protocol_dsl.evaluate.gaps import Gap
from protocol_dsl.model.condition import (
    AnyEvent,
    Both,
    Compare,
    Condition,
    Constant,
    Distance,
    Fetch,
    Known,
    MomentOf,
    Not,
    Policy,
    Series,
    Side,
    Sign,
)
from protocol_dsl.model.protocol import Clause, DltRules, Effect, Gate, Header, Note, NoteKind, Protocol
from protocol_dsl.model.record import EMPTY, Range, Reason
from protocol_dsl.model.vocabulary import Completeness, Date, Item, ListOf, Moment
from tests.trials_by_hand import ENROLMENT, asked, missing, number, patient, word

F = Fraction
T, N, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
JUN5 = date(2026, 6, 5)


def is_one(item: str) -> Condition:
    return Compare(Sign.IS, Fetch(Series(item)), Constant(F(1)))


RECORD = patient(yes=number("1", "2026-05-20"), no=number("2", "2026-05-20"))
MARK = {T: is_one("yes"), N: is_one("no"), U: is_one("nothing")}
GUARD = {T: is_one("yes"), N: is_one("no"), U: is_one("nobody")}


def clause(
    condition: Condition, effect: Effect = Effect.INCLUSION, guard: Condition | None = None, at: str = "C1"
) -> Clause:
    return Clause(at, effect, "as written", condition, guard, "enrolment")


CLEARING = {
    (None, T): (Status.MET, Standing.CLEARS),
    (None, N): (Status.NOT_MET, Standing.BARS),
    (None, U): (Status.UNKNOWN, Standing.OPEN),
    (T, T): (Status.MET, Standing.CLEARS),
    (T, N): (Status.NOT_MET, Standing.BARS),
    (T, U): (Status.UNKNOWN, Standing.OPEN),
    (N, T): (Status.NOT_APPLICABLE, Standing.CLEARS),
    (N, N): (Status.NOT_APPLICABLE, Standing.CLEARS),
    (N, U): (Status.NOT_APPLICABLE, Standing.CLEARS),
    (U, T): (Status.MET, Standing.CLEARS),
    (U, N): (Status.UNKNOWN, Standing.OPEN),
    (U, U): (Status.UNKNOWN, Standing.OPEN),
}
BARRING = {
    (None, T): (Status.MET, Standing.BARS),
    (None, N): (Status.NOT_MET, Standing.CLEARS),
    (None, U): (Status.UNKNOWN, Standing.OPEN),
    (T, T): (Status.MET, Standing.BARS),
    (T, N): (Status.NOT_MET, Standing.CLEARS),
    (T, U): (Status.UNKNOWN, Standing.OPEN),
    (N, T): (Status.NOT_APPLICABLE, Standing.CLEARS),
    (N, N): (Status.NOT_APPLICABLE, Standing.CLEARS),
    (N, U): (Status.NOT_APPLICABLE, Standing.CLEARS),
    (U, T): (Status.UNKNOWN, Standing.OPEN),
    (U, N): (Status.NOT_MET, Standing.CLEARS),
    (U, U): (Status.UNKNOWN, Standing.OPEN),
}


@pytest.mark.parametrize(("case", "expected"), CLEARING.items())
@pytest.mark.parametrize("effect", [Effect.INCLUSION, Effect.GATE])
def test_what_clears_when_met(
    effect: Effect, case: tuple[Truth | None, Truth], expected: tuple[Status, Standing]
) -> None:
    guard, body = case
    found = decide_clause(clause(MARK[body], effect, None if guard is None else GUARD[guard]), asked(RECORD))
    assert expected == (found.status, found.standing)


@pytest.mark.parametrize(("case", "expected"), BARRING.items())
@pytest.mark.parametrize("effect", [Effect.EXCLUSION, Effect.DLT, Effect.STOPPING])
def test_what_bars_when_met(
    effect: Effect, case: tuple[Truth | None, Truth], expected: tuple[Status, Standing]
) -> None:
    guard, body = case
    found = decide_clause(clause(MARK[body], effect, None if guard is None else GUARD[guard]), asked(RECORD))
    assert expected == (found.status, found.standing)


@pytest.mark.parametrize(("guard", "body"), [(guard, body) for guard in Truth for body in Truth])
def test_guard_and_body_are_told_of_every_clause(guard: Truth, body: Truth) -> None:
    one = clause(MARK[body], guard=GUARD[guard])
    found = decide_clause(one, asked(RECORD))
    assert found.guard is not None
    assert (one, body, guard) == (found.clause, found.body.truth, found.guard.truth)


def test_a_clause_without_guard_has_none() -> None:
    assert decide_clause(clause(MARK[T]), asked(RECORD)).guard is None


NOTHING, NOBODY = Gap("nothing", Reason.NOT_COLLECTED), Gap("nobody", Reason.NOT_COLLECTED)


@pytest.mark.parametrize(
    ("guard", "body", "expected"),
    [
        (None, U, (NOTHING,)),
        (T, U, (NOTHING,)),
        (U, U, (NOBODY, NOTHING)),
        (U, N, (NOBODY,)),
        (U, T, ()),
        (N, U, ()),
        (None, N, ()),
    ],
)
def test_what_keeps_a_clause_open(guard: Truth | None, body: Truth, expected: tuple[Gap, ...]) -> None:
    assert (
        expected == decide_clause(clause(MARK[body], guard=None if guard is None else GUARD[guard]), asked(RECORD)).gaps
    )


def test_what_guard_and_body_both_miss_is_missed_once() -> None:
    assert decide_clause(clause(MARK[U], guard=MARK[U]), asked(RECORD)).gaps == (NOTHING,)


# --- verdicts -----------------------------------------------------------------------------------------------------

LISTED = Item("events", ListOf("adverse_event"), complete=Completeness(to="last_visit", because="at every visit"))


def trial(*conditions: Condition, guard: Condition | None = None, incomplete: tuple[str, ...] = ()) -> Protocol:
    return Protocol(
        Header("HAND-4"),
        moments={"enrolment": Moment("enrolment")},
        items={"events": LISTED, "last_visit": Item("last_visit", Date())},
        criteria=tuple(clause(one, guard=guard, at=f"C{number}") for number, one in enumerate(conditions, 1)),
        incomplete=tuple(Note(NoteKind.INCOMPLETE, "not public", about) for about in incomplete),
    )


def marked(*marks: Truth, incomplete: tuple[str, ...] = ()) -> Decision:
    return decide(trial(*(MARK[mark] for mark in marks), incomplete=incomplete), RECORD, ENROLMENT)


@pytest.mark.parametrize(
    ("marks", "incomplete", "verdict", "because"),
    [
        ((), (), Verdict.ELIGIBLE, ()),
        ((T, T), (), Verdict.ELIGIBLE, ()),
        ((T, U), (), Verdict.UNDETERMINED, ("C2",)),
        ((U, T, U), (), Verdict.UNDETERMINED, ("C1", "C3")),
        ((T, N), (), Verdict.INELIGIBLE, ("C2",)),
        ((U, N, N), (), Verdict.INELIGIBLE, ("C2", "C3")),
        ((T,), ("inclusion",), Verdict.UNDETERMINED, ("inclusion",)),
        ((T,), ("inclusion", "exclusion", "inclusion"), Verdict.UNDETERMINED, ("inclusion", "exclusion")),
        ((U,), ("inclusion",), Verdict.UNDETERMINED, ("C1",)),
        ((N,), ("inclusion",), Verdict.INELIGIBLE, ("C1",)),
        ((T,), ("gate",), Verdict.ELIGIBLE, ()),
        ((T,), ("gate", "inclusion"), Verdict.UNDETERMINED, ("inclusion",)),
    ],
)
def test_any_bar_then_any_open_then_eligible(
    marks: tuple[Truth, ...], incomplete: tuple[str, ...], verdict: Verdict, because: tuple[str, ...]
) -> None:
    found = marked(*marks, incomplete=incomplete)
    assert (verdict, because) == (found.verdict, found.because)


@pytest.mark.parametrize("about", ["gate", "doses", "dlt", "escalation", "stopping", "always", "example", "cohort"])
def test_what_is_incomplete_elsewhere_holds_up_no_verdict(about: str) -> None:
    assert marked(T, incomplete=(about,)).verdict is Verdict.ELIGIBLE


@pytest.mark.parametrize(
    ("about", "verdict"),
    [("T1", Verdict.ELIGIBLE), ("S1", Verdict.ELIGIBLE), ("G1", Verdict.ELIGIBLE), ("C1", Verdict.UNDETERMINED)],
)
def test_only_what_is_incomplete_of_a_criterion_holds_up_the_verdict(about: str, verdict: Verdict) -> None:
    protocol = evolve(
        trial(MARK[T], incomplete=(about,)),
        dlt=DltRules("enrolment", 28, (), (clause(MARK[T], Effect.DLT, at="T1"),)),
        stopping=(clause(MARK[T], Effect.STOPPING, at="S1"),),
        gates=(Gate("each dose", "enrolment", (clause(MARK[T], Effect.GATE, at="G1"),)),),
    )
    assert verdict is decide(protocol, RECORD, ENROLMENT).verdict


@pytest.mark.parametrize(
    ("about", "passage"),
    [("G1", Passage.UNDETERMINED), ("gate", Passage.UNDETERMINED), ("G2", Passage.PROCEED), ("C1", Passage.PROCEED)],
)
def test_only_what_is_incomplete_of_a_gate_holds_up_a_dose(about: str, passage: Passage) -> None:
    gate = Gate("each dose", "enrolment", (clause(MARK[T], Effect.GATE, at="G1"),))
    (found,) = decide_gates(evolve(trial(incomplete=(about,)), gates=(gate,)), RECORD, ENROLMENT)
    assert passage is found.passage


def test_a_decision_says_of_whom_when_and_at_what_moments() -> None:
    found = decide(trial(), RECORD, JUN5)
    assert ("P1", JUN5, {"enrolment": ENROLMENT}) == (found.patient, found.as_of, found.moments)


def test_what_is_missing_is_told_once() -> None:
    assert marked(U, U).missing == (NOTHING,)


def test_of_clauses_that_are_not_open_nothing_is_missing() -> None:
    assert decide(trial(MARK[U], guard=GUARD[N]), RECORD, ENROLMENT).missing == ()


AGED = Distance(Sign.AT_LEAST, Constant(date(2026, 5, 8)), Constant(F(28 * 86400)), Side.BEFORE, MomentOf("enrolment"))


def test_a_moment_may_be_given() -> None:
    found = [decide(trial(AGED), RECORD, ENROLMENT, {"enrolment": day}).verdict for day in (date(2026, 6, 4), JUN5)]
    assert [Verdict.INELIGIBLE, Verdict.ELIGIBLE] == found


# --- policies that were used --------------------------------------------------------------------------------------

ASSUMED = Policy(MARK[U], (Reason.NOT_COLLECTED,), met=True, because="as usual")
NO_EVENT = Not(AnyEvent("events", None))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (MARK[T], ()),
        (ASSUMED, ("C1",)),
        (Both((MARK[T], ASSUMED)), ("C1",)),
        (Not(Not(ASSUMED)), ("C1",)),
        (Policy(MARK[T], (Reason.NOT_COLLECTED,), met=True, because="as usual"), ()),
        (Not(Known(MARK[U])), ("C1",)),
        (Not(Known(MARK[N])), ()),
        (Known(MARK[T]), ()),
        (NO_EVENT, ("C1",)),
    ],
)
def test_the_clauses_in_which_a_policy_decided(condition: Condition, expected: tuple[str, ...]) -> None:
    record = patient(yes=number("1", "2026-05-20"), no=number("2", "2026-05-20"), last_visit=word(ENROLMENT))
    assert expected == decide(trial(condition), record, ENROLMENT).policies


def test_a_policy_in_a_guard_is_told() -> None:
    assert decide(trial(MARK[T], guard=ASSUMED), RECORD, ENROLMENT).policies == ("C1",)


def test_an_unknown_that_is_known_for_no_reason_of_policy_is_not_told() -> None:
    record = patient(nothing=missing(Reason.PENDING))
    assert decide(trial(Known(MARK[U])), record, ENROLMENT).policies == ()


@pytest.mark.parametrize("condition", [ASSUMED, Not(Known(MARK[U])), NO_EVENT])
def test_without_policies_the_verdict_stays_open(condition: Condition) -> None:
    record = patient(last_visit=word(ENROLMENT))
    found = decide(trial(condition), record, ENROLMENT, policies=False)
    assert (Verdict.UNDETERMINED, ()) == (found.verdict, found.policies)


# --- what a clause is read against --------------------------------------------------------------------------------


def test_a_clause_is_read_at_its_moment() -> None:
    env = environment(trial(), RECORD, JUN5, {"enrolment": ENROLMENT}, clause(MARK[T]))
    assert ("enrolment", ENROLMENT, JUN5, "C1", True) == (env.moment, env.at, env.as_of, env.judging, env.policies)


def test_a_moment_that_is_not_known_whole_has_no_day() -> None:
    moments = {"enrolment": Range(ENROLMENT, JUN5)}
    env = environment(trial(), RECORD, JUN5, moments, clause(MARK[T]), policies=False)
    assert (None, moments, False) == (env.at, env.moments, env.policies)


def test_a_clause_of_no_moment_is_read_at_none() -> None:
    env = environment(trial(), RECORD, JUN5, EMPTY, Clause("C1", Effect.DLT, "", MARK[T]))
    assert (None, None) == (env.moment, env.at)
