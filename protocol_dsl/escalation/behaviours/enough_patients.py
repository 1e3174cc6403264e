"""`at most 36 patients`: the last cohort is what is left of them, and then the trial ends."""

from typing import TypeVar

from attrs import evolve, frozen

from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.design import Move, Treat
from protocol_dsl.escalation.wrapped import Wrapped, ended

S = TypeVar("S")


@frozen(slots=False)
class AtMostPatients(Wrapped[S]):
    """A design that ends once so many patients have been treated."""

    most: int

    def move(self, state: S) -> Move:
        """The move within, as far as there are patients left for it."""
        move = self.inner.move(state)
        treated = sum([tally.without + tally.with_dlt + tally.pending for tally in self.tallies(state)])
        if not isinstance(move, Treat) or treated + move.patients <= self.most:
            return move
        if treated < self.most:
            why = f"{move.reason.why}; {self.most - treated} of at most {self.most} patients are left"
            return evolve(move, patients=self.most - treated, reason=evolve(move.reason, why=why))
        return ended(self, state, move, f"{treated} of at most {self.most} patients have been treated")


behaviour = Behaviour(
    "enough patients",
    Layer.ENDS,
    lambda said: said.plan.patients is not None,
    lambda design, said: AtMostPatients(design, said.plan.patients or 0),
    whole=True,
)
