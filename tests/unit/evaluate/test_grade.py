"""Grades by hand: what decides, in which unit, what is missing, and what a person must confirm."""

from fractions import Fraction

import pytest

from protocol_dsl.base.quantity import unit
from protocol_dsl.elaborate.grading import shipped
from protocol_dsl.evaluate.grade import Graded, grade
from protocol_dsl.model.grading import Measured, System
from protocol_dsl.model.record import Range


def number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def graded(
    term: str, value: str | None, code: str = "", *, version: str = "5.0", units: str = "", **more: str
) -> Graded:
    """The grade of a reading; `more` holds limits, baseline and flag."""
    found = shipped("ctcae", version)
    assert found is not None
    [one] = [each for each in found.gradings if each.term == term]
    limits = {name: number(more.get(name)) for name in ("lln", "uln", "baseline", "change")}
    reading = Measured(
        number(value), unit(code) if code else None, code, baseline_flag=more.get("baseline_flag"), **limits
    )
    return grade(one, reading, System(units) if units else None)


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        ("0.4", "10*9/L", 4),
        ("400", "/uL", 4),
        ("400", "/mm3", 4),
        ("0.5", "10*9/L", 3),
        ("1500", "/mm3", None),
        ("1.5", "10*9/L", None),
    ],
)
def test_a_missing_limit_is_harmless_where_a_band_decides(value: str, code: str, expected: int | None) -> None:
    assert graded("Neutrophil count decreased", value, code).grade == expected


def test_a_limit_itself_is_the_same_in_every_spelling() -> None:
    """1500 /mm3 against 1.5 10*9/L: exactly the limit, so not below it."""
    found = graded("Neutrophil count decreased", "1500", "/mm3", lln="1500")
    assert found.grade == 0


def test_a_missing_value_has_no_grade() -> None:
    assert graded("Anemia", None, "g/L") == Graded(None, "there is no value")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "there is no unit, and the bands are in `g/L` or `mmol/L` or `g/dL`"),
        ("spoons", "the unit `spoons` is not known"),
        ("U/L", "the unit `U/L` does not come"),
    ],
)
def test_a_unit_that_cannot_be_read_has_no_grade(code: str, why: str) -> None:
    found = graded("Anemia", "7", code, lln="12")
    assert (found.grade, found.because.startswith(why)) == (None, True)


def test_the_unit_picks_the_bands_and_units_overrides_it() -> None:
    """8.0 mg/dL is 1.996 mmol/L by 40.078 g/mol: at the printed limit of one system, below that of the other."""
    by_own = graded("Hypocalcemia", "8", "mg/dL", lln="8.5")
    by_si = graded("Hypocalcemia", "8", "mg/dL", lln="8.5", units="si")
    assert (by_own.grade, by_si.grade) == (1, 2)
    assert by_si.unit is not None
    assert by_si.unit.code == "mmol/L"


def test_ratios_are_read_in_any_unit() -> None:
    assert graded("Lipase increased", "1", "ukat/L", uln="0.4").grade == 3
    assert graded("Lipase increased", "100", "", uln="40").grade == 3


def test_a_baseline_that_was_high_replaces_the_limit() -> None:
    normal = graded("Alanine aminotransferase increased", "250", uln="40", baseline="90", baseline_flag="normal")
    high = graded("Alanine aminotransferase increased", "250", uln="40", baseline="90", baseline_flag="abnormal")
    assert (normal.grade, high.grade) == (3, 1)


def test_no_flag_counts_as_normal_and_says_so() -> None:
    found = graded("Alanine aminotransferase increased", "250", uln="40")
    assert (found.grade, found.because.endswith("no flag, so the baseline counts as normal")) == (3, True)


def test_creatinine_by_baseline_where_there_is_no_limit() -> None:
    assert graded("Creatinine increased", "2.5", "mg/dL", baseline="0.8").grade == 3
    assert graded("Creatinine increased", "0.8", "mg/dL", baseline="0.8").grade is None


@pytest.mark.parametrize(("value", "expected"), [("449", 0), ("480", 1), ("480.5", None), ("481", 2), ("501", 3)])
def test_the_gaps_that_are_printed_stay_gaps(value: str, expected: int | None) -> None:
    assert graded("Electrocardiogram QT corrected interval prolonged", value, "ms").grade == expected


def test_fahrenheit_is_converted_to_the_printed_celsius() -> None:
    assert graded("Fever", "100.4", "[degF]").grade == 1
    assert graded("Fever", "102.2", "[degF]").grade == 1  # exactly 39.0 Cel


def test_a_finding_beside_the_number_is_to_be_confirmed() -> None:
    found = graded("Hypokalemia", "3.2", "mmol/L", lln="3.5")
    assert (found.grade, found.confirm) == (2, "symptomatic; intervention indicated")
    assert not graded("Platelet count decreased", "20", "10*9/L").needs_confirmation


def test_a_range_has_a_grade_where_all_of_it_does() -> None:
    found = shipped("ctcae", "5.0")
    assert found is not None
    [one] = [each for each in found.gradings if each.term == "Platelet count decreased"]
    low, across = (Range(high=Fraction(end), high_open=True) for end in (20, 30))
    assert grade(one, Measured(low, unit("10*9/L"), "10*9/L")).grade == 4
    assert grade(one, Measured(across, unit("10*9/L"), "10*9/L")).grade is None


