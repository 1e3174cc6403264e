"""Resources of FHIR R4 for tests, written as the standard has them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
CODES = {"creatinine": "2160-0", "weight": "29463-7", "platelets": "777-3", "ecog": "89247-1"}


def coded(code: str, system: str = LOINC, **more: str) -> Json:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code, **more}]}


def quantity(text: str, unit: str) -> Json:
    """A Quantity of a number as it is written, perhaps with a comparator before it."""
    comparator = text[: len(text) - len(text.lstrip("<>="))]
    number: Any = json.loads(text[len(comparator) :])
    return {"value": number, "system": UCUM, "code": unit, **({"comparator": comparator} if comparator else {})}


def about(kind: str, patient: str, **elements: Any) -> Json:  # noqa: ANN401 - elements of the resource
    """A resource about a patient, without the elements that are empty."""
    key = {"ResearchSubject": "individual", "Consent": "patient"}.get(kind, "subject")
    told = {name: value for name, value in elements.items() if value not in ("", None)}
    return {"resourceType": kind, key: {"reference": f"Patient/{patient}"}, **told}


def observation(patient: str, item: str, value: str, unit: str, date: str, uln: str = "", **more: Any) -> Json:  # noqa: ANN401, PLR0913, PLR0917
    """A laboratory result or vital sign; without a value where `value` is empty."""
    limits = [{"high": quantity(uln, unit)}] if uln else None
    return about(
        "Observation", patient, status="final", code=coded(CODES[item]), effectiveDateTime=date,
        valueQuantity=quantity(value, unit) if value else None, referenceRange=limits, **more,
    )  # fmt: skip


def event(patient: str, term: str, grade: str, start: str, end: str = "", attributed: str = "") -> Json:  # noqa: PLR0913, PLR0917
    """An adverse event with its grade by CTCAE."""
    guide = "http://hl7.org/fhir/us/ctcae/StructureDefinition/"
    codes = {"definite": "Certain", "probable": "Probably-Likely", "possible": "Possible", "unlikely": "Unlikely"}
    extensions: list[Json] = [{"url": f"{guide}ctcae-grade", "valueCodeableConcept": coded(grade, "grades")}]
    if end:
        extensions.append({"url": f"{guide}adverse-event-resolved-date", "valueDateTime": end})
    said = coded(codes.get(attributed, attributed), "causality") if attributed else None
    cause = [{"instance": {"display": "the product"}, "causality": [{"assessment": said}]}] if said else None
    return about(
        "AdverseEvent", patient, actuality="actual", event={"text": term}, date=start, extension=extensions,
        suspectEntity=cause,
    )  # fmt: skip


def as_bundle(path: Path, resources: Iterable[Json]) -> None:
    """Write a bundle."""
    held = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    path.write_text(json.dumps(held), encoding="utf-8")


def as_lines(folder: Path, resources: Iterable[Json]) -> None:
    """Write a file for each kind, as a bulk export has them."""
    for one in resources:
        with (folder / f"{one['resourceType']}.ndjson").open("a", encoding="utf-8") as file:
            file.write(json.dumps(one) + "\n")
