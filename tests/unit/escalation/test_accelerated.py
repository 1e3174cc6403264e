"""Accelerated titration: when single patients end, and what follows; after Simon et al. (1997), worked by hand."""

import pytest

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.history import History
from tests.escalation_plans import brief, climbed, shipped

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
