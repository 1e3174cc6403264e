"""100,000 readings of 500 invented patients in each form of data: rows per second, from the files to the records."""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import protocol_dsl
from protocol_dsl.readers.choose import read

READINGS = 100_000
PATIENTS = 500
PROTOCOL = """
protocol "BENCH-1"
    language 1
    uses ucum

moments
    enrolment

data
    sex        : one of female, male
    creatinine : number in mg/dL; with ULN; latest
    weight     : number in kg; latest

inclusion at enrolment
    I1 "Creatinine at most 1.5 x ULN"
        creatinine at most 1.5 x ULN
    I2 "At least 40 kg"
        weight at least 40 kg
"""

Reading: TypeAlias = tuple[str, str, str, str]
Tables: TypeAlias = Mapping[str, tuple[Sequence[str], Iterable[Sequence[str]]]]
"""The columns and the rows of each table."""


def patient(number: int) -> tuple[str, str]:
    return f"P{number:04}", "female" if number % 2 else "male"


def readings(many: int) -> Iterable[Reading]:
    """Patient, item, day and value; half of each item."""
    for number in range(many):
        name, _ = patient(number % PATIENTS)
        day = f"20{10 + number % 16}-{1 + number % 12:02}-{1 + number % 28:02}"
        item = "weight" if number % 2 else "creatinine"
        yield (
            name,
            item,
            day,
            f"{50 + number % 37}.{number % 11 % 10}" if item == "weight" else f"0.{1 + number % 9}{number % 7}",
        )


def everyone() -> list[tuple[str, str]]:
    return [patient(number) for number in range(PATIENTS)]


# --- the forms ----------------------------------------------------------------------------------------------------


def plain(many: int) -> Tables:
    units = {"creatinine": ("mg/dL", "1.2"), "weight": ("kg", "")}
    rows = ((name, item, day, value, *units[item]) for name, item, day, value in readings(many))
    return {
        "patients": (("patient", "sex"), everyone()),
        "observations": (("patient", "item", "date", "value", "unit", "uln"), rows),
    }


def sdtm(many: int) -> Tables:
    found = list(readings(many))
    results = ("USUBJID", "TESTCD", "ORRES", "ORRESU", "DTC", "ORNRHI")
    lb = [(one[0], "CREAT", one[3], "mg/dL", one[2], "1.2") for one in found if one[1] == "creatinine"]
    vs = [(one[0], "WEIGHT", one[3], "kg", one[2], "") for one in found if one[1] == "weight"]
    return {
        "dm": (("USUBJID", "SEX"), [(name, sex[0].upper()) for name, sex in everyone()]),
        "lb": ([*results[:1], *(f"LB{one}" for one in results[1:])], lb),
        "vs": ([*results[:1], *(f"VS{one}" for one in results[1:])], vs),
    }


def adam(many: int) -> Tables:
    found, columns = list(readings(many)), ("USUBJID", "PARAMCD", "PARAM", "AVAL", "ADT", "ANRHI")
    lb = [(one[0], "CREAT", "Creatinine (mg/dL)", one[3], one[2], "1.2") for one in found if one[1] == "creatinine"]
    vs = [(one[0], "WEIGHT", "Weight (kg)", one[3], one[2], "") for one in found if one[1] == "weight"]
    people = [(name, sex[0].upper()) for name, sex in everyone()]
    return {"adsl": (("USUBJID", "SEX"), people), "adlb": (columns, lb), "advs": (columns, vs)}


