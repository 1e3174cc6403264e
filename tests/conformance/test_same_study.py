"""One invented study in every form of data: verdicts, gates and DLTs are the same, and those worked out by hand.

Its patients are difficult on purpose: results below a limit, not done, in other units, of ranges that change, twice, in
conflict, or of days that are known in part. What a form cannot carry is declared with its reason.
"""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from attrs import frozen

import protocol_dsl
from protocol_dsl.conduct.dlt import dlt_status
from protocol_dsl.evaluate.decide import decide_gates
from protocol_dsl.readers.choose import read
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.mapping import read_text
from tests import fhir
from tests.conformance.test_reader_faults import (
    as_csv,
    as_database,
    as_dataset,
    as_json,
    as_parquet,
    as_transport,
    as_workbook,
)
from tests.escalation_plans import THREE_PLUS_THREE

TEXT = (
    """
protocol "SAME-2"
    language 1
    uses ctcae 5.0, ucum

moments
    enrolment is day 1
    each_dose is every dose of abc

data
    sex            : one of female, male
    birth_date     : date
    creatinine     : number in mg/dL; of creatinine; with ULN; latest, valid for 14 days
    platelets      : number in 10*9/L; latest
    last_visit     : date
    adverse_events : list of adverse_event; complete to last_visit because "entered at every visit"
    doses          : list of dose

inclusion at enrolment
    I1 "Aged 18 or more"
        completed years from birth_date to enrolment at least 18 years
    I2 "Creatinine at most 1.5 x ULN"
        creatinine at most 1.5 x ULN

exclusion at enrolment
    E1 "Platelets below 100"
        platelets less than 100 10*9/L

gate "Before each dose" at each_dose
    G1 "Platelets recovered"
        platelets at least 50 10*9/L

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    start at level 1

dlt
    window from enrolment through day 28
    attributed possible, probable, definite
    T1 "Grade 3 or worse"
        grade at least 3
    evaluable when followed through day 28 or had_dlt

"""
    + THREE_PLUS_THREE
)
FACE = protocol_dsl.loads(TEXT)
PROTOCOL = FACE.model
LATER = date(2026, 12, 31)


@frozen
class Result:
    item: str
    value: str
    unit: str
    day: str
    uln: str = ""


@frozen
class Event:
    term: str
    grade: str
    start: str
    end: str
    attributed: str


@frozen
class Person:
    name: str
    born: str
    results: tuple[Result, ...]
    doses: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    sex: str = "female"
    enrolment: str = "2026-06-01"
    last_visit: str = "2026-07-31"


def mg(value: str, day: str = "2026-05-28", uln: str = "1.2") -> Result:
    return Result("creatinine", value, "mg/dL", day, uln)


def count(value: str, day: str = "2026-05-28") -> Result:
    return Result("platelets", value, "10*9/L", day)


GOOD = (mg("0.9"), count("200"))
STUDY = {
    "plain": Person("A1", "1970-05-02", GOOD, ("2026-06-01", "2026-06-08")),
    "below a limit": Person("A2", "1970-05-02", (mg("<0.1"), count("200")), sex="male"),
    "not done": Person("A3", "1970-05-02", (mg("0.9"), count(""))),
    "other units, and another range than before": Person(
        "A4",
        "1970-05",
        (mg("3.0", "2026-05-20"), Result("creatinine", "150", "umol/L", "2026-05-29", "100"), count("150")),
    ),
    "in conflict": Person("A5", "1970-05-02", (mg("1.0"), mg("2.5"), count("200"))),
    "twice": Person("A6", "1970-05-02", (mg("2.0"), mg("2.0"), count("200"))),
    "a year of birth": Person("A7", "2008", GOOD),
    "a month of a result": Person("A8", "1970-05-02", (mg("0.9", "2026-05"), count("200"))),
    "held, and a DLT": Person(
        "A9",
        "1970-05-02",
        (*GOOD, count("40", "2026-06-07")),
        ("2026-06-01", "2026-06-08"),
        (Event("Fatigue", "3", "2026-06-05", "2026-06-09", "possible"),),
    ),
    "a month of an event": Person(
        "B1",
        "1970-05-02",
        GOOD,
        ("2026-06-10",),
        (Event("Fatigue", "3", "2026-06", "", "possible"),),
        "male",
        "2026-06-10",
    ),
    "unrelated": Person(
        "B2",
        "1970-05-02",
        GOOD,
        ("2026-06-10",),
        (Event("Fatigue", "4", "2026-06-12", "2026-06-20", "unrelated"),),
        "male",
        "2026-06-10",
    ),
}

