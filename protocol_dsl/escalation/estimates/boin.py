"""BOIN: the interval boundaries that make wrong moves least likely, and the integers that follow from them.

Liu & Yuan (2015), Journal of the Royal Statistical Society C 64, 507-523. Moves compare the observed rate `y/n` with
`lambda_e` and `lambda_d`, which are quotients of logarithms. No logarithm is taken to decide: `y/n <= lambda_e` says
that the data are at least as likely under `p_saf` as under the target, `p_saf^y (1-p_saf)^(n-y) >= target^y
(1-target)^(n-y)`, and both sides are fractions; likewise `lambda_d` and `p_tox`. So ties are ties.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from attrs import Factory, define

from protocol_dsl.escalation.estimates.verdict import Table, Verdict, require, tabulate, too_toxic

DIGITS = 60
_CLOSE = Decimal(10) ** -50  # what agrees so far is equal: its digits could differ only by rounding


@define(frozen=True)
class Boin:
    """The settings of a BOIN design; rates and probabilities are fractions, `from_treated` counts patients."""

    target: Fraction
    p_saf: Fraction = Factory(lambda self: self.target * Fraction(3, 5), takes_self=True)
    """The highest rate at which the level is too low; 0.6 of the target unless given."""
    p_tox: Fraction = Factory(lambda self: self.target * Fraction(7, 5), takes_self=True)
    """The lowest rate at which the level is too toxic; 1.4 of the target unless given."""
    cutoff: Fraction = Fraction(19, 20)
    """A level is eliminated when P(rate > target) is above it."""
    offset: Fraction = Fraction(1, 20)
    """By how much the stricter stopping rule of the lowest level lowers the cutoff."""
    from_treated: int = 3
    """Patients treated at a level before it may be eliminated."""

    def __attrs_post_init__(self) -> None:
        if not 0 < self.p_saf < self.target < self.p_tox < 1:
            raise ValueError("0 < p_saf < target < p_tox < 1 does not hold")
        if not 0 < self.offset < self.cutoff < 1:
            raise ValueError("0 < offset < cutoff < 1 does not hold")


@define(frozen=True)
class Boundary:
    """The integers of one line of a BOIN table, in numbers of DLTs among `treated`; None where no number does."""

    treated: int
    escalate_at_most: int | None
    de_escalate_at_least: int | None
    """Never above `eliminate_at_least`, for who eliminates also de-escalates."""
    eliminate_at_least: int | None
    stop_at_least: int | None
    """The stricter rule for the lowest level: from so many on the trial stops, if the design is extra safe."""


def lambda_e(target: Fraction, p_saf: Fraction, digits: int = DIGITS) -> Decimal:
    """Give the escalation boundary, for reading; the error is below 10 to the minus `digits`."""
    return _crossing(p_saf, target, digits)


def lambda_d(target: Fraction, p_tox: Fraction, digits: int = DIGITS) -> Decimal:
    """Give the de-escalation boundary, for reading, as `lambda_e`."""
    return _crossing(target, p_tox, digits)


def verdict(settings: Boin, treated: int, dlts: int) -> Verdict:
    """Say what to do after `dlts` of `treated` at a level; exact."""
    require(treated, dlts)
    if eliminated(settings, treated, dlts):
        return Verdict.ELIMINATE
    if at_most_e(settings, treated, dlts):
        return Verdict.ESCALATE
    return Verdict.DE_ESCALATE if at_least_d(settings, treated, dlts) else Verdict.STAY


@lru_cache(maxsize=64)
def table(settings: Boin, upto: int) -> Table:
    """Give the verdicts of all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: verdict(settings, treated, dlts), upto)


@lru_cache(maxsize=64)
def boundaries(settings: Boin, upto: int) -> tuple[Boundary, ...]:
    """Give the boundary table from 1 to `upto` patients, as the protocol's appendix prints it."""
    return tuple(boundary(settings, treated) for treated in range(1, upto + 1))


def boundary(settings: Boin, treated: int) -> Boundary:
    """Give the boundaries for so many patients, at least one."""
    counts = range(treated + 1)
    lowest = max((y for y in counts if at_most_e(settings, treated, y)), default=None)
    highest = min((y for y in counts if at_least_d(settings, treated, y)), default=None)
    out = min((y for y in counts if eliminated(settings, treated, y)), default=None)
    stop = min((y for y in counts if stops_at_lowest(settings, treated, y)), default=None)
    if out is not None:
        highest = out if highest is None else min(highest, out)
        lowest = None if lowest is None else min(lowest, out - 1)
    return Boundary(treated, lowest, highest, out, stop)


def at_most_e(settings: Boin, treated: int, dlts: int) -> bool:
    """Say whether the observed rate is at most `lambda_e`, exactly."""
    return _likelihood(settings.p_saf, treated, dlts) >= _likelihood(settings.target, treated, dlts)


def at_least_d(settings: Boin, treated: int, dlts: int) -> bool:
    """Say whether the observed rate is at least `lambda_d`, exactly."""
    return _likelihood(settings.p_tox, treated, dlts) >= _likelihood(settings.target, treated, dlts)


def eliminated(settings: Boin, treated: int, dlts: int) -> bool:
    """Say whether the level is overly toxic: P(rate > target) above the cutoff, from `from_treated` on, after a DLT."""
    enough = treated >= settings.from_treated and dlts > 0
    return enough and too_toxic(treated, dlts, settings.target, settings.cutoff)


def stops_at_lowest(settings: Boin, treated: int, dlts: int) -> bool:
    """Say whether the extra-safe rule stops the trial at the lowest level (cutoff less the offset)."""
    enough = treated >= settings.from_treated and dlts > 0
    return enough and too_toxic(treated, dlts, settings.target, settings.cutoff - settings.offset)


def compare(rate: Fraction, limit: Decimal) -> int:
    """Say whether a rate lies below (-1), at (0) or above (1) a limit of `DIGITS` digits.

    A limit that agrees with the rate to 50 digits is taken as equal: rates of trials have far smaller denominators, and
    the boundaries are rational only where the settings make them so, as 1/2 between 0.3 and 0.7.
    """
    with localcontext() as context:
        context.prec = DIGITS
        distance = Decimal(rate.numerator) / Decimal(rate.denominator) - limit
    if abs(distance) < _CLOSE:
        return 0
    return 1 if distance > 0 else -1


def _likelihood(rate: Fraction, treated: int, dlts: int) -> Fraction:
    return rate**dlts * (1 - rate) ** (treated - dlts)


@lru_cache(maxsize=256)
def _crossing(low: Fraction, high: Fraction, digits: int) -> Decimal:
    """Give the rate at which data are as likely under the one as under the other."""
    with localcontext() as context:
        context.prec = digits + 10
        ratio = _log((1 - low) / (1 - high)) / _log(high * (1 - low) / (low * (1 - high)))
        context.prec = digits
        return +ratio


def _log(number: Fraction) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).ln()
