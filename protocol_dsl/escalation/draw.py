"""Trials drawn at random, a cohort at a time, through the states of a design: seeded, and many at once.

Each trial draws each of its cohorts with 64 random bits of its own (PCG64). Which outcome they mean is looked up in an
alias table (Walker 1977), laid out exactly, so that the chance of an outcome is right to 2^-60. States are worked out
as trials reach them: a design with more states than could ever be listed is drawn from like any other.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from protocol_dsl.escalation.automaton import Automaton, Edge
from protocol_dsl.escalation.characteristics import Own, binomial, counts_heeded
from protocol_dsl.escalation.design import Design, Move, Treat, Treated
from protocol_dsl.escalation.tally import Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Words = NDArray[np.uint64]
    Flags = NDArray[np.bool_]

Cohort = tuple[int, int]
"""Where it is treated (a rung), and how many patients it has."""

MOST_COHORTS: Final = 2_000
"""A trial with more cohorts than that is given up."""

_TOGETHER: Final = 1 << 14  # trials at once: their arrays stay in the cache of a core
_BITS: Final = 64
_UNKNOWN: Final = -1


@define
class Course:
    """The states of a design that trials have reached, numbered; the start is 0. The design remembers every tally.

    It may be drawn from again, under the same rates or others, and then has less to work out.
    """

    design: Design[Any]
    states: list[Any] = field(init=False, factory=list, repr=False)
    _numbers: dict[Any, int] = field(init=False, factory=dict, repr=False)
    _cohorts: list[Cohort | None] = field(init=False, factory=list, repr=False)  # None where the trial has ended
    _following: list[list[int]] = field(init=False, factory=list, repr=False)  # by outcome: DLTs, then own counts

    def __attrs_post_init__(self) -> None:
        self._number(self.design.start)

    @staticmethod
    def through(automaton: Automaton[Any]) -> Course:
        """The states of a machine that was explored in whole cohorts."""
        course = Course(automaton.design)
        course.states = list(automaton.states)
        course._numbers = {state: number for number, state in enumerate(automaton.states)}
        course._cohorts = [_cohort(move) for move in automaton.moves]
        course._following = [
            course._told_apart(edges) or [_UNKNOWN] * course._outcomes(cohort)
            for edges, cohort in zip(automaton.edges, course._cohorts, strict=True)
        ]
        return course

    def _told_apart(self, edges: tuple[Edge, ...]) -> list[int]:
        """What follows each outcome; where a count makes no difference, the same whatever it is."""
        own, heeded = len(self.design.plan.extra), counts_heeded(edges)
        treated = [edge.observed for edge in edges if isinstance(edge.observed, Treated)]
        if not own or not treated:
            return [edge.to for edge in edges]
        after = {(one.tally.with_dlt, *one.tally.extra): edge.to for one, edge in zip(treated, edges, strict=True)}
        each = range(treated[0].tally.treated + 1)
        return [
            after[dlts, *(count if matters else 0 for count, matters in zip(counts, heeded, strict=False))]
            for dlts, *counts in product(each, repeat=1 + own)
        ]

    def _outcomes(self, cohort: Cohort | None) -> int:
        """How many outcomes a cohort may have."""
        return 0 if cohort is None else int((cohort[1] + 1) ** (1 + len(self.design.plan.extra)))

    def ends(self, truth: tuple[Fraction, ...], trials: int, seed: int, own: Own = ()) -> dict[int, int]:
        """How many of the trials end in each state; one that is given up counts where it has got to.

        `truth` is the DLT rate at each level, `own` the rates of the protocol's own counts. The same seed gives the
        same numbers.
        """
        import numpy as np

        words, table = np.random.PCG64(seed), self._table((truth, *own))
        counts: dict[int, int] = {}
        for first in range(0, trials, _TOGETHER):
            at = np.zeros(min(_TOGETHER, trials - first), dtype=np.int64)
            ended: list[Numbers] = []
            for _ in range(MOST_COHORTS):
                bits = words.random_raw(at.size)
                after = table.after(at, bits)
                over = after < 0
                if over.any() and (after == _UNKNOWN).any():
                    table, at = self._reach(table, at, bits, after == _UNKNOWN)
                    after = table.after(at, bits)
                    over = after < 0
                ended.append(-2 - after[over])
                at = after[~over]
                if not at.size:
                    break
            _count(np.concatenate([*ended, at // table.columns]), counts)
        return counts

    def _reach(self, table: _Table, at: Numbers, bits: Words, where: Flags) -> tuple[_Table, Numbers]:
        """Work out what follows for some of the trials, and lay it out; with where the trials are on that table."""
        import numpy as np

        touched = set()
        for edge in np.unique(table.drawn(at[where], bits[where])).tolist():
            state, outcome = divmod(edge, table.columns)
            cohort = self._cohorts[state]
            if cohort is not None:
                outcome %= _width(len(self._following[state]))
                dlts, *extra = _counted(outcome, cohort[1] + 1, 1 + len(self.design.plan.extra))
                observed = Treated(cohort[0], Tally(cohort[1] - dlts, dlts, 0, tuple(extra)))
                after = self._number(self.design.step(self.states[state], observed))
                self._following[state][outcome] = after
                touched |= {state, after}
        if max(len(self._following[state]) for state in touched) > table.columns:
            wider = self._table(table.rates)
            return wider, at // table.columns * wider.columns
        table.lay_out(sorted(touched), self._cohorts, self._following)
        return table, at

    def _number(self, state: Any) -> int:  # noqa: ANN401 - each design has states of its own
        if state not in self._numbers:
            cohort = _cohort(self.design.move(state))
            self._numbers[state] = len(self.states)
            self.states.append(state)
            self._cohorts.append(cohort)
            self._following.append([_UNKNOWN] * self._outcomes(cohort))
        return self._numbers[state]

    def _table(self, rates: Own) -> _Table:
        columns = _width(max(map(len, self._following)))
        table = _Table(rates, columns)
        table.lay_out(list(range(len(self.states))), self._cohorts, self._following)
        return table


def _counted(outcome: int, base: int, counts: int) -> list[int]:
    """The numbers that an outcome stands for: its digits, the highest first."""
    return [outcome // base**place % base for place in range(counts - 1, -1, -1)]


def _width(outcomes: int) -> int:
    """The columns that so many outcomes take: a power of two, so that they repeat evenly in a wider table."""
    return 1 << max(outcomes - 1, 0).bit_length()


def _cohort(move: Move) -> Cohort | None:
    return (move.rung, move.patients) if isinstance(move, Treat) else None


@define
class _Table:
    """Alias tables laid out edge by edge; an edge is `state * columns + column`, and states come times `columns`.

    Where bits lie below the limit of an edge they mean its column, and else the outcome in `others`. In `pairs`
    stands what follows, for either: a state, or -2 less the state in which the trial ends, or -1 if not worked out.
    A row with fewer outcomes repeats its columns, so that what bits mean does not hang on how wide the table is.
    """

    rates: Own  # of DLTs, and of each of the protocol's own counts
    columns: int
    limits: Words = field(init=False)
    pairs: Numbers = field(init=False)
    others: Numbers = field(init=False)
    _aliases: dict[Cohort, tuple[Words, Numbers]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        import numpy as np

        self.limits = np.zeros(0, dtype=np.uint64)
        self.pairs, self.others = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

    def after(self, at: Numbers, bits: Words) -> Numbers:
        """What follows for trials in these states."""
        import numpy as np

        edge = (bits & np.uint64(self.columns - 1)).view(np.int64)
        edge += at
        direct = bits < self.limits.take(edge, mode="clip")
        edge <<= 1
        edge += direct
        return self.pairs.take(edge, mode="clip")

    def drawn(self, at: Numbers, bits: Words) -> Numbers:
        """The outcomes that the bits mean: `state * columns + outcome`, up to whole widths of the row."""
        import numpy as np

        column = (bits & np.uint64(self.columns - 1)).view(np.int64)
        return at + np.where(bits < self.limits[at + column], column, self.others[at + column])

    def lay_out(self, states: list[int], cohorts: list[Cohort | None], following: list[list[int]]) -> None:
        """Write the rows of these states, new ones among them."""
        import numpy as np

        self._make_room(len(cohorts))
        kinds = {cohort: number for number, cohort in enumerate(dict.fromkeys(cohorts[state] for state in states))}
        aliases = [self._alias(cohort) for cohort in kinds]
        kind = np.array([kinds[cohorts[state]] for state in states])
        limits, others = (np.array(one)[kind] for one in zip(*aliases, strict=True))
        coded = np.array(
            [
                self._repeated(
                    [self._code(after, cohorts) for after in following[state]]
                    + [_UNKNOWN] * (_width(len(following[state])) - len(following[state]))
                )
                for state in states
            ]
        )
        rows = np.array(states)
        self.limits.reshape(-1, self.columns)[rows] = limits
        self.others.reshape(-1, self.columns)[rows] = others
        pairs = np.stack([np.take_along_axis(coded, others, axis=1), coded], axis=-1)
        self.pairs.reshape(-1, self.columns, 2)[rows] = pairs

    def _repeated(self, row: list[int]) -> list[int]:
        return row * (self.columns // len(row))

    def _code(self, state: int, cohorts: list[Cohort | None]) -> int:
        if state == _UNKNOWN:
            return _UNKNOWN
        return -2 - state if cohorts[state] is None else state * self.columns

    def _make_room(self, states: int) -> None:
        import numpy as np

        more = (1 << states.bit_length()) * self.columns - self.limits.size
        if more > 0:
            self.limits = np.append(self.limits, np.zeros(more, dtype=np.uint64))
            self.others = np.append(self.others, np.zeros(more, dtype=np.int64))
            self.pairs = np.append(self.pairs, np.zeros(2 * more, dtype=np.int64))

    def _alias(self, cohort: Cohort | None) -> tuple[Words, Numbers]:
        import numpy as np

        if cohort is None:
            return np.zeros(self.columns, dtype=np.uint64), np.arange(self.columns)
        if cohort not in self._aliases:
            chances = _chances(cohort, self.rates)
            limits, others = map(self._repeated, _alias(chances, _width(len(chances))))
            self._aliases[cohort] = np.array(limits, dtype=np.uint64), np.array(others, dtype=np.int64)
        return self._aliases[cohort]


def _chances(cohort: Cohort, rates: Own) -> list[Fraction]:
    """The chance of each outcome: of so many DLTs, and of so many of each other count, one independent of the other."""
    rung, patients = cohort
    each = [[binomial(patients, count, rate[rung]) for count in range(patients + 1)] for rate in rates]
    return [prod(parts, start=Fraction(1)) for parts in product(*each)]


def _alias(chances: list[Fraction], columns: int) -> tuple[list[int], list[int]]:
    """For each column the limit below which bits mean that very outcome, and the outcome they mean otherwise."""
    left = [chance * columns for chance in chances] + [Fraction(0)] * (columns - len(chances))
    limits, others = [0] * columns, list(range(columns))
    short = [column for column in range(columns) if left[column] < 1]
    full = [column for column in range(columns) if left[column] >= 1]
    while short:
        column, giver = short.pop(), full[-1]
        limits[column] = int(left[column] * ((1 << _BITS) // columns)) * columns
        others[column] = giver
        left[giver] -= 1 - left[column]
        if left[giver] < 1:
            short.append(full.pop())
    return limits, others


def _count(states: Numbers, counts: dict[int, int]) -> None:
    import numpy as np

    found = np.bincount(states)
    for state in np.flatnonzero(found).tolist():
        counts[state] = counts.get(state, 0) + int(found[state])
