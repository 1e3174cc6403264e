"""Tables of the OMOP CDM, with what their numbers stand for beside them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.base.quantity import read_number, unit
from protocol_dsl.readers.domains import Cells, Domain
from protocol_dsl.readers.omop_codes import OPERATORS, UNITS
from protocol_dsl.readers.rows import at

Concepts = Mapping[str, tuple[str, str]]
"""The name and the code of each concept, by its id."""

NOT_DATA: Final = frozenset(
    (
        "CDM_SOURCE", "COHORT_DEFINITION", "CONCEPT", "CONCEPT_ANCESTOR", "CONCEPT_CLASS", "CONCEPT_RELATIONSHIP",
        "CONCEPT_SYNONYM", "DOMAIN", "DRUG_STRENGTH", "METADATA", "RELATIONSHIP", "SOURCE_TO_CONCEPT_MAP", "VOCABULARY",
    )
)  # fmt: skip
"""Vocabularies and descriptions: they may be far larger than all data, and are about no patient."""

_MIDNIGHT: Final = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
_BOUND: Final = re.compile(r"\s*(<=|>=|<|>|≤|≥)\s*")
_SIGNS: Final = frozenset(OPERATORS.values())
_PLAIN: Final = "0123456789+-."


def concept_ids(domains: Iterable[Domain]) -> set[int]:
    """All concepts that occur."""
    texts = {
        text
        for one in domains
        for column in one.columns
        if column.endswith("CONCEPT_ID")
        for text in {*one.cells(column)}
        if text.isascii() and text.isdigit()
    }
    return {*map(int, texts)} - {0}


def prepared(domain: Domain, concepts: Concepts) -> Domain:
    """A table with the names of its concepts, its moments, days of birth, and results with sign and unit."""
    added: dict[str, Cells] = {}
    for column in domain.columns:
        if column.endswith("CONCEPT_ID"):
            added.update(_concept(domain, column, concepts))
        elif column.endswith("_DATETIME"):
            added[column] = ["" if _MIDNIGHT.search(text) else text for text in domain.cells(column)]
    found = evolve(domain, added=added)
    return evolve(found, added={**added, **dict(_made(found, concepts))})


def _concept(domain: Domain, column: str, concepts: Concepts) -> Iterator[tuple[str, Cells]]:
    """The ids but 0, which says that there is no concept; and, where there is a vocabulary, their names."""
    ids = ["" if text == "0" else text for text in domain.cells(column)]
    yield column, ids
    if concepts:
        yield f"{column.removesuffix('_ID')}_NAME", [concepts.get(one, ("", ""))[0] for one in ids]


def _made(domain: Domain, concepts: Concepts) -> Iterator[tuple[str, Cells]]:
    if domain.has("YEAR_OF_BIRTH") or domain.has("BIRTH_DATETIME"):
        yield "BIRTH_DATE", [_birth(domain, row) for row in range(len(domain.rows))]
    if domain.has("VALUE_AS_NUMBER"):
        units = [_unit(domain, row, concepts) for row in range(len(domain.rows))]
        numbers = [_signed(domain, row, concepts) for row in range(len(domain.rows))]
        yield "UNIT_CONCEPT_ID@CODE", units
        yield "VALUE_SOURCE_VALUE@NUMBER", [_source(domain, row, units[row], numbers[row]) for row in range(len(units))]
        yield "VALUE_AS_NUMBER", numbers


def _birth(domain: Domain, row: int) -> str:
    """As much as is known: day and month may be missing, and are then made up in the moment of birth."""
    year, month, day = (domain.cell(f"{part}_OF_BIRTH", row) for part in ("YEAR", "MONTH", "DAY"))
    if not year:
        return _MIDNIGHT.sub("", domain.cell("BIRTH_DATETIME", row))[:10]
    known = [year, *([month.zfill(2)] if month else []), *([day.zfill(2)] if month and day else [])]
    return "-".join(known)


# --- results ------------------------------------------------------------------------------------------------------


def _signed(domain: Domain, row: int, concepts: Concepts) -> str:
    """The number with its operator; with one that is not known it is no number."""
    text, operator = domain.cell("VALUE_AS_NUMBER", row), domain.cell("OPERATOR_CONCEPT_ID", row)
    if not text or not operator:
        return text
    sign = OPERATORS.get(operator) or concepts.get(operator, ("", ""))[0]
    if sign not in _SIGNS:
        return f"(operator {operator}) {text}"
    return text if sign == "=" else f"{sign}{text}"


def _unit(domain: Domain, row: int, concepts: Concepts) -> str:
    """The unit of the number: that of its concept; where it has none, that of the source."""
    concept = domain.cell("UNIT_CONCEPT_ID", row)
    if not concept:
        return domain.cell("UNIT_SOURCE_VALUE", row)
    return UNITS.get(concept) or concepts.get(concept, ("", ""))[1] or f"unit concept {concept}"


def _source(domain: Domain, row: int, code: str, number: str) -> str:
    """What the source had, if it is a number, or a bound, in the unit of the number; that was made from it.

    Limits are in the unit of the number, so that what came in another unit is taken as it was converted.
    """
    text, written = domain.cell("VALUE_SOURCE_VALUE", row), domain.cell("UNIT_SOURCE_VALUE", row)
    signed = _BOUND.match(text) is not None
    if read_number(_BOUND.sub("", text, count=1)) is None or not _same(written, code):
        return ""
    return text if signed or not number or number[0] in _PLAIN else ""  # else the sign is in the operator


def _same(one: str, other: str) -> bool:
    first, second = unit(one), unit(other)
    return one == other or (first is not None and second is not None and first.same_size(second))


def without_names(path: Path, why: str, cure: str | None = None) -> Diagnostic:
    """That the vocabulary cannot be read."""
    message = f"the vocabulary is not used, so that concepts have no names: {why}"
    return at("PD705", message, Cell(str(path)), cure, mild=True)