EXPECTED: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    # verdict, the criteria that bar or are open, the gates at each dose, the DLT status (of who had no event, "no")
    "A1": ("eligible", (), ("may proceed", "may proceed"), "no"),
    "A2": ("eligible", (), (), "no"),  # less than 0.1 is less than 1.8
    "A3": ("undetermined", ("E1",), (), "no"),
    "A4": ("eligible", (), (), "no"),  # 150 is 1.5 times 100; the 3.0 of before is not the latest
    "A5": ("undetermined", ("I2",), (), "no"),  # 1.0 is below 1.8 and 2.5 above
    "A6": ("ineligible", ("I2",), (), "no"),  # 2.0 is above 1.8
    "A7": ("undetermined", ("I1",), (), "no"),  # 17 or 18
    "A8": ("undetermined", ("I2",), (), "no"),  # valid from 18 May on, and it may have been earlier
    "A9": ("eligible", (), ("may proceed", "hold"), "yes"),
    "B1": ("eligible", (), ("may proceed",), "needs adjudication"),  # before 10 June, or on a day after it
    "B2": ("eligible", (), ("may proceed",), "no"),
}

Rows = list[dict[str, str]]
Tables = dict[str, Rows]


# --- the study in each form ---------------------------------------------------------------------------------------


def each(people: list[Person], item: str = "") -> list[tuple[Person, Result]]:
    return [(p, r) for p in people for r in p.results if item in ("", r.item)]


def plain(people: list[Person]) -> Tables:
    done = [(p, r) for p, r in each(people) if r.value]
    return {
        "patients": [
            {"patient": p.name, "sex": p.sex, "birth_date": p.born, "enrolment": p.enrolment}
            | {"last_visit": p.last_visit}
            for p in people
        ],
        "observations": [
            {"patient": p.name, "item": r.item, "value": r.value, "unit": r.unit, "date": r.day, "uln": r.uln}
            for p, r in done
        ],
        "missing": [
            {"patient": p.name, "item": r.item, "reason": "not done", "date": r.day}
            for p, r in each(people)
            if not r.value
        ],
        "adverse_events": [
            {"patient": p.name, "term": e.term, "grade": e.grade, "start": e.start, "end": e.end}
            | {"attributed": e.attributed}
            for p in people
            for e in p.events
        ],
        "doses": [
            {"patient": p.name, "product": "abc", "date": day, "amount": "50", "unit": "mg"}
            for p in people
            for day in p.doses
        ],
    }


RELATED = {"possible": "POSSIBLE", "unrelated": "NOT RELATED"}


def sdtm(people: list[Person]) -> Tables:
    tests = {"creatinine": "CREAT", "platelets": "PLAT"}
    return {
        "dm": [
            {"USUBJID": p.name, "SEX": p.sex[0].upper(), "BRTHDTC": p.born, "RFPENDTC": p.last_visit} for p in people
        ],
        "ds": [{"USUBJID": p.name, "DSDECOD": "ENROLLED", "DSSTDTC": p.enrolment} for p in people],
        "lb": [
            {"USUBJID": p.name, "LBSEQ": str(number), "LBTESTCD": tests[r.item], "LBORRES": r.value, "LBDTC": r.day}
            | {"LBORRESU": r.unit if r.value else "", "LBORNRHI": r.uln, "LBSTAT": "" if r.value else "NOT DONE"}
            for number, (p, r) in enumerate(each(people))
        ],
        "ae": events(people),
        "ex": doses(people),
    }


def events(people: list[Person]) -> Rows:
    return [
        {"USUBJID": p.name, "AEDECOD": e.term.upper(), "AETOXGR": e.grade, "AESTDTC": e.start, "AEENDTC": e.end}
        | {"AEREL": RELATED[e.attributed]}
        for p in people
        for e in p.events
    ]


