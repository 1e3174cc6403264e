"""Derived values of the shipped libraries against published worked cases and values of other packages, every row.

Each row is read through a protocol that uses the library, on a record as a site would give it.
"""

from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from protocol_dsl.base.quantity import unit
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.face import Protocol, loads
from protocol_dsl.model.condition import Named
from protocol_dsl.model.record import Range

HERE = Path(__file__).parent

LIBRARIES = ("body_size", "circulation", "drug_doses", "laboratory", "liver", "organ_function")

CALLS = {
    "cockcroft_gault": "crcl by cockcroft_gault_actual_weight",
    "cockcroft_gault_umol": "crcl by cockcroft_gault_umol_actual_weight",
    "cockcroft_gault_adjusted_weight": "crcl by cockcroft_gault_adjusted_weight",
    "ckd_epi_2021": "egfr by ckd_epi_2021",
    "ckd_epi_2009": "egfr by ckd_epi_2009",
    "mdrd4_idms": "egfr by mdrd_175",
    "mdrd4_186": "egfr by mdrd_186",
    "schwartz_bedside_2009": "egfr by bedside_schwartz",
    "bsa_mosteller": "bsa by mosteller",
    "bsa_dubois": "bsa by dubois",
    "bsa_haycock": "bsa by haycock",
    "bsa_gehan_george": "bsa by gehan_george",
    "bsa_boyd": "bsa by boyd",
    "bmi": "bmi by quetelet",
    "qtc_bazett": "qtc by bazett",
    "qtc_fridericia": "qtc by fridericia",
    "qtc_sagie_framingham": "qtc by framingham",
    "qtc_hodges": "qtc by hodges",
    "corrected_calcium": "corrected_calcium by payne",
    "anc_from_differential": "anc by differential",
    "anc_from_absolute_parts": "anc by absolute_parts",
    "child_pugh": "child_pugh by pugh_inr_1_7_to_2_3",
    "calvert_carboplatin": "carboplatin by calvert",
    "ideal_body_weight_devine": "ideal_weight by devine",
    "adjusted_body_weight": "adjusted_weight by devine_two_fifths",
    "mean_arterial_pressure": "mean_arterial_pressure by one_third",
}
"""The formulas of the oracle, each as it is called."""

INSTEAD = {"hr_bpm": "_heart_rate", "gfr_cap": "_gfr_capped_at_125"}
"""Inputs that ask for another method, and how its name ends."""

ITEMS = {
    "age": ("age", "number in a; plausible 0 to 130", "a"),
    "sex": ("sex", "one of female, male", ""),
    "weight_kg": ("weight", "number in kg; plausible 0.2 to 600", "kg"),
    "height_cm": ("height", "number in cm; plausible 20 to 280", "cm"),
    "scr_mg_dl": ("creatinine", "number in mg/dL; of creatinine; plausible 0.01 to 60", "mg/dL"),
    "scr_umol_l": ("creatinine", "number in umol/L; of creatinine; plausible 1 to 6000", "umol/L"),
    "qt_ms": ("qt", "number in ms; plausible 100 to 1000", "ms"),
    "rr_ms": ("rr", "number in ms; plausible 150 to 4000", "ms"),
    "hr_bpm": ("heart_rate", "number in /min; plausible 10 to 400", "/min"),
    "calcium_mg_dl": ("calcium", "number in mg/dL; of calcium", "mg/dL"),
    "calcium_mmol_l": ("calcium", "number in mmol/L; of calcium", "mmol/L"),
    "albumin_g_dl": ("albumin", "number in g/dL", "g/dL"),
    "albumin_g_l": ("albumin", "number in g/L", "g/L"),
    "wbc_10e9_l": ("wbc", "number in 10*9/L", "10*9/L"),
    "segs_pct": ("segmented", "number in %", "%"),
    "bands_pct": ("bands", "number in %", "%"),
    "segs_10e9_l": ("segmented", "number in 10*9/L", "10*9/L"),
    "bands_10e9_l": ("bands", "number in 10*9/L", "10*9/L"),
    "bilirubin_mg_dl": ("bilirubin", "number in mg/dL; of bilirubin", "mg/dL"),
    "bilirubin_umol_l": ("bilirubin", "number in umol/L; of bilirubin", "umol/L"),
    "inr": ("inr", "number", ""),
    "ascites": ("ascites", "one of absent, slight, moderate_or_severe", ""),
    "encephalopathy": ("encephalopathy", "one of absent, grade_1_or_2, grade_3_or_4", ""),
    "target_auc": ("auc", "number in mg.min/mL", "mg.min/mL"),
    "gfr_ml_min": ("gfr", "number in mL/min", "mL/min"),
    "sbp": ("systolic", "number in mm[Hg]", "mm[Hg]"),
    "dbp": ("diastolic", "number in mm[Hg]", "mm[Hg]"),
}
"""The inputs of the oracle: the item that takes each, how it is declared, and its unit."""

