"""i3+3.

Liu M, Wang SJ, Ji Y (2020), Journal of Biopharmaceutical Statistics 30(2), 294-304: like 3+3, for any cohort size and
any target, with an interval of rates around the target that count as equal to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.interval import Judge, interval_family, target_of
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.model.escalation import EscalationPlan


def _judge(plan: EscalationPlan) -> Judge:
    low, high = _ends(plan)

    def judge(treated: int, with_dlt: int) -> tuple[Verdict, str]:
        rate = Fraction(with_dlt, treated)
        said = f"{with_dlt}/{treated}"
        if rate < low:
            return Verdict.ESCALATE, f"{said} is below {float(low):g}"
        if rate <= high:
            return Verdict.STAY, f"{said} lies from {float(low):g} to {float(high):g}"
        if Fraction(with_dlt - 1, treated) < low:
            return Verdict.STAY, f"{said} is above {float(high):g}, and {with_dlt - 1}/{treated} below {float(low):g}"
        return Verdict.DE_ESCALATE, f"{said} is above {float(high):g}"

    return judge


def _ends(plan: EscalationPlan) -> tuple[Fraction, Fraction]:
    interval = plan.setting("interval")
    if interval is None:
        return target_of(plan), target_of(plan)
    return Fraction(interval.values[0]), Fraction(interval.values[1])


def _faults(plan: EscalationPlan) -> Iterator[Unsound]:
    interval, target = plan.setting("interval"), target_of(plan)
    cure = f"write it as `rates from {float(target) - 0.05:g} to {float(target) + 0.05:g} count as the target`"
    if interval is None:
        yield Unsound("which rates count as the target is not said", Kind.SETTINGS, plan.span, cure)
        return
    low, high = _ends(plan)
    if not 0 <= low <= target <= high <= 1:
        message = (
            f"the rates from {interval.values[0]} to {interval.values[1]} do not hold the target of {float(target):g}"
        )
        yield Unsound(message, Kind.SETTINGS, interval.span, cure)


family = interval_family(
    "i3+3",
    "Liu, Wang and Ji (2020), Journal of Biopharmaceutical Statistics 30(2), 294-304",
    (Phrase("interval", "rates from {number} to {number} count as the target"),),
    _judge,
    _faults,
)
