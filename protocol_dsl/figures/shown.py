"""Results with their pictures, as a notebook shows them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.escalation.decision_table import Boundary, DecisionTable, Entry, NoTable, decision_table
from protocol_dsl.escalation.history import History, Unreadable
from protocol_dsl.escalation.paths import Path, Pathways, each, pathways
from protocol_dsl.figures.decision_grid import decision_grid
from protocol_dsl.figures.decision_sheet import limits, rows
from protocol_dsl.figures.page import page, parts
from protocol_dsl.figures.path_sheet import path_sheet, title
from protocol_dsl.figures.svg import TooLarge
from protocol_dsl.figures.transitions import transitions
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.model.protocol import Protocol


def shown_table(protocol: Protocol) -> ShownTable:
    """The decision table of a protocol. Raises LookupError where it has none, as a model has not."""
    found = decision_table(*_design(protocol))
    if isinstance(found, NoTable):
        raise LookupError(found.why)  # noqa: TRY004 - it is not there, and of no other type
    return ShownTable(_name(protocol), found)


def shown_paths(
    protocol: Protocol, history: str, cohorts: int | None, counts: Mapping[str, tuple[int, ...]]
) -> ShownPaths | Unreadable:
    """The paths of a protocol after a history, and the counts of its own for each cohort of that.

    Raises LookupError where it has no escalation, and ValueError where a count does not fit the history.
    """
    plan, ladder = _design(protocol)
    read = History.read(history, ladder.names)
    if isinstance(read, Unreadable):
        return read
    for name, numbers in counts.items():
        sizes = [len(cohort.outcomes) for cohort in read.cohorts]
        if len(sizes) != len(numbers) or any(not 0 <= n <= size for n, size in zip(numbers, sizes, strict=True)):
            raise ValueError(f"`{name}` has no number for each of {len(sizes)} cohorts that is none above its patients")
    whole = all(name in counts for name in plan.extra)
    told = tuple(zip(*(counts[name] for name in plan.extra), strict=True)) if whole else ()
    found = pathways(plan, ladder, read, cohorts, counts=told)
    return found if isinstance(found, Unreadable) else ShownPaths(_name(protocol), found)


def _design(protocol: Protocol) -> tuple[EscalationPlan, Ladder]:
    if protocol.escalation is None or protocol.ladder is None:
        raise LookupError(f"{protocol.header.id} has no escalation")
    return protocol.escalation, protocol.ladder


def _name(protocol: Protocol) -> str:
    header = protocol.header
    return f"{header.id} version {header.version}" if header.version else header.id


@frozen
class ShownTable:
    """The decision table of a design; `svg` raises ValueError where the picture could not be read."""

    name: str
    found: DecisionTable

    @property
    def rows(self) -> tuple[Entry, ...]:
        """What follows each count at a level."""
        return self.found.entries

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """The limits at which the move changes; none where it does not change at limits."""
        return self.found.boundaries

    def svg(self) -> str:
        """The table as a grid of letters and colours."""
        return _drawn(decision_grid(self.found, self.name))

    def html(self) -> str:
        """A page with the grid and the table, which needs nothing from elsewhere."""
        return page(f"{self.name}: decision table", *self._shown())

    def _repr_html_(self) -> str:
        return parts(*self._shown())

    def _shown(self) -> tuple[list[str], list[Sheet]]:
        named = f"{self.name}: {self.found.subject}"
        sheet = limits(self.found, named, every=True) if self.found.boundaries else rows(self.found, named)
        return _under(decision_grid(self.found, self.name), sheet)


@frozen
class ShownPaths:
    """Dose transition pathways; `svg` raises ValueError where the picture could not be read."""

    name: str
    found: Pathways

    @property
    def count(self) -> int | None:
        """How many paths there are; None where there are more than can be counted."""
        return self.found.count

    @property
    def paths(self) -> tuple[Path, ...]:
        """Each path, fewer DLTs first. Raises ValueError where there are too many."""
        if self.found.root is None:
            many = "more than can be counted" if self.count is None else str(self.count)
            raise ValueError(f"the paths are too many to be listed: {many}")
        return tuple(each(self.found.root))

    def svg(self) -> str:
        """The paths as a tree from left to right."""
        return _drawn(transitions(self.found, title(self.found, self.name)))

    def html(self) -> str:
        """A page with the tree and a table of the paths, which needs nothing from elsewhere."""
        return page(title(self.found, self.name), *self._shown())

    def _repr_html_(self) -> str:
        return parts(*self._shown())

    def _shown(self) -> tuple[list[str], list[Sheet]]:
        drawn = transitions(self.found, title(self.found, self.name))
        return _under(drawn, path_sheet(self.found, self.name))


def _drawn(drawn: str | TooLarge) -> str:
    if isinstance(drawn, TooLarge):
        raise ValueError(drawn.why)  # noqa: TRY004 - the value is too large, not of another type
    return drawn


def _under(drawn: str | TooLarge, sheet: Sheet) -> tuple[list[str], list[Sheet]]:
    """A table under its picture, whose title stands for both."""
    if isinstance(drawn, TooLarge):
        return [], [sheet]
    return [drawn], [evolve(sheet, title="")]
