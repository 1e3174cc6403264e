"""CRM: the one-parameter model of toxicity, fitted by quadrature with a stated error, or by likelihood.

O'Quigley, Pepe & Fisher (1990), Biometrics 46, 33-48; O'Quigley & Shen (1996), Biometrics 52, 673-684 for the
likelihood; Cheung & Chappell (2000), Biometrics 56, 1177-1182 for patients whose window is open. The conventions are
those of Cheung (2011), Dose Finding by the Continual Reassessment Method: the parameter `a` has a normal prior with
mean 0, the fitted rate of a level is the model's at the posterior mean of `a`, and rates fall as `a` rises.

The trapezoid rule on the whole line converges geometrically for such integrands, so the step is halved until two steps
agree to `AGREE`; the finer one is then right to about the square of that. The logarithms at the nodes are kept from fit
to fit, which leaves a fit a hundred short sums.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import exp, log, pi, sqrt
from operator import mul
from statistics import NormalDist

from attrs import define

from protocol_dsl.escalation.estimates.crm_model import (
    Crm,
    Data,
    Model,
    closest,
    counts,
    log_likelihood,
    logs,
    open_windows,
    rates,
    reaches,
)
from protocol_dsl.escalation.estimates.quadrature import legendre

AGREE = 1e-9
_SLACK = 1e-6  # many times the error of mean and variance
"""To how much of a posterior standard deviation the last two rules agree, where `Fit.error` does not say otherwise."""

_ORDER = 12  # nodes to a panel, where only a part of the posterior is wanted
_TURN = 0.8  # a panel is no wider: the likelihood may turn within a unit of `a`, however wide the prior
_FINEST = 1024  # nodes to a prior standard deviation, in the finest rule
_COARSE = 512  # finest steps between the nodes that are looked at first
_EVERYWHERE = range(-12 * _FINEST, 12 * _FINEST + 1, _COARSE)  # within 12 prior standard deviations
_FURTHEST = 300.0  # the exponential of no parameter beyond is a number
_HALF_LOG_2PI = log(2 * pi) / 2
_CUT = 40.0  # what is e^-40 of the highest is left out: 4e-18


Heights = Callable[[range], list[float]]
"""From nodes to the logarithm of prior times likelihood at each."""


@define(frozen=True)
class Fit:
    """The posterior of `a`."""

    mean: float
    variance: float
    error: float
    """By how much the last two rules differ in the mean; the error itself is about its square."""
    low: float
    """Below this the posterior has no more than 1e-16 of its mass, as above `high`."""
    high: float
    log_mass: float
    """The logarithm of the prior predictive density of the data, binomial coefficients left out."""


@lru_cache(maxsize=1 << 16)
def fit(settings: Crm, data: Data) -> Fit:
    """Give the posterior of the parameter given the data, with as many tallies as the skeleton has levels."""
    return _until(settings, data, lambda fitted: fitted.error <= AGREE * sqrt(fitted.variance))


@lru_cache(maxsize=1 << 16)
def choose(settings: Crm, data: Data, target: float) -> int:
    """Give the level, from 0, whose rate at the posterior mean is closest to the target.

    The rule is refined only until its error no longer matters to the choice, so this takes less time than `fit`. A tie
    that the finest rule cannot tell goes either way.
    """

    def is_settled(fitted: Fit) -> bool:
        ends = (max(fitted.mean - fitted.error, fitted.low), min(fitted.mean + fitted.error, fitted.high))
        return len({closest(rates(settings, end), target).level for end in ends}) == 1

    return closest(rates(settings, _until(settings, data, is_settled).mean), target).level


def _until(settings: Crm, data: Data, enough: Callable[[Fit], bool]) -> Fit:
    """Refine until it is enough, or no finer rule is left."""
    refined = _refined(settings, data)
    fitted = next(refined)
    while not enough(fitted):
        finer = next(refined, None)
        if finer is None:
            break
        fitted = finer
    return fitted


def _refined(settings: Crm, data: Data) -> Iterator[Fit]:
    """Fit with a step halved again and again."""
    if len(data.tallies) != len(settings.skeleton):
        raise ValueError("as many tallies as levels")
    at, unit = _heights(settings, data), settings.scale / _FINEST
    one_hump = settings.model is Model.EMPIRIC and not data.partial
    indices, heights = _spread(at, range(1) if one_hump else _EVERYWHERE, int(_FURTHEST / unit))
    peak = max(heights)
    low, high = _part(indices, heights, peak, (indices[0], indices[-1]))
    sums, step = _add((0.0, 0.0, 0.0), indices, heights, peak), _COARSE
    while step > 1:
        step //= 2
        indices = range(low + step, high, 2 * step)
        heights = at(indices)
        top = max(peak, *heights)
        before, peak = _scaled(sums, peak - top), top
        sums = _add(before, indices, heights, peak)
        low, high = _part(indices, heights, peak, (low, high))
        mass, first_moment, second_moment = sums
        centre = first_moment / mass
        variance = max(second_moment / mass - centre**2, 0.0) * unit**2
        log_mass = peak + log(mass * step / _FINEST) - _HALF_LOG_2PI
        # Where the rule sees but one node, the deviation it finds is nothing and says nothing.
        error = _difference(before, sums) * max(sqrt(variance), step * unit)
        yield Fit(centre * unit, variance, error, low * unit, high * unit, log_mass)


def _spread(at: Heights, start: range, furthest: int) -> tuple[range, list[float]]:
    """Look for the posterior from some nodes outwards, to where it is negligible and falls.

    From the prior mean alone where there is but one hump: with complete windows and the empiric model, whose likelihood
    is log-concave in `a`, as the prior is.
    """
    heights = at(start)
    low = _outwards(at, heights[0], max(heights), range(start[0], -furthest, -_COARSE))
    peak = max(heights + low)
    high = _outwards(at, heights[-1], peak, range(start[-1], furthest, _COARSE))
    first, last = start[0] - _COARSE * len(low), start[-1] + _COARSE * len(high)
    return range(first, last + 1, _COARSE), [*reversed(low), *heights, *high]


def _outwards(at: Heights, here: float, peak: float, path: range) -> list[float]:
    """Give the heights at the nodes after the first of a path, until they are negligible and fall."""
    heights, before = [here], here
    for index in path[1:]:
        if heights[-1] <= peak - _CUT and heights[-1] <= before:
            break
        before = heights[-1]
        heights += at(range(index, index + 1))
        peak = max(peak, heights[-1])
    return heights[1:]


def limits(settings: Crm, fitted: Fit, confidence: float = 0.95) -> tuple[tuple[float, float], ...]:
    """Give lower and upper limits of each level's rate: the model's at the mean of `a` and so many deviations away."""
    away = NormalDist().inv_cdf((1 + confidence) / 2) * sqrt(fitted.variance)
    return tuple(zip(rates(settings, fitted.mean + away), rates(settings, fitted.mean - away), strict=True))


def credible(settings: Crm, data: Data, confidence: float = 0.95) -> tuple[tuple[float, float], ...]:
    """Give the limits between which each level's rate lies with a posterior probability, as much under as over.

    Unlike `limits` they take the posterior as it is, not as a normal one. The error is below 1e-6.
    """
    fitted, outside = fit(settings, data), (1 - confidence) / 2
    low, high = (_quantile(settings, data, fitted, part) for part in (outside, 1 - outside))
    return tuple(zip(rates(settings, high), rates(settings, low), strict=True))


@lru_cache(maxsize=1 << 12)
def mean_rates(settings: Crm, data: Data) -> tuple[float, ...]:
    """Give the posterior mean of each level's rate, which is not the rate at the posterior mean; within 1e-7."""
    fitted = fit(settings, data)
    sums = [0.0] * len(settings.skeleton)
    for a, weight in _weighted(settings, data, fitted.low, fitted.high):
        sums = [total + weight * rate for total, rate in zip(sums, rates(settings, a), strict=True)]
    return tuple(sums)


