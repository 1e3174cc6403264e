"""Every reader on the shelf: the same patients, written in each form of data, make the same records."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

import protocol_dsl
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Record
from protocol_dsl.readers.choose import read, readers
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.mapping import MappingFile, read_text
from tests import fhir
from tests.xport import from_frame

TEXT = """
protocol "SAME-1"
    language 1
    uses ctcae 5.0, ucum

moments
    randomisation

data
    sex            : one of female, male
    creatinine     : number in mg/dL; with ULN; latest
    weight         : number in kg; latest
    adverse_events : list of adverse_event

inclusion at randomisation
    I1 "Creatinine at most 1.5 x ULN"
        creatinine at most 1.5 x ULN

exclusion at randomisation
    E1 "Less than 40 kg"
        weight less than 40 kg
    E2 "Any fever"
        any adverse_events where (term is fever and grade at least 2)
"""
PROTOCOL: Protocol = protocol_dsl.loads(TEXT).model


@frozen
class Result:
    item: str
    value: str
    unit: str
    date: str
    uln: str


@frozen
class Fever:
    grade: str
    start: str
    attributed: str


@frozen
class Patient:
    name: str
    sex: str
    randomisation: str
    results: tuple[Result, ...]
    events: tuple[Fever, ...]


DAYS = st.dates(min_value=pd.Timestamp("2026-01-01").date(), max_value=pd.Timestamp("2026-12-31").date())
WRITTEN = DAYS.flatmap(lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))
NUMBERS = st.integers(4, 90).map(lambda tenths: f"{tenths // 10}.{tenths % 10}")
RESULTS = st.one_of(
    st.builds(Result, st.just("creatinine"), NUMBERS, st.just("mg/dL"), WRITTEN, st.sampled_from(["", "1.2"])),
    st.builds(Result, st.just("weight"), st.integers(30, 120).map(str), st.just("kg"), WRITTEN, st.just("")),
    st.builds(Result, st.just("creatinine"), st.just("<0.4"), st.just("mg/dL"), WRITTEN, st.just("1.2")),
)
EVENTS = st.builds(Fever, st.sampled_from("12345"), WRITTEN, st.sampled_from(["possible", "unrelated", ""]))
PATIENTS = st.lists(
    st.builds(
        Patient,
        st.sampled_from(["P1", "P2", "P3"]),
        st.sampled_from(["female", "male"]),
        DAYS.map(str),
        st.lists(RESULTS, max_size=4, unique=True).map(tuple),
        st.lists(EVENTS, max_size=3, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one.name,
)
Rows = list[dict[str, str]]


def plain(patients: list[Patient]) -> Mapping[str, Rows]:
    return {
        "patients": [{"patient": p.name, "sex": p.sex, "randomisation": p.randomisation} for p in patients],
        "observations": [
            {"patient": p.name, "item": r.item, "value": r.value, "unit": r.unit, "date": r.date, "uln": r.uln}
            for p in patients
            for r in p.results
        ],
        "adverse_events": [
            {"patient": p.name, "term": "fever", "grade": e.grade, "start": e.start, "attributed": e.attributed}
            for p in patients
            for e in p.events
        ],
    }


def events(patients: list[Patient]) -> Rows:
    rows = [(p.name, e) for p in patients for e in p.events]
    return [
        {
            "USUBJID": name,
            "AEDECOD": "FEVER",
            "AETOXGR": e.grade,
            "AESTDTC": e.start,
            "AEREL": RELATED[e.attributed],
        }
        for name, e in rows
    ]


def sdtm(patients: list[Patient]) -> Mapping[str, Rows]:
    return {
        "dm": [{"USUBJID": p.name, "SEX": p.sex[0].upper()} for p in patients],
        "ds": [{"USUBJID": p.name, "DSDECOD": "RANDOMIZED", "DSSTDTC": p.randomisation} for p in patients],
        "lb": [
            {
                "USUBJID": p.name,
                "LBTESTCD": "CREAT",
                "LBORRES": r.value,
                "LBORRESU": r.unit,
                "LBDTC": r.date,
                "LBORNRHI": r.uln,
            }
            for p in patients
            for r in p.results
            if r.item == "creatinine"
        ],
        "vs": [
            {"USUBJID": p.name, "VSTESTCD": "WEIGHT", "VSORRES": r.value, "VSORRESU": r.unit, "VSDTC": r.date}
            for p in patients
            for r in p.results
            if r.item == "weight"
        ],
        "ae": events(patients),
    }


RELATED = {"possible": "POSSIBLE", "unrelated": "NOT RELATED", "": ""}


def adam(patients: list[Patient]) -> Mapping[str, Rows]:
    parameters = {"creatinine": ("adlb", "CREAT"), "weight": ("advs", "WEIGHT")}
    tables: dict[str, Rows] = {
        "adsl": [{"USUBJID": p.name, "SEX": p.sex[0].upper(), "RANDDT": p.randomisation} for p in patients],
        "adlb": [],
        "advs": [],
        "adae": events(patients),
    }
    for one in patients:
        for r in one.results:
            name, code = parameters[r.item]
            value = {"AVALC": r.value} if r.value[0] == "<" else {"AVAL": r.value, "AVALC": ""}
            row = {"USUBJID": one.name, "PARAMCD": code, "PARAM": f"{r.item} ({r.unit})", "ANRHI": r.uln}
            day = {f"{name[2:].upper()}DTC": r.date, "ADT": r.date if len(r.date) == len("YYYY-MM-DD") else ""}
            tables[name].append({**row, **value, **day})
    return tables


FIELDS = [  # name, instrument, type, label, choices, validation
    ("record_id", "demographics", "text", "Record", "", ""),
    ("sex", "demographics", "radio", "Sex", "1, Female | 2, Male", ""),
    ("randomisation", "demographics", "text", "Day of randomisation", "", "date_dmy"),
    ("creatinine", "chemistry", "text", "Creatinine", "", ""),
    ("creatinine_unit", "chemistry", "dropdown", "Unit", "1, mg/dL | 2, umol/L", ""),
    ("creatinine_uln", "chemistry", "text", "ULN", "", "number_comma_decimal"),
    ("creatinine_date", "chemistry", "text", "Day", "", ""),
    ("weight", "vital_signs", "text", "Weight (kg)", "", "number"),
    ("date_weight", "vital_signs", "text", "Day", "", ""),
    ("ae_term", "adverse_events", "text", "Event", "", ""),
    ("ae_grade", "adverse_events", "radio", "Grade", "a, Grade 1 | b, Grade 2 | c, 3 | d, 4 - severe | e, 5", ""),
    ("ae_start", "adverse_events", "text", "Start", "", ""),
    ("ae_attributed", "adverse_events", "dropdown", "Related", "0, Unrelated | 2, Possible", ""),
]
ABOUT_FIELDS = (
    "field_name", "form_name", "field_type", "field_label", "select_choices_or_calculations",
    "text_validation_type_or_show_slider_number",
)  # fmt: skip
RELATED_CODES = {"possible": "2", "unrelated": "0", "": ""}


def redcap(patients: list[Patient]) -> Mapping[str, Rows]:
    rows: Rows = [
        {"record_id": p.name, "sex": "1" if p.sex == "female" else "2", "randomisation": p.randomisation}
        for p in patients
    ]
    for p in patients:
        for number, r in enumerate(p.results, start=1):
            head = {"record_id": p.name, "redcap_repeat_instance": str(number)}
            if r.item == "weight":
                rows.append(
                    {**head, "redcap_repeat_instrument": "vital_signs", "weight": r.value, "date_weight": r.date}
                )
            else:
                cells = {"creatinine": r.value, "creatinine_unit": "1", "creatinine_date": r.date}
                limit = {"creatinine_uln": r.uln.replace(".", ",")}
                rows.append({**head, "redcap_repeat_instrument": "chemistry", **cells, **limit})
        for number, e in enumerate(p.events, start=1):
            head = {"record_id": p.name, "redcap_repeat_instance": str(number)}
            cells = {"ae_term": "Fever", "ae_grade": " abcde"[int(e.grade)], "ae_start": e.start}
            related = {"ae_attributed": RELATED_CODES[e.attributed]}
            rows.append({**head, "redcap_repeat_instrument": "adverse_events", **cells, **related})
    columns = ("redcap_repeat_instrument", "redcap_repeat_instance", *(name for name, *_ in FIELDS))
    dictionary = [dict(zip(ABOUT_FIELDS, field, strict=True)) for field in FIELDS]
    return {"dictionary": dictionary, "data": [{**dict.fromkeys(columns, ""), **row} for row in rows]}


TESTED = {"creatinine": "3016723", "weight": "3025315"}  # concepts of OMOP
UNITS = {"mg/dL": "8840", "kg": "9529"}


def omop(patients: list[Patient]) -> Mapping[str, Rows]:
    results = [(p.name, r) for p in patients for r in p.results]
    fevers = [(p.name, e) for p in patients for e in p.events]
    return {
        "person": [
            {"person_id": p.name, "gender_concept_id": "8532" if p.sex == "female" else "8507", "year_of_birth": "1980"}
            for p in patients
        ],
        "observation": [
            {"observation_id": str(number), "person_id": p.name, "observation_date": p.randomisation}
            | {"observation_concept_id": "0", "observation_source_value": "RANDOMISED"}
            for number, p in enumerate(patients)
        ],
        "measurement": [
            {"measurement_id": str(number), "person_id": name, "measurement_concept_id": TESTED[r.item]}
            | {"measurement_date": r.date, "value_as_number": r.value.lstrip("<"), "range_high": r.uln}
            | {"operator_concept_id": "4171756" if r.value[0] == "<" else "0", "unit_concept_id": UNITS[r.unit]}
            for number, (name, r) in enumerate(results)
        ],
        "condition_occurrence": [
            {"condition_occurrence_id": str(number), "person_id": name, "condition_source_value": "FEVER"}
            | {"condition_start_date": e.start, "stop_reason": e.attributed, "condition_status_source_value": e.grade}
            for number, (name, e) in enumerate(fevers)
        ],
    }


MAPPINGS = {
    "omop": read_text(
        """
