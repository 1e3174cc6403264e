"""Terms whose number is no routine laboratory result, against bands that were put into numbers apart."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from protocol_dsl.base.quantity import unit
from protocol_dsl.elaborate.grading import shipped
from protocol_dsl.evaluate.grade import Graded, grade
from protocol_dsl.model.grading import Grading, Measured

HERE = Path(__file__).parent
TINY = Fraction(1, 1000)


def bands() -> list[dict[str, str]]:
    """The rows of the file; its first line says where it is from."""
    _, head, *rest = (HERE / "ctcae_numeric_bands.tsv").read_text("utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in rest]


BANDS = bands()
MEASURES = sorted({(band["version"], band["term"], band["measure"], band["unit"]) for band in BANDS})
Found = tuple[Fraction, Graded]


def grading(version: str, term: str, measure: str) -> Grading:
    """The grading of a term; of blood pressure, that of one of the two."""
    name = f"{term} ({measure})" if measure in ("systolic", "diastolic") else term
    shelf = shipped("ctcae", version)
    assert shelf is not None
    return next(one for one in shelf.gradings if one.term == name)


def graded(version: str, term: str, measure: str, code: str, number: Fraction) -> Graded:
    """What a number comes to; a change of weight is one of what was 100 kg."""
    if code == "%" and measure.startswith("percent"):
        after = 100 - number if "decrease" in measure else 100 + number
        return grade(grading(version, term, measure), Measured(after, unit("kg"), "kg", baseline=Fraction(100)))
    return grade(grading(version, term, measure), Measured(number, unit(code), code))


def holds(band: dict[str, str], number: Fraction) -> bool:
    """Whether the band as printed has the number."""
    low, high = band["low"], band["high"]
    above = not low or number > Fraction(low) or (number == Fraction(low) and band["ends"][0] == "[")
    below = not high or number < Fraction(high) or (number == Fraction(high) and band["ends"][1] == "]")
    return above and below


def numbers(mine: list[dict[str, str]]) -> list[Fraction]:
    """Every end, just beside it, and halfway between neighbours."""
    ends = sorted({Fraction(text) for band in mine for text in (band["low"], band["high"]) if text})
    beside = [end + step for end in ends for step in (-TINY, Fraction(0), TINY)]
    between = [(low + high) / 2 for low, high in pairwise(ends)]
    return [*beside, *between, ends[0] / 2, ends[-1] * Fraction(11, 10)]


@pytest.mark.parametrize("measured", MEASURES, ids=lambda one: " ".join(one[:3]))
def test_a_number_in_a_printed_band_has_the_highest_grade_that_holds_it(measured: tuple[str, str, str, str]) -> None:
    mine = [band for band in BANDS if (band["version"], band["term"], band["measure"], band["unit"]) == measured]
    for number in numbers(mine):
        found = graded(*measured, number)
        printed = [int(band["grade"]) for band in mine if holds(band, number)]
        if printed:
            assert found.grade == max(printed), (number, found)
        else:
            assert found.grade in (0, None), (number, found)


GAPS = (
    ("4.03", "Electrocardiogram QT corrected interval prolonged", "mean QTc", "ms", ("480.5", "500.5")),
    ("5.0", "Electrocardiogram QT corrected interval prolonged", "mean QTc", "ms", ("480.5", "500.5")),
    ("6.0", "Electrocardiogram QT corrected interval prolonged", "mean QTc", "ms", ("480.5",)),
    ("4.03", "Ejection fraction decreased", "LVEF", "%", ("39.5",)),
    ("5.0", "Ejection fraction decreased", "LVEF", "%", ("39.5",)),
    ("6.0", "Left ventricular dysfunction", "LVEF", "%", ("49.5",)),
    ("6.0", "Creatinine clearance decreased", "creatinine clearance", "mL/min", ("25.5", "49.5", "9")),
    ("5.0", "Chronic kidney disease", "eGFR", "mL/min/{1.73_m2}", ("29.5", "59.5")),
    ("4.03", "Chronic kidney disease", "eGFR", "mL/min/{1.73_m2}", ("29.5", "59.5")),
    ("5.0", "Hypertension", "systolic", "mm[Hg]", ("139.5", "159.5")),
    ("6.0", "Hypertension", "diastolic", "mm[Hg]", ("99.5", "109.5")),
)


@pytest.mark.parametrize(("version", "term", "measure", "code", "between"), GAPS)
def test_between_printed_bands_there_is_no_grade(
    version: str, term: str, measure: str, code: str, between: tuple[str, ...]
) -> None:
    for text in between:
        found = graded(version, term, measure, code, Fraction(text))
        assert found.grade is None
        assert found.because == f"no printed band holds {text}"


def test_a_long_fever_is_to_be_confirmed_and_what_goes_below_it_is_said() -> None:
    found = graded("5.0", "Fever", "body temperature", "Cel", Fraction("40.1"))
    assert (found.grade, found.confirm) == (4, "for more than 24 hours")


def test_degrees_fahrenheit_are_converted() -> None:
    """102.2 F is 39 Cel exactly, and grade 1; 102.3 F is above it."""
    grades = [graded("5.0", "Fever", "t", "[degF]", Fraction(text)).grade for text in ("100.4", "102.2", "102.3")]
    assert grades == [1, 1, 2]


@pytest.mark.parametrize("version", ["4.03", "5.0", "6.0"])
def test_kidney_function_is_graded_by_its_lower_limit(version: str) -> None:
    """A limit of 90: 95 is within it, 80 below; 14 is grade 4 once dialysis is indicated."""
    kidney = grading(version, "Chronic kidney disease", "")
    code = "mL/min/{1.73_m2}"
    found = [grade(kidney, Measured(Fraction(n), unit(code), code, lln=Fraction(90))) for n in (95, 80, 45, 20, 14)]
    assert [one.grade for one in found] == [0, 1, 2, 3, 4]
    assert [one.needs_confirmation for one in found] == [False, False, False, False, True]
    assert grade(kidney, Measured(Fraction(45), unit("mL/min"), "mL/min")).grade is None
