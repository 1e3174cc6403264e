"""TPI: the toxicity probability intervals, as wide as the posterior standard deviation makes them.

Ji, Li & Bekele (2007), Clinical Trials 4, 235-244. The prior is Beta(0.005, 0.005), so the probabilities are decimals;
each is right to 40 digits, which decides every comparison that is not a tie by symmetry.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from attrs import define

from protocol_dsl.escalation.estimates import beta
from protocol_dsl.escalation.estimates.verdict import Table, Verdict, require, tabulate, too_toxic

_DIGITS = 40
_CLOSE = Fraction(1, 10**30)


@define(frozen=True)
class Tpi:
    """The settings of a TPI design; `above` and `below` count posterior standard deviations (K1, K2 of the paper)."""

    target: Fraction
    above: Fraction = Fraction(1)
    below: Fraction = Fraction(3, 2)
    prior: Fraction = Fraction(1, 200)
    """Both parameters of the beta prior."""
    cutoff: Fraction | None = Fraction(19, 20)
    """A level is eliminated when P(rate > target) is above it, under a uniform prior; None eliminates nothing."""
    from_treated: int = 3
    """Patients treated at a level before it may be eliminated."""


def probabilities(settings: Tpi, treated: int, dlts: int) -> tuple[Decimal, Decimal, Decimal]:
    """Give the posterior probabilities of a rate below, about and above the target; the error is below 1e-38."""
    a, b = settings.prior + dlts, settings.prior + treated - dlts
    with localcontext() as context:
        context.prec = _DIGITS + 10
        variance = a * b / ((a + b) ** 2 * (a + b + 1))
        deviation = (Decimal(variance.numerator) / variance.denominator).sqrt()
        target = Decimal(settings.target.numerator) / settings.target.denominator
        low = target - deviation * settings.below.numerator / settings.below.denominator
        high = target + deviation * settings.above.numerator / settings.above.denominator
        under, upto = beta.share(low, a, b, _DIGITS), beta.share(high, a, b, _DIGITS)
        return under, upto - under, 1 - upto


def tpi(settings: Tpi, treated: int, dlts: int) -> Verdict:
    """Say what to do by TPI: the verdict of the likeliest interval; the most toxic one where they tie."""
    require(treated, dlts)
    enough = treated >= settings.from_treated
    if enough and settings.cutoff is not None and too_toxic(treated, dlts, settings.target, settings.cutoff):
        return Verdict.ELIMINATE
    under, about, over = map(Fraction, probabilities(settings, treated, dlts))
    if over >= max(under, about) - _CLOSE:
        return Verdict.DE_ESCALATE
    return Verdict.STAY if about >= under - _CLOSE else Verdict.ESCALATE


@lru_cache(maxsize=64)
def table(settings: Tpi, upto: int) -> Table:
    """Give the verdicts of TPI for all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: tpi(settings, treated, dlts), upto)
