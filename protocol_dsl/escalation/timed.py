"""Trials in time: patients come one by one, are followed through their windows, and the design is asked as they come.

The design is its machine and nothing else: each patient who enters is `Treated` and pending, each outcome `Settled`.
It is asked when a patient comes and when an outcome is known; a design that goes by follow-up is told for how many
whole days each pending patient has been followed. Where a patient comes at the very time at which an outcome is known,
the outcome comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from heapq import heappop, heappush
from math import floor, inf
from typing import Any, Final

from attrs import define, field, frozen

from protocol_dsl.escalation.accrual import Accrual, Calendar, Measure, Spacing, Waiting, measure
from protocol_dsl.escalation.characteristics import Characteristics
from protocol_dsl.escalation.design import Awaits, Design, Move, Settled, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.designs import family, following
from protocol_dsl.escalation.rule import Followed
from protocol_dsl.escalation.tally import Tally

MOST_PATIENTS: Final = 2_000
"""A trial with more patients than that is given up, and counts as undecided."""

_TOGETHER: Final = 1 << 14
_MOST_KEPT: Final = 1 << 18
_ENTERS: Final = Tally(pending=1)


@frozen
class Timed:
    """What was found in trials drawn in time, each number with its Monte Carlo standard error.

    Patients are those who are evaluable, or pending as the trial ends.
    """

    found: Characteristics[float]
    error: Characteristics[float]
    error_of_patients: float
    calendar: Calendar


@define
class Timeline:
    """The states that trials of a machine have reached in time, numbered, with what follows; the start is 0.

    It may be drawn from again, under other rates and another accrual, and then has less to work out.
    """

    design: Design[Any]
    spacing: Spacing = field(factory=Spacing)
    _by_follow_up: bool = field(init=False)
    _states: list[Any] = field(init=False, factory=list)
    _moves: list[Move] = field(init=False, factory=list)
    _numbers: dict[Any, int] = field(init=False, factory=dict)
    _after: dict[tuple[int, int, bool | None], int] = field(init=False, factory=dict)
    _entered: dict[int, int] = field(init=False, factory=dict)
    _followed: dict[tuple[int, Followed], tuple[Move, Design[Any]]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        found = family(self.design.plan.family)
        self._by_follow_up = found is not None and found.follow_up
        self._number(self.design.start)

    def _number(self, state: Any) -> int:  # noqa: ANN401 - each design has states of its own
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
            self._moves.append(self.design.move(state))
        return number

    def settled(self, state: int, rung: int, dlt: bool | None) -> int:  # noqa: FBT001 - three answers
        """The state once the outcome of a pending patient is known."""
        key = (state, rung, dlt)
        after = self._after.get(key)
        if after is None:
            after = self._after[key] = self._number(self.design.step(self._states[state], Settled(rung, dlt)))
        return after

    def ask(self, state: int, followed: Followed) -> Move:
        """The move in a state. Only where a design would wait does it matter for how long patients were followed."""
        move = self._moves[state]
        return self._asked(state, followed)[0] if followed and isinstance(move, Wait) else move

    def enters(self, state: int, rung: int, followed: Followed) -> int:
        """The state once a patient has entered where the move was to treat."""
        if followed and isinstance(self._moves[state], Wait):
            design = self._asked(state, followed)[1]
            return self._number(design.step(self._states[state], Treated(rung, _ENTERS)))
        if state not in self._entered:
            self._entered[state] = self._number(self.design.step(self._states[state], Treated(rung, _ENTERS)))
        return self._entered[state]

    def _asked(self, state: int, followed: Followed) -> tuple[Move, Design[Any]]:
        key = (state, followed)
        found = self._followed.get(key)
        if found is None:
            if len(self._followed) >= _MOST_KEPT:
                self._followed.clear()
            design = following(self.design, followed)
            found = self._followed[key] = (design.move(self._states[state]), design)
        return found

    def drawn(self, truth: tuple[Fraction, ...], accrual: Accrual, trials: int, seed: int) -> Timed:
        """What is found in so many trials under these DLT rates. The same seed gives the same trials."""
        uniform, rates = _uniform(seed), tuple(map(float, truth))
        return _summed([_Trial(self, rates, accrual, uniform).run() for _ in range(trials)], accrual, len(rates))

    @property
    def by_follow_up(self) -> bool:
        """Whether the design goes by how long the pending patients were followed."""
        return self._by_follow_up


def _uniform(seed: int) -> Iterator[float]:
    """Numbers uniform from 0 to 1, 1 left out (PCG64)."""
    import numpy as np

    source = np.random.Generator(np.random.PCG64(seed))
    while True:
        yield from source.random(_TOGETHER).tolist()


@frozen
class _Ended:
    """One trial. `outcome` is a rung, the number of levels where none is recommended, one more where undecided."""

    outcome: int
    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    replaced: int
    duration: float
    closed: float
    turned_away: int


@define
class _Trial:
    """One trial under way; `now` is in days since it opened."""

    line: Timeline
    rates: tuple[float, ...]
    accrual: Accrual
    uniform: Iterator[float]
    state: int = 0
    now: float = 0.0
    arrives: float = 0.0
    closed: float = 0.0
    turned_away: int = 0
    # When the outcome is known, which patient it is, where, the outcome, and since when the patient was followed.
    pending: list[tuple[float, int, int, bool | None, float]] = field(factory=list)
    starts: list[list[float]] = field(init=False)
    outcomes: list[list[bool | None]] = field(init=False)
    patients: int = 0

    def __attrs_post_init__(self) -> None:
        self.starts, self.outcomes = [[] for _ in self.rates], [[] for _ in self.rates]
        self.arrives = self.accrual.until_next(next(self.uniform))

    def run(self) -> _Ended:
        """The whole trial, to the day on which its design stops."""
        while True:
            move = self.line.ask(self.state, self._followed())
            if isinstance(move, Stop):
                return self._ended(len(self.rates) if move.rung is None else move.rung)
            if self._stuck(move):
                return self._ended(len(self.rates) + 1)
            opens = self._opens(move)
            known = self.pending[0][0] if self.pending else inf
            comes = self._next_chance(opens)
            if known <= comes:
                self._closed_until(known, opens)
                self._settle()
            else:
                self._closed_until(comes, opens)
                self._comes()

    def _stuck(self, move: Move) -> bool:
        """Whether the trial can go no further: a question to the committee, nobody left to wait for, or no end."""
        if self.patients >= MOST_PATIENTS:
            return True
        return isinstance(move, Wait) and (move.awaits is Awaits.REVIEW or not self.pending)

    def _opens(self, move: Move) -> float:
        """The day from which a patient may be treated, if nothing else happens before; infinite while waiting."""
        if not isinstance(move, Treat):
            return inf
        return max(self.now, self.line.spacing.opens(self.starts, move.rung))

    def _next_chance(self, opens: float) -> float:
        """When a patient stands at the door next."""
        return self.arrives if self.accrual.waiting is Waiting.TURNED_AWAY else max(self.arrives, opens)

    def _closed_until(self, day: float, opens: float) -> None:
        self.closed += max(min(day, opens) - self.now, 0.0)
        self.now = day

    def _comes(self) -> None:
        """A patient comes, and enters if the design, asked now, has a place."""
        followed = self._followed()
        move = self.line.ask(self.state, followed)
        if isinstance(move, Treat) and self._opens(move) <= self.now:
            self._enters(move.rung, followed)
        elif self.accrual.waiting is Waiting.TURNED_AWAY:
            self.turned_away += 1
        else:
            return  # the patient waits on; with the follow-up of this day the design is asked again
        self.arrives += self.accrual.until_next(next(self.uniform))

    def _enters(self, rung: int, followed: Followed) -> None:
        had, when, evaluable = next(self.uniform), next(self.uniform), next(self.uniform)
        dlt: bool | None = had < self.rates[rung]
        if evaluable < self.accrual.not_evaluable:
            dlt, after = None, self.accrual.window * when
        elif dlt:
            after = self.accrual.until_dlt(when, self.rates[rung])
        else:
            after = self.accrual.window
        self.patients += 1
        heappush(self.pending, (self.now + after, self.patients, rung, dlt, self.now))
        self.starts[rung].append(self.now)
        self.outcomes[rung].append(dlt)
        self.state = self.line.enters(self.state, rung, followed)

    def _settle(self) -> None:
        _, _, rung, dlt, _ = heappop(self.pending)
        self.state = self.line.settled(self.state, rung, dlt)

    def _followed(self) -> Followed:
        """How much of the window each pending patient has behind, in whole days; nothing where it does not matter."""
        if not self.line.by_follow_up or not self.pending:
            return ()
        window = Fraction(self.accrual.window)
        return tuple(sorted((rung, floor(self.now - since) / window) for _, _, rung, _, since in self.pending))

    def _ended(self, outcome: int) -> _Ended:
        replaced = sum(one.count(None) for one in self.outcomes)
        return _Ended(
            outcome,
            tuple(len(one) - one.count(None) for one in self.outcomes),
            tuple(one.count(True) for one in self.outcomes),
            replaced,
            self.now,
            self.closed,
            self.turned_away,
        )


# --- what they come to ------------------------------------------------------------------------------------------------


def _summed(each: list[_Ended], accrual: Accrual, levels: int) -> Timed:
    outcomes, sizes = Counter(one.outcome for one in each), Counter(sum(one.treated) for one in each)
    shares = [_share(outcomes[outcome], len(each)) for outcome in range(levels + 2)]
    treated = [measure([one.treated[rung] for one in each]) for rung in range(levels)]
    dlts = [measure([one.dlts[rung] for one in each]) for rung in range(levels)]
    numbers = [(size, _share(sizes[size], len(each))) for size in sorted(sizes)]
    found, error = (
        Characteristics(
            tuple(share[part] for share in shares[:-1]),
            tuple(_part(one, part) for one in treated),
            tuple(_part(one, part) for one in dlts),
            tuple((size, share[part]) for size, share in numbers),
            shares[-1][part],
        )
        for part in (0, 1)
    )
    calendar = Calendar(
        accrual,
        measure([one.duration for one in each]),
        measure([one.closed for one in each]),
        measure([one.turned_away for one in each]),
        measure([one.replaced for one in each]),
        measure([sum(one.dlts) for one in each]),
    )
    return Timed(found, error, measure([sum(one.treated) for one in each]).error, calendar)


def _part(one: Measure, part: int) -> float:
    return (one.mean, one.error)[part]


def _share(number: int, trials: int) -> tuple[float, float]:
    """A frequency and its standard error."""
    share = number / trials
    return share, float((share * (1 - share) / trials) ** 0.5)
