"""The decision table as it is printed: a row for each count, or the limits at which the move changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.base.sheet import Sheet, runs
from protocol_dsl.escalation.decision_table import Boundary, DecisionTable, Entry, at_the_ends
from protocol_dsl.model.escalation import Place

_ACROSS: Final = 12  # limits stand side by side, as they are printed, up to so many
_NONE: Final = "-"


def flat(found: DecisionTable) -> Sheet:
    """A row for each entry, with every column, for a program."""
    head = ("treated", "with_dlt", "pending", *found.extra, "level", "move", "row", "ends")
    listed = [
        (*_counts(found, one), one.level, one.move, str(one.row or ""), "; ".join(one.ends)) for one in found.entries
    ]
    return Sheet("", head, tuple(listed))


def _counts(found: DecisionTable, one: Entry) -> tuple[str, ...]:
    return tuple(map(str, (one.treated, one.with_dlt, one.pending, *own(found, one))))


def own(found: DecisionTable, one: Entry) -> tuple[int, ...]:
    """The protocol's own counts; a level that nobody was counted at has none."""
    return one.extra or (0,) * len(found.extra)


def rows(found: DecisionTable, title: str) -> Sheet:
    """A row for all counts with one move that can be said together; columns that say nothing are left out."""
    marks = _marks(found.entries)
    head = ("treated", "with DLT", "pending", *found.extra, "level", "move")
    lines = [_line(line, marks) for line in _together(found)]
    told = {"pending": any(one.pending for one in found.entries)}
    told["level"] = any(one.level != Place.ANY for one in found.entries)
    shown = [at for at, name in enumerate(head) if told.get(name, True)]
    notes = [f"({mark}) {'; '.join(ends)}" for ends, mark in marks.items()]
    listed = tuple(tuple(line[at] for at in shown) for line in lines)
    return Sheet(title, tuple(head[at] for at in shown), listed, (*notes, *found.notes))


def _marks(entries: Sequence[Entry]) -> dict[tuple[str, ...], str]:
    """A letter for each thing that is said below the table."""
    said = dict.fromkeys(one.ends for one in entries if one.ends)
    return {ends: ascii_lowercase[at] if at < len(ascii_lowercase) else str(at) for at, ends in enumerate(said)}


@frozen
class _Line:
    """Counts (of those pending, with DLT, and the protocol's own), levels, and the move after each mix of them."""

    treated: int
    counts: tuple[tuple[int, ...], ...]
    levels: tuple[str, ...]
    move: str
    ends: tuple[str, ...]


def _together(found: DecisionTable) -> list[_Line]:
    """Lines that differ in one thing alone become one, the pending first; the mixes of what it says are all met."""
    lines = [
        _Line(
            one.treated,
            ((one.pending,), (one.with_dlt,), *((n,) for n in own(found, one))),
            (one.level,),
            one.move,
            one.ends,
        )
        for one in found.entries
    ]
    for at in range(2 + len(found.extra)):
        groups: dict[_Line, list[int]] = {}
        for line in lines:
            others = (*line.counts[:at], (), *line.counts[at + 1 :])
            groups.setdefault(evolve(line, counts=others), []).extend(line.counts[at])
        lines = [
            evolve(line, counts=(*line.counts[:at], tuple(sorted(counts)), *line.counts[at + 1 :]))
            for line, counts in groups.items()
        ]
    levels: dict[_Line, list[str]] = {}
    for line in lines:
        levels.setdefault(evolve(line, levels=()), []).extend(line.levels)
    return [evolve(line, levels=tuple(names)) for line, names in levels.items()]


def _line(line: _Line, marks: dict[tuple[str, ...], str]) -> tuple[str, ...]:
    pending, with_dlt, *own_counts = (runs(list(counts)) for counts in line.counts)
    mark = f" ({marks[line.ends]})" if line.ends else ""
    return (str(line.treated), with_dlt, pending, *own_counts, ", ".join(line.levels), f"{line.move}{mark}")


def limits(found: DecisionTable, title: str, *, every: bool, down: bool = False) -> Sheet:
    """Limits as they are printed: across where there is room for it, else down, and `down` always."""
    last = found.boundaries[-1].treated
    shown = [one for one in found.boundaries if every or one.treated == last or not one.treated % found.cohort]
    lines = list(_limit_lines(found, shown))
    head, listed = lines[0], lines[1:]
    if down or len(shown) > _ACROSS:
        turned = list(zip(*lines, strict=True))
        head, listed = turned[0], turned[1:]
    return Sheet(title, head, tuple(listed), (*at_the_ends(found), *found.notes))


def _limit_lines(found: DecisionTable, shown: Sequence[Boundary]) -> Iterator[tuple[str, ...]]:
    yield ("patients treated at the level", *(str(one.treated) for one in shown))
    yield ("escalate if DLTs are at most", *(_limit(one.escalate) for one in shown))
    yield ("de-escalate if DLTs are at least", *(_limit(one.de_escalate) for one in shown))
    if any(one.close is not None for one in found.boundaries):
        yield ("close the level if DLTs are at least", *(_limit(one.close) for one in shown))
    if any(one.stop != one.close for one in found.boundaries):
        yield ("at the lowest level, stop if DLTs are at least", *(_limit(one.stop) for one in shown))


def _limit(limit: int | None) -> str:
    return _NONE if limit is None else str(limit)
