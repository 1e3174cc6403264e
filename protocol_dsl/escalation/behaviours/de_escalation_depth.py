"""`go down by at most 1 level`: a design that would go further down goes so far, as long as levels are open."""

from typing import TypeVar

from attrs import evolve, frozen

from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.design import Move, Observed, Treat
from protocol_dsl.escalation.wrapped import Wrapped, as_planned

S = TypeVar("S")


@frozen(slots=False)
class AtMostDown(Wrapped[S]):
    """A design that goes down by no more than so many levels."""

    most: int

    def step(self, state: S, observed: Observed) -> S:
        """As within, of a cohort that was planned here."""
        if self.move(state) is not self.inner.move(state):
            observed = as_planned(self, state, observed)
        return self.inner.step(state, observed)

    def move(self, state: S) -> Move:
        """The move within, or down by no more than the limit."""
        move, view = self.inner.move(state), self.inner.look(state)
        if view is None or not isinstance(move, Treat):
            return move
        lowest = min(view.rung - self.most, move.closed - 1)
        if move.rung >= lowest:
            return move
        why = f"{move.reason.why}; the dose goes down no further than to level {self.names[lowest]}"
        return evolve(move, rung=lowest, reason=evolve(move.reason, why=why))


behaviour = Behaviour(
    "de-escalation depth",
    Layer.FALLS,
    lambda said: said.plan.depth is not None,
    lambda design, said: AtMostDown(design, said.plan.depth or 1),
)
