"""How a design behaves under given DLT rates: exactly where it can be, else from trials drawn at random."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import Final, TypeAlias

from attrs import field, frozen

from protocol_dsl.escalation import timed
from protocol_dsl.escalation.accrual import Accrual, Calendar, Spacing
from protocol_dsl.escalation.automaton import Automaton
from protocol_dsl.escalation.characteristics import Characteristics, Ending, Endings, Own, endings, explored
from protocol_dsl.escalation.design import Stop
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.draw import Course
from protocol_dsl.escalation.timeline import Timeline
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.model.timing import Timing

TRIALS: Final = 10_000
"""Trials that are drawn where the design cannot be worked out exactly, and no number is given."""

TRIALS_IN_TIME: Final = 1_000
"""Trials in which patients come one by one, where no number is given; they take longer."""

_DIGITS: Final = 40  # of a rate; the fractions that come of more are beyond reckoning

Rate: TypeAlias = Fraction | Decimal | float | str


@frozen
class Drawn:
    """What was found in trials drawn at random; `error` has the Monte Carlo standard error of each number of it.

    `calendar` is what they came to in time; None where whole cohorts were drawn.
    """

    found: Characteristics[float]
    error: Characteristics[float]
    error_of_patients: float
    trials: int
    seed: int
    calendar: Calendar | None = None


@frozen
class Scenario:
    """How a design behaves if these are the true DLT rates, lowest level first.

    `exact` are the exact characteristics (None where the design has too many states), `drawn` those found in trials
    drawn at random (None where none were asked for). One of them there is. `own` are the true rates of the protocol's
    own counts, by name.
    """

    names: tuple[str, ...]
    truth: tuple[Fraction, ...]
    exact: Characteristics[float] | Characteristics[Fraction] | None
    drawn: Drawn | None
    own: tuple[tuple[str, tuple[Fraction, ...]], ...] = ()

    @property
    def found(self) -> Characteristics[float] | Characteristics[Fraction]:
        """What was found in trials where any were drawn, and else the exact characteristics."""
        if self.drawn is not None:
            return self.drawn.found
        if self.exact is None:
            raise ValueError("a scenario was neither worked out nor drawn")
        return self.exact

    @property
    def falling(self) -> bool:
        """Whether a rate is lower than that of a lower level."""
        return list(self.truth) != sorted(self.truth)


class NotOneRate(ValueError):  # noqa: N818 - what is wrong with the rates, for whoever gave them
    """The rates do not fit the ladder: what is wrong, and at which of them (from 0; None for all together)."""

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message)
        self.at = at


def rates(given: Sequence[Rate], names: tuple[str, ...]) -> tuple[Fraction, ...]:
    """Exact rates, one for each level. A float counts as the decimal it prints as. Raises NotOneRate."""
    found = tuple(_rate(rate, at) for at, rate in enumerate(given))
    if len(found) != len(names):
        levels = f"{len(names)} level{'s' * (len(names) != 1)} ({', '.join(names)})"
        raise NotOneRate(f"there are {levels}, and {len(found)} rate{'s' * (len(found) != 1)}")
    return found


def _rate(given: Rate, at: int) -> Fraction:
    rate = given if isinstance(given, Fraction) else _decimal(str(given).strip(), at)
    if not 0 <= rate <= 1:
        raise NotOneRate(f"{given} lies outside 0 to 1", at)
    return Fraction(rate)


def _decimal(text: str, at: int) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise NotOneRate(f"`{text}` is no number", at)
    if len(number.as_tuple().digits) > _DIGITS or abs(number.adjusted()) > _DIGITS:
        raise NotOneRate(f"`{text}` has more digits than {_DIGITS}", at)
    return number


@frozen(slots=False)
class Simulator:
    """A design that may be asked about one scenario after another; its states are explored once.

    Where a plan counts more than DLTs, `own` are the rates of those counts at each level, in the order of the plan;
    they happen independently of DLTs and of each other.
    """

    plan: EscalationPlan
    ladder: Ladder
    timing: Timing | None = None
    _ends: dict[Own, Endings] = field(factory=dict, init=False, eq=False, repr=False)

    def own(self, given: Mapping[str, Sequence[Rate]]) -> Own:
        """The rates of the plan's own counts, in its order, from rates by name. Raises NotOneRate."""
        unsaid = [name for name in self.plan.extra if name not in given]
        strange = [name for name in given if name not in self.plan.extra]
        if unsaid:
            named = ", ".join(f"`{name}`" for name in unsaid)
            raise NotOneRate(f"the design also counts {named}, and how often that happens is not said")
        if strange:
            raise NotOneRate(f"the design counts no `{strange[0]}`")
        return tuple(rates(given[name], self.ladder.names) for name in self.plan.extra)

    def endings_under(self, own: Own = ()) -> Endings | None:
        """All ways in which trials can end; None where the design has too many states."""
        self._heard(own)
        if not self._automaton.complete:
            return None
        if own not in self._ends:
            self._ends[own] = endings(self._automaton, own)
        return self._ends[own]

    @property
    def endings(self) -> Endings | None:
        """All ways in which trials can end, where the plan counts nothing of its own."""
        return self.endings_under()

    @cached_property
    def course(self) -> Course:
        """The states that trials pass through."""
        return Course.through(self._automaton) if self._automaton.complete else Course(self._automaton.design)

    def _heard(self, own: Own) -> None:
        if len(own) != len(self.plan.extra):
            counted = ", ".join(f"`{name}`" for name in self.plan.extra) or "nothing else"
            raise ValueError(f"besides DLTs the design counts {counted}, and {len(own)} rates are given")

    @cached_property
    def _automaton(self) -> Automaton[object]:
        return explored(machine(self.plan, self.ladder, remember=True))

    def scenario(
        self,
        truth: tuple[Fraction, ...],
        *,
        trials: int | None = None,
        seed: int = 1,
        fractions: bool = False,
        own: Own = (),
    ) -> Scenario:
        """How the design behaves under these rates: exactly, and with `trials`, or where it must be, drawn at random.

        The exact characteristics are floats, right to about 15 digits, or `fractions`.
        """
        ends, names = self.endings_under(own), self.ladder.names
        exact = None if ends is None else ends.exactly(truth) if fractions else ends.under(truth)
        named = tuple(zip(self.plan.extra, own, strict=True))
        if trials is None and exact is not None:
            return Scenario(names, truth, exact, None, named)
        return Scenario(names, truth, exact, self.drawn(truth, trials or TRIALS, seed, own), named)

    def in_time(
        self, truth: tuple[Fraction, ...], accrual: Accrual, *, trials: int = TRIALS_IN_TIME, seed: int = 1
    ) -> Scenario:
        """How the design behaves where patients come one by one and are followed; exact is that of whole cohorts.

        Not for a plan that counts more than DLTs, since it does not say when in the window that is seen.
        """
        ends = self.endings_under()
        found = timed.drawn(self._timeline, truth, accrual, trials, seed)
        drawn = Drawn(found.found, found.error, found.error_of_patients, trials, seed, found.calendar)
        return Scenario(self.ladder.names, truth, None if ends is None else ends.under(truth), drawn)

    @cached_property
    def _timeline(self) -> Timeline:
        return Timeline(self._automaton.design, Spacing(self.plan.stagger, self.timing))

    def drawn(self, truth: tuple[Fraction, ...], trials: int, seed: int, own: Own = ()) -> Drawn:
        """What is found in trials drawn at random. The same seed gives the same trials."""
        self._heard(own)
        counts = self.course.ends(truth, trials, seed, own)
        results = {state: self._result(state) for state in counts}
        levels = len(self.ladder.names)
        outcomes, patients = [0] * (levels + 2), defaultdict[int, int](int)
        for state, number in counts.items():
            outcomes[results[state].outcome] += number
            patients[sum(results[state].treated)] += number
        treated = [_mean({at: one.treated[level] for at, one in results.items()}, counts) for level in range(levels)]
        dlts = [_mean({at: one.dlts[level] for at, one in results.items()}, counts) for level in range(levels)]
        shares = [_share(number, trials) for number in outcomes]
        numbers = [(number, _share(count, trials)) for number, count in sorted(patients.items())]
        found, error = (
            Characteristics(
                tuple(share[part] for share in shares[:-1]),
                tuple(mean[part] for mean in treated),
                tuple(mean[part] for mean in dlts),
                tuple((number, share[part]) for number, share in numbers),
                shares[-1][part],
            )
            for part in (0, 1)
        )
        _, of_patients = _mean({state: sum(results[state].treated) for state in counts}, counts)
        return Drawn(found, error, of_patients, trials, seed)

    def _result(self, state: int) -> Ending:
        """What a trial that ended in a state came to; one that was given up is undecided."""
        design, reached = self.course.design, self.course.states[state]
        move, tallies, levels = design.move(reached), design.tallies(reached), len(self.ladder.names)
        outcome = (levels if move.rung is None else move.rung) if isinstance(move, Stop) else levels + 1
        return Ending(outcome, tuple(one.treated for one in tallies), tuple(one.with_dlt for one in tallies), 1)


def _share(number: int, trials: int) -> tuple[float, float]:
    """A frequency and its standard error."""
    share = number / trials
    return share, sqrt(share * (1 - share) / trials)


def _mean(values: dict[int, int], counts: dict[int, int]) -> tuple[float, float]:
    """The mean over trials and its standard error, from the value of each state and the trials that ended in it."""
    trials = sum(counts.values())
    total = sum(values[state] * number for state, number in counts.items())
    squares = sum(values[state] ** 2 * number for state, number in counts.items())
    # Whole numbers up to here: nothing cancels.
    return total / trials, sqrt((squares * trials - total**2) / trials / max(trials - 1, 1) / trials)
