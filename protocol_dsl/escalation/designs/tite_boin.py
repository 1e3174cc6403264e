"""TITE-BOIN.

Yuan Y, Lin R, Li D, Nie L, Warren KE (2018), Clinical Cancer Research 24(20), 4921-4930: BOIN that need not wait for
pending patients; each counts as the part of a DLT that may still be expected of the rest of the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.boundaries import PHRASES, bounded, faults, judge, settings_of
from protocol_dsl.escalation.estimates import tite_boin
from protocol_dsl.escalation.estimates.boin import Boin
from protocol_dsl.escalation.interval import NEVER, IntervalRule, interval_family
from protocol_dsl.escalation.rule import Followed, Ruling, follow
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import EscalationPlan, Ladder

_SHOWN = 4  # digits of an imputed rate in a sentence


@frozen
class TiteBoinRule:
    """BOIN where nobody is pending, and the imputed rate where somebody is."""

    settled: IntervalRule
    settings: Boin
    most_pending: Fraction

    def decide(self, levels: tuple[Tally, ...], rung: int, closed: int) -> Ruling:
        """What follows at the rung just treated, with nobody pending."""
        return self.settled.decide(levels, rung, closed)

    def recommend(self, levels: tuple[Tally, ...], closed: int) -> int | None:
        """As BOIN does."""
        return self.settled.recommend(levels, closed)

    def under_way(self, levels: tuple[Tally, ...], rung: int, closed: int, followed: Followed) -> Ruling | str:
        """What follows by the follow-up of those pending at the rung, or that too many of them are.

        Where a level further down calls for less, even if nobody pending there has a DLT, that decides.
        """
        at_best = tuple(Tally(each.without + each.pending, each.with_dlt) for each in levels)
        if self.settled.lowest_for_less(at_best, rung) < rung or rung >= closed or not levels[rung].treated:
            return self.settled.decide(at_best, rung, closed)
        tally = levels[rung]
        passed = sum((part for at, part in followed if at == rung), Fraction(0))
        level = tite_boin.Level(tally.treated, tally.with_dlt, tally.pending, passed)
        verdict = tite_boin.verdict(self.settings, level, self.most_pending)
        if verdict is None:
            return f"more than {float(self.most_pending):g} of the patients at the level are pending"
        rate = round(float(tite_boin.imputed(self.settings, level)), _SHOWN)
        why = f"followed for {float(passed):g} windows in all; with what they may still bring the rate is {rate:g}"
        return follow(verdict, why, rung, closed)


def _rule(plan: EscalationPlan, ladder: Ladder) -> TiteBoinRule:
    settings = evolve(settings_of(plan), from_treated=NEVER)
    settled = _SETTLED.rule(plan, ladder)
    if not isinstance(settled, IntervalRule):
        raise TypeError
    return TiteBoinRule(settled, settings, plan.number("pending") or Fraction(1, 2))


def _faults(plan: EscalationPlan) -> Iterator[Unsound]:
    pending = plan.setting("pending")
    if pending is None:
        cure = "add `suspend while more than 0.5 of the patients at the level are pending`"
        yield Unsound(
            "with how many pending patients the trial is suspended, is not said", Kind.SETTINGS, plan.span, cure
        )
    elif not 0 < Fraction(pending.values[0]) < 1:
        yield Unsound("this is no part of the patients", Kind.SETTINGS, pending.span, "write a part such as 0.5")
    yield from faults(plan)


_SETTLED = bounded(
    interval_family(
        "TITE-BOIN",
        "Yuan, Lin, Li, Nie and Warren (2018), Clinical Cancer Research 24(20), 4921-4930",
        (*PHRASES, Phrase("pending", "suspend while more than {number} of the patients at the level are pending")),
        judge,
        _faults,
    )
)
family = evolve(_SETTLED, rule=_rule, follow_up=True)