WORDS = {
    "M": "male",
    "F": "female",
    "none": "absent",
    "moderate_severe": "moderate_or_severe",
    "grade_1_2": "grade_1_or_2",
    "grade_3_4": "grade_3_or_4",
}

PRINTED = {"kidney.epi": Fraction(5, 1000)}
"""Half of the last digit that a package gives; the others give all they have."""

CLOSE = Fraction(1, 10**9)
"""Relative: what double precision leaves of a result."""

WIDEST = 10 * CLOSE
"""Relative: how far the ends of ours may lie apart, since each power and root gives a little away."""

DECLARED = {"black": "the terms for race are left out, on purpose; only cases without them can agree"}
"""Inputs that no parameter takes: why."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of an oracle file; its first line says where it is from."""
    _, head, *rest = (HERE / f"derived_values_{name}.tsv").read_text("utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in rest]


def inputs(row: dict[str, str]) -> dict[str, str]:
    return dict(part.split("=") for part in row["inputs"].split())


@cache
def protocol(call: str, given: tuple[str, ...]) -> Protocol:
    """A protocol that asks for one derived value of what is given."""
    lines = [f'protocol "{call}"', "    language 1", "    uses ucum"]
    lines += [f"    uses library {name}" for name in LIBRARIES]
    lines += ["", "data", *(f"    {ITEMS[name][0]} : {ITEMS[name][1]}" for name in given)]
    return loads("\n".join([*lines, "", "define", f"    derived is {call}", ""]))


def call(formula: str, given: dict[str, str]) -> str:
    return CALLS[formula] + "".join(end for name, end in INSTEAD.items() if name in given)


def derived(call: str, given: dict[str, str]) -> Fraction | str | None:
    """The value in its unit, or the middle of the narrow range that it is known to lie in; None where it is not known."""
    known = {name: value for name, value in given.items() if name in ITEMS}
    model = protocol(call, tuple(known)).model
    facts = {
        ITEMS[name][0]: f"{WORDS.get(value, value)} {ITEMS[name][2]}".strip() for name, value in known.items() if value
    }
    record = protocol(call, tuple(known)).record(facts)
    inside = model.definitions["derived"].inside
    assert isinstance(inside, Named)
    (option,) = evaluate(inside, Environment(model, record, date.max, {}), interpret)
    if option is ANYTHING or isinstance(option, str):
        return None if option is ANYTHING else str(option)
    ends = (option.low, option.high) if isinstance(option, Range) else (option, option)
    measure = inside.unit or unit("1")
    assert measure is not None
    low, high = (measure.of_base(end) for end in ends)
    assert high - low <= WIDEST * abs(low)
    return (low + high) / 2


def agrees(expected: str, tolerance: Fraction, found: object) -> bool:
    if not expected:
        return found is None
    return isinstance(found, Fraction) and abs(Fraction(expected) - found) <= tolerance


PUBLISHED = rows("published")
GRID = [(row, name, row[name]) for row in rows("grid") for name in ("admiral", "clinPK", "kidney.epi") if row[name]]


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row["id"])
def test_a_published_case(row: dict[str, str]) -> None:
    given = inputs(row)
    assert given.keys() <= ITEMS.keys() | DECLARED.keys() | INSTEAD.keys()
    assert given.get("black", "no") == "no"
    score, _, letter = row["expected"].partition(" ")
    found = derived(call(row["formula"], given), given)
    assert agrees(score, Fraction(row["tolerance"]), found), found
    if letter:
        assert letter.lower() == derived("child_pugh_class by pugh_inr_1_7_to_2_3", given)


@pytest.mark.parametrize("formula", sorted({row["formula"] for row, _, _ in GRID}))
def test_every_value_of_other_packages(formula: str) -> None:
    points = [(inputs(row), name, value) for row, name, value in GRID if row["formula"] == formula]
    assert [
        (given, name, value, found)
        for given, name, value in points
        for found in [derived(call(formula, given), given)]
        if not agrees(value, PRINTED.get(name, CLOSE * abs(Fraction(value))), found)
    ] == []
