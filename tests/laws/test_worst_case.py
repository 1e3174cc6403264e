"""Laws of the worst case: no curve does worse than the upper bound, and the curve named does as badly as said."""

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.decks import deck, split
from protocol_dsl.escalation.worst_case import Search
from tests.escalation_plans import climbed, levels, shipped
from tests.laws.test_escalation import Trial, trials

FILES = ("three_plus_three_korn6", "three_plus_three_de_escalation", "boin", "mtpi2", "i3plus3")
RATES = st.fractions(0, 1, max_denominator=1000)
CURVES = st.lists(RATES, min_size=4, max_size=4)
LIMITS = st.sampled_from([Fraction(1, 10), Fraction(1, 4), Fraction(1, 3), Fraction(3, 5)])
ROUNDED = 1e-12


@cache
def search(name: str, number: int) -> Search:
    found = Search.of(shipped(name), climbed(name, number))
    assert isinstance(found, Search)
    return found


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=5)
@given(LIMITS, st.lists(CURVES, min_size=20, max_size=20))
def test_no_curve_does_worse_and_the_one_named_does_as_badly(
    name: str, limit: Fraction, curves: list[list[Fraction]]
) -> None:
    held(search(name, 2), limit, curves)


@settings(deadline=None, max_examples=30)
@given(trials(), LIMITS, st.lists(CURVES, min_size=20, max_size=20))
def test_of_random_tables(trial: Trial, limit: Fraction, curves: list[list[Fraction]]) -> None:
    """Tables that are not monotone in anything among them."""
    plan_of = Search.of(trial.plan, levels(2))
    assume(isinstance(plan_of, Search))
    assert isinstance(plan_of, Search)
    held(plan_of, limit, curves)


def held(found: Search, limit: Fraction, curves: list[list[Fraction]]) -> None:
    above, dlts = found.recommends_above(limit, enough=1e-4), found.dlts(enough=1e-4)
    exact = found.endings.exactly(above.curve)
    assert list(above.curve) == sorted(above.curve)
    assert exact.recommends_above(above.curve, limit) == above.lower
    assert found.endings.exactly(dlts.curve).mean_dlts == dlts.lower
    assert list(dlts.curve) == sorted(dlts.curve)
    for rates in curves:
        curve = tuple(sorted(rates[: found.levels]))
        told = found.endings.under(curve)
        assert told.recommends_above(curve, limit) <= above.upper + ROUNDED
        assert told.mean_dlts <= dlts.upper + 30 * ROUNDED
    assert above.gap <= 2e-4
    assert dlts.gap <= 2e-4


def test_the_certain_worst_cases_of_a_single_level() -> None:
    """One level: 3+3 recommends it with chance (1-p)^3 + 3 p (1-p)^5, which falls: just above p is the worst."""
    found = search("three_plus_three_no_de_escalation", 1)
    p = Fraction(1, 3)
    worst = found.recommends_above(p)
    at_limit = (1 - p) ** 3 + 3 * p * (1 - p) ** 5
    assert worst.lower < at_limit
    assert float(worst.lower) == pytest.approx(float(at_limit), abs=1e-8)
    assert worst.upper >= at_limit
    assert worst.gap < 1e-8


def test_a_search_that_is_cut_short_says_how_much_it_does_not_know() -> None:
    found = search("three_plus_three_korn6", 3)
    rough, fine = found.dlts(cuts=1), found.dlts()
    assert rough.cuts == 1
    assert rough.gap > fine.gap
    assert rough.upper >= float(fine.lower)


def test_five_levels_are_too_many() -> None:
    said = Search.of(shipped("boin"), climbed("boin", 5))
    assert said == "the worst case is found for at most 4 levels, and there are 5"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 6), st.integers(2, 5))
def test_decks_are_all_there_once_and_in_order(size: int, kinds: int) -> None:
    counts = deck(size, kinds).counts.tolist()
    assert sorted(counts, reverse=False) == counts
    assert len({tuple(row) for row in counts}) == len(counts)
    assert all(sum(row) == size and min(row) >= 0 for row in counts)


@settings(deadline=None, max_examples=40)
@given(st.fractions(0, 1, max_denominator=8), st.data())
def test_both_parts_of_a_cut_have_the_values_of_the_whole(at: Fraction, data: st.DataObject) -> None:
    """A corner that a cut leaves keeps its value, and the new one has the same in both parts."""
    import numpy as np

    values = np.array(data.draw(st.lists(st.floats(0, 1), min_size=15, max_size=15)))  # decks of 4 cards, 3 kinds
    low, high = split(values, 4, 3, (0, 2), float(at))
    pure = deck(4, 3).pure
    assert low[pure[0]] == values[pure[0]]
    assert high[pure[2]] == values[pure[2]]
    assert low[pure[1]] == high[pure[1]] == values[pure[1]]
    assert low[pure[2]] == pytest.approx(high[pure[0]], abs=1e-14)
