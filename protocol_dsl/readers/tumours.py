"""What TU says of a lesion, joined to its measurements in TR: `TU.TULOC` beside TRORRES. SDTMIG 3.4, section 6.3.12."""

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.rows import at

_SAID: Final = ("TUORRES", "TULOC")
_KEY: Final = ("USUBJID", "LNKID", "EVALID")
"""A lesion has one name for each reader of the pictures."""

_Lesions = dict[tuple[str, ...], list[tuple[Domain, int]]]


def joined(tables: Iterable[Domain]) -> tuple[list[Domain], list[Diagnostic]]:
    """The tables, TR with columns for what TU says; where its rows on one lesion differ, that column is left empty."""
    every = list(tables)
    identified = [one for one in every if one.name == "TU" and one.has("TULNKID")]
    if not identified:
        return every, []
    lesions = _lesions(identified)
    problems = [_differing(rows, name) for rows in lesions.values() for name in _SAID if len(_texts(rows, name)) > 1]
    measured = [one for one in every if one.name == "TR" and one.has("TRLNKID")]
    found = {id(one): evolve(one, added={**one.added, **dict(_columns(one, lesions))}) for one in measured}
    return [found.get(id(one), one) for one in every], problems


def _key(domain: Domain, row: int) -> tuple[str, ...]:
    own = domain.name[:2]
    return tuple(domain.cell(name if name == "USUBJID" else f"{own}{name}", row) for name in _KEY)


def _lesions(tables: Iterable[Domain]) -> _Lesions:
    found: _Lesions = {}
    for one in tables:
        for row in range(len(one.rows)):
            found.setdefault(_key(one, row), []).append((one, row))
    return found


def _texts(rows: Iterable[tuple[Domain, int]], name: str) -> set[str]:
    return {text for domain, row in rows if (text := domain.cell(name, row))}


def _columns(domain: Domain, lesions: _Lesions) -> Iterator[tuple[str, list[str]]]:
    for name in _SAID:
        told = [_texts(lesions.get(_key(domain, row), ()), name) for row in range(len(domain.rows))]
        yield f"TU.{name}", [next(iter(one)) if len(one) == 1 else "" for one in told]


def _differing(rows: list[tuple[Domain, int]], name: str) -> Diagnostic:
    domain, row = rows[-1]
    said = " and ".join(f"`{text}`" for text in sorted(_texts(rows, name)))
    message = f"lesion `{domain.cell('TULNKID', row)}` is called {said}, so that this is taken as not known"
    where = Cell(domain.table.file, domain.rows[row].number, name)
    return at("PD754", message, where, "give each lesion a name of its own in TULNKID")
