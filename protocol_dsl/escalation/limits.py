"""Behaviours that limit a trial: each wraps a design and is a design, with the same states."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Generic, TypeVar

from attrs import evolve, frozen

from protocol_dsl.escalation.design import Awaits, Design, Move, Observed, Reason, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.tally import Tally, View, pending_of
from protocol_dsl.model.escalation import Action, EscalationPlan, Word

S = TypeVar("S")


@frozen(slots=False)
class Wrapped(Generic[S]):
    """A design that is another but for its moves."""

    inner: Design[S]

    @property
    def names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.inner.names

    @property
    def plan(self) -> EscalationPlan:
        """The plan it comes from."""
        return self.inner.plan

    @property
    def start(self) -> S:
        """Nobody treated."""
        return self.inner.start

    def step(self, state: S, observed: Observed) -> S:
        """The state once this has been observed."""
        return self.inner.step(state, observed)

    def look(self, state: S, rung: int | None = None) -> View | None:
        """What may be asked of a state."""
        return self.inner.look(state, rung)

    def tallies(self, state: S) -> tuple[Tally, ...]:
        """What has been counted at each level."""
        return self.inner.tallies(state)

    def recommend(self, state: S, closed: int) -> int | None:
        """The rung to recommend if the trial ended here."""
        return self.inner.recommend(state, closed)


@frozen(slots=False)
class AtMostDown(Wrapped[S]):
    """`go down by at most 1 level`: a design that would go further down goes so far, as long as levels are open."""

    most: int

    def step(self, state: S, observed: Observed) -> S:
        """As within, of a cohort that was planned here."""
        move = self.move(state)
        if isinstance(observed, Treated) and isinstance(move, Treat) and move.rung == observed.rung:
            observed = evolve(observed, planned=move.patients)
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


@frozen(slots=False)
class AtMostPatients(Wrapped[S]):
    """`at most 36 patients`: the last cohort is what is left of them, and then the trial ends."""

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


@frozen(slots=False)
class AtMostOnLevel(Wrapped[S]):
    """`stop at 12 on one level`: the trial ends where the next cohort would go to a level that has had so many."""

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


def ended(design: Design[S], state: S, move: Treat, because: str) -> Move:
    """The end of a trial that would have gone on, once nobody is pending; with the level it recommends."""
    if any(map(pending_of, design.tallies(state))):
        why = f"{move.reason.why}; {because}, and some are pending"
        return Wait(Awaits.PENDING, move.closed, Reason(why, actions=(Action(Word.WAIT),)))
    best = design.recommend(state, move.closed)
    named = "no level" if best is None else f"level {design.names[best]}"
    return Stop(best, move.closed, _as_stop(move.reason, f"{because}, and {named} is recommended"))


@lru_cache(maxsize=1 << 14)
def _as_stop(reason: Reason, because: str) -> Reason:
    return evolve(reason, why=f"{reason.why}; {because}", actions=(Action(Word.STOP),))


def limited(design: Design[Any]) -> Design[Any]:
    """A design with the limits of its plan. It must remember every tally where there are any."""
    plan = design.plan
    if plan.depth is not None:
        design = AtMostDown(design, plan.depth)
    if plan.on_level is not None:
        design = AtMostOnLevel(design, plan.on_level)
    if plan.patients is not None:
        design = AtMostPatients(design, plan.patients)
    return design