def exceeds(settings: Crm, data: Data, level: int, limit: float) -> float:
    """Give the posterior probability that the rate of a level is above a limit in (0, 1); the error is below 1e-7."""
    return _below(settings, data, fit(settings, data), reaches(settings, level, limit))


def surely_exceeds(settings: Crm, data: Data, level: int, limit: float, chance: float) -> bool:
    """Tell whether the posterior probability that the rate of a level is above a limit is more than a chance.

    As `exceeds` has it, but mostly from mean and variance alone: no more than `v / (v + d^2)` of a distribution with
    variance v lies `d` or more to one side of its mean (Cantelli 1928).
    """
    fitted, edge = fit(settings, data), reaches(settings, level, limit)
    away = abs(edge - fitted.mean) - _SLACK * sqrt(fitted.variance)
    beyond = 1.0 if away <= 0 else (1 + _SLACK) * fitted.variance / (fitted.variance + away**2)
    if edge < fitted.mean and beyond <= chance:
        return False
    if edge > fitted.mean and 1 - beyond > chance:
        return True
    return _below(settings, data, fitted, edge) > chance


def _below(settings: Crm, data: Data, fitted: Fit, edge: float) -> float:
    """Give the posterior probability that the parameter is below an edge."""
    if edge <= fitted.low or edge >= fitted.high:
        return float(edge >= fitted.high)
    if edge <= fitted.mean:
        return sum(weight for _, weight in _weighted(settings, data, fitted.low, edge))
    return 1 - sum(weight for _, weight in _weighted(settings, data, edge, fitted.high))


