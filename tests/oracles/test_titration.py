"""Accelerated titration: every cell of the stages of the paper, and its steps."""

from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.estimates.titration import (
    SIMON,
    Toxicities,
    is_accelerated,
    may_rise_in_patient,
    next_dose,
)
from protocol_dsl.escalation.history import Cohort, History
from tests.escalation_plans import file

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


def _replayed(design: int, course: str, grade_2: int, dlts: int) -> Advice:
    """The move of the shipped file after one, or two, patients in whom so much was seen."""
    name = "accelerated_titration" if design == 2 else f"accelerated_titration_{design}"
    protocol = file(name)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    rungs = protocol.ladder.names[:: 1 if design == 2 else 2][: max(grade_2, 1)]
    last = len(rungs) - 1
    seen = course == "first" or design == 4  # what the counts of a design speak of
    letters = ["T" if course == "first" and dlts and at == last else "N" for at in range(len(rungs))]
    history = History(tuple(Cohort(level, letter) for level, letter in zip(rungs, letters, strict=True)))
    told = {
        "grade_2": tuple(int(seen and at < grade_2) for at in range(len(rungs))),
        "later_dlt": tuple(int(course == "later" and dlts > 0 and at == last) for at in range(len(rungs))),
    }
    counts = tuple(zip(*(told[name] for name in protocol.escalation.extra), strict=True))
    found = advise(protocol.escalation, protocol.ladder, history, counts)
    assert isinstance(found, Advice)
    assert not found.notes
    return found


@pytest.mark.parametrize("line", LINES)
def test_the_shipped_files_go_through_the_stages(line: str) -> None:
    design, course, grade_2, dlts, stage = line.split("\t")
    found = _replayed(int(design), course, int(grade_2), int(dlts))
    assert (stage == "accelerated") == (found.action == "escalate" and found.patients == 1)
    assert (stage == "standard") == (found.action == "treat 2 more")
