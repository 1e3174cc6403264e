"""A trial over time: who was first treated when and at which level, what was proposed, and how the counts rose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from attrs import frozen

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict
from protocol_dsl.conduct.history import LETTERS
from protocol_dsl.conduct.status import Stage, TrialState
from protocol_dsl.figures.calendar import Calendar
from protocol_dsl.figures.looks import DOWN, UP, WAIT
from protocol_dsl.figures.svg import (
    ASIDE,
    EDGE,
    INK,
    PALE,
    PAPER,
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
)
from protocol_dsl.model.protocol import Protocol

MOST_ROWS = 40
_ROW, _CELL, _NAMES, _SAID, _WIDTH, _COUNTS = 34.0, 15.0, 110.0, 120.0, 1040.0, 150.0
_TONES = {"N": UP, "T": DOWN, "P": WAIT, "X": Tone(PAPER)}
_MEANT = {"N": "no DLT", "T": "DLT", "P": "pending or to be judged", "X": "not evaluable"}


@frozen
class Curve:
    """A count over time, how its line looks, and what it is called."""

    name: str
    counts: tuple[int, ...]
    width: float = 1.4
    dashed: bool = False


def trial_course(protocol: Protocol, states: Sequence[TrialState], name: str) -> str | TooLarge:
    """The states of a trial, one after another, as SVG."""
    rows = _rows(protocol, states)
    if len(rows) > MOST_ROWS:
        return TooLarge(f"there are {len(rows)} levels, and at most {MOST_ROWS} are drawn")
    title = f"{name}, day by day" + (f" to {states[-1].as_of.isoformat()}" if states else "")
    head, width = heading(title, _WIDTH)
    came = [state.as_of for state in states if state.count(Stage.ENROLLED, Stage.DOSED)] or [
        one.as_of for one in states
    ]
    first, last = (min(came), states[-1].as_of) if came else (date(2026, 1, 1), date(2026, 1, 1))
    room = timedelta(days=max((last - first).days // 50, 2))
    calendar = Calendar(
        max(first, date.min + room) - room, min(last, date.max - room) + room, EDGE + _NAMES, width - EDGE - _SAID
    )
    top = EDGE + 46
    middle = top + _ROW * len(rows)
    bottom = middle + 30 + _COUNTS
    parts = [head, *calendar.axis(top, bottom)]
    parts += _levels(rows, states, calendar, top)
    parts += _decisions(states, calendar, top)
    parts += _counted(states, calendar, middle + 30, bottom)
    below = list(_legend(states, bottom + 40))
    told = f"{len(states)} days on which something was asked about or settled."
    return drawing(width, bottom + 62 + EDGE, title, told, [*parts, *below])


def _rows(protocol: Protocol, states: Sequence[TrialState]) -> list[str]:
    """The levels that anybody was treated at, or that were proposed, the highest first; one row without a ladder."""
    names = protocol.ladder.names if protocol.ladder else ()
    used = {one.level for state in states[-1:] for one in _dosed(state)}
    used |= {state.advice.advice.level for state in states if state.advice is not None}
    return [name for name in reversed(names) if name in used] or [""]


def _dosed(state: TrialState) -> Iterable[DltStatus]:
    return (one.dlt for one in state.patients if one.dlt is not None and one.dlt.window is not None)


# --- levels -------------------------------------------------------------------------------------------------------


def _levels(rows: list[str], states: Sequence[TrialState], calendar: Calendar, top: float) -> Iterator[str]:
    for number, name in enumerate(rows):
        y = top + _ROW * (number + 0.5)
        yield line([(calendar.left, y), (calendar.right, y)], ink=PALE)
        yield label(
            (EDGE, y + 4), fitted(f"level {name}" if name else "treated", _NAMES - 8, 12), Lettering(12, bold=True)
        )
    if not states:
        return
    yield from _proposed(rows, states, calendar, top)
    free: dict[str, float] = {}
    for one in sorted(_dosed(states[-1]), key=lambda each: each.window or (date.max, date.max)):
        name = one.level if one.level in rows else rows[-1]
        if one.window is None or name is None:
            continue
        x = max(calendar.at(one.window[0]), free.get(name, 0.0))
        free[name] = x + _CELL + 1
        yield from _patient(one, x, top + _ROW * (rows.index(name) + 0.5))


def _patient(one: DltStatus, x: float, y: float) -> Iterator[str]:
    letter = LETTERS[one.status]
    tone = _TONES[letter]
    frame = (x - _CELL / 2, y - _CELL / 2, _CELL, _CELL)
    drawn = [box(frame, tone, edge=INK, round_by=2)]
    if letter == "T":
        drawn.append(box((x - 4.5, y - 5.5, 9, 11), Tone(tone.fill), edge=None))
    drawn.append(label((x, y + 4), letter, Lettering(11, "middle", bold=letter == "T")))
    yield group(f"{one.patient}: {one.status.value}", drawn)


def _proposed(rows: list[str], states: Sequence[TrialState], calendar: Calendar, top: float) -> Iterator[str]:
    """The level at which the rules would treat next, as a line below its row; where they wait, there is none."""
    for state, after in zip(states, [*states[1:], None], strict=True):
        advice = None if state.advice is None else state.advice.advice
        if advice is None:
            continue
        left = calendar.start(state.as_of)
        right = calendar.start(after.as_of) if after is not None else calendar.end(state.as_of)
        if advice.move == "treat" and advice.level in rows:
            y = top + _ROW * (rows.index(advice.level) + 0.5) + _CELL / 2 + 4
            yield line([(left, y), (right, y)], ink=INK, width=2.4)
        elif advice.move == "stop" and after is None:
            told = "stop" if advice.mtd is None else f"stop, level {advice.mtd}"
            yield label((calendar.right + 8, top + 10), fitted(told, _SAID - 8, 11), Lettering(11, bold=True))


def _decisions(states: Sequence[TrialState], calendar: Calendar, top: float) -> Iterator[str]:
    for one in states[-1].decisions if states else ():
        if one.day is not None:
            x = calendar.at(one.day)
            mark = shape([(x - 5, top - 12), (x + 5, top - 12), (x, top - 3)])
            instead = "" if one.decided == one.proposed else f" instead of {one.proposed}"
            ring = [line([(x - 8, top - 14), (x + 8, top - 14)], ink=INK, width=2)] if instead else []
            yield group(f"{one.day.isoformat()}: {one.decided}{instead}", [mark, *ring])


# --- counts -------------------------------------------------------------------------------------------------------


def _counted(states: Sequence[TrialState], calendar: Calendar, top: float, bottom: float) -> Iterator[str]:
    curves = (
        Curve("enrolled", tuple(state.count(Stage.ENROLLED, Stage.DOSED) for state in states), 1.2),
        Curve("treated", tuple(state.count(Stage.DOSED) for state in states), 2.4),
        Curve(
            "evaluable",
            tuple(len(state.with_dlt_status(DltVerdict.YES, DltVerdict.NO)) for state in states),
            1.4,
            dashed=True,
        ),
        Curve("with DLT", tuple(len(state.with_dlt_status(DltVerdict.YES)) for state in states), 3.4),
    )
    most = max((max(one.counts, default=0) for one in curves), default=0) or 1
    step = next(each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000) if most / each <= 6 or each == 5000)  # noqa: PLR2004 - few lines
    for number in range(0, most + 1, step):
        y = bottom - (bottom - top) * number / most
        yield line([(calendar.left, y), (calendar.right, y)], ink=PALE)
        yield label((calendar.left - 8, y + 4), str(number), Lettering(11, "end"))
    yield label((EDGE, top + 4), "patients", Lettering(12, bold=True))
    ends: list[float] = []
    for one in curves:
        if not states or not any(one.counts):
            continue
        yield line(_steps(one, states, calendar, top, bottom, most), ink=INK, width=one.width, dashed=one.dashed)
        y = bottom - (bottom - top) * one.counts[-1] / most + 4
        while any(abs(y - other) < 13 for other in ends):  # noqa: PLR2004 - the height of a word
            y += 2
        ends.append(y)
        yield label((calendar.right + 8, y), f"{one.name} {one.counts[-1]}", Lettering(11))


def _steps(  # noqa: PLR0913, PLR0917 - a line, and where it is drawn
    one: Curve, states: Sequence[TrialState], calendar: Calendar, top: float, bottom: float, most: int
) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for state, count in zip(states, one.counts, strict=True):
        x, y = calendar.start(state.as_of), bottom - (bottom - top) * count / most
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    return [*points, (calendar.right, points[-1][1])]


def _legend(states: Sequence[TrialState], y: float) -> Iterator[str]:
    there = {LETTERS[one.status] for state in states[-1:] for one in _dosed(state)}
    x = EDGE
    for letter in (one for one in _MEANT if one in there):
        yield box((x, y - 11, _CELL, _CELL), _TONES[letter], edge=INK, round_by=2)
        if letter == "T":
            yield box((x + 3, y - 9, 9, 11), Tone(_TONES[letter].fill), edge=None)
        yield label((x + _CELL / 2, y + 0.5), letter, Lettering(11, "middle", bold=letter == "T"))
        text = f"first dose, {_MEANT[letter]}"
        yield label((x + 22, y), text, Lettering(11))
        x += 22 + width_of(text, 11) + 16
    x, y = EDGE, y + 22
    if any(state.advice is not None for state in states):
        yield line([(x, y - 4), (x + 22, y - 4)], ink=INK, width=2.4)
        yield label((x + 28, y), "a place is open at the level above", Lettering(11))
        x += 28 + width_of("a place is open at the level above", 11) + 16
    if states and states[-1].decisions:
        yield shape([(x, y - 9), (x + 10, y - 9), (x + 5, y)])
        yield label((x + 16, y), "a decision of the committee, with a bar where it was not as proposed", Lettering(11))
    if not states:
        yield label((EDGE, y), "no days are asked about", ASIDE)
