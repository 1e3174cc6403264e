"""Operating characteristics as small multiples: for each scenario its true rates, recommendations and patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

from attrs import frozen

from protocol_dsl.escalation.simulate import Scenario
from protocol_dsl.figures.looks import DOWN, STAY, TARGET, UP, WAIT
from protocol_dsl.figures.svg import (
    ASIDE,
    EDGE,
    FAINT,
    INK,
    PALE,
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
    upright,
    width_of,
    wrapped,
)

MOST_SCENARIOS = 12
MOST_LEVELS = 12

_AXIS, _SLOT, _BAR, _GAP = 64.0, 36.0, 24.0, 26.0
_RATES, _CHANCES, _PATIENTS, _BETWEEN = 58.0, 96.0, 84.0, 34.0
_TALL = 22 + _RATES + _CHANCES + _PATIENTS + 2 * _BETWEEN + 42
_WIDTH, _LEAST = 1000.0, 520.0
_SURE = 1.96  # standard errors to either side hold 95 of 100 results


@frozen
class _Scale:
    """What the axes of all scenarios reach: a rate, and a mean number of patients; and the target."""

    rate: float
    patients: float
    target: float | None


@frozen
class _Bar:
    """A value, its name, how it is drawn, and its standard error."""

    name: str
    value: float
    tone: Tone
    error: float = 0.0
    below: float = 0.0  # a part of it, drawn as DLTs


def characteristics(scenarios: Sequence[Scenario], name: str, target: Fraction | None = None) -> str | TooLarge:
    """The scenarios side by side, on the same scales; the level whose rate lies closest to the target is marked."""
    levels = max((len(one.names) for one in scenarios), default=0)
    if not 0 < len(scenarios) <= MOST_SCENARIOS or levels > MOST_LEVELS:
        asked = f"{len(scenarios)} scenarios of {levels} levels"
        return TooLarge(f"{asked} are not drawn: at most {MOST_SCENARIOS} of {MOST_LEVELS} are")
    wide = _SLOT * (levels + 1)
    across = max(1, min(4, int((_WIDTH - _AXIS) // (wide + _GAP))))
    scale = _scale(scenarios, target)
    title = f"{name}: operating characteristics"
    parts: list[str] = []
    for number, one in enumerate(scenarios):
        left = _AXIS + (number % across) * (wide + _GAP)
        top = EDGE + 32 + (number // across) * _TALL
        parts += _panel(one, number + 1, (left, top, wide), scale)
        if number % across == 0:
            parts += _axes(top, scale)
    head, width = heading(title, max(_AXIS + min(across, len(scenarios)) * (wide + _GAP), _LEAST))
    bottom = EDGE + 32 + -(-len(scenarios) // across) * _TALL
    below, height = _legend(scenarios, scale, bottom, width)
    return drawing(width, height, title, " ".join(_spoken(scenarios, scale)), [head, *parts, *below])


def _scale(scenarios: Sequence[Scenario], target: Fraction | None) -> _Scale:
    rates = [float(rate) for one in scenarios for rate in one.truth]
    means = [float(mean) for one in scenarios for mean in one.found.treated]
    highest = max([*rates, float(target or 0), 0.1])
    return _Scale(
        ceil(highest * 10 - 1e-9) / 10, _round_up(max([*means, 1.0])), None if target is None else float(target)
    )


def _round_up(value: float) -> float:
    """The next number that an axis may end at."""
    step = next(step for step in (1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 500, 10**9) if value <= 6 * step)
    return float(ceil(value / step) * step)


# --- one scenario -----------------------------------------------------------------------------------------------------


def _panel(one: Scenario, number: int, frame: tuple[float, float, float], scale: _Scale) -> Iterator[str]:
    left, top, wide = frame
    yield label((left, top + 12), f"scenario {number}", Lettering(12, bold=True))
    y = top + 22
    yield from _rates(one, (left, y, wide), scale)
    y += _RATES + _BETWEEN
    yield from _bars(list(_selected(one, scale)), (left, y, wide, _CHANCES), 1.0, percent=True)
    y += _CHANCES + _BETWEEN
    yield from _bars(list(_treated(one)), (left, y, wide, _PATIENTS), scale.patients, percent=False)
    names = (*one.names, "none")
    for at, name in enumerate(names):
        x = left + (at + 0.5) * _SLOT
        yield label((x, y + _PATIENTS + 15), fitted(name, _SLOT - 2, 11), Lettering(11, "middle"))
        if at in _closest(one, scale):
            tip = y + _PATIENTS + 20
            yield shape([(x, tip), (x - 5, tip + 8), (x + 5, tip + 8)])


def _rates(one: Scenario, frame: tuple[float, float, float], scale: _Scale) -> Iterator[str]:
    left, top, wide = frame
    yield line([(left, top + _RATES), (left + wide, top + _RATES)])

    def height(rate: float) -> float:
        return top + _RATES * (1 - rate / scale.rate)

    if scale.target is not None:
        yield line([(left, height(scale.target)), (left + wide, height(scale.target))], ink=INK, dashed=True)
    points = [(left + (at + 0.5) * _SLOT, height(float(rate))) for at, rate in enumerate(one.truth)]
    yield line(points, ink=FAINT, width=1.5)
    for (x, y), rate, name in zip(points, one.truth, one.names, strict=True):
        dot = box((x - 3, y - 3, 6, 6), Tone(INK), edge=None, round_by=3)
        yield group(f"level {name}: true DLT rate {float(rate):g}", [dot])
        yield label((x, top + _RATES + 14), f"{float(rate):.2g}", Lettering(10, "middle"))


def _closest(one: Scenario, scale: _Scale) -> set[int]:
    """The rungs whose true rates lie closest to the target."""
    if scale.target is None:
        return set()
    off = [abs(float(rate) - scale.target) for rate in one.truth]
    return {at for at, each in enumerate(off) if each <= min(off) + 1e-12}


def _selected(one: Scenario, scale: _Scale) -> Iterator[_Bar]:
    error = one.drawn.error.selected if one.drawn else (0.0,) * (len(one.names) + 1)
    for at, chance in enumerate([float(chance) for chance in one.found.selected]):
        tone = WAIT if at == len(one.names) else TARGET if at in _closest(one, scale) else UP
        name = "no level" if at == len(one.names) else f"level {one.names[at]}"
        yield _Bar(f"{name} is recommended with chance {chance:.3f}", chance, tone, error[at])


def _treated(one: Scenario) -> Iterator[_Bar]:
    error = one.drawn.error.treated if one.drawn else (0.0,) * len(one.names)
    for at, mean in enumerate([float(mean) for mean in one.found.treated]):
        dlts = float(one.found.dlts[at])
        said = f"level {one.names[at]}: {mean:.2f} patients on average, {dlts:.2f} with DLT"
        yield _Bar(said, mean, STAY, error[at], dlts)


def _bars(bars: list[_Bar], frame: tuple[float, float, float, float], most: float, *, percent: bool) -> Iterator[str]:
    left, top, wide, tall = frame
    for part in (0.25, 0.5, 0.75, 1.0) if percent else (0.5, 1.0):
        yield line([(left, top + tall * (1 - part)), (left + wide, top + tall * (1 - part))], ink=PALE)
    for at, bar in enumerate(bars):
        x, high = left + (at + 0.5) * _SLOT, tall * min(bar.value / most, 1)
        drawn = [box((x - _BAR / 2, top + tall - high, _BAR, high), bar.tone)]
        if bar.below:
            part = tall * min(bar.below / most, 1)
            drawn.append(box((x - _BAR / 2, top + tall - part, _BAR, part), DOWN))
        reach = tall * _SURE * bar.error / most
        if reach > 1:
            y = top + tall - high
            drawn.append(line([(x, y - reach), (x, min(y + reach, top + tall))], ink=INK, width=1.2))
        said = f"{100 * bar.value:.0f}" if percent else f"{bar.value:.1f}"
        written = label((x, top + tall - high - max(reach, 0) - 4), said, Lettering(10, "middle"))
        yield group(bar.name, [*drawn, written])
    yield line([(left, top + tall), (left + wide, top + tall)])


# --- around them ------------------------------------------------------------------------------------------------------


def _axes(top: float, scale: _Scale) -> Iterator[str]:
    y = top + 22
    strips = (
        (_RATES, "true rate", scale.rate),
        (_CHANCES, "recommended, %", 100),
        (_PATIENTS, "patients", scale.patients),
    )
    for tall, said, highest in strips:
        yield upright((EDGE + 10, y + tall / 2), said)
        for part in (0.0, 0.5, 1.0):
            at = (_AXIS - 8, y + tall * (1 - part) + 4)
            yield label(at, f"{highest * part:g}", Lettering(10, "end", ink=FAINT))
        y += tall + _BETWEEN
    yield label((_AXIS - 8, y - _BETWEEN + 15), "level", Lettering(11, "end"))


def _legend(scenarios: Sequence[Scenario], scale: _Scale, top: float, width: float) -> tuple[list[str], float]:
    parts, x, y = [], EDGE, top
    shown = [(UP, "recommended")]
    if scale.target is not None:
        shown.append((TARGET, f"recommended, closest to the target of {scale.target:g} (also ▲, dashed line)"))
    for tone, said in (*shown, (WAIT, "no level"), (STAY, "patients"), (DOWN, "DLTs")):
        across = 28 + width_of(said, 11) + 16
        if x > EDGE and x + across > width:
            x, y = EDGE, y + 22
        parts += [box((x, y, 22, 14), tone), label((x + 28, y + 11), said, SMALL)]
        x += across
    y += 34
    for note in (*dict.fromkeys(map(_how, scenarios)), *_undecided(scenarios)):
        for text in wrapped(note, width - 2 * EDGE, 11):
            parts.append(label((EDGE, y), text, ASIDE))
            y += 15
    return parts, y + EDGE / 2


def _how(one: Scenario) -> str:
    if one.drawn is None:
        return "worked out exactly, over all courses that a trial can take"
    return (
        f"{one.drawn.trials} trials drawn with seed {one.drawn.seed}; whiskers are 1.96 standard errors to either side"
    )


def _undecided(scenarios: Sequence[Scenario]) -> Iterator[str]:
    for number, one in enumerate(scenarios, start=1):
        if one.found.undecided:
            yield f"scenario {number}: with chance {float(one.found.undecided):.4f} the trial ends without an answer"


def _spoken(scenarios: Sequence[Scenario], scale: _Scale) -> Iterator[str]:
    """Every number in words."""
    if scale.target is not None:
        yield f"The target is {scale.target:g}."
    for number, one in enumerate(scenarios, start=1):
        yield f"Scenario {number}, true rates {', '.join(f'{float(rate):g}' for rate in one.truth)}:"
        yield "; ".join(bar.name for bar in (*_selected(one, scale), *_treated(one))) + "."
