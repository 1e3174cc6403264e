"""TITE-BOIN: BOIN decisions while some patients of the level are still in their DLT window.

Two ways of counting a pending patient. *Imputed* (Yuan, Lin, Li, Nie & Warren 2018, Clinical Cancer Research 24,
4921-4930): to the DLTs seen is added what the pending patients are expected to bring, in proportion to the part of
their windows still to come. *Effective* (Lin & Yuan 2020, Biostatistics 21, 807-824): a pending patient counts as the
part of a patient that was followed.
"""

from enum import Enum
from fractions import Fraction

from attrs import define

from protocol_dsl.escalation.estimates.boin import Boin, at_least_d, compare, eliminated, lambda_d, lambda_e
from protocol_dsl.escalation.estimates.verdict import Verdict, require


@define(frozen=True)
class Level:
    """One level with pending patients; `pending` are among the `treated`, and none of them has had a DLT."""

    treated: int
    dlts: int
    pending: int = 0
    followed: Fraction = Fraction(0)
    """Follow-up of the pending patients, summed, in windows: from 0 to `pending` (STFT in the paper)."""

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.pending <= self.treated - self.dlts:
            raise ValueError("pending patients are among the treated and have had no DLT")
        if not 0 <= self.followed <= self.pending:
            raise ValueError("each pending patient was followed for at most one window")


class Counting(Enum):
    """How a pending patient counts."""

    IMPUTED = "imputed"
    EFFECTIVE = "effective"


HALF = Fraction(1, 2)


def verdict(
    settings: Boin, level: Level, most_pending: Fraction = HALF, counting: Counting = Counting.IMPUTED
) -> Verdict | None:
    """Say what to do at a level with at least one patient; None is to suspend accrual until more is known.

    In this order: eliminate; de-escalate where no follow-up could change it; suspend while more than the part
    `most_pending` is pending; compare the rate, imputed or effective, with the boundaries. It may send up only
    where the DLTs seen among all treated are below the target, and down only where they are not.
    """
    require(level.treated, level.dlts)
    if eliminated(settings, level.treated, level.dlts):
        return Verdict.ELIMINATE
    if at_least_d(settings, level.treated, level.dlts):
        return Verdict.DE_ESCALATE
    if level.pending > most_pending * level.treated:
        return None
    return _by_follow_up(settings, level, counting)


def imputed(settings: Boin, level: Level) -> Fraction:
    """Give the rate of DLTs with those still to be expected (Yuan et al. 2018).

    A pending patient brings the odds of a DLT times the part of the window to come. The odds are those of the
    posterior mean of the patients with a complete window, under a prior worth one patient with mean half the target.
    """
    return (level.dlts + _odds(settings, level) * (level.pending - level.followed)) / level.treated


def effective(level: Level) -> Fraction | None:
    """Give the rate of DLTs per effective patient (Lin & Yuan 2020); None while nobody was followed at all."""
    patients = level.treated - level.pending + level.followed
    return level.dlts / patients if patients else None


def follow_up_needed(settings: Boin, treated: int, dlts: int, pending: int) -> tuple[Fraction, Fraction]:
    """Give the follow-up at which the imputed rate meets `lambda_e`, and `lambda_d`, in windows, for reading.

    At or above the first it is at most `lambda_e`, at or below the second at least `lambda_d`; either may lie outside
    0 to `pending`. The error is below 1e-50.
    """
    odds = _odds(settings, Level(treated, dlts, pending))
    low = Fraction(lambda_e(settings.target, settings.p_saf))
    high = Fraction(lambda_d(settings.target, settings.p_tox))
    return pending - (treated * low - dlts) / odds, pending - (treated * high - dlts) / odds


@define(frozen=True)
class Line:
    """One line of a TITE-BOIN table: the verdicts before any follow-up of the pending patients and with all of it."""

    treated: int
    dlts: int
    pending: int
    at_first: Verdict | None
    at_last: Verdict | None
    turns_at: Fraction | None
    """The follow-up, in windows, that separates the two; None where they are one."""


def line(settings: Boin, treated: int, dlts: int, pending: int, most_pending: Fraction = HALF) -> Line:
    """Give the line of so many patients, by the imputed rate, as the protocol's appendix prints it.

    At `turns_at` itself the rate meets the boundary: the escalation of `at_last` is taken, and so is the de-escalation
    of `at_first`.
    """
    first = verdict(settings, Level(treated, dlts, pending), most_pending)
    last = verdict(settings, Level(treated, dlts, pending, Fraction(pending)), most_pending)
    up, down = follow_up_needed(settings, treated, dlts, pending)
    turns = up if last is Verdict.ESCALATE else down
    return Line(treated, dlts, pending, first, last, None if first is last else turns)


def _by_follow_up(settings: Boin, level: Level, counting: Counting) -> Verdict | None:
    rate = imputed(settings, level) if counting is Counting.IMPUTED else effective(level)
    if rate is None:
        return None
    seen = Fraction(level.dlts, level.treated)
    if seen < settings.target and compare(rate, lambda_e(settings.target, settings.p_saf)) <= 0:
        return Verdict.ESCALATE
    if seen >= settings.target and compare(rate, lambda_d(settings.target, settings.p_tox)) >= 0:
        return Verdict.DE_ESCALATE
    return Verdict.STAY


def _odds(settings: Boin, level: Level) -> Fraction:
    complete = level.treated - level.pending
    mean = (level.dlts + settings.target / 2) / (complete + 1)
    return mean / (1 - mean)
