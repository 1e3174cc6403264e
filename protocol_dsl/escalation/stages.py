"""`escalation by stages`: one design leads the trial until something is seen; then another, with all data so far."""

from __future__ import annotations

from functools import cached_property
from operator import add
from typing import Any

from attrs import evolve, field, frozen

from protocol_dsl.escalation.computed import Counts
from protocol_dsl.escalation.design import Design, Move, Observed, Treated
from protocol_dsl.escalation.table import TableState
from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.model.escalation import Enough, EscalationPlan, Until


@frozen(cache_hash=True)
class StagedState:
    """The stage (from 0), the state of the design that leads it, and at each level what is counted for stages."""

    stage: int
    inner: Any
    counted: tuple[tuple[int, ...], ...] = ()


@frozen(slots=False)
class Staged:
    """The machine of a plan in stages. All designs but the last remember every tally, to hand it on."""

    plan: EscalationPlan
    designs: tuple[Design[Any], ...]
    _moves: dict[StagedState, Move] = field(factory=dict, init=False, eq=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.designs[0].names

    @cached_property
    def start(self) -> StagedState:
        """Nobody treated."""
        return StagedState(0, self.designs[0].start, ((0,) * len(self._counts),) * len(self.names))

    @cached_property
    def _counts(self) -> tuple[str, ...]:
        """The counts of the protocol's own that are remembered here."""
        return tuple(dict.fromkeys(name for due in self._due for name in due))

    @cached_property
    def _due(self) -> tuple[tuple[str, ...], ...]:
        """For each stage the counts that must be remembered from there on."""
        return tuple(map(self._ahead, range(len(self.plan.stages))))

    def _ahead(self, stage: int) -> tuple[str, ...]:
        """The counts on which a stage or a later one ends, and those that the later ones look at."""
        ends = (one.until for one in self.plan.stages[stage:] if one.until is not None)
        looked_at = (name for one in self.plan.stages[stage + 1 :] for name in one.plan.extra)
        return tuple(dict.fromkeys((*(one.count for until in ends for one in until.enough), *looked_at)))

    @cached_property
    def _own(self) -> tuple[tuple[int, ...], ...]:
        """For each stage, where in the counts of the whole plan its own stand."""
        return tuple(tuple(map(self.plan.extra.index, stage.plan.extra)) for stage in self.plan.stages)

    def step(self, state: StagedState, observed: Observed) -> StagedState:
        """The state once this has been observed; what it brings to its end, the next design takes over."""
        counts = state.counted
        if isinstance(observed, Treated) and observed.tally.extra:
            extra = dict(zip(self.plan.extra, observed.tally.extra, strict=True))
            due = self._due[state.stage]
            more = tuple(extra[name] if name in due else 0 for name in self._counts)
            here = tuple(map(add, counts[observed.rung], more))
            counts = (*counts[: observed.rung], here, *counts[observed.rung + 1 :])
        inner = self.designs[state.stage].step(state.inner, self._within(observed, state.stage))
        return self._handed_on(StagedState(state.stage, inner, counts))

    def _within(self, observed: Observed, stage: int) -> Observed:
        """What is observed, with the counts that the design of a stage keeps."""
        if not isinstance(observed, Treated) or not observed.tally.extra:
            return observed
        return evolve(observed, tally=self._keeping(observed.tally, stage))

    def _keeping(self, tally: Tally, stage: int) -> Tally:
        return evolve(tally, extra=tuple(tally.extra[at] for at in self._own[stage]) if tally.extra else ())

    def _handed_on(self, state: StagedState) -> StagedState:
        """The state in the stage that is due; one stage may end where the one before it does."""
        until = self.plan.stages[state.stage].until
        if until is None or not self._is_over(until, state):
            return state
        following = state.stage + 1
        design = self.designs[following]
        view = self.look(state)
        known = [dict(zip(self._counts, counts, strict=True)) for counts in state.counted]
        asked_for = self.plan.stages[following].plan.extra
        levels = tuple(
            evolve(tally, extra=tuple(at[name] for name in asked_for))
            for tally, at in zip(self.designs[state.stage].tallies(state.inner), known, strict=True)
        )
        inner = design.start
        if view is not None and isinstance(inner, TableState):
            inner = TableState(view.rung, levels, view.closed)
        elif view is not None and isinstance(inner, Counts):
            inner = Counts(view.rung, levels, view.closed)
        kept = self._due[following]
        counts = tuple(tuple(at[name] if name in kept else 0 for name in self._counts) for at in known)
        return self._handed_on(StagedState(following, inner, counts))

    def _is_over(self, until: Until, state: StagedState) -> bool:
        tallies = self.designs[state.stage].tallies(state.inner)
        return (
            (until.first_dlt and any(tally.with_dlt for tally in tallies))
            or any(self._are_enough(one, state) for one in until.enough)
            or (until.patients is not None and sum(tally.treated for tally in tallies) >= until.patients)
        )

    def _are_enough(self, one: Enough, state: StagedState) -> bool:
        """Whether so many patients with a count have been seen, in all or at one level."""
        at = self._counts.index(one.count)
        seen = [counts[at] for counts in state.counted]
        return (max(seen) if one.at_one_level else sum(seen)) >= one.patients

    def move(self, state: StagedState) -> Move:
        """The move of the design that leads, and which it is."""
        if state not in self._moves:
            move = self.designs[state.stage].move(state.inner)
            name = self.plan.stages[state.stage].name
            before = self.plan.stages[state.stage - 1] if state.stage else None
            after = "" if before is None else f", for `{before.name}` ended with {before.until}"
            why = f"stage `{name}`{after}; {move.reason.why}"
            self._moves[state] = evolve(move, reason=evolve(move.reason, why=why))
        return self._moves[state]

    def look(self, state: StagedState, rung: int | None = None) -> View | None:
        """What may be asked of a state."""
        view = self.designs[state.stage].look(state.inner, rung)
        return None if view is None else evolve(view, tally=self._spread(view.tally, state.stage))

    def tallies(self, state: StagedState) -> tuple[Tally, ...]:
        """What has been counted at each level."""
        found = self.designs[state.stage].tallies(state.inner)
        return tuple(self._spread(tally, state.stage) for tally in found)

    def _spread(self, tally: Tally, stage: int) -> Tally:
        """With its counts in the places that they have in the whole plan."""
        if not tally.extra:
            return tally
        at = dict(zip(self._own[stage], tally.extra, strict=True))
        return evolve(tally, extra=tuple(at.get(place, 0) for place in range(len(self.plan.extra))))

    def recommend(self, state: StagedState, closed: int) -> int | None:
        """The rung to recommend if the trial ended here, by the design that leads."""
        return self.designs[state.stage].recommend(state.inner, closed)

    def places(self, state: StagedState) -> int:
        """Places still empty in the cohort under way."""
        return self.designs[state.stage].places(state.inner)

    def close(self, state: StagedState, rung: int) -> StagedState:
        """The same state with the levels from a rung up closed."""
        return evolve(state, inner=self.designs[state.stage].close(state.inner, rung))


def in_force(design: Design[Any], state: Any) -> EscalationPlan:  # noqa: ANN401 - the states of designs differ
    """The plan that leads the trial in a state: that of the stage, where there are stages."""
    return design.plan.stages[state.stage].plan if isinstance(state, StagedState) else design.plan


def asked(design: Design[Any], state: Any) -> tuple[bool, ...]:  # noqa: ANN401 - the states of designs differ
    """Which counts of the protocol's own still make a difference; empty where this stage and the later ask for none."""
    ahead = design.plan.stages[state.stage :]
    ends = {one.count for stage in ahead if stage.until is not None for one in stage.until.enough}
    names = ends.union(*(stage.plan.extra for stage in ahead))
    return (True,) * len(design.plan.extra) if names else ()
