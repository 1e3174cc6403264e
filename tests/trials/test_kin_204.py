"""Either side of the criteria of KIN-204: each case changes a line of the example patient, worked out by hand."""

from functools import cache

import pytest

import protocol_dsl
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.base.source import Source
from protocol_dsl.pipeline import Loaded, load_text

BASE = "man of 61, lung cancer with an ALK fusion"
ELIGIBLE = "eligible"


def table(name: str, head: str, *rows: str) -> str:
    return "\n".join([name, *(f"        | {row} |" for row in (head, *rows))])


def lesion(row: str) -> str:
    return table("lesions", "site | diameter | irradiated | grown_since", row)


def drug(row: str) -> str:
    return table("medications", "drug | purpose | start | end", row)


def treated(*rows: str) -> str:
    return table("treatments", "class | drug | start | end | half_life | response", *rows)


def event(row: str) -> str:
    return table("adverse_events", "term | grade | start | end | attributed", row)


PROGRESSED = treated("chemotherapy | docetaxel | 2026-06-01 | 2026-09-14 | 11 hours | progression")
CRIZOTINIB = "kinase_inhibitor | crizotinib | 2026-02-01 |"
SHORT_QT = "qtcf = 425 ms on 2026-10-01 and 418 ms on 2026-10-06"

