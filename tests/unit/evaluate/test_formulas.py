"""What formulas with powers, roots and logarithms come to, worked by hand."""

import pytest

from protocol_dsl.evaluate.screening import Screening
from protocol_dsl.face import loads

TEXT = """\
protocol "FORMULAS"
    language 1

moments
    enrolment

data
    birth_date : date
    sex        : one of female, male
    score      : number; plausible 0 to 100
    marker     : number; plausible 0.001 to 10000
    years      : number in years; plausible 0 to 120
    fever      : number in Cel; plausible 30 to 45
    height     : number in cm; plausible 40 to 250
    weight     : number in kg; plausible 2 to 300
    creatinine : number in umol/L; of creatinine; plausible 10 to 2000

define
    age is completed years from birth_date to enrolment
    surface by mosteller in m2 with height in cm, weight in kg is square root of (height * weight / 3600)
    root with score is square root of score
    fifth with score is score ^ 0.2
    rounded_fifth with score is score ^ 0.2 rounded to 0.1
    decay with score is 0.5 ^ score
    powers with marker is marker ^ -1 + cube root of marker + log10 of marker + ln of (marker / 1000)
    in_steps is
        score when sex is female
        2 * score otherwise
        rounded to 5
    by_rows is by table
        | sex    | points |
        | female | 1.26   |
        | male   | 1.24   |
        rounded to 0.1
    in_fives in [degF] is fever rounded to 5
    in_mass in mg/dL with creatinine in mg/dL is creatinine
    adult by two_lines "of adults" with score, age in a is 10 * score
        valid when age at least 18 years
        valid when score at most 50
    doubled by sum with score, age in a is adult by two_lines with score, age + adult by two_lines with score, age
    twice with years in a is 2 * years

inclusion at enrolment
    I1 "As asked"
        {condition}
"""
GIVEN: dict[str, str | None] = {
    "enrolment": "2026-06-01",
    "birth_date": "1980-01-01",
    "sex": "female",
    "score": "3",
    "marker": "1000",
    "height": "180 cm",
    "weight": "80 kg",
    "creatinine": "100 umol/L",
}


def screened(condition: str, **facts: str | None) -> Screening:
    given = {name: value for name, value in {**GIVEN, **facts}.items() if value is not None}
    return loads(TEXT.replace("{condition}", condition)).screen(given)


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ("surface by mosteller is 2 m2", {}),  # 180 * 80 / 3600 = 4
        ("surface by mosteller is 20000 cm2", {"height": "1.8 m", "weight": "80000 g"}),
        ("root is 1.5", {"score": "2.25"}),
        ("root is 0", {"score": "0"}),
        ("decay is 0.125", {}),
        ("powers is 13.001", {}),  # 0.001 + 10 + 3 + 0
        ("rounded_fifth is 2", {"score": "33"}),  # 2 ^ 5 is 32
        ("in_steps is 15", {"score": "13"}),
        ("in_steps is 5", {"score": "3", "sex": "male"}),
        ("by_rows is 1.3", {}),
        ("by_rows is 1.2", {"sex": "male"}),
        ("in_fives is 100 [degF]", {"fever": "38.5 Cel"}),  # 101.3 [degF]
        ("in_mass is 1.1312 mg/dL", {}),  # 100 umol/L at 113.12 g/mol
        ("adult by two_lines is 30", {}),
        ("doubled by sum is 60", {}),
        ("doubled by sum with score, age + root is 82", {"score": "4"}),
        ("twice is 10.5", {"years": "5.25 years"}),
    ],
)
def test_a_result_that_is_a_fraction_is_exact(condition: str, facts: dict[str, str]) -> None:
    found = screened(condition, **facts)
    assert found.verdict == "eligible", found.explain()


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("root more than 1.73205", "eligible"),
        ("root less than 1.73206", "eligible"),
        ("root at least 1.73206", "ineligible"),
        # The square root of 3 is 1.7320508075688772935..., OEIS A002194.
        ("root at least 1.7320508075", "undetermined"),
        ("root at most 1.7320508076", "undetermined"),
        ("root is 1.7320508075688772935", "undetermined"),
        ("root at least 1.7320508", "eligible"),
    ],
)
def test_a_result_that_is_not_is_unknown_on_its_limit_only(condition: str, verdict: str) -> None:
    assert screened(condition).verdict == verdict


