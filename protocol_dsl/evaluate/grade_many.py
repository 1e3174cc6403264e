"""Rows of a laboratory table graded: each by every grading that its term or its test stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from protocol_dsl.base.display import safe
from protocol_dsl.base.nearest import nearest
from protocol_dsl.elaborate.grading import shipped, versions
from protocol_dsl.evaluate.grade import Graded, grade
from protocol_dsl.evaluate.printed_grades import held
from protocol_dsl.evaluate.quick_bands import QuickBands
from protocol_dsl.model.grading import Direction, Grading, Measured, System, Terminology
from protocol_dsl.readers.laboratory import LabRow, Printed


@frozen
class GradedRow:
    """A row and what came of it in one direction; `grading` is None where the terminology has none for it.

    `printed` is the grade that the table itself has, as written, and `agrees` whether it is ours: None where either is
    missing.
    """

    row: LabRow
    term: str
    direction: Direction | None
    graded: Graded
    grading: Grading | None = None
    printed: str = ""
    agrees: bool | None = None

    @property
    def because(self) -> str:
        """What decided or is missing, what else there is to say of the row, and a printed grade that is another."""
        if not self.printed and not self.row.note and not self.graded.remark:
            return self.graded.because
        told = [self.graded.because, self.graded.remark, self.row.note if self.grading else ""]
        if self.printed and not self.agrees:
            told.append(f"the table prints grade {safe(self.printed[:60])}")
        return "; ".join(filter(None, told))


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


KEYS: Final = (
    "patient", "term", "direction", "value", "unit", "grade", "because", "needs_confirmation", "confirm", "band",
    "read_in", "read", "printed", "agrees", "source", "test", "date", "row",
)  # fmt: skip
"""What a graded row has as data, in its order."""


def as_data(one: GradedRow) -> dict[str, Any]:
    """A graded row as the command gives it: values as written, numbers as decimals in words."""
    graded, row = one.graded, one.row
    return {
        "patient": row.patient,
        "term": one.term,
        "direction": None if one.direction is None else one.direction.value,
        "value": row.value or None,
        "unit": row.unit or None,
        "grade": graded.grade,
        "because": one.because,
        "needs_confirmation": graded.needs_confirmation,
        "confirm": graded.confirm or None,
        "band": None if graded.band is None else graded.band.written,
        "read_in": None if graded.unit is None else graded.unit.code,
        "read": graded.read,
        "printed": one.printed or None,
        "agrees": one.agrees,
        "source": None if one.grading is None else one.grading.source,
        "test": row.test or None,
        "date": row.date or None,
        "row": row.number,
    }


def grade_rows(rows: Iterable[LabRow], catalogue: Catalogue, system: System | None = None) -> Iterator[GradedRow]:
    """A row out for each row and direction, in the order they came. Raises nothing."""
    desk = _Desk(catalogue, system)
    for row in rows:
        out = [desk.graded(one, row) for one in desk.asked(row)]
        yield from out if row.printed is None else _compared(out, row.printed)


def _compared(rows: list[GradedRow], printed: Printed) -> Iterator[GradedRow]:
    ours = [(row.term, row.direction, row.graded.grade) for row in rows]
    for row, (text, agrees) in zip(rows, held(printed, ours), strict=True):
        yield evolve(row, printed=text, agrees=agrees)


@frozen
class _Asked:
    """One grading that a row stands for, and the readings graded by it so far, each by its identity; or why none."""

    term: str
    direction: Direction | None
    grading: Grading | None
    none: Graded | None = None
    seen: dict[int, tuple[Measured, Graded]] = field(factory=dict)


@frozen
class _Desk:
    """Grades rows; readings that are the same in all that counts are graded once, and names are looked up once."""

    catalogue: Catalogue
    system: System | None
    quick: QuickBands = field(factory=QuickBands)
    named: dict[tuple[object, ...], tuple[_Asked, ...]] = field(factory=dict)
    problems: dict[str, Graded] = field(factory=dict)

    def asked(self, row: LabRow) -> tuple[_Asked, ...]:
        """The gradings of its term, or of its test, but for directions in which it names a term of its own."""
        key = (row.term, row.test, row.direction, row.terms)
        if key not in self.named:
            self.named[key] = tuple(self._asked(row))
        return self.named[key]

    def _asked(self, row: LabRow) -> Iterator[_Asked]:
        own = {way: term for way, term in zip((Direction.LOW, Direction.HIGH), row.terms, strict=True) if term}
        for way, term in own.items():
            if row.direction in (None, way):
                yield from self._by_name(term, term, way, ())
        rest = tuple(way for way in Direction if row.direction in (None, way) and way not in own)
        if not own or (rest and self._has(row, rest)):
            yield from self._by_name(row.term or row.test, row.test, row.direction, tuple(own))

    def _has(self, row: LabRow, ways: tuple[Direction, ...]) -> bool:
        gradings = self.catalogue.named(row.term or row.test) or self.catalogue.named(row.test)
        return any(one.direction in ways for one in gradings)

    def _by_name(self, name: str, test: str, way: Direction | None, but: tuple[Direction, ...]) -> Iterator[_Asked]:
        gradings = self.catalogue.named(name) or self.catalogue.named(test)
        found = [one for one in gradings if way in (None, one.direction) and one.direction not in but]
        if not found:
            yield _Asked(name, way, None, Graded(None, self._why_not(name, way, gradings)))
        for one in found:
            yield _Asked(one.term, one.direction, one)

    def _why_not(self, name: str, way: Direction | None, gradings: tuple[Grading, ...]) -> str:
        if not name:
            return "the row names no term and no test"
        return f"`{safe(name[:60])}` is not graded when {way}" if gradings else self.catalogue.lacking(name)

    def graded(self, asked: _Asked, row: LabRow) -> GradedRow:
        found = asked.none
        if asked.grading is not None:
            found = self._problem(row) if row.measured is None else self._read(asked, asked.grading, row.measured)
        return GradedRow(row, asked.term, asked.direction, found or self._problem(row), asked.grading)

    def _problem(self, row: LabRow) -> Graded:
        return self.problems.setdefault(row.problem, Graded(None, row.problem))

    def _read(self, asked: _Asked, grading: Grading, measured: Measured) -> Graded:
        """Graded, or what came of the very same reading before; it is kept, so that its identity stays its own."""
        found = asked.seen.get(id(measured))
        if found is None:
            if len(asked.seen) >= _MOST_KEPT:
                asked.seen.clear()
            found = asked.seen[id(measured)] = measured, grade(grading, measured, self.system, self.quick)
        return found[1]


_MOST_KEPT = 1 << 14
