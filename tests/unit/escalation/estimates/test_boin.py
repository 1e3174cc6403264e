from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates import boin, isotonic, tite_boin
from protocol_dsl.escalation.estimates.boin import Boin
from protocol_dsl.escalation.estimates.verdict import Verdict

targets = st.fractions(Fraction(1, 20), Fraction(2, 5), max_denominator=100)
HEIGHT = {Verdict.ESCALATE: 3, Verdict.STAY: 2, Verdict.DE_ESCALATE: 1, Verdict.ELIMINATE: 0}


@given(targets, st.integers(1, 40), st.data())
def test_comparing_likelihoods_is_comparing_with_lambda(target: Fraction, treated: int, data: st.DataObject) -> None:
    dlts = data.draw(st.integers(0, treated))
    design, rate = Boin(target), Fraction(dlts, treated)
    low, high = boin.lambda_e(target, design.p_saf), boin.lambda_d(target, design.p_tox)
    assert (boin.compare(rate, low) <= 0) == boin.at_most_e(design, treated, dlts)
    assert (boin.compare(rate, high) >= 0) == boin.at_least_d(design, treated, dlts)


def test_a_rate_on_the_boundary_de_escalates() -> None:
    """With 0.7 against 0.3 the boundary is one half exactly."""
    design = Boin(Fraction(3, 10), p_tox=Fraction(7, 10))
    assert Decimal("0.5") == boin.lambda_d(design.target, design.p_tox)
    assert Verdict.DE_ESCALATE == boin.verdict(design, 4, 2)
    assert 0 == boin.compare(Fraction(1, 2), boin.lambda_d(design.target, design.p_tox))


def test_a_rate_on_the_boundary_escalates() -> None:
    design = Boin(Fraction(7, 10), p_saf=Fraction(3, 10), p_tox=Fraction(4, 5))
    assert Decimal("0.5") == boin.lambda_e(design.target, design.p_saf)
    assert Verdict.ESCALATE == boin.verdict(design, 2, 1)


def test_a_chance_on_the_cutoff_eliminates_nothing() -> None:
    """3 of 3 with target one half: P(rate > 1/2) is 15/16."""
    half = Fraction(1, 2)
    assert Verdict.DE_ESCALATE == boin.verdict(Boin(half, cutoff=Fraction(15, 16)), 3, 3)
    assert Verdict.ELIMINATE == boin.verdict(Boin(half, cutoff=Fraction(14, 16)), 3, 3)
    stricter = boin.boundary(Boin(half, cutoff=Fraction(15, 16), offset=Fraction(1, 16)), 3)
    assert (None, 3) == (stricter.eliminate_at_least, stricter.stop_at_least)


@given(targets)
def test_more_dlts_never_lead_higher(target: Fraction) -> None:
    for row in boin.table(Boin(target), 20):
        assert all(HEIGHT[less] >= HEIGHT[more] for less, more in pairwise(row))


@given(targets)
def test_boundaries_say_what_verdicts_say(target: Fraction) -> None:
    design = Boin(target)
    for line, row in zip(boin.boundaries(design, 15), boin.table(design, 15), strict=True):
        escalate = line.escalate_at_most
        assert sum(verdict is Verdict.ESCALATE for verdict in row) == (0 if escalate is None else escalate + 1)
        up = sum(verdict in {Verdict.ESCALATE, Verdict.STAY} for verdict in row)
        assert (line.treated + 1 if line.de_escalate_at_least is None else line.de_escalate_at_least) == up
        assert (line.eliminate_at_least is None) == (Verdict.ELIMINATE not in row)


@pytest.mark.parametrize("tally", [(0, 0), (3, 4), (3, -1)])
def test_no_verdict_on_what_is_no_tally(tally: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no tally"):
        boin.verdict(Boin(Fraction(1, 4)), *tally)


def test_settings_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="p_saf < target"):
        Boin(Fraction(1, 4), p_saf=Fraction(1, 3))


tallies = st.lists(
    st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=6
).map(tuple)


def test_pooling_by_hand() -> None:
    """3 and 1 pool to (3 * 1 + 1 * 3) / 4 = 3/2, which is not above 2."""
    values, weights = (Fraction(3), Fraction(1), Fraction(2)), (Fraction(1), Fraction(3), Fraction(1))
    assert (Fraction(3, 2), Fraction(3, 2), Fraction(2)) == isotonic.pool(values, weights)


@given(st.lists(st.tuples(st.fractions(0, 1), st.fractions(1, 9)), min_size=1, max_size=8))
def test_pooling_never_falls_and_keeps_the_mean(pairs: list[tuple[Fraction, Fraction]]) -> None:
    values, weights = tuple(value for value, _ in pairs), tuple(weight for _, weight in pairs)
    pooled = isotonic.pool(values, weights)
    assert all(one <= other for one, other in pairwise(pooled))
    assert sum(v * w for v, w in pairs) == sum(v * w for v, w in zip(pooled, weights, strict=True))
    assert pooled == isotonic.pool(pooled, weights)


def test_mtd_of_levels_pooled_under_and_over_the_target() -> None:
    """Two levels with 1 of 6 are equally close: under the target the higher one, over it the lower."""
    assert 1 == isotonic.mtd(((6, 1), (6, 1), (0, 0)), Fraction(3, 10))
    assert 0 == isotonic.mtd(((6, 1), (6, 1), (0, 0)), Fraction(1, 10))


