"""Formulas with powers, roots and logarithms: what they mean, and what is refused."""

from fractions import Fraction

import pytest

from protocol_dsl.model import condition as c
from tests.unit.elaborate.trial import codes, meant

SCORE = c.Fetch(c.Series("score"))
EXTRA = "    kilos with weight in kg is weight\n"


def inside(formula: str) -> c.Expression:
    found = meant("found at least 2", f"    found with score is {formula}\n")
    assert isinstance(found, c.Compare)
    assert isinstance(found.left, c.Named)
    return found.left.inside


def bare(number: str) -> c.Constant:
    return c.Constant(Fraction(number))


def test_a_power_binds_tighter_than_a_product_and_a_product_tighter_than_a_sum() -> None:
    power = c.Arithmetic(c.Operator.POWER, SCORE, bare("2"))
    product = c.Arithmetic(c.Operator.TIMES, bare("3"), power)
    assert inside("3 * score ^ 2 + 1") == c.Arithmetic(c.Operator.PLUS, product, bare("1"))
    assert inside("3*score^2+1") == inside("3 * score ^ 2 + 1")
    assert inside("(3 * score) ^ 2") == c.Arithmetic(
        c.Operator.POWER, c.Arithmetic(c.Operator.TIMES, bare("3"), SCORE), bare("2")
    )


def test_a_root_is_of_one_value_and_a_factor_like_any_other() -> None:
    root = c.Applied(c.Curve.CUBE_ROOT, SCORE)
    assert inside("2 * cube root of score") == c.Arithmetic(c.Operator.TIMES, bare("2"), root)
    assert inside("cube root of score * 2") == c.Arithmetic(c.Operator.TIMES, root, bare("2"))


@pytest.mark.parametrize(
    "formula",
    [
        "square root of weight",
        "weight ^ -0.241",
        "0.9938 ^ score",
        "weight ^ score",
        "log10 of weight + ln of (weight / 2)",
        "cube root of (weight - 100)",
        "(the larger of score and 1) ^ -1.2",
        "ln of (the larger of score and 1)",
        "(the smaller of weight and 1) ^ 0.5",
        "(weight - 100) ^ 3",
        "(-2) ^ 3",
        "(weight ^ 0.5) ^ -1",
        "1 / (weight ^ 0.5)",
        "1 / (2 ^ weight)",
        "square root of (2 ^ score)",
    ],
)
def test_what_has_a_value_for_every_patient_is_taken(formula: str) -> None:
    assert [] == codes("smoker", f"    found with weight in kg, score is {formula}\n")


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("square root of score", "PD222"),
        ("square root of (weight - 100)", "PD222"),
        ("log10 of score", "PD222"),
        ("ln of (weight - 2)", "PD222"),
        ("score ^ 0.5", "PD222"),
        ("score ^ -1", "PD222"),
        ("(weight - 100) ^ -1", "PD222"),
        ("(weight - 100) ^ score", "PD222"),
        ("(weight - 2) ^ score", "PD222"),
        ("weight ^ 1001", "PD224"),
        ("9 ^ 999", "PD224"),
        ("((9 ^ 99) ^ 9) ^ 9", "PD224"),
        ("-2 ^ 2", "PD226"),
        ("+2 ^ 2", "PD226"),
        ("sex ^ 2", "PD223"),
        ("2 ^ birth_date", "PD223"),
        ("square root of (2 kg)", "PD223"),
        ("10 ^ (9 /L)", "PD223"),
    ],
)
def test_what_may_have_none_is_refused_where_it_stands(formula: str, code: str) -> None:
    assert [code] == codes("smoker", f"    found with weight in kg, score, sex, birth_date is {formula}\n")


@pytest.mark.parametrize("formula", ["square root of weight", "weight ^ 2", "2 ^ weight", "2 kg ^ 2"])
def test_what_has_a_unit_must_be_made_bare_first(formula: str) -> None:
    assert ["PD223"] == codes("smoker", f"    found is {formula}\n")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("    found with score is score / 3 rounded to 0.1\n        rounded to 1\n", ["PD225"]),
        ("    found is\n        1 when smoker\n        2 otherwise\n        rounded to 0\n", ["PD216"]),
        ("    found is\n        good when smoker\n        bad otherwise\n        rounded to 1\n", ["PD216"]),
        ("    found with score is score\n        valid when nothing_known\n", ["PD101"]),
        ("    found with score is score\n        valid when weight at least 3\n", ["PD203"]),
        ("    found with weight in kg is weight\n        valid when weight at least 3 kg\n", []),
        ("    found is sex\n        valid when smoker\n", []),
    ],
)
def test_the_lines_below_a_formula_are_held_like_any_other(extra: str, expected: list[str]) -> None:
    assert expected == codes("smoker", extra)


def test_a_value_is_valid_where_all_its_lines_hold() -> None:
    extra = (
        '    found with score is score\n        valid when smoker\n        valid for "some"\n        valid when frail\n'
    )
    found = meant("found at least 2", extra)
    assert isinstance(found, c.Compare)
    assert isinstance(found.left, c.Named)
    valid = found.left.inside
    assert isinstance(valid, c.Valid)
    assert ("found", SCORE, ("some",)) == (valid.formula, valid.inside, valid.stated)
    assert 2 == len(valid.when)


def test_what_is_given_on_to_another_method_keeps_its_unit() -> None:
    extra = (
        "    half by itself in kg with weight in kg is weight / 2\n"
        "    whole by halves in kg with mass in g is half by itself with mass + half by itself with mass\n"
        "    both is whole by halves with weight\n"
    )
    assert [] == codes("both at least 2 kg", extra)


def test_a_method_that_goes_in_a_circle_is_refused() -> None:
    extra = (
        "    this by circle with score is that by circle with score\n"
        "    that by circle with score is this by circle with score\n"
        "    both is this by circle with score\n"
    )
    assert ["PD105"] == codes("both at least 2", extra)
