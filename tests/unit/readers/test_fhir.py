"""FHIR R4: what each element of a resource means for a record, in cases worked out by hand from the standard."""

import gzip
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import protocol_dsl
from protocol_dsl.base.shipped import shipped
from protocol_dsl.model.record import Range, Reading, Reason, Record
from protocol_dsl.readers.choose import read, translate
from protocol_dsl.readers.data import Data
from protocol_dsl.readers.fhir_paths import is_of_loinc
from protocol_dsl.readers.mapping import read_text
from protocol_dsl.readers.proposal import as_toml, proposal

TEXT = """
protocol "FHIR-1"
    language 1
    uses ctcae 5.0, ucum

moments
    enrolment

data
    sex             : one of female, male
    birth_date      : date
    creatinine      : number in mg/dL; with ULN; latest
    systolic_bp     : number in mm[Hg]; latest
    ecog            : number; latest
    hepatitis_b     : one of positive, negative
    adverse_events  : list of adverse_event
    medications     : list of medication
    medical_history : list of medical_history
    procedures      : list of procedure
    doses           : list of dose

inclusion at enrolment
    I1 "Creatinine at most 1.5 x ULN"
        creatinine at most 1.5 x ULN

exclusion at enrolment
    E1 "Itraconazole at any time"
        any medications where (drug is itraconazole)
"""
FACE = protocol_dsl.loads(TEXT)
PROTOCOL = FACE.model
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
Json = dict[str, Any]
ANNA: Json = {"resourceType": "Patient", "id": "P1", "gender": "female", "birthDate": "1970-05"}


def coded(code: str, system: str = LOINC, **more: str) -> Json:
    return {"coding": [{"system": system, "code": code, **more}]}


def mg(value: float | str, **more: Any) -> Json:  # noqa: ANN401 - parts of a Quantity
    return {"value": value, "unit": "mg/dl", "system": UCUM, "code": "mg/dL", **more}


def creatinine(**more: Any) -> Json:  # noqa: ANN401 - elements of an Observation
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded("2160-0"),
        "subject": {"reference": "Patient/P1"},
        "effectiveDateTime": "2026-05-30",
        "valueQuantity": mg(1.1),
        **more,
    }


def bundle(*resources: Any, **more: Any) -> Json:  # noqa: ANN401 - whatever stands in a bundle
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources], **more}


def kept(folder: Path, held: object, mapping: str = "") -> Data:
    (folder / "all.json").write_text(json.dumps(held), encoding="utf-8")
    data = read(PROTOCOL, folder, read_text(mapping, "mapping.toml"))
    assert data.rows_in == data.rows_used + data.rows_diagnosed + data.rows_aside
    return data


def record(folder: Path, *resources: Json, mapping: str = "") -> Record:
    data = kept(folder, bundle(ANNA, *resources), mapping)
    assert data.unread == ()
    return data.records[0]


def one(folder: Path, item: str, *resources: Json) -> Reading:
    (found,) = record(folder, *resources).readings[item]
    return found


def codes(data: Data) -> list[str]:
    return [each.code for each in data.diagnostics]


def fields(folder: Path, name: str, *resources: Json, mapping: str = "") -> list[dict[str, str]]:
    events = record(folder, *resources, mapping=mapping).lists.get(name, ())
    return [{field: each.written for field, each in event.fields.items() if each.written} for event in events]


# --- observations -------------------------------------------------------------------------------------------------


