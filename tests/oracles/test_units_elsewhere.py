"""The same conversions by pint and by ucumvert: as good as binary fractions are, and missing limits that ours meets.

Both come with the extra `dev`; without them these tests are skipped.
"""

import warnings
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.base.quantity import Quantity, Unit, unit

HERE = Path(__file__).parent
REASON = "the extra `dev` brings pint and ucumvert"
AS_GOOD_AS_BINARY = Fraction(1, 10**14)
CODES = [
    *("/mm3", "/uL", "1/uL", "10*3/uL", "10*3/mm3", "10*6/mL", "10*9/L", "g/dL", "g/L", "mg/L", "ug/L", "ng/mL"),
    *("mg/dL", "ug/mL", "mmol/L", "umol/L", "nmol/mL", "U/L", "ukat/L", "mm[Hg]", "kPa", "cm[H2O]", "kg", "[lb_av]"),
    *("[oz_av]", "cm", "[in_i]", "m2", "[sft_i]", "mL", "[foz_us]", "[tsp_us]", "s", "ms", "min", "d", "wk", "kcal"),
    *("kJ", "Ci", "MBq", "%", "1", "[ppm]", "mL/min", "L/h", "mg/kg/d", "ug/kg/min", "dyn.s.cm-5", "[wood'U]"),
]
# UCUM prints 133.322 Pa for a millimetre of mercury; pint has 133.322387415 Pa, which moves all that is made of it.
OTHER_MERCURY = Fraction("133.322387415") / Fraction("133.322") - 1
PAIRS = [
    (a, b)
    for i, a in enumerate(CODES)
    for b in CODES[i + 1 :]
    if (x := unit(a)) is not None and (y := unit(b)) is not None and x.same_kind(y)
]


def known(code: str) -> Unit:
    found = unit(code)
    assert found is not None, code
    return found


@cache
def registry() -> Any:  # noqa: ANN401 - ucumvert has no types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("ucumvert", reason=REASON).PintUcumRegistry()


def by_ucumvert(number: float, start: str, end: str) -> float:
    units = registry()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = (number * units.from_ucum(start)).to(units.from_ucum(end))
    return float(found.magnitude)


@pytest.mark.parametrize(("start", "end"), PAIRS)
def test_ucumvert_agrees_as_far_as_binary_fractions_go(start: str, end: str) -> None:
    ours = Quantity(Fraction(1), known(start)).to(known(end))
    assert ours is not None
    mercury = {"mm[Hg]", "[wood'U]"} & {start, end}
    within = AS_GOOD_AS_BINARY + (OTHER_MERCURY if mercury else 0)
    assert abs(Fraction(by_ucumvert(1, start, end)) / ours.number - 1) <= within


@pytest.mark.parametrize(
    ("value", "start", "end", "limit", "as_pint"),
    [
        ("1500", "/mm3", "10*9/L", "1.5", ("1/mm**3", "1/nanoliter")),
        ("5", "ug/L", "ng/mL", "5", ("ug/L", "ng/mL")),
    ],
)
def test_binary_fractions_miss_the_limit_that_ours_meets(
    value: str, start: str, end: str, limit: str, as_pint: tuple[str, str]
) -> None:
    exact = Quantity(Fraction(value), known(start)).to(known(end))
    assert exact is not None
    assert Fraction(limit) == exact.number
    pint = pytest.importorskip("pint", reason=REASON).UnitRegistry()
    assert Fraction(limit) != Fraction(pint.Quantity(float(value), as_pint[0]).to(as_pint[1]).magnitude)


def test_pint_alone_reads_codes_of_ucum_otherwise() -> None:
    pint = pytest.importorskip("pint", reason=REASON).UnitRegistry()
    assert pint("10*9/L").magnitude == 90
    assert known("10*9/L").factor == 10**12  # per cubic metre
    assert "kelvin" in str(pint("K/uL").units)
    assert known("K/uL").same_size(known("10*9/L"))
