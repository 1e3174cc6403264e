"""Powers, roots and logarithms: exact results by hand, and enclosures held by exact arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.base import curve
from protocol_dsl.base.curve import End, Ends

FEW = settings(max_examples=60, deadline=None)
# To 30 decimals: OEIS A002162 (ln 2), A002392 (ln 10), A007524 (log10 2).
LN_2 = Fraction("0.693147180559945309417232121458")
LN_10 = Fraction("2.302585092994045684017991454684")
LOG10_2 = Fraction("0.301029995663981195213738894724")
LAST = Fraction(1, 10**29)


def at(number: str | int | Fraction) -> Ends:
    value = Fraction(number)
    return value, value


@pytest.mark.parametrize(
    ("base", "exponent", "result"),
    [
        ("2", "10", "1024"),
        ("2", "-3", "1/8"),
        ("0.1", "2", "0.01"),
        ("-2", "3", "-8"),
        ("-2", "-2", "1/4"),
        ("7", "0", "1"),
        ("0", "0", "1"),
        ("0", "2", "0"),
        ("0", "0.5", "0"),
        ("1", "-0.241", "1"),
        ("4", "0.5", "2"),
        ("8/27", "2/3", "4/9"),
        ("16", "-0.75", "1/8"),
        ("5", "1", "5"),
    ],
)
def test_a_power_that_is_a_fraction_is_exact(base: str, exponent: str, result: str) -> None:
    assert curve.power(at(base), at(exponent)) == at(result)


@pytest.mark.parametrize(
    ("base", "exponent"),
    [("0", "-1"), ("-2", "0.5"), ("-8", "1/3"), ("2", "1001"), ("9", "999"), ("0.1", "400"), ("2", "-1001")],
)
def test_what_has_no_power_or_one_out_of_reach_has_no_answer(base: str, exponent: str) -> None:
    assert curve.power(at(base), at(exponent)) is None


def test_nothing_that_is_written_takes_long() -> None:
    """A tower of powers ends where it is out of reach, and an exponent that is a long fraction is not worked out."""
    tower = at(9)
    for _ in range(3):
        found = curve.power(tower, at(9))
        tower = found if found is not None else tower
    assert tower == at(9**81)
    assert curve.power(tower, at(9)) is None
    long = Fraction(10**39 + 1, 10**39)
    assert curve.power((long, long), (long, long)) is not None


@pytest.mark.parametrize(("number", "root"), [("0", "0"), ("4", "2"), ("2.25", "1.5"), ("1/9", "1/3")])
def test_a_square_root_that_is_a_fraction_is_exact(number: str, root: str) -> None:
    assert curve.square_root(at(number)) == at(root)


@pytest.mark.parametrize(("number", "root"), [("27", "3"), ("-27", "-3"), ("0.001", "0.1"), ("0", "0")])
def test_a_cube_root_that_is_a_fraction_is_exact(number: str, root: str) -> None:
    assert curve.cube_root(at(number)) == at(root)


@pytest.mark.parametrize(("number", "result"), [("1", "0"), ("1000", "3"), ("0.01", "-2"), ("1e30", "30")])
def test_the_logarithm_of_a_power_of_ten_is_exact(number: str, result: str) -> None:
    assert curve.log10(at(number)) == at(result)


def test_the_natural_logarithm_of_one_is_exact() -> None:
    assert curve.ln(at(1)) == at(0)


def encloses(ends: Ends | None, number: Fraction) -> bool:
    """Whether the ends lie around the number, no further than one part in a thousand million and a little more."""
    assert ends is not None
    low, high = ends
    assert low is not None
    assert high is not None
    apart = abs(number) / 10**9 + LAST
    return low <= number - LAST < number + LAST <= high and number - low <= apart and high - number <= apart


def test_logarithms_lie_around_published_digits() -> None:
    assert encloses(curve.ln(at(2)), LN_2)
    assert encloses(curve.ln(at("1/2")), -LN_2)
    assert encloses(curve.ln(at(10)), LN_10)
    assert encloses(curve.log10(at(2)), LOG10_2)
    assert encloses(curve.log10(at("0.5")), -LOG10_2)


@pytest.mark.parametrize("number", ["0", "-1"])
def test_what_is_not_above_zero_has_no_logarithm_and_below_it_no_square_root(number: str) -> None:
    assert curve.log10((Fraction(number) - 1, Fraction(number))) is None
    assert curve.ln((Fraction(number) - 1, Fraction(number))) is None
    assert curve.square_root((Fraction(-1), Fraction(number))) is None


# --- held by exact arithmetic -----------------------------------------------------------------------------------------

positive = st.builds(Fraction, st.integers(1, 10**6), st.integers(1, 10**4))
exponents = st.builds(Fraction, st.integers(-12, 12), st.integers(1, 8))


@FEW
@given(positive, exponents)
def test_a_power_lies_between_its_ends(base: Fraction, exponent: Fraction) -> None:
    """Where y = x ^ (p/q), y ^ q is x ^ p, and that is exact."""
    found = curve.power((base, base), (exponent, exponent))
    assert found is not None
    low, high = found
    assert low is not None
    assert high is not None
    true = base**exponent.numerator
    assert low**exponent.denominator <= true <= high**exponent.denominator
    assert high - low <= (low + high) / 10**9


@FEW
@given(st.lists(positive, min_size=3, max_size=3), st.lists(exponents, min_size=3, max_size=3))
def test_what_lies_within_gives_what_lies_within(bases: list[Fraction], powers: list[Fraction]) -> None:
    low, middle, high = sorted(bases)
    least, between, most = sorted(powers)
    whole = curve.power((low, high), (least, most))
    for part in (curve.power(at(middle), at(between)), curve.power((low, middle), (between, most))):
        assert holds(whole, part)
    for of in (curve.square_root, curve.cube_root, curve.log10, curve.ln):
        assert holds(of((low, high)), of(at(middle)))
        assert holds(of((low, None)), of((middle, high)))


def holds(whole: Ends | None, part: Ends | None) -> bool:
    if whole is None:
        return True
    if part is None:
        return False
    return lies_below(whole[0], part[0]) and lies_below(negated(whole[1]), negated(part[1]))


def lies_below(end: End, other: End) -> bool:
    return end is None or (other is not None and end <= other)


def negated(end: End) -> End:
    return None if end is None else -end


@pytest.mark.parametrize(
    ("base", "exponent", "about"),
    [
        (("4", "9"), "0.5", (2, 3)),
        (("4", "9"), "-0.5", (Fraction(1, 3), Fraction(1, 2))),
        (("-3", "2"), "2", (0, 9)),
        (("-3", "-2"), "2", (4, 9)),
        (("-3", "2"), "3", (-27, 8)),
        (("-3", "-2"), "-1", (Fraction(-1, 2), Fraction(-1, 3))),
    ],
)
def test_a_range_comes_out_in_the_right_direction(
    base: tuple[str, str], exponent: str, about: tuple[Fraction, Fraction]
) -> None:
    found = curve.power((Fraction(base[0]), Fraction(base[1])), at(exponent))
    assert found is not None
    for end, wanted in zip(found, about, strict=True):
        assert end is not None
        assert abs(end - wanted) <= abs(Fraction(wanted)) / 10**8


def test_a_base_below_one_falls_as_its_exponent_rises() -> None:
    found = curve.power(at("1/2"), (Fraction(1), Fraction(3)))
    assert found is not None
    low, high = found
    assert low is not None
    assert high is not None
    assert Fraction(1, 8) * (1 - Fraction(1, 10**8)) < low <= Fraction(1, 8)
    assert Fraction(1, 2) <= high < Fraction(1, 2) * (1 + Fraction(1, 10**8))


def test_what_has_no_end_above_has_none_or_none_below() -> None:
    assert curve.power((Fraction(4), None), at("0.5")) == (curve_low("2"), None)
    falling = curve.power((Fraction(4), None), at("-0.5"))
    assert falling is not None
    assert falling[0] == 0
    assert curve.power((None, Fraction(4)), at("0.5")) is None


def curve_low(number: str) -> Fraction:
    return Fraction(number) * (1 - Fraction(1, 10**9))
