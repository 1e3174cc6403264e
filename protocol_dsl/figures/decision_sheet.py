"""The decision table as it is printed: a row for each count, or the limits at which the move changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from protocol_dsl.base.sheet import Sheet, runs
from protocol_dsl.escalation.decision_table import Boundary, DecisionTable, Entry, at_the_ends

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
    """A row for each run of counts with one move; columns that say nothing are left out."""
    marks = _marks(found.entries)
    pending = any(one.pending for one in found.entries)
    lines = [_line(found, group, marks, by_pending=pending) for group in _alike(found.entries, by_pending=pending)]
    head = ("treated", "with DLT", "pending", *found.extra, "level", "move")
    shown = [at for at, name in enumerate(head) if not (name == "pending" and not pending)]
    if all(one.level == "any" for one in found.entries):
        shown.remove(len(head) - 2)
    notes = [f"({mark}) {'; '.join(ends)}" for ends, mark in marks.items()]
    listed = tuple(tuple(line[at] for at in shown) for line in lines)
    return Sheet(title, tuple(head[at] for at in shown), listed, (*notes, *found.notes))


def _marks(entries: Sequence[Entry]) -> dict[tuple[str, ...], str]:
    """A letter for each thing that is said below the table."""
    said = dict.fromkeys(one.ends for one in entries if one.ends)
    return {ends: chr(ord("a") + at) if at < 26 else str(at) for at, ends in enumerate(said)}  # noqa: PLR2004 - letters


def _alike(entries: Sequence[Entry], *, by_pending: bool) -> Iterator[list[Entry]]:
    """Entries that differ in one count alone: in the pending, where these are counted, or else in those with DLT."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for one in entries:
        counts = (one.treated, one.with_dlt if by_pending else one.pending, one.extra)
        groups.setdefault((*counts, one.level, one.move, one.ends), []).append(one)
    yield from groups.values()


def _line(
    found: DecisionTable, group: list[Entry], marks: dict[tuple[str, ...], str], *, by_pending: bool
) -> tuple[str, ...]:
    one = group[0]
    with_dlt = str(one.with_dlt) if by_pending else runs([each.with_dlt for each in group])
    pending = runs([each.pending for each in group]) if by_pending else str(one.pending)
    mark = f" ({marks[one.ends]})" if one.ends else ""
    return (str(one.treated), with_dlt, pending, *map(str, own(found, one)), one.level, f"{one.move}{mark}")


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
