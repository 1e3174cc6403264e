"""Logarithm and exponential from the four operations alone, so that their last digit is the same on every machine.

The libraries of systems and processors differ there, and a seed should give the same trials everywhere. Both take
numbers or arrays, and are right to a few units in the last place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LN2: Final = 0.6931471805599453
_LN2_HIGH: Final = 0.693147180369123816490  # its last 32 bits are nought, so that small multiples of it are exact
_LN2_LOW: Final = 1.90821492927058770002e-10
_ROOT_HALF: Final = 0.7071067811865476
_NEAR: Final = 0.25
_TERMS: Final = 12  # of the series for the logarithm: 0.172 to the power of 2 * 12 is 5e-19
_POWERS: Final = 14  # of the series for the exponential: 0.347^14 / 14! is 4e-18
_LEAST: Final = -745.0  # whose exponential is the smallest number there is


def log(x: Any) -> Floats:  # noqa: ANN401 - a number or an array
    """The natural logarithm of what is positive."""
    import numpy as np

    part, power = np.frexp(x)
    low = part < _ROOT_HALF
    part, power = np.where(low, part * 2, part), power - low
    found: Floats = power * LN2 + _twice_artanh((part - 1) / (part + 1))
    return found


def log1p(x: Any) -> Floats:  # noqa: ANN401 - a number or an array
    """The natural logarithm of 1 and what is more than -1."""
    import numpy as np

    x = np.asarray(x, dtype=np.float64)
    return np.where(np.abs(x) < _NEAR, _twice_artanh(x / (2 + x)), log(1 + x))


def exp(x: Any) -> Floats:  # noqa: ANN401 - a number or an array
    """The exponential of what is not positive."""
    import numpy as np

    x = np.maximum(x, _LEAST)
    times = np.rint(x / LN2)
    rest = (x - times * _LN2_HIGH) - times * _LN2_LOW
    total = np.ones_like(rest)
    for power in range(_POWERS, 0, -1):
        total = 1 + total * rest / power
    found: Floats = np.ldexp(total, times.astype(np.int64))
    return found


def _twice_artanh(f: Floats) -> Floats:
    square, total = f * f, f * 0
    for term in range(_TERMS, -1, -1):
        total = total * square + 1 / (2 * term + 1)
    return 2 * f * total