def test_a_quantity_is_its_number_as_written_in_its_ucum_unit(tmp_path: Path) -> None:
    found = one(tmp_path, "creatinine", creatinine(referenceRange=[{"low": mg(0.5), "high": mg(1.2)}]))
    assert ("1.1 mg/dL", Fraction(11, 12)) == (found.written, found.value / found.uln)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("comparator", "expected"), [("<", "< 0.1"), ("<=", "<= 0.1"), (">", "> 0.1"), (">=", ">= 0.1")]
)
def test_a_comparator_is_what_is_known_of_the_value(comparator: str, expected: str, tmp_path: Path) -> None:
    found = one(tmp_path, "creatinine", creatinine(valueQuantity=mg(0.1, comparator=comparator)))
    value = found.value
    assert isinstance(value, Range)
    assert (value.low is None, value.high is None) == (expected[0] == "<", expected[0] == ">")
    assert (value.low_open if value.high is None else value.high_open) == (len(comparator) == 1)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "cancelled"}, Reason.NOT_DONE),
        ({"status": "preliminary"}, Reason.PENDING),
        ({"status": "registered"}, Reason.PENDING),
        ({"status": "unknown"}, Reason.UNREADABLE),
        ({"status": "amended"}, None),
        ({"status": "corrected"}, None),
        ({"valueQuantity": None, "dataAbsentReason": coded("not-performed", "absent")}, Reason.NOT_DONE),
        ({"valueQuantity": None, "dataAbsentReason": coded("asked-declined", "absent")}, Reason.REFUSED),
        ({"valueQuantity": None, "dataAbsentReason": coded("temp-unknown", "absent")}, Reason.PENDING),
        ({"valueQuantity": None, "dataAbsentReason": coded("error", "absent")}, Reason.UNREADABLE),
        ({"valueQuantity": None, "dataAbsentReason": coded("masked", "absent")}, Reason.NOT_COLLECTED),
        ({"valueQuantity": None}, Reason.NOT_COLLECTED),
        ({"dataAbsentReason": coded("not-performed", "absent")}, Reason.UNREADABLE),  # obs-6: never both
        ({"modifierExtension": [{"url": "http://x/not", "valueBoolean": True}]}, Reason.UNREADABLE),
        ({"valueString": "1.1"}, Reason.UNREADABLE),  # two values
        ({"valueQuantity": {"value": "1.1", "code": "mg/dL", "system": UCUM}}, Reason.UNREADABLE),  # a text
        ({"valueQuantity": {"unit": "mg/dL"}}, Reason.UNREADABLE),
        ({"valueQuantity": mg(1.1, comparator="~")}, Reason.UNREADABLE),
        ({"valueQuantity": mg(10**400)}, Reason.UNREADABLE),
    ],
)
def test_why_there_is_no_value(more: Json, reason: Reason | None, tmp_path: Path) -> None:
    resource = {key: value for key, value in creatinine(**more).items() if value is not None}
    found = one(tmp_path, "creatinine", resource)
    assert (reason, "2026-05-30") == (found.missing, found.date and found.date.first.isoformat())
    assert (found.value is None) is (reason is not None)


def test_what_was_entered_in_error_is_counted_and_no_data(tmp_path: Path) -> None:
    data = kept(tmp_path, bundle(ANNA, creatinine(status="entered-in-error"), {
        "resourceType": "Condition", "subject": {"reference": "Patient/P1"}, "code": {"text": "Gout"},
        "verificationStatus": coded("entered-in-error", "status")}))  # fmt: skip
    assert {"entered in error": 2} == dict(data.files[0].aside)
    assert ({}, {}) == (data.records[0].readings.get("creatinine", {}), data.records[0].lists)


@pytest.mark.parametrize(
    ("more", "first", "last"),
    [
        ({"effectiveDateTime": "2026-05"}, "2026-05-01", "2026-05-31"),
        ({"effectiveDateTime": "2026"}, "2026-01-01", "2026-12-31"),
        ({"effectiveDateTime": "2026-05-30T23:10:00.250+02:00"}, "2026-05-30", "2026-05-30"),
        ({"effectiveInstant": "2026-05-30T23:10:00Z"}, "2026-05-30", "2026-05-30"),
        ({"effectivePeriod": {"start": "2026-05-01", "end": "2026-05-03"}}, "2026-05-01", "2026-05-03"),
        ({"effectivePeriod": {"start": "2026-05-01"}}, None, None),
        ({}, None, None),
    ],
)
def test_the_day_is_known_as_far_as_it_is_written(
    more: Json, first: str | None, last: str | None, tmp_path: Path
) -> None:
    resource = {key: value for key, value in creatinine().items() if key != "effectiveDateTime"}
    day = one(tmp_path, "creatinine", {**resource, **more, "issued": "2026-06-09T10:00:00Z"}).date
    assert (first, last) == ((day.first.isoformat(), day.last.isoformat()) if day else (None, None))


