"""Accelerated titration: how long single patients are treated before cohorts begin, and by how much doses rise.

Simon, Freidlin, Rubinstein, Arbuck, Collins & Christian (1997), Journal of the National Cancer Institute 89, 1138-1147.
"""

from fractions import Fraction

from attrs import define


@define(frozen=True)
class Toxicities:
    """How many patients had a DLT, and grade 2 toxicity at worst, in their first course and in later ones only."""

    dlts: int = 0
    grade_2: int = 0
    later_dlts: int = 0
    later_grade_2: int = 0


@define(frozen=True)
class Titration:
    """One of the four designs; steps are what is added to a dose, in parts of it."""

    accelerated_step: Fraction | None
    """While single patients are treated; None where there are cohorts from the start."""
    step: Fraction = Fraction(2, 5)
    counts_later_courses: bool = False
    most_dlts: int = 0
    """Acceleration ends with one DLT more."""
    most_grade_2: int = 1
    """Acceleration ends with one more patient with grade 2 toxicity."""


SIMON = {
    1: Titration(None),
    2: Titration(Fraction(2, 5)),
    3: Titration(Fraction(1)),
    4: Titration(Fraction(1), counts_later_courses=True),
}
"""The designs by the numbers of the paper."""


def is_accelerated(design: Titration, seen: Toxicities) -> bool:
    """Say whether the next level is still given to one patient; where it ends the present one is filled to three."""
    if design.accelerated_step is None:
        return False
    later = seen if design.counts_later_courses else Toxicities()
    dlts, grade_2 = seen.dlts + later.later_dlts, seen.grade_2 + later.later_grade_2
    return dlts <= design.most_dlts and grade_2 <= design.most_grade_2


def next_dose(design: Titration, dose: Fraction, seen: Toxicities) -> Fraction:
    """Give the dose one level up, in the unit of the dose."""
    accelerated = design.accelerated_step if is_accelerated(design, seen) else None
    return dose * (1 + (design.step if accelerated is None else accelerated))


def may_rise_in_patient(worst_grade: int) -> bool:
    """Say whether a patient may get more in the next course: after at most grade 1 in the last (designs 2 to 4)."""
    return worst_grade <= 1
