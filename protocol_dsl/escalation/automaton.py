"""Every reachable state of a design, made explicit: the courses, and the shortest history to a state."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property, lru_cache
from itertools import islice, product
from typing import Any, Generic, TypeVar

from attrs import define, frozen

from protocol_dsl.escalation.accelerated import Accelerated
from protocol_dsl.escalation.design import Design, Move, Observed, Settled, Stop, Treat, Treated
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.escalation.stages import StagedState, asked
from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.escalation.wrapped import innermost

S = TypeVar("S")

# A machine beyond this is not explored to its end: what is asked of it stays undecided.
MOST_STATES = 100_000

# A state takes the longer, the more patients, levels and rows there are; all of them together take about so much.
MOST_WORK = 3_000_000
_LEVELS, _ROWS = 4, 100  # it takes twice as long with so many levels, or with so many rows


@frozen
class Edge:
    """What is observed, and the state (by its number) that it leads to."""

    observed: Observed
    to: int


@frozen(slots=False, eq=False)
class Automaton(Generic[S]):
    """The reachable states in the order in which they are first reached, fewest steps first; state 0 is the start.

    `partial` says whether patients enter one by one and settle in any order; otherwise whole cohorts are observed.
    An automaton that is not `complete` has more states than were explored.
    """

    design: Design[S]
    states: tuple[S, ...]
    moves: tuple[Move, ...]
    edges: tuple[tuple[Edge, ...], ...]
    came: "tuple[Step | None, ...]"
    partial: bool
    complete: bool

    @cached_property
    def views(self) -> tuple[View | None, ...]:
        """What may be asked of each state; None before the first patient."""
        return tuple(map(self.design.look, self.states))

    def history(self, state: int) -> History:
        """A shortest history that leads to a state."""
        return as_history(self, steps_to(self, state))


# What is observed, and the state (by its number) in which it is.
Step = tuple[int, Observed]


def steps_to(automaton: Automaton[S], state: int) -> tuple[Step, ...]:
    """A shortest way from the start to a state."""
    steps: list[Step] = []
    came = automaton.came[state]
    while came is not None:
        steps.append(came)
        came = automaton.came[came[0]]
    return tuple(reversed(steps))


_WATCH: ContextVar[Callable[[int], None] | None] = ContextVar("watch", default=None)
_EVERY = 512


@contextmanager
def watched(told: Callable[[int], None]) -> Iterator[None]:
    """Within, whoever explores a design tells from time to time how many states have been looked at."""
    before = _WATCH.set(told)
    try:
        yield
    finally:
        _WATCH.reset(before)


@define
class _Lookout(Generic[S]):
    """Who is told, as a design is explored, of the states to be looked at next, and of how many have been."""

    ahead: Callable[[Sequence[S]], None] | None
    watch: Callable[[int], None] | None
    told: int = 0

    def at(self, here: int, states: list[S]) -> None:
        if self.ahead is not None and here == self.told:
            self.told = len(states)
            self.ahead(states[here:])
        if self.watch is not None and not here % _EVERY:
            self.watch(here)


def explore(
    design: Design[S],
    *,
    partial: bool = False,
    most: int = MOST_STATES,
    work: int | None = MOST_WORK,
    ahead: Callable[[Sequence[S]], None] | None = None,
) -> Automaton[S]:
    """All states that the design's own moves lead to, whatever the outcomes.

    No more of them than `most`, nor than so much `work` allows where a state takes long; None allows any. `ahead` is
    told of the states that are looked at next, before they are, many at a time.
    """
    lookout = _Lookout(ahead, _WATCH.get())
    numbers: dict[S, int] = {design.start: 0}
    came: list[Step | None] = [None]
    states: list[S] = [design.start]
    moves: list[Move] = []
    edges: list[tuple[Edge, ...]] = []
    out: list[Edge] = []
    most = most if work is None else min(most, _affordable(design, work))
    while len(moves) < len(states) <= most and len(out) < MOST_STATES:
        here = len(moves)
        lookout.at(here, states)
        move = design.move(states[here])
        moves.append(move)
        out = []
        for observed in observable(design, states[here], move, partial=partial):
            state = design.step(states[here], observed)
            if state not in numbers:
                numbers[state] = len(states)
                states.append(state)
                came.append((here, observed))
            out.append(Edge(observed, numbers[state]))
        edges.append(tuple(out))
    explored = len(moves)
    if explored < len(states):
        edges = [tuple(edge for edge in out if edge.to < explored) for out in edges]
    return Automaton(
        design,
        tuple(states[:explored]),
        tuple(moves),
        tuple(edges),
        tuple(came[:explored]),
        partial,
        explored == len(states) and len(out) < MOST_STATES,
    )


def _affordable(design: Design[Any], work: int) -> int:
    """How many states of a design can be looked at in reasonable time; two at least."""
    patients = 1 + max(design.plan.cohort, design.plan.cap or 0)
    each = patients * (_LEVELS + len(design.names)) * (_ROWS + len(design.plan.rows)) // _ROWS
    return max(work // each, 2)


def observable(design: Design[S], state: S, move: Move, *, partial: bool = False) -> tuple[Observed, ...]:
    """Everything that may be observed next once the move is made; of a whole cohort, fewer DLTs first."""
    if isinstance(move, Stop):
        return ()
    if not partial:
        return _cohorts(move.rung, move.patients, _heeded(design, state)) if isinstance(move, Treat) else ()
    view = design.look(state)
    settled = tuple(one for rung in (view.pending_at if view else ()) for one in _settled(rung))
    return (*settled, *_entering(move.rung)) if isinstance(move, Treat) else settled


@cache
def _settled(rung: int) -> tuple[Observed, ...]:
    return Settled(rung, dlt=False), Settled(rung, dlt=True), Settled(rung, dlt=None)


@cache
def _entering(rung: int) -> tuple[Observed, ...]:
    return (Treated(rung, Tally(pending=1)),)


def _heeded(design: Design[Any], state: Any) -> tuple[bool, ...]:  # noqa: ANN401 - each design has states of its own
    """Which counts of the protocol's own still make a difference; empty where none does.

    Those that only end the single patients are of no account afterwards.
    """
    if isinstance(state, StagedState):
        return asked(design, state)
    within = innermost(design)
    if not isinstance(within, Accelerated) or state.counted is not None:
        return (True,) * len(design.plan.extra)
    return tuple(name in within.asked for name in design.plan.extra) if within.asked else ()


@lru_cache(maxsize=1 << 10)
def _cohorts(rung: int, patients: int, heeded: tuple[bool, ...]) -> tuple[Observed, ...]:
    """Every outcome of a cohort, fewer DLTs first; no more of them than are explored."""
    outcomes = (
        Treated(rung, Tally(patients - dlts, dlts, 0, extra))
        for dlts in range(patients + 1)
        for extra in product(*(range(patients + 1) if counts else (0,) for counts in heeded))
    )
    return tuple(islice(outcomes, MOST_STATES))


def as_history(automaton: Automaton[S], steps: tuple[Step, ...]) -> History:
    """What was observed, as it stands at the end: patients who have settled no longer show as pending.

    Patients who come one by one make up the cohort that was planned when its first came.
    """
    cohorts: list[tuple[int, str]] = []
    left = 0
    for state, observed in steps:
        if isinstance(observed, Settled):
            _settle(cohorts, observed)
            continue
        tally, move = observed.tally, automaton.moves[state]
        letters = "N" * tally.without + "T" * tally.with_dlt + "P" * tally.pending
        if left and cohorts[-1][0] == observed.rung:
            cohorts[-1] = (observed.rung, cohorts[-1][1] + letters)
        else:
            left = move.patients if isinstance(move, Treat) else 0
            cohorts.append((observed.rung, letters))
        left -= tally.treated
    names = automaton.design.names
    return History(tuple(Cohort(names[rung], letters) for rung, letters in cohorts))


def _settle(cohorts: list[tuple[int, str]], step: Settled) -> None:
    letter = {True: "T", False: "N", None: "X"}[step.dlt]
    for at, (rung, letters) in enumerate(cohorts):
        if rung == step.rung and "P" in letters:
            cohorts[at] = (rung, letters.replace("P", letter, 1))
            return


# --- order ------------------------------------------------------------------------------------------------------------


def in_order(automaton: Automaton[S]) -> list[int]:
    """The states so that every edge leads forward; of circles, and what only they lead to, none."""
    incoming = [0] * len(automaton.states)
    for out in automaton.edges:
        for edge in out:
            incoming[edge.to] += 1
    ready, order = [0] if not incoming[0] else [], []
    while ready:
        state = ready.pop()
        order.append(state)
        for edge in automaton.edges[state]:
            incoming[edge.to] -= 1
            if incoming[edge.to] == 0:
                ready.append(edge.to)
    return order


def circle(automaton: Automaton[S]) -> int | None:
    """The first state beyond which some course need not end; None where all do."""
    return min(set(range(len(automaton.states))) - set(in_order(automaton)), default=None)
