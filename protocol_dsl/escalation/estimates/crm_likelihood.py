"""CRM without a prior: the parameter under which the data are likeliest.

O'Quigley & Shen (1996), Biometrics 52, 673-684. There is none before there is a DLT and a patient without.
"""

from collections.abc import Callable
from itertools import pairwise
from math import exp, expm1, log

from protocol_dsl.escalation.estimates.crm_model import Crm, Data, Model, dose, expit, log_likelihood

_STEP = 0.25
_WITHIN = 1e-11


def likeliest(settings: Crm, data: Data, reach: float = 10.0) -> float | None:
    """Give the parameter under which the data are likeliest, within 1e-10; the prior plays no part.

    None where there is none: with no DLT, with nothing but DLTs, or where it lies further out than `reach`.
    """
    treated, dlts = (sum(column) for column in zip(*data.tallies, strict=True))
    if not 0 < dlts < treated + len(data.partial):
        return None
    slope = _slope(settings, data)
    places = [-reach + _STEP * k for k in range(round(2 * reach / _STEP) + 1)]
    slopes = [(place, slope(place)) for place in places]
    tops = [_root(slope, left, right) for (left, one), (right, other) in pairwise(slopes) if one >= 0 > other]
    likelihood = log_likelihood(settings, data)
    best = max(tops, key=likelihood, default=None)
    return best if best is not None and likelihood(best) >= max(map(likelihood, (-reach, reach))) else None


def information(settings: Crm, data: Data, a: float) -> float:
    """Give the observed information at a parameter, to a relative 1e-6; its reciprocal is the variance of `likeliest`.

    The package dfcrm prints another number for that variance, which may be negative.
    """
    slope, step = _slope(settings, data), 1e-4
    return (slope(a - step) - slope(a + step)) / (2 * step)


def _root(slope: Callable[[float], float], left: float, right: float) -> float:
    """Give where a slope turns from up to down, by halving."""
    while right - left > _WITHIN:
        middle = (left + right) / 2
        if slope(middle) >= 0:
            left = middle
        else:
            right = middle
    return (left + right) / 2


def _slope(settings: Crm, data: Data) -> Callable[[float], float]:
    """Give the derivative of the log-likelihood."""
    parts = _empiric if settings.model is Model.EMPIRIC else _logistic

    def slope(a: float) -> float:
        total = 0.0
        for guess, (treated, dlts) in zip(settings.skeleton, data.tallies, strict=True):
            if treated:
                with_dlt, without = parts(settings, guess, a, 1.0)
                total += dlts * with_dlt + (treated - dlts) * without
        return total + sum(parts(settings, settings.skeleton[level], a, weight)[1] for level, weight in data.partial)

    return slope


def _empiric(_: Crm, guess: float, a: float, weight: float) -> tuple[float, float]:
    """Give the derivatives of log p and log (1 - weight p), with p = guess^exp(a)."""
    power = exp(a) * log(guess)
    rate = exp(power)
    rest = -expm1(power) if weight == 1 else 1 - weight * rate
    return power, -weight * rate * power / rest


def _logistic(settings: Crm, guess: float, a: float, weight: float) -> tuple[float, float]:
    """Give the derivatives of log p and log (1 - weight p), with p = expit(intercept + exp(a) x)."""
    change = exp(a) * dose(settings, guess)
    rate = expit(settings.intercept + change)
    rest = 1.0 if weight == 1 else (1 - rate) / (1 - weight * rate)
    return (1 - rate) * change, -weight * rate * rest * change