def doses(people: list[Person]) -> Rows:
    return [
        {"USUBJID": p.name, "EXTRT": "ABC", "EXDOSE": "50", "EXDOSU": "mg", "EXSTDTC": day}
        for p in people
        for day in p.doses
    ]


def adam(people: list[Person]) -> Tables:
    named = {"creatinine": ("CREAT", "Creatinine"), "platelets": ("PLAT", "Platelets")}
    return {
        "adsl": [
            {
                "USUBJID": p.name,
                "SEX": p.sex[0].upper(),
                "BRTHDTC": p.born,
                "ENRLDT": p.enrolment,
                "LSTDT": p.last_visit,
            }
            for p in people
        ],
        "adlb": [
            {"USUBJID": p.name, "PARAMCD": named[r.item][0], "PARAM": f"{named[r.item][1]} ({r.unit})", "ANRHI": r.uln}
            | ({"AVALC": r.value, "AVAL": ""} if r.value[:1] == "<" else {"AVALC": "", "AVAL": r.value})
            | {"LBDTC": r.day, "ADT": r.day if len(r.day) == len("YYYY-MM-DD") else ""}
            for p, r in each(people)
        ],
        "adae": events(people),
        "adex": doses(people),
    }


def omop(people: list[Person]) -> Tables:
    concepts = {"creatinine": "3016723", "platelets": "3024929"}
    units = {"mg/dL": "8840", "umol/L": "8749", "10*9/L": "9444"}
    found = enumerate(each(people))
    taken = [(p, day) for p in people for day in p.doses]
    ill = [(p, e) for p in people for e in p.events]
    return {
        "person": [
            {"person_id": p.name, "gender_concept_id": "8532" if p.sex == "female" else "8507"}
            | dict(
                zip(("year_of_birth", "month_of_birth", "day_of_birth"), [*p.born.split("-"), "", ""][:3], strict=True)
            )
            for p in people
        ],
        "observation_period": [
            {"observation_period_id": p.name, "person_id": p.name, "observation_period_start_date": p.enrolment}
            | {"observation_period_end_date": p.last_visit}
            for p in people
        ],
        "measurement": [
            {"measurement_id": str(number), "person_id": p.name, "measurement_concept_id": concepts[r.item]}
            | {"measurement_date": r.day, "value_as_number": r.value.lstrip("<"), "range_high": r.uln}
            | {"operator_concept_id": "4171756" if r.value[:1] == "<" else "0", "unit_concept_id": units[r.unit]}
            for number, (p, r) in found
        ],
        "condition_occurrence": [
            {"condition_occurrence_id": str(number), "person_id": p.name, "condition_source_value": e.term.upper()}
            | {"condition_start_date": e.start, "condition_end_date": e.end, "stop_reason": e.attributed}
            | {"condition_status_source_value": e.grade}
            for number, (p, e) in enumerate(ill)
        ],
        "drug_exposure": [
            {"drug_exposure_id": str(number), "person_id": p.name, "drug_source_value": "ABC", "quantity": "50"}
            | {"drug_exposure_start_date": day, "drug_exposure_end_date": day, "dose_unit_source_value": "mg"}
            for number, (p, day) in enumerate(taken)
        ],
    }


FIELDS = (  # name, instrument, type, label, choices, validation
    ("record_id", "start", "text", "Record", "", ""),
    ("sex", "start", "radio", "Sex", "1, Female | 2, Male", ""),
    ("birth_date", "start", "text", "Born", "", ""),
    ("enrolment", "start", "text", "Enrolled", "", ""),
    ("last_visit", "start", "text", "Last visit", "", ""),
    ("creatinine", "chemistry", "text", "Creatinine", "", ""),
    ("creatinine_unit", "chemistry", "dropdown", "Unit", "1, mg/dL | 2, umol/L", ""),
    ("creatinine_uln", "chemistry", "text", "ULN", "", ""),
    ("creatinine_date", "chemistry", "text", "Day", "", ""),
    ("platelets", "blood", "text", "Platelets", "", ""),
    ("platelets_unit", "blood", "text", "Unit", "", ""),
    ("platelets_date", "blood", "text", "Day", "", ""),
    ("ae_term", "adverse_events", "text", "Event", "", ""),
    ("ae_grade", "adverse_events", "text", "Grade", "", ""),
    ("ae_start", "adverse_events", "text", "Start", "", ""),
    ("ae_end", "adverse_events", "text", "End", "", ""),
    ("ae_attributed", "adverse_events", "dropdown", "Related", "0, Unrelated | 2, Possible", ""),
    ("dose_product", "doses", "text", "Product", "", ""),
    ("dose_date", "doses", "text", "Day", "", ""),
    ("dose_amount", "doses", "text", "Amount", "", ""),
    ("dose_unit", "doses", "text", "Unit", "", ""),
)
ABOUT = (
    "field_name", "form_name", "field_type", "field_label", "select_choices_or_calculations",
    "text_validation_type_or_show_slider_number",
)  # fmt: skip


