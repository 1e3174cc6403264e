"""The one-parameter models of CRM: how the rates of all levels hang on one number, and what was seen."""

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from itertools import chain, pairwise
from math import exp, expm1, inf, log, log1p, sqrt
from operator import mul

from attrs import define, evolve

_HALF = 0.5  # below it `log1p` loses nothing, and above it the rest is summed
_WIDEST = 25.0  # 12 of these deviations have an exponential still


class Model(Enum):
    """How the rate of a level hangs on the parameter: `p^exp(a)`, or `expit(intercept + exp(a) x)`."""

    EMPIRIC = "empiric"
    LOGISTIC = "logistic"


@define(frozen=True, cache_hash=True)
class Crm:
    """A model with its skeleton: prior guesses of the DLT rates, rising strictly, lowest level first."""

    skeleton: tuple[float, ...]
    model: Model = Model.EMPIRIC
    scale: float = sqrt(1.34)
    """The prior standard deviation of `a`; O'Quigley & Shen's 1.34 is its square."""
    intercept: float = 3.0
    """Of the logistic model only; a skeleton under it stays below `expit(intercept)`, 0.95 unless changed."""

    def __attrs_post_init__(self) -> None:
        rates = (0.0, *self.skeleton, 1.0 if self.model is Model.EMPIRIC else expit(self.intercept))
        if not self.skeleton or any(one >= other for one, other in pairwise(rates)):
            raise ValueError("a skeleton rises strictly between 0 and what the model can reach")
        if not 0 < self.scale <= _WIDEST:
            raise ValueError("the prior standard deviation is positive and at most 25")


@define(frozen=True, cache_hash=True)
class Data:
    """What was seen: per level patients with complete windows and DLTs among them; and who is in the window still.

    `partial` holds a level (from 0) and a weight from 0 to 1 for each patient without a DLT whose window is open; a
    patient with a DLT counts in full.
    """

    tallies: tuple[tuple[int, int], ...]
    partial: tuple[tuple[int, float], ...] = ()

    def __attrs_post_init__(self) -> None:
        if any(not 0 <= dlts <= treated for treated, dlts in self.tallies):
            raise ValueError("more DLTs than patients")
        if any(not (0 <= level < len(self.tallies) and 0 <= weight <= 1) for level, weight in self.partial):
            raise ValueError("a patient in the window has a level and a weight from 0 to 1")


def rates(settings: Crm, a: float) -> tuple[float, ...]:
    """Give the model's DLT rate of each level at a parameter; at the posterior mean these are the plug-in estimates."""
    factor = exp(a)
    if settings.model is Model.EMPIRIC:
        return tuple(exp(factor * label) for label in _labels(settings))
    return tuple(expit(settings.intercept + factor * label) for label in _labels(settings))


def reaches(settings: Crm, level: int, rate: float) -> float:
    """Give the parameter at which a level has a rate; minus infinity where the model never goes so high."""
    guess = settings.skeleton[level]
    if settings.model is Model.EMPIRIC:
        return log(log(rate) / log(guess))
    above = log(rate / (1 - rate)) - settings.intercept
    return log(above / dose(settings, guess)) if above < 0 else -inf


@define(frozen=True)
class Choice:
    """A level, from 0, and by how much the next best is further from the target: below the error it is a toss-up."""

    level: int
    margin: float


def closest(fitted: tuple[float, ...], target: float) -> Choice:
    """Give the level whose rate is closest to the target: the lower one on ties, the top one if all rates are equal.

    Rates rise with the level, so where all are at most the target it is the top level and where all are at least the
    target the lowest.
    """
    if fitted[-1] <= target:
        return Choice(len(fitted) - 1, fitted[-1] - fitted[-2] if len(fitted) > 1 else inf)
    distances = [abs(rate - target) for rate in fitted]
    level = distances.index(min(distances))
    others = distances[:level] + distances[level + 1 :]
    return Choice(level, min(others) - distances[level] if others else inf)


def counts(data: Data) -> tuple[int, ...]:
    """Give DLTs and patients without one of each level in turn, of those with complete windows."""
    return tuple(chain.from_iterable((dlts, treated - dlts) for treated, dlts in data.tallies))


def open_windows(data: Data, at: tuple[float, ...]) -> float:
    """Give what the patients in the window add to the log-likelihood, from the logarithms of `logs`."""
    return sum(_still_open(weight, at[2 * level], at[2 * level + 1]) for level, weight in data.partial)


def _still_open(weight: float, of_rate: float, of_rest: float) -> float:
    """Give log (1 - weight p) from log p and log (1 - p); p, and 1 - p, may be too close to 1 to be told from it."""
    if weight == 1:
        return of_rest
    part = weight * exp(of_rate)
    return log1p(-part) if part < _HALF else log((1 - weight) + weight * exp(of_rest))


def given(settings: Crm, data: Data) -> tuple[Crm, Data]:
    """Leave out the levels without patients, which say nothing of the parameter; the lowest stays if all are."""
    waiting = {level for level, _ in data.partial}
    levels = [level for level, (treated, _) in enumerate(data.tallies) if treated or level in waiting] or [0]
    part = evolve(settings, skeleton=tuple(settings.skeleton[level] for level in levels))
    partial = tuple((levels.index(level), weight) for level, weight in data.partial)
    return part, Data(tuple(data.tallies[level] for level in levels), partial)


def log_likelihood(settings: Crm, data: Data) -> Callable[[float], float]:
    """Give the logarithm of the likelihood as a function of the parameter, binomial coefficients left out."""
    part, seen = given(settings, data)
    numbers = counts(seen)

    def value(a: float) -> float:
        at = logs(part, a)
        total: float = sum(map(mul, numbers, at)) + open_windows(seen, at)
        return total

    return value


def dose(settings: Crm, guess: float) -> float:
    """Give the dose label of the logistic model: where a level with this guess lies, below 0."""
    return log(guess / (1 - guess)) - settings.intercept


def logs(settings: Crm, a: float) -> tuple[float, ...]:
    """Give log p and log (1 - p) of each level in turn."""
    both: list[float] = []
    factor = exp(a)
    if settings.model is Model.EMPIRIC:
        for label in _labels(settings):
            power = factor * label
            both += (power, log(-expm1(power)))
        return tuple(both)
    for label in _labels(settings):
        score = settings.intercept + factor * label
        both += (-_softplus(-score), -_softplus(score))
    return tuple(both)


@lru_cache(maxsize=256)
def _labels(settings: Crm) -> tuple[float, ...]:
    """Give the number that `exp(a)` multiplies at each level."""
    if settings.model is Model.EMPIRIC:
        return tuple(log(guess) for guess in settings.skeleton)
    return tuple(dose(settings, guess) for guess in settings.skeleton)


def expit(x: float) -> float:
    """Give 1 / (1 + exp(-x)), without overflow."""
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def _softplus(x: float) -> float:
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))
