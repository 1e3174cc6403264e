"""`escalate only once each pending patient was followed for 0.5 of the window`: the dose does not rise sooner.

Where it would, a design that goes by follow-up treats at the level it has come to, and any other waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, TypeVar

from attrs import evolve, frozen

from protocol_dsl.elaborate.phrases import Phrase
from protocol_dsl.escalation.behaviour import Behaviour, Layer, Said
from protocol_dsl.escalation.computed import ComputedDesign
from protocol_dsl.escalation.design import Awaits, Design, Move, Observed, Reason, Treat, Wait
from protocol_dsl.escalation.rule import Followed
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.wrapped import Wrapped, as_planned, innermost
from protocol_dsl.model.escalation import Action, EscalationPlan, Word

S = TypeVar("S")
_KEY: Final = "followed"


@frozen(slots=False)
class FollowedFirst(Wrapped[S]):
    """A design that does not rise while somebody pending was followed for less than a part of the window."""

    part: Fraction

    def step(self, state: S, observed: Observed) -> S:
        """As within, of a cohort that was planned here."""
        if self.move(state) is not self.inner.move(state):
            observed = as_planned(self, state, observed)
        return self.inner.step(state, observed)

    def move(self, state: S) -> Move:
        """The move within, or what is done instead of a rise."""
        move = self.inner.move(state)
        view = self.inner.look(state) if isinstance(move, Treat) else None
        if view is None or not isinstance(move, Treat) or move.rung <= view.rung or not view.pending_at:
            return move
        followed = self._followed(state)
        if followed is not None and all(part >= self.part for _, part in followed):
            return move
        why = f"{move.reason.why}; the dose rises only once each pending patient was followed for {float(self.part):g}"
        if followed is None or view.rung >= move.closed:
            why = f"{why} of the window, and that is not known"
            return Wait(Awaits.PENDING, move.closed, Reason(why, actions=(Action(Word.WAIT),)))
        reason = evolve(move.reason, why=f"{why} of the window", actions=(Action(Word.STAY),))
        return evolve(move, rung=view.rung, reason=reason)

    def _followed(self, state: S) -> Followed | None:
        """How long the pending patients were followed; None where that is not told."""
        within = innermost(self)
        if not isinstance(within, ComputedDesign) or within.by_follow_up is None or within.followed is None:
            return None
        pending = sum(tally.pending for tally in self.tallies(state))
        return within.followed if len(within.followed) == pending else None


def _wrap(design: Design[Any], said: Said) -> Design[Any]:
    part = said.plan.number(_KEY)
    return design if part is None else FollowedFirst(design, part)


def _faults(plan: EscalationPlan) -> Iterator[Unsound]:
    setting = plan.setting(_KEY)
    if setting is not None and not 0 < Fraction(setting.values[0]) <= 1:
        message = f"{setting.values[0]} is no part of the window"
        yield Unsound(message, Kind.SETTINGS, setting.span, "write a part such as 0.5, or 1 for the whole window")


behaviour = Behaviour(
    "follow-up before rising",
    Layer.RISES,
    lambda said: said.plan.setting(_KEY) is not None,
    _wrap,
    (Phrase(_KEY, "escalate only once each pending patient was followed for {number} of the window"),),
    _faults,
)