def redcap(people: list[Person]) -> Tables:
    rows: Rows = [
        {"record_id": p.name, "sex": "1" if p.sex == "female" else "2", "birth_date": p.born}
        | {"enrolment": p.enrolment, "last_visit": p.last_visit}
        for p in people
    ]
    for p in people:
        told: list[tuple[str, dict[str, str]]] = [
            ("chemistry", {"creatinine": r.value, "creatinine_uln": r.uln, "creatinine_date": r.day}
             | {"creatinine_unit": "2" if r.unit == "umol/L" else "1"})
            if r.item == "creatinine"
            else ("blood", {"platelets": r.value or "not done", "platelets_unit": r.unit, "platelets_date": r.day})
            for r in p.results
        ]  # fmt: skip
        told += [
            ("adverse_events", {"ae_term": e.term, "ae_grade": e.grade, "ae_start": e.start, "ae_end": e.end}
             | {"ae_attributed": {"possible": "2", "unrelated": "0"}[e.attributed]})
            for e in p.events
        ]  # fmt: skip
        told += [
            ("doses", {"dose_product": "abc", "dose_date": day, "dose_amount": "50", "dose_unit": "mg"})
            for day in p.doses
        ]
        for number, (instrument, cells) in enumerate(told, start=1):
            place = {"redcap_repeat_instrument": instrument, "redcap_repeat_instance": str(number)}
            rows.append({"record_id": p.name, **place, **cells})
    columns = ("redcap_repeat_instrument", "redcap_repeat_instance", *(name for name, *_ in FIELDS))
    dictionary = [dict(zip(ABOUT, one, strict=True)) for one in FIELDS]
    return {"dictionary": dictionary, "data": [{**dict.fromkeys(columns, ""), **row} for row in rows]}


def resources(people: list[Person]) -> list[fhir.Json]:
    found: list[fhir.Json] = []
    for p in people:
        found.append({"resourceType": "Patient", "id": p.name, "gender": p.sex, "birthDate": p.born})
        period = {"start": p.enrolment, "end": p.last_visit}
        found.append(fhir.about("ResearchSubject", p.name, status="on-study", period=period))
        found += [
            fhir.observation(p.name, r.item, r.value, r.unit, r.day, r.uln)
            if r.value
            else {**fhir.observation(p.name, r.item, "", "", r.day), "status": "cancelled"}
            for r in p.results
        ]
        found += [
            fhir.event(p.name, e.term, e.grade, e.start, e.end, {"unrelated": "not"}.get(e.attributed, e.attributed))
            for e in p.events
        ]
        given = {"dose": {"value": 50, "system": fhir.UCUM, "code": "mg"}}
        found += [
            fhir.about(
                "MedicationAdministration", p.name, status="completed", effectiveDateTime=day, dosage=given,
                medicationCodeableConcept={"text": "Abc"},
            )
            for day in p.doses
        ]  # fmt: skip
    return found


