"""Restating an item, a limit or an entry in another unit changes nothing, not even at the limit itself (law M5)."""

from fractions import Fraction
from itertools import product
from math import floor, lcm, log10

import pandas as pd
import pytest
from hypothesis import strategies as st

import protocol_dsl
from protocol_dsl.base.analyte import analytes, convert
from protocol_dsl.base.quantity import Quantity, Unit, decimal_text, unit
from tests.law import law

# An analyte or none, a value of the usual size, and units that are of one kind, or are made so by the analyte.
GROUPS = {
    "neutrophils": ("1.5 10*9/L", "10*9/L", "/mm3", "/uL", "10*3/uL", "K/uL", "G/L", "cells/uL", "10*6/mL"),
    "haemoglobin": ("9 g/dL", "g/dL", "g/L", "mg/mL", "mmol/L"),
    "creatinine": ("1 mg/dL", "mg/dL", "umol/L", "mg/L", "mmol/L"),
    "calcium": ("10 mg/dL", "mg/dL", "mmol/L", "meq/L"),
    "potassium": ("4 mmol/L", "mmol/L", "meq/L"),
    "alt": ("100 U/L", "U/L", "IU/L", "ukat/L", "nkat/L"),
    "tsh": ("4 mU/L", "mU/L", "uIU/mL", "m[IU]/L"),
    "": ("5 ug/L", "ug/L", "ng/mL", "mg/m3", "ug/dL"),
    "temperature": ("38 Cel", "Cel", "[degF]", "K", "degC"),
    "rise": ("1 Cel{difference}", "Cel{difference}", "[degF]{difference}", "K{difference}"),
    "weight": ("50 kg", "kg", "g", "[lb_av]", "[oz_av]"),
    "pressure": ("120 mm[Hg]", "mm[Hg]", "mmHg", "kPa", "cm[H2O]"),
    "interval": ("450 ms", "ms", "s", "min"),
    "flow": ("60 mL/min", "mL/min", "L/h", "mL/s"),
    "flow_by_surface": ("60 mL/min/{1.73_m2}", "mL/min/{1.73_m2}", "mL/s/{1.73_m2}"),
    "dose": ("1 mg/kg/d", "mg/kg/d", "ug/kg/h", "mg/[lb_av]/d"),
    "infused": ("2000000 cells/kg", "cells/kg", "10*6.cells/kg"),
    "share": ("60 %", "%", "[ppth]"),
}


def known(code: str) -> Unit:
    found = unit(code)
    assert found is not None, code
    return found


def sizes(name: str, first: Unit, code: str) -> tuple[Fraction, Fraction]:
    """How many base units of `first` one of `code` is, and where its zero lies."""
    zero, one = (convert(Quantity(Fraction(n), known(code)), first, name) for n in (0, 1))
    assert zero is not None
    assert one is not None
    return one.base - zero.base, zero.base


def finite_everywhere(name: str, k: int) -> dict[str, Fraction]:
    """About k times the usual value, in each unit of a group, as a decimal that ends in all of them."""
    number, _, code = GROUPS[name][0].partition(" ")
    first, codes = known(code), GROUPS[name][1:]
    plain = {one: sizes(name, first, one) for one in codes}
    whole = lcm(*(size.numerator for size, _ in plain.values()))
    usual = Quantity(Fraction(number), first).base
    base = k * whole * Fraction(10) ** floor(log10(usual / whole) - log10(k))
    return {one: (base - zero) / size for one, (size, zero) in plain.items()}


def text(name: str, values: dict[str, Fraction]) -> str:
    """An item in each unit, with a limit in each: met, and not exceeded, at the limit only."""
    pairs = list(enumerate(product(values, values)))
    analyte = f"; of {name}" if name in analytes() else ""
    items = [f"    x{i} : number in {item}{analyte}; latest" for i, (item, _) in pairs]
    least = [f"    I{i}\n        x{i} at least {decimal_text(values[u])} {u}" for i, (_, u) in pairs]
    most = [f"    E{i}\n        x{i} more than {decimal_text(values[u])} {u}" for i, (_, u) in pairs]
    head = ['protocol "LIMITS"', "moments", "    enrolment", "data", *items]
    return "\n".join([*head, "inclusion at enrolment", *least, "exclusion at enrolment", *most, ""])


def entries(values: dict[str, Fraction], by: Fraction) -> dict[str, pd.DataFrame]:
    """A patient for each unit, whose entries are all in it, so far from the limit."""
    count = len(values) ** 2
    rows = [
        {"patient": code, "item": f"x{i}", "date": "2026-06-01", "value": decimal_text(value + by), "unit": code}
        for code, value in values.items()
        for i in range(count)
    ]
    patients = [{"patient": code, "enrolment": "2026-06-01"} for code in values]
    return {"patients": pd.DataFrame(patients), "observations": pd.DataFrame(rows)}


@law(st.integers(1, 9), times=2, at_length=9)
@pytest.mark.parametrize("name", GROUPS)
def test_a_value_at_the_limit_is_exactly_there_in_whatever_units(name: str, k: int) -> None:
    values = finite_everywhere(name, k)
    protocol = protocol_dsl.loads(text(name, values))
    tiny, count = Fraction(1, 10**12), len(values) ** 2
    barring = {-1: [f"I{i}" for i in range(count)], 0: [], 1: [f"E{i}" for i in range(count)]}
    for side, bars in barring.items():
        table = protocol.screen_many(entries(values, side * tiny))
        assert not table.attrs["diagnostics"]
        assert {("ineligible" if bars else "eligible", ", ".join(bars))} == set(
            zip(table["verdict"], table["because"], strict=True)
        )
