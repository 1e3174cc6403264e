"""Histories told by the counts at each level."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.history import History, Unreadable
from protocol_dsl.escalation.tallied import history_of
from tests.escalation_plans import FOUR, KORN, ask, brief, climbed, shipped

DESIGN = machine(KORN, FOUR, remember=True)


@pytest.mark.parametrize(
    ("tally", "history"),
    [
        ("1 0/3", "1NNN"),
        ("1: 0/3,2: 1/6", "1NNN 2NNT 2NNN"),  # the DLT came in the first three, or the trial would have gone up
        ("1 0/3, 2 2/6", "1NNN 2NNT 2NNT"),
        ("1 0/3, 2 0/2 and 1 pending", "1NNN 2NNP"),
        ("1 0 / 3, 2 0/0 and 2 pending", "1NNN 2PP"),
        ("1 2/3, -1 0/3", "1NTT -1NNN"),
        ("1 0/3, 2 3/3, 1 0/3", "1NNN 2TTT 1NNN"),
        ("1 0/4", "1NNN 1N"),  # one more than planned
        ("1 4/6", "1NNT 1TTT"),  # the design would have gone on after one, not after two
        ("2 2/4", "2NTT 2N"),  # nothing was to be given there
    ],
)
def test_a_tally_as_a_history(tally: str, history: str) -> None:
    found = history_of(DESIGN, tally)
    assert isinstance(found, History)
    assert history == str(found)


def test_single_patients_come_one_by_one() -> None:
    design = machine(shipped("accelerated_titration"), climbed("accelerated_titration", 4), remember=True)
    assert str(history_of(design, "1 0/1, 2 0/1, 3 1/3")) == "1N 2N 3T 3NN"


@pytest.mark.parametrize(
    ("tally", "message"),
    [
        ("1 4/3", "`1 4/3` cannot be: 4 with DLT among 3"),
        ("1 0/0", "`1 0/0` cannot be: 0 with DLT among 0"),
        ("1 0/3, 9 0/3", "there is no level `9`"),
        ("1 0 of 3", "`1 0 of 3` does not tell the counts at a level"),
        ("", "`` does not tell the counts at a level"),
        ("1 0/3,", "`` does not tell the counts at a level"),
    ],
)
def test_what_cannot_be_read(tally: str, message: str) -> None:
    found = history_of(DESIGN, tally)
    assert isinstance(found, Unreadable)
    assert found.message == message
    assert found.help
    assert 0 <= found.start <= found.end <= len(tally)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(FOUR.names), st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)),
        min_size=1,
        max_size=3,
    )
)
def test_the_counts_are_those_of_the_tally(told: list[tuple[str, int, int, int]]) -> None:
    told = [(level, clean, dlts, max(pending, int(not clean + dlts))) for level, clean, dlts, pending in told]
    text = ", ".join(f"{level} {dlts}/{clean + dlts} and {pending} pending" for level, clean, dlts, pending in told)
    found = history_of(DESIGN, text)
    assert isinstance(found, History)
    for name in FOUR.names:
        letters = "".join(one.outcomes for one in found.cohorts if one.level == name)
        here = [one[1:] for one in told if one[0] == name]
        counts = [sum(one[at] for one in here) for at in range(3)]
        assert counts == [letters.count("N"), letters.count("T"), letters.count("P")]


@pytest.mark.parametrize("history", ["1NNN", "1NTN", "1NTN 1NNN", "1NNN 2NTT", "1NNN 2NTT 1NNN", "1NNN 2NNN 3NNT 3TNN"])
def test_a_planned_course_is_advised_as_its_tally(history: str) -> None:
    """Levels that are returned to stand twice in the tally, as in the history."""
    runs: list[tuple[str, int, int]] = []
    for cohort in ask_read(history).cohorts:
        before = runs.pop() if runs and runs[-1][0] == cohort.level else (cohort.level, 0, 0)
        runs.append((cohort.level, before[1] + cohort.outcomes.count("T"), before[2] + len(cohort.outcomes)))
    found = history_of(DESIGN, ", ".join(f"{level} {dlts}/{known}" for level, dlts, known in runs))
    advised = ask(str(found))
    assert (brief(ask(history)), ask(history).closed, ()) == (brief(advised), advised.closed, advised.notes)


def ask_read(history: str) -> History:
    read = History.read(history, FOUR.names)
    assert isinstance(read, History)
    return read
