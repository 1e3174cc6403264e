"""Exact operating characteristics: the ways in which a trial can end, counted once; every scenario is then a sum.

A trial that ends with `n` treated and `y` DLTs at each level does so with the chance `W * product of p^y (1-p)^(n-y)`,
where the whole number `W` depends on the design alone. So the states are walked through once, with whole numbers.

Counts of a protocol's own happen independently of DLTs and of each other, with rates of their own at each level. What
they decide goes into `W`, which then is no whole number and belongs to those rates.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cached_property
from math import comb, prod
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from attrs import field, frozen

from protocol_dsl.escalation.automaton import Automaton, Edge, explore, in_order
from protocol_dsl.escalation.design import Design, Stop, Treat, Treated
from protocol_dsl.escalation.designs import looking_ahead, machine
from protocol_dsl.model.escalation import EscalationPlan, Ladder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

N = TypeVar("N", Fraction, float)

Own: TypeAlias = tuple[tuple[Fraction, ...], ...]
"""Of each count of a protocol's own, in the order of the plan, its true rate at each level."""

MOST_STATES: Final = 150_000
"""Machines with more states (tallies and all) are not worked out: it would take half a minute and more."""

_GLANCE: Final = 5_000  # states within which a trial without an end shows itself
_LONG: Final = 300  # patients in one trial


@frozen
class Characteristics(Generic[N]):
    """How a design behaves under one set of DLT rates.

    `selected` are the chances of each recommendation, lowest level first and no level last; `undecided` is the chance
    that it ends with a question to the committee. Together they are 1. `treated` and `dlts` are means at each level;
    `patients` is the chance of each number of patients in all.
    """

    selected: tuple[N, ...]
    treated: tuple[N, ...]
    dlts: tuple[N, ...]
    patients: tuple[tuple[int, N], ...]
    undecided: N

    @property
    def mean_patients(self) -> N:
        """Patients in all, on average."""
        return _total(self.treated)

    @property
    def mean_dlts(self) -> N:
        """DLTs in all, on average."""
        return _total(self.dlts)

    def recommends_above(self, truth: tuple[Fraction, ...], limit: Fraction) -> N:
        """The chance that the level recommended has a true rate above the limit."""
        return _total(tuple(chance for rate, chance in zip(truth, self.selected, strict=False) if rate > limit))

    def treats_above(self, truth: tuple[Fraction, ...], limit: Fraction) -> N:
        """Patients treated at levels whose true rate is above the limit, on average."""
        return _total(tuple(mean for rate, mean in zip(truth, self.treated, strict=True) if rate > limit))


def _total(parts: tuple[N, ...]) -> N:
    return sum(parts[1:], parts[0]) if parts else Fraction(0)  # type: ignore[return-value]


@frozen
class Ending:
    """How a trial may end: what was counted at each level, what comes of it, and in how many ways it ends so.

    `outcome` is the rung recommended, the number of levels where none is, and one more where it is left undecided.
    """

    outcome: int
    treated: tuple[int, ...]
    dlts: tuple[int, ...]
    ways: int | Fraction


