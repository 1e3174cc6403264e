"""What a criterion on kidney function comes to, with the formulas of the library `organ_function`."""

import pytest

from protocol_dsl.face import loads

TEXT = """\
protocol "ORG-1"
    language 1
    uses library organ_function, ucum

moments
    enrolment

data
    birth_date : date
    sex        : one of female, male
    height     : number in cm; plausible 40 to 220
    weight     : number in kg; plausible 2 to 250
    creatinine : number in mg/dL; of creatinine; plausible 0.1 to 20

define
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "Exactly so much"
        {formula} is {limit}
"""

FACTS = {"enrolment": "2026-06-01", "creatinine_date": "2026-06-01"}
ADULT = {"birth_date": "1986-01-01", "weight": "72 kg"}  # 40 years: 140 - 40 = 100
CLEARANCE = "crcl by cockcroft_gault_actual_weight"


@pytest.mark.parametrize(
    ("formula", "facts", "limit"),
    [
        ("egfr by bedside_schwartz", {"height": "128 cm", "creatinine": "0.5 mg/dL"}, "105.728 mL/min/{1.73_m2}"),
        ("egfr by bedside_schwartz", {"height": "1.6 m", "creatinine": "0.8 mg/dL"}, "82.6 mL/min/{1.73_m2}"),
        (CLEARANCE, {**ADULT, "sex": "male", "creatinine": "0.5 mg/dL"}, "200 mL/min"),
        (CLEARANCE, {**ADULT, "sex": "male", "creatinine": "2 mg/dL"}, "50 mL/min"),
        (CLEARANCE, {**ADULT, "sex": "female", "creatinine": "2 mg/dL"}, "42.5 mL/min"),
    ],
)
def test_by_hand(formula: str, facts: dict[str, str], limit: str) -> None:
    found = loads(TEXT.format(formula=formula, limit=limit)).screen({**FACTS, **facts})
    assert "eligible" == found.verdict, found.explain()


@pytest.mark.parametrize("missing", ["birth_date", "sex", "weight", "creatinine"])
def test_with_anything_missing_it_is_unknown(missing: str) -> None:
    """Though every clearance that the missing one would allow is above the limit."""
    protocol = loads(TEXT.format(formula=CLEARANCE, limit="at least 1 mL/min"))
    facts = {**FACTS, **ADULT, "sex": "male", "creatinine": "0.5 mg/dL"}
    assert "eligible" == protocol.screen(facts).verdict
    assert "undetermined" == protocol.screen({item: told for item, told in facts.items() if item != missing}).verdict


@pytest.mark.parametrize(("birthday", "verdict"), [("2008-06-01", "eligible"), ("2008-06-02", "undetermined")])
def test_below_the_age_it_is_valid_for_it_is_unknown(birthday: str, verdict: str) -> None:
    protocol = loads(TEXT.format(formula=CLEARANCE, limit="at least 1 mL/min"))
    facts = {**FACTS, **ADULT, "sex": "male", "creatinine": "0.5 mg/dL", "birth_date": birthday}
    assert verdict == protocol.screen(facts).verdict


@pytest.mark.parametrize(
    ("birthday", "verdict"),
    [
        ("2025-06-02", "undetermined"),  # eleven months
        ("2025-06-01", "eligible"),  # the first birthday
        ("2009-06-02", "eligible"),  # still 16
        ("2009-06-01", "undetermined"),  # the 17th birthday
        ("1980-01-01", "undetermined"),
    ],
)
def test_schwartz_by_age_is_for_children_of_1_to_16_years(birthday: str, verdict: str) -> None:
    facts = {**FACTS, "birth_date": birthday, "height": "128 cm", "creatinine": "0.5 mg/dL"}
    asked = TEXT.format(formula="egfr by bedside_schwartz_by_age", limit="105.728 mL/min/{1.73_m2}")
    assert loads(asked).screen(facts).verdict == verdict


def test_the_note_on_schwartz_names_the_formula_that_looks_at_the_age() -> None:
    found = loads(TEXT.format(formula="egfr by bedside_schwartz", limit="105.728 mL/min/{1.73_m2}"))
    [note] = [one.message for one in found.diagnostics if one.code == "PD362"]
    assert "`egfr by bedside_schwartz_by_age` looks at the age" in note


@pytest.mark.parametrize(
    ("formula", "height", "verdict"),
    [
        ("ideal_weight by devine", "152.4 cm", "eligible"),
        ("ideal_weight by devine", "152.3 cm", "undetermined"),
        ("ideal_weight by devine_carried_down", "152.3 cm", "eligible"),
        ("adjusted_weight by devine_two_fifths", "152.3 cm", "undetermined"),
        ("crcl by cockcroft_gault_ideal_weight", "152.3 cm", "undetermined"),
        ("crcl by cockcroft_gault_adjusted_weight", "152.3 cm", "undetermined"),
    ],
)
def test_below_60_inches_devine_says_nothing(formula: str, height: str, verdict: str) -> None:
    measure = "mL/min" if formula.startswith("crcl") else "kg"
    text = TEXT.replace("organ_function,", "organ_function, library body_size,")
    text = text.replace("is {limit}", f"at least 1 {measure}")
    facts = {**FACTS, **ADULT, "sex": "female", "height": height, "creatinine": "0.5 mg/dL"}
    assert loads(text.format(formula=formula)).screen(facts).verdict == verdict