def test_mtd_of_levels_on_both_sides_and_on_the_target() -> None:
    levels = ((3, 0), (3, 1))
    low, high = isotonic.estimates(levels)
    assert low < high
    assert 0 == isotonic.mtd(levels, (low + high) / 2)
    assert 1 == isotonic.mtd(levels, high)
    assert 0 == isotonic.mtd(((6, 1), (6, 1)), isotonic.estimates(((6, 1),))[0])


def test_no_mtd_above_the_bound() -> None:
    assert None is isotonic.mtd(((3, 2), (0, 0)), Fraction(3, 10), boin.lambda_d(Fraction(3, 10), Fraction(42, 100)))
    assert None is isotonic.mtd(((0, 0),), Fraction(3, 10))


def test_no_mtd_on_the_bound() -> None:
    """1 of 2 is estimated at 1.05 of 2.1, one half, which is not under one half."""
    assert None is isotonic.mtd(((2, 1),), Fraction(3, 10), Decimal("0.5"))
    assert 0 == isotonic.mtd(((2, 1),), Fraction(3, 10), Decimal("0.51"))


@given(tallies, targets)
def test_the_bound_only_removes(given_levels: tuple[tuple[int, int], ...], target: Fraction) -> None:
    free = isotonic.mtd(given_levels, target)
    bound = boin.lambda_d(target, target * Fraction(7, 5))
    bounded = isotonic.mtd(given_levels, target, bound)
    assert bounded is None or isotonic.estimates(given_levels)[bounded] < bound
    assert free is not None
    if isotonic.estimates(given_levels)[free] < bound:
        assert free == bounded


@given(targets, st.integers(1, 20), st.data())
def test_nobody_pending_is_boin(target: Fraction, treated: int, data: st.DataObject) -> None:
    """Up to the guard of TITE-BOIN: up only below the target, which BOIN's boundary implies."""
    dlts = data.draw(st.integers(0, treated))
    assert boin.verdict(Boin(target), treated, dlts) == tite_boin.verdict(Boin(target), tite_boin.Level(treated, dlts))


@given(targets, st.integers(1, 12), st.data())
def test_full_follow_up_counts_as_complete(target: Fraction, treated: int, data: st.DataObject) -> None:
    dlts = data.draw(st.integers(0, treated))
    pending = data.draw(st.integers(0, treated - dlts))
    level = tite_boin.Level(treated, dlts, pending, Fraction(pending))
    assert Fraction(dlts, treated) == tite_boin.imputed(Boin(target), level) == tite_boin.effective(level)


def test_imputed_by_hand() -> None:
    """1 DLT among 2 complete of 3, target 0.2: mean (1 + 0.1) / 3, odds 11/19; half a window to come."""
    level = tite_boin.Level(3, 1, 1, Fraction(1, 2))
    assert (1 + Fraction(11, 19) / 2) / 3 == tite_boin.imputed(Boin(Fraction(1, 5)), level)
    assert Fraction(2, 5) == tite_boin.effective(level)


def test_a_line_without_a_turn() -> None:
    line = tite_boin.line(Boin(Fraction(1, 5)), 6, 0, 3)
    assert (Verdict.ESCALATE, Verdict.ESCALATE, None) == (line.at_first, line.at_last, line.turns_at)
    assert None is tite_boin.line(Boin(Fraction(1, 5)), 6, 0, 4).at_last


def test_nobody_followed_is_unknown() -> None:
    assert None is tite_boin.effective(tite_boin.Level(3, 0, 3))
    assert None is tite_boin.verdict(Boin(Fraction(1, 5)), tite_boin.Level(3, 0, 3))


def test_two_ways_of_counting_a_pending_patient() -> None:
    """1 DLT, 5 complete, 4 pending at the start of their windows: 1 of 5 effective stays, where 1 of 9 escalates."""
    start, end = tite_boin.Level(9, 1, 4), tite_boin.Level(9, 1, 4, Fraction(4))
    design = Boin(Fraction(1, 5))
    assert Fraction(1, 5) == tite_boin.effective(start)
    assert Verdict.STAY == tite_boin.verdict(design, start, counting=tite_boin.Counting.EFFECTIVE)
    assert Verdict.ESCALATE == tite_boin.verdict(design, end, counting=tite_boin.Counting.EFFECTIVE)
    nobody = tite_boin.Level(3, 0, 3)
    assert None is tite_boin.verdict(design, nobody, Fraction(1), tite_boin.Counting.EFFECTIVE)


@given(targets, st.integers(1, 12), st.data())
def test_longer_follow_up_never_leads_lower(target: Fraction, treated: int, data: st.DataObject) -> None:
    dlts = data.draw(st.integers(0, treated))
    pending = data.draw(st.integers(0, treated - dlts))
    counting = data.draw(st.sampled_from(tite_boin.Counting))
    less, more = sorted(data.draw(st.fractions(0, pending, max_denominator=50)) for _ in range(2))
    first, second = (
        tite_boin.verdict(Boin(target), tite_boin.Level(treated, dlts, pending, followed), Fraction(1), counting)
        for followed in (less, more)
    )
    assert first is None or (second is not None and HEIGHT[first] <= HEIGHT[second])
