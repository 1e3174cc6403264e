"""What is claimed of a design, and what breaks a claim: the shape of every property."""

from collections import deque
from collections.abc import Callable
from typing import Any

from attrs import frozen

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.escalation.automaton import Automaton, Step, as_history
from protocol_dsl.escalation.design import Design, Move, Observed, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.tally import View, holds
from protocol_dsl.model.escalation import (
    Claim,
    Never,
    RecommendedImplies,
    RisesByAtMost,
    StopsWithin,
    TallyCondition,
    Word,
)


@frozen
class Breach:
    """A history in which a claim does not hold, what happens there, and the rows (from 1) that have it so."""

    history: History
    why: str
    rows: tuple[int, ...] = ()


# A property looks through an automaton and hands back the breach with the shortest history, or None.
Refute = Callable[[Automaton[Any]], Breach | None]

# What is wrong with a move in a state (None before the first patient), or None.
Fault = Callable[[Design[Any], View | None, Move], str | None]


@frozen
class Property:
    """A built-in property: its sentence, how bad a breach is (a note only informs), and how it is refuted.

    `partial` says whether it is looked for with pending patients too, or only over whole cohorts. `shows` is what is
    proved besides, such as a bound, once it holds over all states of an automaton of whole cohorts.
    """

    statement: str
    refute: Refute
    severity: Severity = Severity.ERROR
    partial: bool = True
    shows: Callable[[Automaton[Any]], str] | None = None


def in_no_state(fault: Fault) -> Refute:
    """The refutation of a claim that speaks of one state at a time."""

    def refute(automaton: Automaton[Any]) -> Breach | None:
        design = automaton.design
        for number, (view, move) in enumerate(zip(automaton.views, automaton.moves, strict=True)):
            why = fault(design, view, move)
            if why is not None:
                return Breach(automaton.history(number), why, rows_of(move))
        return None

    return refute


def rows_of(move: Move) -> tuple[int, ...]:
    """The row that decided, or the rows that apply at once; none where no row does."""
    return move.reason.at_once if move.reason.row is None else (move.reason.row,)


def refutation(claim: Claim) -> Refute:
    """How a statement of the `always` section is refuted."""
    match claim:
        case Never(word, when):
            return _never(word, when)
        case RisesByAtMost(levels):
            return _rises_by_at_most(levels)
        case StopsWithin(patients):
            return _stops_within(patients)
        case RecommendedImplies():
            return _recommended_implies(claim)


def _never(word: Word, when: TallyCondition) -> Refute:
    def fault(design: Design[Any], view: View | None, move: Move) -> str | None:
        if view is None or not occurs(word, view, move):
            return None
        seen = View(view.rung, view.tally, move.closed, ladders=view.ladders)
        return move.reason.why if holds(when, seen, design.names, design.plan.extra) else None

    return in_no_state(fault)


def _rises_by_at_most(levels: int) -> Refute:
    def fault(design: Design[Any], view: View | None, move: Move) -> str | None:
        if view is None or not isinstance(move, Treat) or move.rung - view.rung <= levels:
            return None
        return f"from level {design.names[view.rung]} to level {design.names[move.rung]}"

    return in_no_state(fault)


def _recommended_implies(claim: RecommendedImplies) -> Refute:
    def refute(automaton: Automaton[Any]) -> Breach | None:
        design = automaton.design
        for number, (state, move) in enumerate(zip(automaton.states, automaton.moves, strict=True)):
            if not isinstance(move, Stop) or move.rung is None:
                continue
            view = design.look(state, move.rung)
            if view is not None and not holds(claim.then, view, design.names, design.plan.extra):
                why = f"level {design.names[move.rung]} is recommended"
                return Breach(automaton.history(number), why, rows_of(move))
        return None

    return refute


def _stops_within(patients: int) -> Refute:
    def refute(automaton: Automaton[Any]) -> Breach | None:
        """Walk state by state together with the number treated, which no state remembers."""
        waiting: deque[tuple[int, int, tuple[Step, ...]]] = deque([(0, 0, ())])
        seen = {(0, 0)}
        while waiting:
            state, treated, steps = waiting.popleft()
            if treated > patients:
                return Breach(as_history(automaton, steps), f"{treated} evaluable patients")
            for edge in automaton.edges[state]:
                more = _evaluable(edge.observed)
                if (edge.to, treated + more) not in seen:
                    seen.add((edge.to, treated + more))
                    waiting.append((edge.to, treated + more, (*steps, (state, edge.observed))))
        return None

    return refute


def _evaluable(observed: Observed) -> int:
    """How many evaluable patients there are more; one who is pending counts until not evaluable."""
    if isinstance(observed, Treated):
        return observed.tally.treated
    return -1 if observed.dlt is None else 0


def occurs(word: Word, view: View, move: Move) -> bool:
    """Whether a move is what a word of the language names; escalate at the top is no escalation."""
    match word:
        case Word.ESCALATE:
            return isinstance(move, Treat) and move.rung > view.rung
        case Word.TREAT_MORE:
            return isinstance(move, Treat) and move.rung == view.rung
        case Word.CLOSE:
            return move.closed < view.closed
        case Word.WAIT:
            return isinstance(move, Wait)
        case Word.STOP:
            return isinstance(move, Stop)
        case _:
            return _says(word, view, move)


def _says(word: Word, view: View, move: Move) -> bool:
    """Whether a row says the word; to go to a lower level by its name is to de-escalate."""
    said = {action.word for action in move.reason.actions}
    falls = Word.GO_TO in said and isinstance(move, Treat) and move.rung < view.rung
    return word in said or (word is Word.DE_ESCALATE and falls)
