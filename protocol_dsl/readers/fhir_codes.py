"""What feeds items and lists from FHIR where nobody says: codes of LOINC, elements of a patient, kinds of resource."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from protocol_dsl.base.analyte import analytes
from protocol_dsl.base.shipped import shipped
from protocol_dsl.model.vocabulary import Item, Moment, RecordType
from protocol_dsl.readers import cdisc
from protocol_dsl.readers.domains import Domain, Domains
from protocol_dsl.readers.standard import Entry
from protocol_dsl.readers.values import as_name

LOINC: Final = "http://loinc.org"
SPELT: Final[Mapping[str, str]] = MappingProxyType(
    {
        name.upper(): name
        for name in (
            "Patient", "Observation", "Condition", "AdverseEvent", "MedicationStatement", "MedicationRequest",
            "MedicationAdministration", "Procedure", "ResearchSubject", "Consent", "Encounter", "AllergyIntolerance",
            "Immunization", "DiagnosticReport", "Specimen", "FamilyMemberHistory", "MedicationDispense", "CarePlan",
        )
    }
)  # fmt: skip
"""The kinds of resource as FHIR spells them."""

_OF_PATIENT: Final[dict[str, dict[str, Any]]] = {
    "sex": {"column": "gender", "values": {"unknown": ""}},
    **{
        name: {"column": column}
        for column, names in {
            "birthDate": ("birth_date", "date_of_birth"),
            "deceasedDateTime": ("death", "death_date"),
            "deceased": ("deceased", "dead"),
            "address.country": ("country",),
        }.items()
        for name in names
    },
}
_CONSENT: Final = ("consent", "informed_consent", "consent_date")

_ATTRIBUTED: Final = {  # http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess
    "Certain": "definite",
    "Probably-Likely": "probable",
    "Possible": "possible",
    "Unlikely": "unlikely",
}
_OUTCOME: Final = {  # http://terminology.hl7.org/CodeSystem/adverse-event-outcome
    "resolved": "recovered",
    "resolvedWithSequelae": "recovered_with_sequelae",
    "recovering": "recovering",
    "ongoing": "not_recovered",
    "fatal": "fatal",
    "unknown": "unknown",
}
_SERIOUS: Final = {
    "serious": "yes",
    "non-serious": "no",
}  # http://terminology.hl7.org/CodeSystem/adverse-event-seriousness

_OF_RECORDS: Final[dict[str, dict[str, Any]]] = {
    "adverse_event": {
        "from": ["AdverseEvent"],
        "columns": {
            "term": "event",
            "grade": "grade",
            "start": "date",
            "end": "resolved",
            "attributed": {"column": "attributed", "values": _ATTRIBUTED},
            "outcome": {"column": "outcome", "values": _OUTCOME},
            "serious": {"column": "seriousness", "values": _SERIOUS},
        },
    },
    "dose": {
        "from": ["MedicationAdministration"],
        "columns": {
            "product": "medication", "date": "effective.start", "amount": "dosage.dose", "unit": "dosage.doseU"},
    },
    "medication": {
        "from": ["MedicationStatement", "MedicationRequest", "MedicationAdministration"],
        "columns": {
            "drug": "medication", "indication": "reasonCode", "route": "dosage.route", "start": "effective.start",
            "end": "effective.end"},
    },
    "procedure": {"from": ["Procedure"], "columns": {"name": "code", "class": "category", "date": "performed"}},
    "medical_history": {"from": ["Condition"], "columns": {"term": "code", "start": "onset", "end": "abatement"}},
}  # fmt: skip


@cache
def tests() -> Mapping[str, tuple[str, ...]]:
    """The codes of LOINC by each name of an item."""
    text = (shipped("protocols") / "library" / "loinc_tests.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, tuple[str, ...]] = {}
    for codes, analyte, names in lines[1:]:
        known = analytes().get(analyte)
        also = (analyte, known.name, *known.also) if known else ()
        for name in (*also, *filter(None, names.split(", "))):
            found[name] = tuple(f"{LOINC}|{code}" for code in codes.split())
    return MappingProxyType(found)


def item(asked: Item, domains: Domains) -> Entry | None:
    """What feeds an item: an element of the patient, or observations with its codes, those that occur."""
    if asked.name in _OF_PATIENT:
        return {"from": "Patient", **_OF_PATIENT[asked.name]}
    known = tests().get(asked.analyte or "") or tests().get(asked.name)
    if known is None:
        return None
    there = [code for code in known if any(_has(one, code) for one in domains.get("OBSERVATION", ()))]
    codes = there or list(known[:1])
    return {"from": "Observation", "test": codes[0] if len(codes) == 1 else codes}


def _has(domain: Domain, code: str) -> bool:
    return domain.has("CODE") and code.casefold() in domain.index("CODE")


def moment(asked: Moment, _: Domains) -> Entry | None:
    """What feeds a moment: the death of a patient, or the consent to research."""
    if asked.first_dose_of or asked.every_dose_of:
        return None
    if asked.name in _OF_PATIENT:
        return {"from": "Patient", **_OF_PATIENT[asked.name]}
    if asked.name in _CONSENT:
        return {
            "from": "Consent",
            "where": {"scope": "research", "status": ["active", "inactive"]},
            "column": "dateTime",
        }
    return None


def records(record: RecordType, domains: Domains) -> Entry | None:
    """The kinds that hold such entries, those that are there; and their elements that are."""
    known = _OF_RECORDS.get(record.name)
    if known is None:
        return None
    there = [name for name in known["from"] if name.upper() in domains] or known["from"][:1]
    tables = [one for name in there for one in domains.get(name.upper(), ())]
    columns = {
        name: column
        for name, column in known["columns"].items()
        if name in record.fields and (not tables or any(one.has(_column(column).upper()) for one in tables))
    }
    return {"from": there[0] if len(there) == 1 else there, "columns": columns}


def _column(column: Any) -> str:  # noqa: ANN401 - a column in any form of an entry
    return str(column["column"]) if isinstance(column, dict) else str(column)


def likely(asked: Item, domains: Domains) -> str | None:
    """A code whose display is near; for a start, the beginning of the participation in research."""
    labels = {}
    for one in domains.get("OBSERVATION", ()):
        for texts in one.several.get("CODE", ()):
            codes = [text for text in texts if "|" in text]
            labels.update({as_name(text): f"Observation.{codes[0]}" for text in texts if codes and "|" not in text})
    subject = "ResearchSubject.period.start" if "RESEARCHSUBJECT" in domains else None
    return cdisc.likely(asked, labels, subject or "") or None