[moments.randomisation]
from = "observation"
where = { observation_source_value = "RANDOMISED" }
column = "observation_date"

[lists.adverse_events]
from = "condition_occurrence"

[lists.adverse_events.columns]
term = "condition_source_value"
start = "condition_start_date"
grade = "condition_status_source_value"
attributed = "stop_reason"
""",
        "mapping.toml",
    )
}


def mapping_of(name: str, tables: Mapping[str, Rows]) -> MappingFile | None:
    """The mapping of a form, without the lists that have no table."""
    found = MAPPINGS.get(name)
    return found and evolve(found, lists={key: one for key, one in found.lists.items() if tables[one["from"]]})


UNUSUAL = {("redcap", "xpt"), ("omop", "xpt")}  # names of columns have 8 letters there
DESCRIBING = {"dictionary"}  # tables that say what the others mean, and are about no patient
WRITERS: Mapping[str, Callable[[list[Patient]], Mapping[str, Rows]]] = {
    "plain": plain,
    "sdtm": sdtm,
    "adam": adam,
    "redcap": redcap,
    "omop": omop,
}
OTHERS = sorted({*WRITERS} - {"plain"})
AS_FILES = {"fhir"}
"""Forms of data that are not tables."""


def frames(tables: Mapping[str, Rows]) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(rows).fillna("") for name, rows in tables.items() if rows}


def read_as(name: str, patients: list[Patient]) -> Data:
    tables = WRITERS[name](patients)
    data = read(PROTOCOL, frames(tables), mapping_of(name, tables))
    assert data.unread == ()
    return data


def bare(record: Record) -> tuple[object, ...]:
    """A record without the order of its entries, and without how they were written."""

    def one(reading: Reading) -> str:
        return repr(evolve(reading, written="", origin=None))

    def event(entry: Event) -> str:
        return repr(sorted((name, one(reading)) for name, reading in entry.fields.items()))

    return (
        record.patient,
        {name: sorted(map(one, found)) for name, found in record.readings.items()},
        {name: sorted(map(event, found)) for name, found in record.lists.items()},
        dict(record.attested),
    )


def verdicts(data: Data) -> list[tuple[str, str, dict[str, str]]]:
    face = protocol_dsl.Protocol(PROTOCOL)
    screened = (face.screen(one, as_of="2026-12-31") for one in data.records)
    return [(one.patient, one.verdict.value, dict(one.criteria)) for one in screened]


def test_every_reader_is_held_against_the_plain_one() -> None:
    assert {*readers()} == {*WRITERS} | AS_FILES


def resources(patients: list[Patient]) -> list[fhir.Json]:
    causes = {"unrelated": "not"}
    return [
        *({"resourceType": "Patient", "id": p.name, "gender": p.sex} for p in patients),
        *(
            fhir.about("ResearchSubject", p.name, status="on-study", period={"start": p.randomisation})
            for p in patients
        ),
        *(fhir.observation(p.name, r.item, r.value, r.unit, r.date, r.uln) for p in patients for r in p.results),
        *(
            fhir.event(p.name, "fever", e.grade, e.start, "", causes.get(e.attributed, e.attributed))
            for p in patients
            for e in p.events
        ),
    ]


OF_FHIR = read_text(
    """
