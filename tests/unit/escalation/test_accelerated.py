"""Accelerated titration: when single patients end, and what follows; after Simon et al. (1997), worked by hand."""

import pytest
from attrs import evolve

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.automaton import explore
from protocol_dsl.escalation.design import Treat, Treated
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.history import History
from tests.escalation_plans import brief, climbed, plan, shipped

PLAN = shipped("accelerated_titration")
LADDER = climbed("accelerated_titration", 4)


def told(history: str, grade_2: tuple[int, ...]) -> Advice:
    read = History.read(history, LADDER.names)
    assert isinstance(read, History)
    found = advise(PLAN, LADDER, read, tuple((number,) for number in grade_2))
    assert isinstance(found, Advice)
    return found


@pytest.mark.parametrize(
    ("history", "grade_2", "expected"),
    [
        ("", (), "treat 1 at 1"),
        ("1N", (0,), "treat 1 at 2"),
        ("1N 2N", (1, 0), "treat 1 at 3"),  # one patient with grade 2 so far
        ("1N 2N", (1, 1), "treat 2 at 2"),  # the second: the level is filled to three
        ("1N 2T", (0, 0), "treat 2 at 2"),  # the first DLT
        ("1N 2T", (1, 0), "treat 2 at 2"),
        ("1N 2TNN", (0, 0), "treat 3 at 2"),  # from here on 3+3: one of three
        ("1N 2TNT", (0, 0), "treat 2 at 1"),  # two of three: level 1 had one, and is filled to three
        ("1N 2TNT 1NN", (0, 0, 0), "treat 3 at 1"),  # level 1 is the highest that is open, and needs six
        ("1N 2TNN 2NNN", (0, 0, 0), "treat 3 at 3"),  # one of six: up, in whole cohorts
        ("1N 2P", (0, 0), "wait"),
        ("1N 2X", (0, 0), "treat 1 at 2"),  # nobody evaluable: another one
        ("1N 2N 3N 4N", (0, 0, 0, 0), "treat 2 at 4"),  # at the top no level is left to try with one patient
    ],
)
def test_move(history: str, grade_2: tuple[int, ...], expected: str) -> None:
    assert expected == brief(told(history, grade_2))


def test_a_history_that_does_not_tell_the_count_waits_for_it_where_it_matters() -> None:
    read = History.read("1N 2N", LADDER.names)
    assert isinstance(read, History)
    found = advise(PLAN, LADDER, read)
    assert isinstance(found, Advice)
    assert ("wait", ("grade_2",)) == (found.move, found.waiting_for)


def test_a_history_that_does_not_tell_the_count_moves_on_where_it_cannot_matter() -> None:
    read = History.read("1T", LADDER.names)
    assert isinstance(read, History)
    found = advise(PLAN, LADDER, read)
    assert isinstance(found, Advice)
    assert "treat 2 at 1" == brief(found)


TWICE = plan("""
    cohort of 3, up to 6 per level
    one patient at a time, rising by 2 levels, until first dlt or 2 patients with grade_2 or 1 patient with later_dlt
    | treated | with_dlt | then                        |
    | 3       | 0        | escalate                    |
    | 3       | 1        | treat 3 more                |
    | 3       | 2 to 3   | de-escalate and close level |
    | 6       | 0 to 1   | escalate                    |
    | 6       | 2 to 6   | de-escalate and close level |
""")


@pytest.mark.parametrize(
    ("history", "counts", "expected"),
    [
        ("1N", ((0, 0),), "treat 1 at 3"),
        ("1N 3N", ((0, 0), (0, 0)), "treat 1 at 4"),  # the top is not overshot
        ("1N 3N", ((1, 0), (0, 0)), "treat 1 at 4"),
        ("1N 3N", ((1, 0), (1, 0)), "treat 2 at 3"),
        ("1N 3N", ((0, 0), (0, 1)), "treat 2 at 3"),  # either count ends it
        ("1N 3TNN", ((0, 0), (0, 0)), "treat 3 at 3"),
        ("1N 3TNN 3NNN", ((0, 0), (0, 0), (0, 0)), "treat 3 at 4"),
        ("1N 3TTN", ((0, 0), (0, 0)), "treat 3 at 2"),  # down to a level that was left out
    ],
)
def test_by_two_levels_and_by_two_counts(history: str, counts: tuple[tuple[int, ...], ...], expected: str) -> None:
    assert TWICE.extra == ("grade_2", "later_dlt")
    read = History.read(history, LADDER.names)
    assert isinstance(read, History)
    found = advise(TWICE, LADDER, read, counts)
    assert isinstance(found, Advice)
    assert expected == brief(found)


def test_what_ends_the_single_patients_is_said_as_it_is_written() -> None:
    ends = "the first DLT or 2 patients with grade_2 or 1 patient with later_dlt"
    assert ends == str(TWICE.accelerated)


def test_counts_that_no_longer_matter_are_not_told_apart() -> None:
    """Once single patients have ended, and as no row asks, whatever was counted besides leads to the same state."""
    automaton = explore(machine(shipped("accelerated_titration_4"), climbed("accelerated_titration_4", 3)))
    ended = 0
    for state, move, edges in zip(automaton.states, automaton.moves, automaton.edges, strict=True):
        if state.counted is not None or not isinstance(move, Treat):
            continue
        ended += 1
        assert [edge.observed.tally.with_dlt for edge in edges if isinstance(edge.observed, Treated)] == [
            *range(move.patients + 1)
        ]
        for edge in edges:
            assert isinstance(edge.observed, Treated)
            counted = evolve(edge.observed, tally=evolve(edge.observed.tally, extra=(1, move.patients)))
            assert automaton.design.step(state, counted) == automaton.states[edge.to]
    assert ended