def test_a_limit_in_another_unit_is_converted_and_that_of_a_treatment_is_none(tmp_path: Path) -> None:
    umol = {"value": 12, "unit": "mg/L", "system": UCUM, "code": "mg/L"}
    aim = {"type": coded("treatment", "range"), "high": mg(9)}
    found = one(tmp_path, "creatinine", creatinine(referenceRange=[aim, {"high": umol}]))
    assert Fraction(11, 12) == found.value / found.uln  # type: ignore[operator]


def test_of_several_ranges_that_differ_none_is_taken(tmp_path: Path) -> None:
    data = kept(tmp_path, bundle(ANNA, creatinine(referenceRange=[{"high": mg(1.2)}, {"high": mg(1.3)}])))
    (found,) = data.records[0].readings["creatinine"]
    assert (None, Fraction(11)) == (found.uln, found.value)
    assert ["PD720"] == codes(data)


def test_components_are_results_of_their_own(tmp_path: Path) -> None:
    pressure = {
        "resourceType": "Observation", "status": "final", "code": coded("85354-9"),
        "subject": {"reference": "Patient/P1"}, "effectiveDateTime": "2026-05-30",
        "component": [
            {"code": coded("8480-6"), "valueQuantity": {"value": 120, "code": "mm[Hg]", "system": UCUM}},
            {"code": coded("8462-4"), "valueQuantity": {"value": 80, "code": "mm[Hg]", "system": UCUM}},
        ],
    }  # fmt: skip
    assert "120 mm[Hg]" == one(tmp_path, "systolic_bp", pressure).written


def test_a_coded_value_is_read_by_its_code_too(tmp_path: Path) -> None:
    hepatitis = creatinine(
        code=coded("HBV", "local"), valueCodeableConcept=coded("260385009", "sct", display="Negative (qualifier)")
    )
    del hepatitis["valueQuantity"]
    entry = '[items.hepatitis_b]\nfrom = "Observation"\ntest = "local|HBV"\nvalues = { "sct|260385009" = "negative" }'
    (found,) = record(tmp_path, hepatitis, mapping=entry).readings["hepatitis_b"]
    assert "negative" == found.value
    short = record(tmp_path, creatinine(code=coded("KREA", "lab")), mapping='items.creatinine = "Observation.KREA"')
    assert "1.1 mg/dL" == short.readings["creatinine"][0].written


def test_codes_of_other_systems_are_not_those_of_loinc(tmp_path: Path) -> None:
    assert {} == {
        k: v
        for k, v in record(tmp_path, creatinine(code=coded("2160-0", "local"))).readings.items()
        if k == "creatinine"
    }


@pytest.mark.parametrize(("code", "counts"), [("2160-0", True), ("2160-1", False), ("KREA", False)])
def test_a_code_that_only_loinc_has_needs_no_system(code: str, counts: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """2160 from the right, the first and every second doubled: 0 + 6 + 2 + 2 is ten, so that the check digit is 0."""
    bare = {"coding": [{"code": code}]}
    assert counts is ("creatinine" in record(tmp_path, creatinine(code=bare)).readings)


def test_every_code_of_loinc_that_ships_has_its_check_digit() -> None:
    told = (shipped("protocols") / "library" / "loinc_tests.tsv").read_text(encoding="utf-8").splitlines()
    listed = [code for line in told if line[0].isdigit() for code in line.split("\t")[0].split()]
    assert len(listed) > 40
    assert [code for code in listed if not is_of_loinc(code)] == []


@pytest.mark.parametrize("kind", ["N/A", "Adverse Event", "observation"])
def test_a_kind_of_resource_that_there_is_not_is_told(kind: str, tmp_path: Path) -> None:
    data = kept(tmp_path, bundle(ANNA, creatinine(resourceType=kind)))
    assert "PD760" in codes(data)
    assert data.unread


@pytest.mark.parametrize(
    "more",
    [
        {"subject": {"reference": "Group/1"}},
        {"focus": [{"reference": "RelatedPerson/baby"}]},
    ],
)
def test_what_is_about_somebody_else_is_set_aside(more: Json, tmp_path: Path) -> None:
    data = kept(tmp_path, bundle(ANNA, creatinine(**more)))
    assert (1, 1, 0) == (data.rows_used, data.rows_aside, data.rows_diagnosed)


def test_what_names_the_patient_twice_is_about_the_patient(tmp_path: Path) -> None:
    one = creatinine()
    data = kept(tmp_path, bundle(ANNA, {**one, "focus": [one["subject"]]}))
    assert (2, 0, 0) == (data.rows_used, data.rows_aside, data.rows_diagnosed)


# --- who is meant -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Patient/P1"},
        {"reference": "Patient/P1/_history/3"},
        {"reference": "http://server/fhir/Patient/P1"},
        {"reference": "urn:uuid:0a"},
        {"identifier": {"system": "hospital", "value": "77"}},
    ],
)
def test_references_find_the_patient(reference: Json, tmp_path: Path) -> None:
    anna = {**ANNA, "identifier": [{"system": "hospital", "value": "77"}]}
    held = bundle(anna, creatinine(subject=reference))
    held["entry"][0]["fullUrl"] = "urn:uuid:0a"
    data = kept(tmp_path, held)
    assert ["P1"] == [each.patient for each in data.records if "creatinine" in each.readings]
    renamed = kept(tmp_path, held, '[patients]\nidentifier = "hospital"')
    assert ["77"] == [each.patient for each in renamed.records if "creatinine" in each.readings]


