"""The two limits of BOIN: settings, decisions and what may be wrong, for the designs that go by them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from attrs import evolve

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates import boin
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.interval import IntervalRule, Judge, target_of
from protocol_dsl.escalation.rule import Family, Rule
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.model.escalation import EscalationPlan, Ladder

PHRASES = (
    Phrase("rates", "underdosing {number} and overdosing {number}"),
    Phrase("low", "escalate at or below {number}"),
    Phrase("high", "de-escalate at or above {number}"),
    Phrase("mtd below", "mtd estimate lies below the de-escalation boundary"),
)
_MOST = 20  # digits to which a limit that is repeated is compared
_SHOWN = 4  # digits of a boundary in a sentence


def settings_of(plan: EscalationPlan) -> boin.Boin:
    """The rates of a sound plan, by default 0.6 and 1.4 times the target."""
    rates = plan.setting("rates")
    if rates is None:
        return boin.Boin(target_of(plan))
    return boin.Boin(target_of(plan), Fraction(rates.values[0]), Fraction(rates.values[1]))


def _limits(settings: boin.Boin) -> tuple[Decimal, Decimal]:
    return boin.lambda_e(settings.target, settings.p_saf), boin.lambda_d(settings.target, settings.p_tox)


def bounded(family: Family) -> Family:
    """The family, with an MTD below the limit for de-escalation if asked for: `boundMTD` of the package BOIN."""

    def rule(plan: EscalationPlan, ladder: Ladder) -> Rule:
        found = family.rule(plan, ladder)
        if plan.setting("mtd below") is None or not isinstance(found, IntervalRule):
            return found
        return evolve(found, below=_limits(settings_of(plan))[1])

    return evolve(family, rule=rule)


def judge(plan: EscalationPlan) -> Judge:
    """The decision on an observed rate."""
    settings = settings_of(plan)
    low, high = (round(limit, _SHOWN) for limit in _limits(settings))

    def decide(treated: int, with_dlt: int) -> tuple[Verdict, str]:
        said = f"{with_dlt}/{treated}"
        if boin.at_most_e(settings, treated, with_dlt):
            return Verdict.ESCALATE, f"{said} is at most {low}"
        if boin.at_least_d(settings, treated, with_dlt):
            return Verdict.DE_ESCALATE, f"{said} is at least {high}"
        return Verdict.STAY, f"{said} lies between {low} and {high}"

    return decide


def faults(plan: EscalationPlan) -> Iterator[Unsound]:
    """Rates on the wrong side of the target, and limits that are repeated and do not follow from them."""
    rates, target = plan.setting("rates"), target_of(plan)
    if rates is not None and not 0 < Fraction(rates.values[0]) < target < Fraction(rates.values[1]) < 1:
        message = (
            f"{rates.values[0]} and {rates.values[1]} do not lie on the two sides of the target of {float(target):g}"
        )
        cure = f"write it as `underdosing {float(target) * 0.6:g} and overdosing {float(target) * 1.4:g}`"
        yield Unsound(message, Kind.SETTINGS, rates.span, cure)
        return
    for key, limit in zip(("low", "high"), _limits(settings_of(plan)), strict=True):
        said = plan.setting(key)
        if said is None:
            continue
        digits = max(-int(Decimal(said.values[0]).as_tuple().exponent), 0)
        exact = round(limit, min(digits, _MOST))
        if Decimal(said.values[0]) != exact:
            message = f"the limit is given as {said.values[0]}, and the settings make it {exact}"
            yield Unsound(message, Kind.REPEATED, said.span, "correct the limit or the rates it comes from")
