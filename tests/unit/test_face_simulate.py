from fractions import Fraction

import pytest

import protocol_dsl


def test_from_python_as_fractions() -> None:
    protocol = protocol_dsl.load("three_plus_three_korn6")
    exact = protocol.simulate(truth=[0.05, 0.12, 0.25, 0.4, 0.5], fractions=True).exact
    assert exact is not None
    assert sum(exact.selected, Fraction(0)) == 1
    found = protocol.simulate(truth=["0.05", "0.12", "0.25", "0.4", "0.5"]).found
    assert [float(chance) for chance in exact.selected] == pytest.approx(list(found.selected), abs=1e-14)


def test_the_worst_case_is_no_better_than_a_scenario() -> None:
    protocol = protocol_dsl.load("nk_ped_01")
    above, dlts = protocol.worst_case(0.33)
    truth = [Fraction("0.2"), Fraction("0.3"), Fraction("0.4"), Fraction("0.6")]
    found = protocol.simulate(truth=truth).found
    assert found.recommends_above(tuple(truth), Fraction("0.33")) <= above.upper
    assert found.mean_dlts <= dlts.upper


def test_five_levels_have_no_worst_case() -> None:
    with pytest.raises(ValueError, match="at most 4 levels"):
        protocol_dsl.load("boin").worst_case(0.33)
