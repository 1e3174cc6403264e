"""OMOP Common Data Model 5.4 (OHDSI): a folder of tables, a DuckDB database, or frames by the names of the tables.

To write such data in a test: tables `person` (person_id, gender_concept_id or gender_source_value, year_of_birth),
`measurement` (person_id, measurement_concept_id, measurement_date, value_as_number, operator_concept_id,
unit_concept_id or unit_source_value, range_low, range_high), `condition_occurrence`, `drug_exposure` and
`procedure_occurrence`. CDM has no table for adverse events, grades and moments of a trial: a mapping names them.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Date, Item, Moment, RecordType
from protocol_dsl.readers import cdisc, duckdb_tables
from protocol_dsl.readers.bindings import Result
from protocol_dsl.readers.domains import Domain, Domains, by_name, called
from protocol_dsl.readers.mapped import Said, translated
from protocol_dsl.readers.omop_codes import SEX, TESTS
from protocol_dsl.readers.omop_tables import NOT_DATA, Concepts, concept_ids, prepared, without_names
from protocol_dsl.readers.products import unnamed
from protocol_dsl.readers.reader import Place, Reader, Translated
from protocol_dsl.readers.rows import Loaded, Table, load
from protocol_dsl.readers.standard import Entry, Findings, Standard
from protocol_dsl.readers.values import as_name

_BESIDE_PERSON: Final = frozenset(
    ("condition_occurrence", "drug_exposure", "measurement", "observation", "observation_period", "visit_occurrence")
)
_TESTED: Final = ("MEASUREMENT", "OBSERVATION")
_OF_PERSON: Final[dict[str, dict[str, Any]]] = {
    "sex": {"from": "person", "column": ["gender_concept_id", "gender_source_value"], "values": SEX},
    **{name: {"from": "person", "column": ["birth_date"]} for name in ("birth_date", "date_of_birth")},
    **{name: {"from": "death", "column": ["death_date"]} for name in ("death", "death_date")},
}
_OF_RECORDS: Final[dict[str, dict[str, Any]]] = {
    "medication": {"from": "drug_exposure", "columns": {
        "drug": ["drug_concept_name", "drug_source_value"], "route": ["route_concept_name", "route_source_value"],
        "start": ["drug_exposure_start_date"], "end": ["verbatim_end_date"]}},
    "procedure": {"from": "procedure_occurrence", "columns": {
        "name": ["procedure_concept_name", "procedure_source_value"], "date": ["procedure_date"]}},
    "medical_history": {"from": "condition_occurrence", "columns": {
        "term": ["condition_concept_name", "condition_source_value"], "start": ["condition_start_date"],
        "end": ["condition_end_date"]}},
}  # fmt: skip
"""drug_exposure_end_date is worked out from the supply where nobody wrote an end, so that it is no fact."""


def _recognises(place: Place) -> bool:
    """A table of persons, and one of what happened to them."""
    return "person" in place.names and bool(_BESIDE_PERSON & {*place.names})


def _translate(protocol: Protocol, place: Place) -> Translated:
    read = evolve(place, held=_loaded(place))
    tables = [Domain(called(table), table) for table in read.loaded.tables if called(table) not in NOT_DATA]
    concepts, problems = _concepts(place, read.loaded.tables, concept_ids(tables))
    domains = by_name([prepared(one, concepts) for one in tables])
    return _named(translated(_standard(concepts), protocol, read, domains, Said(problems)))


def _named(found: Translated) -> Translated:
    """What was read, with no clinical drug or code taken for the name of a drug."""
    named = unnamed(found.loaded.tables)
    loaded = evolve(found.loaded, tables=named.tables, problems=(*found.loaded.problems, *named.problems))
    origins = (evolve(one, faulty=one.faulty | named.faulty.get(one.file, set())) for one in found.origins or ())
    return evolve(found, loaded=loaded, origins=tuple(origins))


def _loaded(place: Place) -> Loaded:
    """All tables but the vocabularies."""
    if isinstance(place.what, Mapping):
        return place.loaded
    database = partial(duckdb_tables.read, wanted=lambda name: not _left(name))
    return load(place.what, _left, {".duckdb": database, ".parquet": duckdb_tables.parquet})


def _left(name: str) -> bool:
    return name.upper() in NOT_DATA


def _concepts(place: Place, tables: Iterable[Table], ids: set[int]) -> tuple[Concepts, tuple[Diagnostic, ...]]:
    """The concepts that occur, if there is a vocabulary."""
    found = next((Domain("CONCEPT", one) for one in tables if called(one) == "CONCEPT"), None)
    if found is not None:
        rows = range(len(found.rows))
        cells = ([found.cell(f"CONCEPT_{part}", row) for part in ("ID", "NAME", "CODE")] for row in rows)
        return {number: (name, code) for number, name, code in cells}, ()
    path = _vocabulary(place)
    if path is None:
        return {}, ()
    try:
        return duckdb_tables.chosen(path, ids), ()
    except ImportError:
        return {}, (without_names(path, "it needs duckdb", 'pip install "protocol-dsl[duckdb]"'),)
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes DuckDB raise
        return {}, (without_names(path, " ".join(str(error).split())[:200]),)


def _vocabulary(place: Place) -> Path | None:
    if isinstance(place.what, Mapping):
        return None
    paths = sorted(place.what.iterdir()) if place.what.is_dir() else [place.what]
    whole = (path for path in paths if path.suffix.casefold() == ".duckdb")
    named = (
        path for path in paths if path.stem.casefold() == "concept" and path.suffix.casefold() in (".csv", ".parquet")
    )
    return next((path for some in (named, whole) for path in some), None)


# --- what feeds what, where nobody says ----------------------------------------------------------------------------


def _findings(domain: Domain) -> Findings | None:
    name = domain.name
    if name not in _TESTED or not domain.has(f"{name}_CONCEPT_ID"):
        return None
    low, high = (one if domain.has(one) else "" for one in ("RANGE_LOW", "RANGE_HIGH"))
    source = Result("VALUE_SOURCE_VALUE@NUMBER", "UNIT_CONCEPT_ID@CODE", low, high)
    texts = ("VALUE_AS_CONCEPT_NAME", "VALUE_AS_STRING", "VALUE_SOURCE_VALUE", "VALUE_AS_CONCEPT_ID")
    return Findings(
        f"{name}_CONCEPT_ID",
        (
            evolve(source, only="number"),
            evolve(source, only="bound"),
            evolve(source, value="VALUE_AS_NUMBER"),
            *(Result(one) for one in texts if domain.has(one)),
        ),
        (f"{name}_DATETIME", f"{name}_DATE"),
        source=f"{name}_SOURCE_VALUE",
    )


def _item(item: Item, domains: Domains) -> Entry | None:
    if item.name in _OF_PERSON:
        return _there(_OF_PERSON[item.name], domains)
    known = cdisc.test_of(item)
    ids = [one for code in known.codes for one in TESTS.get(code, ())] if known else []
    if not ids:
        return None
    tables = domains.get("MEASUREMENT", ())
    there = [one for one in ids if any(one in table.index("MEASUREMENT_CONCEPT_ID") for table in tables)] or ids[:1]
    return {"from": "measurement", "test": there[0] if len(there) == 1 else there}


def _there(entry: Entry, domains: Domains) -> Entry:
    """An entry with those of its columns that are there; with one where none is."""
    tables = domains.get(entry["from"].upper(), ())
    columns = [one for one in entry["column"] if any(table.has(one.upper()) for table in tables)] or entry["column"][:1]
    return {**entry, "column": columns[0] if len(columns) == 1 else columns}


def _moment(moment: Moment, domains: Domains) -> Entry | None:
    if moment.first_dose_of or moment.every_dose_of:
        return None
    return _there(_OF_PERSON[moment.name], domains) if moment.name in _OF_PERSON else None


def _records(record: RecordType, domains: Domains) -> Entry | None:
    known = _OF_RECORDS.get(record.name)
    if known is None:
        return None
    tables = domains.get(known["from"].upper(), ())
    columns = {}
    for name, wanted in known["columns"].items():
        there = [one for one in wanted if any(table.has(one.upper()) for table in tables)]
        if name in record.fields and (there or not tables):
            columns[name] = there[0] if len(there) == 1 else there or wanted
    return {"from": known["from"], "columns": columns}


def _likely(concepts: Concepts, item: Item, domains: Domains) -> str | None:
    """A measurement or observation whose name is near."""
    if isinstance(item.kind, Date):
        return None
    names: dict[str, str] = {}
    for table in (name for name in _TESTED if name in domains):
        for one in domains[table]:
            for number in {*one.cells(f"{table}_CONCEPT_ID")} & {*concepts}:
                names.setdefault(as_name(concepts[number][0].partition(" [")[0]), f"{table.lower()}.{number}")
    near = (nearest(name, names) for name in (item.name, as_name(item.label)) if name)
    return next((names[name] for name in near if name), None)


def _none(_: object) -> str:
    return ""


def _no_columns(_: str) -> tuple[str, ...]:
    return ()


def _numbers(domain: Domain) -> tuple[str, ...]:
    return () if domain.name == "PERSON" else (f"{domain.name}_ID",)


def _places(_: Domains, __: tuple[str, ...]) -> Entry:
    return {}


def _standard(concepts: Concepts) -> Standard:
    return Standard(
        label="OMOP",
        patients="PERSON",
        patient="PERSON_ID",
        reference="",
        findings=_findings,
        item=_item,
        moment=_moment,
        records=_records,
        ongoing=_no_columns,
        study_day=_none,
        numbers=_numbers,
        places=_places,
        likely=partial(_likely, concepts),
        status=_none,
        last_day=_none,
        small=True,
    )


reader: Final = Reader("omop", "OMOP", _recognises, _translate)
