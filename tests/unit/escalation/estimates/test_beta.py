from fractions import Fraction
from math import asin, pi, sqrt

from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates import beta

rates = st.fractions(0, 1, max_denominator=200)
counts = st.integers(1, 40)


@given(rates, counts, counts)
def test_tail_is_mirrored(limit: Fraction, a: int, b: int) -> None:
    assert 1 == beta.tail(limit, a, b) + beta.tail(1 - limit, b, a)


@given(rates, st.integers(0, 30))
def test_tail_after_no_dlt(limit: Fraction, treated: int) -> None:
    assert (1 - limit) ** (treated + 1) == beta.tail(limit, 1, 1 + treated)


@given(rates, counts, counts)
def test_share_is_the_exact_tail_to_its_digits(limit: Fraction, a: int, b: int) -> None:
    exact = 1 - beta.tail(limit, a, b)
    assert abs(exact - Fraction(beta.share(limit, Fraction(a), Fraction(b)))) < Fraction(1, 10**beta.DIGITS)


@given(st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100))
def test_share_of_the_arcsine_distribution(limit: Fraction) -> None:
    half = Fraction(1, 2)
    assert abs(2 / pi * asin(sqrt(limit)) - float(beta.share(limit, half, half))) < 1e-14


def test_more_digits_only_refine() -> None:
    limit, few, many = Fraction(1, 3), Fraction(1, 200), Fraction(801, 200)
    coarse, fine = beta.share(limit, few, many, 20), beta.share(limit, few, many, 50)
    assert abs(coarse - fine) < Fraction(1, 10**20)


def test_share_outside_the_unit_interval() -> None:
    one = Fraction(1)
    assert 0 == beta.share(Fraction(-1, 3), one, one)
    assert 1 == beta.share(Fraction(4, 3), one, one)
