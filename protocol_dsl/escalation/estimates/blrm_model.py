"""The two-parameter logistic model with its prior, and what was seen at each dose."""

from functools import lru_cache
from math import log

from attrs import define

_REACH = 9  # deviations of log beta that are looked at
_LARGEST = 300.0  # its exponential is a number still


@define(frozen=True, cache_hash=True)
class Blrm:
    """The doses, rising, the reference dose in the same unit, and the prior of (log alpha, log beta)."""

    doses: tuple[float, ...]
    reference: float
    mean: tuple[float, float]
    deviation: tuple[float, float]
    correlation: float = 0.0

    def __attrs_post_init__(self) -> None:
        if not (self.doses and min(*self.doses, self.reference, *self.deviation) > 0 and abs(self.correlation) < 1):
            raise ValueError("doses and deviations are positive, and the correlation lies between -1 and 1")
        if abs(self.mean[1]) + _REACH * self.deviation[1] > _LARGEST:
            raise ValueError("log beta is spread too far to be reckoned with")

    def labels(self) -> tuple[float, ...]:
        """Give the logarithm of each dose in reference doses."""
        return _labels(self.doses, self.reference)


@define(frozen=True, cache_hash=True)
class Data:
    """Patients treated and DLTs among them, for each dose."""

    tallies: tuple[tuple[int, int], ...]

    def __attrs_post_init__(self) -> None:
        if any(not 0 <= dlts <= treated for treated, dlts in self.tallies):
            raise ValueError("more DLTs than patients")


@lru_cache(maxsize=64)
def _labels(doses: tuple[float, ...], reference: float) -> tuple[float, ...]:
    return tuple(log(dose / reference) for dose in doses)
