"""Trials in time: patients come one by one, are followed through their windows, and the design is asked as they come.

It is asked when a patient comes and when an outcome is known; a design that goes by follow-up is told for how many
whole days each pending patient has been followed. Where a patient comes at the very time at which an outcome is known,
the outcome comes first. All trials of a batch advance together; the tests hold them against one trial by itself.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from attrs import frozen

from protocol_dsl.escalation import abreast
from protocol_dsl.escalation.abreast import Ended
from protocol_dsl.escalation.accrual import Accrual, Calendar, Measure, measure
from protocol_dsl.escalation.characteristics import Characteristics
from protocol_dsl.escalation.stream import begin
from protocol_dsl.escalation.timeline import Timeline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TOGETHER: Final = 1 << 14  # trials side by side


@frozen
class Timed:
    """What was found in trials drawn in time, each number with its Monte Carlo standard error.

    Patients are those who are evaluable, or pending as the trial ends.
    """

    found: Characteristics[float]
    error: Characteristics[float]
    error_of_patients: float
    calendar: Calendar


def drawn(line: Timeline, truth: tuple[Fraction, ...], accrual: Accrual, trials: int, seed: int) -> Timed:
    """What is found in so many trials under these DLT rates. The same seed gives the same trials, on any machine."""
    import numpy as np

    begins, rates = begin(seed, trials), tuple(map(float, truth))
    parts = [
        abreast.run(line, rates, accrual, begins[first : first + _TOGETHER]) for first in range(0, trials, _TOGETHER)
    ]
    outcome, treated, dlts, *times = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("outcome", "treated", "dlts", "replaced", "duration", "closed", "turned_away")
    )
    return _summed(Ended(outcome, treated, dlts, *times), accrual)


# --- what they come to ------------------------------------------------------------------------------------------------


def _summed(each: Ended, accrual: Accrual) -> Timed:
    import numpy as np

    trials, levels = each.treated.shape
    sizes = each.treated.sum(axis=1)
    shares = [_share(int(number), trials) for number in np.bincount(each.outcome, minlength=levels + 2)]
    treated = [_measured(each.treated[:, rung]) for rung in range(levels)]
    dlts = [_measured(each.dlts[:, rung]) for rung in range(levels)]
    counted = zip(*np.unique(sizes, return_counts=True), strict=True)
    numbers = [(int(size), _share(int(number), trials)) for size, number in counted]
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
    in_time = (each.duration, each.closed, each.turned_away, each.replaced, each.dlts.sum(axis=1))
    return Timed(found, error, _measured(sizes).error, Calendar(accrual, *map(_measured, in_time)))


def _measured(values: NDArray[np.int64] | NDArray[np.float64]) -> Measure:
    return measure(values.tolist())


def _part(one: Measure, part: int) -> float:
    return (one.mean, one.error)[part]


def _share(number: int, trials: int) -> tuple[float, float]:
    """A frequency and its standard error."""
    share = number / trials
    return share, float((share * (1 - share) / trials) ** 0.5)