def redcap(many: int) -> Tables:
    about = (
        ("record_id", "demographics", "text", "Record", "", ""),
        ("sex", "demographics", "radio", "Sex", "1, Female | 2, Male", ""),
        ("creatinine", "chemistry", "text", "Creatinine (mg/dL)", "", "number"),
        ("creatinine_uln", "chemistry", "text", "Upper limit", "", "number"),
        ("creatinine_date", "chemistry", "text", "On", "", "date_ymd"),
        ("weight", "vital_signs", "text", "Weight (kg)", "", "number"),
        ("weight_date", "vital_signs", "text", "On", "", "date_ymd"),
    )
    head = (
        "field_name", "form_name", "field_type", "field_label", "select_choices_or_calculations",
        "text_validation_type_or_show_slider_number",
    )  # fmt: skip
    columns = ("record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *(one[0] for one in about[1:]))
    rows = [(name, "", "", "1" if sex == "female" else "2", "", "", "", "", "") for name, sex in everyone()]
    for number, (name, item, day, value) in enumerate(readings(many)):
        cells = (value, "1.2", day, "", "") if item == "creatinine" else ("", "", "", value, day)
        rows.append((name, "chemistry" if item == "creatinine" else "vital_signs", str(number), "", *cells))
    return {"dictionary": (head, about), "data": (columns, rows)}


def omop(many: int) -> Tables:
    columns = (
        "measurement_id", "person_id", "measurement_concept_id", "measurement_date", "operator_concept_id",
        "value_as_number", "unit_concept_id", "range_high",
    )  # fmt: skip
    concepts = {"creatinine": ("3016723", "8840", "1.2"), "weight": ("3025315", "9529", "")}
    rows = (
        (str(number), name, concepts[item][0], day, "0", value, *concepts[item][1:])
        for number, (name, item, day, value) in enumerate(readings(many))
    )
    people = [(name, "8532" if sex == "female" else "8507") for name, sex in everyone()]
    return {"person": (("person_id", "gender_concept_id"), people), "measurement": (columns, rows)}


def fhir(where: Path, many: int) -> Path:
    """NDJSON, as a bulk export writes it."""
    loinc = {"creatinine": ("2160-0", "mg/dL"), "weight": ("29463-7", "kg")}
    with (where / "Patient.ndjson").open("w", encoding="utf-8") as file:
        for name, sex in everyone():
            file.write(json.dumps({"resourceType": "Patient", "id": name, "gender": sex}) + "\n")
    with (where / "Observation.ndjson").open("w", encoding="utf-8") as file:
        for number, (name, item, day, value) in enumerate(readings(many)):
            code, unit = loinc[item]
            limits = {"referenceRange": [{"high": {"value": 1.2, "unit": unit, "code": unit}}]}
            resource_ = {
                "resourceType": "Observation",
                "id": f"o{number}",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "subject": {"reference": f"Patient/{name}"},
                "effectiveDateTime": day,
                "valueQuantity": {
                    "value": float(value),
                    "unit": unit,
                    "system": "http://unitsofmeasure.org",
                    "code": unit,
                },
                **(limits if item == "creatinine" else {}),
            }
            file.write(json.dumps(resource_) + "\n")
    return where


# --- the files ----------------------------------------------------------------------------------------------------


def as_csv(tables: Tables, where: Path) -> Path:
    for name, (columns, rows) in tables.items():
        with (where / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)
    return where


def as_parquet(tables: Tables, where: Path) -> Path:
    import pandas as pd

    for name, (columns, rows) in tables.items():
        pd.DataFrame(list(rows), columns=list(columns)).to_parquet(where / f"{name}.parquet")
    return where


def as_json(tables: Tables, where: Path) -> Path:
    for name, (columns, rows) in tables.items():
        objects = [dict(zip(columns, row, strict=True)) for row in rows]
        (where / f"{name}.json").write_text(json.dumps(objects), encoding="utf-8")
    return where


def as_workbook(tables: Tables, where: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, (columns, rows) in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(columns))
        for row in rows:
            sheet.append(list(row))
    book.save(where / "trial.xlsx")
    return where / "trial.xlsx"


def as_database(tables: Tables, where: Path) -> Path:
    import duckdb

    as_parquet(tables, where)
    with duckdb.connect(str(where / "trial.duckdb")) as database:
        for name in tables:
            database.execute(f"create table {name} as from read_parquet('{where / name}.parquet')")
    return where / "trial.duckdb"


FORMS: Mapping[str, Callable[[Path, int], Path]] = {
    "plain, CSV": lambda where, many: as_csv(plain(many), where),
    "plain, Parquet": lambda where, many: as_parquet(plain(many), where),
    "plain, JSON": lambda where, many: as_json(plain(many), where),
    "plain, DuckDB": lambda where, many: as_database(plain(many), where),
    "plain, Excel": lambda where, many: as_workbook(plain(many), where),
    "SDTM, CSV": lambda where, many: as_csv(sdtm(many), where),
    "ADaM, CSV": lambda where, many: as_csv(adam(many), where),
    "REDCap, CSV": lambda where, many: as_csv(redcap(many), where),
    "OMOP, CSV": lambda where, many: as_csv(omop(many), where),
    "OMOP, Parquet": lambda where, many: as_parquet(omop(many), where),
    "OMOP, DuckDB": lambda where, many: as_database(omop(many), where),
    "FHIR, NDJSON": fhir,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=READINGS)
    many: int = parser.parse_args().readings
    protocol = protocol_dsl.loads(PROTOCOL).model
    for form, write in FORMS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = write(Path(folder), many)
            start = time.process_time()
            data = read(protocol, path)
            seconds = time.process_time() - start
        entries = sum(len(each) for one in data.records for each in one.readings.values()) - PATIENTS
        if data.unread or entries != many:
            sys.exit(f"{form}: {entries} of {many} readings; {[one.message for one in data.diagnostics[:3]]}")
        print(f"{form:16}{data.rows_in:>9,} rows{seconds:>8.2f} s{data.rows_in / seconds:>11,.0f} rows/s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
