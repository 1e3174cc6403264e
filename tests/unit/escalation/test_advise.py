"""What is said beside the move: why, who is waited for, what each outcome would do, and what was not as planned."""

import pytest

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.history import Cohort, History, Unreadable
from tests.escalation_plans import ROWS, ask, brief, ladder, plan, shipped


def test_the_reason_names_the_counts_and_the_row() -> None:
    assert ask("1NNN 2NNT").because == "level 2: 3 treated, 1 with DLT; row 2 says treat 3 more"


def test_the_reason_at_the_top_says_so() -> None:
    expected = (
        "level 3: 3 treated, 0 with DLT; row 1 says escalate; "
        "level 3 is the top and does not meet the mtd line yet, so another cohort is treated there"
    )
    assert expected == ask("1NNN 2NNN 3NNN").because


def test_whom_it_waits_for_is_counted_through_the_history() -> None:
    assert ask("1NNN 2PTP").waiting_for == ("patient 4 at level 2", "patient 6 at level 2")


def test_a_pending_patient_who_makes_no_difference_is_not_waited_for() -> None:
    assert ask("1NNNN 1NP 2NNP").waiting_for == ("patient 9 at level 2",)


def test_what_each_outcome_of_the_pending_patients_would_do() -> None:
    outcomes = ask("1NNN 2NPP").outcomes
    expected = {
        (("2", 0),): "treat 3 at 3",
        (("2", 1),): "treat 3 at 2",
        (("2", 2),): "treat 3 at 1",
    }
    assert expected == {outcome.dlts: brief(outcome.advice) for outcome in outcomes}


@pytest.mark.parametrize(
    ("history", "note"),
    [
        ("1NNNN", "not as planned: cohort 1 had 4 at level 1, where the move was to treat 3 at level 1"),
        ("2NNN", "not as planned: cohort 1 had 3 at level 2, where the move was to treat 3 at level 1"),
        ("1NNP 2NNN", "not as planned: cohort 2 had 3 at level 2, where the move was to wait for pending patients"),
        ("1NNN 2NTT 1NNN 1N", "not as planned: cohort 4 had 1 at level 1, where the move was to stop"),
    ],
)
def test_deviations_are_said_aloud(history: str, note: str) -> None:
    advice = ask(history)
    assert note in advice.notes
    assert note in advice.because


@pytest.mark.parametrize("history", ["1NN", "1NN 1N", "1NNX 1N", "1NNN 2TT", "1NNN 2TT 1NNN", "1NNNN 1NN"])
def test_a_cohort_that_is_short_or_filled_up_is_no_deviation(history: str) -> None:
    assert not any("cohort 2" in note or "cohort 3" in note for note in ask(history).notes)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1NNNNN 1NN", "treat 3 at 2"),
        ("1NNT 1NTTN", "treat 3 at -1"),
        ("1NNT 1NTNN", "wait"),
        ("1NNN 2NTT 2NNN", "treat 3 at 1"),
        ("1NNN 2NTT 3NNN", "treat 3 at 1"),
        ("1NTT 2N 2N", "treat 3 at -1"),
    ],
)
def test_deviations_are_coped_with(history: str, expected: str) -> None:
    """Seven treated are as six whoever is left out, or people decide; a closed level stays closed."""
    assert expected == brief(ask(history))


def test_a_level_that_is_not_on_the_ladder_is_a_problem_with_a_place() -> None:
    history = History((Cohort("1", "NNN"), Cohort("9", "NT")))
    problem = advise(shipped("three_plus_three_korn6"), ladder("1", "2"), history)
    assert isinstance(problem, Unreadable)
    assert str(history)[problem.start : problem.end] == "9NT"


def test_stagger_is_recalled_until_the_first_patients_of_a_level_are_treated() -> None:
    staggered = plan("stagger first 2 at each level by 14 days\n" + ROWS)
    note = "the first 2 at each level are treated 14 days apart"
    assert [note in ask(history, staggered).notes for history in ("", "1N", "1NN", "1NNN")] == [True, True, False, True]


def test_too_many_mixes_are_not_listed() -> None:
    many = plan("cohort of 100\n| treated | with_dlt | then |\n| 100 | 0 | escalate |\n| 100 | 1 or more | stop |")
    advice = ask("1" + "P" * 100, many)
    assert (advice.move, advice.outcomes) == ("wait", ())


def test_it_is_a_value() -> None:
    assert isinstance(ask("1NNN"), Advice)
    assert ask("1NNN") == ask(" 1NNN ")
