"""A CTCAE term looked up: what each version prints for each grade, and the bands that its numbers are graded by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from protocol_dsl.elaborate import grading, terms
from protocol_dsl.model.grading import Grading, System, Term

NAME: Final = "ctcae"
NAMES_ONLY: Final = "of this version only the names of terms ship, without their wording"
_MOST: Final = 6


@frozen
class Printed:
    """A term in one version: as printed, and its gradings from a number."""

    version: str
    term: Term
    gradings: tuple[Grading, ...] = ()

    @property
    def worded(self) -> bool:
        """Whether the wording of the grades ships."""
        return any(self.term.grades)


@frozen
class TermEntry:
    """A term in each version asked for that has it; `lacking` are those that do not."""

    name: str
    versions: tuple[Printed, ...]
    lacking: tuple[str, ...] = ()


@frozen
class NoTerm:
    """That there is no such term, with those that may be meant, the likeliest first.

    `elsewhere` are the versions that have it, where those asked for do not.
    """

    name: str
    meant: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def term(name: str, version: str | None = None) -> TermEntry | NoTerm:
    """A term of CTCAE in one version, or in all that ship. Raises nothing.

    Letters may be of either case, and words spelt as in Britain: `Neutropenia, febrile` is none, `febrile neutropenia`,
    `FEBRILE_NEUTROPENIA` and `Anaemia` are.
    """
    key = _folded(name)
    having = tuple(each for each in terms.versions() if key in _by_key(each))
    asked = terms.versions() if version is None else (version,)
    found = tuple(_printed(_by_key(each)[key], each) for each in asked if each in having)
    if not found:
        return NoTerm(name, () if having else tuple(_meant(name, asked)), having)
    return TermEntry(found[-1].term.name, found, tuple(each for each in asked if each not in having))


def family_of(one: Grading) -> str:
    """The term that a grading belongs to: `Hypercalcemia (Ionized)` is one of two for Hypercalcemia."""
    return one.term.partition(" (")[0]


def _printed(found: Term, version: str) -> Printed:
    shelf = grading.shipped(NAME, version)
    mine = () if shelf is None else shelf.gradings
    return Printed(version, found, tuple(one for one in mine if family_of(one).casefold() == found.name.casefold()))


def _folded(name: str) -> str:
    """A name by which spellings of a term meet: anaemia is anemia, and leucocytosis leukocytosis."""
    folded = terms.name_of(name.replace("_", " "))
    for british, american in (("ae", "e"), ("oe", "e"), ("leuco", "leuko"), ("tumour", "tumor")):
        folded = folded.replace(british, american)
    return folded


@cache
def _by_key(version: str) -> Mapping[str, Term]:
    return MappingProxyType({_folded(one.name): one for one in terms.terms(version).values()})


# --- what may be meant --------------------------------------------------------------------------------------------


def _meant(name: str, versions: Iterable[str]) -> Iterator[str]:
    """The nearest term; those that a test of the name is graded by; those that have all the words."""
    known = {key: found.name for version in versions for key, found in _by_key(version).items()}
    near = terms.meant(_folded(name), known)
    words = set(_folded(name).split("_"))
    found = [known[near]] if near else []
    found += [family_of(one) for version in versions for one in _graded(version) if _is_test(name, one)]
    found += [printed for key, printed in known.items() if words <= set(key.split("_"))]
    yield from list(dict.fromkeys(found))[:_MOST]


def _graded(version: str) -> tuple[Grading, ...]:
    shelf = grading.shipped(NAME, version)
    return () if shelf is None else shelf.gradings


def _is_test(name: str, one: Grading) -> bool:
    return bool(name) and name.casefold() in {known.casefold() for known in (*one.tests, one.analyte or "")}


# --- told ---------------------------------------------------------------------------------------------------------

_SYSTEMS: Final[dict[tuple[System, ...], str]] = {(System.SI,): "SI, in ", (System.US,): "US, in "}


def lines(entry: TermEntry) -> Iterator[str]:
    """The entry in words, a line at a time."""
    yield entry.name
    for one in entry.versions:
        yield ""
        yield f"CTCAE {one.version}" + (f": {one.term.name}" if one.term.name != entry.name else "")
        yield from (f"  {line}" for line in _version_lines(one))
    if entry.lacking:
        yield ""
        yield f"not in CTCAE {' and '.join(entry.lacking)}"


def _version_lines(one: Printed) -> Iterator[str]:
    if not one.worded:
        yield NAMES_ONLY
    for number, wording in enumerate(one.term.grades, 1):
        if one.worded:
            yield f"grade {number}  {wording or '-'}"
    for title, text in (("definition", one.term.definition), ("note", one.term.note)):
        if text:
            yield f"{title}: {text}"
    if not one.gradings:
        yield "no grade of it is given from a number alone"
    for each in one.gradings:
        yield from grading_lines(each)


def grading_lines(one: Grading) -> Iterator[str]:
    """A grading in words: its bands in each unit, what each needs besides the number, its notes and its source."""
    tests = f" ({', '.join(one.tests)})" if one.tests else ""
    yield f"{one.term}, graded from a number when {one.direction}{tests}"
    for table in one.tables:
        yield f"  {_SYSTEMS.get(table.systems, 'in ')}{'any unit' if table.unit is None else table.unit.code}"
        for band in table.bands:
            confirm = f"; to be confirmed: {band.also}" if band.also else ""
            yield f"    grade {band.grade}  {band.written}{confirm}"
    if one.flagless_normal:
        yield "  a baseline without a flag counts as normal"
    yield from (f"  note: {note}" for note in one.notes)
    if one.source:
        yield f"  source: {one.source}"


def as_data(entry: TermEntry) -> dict[str, Any]:
    """The entry as JSON has it."""
    return {
        "term": entry.name,
        "lacking": list(entry.lacking),
        "versions": [
            {
                "version": one.version,
                "term": one.term.name,
                "worded": one.worded,
                "grades": {str(number): text for number, text in enumerate(one.term.grades, 1) if text},
                "definition": one.term.definition or None,
                "note": one.term.note or None,
                "gradings": [_grading_data(each) for each in one.gradings],
            }
            for one in entry.versions
        ],
    }


def _grading_data(one: Grading) -> dict[str, Any]:
    return {
        "term": one.term,
        "direction": one.direction.value,
        "tests": list(one.tests),
        "source": one.source,
        "notes": list(one.notes),
        "bands": [
            {
                "unit": None if table.unit is None else table.unit.code,
                "systems": [system.value for system in table.systems],
                "grade": band.grade,
                "when": band.written,
                "confirm": band.also or None,
            }
            for table in one.tables
            for band in table.bands
        ],
    }
