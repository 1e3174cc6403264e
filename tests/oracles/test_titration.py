"""Accelerated titration: every cell of the stages of the paper, and its steps."""

from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.escalation.estimates.titration import (
    SIMON,
    Toxicities,
    is_accelerated,
    may_rise_in_patient,
    next_dose,
)

LINES = (Path(__file__).parent / "accelerated_titration.tsv").read_text("utf-8").splitlines()[2:]


@pytest.mark.parametrize("line", LINES)
def test_stage(line: str) -> None:
    design, course, grade_2, dlts, stage = line.split("\t")
    seen = Toxicities(int(dlts), int(grade_2))
    if course == "later":
        seen = Toxicities(later_dlts=int(dlts), later_grade_2=int(grade_2))
    assert (stage == "accelerated") == is_accelerated(SIMON[int(design)], seen)


@pytest.mark.parametrize(("design", "accelerated"), [(1, "1.4"), (2, "1.4"), (3, 2), (4, 2)])
def test_steps(design: int, accelerated: str) -> None:
    assert Fraction(accelerated) == next_dose(SIMON[design], Fraction(1), Toxicities())
    assert Fraction("1.4") == next_dose(SIMON[design], Fraction(1), Toxicities(dlts=1))


def test_cohorts_from_the_start_in_the_first_design() -> None:
    assert not is_accelerated(SIMON[1], Toxicities())


@pytest.mark.parametrize("grade", range(5))
def test_rise_within_a_patient(grade: int) -> None:
    assert (grade in {0, 1}) == may_rise_in_patient(grade)
