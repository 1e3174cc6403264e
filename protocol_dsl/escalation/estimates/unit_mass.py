"""mTPI and mTPI-2 (Keyboard): move to where the posterior of the level's DLT rate is densest, in exact fractions.

mTPI: Ji, Liu, Li & Bekele (2010), Clinical Trials 7, 653-663. mTPI-2: Guo, Wang, Yang, Lynn & Ji (2017), Contemporary
Clinical Trials 58, 23-33. Keyboard: Yan, Mandrekar & Yuan (2017), Clinical Cancer Research 23, 3994-4003; its strongest
key is mTPI-2's densest interval. The prior is Beta(1, 1), so every mass is a fraction and every comparison exact.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from attrs import define

from protocol_dsl.escalation.estimates import beta
from protocol_dsl.escalation.estimates.verdict import Table, Verdict, require, tabulate, too_toxic

_STEP = Fraction(1, 20)


@define(frozen=True)
class UnitMass:
    """The settings of both designs; rates and probabilities are fractions, `from_treated` counts patients."""

    target: Fraction
    below: Fraction = _STEP
    """How far under the target a rate is still as good as the target."""
    above: Fraction = _STEP
    """How far over the target a rate is still as good as the target."""
    cutoff: Fraction = Fraction(19, 20)
    """A level is eliminated when P(rate > target) is above it."""
    from_treated: int = 3
    """Patients treated at a level before it may be eliminated."""

    def __attrs_post_init__(self) -> None:
        if not (0 < self.target - self.below < self.target + self.above < 1 and self.below + self.above > 0):
            raise ValueError("0 < target - below < target + above < 1 does not hold")


def mtpi(settings: UnitMass, treated: int, dlts: int) -> Verdict:
    """Say what to do by mTPI: the verdict of the densest of three intervals; the most toxic one where they tie."""
    edges = (Fraction(0), settings.target - settings.below, settings.target + settings.above, Fraction(1))
    return _verdict(settings, edges, treated, dlts)


def mtpi2(settings: UnitMass, treated: int, dlts: int) -> Verdict:
    """Say what to do by mTPI-2 or Keyboard: that of the densest key; the most toxic one where they tie."""
    return _verdict(settings, keys(settings), treated, dlts)


@lru_cache(maxsize=64)
def mtpi_table(settings: UnitMass, upto: int) -> Table:
    """Give the verdicts of mTPI for all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: mtpi(settings, treated, dlts), upto)


@lru_cache(maxsize=64)
def mtpi2_table(settings: UnitMass, upto: int) -> Table:
    """Give the verdicts of mTPI-2 for all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: mtpi2(settings, treated, dlts), upto)


@lru_cache(maxsize=64)
def keys(settings: UnitMass) -> tuple[Fraction, ...]:
    """Give the edges of the keys, rising from 0 to 1: the target's key and others as wide, cut short at either end."""
    low, high = settings.target - settings.below, settings.target + settings.above
    width = high - low
    left = [low]
    while left[0] > 0:
        left.insert(0, max(left[0] - width, Fraction(0)))
    right = [high]
    while right[-1] < 1:
        right.append(min(right[-1] + width, Fraction(1)))
    return (*left, *right)


def densities(edges: tuple[Fraction, ...], treated: int, dlts: int) -> tuple[Fraction, ...]:
    """Give the unit probability mass of each interval between the edges: its posterior probability by its width."""
    a, b = 1 + dlts, 1 + treated - dlts
    return tuple(beta.mass(low, high, a, b) / (high - low) for low, high in pairwise(edges))


def _verdict(settings: UnitMass, edges: tuple[Fraction, ...], treated: int, dlts: int) -> Verdict:
    require(treated, dlts)
    if treated >= settings.from_treated and too_toxic(treated, dlts, settings.target, settings.cutoff):
        return Verdict.ELIMINATE
    position = max((mass, position) for position, mass in enumerate(densities(edges, treated, dlts)))[1]
    home = edges.index(settings.target - settings.below)
    if position < home:
        return Verdict.ESCALATE
    return Verdict.STAY if position == home else Verdict.DE_ESCALATE
