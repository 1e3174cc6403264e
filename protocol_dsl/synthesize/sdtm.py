"""The tables of a plain folder as SDTM, with the mapping that reads them. CDISC SDTM Implementation Guide 3.4 (2021).

Items of which the standard has a test stand in its domain. All else stands in domains of our own, which begin with Z as
the standard has it for those of a sponsor. SDTM has no place for judgements and for what a committee decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from attrs import define, field

from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, ListOf, Number
from protocol_dsl.readers import cdisc
from protocol_dsl.readers.lists import record_types
from protocol_dsl.synthesize.seek import is_dated
from protocol_dsl.synthesize.tables import Tables

_PLACES = {"level": "ACTARMCD", "assigned_level": "ARMCD", "cohort": "COHORT", "entry": "ENTRY", "part": "PART"}
_RECORDS = {"adverse_event": "AE", "dose": "EX", "medication": "CM", "procedure": "PR", "medical_history": "MH"}
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "AE": {
        "term": "AEDECOD",
        "grade": "AETOXGR",
        "attributed": "AEREL",
        "outcome": "AEOUT",
        "serious": "AESER",
        "action": "AEACN",
    },
    "EX": {"product": "EXTRT", "date": "EXSTDTC", "amount": "EXDOSE", "unit": "EXDOSU"},
    "CM": {"drug": "CMDECOD", "class": "CMCLAS", "indication": "CMINDC", "route": "CMROUTE", "frequency": "CMDOSFRQ"},
    "PR": {"name": "PRDECOD", "class": "PRCAT", "date": "PRSTDTC"},
    "MH": {"term": "MHDECOD"},
}
_OF_ANY = {"start": "STDTC", "end": "ENDTC", "date": "DTC"}
_WITH_RESULTS = ("LB", "VS", "EG")


@define
class Sdtm:
    """The data sets by name, a row a mapping from column to text; and the mapping file."""

    study: str
    sets: dict[str, list[dict[str, str]]] = field(factory=dict)
    columns: dict[str, tuple[str, ...]] = field(factory=dict)
    items: dict[str, Mapping[str, str]] = field(factory=dict)
    moments: dict[str, Mapping[str, object]] = field(factory=dict)
    lists: dict[str, tuple[str, dict[str, str]]] = field(factory=dict)
    places: dict[str, str] = field(factory=dict)

    @property
    def mapping(self) -> str:
        """The mapping file, as TOML."""
        lines = ["# What feeds which item of the invented study.", "", 'standard = "sdtm"', ""]
        lines += _section("patients", self.places)
        for head, entries in (("items", self.items), ("moments", self.moments)):
            lines += (
                [f"[{head}]", *(f"{name} = {_inline(entry)}" for name, entry in entries.items()), ""] if entries else []
            )
        for name, (domain, columns) in self.lists.items():
            lines += [
                f"[lists.{name}]",
                f'from = "{domain}"',
                'complete = "RFPENDTC"' if name in self._complete else "",
                "",
            ]
            lines += _section(f"lists.{name}.columns", columns)
        return "\n".join(lines)

    _complete: set[str] = field(factory=set)


def sdtm(protocol: Protocol, tables: Tables) -> Sdtm:
    """A study in SDTM from the tables of a plain folder."""
    study = Sdtm(protocol.header.id)
    codes = _codes(protocol)
    _demographics(study, protocol, tables)
    _dispositions(study, protocol, tables)
    _characteristics(study, protocol, tables, codes)
    _findings(study, protocol, tables, codes)
    _events(study, protocol, tables)
    return study


def _codes(protocol: Protocol) -> dict[str, tuple[str, str]]:
    """The domain and the test code of each item; codes of our own are eight letters of the name, told apart."""
    found: dict[str, tuple[str, str]] = {}
    used: set[tuple[str, str]] = set()
    for name, item in protocol.items.items():
        if isinstance(item.kind, ListOf):
            continue
        known = cdisc.test_of(item) if isinstance(item.kind, Number) else None
        domain = next((one for one in known.domains if one in _WITH_RESULTS), "") if known else ""
        code = known.codes[0] if known and domain else re.sub(r"[^A-Z0-9]", "", name.upper())[:8]
        domain = domain or ("ZF" if is_dated(item) else "SC")
        number = 1
        while (domain, code) in used:
            number += 1
            code = f"{code[: 8 - len(str(number))]}{number}"
        used.add((domain, code))
        found[name] = (domain, code)
    return found


def _demographics(study: Sdtm, protocol: Protocol, tables: Tables) -> None:
    attested: dict[str, str] = {}
    for row in tables.rows["attested"]:
        attested[row["patient"]] = max(attested.get(row["patient"], ""), row["complete_as_of"])
    start = protocol.dlt.start if protocol.dlt else ""
    there = [name for name in _PLACES if name in tables.columns["patients"]]
    rows = []
    for row in tables.rows["patients"]:
        places = {_PLACES[name]: row[name] for name in there}
        last = attested.get(row["patient"], "")
        rows.append(
            {
                **_named(study, "DM", row["patient"]),
                "SUBJID": row["patient"],
                "RFSTDTC": row.get(start, ""),
                "RFPENDTC": last,
                **places,
            }
        )
    _put(study, "DM", rows)
    study.places = {name: _PLACES[name] for name in there}


def _dispositions(study: Sdtm, protocol: Protocol, tables: Tables) -> None:
    """The moments, as events of disposition under their own names."""
    rows = []
    for name in protocol.moments:
        if name in tables.columns["patients"]:
            code = name.upper()
            study.moments[name] = {"from": "DS", "where": {"DSDECOD": code}, "column": "DSSTDTC"}
            rows += [
                {**_named(study, "DS", row["patient"]), "DSTERM": code, "DSDECOD": code, "DSSTDTC": row[name]}
                for row in tables.rows["patients"]
                if row[name]
            ]
    _put(study, "DS", rows)


def _characteristics(study: Sdtm, protocol: Protocol, tables: Tables, codes: Mapping[str, tuple[str, str]]) -> None:
    """What is said once of a patient."""
    not_done = {(row["patient"], row["item"]) for row in tables.rows["missing"] if not row["date"]}
    rows = []
    for name in tables.columns["patients"]:
        if name not in codes or is_dated(protocol.items[name]) or name in protocol.moments:
            continue
        domain, code = codes[name]
        for row in tables.rows["patients"]:
            stat = "NOT DONE" if (row["patient"], name) in not_done else ""
            if row[name] or stat:
                study.items[name] = {"from": domain, "test": code}
                rows.append(
                    {
                        **_named(study, "SC", row["patient"]),
                        "SCTESTCD": code,
                        "SCTEST": _label(protocol, name),
                        "SCORRES": row[name],
                        "SCSTAT": stat,
                    }
                )
    _put(study, "SC", rows)


def _findings(study: Sdtm, protocol: Protocol, tables: Tables, codes: Mapping[str, tuple[str, str]]) -> None:
    found: dict[str, list[dict[str, str]]] = {}
    blank = dict.fromkeys(("value", "unit", "lln", "uln"), "")
    missing = [{**row, **blank, "stat": "NOT DONE"} for row in tables.rows["missing"] if row["date"]]
    for row in (*tables.rows["observations"], *missing):
        domain, code = codes[row["item"]]
        study.items[row["item"]] = {"from": domain, "test": code}
        p = domain
        cells = {
            f"{p}TESTCD": code,
            f"{p}TEST": _label(protocol, row["item"]),
            f"{p}ORRES": row["value"],
            f"{p}ORRESU": row["unit"],
        }
        limits = {
            f"{p}ORNRLO": row["lln"],
            f"{p}ORNRHI": row["uln"],
            f"{p}STAT": row.get("stat", ""),
            f"{p}DTC": row["date"],
        }
        found.setdefault(domain, []).append({**_named(study, domain, row["patient"]), **cells, **limits})
    for domain, rows in found.items():
        _put(study, domain, rows)


def _events(study: Sdtm, protocol: Protocol, tables: Tables) -> None:
    records = record_types(protocol)
    taken: set[str] = set()
    for number, (name, item) in enumerate(
        (name, item) for name, item in protocol.items.items() if isinstance(item.kind, ListOf)
    ):
        domain = _RECORDS.get(item.kind.record, "") if isinstance(item.kind, ListOf) else ""
        if not domain or domain in taken:
            domain = f"Z{chr(ord('A') + number)}" if number != 5 else "ZZ"  # noqa: PLR2004 - ZF holds findings
        taken.add(domain)
        columns = _columns(domain, records[name].fields)
        rows = [
            {**_named(study, domain, row["patient"]), **{columns[key]: row.get(key, "") for key in columns}}
            for row in tables.rows.get(name, ())
        ]
        _put(study, domain, rows, (*_named(study, domain, ""), *columns.values()))
        study.lists[name] = (domain, columns)
        if any(row["list"] == name for row in tables.rows["attested"]):
            study._complete.add(name)  # noqa: SLF001 - its own module


def _columns(domain: str, fields: Mapping[str, Item]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in fields:
        column = (
            _FIELDS.get(domain, {}).get(key) or f"{domain}{_OF_ANY.get(key, re.sub(r'[^A-Z0-9]', '', key.upper())[:6])}"
        )
        number = 1
        while column in found.values():
            number += 1
            column = f"{column[: 8 - len(str(number))]}{number}"
        found[key] = column
    return found


def _named(study: Sdtm, domain: str, patient: str) -> dict[str, str]:
    return {"STUDYID": study.study, "DOMAIN": domain, "USUBJID": patient}


def _label(protocol: Protocol, name: str) -> str:
    return (protocol.items[name].label or name)[:40]


def _put(study: Sdtm, domain: str, rows: Iterable[dict[str, str]], columns: Iterable[str] = ()) -> None:
    """A data set, its rows numbered for each patient."""
    counts: dict[str, int] = {}
    told = []
    for row in rows:
        counts[row["USUBJID"]] = counts.get(row["USUBJID"], 0) + 1
        told.append(row if domain == "DM" else {**row, f"{domain}SEQ": str(counts[row["USUBJID"]])})
    if told or columns:
        named = dict.fromkeys((*columns, *(key for row in told for key in row)))
        study.columns[domain] = tuple(named)
        study.sets[domain] = told


# --- how it is written --------------------------------------------------------------------------------------------


def as_rows(study: Sdtm, domain: str) -> list[list[str]]:
    """The cells of a data set, row by row."""
    return [[row.get(column, "") for column in study.columns[domain]] for row in study.sets[domain]]


def dataset_json(study: Sdtm, domain: str, day: str) -> str:
    """A data set as CDISC Dataset-JSON 1.1, made on a day that is given."""
    held = {
        "datasetJSONCreationDateTime": f"{day}T00:00:00",
        "datasetJSONVersion": "1.1.0",
        "originator": "protocol synthesize",
        "studyOID": study.study,
        "metaDataVersionOID": "invented",
        "itemGroupOID": f"IG.{domain}",
        "records": len(study.sets[domain]),
        "name": domain,
        "label": domain,
        "columns": [
            {"itemOID": f"IT.{domain}.{one}", "name": one, "label": one, "dataType": "string"}
            for one in study.columns[domain]
        ],
        "rows": as_rows(study, domain),
    }
    return json.dumps(held, ensure_ascii=False, indent=1) + "\n"


def _section(head: str, entries: Mapping[str, object]) -> list[str]:
    return [f"[{head}]", *(f"{name} = {json.dumps(value)}" for name, value in entries.items()), ""] if entries else []


def _inline(entry: Mapping[str, object]) -> str:
    parts = (
        f"{key} = {_inline(value) if isinstance(value, Mapping) else json.dumps(value)}" for key, value in entry.items()
    )
    return f"{{ {', '.join(parts)} }}"
