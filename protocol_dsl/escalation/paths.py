"""Dose transition pathways: from the start or from a history, every outcome of the next cohorts and what follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any, TypeVar

from attrs import field, frozen

from protocol_dsl.escalation.advise import Advice, consult, replayed
from protocol_dsl.escalation.automaton import MOST_STATES, observable
from protocol_dsl.escalation.design import Awaits, Design, Move, Reason, Settled, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.designs import goes_by_follow_up, machine
from protocol_dsl.escalation.history import History, Unreadable
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.model.escalation import EscalationPlan, Ladder

S = TypeVar("S")

MOST_PATHS = 10_000
"""More paths than this are counted, and not listed."""

_MANY_LEVELS = 50  # a step takes twice as long with so many

DEEPEST = 100
"""No path is followed further than so many cohorts."""


@frozen
class Outcome:
    """So many of the patients at a rung had a DLT: of a cohort, or (`settles`) of those who were pending there.

    `extra` are the counts that the protocol keeps of its own.
    """

    rung: int
    patients: int
    dlts: int
    extra: tuple[int, ...] = ()
    settles: bool = False


@frozen
class Fork:
    """What is done, and what follows each outcome; nothing where the trial has ended or enough cohorts were seen.

    Two forks are equal if the same is done in both from here on; `tallies` are the counts so far at each level.
    """

    move: Move
    branches: tuple[Branch, ...] = ()
    tallies: tuple[Tally, ...] = field(default=(), eq=False)


@frozen
class Branch:
    """What is observed (at more than one rung only where pending patients settle), and what is done then."""

    seen: tuple[Outcome, ...]
    then: Fork


@frozen
class Path:
    """One way through: what is observed, and the move that stands at its end."""

    seen: tuple[Outcome, ...]
    end: Fork


@frozen
class Pathways:
    """The paths from a history, over so many more cohorts (None: to the end of the trial).

    `count` is how many paths there are; None where there are more, or longer ones, than can be counted. `root` is None
    where there are more than `MOST_PATHS`; `fitting` is then the most cohorts that give no more than that. `notes`
    tell what was not as planned, and what the paths leave out.
    """

    names: tuple[str, ...]
    extra: tuple[str, ...]
    history: History
    cohorts: int | None
    count: int | None
    root: Fork | None
    fitting: int = 0
    notes: tuple[str, ...] = ()


def pathways(  # noqa: PLR0913 - what a history does not tell comes beside it
    plan: EscalationPlan,
    ladder: Ladder,
    history: History,
    cohorts: int | None,
    most: int = MOST_PATHS,
    *,
    counts: tuple[tuple[int, ...], ...] = (),
) -> Pathways | Unreadable:
    """The paths of a plan. `counts` are its extra counts, for each cohort of the history, which does not tell them."""
    if history.cohorts and plan.extra and not counts:
        kept = " and ".join(f"`{name}`" for name in plan.extra)
        message = f"the moves depend on {kept}, which a history does not tell"
        return Unreadable(message, 0, len(str(history)), f"tell them beside it, as in `--counts {plan.extra[0]}=0,1`")
    design = machine(plan, ladder, remember=True)
    advice = consult(design, history, counts)
    if isinstance(advice, Unreadable):
        return advice
    root, state = _advised(advice, design.names), replayed(design, history, counts)
    least: Design[Any] = design if history.cohorts else machine(plan, ladder)
    count, fitting = _count(least, (state if history.cohorts else least.start, root), cohorts, most)
    fits = count is not None and count <= most
    tree = _fork(design, state, root, cohorts) if fits else None
    notes = (*advice.notes, *_nobody_pending(plan))
    return Pathways(design.names, plan.extra, history, cohorts, count, tree, fitting, notes)


def _nobody_pending(plan: EscalationPlan) -> Iterator[str]:
    """What must be said of a design that goes on while patients are pending."""
    if plan.counts_pending or goes_by_follow_up(plan):
        yield "each cohort is followed to its end before the next, so that nobody is pending"


def _advised(advice: Advice, names: tuple[str, ...]) -> Move:
    """The move that advice gives; it heeds more of a history than the machine does."""
    closed = names.index(advice.closed[0]) if advice.closed else len(names)
    reason = Reason(advice.because)
    if advice.move == "treat" and advice.level is not None:
        return Treat(advice.patients, names.index(advice.level), closed, reason)
    if advice.move == "stop":
        return Stop(None if advice.mtd is None else names.index(advice.mtd), closed, reason)
    asks = advice.waiting_for == (Awaits.REVIEW.value,)
    return Wait(Awaits.REVIEW if asks else Awaits.PENDING, closed, reason)


# --- what may be observed ---------------------------------------------------------------------------------------------


def _onward(design: Design[S], state: S, move: Move) -> Iterator[tuple[tuple[Outcome, ...], S]]:
    """What may be observed next, and where it leads: a whole cohort, or how all who are waited for turn out."""
    if isinstance(move, Wait) and move.awaits is Awaits.PENDING:
        yield from _settling(design, state)
        return
    for one in observable(design, state, move):
        if isinstance(one, Treated):
            seen = Outcome(one.rung, one.tally.treated, one.tally.with_dlt, one.tally.extra)
            yield (seen,), design.step(state, one)


def _settling(design: Design[S], state: S) -> Iterator[tuple[tuple[Outcome, ...], S]]:
    pending = [(rung, tally.pending) for rung, tally in enumerate(design.tallies(state)) if tally.pending]
    if pending:
        for dlts in product(*(range(number + 1) for _, number in pending)):
            mix = [Outcome(rung, number, had, settles=True) for (rung, number), had in zip(pending, dlts, strict=True)]
            yield tuple(mix), _settled(design, state, mix)


def _settled(design: Design[S], state: S, mix: list[Outcome]) -> S:
    for outcome in mix:
        for number in range(outcome.patients):
            state = design.step(state, Settled(outcome.rung, dlt=number < outcome.dlts))
    return state


# --- how many ---------------------------------------------------------------------------------------------------------


def _count(design: Design[S], start: tuple[S, Move], cohorts: int | None, most: int) -> tuple[int | None, int]:
    """How many paths there are, without walking each; and the most cohorts that give no more than `most`."""
    here: dict[S, int] = {start[0]: 1}
    ended, looked, done, fitting = 0, 0, 0, 0
    while here and done != cohorts:
        if done == DEEPEST:
            return None, fitting
        after: defaultdict[S, int] = defaultdict(int)
        waiting = list(here.items())
        while waiting:
            state, ways = waiting.pop()
            move = start[1] if (done, state) == (0, start[0]) else design.move(state)
            steps = list(_onward(design, state, move))
            looked += max(len(steps), 1) * (1 + len(design.names) // _MANY_LEVELS)
            if looked > MOST_STATES:
                return None, fitting
            ended += 0 if steps else ways
            for seen, to in steps:
                if seen[0].settles:
                    waiting.append((to, ways))
                else:
                    after[to] += ways
        here, done = after, done + 1
        fitting = done if ended + sum(here.values()) <= most else fitting
    return ended + sum(here.values()), fitting


# --- which ------------------------------------------------------------------------------------------------------------


def _fork(design: Design[S], state: S, move: Move, cohorts: int | None) -> Fork:
    branches = []
    for seen, to in _onward(design, state, move):
        left = cohorts if seen[0].settles or cohorts is None else cohorts - 1
        if left is None or left >= 0:
            branches.append(Branch(seen, _fork(design, to, design.move(to), left)))
    return Fork(move, tuple(branches), design.tallies(state))


def each(fork: Fork, seen: tuple[Outcome, ...] = ()) -> Iterator[Path]:
    """Every path, fewer DLTs first."""
    if not fork.branches:
        yield Path(seen, fork)
    for branch in fork.branches:
        yield from each(branch.then, (*seen, *branch.seen))


def together(fork: Fork) -> tuple[tuple[tuple[Branch, ...], Fork], ...]:
    """The branches, those in a row together after which the same is done throughout."""
    groups: list[tuple[tuple[Branch, ...], Fork]] = []
    for branch in fork.branches:
        if groups and groups[-1][1] == branch.then:
            groups[-1] = ((*groups[-1][0], branch), branch.then)
        else:
            groups.append(((branch,), branch.then))
    return tuple(groups)


def worded(move: Move, names: tuple[str, ...]) -> str:
    """A move in few words: `treat 3 at level 2`, `stop, level 1 is recommended`."""
    if isinstance(move, Treat):
        return f"treat {move.patients} at level {names[move.rung]}"
    if isinstance(move, Stop):
        return f"stop, {'no level' if move.rung is None else f'level {names[move.rung]}'} is recommended"
    return f"wait for {move.awaits.value}"
