"""What SDTM and ADaM have in common: test codes by the names of items, value sets, and how their rows are joined."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.base.analyte import analytes
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.shipped import shipped
from protocol_dsl.model.vocabulary import Date, Item
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.values import as_name

BLOOD: Final = frozenset({"", "blood", "serum", "plasma", "serum or plasma", "serum/plasma", "whole blood"})
"""Specimens in which the tests of the table are meant, where nobody says otherwise. SPECTYPE, codelist C78734."""

SEX: Final = {"F": "female", "M": "male"}  # codelist C66731
NEVER: Final = ("SCRNFAIL", "NOTASSGN", "NOTTRT", "UNPLAN")  # codes of ARMCD and ACTARMCD before SDTMIG 3.3

ATTRIBUTED: Final = {
    "NOT RELATED": "unrelated",
    "UNRELATED": "unrelated",
    "NONE": "unrelated",
    "UNLIKELY": "unlikely",
    "UNLIKELY RELATED": "unlikely",
    "REMOTE": "unlikely",
    "POSSIBLE": "possible",
    "POSSIBLY RELATED": "possible",
    "PROBABLE": "probable",
    "PROBABLY RELATED": "probable",
    "DEFINITE": "definite",
    "DEFINITELY RELATED": "definite",
}
"""AEREL has no codelist: these are words that leave no doubt. `RELATED` does, and `Y`."""

OUTCOME: Final = {  # codelist C66768
    "RECOVERED/RESOLVED": "recovered",
    "RECOVERED/RESOLVED WITH SEQUELAE": "recovered_with_sequelae",
    "RECOVERING/RESOLVING": "recovering",
    "NOT RECOVERED/NOT RESOLVED": "not_recovered",
    "FATAL": "fatal",
    "UNKNOWN": "unknown",
}
ACTION: Final = {  # codelist C66767
    "DOSE NOT CHANGED": "no_change",
    "DOSE REDUCED": "reduced",
    "DOSE RATE REDUCED": "reduced",
    "DRUG INTERRUPTED": "interrupted",
    "DRUG WITHDRAWN": "stopped",
    "NOT APPLICABLE": "not_applicable",
    "NOT EVALUABLE": "",
    "UNKNOWN": "",
}

LESION: Final = {"TARGET": "target", "NON-TARGET": "non_target", "NON TARGET": "non_target", "NEW": "new"}  # C123650
DIAMETER: Final = {"LDIAM": "longest_diameter", "LPERP": "longest_perpendicular"}  # TRTESTCD, codelist C96779

_CODED: Final = ("DECOD", "CLAS", "LLT", "HLT", "HLGT", "BODSYS", "SOC")
_UNCODED: Final = frozenset({"uncoded", "not coded", "uncodable", "uncodeable", "to be coded"})
"""What stands in a dictionary's columns where no entry was chosen; it names neither a drug nor an event."""

_STARTS: Final = ("enrolment", "enrollment", "registration", "baseline", "treatment_start")


@frozen
class Test:
    """A test: the domains where its rows may stand, and its codes, the newest first."""

    domains: tuple[str, ...]
    codes: tuple[str, ...]


def coded(table: Domain) -> Domain:
    """The table with nothing where a dictionary's column says that nothing was coded; filters still find the word."""
    added, several = {}, {}
    for name in (column for column in table.columns if column.endswith(_CODED)):
        cells = table.cells(name)
        if any(cell.casefold() in _UNCODED for cell in cells):
            added[name] = ["" if cell.casefold() in _UNCODED else cell for cell in cells]
            several[name] = [(cell,) for cell in cells]
    return evolve(table, added={**table.added, **added}, several={**table.several, **several}) if added else table


@cache
def tests() -> Mapping[str, Test]:
    """The tests by each name of an item."""
    text = (shipped("protocols") / "library" / "cdisc_tests.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[str, Test] = {}
    for domains, codes, analyte, names in lines[1:]:
        one = Test(tuple(domains.split()), tuple(codes.split()))
        known = analytes().get(analyte)
        also = (analyte, known.name, *known.also) if known else ()
        for name in (*also, *filter(None, names.split(", "))):
            found[name] = one
    return MappingProxyType(found)


def test_of(item: Item) -> Test | None:
    """The test that an item asks for: by its analyte, else by its name."""
    return tests().get(item.analyte or "") or tests().get(item.name)


def likely(item: Item, labels: Mapping[str, str], reference: str) -> str | None:
    """A place whose label is near an item's name or label; for a start, the day from which days are numbered."""
    if isinstance(item.kind, Date):
        return reference if item.name in _STARTS else None
    for name in filter(None, (item.name, as_name(item.label))):
        near = name if name in labels else nearest(name, labels)
        if near is not None:
            return labels[near]
    return None


def last_day(column: str) -> str:
    """EXENDTC beside EXSTDTC, AENDT beside ASTDT, AENDTM beside ASTDTM."""
    return column.replace("STDT", "ENDT") if column.endswith(("STDTC", "STDT", "STDTM")) else ""
