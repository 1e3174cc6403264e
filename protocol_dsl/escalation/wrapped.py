"""A design round another: what is the same for every behaviour, so that each file is what it changes."""

from __future__ import annotations

from functools import lru_cache
from typing import Generic, TypeVar

from attrs import evolve, frozen

from protocol_dsl.escalation.design import Awaits, Design, Move, Observed, Reason, Settled, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.tally import Tally, View, pending_of
from protocol_dsl.model.escalation import Action, EscalationPlan, Word

S = TypeVar("S")


@frozen(slots=False)
class Wrapped(Generic[S]):
    """A design that is another but for its moves, with the same states."""

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

    def places(self, state: S) -> int:
        """Places still empty in the cohort under way."""
        return self.inner.places(state)

    def close(self, state: S, rung: int) -> S:
        """The same state with the levels from a rung up closed."""
        return self.inner.close(state, rung)


def innermost(design: Design[S]) -> Design[S]:
    """The design round which others lie that have its states."""
    while isinstance(design, Wrapped):
        design = design.inner
    return design


def as_planned(design: Design[S], state: S, observed: Observed) -> Observed:
    """What was observed, with how many the cohort was to have: by the move of this design, not of one within.

    At a level that was not due it is what a first cohort there is short of.
    """
    if not isinstance(observed, Treated) or observed.planned is not None:
        return observed
    move = design.move(state)
    if isinstance(move, Treat) and move.rung == observed.rung:
        return evolve(observed, planned=move.patients)
    had = design.tallies(state)[observed.rung].treated
    return evolve(observed, planned=max(design.plan.cohort - had, 0))


def ended(design: Design[S], state: S, move: Treat, because: str) -> Move:
    """The end of a trial that would have gone on, with the level it recommends.

    While somebody is pending it waits, unless the trial ends alike whatever the outcomes.
    """
    best, closed = design.recommend(state, move.closed), move.closed
    if any(map(pending_of, design.tallies(state))):
        ends = _ends(design, state)
        if ends is None:
            why = f"{move.reason.why}; {because}, and some are pending"
            return Wait(Awaits.PENDING, move.closed, Reason(why, actions=(Action(Word.WAIT),)))
        best, closed = ends
    named = "no level" if best is None else f"level {design.names[best]}"
    return Stop(best, closed, _as_stop(move.reason, f"{because}, and {named} is recommended"))


_MOST_PENDING = 8
"""With more patients pending the trial waits: their outcomes are looked at one by one."""


def _ends(design: Design[S], state: S) -> tuple[int | None, int] | None:
    """The level and what is closed, where the trial ends so whatever the outcomes of those pending; else None."""
    waiting = [rung for rung, tally in enumerate(design.tallies(state)) for _ in range(pending_of(tally))]
    if len(waiting) > _MOST_PENDING:
        return None
    states = {state}
    for rung in waiting:
        states = {design.step(one, Settled(rung, dlt)) for one in states for dlt in (False, True)}
    found: set[tuple[int | None, int] | None] = set()
    for one in states:
        move = design.move(one)
        found.add((move.rung, move.closed) if isinstance(move, Stop) else None)
        if len(found) > 1:
            return None
    return next(iter(found))


@lru_cache(maxsize=1 << 14)
def _as_stop(reason: Reason, because: str) -> Reason:
    return evolve(reason, why=f"{reason.why}; {because}", actions=(Action(Word.STOP),))
