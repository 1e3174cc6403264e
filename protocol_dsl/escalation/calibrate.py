"""Settings of a design, tried over named scenarios; every one is worked out exactly, so that the best is the best."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.characteristics import Characteristics, Endings, Own, endings, explored
from protocol_dsl.escalation.designs import family, faults, machine
from protocol_dsl.model.escalation import EscalationPlan, Ladder, Setting

_BELOW: Final = ("0.4", "0.5", "0.6", "0.7", "0.8")  # of the target; 0.6 and 1.4 are what the BOIN paper recommends
_ABOVE: Final = ("1.2", "1.3", "1.4", "1.5", "1.6")
_WIDTHS: Final = ("0.02", "0.03", "0.05", "0.07", "0.10")
_HALFWIDTHS: Final = ("0.03", "0.04", "0.05", "0.06", "0.07", "0.08")
_GOES_WITH: Final = {"rates": ("low", "high"), "made": ("skeleton",), "skeleton": ("made",)}
"""What a setting replaces besides itself: lines that only repeat what follows from it, or say the same otherwise."""


@frozen
class Named:
    """A scenario by its name: the true DLT rates, and what it would be right to recommend (rungs; None: no level).

    `own` are the true rates of the protocol's own counts.
    """

    name: str
    truth: tuple[Fraction, ...]
    right: tuple[int | None, ...]
    own: Own = ()


@frozen
class Outcome:
    """What a design does in one scenario."""

    scenario: Named
    found: Characteristics[float]
    limit: Fraction

    @property
    def right(self) -> float:
        """The chance that what is recommended is right."""
        return sum(self.found.selected[-1 if rung is None else rung] for rung in self.scenario.right)

    @property
    def above(self) -> float:
        """The chance that a level whose rate is above the limit is recommended."""
        return self.found.recommends_above(self.scenario.truth, self.limit)

    @property
    def patients_above(self) -> float:
        """The share of patients treated at such levels, on average."""
        return self.found.treats_above(self.scenario.truth, self.limit) / self.found.mean_patients


@frozen
class Candidate:
    """Settings that were tried, as a line of the language (empty: as the plan has them), and what came of them.

    `refused` says why nothing did.
    """

    line: str
    outcomes: tuple[Outcome, ...] = ()
    refused: str = ""

    @property
    def right(self) -> float:
        """The chance of a right recommendation, over the scenarios on average."""
        return _mean([one.right for one in self.outcomes])

    @property
    def above(self) -> float:
        """The chance of recommending a level above the limit, on average."""
        return _mean([one.above for one in self.outcomes])

    @property
    def most_above(self) -> float:
        """The same in the scenario where it is largest."""
        return max((one.above for one in self.outcomes), default=0.0)

    @property
    def patients_above(self) -> float:
        """The share of patients treated above the limit, on average."""
        return _mean([one.patients_above for one in self.outcomes])


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def scenario(name: str, truth: tuple[Fraction, ...], target: Fraction, own: Own = ()) -> Named:
    """A scenario in which it is right to recommend the level closest to the target, or one of them if several are."""
    nearest = min(abs(rate - target) for rate in truth)
    return Named(name, truth, tuple(rung for rung, rate in enumerate(truth) if abs(rate - target) == nearest), own)


def lines(plan: EscalationPlan, ladder: Ladder) -> tuple[str, ...]:
    """Settings worth trying for a plan, as lines of the language; none where the design has nothing to calibrate."""
    found = family(plan.family)
    target = plan.number("target")
    if found is None or target is None:
        return ()
    keys = {phrase.key: phrase for phrase in found.phrases}
    return tuple(
        _line(keys[key], values)
        for key in ("rates", "interval", "made")
        if key in keys
        for values in _tried(key, target, ladder)
    )


def _tried(key: str, target: Fraction, ladder: Ladder) -> Iterator[tuple[str, str]]:
    if key == "rates":
        for low, high in product(_BELOW, _ABOVE):
            yield _decimal(target * Fraction(low)), _decimal(target * Fraction(high))
    elif key == "interval":
        for low, high in product(_WIDTHS, _WIDTHS):
            if target - Fraction(low) > 0 and target + Fraction(high) < 1:
                yield _decimal(target - Fraction(low)), _decimal(target + Fraction(high))
    else:
        yield from product(_HALFWIDTHS, ladder.names)


def _decimal(number: Fraction) -> str:
    """A number of few digits as it is written."""
    return format((Decimal(number.numerator) / Decimal(number.denominator)).normalize(), "f")


def _line(phrase: Phrase, values: tuple[str, ...]) -> str:
    blanks = iter(values)
    return re.sub(r"\{\w+\}", lambda _: next(blanks), phrase.words)


def read(plan: EscalationPlan, line: str) -> tuple[Setting, ...] | None:
    """The settings in a line of the language, with commas between several; None where it is none of the design's."""
    found = family(plan.family)
    phrases = () if found is None else found.phrases
    settings = []
    for text in [line] if _matched(line, phrases) else line.split(","):
        setting = _matched(" ".join(text.split()), phrases)
        if setting is None:
            return None
        settings.append(setting)
    return tuple(settings)


def _matched(text: str, phrases: tuple[Phrase, ...]) -> Setting | None:
    for phrase in phrases:
        match = phrase.pattern.fullmatch(text)
        if match:
            return Setting(phrase.key, match.groups())
    return None


def replaced(plan: EscalationPlan, settings: tuple[Setting, ...]) -> EscalationPlan:
    """The plan with these settings; what only repeated the old ones is left out, a table of their moves too."""
    gone = {setting.key for setting in settings}
    gone |= {key for setting in settings for key in _GOES_WITH.get(setting.key, ())}
    kept = tuple(setting for setting in plan.settings if setting.key not in gone)
    return evolve(plan, settings=(*kept, *settings), rows=())


def tried(plan: EscalationPlan, ladder: Ladder, line: str, scenarios: tuple[Named, ...], limit: Fraction) -> Candidate:
    """What comes of a line of settings over the scenarios; an empty line leaves the plan as it is."""
    settings = read(plan, line) if line else ()
    if settings is None:
        return Candidate(line, refused="it is no setting of the design")
    if settings:
        plan = replaced(plan, settings)
        wrong = next(iter(faults(plan, ladder)), None)
        if wrong is not None:
            return Candidate(line, refused=wrong.message)
    automaton = explored(machine(plan, ladder, remember=True))
    if not automaton.complete:
        return Candidate(line, refused="the design cannot be worked out exactly")
    ends: dict[Own, Endings] = {own: endings(automaton, own) for own in {one.own for one in scenarios}}
    return Candidate(line, tuple(Outcome(one, ends[one.own].under(one.truth), limit) for one in scenarios))


def ranked(candidates: list[Candidate], most_above: Fraction | None) -> list[Candidate]:
    """The best first: those that keep within the largest chance of going above the limit, then by how often right.

    Of those as good to nine digits, the one that goes above less often, then the one that was tried first.
    """
    return sorted(
        (one for one in candidates if not one.refused),
        key=lambda one: (not allowed(one, most_above), -round(one.right, 9), round(one.above, 9)),
    )


def allowed(candidate: Candidate, most_above: Fraction | None) -> bool:
    """Whether the largest chance over the scenarios of recommending a level above the limit is not too large."""
    return most_above is None or candidate.most_above <= float(most_above)
