"""The decision table as a grid: a column for each number treated, a row for each number with DLT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from attrs import evolve

from protocol_dsl.base.sheet import runs
from protocol_dsl.escalation.decision_table import DecisionTable, at_the_ends
from protocol_dsl.figures.looks import Look, look
from protocol_dsl.figures.panels import Panel, panels
from protocol_dsl.figures.svg import (
    ASIDE,
    EDGE,
    FAINT,
    Lettering,
    TooLarge,
    box,
    drawing,
    group,
    heading,
    label,
    upright,
    width_of,
    wrapped,
)

MOST_PANELS = 24
MOST_COLUMNS = 60

_AXIS, _HEAD = 46.0, 38.0
_LEAST = 520.0  # the words below need so much
_WIDTH = 980.0
_SIZES = ((12, 28.0), (24, 22.0), (40, 17.0), (MOST_COLUMNS, 13.0))


def decision_grid(table: DecisionTable, name: str) -> str | TooLarge:
    """The grid as SVG; where counts of pending patients or others matter, one grid for each."""
    found = panels(table)
    if len(found) > MOST_PANELS:
        return TooLarge(f"the table would take {len(found)} grids, and at most {MOST_PANELS} are drawn")
    widest = len(found[0].columns) if found else 0
    tallest = max((panel.most for panel in found), default=0)
    if not found or max(widest, tallest) > MOST_COLUMNS:
        return TooLarge(f"the table has counts up to {max(widest, tallest)}, and at most {MOST_COLUMNS} are drawn")
    size = next(each for most, each in _SIZES if max(widest, tallest) <= most)
    return _drawn(table, found, name, size)


def _letters(table: DecisionTable) -> dict[str, Look]:
    """A letter for each wording; two that would share one are numbered."""
    looks = {one.move: look(one.actions) for one in table.entries}
    by_letter: dict[str, list[str]] = defaultdict(list)
    for move, found in looks.items():
        by_letter[found.letter].append(move)
    return {
        move: found if len(by_letter[found.letter]) == 1 else evolve(found, letter=_numbered(found, by_letter, move))
        for move, found in looks.items()
    }


def _numbered(found: Look, by_letter: dict[str, list[str]], move: str) -> str:
    return f"{found.letter}{by_letter[found.letter].index(move) + 1}"


def _drawn(table: DecisionTable, found: list[Panel], name: str, size: float) -> str:
    looks = _letters(table)
    title = f"{name}: {table.subject}"
    parts, x, y, tallest, right = [], EDGE, EDGE + 26, 0.0, 0.0
    for panel in found:
        told = max(width_of(panel.title, 13), width_of("patients treated", 12))
        across = _AXIS + max(len(panel.columns) * size, told) + EDGE
        down = _HEAD + _titled(panel) + (panel.most + 1) * size + 24
        if x > EDGE and x + across > _WIDTH:
            x, y, tallest = EDGE, y + tallest, 0.0
        parts += list(_grid(panel, looks, x, y, size))
        x, tallest, right = x + across, max(tallest, down), max(right, x + across)
    head, width = heading(title, max(right + EDGE, _LEAST))
    below, height = _legend(table, looks, y + tallest, width)
    return drawing(width, height, title, " ".join(_spoken(found)), [head, *parts, *below])


def _grid(panel: Panel, looks: dict[str, Look], left: float, top: float, size: float) -> Iterator[str]:
    columns = panel.columns
    x0, y0 = left + _AXIS, top + _HEAD + _titled(panel)
    small = min(12.0, size * 0.55)
    if panel.title:
        yield label((x0, top + 10), panel.title, Lettering(bold=True))
    yield label((x0, y0 - 24), "patients treated")
    for at, treated in enumerate(columns):
        yield label((x0 + (at + 0.5) * size, y0 - 6), str(treated), Lettering(small, "middle", ink=FAINT))
    for dlts in range(panel.most + 1):
        yield label((x0 - 6, y0 + (dlts + 0.5) * size + small * 0.36), str(dlts), Lettering(small, "end", ink=FAINT))
    for one in panel.entries:
        found = looks[one.move]
        x, y = x0 + columns.index(one.treated) * size, y0 + one.with_dlt * size
        lettering = Lettering(small, "middle", bold=True, ink=found.tone.ink)
        written = label((x + size / 2, y + size / 2 + small * 0.36), found.letter, lettering)
        said = f"{one.treated} treated, {one.with_dlt} with DLT: {one.move}"
        yield group(said, [box((x, y, size, size), found.tone), written])
    yield upright((left + 12, y0 + min(panel.most + 1, 5) * size / 2), "with DLT")


def _titled(panel: Panel) -> float:
    return 20.0 if panel.title else 0.0


def _legend(table: DecisionTable, looks: dict[str, Look], top: float, width: float) -> tuple[list[str], float]:
    parts, x, y = [], EDGE, top
    for move, found in sorted(looks.items(), key=lambda item: item[1].order):
        across = 38 + width_of(move, 12) + 14
        if x > EDGE and x + across > width:
            x, y = EDGE, y + 28
        parts.append(box((x, y, 30, 20), found.tone))
        lettering = Lettering(anchor="middle", bold=True, ink=found.tone.ink)
        parts += [label((x + 15, y + 14), found.letter, lettering), label((x + 38, y + 14), move)]
        x += across
    y += 42
    for note in (*at_the_ends(table), *table.notes):
        for text in wrapped(note, width - 2 * EDGE, 11):
            parts.append(label((EDGE, y), text, ASIDE))
            y += 15
    return parts, y + EDGE / 2


def _spoken(found: list[Panel]) -> Iterator[str]:
    """The grid in words."""
    for panel in found:
        for treated in panel.columns:
            by_move: dict[str, list[int]] = defaultdict(list)
            for one in panel.entries:
                if one.treated == treated:
                    by_move[one.move].append(one.with_dlt)
            if not by_move:
                continue
            said = "; ".join(f"{runs(dlts)} with DLT: {move}" for move, dlts in by_move.items())
            yield f"{panel.title + ', ' if panel.title else ''}{treated} treated: {said}."
