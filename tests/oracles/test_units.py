"""Units against the UCUM functional tests, and against conversions, spellings and limits met in laboratory records.

Where ours differs on purpose, `DECLARED` says why; a declared case that comes to agree fails until it is struck out.
"""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.base.analyte import convert
from protocol_dsl.base.quantity import Quantity, Unit, unit

HERE = Path(__file__).parent
DECLARED = {
    "valid k=1=042": "`Ms`: a capital nobody meant; thousands of kiloseconds are no unit of a trial, `ms` is",
}


def table(name: str) -> list[list[str]]:
    lines = (HERE / f"{name}.tsv").read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    return [line.split("\t") for line in lines[2:]]


def known(code: str) -> Unit:
    found = unit(code)
    assert found is not None, code
    return found


def half_of_last_digit(printed: str) -> Fraction:
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return Fraction(1, 2) * Fraction(10) ** exponent


def agrees(printed: str, found: Fraction) -> bool:
    return abs(Fraction(printed) - found) <= half_of_last_digit(printed)


# --- UCUM ---------------------------------------------------------------------------------------------------------

UCUM = table("ucum_functional")


@pytest.mark.parametrize(("name", "code", "valid"), [(r[1], r[3], r[6]) for r in UCUM if r[0] == "valid"])
def test_a_code_is_known_or_not(name: str, code: str, valid: str) -> None:
    as_said = (unit(code) is not None) is (valid == "yes")
    assert as_said is (f"valid {name}" not in DECLARED)


@pytest.mark.parametrize(
    ("name", "value", "start", "end", "outcome"),
    [(r[1], r[2], r[3], r[5], r[6]) for r in UCUM if r[0] == "convert"],
)
def test_a_conversion(name: str, value: str, start: str, end: str, outcome: str) -> None:
    assert f"convert {name}" not in DECLARED
    found = Quantity(Fraction(value), known(start)).to(known(end))
    assert found is not None
    assert agrees(outcome, found.number)


@pytest.mark.parametrize(
    ("kind", "left", "right", "outcome"),
    [(r[0], r[2:4], r[4:6], r[6]) for r in UCUM if r[0] in ("multiplication", "division")],
)
def test_a_product_or_quotient(kind: str, left: list[str], right: list[str], outcome: str) -> None:
    (a, b), (mine, other) = (Fraction(left[0]), Fraction(right[0])), (known(left[1]), known(right[1]))
    made = mine.times(other) if kind == "multiplication" else mine.over(other)
    printed, _, code = outcome.partition(" ")
    found = Quantity(a * b if kind == "multiplication" else a / b, made).to(known(code or "1"))
    assert found is not None
    assert agrees(printed, found.number)


# --- laboratory records -------------------------------------------------------------------------------------------

CONVERSIONS = table("units_conversions")


@pytest.mark.parametrize(("test", "analyte", "start", "end", "factor", "_"), CONVERSIONS)
def test_a_factor_of_laboratories(test: str, analyte: str, start: str, end: str, factor: str, _: str) -> None:
    found = convert(Quantity(Fraction(1), known(start)), known(end), analyte)
    assert found is not None, test
    by_mass = analyte not in ("", "tsh") and "eq" not in start.casefold()
    assert agrees(factor, found.number) if by_mass else Fraction(factor) == found.number


@pytest.mark.parametrize(("row", "pair"), [(row, pair) for row in CONVERSIONS for pair in row[5].split()], ids=str)
def test_a_value_of_laboratories(row: list[str], pair: str) -> None:
    _, analyte, start, end, factor, _ = row
    value, _, standard = pair.partition(">")
    found = convert(Quantity(Fraction(value), known(start)), known(end), analyte)
    assert found is not None
    if found.number / Fraction(value) == Fraction(factor):
        assert float(f"{float(standard):.12g}") == float(found.number)  # without the noise of binary fractions
    else:
        assert abs(found.number - Fraction(standard)) <= half_of_last_digit(factor) * Fraction(value)


@pytest.mark.parametrize(("code", "spelling"), table("units_spellings"))
def test_a_spelling(code: str, spelling: str) -> None:
    if (code, spelling) == ("U/L", "IU/L"):  # by convention only, hence only for what is known to follow it
        assert convert(Quantity(Fraction(1), known(spelling)), known(code)) is None
        assert Quantity(Fraction(1), known(code)) == convert(Quantity(Fraction(1), known(spelling)), known(code), "alt")
    else:
        assert known(spelling).same_size(known(code))


@pytest.mark.parametrize(("value", "start", "end", "analyte", "exact"), table("units_limits"))
def test_a_value_at_a_limit_is_exactly_it(value: str, start: str, end: str, analyte: str, exact: str) -> None:
    found = convert(Quantity(Fraction(value), known(start)), known(end), analyte)
    top, _, bottom = exact.partition("/")
    assert found is not None
    assert Fraction(top) / Fraction(bottom or 1) == found.number


# --- traps --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "analyte", "printed"),
    [
        ("mL/min/{1.73_m2}", "mL/min", None, None),
        ("mL/min/{1.73_m2}", "mL/min", "creatinine", None),
        ("mg/dL", "umol/L", None, None),
        ("mg/dL", "umol/L", "creatinine", "88.4"),
        ("mg/dL", "umol/L", "alt", None),
        ("g/dL", "mmol/L", "haemoglobin", "0.6206"),
        ("g/dL", "mmol/L", "haemoglobin_tetramer", "0.155"),
        ("[IU]/L", "U/L", None, None),
        ("[IU]/L", "U/L", "creatinine", None),
        ("[IU]/L", "U/L", "ast", "1.0"),
        ("meq/L", "mmol/L", None, None),
        ("meq/L", "mmol/L", "calcium", "0.5"),
        ("meq/L", "mmol/L", "magnesium", "0.5"),
        ("meq/L", "mg/dL", "calcium", "2.00"),
        ("10*9/L", "/L", None, "1e9"),
        ("K/uL", "10*9/L", None, "1"),
        ("G/L", "10*9/L", None, "1"),
        ("G/L", "g/L", None, None),
        ("mo", "d", None, None),
        ("10^3/mL", "10*6/L", None, "1"),
    ],
)
def test_a_trap(start: str, end: str, analyte: str | None, printed: str | None) -> None:
    found = convert(Quantity(Fraction(1), known(start)), known(end), analyte)
    assert (found is None) is (printed is None)
    assert found is None or printed is None or agrees(printed, found.number)
