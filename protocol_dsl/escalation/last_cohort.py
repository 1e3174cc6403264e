"""`rows speak of the last cohort alone`: a table that looks at nobody but the cohort just treated, as up-and-down does.

Group up-and-down: Gezmu M, Flournoy N (2006), Journal of Statistical Planning and Inference 136(6), 1749-1764.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

from attrs import evolve, frozen

from protocol_dsl.escalation.design import Move, Observed, Stop, Treat, Treated
from protocol_dsl.escalation.estimates.isotonic import mtd
from protocol_dsl.escalation.standing import UNTREATED, meets
from protocol_dsl.escalation.table import TableDesign, TableState
from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.model.escalation import DECLARATIONS, EscalationPlan, Word


@frozen(cache_hash=True)
class Dealt:
    """The state of the table within, which holds the last cohort alone, and what has been counted at each level."""

    last: TableState
    levels: tuple[Tally, ...]


@frozen(slots=False)
class LastCohort:
    """A table whose counts begin anew with each cohort; what it recommends rests on all patients.

    Without `remember` it keeps what all patients come to only where something is recommended by it.
    """

    inner: TableDesign
    remember: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.inner.names

    @property
    def plan(self) -> EscalationPlan:
        """The plan it comes from."""
        return self.inner.plan

    @cached_property
    def start(self) -> Dealt:
        """Nobody treated."""
        return Dealt(self.inner.start, self._nobody)

    @cached_property
    def _nobody(self) -> tuple[Tally, ...]:
        return (UNTREATED,) * len(self.names)

    def step(self, state: Dealt, observed: Observed) -> Dealt:
        """The state once this has been observed; a cohort that was not full goes on, any other begins anew."""
        levels = list(state.levels)
        last = state.last
        if isinstance(observed, Treated):
            levels[observed.rung] = levels[observed.rung].plus(observed.tally)
            move = self.inner.move(last)
            if observed.aside:
                here = self.names.index(self.inner.ladder.start) if last.rung is None else last.rung
                return Dealt(TableState(here, last.levels, self._closed_aside(move, observed)), tuple(levels))
            if not self._goes_on(last, move) or observed.rung != last.rung:
                last = TableState(None, self._nobody, move.closed)
        elif levels[observed.rung].pending:
            levels[observed.rung] = levels[observed.rung].settled(dlt=observed.dlt)
        known = isinstance(observed, Treated) or observed.rung == last.rung
        last = self.inner.step(last, observed) if known else last
        return Dealt(last, tuple(levels) if self._counts_all else self.inner.tallies(last))

    def _closed_aside(self, move: Move, observed: Treated) -> int:
        """What is closed once a cohort that was treated aside is looked at by itself."""
        alone = self.inner.step(TableState(None, self._nobody, move.closed), evolve(observed, aside=False))
        return self.inner.move(alone).closed

    @cached_property
    def _counts_all(self) -> bool:
        return self.remember or self.plan.mtd is not None or self.plan.number("isotonic") is not None

    def _goes_on(self, last: TableState, move: Move) -> bool:
        """Whether the move only fills the cohort under way."""
        words = {action.word for action in move.reason.actions}
        fills = move.reason.row is None and words <= {Word.TREAT_MORE, Word.STAY}
        return isinstance(move, Treat) and move.rung == last.rung and fills

    def move(self, state: Dealt) -> Move:
        """The move upon the last cohort; a stop that declares nothing recommends by all patients."""
        move = self.inner.move(state.last)
        if not isinstance(move, Stop) or any(action.word in DECLARATIONS for action in move.reason.actions):
            return move
        best = self.recommend(state, move.closed)
        named = "no level" if best is None else f"level {self.names[best]}"
        why = f"{move.reason.why}; of all patients, {named} is recommended"
        return Stop(best, move.closed, evolve(move.reason, why=why))

    def look(self, state: Dealt, rung: int | None = None) -> View | None:
        """What may be asked of a state: the counts of all patients at a level."""
        if state.last.rung is None:
            return None
        at = state.last.rung if rung is None else rung
        closed = state.last.closed
        return View(
            rung=at,
            tally=state.levels[at],
            closed=closed,
            pending_at=tuple(place for place, tally in enumerate(state.levels) if tally.pending),
            given=tuple(place for place, tally in enumerate(state.levels) if tally.treated or place == state.last.rung),
            met=tuple(place for place, tally in enumerate(state.levels[:closed]) if meets(self.plan, tally)),
            ladders=self.inner.stairs.ladders,
        )

    def tallies(self, state: Dealt) -> tuple[Tally, ...]:
        """What has been counted at each level."""
        return state.levels

    def places(self, state: Dealt) -> int:
        """Places still empty in the cohort under way."""
        return self.inner.places(state.last)

    def close(self, state: Dealt, rung: int) -> Dealt:
        """The same state with the levels from a rung up closed."""
        return Dealt(self.inner.close(state.last, rung), state.levels)

    def recommend(self, state: Dealt, closed: int) -> int | None:
        """The rung to recommend if the trial ended here: by the isotonic estimate, or by the `mtd` line."""
        target = self.plan.number("isotonic")
        if target is None:
            good = (at for at, level in enumerate(state.levels[:closed]) if meets(self.plan, level))
            return max(good, default=None)
        return _closest(tuple((level.treated, level.with_dlt) for level in state.levels[:closed]), target)


def _closest(levels: tuple[tuple[int, int], ...], target: Fraction) -> int | None:
    return mtd(levels, target) if any(treated for treated, _ in levels) else None
