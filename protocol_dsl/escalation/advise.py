"""For one history: the next move, the row that decided, what is waited for, and what was not as planned."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any, Generic, TypeVar

from attrs import evolve, frozen

from protocol_dsl.escalation.design import Awaits, Design, Move, Reason, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.designs import goes_by_follow_up, machine
from protocol_dsl.escalation.history import Cohort, History, Unreadable
from protocol_dsl.escalation.rule import Followed
from protocol_dsl.escalation.stages import in_force
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import Action, EscalationPlan, Ladder, Word

S = TypeVar("S")

# With more mixes of outcomes than this, what each would do is left out.
MOST_MIXES = 64


# How many of the pending patients at each level (by name) turn out to have a DLT.
Mix = tuple[tuple[str, int], ...]


@frozen
class WhatIf:
    """What would be done if so many of the pending patients at each level turned out to have a DLT."""

    dlts: Mix
    advice: "Advice"


@frozen
class Advice:
    """What to do now. `move` is `treat`, `wait` or `stop`; `action` is the move in the language's own words.

    `level` and `patients` belong to `treat`; `mtd` to `stop`, and is None where no level is recommended. `closed` are
    the levels never given again, `waiting_for` the patients, or counts, on whom the move depends, `awaited` the numbers
    of those patients in the history, from 1, `notes` what was not as planned and what to heed, `outcomes` what each mix
    of outcomes of the pending patients would lead to.
    """

    move: str
    action: str
    row: int | None
    level: str | None
    patients: int
    closed: tuple[str, ...]
    mtd: str | None
    because: str
    waiting_for: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    outcomes: tuple[WhatIf, ...] = ()
    awaited: tuple[int, ...] = ()


def advise(
    plan: EscalationPlan,
    ladder: Ladder,
    history: History,
    counts: tuple[tuple[int, ...], ...] = (),
    followed: tuple[Fraction, ...] | None = None,
) -> Advice | Unreadable:
    """The next move by a plan. `counts` are the plan's extra counts, for each cohort; without them they are unknown.

    `followed` is, for each pending patient in the order of the history, the part of the window that has passed, from 0
    to 1; designs that go by follow-up wait without it. A level that is not on the ladder makes the history unreadable.
    """
    pending = [cohort.level for cohort in history.cohorts for letter in cohort.outcomes if letter == "P"]
    placed: Followed | None = None
    if followed is not None and len(followed) == len(pending) and all(level in ladder.names for level in pending):
        placed = tuple((ladder.names.index(level), part) for level, part in zip(pending, followed, strict=True))
    return consult(machine(plan, ladder, remember=True, followed=placed), history, counts)


def consult(design: Design[S], history: History, counts: tuple[tuple[int, ...], ...] = ()) -> Advice | Unreadable:
    """The next move by any design; one that remembers every tally copes best with what was not planned."""
    for number, cohort in enumerate(history.cohorts):
        if cohort.level not in design.names:
            start = len(str(History(history.cohorts[:number]))) + (number > 0)
            known = ", ".join(f"`{name}`" for name in design.names)
            message = f"there is no level `{cohort.level}`"
            return Unreadable(message, start, start + len(str(cohort)), f"the levels are {known}")
    return _advice(design, _run(design, history, counts), history, counts)


# --- the history, cohort by cohort ------------------------------------------------------------------------------------


@frozen
class _Course(Generic[S]):
    """The states that a history may have led to (more than one where a count is unknown), and its deviations.

    `over` says with what the trial had ended, and after which cohort, where patients were treated all the same.
    """

    states: list[S]
    notes: list[str]
    over: tuple[Stop, int] | None = None


def _run(design: Design[S], history: History, counts: tuple[tuple[int, ...], ...] = ()) -> _Course[S]:
    states = [design.start]
    notes: list[str] = []
    over, come_to = None, 0
    for number, cohort in enumerate(history.cohorts):
        moves = [design.move(state) for state in states]
        seen = Treated(design.names.index(cohort.level), _tally(cohort, ()))
        notes += _deviation(design, moves, seen, number + 1)
        over = over or _ended(design, moves, number)
        come_to = max([come_to, *map(partial(_come_to, design), states, moves)])
        seen = evolve(seen, aside=seen.rung > come_to)
        extras = [counts[number]] if counts else _possible(design, cohort)
        steps = [evolve(seen, tally=_tally(cohort, extra)) for extra in extras]
        states = list(dict.fromkeys(design.step(state, step) for state in states for step in steps))
    return _Course(states, notes, over)


def replayed(design: Design[S], history: History, counts: tuple[tuple[int, ...], ...] = ()) -> S:
    """The state after a history, where no count is unknown."""
    return _run(design, history, counts).states[0]


def _ended(design: Design[Any], moves: list[Move], number: int) -> tuple[Stop, int] | None:
    """With what the trial was over before a cohort; designs that go on with patients pending may not have known."""
    first = moves[0]
    if design.plan.counts_pending or _goes_by_follow_up(design) or not isinstance(first, Stop):
        return None
    return (first, number) if all(move == first for move in moves) else None


def _come_to(design: Design[S], state: S, move: Move) -> int:
    """How far up the trial may have come, by the move that is due."""
    come_to = move.rung if isinstance(move, Treat) else -1
    # What was pending when it was decided is not told by what came of it, so these may have risen by a level, though
    # never from one where nobody was evaluable.
    if _goes_by_follow_up(design) or (design.plan.counts_pending and isinstance(move, Wait)):
        view = design.look(state)
        come_to = max(come_to, view.rung + 1) if view is not None and view.tally.treated else come_to
    return come_to


def _tally(cohort: Cohort, extra: tuple[int, ...]) -> Tally:
    letters = cohort.outcomes
    return Tally(letters.count("N"), letters.count("T"), letters.count("P"), extra)


def _possible(design: Design[Any], cohort: Cohort) -> list[tuple[int, ...]]:
    return list(product(range(_tally(cohort, ()).treated + 1), repeat=len(design.plan.extra)))


def _deviation(design: Design[Any], moves: list[Move], treated: Treated, number: int) -> Iterator[str]:
    """What was not as the design had said; nothing where one of the moves it may have made agrees."""
    said = [_disagreement(design, move, treated) for move in moves]
    if None not in said:
        had = f"cohort {number} had {treated.tally.treated} at level {design.names[treated.rung]}"
        yield f"not as planned: {had}, where {said[0]}"


def _goes_by_follow_up(design: Design[Any]) -> bool:
    return goes_by_follow_up(design.plan)


def _disagreement(design: Design[Any], move: Move, treated: Treated) -> str | None:
    if isinstance(move, Treat):
        lower = treated.rung < move.rung and design.plan.counts_pending
        fits = treated.tally.treated <= move.patients or design.plan.counts_pending
        if lower or (treated.rung == move.rung and fits):
            return None
        return f"the move was to treat {move.patients} at level {design.names[move.rung]}"
    if (design.plan.counts_pending or _goes_by_follow_up(design)) and isinstance(move, Wait):
        return None
    return "the move was to stop" if isinstance(move, Stop) else f"the move was to wait for {move.awaits}"


# --- the advice -------------------------------------------------------------------------------------------------------


def _advice(
    design: Design[S], course: _Course[S], history: History, counts: tuple[tuple[int, ...], ...] = ()
) -> Advice:
    states, notes = course.states, course.notes
    moves = [_once_over(design, course, state) for state in states]
    if any(move != moves[0] for move in moves):
        return _unknown_counts(design, moves, notes)
    advice = _worded(design, moves[0], [*notes, *_stagger(design, states[0], moves[0])])
    if len(states) > 1 or not any("P" in cohort.outcomes for cohort in history.cohorts):
        return _waiting(advice, moves[0], (), history)
    mixes = _mixes(design, history, counts)
    if _hasty(design, moves[0], mixes, history):
        why = Reason("the move depends on the patients who are pending", actions=(Action(Word.WAIT),))
        moves = [Wait(Awaits.PENDING, moves[0].closed, why)]
        advice = _worded(design, moves[0], notes)
    outcomes = tuple(WhatIf(mix, _worded(design, move, [])) for mix, move in mixes.items())
    levels = tuple(level for at, (level, _) in enumerate(next(iter(mixes))) if _matters(mixes, at)) if mixes else ()
    return _waiting(evolve(advice, outcomes=outcomes), moves[0], levels, history)


def _once_over(design: Design[S], course: _Course[S], state: S) -> Move:
    """The move; a trial that was over stays so, and recommends nothing higher than it did."""
    move = design.move(state)
    if course.over is None or isinstance(move, Stop):
        return move
    if any(tally.pending for tally in design.tallies(state)):
        why = f"the trial was over after cohort {course.over[1]}, and some are pending"
        return Wait(Awaits.PENDING, move.closed, Reason(why, actions=(Action(Word.WAIT),)))
    was, best = course.over[0].rung, design.recommend(state, move.closed)
    if was is not None and best is None and design.plan.family == "table" and design.plan.mtd is None:
        best = was if was < move.closed else None  # a table without an `mtd` line recommends by its rows alone
    best = None if was is None or best is None else min(was, best)
    named = "no level" if best is None else f"level {design.names[best]}"
    why = f"{move.reason.why}; the trial was over after cohort {course.over[1]}, and {named} is recommended"
    return Stop(best, move.closed, Reason(why, actions=(Action(Word.STOP),)))


def _worded(design: Design[Any], move: Move, notes: list[str]) -> Advice:
    names = design.names
    treat = move if isinstance(move, Treat) else None
    return Advice(
        move={Treat: "treat", Wait: "wait", Stop: "stop"}[type(move)],
        action=move.reason.action,
        row=move.reason.row,
        level=names[treat.rung] if treat else None,
        patients=treat.patients if treat else 0,
        closed=names[move.closed :],
        mtd=names[move.rung] if isinstance(move, Stop) and move.rung is not None else None,
        because="; ".join([move.reason.why, *notes]),
        notes=tuple(notes),
    )


def _unknown_counts(design: Design[Any], moves: list[Move], notes: list[str]) -> Advice:
    closed = design.names[max(move.closed for move in moves) :]
    counts = " and ".join(f"`{name}`" for name in design.plan.extra)
    because = "; ".join([f"the move depends on {counts}, which a history does not tell", *notes])
    return Advice("wait", "wait", None, None, 0, closed, None, because, design.plan.extra, tuple(notes))


def _stagger(design: Design[S], state: S, move: Move) -> Iterator[str]:
    stagger = in_force(design, state).stagger
    view = design.look(state, move.rung) if isinstance(move, Treat) else None
    if stagger is None or not isinstance(move, Treat) or (view and view.tally.treated >= stagger.patients):
        return
    yield f"the first {stagger.patients} at each level are treated {stagger.days} days apart"


# --- pending patients -------------------------------------------------------------------------------------------------


def _mixes(design: Design[Any], history: History, counts: tuple[tuple[int, ...], ...]) -> dict[Mix, Move]:
    """The move after each mix of outcomes of the pending patients, the counts being as they are.

    None where there are too many mixes.
    """
    letters = [(cohort.level, letter) for cohort in history.cohorts for letter in cohort.outcomes]
    pending = Counter(level for level, letter in letters if letter == "P")
    mixes = [
        tuple(zip(pending, dlts, strict=True)) for dlts in product(*(range(count + 1) for count in pending.values()))
    ]
    moves = {}
    for mix in mixes if len(mixes) <= MOST_MIXES else ():
        course = _run(design, _settled(history, dict(mix)), counts)
        moves[mix] = _once_over(design, course, course.states[0])
    return moves


def _hasty(design: Design[Any], move: Move, mixes: dict[Mix, Move], history: History) -> bool:
    """Whether the dose would rise, or the trial stop, though some mix says otherwise.

    After a history that is not as planned an earlier cohort, once settled, may yet close levels or end the trial.
    """
    if _goes_by_follow_up(design):
        return False
    rises = isinstance(move, Treat) and move.rung > design.names.index(history.cohorts[-1].level)
    return (rises or isinstance(move, Stop)) and any(other != move for other in mixes.values())


def _settled(history: History, dlts: dict[str, int]) -> History:
    """The history with nobody pending: so many at each level had a DLT, the earliest of them."""
    cohorts = []
    for cohort in history.cohorts:
        here = min(dlts.get(cohort.level, 0), cohort.outcomes.count("P"))
        dlts = {**dlts, cohort.level: dlts.get(cohort.level, 0) - here}
        cohorts.append(Cohort(cohort.level, cohort.outcomes.replace("P", "T", here).replace("P", "N")))
    return History(tuple(cohorts))


def _matters(mixes: dict[Mix, Move], at: int) -> bool:
    """Whether two mixes that differ at one level alone lead to different moves."""
    kinds: dict[Mix, Move] = {}
    return any(kinds.setdefault((*mix[:at], *mix[at + 1 :]), move) != move for mix, move in mixes.items())


def _waiting(advice: Advice, move: Move, levels: tuple[str, ...], history: History) -> Advice:
    """With the pending patients at the levels on which the move depends, or whatever else is awaited."""
    if not isinstance(move, Wait):
        return advice
    if move.awaits is Awaits.REVIEW:
        return evolve(advice, waiting_for=(str(move.awaits),))
    letters = enumerate(((cohort.level, letter) for cohort in history.cohorts for letter in cohort.outcomes), start=1)
    pending = {number: level for number, (level, letter) in letters if letter == "P"}
    # Where no level alone makes the difference, all of them do, or the limit that is reached asks for them.
    found = {number: level for number, level in pending.items() if level in levels} or pending
    told = tuple(f"patient {number} at level {level}" for number, level in found.items())
    return evolve(advice, waiting_for=told, awaited=tuple(found))
