"""The formulas of the library `organ_function`, worked out by hand from the papers it cites."""

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
    height     : number in cm; plausible 40 to 220
    weight     : number in kg; plausible 2 to 250
    creatinine : number in mg/dL; plausible 0.1 to 20

define
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "Exactly so much"
        {formula} is {limit}
"""

FACTS = {"enrolment": "2026-06-01", "creatinine_date": "2026-06-01"}
ADULT = {"birth_date": "1986-01-01", "weight": "72 kg"}  # 40 years: 140 - 40 = 100


@pytest.mark.parametrize(
    ("formula", "facts", "limit"),
    [
        ("egfr by bedside_schwartz", {"height": "128 cm", "creatinine": "0.5 mg/dL"}, "105.728 mL/min/{1.73_m2}"),
        ("egfr by bedside_schwartz", {"height": "1.6 m", "creatinine": "0.8 mg/dL"}, "82.6 mL/min/{1.73_m2}"),
        ("crcl by cockcroft_gault_men", {**ADULT, "creatinine": "0.5 mg/dL"}, "200 mL/min"),
        ("crcl by cockcroft_gault_men", {**ADULT, "creatinine": "2 mg/dL"}, "50 mL/min"),
        ("crcl by cockcroft_gault_women", {**ADULT, "creatinine": "2 mg/dL"}, "42.5 mL/min"),
    ],
)
def test_by_hand(formula: str, facts: dict[str, str], limit: str) -> None:
    found = loads(TEXT.format(formula=formula, limit=limit)).screen({**FACTS, **facts})
    assert "eligible" == found.verdict, found.explain()


def test_without_creatinine_it_is_unknown() -> None:
    protocol = loads(TEXT.format(formula="egfr by bedside_schwartz", limit="60 mL/min/{1.73_m2}"))
    assert "undetermined" == protocol.screen({"enrolment": "2026-06-01", "height": "128 cm"}).verdict
