"""OMOP: what the numbers of the tables stand for, and the forms in which the tables come."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import protocol_dsl
from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.quantity import unit
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Range, Reading, Reason
from protocol_dsl.readers import cdisc, omop_codes
from protocol_dsl.readers.choose import read, translate
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.mapping import read_text
from protocol_dsl.readers.plain import gather
from protocol_dsl.readers.proposal import as_toml, proposal

PROTOCOL: Protocol = protocol_dsl.loads(
    """
protocol "OMOP-1"
    language 1
    uses ctcae 5.0, ucum

moments
    enrolment

data
    sex         : one of female, male
    birth_date  : date
    death_date  : date
    creatinine  : number in mg/dL; with ULN; latest
    ferritin    : number in ug/L; latest
    hiv         : one of positive, negative; latest
    asthma      : yes/no
    medications : list of medication
    conditions  : list of medical_history

inclusion at enrolment
    I1 "Creatinine"
        creatinine at most 1.5 x ULN
"""
).model
Rows = list[dict[str, str]]
PERSONS: Rows = [
    {
        "person_id": "1",
        "gender_concept_id": "8507",
        "year_of_birth": "1980",
        "month_of_birth": "5",
        "day_of_birth": "9",
    },
    {"person_id": "2", "gender_concept_id": "0", "gender_source_value": "F", "year_of_birth": "1990"},
]
CREATININE = {"person_id": "1", "measurement_concept_id": "3016723", "measurement_date": "2026-05-01"}


def tables(**more: Rows) -> Mapping[str, pd.DataFrame]:
    found = {"person": PERSONS, "visit_occurrence": [{"visit_occurrence_id": "1", "person_id": "1"}], **more}
    return {name: pd.DataFrame(rows).fillna("") for name, rows in found.items()}


def reading(mapping: str = "", **cells: str) -> tuple[Reading, Data]:
    """The only reading of a measurement of creatinine."""
    frames = tables(measurement=[{**CREATININE, **cells}])
    data = read(PROTOCOL, frames, read_text(mapping, "mapping.toml"))
    assert data.rows_in == data.rows_used + data.rows_diagnosed + data.rows_aside == 4
    (found,) = data.records[0].readings["creatinine"]
    return found, data


def mg_dl(value: str) -> Fraction:
    known = unit("mg/dL")
    assert known is not None
    return known.in_base(Fraction(value))


def test_persons_have_a_sex_and_as_much_of_a_birthday_as_is_known() -> None:
    data = read(PROTOCOL, tables(death=[{"person_id": "2", "death_date": "2026-01-02"}]))
    one, two = data.records
    assert ["male", "female"] == [record.readings["sex"][0].value for record in data.records]
    assert date(1980, 5, 9) == one.readings["birth_date"][0].value
    assert Range(date(1990, 1, 1), date(1990, 12, 31)) == two.readings["birth_date"][0].value
    assert date(2026, 1, 2) == two.readings["death_date"][0].value
    assert "death_date" not in one.readings
    assert ((), 1) == (data.diagnostics, sum(account.aside.total() for account in data.files))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("number", "concept", "source", "written", "column"),
    [
        ("1.2", "8840", "", "", "value_as_number"),
        ("1.2", "0", "", "mg/dl", "value_as_number"),
        ("1.2", "8840", "1.20000", "mg/dl", "value_source_value"),
        ("1.2", "8840", "106", "umol/L", "value_as_number"),  # limits are in the unit of the number
        ("1.2", "8840", "106", "", "value_as_number"),
        ("", "0", "1.2", "mg/dL", "value_source_value"),
    ],
)
def test_a_result_is_what_the_source_had_unless_it_was_converted(
    number: str, concept: str, source: str, written: str, column: str
) -> None:
    units = {"unit_concept_id": concept, "unit_source_value": written}
    found, data = reading(**units, value_as_number=number, value_source_value=source, range_high="1.3")
    assert (mg_dl("1.2"), mg_dl("1.3"), ()) == (found.value, found.uln, data.diagnostics)
    assert Cell("measurement", 2, column) == found.origin


@pytest.mark.parametrize(
    ("operator", "source", "expected"),
    [
        ("4171756", "", Range(high=mg_dl("0.4"), high_open=True)),
        ("4171754", "0.4", Range(high=mg_dl("0.4"))),
        ("4172704", "", Range(low=mg_dl("0.4"), low_open=True)),
        ("4171755", "", Range(low=mg_dl("0.4"))),
        ("4172703", "", mg_dl("0.4")),
        ("0", "<0.4", Range(high=mg_dl("0.4"), high_open=True)),  # the operator was lost on the way
    ],
)
def test_operators_say_what_is_known_of_a_value(operator: str, source: str, expected: object) -> None:
    cells = {"operator_concept_id": operator, "value_source_value": source, "unit_source_value": "mg/dL"}
    found, data = reading(value_as_number="0.4", unit_concept_id="8840", **cells)
    assert (expected, ()) == (found.value, data.diagnostics)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"operator_concept_id": "4999999", "unit_concept_id": "8840"}, "PD720"),
        ({"unit_concept_id": "4999999"}, "PD722"),
        ({"unit_concept_id": "0"}, "PD721"),
    ],
)
def test_what_no_vocabulary_explains_is_no_value(cells: dict[str, str], code: str) -> None:
    found, data = reading(value_as_number="0.4", **cells)
    assert (Reason.UNREADABLE, [code]) == (found.missing, [one.code for one in data.diagnostics])


def test_a_vocabulary_beside_the_data_explains_them() -> None:
    concepts = [
        {"concept_id": "4999999", "concept_name": "milligram per deciliter", "concept_code": "mg/dL"},
        {"concept_id": "77", "concept_name": "Asthma", "concept_code": "195967001"},
    ]
    rows = [{**CREATININE, "value_as_number": "0.4", "unit_concept_id": "4999999"}]
    conditions = [
        {
            "condition_occurrence_id": "1",
            "person_id": "1",
            "condition_concept_id": "77",
            "condition_source_value": "A1",
        },
        {
            "condition_occurrence_id": "2",
            "person_id": "1",
            "condition_concept_id": "78",
            "condition_source_value": "B 2",
        },
    ]
    data = read(PROTOCOL, tables(concept=concepts, measurement=rows, condition_occurrence=conditions))
    assert mg_dl("0.4") == data.records[0].readings["creatinine"][0].value
    assert ["asthma", "b_2"] == [one.fields["term"].value for one in data.records[0].lists["conditions"]]
    assert data.rows_in == 6  # concepts are no data


def test_items_are_bound_by_concepts_or_by_the_codes_of_the_source() -> None:
    rows = [
        {
            "measurement_id": "1",
            "measurement_concept_id": "0",
            "measurement_source_value": "FERR",
            "value_as_number": "30",
        },
        {"measurement_id": "2", "measurement_concept_id": "555", "value_as_concept_id": "9191"},
    ]
    frames = tables(
        measurement=[{"person_id": "1", "measurement_date": "2026-05-01", **row} for row in rows],
        condition_occurrence=[
            {"person_id": "2", "condition_concept_id": "317009", "condition_start_date": "2020-01-01"}
        ],
    )
    mapping = """