SCREENED = [
    # consent, age, disease; the patient was born on 1965-02-11 and registers on 2026-10-08
    ("consent = 2026-10-09", "undetermined"),  # registration before consent: the order of the moments is broken
    ("birth_date = 2008-10-08", ELIGIBLE),
    ("birth_date = 2008-10-09", "not eligible because I02"),
    ("confirmed = no", "not eligible because I03"),
    ("ecog = 2", "not eligible because I04"),
    ("ecog = 1 on 2026-10-01", ELIGIBLE),
    ("ecog = 1 on 2026-09-30", "undetermined because I04"),
    ("I05 = not met", "not eligible because I05"),
    (lesion("node | 12 mm | yes | no"), "not eligible because I06"),
    (lesion("node | 12 mm | yes | yes"), ELIGIBLE),
    (lesion("lung | 9.9 mm | no | no"), "not eligible because I06"),
    # a man's limit in E07 is 450 ms on two readings running, that of I07 is 470 ms on the latest
    ("qtcf = 431 ms on 2026-10-01 and 470 ms on 2026-10-06", ELIGIBLE),
    ("qtcf = 431 ms on 2026-10-01 and 471 ms on 2026-10-06", "not eligible because I07"),
    ("qtcf = 451 ms on 2026-10-01 and 470 ms on 2026-10-06", "not eligible because E07"),
    ("qtcf = 450 ms on 2026-10-01 and 470 ms on 2026-10-06", ELIGIBLE),
    # counts, and what supports them; counts without a date are of the day of registration
    ("anc = 1.5 10*9/L", ELIGIBLE),
    ("anc = 1499 /uL", "not eligible because I08"),
    (drug("filgrastim | growth_factor | 2026-09-20 | 2026-09-24"), "not eligible because I08"),
    (drug("filgrastim | growth_factor | 2026-09-19 | 2026-09-23"), ELIGIBLE),
    ("platelets = 99 10*9/L", "not eligible because I10"),
    (drug("platelets | transfusion | 2026-10-01 | 2026-10-01"), "not eligible because I10"),
    (drug("platelets | transfusion | 2026-09-30 | 2026-09-30"), ELIGIBLE),
    ("haemoglobin = 89 g/L", "not eligible because I11"),
    ("haemoglobin = 90 g/L", ELIGIBLE),
    # liver, kidney, clotting, heart, electrolytes
    ("ast = 101 U/L (ULN 40)", "not eligible because I12"),
    ("ast = 200 U/L (ULN 40), liver_metastases = yes", ELIGIBLE),
    ("ast = 201 U/L (ULN 40), liver_metastases = yes", "not eligible because I12"),
    ("bilirubin = 1.8 mg/dL (ULN 1.2)", ELIGIBLE),
    ("bilirubin = 1.81 mg/dL (ULN 1.2)", "not eligible because I13"),
    ("bilirubin = 1.81 mg/dL (ULN 1.2), gilbert = missing", "undetermined because I13"),
    ("bilirubin = 3.61 mg/dL (ULN 1.2), gilbert = yes", "not eligible because I13"),
    # (140 - 61) * 74 / (72 * 2) is 40.6 mL/min
    ("creatinine = 2 mg/dL (ULN 1.2)", "not eligible because I14"),
    ("creatinine = 1.8 mg/dL (ULN 1.2)", ELIGIBLE),
    ("albumin = 2.9 g/dL", "not eligible because I15"),
    ("inr = 2.4", "not eligible because I16"),
    ("inr = 2.4\n    given " + drug("apixaban | anticoagulant | 2026-02-01 | ongoing"), ELIGIBLE),
    ("inr = 3.1\n    given " + drug("apixaban | anticoagulant | 2026-02-01 | ongoing"), "not eligible because I16"),
    ("ejection_fraction = 51 % (LLN 52)", "not eligible because I17"),
    ("ejection_fraction = 49 % (LLN 45)", "not eligible because I17"),
    ("potassium = 3.4 mmol/L (LLN 3.5, ULN 5.1)", "not eligible because I18"),
    ("potassium = 5.1 mmol/L (LLN 3.5, ULN 5.1)", ELIGIBLE),
    # with albumin half a gram below 4 g/dL, 0.4 is added: 8.5 and 8.4 mg/dL
    ("calcium = 8.1 mg/dL, albumin = 3.5 g/dL", ELIGIBLE),
    ("calcium = 8.0 mg/dL, albumin = 3.5 g/dL", "not eligible because I18"),
    # earlier treatment: one to three, of which a hormone is none
    (treated("hormone | goserelin | 2025-01-10 | 2025-12-01 | 5 hours | stable"), "not eligible because I19"),
    ("swallows = no", "not eligible because I20"),
    (event("neuropathy | 2 | 2026-05-01 | ongoing | unrelated"), "not eligible because I21"),
    (event("alopecia | 2 | 2026-05-01 | ongoing | unrelated"), ELIGIBLE),
    (event("neuropathy | 1 | 2026-05-01 | ongoing | unrelated"), ELIGIBLE),
    ("contraception = no", "not eligible because I22"),
    # the expansion part asks for a driver
    ("part = expansion, fusion = (ntrk)", "not eligible because I23"),
    ("part = expansion, fusion = (ntrk, ret)", ELIGIBLE),
    ("fusion = (ntrk)", ELIGIBLE),
    # exclusions; the first dose is on 2026-10-12
    ("lung_disease = past", "not eligible because E01"),
    # five half-lives of four hours are shorter than 21 days; washout of chemotherapy is 21 days, of an inhibitor 14
    (treated(f"{CRIZOTINIB} 2026-09-28 | 42 hours | stable"), ELIGIBLE),
    (treated(f"{CRIZOTINIB} 2026-09-29 | 42 hours | stable"), "not eligible because E03"),
    (treated(f"{CRIZOTINIB} 2026-10-04 | 42 hours | stable"), "not eligible because E02, E03"),
    (treated("nitrosourea | lomustine | 2026-08-31 | 2026-08-31 | 3 hours | stable"), ELIGIBLE),
    (treated("nitrosourea | lomustine | 2026-09-01 | 2026-09-01 | 3 hours | stable"), "not eligible because E03"),
    ("last_radiotherapy = 2026-09-28", ELIGIBLE),
    ("last_radiotherapy = 2026-09-29", "not eligible because E02"),
    ("last_surgery = 2026-09-15", "not eligible because E04"),
    (drug("clarithromycin | other | 2026-09-20 | 2026-09-28"), "not eligible because E05"),
    (drug("clarithromycin | other | 2026-09-20 | 2026-09-27"), ELIGIBLE),
    (f"{SHORT_QT}\n    given " + drug("sotalol | other | 2026-01-10 | ongoing"), ELIGIBLE),
    ("nyha = iii", "not eligible because E08"),
    ("last_heart_event = 2026-04-16", "not eligible because E09"),
    ("last_heart_event = 2026-04-15", ELIGIBLE),
    ("systolic = 155 mm[Hg] on 2026-10-01 and 151 mm[Hg] on 2026-10-06", "not eligible because E10"),
    ("systolic = 155 mm[Hg] on 2026-10-01 and 150 mm[Hg] on 2026-10-06", ELIGIBLE),
    ("hiv = positive", "undetermined because E11"),  # whether it is controlled is not known
    ("hiv = positive, hiv_controlled = no", "not eligible because E11"),
    ("hiv = positive, hiv_controlled = yes, cd4 = 350 /uL", ELIGIBLE),
    ("hiv = positive, hiv_controlled = yes, cd4 = 349 /uL", "not eligible because E11"),
    ("hbsag = positive", "not eligible because E12"),
    ("hbc_antibody = positive", "undetermined because E12"),
    ("hbc_antibody = positive, hbv_dna = 99 [IU]/mL", ELIGIBLE),
    ("hbc_antibody = positive, hbv_dna = 100 [IU]/mL", "not eligible because E12"),
    ("hbc_antibody = positive, hbv_dna = below 20 [IU]/mL", ELIGIBLE),
    ("hcv_antibody = positive, hcv_rna = detected", "not eligible because E13"),
    ("hcv_antibody = positive, hcv_rna = not_detected", ELIGIBLE),
    ("brain_metastases = untreated", "not eligible because E14"),
    ("brain_metastases = treated, brain_treated = 2026-09-10", ELIGIBLE),
    ("brain_metastases = treated, brain_treated = 2026-09-11", "not eligible because E14"),
    ('judged "other central nervous disease" = met', "not eligible because E15"),
    ("other_cancer = 2024-05-01, other_cancer_kind = other", "not eligible because E16"),
    ("other_cancer = 2023-10-09, other_cancer_kind = other", ELIGIBLE),
    ("eye_findings = (dry_eye, serous_retinopathy)", "not eligible because E18"),
    ("eye_findings = (dry_eye)", ELIGIBLE),
    ("heart_rate = 91 /min, respiration = 21 /min", "not eligible because E19"),
    ("heart_rate = 91 /min, respiration = 20 /min, wbc = missing", "undetermined because E19"),
    ("last_live_vaccine = 2026-09-15", "not eligible because E20"),
    ("steroid_dose = 11 mg/d", "not eligible because E21"),
    ("steroid_dose = missing", ELIGIBLE),
    (treated("kinase_inhibitor | lorlatinib | 2025-02-01 | 2026-06-01 | 1 day | stable"), "not eligible because E22"),
    ("urine_protein = 2, protein_24h = 0.9 g/d", ELIGIBLE),
    ("urine_protein = 2, protein_24h = 1.0 g/d", "not eligible because E23"),
    (PROGRESSED, "not eligible because E24"),
    ("entry = 2\n    given " + PROGRESSED, ELIGIBLE),
]  # fmt: skip

