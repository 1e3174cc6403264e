"""ADaM: the tables from which a study is analysed. CDISC ADaM Implementation Guide 1.3 (2021)."""

import re
from typing import Any, Final

from attrs import evolve

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, Moment, RecordType
from protocol_dsl.readers import born, cdisc
from protocol_dsl.readers.bindings import Result
from protocol_dsl.readers.cdisc_laboratory import unit_of
from protocol_dsl.readers.dates import sas_day, sas_moment
from protocol_dsl.readers.domains import Cells, Domain, Domains, by_name, called
from protocol_dsl.readers.mapped import Said, translated
from protocol_dsl.readers.reader import Place, Reader, Translated
from protocol_dsl.readers.standard import Entry, Findings, Standard
from protocol_dsl.readers.values import as_name

_TABLES: Final = {"LB": "ADLB", "VS": "ADVS", "EG": "ADEG", "QS": "ADQS", "RS": "ADRS"}
_IMPUTED: Final = {"D": 7, "M": 4, "Y": 0}
"""How much of YYYY-MM-DD was in the data: --DTF says the highest part that was not (codelist C81223)."""

_OF_ADSL: Final = {
    name: columns
    for columns, names in {
        ("SEX",): ("sex",),
        ("AGE",): ("age",),
        ("RACE",): ("race",),
        ("ETHNIC",): ("ethnicity",),
        ("COUNTRY",): ("country",),
        ("BRTHDTC", "BRTHDT"): ("birth_date", "date_of_birth"),
        ("RFICDTC", "RFICDT"): ("consent", "informed_consent", "consent_date"),
        ("RANDDT",): ("randomisation", "randomization"),
        ("ENRLDT",): ("enrolment", "enrollment"),
        ("RFXSTDTC", "TRTSDT", "TRTSDTM"): ("first_dose", "first_treatment"),
        ("RFXENDTC", "TRTEDT", "TRTEDTM"): ("last_dose", "last_treatment"),
        ("DTHDTC", "DTHDT"): ("death", "death_date"),
    }.items()
    for name in names
}
_OF_RECORDS: Final[dict[str, dict[str, Any]]] = {
    "adverse_event": {"from": "ADAE", "columns": {
        "term": ["AEDECOD", "AETERM"], "grade": ["AETOXGR", "ATOXGR"], "start": ["AESTDTC", "ASTDT", "ASTDTM"],
        "end": ["AEENDTC", "AENDT", "AENDTM"], "attributed": {"column": ["AEREL", "AREL"], "values": cdisc.ATTRIBUTED},
        "outcome": {"column": "AEOUT", "values": cdisc.OUTCOME}, "serious": "AESER",
        "action": {"column": "AEACN", "values": cdisc.ACTION}}},
    "dose": {"from": "ADEX", "where": {"PARAMCD": ["DOSE"]}, "columns": {
        "product": "EXTRT", "date": ["EXSTDTC", "ASTDT", "ASTDTM"], "amount": "EXDOSE", "unit": "EXDOSU"}},
    "medication": {"from": "ADCM", "columns": {
        "drug": ["CMDECOD", "CMTRT"], "class": "CMCLAS", "indication": "CMINDC", "route": "CMROUTE",
        "frequency": "CMDOSFRQ", "start": ["CMSTDTC", "ASTDT", "ASTDTM"], "end": ["CMENDTC", "AENDT", "AENDTM"]}},
    "medical_history": {"from": "ADMH", "columns": {
        "term": ["MHDECOD", "MHTERM"], "start": ["MHSTDTC", "ASTDT", "ASTDTM"],
        "end": ["MHENDTC", "AENDT", "AENDTM"]}},
}  # fmt: skip


def _recognises(place: Place) -> bool:
    """A folder with ADSL, and without the SDTM that it was made from."""
    return "adsl" in place.names and "dm" not in place.names


def _translate(protocol: Protocol, place: Place) -> Translated:
    tables = [Domain(called(table), table) for table in place.loaded.tables]
    domains, said = born.with_birth(by_name([_readable(one) for one in tables]), "ADSL")
    return translated(_STANDARD, protocol, place, domains, Said(tuple(said(protocol, place.mapping))))


def _readable(domain: Domain) -> Domain:
    """The table with its days as days, imputed parts of them left away, and the unit of an analysis value beside it."""
    added: dict[str, Cells] = {
        name: _days(domain, name) for name in domain.columns if re.fullmatch(r"[A-Z0-9]*DTM?", name)
    }
    if domain.has("PARAMCD"):
        beside = (domain.cells(name) for name in ("AVALU", "PARAM", f"{domain.name[2:4]}STRESU"))
        added["AVALU"] = list(map(unit_of, *beside))
    return cdisc.coded(evolve(domain, added=added))


