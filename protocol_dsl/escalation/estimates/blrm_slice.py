"""One slice of the posterior of the two-parameter logistic model: log alpha, at one value of log beta."""

from math import ceil, exp, log1p, sqrt
from operator import mul

from attrs import define

from protocol_dsl.escalation.estimates.blrm_model import Blrm, Data
from protocol_dsl.escalation.estimates.quadrature import antiderivative, legendre, transform

_ORDER = 10  # nodes to a panel
_WIDTH = 1.9  # of a panel, in deviations of a normal curve that bends like the hump
_SHOULDER = 1.6  # the most, where patients were seen: a logistic curve turns over a unit of log alpha or so
_SURE = 1e-6  # of a deviation, to which the top is found
_CUT = 36.0  # what is e^-36 of the top is left out: 2e-16
_LARGE = 36.0  # beyond it log(1 + e^x) is x


@define(frozen=True)
class Slice:
    """The posterior density of log alpha where log beta has one value, in units of its own top."""

    beta: float
    top: float
    """The logarithm of prior times likelihood at the top, up to a constant that all slices share."""
    low: float
    half: float
    """Panels are twice as wide and start at `low`."""
    panels: tuple[tuple[float, ...], ...]
    """The density at the nodes of each panel."""
    sums: tuple[float, ...]
    """The mass left of each panel, and last of all."""
    first: float
    """The first moment."""
    coefficients: dict[int, tuple[float, ...]]
    """A cache: the polynomials of the panels that were asked for."""

    @property
    def mass(self) -> float:
        """The whole mass."""
        return self.sums[-1]


def cut(settings: Blrm, data: Data, score: float) -> Slice:
    """Give the slice where log beta lies so many prior deviations from its mean."""
    hump = _hump(settings, data, score)
    place, top, bend = _top(hump)
    deviation = 1 / sqrt(bend)
    low, high = (place + side * _edge(hump, place, side * deviation, top) for side in (-1, 1))
    width = min(_WIDTH * deviation, _SHOULDER) if hump.given else _WIDTH * deviation
    count = ceil((high - low) / width)
    half = (high - low) / (2 * count)
    rule, panels, sums, first = legendre(_ORDER), [], [0.0], 0.0
    weights = tuple(weight for _, weight in rule)
    for panel in range(count):
        middle = low + (2 * panel + 1) * half
        places = [middle + half * node for node, _ in rule]
        density = tuple(exp(_log_density(hump, alpha) - top) for alpha in places)
        panels.append(density)
        masses = list(map(mul, weights, density))
        sums.append(sums[-1] + half * sum(masses))
        first += half * sum(map(mul, masses, places))
    return Slice(hump.beta, top, low, half, tuple(panels), tuple(sums), first, {})


def height(settings: Blrm, data: Data, score: float) -> float:
    """Give the top of a slice without cutting it."""
    return _top(_hump(settings, data, score))[1]


def upto(piece: Slice, limit: float) -> float:
    """Give the mass of a slice where log alpha is at most a limit."""
    place = (limit - piece.low) / (2 * piece.half)
    if place <= 0:
        return 0.0
    if place >= len(piece.panels):
        return piece.mass
    panel = int(place)
    if panel not in piece.coefficients:
        density = piece.panels[panel]
        piece.coefficients[panel] = tuple(sum(map(mul, row, density)) for row in transform(_ORDER))
    return piece.sums[panel] + piece.half * antiderivative(piece.coefficients[panel], 2 * (place - panel) - 1)


def expectation(piece: Slice, shift: float) -> float:
    """Give the integral of `expit(log alpha + shift)` over a slice."""
    total = 0.0
    for panel, density in enumerate(piece.panels):
        middle = piece.low + (2 * panel + 1) * piece.half + shift
        for (node, weight), value in zip(legendre(_ORDER), density, strict=True):
            total += weight * value * _expit(middle + piece.half * node)
    return total * piece.half


@define(frozen=True)
class _Hump:
    """What a slice is made from: the conditional prior, and the doses given."""

    beta: float
    constant: float
    mean: float
    variance: float
    dlts: int
    given: tuple[tuple[int, float], ...]
    """Patients, and what their dose adds to log alpha."""


def _hump(settings: Blrm, data: Data, score: float) -> _Hump:
    beta = exp(settings.mean[1] + settings.deviation[1] * score)
    seen = tuple(
        (treated, dlts, beta * label)
        for (treated, dlts), label in zip(data.tallies, settings.labels(), strict=True)
        if treated
    )
    return _Hump(
        beta,
        sum(dlts * shift for _, dlts, shift in seen) - score**2 / 2,
        settings.mean[0] + settings.correlation * settings.deviation[0] * score,
        settings.deviation[0] ** 2 * (1 - settings.correlation**2),
        sum(dlts for _, dlts, _ in seen),
        tuple((treated, shift) for treated, _, shift in seen),
    )


def _log_density(hump: _Hump, alpha: float) -> float:
    total = hump.constant + hump.dlts * alpha - (alpha - hump.mean) ** 2 / (2 * hump.variance)
    for treated, shift in hump.given:
        x = alpha + shift
        total -= treated * (x if x > _LARGE else log1p(exp(x)))
    return total


def _top(hump: _Hump) -> tuple[float, float, float]:
    """Give where the density is highest, its logarithm there, and how it bends.

    By Newton's method within a bracket, which is halved where a step does not halve the one before. The logarithm bends
    down at least as much as the prior's, so the top lies no further from the prior's mean than the variance times the
    DLTs one way and times the patients without the other.
    """
    treated = sum(count for count, _ in hump.given)
    low, high = hump.mean - hump.variance * (treated - hump.dlts), hump.mean + hump.variance * hump.dlts
    place, before = hump.mean, high - low
    while True:
        slope, bend = _slope(hump, place)
        low, high = (place, high) if slope > 0 else (low, place)
        following = place + slope / bend
        if not low < following < high or abs(following - place) > before / 2:
            following = (low + high) / 2
        place, before = following, abs(following - place)
        if before * sqrt(bend) < _SURE:
            break
    return place, _log_density(hump, place), _slope(hump, place)[1]


def _slope(hump: _Hump, alpha: float) -> tuple[float, float]:
    """Give the first derivative of the logarithm, and the second with its sign turned."""
    slope, bend = hump.dlts - (alpha - hump.mean) / hump.variance, 1 / hump.variance
    for treated, shift in hump.given:
        rate = _expit(alpha + shift)
        slope -= treated * rate
        bend += treated * rate * (1 - rate)
    return slope, bend


def _edge(hump: _Hump, place: float, deviation: float, top: float) -> float:
    """Give how far from the top the density becomes negligible on the side of a signed deviation."""
    far = abs(deviation) * sqrt(2 * _CUT)
    side = 1 if deviation > 0 else -1
    while _log_density(hump, place + side * far) > top - _CUT:
        far *= 1.2
    return far


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))