[moments]
randomisation = "ResearchSubject.period.start"
[lists.adverse_events.columns]
attributed = { values = { not = "unrelated" } }
""",
    "mapping.toml",
)


@pytest.mark.parametrize("lines", [False, True])
@given(patients=PATIENTS)
@settings(max_examples=25, deadline=None)
def test_the_same_patients_in_fhir_make_the_same_records_and_verdicts(lines: bool, patients: list[Patient]) -> None:  # noqa: FBT001
    expected, these = read_as("plain", patients), resources(patients)
    with TemporaryDirectory() as folder:
        if lines:
            fhir.as_lines(Path(folder), these)
        else:
            fhir.as_bundle(Path(folder) / "all.json", these)
        found = read(PROTOCOL, Path(folder), OF_FHIR)
    assert [bare(one) for one in expected.records] == [bare(one) for one in found.records]
    assert verdicts(expected) == verdicts(found)
    told = [one.code for one in found.diagnostics if "no AdverseEvent" not in one.message]  # where nobody had one
    assert [one.code for one in expected.diagnostics] == told
    assert (len(these), ()) == (found.rows_in, found.unread)
    assert found.rows_in == found.rows_used + found.rows_diagnosed


@pytest.mark.parametrize("name", OTHERS)
@given(patients=PATIENTS)
@settings(max_examples=40, deadline=None)
def test_the_same_patients_make_the_same_records_and_verdicts(name: str, patients: list[Patient]) -> None:
    expected, found = read_as("plain", patients), read_as(name, patients)
    assert [bare(one) for one in expected.records] == [bare(one) for one in found.records]
    assert verdicts(expected) == verdicts(found)
    assert [one.code for one in expected.diagnostics] == [one.code for one in found.diagnostics]


@pytest.mark.parametrize("name", [*OTHERS, "plain"])
@given(patients=PATIENTS)
@settings(max_examples=20, deadline=None)
def test_every_row_is_used_diagnosed_or_counted_as_not_asked_for(name: str, patients: list[Patient]) -> None:
    tables = {**WRITERS[name](patients), "zz": [{"USUBJID": "P1"}, {"USUBJID": "P9"}]}
    data = read(PROTOCOL, frames(tables), mapping_of(name, tables))
    assert sum(len(rows) for table, rows in tables.items() if table not in DESCRIBING) == data.rows_in
    assert data.rows_in == data.rows_used + data.rows_diagnosed + data.rows_aside
    assert 2 == data.rows_aside + data.rows_diagnosed


ONE = [
    Patient("P1", "female", "2026-06-01", (Result("creatinine", "1.1", "mg/dL", "2026-05-30", "1.2"),), ()),
    Patient(
        "P2", "male", "2026-06-02", (Result("weight", "39", "kg", "2026-05-30", ""),), (Fever("3", "2026-05", ""),)
    ),
]


FORMS = [(name, ending) for name in OTHERS for ending in ("csv", "xpt", "parquet", "json")]


@pytest.mark.parametrize(("name", "ending"), [one for one in FORMS if one not in UNUSUAL])
def test_the_form_of_the_files_makes_no_difference(name: str, ending: str, tmp_path: Path) -> None:
    for table, frame in frames(WRITERS[name](ONE)).items():
        path = tmp_path / f"{table}.{ending}"
        if ending == "csv":
            frame.to_csv(path, index=False)
        elif ending == "parquet":
            frame.to_parquet(path)
        elif ending == "xpt":
            path.write_bytes(from_frame(table.upper(), {column: list(frame[column]) for column in frame.columns}))
        else:
            frame.to_json(path, orient="records")
    assert [bare(one) for one in read_as("plain", ONE).records] == [
        bare(one) for one in read(PROTOCOL, tmp_path, MAPPINGS.get(name)).records
    ]


STONES = '''
"""Stone tablets: a reader that is a file and nothing else."""

from protocol_dsl.readers.reader import Reader, Translated
from protocol_dsl.readers.rows import Loaded, Row, Table


def recognises(place):
    return "stone" in place.names


def translate(protocol, place):
    table = Table("patients", "stone", ("patient", "sex"), (Row(2, ("P7", "female")),))
    return Translated(Loaded((table,)))


reader = Reader("stones", "stone tablets", recognises, translate)
'''


@pytest.fixture
def _one_more_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import protocol_dsl.readers

    (tmp_path / "stones.py").write_text(STONES)
    protocol_dsl.readers.__path__.append(str(tmp_path))
    readers.cache_clear()
    yield
    protocol_dsl.readers.__path__.remove(str(tmp_path))
    readers.cache_clear()
    monkeypatch.delitem(__import__("sys").modules, "protocol_dsl.readers.stones", raising=False)


@pytest.mark.usefixtures("_one_more_reader")
def test_a_file_on_the_shelf_is_all_that_a_reader_needs(tmp_path: Path) -> None:
    place = tmp_path / "study"
    place.mkdir()
    (place / "stone.txt").write_text("P7")
    assert ["P7"] == [one.patient for one in read(PROTOCOL, place).records]
    mapping: MappingFile = read_text('standard = "stones"', "mapping.toml")
    assert ["P7"] == [one.patient for one in read(PROTOCOL, place, mapping).records]