TOXICITY = [
    (event("febrile_neutropenia | 3 | 2026-10-20 | 2026-10-22 | possible"), "dlt because T2"),
    (event("platelet_count_decreased | 4 | 2026-10-20 | 2026-10-22 | definite"), "dlt because T3"),
    (event("platelet_count_decreased | 3 | 2026-10-20 | 2026-10-22 | definite"), "no dlt"),
    (event("rash | 3 | 2026-10-20 | 2026-10-21 | probable"), "dlt because T4"),
    (event("rash | 3 | 2026-10-20 | 2026-10-21 | unlikely"), "no dlt"),
    (event("neutrophil_count_decreased | 4 | 2026-10-25 | 2026-10-31 | probable"), "no dlt"),
    (event("nausea | 3 | 2026-10-20 | 2026-10-25 | probable"), "dlt because T4"),
    (event("respiratory_failure | 5 | 2026-11-08 | 2026-11-08 | possible"), "dlt because T4, T5"),
    (event("respiratory_failure | 5 | 2026-11-09 | 2026-11-09 | possible"), "no dlt"),
    ("adverse_events = none, off_study = 2026-11-01, last_visit = 2026-11-01", "not evaluable"),
]

LIKE = {"screened": BASE, "toxicity": "diarrhoea of grade 3 for two days is no DLT"}
CASES = [("screened", *case) for case in SCREENED] + [("toxicity", *case) for case in TOXICITY]


@cache
def loaded() -> Loaded:
    """The shipped file with every case as one more example; an example that fails is an error of the file."""
    file = find_protocol("kin_204")
    assert file is not None
    lines = [file.read_text("utf-8")]
    for number, (kind, given, then) in enumerate(CASES):
        lines += [f'example "case {number}"', f'    like "{LIKE[kind]}"', f"    given {given}", f"    then {then}", ""]
    return load_text(Source("kin_204 and cases", "\n".join(lines)))


def test_the_cases_can_be_read() -> None:
    assert {"PD358"} >= {error.code for error in loaded().errors}


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: "; ".join(CASES[number]))
def test_a_change_to_the_patient_has_the_consequence_worked_out_by_hand(number: int) -> None:
    assert [] == [error.message for error in loaded().errors if error.message.startswith(f'"case {number}"')]


def test_every_statement_holds_over_all_histories() -> None:
    assert [] == [one for one in protocol_dsl.load("kin_204").verify() if one.holds is not True]
