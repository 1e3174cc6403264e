"""Skeletons of CRM from an indifference interval, and the interval that a skeleton has.

Lee & Cheung (2009), Clinical Trials 6, 227-238: the guesses are laid so that each level is chosen in the end if its
neighbours' rates are further than `halfwidth` from the target; Cheung & Chappell (2002), Biometrics 58, 671-674 for
what a given skeleton does.
"""

from itertools import pairwise
from math import exp, inf, log

from attrs import define

from protocol_dsl.escalation.estimates.crm_model import Crm, Model, expit, rates, reaches


@define(frozen=True)
class Goal:
    """What a skeleton is made for; rates lie in (0, 1), levels count from 1."""

    target: float
    halfwidth: float
    """How far from the target a rate may lie that cannot be told from it in the end."""
    prior_mtd: int
    """The level that is guessed at the target."""


def skeleton(goal: Goal, levels: int, model: Model = Model.EMPIRIC, intercept: float = 3.0) -> tuple[float, ...]:
    """Give guesses of the rates of so many levels; the model must reach the target and the halfwidth."""
    lowest, highest = goal.target - goal.halfwidth, goal.target + goal.halfwidth
    if not (1 <= goal.prior_mtd <= levels and 0 < lowest < highest < 1):
        raise ValueError("the target lies on a level, and its interval between 0 and 1")
    low, high = (_label(rate, model, intercept) for rate in (lowest, highest))
    if high >= 0:
        raise ValueError("the model never goes as high as the target and the halfwidth")
    here, ratio = _label(goal.target, model, intercept), low / high
    return tuple(_rate(here * ratio ** (goal.prior_mtd - number), model, intercept) for number in range(1, levels + 1))


@define(frozen=True)
class Indifference:
    """Where a level is the one to choose in the end."""

    low: float
    """The parameter at which it and the level below are equally close to the target; minus infinity at the bottom."""
    high: float
    """Likewise with the level above; infinity at the top."""
    rate_below: float | None
    """The rate of the level below at `low`: the lowest that would not be taken for the target; None at the bottom."""
    rate_above: float | None
    """The rate of the level above at `high`; None at the top."""


def indifference(settings: Crm, target: float) -> tuple[Indifference, ...]:
    """Give the interval of the parameter, and of the neighbours' rates, in which each level is chosen; within 1e-10."""
    if reaches(settings, 0, target) == -inf:
        raise ValueError("the model never goes as high as the target")
    edges = (-inf, *(_crossing(settings, level, target) for level in range(len(settings.skeleton) - 1)), inf)
    return tuple(
        Indifference(
            low,
            high,
            None if low == -inf else rates(settings, low)[level - 1],
            None if high == inf else rates(settings, high)[level + 1],
        )
        for level, (low, high) in enumerate(pairwise(edges))
    )


def _crossing(settings: Crm, level: int, target: float) -> float:
    """Give the parameter at which a level and the next are equally far from the target, by halving."""
    left, right = reaches(settings, level, target), reaches(settings, level + 1, target)
    while right - left > 1e-12:  # noqa: PLR2004
        middle = (left + right) / 2
        lower, upper = rates(settings, middle)[level : level + 2]
        if lower + upper > 2 * target:
            left = middle
        else:
            right = middle
    return (left + right) / 2


def _label(rate: float, model: Model, intercept: float) -> float:
    """Give the number that `exp(a)` multiplies at a level with this rate: below 0 wherever the model can reach."""
    return log(rate) if model is Model.EMPIRIC else log(rate / (1 - rate)) - intercept


def _rate(label: float, model: Model, intercept: float) -> float:
    return exp(label) if model is Model.EMPIRIC else expit(intercept + label)
