"""What the status of a FHIR resource means for its counting. HL7 FHIR R4, the value sets bound to `status`."""

from collections.abc import Mapping
from typing import Final

from protocol_dsl.readers.fhir_files import Resource
from protocol_dsl.readers.fhir_paths import Wrong, codes, of_kind
from protocol_dsl.readers.fhir_references import about_no_patient, referred

COUNTS, UNSURE = "", "?"
_ERROR: Final = "entered in error"
_OPEN: Final = {"on-hold": UNSURE, "unknown": UNSURE, "entered-in-error": _ERROR}
_COUNTING: Final = dict.fromkeys(("active", "completed", "stopped"), COUNTS)
_STATUSES: Final[Mapping[str, Mapping[str, str]]] = {
    "MedicationStatement": {
        **_COUNTING, "intended": COUNTS, "not-taken": "not taken", **_OPEN},
    "MedicationRequest": {
        **_COUNTING, "cancelled": "cancelled", "draft": "a draft", **_OPEN},
    "MedicationAdministration": {
        "in-progress": COUNTS, "completed": COUNTS, "stopped": COUNTS, "not-done": "not done", **_OPEN},
    "Procedure": {
        "in-progress": COUNTS, "completed": COUNTS, "stopped": COUNTS, "preparation": UNSURE, "not-done": "not done",
        **_OPEN},
    "Observation": {
        **dict.fromkeys(("registered", "preliminary", "final", "amended", "corrected", "cancelled"), COUNTS),
        "unknown": UNSURE, "entered-in-error": _ERROR},
}  # fmt: skip
"""Of each kind, which counts, of which nobody knows whether it is so, and why one does not count."""

_VERIFIED: Final = {
    "confirmed": COUNTS,
    "unconfirmed": UNSURE,
    "provisional": UNSURE,
    "differential": UNSURE,
    "refuted": "refuted",
    "entered-in-error": _ERROR,
}


def standing(resource: Resource) -> str:
    """Whether a resource counts: empty where it does, `?` where nobody knows, and else why not. Raises Wrong."""
    held, kind = resource.held, resource.type
    status = of_kind(held, "status", str) or ""
    if status == "entered-in-error" or "entered-in-error" in codes(held.get("verificationStatus")):
        return _ERROR
    if about_no_patient(resource):
        return "about no patient"
    if found := _apart(resource):
        return found
    if kind == "Condition" and held.get("verificationStatus") is not None:
        return _worst(codes(held["verificationStatus"]))
    known = _STATUSES.get(kind)
    if known is not None and status not in known:
        raise Wrong("status", f"`{status[:40]}` is no status of it" if status else "it has no status")
    return known[status] if known else COUNTS


def _apart(resource: Resource) -> str:
    """Why a resource is about something else than what is or was; empty where it is not."""
    held, kind = resource.held, resource.type
    if kind == "Observation" and _elsewhere(held.get("focus"), held.get("subject")):
        return "about somebody or something else"
    if kind == "MedicationRequest" and held.get("doNotPerform") is True:
        return "not to be given"
    return "potential, not actual" if kind == "AdverseEvent" and held.get("actuality") == "potential" else ""


def _elsewhere(focus: object, subject: object) -> bool:
    """Whether what was looked at is a donor, a device; but not the patient, nor a condition of the patient."""
    each = [one for one in (focus if isinstance(focus, list) else [focus]) if isinstance(one, dict)]
    patient = subject.get("reference") if isinstance(subject, dict) else None
    return any(referred(one) in _OTHERS and (patient is None or one.get("reference") != patient) for one in each)


_OTHERS: Final = frozenset({"RelatedPerson", "Patient", "Device", "Group", "Location", "Organization", "Substance"})


def _worst(said: frozenset[str]) -> str:
    known = {_VERIFIED.get(one, UNSURE) for one in said} or {UNSURE}
    return known.pop() if len(known) == 1 else UNSURE
