"""A design from a decision table: which row applies, and what its words come to at this place on the ladder."""

from collections.abc import Iterator
from functools import cached_property
from itertools import product

from attrs import evolve, field, frozen

from protocol_dsl.escalation.design import Awaits, Flaw, Move, Observed, Reason, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.stairs import Stairs
from protocol_dsl.escalation.standing import (
    MOST_COMPLETIONS,
    UNTREATED,
    Level,
    completions,
    forget,
    is_full,
    meets,
    room,
    surely_meets,
)
from protocol_dsl.escalation.tally import Tally, View, at_place, counted, leaving_out
from protocol_dsl.model.escalation import DECLARATIONS, Action, EscalationPlan, Ladder, Row, Word, wording


@frozen(cache_hash=True)
class TableState:
    """The level just treated (None: nobody yet), what each level is remembered by, and the lowest closed rung."""

    rung: int | None
    levels: tuple[Level, ...]
    closed: int


@frozen(slots=False)
class TableDesign:
    """The machine of a table. With `remember` it keeps every tally; without, the smallest state that decides."""

    plan: EscalationPlan
    ladder: Ladder
    remember: bool = False
    _moves: dict[TableState, Move] = field(factory=dict, init=False, eq=False, repr=False)
    _rulings: dict[TableState, Move] = field(factory=dict, init=False, eq=False, repr=False)
    _views: dict[tuple[TableState, int], View] = field(factory=dict, init=False, eq=False, repr=False)
    _rows: dict[tuple[int, int], tuple[tuple[int, Row], ...]] = field(factory=dict, init=False, eq=False, repr=False)
    _sure: dict[Level, bool] = field(factory=dict, init=False, eq=False, repr=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The levels, lowest first."""
        return self.ladder.names

    @cached_property
    def start(self) -> TableState:
        """Nobody treated."""
        return TableState(None, (UNTREATED,) * len(self.names), len(self.names))

    @cached_property
    def stairs(self) -> Stairs:
        """What is above and below each level."""
        return Stairs(self.ladder)

    @cached_property
    def _ways(self) -> tuple[frozenset[int], ...]:
        return self.stairs.ways(self.plan)

    def step(self, state: TableState, observed: Observed) -> TableState:
        """The state once this has been observed; what the move before it closed stays closed."""
        closed = self.move(state).closed
        levels = list(state.levels)
        before = levels[observed.rung]
        rung = observed.rung
        if isinstance(observed, Treated):
            levels[rung] = (before if isinstance(before, Tally) else UNTREATED).plus(observed.tally)
        elif isinstance(before, Tally) and before.pending:
            levels[rung] = before.settled(dlt=observed.dlt)
        here = state.rung
        if here is None and isinstance(observed, Treated) and observed.aside:
            here = self.names.index(self.ladder.start)
        if isinstance(observed, Treated):
            there = TableState(rung, tuple(levels), closed)
            here, closed = (here, self.move(there).closed) if observed.aside else (rung, closed)
        whole = self.remember or here is None
        kept = tuple(levels) if whole else forget(self.plan, here or 0, tuple(levels), closed, self._ways)
        return TableState(here, kept, closed)

    def look(self, state: TableState, rung: int | None = None) -> View | None:
        """What may be asked of a state at the level just treated, or at another rung."""
        if state.rung is None:
            return None
        at = state.rung if rung is None else rung
        if (state, at) not in self._views:
            self._views[state, at] = self._seen(state, at)
        return self._views[state, at]

    def _seen(self, state: TableState, at: int) -> View:
        tally = state.levels[at]
        levels = tuple(enumerate(state.levels))
        return View(
            rung=at,
            tally=tally if isinstance(tally, Tally) else UNTREATED,
            closed=state.closed,
            pending_at=tuple(at for at, level in levels if isinstance(level, Tally) and level.pending),
            given=tuple(at for at, level in levels if level != UNTREATED or at == state.rung),
            met=tuple(at for at, level in levels[: state.closed] if self._surely_meets(level)),
            ladders=self.stairs.ladders,
        )

    def _surely_meets(self, level: Level) -> bool:
        if level not in self._sure:
            self._sure[level] = surely_meets(self.plan, level)
        return self._sure[level]

    def tallies(self, state: TableState) -> tuple[Tally, ...]:
        """What has been counted at each level, as far as it is remembered."""
        return tuple(level if isinstance(level, Tally) else UNTREATED for level in state.levels)

    def recommend(self, state: TableState, closed: int) -> int | None:
        """The rung to recommend if the trial ended here: by the `mtd` line; None where no level is."""
        return self._by_mtd_line(evolve(state, closed=closed))

    def places(self, state: TableState) -> int:
        """Places still empty up to the next `treated` that a row speaks of."""
        if state.rung is None or self.plan.counts_pending:
            return 0
        return self._places(state, state.rung) or 0

    def close(self, state: TableState, rung: int) -> TableState:
        """The same state with the levels from a rung up closed."""
        return TableState(state.rung, state.levels, min(state.closed, rung))

    def move(self, state: TableState) -> Move:
        """What to do now, and because of what."""
        if state not in self._moves:
            move = self._decide(state)
            if state.rung is not None:
                move = _because(move, f"{self._so_far(state)}; {move.reason.why}")
            self._moves[state] = move
        return self._moves[state]

    def _decide(self, state: TableState) -> Move:
        if state.rung is None:
            start = self.names.index(self.ladder.start)
            here = "nobody has been treated" if set(state.levels) == {UNTREATED} else "nobody was treated there"
            why = f"{here}, and the trial starts at level {self.ladder.start}"
            return Treat(self._cohort(UNTREATED), start, state.closed, Reason(why))
        if state.rung >= state.closed:
            return self._leave(state, state.rung)
        return self._by_rows(state, state.rung)

    def _leave(self, state: TableState, rung: int) -> Move:
        """Against the plan a closed level was treated: as its row says if that closes it again, else down from it."""
        move = self._by_rows(evolve(state, closed=rung + 1), rung)
        if move.closed <= state.closed:
            return move
        return self._agreed(state, 0, actions=(Action(Word.DE_ESCALATE),))

    def _by_rows(self, state: TableState, rung: int) -> Move:
        if self.plan.counts_pending:
            return self._as_it_stands(state, rung)
        places = self._places(state, rung)
        return self._agreed(state, places or 0) if places is not None else self._beyond(state)

    # --- which row ----------------------------------------------------------------------------------------------------

    def _as_it_stands(self, state: TableState, rung: int) -> Move:
        """A table with a `pending` column: the tally as it is chooses the row."""
        _, tally = _current(state)
        if tally.treated == 0:
            why = "nobody there is evaluable"
            return Treat(self._cohort(tally), rung, state.closed, Reason(why, actions=(Action(Word.STAY),)))
        found = self._row(state, rung)
        return self._no_row(state, found) if isinstance(found, Reason) else self._agreed(state, 0, *found)

    def _agreed(
        self, state: TableState, places: int, number: int | None = None, actions: tuple[Action, ...] = ()
    ) -> Move:
        """The move on which every completion agrees; else fill the places; else wait for the pending patients."""
        moves = []
        for complete in self._complete(state, places):
            moves.append(self._resolve(complete, number, actions) if actions else self._ruled(complete))
            if moves[-1] != moves[0] or len(moves) > MOST_COMPLETIONS:
                return self._open(state, places)
        if len(moves) == 1:
            return moves[0]
        return _because(moves[0], f"{moves[0].reason.why}; outcomes still to come change nothing")

    def _open(self, state: TableState, places: int) -> Move:
        """Not every outcome gives the same move."""
        rung, tally = _current(state)
        if places:
            why = f"the table next speaks of {tally.treated + places} treated, and outcomes differ in what follows"
            return Treat(places, rung, state.closed, Reason(why, actions=(Action(Word.TREAT_MORE, places),)))
        why = "the move depends on the patients who are pending"
        return Wait(Awaits.PENDING, state.closed, Reason(why, actions=(Action(Word.WAIT),)))

    def _complete(self, state: TableState, places: int) -> Iterator[TableState]:
        """The state with every mix of outcomes of the pending, and of `places` more at the level just treated."""
        mixes = (
            (level,) if at != state.rung and at >= state.closed else completions(level, places * (at == state.rung))
            for at, level in enumerate(state.levels)
        )
        for levels in product(*mixes):
            yield TableState(state.rung, levels, state.closed)

    def _places(self, state: TableState, rung: int) -> int | None:
        """Places still empty up to the next `treated` that a row speaks of; None where there is no such row."""
        _, tally = _current(state)
        cap = self.plan.cap
        ahead = [
            max(row.count("treated").at_least, tally.treated)
            for _, row in self._rows_at(rung, state.closed)
            if (most := row.count("treated").at_most) is None or most >= tally.treated
        ]
        places = min(ahead, default=None)
        if places is None or (cap is not None and tally.treated < places and places > cap):
            return None
        return places - tally.treated

    def _rows_at(self, rung: int, closed: int) -> tuple[tuple[int, Row], ...]:
        """The rows, with their numbers, that may apply at a rung; `otherwise` apart."""
        if (rung, closed) not in self._rows:
            numbered = enumerate(self.plan.rows, start=self.plan.first_row)
            own = self.stairs.own(rung)
            here = (each for each in numbered if at_place(each[1].level, rung, closed, self.names, own))
            self._rows[rung, closed] = tuple(each for each in here if not each[1].otherwise)
        return self._rows[rung, closed]

    @cached_property
    def _otherwise(self) -> tuple[tuple[int, Row], ...]:
        numbered = enumerate(self.plan.rows, start=self.plan.first_row)
        return tuple(each for each in numbered if each[1].otherwise)

    def _row(self, state: TableState, rung: int) -> tuple[int, tuple[Action, ...]] | Reason:
        """The number and the moves of the one row that applies, or the reason why there is not one."""
        tally = _current(state)[1]
        fits = [
            (number, row.then)
            for number, row in self._rows_at(rung, state.closed)
            if all(cell.count.holds(counted(cell.column, tally, self.plan.extra)) for cell in row.cells)
        ] or [(number, row.then) for number, row in self._otherwise]
        if len({then for _, then in fits}) == 1:
            return fits[0]
        flaw = Flaw.OVERLAP if fits else Flaw.GAP
        return Reason(flaw.value, None, (Action(Word.REVIEW),), flaw, tuple(number for number, _ in fits))

    def _ruled(self, state: TableState) -> Move:
        """What the row that applies to a complete tally comes to."""
        if state not in self._rulings:
            found = self._row(state, _current(state)[0])
            ruling = self._no_row(state, found) if isinstance(found, Reason) else self._resolve(state, *found)
            self._rulings[state] = ruling
        return self._rulings[state]

    def _no_row(self, state: TableState, why: Reason) -> Move:
        return Wait(Awaits.REVIEW, state.closed, why)

    def _beyond(self, state: TableState) -> Move:
        """More patients than any row speaks of: as if one too many were left out, if it matters not which."""
        if any(row.otherwise for row in self.plan.rows):
            return self._agreed(state, 0)
        rung, tally = _current(state)
        counts = [row.count("treated").at_most or 0 for _, row in self._rows_at(rung, state.closed)]
        excess = tally.treated - max((most for most in counts if most <= tally.treated), default=tally.treated)
        moves = [
            self._ruled(evolve(complete, levels=_replace(complete.levels, rung, fewer)))
            for complete in self._complete(state, 0)
            for fewer in leaving_out(_current(complete)[1], excess)
        ]
        if excess and all(move == moves[0] for move in moves):
            why = f"{moves[0].reason.why} (as for {excess} fewer, whoever of them is left out)"
            return evolve(moves[0], reason=evolve(moves[0].reason, why=why, flaw=Flaw.GAP))
        return self._no_row(state, Reason(Flaw.GAP.value, actions=(Action(Word.REVIEW),), flaw=Flaw.GAP))

    # --- what its words come to ---------------------------------------------------------------------------------------

    def _resolve(self, state: TableState, number: int | None, actions: tuple[Action, ...]) -> Move:
        """The move that the words of a row amount to in a state without pending patients."""
        rung, _ = _current(state)
        words = {action.word for action in actions}
        here = evolve(state, closed=min(state.closed, rung)) if Word.CLOSE in words else state
        reason = Reason(self._said(state, number, actions), number, actions)
        if words & {*DECLARATIONS, Word.STOP}:
            return self._stop(here, words, reason)
        if Word.GO_TO in words:
            return self._go_to(here, actions, reason)
        if Word.ESCALATE in words:
            return self._escalate(here, reason)
        if Word.DE_ESCALATE in words:
            return self._de_escalate(here, reason)
        if Word.WAIT in words or not words & {Word.STAY, Word.TREAT_MORE}:
            awaits = Awaits.PENDING if Word.WAIT in words else Awaits.REVIEW
            return Wait(awaits, here.closed, reason)
        return self._treat_here(here, actions, reason)

    def _stop(self, state: TableState, words: set[Word], reason: Reason) -> Stop:
        """`declare` overrides the `mtd` line, which `stop` alone takes."""
        rung, _ = _current(state)
        if Word.DECLARE_NONE in words:
            return Stop(None, state.closed, reason)
        if Word.DECLARE_THIS in words:
            return Stop(rung, state.closed, reason)
        if Word.DECLARE_PREVIOUS in words:
            return Stop(self.stairs.below(rung), state.closed, reason)
        best = self._by_mtd_line(state)
        name = "no level" if best is None else f"level {self.names[best]}"
        return Stop(best, state.closed, _adding(reason, f"the mtd line gives {name}"))

    def _by_mtd_line(self, state: TableState) -> int | None:
        """The highest open level that meets the `mtd` line."""
        good = (at for at in range(state.closed) if meets(self.plan, state.levels[at]))
        return max(good, default=None)

    def _escalate(self, state: TableState, reason: Reason) -> Move:
        rung, _ = _current(state)
        above = self.stairs.above(rung)
        if above is not None and above < state.closed and not is_full(self.plan, state.levels[above]):
            return Treat(self._cohort(state.levels[above]), above, state.closed, reason)
        if self.plan.mtd is None:
            return Stop(rung, state.closed, _adding(reason, f"level {self.names[rung]} {self._as_top(rung)}"))
        return self._settle(state, rung, reason, self._as_top(rung))

    def _as_top(self, rung: int) -> str:
        """The top of the ladder, or of what is left open of it."""
        return "is the top" if self.stairs.above(rung) is None else "is the highest that is open"

    def _de_escalate(self, state: TableState, reason: Reason) -> Move:
        below = self.stairs.below(_current(state)[0])
        while below is not None and below >= state.closed:
            below = self.stairs.below(below)
        if below is None:
            return Stop(None, state.closed, _adding(reason, "there is no level below"))
        level = state.levels[below]
        if is_full(self.plan, level):
            return self._settle(state, below, reason, "is full")
        return Treat(self._cohort(level), below, state.closed, reason)

    def _go_to(self, state: TableState, actions: tuple[Action, ...], reason: Reason) -> Move:
        """A cohort at the level that is named; where it is closed people decide, and where it is full it is settled."""
        rung = next(self.names.index(action.level) for action in actions if action.level is not None)
        if rung >= state.closed:
            shut = evolve(_adding(reason, f"level {self.names[rung]} is closed"), flaw=Flaw.CLOSED)
            return Wait(Awaits.REVIEW, state.closed, shut)
        if is_full(self.plan, state.levels[rung]):
            return self._settle(state, rung, reason, "is full")
        return Treat(self._cohort(state.levels[rung]), rung, state.closed, reason)

    def _settle(self, state: TableState, rung: int, reason: Reason, being: str) -> Move:
        """At the top, or down at a full level: stop if the `mtd` line is met, else another cohort there, else stop."""
        level = state.levels[rung]
        here = f"level {self.names[rung]} {being}"
        if not meets(self.plan, level) and not is_full(self.plan, level):
            more = _adding(reason, f"{here} and does not meet the mtd line yet, so another cohort is treated there")
            return Treat(self._cohort(level), rung, state.closed, more)
        return self._stop(state, {Word.STOP}, _adding(reason, here))

    def _treat_here(self, state: TableState, actions: tuple[Action, ...], reason: Reason) -> Move:
        rung, tally = _current(state)
        left = room(self.plan, tally)
        asked = next((action.patients for action in actions if action.word is Word.TREAT_MORE), None)
        patients = self._cohort(tally) if asked is None else asked
        if patients == 0 or (left is not None and patients > left):
            return Wait(Awaits.REVIEW, state.closed, evolve(_adding(reason, Flaw.PAST_CAP.value), flaw=Flaw.PAST_CAP))
        return Treat(patients, rung, state.closed, reason)

    def _cohort(self, level: Level) -> int:
        left = room(self.plan, level)
        return self.plan.cohort if left is None else min(self.plan.cohort, left)

    # --- in words -----------------------------------------------------------------------------------------------------

    def _so_far(self, state: TableState) -> str:
        rung, tally = _current(state)
        pending = f", {tally.pending} pending" if tally.pending else ""
        whose = "the last cohort at " if self.plan.last_cohort else ""
        return f"{whose}level {self.names[rung]}: {tally.treated} treated, {tally.with_dlt} with DLT{pending}"

    def _said(self, state: TableState, number: int | None, actions: tuple[Action, ...]) -> str:
        if number is None:
            return f"level {self.names[_current(state)[0]]} is closed"
        return f"row {number} says {wording(actions)}"


def _current(state: TableState) -> tuple[int, Tally]:
    """The rung just treated and its tally."""
    rung = state.rung or 0
    level = state.levels[rung]
    return rung, level if isinstance(level, Tally) else UNTREATED


def _replace(levels: tuple[Level, ...], rung: int, level: Level) -> tuple[Level, ...]:
    return (*levels[:rung], level, *levels[rung + 1 :])


def _adding(reason: Reason, why: str) -> Reason:
    return evolve(reason, why=f"{reason.why}; {why}")


def _because(move: Move, why: str) -> Move:
    return evolve(move, reason=evolve(move.reason, why=why))
