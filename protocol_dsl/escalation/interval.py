"""Designs that hold the counts at one level against the target: what they share, so that each file is its decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates.beta import tail
from protocol_dsl.escalation.estimates.isotonic import mtd
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.rule import Family, Ruling, follow
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import EscalationPlan, Ladder, Setting

Judge: TypeAlias = Callable[[int, int], tuple[Verdict, str]]
"""From how many were treated and how many had a DLT to what that calls for, and why."""

SETTINGS = (
    Phrase("target", "target dlt rate {number}"),
    Phrase("close", "close level when chance of exceeding target is more than {number} from {count} patients"),
    Phrase("safe", "stop when chance that the lowest level exceeds target is more than {number} from {count} patients"),
    Phrase("mtd", "mtd is isotonic estimate closest to target"),
)
"""Settings that all of them have."""
INTERVAL = Phrase("interval", "rates from {number} to {number} count as the target")
_NARROWEST = Fraction(1, 500)  # the intervals of mTPI-2 are as wide, from one end of the scale to the other
_FOR_LESS = {Verdict.DE_ESCALATE, Verdict.ELIMINATE}
NEVER = 1_000_000
"""A number of patients that no level has: whether a level is closed is for the setting `close` alone to say."""


@frozen
class Chance:
    """`when chance of exceeding target is more than 0.95 from 3 patients`, with a uniform prior."""

    limit: Fraction
    patients: int

    def exceeded(self, tally: Tally, target: Fraction) -> bool:
        """Whether the posterior chance is more than the limit, exactly."""
        if tally.treated < max(self.patients, 1):
            return False
        return tail(target, 1 + tally.with_dlt, 1 + tally.without) > self.limit


@frozen
class IntervalRule:
    """The rule of such a design; `close` eliminates a level and all above, `safe` looks at the lowest level alone."""

    target: Fraction
    judge: Judge
    close: Chance | None
    safe: Chance | None
    _calls: dict[Tally, tuple[Verdict, str]] = field(factory=dict, init=False, eq=False, repr=False)
    _toxic: dict[Tally, bool] = field(factory=dict, init=False, eq=False, repr=False)

    def call(self, tally: Tally) -> tuple[Verdict, str]:
        """What the counts at a level call for, and why; with nobody evaluable the trial stays."""
        if tally not in self._calls:
            self._calls[tally] = self._called(tally)
        return self._calls[tally]

    def _called(self, tally: Tally) -> tuple[Verdict, str]:
        if not tally.treated:
            return Verdict.STAY, "nobody there is evaluable"
        if self.close is not None and self._is_toxic(tally):
            limit, target = float(self.close.limit), float(self.target)
            return Verdict.ELIMINATE, f"the chance that the rate exceeds {target:g} is more than {limit:g}"
        return self.judge(tally.treated, tally.with_dlt)

    def _is_toxic(self, tally: Tally) -> bool:
        if tally not in self._toxic:
            self._toxic[tally] = self.close is not None and self.close.exceeded(tally, self.target)
        return self._toxic[tally]

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """What follows at the level just treated, or at one below it that calls for less.

        In a course as planned every level below has sent the trial up. Not so where a patient who was pending had a
        DLT since, or where patients were treated against the plan.
        """
        if self.safe is not None and self._stops(levels):
            limit, target = float(self.safe.limit), float(self.target)
            why = f"the chance that the rate at the lowest level exceeds {target:g} is more than {limit:g}"
            return follow(Verdict.ELIMINATE, why, 0, 0)
        at = self._lowest_for_less(levels, rung)
        verdict, why = self.call(levels[at])
        return follow(verdict, why if at == rung else f"further down, {why}", at, self.open_below(levels, closed))

    def calls_for_less(self, levels: tuple[Tally, ...], rung: int) -> bool:
        """Whether the lowest level stops the trial, or a level further down than this one calls for less."""
        return self._stops(levels) or self._lowest_for_less(levels, rung) < rung

    def _stops(self, levels: tuple[Tally, ...]) -> bool:
        return self.safe is not None and self.safe.exceeded(levels[0], self.target)

    def _lowest_for_less(self, levels: tuple[Tally, ...], rung: int) -> int:
        """The lowest level up to a rung whose counts call for less; the rung itself where there is none."""
        return next((below for below in range(rung) if self.call(levels[below])[0] in _FOR_LESS), rung)

    def open_below(self, levels: tuple[Tally, ...], closed: int) -> int:
        """The lowest level that is closed, by what was closed so far and by the counts as they stand."""
        return next((at for at, tally in enumerate(levels[:closed]) if self._is_toxic(tally)), closed)

    def recommend(self, levels: tuple[Tally, ...], closed: int) -> int | None:
        """The open level, of those that were given, whose isotonic estimate lies closest to the target."""
        closed = self.open_below(levels, closed)
        if self._stops(levels):
            return None
        return mtd(tuple((tally.treated, tally.with_dlt) for tally in levels[:closed]), self.target)


def interval_family(
    title: str,
    source: str,
    own: tuple[Phrase, ...],
    judge: Callable[[EscalationPlan], Judge],
    faults: Callable[[EscalationPlan], Iterator[Unsound]] = lambda _plan: iter(()),
) -> Family:
    """The family of a decision at one level. `faults` speaks of its own settings, once the shared ones are sound."""

    def rule(plan: EscalationPlan, _ladder: Ladder) -> IntervalRule:
        return IntervalRule(target_of(plan), judge(plan), _chance(plan.setting("close")), _chance(plan.setting("safe")))

    def wrong(plan: EscalationPlan, _ladder: Ladder) -> Iterator[Unsound]:
        shared = list(_shared_faults(plan))
        yield from shared or faults(plan)

    return Family(title, source, (*SETTINGS, *own), rule, wrong)


def target_of(plan: EscalationPlan) -> Fraction:
    """The target rate of a sound plan."""
    return plan.number("target") or Fraction(0)


def _chance(setting: Setting | None) -> Chance | None:
    return None if setting is None else Chance(Fraction(setting.values[0]), int(setting.values[1]))


def _shared_faults(plan: EscalationPlan) -> Iterator[Unsound]:
    target = plan.setting("target")
    if target is None:
        yield Unsound("the target rate is not said", Kind.SETTINGS, plan.span, "add `target dlt rate 0.30`, or another")
    elif not 0 < Fraction(target.values[0]) < 1:
        message = f"{target.values[0]} cannot be a target rate"
        yield Unsound(message, Kind.SETTINGS, target.span, "write a rate between 0 and 1, as in `target dlt rate 0.30`")
    for setting in (plan.setting("close"), plan.setting("safe")):
        if setting is not None and not 0 < Fraction(setting.values[0]) < 1:
            message = f"{setting.values[0]} cannot be a chance"
            yield Unsound(message, Kind.SETTINGS, setting.span, "write a chance between 0 and 1, such as 0.95")
    if plan.setting("mtd") is None:
        cure = "add `mtd is isotonic estimate closest to target`"
        yield Unsound("which level is recommended at the end is not said", Kind.SETTINGS, plan.span, cure)
    if plan.patients is None and plan.on_level is None:
        cure = "add `at most 36 patients`, or another number"
        yield Unsound("when the trial ends is not said", Kind.SETTINGS, plan.span, cure)


# --- the interval about the target ------------------------------------------------------------------------------------


def ends(plan: EscalationPlan) -> tuple[Fraction, Fraction]:
    """The rates that count as the target, from the lowest to the highest; the target alone where none are named."""
    interval = plan.setting("interval")
    if interval is None:
        return target_of(plan), target_of(plan)
    return Fraction(interval.values[0]), Fraction(interval.values[1])


def interval_faults(plan: EscalationPlan) -> Iterator[Unsound]:
    """What is wrong with the interval about the target; it must be said, and hold the target."""
    interval, target = plan.setting("interval"), target_of(plan)
    cure = f"write it as `rates from {float(target) - 0.05:g} to {float(target) + 0.05:g} count as the target`"
    if interval is None:
        yield Unsound("which rates count as the target is not said", Kind.SETTINGS, plan.span, cure)
        return
    low, high = ends(plan)
    if 0 < high - low < _NARROWEST:
        message = f"the rates from {interval.values[0]} to {interval.values[1]} are too narrow to count as the target"
        yield Unsound(message, Kind.SETTINGS, interval.span, cure)
        return
    if not 0 < low < high < 1 or not low <= target <= high:
        first, last = interval.values
        message = f"the rates from {first} to {last} do not hold the target of {float(target):g}"
        yield Unsound(message, Kind.SETTINGS, interval.span, cure)


def about(plan: EscalationPlan, treated: int, with_dlt: int) -> str:
    """Where an observed rate lies, in words."""
    low, high = ends(plan)
    rate, said = Fraction(with_dlt, treated), f"{with_dlt}/{treated}"
    if low <= rate <= high:
        return f"{said} lies from {float(low):g} to {float(high):g}"
    return f"{said} is below {float(low):g}" if rate < low else f"{said} is above {float(high):g}"
