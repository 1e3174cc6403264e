"""mTPI, mTPI-2, i3+3, TPI, CCD and G3 against published tables, cell by cell."""

from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.escalation.estimates import observed_rate, tpi, unit_mass
from protocol_dsl.escalation.estimates.verdict import Verdict

LINES = (Path(__file__).parent / "interval_tables.tsv").read_text("utf-8").splitlines()[2:]


def verdict(design: str, target: Fraction, treated: int, dlts: int) -> Verdict:
    around = observed_rate.around(target)
    interval = observed_rate.Interval(target, around.low, around.high, from_treated=1)
    dense = unit_mass.UnitMass(target, from_treated=1)
    match design:
        case "mtpi":
            return unit_mass.mtpi(dense, treated, dlts)
        case "mtpi2":
            return unit_mass.mtpi2(dense, treated, dlts)
        case "i3plus3":
            return observed_rate.i3plus3(interval, treated, dlts)
        case "tpi":
            return tpi.tpi(tpi.Tpi(target, cutoff=None), treated, dlts)
        case "ccd":
            delta = observed_rate.ccd_delta(target)
            assert delta is not None
            return observed_rate.ccd(observed_rate.around(target, delta, delta), treated, dlts)
        case _:
            assert "g3" == design
            own = observed_rate.Interval(target, Fraction(1, 5), Fraction(29, 100), from_treated=1)
            return observed_rate.g3(own, treated, dlts, high_for_three=Fraction(1, 3))


@pytest.mark.parametrize("line", LINES)
def test_row(line: str) -> None:
    design, target, treated, letters = line.split("\t")
    cells = (verdict(design, Fraction(target), int(treated), dlts).value for dlts in range(int(treated) + 1))
    assert letters == "".join(cells)
