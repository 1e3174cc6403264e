"""`stop at 12 on one level`: the trial ends where the next cohort would go to a level that has had so many."""

from typing import TypeVar

from attrs import frozen

from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.design import Move, Treat
from protocol_dsl.escalation.wrapped import Wrapped, ended

S = TypeVar("S")


@frozen(slots=False)
class AtMostOnLevel(Wrapped[S]):
    """A design that ends at a level that has had enough."""

    most: int

    def move(self, state: S) -> Move:
        """The move within, unless the level it leads to has had enough."""
        move = self.inner.move(state)
        if not isinstance(move, Treat):
            return move
        treated = self.tallies(state)[move.rung].treated
        if treated < self.most:
            return move
        return ended(self, state, move, f"{treated} patients have been treated at level {self.names[move.rung]}")


behaviour = Behaviour(
    "enough on one level",
    Layer.FILLS,
    lambda said: said.plan.on_level is not None,
    lambda design, said: AtMostOnLevel(design, said.plan.on_level or 0),
    whole=True,
)
