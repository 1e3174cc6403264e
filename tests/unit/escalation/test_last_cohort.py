"""Tables that look at the last cohort alone: up-and-down, worked by hand."""

import pytest

from protocol_dsl.escalation.automaton import explore
from protocol_dsl.escalation.design import Settled, Treat, Wait
from protocol_dsl.escalation.designs import faults, machine
from protocol_dsl.escalation.tally import Tally
from tests.escalation_plans import ask, brief, cohort, levels, plan, shipped

GROUP = """
    cohort of 3
    rows speak of the last cohort alone
    | treated | with_dlt | level      | then               |
    | 3       | 0        | not top    | escalate           |
    | 3       | 0        | top        | stay               |
    | 3       | 1        | any        | stay               |
    | 3       | 2        | not lowest | de-escalate        |
    | 3       | 2        | lowest     | stay               |
    | 3       | 3        | any        | stop               |
    at most 24 patients
"""
BY_ESTIMATE = plan(GROUP + "\nmtd is isotonic estimate closest to 0.35")
BY_LINE = plan(GROUP + "\nmtd is highest level with 6 treated and at most 1 dlt")
THREE = levels(3)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("", "treat 3 at 1"),
        ("1NNT 1NNN", "treat 3 at 2"),  # one in six, but none in the last three
        ("1NNN 2NNT 2NNT 2NNT", "treat 3 at 2"),
        ("1NNN 2NTT 1NNN 2NNN", "treat 3 at 3"),  # two in six, but none in the last three
        ("1NNN 2NN", "treat 1 at 2"),  # the cohort is filled
        ("1NNN 2NN 2N", "treat 3 at 3"),
        ("1NNN 2NT 2X 2T", "treat 3 at 1"),  # filled by two, one of them not evaluable
        ("1NNN 2NNP", "wait"),
        ("1NTT 1NTT", "treat 3 at 1"),
        ("1NNN 3NNN", "treat 3 at 2"),  # higher than the trial had come: it goes on from where it was
    ],
)
def test_the_last_cohort_decides(history: str, expected: str) -> None:
    assert expected == brief(ask(history, BY_ESTIMATE, THREE))


@pytest.mark.parametrize(
    ("history", "by_estimate", "by_line"),
    [
        # 0 of 3, 0 of 3 and 3 of 3: no level is nearer to 0.35 than the second, and of two equal ones below the higher
        ("1NNN 2NNN 3TTT", "stop with 2", "stop with None"),
        # 0 of 6 and 5 of 6: 0.01 is 0.34 away, 0.83 is 0.48
        ("1NNN 2NTT 1NNN 2TTT", "stop with 1", "stop with 1"),
        ("1TTT", "stop with 1", "stop with None"),
    ],
)
def test_all_patients_count_for_what_is_recommended(history: str, by_estimate: str, by_line: str) -> None:
    assert by_estimate == brief(ask(history, BY_ESTIMATE, THREE))
    assert by_line == brief(ask(history, BY_LINE, THREE))


def test_the_reason_names_the_last_cohort() -> None:
    because = ask("1NNT 1NNN", BY_ESTIMATE, THREE).because
    assert because == "the last cohort at level 1: 3 treated, 0 with DLT; row 1 says escalate"


def test_a_patient_of_an_earlier_cohort_settles_without_a_word_in_the_last() -> None:
    design = machine(BY_ESTIMATE, THREE, remember=True)
    state = design.step(design.step(design.start, cohort(0, "NNP")), cohort(1, "NNN"))
    settled = design.step(state, Settled(0, dlt=True))
    assert (Tally(2, 1), Tally(3, 0)) == design.tallies(settled)[:2]
    move = design.move(settled)
    assert isinstance(move, Treat)
    assert move.rung == 2


def test_a_pending_patient_of_the_last_cohort_settles() -> None:
    design = machine(BY_ESTIMATE, THREE)
    state = design.step(design.start, cohort(0, "NNP"))
    assert isinstance(design.move(state), Wait)
    assert design.move(design.step(state, Settled(0, dlt=False))) == design.move(
        design.step(design.start, cohort(0, "NNN"))
    )


def test_without_anything_to_recommend_there_are_few_states() -> None:
    """One for each outcome of a cohort at each of three levels, and the start."""
    endless = plan(GROUP.replace("at most 24 patients", "").replace("stop ", "de-escalate and close level"))
    assert len(explore(machine(endless, THREE)).states) <= 1 + 3 * 4 * 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GROUP + "\nup to 6 per level", "rows that speak of the last cohort alone know of no cap at a level"),
        (
            "| treated | with_dlt | then |\n| 3 | any | stop |\nmtd is isotonic estimate closest to 0.3",
            "a table recommends by the counts at a level",
        ),
    ],
)
def test_settings_that_do_not_go_together(text: str, message: str) -> None:
    assert [message] == [fault.message for fault in faults(plan(text), THREE)]


@pytest.mark.parametrize("name", ["up_and_down_3_0_2", "three_in_a_row"])
def test_the_walk_of_the_shipped_designs_never_rises_upon_a_dlt(name: str) -> None:
    automaton = explore(machine(shipped(name), levels(3)))
    for out in automaton.edges:
        for edge in out:
            move, seen = automaton.moves[edge.to], edge.observed
            if isinstance(move, Treat) and isinstance(seen, type(cohort(0, ""))):
                assert move.rung <= seen.rung or not seen.tally.with_dlt