def test_reading_by_what_is_proposed_is_reading_without_it(tmp_path: Path) -> None:
    anna = {**ANNA, "identifier": [{"system": "trial", "value": "T-7"}]}
    arm = {"resourceType": "ResearchSubject", "individual": {"reference": "Patient/P1"}, "status": "on-study"}
    event = about("AdverseEvent", actuality="actual", event={"text": "Fever"}, date="2026-06-02", suspectEntity=[{}])
    statement = about("MedicationStatement", status="active", medicationCodeableConcept={"text": "Abc"})
    held = bundle(anna, arm, creatinine(), event, statement, about("Condition", code={"text": "Gout"}))
    (tmp_path / "all.json").write_text(json.dumps(held))
    said = read_text('[patients]\nidentifier = "trial"', "mapping.toml")
    reader, translated = translate(PROTOCOL, tmp_path, said)
    first = read(PROTOCOL, tmp_path, said)
    written = as_toml(proposal(PROTOCOL, reader, translated, first, {}))
    again = read(PROTOCOL, tmp_path, read_text(written, "mapping.toml"))
    assert (first.records, first.diagnostics) == (again.records, again.diagnostics)
    assert ["T-7"] == [each.patient for each in again.records]


def test_who_is_not_there_is_said(tmp_path: Path) -> None:
    data = kept(tmp_path, bundle(ANNA, creatinine(subject={"reference": "Patient/P9"})))
    assert (["PD710"], 1) == (codes(data), data.rows_diagnosed)
    assert data.records[0].readings["creatinine"][0].stray  # it may have been hers


def test_an_identifier_that_a_patient_lacks_is_said(tmp_path: Path) -> None:
    data = kept(tmp_path, bundle(ANNA), '[patients]\nidentifier = "trial"')
    assert "PD760" in codes(data)


def test_a_medication_is_found_where_it_is_kept(tmp_path: Path) -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "Itraconazole"}}
    statement = {"resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/P1"}}
    period = {"effectivePeriod": {"start": "2026-05-01"}}
    far = {**statement, **period, "medicationReference": {"reference": "Medication/m"}}
    near = {**far, "contained": [drug], "medicationReference": {"reference": "#m"}}
    expected = {"drug": "itraconazole", "start": "2026-05-01", "end": "ongoing"}
    assert [expected] == fields(tmp_path, "medications", drug, far) == fields(tmp_path, "medications", near)
    data = kept(tmp_path, bundle(ANNA, drug, far))
    assert (3, 0) == (data.rows_used, data.rows_aside)
    lost = kept(tmp_path, bundle(ANNA, far))
    assert ["PD760"] == codes(lost)
    assert "drug" not in lost.records[0].lists["medications"][0].fields
    verdict = FACE.screen(lost.records[0], as_of="2026-12-31")
    assert "unknown" == verdict.criteria["E1"]


# --- lists --------------------------------------------------------------------------------------------------------


def about(kind: str, **more: Any) -> Json:  # noqa: ANN401 - elements of the resource
    return {"resourceType": kind, "subject": {"reference": "Patient/P1"}, **more}


