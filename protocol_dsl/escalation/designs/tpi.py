"""TPI.

Ji Y, Li Y, Bekele BN (2007), Clinical Trials 4(3), 235-244: the most probable of three intervals decides, where the one
about the target is as wide as the posterior standard deviation makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.estimates import tpi
from protocol_dsl.escalation.estimates.verdict import Verdict
from protocol_dsl.escalation.interval import Judge, interval_family, target_of
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.model.escalation import EscalationPlan

_SAID = {Verdict.ESCALATE: "below", Verdict.STAY: "about", Verdict.DE_ESCALATE: "above"}


def _judge(plan: EscalationPlan) -> Judge:
    widths = plan.setting("widths")
    below, above = ("1.5", "1") if widths is None else widths.values
    settings = tpi.Tpi(target_of(plan), Fraction(above), Fraction(below), cutoff=None)

    def judge(treated: int, with_dlt: int) -> tuple[Verdict, str]:
        verdict = tpi.tpi(settings, treated, with_dlt)
        return verdict, f"after {with_dlt} of {treated} the rate is most probably {_SAID[verdict]} the target"

    return judge


def _faults(plan: EscalationPlan) -> Iterator[Unsound]:
    widths = plan.setting("widths")
    if widths is None:
        cure = "add `target interval from 1.5 standard deviations below to 1 above`, as in the paper"
        yield Unsound("how wide the interval about the target is, is not said", Kind.SETTINGS, plan.span, cure)
    elif not all(Fraction(value) > 0 for value in widths.values):
        yield Unsound("the interval about the target has no width", Kind.SETTINGS, widths.span, "write 1.5 and 1")


family = interval_family(
    "TPI",
    "Ji, Li and Bekele (2007), Clinical Trials 4(3), 235-244",
    (Phrase("widths", "target interval from {number} standard deviations below to {number} above"),),
    _judge,
    _faults,
)
