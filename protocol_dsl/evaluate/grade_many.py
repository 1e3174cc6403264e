"""Rows of a laboratory table graded: each by every grading that its term or its test stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from protocol_dsl.base.nearest import nearest
from protocol_dsl.evaluate.grade import Graded, grade
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


def grade_rows(rows: Iterable[LabRow], catalogue: Catalogue, system: System | None = None) -> Iterator[GradedRow]:
    """A row out for each row and direction, in the order they came. Raises nothing."""
    desk = _Desk(system)
    for row in rows:
        name = row.term or row.test
        asked = catalogue.named(name) or catalogue.named(row.test)
        found = tuple(one for one in asked if row.direction in (None, one.direction))
        if not found:
            yield GradedRow(row, name, row.direction, Graded(None, _why_not(row, name, asked, catalogue)))
        for one in found:
            yield GradedRow(row, one.term, one.direction, desk.graded(one, row), one)


def _why_not(row: LabRow, name: str, asked: tuple[Grading, ...], catalogue: Catalogue) -> str:
    if not name:
        return "the row names no term and no test"
    return f"`{name}` is not graded when {row.direction}" if asked else catalogue.lacking(name)


@frozen
class _Desk:
    """Grades rows; readings that are the same in all that counts are graded once."""

    system: System | None
    quick: QuickBands = field(factory=QuickBands)
    seen: dict[tuple[str, Direction, Measured], Graded] = field(factory=dict)

    def graded(self, grading: Grading, row: LabRow) -> Graded:
        if row.measured is None:
            return Graded(None, row.problem)
        key = (grading.term, grading.direction, row.measured)
        found = self.seen.get(key)
        if found is None:
            found = self.seen[key] = grade(grading, row.measured, self.system, self.quick)
        return found
