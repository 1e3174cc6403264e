"""What is said beside the move: why, who is waited for, what each outcome would do, and what was not as planned."""

import pytest

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.history import Cohort, History, Unreadable
from tests.escalation_plans import FOUR, KORN, ROWS, ask, brief, ladder, plan, shipped


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


@pytest.mark.parametrize(
    ("history", "place"),
    [
        (History((Cohort("1", "NNN"), Cohort("9", "NT"))), "9NT"),
        (History((Cohort("9", "NNN"), Cohort("1", "NT"))), "9NNN"),
    ],
)
def test_a_level_that_is_not_on_the_ladder_is_a_problem_with_a_place(history: History, place: str) -> None:
    problem = advise(shipped("three_plus_three_korn6"), ladder("1", "2"), history)
    assert isinstance(problem, Unreadable)
    assert str(history)[problem.start : problem.end] == place
    assert (problem.message, problem.help) == ("there is no level `9`", "the levels are `1`, `2`")


def test_every_deviation_is_said_and_stands_in_the_reason() -> None:
    advice = ask("1NNNN 2NNN")
    assert advice.notes == (
        "not as planned: cohort 1 had 4 at level 1, where the move was to treat 3 at level 1",
        "not as planned: cohort 2 had 3 at level 2, where the move was to treat 2 at level 1",
    )
    assert advice.because.endswith("; ".join(["outcomes differ in what follows", *advice.notes]))
    assert brief(advice) == "treat 2 at 1"  # as was due: a level that was not due does not lead further up


def test_what_is_remembered_of_a_level_that_was_closed_counts_when_it_is_treated_again() -> None:
    """Six have been treated at level 2, two of them with a DLT: row 5, and level 1 is full."""
    advice = ask("1NNN 2NTT 1NNN 2NNN")
    assert (advice.row, brief(advice), advice.closed) == (5, "stop with 1", ("2", "3"))


@pytest.mark.parametrize(("history", "move"), [("1NNN 2NNN 3NNN 3NNN", "stop"), ("1NNP", "wait"), ("1NNN", "treat")])
def test_only_a_cohort_has_patients(history: str, move: str) -> None:
    advice = ask(history)
    assert (advice.move, advice.patients > 0, advice.level is not None) == (move, move == "treat", move == "treat")


def test_pending_patients_of_several_cohorts_at_one_level() -> None:
    """One DLT among the two pending makes one in six; two make two in six."""
    outcomes = ask("1PNT 1PNN").outcomes
    assert {outcome.dlts: brief(outcome.advice) for outcome in outcomes} == {
        (("1", 0),): "treat 3 at 2",
        (("1", 1),): "treat 3 at -1",
        (("1", 2),): "treat 3 at -1",
    }
    outcomes = ask("1PNN 1PNN").outcomes
    assert [brief(outcome.advice) for outcome in outcomes] == ["treat 3 at 2", "treat 3 at 2", "treat 3 at -1"]


def test_two_counts_that_a_history_does_not_tell() -> None:
    counts = plan("""
        cohort of 3, up to 3 per level
        | treated | with_dlt | crs   | nausea | then                        |
        | 3       | any      | 0     | any    | escalate                    |
        | 3       | any      | 1 to 3 | 0 to 2 | stop                        |
        | 3       | any      | 1 to 3 | 3      | de-escalate and close level |
    """)
    advice = ask("2NNN", counts)
    assert (advice.move, advice.action, advice.waiting_for, advice.closed) == ("wait", "wait", ("crs", "nausea"), ())
    note = "not as planned: cohort 1 had 3 at level 2, where the move was to treat 3 at level 1"
    assert advice.notes == (note,)
    assert advice.because == f"the move depends on `crs` and `nausea`, which a history does not tell; {note}"


def test_a_table_with_a_pending_column_lets_patients_come_one_by_one() -> None:
    rolling = plan("""
        cohort of 1, up to 3 per level
        | treated | with_dlt | pending   | then         |
        | 1 to 2  | 0        | any       | treat 1 more |
        | 3       | 0        | 0         | escalate     |
        | 3       | 0        | 1 or more | wait         |
        | 1 to 3  | 1 to 3   | any       | de-escalate and close level |
    """)
    assert ask("1PPP 1N", rolling).notes == ()  # the move was to wait
    assert ask("1NNN 1N", rolling).notes == ()  # lower than planned
    assert ask("1N 2N", KORN).notes != ()  # as a table without the column has it
    assert ask("1NN 2N", rolling).notes != ()  # higher than planned


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


def test_what_each_outcome_would_do_rests_on_the_counts_that_are_known() -> None:
    """With two of three who have had cytokine release none with a DLT is three more, and not the next level."""
    design = shipped("three_plus_three_nct07623850").stages[1].plan
    read = History.read("1NNP", FOUR.names)
    assert isinstance(read, History)
    found = {crs: advise(design, FOUR, read, ((crs,),)) for crs in (0, 2)}
    told = {
        crs: [brief(one.advice) for one in advice.outcomes] if isinstance(advice, Advice) else []
        for crs, advice in found.items()
    }
    assert told == {0: ["treat 3 at 2", "treat 3 at 1"], 2: ["treat 3 at 1", "treat 3 at 1"]}
