"""What has happened, told by the counts at each level: `1 0/3, 2 1/6`, DLTs among those whose outcome is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from protocol_dsl.escalation.design import Design, Treat, Treated
from protocol_dsl.escalation.history import Cohort, History, Unreadable
from protocol_dsl.escalation.tally import Tally

_LEVEL = re.compile(
    r"\s*(?P<level>\S+?):?\s+(?P<dlts>[0-9]{1,4})\s*/\s*(?P<known>[0-9]{1,4})"
    r"(?:\s+and\s+(?P<pending>[0-9]{1,4})\s+pending)?\s*"
)
_AS_IN = "write it as `1 0/3, 2 1/6`, or `2 1/5 and 1 pending`; the level just treated comes last"
_MOST = 1000


def history_of(design: Design[Any], text: str) -> History | Unreadable:
    """A history with these counts, the levels in the order given, the level just treated last.

    Within a level the counts do not tell the order: of those in which the design would have gone on there it is one
    with DLTs late, and where there is none, DLTs come first.
    """
    cohorts: list[Cohort] = []
    state, start = design.start, 0
    for piece in text.split(","):
        where = (start, start + len(piece))
        start += len(piece) + 1
        read = _read(design, piece, where)
        if isinstance(read, Unreadable):
            return read
        rung, tally = read
        parts = _planned(design, state, rung, tally.without, tally.with_dlt) or _even(design, tally)
        if tally.pending:
            last = parts.pop() if parts and sum(parts[-1]) + tally.pending <= design.plan.cohort else (0, 0)
            parts.append(last)
        for number, (without, dlts) in enumerate(parts, start=1):
            pending = tally.pending if number == len(parts) else 0
            cohorts.append(Cohort(design.names[rung], "N" * without + "T" * dlts + "P" * pending))
            state = design.step(state, Treated(rung, Tally(without, dlts, pending)))
    return History(tuple(cohorts))


def _read(design: Design[Any], piece: str, where: tuple[int, int]) -> tuple[int, Tally] | Unreadable:
    found = _LEVEL.fullmatch(piece.replace("\N{MINUS SIGN}", "-"))
    if found is None:
        return Unreadable(f"`{piece.strip()}` does not tell the counts at a level", *where, help=_AS_IN)
    if found["level"] not in design.names:
        known = ", ".join(f"`{name}`" for name in design.names)
        return Unreadable(f"there is no level `{found['level']}`", *where, help=f"the levels are {known}")
    dlts, known_of, pending = (int(found[name] or 0) for name in ("dlts", "known", "pending"))
    if dlts > known_of or not 0 < known_of + pending <= _MOST:
        message = f"`{piece.strip()}` cannot be: {dlts} with DLT among {known_of}"
        return Unreadable(message, *where, help="write how many had a DLT, `/`, and of how many the outcome is known")
    return design.names.index(found["level"]), Tally(known_of - dlts, dlts, pending)


def _planned(design: Design[Any], state: Any, rung: int, without: int, dlts: int) -> list[tuple[int, int]]:  # noqa: ANN401 - any state
    """The patients at a level in cohorts as the design asks for them; none where it would not have asked."""
    move = design.move(state)
    if not without + dlts or not isinstance(move, Treat) or move.rung != rung:
        return []
    size = min(move.patients, without + dlts)
    for here in range(max(size - without, 0), min(size, dlts) + 1):
        left = (without - size + here, dlts - here)
        if not any(left):
            return [(size - here, here)]
        rest = _planned(design, design.step(state, Treated(rung, Tally(size - here, here))), rung, *left)
        if rest:
            return [(size - here, here), *rest]
    return []


def _even(design: Design[Any], tally: Tally) -> list[tuple[int, int]]:
    """The patients at a level in cohorts of the usual size, those with DLT first."""
    return list(_dealt(max(design.plan.cohort, 1), tally.without, tally.with_dlt))


def _dealt(size: int, without: int, dlts: int) -> Iterator[tuple[int, int]]:
    while without + dlts:
        toxic = min(size, dlts)
        clean = min(size - toxic, without)
        yield clean, toxic
        without, dlts = without - clean, dlts - toxic
