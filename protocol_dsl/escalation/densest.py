"""Designs that go where the posterior of the rate at a level is densest: what they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from protocol_dsl.escalation.estimates.unit_mass import UnitMass
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.interval import (
    INTERVAL,
    NEVER,
    Judge,
    ends,
    interval_family,
    interval_faults,
    target_of,
)
from protocol_dsl.escalation.rule import Family
from protocol_dsl.model.escalation import EscalationPlan

Densest: TypeAlias = Callable[[UnitMass, int, int], Verdict]

_WHERE = {Verdict.ESCALATE: "below", Verdict.STAY: "about", Verdict.DE_ESCALATE: "above"}


def densest_family(title: str, source: str, densest: Densest, what: str) -> Family:
    """The family of a design that follows the densest interval; `what` names that interval in a sentence."""

    def judge(plan: EscalationPlan) -> Judge:
        low, high = ends(plan)
        target = target_of(plan)
        settings = UnitMass(target, target - low, high - target, from_treated=NEVER)

        def decide(treated: int, with_dlt: int) -> tuple[Verdict, str]:
            verdict = densest(settings, treated, with_dlt)
            return verdict, f"after {with_dlt} of {treated} {what} lies {_WHERE[verdict]} the target"

        return decide

    return interval_family(title, source, (INTERVAL,), judge, interval_faults)
