"""Clauses: bodies with their exceptions, guards and policies; gates, DLT clauses, stopping rules, statements."""

from fractions import Fraction

import pytest

from protocol_dsl.base.quantity import unit
from protocol_dsl.model import condition as c
from protocol_dsl.model.condition import Sign
from protocol_dsl.model.protocol import Clause, Effect, NoteKind, Protocol
from protocol_dsl.model.record import Reason
from tests.unit.elaborate.trial import TRIAL, written

SMOKER = c.Compare(Sign.IS, c.Fetch(c.Series("smoker")), c.Constant(True))  # noqa: FBT003
FRAIL = c.Compare(Sign.AT_LEAST, c.Fetch(c.Series("ecog")), c.Constant(Fraction(2)))
FEMALE = c.Compare(Sign.IS, c.Fetch(c.Series("sex")), c.Constant("female"))
SEVERE = c.Compare(Sign.AT_LEAST, c.FieldOf("grade"), c.Constant(Fraction(3)))


def sound(text: str) -> Protocol:
    protocol, found = written(f"{TRIAL}\n{text}")
    assert protocol is not None, found
    return protocol


def codes(text: str) -> list[str]:
    return [one.code for one in written(f"{TRIAL}\n{text}")[1]]


def one(text: str) -> Clause:
    return sound(text).criteria[0]


# --- criteria -----------------------------------------------------------------------------------------------------


def test_an_inclusion_with_an_exception_is_body_or_exception() -> None:
    assert c.Either((SMOKER, FRAIL)) == one("inclusion\n    I1\n        smoker\n        unless frail\n").condition


def test_an_exclusion_with_an_exception_is_body_and_not_exception() -> None:
    expected = c.Both((SMOKER, c.Not(FRAIL)))
    assert expected == one("exclusion\n    E1\n        smoker\n        unless frail\n").condition


def test_guards_of_section_and_clause_must_both_hold() -> None:
    found = one("exclusion at enrolment when frail\n    E1\n        applies when sex is female\n        smoker\n")
    assert (c.Both((FRAIL, FEMALE)), SMOKER, "enrolment") == (found.guard, found.condition, found.moment)


def test_a_policy_of_a_clause_does_not_cover_its_exception() -> None:
    text = (
        "exclusion\n    E1\n        smoker\n        unless frail\n"
        '        if missing or not done treat as met because "to be safe"\n'
    )
    policy = c.Policy(SMOKER, (Reason.NOT_COLLECTED, Reason.NOT_DONE), met=True, because="to be safe")
    expected = c.Both((policy, c.Not(FRAIL)))
    assert expected == one(text).condition


def test_asking_is_what_is_done_anyway() -> None:
    assert SMOKER == one("exclusion\n    E1\n        smoker\n        if missing ask\n").condition


def test_a_clause_keeps_its_wording_and_its_former_id() -> None:
    found = one('inclusion\n    I2 renamed from I1 "Smokes"\n        smoker\n')
    assert ("I2", "I1", "Smokes", Effect.INCLUSION) == (found.id, found.renamed_from, found.wording, found.effect)


def test_notes_know_what_they_stand_under() -> None:
    found = sound(
        'inclusion\n    incomplete "cut short"\n    I1\n        smoker\n        source "5.1"\n        note "asked"\n'
    )
    assert [(NoteKind.SOURCE, "5.1", "I1"), (NoteKind.REMARK, "asked", "I1")] == [
        (note.kind, note.text, note.about) for note in found.notes
    ]
    assert [("cut short", "inclusion")] == [(note.text, note.about) for note in found.incomplete]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inclusion at screening\n    I1\n        smoker\n", ["PD101"]),
        ("inclusion\n    I1\n        smoker\nexclusion\n    I1\n        frail\n", ["PD102"]),
        ('inclusion\n    I1 "Smokes"\n        note "nothing"\n', ["PD310"]),
        ("inclusion\n    I1\n        smoker\n        frail\n", ["PD311"]),
        ("stopping\n    S1\n        count of adverse_events at least 2\n", ["PD312"]),
        ('inclusion\n    I1\n        smoker\n        if missing or pending treat as met because "x"\n', ["PD315"]),
        (
            'exclusion\n    E1\n        smoker\n        if missing or unreadable treat as not met because "x"\n',
            ["PD315"],
        ),
        ("inclusion\n    I1\n        smoker or judged by investigator\n", ["PD316"]),
        ("inclusion\n    I1\n        smoker and score\n    I2\n        stage is v\n", ["PD205", "PD209"]),
        ("dlt\n    T1\n        grade at least 3\n", ["PD330"]),
        ("dlt\n    window from consent through day 28\n    T1\n        grade at least 3\n", ["PD504"]),
        ("dlt\n    window from first_dose through day 28\n    attributed perhaps\n", ["PD205"]),
        ("dlt\n    window from first_dose through day 28\n    follow-up ends at score\n", ["PD507"]),
        ("schedule\n    x daily\n", ["PD113"]),
    ],
)
def test_a_flawed_clause_is_told(text: str, expected: list[str]) -> None:
    assert expected == sorted(codes(text))


