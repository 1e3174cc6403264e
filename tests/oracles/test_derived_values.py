"""Derived values of the shipped libraries against published worked cases and values of other packages, every row.

Each row is read through a protocol that uses the library, on a record as a site would give it.
"""

from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.base.quantity import Quantity, Unit, unit
from protocol_dsl.face import ProtocolError
from tests.derived import CLOSE, Case, asking, derived, plain, worked

HERE = Path(__file__).parent

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

UNITS = {
    "crcl": "mL/min",
    "egfr": "mL/min/{1.73_m2}",
    "bsa": "m2",
    "bmi": "kg/m2",
    "qtc": "ms",
    "corrected_calcium": "mg/dL",
    "anc": "10*9/L",
    "carboplatin": "mg",
    "ideal_weight": "kg",
    "adjusted_weight": "kg",
    "mean_arterial_pressure": "mm[Hg]",
}
"""The unit that the oracle gives each quantity in; the others have none."""

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
    "bilirubin_umol_l": ("bilirubin", "number in umol/L; of bilirubin; plausible 1 to 1000", "umol/L"),
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

DECLARED = {"black": "the terms for race are left out, on purpose; only cases without them can agree"}
"""Inputs that no parameter takes: why."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of an oracle file; its first line says where it is from."""
    _, head, *rest = (HERE / f"derived_values_{name}.tsv").read_text("utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in rest]


def inputs(row: dict[str, str]) -> dict[str, str]:
    return dict(part.split("=") for part in row["inputs"].split())


def found(formula: str, given: dict[str, str]) -> Fraction | str | None:
    """What the method that a formula of the oracle is called by here gives on its inputs."""
    call = CALLS[formula] + "".join(end for name, end in INSTEAD.items() if name in given)
    return answer(call, given)


def answer(call: str, given: dict[str, str]) -> Fraction | str | None:
    known = {name: value for name, value in given.items() if name in ITEMS}
    data = tuple(f"{ITEMS[name][0]} : {ITEMS[name][1]}" for name in known)
    told = {name: value for name, value in known.items() if value}
    facts = {ITEMS[name][0]: f"{WORDS.get(value, value)} {ITEMS[name][2]}".strip() for name, value in told.items()}
    return derived(call, data, facts, UNITS.get(call.partition(" ")[0], ""))


def known(code: str) -> Unit:
    measure = unit(code)
    assert measure is not None
    return measure


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
    value = found(row["formula"], given)
    assert agrees(score, Fraction(row["tolerance"]), value), value
    if letter:
        assert letter.lower() == answer("child_pugh_class by pugh_inr_1_7_to_2_3", given)


@pytest.mark.parametrize("formula", sorted({row["formula"] for row, _, _ in GRID}))
def test_every_value_of_other_packages(formula: str) -> None:
    points = [(inputs(row), name, value) for row, name, value in GRID if row["formula"] == formula]
    assert [
        (given, name, value, ours)
        for given, name, value in points
        for ours in [found(formula, given)]
        if not agrees(value, PRINTED.get(name, CLOSE * abs(Fraction(value))), ours)
    ] == []


# --- worked by hand -----------------------------------------------------------------------------------------------


def label(case: Case) -> str:
    return f"{case.call}: {case.facts}"


@pytest.mark.parametrize("case", worked(), ids=label)
def test_a_case_worked_by_hand(case: Case) -> None:
    value = derived(case.call, case.data, case.facts, case.unit)
    if isinstance(value, str):
        assert case.value == value
    else:
        assert agrees(case.value, case.within, value), value


@pytest.mark.parametrize("case", worked(), ids=label)
def test_without_any_one_of_its_values_it_is_unknown(case: Case) -> None:
    for missing in case.facts:
        rest = {name: told for name, told in case.facts.items() if name != missing}
        assert (missing, derived(case.call, case.data, rest, case.unit)) == (missing, None)


LARGER = {
    "kg": "g",
    "cm": "m",
    "ms": "s",
    "mg/dL": "g/L",
    "umol/L": "mmol/L",
    "g/L": "g/dL",
    "g/dL": "g/L",
    "mL/min": "L/h",
}
"""Another unit for each."""


@pytest.mark.parametrize("case", worked(), ids=label)
def test_restated_in_another_unit_it_is_the_same(case: Case) -> None:
    """The declared unit stays as it is; the record has each value in another."""
    restated = dict(case.facts)
    for name, value, measure in case.given:
        if measure in LARGER:
            number = Quantity(Fraction(value), known(measure)).to(known(LARGER[measure]))
            assert number is not None
            restated[name] = f"{plain(number.number)} {LARGER[measure]}"
    assert derived(case.call, case.data, case.facts, case.unit) == derived(case.call, case.data, restated, case.unit)


# --- where a formula does not hold --------------------------------------------------------------------------------

ADULT = {"sex": "M", "weight_kg": "70", "height_cm": "170", "scr_mg_dl": "1"}
FOR_ADULTS = (
    "crcl by cockcroft_gault_actual_weight",
    "crcl by cockcroft_gault_ideal_weight",
    "crcl by cockcroft_gault_adjusted_weight",
    "crcl by cockcroft_gault_umol_actual_weight",
    "egfr by ckd_epi_2021",
    "egfr by ckd_epi_2009",
    "egfr by mdrd_175",
    "egfr by mdrd_186",
)


@pytest.mark.parametrize("call", FOR_ADULTS)
def test_below_18_years_a_formula_for_adults_gives_nothing(call: str) -> None:
    assert answer(call, {**ADULT, "age": "18"}) is not None
    assert answer(call, {**ADULT, "age": "17.99"}) is None


BY_SEX = (*FOR_ADULTS, "ideal_weight by devine", "adjusted_weight by devine_two_fifths")
MEASURES = (
    "age : number in a; plausible 0 to 120",
    "weight : number in kg; plausible 0.5 to 400",
    "height : number in cm; plausible 20 to 250",
    "creatinine : number in mg/dL; of creatinine; plausible 0.1 to 20",
)
MEASURED = {"age": "40 a", "weight": "70 kg", "height": "170 cm", "creatinine": "1 mg/dL"}


@pytest.mark.parametrize("call", BY_SEX)
def test_a_sex_that_is_neither_has_no_formula(call: str) -> None:
    data, measure = (*MEASURES, "sex : one of female, male, other"), UNITS[call.partition(" ")[0]]
    assert derived(call, data, {**MEASURED, "sex": "male"}, measure) is not None
    assert derived(call, data, {**MEASURED, "sex": "other"}, measure) is None


@pytest.mark.parametrize("call", BY_SEX)
def test_sexes_by_other_names_are_told(call: str) -> None:
    with pytest.raises(ProtocolError, match="PD205"):
        asking(call, (*MEASURES, "sex : one of f, m"))


@pytest.mark.parametrize("call", ["anc by differential", "anc by differential_total"])
@pytest.mark.parametrize(("percent", "count"), [("-0.1", None), ("0", 0), ("100", 5), ("100.1", None)])
def test_percentages_go_from_0_to_100(call: str, percent: str, count: int | None) -> None:
    data = ("wbc : number in 10*9/L", *(f"{name} : number in %" for name in ("segmented", "bands", "neutrophils")))
    facts = {"wbc": "5 10*9/L", "segmented": f"{percent} %", "bands": "0 %", "neutrophils": f"{percent} %"}
    assert count == derived(call, data, facts, "10*9/L")


def test_a_fraction_is_no_percentage() -> None:
    with pytest.raises(ProtocolError) as raised:
        asking("anc by differential_total", ("wbc : number in 10*9/L", "neutrophils : number"))
    assert [d.code for d in raised.value.diagnostics] == ["PD214"]


@pytest.mark.parametrize("drug", ["budesonide", "dexametasone"])
@pytest.mark.parametrize("method", ["katzung", "bnf"])
def test_a_glucocorticoid_that_is_not_in_the_table_stands_for_nothing_known(method: str, drug: str) -> None:
    data = ("drug : text", "dose : number in mg/d")
    assert derived(f"prednisone_equivalent by {method}", data, {"drug": drug, "dose": "8 mg/d"}, "mg/d") is None


@pytest.mark.parametrize(
    ("bilirubin", "us", "si"),
    [("33.9", 1, 1), ("34", 1, 2), ("34.1", 1, 2), ("34.3", 2, 2), ("51", 2, 2), ("51.1", 2, 3), ("51.4", 3, 3)],
)
def test_the_rounded_limits_of_bilirubin_part_the_two_tables(bilirubin: str, us: int, si: int) -> None:
    """2 and 3 mg/dL are 34.2 and 51.3 umol/L, with 584.66 g/mol."""
    given = {"bilirubin_umol_l": bilirubin}
    assert us == answer("bilirubin_points by child_pugh_2_to_3", given)
    assert si == answer("bilirubin_points by child_pugh_34_to_51_umol", given)


def test_a_diastolic_pressure_above_the_systolic_gives_no_mean() -> None:
    assert answer("mean_arterial_pressure by one_third", {"sbp": "80", "dbp": "80"}) == 80
    assert answer("mean_arterial_pressure by one_third", {"sbp": "80", "dbp": "81"}) is None


@pytest.mark.parametrize("call", ["carboplatin by calvert", "carboplatin by calvert_gfr_capped_at_125"])
def test_carboplatin_is_not_worked_out_from_a_clearance_per_surface(call: str) -> None:
    asking(f"{call} with auc, gfr", ("auc : number in mg.min/mL", "gfr : number in mL/min"))
    with pytest.raises(ProtocolError) as raised:
        asking(f"{call} with auc, egfr", ("auc : number in mg.min/mL", "egfr : number in mL/min/{1.73_m2}"))
    assert [d.code for d in raised.value.diagnostics] == ["PD214"]


# --- how the formulas hang together -------------------------------------------------------------------------------


def number(call: str, given: dict[str, str]) -> Fraction:
    value = answer(call, given)
    assert isinstance(value, Fraction)
    return value


@pytest.mark.parametrize("sex", ["F", "M"])
@pytest.mark.parametrize("weight", ["55", "70", "110"])
def test_the_clearance_of_a_kind_of_weight_is_that_with_this_weight(sex: str, weight: str) -> None:
    given = {**ADULT, "age": "44", "sex": sex, "weight_kg": weight}
    ideal = number("ideal_weight by devine", given)
    adjusted = number("adjusted_weight by devine_two_fifths", given)
    assert adjusted == ideal + Fraction(2, 5) * (int(weight) - ideal)
    by_actual = number("crcl by cockcroft_gault_actual_weight", given) / int(weight)
    assert number("crcl by cockcroft_gault_ideal_weight", given) == by_actual * ideal
    assert number("crcl by cockcroft_gault_adjusted_weight", given) == by_actual * adjusted


@pytest.mark.parametrize(("sex", "kappa", "below"), [("M", "0.9", 0.411), ("F", "0.7", 0.329)])
def test_ckd_epi_2009_goes_by_powers_of_creatinine_over_its_knot(sex: str, kappa: str, below: float) -> None:
    """Twice, and half, the creatinine at which the two powers meet."""
    levels = (plain(Fraction(kappa) * times) for times in (Fraction(1, 2), 1, 2))
    at = ({"age": "50", "sex": sex, "scr_mg_dl": level} for level in levels)
    half, once, twice = (float(number("egfr by ckd_epi_2009", one)) for one in at)
    assert (once * 2**-1.209, once * 2**below) == pytest.approx((twice, half), rel=1e-9)


@pytest.mark.parametrize(("sex", "knot", "factor"), [("M", "0.9", 141), ("F", "0.7", 141 * 1.018)])
def test_ckd_epi_2009_goes_by_a_power_of_the_age(sex: str, knot: str, factor: float) -> None:
    at = ({"age": age, "sex": sex, "scr_mg_dl": knot} for age in ("20", "70"))
    young, old = (float(number("egfr by ckd_epi_2009", one)) for one in at)
    assert (young, old) == pytest.approx((factor * 0.993**20, factor * 0.993**70), rel=1e-9)


@pytest.mark.parametrize("sex", ["F", "M"])
@pytest.mark.parametrize("age", ["18", "53"])
def test_the_two_mdrd_equations_differ_by_their_first_factor(sex: str, age: str) -> None:
    given = {"age": age, "sex": sex, "scr_mg_dl": "1.3"}
    ratio = number("egfr by mdrd_186", given) / number("egfr by mdrd_175", given)
    assert abs(ratio - Fraction(186, 175)) < 2 * CLOSE


GRADES = [
    ("johnson_085", "38.36", 1),
    ("johnson_085", "38.35", 2),
    ("johnson_085", "24.12", 2),
    ("johnson_085", "24.11", 3),
    ("johnson_0852", "38.27", 1),
    ("johnson_0852", "38.26", 2),
    ("johnson_0852", "24.07", 2),
    ("johnson_0852", "24.06", 3),
]


@pytest.mark.parametrize(("method", "albumin", "grade"), GRADES)
def test_the_grades_of_albi_end_at_their_limits(method: str, albumin: str, grade: int) -> None:
    """With 10 umol/L the score is 0.66 less so much an albumin; it is -2.60 at 3.26, and -1.39 at 2.05."""
    given = {"bilirubin_umol_l": "10", "albumin_g_l": albumin}
    assert grade == answer(f"albi_grade by {method}", given)


@pytest.mark.parametrize("method", ["pugh_inr_1_7_to_2_3", "pugh_si_inr_1_7_to_2_3"])
@pytest.mark.parametrize(
    ("told", "score", "letter"),
    [
        (("1", "none", "none"), 5, "a"),
        (("1", "slight", "none"), 6, "a"),
        (("1", "slight", "grade_1_2"), 7, "b"),
        (("1", "moderate_severe", "grade_3_4"), 9, "b"),
        (("2.5", "moderate_severe", "grade_3_4"), 10, "c"),
        (("4", "moderate_severe", "grade_3_4"), 11, "c"),
    ],
)
def test_a_class_of_child_pugh_begins_and_ends(
    method: str, told: tuple[str, str, str], score: int, letter: str
) -> None:
    """Told are bilirubin in mg/dL, ascites and encephalopathy; albumin and INR have one point each."""
    given = dict(zip(("bilirubin_mg_dl", "ascites", "encephalopathy"), told, strict=True))
    given |= {"albumin_g_dl": "4", "inr": "1"}
    assert score == answer(f"child_pugh by {method}", given)
    assert letter == answer(f"child_pugh_class by {method}", given)


STEROIDS = ("cortisone", "dexamethasone", "hydrocortisone", "methylprednisolone", "prednisolone", "triamcinolone")


@pytest.mark.parametrize(
    ("drug", "method", "by_name"),
    [
        *((drug, table, f"{drug}_katzung") for drug in STEROIDS for table in ("katzung", "bnf")),
        ("betamethasone", "katzung", "betamethasone_katzung"),
        ("betamethasone", "bnf", "betamethasone_bnf"),
    ],
)
def test_a_glucocorticoid_is_the_same_by_its_table_and_by_its_name(drug: str, method: str, by_name: str) -> None:
    data, facts = ("drug : text", "dose : number in mg/d"), {"drug": drug, "dose": "9 mg/d"}
    found = derived(f"prednisone_equivalent by {method}", data, facts, "mg/d")
    assert found is not None
    assert found == derived(f"prednisone_equivalent by {by_name}", data, facts, "mg/d")


@pytest.mark.parametrize("method", ["katzung", "bnf"])
def test_prednisone_stands_for_itself(method: str) -> None:
    data, facts = ("drug : text", "dose : number in mg/d"), {"drug": "prednisone", "dose": "9 mg/d"}
    assert derived(f"prednisone_equivalent by {method}", data, facts, "mg/d") == 9


@pytest.mark.parametrize(("sex", "least", "most"), [("M", "0.0017", "0.0019"), ("F", "0.006", "0.0063")])
def test_the_factors_for_umol_are_rounded(sex: str, least: str, most: str) -> None:
    """88.4 / 72 is 1.2278 and not 1.23; with 0.85 it is 1.0436 and not 1.05."""
    given = {"age": "50", "sex": sex, "weight_kg": "70", "scr_mg_dl": "1"}
    exact = number("crcl by cockcroft_gault_actual_weight", given)
    rounded = number("crcl by cockcroft_gault_umol_actual_weight", given)
    assert Fraction(least) < rounded / exact - 1 < Fraction(most)


@pytest.mark.parametrize("method", ["fridericia", "bazett", "framingham", "hodges"])
def test_a_qt_interval_by_rr_is_that_by_the_rate(method: str) -> None:
    """75 beats a minute are 800 ms apart."""
    by_rr = number(f"qtc by {method}", {"qt_ms": "400", "rr_ms": "800"})
    by_rate = number(f"qtc by {method}_heart_rate", {"qt_ms": "400", "hr_bpm": "75"})
    assert abs(by_rr - by_rate) <= 2 * CLOSE * by_rr


@pytest.mark.parametrize(("auc", "gfr"), [("5", "124"), ("5", "125"), ("5", "126"), ("6", "200")])
def test_the_cap_is_of_the_clearance(auc: str, gfr: str) -> None:
    given = {"target_auc": auc, "gfr_ml_min": gfr}
    as_if = {"target_auc": auc, "gfr_ml_min": str(min(int(gfr), 125))}
    capped = number("carboplatin by calvert_gfr_capped_at_125", given)
    assert capped == number("carboplatin by calvert", as_if)
