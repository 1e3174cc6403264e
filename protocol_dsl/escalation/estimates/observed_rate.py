"""i3+3, G3 and CCD: moves that hang on the observed rate alone, compared with fractions, exactly.

i3+3: Liu, Wang & Ji (2020), Journal of Biopharmaceutical Statistics 30, 294-304. CCD, the cumulative cohort design:
Ivanova, Flournoy & Chung (2007), Journal of Statistical Planning and Inference 137, 2316-2327. G3 is the variant of
i3+3 that has its own interval for three patients.
"""

from fractions import Fraction
from functools import lru_cache

from attrs import define

from protocol_dsl.escalation.estimates.verdict import Table, Verdict, require, tabulate, too_toxic


@define(frozen=True)
class Interval:
    """The settings of all three; rates and probabilities are fractions, `from_treated` counts patients."""

    target: Fraction
    low: Fraction
    """The lowest rate that is as good as the target."""
    high: Fraction
    """The highest rate that is as good as the target."""
    cutoff: Fraction = Fraction(19, 20)
    """A level is eliminated when P(rate > target) is above it, under a uniform prior."""
    from_treated: int = 3
    """Patients treated at a level before it may be eliminated."""

    def __attrs_post_init__(self) -> None:
        if not 0 < self.low <= self.target <= self.high < 1:
            raise ValueError("0 < low <= target <= high < 1 does not hold")


def around(target: Fraction, below: Fraction = Fraction(1, 20), above: Fraction = Fraction(1, 20)) -> Interval:
    """Give the interval that reaches so far under and over the target."""
    return Interval(target, target - below, target + above)


def i3plus3(settings: Interval, treated: int, dlts: int) -> Verdict:
    """Say what to do by i3+3.

    Above the interval it de-escalates, unless one DLT fewer would be below it: then so few were treated that the
    interval falls between two counts, and it stays.
    """
    if _is_out(settings, treated, dlts):
        return Verdict.ELIMINATE
    by_rate = _by_rate(settings, Fraction(dlts, treated))
    if by_rate is Verdict.DE_ESCALATE and Fraction(dlts - 1, treated) < settings.low:
        return Verdict.STAY
    return by_rate


def g3(settings: Interval, treated: int, dlts: int, high_for_three: Fraction | None = None) -> Verdict:
    """Say what to do by G3: escalate below the interval, de-escalate above; `high_for_three` widens it for three."""
    if _is_out(settings, treated, dlts):
        return Verdict.ELIMINATE
    rate = Fraction(dlts, treated)
    if treated == 3 and high_for_three is not None and settings.low <= rate <= high_for_three:  # noqa: PLR2004
        return Verdict.STAY
    return _by_rate(settings, rate)


def ccd(settings: Interval, treated: int, dlts: int) -> Verdict:
    """Say what to do by CCD: the ends of the interval move, what lies strictly between stays; nothing is eliminated."""
    require(treated, dlts)
    rate = Fraction(dlts, treated)
    if rate <= settings.low:
        return Verdict.ESCALATE
    return Verdict.DE_ESCALATE if rate >= settings.high else Verdict.STAY


_DELTAS = (
    (Fraction(1, 4), Fraction(9, 100)),
    (Fraction(7, 20), Fraction(1, 10)),
    (Fraction(2, 5), Fraction(3, 25)),
)


def ccd_delta(target: Fraction) -> Fraction | None:
    """Give the half-width that Ivanova et al. (2007) recommend: 0.09 up to 0.25, 0.10 up to 0.35, 0.12 up to 0.40.

    None beyond, where the design has to say its own.
    """
    return next((delta for most, delta in _DELTAS if target <= most), None)


@lru_cache(maxsize=64)
def i3plus3_table(settings: Interval, upto: int) -> Table:
    """Give the verdicts of i3+3 for all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: i3plus3(settings, treated, dlts), upto)


@lru_cache(maxsize=64)
def g3_table(settings: Interval, upto: int, high_for_three: Fraction | None = None) -> Table:
    """Give the verdicts of G3 for all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: g3(settings, treated, dlts, high_for_three), upto)


@lru_cache(maxsize=64)
def ccd_table(settings: Interval, upto: int) -> Table:
    """Give the verdicts of CCD for all tallies of up to so many patients."""
    return tabulate(lambda treated, dlts: ccd(settings, treated, dlts), upto)


def _by_rate(settings: Interval, rate: Fraction) -> Verdict:
    if rate < settings.low:
        return Verdict.ESCALATE
    return Verdict.STAY if rate <= settings.high else Verdict.DE_ESCALATE


def _is_out(settings: Interval, treated: int, dlts: int) -> bool:
    require(treated, dlts)
    return treated >= settings.from_treated and too_toxic(treated, dlts, settings.target, settings.cutoff)
