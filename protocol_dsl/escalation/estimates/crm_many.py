"""CRM for many data at once: the posterior of each on one grid of nodes, by the trapezoid rule.

The rule is that of `crm`, with steps of a 32nd of the prior deviation. What it gives is kept only where a step twice as
long gives the same to `AGREE` of the posterior deviation and nothing lies at the ends of the grid; all else is left to
`crm`, which refines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Final

from attrs import frozen

from protocol_dsl.escalation.estimates.crm_model import Crm, Data, counts, logs, reaches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

AGREE: Final = 1e-9
_STEPS: Final = 32  # to a prior standard deviation
_WIDTH: Final = 9  # prior standard deviations to each side
_TOGETHER: Final = 2_000
_CUT: Final = 2e-14
_SURE: Final = 1e-6  # the mass below an edge is closer to a chance than that: look closer
_LAST_BIT: Final = 1e-300


@frozen
class Found:
    """The posterior mean of the parameter, and whether the chance that is asked for is exceeded; None: look closer."""

    mean: float
    exceeds: bool | None


@frozen
class Asked:
    """Whether the rate of a level is above a limit with more than a chance."""

    level: int
    limit: float
    chance: float


def fits(settings: Crm, data: Sequence[Data], asked: Asked | None = None) -> Iterator[Found | None]:
    """What is found for each of the data; None where `crm` must be asked. The mean is right to 1e-9 deviations."""
    for first in range(0, len(data), _TOGETHER):
        yield from _fits(settings, data[first : first + _TOGETHER], asked)


def _fits(settings: Crm, data: Sequence[Data], asked: Asked | None) -> Iterator[Found | None]:
    import numpy as np

    edge = -inf if asked is None else reaches(settings, asked.level, asked.limit)
    reached = abs(edge) < (_WIDTH - 1) * settings.scale
    grid = _grid(settings, edge if reached else 0.0)
    weights = grid.weights(data)
    fine, coarse = grid.moments(weights, 1), grid.moments(weights, 2)
    deviation = np.sqrt(np.maximum(fine[2], _LAST_BIT))
    alike = np.abs(fine[1] - coarse[1]) <= AGREE * deviation
    alike &= np.abs(fine[2] - coarse[2]) <= AGREE * fine[2]
    alike &= np.abs(fine[0] - 2 * coarse[0]) <= AGREE * fine[0]
    alike &= np.maximum(weights[:, 0], weights[:, -1]) <= _CUT * weights.max(axis=1)
    exceeds: list[bool | None] = [None] * len(data)
    if asked is not None and reached:
        below, roughly = grid.below(weights, 1) / fine[0], grid.below(weights, 2) / coarse[0]
        sure = np.abs(below - asked.chance) > np.abs(below - roughly) + _SURE
        exceeds = [bool(one) if known else None for one, known in zip(below > asked.chance, sure, strict=True)]
    means = (grid.shift + fine[1] * settings.scale / _STEPS).tolist()
    for mean, known, one in zip(means, alike.tolist(), exceeds, strict=True):
        yield Found(mean, one) if known else None


@frozen
class _Grid:
    """Nodes about an edge, which is one of them; at each log p and log (1 - p) of every level, and the prior's log."""

    edge: int  # which of the nodes it is
    shift: float  # of all nodes from whole steps
    places: Floats
    squares: Floats
    logs: Floats
    rest: Floats  # 1 - p, by level
    prior: Floats

    def weights(self, data: Sequence[Data]) -> Floats:
        """Prior times likelihood at each node, up to a factor of its own for each of the data."""
        import numpy as np

        heights = np.array([counts(one) for one in data], dtype=np.float64) @ self.logs + self.prior
        weights: Floats = np.exp(heights - heights.max(axis=1)[:, None])
        for patient in range(max(len(one.partial) for one in data)):
            each = [one.partial[patient] if patient < len(one.partial) else (0, 0.0) for one in data]
            level, weight = zip(*each, strict=True)
            part = np.array(weight)[:, None]
            weights *= (1 - part) + part * self.rest[list(level)]
        return weights

    def moments(self, weights: Floats, step: int) -> tuple[Floats, Floats, Floats]:
        """Sum, mean and variance of some weights, of every node or every other; in steps."""
        first = self.edge % step
        part, at, squares = weights[:, first::step], self.places[first::step], self.squares[first::step]
        total = part.sum(axis=1)
        mean = part @ at / total
        return total, mean, part @ squares / total - mean * mean

    def below(self, weights: Floats, step: int) -> Floats:
        """The sum below the edge, by Euler and Maclaurin's formula with derivatives from the nodes about it."""
        middle, first = self.edge, self.edge % step
        one, two, three = (weights[:, middle + n * step] - weights[:, middle - n * step] for n in (1, 2, 3))
        slope = (45 * one - 9 * two + three) / 60
        third = (-13 * one + 8 * two - three) / 8
        fifth = (5 * one - 4 * two + three) / 2
        total: Floats = weights[:, first:middle:step].sum(axis=1) + weights[:, middle] / 2
        return total - slope / 12 + third / 720 - fifth / 30240


@lru_cache(maxsize=64)
def _grid(settings: Crm, edge: float) -> _Grid:
    import numpy as np

    half, step = _WIDTH * _STEPS, settings.scale / _STEPS
    steps = round(edge / step)
    places = np.arange(-half, half + 1, dtype=np.float64)
    shift = edge - steps * step
    nodes = shift + places * step
    both = np.array([logs(settings, node) for node in nodes.tolist()]).T
    prior = -((nodes / settings.scale) ** 2) / 2
    return _Grid(half + steps, shift, places, places * places, both, np.exp(both[1::2]), prior)
