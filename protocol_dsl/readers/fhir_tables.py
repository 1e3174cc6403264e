"""Resources of FHIR as tables: one for each kind in each file, a column for each path.

Beside them stands what is worked out: whose it is, when it was, and whether anybody knows that it is so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from sys import intern
from typing import Any, Final

from attrs import define, evolve, field

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.readers import fhir_paths as say
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.fhir_files import Files, Resource
from protocol_dsl.readers.fhir_observations import kept, results
from protocol_dsl.readers.fhir_once import once
from protocol_dsl.readers.fhir_paths import Texts, Wrong, codes, of_kind
from protocol_dsl.readers.fhir_references import Index
from protocol_dsl.readers.fhir_status import UNSURE, standing
from protocol_dsl.readers.rows import Row, Table, at

KNOWN: Final = (
    "Patient",
    "Observation",
    "Condition",
    "AdverseEvent",
    "MedicationStatement",
    "MedicationRequest",
    "MedicationAdministration",
    "Procedure",
    "ResearchSubject",
    "Consent",
)
"""The kinds that are made tables of, whether or not a mapping names them."""

_MOST_PATHS: Final = 200
"""So many columns a table has besides those that are worked out, or that something asks for."""

_MEDICATIONS: Final = ("MedicationStatement", "MedicationRequest", "MedicationAdministration")
Line = tuple[int, str, bool, dict[str, Texts]]
"""The number of a resource, its digest, whether it is sound, and what it says by column."""


_WRITTEN: Final[Mapping[str, str]] = {
    "WHOSE": "subject", "MEDICATION": "medication", "PERFORMED": "performed", "ONSET": "onset",
    "CODE": "code", "VALUE": "value", "VALUEU": "value.unit", "EFFECTIVE": "effective",
    "MISSING": "status", "LOW": "referenceRange.low", "HIGH": "referenceRange.high", "EFFECTIVE.START": "effective",
    "EFFECTIVE.END": "effective", "DOSAGE.DOSE": "dosage.dose",
}  # fmt: skip


@define
class Made:
    """The tables; what became of the resources that are in none, by file; and how each column is written."""

    domains: dict[str, tuple[Domain, ...]] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)
    faulty: dict[str, set[int]] = field(factory=dict)
    aside: dict[str, Counter[str]] = field(factory=dict)
    used: dict[str, set[int]] = field(factory=dict)
    written: dict[str, str] = field(factory=lambda: dict(_WRITTEN))
    kinds: dict[str, str] = field(factory=dict)

    def complain(self, resource: Resource, path: str, message: str) -> None:
        """Say what is wrong with a resource, which is diagnosed with it."""
        where = Cell(resource.file, resource.number, path)
        self.problems.append(at("PD760", message, where, "correct it where it was written; it is kept as not readable"))
        self.faulty.setdefault(resource.file, set()).add(resource.number)

    def leave(self, resource: Resource, why: str) -> None:
        """Count a resource as set aside, and say by what it is."""
        self.aside.setdefault(resource.file, Counter())[why] += 1


def tables(files: Files, kinds: frozenset[str], asked: frozenset[str], system: str, blank: frozenset[str]) -> Made:
    """The tables of these kinds, in small letters. Columns that are `asked` for are kept however many there are."""
    made, index = Made(), Index.of(files.resources, system)
    lines: dict[tuple[str, str], list[Line]] = {}
    medications = [one for one in files.resources if one.type == "Medication"]
    asked_for = list(_asked_for(made, files, kinds))
    files.resources.clear()  # what is not kept as a line need not be held any longer
    for resource, said, why in once(asked_for):
        if why:
            made.leave(resource, why)
        else:
            found = [(resource.number, said, sound, cells) for sound, cells in _lines(made, index, resource)]
            lines.setdefault((resource.type, resource.file), []).extend(found)
    for (kind, file), rows in lines.items():
        if rows:
            made.kinds[kind.upper()] = kind
            known = made.domains.get(kind.upper(), ())
            made.domains[kind.upper()] = (*known, _domain((kind, file), rows, asked, blank))
    _spare(made, index, () if "medication" in kinds else medications)
    _join(made)
    return made


def _spare(made: Made, index: Index, medications: Iterable[Resource]) -> None:
    """A medication is used where something that counts refers to it."""
    for one in medications:
        if (one.file, one.number) not in index.used:
            made.leave(one, "Medication, which nothing asks for")


def _asked_for(made: Made, files: Files, kinds: frozenset[str]) -> Iterator[Resource]:
    for one in files.resources:
        if one.type.casefold() in kinds:
            yield one
        elif one.type != "Medication":
            made.leave(one, f"{one.type}, which nothing asks for")


def _join(made: Made) -> None:
    """The participation of a patient, as columns of the patient; nothing where there are several that differ."""
    subjects: dict[str, list[tuple[Domain, int]]] = {}
    for domain in made.domains.get("RESEARCHSUBJECT", ()):
        for row, name in enumerate(domain.cells("WHOSE")):
            subjects.setdefault(name, []).append((domain, row))
    names = {column for those in subjects.values() for domain, _ in those for column in domain.added} - {"WHOSE"}
    patients = []
    for domain in made.domains.get("PATIENT", ()):
        each = [subjects.get(name, []) for name in domain.cells("WHOSE")]
        more = {f"RESEARCHSUBJECT.{name}": [_only(those, name) for those in each] for name in names}
        patients.append(evolve(domain, added={**domain.added, **more}))
    if patients:
        made.domains["PATIENT"] = tuple(patients)
    made.written.update(
        {f"RESEARCHSUBJECT.{name}": f"ResearchSubject.{made.written.get(name, name)}" for name in names}
    )


def _only(those: list[tuple[Domain, int]], name: str) -> str:
    said = {domain.cell(name, row) for domain, row in those}
    return said.pop() if len(said) == 1 else ""


# --- a resource as lines ------------------------------------------------------------------------------------------


def _lines(made: Made, index: Index, resource: Resource) -> Iterator[tuple[bool, dict[str, Texts]]]:
    """The rows that a resource is; none where it does not count. One that cannot be told keeps its place."""
    patient = ""
    try:
        how = standing(resource)
        if how not in ("", UNSURE):
            made.leave(resource, how)
            return
        patient = index.patient(resource)
        worked_out = list(_worked_out(made, index, resource, how))
        found = _by_path(made, resource)
    except Wrong as wrong:
        made.complain(resource, wrong.path, f"the {resource.type} cannot be taken as it stands: {wrong.message}")
        whose: dict[str, Texts] = {"WHOSE": (patient or _whose(index, resource),)}
        places = kept(resource) if resource.type == "Observation" else []
        yield from ((True, {**one, **whose}) for one in places)
        if not places:
            yield False, whose
        return
    for each in worked_out:
        yield True, {**found, **each, "WHOSE": (patient,)}


def _whose(index: Index, resource: Resource) -> str:
    try:
        return index.patient(resource)
    except Wrong:
        return ""


def _by_path(made: Made, resource: Resource) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for path, texts in say.paths(resource.held):
        upper = path.upper()
        found[intern(upper)] = (*found.get(upper, ()), *map(intern, texts))
        if len(made.written) < _MOST_PATHS * len(KNOWN):
            made.written.setdefault(upper, path)
    return found


def _worked_out(made: Made, index: Index, resource: Resource, how: str) -> Iterator[dict[str, Texts]]:
    """What is not in one place of its own. Raises Wrong."""
    kind, held = resource.type, resource.held
    if kind == "Observation":
        yield from results(resource, partial(made.complain, resource))
        return
    unsure = bool(how) or bool(held.get("modifierExtension"))
    if held.get("modifierExtension"):
        made.complain(resource, "modifierExtension", "it changes the meaning, and is not known here")
    found: dict[str, Texts] = {"UNSURE": ("unsure" if unsure else "",)}
    if kind in _MEDICATIONS:
        found.update(_medication(index, resource))
    elif kind in _MORE:
        found.update(_MORE[kind](held))
    yield found


def _medication(index: Index, resource: Resource) -> dict[str, Texts]:
    """What was given and when; an order, or an intention, says nothing of days on which it was carried out."""
    held, kind = resource.held, resource.type
    start, end, goes_on = _between(held, "effective")
    if kind == "MedicationRequest" or held.get("status") == "intended":
        start = end = ""
    if kind == "MedicationAdministration":
        end = end or ("" if of_kind(held, "effectivePeriod", dict) else start)
    still = kind == "MedicationStatement" and held.get("status") == "active" and goes_on
    return {
        "MEDICATION": index.medication(resource),
        "EFFECTIVE.START": (start,),
        "EFFECTIVE.END": (end,),
        "ONGOING": ("ongoing" if still else "",),
    }


def _between(held: Mapping[str, Any], name: str) -> tuple[str, str, bool]:
    """The first and the last day, and whether there is a first and no last."""
    period = of_kind(held, f"{name}Period", dict)
    if period is None:
        return of_kind(held, f"{name}DateTime", str) or "", "", False
    start, end = of_kind(period, "start", str, f"{name}Period."), of_kind(period, "end", str, f"{name}Period.")
    return start or "", end or "", bool(start and not end)


def _condition(held: Mapping[str, Any]) -> dict[str, Texts]:
    onset, _, _ = _between(held, "onset")
    abated, last, _ = _between(held, "abatement")
    active = codes(held.get("clinicalStatus")) & {"active", "recurrence", "relapse"}
    ends = last or abated
    return {"ONSET": (onset,), "ABATEMENT": (ends,), "ONGOING": ("ongoing" if active and not ends else "",)}


def _procedure(held: Mapping[str, Any]) -> dict[str, Texts]:
    period = of_kind(held, "performedPeriod", dict)
    return {"PERFORMED": (of_kind(held, "performedDateTime", str) or (say.period(period) if period else ""),)}


def _event(held: Mapping[str, Any]) -> dict[str, Texts]:
    """Grade and end stand in extensions of mCODE and of the CTCAE guide; one cause alone tells what is attributed."""
    extensions = [one for one in of_kind(held, "extension", list) or [] if isinstance(one, dict)]
    grades = [one for one in extensions if str(one.get("url", "")).rstrip("/").endswith("-grade")]
    ended = [one for one in extensions if str(one.get("url", "")).rstrip("/").endswith("resolved-date")]
    causes = [one for one in of_kind(held, "suspectEntity", list) or [] if isinstance(one, dict)]
    each = {text for one in causes for text in _assessed(one)}
    days = [of_kind(one, "valueDateTime", str) or "" for one in ended]
    gone_on = "ongoing" in codes(held.get("outcome"))
    return {
        "GRADE": tuple(_grade(one) for one in grades),
        "RESOLVED": tuple(days),
        "ATTRIBUTED": tuple(each) if len(each) == 1 else (),
        "ONGOING": ("ongoing" if gone_on and not any(days) else "",),
    }


def _assessed(cause: Mapping[str, Any]) -> set[str]:
    causality = cause.get("causality")
    each = causality if isinstance(causality, list) else []
    return {min(codes(one.get("assessment")), default="") for one in each if isinstance(one, dict)} or {""}


def _grade(extension: Mapping[str, Any]) -> str:
    said = codes(of_kind(extension, "valueCodeableConcept", dict)) & {"1", "2", "3", "4", "5"}
    if len(said) != 1:
        raise Wrong("extension.ctcae-grade", "it holds no grade of 1 to 5")
    return next(iter(said))


def _patient(held: Mapping[str, Any]) -> dict[str, Texts]:
    dead, day = of_kind(held, "deceasedBoolean", bool), of_kind(held, "deceasedDateTime", str)
    return {"DECEASED": ("yes" if day or dead else "no" if dead is False else "",)}


_MORE: Final = {"Condition": _condition, "Procedure": _procedure, "AdverseEvent": _event, "Patient": _patient}


# --- lines as a table ---------------------------------------------------------------------------------------------


def _domain(place: tuple[str, str], lines: list[Line], asked: frozenset[str], blank: frozenset[str]) -> Domain:
    kind, file = place
    names = dict.fromkeys(name for *_, cells in lines for name in cells)
    kept = [name for place, name in enumerate(names) if place < _MOST_PATHS or name in asked or name in _OWN]
    rows = tuple(Row(number, (said,), sound) for number, said, sound, _ in lines)
    first, several = {}, {}
    for name in kept:
        column = [tuple("" if text in blank else text for text in cells.get(name, ())) for *_, cells in lines]
        first[name] = [texts[0] if texts else "" for texts in column]
        if any(len(texts) > 1 for texts in column):
            several[name] = column
    return Domain(kind.upper(), Table(kind, file, ("resource",), rows), first, several)


_OWN: Final = frozenset(
    {"WHOSE", "VALUE", "VALUEU", "LOW", "HIGH", "MISSING", "EFFECTIVE", "EFFECTIVE.START", "EFFECTIVE.END", "UNSURE",
     "ONGOING", "MEDICATION", "ONSET", "ABATEMENT", "PERFORMED", "GRADE", "RESOLVED", "ATTRIBUTED", "DECEASED", "CODE"}
)  # fmt: skip

__all__ = ["KNOWN", "Made", "tables"]
