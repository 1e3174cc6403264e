"""Rows of a laboratory table graded: each by every grading that its term or its test stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from protocol_dsl.base.nearest import nearest
from protocol_dsl.elaborate.grading import shipped, versions
from protocol_dsl.evaluate.grade import Graded, grade, number_text
from protocol_dsl.evaluate.quick_bands import QuickBands
from protocol_dsl.model.grading import Direction, Grading, Measured, System, Terminology
from protocol_dsl.readers.laboratory import LabRow


@frozen
class GradedRow:
    """A row and what came of it in one direction; `grading` is None where the terminology has none for it."""

    row: LabRow
    term: str
    direction: Direction | None
    graded: Graded
    grading: Grading | None = None


@frozen
class Catalogue:
    """The gradings of a terminology by term and by test, whatever the case of their letters.

    `others` are the other versions, to say which of them has a term that this one lacks.
    """

    terminology: Terminology
    others: tuple[Terminology, ...] = ()
    by_name: Mapping[str, tuple[Grading, ...]] = field(init=False, repr=False, eq=False)

    @by_name.default
    def _by_name(self) -> Mapping[str, tuple[Grading, ...]]:
        return _names(self.terminology)

    def named(self, name: str) -> tuple[Grading, ...]:
        """The gradings of a term, or of a test, in the order of the library."""
        return self.by_name.get(" ".join(name.casefold().split()), ())

    def lacking(self, name: str) -> str:
        """Why there is no grading of that name, and what may be meant."""
        here = f"{self.terminology.name} {self.terminology.version}"
        having = [other.version for other in self.others if " ".join(name.casefold().split()) in _names(other)]
        if having:
            versions = " and ".join(having)
            return f"`{name}` cannot be graded from a number in {here}; {self.terminology.name} {versions} can"
        near = nearest(name.casefold(), self.by_name)
        meant = f"; `{_spelt(self.by_name[near], near)}` may be meant" if near else ""
        return f"`{name}` is no term and no test that {here} grades from a number{meant}"


def _spelt(gradings: tuple[Grading, ...], name: str) -> str:
    return next((each for one in gradings for each in (one.term, *one.tests) if each.casefold() == name), name)


def _names(terminology: Terminology) -> dict[str, tuple[Grading, ...]]:
    found: dict[str, tuple[Grading, ...]] = {}
    for one in terminology.gradings:
        for name in dict.fromkeys(each.casefold() for each in (one.term, *one.tests)):
            found[name] = (*found.get(name, ()), one)
    return found


def catalogue(name: str, version: str) -> Catalogue | tuple[str, ...]:
    """A shipped terminology with its other versions; the versions that there are, where this is none of them."""
    known = versions(name)
    others = {each: found for each in known if (found := shipped(name, each)) is not None}
    asked = others.pop(version, None)
    return known if asked is None else Catalogue(asked, tuple(others.values()))


def as_data(one: GradedRow) -> dict[str, Any]:
    """A graded row as the command gives it: values as written, numbers as decimals in words."""
    graded = one.graded
    return {
        "patient": one.row.patient,
        "term": one.term,
        "direction": None if one.direction is None else one.direction.value,
        "value": one.row.value or None,
        "unit": one.row.unit or None,
        "grade": graded.grade,
        "because": graded.because,
        "needs_confirmation": graded.needs_confirmation,
        "confirm": graded.confirm or None,
        "band": None if graded.band is None else graded.band.written,
        "read_in": None if graded.unit is None else graded.unit.code,
        "read": {name: number_text(value) for name, value in (graded.inputs or {}).items()},
        "source": None if one.grading is None else one.grading.source,
        "test": one.row.test or None,
        "date": one.row.date or None,
        "row": one.row.number,
    }


def grade_rows(rows: Iterable[LabRow], catalogue: Catalogue, system: System | None = None) -> Iterator[GradedRow]:
    """A row out for each row and direction, in the order they came. Raises nothing."""
    desk = _Desk(catalogue, system)
    for row in rows:
        name = row.term or row.test
        asked = catalogue.named(name) or catalogue.named(row.test)
        found = tuple(one for one in asked if row.direction in (None, one.direction))
        if not found:
            yield GradedRow(row, name, row.direction, Graded(None, desk.why_not(row, name, asked)))
        for one in found:
            yield GradedRow(row, one.term, one.direction, desk.graded(one, row), one)


@frozen
class _Desk:
    """Grades rows; readings that are the same in all that counts are graded once."""

    catalogue: Catalogue
    system: System | None
    quick: QuickBands = field(factory=QuickBands)
    seen: dict[tuple[str, Direction, Measured], Graded] = field(factory=dict)

    lacking: dict[str, str] = field(factory=dict)

    def why_not(self, row: LabRow, name: str, asked: tuple[Grading, ...]) -> str:
        if not name:
            return "the row names no term and no test"
        if asked:
            return f"`{name}` is not graded when {row.direction}"
        if name not in self.lacking:
            self.lacking[name] = self.catalogue.lacking(name)
        return self.lacking[name]

    def graded(self, grading: Grading, row: LabRow) -> Graded:
        if row.measured is None:
            return Graded(None, row.problem)
        key = (grading.term, grading.direction, row.measured)
        found = self.seen.get(key)
        if found is None:
            found = self.seen[key] = grade(grading, row.measured, self.system, self.quick)
        return found