def _days(domain: Domain, name: str) -> Cells:
    days, with_time = domain.cells(name), name.endswith("M")
    if all(re.fullmatch(r"-?[0-9]*(\.[0-9]*)?", day) for day in days):  # else it holds days as texts, as `2026` is one
        days = list(map(sas_moment if with_time else sas_day, days))
    if with_time and domain.has(f"{name[:-3]}TMF"):
        days = [day[:10] if flag else day for day, flag in zip(days, domain.cells(f"{name[:-3]}TMF"), strict=True)]
    flags = f"{name.removesuffix('M')}F"
    if not domain.has(flags):
        return days
    known = zip(days, domain.cells(flags), strict=True)
    return [day[: _IMPUTED[flag.upper()]].rstrip("-") if flag.upper() in _IMPUTED else day for day, flag in known]


def _findings(domain: Domain) -> Findings | None:
    if not domain.has("PARAMCD"):
        return None
    source = domain.name[2:4]
    low, high = (next((one for one in both if domain.has(one)), "") for both in (("ANRLO", "A1LO"), ("ANRHI", "A1HI")))
    return Findings(
        "PARAMCD",
        (
            Result("AVALC", "AVALU", low, high, "bound"),
            Result("AVAL", "AVALU", low, high),
            Result("AVALC", "AVALU", low, high),
        ),
        (f"{source}DTC", "ADT") if domain.has(f"{source}DTC") else ("ADT",),
        "ADY",
        specimen=f"{source}SPEC",
        category="PARCAT1",
        specimens=cdisc.BLOOD if source == "LB" else frozenset(),
    )


# --- what feeds what, where nobody says ----------------------------------------------------------------------------


def _item(item: Item, domains: Domains) -> Entry | None:
    known = cdisc.test_of(item)
    if item.name in _OF_ADSL or known is None:
        return _of_patient(item.name, domains)
    tables = [_TABLES[name] for name in known.domains if name in _TABLES]
    there = [name for name in tables if _codes(domains.get(name, ()), known.codes)]
    name = (there or tables or ["ADLB"])[0]
    codes = _codes(domains.get(name, ()), known.codes) or list(known.codes[:1])
    derived = [one for one in domains.get(name, ()) if one.has("DTYPE") and any(one.cells("DTYPE"))]
    return {
        "from": name,
        "test": codes[0] if len(codes) == 1 else codes,
        **({"where": {"DTYPE": ""}} if derived else {}),  # what was worked out was not observed
    }


def _codes(tables: tuple[Domain, ...], codes: tuple[str, ...]) -> list[str]:
    return [code for code in codes if any(code.casefold() in one.index("PARAMCD") for one in tables)]


def _of_patient(name: str, domains: Domains) -> Entry | None:
    wanted = _OF_ADSL.get(name)
    if wanted is None:
        return None
    there = [one for one in wanted if any(table.has(one) for table in domains.get("ADSL", ()))] or wanted[:1]
    values = {"values": cdisc.SEX} if name == "sex" else {}
    return {"from": "ADSL", "column": there[0] if len(there) == 1 else list(there), **values}


def _moment(moment: Moment, domains: Domains) -> Entry | None:
    return None if moment.first_dose_of or moment.every_dose_of else _of_patient(moment.name, domains)


def _records(record: RecordType, domains: Domains) -> Entry | None:
    entry = _OF_RECORDS.get(record.name)
    if entry is None:
        return None
    tables = domains.get(entry["from"], ())
    columns = {}
    for field, column in entry["columns"].items():
        wanted = column["column"] if isinstance(column, dict) else column
        names = [wanted] if isinstance(wanted, str) else wanted
        if field in record.fields and (not tables or any(one.has(name) for one in tables for name in names)):
            columns[field] = column
    where = entry.get("where", {})
    asked = {column: wanted for column, wanted in where.items() if any(one.has(column) for one in tables)}
    return {"from": entry["from"], **({"where": asked} if asked else {}), "columns": columns}


def _none(_: str) -> tuple[str, ...]:
    return ()


def _no_status(_: Domain) -> str:
    return ""


def _study_day(column: str) -> str:
    """ASTDY beside ASTDT and ASTDTM, AESTDY beside AESTDTC."""
    return re.sub(r"DT[CM]?$", "DY", column) if re.search(r"DT[CM]?$", column) else ""


def _numbers(_: Domain) -> tuple[str, ...]:
    return ("ASEQ",)


def _places(_: Domains, __: tuple[str, ...]) -> Entry:
    return {}


def _likely(item: Item, domains: Domains) -> str | None:
    """A parameter whose name is near."""
    labels = {}
    for name, tables in domains.items():
        for one in tables:
            if one.has("PARAMCD") and one.has("PARAM"):
                pairs = set(zip(one.cells("PARAM"), one.cells("PARAMCD"), strict=True))
                labels.update({as_name(label.partition(" (")[0]): f"{name}.{code}" for label, code in pairs})
    return cdisc.likely(item, labels, "ADSL.TRTSDT")


_STANDARD: Final = Standard(
    label="ADaM",
    patients="ADSL",
    patient="USUBJID",
    reference="TRTSDT",
    findings=_findings,
    item=_item,
    moment=_moment,
    records=_records,
    ongoing=_none,
    study_day=_study_day,
    numbers=_numbers,
    places=_places,
    likely=_likely,
    status=_no_status,
    last_day=cdisc.last_day,
)
reader: Final = Reader("adam", "ADaM", _recognises, _translate)
