"""SDTM: the tables of a study as they are tabulated for authorities. CDISC SDTM Implementation Guide 3.4 (2021)."""

from collections.abc import Iterator
from typing import Any, Final

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, ListOf, Moment, RecordType
from protocol_dsl.readers import born, cdisc, findings_about, numbered, supplements, tumours
from protocol_dsl.readers.bindings import Result
from protocol_dsl.readers.domains import Domain, Domains, by_name, called
from protocol_dsl.readers.mapped import Said, translated
from protocol_dsl.readers.reader import Place, Reader, Translated
from protocol_dsl.readers.rows import Table, at
from protocol_dsl.readers.standard import Entry, Findings, Standard
from protocol_dsl.readers.values import as_name

_SCORED: Final = frozenset({"QS", "RS", "FT"})
"""Questionnaires and scales: the answer is a word, and what the instrument counts is its standardised result."""

_OF_DM: Final[dict[str, dict[str, Any]]] = {
    "sex": {"column": "SEX", "values": cdisc.SEX},
    **{
        name: {"column": column}
        for column, names in {
            "AGE": ("age",),
            "RACE": ("race",),
            "ETHNIC": ("ethnicity",),
            "COUNTRY": ("country",),
            "BRTHDTC": ("birth_date", "date_of_birth"),
            "RFICDTC": ("consent", "informed_consent", "consent_date"),
            "RFXSTDTC": ("first_dose", "first_treatment"),
            "RFXENDTC": ("last_dose", "last_treatment"),
            "DTHDTC": ("death", "death_date"),
        }.items()
        for name in names
    },
}
_OF_DS: Final = {  # DSDECOD, codelists C114118 and C66727
    "randomisation": ("RANDOMIZED",),
    "randomization": ("RANDOMIZED",),
    "enrolment": ("ENROLLED", "ENTERED INTO TRIAL"),
    "enrollment": ("ENROLLED", "ENTERED INTO TRIAL"),
    "withdrawal_of_consent": ("WITHDRAWAL BY SUBJECT",),
    "consent_withdrawal": ("WITHDRAWAL BY SUBJECT",),
    "lost_to_follow_up": ("LOST TO FOLLOW-UP",),
}
_OF_RECORDS: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "adverse_event": (
        {
            "from": "AE",
            "unless": {"AEOCCUR": "N"},
            "columns": {
                "term": ["AEDECOD", "AETERM"],
                "grade": "AETOXGR",
                "start": "AESTDTC",
                "end": "AEENDTC",
                "attributed": {"column": "AEREL", "values": cdisc.ATTRIBUTED},
                "outcome": {"column": "AEOUT", "values": cdisc.OUTCOME},
                "serious": "AESER",
                "action": {"column": "AEACN", "values": cdisc.ACTION},
            },
        },
    ),
    "dose": (
        {"from": "EC", "unless": {"ECMOOD": "SCHEDULED", "ECOCCUR": "N"}, "columns": {
            "product": "ECTRT", "date": "ECSTDTC", "amount": "ECDOSE", "unit": "ECDOSU"}},
        {"from": "EX", "columns": {"product": "EXTRT", "date": "EXSTDTC", "amount": "EXDOSE", "unit": "EXDOSU"}},
    ),
    "medication": (
        {"from": "CM", "unless": {"CMOCCUR": "N"}, "columns": {
            "drug": ["CMDECOD", "CMTRT"], "class": "CMCLAS", "indication": "CMINDC", "route": "CMROUTE",
            "frequency": "CMDOSFRQ", "start": "CMSTDTC", "end": "CMENDTC"}},
    ),
    "procedure": (
        {"from": "PR", "unless": {"PROCCUR": "N"}, "columns": {
            "name": ["PRDECOD", "PRTRT"], "class": "PRCAT", "date": "PRSTDTC"}},
    ),
    "medical_history": (
        {"from": "MH", "unless": {"MHOCCUR": "N"}, "columns": {
            "term": ["MHDECOD", "MHTERM"], "start": "MHSTDTC", "end": "MHENDTC"}},
    ),
    "lesion": (
        {"from": "TU", "columns": {
            "lesion": "TULNKID", "kind": {"column": "TUORRES", "values": cdisc.LESION}, "location": "TULOC",
            "method": "TUMETHOD", "date": "TUDTC"}},
    ),
    "lesion_measurement": (
        {"from": "TR", "where": {"TRTESTCD": [*cdisc.DIAMETER]}, "columns": {
            "lesion": "TRLNKID", "kind": {"column": ["TU.TUORRES", "TRGRPID"], "values": cdisc.LESION},
            "location": "TU.TULOC", "date": "TRDTC", "diameter": "TRORRES",
            "measure": {"column": "TRTESTCD", "values": cdisc.DIAMETER}}},
    ),
}  # fmt: skip


