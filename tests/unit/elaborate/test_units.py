"""Units in conditions, from the text to the answer: what is compared, what is refused, and what is said of it."""

import pytest

import protocol_dsl
from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.syntax.parse import parse

DATA = """\
protocol "UNITS"
    language 1

moments
    enrolment

data
    anc         : number in 10*9/L; of neutrophils; latest
    platelets   : number in 10*9/L; of plt; latest
    infused     : number in cells/kg; latest
    creatinine  : number in mg/dL; of creatinine; latest
    other       : number in mg/dL; latest
    unlisted    : number in mg/dL; of lipaemia; latest
    calcium     : number in mmol/L; of calcium; latest
    alt         : number in U/L; of alt; latest
    clearance   : number in mL/min; latest
    hearing     : number in dB; latest
    temperature : number in Cel; latest; baseline first before enrolment
    usual       : number in [degF]; latest
    rise        : number in Cel{difference}; latest
    weight      : number in kg; latest

define
    warmth in [degF] with temperature in [degF] is temperature + 1
"""


def with_condition(condition: str) -> str:
    return f"{DATA}\ninclusion at enrolment\n    I1\n        {condition}\n"


def errors(condition: str) -> list[Diagnostic]:
    parsed = parse(Source("units.protocol", with_condition(condition)))
    return [*parsed.problems, *elaborate(parsed.file)[1]]


@pytest.mark.parametrize(
    ("condition", "entered", "status"),
    [
        ("anc at least 1500 /mm3", {"anc": "1.5 10*9/L"}, "met"),
        ("anc at least 1.5 10*9/L", {"anc": "1500 cells/mm3"}, "met"),
        ("anc more than 1.5 10*9/L", {"anc": "1500 /uL"}, "not met"),
        ("anc at least 1500 cells/uL", {"anc": "1.4999999999999998 10*9/L"}, "not met"),
        ("creatinine at most 113.12 umol/L", {"creatinine": "1.279614 mg/dL"}, "not met"),
        ("creatinine at most 100 umol/L", {"creatinine": "1.1312 mg/dL"}, "met"),
        ("creatinine less than 1.1312 mg/dL", {"creatinine": "100 umol/L"}, "not met"),
        ("calcium at least 5 meq/L", {"calcium": "2.5 mmol/L"}, "met"),
        ("calcium more than 10.0195 mg/dL", {"calcium": "5 meq/L"}, "not met"),
        ("alt at most 40 IU/L", {"alt": "40 U/L"}, "met"),
        ("hearing at most 2.5 B", {"hearing": "25 dB"}, "met"),
        ("temperature at most 38.5 Cel", {"temperature": "101.3 [degF]"}, "met"),
        ("temperature more than 101.3 [degF]", {"temperature": "38.5 Cel"}, "not met"),
        ("temperature at most 310.15 K", {"temperature": "37 Cel"}, "met"),
        ("rise at least 1 Cel", {"rise": "1.8 [degF]"}, "met"),
        ("rise at least 1.8 [degF]", {"rise": "1 Cel"}, "met"),
        ("rise more than 1 K", {"rise": "1 Cel{difference}"}, "not met"),
        ("temperature - usual at least 1 Cel", {"temperature": "38 Cel", "usual": "98.6 [degF]"}, "met"),
        ("temperature - usual more than 1.8 [degF]", {"temperature": "38 Cel", "usual": "37 Cel"}, "not met"),
        ("temperature at most usual + rise", {"temperature": "38 Cel", "usual": "98.6 F", "rise": "1 Cel"}, "met"),
        ("temperature - rise at most usual", {"temperature": "38 Cel", "usual": "98.6 F", "rise": "1 Cel"}, "met"),
        ("temperature - 1 Cel{difference} at most 37 Cel", {"temperature": "38 Cel"}, "met"),
        ("warmth is 99.6 [degF]", {"temperature": "37 Cel"}, "met"),
        ("warmth more than 37.5 Cel", {"temperature": "37 Cel"}, "met"),
    ],
)
def test_a_condition_in_units_of_its_own(condition: str, entered: dict[str, str], status: str) -> None:
    protocol = protocol_dsl.loads(with_condition(condition))
    assert status == protocol.screen(entered, enrolment="2026-06-01").criteria["I1"]


