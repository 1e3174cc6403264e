"""Random numbers for trials that advance together: each trial has a stream of its own, whatever becomes of the others.

A stream is SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, 453-472), begun at 64 random bits that PCG64 gives for the
seed. Whole numbers alone are reckoned with, so that a seed gives the same numbers on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]

_STEP: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


def begin(seed: int, trials: int) -> Words:
    """Where the streams of so many trials begin."""
    import numpy as np

    words: Words = np.random.PCG64(seed).random_raw(trials)
    return words


@define
class Streams:
    """The streams of some trials, each where it has got to."""

    at: Words

    def uniform(self, which: slice | NDArray[np.int64]) -> Floats:
        """The next number, uniform from 0 to 1, 1 left out, of each of some streams; no stream is named twice."""
        import numpy as np

        bits = self.at[which] + np.uint64(_STEP)
        self.at[which] = bits
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(_FIRST)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(_SECOND)
        bits ^= bits >> np.uint64(31)
        return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53