def test_an_event_has_its_grade_and_end_from_its_extensions(tmp_path: Path) -> None:
    guide = "http://hl7.org/fhir/us/ctcae/StructureDefinition/"
    event = about(
        "AdverseEvent", actuality="actual", event={"text": "Febrile neutropenia"}, date="2026-06-12",
        seriousness=coded("serious", "s"), outcome=coded("resolved", "o"),
        suspectEntity=[{"instance": {"reference": "#a"}, "causality": [{"assessment": coded("Probably-Likely", "c")}]}],
        extension=[
            {"url": f"{guide}ctcae-grade", "valueCodeableConcept": coded("3", "g", display="Severe")},
            {"url": f"{guide}adverse-event-resolved-date", "valueDateTime": "2026-06-20"},
        ],
    )  # fmt: skip
    expected = {
        "term": "febrile_neutropenia", "grade": "3", "start": "2026-06-12", "end": "2026-06-20",
        "attributed": "probable", "outcome": "recovered", "serious": "yes",
    }  # fmt: skip
    assert [expected] == fields(tmp_path, "adverse_events", event)
    two = {**event, "suspectEntity": [*event["suspectEntity"], {"causality": [{"assessment": coded("Unlikely", "c")}]}]}
    assert "attributed" not in fields(tmp_path, "adverse_events", two)[0]  # of which cause is not said
    assert [] == fields(tmp_path, "adverse_events", {**event, "actuality": "potential"})


@pytest.mark.parametrize(
    ("kind", "name", "status", "known"),
    [
        ("MedicationStatement", "medications", "completed", True),
        ("MedicationStatement", "medications", "unknown", False),
        ("MedicationStatement", "medications", "not-taken", None),
        ("MedicationRequest", "medications", "cancelled", None),
        ("MedicationRequest", "medications", "on-hold", False),
        ("MedicationAdministration", "doses", "completed", True),
        ("MedicationAdministration", "doses", "not-done", None),
        ("MedicationAdministration", "doses", "on-hold", False),
        ("Procedure", "procedures", "completed", True),
        ("Procedure", "procedures", "preparation", False),
        ("Procedure", "procedures", "not-done", None),
    ],
)
def test_a_status_says_whether_it_is_so(kind: str, name: str, status: str, known: bool | None, tmp_path: Path) -> None:  # noqa: FBT001
    told = {"code": {"text": "Biopsy"}} if kind == "Procedure" else {"medicationCodeableConcept": {"text": "abc"}}
    found = fields(tmp_path, name, about(kind, status=status, **told))
    assert {None: 0, True: 1, False: 1}[known] == len(found)
    assert bool(known) == any("name" in each or "drug" in each or "product" in each for each in found)


def test_an_order_does_not_say_when_it_was_taken(tmp_path: Path) -> None:
    order = about(
        "MedicationRequest", status="active", medicationCodeableConcept={"text": "Abc"}, authoredOn="2026-05-01"
    )
    assert [{"drug": "abc"}] == fields(tmp_path, "medications", order)


def test_an_administration_is_a_dose_with_its_amount(tmp_path: Path) -> None:
    dose = about(
        "MedicationAdministration", status="completed", medicationCodeableConcept={"text": "Abc"},
        effectiveDateTime="2026-06-01T09:00:00+02:00",
        dosage={"dose": {"value": 100, "unit": "mg", "system": UCUM, "code": "mg"}},
    )  # fmt: skip
    (found,) = fields(tmp_path, "doses", dose)
    assert ("100 mg", "2026-06-01T09:00:00") == (found["amount"], found["date"])
    assert found["product"].startswith("abc")


def test_a_product_is_no_drug_until_a_value_set_says_which(tmp_path: Path) -> None:
    rx = "http://www.nlm.nih.gov/research/umls/rxnorm"
    capsule = coded("313782", rx, display="itraconazole 100 MG Oral Capsule")
    statement = about("MedicationStatement", status="active", medicationCodeableConcept=capsule)
    data = kept(tmp_path, bundle(ANNA, statement))
    assert ["PD761"] == codes(data)
    assert "drug" not in data.records[0].lists["medications"][0].fields
    said = f'[lists.medications.columns]\ndrug = {{ values = {{ "{rx}|313782" = "itraconazole" }} }}'
    assert [{"drug": "itraconazole"}] == [
        {"drug": each["drug"]} for each in fields(tmp_path, "medications", statement, mapping=said)
    ]