@frozen(slots=False)
class Endings:
    """All ways in which the trials of a design can end."""

    names: tuple[str, ...]
    each: tuple[Ending, ...] = field(repr=False)
    states: int

    @cached_property
    def _sheet(self) -> _Sheet:
        return _sheet(self)

    def under(self, truth: tuple[Fraction, ...]) -> Characteristics[float]:
        """The characteristics under these DLT rates, a rate for each level.

        The relative error of each is below `2 n` times 1.2e-16, with `n` patients at most: all terms are positive.
        """
        return self._sheet.under(truth)

    def exactly(self, truth: tuple[Fraction, ...]) -> Characteristics[Fraction]:
        """The characteristics as fractions."""
        levels = len(self.names)
        most = [max((ending.treated[level] for ending in self.each), default=0) for level in range(levels)]
        whole = prod(rate.denominator**number for rate, number in zip(truth, most, strict=True))
        powers = [_Powers(rate, number) for rate, number in zip(truth, most, strict=True)]
        outcomes: list[int | Fraction] = [0] * (levels + 2)
        patients: defaultdict[int, int | Fraction] = defaultdict(int)
        treated: list[int | Fraction] = [0] * levels
        dlts: list[int | Fraction] = [0] * levels
        for ending in self.each:
            chance = ending.ways
            for power, n, y in zip(powers, ending.treated, ending.dlts, strict=True):
                chance *= power.of(n, y)
            outcomes[ending.outcome] += chance
            patients[sum(ending.treated)] += chance
            for level in range(levels):
                treated[level] += ending.treated[level] * chance
                dlts[level] += ending.dlts[level] * chance
        return Characteristics(
            tuple(Fraction(part, whole) for part in outcomes[:-1]),
            tuple(Fraction(part, whole) for part in treated),
            tuple(Fraction(part, whole) for part in dlts),
            tuple((number, Fraction(part, whole)) for number, part in sorted(patients.items())),
            Fraction(outcomes[-1], whole),
        )


@frozen
class _Powers:
    """`p^y (1-p)^(n-y)` over the common denominator of the level, as whole numbers."""

    rate: Fraction
    most: int
    _known: dict[tuple[int, int], int] = field(factory=dict, init=False, eq=False)

    def of(self, n: int, y: int) -> int:
        if (n, y) not in self._known:
            below, whole = self.rate.numerator, self.rate.denominator
            self._known[n, y] = below**y * (whole - below) ** (n - y) * whole ** (self.most - n)
        return self._known[n, y]


# --- counting the ways ------------------------------------------------------------------------------------------------


def endings_of(plan: EscalationPlan, ladder: Ladder, own: Own = ()) -> Endings | None:
    """All endings of a plan under these rates of its own counts; None where there are too many states."""
    automaton = explored(machine(plan, ladder, remember=True))
    return endings(automaton, own) if automaton.complete else None


def explored(design: Design[Any]) -> Automaton[Any]:
    """The states of a machine that remembers every tally; not all of them where they are too many to work out."""
    if design.plan.patients is None:
        first = explore(design, most=_GLANCE, work=None)
        most = max(sum(tally.treated for tally in design.tallies(state)) for state in first.states)
        if first.complete or most > _LONG:
            return first
    return explore(design, most=MOST_STATES, work=None, ahead=looking_ahead(design))


def endings(automaton: Automaton[Any], own: Own = ()) -> Endings:
    """All endings of a machine that remembers every tally, explored completely and in whole cohorts."""
    if automaton.partial or not automaton.complete or len(own) != len(automaton.design.plan.extra):
        raise ValueError("a machine is pushed through in whole cohorts, completely explored, with rates of its counts")
    ways: list[int | Fraction] = [0] * len(automaton.states)
    ways[0] = 1
    levels, chances = len(automaton.design.names), Outcomes(own)
    ended: defaultdict[tuple[int, tuple[int, ...], tuple[int, ...]], int | Fraction] = defaultdict(int)
    for state in in_order(automaton):
        move = automaton.moves[state]
        if not isinstance(move, Treat):
            tallies = automaton.design.tallies(automaton.states[state])
            outcome = (levels if move.rung is None else move.rung) if isinstance(move, Stop) else levels + 1
            treated = tuple([tally.treated for tally in tallies])
            ended[outcome, treated, tuple([tally.with_dlt for tally in tallies])] += ways[state]
            continue
        heeded = counts_heeded(automaton.edges[state])
        for edge in automaton.edges[state]:
            if isinstance(edge.observed, Treated):
                ways[edge.to] += ways[state] * chances.ways(edge.observed, heeded)
    each = tuple(Ending(*key, number) for key, number in ended.items())
    return Endings(automaton.design.names, each, len(automaton.states))


def counts_heeded(edges: tuple[Edge, ...]) -> tuple[bool, ...]:
    """Which of the protocol's own counts make a difference in a state; of the others its edges tell no cases apart."""
    last = edges[-1].observed if edges else None  # the outcome in which everybody has everything that is told apart
    return tuple(count > 0 for count in last.tally.extra) if isinstance(last, Treated) else ()


