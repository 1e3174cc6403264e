"""Dose transition pathways as a tree from left to right: what is done, and what follows each outcome."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from protocol_dsl.base.sheet import runs
from protocol_dsl.escalation.design import Awaits, Move, Stop, Treat, Wait
from protocol_dsl.escalation.paths import Branch, Fork, Pathways, each, together, worded
from protocol_dsl.figures.looks import DOWN, END, STAY, UP, WAIT, tone_of
from protocol_dsl.figures.path_sheet import mixes
from protocol_dsl.figures.svg import (
    ASIDE,
    EDGE,
    FAINT,
    INK,
    SMALL,
    Lettering,
    Tone,
    TooLarge,
    box,
    drawing,
    fitted,
    group,
    heading,
    label,
    line,
    shape,
    width_of,
    wrapped,
)

MOST_LEAVES = 150
MOST_COLUMNS = 12

_WIDE, _HIGH, _GAP, _MORE, _PITCH = 116.0, 36.0, 74.0, 90.0, 44.0
_LEAST = 560.0


@frozen
class _Placed:
    """A fork and where its box stands; `before` is the rung treated before it, `shut` what was closed before."""

    fork: Fork
    column: int
    y: float
    before: int | None
    shut: int
    into: tuple[tuple[str, _Placed], ...] = ()


def transitions(found: Pathways, title: str) -> str | TooLarge:
    """The tree as SVG. Outcomes after which everything is the same share a branch."""
    if found.root is None:
        return TooLarge("there are more paths than are drawn")
    leaves = _leaves(found.root)
    deep = _depth(found.root)
    if leaves > MOST_LEAVES or deep > MOST_COLUMNS:
        return TooLarge(
            f"the picture would have {leaves} branches over {deep} steps, and at most {MOST_LEAVES} over "
            f"{MOST_COLUMNS} are drawn"
        )
    before = found.names.index(found.history.cohorts[-1].level) if found.history.cohorts else None
    top = EDGE + 62
    root = _place(found, found.root, top, (0, before, len(found.names)))
    head, width = heading(title, max(2 * EDGE + (deep + 1) * _WIDE + deep * _gap(found), _LEAST))
    height = top + leaves * _PITCH
    notes = [text for note in found.notes for text in wrapped(note, width - 2 * EDGE, 11)]
    parts = [head, *_headings(found, deep), *_drawn(found, root), *_legend(height + 8)]
    parts += [label((EDGE, height + 44 + 15 * at), text, ASIDE) for at, text in enumerate(notes)]
    return drawing(width, height + 52 + 15 * len(notes), title, " ".join(_spoken(found)), parts)


def _leaves(fork: Fork) -> int:
    return sum(_leaves(then) for _, then in together(fork)) if fork.branches else 1


def _depth(fork: Fork) -> int:
    return max((1 + _depth(branch.then) for branch in fork.branches), default=0)


def _place(found: Pathways, fork: Fork, top: float, came: tuple[int, int | None, int]) -> _Placed:
    """The fork in the middle of its branches, each of which takes as much room as its leaves.

    It came by so many steps, from a level treated before, with the levels from a rung up closed.
    """
    column, before, shut = came
    into = []
    y = top
    for branches, then in together(fork):
        rung = next((one.rung for one in branches[0].seen if not one.settles), before)
        into.append((_seen(found, branches), _place(found, then, y, (column + 1, rung, fork.move.closed))))
        y += _leaves(then) * _PITCH
    middle = (into[0][1].y + into[-1][1].y) / 2 if into else top + _PITCH / 2
    return _Placed(fork, column, middle, before, shut, tuple(into))


def _seen(found: Pathways, branches: tuple[Branch, ...]) -> str:
    """How many of how many had a DLT, in few letters."""
    seen = [branch.seen for branch in branches]
    if len(seen[0]) > 1:
        return f"{len(seen)} outcomes" if len(seen) > 1 else ", ".join(f"{one.dlts}/{one.patients}" for one in seen[0])
    said = []
    for dlts, *counts in mixes(seen):
        named = zip(found.extra, counts, strict=False)
        told = "".join(f", {name} {_brief(numbers)}" for name, numbers in named)
        said.append(f"{_brief(dlts)}/{seen[0][0].patients}{told}")
    return " or ".join(said)


def _brief(numbers: tuple[int, ...]) -> str:
    return runs(list(numbers)).replace(" to ", "–")


# --- boxes and lines --------------------------------------------------------------------------------------------------


def _gap(found: Pathways) -> float:
    """What stands on a line needs more room where the protocol counts more than DLTs."""
    return _GAP + sum(max(width_of(f", {name} 0–3", 11), _MORE) for name in found.extra)


def _left(found: Pathways, column: int) -> float:
    return EDGE + column * (_WIDE + _gap(found))


def _headings(found: Pathways, deep: int) -> Iterator[str]:
    yield label((EDGE, EDGE + 40), "after the history" if found.history.cohorts else "start", ASIDE)
    settling = _settling(found.root, 1) if found.root else set()
    for column in range(1, deep + 1):
        cohort = column - (1 in settling)
        said = f"after cohort {cohort}" if cohort else "once none is pending"
        said = f"step {column}" if settling - {1} else said
        yield label((_left(found, column) - _gap(found) / 2, EDGE + 40), "DLTs", Lettering(11, "middle", ink=FAINT))
        yield label((_left(found, column), EDGE + 40), said, ASIDE)


def _settling(fork: Fork, column: int) -> set[int]:
    """The columns before which pending patients settle."""
    found = {column} if any(branch.seen[0].settles for branch in fork.branches) else set()
    return found.union(*(_settling(branch.then, column + 1) for branch in fork.branches))


def _drawn(found: Pathways, placed: _Placed) -> Iterator[str]:
    x, right = _left(found, placed.column), _left(found, placed.column) + _WIDE
    for seen, then in placed.into:
        bend = right + 16
        yield line([(right, placed.y), (bend, placed.y), (bend, then.y), (_left(found, then.column), then.y)])
        middle = ((bend + _left(found, then.column)) / 2, then.y - 5)
        yield group(f"{seen} with DLT", [label(middle, fitted(seen, _gap(found) - 18, 11), Lettering(11, "middle"))])
        yield from _drawn(found, then)
    move = placed.fork.move
    tone = tone_of(move, placed.before)
    closed = found.names[move.closed : placed.shut]
    shut = f"; {', '.join(closed)} closed" if closed else ""
    parts = [box((x, placed.y - _HIGH / 2, _WIDE, _HIGH), Tone(tone.fill), round_by=4)]
    if tone.pattern:
        parts.append(box((x + 1, placed.y - _HIGH / 2 + 1, 25, _HIGH - 2), tone, edge=None, round_by=3))
    parts += list(_mark(x + 14, placed.y, move, placed.before, tone))
    parts += list(_said(found, move, x, placed.y, tone))
    if closed:
        parts.append(line([(x + 3, placed.y + _HIGH / 2 + 3), (right - 3, placed.y + _HIGH / 2 + 3)], ink=INK, width=2))
    yield group(worded(move, found.names) + shut, parts)


def _said(found: Pathways, move: Move, x: float, y: float, tone: Tone) -> Iterator[str]:
    upper, lower = _lines(found, move)
    yield label((x + 28, y - 3), fitted(upper, _WIDE - 32, 12), Lettering(bold=True, ink=tone.ink))
    yield label((x + 28, y + 12), fitted(lower, _WIDE - 32, 11), Lettering(11, ink=tone.ink))


def _lines(found: Pathways, move: Move) -> tuple[str, str]:
    if isinstance(move, Treat):
        return f"level {found.names[move.rung]}", f"treat {move.patients}"
    if isinstance(move, Stop):
        return "stop", "no level" if move.rung is None else f"level {found.names[move.rung]}"
    return "wait", "for pending" if move.awaits is Awaits.PENDING else "for people"


def _mark(x: float, y: float, move: Move, before: int | None, tone: Tone) -> Iterator[str]:
    """An arrow up or down, a bar for the same level, a square for the end."""
    if isinstance(move, Stop):
        yield shape([(x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)], tone.ink)
    elif isinstance(move, Wait):
        yield label((x, y + 2), "…", Lettering(14, "middle", bold=True))
    elif before is None or move.rung == before:
        yield shape([(x - 6, y - 2), (x + 6, y - 2), (x + 6, y + 2), (x - 6, y + 2)], tone.ink)
    else:
        up = -1 if move.rung > before else 1
        yield shape([(x - 6, y - 5 * up), (x + 6, y - 5 * up), (x, y + 6 * up)], tone.ink)


def _legend(top: float) -> Iterator[str]:
    x = EDGE
    for tone, said in ((UP, "higher"), (STAY, "same level"), (DOWN, "lower"), (END, "stop"), (WAIT, "wait")):
        yield box((x, top, 22, 14), tone, round_by=2)
        yield label((x + 28, top + 11), said, SMALL)
        x += 28 + width_of(said, 11) + 14
    yield line([(x, top + 8), (x + 22, top + 8)], ink=INK, width=2)
    yield label((x + 28, top + 11), "closes levels", SMALL)


def _spoken(found: Pathways) -> Iterator[str]:
    """Every path in words, as far as there are few."""
    paths = list(each(found.root)) if found.root else []
    yield f"{found.count} paths."
    if len(paths) <= MOST_LEAVES:
        for path in paths:
            seen = ", ".join(f"level {found.names[one.rung]} {one.dlts}/{one.patients}" for one in path.seen)
            yield f"{seen or 'now'}: {worded(path.end.move, found.names)}."