@pytest.mark.parametrize(
    ("clinical", "more", "end"),
    [
        ("active", {}, "ongoing"),
        ("remission", {}, None),
        ("resolved", {"abatementDateTime": "2026-03"}, "2026-03"),
    ],
)
def test_a_condition_goes_on_where_it_says_so(clinical: str, more: Json, end: str | None, tmp_path: Path) -> None:
    gout = about("Condition", code={"text": "Gout"}, onsetDateTime="2020", clinicalStatus=coded(clinical, "c"), **more)
    (found,) = fields(tmp_path, "medical_history", gout)
    assert ("gout", "2020", end) == (found["term"], found["start"], found.get("end"))


# --- files --------------------------------------------------------------------------------------------------------


def test_lines_and_bundles_and_what_is_compressed_say_the_same(tmp_path: Path) -> None:
    these = (ANNA, creatinine())
    whole = kept(tmp_path, bundle(*these))
    folder = tmp_path / "bulk"
    folder.mkdir()
    for each in these:
        (folder / f"{each['resourceType']}.ndjson").write_text(json.dumps(each) + "\n\n")
    with gzip.open(folder / "Observation.ndjson.gz", "wt") as file:
        file.write((folder / "Observation.ndjson").read_text())
    (folder / "Observation.ndjson").unlink()
    bulk = read(PROTOCOL, folder)
    assert [each.readings["creatinine"][0].written for each in (*whole.records, *bulk.records)] == ["1.1 mg/dL"] * 2
    assert (2, 2) == (bulk.rows_in, bulk.rows_used)
    single = tmp_path / "patient.json"
    single.write_text(json.dumps(ANNA))
    assert ["P1"] == [each.patient for each in read(PROTOCOL, single).records]


def test_the_same_resource_in_two_files_counts_once(tmp_path: Path) -> None:
    event = about("AdverseEvent", id="e", actuality="actual", event={"text": "Fever"})
    (tmp_path / "a.json").write_text(json.dumps(bundle(ANNA, event)))
    (tmp_path / "b.json").write_text(json.dumps(bundle(ANNA, event)))
    data = read(PROTOCOL, tmp_path)
    assert (1, 1, 2, 2) == (
        len(data.records),
        len(data.records[0].lists["adverse_events"]),
        data.rows_used,
        data.rows_aside,
    )


def test_of_several_versions_the_latest_counts(tmp_path: Path) -> None:
    first = creatinine(id="c", meta={"lastUpdated": "2026-05-30T10:00:00Z"})
    later = creatinine(id="c", valueQuantity=mg(2.2), meta={"lastUpdated": "2026-05-30T11:30:00+01:00"})
    data = kept(tmp_path, bundle(ANNA, later, first))
    assert ["2.2 mg/dL"] == [each.written for each in data.records[0].readings["creatinine"]]
    assert {"Observation in a later version": 1} == dict(data.files[0].aside)
    untold = kept(tmp_path, bundle(ANNA, {**later, "meta": {}}, first))
    assert 2 == len(untold.records[0].readings["creatinine"])
    two = kept(tmp_path, bundle({**ANNA, "meta": first["meta"]}, {**ANNA, "gender": "male", "meta": later["meta"]}))
    assert "PD711" in codes(two)  # perhaps two people