def _recognises(place: Place) -> bool:
    """A folder with a table DM."""
    return "dm" in place.names


def _translate(protocol: Protocol, place: Place) -> Translated:
    loaded = place.loaded
    tables = [_domain(table) for table in loaded.tables]
    found, faulty, problems = supplements.joined(tables)
    found, faulty_too, more = findings_about.joined(found)
    found, differing = tumours.joined(found)
    domains, said = born.with_birth(by_name(map(cdisc.coded, found)))
    notes = (*said(protocol, place.mapping), *_spans(protocol, domains))
    complaints = Said((*problems, *more, *differing, *numbered.contradicting(found), *notes), {**faulty, **faulty_too})
    return translated(_STANDARD, protocol, place, domains, complaints)


def _domain(table: Table) -> Domain:
    """A table by what its rows say they are; the file's name where they say nothing."""
    domain = Domain("", table)
    named = {text.upper() for text in domain.index("DOMAIN") if text} if domain.has("DOMAIN") else set()
    stem = called(table)
    if len(named) == 1 and not domain.has("RDOMAIN"):
        return Domain(named.pop(), table)
    split = domain.has(f"{stem[:2]}TESTCD") or domain.has(f"{stem[:2]}SEQ")  # LBCH and LBHE are both LB
    return Domain(stem[:2] if split and not domain.has("RDOMAIN") else stem, table)


def _spans(protocol: Protocol, domains: Domains) -> Iterator[Diagnostic]:
    """That rows of doses over several days are a dose on the first and others unknown, if more than it is asked for."""
    asked = any(item.kind == ListOf("dose") for item in protocol.items.values())
    if not asked and not any(moment.every_dose_of for moment in protocol.moments.values()):
        return
    for one in domains.get("EC", ()) or domains.get("EX", ()):
        first, last = one.cells(f"{one.name}STDTC"), one.cells(f"{one.name}ENDTC")
        rows = [
            row for row, days in enumerate(zip(first, last, strict=True)) if all(days) and days[0][:10] < days[1][:10]
        ]
        if rows:
            many = f"{len(rows)} rows of doses last" if len(rows) > 1 else "1 row of doses lasts"
            where = Cell(one.table.file, one.rows[rows[0]].number, f"{one.name}ENDTC")
            message = f"{many} for several days; each is a dose on its first day, and on days unknown until its last"
            yield at("PD756", message, where, "give a row for each dose, where doses are counted", mild=True)


def _findings(domain: Domain) -> Findings | None:
    prefix = domain.name[:2]
    if not domain.has(f"{prefix}TESTCD"):
        return None
    original = Result(
        f"{prefix}ORRES",
        f"{prefix}ORRESU",
        f"{prefix}ORNRLO",
        f"{prefix}ORNRHI",
        "number" if prefix in _SCORED else "",
    )
    standard = [
        Result(f"{prefix}STRES{form}", f"{prefix}STRESU", f"{prefix}STNRLO", f"{prefix}STNRHI", only)
        for form, only in (("C", "number" if prefix in _SCORED else ""), ("N", ""))
    ]
    return Findings(
        f"{prefix}TESTCD",
        (original, *standard),
        (f"{prefix}DTC",),
        f"{prefix}DY",
        f"{prefix}STAT",
        f"{prefix}SPEC",
        f"{prefix}METHOD",
        f"{prefix}CAT",
        f"{prefix}ALL",
        cdisc.BLOOD if prefix == "LB" else frozenset(),
    )


# --- what feeds what, where nobody says ----------------------------------------------------------------------------


def _item(item: Item, domains: Domains) -> Entry | None:
    if item.name in _OF_DM:
        return {"from": "DM", **_OF_DM[item.name]}
    if item.name in _OF_DS:
        return _disposition(item.name, domains)
    known = cdisc.test_of(item)
    if known is None:
        return None
    there = [name for name in known.domains if name in domains and _has(domains[name], known.codes)]
    return {
        "from": there[0] if there else known.domains[0],
        "test": _tests(known, domains.get(there[0], ()) if there else ()),
    }


def _has(tables: tuple[Domain, ...], codes: tuple[str, ...]) -> bool:
    return any(code.casefold() in one.index(f"{one.name[:2]}TESTCD") for one in tables for code in codes)


def _tests(known: cdisc.Test, tables: tuple[Domain, ...]) -> str | list[str]:
    """The codes that occur; where none does, the newest."""
    there = [code for code in known.codes if _has(tables, (code,))] or list(known.codes[:1])
    return there[0] if len(there) == 1 else there


