"""Which resource a reference of FHIR means, and by what name a patient goes. HL7 FHIR R4, section 2.3 and Bundle."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import define, field

from protocol_dsl.readers.fhir_files import Resource, Written
from protocol_dsl.readers.fhir_paths import Wrong, concept, of_kind

_PATIENT: Final = ("subject", "patient", "individual", "beneficiary", "for")
"""Where resources say whom they are about."""

_NAMED: Final = ("Patient", "Medication")
_UNTOLD: Final = frozenset({"id", "meta", "text", "identifier"})


@define
class Index:
    """Patients and medications by all that may refer to them. `used` are the medications that were looked up.

    A patient goes by the id of the resource, or by the identifier of the `system` that a mapping names.
    """

    system: str = ""
    known: dict[str, list[Resource]] = field(factory=dict)
    used: set[tuple[str, int]] = field(factory=set)

    @staticmethod
    def of(resources: Iterable[Resource], system: str) -> "Index":
        """All that may be referred to."""
        index = Index(system)
        for one in resources:
            if one.type in _NAMED:
                for name in _names(one):
                    index.known.setdefault(name, []).append(one)
        return index

    def found(self, reference: Mapping[str, Any], by: Resource) -> Resource | None:
        """The resource that is meant; None where it is not there, or where it may be one of several."""
        text = reference.get("reference")
        if not isinstance(text, str):
            identifier = reference.get("identifier")
            text = _identifier(identifier) if isinstance(identifier, dict) else ""
        elif text.startswith("#"):
            return _contained(text[1:], by)
        plain = text.partition("/_history/")[0]
        last = "/".join(plain.split("/")[-2:]) if "/" in plain else plain.rpartition(":")[2]
        for name in (plain, last, *(f"{kind}/{last}" for kind in _NAMED if "/" not in plain)):
            these = self.known.get(name, [])
            here = [one for one in these if one.file == by.file] or these
            if here:
                return here[0] if len({self.identity(one) for one in here}) == 1 else None
        return None

    def identity(self, patient: Resource) -> str:
        """By what name a patient goes. Raises nothing; empty where there is none."""
        if self.system:
            values = (one.get("value") for one in _identifiers(patient) if one.get("system") == self.system)
            return next((one for one in values if isinstance(one, str)), "")
        return patient.id or patient.url.rpartition("/")[2].rpartition(":")[2]

    def patient(self, resource: Resource) -> str:
        """The patient whom a resource is about; of one who is not there, the reference. Raises Wrong."""
        if resource.type == "Patient":
            name = self.identity(resource)
            if not name:
                said = f"no identifier of `{self.system}`" if self.system else "no id"
                raise Wrong("identifier" if self.system else "id", f"the patient has {said}")
            return name
        for key in _PATIENT:
            reference = of_kind(resource.held, key, dict)
            if reference:
                found = self.found(reference, resource)
                raw = reference.get("reference")
                return self.identity(found) if found else raw if isinstance(raw, str) else ""
        return ""

    def medication(self, resource: Resource) -> tuple[str, ...]:
        """What is given, in all its names. Raises Wrong where it is not there."""
        told = of_kind(resource.held, "medicationCodeableConcept", dict)
        if told:
            return concept(told)
        reference = of_kind(resource.held, "medicationReference", dict)
        if not reference:
            raise Wrong("medication", "it is not said what is given")
        found = self.found(reference, resource)
        if found is None:
            raise Wrong("medicationReference", "the medication that is referred to is not there")
        self.used.add((found.file, found.number))
        return concept(of_kind(found.held, "code", dict) or {})


def about_no_patient(resource: Resource) -> bool:
    """Whether a resource says that it is about a group, a device or a place."""
    reference = next((resource.held[key] for key in _PATIENT if key in resource.held), None)
    if not isinstance(reference, dict):
        return False
    return referred(reference) in {"Group", "Device", "Location", "Substance", "Practitioner", "Organization"}


def referred(reference: Mapping[str, Any]) -> str:
    """What kind of resource a reference says that it is about; empty where it does not say."""
    text, kind = reference.get("reference"), reference.get("type")
    if isinstance(kind, str):
        return kind
    plain = text.partition("/_history/")[0] if isinstance(text, str) else ""
    return plain.split("/")[-2] if "/" in plain else ""


def digest(resource: Resource) -> str:
    """What a resource says, without its id, as one short text: two that agree in it say the same."""
    told = {key: value for key, value in resource.held.items() if key not in _UNTOLD}
    text = json.dumps(told, sort_keys=True, default=_text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: object) -> object:
    return {"": value.text} if isinstance(value, Written) else str(value)


def _names(one: Resource) -> set[str]:
    names = {one.url, f"{one.type}/{one.id}" if one.id else ""}
    names |= {_identifier(each) for each in _identifiers(one)}
    return names - {""}


def _identifiers(one: Resource) -> list[Mapping[str, Any]]:
    found = one.held.get("identifier")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _identifier(one: Mapping[str, Any]) -> str:
    value = one.get("value")
    return f"{one.get('system', '')}|{value}" if isinstance(value, str) else ""


def _contained(name: str, by: Resource) -> Resource | None:
    inside = by.held.get("contained")
    for one in inside if isinstance(inside, list) else []:
        if isinstance(one, dict) and one.get("id") == name and isinstance(one.get("resourceType"), str):
            return Resource(by.file, by.number, one)
    return None
