"""A design that computes its decisions: a rule over counts, run cohort by cohort."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from math import prod

from attrs import evolve, field, frozen

from protocol_dsl.escalation.design import Awaits, Move, Observed, Reason, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.rule import Followed, FollowUpRule, Rule, Ruling
from protocol_dsl.escalation.standing import MOST_COMPLETIONS, UNTREATED, completions
from protocol_dsl.escalation.tally import Tally, View, pending_of
from protocol_dsl.model.escalation import Action, EscalationPlan, Ladder, Word


@frozen(cache_hash=True)
class Counts:
    """The level just treated (None: nobody yet), the counts at each, what is closed, and places left in the cohort."""

    rung: int | None
    levels: tuple[Tally, ...]
    closed: int
    left: int = 0


@frozen(slots=False)
class ComputedDesign:
    """The machine of a rule.

    A decision falls once a cohort is full and nobody is pending; earlier only where every outcome would give the same,
    or by a rule that takes into account how long the pending patients were `followed`.
    """

    plan: EscalationPlan
    ladder: Ladder
    rule: Rule
    by_follow_up: FollowUpRule | None = None
    followed: Followed | None = None
    _moves: dict[Counts, Move] = field(factory=dict, init=False, eq=False, repr=False)
    # What does not hang on follow-up is the same for a copy that was told of another: `evolve` hands it on.
    _ruled_moves: dict[tuple[Ruling, int, Tally], Move] = field(factory=dict, eq=False, repr=False)
    _agreed: dict[Counts, Move | None] = field(factory=dict, eq=False, repr=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.ladder.names

    @cached_property
    def start(self) -> Counts:
        """Nobody treated."""
        return Counts(None, (UNTREATED,) * len(self.names), len(self.names))

    def step(self, state: Counts, observed: Observed) -> Counts:
        """The state once this has been observed; what the move before it closed stays closed."""
        move = self.move(state)
        levels = list(state.levels)
        before = levels[observed.rung]
        if isinstance(observed, Treated):
            levels[observed.rung] = before.plus(observed.tally)
            if observed.aside:
                here = self.names.index(self.ladder.start) if state.rung is None else state.rung
                return Counts(here, tuple(levels), move.closed, state.left)
            left = max(self._planned(move, observed, before) - observed.tally.treated, 0)
            return Counts(observed.rung, tuple(levels), move.closed, left)
        if before.pending:
            levels[observed.rung] = before.settled(dlt=observed.dlt)
        # Whoever is not evaluable leaves a place in the cohort under way.
        freed = observed.dlt is None and before.pending > 0 and observed.rung == state.rung
        left = state.left + 1 if freed else state.left
        return Counts(state.rung, tuple(levels), state.closed, left)

    def _planned(self, move: Move, observed: Treated, before: Tally) -> int:
        """How many the cohort was to have; at a level that was not due, what a first cohort there is short of."""
        if observed.planned is not None:
            return observed.planned
        if isinstance(move, Treat) and move.rung == observed.rung:
            return move.patients
        return max(self.plan.cohort - before.treated, 0)

    def look(self, state: Counts, rung: int | None = None) -> View | None:
        """What may be asked of a state at the level just treated, or at another rung."""
        if state.rung is None:
            return None
        at = state.rung if rung is None else rung
        given = tuple([place for place, tally in enumerate(state.levels) if tally.treated or place == state.rung])
        pending = tuple([place for place, tally in enumerate(state.levels) if tally.pending])
        return View(at, state.levels[at], state.closed, pending, given)

    def tallies(self, state: Counts) -> tuple[Tally, ...]:
        """What has been counted at each level."""
        return state.levels

    def recommend(self, state: Counts, closed: int) -> int | None:
        """The rung to recommend if the trial ended here; None where no level is."""
        return self.rule.recommend(state.levels, closed)

    def places(self, state: Counts) -> int:
        """Places still empty in the cohort under way."""
        return state.left

    def close(self, state: Counts, rung: int) -> Counts:
        """The same state with the levels from a rung up closed."""
        return Counts(state.rung, state.levels, min(state.closed, rung), state.left)

    def move(self, state: Counts) -> Move:
        """What to do now, and because of what."""
        move = self._moves.get(state)
        if move is None:
            move = self._moves[state] = self._decide(state)
        return move

    def _decide(self, state: Counts) -> Move:
        if state.rung is None:
            start = self.names.index(self.ladder.start)
            here = "nobody has been treated" if set(state.levels) == {UNTREATED} else "nobody was treated there"
            why = f"{here}, and the trial starts at level {self.ladder.start}"
            return Treat(self.plan.cohort, start, state.closed, Reason(why))
        if not state.left and not any(map(pending_of, state.levels)):
            return self._ruled(state, state.rung)
        return self._open(state, state.rung)

    def _open(self, state: Counts, rung: int) -> Move:
        """Some outcomes are still to come: what all of them lead to, or else what brings them."""
        if rung >= state.closed:
            state = evolve(state, left=0)
        if state not in self._agreed:
            self._agreed[state] = self._all_lead_to(state, rung)
        agreed = self._agreed[state]
        if agreed is not None:
            return agreed
        if state.left:
            why = f"{self._so_far(state, rung)}; the cohort is not full"
            more = Reason(why, actions=(Action(Word.TREAT_MORE, state.left),))
            return Treat(state.left, rung, state.closed, more)
        return self.under_way(state, rung)

    def _all_lead_to(self, state: Counts, rung: int) -> Move | None:
        """The move to which all outcomes still to come lead; None where they lead apart, or are too many to tell."""
        mixes = [list(completions(tally, state.left * (at == rung))) for at, tally in enumerate(state.levels)]
        if prod(map(len, mixes)) > MOST_COMPLETIONS:
            return None
        moves = self._completed(state, rung, mixes)
        first = next(moves)
        stays = isinstance(first, Treat) and first.rung == rung and state.left  # the cohort is filled first
        if stays or not all(move == first for move in moves):
            return None
        why = f"{first.reason.why}; outcomes still to come change nothing"
        return evolve(first, reason=evolve(first.reason, why=why))

    def under_way(self, state: Counts, rung: int) -> Move:
        """With patients pending whose outcomes would lead apart: by how long they were followed, or to wait."""
        ruling: Ruling | str = "the move depends on the patients who are pending"
        if self.by_follow_up is not None and self.followed is None:
            ruling = f"{ruling}, and on how long they were followed, which is not said"
        elif self.by_follow_up is not None and self.followed is not None and self._fits(state, self.followed):
            ruling = self.by_follow_up.under_way(state.levels, rung, state.closed, self.followed)
        if isinstance(ruling, Ruling):
            return self._as_move(ruling, f"{self._so_far(state, rung)}; {ruling.why}")
        why = f"{self._so_far(state, rung)}; {ruling}"
        return Wait(Awaits.PENDING, state.closed, Reason(why, actions=(Action(Word.WAIT),)))

    def _fits(self, state: Counts, followed: Followed) -> bool:
        """Whether the follow-up is that of the patients who are pending in a state."""
        pending = [sum(1 for rung, _ in followed if rung == at) for at in range(len(state.levels))]
        return pending == [tally.pending for tally in state.levels]

    def _completed(self, state: Counts, rung: int, mixes: list[list[Tally]]) -> Iterator[Move]:
        for levels in product(*mixes):
            yield self._ruled(Counts(rung, levels, state.closed), rung)

    def _ruled(self, state: Counts, rung: int) -> Move:
        """The ruling on counts in which nobody is pending."""
        ruling = self.rule.decide(state.levels, rung, state.closed)
        known = (ruling, rung, state.levels[rung])
        move = self._ruled_moves.get(known)
        if move is None:
            move = self._as_move(ruling, f"{self._so_far(state, rung)}; {ruling.why}")
            self._ruled_moves[known] = move
        return move

    def _as_move(self, ruling: Ruling, why: str) -> Move:
        reason = Reason(why, actions=ruling.actions)
        if ruling.rung is None:
            return Stop(None, ruling.closed, reason)
        return Treat(self.plan.cohort, ruling.rung, ruling.closed, reason)

    def _so_far(self, state: Counts, rung: int) -> str:
        tally = state.levels[rung]
        pending = f", {tally.pending} pending" if tally.pending else ""
        return f"level {self.names[rung]}: {tally.treated} treated, {tally.with_dlt} with DLT{pending}"
