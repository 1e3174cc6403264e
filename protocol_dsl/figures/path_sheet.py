"""Dose transition pathways as text: an indented tree, and a table with a row for each path."""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.base.sheet import Sheet, runs
from protocol_dsl.base.sheet import together as merged
from protocol_dsl.escalation.design import Stop
from protocol_dsl.escalation.paths import Fork, Outcome, Pathways, each, together, worded


def tree(found: Pathways) -> Iterator[str]:
    """The lines of an indented tree; outcomes after which everything is the same share a line."""
    if found.root is None:
        return
    yield f"{str(found.history) or 'nobody treated yet'}: {worded(found.root.move, found.names)}"
    yield from _branches(found, found.root, 1)
    yield f"{found.count} path{'s' * (found.count != 1)} {_ahead(found)}"


def _branches(found: Pathways, fork: Fork, depth: int) -> Iterator[str]:
    for branches, then in together(fork):
        closed = found.names[then.move.closed : fork.move.closed]
        shut = f" ({'level' if len(closed) == 1 else 'levels'} {', '.join(closed)} closed)" if closed else ""
        seen = _outcomes(found, [branch.seen for branch in branches])
        yield f"{'  ' * depth}{seen}: {worded(then.move, found.names)}{shut}"
        yield from _branches(found, then, depth + 1)


def _outcomes(found: Pathways, seen: list[tuple[Outcome, ...]]) -> str:
    """Outcomes that lead to the same, on one line."""
    if len(seen[0]) == 1:
        return ", or ".join(_with_dlt(found, seen[0][0], mix) for mix in mixes(seen))
    said = (" and ".join(_with_dlt(found, one, ((one.dlts,),)) for one in each) for each in seen)
    return ", or ".join(said)


def mixes(seen: list[tuple[Outcome, ...]]) -> list[tuple[tuple[int, ...], ...]]:
    """The DLTs, and the counts of the protocol's own, of outcomes at one level; as few mixes as will do."""
    return merged([((one.dlts,), *((count,) for count in one.extra)) for (one,) in seen])


def _with_dlt(found: Pathways, one: Outcome, mix: tuple[tuple[int, ...], ...]) -> str:
    dlts, *counts = (runs(list(numbers)) for numbers in mix)
    of = f"{one.patients} pending at level {found.names[one.rung]}" if one.settles else str(one.patients)
    told = "".join(f", {name} {number}" for name, number in zip(found.extra, counts, strict=False))
    return f"{dlts} of {of} with DLT{told}"


def path_sheet(found: Pathways, name: str) -> Sheet:
    """A row for each path: the cohorts, the move at its end, and what has been counted by then."""
    paths = list(each(found.root)) if found.root else []
    longest = max((len(path.seen) for path in paths), default=0)
    steps = (f"step {number}, DLTs" for number in range(1, longest + 1))
    head = (*steps, "then", "closed", "recommended", "DLTs in all")
    rows = []
    for path in paths:
        cells = [_brief(found, one) for one in path.seen]
        cells += [""] * (longest - len(cells))
        closed = ", ".join(found.names[path.end.move.closed :])
        counts = [
            f"level {name}: {tally.with_dlt}/{tally.treated}"
            for name, tally in zip(found.names, path.end.tallies, strict=True)
            if tally.treated
        ]
        then = worded(path.end.move, found.names)
        rows.append((*cells, then, closed, recommended(found, path.end) or "", "; ".join(counts)))
    return Sheet(title(found, name), head, tuple(rows), found.notes)


def _brief(found: Pathways, one: Outcome) -> str:
    pending = " pending" if one.settles else ""
    counts = "".join(f", {name} {count}" for name, count in zip(found.extra, one.extra, strict=False))
    return f"level {found.names[one.rung]}: {one.dlts}/{one.patients}{pending}{counts}"


def title(found: Pathways, name: str) -> str:
    """What is shown, in a line."""
    since = f" after {found.history}" if found.history.cohorts else ""
    return f"{name}: dose transition pathways{since}, {_ahead(found)}"


def _ahead(found: Pathways) -> str:
    if found.cohorts is None:
        return "to the end of the trial"
    return f"over {found.cohorts} cohorts" if found.cohorts > 1 else "over one cohort"


def recommended(found: Pathways, end: Fork) -> str | None:
    """The level recommended where the trial has ended; None where none is, or it has not."""
    return found.names[end.move.rung] if isinstance(end.move, Stop) and end.move.rung is not None else None
