"""Closing levels by the chance that a rate is too high: what elimination and the stop at the lowest level share.

The rate has a uniform prior, so that its chance after `y` of `n` with DLT is a beta tail, reckoned in fractions. It
grows with each DLT more, so that whatever becomes of pending patients lies between all of them with a DLT and none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from protocol_dsl.escalation.behaviour import Said
from protocol_dsl.escalation.computed import ComputedDesign
from protocol_dsl.escalation.design import Awaits, Design, Move, Observed, Reason, Stop, Treat, Wait
from protocol_dsl.escalation.estimates.beta import tail
from protocol_dsl.escalation.soundness import Kind, Unsound
from protocol_dsl.escalation.tally import Tally, View, pending_of
from protocol_dsl.escalation.wrapped import Wrapped, as_planned, innermost
from protocol_dsl.model.escalation import Action, EscalationPlan, Word

S = TypeVar("S")
_CLOSE, _WAIT = Action(Word.CLOSE), Action(Word.WAIT)


@frozen
class Chance:
    """`when chance of a rate above 0.3 is more than 0.95 from 3 patients`, with a uniform prior."""

    rate: Fraction
    limit: Fraction
    patients: int

    def exceeded(self, treated: int, with_dlt: int) -> bool:
        """Whether the posterior chance is more than the limit, exactly."""
        if treated < max(self.patients, 1):
            return False
        return tail(self.rate, 1 + with_dlt, 1 + treated - with_dlt) > self.limit


@frozen(slots=False)
class Closing(Wrapped[S]):
    """A design in which a level, with all above, is closed once the chance is too high; it stays closed.

    What is closed the design within remembers, so that the states are its own. `lowest` looks at the lowest level
    alone. Where some outcomes of pending patients close a level and others do not, nothing is decided: the cohort is
    filled, or it waits. Only designs that decide while patients are pending go on: those that go by follow-up do so by
    their formula, and tables with a column for pending patients as their rows say, but for a rise.
    """

    chance: Chance
    lowest: bool = False
    # None of these hangs on follow-up: `evolve` hands them on to a copy that was told of another.
    _exceeded: dict[tuple[int, int], bool] = field(factory=dict, eq=False, repr=False)
    _toxic: dict[Tally, bool] = field(factory=dict, eq=False, repr=False)
    _shut: dict[S, int] = field(factory=dict, eq=False, repr=False)
    _moves: dict[S, Move] = field(factory=dict, init=False, eq=False, repr=False)

    def step(self, state: S, observed: Observed) -> S:
        """The state once this has been observed; what was closed before it stays closed."""
        closed = self._closed(state)
        if self.move(state) is not self.inner.move(closed):
            observed = as_planned(self, state, observed)
        return self.inner.step(closed, observed)

    def look(self, state: S, rung: int | None = None) -> View | None:
        """What may be asked of a state, with what its counts close."""
        return self.inner.look(self._closed(state), rung)

    def recommend(self, state: S, closed: int) -> int | None:
        """The rung to recommend if the trial ended here, its places left empty, of those that its counts leave open."""
        shut = self._lowest_shut(self._watched(state), 0, 0)
        state = state if shut == len(self.names) else self.inner.close(state, shut)
        return self.inner.recommend(state, min(closed, shut))

    def move(self, state: S) -> Move:
        """The move within, or what follows where a level is closed, or may yet be."""
        move = self._moves.get(state)
        if move is None:
            move = self._moves[state] = self._held(state, self._closing(state))
        return move

    # --- what is closed, whatever becomes of those whose outcomes are still to come -----------------------------------

    def _closed(self, state: S) -> S:
        shut = self._shut_from(state)
        return state if shut == len(self.names) else self.inner.close(state, shut)

    def _shut_from(self, state: S) -> int:
        """The lowest rung that the counts close; the number of levels where they close none."""
        shut = self._shut.get(state)
        if shut is None:
            shut = self._shut[state] = self._lowest_shut(self._watched(state), *self._under_way(state))
        return shut

    def _under_way(self, state: S) -> tuple[int, int]:
        """The places still empty, and the rung at which they are."""
        places = self.inner.places(state)
        view = self.inner.look(state) if places else None
        return (0, 0) if view is None else (places, view.rung)

    def _lowest_shut(self, tallies: tuple[Tally, ...], places: int, here: int) -> int:
        for rung, tally in enumerate(tallies):
            toxic = self._toxic.get(tally)
            if toxic is None:
                toxic = self._toxic[tally] = self._exceeds(tally.treated, tally.with_dlt)
            if places and rung == here:
                toxic = self._exceeds(tally.treated + places, tally.with_dlt)
            if toxic:
                return rung
        return len(self.names)

    def _watched(self, state: S) -> tuple[Tally, ...]:
        tallies = self.inner.tallies(state)
        return tallies[:1] if self.lowest else tallies

    def _exceeds(self, treated: int, with_dlt: int) -> bool:
        key = (treated, with_dlt)
        found = self._exceeded.get(key)
        if found is None:
            found = self._exceeded[key] = self.chance.exceeded(treated, with_dlt)
        return found

    def _closing(self, state: S) -> Move:
        """The move within, with what the counts close."""
        move, shut = self.inner.move(state), self._shut_from(state)
        if shut >= move.closed:
            return move
        if isinstance(move, Treat) or (isinstance(move, Wait) and move.awaits is Awaits.PENDING):
            move = self.inner.move(self.inner.close(state, shut))
        elif isinstance(move, Stop) and move.rung is not None and move.rung >= shut:
            best = self.inner.recommend(state, shut)
            named = "no level" if best is None else f"level {self.names[best]}"
            because = f"{move.reason.why}; level {self.names[move.rung]} is closed, and {named} is recommended"
            move = evolve(move, rung=best, reason=evolve(move.reason, why=because))
        return self._saying(state, evolve(move, closed=min(move.closed, shut)), shut)

    def _saying(self, state: S, move: Move, shut: int) -> Move:
        """With what was closed and why; in the words of the language where it is the level just treated, or below."""
        view, reason = self.inner.look(state), move.reason
        why = f"{reason.why}; {self._because(shut)}"
        said = any(action.word in {Word.CLOSE, Word.WAIT} for action in reason.actions)
        if view is not None and view.rung >= shut and reason.actions and not said:
            return evolve(move, reason=evolve(reason, why=why, actions=(*reason.actions, _CLOSE)))
        return evolve(move, reason=evolve(reason, why=why))

    def _because(self, rung: int) -> str:
        rate, limit = float(self.chance.rate), float(self.chance.limit)
        return f"the chance that the rate at level {self.names[rung]} exceeds {rate:g} is more than {limit:g}"

    # --- what may yet be closed ---------------------------------------------------------------------------------------

    def _held(self, state: S, move: Move) -> Move:
        """The move, unless it hangs on outcomes still to come whether a level is closed."""
        places, here = self._under_way(state)
        if isinstance(move, Wait) or (isinstance(move, Stop) and move.rung is None):
            return move
        doubtful = self._doubtful(self._watched(state)[: move.closed], places, here)
        view = None if doubtful is None else self.inner.look(state)
        if doubtful is None or view is None:
            return move
        if self.plan.counts_pending and isinstance(move, Treat) and move.rung <= view.rung:
            return move
        if places:
            return self._filled(view, move, places, doubtful)
        within = innermost(self)
        if isinstance(within, ComputedDesign):
            return within.under_way(self._closed(state), view.rung)
        name = self.names[doubtful]
        why = f"{self._so_far(view)}; whether level {name} is closed depends on the patients who are pending"
        return Wait(Awaits.PENDING, move.closed, Reason(why, actions=(_WAIT,)))

    def _doubtful(self, tallies: tuple[Tally, ...], places: int, here: int) -> int | None:
        """The lowest open rung that some outcomes still to come would close; None where there is none."""
        if not places and not any(map(pending_of, tallies)):
            return None
        for rung, tally in enumerate(tallies):
            more = tally.pending + places * (rung == here)
            if more and self._exceeds(tally.treated + places * (rung == here), tally.with_dlt + more):
                return rung
        return None

    def _filled(self, view: View, move: Move, places: int, doubtful: int) -> Move:
        words = {action.word for action in move.reason.actions}
        if isinstance(move, Treat) and move.rung == view.rung and Word.TREAT_MORE in words:
            return move
        why = f"{self._so_far(view)}; whether level {self.names[doubtful]} is closed depends on outcomes still to come"
        return Treat(places, view.rung, move.closed, Reason(why, actions=(Action(Word.TREAT_MORE, places),)))

    def _so_far(self, view: View) -> str:
        tally = view.tally
        pending = f", {tally.pending} pending" if tally.pending else ""
        return f"level {self.names[view.rung]}: {tally.treated} treated, {tally.with_dlt} with DLT{pending}"


# --- the two lines by which a plan asks for one -----------------------------------------------------------------------

Lines = tuple[str, str]
"""The keys of the line that names a rate, and of the line that speaks of the target."""


def chances(plan: EscalationPlan, lines: Lines) -> Iterator[Chance]:
    """The chances that a sound plan names."""
    above, target = plan.setting(lines[0]), plan.setting(lines[1])
    if above is not None:
        rate, limit, patients = above.values
        yield Chance(Fraction(rate), Fraction(limit), int(patients))
    if target is not None:
        limit, patients = target.values
        yield Chance(target_rate(plan) or Fraction(0), Fraction(limit), int(patients))


def target_rate(plan: EscalationPlan) -> Fraction | None:
    """The one rate that a plan aims at; None where it names none."""
    setting = plan.setting("target")
    return Fraction(setting.values[0]) if setting is not None and len(setting.values) == 1 else None


def closing(lines: Lines, *, lowest: bool) -> Callable[[Design[Any], Said], Design[Any]]:
    """Lay what the lines of a plan ask for round a design."""

    def wrap(design: Design[Any], said: Said) -> Design[Any]:
        for chance in chances(said.plan, lines):
            design = Closing(design, chance, lowest)
        return design

    return wrap


def asked(lines: Lines) -> Callable[[Said], bool]:
    """Whether one of the lines stands in a plan."""
    return lambda said: any(said.plan.setting(key) is not None for key in lines)


def faults(lines: Lines) -> Callable[[EscalationPlan], Iterator[Unsound]]:
    """Chances and rates outside 0 to 1, and a target that is nowhere named."""
    return lambda plan: _faults(plan, lines)


def _faults(plan: EscalationPlan, lines: Lines) -> Iterator[Unsound]:
    above, target = plan.setting(lines[0]), plan.setting(lines[1])
    if above is not None and not 0 < Fraction(above.values[0]) < 1:
        message = f"{above.values[0]} cannot be a rate"
        yield Unsound(message, Kind.SETTINGS, above.span, "write a rate between 0 and 1, such as 0.33")
    for setting in (above, target):
        if setting is not None and not 0 < Fraction(setting.values[-2]) < 1:
            message = f"{setting.values[-2]} cannot be a chance"
            yield Unsound(message, Kind.SETTINGS, setting.span, "write a chance between 0 and 1, such as 0.95")
    if target is not None and target_rate(plan) is None:
        cure = "name the rate itself, as in `chance of a rate above 0.33`"
        yield Unsound("the design names no target that a rate could exceed", Kind.SETTINGS, target.span, cure)