def _quantile(settings: Crm, data: Data, fitted: Fit, part: float) -> float:
    low, high = fitted.low, fitted.high
    while high - low > 1e-9 * sqrt(fitted.variance):
        middle = (low + high) / 2
        if _below(settings, data, fitted, middle) < part:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@lru_cache(maxsize=256)
def _nodes(settings: Crm) -> dict[int, tuple[float, ...]]:
    """Give what is kept at the nodes, the logarithms and that of the prior: a cache, filled as fits ask for them."""
    return {index: _node(settings, index) for index in _EVERYWHERE}


def _node(settings: Crm, index: int) -> tuple[float, ...]:
    score = index / _FINEST
    return (*logs(settings, settings.scale * score), -score * score / 2)


def _heights(settings: Crm, data: Data) -> Heights:
    nodes, numbers = _nodes(settings), (*map(float, counts(data)), 1.0)

    def heights(indices: range) -> list[float]:
        for index in indices:
            if index not in nodes:
                nodes[index] = _node(settings, index)
        if not data.partial:
            return [sum(map(mul, numbers, nodes[index])) for index in indices]
        return [sum(map(mul, numbers, nodes[index])) + open_windows(data, nodes[index]) for index in indices]

    return heights


def _part(indices: range, heights: list[float], peak: float, within: tuple[int, int]) -> tuple[int, int]:
    """Give the nodes between which all that counts lies: next to the outermost that are not negligible."""
    seen = [index for index, height in zip(indices, heights, strict=True) if height > peak - _CUT]
    if not seen:
        return within
    return max(seen[0] - indices.step, within[0]), min(seen[-1] + indices.step, within[1])


Sums = tuple[float, float, float]
"""Mass, first and second moment, in finest steps."""


def _add(sums: Sums, indices: range, heights: list[float], peak: float) -> Sums:
    weights = [exp(height - peak) for height in heights]
    firsts = list(map(mul, weights, indices))
    return sums[0] + sum(weights), sums[1] + sum(firsts), sums[2] + sum(map(mul, firsts, indices))


def _scaled(sums: Sums, logarithm: float) -> Sums:
    """Give sums in units of a higher peak."""
    factor = exp(logarithm)
    return factor * sums[0], factor * sums[1], factor * sums[2]


def _difference(coarse: Sums, fine: Sums) -> float:
    """Give the larger difference of means, and of mass and mean square in proportion, in standard deviations."""
    mean_before, mean = coarse[1] / coarse[0], fine[1] / fine[0]
    deviation = sqrt(max(fine[2] / fine[0] - mean**2, 1.0))
    square = abs(coarse[2] / coarse[0] - fine[2] / fine[0]) / deviation**2
    return max(abs(mean_before - mean) / deviation, square, abs(1 - 2 * coarse[0] / fine[0]))


def _weighted(settings: Crm, data: Data, low: float, high: float) -> Iterator[tuple[float, float]]:
    """Give parameters between two ends with their posterior mass, by Gauss-Legendre rules on narrow panels."""
    fitted, likelihood = fit(settings, data), log_likelihood(settings, data)
    count = int((high - low) / min(sqrt(fitted.variance), _TURN)) + 1
    half = (high - low) / (2 * count)
    scale = fitted.log_mass + _HALF_LOG_2PI - log(half / settings.scale)
    for panel in range(count):
        middle = low + (2 * panel + 1) * half
        for place, weight in legendre(_ORDER):
            a = middle + half * place
            yield a, weight * exp(likelihood(a) - (a / settings.scale) ** 2 / 2 - scale)
