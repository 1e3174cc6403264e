"""Counts of the protocol's own, told beside a history."""

from functools import cache

import pytest

import protocol_dsl


@cache
def design() -> protocol_dsl.Protocol:
    """Cohorts of two: up without an event of grade 2, and else the trial ends."""
    return protocol_dsl.loads("""\
protocol "COUNTS"

doses of agent
    | level |
    | 1     |
    | 2     |
    start at level 1

escalation by table
    cohort of 2, up to 2 per level
    decide, exactly one row applies
        | treated | with_dlt | grade_2   | then                   |
        | 2       | 0        | 0         | escalate               |
        | 2       | 0        | 1 or more | declare this level     |
        | 2       | 1 to 2   | any       | declare previous level |
""")


def test_paths_begin_where_the_counts_lead() -> None:
    """With none of grade 2 two more are treated: of them 0, 1 or 2 have a DLT, and as many are of grade 2."""
    assert design().paths("1NN", cohorts=1, grade_2=[0]).count == 3 * 3
    assert design().paths("1NN", cohorts=1, grade_2=[1]).count == 1


def test_paths_without_the_counts_are_not_told() -> None:
    with pytest.raises(protocol_dsl.ProtocolError, match="`grade_2`"):
        design().paths("1NN", cohorts=1)


@pytest.mark.parametrize("numbers", [[], [3], [-1], [0, 0]])
def test_a_count_fits_the_history(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="`grade_2` has no number for each of 1 cohorts"):
        design().paths("1NN", grade_2=numbers)


def test_a_count_that_is_not_kept_is_told() -> None:
    with pytest.raises(TypeError, match="it keeps: grade_2"):
        design().advise("1NN", grade_3=[0])
    with pytest.raises(TypeError, match="`grade_3`"):
        design().paths("1NN", grade_2=[0], grade_3=[0])
