"""FHIR: resources as hospitals exchange them, in bundles or in bulk. HL7 FHIR R4 (4.0.1, 2019).

Each kind of resource is a table, each resource a row under its place in the file: the entry of a bundle, or the line.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.readers import fhir_codes
from protocol_dsl.readers.bindings import Result
from protocol_dsl.readers.domains import Domain, Domains
from protocol_dsl.readers.fhir_files import Files, load, recognised
from protocol_dsl.readers.fhir_tables import KNOWN, Made, tables
from protocol_dsl.readers.mapped import Said, translated
from protocol_dsl.readers.mapping import MappingFile, texts
from protocol_dsl.readers.products import unnamed
from protocol_dsl.readers.reader import Origin, Place, Reader, Translated
from protocol_dsl.readers.rows import Loaded
from protocol_dsl.readers.standard import Entry, Findings, Standard

_ENDS: Final = frozenset({"ABATEMENT", "EFFECTIVE.END", "RESOLVED"})


def _recognises(place: Place) -> bool:
    """A file of JSON that holds a resource of FHIR, or a folder with one."""
    if not isinstance(place.what, Path):
        return False
    try:
        inside = sorted(place.what.iterdir()) if place.what.is_dir() else [place.what]
    except OSError:
        return False
    return any(map(recognised, inside))


def _translate(protocol: Protocol, place: Place) -> Translated:
    mapping = place.mapping
    system = str(mapping.patients.get("identifier", ""))
    wanted = [
        name for each in (mapping.items, mapping.lists) for one in each.values() for name in texts(one.get("from"))
    ]
    kinds = frozenset(one.casefold() for one in (*KNOWN, *wanted))
    files = load(place.what, kinds | {"medication"}) if isinstance(place.what, Path) else Files()
    made = tables(files, kinds, frozenset(_names(mapping)), system, frozenset(mapping.blank))
    if "PATIENT" not in made.domains and not files.unread:
        files.refuse("PD701", "there is no Patient among the resources", str(place.what), "export the patients too")
    held = Loaded((), tuple(files.problems), tuple(files.unread))
    faulty = {file: made.faulty.get(file, set()) | files.faulty.get(file, set()) for file in files.rows}
    standard = evolve(_STANDARD, spellings={**made.written, **fhir_codes.SPELT, **made.kinds})
    found = translated(standard, protocol, evolve(place, held=held), made.domains, Said(tuple(made.problems), faulty))
    named = unnamed(found.loaded.tables)
    loaded = evolve(found.loaded, tables=named.tables, problems=(*found.loaded.problems, *named.problems))
    origins = tuple(_origins(files, made, found.origins or (), named.faulty))
    return evolve(found, loaded=loaded, origins=origins, entries=_with_identifier(found.entries, system))


def _with_identifier(entries: Mapping[str, Mapping[str, Any]], system: str) -> Mapping[str, Mapping[str, Any]]:
    """The mapping written out, with what patients go by."""
    if not entries or not system:
        return entries
    return {**entries, "patients": {"identifier": system, **entries.get("patients", {})}}


def _names(mapping: MappingFile) -> Iterator[str]:
    """Every text of a mapping in capitals: the columns that it may ask for."""
    held: list[Any] = [mapping.patients, mapping.items, mapping.lists]
    while held:
        one = held.pop()
        if isinstance(one, Mapping):
            held += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            held += one
        elif isinstance(one, str):
            yield one.upper()


def _origins(files: Files, made: Made, known: tuple[Origin, ...], faulty: Mapping[str, set[int]]) -> Iterator[Origin]:
    """What became of the resources of each file, those of which no table was made included."""
    of_tables = {one.file: one for one in known}
    for file, rows in files.rows.items():
        found = of_tables.get(file, Origin(file, rows))
        aside = found.aside + made.aside.get(file, type(found.aside)())
        said = (found.faulty, files.faulty.get(file, set()), faulty.get(file, set()))
        yield Origin(file, rows, set().union(*said), aside)


# --- the standard -------------------------------------------------------------------------------------------------


def _findings(domain: Domain) -> Findings | None:
    if domain.name != "OBSERVATION":
        return None
    result = Result("VALUE", "VALUEU", "LOW", "HIGH")
    return Findings("CODE", (result,), ("EFFECTIVE",), status="MISSING", method="METHOD", category="CATEGORY")


def _ongoing(column: str) -> tuple[str, ...]:
    return ("ONGOING",) if column in _ENDS else ()


def _none(_: object) -> tuple[str, ...]:
    return ()


def _no_study_day(_: str) -> str:
    return ""


def _places(domains: Domains, levels: tuple[str, ...]) -> Entry:
    """The dose level, where every arm is called as a level is."""
    return {
        place: {"column": column}
        for place, column in (("level", "ResearchSubject.actualArm"), ("assigned_level", "ResearchSubject.assignedArm"))
        if levels and {""} < _arms(domains, column.upper()) | {""} <= {"", *levels}
    }


def _arms(domains: Domains, column: str) -> set[str]:
    return {arm for one in domains.get("PATIENT", ()) if one.has(column) for arm in one.cells(column)}


def _status(domain: Domain) -> str:
    return "UNSURE" if domain.has("UNSURE") else ""


def _last_day(column: str) -> str:
    return "EFFECTIVE.END" if column == "EFFECTIVE.START" else ""


_STANDARD: Final = Standard(
    label="FHIR",
    patients="PATIENT",
    patient="WHOSE",
    reference="",
    findings=_findings,
    item=fhir_codes.item,
    moment=fhir_codes.moment,
    records=fhir_codes.records,
    ongoing=_ongoing,
    study_day=_no_study_day,
    numbers=_none,
    places=_places,
    likely=fhir_codes.likely,
    status=_status,
    last_day=_last_day,
    occasional=frozenset(fhir_codes.SPELT),
)
reader: Final = Reader("fhir", "FHIR", _recognises, _translate)