[items.ferritin]
from = "measurement"
source = "FERR"
unit = "ug/L"
[items.hiv]
from = "measurement"
test = 555
values = { 9191 = "positive", 9189 = "negative" }
[items.asthma]
from = "condition_occurrence"
where = { condition_concept_id = 317009 }
value = "yes"
date = "condition_start_date"
"""
    one, two = read(PROTOCOL, frames, read_text(mapping, "mapping.toml")).records
    (ferritin,) = one.readings["ferritin"]
    assert (Fraction(30), "ug/L") == (ferritin.value / unit("ug/L").in_base(Fraction(1)), ferritin.written.split()[1])  # type: ignore[operator, union-attr]
    assert "positive" == one.readings["hiv"][0].value
    assert two.readings["asthma"][0].value is True


def test_an_end_that_was_worked_out_is_no_end() -> None:
    drug = {"person_id": "1", "drug_source_value": "Aspirin", "drug_exposure_start_date": "2026-05-01"}
    rows = [
        {**drug, "drug_exposure_end_date": "2026-05-14", "verbatim_end_date": "2026-05-10"},
        {**drug, "drug_exposure_end_date": "2026-05-15", "verbatim_end_date": ""},
    ]
    first, second = read(PROTOCOL, tables(drug_exposure=rows)).records[0].lists["medications"]
    assert date(2026, 5, 10) == first.fields["end"].value
    assert "end" not in second.fields


@pytest.mark.parametrize("written", ["ibuprofen 100 MG Oral Tablet", "310964.0"])
def test_a_clinical_drug_or_a_code_is_no_drug_until_a_value_set_says_which(written: str) -> None:
    rows = [{"person_id": "1", "drug_source_value": written, "drug_exposure_start_date": "2026-05-01"}]
    data = read(PROTOCOL, tables(drug_exposure=rows))
    assert ["PD761"] == [one.code for one in data.diagnostics]
    assert data.rows_in == data.rows_used + data.rows_diagnosed + data.rows_aside
    assert "drug" not in data.records[0].lists["medications"][0].fields
    said = f'[lists.medications.columns]\ndrug = {{ values = {{ "{written}" = "ibuprofen" }} }}\n'
    (known,) = read(PROTOCOL, tables(drug_exposure=rows), read_text(said, "m.toml")).records[0].lists["medications"]
    assert "ibuprofen" == known.fields["drug"].value


def test_moments_at_midnight_have_no_time() -> None:
    found, _ = reading(value_as_number="1", unit_concept_id="8840", measurement_datetime="2026-05-01T00:00:00")
    assert found.date is not None
    assert date(2026, 5, 1) == found.date.first
    late, data = reading(value_as_number="1", unit_concept_id="8840", measurement_datetime="2026-05-01T14:30:00")
    assert (found.date, ()) == (late.date, data.diagnostics)


def as_files(where: Path, ending: str, frames: Mapping[str, pd.DataFrame]) -> Path:
    if ending == "duckdb":
        path = where / "cdm.duckdb"
        with duckdb.connect(str(path)) as database:
            for name, frame in frames.items():
                frame.to_parquet(where / "one.parquet")
                database.execute(f"create table {name} as from read_parquet('{where}/one.parquet')")
        return path
    for name, frame in frames.items():
        path = where / f"{name.upper()}.{ending}"
        if ending == "parquet":
            frame.to_parquet(path)
        else:
            frame.to_csv(path, index=False, sep="\t" if name == "concept" else ",")
    return where


@pytest.mark.parametrize("ending", ["csv", "parquet", "duckdb"])
def test_the_form_of_the_tables_makes_no_difference(ending: str, tmp_path: Path) -> None:
    frames = tables(
        measurement=[{**CREATININE, "value_as_number": "1.2", "unit_concept_id": "8840", "range_high": "1.25"}],
        condition_occurrence=[{"person_id": "1", "condition_concept_id": "77", "condition_start_date": "2026-01-01"}],
        concept=[{"concept_id": "77", "concept_name": "Asthma", "concept_code": "195967001"}],
        concept_relationship=[{"concept_id_1": "77", "concept_id_2": "78"}],
    )
    path = as_files(tmp_path, ending, frames)
    before = path.read_bytes() if path.is_file() else b""
    found = read(PROTOCOL, path)
    expected = read(PROTOCOL, frames)
    assert [one.patient for one in found.records] == ["1", "2"]
    assert [(mg_dl("1.2"), mg_dl("1.25"))] == [(one.value, one.uln) for one in found.records[0].readings["creatinine"]]
    assert "asthma" == found.records[0].lists["conditions"][0].fields["term"].value
    assert (expected.rows_in, expected.rows_aside, ()) == (found.rows_in, found.rows_aside, found.diagnostics)
    assert before == (path.read_bytes() if path.is_file() else b"")


def test_a_vocabulary_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    as_files(tmp_path, "parquet", tables())
    (tmp_path / "concept.parquet").write_bytes(b"PAR1 rubbish PAR1")
    data = read(PROTOCOL, tmp_path)
    assert ["PD705"] == [one.code for one in data.diagnostics]
    assert 2 == len(data.records)


def test_what_is_proposed_reads_the_same() -> None:
    frames = tables(
        measurement=[{**CREATININE, "value_as_number": "1.2", "unit_concept_id": "8840"}],
        condition_occurrence=[{"person_id": "1", "condition_source_value": "Asthma"}],
    )
    before = read(PROTOCOL, frames)
    reader, translated = translate(PROTOCOL, frames)
    found = proposal(PROTOCOL, reader, translated, gather(PROTOCOL, translated.loaded, translated.origins), {})
    after = read(PROTOCOL, frames, read_text(as_toml(found), "mapping.toml"))
    assert (before.records, before.diagnostics) == (after.records, after.diagnostics)


def test_every_unit_and_every_test_of_the_short_list_is_known() -> None:
    assert [] == [code for code in omop_codes.UNITS.values() if unit(code) is None]
    codes = {code for one in cdisc.tests().values() for code in one.codes}
    assert [] == [code for code in omop_codes.TESTS if code not in codes]
