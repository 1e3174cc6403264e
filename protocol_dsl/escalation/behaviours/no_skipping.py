"""`never skip a level`: a design that would pass over a level that was never given goes to that level first."""

from typing import TypeVar

from attrs import evolve, field, frozen

from protocol_dsl.escalation.behaviour import Behaviour, Layer
from protocol_dsl.escalation.design import Move, Observed, Treat
from protocol_dsl.escalation.modelled import first_not_given
from protocol_dsl.escalation.wrapped import Wrapped, as_planned

S = TypeVar("S")


@frozen(slots=False)
class NeverSkipping(Wrapped[S]):
    """A design that leads no further up than to the first level, above the one just treated, that was never given."""

    _moves: dict[S, Move] = field(factory=dict, init=False, eq=False, repr=False)

    def step(self, state: S, observed: Observed) -> S:
        """As within, of a cohort that was planned here."""
        if self.move(state) is not self.inner.move(state):
            observed = as_planned(self, state, observed)
        return self.inner.step(state, observed)

    def move(self, state: S) -> Move:
        """The move within, or up to the first level that would be skipped."""
        move = self._moves.get(state)
        if move is None:
            move = self._moves[state] = self._unskipped(state, self.inner.move(state))
        return move

    def _unskipped(self, state: S, move: Move) -> Move:
        if not isinstance(move, Treat):
            return move
        view = self.inner.look(state)
        if view is None or move.rung <= view.rung + 1:
            return move
        own = view.ladders[move.rung] if view.ladders else range(move.rung)
        between = (rung for rung in own if view.rung <= rung < move.rung)
        given = view.given if view.tally.treated else set(view.given) - {view.rung}  # nobody there is evaluable
        next_up = first_not_given(between, given, move.rung)
        if next_up == move.rung:
            return move
        why = f"{move.reason.why}; no level is skipped, so that level {self.names[next_up]} comes first"
        return evolve(move, rung=next_up, reason=evolve(move.reason, why=why))


behaviour = Behaviour(
    "no skipping",
    Layer.RISES,
    lambda said: said.ladder.never_skip,
    lambda design, _said: NeverSkipping(design),
)
