"""`at most 36 patients`: the last cohort is what is left of them, and then the trial ends."""

from typing import TypeVar

from attrs import evolve, field, frozen

from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.design import Move, Observed, Treat, Treated
from protocol_dsl.escalation.wrapped import Wrapped, as_planned, ended

S = TypeVar("S")


@frozen(slots=False)
class AtMostPatients(Wrapped[S]):
    """A design that ends once so many patients have been treated."""

    most: int
    _moves: dict[S, Move] = field(factory=dict, init=False, eq=False, repr=False)

    def step(self, state: S, observed: Observed) -> S:
        """As within, of a cohort that was planned here: the last one is full with what is left."""
        if isinstance(observed, Treated) and self.move(state) is not self.inner.move(state):
            observed = as_planned(self, state, observed)
        return self.inner.step(state, observed)

    def move(self, state: S) -> Move:
        """The move within, as far as there are patients left for it."""
        move = self._moves.get(state)
        if move is None:
            move = self._moves[state] = self._within(state, self.inner.move(state))
        return move

    def _within(self, state: S, move: Move) -> Move:
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