# --- gates --------------------------------------------------------------------------------------------------------


def test_a_gate_has_its_moment_and_its_clauses() -> None:
    gate = sound('gate "Before dosing" at first_dose\n    G1\n        smoker\n').gates[0]
    assert ("Before dosing", "first_dose", Effect.GATE, SMOKER) == (
        gate.label,
        gate.moment,
        gate.clauses[0].effect,
        gate.clauses[0].condition,
    )


# --- DLT ----------------------------------------------------------------------------------------------------------

DLT = """\
dlt
    window from first_dose through day 28
    attributed possible, probable
    T1
        grade at least 3
        unless hospital is no
    T2
        anc less than 0.5 10*9/L
    T3
        applies when serious
        grade at least 3
    evaluable when followed through day 28 or had_dlt
    follow-up ends at surgery
    replace patients who are not evaluable
"""
START = c.MomentOf("first_dose")
# Day 1 is the first, so day 28 is 27 days later.
LAST = c.Shifted(START, length=c.Constant(Fraction(27 * 86400), unit("days")))
IN_FRAME = (
    c.Within(c.FieldOf("start"), c.Window(START, LAST)),
    c.Member(c.FieldOf("attributed"), ("possible", "probable")),
)


def test_a_clause_over_events_asks_for_one_in_the_window_that_is_attributed() -> None:
    spared = c.Compare(Sign.IS, c.FieldOf("hospital"), c.Constant(False))  # noqa: FBT003
    rules = sound(DLT).dlt
    assert rules is not None
    expected = c.AnyEvent("adverse_events", c.Both((*IN_FRAME, c.Both((SEVERE, c.Not(spared))))))
    assert (expected, None) == (rules.clauses[0].condition, rules.clauses[0].guard)


def test_a_clause_over_items_stays_a_condition_on_the_record() -> None:
    rules = sound(DLT).dlt
    assert rules is not None
    assert isinstance(rules.clauses[1].condition, c.Compare)


def test_a_guard_that_speaks_of_the_event_is_asked_of_the_event() -> None:
    rules = sound(DLT).dlt
    assert rules is not None
    serious = c.Compare(Sign.IS, c.FieldOf("serious"), c.Constant(True))  # noqa: FBT003
    assert c.AnyEvent("adverse_events", c.Both((*IN_FRAME, serious, SEVERE))) == rules.clauses[2].condition


def test_the_frame_of_the_section() -> None:
    rules = sound(DLT).dlt
    assert rules is not None
    assert ("first_dose", 27, ("possible", "probable"), True, "adverse_events", "surgery") == (
        rules.start,
        rules.last_day,
        rules.attributed,
        rules.replace,
        rules.events,
        rules.follow_up_ends,
    )
    assert c.Either((c.Followed(START, 27), c.HadDlt())) == rules.evaluable


def test_attributed_alone_means_one_of_those_that_count() -> None:
    clause = "count of adverse_events where (attributed) at least 2\n        then stop trial and review"
    text = f"{DLT}\nstopping\n    S1\n        {clause}\n"
    found = sound(text).stopping[0]
    counted = c.Count("adverse_events", c.Member(c.FieldOf("attributed"), ("possible", "probable")))
    assert (c.Compare(Sign.AT_LEAST, counted, c.Constant(Fraction(2))), ("stop trial", "review")) == (
        found.condition,
        found.then,
    )


def test_haematological_is_a_list_of_terms_unless_a_column_says_so() -> None:
    by_term = sound(DLT.replace("grade at least 3\n        unless hospital is no", "haematological")).dlt
    column = TRIAL.replace("adds hospital : yes/no", "adds haematological : yes/no")
    text = DLT.replace("grade at least 3\n        unless hospital is no", "haematological")
    by_column = written(f"{column}\n{text}")[0]
    assert by_term is not None
    assert by_column is not None
    assert by_column.dlt is not None
    flag = c.Compare(Sign.IS, c.FieldOf("haematological"), c.Constant(True))  # noqa: FBT003
    assert c.AnyEvent("adverse_events", c.Both((*IN_FRAME, flag))) == by_column.dlt.clauses[0].condition
    asked = by_term.clauses[0].condition
    assert isinstance(asked, c.AnyEvent)
    assert isinstance(asked.where, c.Both)
    term = asked.where.parts[-1]
    assert isinstance(term, c.Member)
    assert (c.FieldOf("term"), "haematological_terms") == (term.value, term.set)


# --- always -------------------------------------------------------------------------------------------------------


def test_a_statement_about_patients_may_ask_what_is_recorded() -> None:
    found = sound('always\n    A1 "All have it"\n        eligible implies score is recorded\n').statements[0]
    assert ("A1", "All have it", c.Recorded(c.Series("score"))) == (found.id, found.wording, found.claim.then)
