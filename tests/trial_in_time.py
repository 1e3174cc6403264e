"""One trial in time by itself, as plainly as it can be said: what all trials side by side are held against."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from heapq import heappop, heappush
from math import floor, inf
from typing import Any

import numpy as np
from attrs import define, field

from protocol_dsl.escalation.accrual import Accrual, Spacing, Waiting
from protocol_dsl.escalation.design import Awaits, Design, Move, Settled, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.designs import family, following
from protocol_dsl.escalation.stream import begin
from protocol_dsl.escalation.tally import Tally

_MASK = (1 << 64) - 1


def uniform(word: int) -> Iterator[float]:
    """SplitMix64, as its authors print it, and of each word the highest 53 bits."""
    while True:
        word = (word + 0x9E3779B97F4A7C15) & _MASK
        z = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        yield ((z ^ (z >> 31)) >> 11) / (1 << 53)


def streams(seed: int, trials: int) -> list[Iterator[float]]:
    return [uniform(int(word)) for word in begin(seed, trials)]


@define
class Trial:
    """One trial under way; `now` is in days since it opened."""

    design: Design[Any]
    spacing: Spacing
    rates: tuple[float, ...]
    accrual: Accrual
    uniform: Iterator[float]
    state: Any = field(init=False)
    now: float = 0.0
    arrives: float = field(init=False)
    closed: float = 0.0
    turned_away: int = 0
    # When the outcome is known, which patient it is, where, the outcome, and since when the patient was followed.
    pending: list[tuple[float, int, int, bool | None, float]] = field(factory=list)
    starts: list[list[float]] = field(init=False)
    outcomes: list[list[bool | None]] = field(init=False)
    patients: int = 0

    def __attrs_post_init__(self) -> None:
        self.state = self.design.start
        self.starts, self.outcomes = [[] for _ in self.rates], [[] for _ in self.rates]
        self.arrives = self.until_next()

    def run(self) -> int:
        """The whole trial, to the day on which its design stops; what it comes to."""
        while True:
            move = self.ask()
            if isinstance(move, Stop):
                return len(self.rates) if move.rung is None else move.rung
            if isinstance(move, Wait) and (move.awaits is Awaits.REVIEW or not self.pending):
                return len(self.rates) + 1
            opens = self.opens(move)
            known = self.pending[0][0] if self.pending else inf
            comes = self.arrives if self.accrual.waiting is Waiting.TURNED_AWAY else max(self.arrives, opens)
            then = min(known, comes)
            self.closed += max(min(then, opens) - self.now, 0.0)
            self.now = then
            if known <= comes:
                _, _, rung, dlt, _ = heappop(self.pending)
                self.state = self.design.step(self.state, Settled(rung, dlt))
            else:
                self.comes()

    def until_next(self) -> float:
        return float(self.accrual.until_next(np.array(next(self.uniform))))

    def opens(self, move: Move) -> float:
        """The day from which a patient may be treated, if nothing else happens before; infinite while waiting."""
        if not isinstance(move, Treat):
            return inf
        if self.starts[move.rung]:
            return max(self.now, self.starts[move.rung][-1] + self.apart(len(self.starts[move.rung])))
        timing = self.spacing.timing
        others = [there[-1] for there in self.starts if there] if timing and timing.between_levels else []
        return max([self.now, *(last + timing.between_levels for last in others if timing)])

    def apart(self, before: int) -> int:
        """How many days the next patient stays behind the last of those at a level, who were so many."""
        stagger, timing = self.spacing.stagger, self.spacing.timing
        days = stagger.days if stagger and before < stagger.patients else 0
        if timing:
            days = max(days, timing.between_patients)
            days = max(days, timing.after_sentinels) if timing.sentinels and before == timing.sentinels else days
        return days

    def comes(self) -> None:
        """A patient comes, and enters if the design, asked now, has a place."""
        move = self.ask()
        if isinstance(move, Treat) and self.opens(move) <= self.now:
            self.enters(move.rung)
        elif self.accrual.waiting is Waiting.TURNED_AWAY:
            self.turned_away += 1
        else:
            return
        self.arrives += self.until_next()

    def enters(self, rung: int) -> None:
        had, when, evaluable = next(self.uniform), next(self.uniform), next(self.uniform)
        dlt: bool | None = had < self.rates[rung]
        after = self.accrual.window
        if evaluable < self.accrual.not_evaluable:
            dlt, after = None, self.accrual.window * when
        elif dlt:
            after = float(self.accrual.until_dlt(np.array(when), self.rates[rung]))
        asked = self.told() if isinstance(self.design.move(self.state), Wait) else self.design
        self.state = asked.step(self.state, Treated(rung, Tally(pending=1)))
        self.patients += 1
        heappush(self.pending, (self.now + after, self.patients, rung, dlt, self.now))
        self.starts[rung].append(self.now)
        self.outcomes[rung].append(dlt)

    def ask(self) -> Move:
        """The move. Only where a design would wait does it matter for how long patients were followed."""
        move = self.design.move(self.state)
        return self.told().move(self.state) if isinstance(move, Wait) else move

    def told(self) -> Design[Any]:
        """The design that knows how much of the window each pending patient has behind, in whole days."""
        found = family(self.design.plan.family)
        if found is None or not found.follow_up or not self.pending:
            return self.design
        window = Fraction(self.accrual.window)
        parts = [(rung, floor(self.now - since) / window) for _, _, rung, _, since in self.pending]
        return following(self.design, tuple(sorted(parts)))