def test_the_participation_of_a_patient_is_beside_the_patient(tmp_path: Path) -> None:
    arm = {"status": "on-study", "actualArm": "2", "period": {"end": "2026-08-01"}}
    subject = {"resourceType": "ResearchSubject", "individual": {"reference": "Patient/P1"}, **arm}
    event = about("AdverseEvent", actuality="actual", event={"text": "Fever"}, date="2026-06-02")
    level = '[patients]\nlevel = "ResearchSubject.actualArm"\n'
    said = level + '[lists.adverse_events]\ncomplete = "ResearchSubject.period.end"'
    data = kept(tmp_path, bundle(ANNA, subject, event), said)
    assert ("2", "2026-08-01") == (
        data.records[0].context["level"],
        data.records[0].attested["adverse_events"].isoformat(),
    )
    assert (3, 0) == (data.rows_used, data.rows_aside)
    other = {**subject, "actualArm": "1"}
    assert "" == kept(tmp_path, bundle(ANNA, subject, other), said).records[0].context.get("level", "")


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bundle_may_be_any_bytes(data: st.DataObject, tmp_path: Path) -> None:
    held = bytearray(json.dumps(bundle(ANNA, creatinine(), about("Procedure", status="completed"))), "utf-8")
    for at in data.draw(st.lists(st.integers(0, len(held) - 1), max_size=6)):
        held[at] = data.draw(st.sampled_from(b'{}[]":,0x1\\\n \xff'))
    name = data.draw(st.sampled_from(["a.json", "a.ndjson"]))
    (tmp_path / name).write_bytes(bytes(held))
    found = read(PROTOCOL, tmp_path / name, read_text('standard = "fhir"', "mapping.toml"))
    assert found.rows_in == found.rows_used + found.rows_diagnosed + found.rows_aside or found.unread
    assert found.unread or found.records


def test_a_search_that_goes_on_elsewhere_is_not_all(tmp_path: Path) -> None:
    link = [{"relation": "self", "url": "http://s/1"}, {"relation": "next", "url": "http://s/2"}]
    page = bundle(ANNA, type="searchset", link=link)
    assert kept(tmp_path, page).unread
    (tmp_path / "more.json").write_text(
        json.dumps(bundle(creatinine(), type="searchset", link=[{"relation": "self", "url": "http://s/2"}]))
    )
    assert () == kept(tmp_path, page).unread


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (bundle(ANNA, {"id": "x"}), "PD760"),
        (bundle(ANNA, "x"), "PD760"),
        (bundle(ANNA, bundle(creatinine())), "PD760"),
        (bundle(ANNA, type="history"), "PD701"),
        ({"resourceType": "Bundle", "type": "collection", "entry": {}}, "PD701"),
        (bundle(creatinine()), "PD701"),  # nobody is there
    ],
)
def test_what_cannot_be_read_stops_the_run(held: Json, code: str, tmp_path: Path) -> None:
    data = kept(tmp_path, held)
    assert code in codes(data)
    assert data.unread


def test_a_mapping_is_held_against_the_resources(tmp_path: Path) -> None:
    one = '[items.creatinine]\nfrom = "Observation"\ntest = "http://loinc.org|2160-1"\n'
    said = one + '[items.ecog]\nfrom = "Observations"\ntest = "x"'
    data = kept(tmp_path, bundle(ANNA, creatinine()), said)
    told = {each.message: each.help for each in data.diagnostics}
    assert "`Observation` is near" == told["the data have no table `Observations`"]
    assert any("2160-1" in message for message in told)


def test_a_reader_is_chosen_by_what_a_file_holds(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(
        json.dumps({"entry": [{"resource": ANNA}], "resourceType": "Bundle", "type": "batch"})
    )
    assert "fhir" == translate(PROTOCOL, tmp_path)[0].name
    (tmp_path / "dm.csv").write_text("USUBJID\nP1\n")
    assert "sdtm" != translate(PROTOCOL, tmp_path / "x.json")[0].name


def test_the_wrong_kind_of_anything_is_said_and_raises_nothing(tmp_path: Path) -> None:
    """Each element in turn is of another kind: a number, a text, a list, an object, nothing."""
    wrong: tuple[Any, ...] = (1, "x", [], {}, None, True, [[]], [None], {"a": [1]})
    event = about("AdverseEvent", actuality="actual", event={"text": "Fever"}, suspectEntity=[{}], extension=[{}])
    dose = about(
        "MedicationAdministration", status="completed", medicationCodeableConcept={"text": "x"}, dosage={"dose": mg(1)}
    )
    sample: tuple[Mapping[str, Any], ...] = (creatinine(component=[], referenceRange=[{}]), ANNA, event, dose)
    each = [{**resource, key: value} for resource in sample for key in resource for value in wrong]
    data = kept(tmp_path, bundle(ANNA, *each))
    assert len(each) + 1 == data.rows_in
