from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates import observed_rate, tpi, unit_mass
from protocol_dsl.escalation.estimates.unit_mass import UnitMass
from protocol_dsl.escalation.estimates.verdict import Verdict

targets = st.fractions(Fraction(1, 10), Fraction(2, 5), max_denominator=60)


def test_keys_by_hand() -> None:
    """0.15 to 0.25, tenths on either side, and half keys at the ends."""
    expected = ("0", "0.05", "0.15", "0.25", "0.35", "0.45", "0.55", "0.65", "0.75", "0.85", "0.95", "1")
    assert tuple(Fraction(edge) for edge in expected) == unit_mass.keys(UnitMass(Fraction(1, 5)))


@given(targets, st.integers(1, 15), st.data())
def test_the_masses_are_all_there_is(target: Fraction, treated: int, data: st.DataObject) -> None:
    dlts = data.draw(st.integers(0, treated))
    edges = unit_mass.keys(UnitMass(target))
    masses = unit_mass.densities(edges, treated, dlts)
    assert 1 == sum(mass * (high - low) for mass, (low, high) in zip(masses, pairwise(edges), strict=True))


def test_a_tie_is_decided_for_less() -> None:
    """1 of 2 is symmetrical about one half, where the target's key, 0.3 to 0.5, meets the next."""
    design = UnitMass(Fraction(2, 5), Fraction(1, 10), Fraction(1, 10))
    edges = unit_mass.keys(design)
    masses = dict(zip(edges, unit_mass.densities(edges, 2, 1), strict=False))
    assert masses[Fraction(3, 10)] == masses[Fraction(1, 2)] == max(masses.values())
    assert Verdict.DE_ESCALATE == unit_mass.mtpi2(design, 2, 1)


def test_three_patients_before_a_level_is_excluded() -> None:
    """2 of 2 leave P(rate > 0.3) = 1 - 0.027 > 0.95."""
    usual = UnitMass(Fraction(3, 10))
    assert Verdict.DE_ESCALATE == unit_mass.mtpi2(usual, 2, 2)
    assert Verdict.ELIMINATE == unit_mass.mtpi2(usual, 3, 3)


def test_the_exception_of_i3plus3() -> None:
    """1 of 2 is over the interval and 0 of 2 below it, so it stays; 2 of 6 and 1 of 6 likewise, 2 of 4 not."""
    design = observed_rate.around(Fraction(1, 5))
    assert Verdict.STAY == observed_rate.i3plus3(design, 2, 1)
    assert Verdict.DE_ESCALATE == observed_rate.i3plus3(design, 4, 2)


def test_ends_of_the_cumulative_cohort_interval_move() -> None:
    design = observed_rate.around(Fraction(3, 10), Fraction(1, 10), Fraction(1, 10))
    assert Verdict.ESCALATE == observed_rate.ccd(design, 5, 1)
    assert Verdict.STAY == observed_rate.ccd(design, 10, 3)
    assert Verdict.DE_ESCALATE == observed_rate.ccd(design, 5, 2)


def test_no_half_width_is_made_up() -> None:
    assert None is observed_rate.ccd_delta(Fraction(1, 2))


@given(targets, st.integers(1, 10), st.data())
def test_tpi_probabilities_are_all_there_is(target: Fraction, treated: int, data: st.DataObject) -> None:
    dlts = data.draw(st.integers(0, treated))
    parts = tpi.probabilities(tpi.Tpi(target), treated, dlts)
    assert abs(sum(map(Fraction, parts), Fraction(-1))) < Fraction(1, 10**38)
    assert all(part >= 0 for part in parts)
