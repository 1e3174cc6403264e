"""i3+3.

Liu M, Wang SJ, Ji Y (2020), Journal of Biopharmaceutical Statistics 30(2), 294-304: like 3+3, for any cohort size and
any target, with an interval of rates around the target that count as equal to it.
"""

from __future__ import annotations

from fractions import Fraction

from protocol_dsl.escalation.estimates import observed_rate
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.interval import (
    INTERVAL,
    NEVER,
    Judge,
    about,
    ends,
    interval_family,
    interval_faults,
    target_of,
)
from protocol_dsl.model.escalation import EscalationPlan


def _judge(plan: EscalationPlan) -> Judge:
    low, high = ends(plan)
    settings = observed_rate.Interval(target_of(plan), low, high, from_treated=NEVER)

    def judge(treated: int, with_dlt: int) -> tuple[Verdict, str]:
        verdict = observed_rate.i3plus3(settings, treated, with_dlt)
        why = about(plan, treated, with_dlt)
        if verdict is Verdict.STAY and Fraction(with_dlt, treated) > high:
            why = f"{why}, and one DLT fewer would be below the interval"
        return verdict, why

    return judge


family = interval_family(
    "i3+3",
    "Liu, Wang and Ji (2020), Journal of Biopharmaceutical Statistics 30(2), 294-304",
    (INTERVAL,),
    _judge,
    interval_faults,
)