def test_eosinophilia_which_the_source_of_our_oracles_does_not_grade() -> None:
    """CTCAE 5.0: `>ULN and >Baseline`; pharmaverse/admiral, issue 3191."""
    assert graded("Eosinophilia", "0.9", "10*9/L", uln="0.5", baseline="0.3").grade == 1
    assert graded("Eosinophilia", "0.9", "10*9/L", uln="0.5", baseline="0.9").grade == 0


@pytest.mark.parametrize(("version", "expected"), [("4.03", 4), ("5.0", 4), ("6.0", 3)])
def test_neutrophils_go_down_a_grade_in_6(version: str, expected: int) -> None:
    assert graded("Neutrophil count decreased", "0.3", "10*9/L", version=version).grade == expected


@pytest.mark.parametrize(
    ("term", "value", "code", "limits", "remark"),
    [
        (
            "Neutrophil count decreased",
            "1500",
            "/mm3",
            {"lln": "2.0"},
            "the lower limit 2 is none of neutrophils in `/mm3`: it counts as missing",
        ),
        (
            "Hemoglobin increased",
            "79.99",
            "g/L",
            {"uln": "16"},
            "the upper limit 16 is none of haemoglobin in `g/L`: it counts as missing",
        ),
        (
            "Creatinine increased",
            "3",
            "mg/dL",
            {"uln": "106"},
            "the upper limit 106 is none of creatinine in `mg/dL`: it counts as missing",
        ),
        (
            "Alanine aminotransferase increased",
            "2",
            "ukat/L",
            {"uln": "40"},
            "the upper limit 40 is none of alt in `ukat/L`: it counts as missing",
        ),
    ],
)
def test_a_limit_in_another_unit_counts_as_missing(
    term: str, value: str, code: str, limits: dict[str, str], remark: str
) -> None:
    found = graded(term, value, code, **limits)
    assert (found.grade, found.remark) == (None, remark)


def test_a_band_that_needs_no_limit_decides_beside_one_in_another_unit() -> None:
    found = graded("Anemia", "79.99", "g/L", lln="12")
    assert (found.grade, bool(found.remark)) == (3, True)


@pytest.mark.parametrize(
    ("term", "value", "code", "limits", "expected"),
    [
        ("Neutrophil count decreased", "1500", "/mm3", {"lln": "2000"}, 1),
        ("Neutrophil count decreased", "1.5", "10*9/L", {"lln": "2.0"}, 1),
        ("Hemoglobin increased", "201", "g/L", {"uln": "160"}, 3),
        ("Alanine aminotransferase increased", "2", "ukat/L", {"uln": "0.67"}, 1),
        ("Creatinine increased", "318", "umol/L", {"uln": "106"}, 2),
    ],
)
def test_limits_in_the_unit_of_the_row_are_taken(
    term: str, value: str, code: str, limits: dict[str, str], expected: int
) -> None:
    found = graded(term, value, code, **limits)
    assert (found.grade, found.remark) == (expected, "")


@pytest.mark.parametrize(
    ("more", "grade_", "remark"),
    [
        (
            {"baseline": "60", "baseline_flag": "normal"},
            2,
            "the flag says that the baseline was normal, and 60 lies above the upper limit 40; the flag rules",
        ),
        (
            {"baseline": "30", "baseline_flag": "high"},
            2,
            "the flag says that the baseline was high, and 30 does not lie above the upper limit 40; the flag rules",
        ),
        ({"baseline": "60", "baseline_flag": "high"}, 1, ""),
        ({"baseline": "30", "baseline_flag": "normal"}, 2, ""),
        ({"baseline_flag": "normal"}, 2, ""),
        ({"baseline": "60", "baseline_flag": "abnormal"}, 1, ""),
    ],
)
def test_a_flag_that_contradicts_the_baseline_is_said(more: dict[str, str], grade_: int, remark: str) -> None:
    found = graded("Alanine aminotransferase increased", "130", "U/L", uln="40", **more)
    assert (found.grade, found.remark) == (grade_, remark)


def test_multiples_of_a_baseline_of_zero_say_nothing() -> None:
    """Every creatinine is more than three times 0."""
    found = graded("Creatinine increased", "0.9", "mg/dL", baseline="0", uln="1.2")
    assert (found.grade, found.remark) == (
        0,
        "the baseline is 0: no multiple of it says anything, and it counts as missing",
    )


def test_eosinophils_may_be_none_at_baseline() -> None:
    found = graded("Eosinophilia", "0.9", "10*9/L", baseline="0", uln="0.5")
    assert (found.grade, found.remark) == (1, "")


def test_no_enzyme_is_measured_in_amounts_of_itself() -> None:
    found = graded("Alanine aminotransferase increased", "130", "mmol/L", uln="40")
    assert found == Graded(None, "the unit `mmol/L` is none that alt is measured in")
    assert graded("Alanine aminotransferase increased", "130", "[IU]/L", uln="40").grade == 2