def test_on_the_limit_the_explanation_says_so_and_nothing_would_settle_it() -> None:
    found = screened("root at least 1.7320508075688772935")
    told = found.explain()
    assert "root 1.7321 is on the limit, the formula is not exact" in told
    assert "would settle it" not in told
    assert [("root", "on the limit, the formula is not exact")] == [
        (gap.item, gap.reason.value) for gap in found.missing
    ]


def test_elsewhere_it_is_quoted_as_one_number() -> None:
    told = screened("root at least 2").explain()
    assert "root 1.7321 (score 3); at least 2 is not met, 0.26795 below" in told
    assert (
        "surface 2.8284 m2 (height 180 cm, weight 160 kg); less than 2.8 m2 is not met, 0.028427 m2 above"
        in screened("surface by mosteller less than 2.8 m2", weight="160 kg").explain()
    )


def test_an_exact_number_of_many_digits_is_quoted_in_short() -> None:
    """0.5 ^ 60 has 60 decimal places."""
    told = screened("decay more than 1", score="60").explain()
    assert "decay about 8.6736E-19 (score 60); more than 1 is not met" in told


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("rounded_fifth at least 1.7", "eligible"),
        ("rounded_fifth at least 1.8", "undetermined"),
        ("rounded_fifth more than 1.8", "ineligible"),
    ],
)
def test_rounding_leaves_two_results_where_the_value_may_lie_on_either_side(condition: str, verdict: str) -> None:
    """1.75 ^ 5 is 16.4130859375, and its fifth root is not known to be 1.75 exactly: it may be rounded down or up."""
    assert screened(condition, score="16.4130859375").verdict == verdict


# --- where a formula is valid -------------------------------------------------------------------------------------


def test_outside_its_domain_a_formula_is_unknown_and_says_so() -> None:
    found = screened("adult by two_lines at least 1", birth_date="2015-01-01", score="60")
    assert found.verdict == "undetermined"
    told = found.explain()
    assert "adult by two_lines is not valid here: age at least 18 years" in told
    assert "adult by two_lines is not valid here: score at most 50" in told
    assert "would settle it" not in told
    assert [("adult by two_lines", "not valid here")] == [(gap.item, gap.reason.value) for gap in found.missing]


def test_where_it_is_not_valid_nothing_missing_would_settle_it() -> None:
    """Whatever the score of a child may be, the formula is for adults."""
    facts = {**GIVEN, "birth_date": "2015-01-01", "score": None}
    found = screened("adult by two_lines at least 1", **facts)
    assert found.verdict == "undetermined"
    assert "would settle it" not in found.explain()
    assert [("adult by two_lines", "not valid here")] == [(gap.item, gap.reason.value) for gap in found.missing]


def test_where_it_is_not_known_to_be_valid_it_is_unknown() -> None:
    found = screened("adult by two_lines at least 1", birth_date=None)
    assert found.verdict == "undetermined"
    assert "birth_date is not recorded" in found.explain()
    assert [("birth_date", "not collected")] == [(gap.item, gap.reason.value) for gap in found.missing]


def test_what_a_formula_uses_must_be_valid_too() -> None:
    found = screened("doubled by sum at least 1", birth_date="2015-01-01")
    assert found.verdict == "undetermined"
    assert "adult by two_lines is not valid here: age at least 18 years" in found.explain()


@pytest.mark.parametrize("lost", ["birth_date", "score"])
def test_no_policy_takes_what_is_not_valid_for_missing(lost: str) -> None:
    policy = '\n        if missing treat as met because "as in the protocol"'
    facts = {"birth_date": "2015-01-01", "score": "60"}
    assert screened("adult by two_lines at least 1" + policy, **facts).verdict == "undetermined"
    assert screened("adult by two_lines at least 1" + policy, **{**GIVEN, lost: None}).verdict == "eligible"
