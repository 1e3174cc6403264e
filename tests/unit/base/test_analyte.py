"""What is known of analytes, and how one kind of unit comes to another by it."""

import re
from collections import Counter
from fractions import Fraction

import pytest

from protocol_dsl.base.analyte import Analyte, analytes, bridge, bridged, convert, plausible, wanting
from protocol_dsl.base.quantity import Quantity, Unit, unit

KNOWN = tuple({one.name: one for one in analytes().values()}.values())
# Prohaska et al. (2022), Standard atomic weights of the elements 2021 (IUPAC Technical Report): abridged, five digits.
WEIGHTS = {
    "H": "1.0080", "Li": "6.94", "C": "12.011", "N": "14.007", "O": "15.999", "Na": "22.990", "Mg": "24.305",
    "P": "30.974", "S": "32.06", "Cl": "35.45", "K": "39.098", "Ca": "40.078", "Fe": "55.845", "Co": "58.933",
    "Cu": "63.546", "Zn": "65.38", "I": "126.90",
}  # fmt: skip


def known(code: str) -> Unit:
    found = unit(code)
    assert found is not None
    return found


@pytest.mark.parametrize("analyte", [one for one in KNOWN if one.formula], ids=lambda one: one.name)
def test_a_molar_mass_is_that_of_its_formula(analyte: Analyte) -> None:
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", analyte.formula)
    whole = sum(Fraction(WEIGHTS[element]) * int(count or 1) for element, count in atoms)
    assert analyte.molar_mass is not None
    assert abs(analyte.molar_mass / whole - 1) <= Fraction(1, 10_000)


def test_four_chains_of_haemoglobin_are_one_tetramer() -> None:
    chain, tetramer = (analytes()[name].molar_mass for name in ("haemoglobin", "haemoglobin_tetramer"))
    assert chain is not None
    assert 4 * chain == tetramer


def test_no_name_stands_for_two_analytes() -> None:
    names = Counter(name for one in KNOWN for name in (one.name, *one.also))
    assert {1} == set(names.values())


@pytest.mark.parametrize("analyte", [one for one in KNOWN if one.plausible], ids=lambda one: one.name)
def test_a_plausible_range_holds_something(analyte: Analyte) -> None:
    assert analyte.plausible is not None
    low, high = analyte.plausible
    assert low.base < high.base


@pytest.mark.parametrize(
    ("analyte", "code", "high"),
    [
        ("platelets", "10*9/L", "2200"),
        ("platelets", "/uL", "2200000"),
        ("plt", "cells/uL", "2200000"),
        ("sodium", "meq/L", "250"),
        ("creatinine", "mmol/L", "5.8345"),
        ("platelets", "mg", None),
        ("calcium", "mg/dL", "20"),
        ("calcium", "mmol/L", "4.9903"),
        ("albumin", "g/L", "150"),
        ("rbc", "/uL", "20000000"),
        ("ggt", "U/L", None),
        ("nothing", "mg/dL", None),
        (None, "mg/dL", None),
    ],
)
def test_the_plausible_range_in_a_unit(analyte: str | None, code: str, high: str | None) -> None:
    found = plausible(analyte, known(code))
    if high is None or found is None:
        assert (high, found) == (None, None)
    else:
        assert [Fraction(0), Fraction(high)] == [found[0], round(found[1], 4)]


@pytest.mark.parametrize(
    ("given", "wanted", "analyte", "said"),
    [
        ("umol/L", "mg/dL", "creatinine", "113.12 g/mol"),
        ("mg/dL", "umol/L", "creatinine", "113.12 g/mol"),
        ("meq/L", "mmol/L", "calcium", "2 eq/mol"),
        ("meq/L", "mg/dL", "calcium", "20.039 g/eq"),
        ("[IU]/L", "U/L", "alt", "1 U/[IU]"),
        ("mg/dL", "g/L", "creatinine", None),
        ("umol/L", "mg/kg", "creatinine", None),
        ("umol/L", "mg/dL", "alt", None),
    ],
)
def test_how_one_kind_comes_to_another(given: str, wanted: str, analyte: str, said: str | None) -> None:
    crossing = bridge(known(given), known(wanted), analyte)
    assert said == (crossing and crossing.factor)


def test_a_bridged_unit_is_of_the_other_kind_and_says_how() -> None:
    found = bridged(known("umol/L"), known("mg/dL"), "creatinine")
    assert found is not None
    assert "umol/L (113.12 g/mol)" == found.code
    assert Fraction("1.1312") == Quantity(Fraction(100), found).to(known("mg/dL")).number  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "wanted", "what"),
    [
        ("umol/L", "mg/dL", "molar mass"),
        ("mg/dL", "umol/L", "molar mass"),
        ("meq/L", "mmol/L", "charge"),
        ("mg/dL", "meq/L", "molar mass and charge"),
        ("U/L", "[IU]/L", "convention on international units"),
        ("mL/min", "mL/min/{1.73_m2}", None),
        ("mg", "kg", None),
    ],
)
def test_what_would_have_to_be_known(given: str, wanted: str, what: str | None) -> None:
    assert what == wanting(known(given), known(wanted))


def test_a_limit_in_degrees_of_difference_takes_degrees_as_such() -> None:
    assert Quantity(Fraction(1), known("Cel{difference}")) == convert(
        Quantity(Fraction("1.8"), known("[degF]")), known("Cel{difference}")
    )