def _moment(moment: Moment, domains: Domains) -> Entry | None:
    """A moment that is the day of a dose comes from the doses."""
    if moment.first_dose_of or moment.every_dose_of:
        return None
    if moment.name in _OF_DM:
        return {"from": "DM", **_OF_DM[moment.name]}
    return _disposition(moment.name, domains)


def _disposition(name: str, domains: Domains) -> Entry | None:
    """The day of a disposition event that occurs in the data."""
    known = {code for one in domains.get("DS", ()) for code in one.index("DSDECOD")}
    wanted = [code for code in _OF_DS.get(name, ()) if code.casefold() in known]
    return {"from": "DS", "where": {"DSDECOD": wanted}, "column": "DSSTDTC"} if wanted else None


def _records(record: RecordType, domains: Domains) -> Entry | None:
    """The first table that is there; its columns that are there, and that the record has a field for."""
    known = _OF_RECORDS.get(record.name, ())
    entry = next((one for one in known if one["from"] in domains), known[-1] if known else None)
    if entry is None:
        return None
    tables = domains.get(entry["from"], ())
    columns = {
        field: column
        for field, column in entry["columns"].items()
        if field in record.fields and (not tables or _there(column, tables))
    }
    unless = {column: value for column, value in entry.get("unless", {}).items() if _there(column, tables)}
    more = {"where": entry["where"]} if "where" in entry else {"unless": unless} if unless else {}
    return {"from": entry["from"], **more, "columns": {**columns, **_more_columns(record, tables, columns)}}


def _more_columns(record: RecordType, tables: tuple[Domain, ...], taken: Entry) -> Entry:
    """Fields that a protocol added, where a column is called like them: `haematological` would be AEHAEMATOLOGICAL."""
    prefix = tables[0].name[:2] if tables else ""
    named = {name: f"{prefix}{name}".upper() for name in record.fields if name not in taken}
    return {name: column for name, column in named.items() if _there(column, tables)}


def _there(column: Any, tables: tuple[Domain, ...]) -> bool:  # noqa: ANN401 - a column in any form of an entry
    wanted = column.get("column", "") if isinstance(column, dict) else column
    names = wanted if isinstance(wanted, list) else [wanted]
    return any(table.has(name) for table in tables for name in names)


def _ongoing(column: str) -> tuple[str, ...]:
    """Where a table says how an event stood at the end: --ENRTPT, --ENRF (codelist C66728)."""
    return (f"{column[:2]}ENRTPT", f"{column[:2]}ENRF") if column.endswith("ENDTC") else ()


def _study_day(column: str) -> str:
    """The study day beside a date: AESTDY beside AESTDTC."""
    return column.removesuffix("DTC") + "DY" if column.endswith("DTC") else ""


def _status(domain: Domain) -> str:
    """Where a table says of an event that was asked for by name that it was not."""
    column = f"{domain.name[:2]}STAT"
    return column if domain.has(column) else ""


def _numbers(domain: Domain) -> tuple[str, ...]:
    return (f"{domain.name[:2]}SEQ",)


def _places(domains: Domains, levels: tuple[str, ...]) -> Entry:
    """The dose level, where every arm is called as a level is."""
    return {
        place: {"column": column, "values": dict.fromkeys(cdisc.NEVER, "")}
        for place, column in (("level", "ACTARMCD"), ("assigned_level", "ARMCD"))
        if levels and set(_arms(domains, column)) <= set(levels) and any(_arms(domains, column))
    }


def _arms(domains: Domains, column: str) -> Iterator[str]:
    for one in domains.get("DM", ()):
        yield from (arm for arm in one.cells(column) if arm and arm.upper() not in cdisc.NEVER)


def _likely(item: Item, domains: Domains) -> str | None:
    """A test whose name is near."""
    labels = {}
    for name, tables in domains.items():
        for one in tables:
            if len(name) == 2 and one.has(f"{name}TESTCD") and one.has(f"{name}TEST"):  # noqa: PLR2004
                pairs = zip(one.cells(f"{name}TEST"), one.cells(f"{name}TESTCD"), strict=True)
                labels.update({as_name(label): f"{name}.{code}" for label, code in set(pairs)})
    return cdisc.likely(item, labels, "DM.RFSTDTC")


_STANDARD: Final = Standard(
    label="SDTM",
    patients="DM",
    patient="USUBJID",
    reference="RFSTDTC",
    findings=_findings,
    item=_item,
    moment=_moment,
    records=_records,
    ongoing=_ongoing,
    study_day=_study_day,
    numbers=_numbers,
    places=_places,
    likely=_likely,
    status=_status,
    last_day=cdisc.last_day,
    about_no_patient=frozenset(("TA", "TD", "TE", "TI", "TM", "TS", "TV")),  # trial design, SDTMIG 3.4, section 7
)
reader: Final = Reader("sdtm", "SDTM", _recognises, _translate)
