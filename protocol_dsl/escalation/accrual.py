"""How patients come, how long they are followed and when their DLTs happen; and what a trial's calendar comes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from math import fsum, sqrt
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from protocol_dsl.escalation.elementary import LN2, exp, log, log1p
from protocol_dsl.model.escalation import Stagger
from protocol_dsl.model.timing import Timing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

_SURE: Final = 1 - 2**-53  # a rate of 1 has no Weibull law; the nearest number has
_LONGEST: Final = 36_525.0  # days
_MOST_TURNED_AWAY: Final = 10_000  # in one window, on average
_MOST_NOT_EVALUABLE: Final = 0.9  # beyond it trials hardly end
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of each number that has a distribution over trials."""


class Arrivals(StrEnum):
    """The gaps between patients: drawn from an exponential law (a Poisson process), or all alike."""

    POISSON = "poisson"
    FIXED = "fixed"


class Waiting(StrEnum):
    """What becomes of a patient who comes while nobody may be treated."""

    TURNED_AWAY = "turned away"
    QUEUE = "queue"


class DltTimes(StrEnum):
    """When in the window a DLT happens, if it happens."""

    UNIFORM = "uniform"
    WEIBULL = "weibull"


_IN_DAYS: Final = {"day": 1, "week": 7}
_TIME: Final = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(day|week)s?\s*", re.ASCII)


def days(text: str) -> float:
    """The days in `10 days` or `2 weeks`. Raises NoAccrual."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise NoAccrual(f"`{text}` is no time; write it as `10 days` or `4 weeks`")
    return float(found[1]) * _IN_DAYS[found[2]]


class NoAccrual(ValueError):  # noqa: N818 - what is wrong with the numbers, for whoever gave them
    """Numbers with which no trial can be simulated."""


@frozen
class Accrual:
    """How a trial goes in time. `gap`, the mean between patients, and `window` are in days.

    Under the Weibull law so many of the DLTs (`late`) fall into the second half of the window. `not_evaluable` is the
    chance that a patient leaves before the window is over and before any DLT, at a time uniform over the window, and
    is replaced. Follow-up counts in whole days. Raises NoAccrual.
    """

    gap: float
    window: float
    arrivals: Arrivals = Arrivals.POISSON
    waiting: Waiting = Waiting.TURNED_AWAY
    dlt_times: DltTimes = DltTimes.UNIFORM
    late: float = 0.5
    not_evaluable: float = 0.0

    def __attrs_post_init__(self) -> None:
        if not 0 < self.gap <= _LONGEST:
            raise NoAccrual("the time from one patient to the next is more than 0 days, and at most 100 years")
        if not 0 < self.window <= _LONGEST:
            raise NoAccrual("the window is more than 0 days, and at most 100 years")
        if self.waiting is Waiting.TURNED_AWAY and self.window > _MOST_TURNED_AWAY * self.gap:
            raise NoAccrual(f"more than {_MOST_TURNED_AWAY} patients come in a window; let them queue")
        if not 0 < self.late < 1:
            raise NoAccrual("the share of late DLTs lies between 0 and 1")
        if not 0 <= self.not_evaluable <= _MOST_NOT_EVALUABLE:
            raise NoAccrual("the chance not to be evaluable is at most 0.9")

    def until_next(self, u: Floats) -> Floats:
        """Days to the next patients, from numbers that are uniform from 0 to 1."""
        return u * 0 + self.gap if self.arrivals is Arrivals.FIXED else -self.gap * log1p(-u)

    def until_dlt(self, u: Floats, rate: float) -> Floats:
        """Days to DLTs that happen in the window, from numbers that are uniform from 0 to 1.

        By the Weibull law the time T to a DLT, in the window or after it, has P(T <= window) = rate.
        """
        if self.dlt_times is DltTimes.UNIFORM or rate <= 0:
            return self.window * u
        rate = min(rate, _SURE)
        whole = log1p(-rate)
        shape = log(whole / log1p(-rate * (1 - self.late))) / LN2
        part = log1p(-u * rate) / whole
        return self.window * (part > 0) * exp(log(part + (part <= 0)) / shape)


@frozen
class Spacing:
    """How far apart first doses stay: by `stagger` of the escalation, and by the section `timing`."""

    stagger: Stagger | None = None
    timing: Timing | None = None

    @property
    def matters(self) -> bool:
        """Whether anybody is kept apart."""
        return self.stagger is not None or self.timing is not None

    def opens(self, last: Floats, given: Numbers, rung: Numbers) -> Floats:
        """The first days on which patients may be treated at a rung, one for each trial.

        From the day of the last first dose at each level, trials down and levels across, and how many there were.
        """
        import numpy as np

        row = np.arange(len(rung))
        apart = 0 if self.timing is None else self.timing.between_levels
        latest = np.where(given > 0, last, -np.inf).max(axis=1) + apart
        first = np.maximum(latest, 0.0) if apart else np.zeros(len(rung))
        return np.where(given[row, rung] > 0, last[row, rung] + self._between(given[row, rung]), first)

    def _between(self, before: Numbers) -> Floats:
        """How many days the next patient stays behind the last of those at a level, who were so many."""
        import numpy as np

        apart = np.zeros(len(before))
        if self.stagger is not None:
            apart[before < self.stagger.patients] = self.stagger.days
        if self.timing is not None:
            apart = np.maximum(apart, self.timing.between_patients)
            if self.timing.sentinels:
                after = np.maximum(apart, self.timing.after_sentinels)
                apart = np.where(before == self.timing.sentinels, after, apart)
        return apart


@frozen
class Measure:
    """A number that each trial has: its mean over trials, the standard error of that, and its standard deviation.

    `quantiles` are those of `QUANTILES`, each the smallest value that so many of the trials do not exceed.
    """

    mean: float
    error: float
    sd: float
    quantiles: tuple[float, ...] = field(default=(), repr=False)


@frozen
class Calendar:
    """What trials came to in time, in days from the day on which they open to the day on which they end.

    `closed` is how long nobody could be treated, `turned_away` how many patients came in vain, and `not_evaluable` how
    many were treated and replaced.
    """

    accrual: Accrual
    duration: Measure
    closed: Measure
    turned_away: Measure
    not_evaluable: Measure
    dlts: Measure


def measure(values: Sequence[float]) -> Measure:
    """What a number comes to over trials, of which there is one at least."""
    number = len(values)
    mean = fsum(values) / number
    squares = fsum((value - mean) ** 2 for value in values)
    sd = sqrt(squares / (number - 1)) if number > 1 else 0.0
    rising = sorted(values)
    at = (min(max(-int(-share * number // 1), 1), number) - 1 for share in QUANTILES)
    return Measure(mean, sd / sqrt(number), sd, tuple(float(rising[place]) for place in at))
