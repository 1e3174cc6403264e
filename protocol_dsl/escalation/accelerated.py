"""Accelerated titration: one patient at each level until the first DLT, or a count of the protocol's own.

Simon R and others (1997), Journal of the National Cancer Institute 89(15), 1138-1147: the level at which this ends is
filled to a whole cohort, and the design within takes over.
"""

from __future__ import annotations

from functools import cached_property
from operator import add
from typing import Generic, TypeVar

from attrs import evolve, frozen

from protocol_dsl.escalation.design import Awaits, Design, Move, Observed, Reason, Settled, Treat, Treated, Wait
from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.model.escalation import Acceleration, Action, EscalationPlan, Word

S = TypeVar("S")

_ONE = 1


@frozen(cache_hash=True)
class Phase(Generic[S]):
    """The state of the design within, and the counts so far while one patient is treated at a time; None: no longer."""

    inner: S
    counted: tuple[int, ...] | None


@frozen(slots=False)
class Accelerated(Generic[S]):
    """A design that begins with one patient at each level."""

    inner: Design[S]
    until: Acceleration

    @property
    def names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.inner.names

    @property
    def plan(self) -> EscalationPlan:
        """The plan it comes from."""
        return self.inner.plan

    @property
    def start(self) -> Phase[S]:
        """Nobody treated."""
        return Phase(self.inner.start, (0,) * len(self.until.enough))

    def look(self, state: Phase[S], rung: int | None = None) -> View | None:
        """What may be asked of a state."""
        return self.inner.look(state.inner, rung)

    def tallies(self, state: Phase[S]) -> tuple[Tally, ...]:
        """What has been counted at each level."""
        return self.inner.tallies(state.inner)

    def recommend(self, state: Phase[S], closed: int) -> int | None:
        """The rung to recommend if the trial ended here."""
        return self.inner.recommend(state.inner, closed)

    def places(self, state: Phase[S]) -> int:
        """Places still empty in the cohort under way."""
        return self.inner.places(state.inner)

    def close(self, state: Phase[S], rung: int) -> Phase[S]:
        """The same state with the levels from a rung up closed."""
        return Phase(self.inner.close(state.inner, rung), state.counted)

    def step(self, state: Phase[S], observed: Observed) -> Phase[S]:
        """The state once this has been observed; the first DLT ends the single patients, and so do enough counts."""
        if isinstance(observed, Settled):
            over = state.counted is None or observed.dlt
            return Phase(self.inner.step(state.inner, observed), None if over else state.counted)
        within = observed if self.asked else evolve(observed, tally=evolve(observed.tally, extra=()))
        if state.counted is None:
            return Phase(self.inner.step(state.inner, self._as_planned(state, within)), None)
        inner = self.inner.step(state.inner, evolve(within, planned=self.plan.cohort))
        counted = tuple(map(add, state.counted, self._counts(observed)))
        enough = any(count >= end.patients for count, end in zip(counted, self.until.enough, strict=True))
        return Phase(inner, None if enough or observed.tally.with_dlt else counted)

    def _as_planned(self, state: Phase[S], observed: Treated) -> Treated:
        """With how many were asked for here, where a level that had fewer than a cohort is filled to one."""
        move = self.move(state)
        if observed.planned is not None or not isinstance(move, Treat) or move.rung != observed.rung:
            return observed
        return evolve(observed, planned=move.patients)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The counts of the protocol's own that some row of the table asks about; others end with the phase."""
        return frozenset(cell.column for row in self.plan.rows for cell in row.cells) & set(self.plan.extra)

    def _counts(self, observed: Treated) -> tuple[int, ...]:
        """How many more there are of each count that ends the single patients."""
        extra = observed.tally.extra or (0,) * len(self.plan.extra)
        return tuple(extra[self.plan.extra.index(end.count)] for end in self.until.enough)

    def move(self, state: Phase[S]) -> Move:
        """One patient at the next level; else what the design within says, filling levels that had only one."""
        within = self.inner.move(state.inner)
        view = self.inner.look(state.inner)
        if view is None:
            return evolve(within, patients=_ONE) if isinstance(within, Treat) else within
        if state.counted is not None and view.above is not None:
            return self._single(view)
        return self._filled(state, within)

    def _single(self, view: View) -> Move:
        """The move while one patient is treated at a time."""
        name = self.names[view.rung]
        if view.pending_at:
            there = ", ".join(self.names[rung] for rung in view.pending_at)
            why = f"one patient at a time, and a patient at level {there} is pending"
            return Wait(Awaits.PENDING, view.closed, Reason(why, actions=(Action(Word.WAIT),)))
        if not view.tally.treated:
            why = f"one patient at a time, and nobody at level {name} is evaluable"
            return Treat(_ONE, view.rung, view.closed, Reason(why, actions=(Action(Word.STAY),)))
        why = f"one patient at a time until {self.until}; level {name}: {view.tally.treated} treated, none with DLT"
        return Treat(_ONE, view.up(self.until.levels), view.closed, Reason(why, actions=(Action(Word.ESCALATE),)))

    def _filled(self, state: Phase[S], within: Move) -> Move:
        """A level that had fewer than a cohort is filled to one."""
        if not isinstance(within, Treat):
            return within
        had = self.tallies(state)[within.rung].treated
        if not 0 < had < self.plan.cohort < had + within.patients:
            return within
        why = f"{within.reason.why}; level {self.names[within.rung]} had {had}, and is filled to {self.plan.cohort}"
        return evolve(within, patients=self.plan.cohort - had, reason=evolve(within.reason, why=why))