@pytest.mark.parametrize(("entered", "code"), [("75000 x 10^9/L", "PD724"), ("75,000 x 10^9/L", "PD720")])
def test_what_nobody_has_is_not_taken(entered: str, code: str) -> None:
    protocol = protocol_dsl.loads(with_condition("platelets at least 100 10*9/L"))
    with pytest.raises(protocol_dsl.ProtocolError, match=code):
        protocol.screen({"platelets": entered}, enrolment="2026-06-01")


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("other at most 132 umol/L", "PD220"),
        ("unlisted at most 132 umol/L", "PD220"),
        ("creatinine - other at most 1 umol/L", "PD220"),
        ("calcium at least 40 IU/L", "PD214"),
        ("clearance at least 60 mL/min/{1.73_m2}", "PD214"),
        ("infused at least 100 /kg", "PD214"),
        ("anc at least 1500 cells", "PD214"),
        ("hearing at most 25 Np", "PD214"),
        ("hearing at most 25", "PD203"),
        ("temperature at most 1.1 x baseline", "PD221"),
        ("temperature at most 1.1 * usual", "PD221"),
        ("temperature / usual at most 1.1", "PD221"),
        ("temperature + usual at most 70 Cel", "PD221"),
        ("rise - temperature at most 1 Cel", "PD221"),
        ("temperature + weight at most 1 Cel", "PD214"),
        ("temperature at most 1 Cel{difference}", "PD214"),
        ("temperature - usual at most weight", "PD214"),
    ],
)
def test_what_does_not_belong_together_is_refused(condition: str, code: str) -> None:
    assert [code] == [one.code for one in errors(condition)]


@pytest.mark.parametrize(
    ("condition", "cure"),
    [
        ("other at most 1 umol/L", "declare `other : number in mg/dL; of creatinine`, or give the value in mg/dL"),
        ("unlisted at most 1 umol/L", "the molar mass of `lipaemia` is not known; give the value in mg/dL"),
        ("weight at most 60 kG", "`kg` may be meant"),
        ("weight at most 60 mL", "give the limit in kg"),
    ],
)
def test_what_is_said_to_do(condition: str, cure: str) -> None:
    assert [cure] == [one.help for one in errors(condition)]


def test_an_explanation_shows_the_molar_mass_of_a_limit_and_of_an_entry() -> None:
    protocol = protocol_dsl.loads(with_condition("creatinine at most 100 umol/L"))
    told = protocol.screen({"creatinine": "200 umol/L"}, enrolment="2026-06-01").explain()
    assert "creatinine 200 umol/L (2.2624 mg/dL by 113.12 g/mol); at most 100 umol/L (113.12 g/mol) is not met" in told


def test_an_analyte_of_which_nothing_is_known_is_noted() -> None:
    protocol = protocol_dsl.loads(with_condition("unlisted at most 1 mg/dL"))
    assert ["nothing is known of the analyte `lipaemia`"] == [
        one.message for one in protocol.diagnostics if one.code == "PD361"
    ]


@pytest.mark.parametrize(
    ("limit", "code"), [("75000 10*9/L", ["PD352"]), ("75000 /uL", []), ("2200 10*9/L", []), ("2201 10*9/L", ["PD352"])]
)
def test_a_limit_beyond_what_is_known_of_an_analyte_is_noted(limit: str, code: list[str]) -> None:
    protocol = protocol_dsl.loads(with_condition(f"platelets at least {limit}"))
    assert code == [one.code for one in protocol.diagnostics if one.code == "PD352"]