@frozen
class Outcomes:
    """In how many ways a whole cohort comes to its DLTs, each with the chance of its other counts."""

    own: Own
    _known: dict[tuple[Treated, tuple[bool, ...]], int | Fraction] = field(
        factory=dict, init=False, eq=False, repr=False
    )

    def ways(self, observed: Treated, heeded: tuple[bool, ...]) -> int | Fraction:
        """The ways of one outcome, whatever the counts that are not heeded."""
        found = self._known.get((observed, heeded))
        if found is None:
            tally = observed.tally
            found = comb(tally.treated, tally.with_dlt)
            for rates, count, matters in zip(self.own, tally.extra, heeded, strict=False):
                if matters:
                    found *= binomial(tally.treated, count, rates[observed.rung])
            self._known[observed, heeded] = found
        return found


def binomial(patients: int, count: int, rate: Fraction) -> Fraction:
    """The chance that so many of the patients are counted."""
    return comb(patients, count) * rate**count * (1 - rate) ** (patients - count)


# --- a scenario -------------------------------------------------------------------------------------------------------


@frozen
class _Column:
    """One level: its distinct tallies, and which of them each ending has."""

    n: Floats
    y: Floats
    ways: Floats  # in which so many of so many have a DLT
    which: Whole

    def chances(self, rate: Fraction) -> Floats:
        """The binomial chance of the tally of each ending, were so many treated."""
        p, q = float(rate), float(1 - rate)
        found: Floats = (self.ways * p**self.y * q ** (self.n - self.y))[self.which]
        return found


@frozen
class _Sheet:
    """The endings as columns, sorted so that those with one outcome and one number of patients lie together."""

    columns: tuple[_Column, ...]
    share: Floats  # of the ways in which the tallies come about, those that the design takes
    starts: Whole  # where a run of one outcome and one number of patients begins
    runs: tuple[tuple[int, int], ...]  # its outcome and its number of patients

    def under(self, truth: tuple[Fraction, ...]) -> Characteristics[float]:
        import numpy as np

        chance = self.share
        for column, rate in zip(self.columns, truth, strict=True):
            chance = chance * column.chances(rate)
        sums = np.add.reduceat(chance, self.starts).tolist()
        levels = len(self.columns)
        outcomes: list[float] = [0.0] * (levels + 2)
        patients: defaultdict[int, float] = defaultdict(float)
        for (outcome, number), part in zip(self.runs, sums, strict=True):
            outcomes[outcome] += part
            patients[number] += part
        treated = [float((chance * column.n[column.which]).sum()) for column in self.columns]
        dlts = [mean * float(rate) for mean, rate in zip(treated, truth, strict=True)]  # Wald's identity
        return Characteristics(
            tuple(outcomes[:-1]), tuple(treated), tuple(dlts), tuple(sorted(patients.items())), outcomes[-1]
        )


def _sheet(endings: Endings) -> _Sheet:
    import numpy as np

    each = sorted(endings.each, key=lambda ending: (ending.outcome, sum(ending.treated)))
    runs = [(ending.outcome, sum(ending.treated)) for ending in each]
    begins = [at for at, run in enumerate(runs) if at == 0 or run != runs[at - 1]]
    tallies = ([(ending.treated[level], ending.dlts[level]) for ending in each] for level in range(len(endings.names)))
    return _Sheet(
        tuple(map(_column, tallies)),
        np.array([float(ending.ways / prod(map(comb, ending.treated, ending.dlts))) for ending in each]),
        np.array(begins),
        tuple(runs[at] for at in begins),
    )


def _column(tallies: list[tuple[int, int]]) -> _Column:
    import numpy as np

    known = {tally: number for number, tally in enumerate(sorted(set(tallies)))}
    n, y = np.array(list(known), dtype=np.float64).T
    ways = np.array([float(comb(*tally)) for tally in known])
    return _Column(n, y, ways, np.array([known[tally] for tally in tallies]))
