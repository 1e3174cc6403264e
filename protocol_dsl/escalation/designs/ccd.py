"""Cumulative cohort design.

Ivanova A, Flournoy N, Chung Y (2007), Journal of Statistical Planning and Inference 137(7), 2316-2327: the observed
rate at a level is held against an interval about the target, whose two ends already move.
"""

from __future__ import annotations

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates import observed_rate
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.interval import NEVER, Judge, about, ends, interval_family, interval_faults, target_of
from protocol_dsl.model.escalation import EscalationPlan


def _judge(plan: EscalationPlan) -> Judge:
    low, high = ends(plan)
    settings = observed_rate.Interval(target_of(plan), low, high, from_treated=NEVER)

    def judge(treated: int, with_dlt: int) -> tuple[Verdict, str]:
        return observed_rate.ccd(settings, treated, with_dlt), about(plan, treated, with_dlt)

    return judge


family = interval_family(
    "Cumulative cohort design",
    "Ivanova, Flournoy and Chung (2007), Journal of Statistical Planning and Inference 137(7), 2316-2327",
    (Phrase("interval", "rates strictly between {number} and {number} count as the target"),),
    _judge,
    interval_faults,
)
