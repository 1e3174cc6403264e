"""Designs that hold the counts at one level against the target: what they share, so that each file is its decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates.isotonic import mtd
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.rule import Family, Ruling, follow
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import EscalationPlan, Ladder

Judge: TypeAlias = Callable[[int, int], tuple[Verdict, str]]
"""From how many were treated and how many had a DLT to what that calls for, and why."""

SETTINGS = (
    Phrase("target", "target dlt rate {number}"),
    Phrase("mtd", "mtd is isotonic estimate closest to target"),
)
"""Settings that all of them have."""
INTERVAL = Phrase("interval", "rates from {number} to {number} count as the target")
_NARROWEST = Fraction(1, 500)  # the intervals of mTPI-2 are as wide, from one end of the scale to the other
NEVER = 1_000_000
"""A number of patients that no level has: whether a level is closed is for behaviours round the design to say."""


@frozen
class IntervalRule:
    """The rule of such a design. What it recommends has an estimate that lies `below` a limit, if there is one."""

    target: Fraction
    judge: Judge
    below: Decimal | None = None
    _calls: dict[Tally, tuple[Verdict, str]] = field(factory=dict, init=False, eq=False, repr=False)

    def call(self, tally: Tally) -> tuple[Verdict, str]:
        """What the counts at a level call for, and why; with nobody evaluable the trial stays."""
        if tally not in self._calls:
            nobody = (Verdict.STAY, "nobody there is evaluable")
            self._calls[tally] = self.judge(tally.treated, tally.with_dlt) if tally.treated else nobody
        return self._calls[tally]

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """What follows at the level just treated, or at one below it that calls for less.

        In a course as planned every level below has sent the trial up. Not so where a patient who was pending had a
        DLT since, or where patients were treated against the plan.
        """
        at = self.lowest_for_less(levels, rung)
        verdict, why = self.call(levels[at])
        return follow(verdict, why if at == rung else f"further down, {why}", at, closed)

    def lowest_for_less(self, levels: tuple[Tally, ...], rung: int) -> int:
        """The lowest level up to a rung whose counts call for less; the rung itself where there is none."""
        return next((below for below in range(rung) if self.call(levels[below])[0] is Verdict.DE_ESCALATE), rung)

    def recommend(self, levels: tuple[Tally, ...], closed: int) -> int | None:
        """The open level, of those that were given, whose isotonic estimate lies closest to the target."""
        return mtd(tuple((tally.treated, tally.with_dlt) for tally in levels[:closed]), self.target, self.below)


def interval_family(
    title: str,
    source: str,
    own: tuple[Phrase, ...],
    judge: Callable[[EscalationPlan], Judge],
    faults: Callable[[EscalationPlan], Iterator[Unsound]] = lambda _plan: iter(()),
) -> Family:
    """The family of a decision at one level. `faults` speaks of its own settings, once the shared ones are sound."""

    def rule(plan: EscalationPlan, _ladder: Ladder) -> IntervalRule:
        return IntervalRule(target_of(plan), judge(plan))

    def wrong(plan: EscalationPlan, _ladder: Ladder) -> Iterator[Unsound]:
        shared = list(_shared_faults(plan))
        yield from shared or faults(plan)

    return Family(title, source, (*SETTINGS, *own), rule, wrong)


def target_of(plan: EscalationPlan) -> Fraction:
    """The target rate of a sound plan."""
    return plan.number("target") or Fraction(0)


def _shared_faults(plan: EscalationPlan) -> Iterator[Unsound]:
    target = plan.setting("target")
    if target is None:
        yield Unsound("the target rate is not said", Kind.SETTINGS, plan.span, "add `target dlt rate 0.30`, or another")
    elif not 0 < Fraction(target.values[0]) < 1:
        message = f"{target.values[0]} cannot be a target rate"
        yield Unsound(message, Kind.SETTINGS, target.span, "write a rate between 0 and 1, as in `target dlt rate 0.30`")
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