MAPPINGS = {
    "sdtm": '[items]\nlast_visit = "DM.RFPENDTC"\n',
    "adam": '[items]\nlast_visit = "ADSL.LSTDT"\n',
    "omop": """
[moments]
enrolment = "observation_period.observation_period_start_date"
[items]
last_visit = "observation_period.observation_period_end_date"
[lists.adverse_events]
from = "condition_occurrence"
[lists.adverse_events.columns]
term = "condition_source_value"
start = "condition_start_date"
end = "condition_end_date"
grade = "condition_status_source_value"
attributed = "stop_reason"
[lists.doses]
from = "drug_exposure"
[lists.doses.columns]
product = "drug_source_value"
date = "drug_exposure_start_date"
amount = "quantity"
unit = "dose_unit_source_value"
""",
    "redcap": """
[lists.doses.columns]
product = "dose_product"
date = "dose_date"
amount = "dose_amount"
unit = "dose_unit"
""",
    "fhir": """
[moments]
enrolment = "ResearchSubject.period.start"
[items]
last_visit = "ResearchSubject.period.end"
[lists.adverse_events.columns]
attributed = { values = { not = "unrelated" } }
""",
}

Write = Callable[[Path, list[Person]], None]


def tables(form: Callable[[list[Person]], Tables], writer: Callable[[Path, dict[str, pd.DataFrame]], None]) -> Write:
    def write(folder: Path, people: list[Person]) -> None:
        found = form(people)
        writer(folder, {name: pd.DataFrame(rows).fillna("") for name, rows in found.items() if rows})

    return write


def as_bundle(folder: Path, people: list[Person]) -> None:
    fhir.as_bundle(folder / "all.json", resources(people))


def as_bulk(folder: Path, people: list[Person]) -> None:
    fhir.as_lines(folder, resources(people))


FORMS: Mapping[str, Write] = {
    "plain csv": tables(plain, as_csv),
    "plain json": tables(plain, as_json),
    "plain xlsx": tables(plain, as_workbook),
    "plain parquet": tables(plain, as_parquet),
    "plain duckdb": tables(plain, as_database),
    "sdtm csv": tables(sdtm, as_csv),
    "sdtm xpt": tables(sdtm, as_transport),
    "sdtm dataset-json": tables(sdtm, as_dataset),
    "sdtm parquet": tables(sdtm, as_parquet),
    "adam csv": tables(adam, as_csv),
    "redcap csv": tables(redcap, as_csv),
    "omop csv": tables(omop, as_csv),
    "omop duckdb": tables(omop, as_database),
    "fhir bundle": as_bundle,
    "fhir bulk": as_bulk,
}
GAPS: Mapping[tuple[str, str], str] = {
    ("adam", "not done"): "ADaM has analysis values, and no status of what was not done",
    ("omop", "not done"): "OMOP records what was measured, and nothing of what was not",
}
"""What a form cannot carry, and why; the patient is then undetermined too, for another reason."""


def outcome(data: Data) -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...], str]]:
    found = {}
    for record in data.records:
        verdict = FACE.screen(record, as_of=LATER)
        gates = tuple(one.passage.value for one in decide_gates(PROTOCOL, record, LATER) if one.recorded)
        status = dlt_status(PROTOCOL, record, LATER)
        because = tuple(verdict.because) if verdict.verdict.value != "eligible" else ()
        found[record.patient] = (verdict.verdict.value, because, gates, status.status.value if status else "")
    return found


def kept(form: str, folder: Path) -> Data:
    FORMS[form](folder, list(STUDY.values()))
    said = MAPPINGS.get(form.split(maxsplit=1)[0])
    return read(PROTOCOL, folder, read_text(said, "mapping.toml") if said else None)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_study_comes_to_the_same(form: str, tmp_path: Path) -> None:
    data = kept(form, tmp_path)
    assert () == data.unread
    assert dict(EXPECTED) == outcome(data)
    assert data.rows_in == data.rows_used + data.rows_diagnosed + data.rows_aside


@pytest.mark.parametrize("form", [form for form in FORMS if (form.split()[0], "not done") not in GAPS])
def test_what_was_not_done_is_missing_for_that_reason(form: str, tmp_path: Path) -> None:
    record = next(one for one in kept(form, tmp_path).records if one.patient == STUDY["not done"].name)
    assert ["not done"] == [one.missing for one in record.readings["platelets"]]


@pytest.mark.parametrize("form", FORMS)
def test_a_row_that_repeats_another_is_said(form: str, tmp_path: Path) -> None:
    said = [one.code for one in kept(form, tmp_path).diagnostics]
    assert ["PD730"] == [one for one in said if one == "PD730"]
