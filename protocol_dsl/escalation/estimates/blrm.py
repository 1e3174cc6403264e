"""BLRM: the two-parameter logistic model with overdose control, by quadrature with a stated error.

Neuenschwander, Branson & Gsponer (2008), Statistics in Medicine 27, 2420-2439; overdose control after Babb, Rogatko &
Zacks (1998), Statistics in Medicine 17, 1103-1120. At a dose d the rate is `expit(log alpha + beta log(d / reference))`
and (log alpha, log beta) has a bivariate normal prior.

For each log beta the posterior of log alpha has one hump; it is laid on panels with Gauss-Legendre nodes, whose
polynomials are integrated up to any limit, so the probability of an interval needs no indicator on a grid. Across log
beta the step of the trapezoid rule is halved until two steps agree to `AGREE`; as the rule converges geometrically, the
finer one is then right to about the square of that.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from math import exp, inf, log

from attrs import define

from protocol_dsl.escalation.estimates.blrm_model import Blrm, Data
from protocol_dsl.escalation.estimates.blrm_slice import Slice, cut, expectation, height, upto

AGREE = 1e-4
"""To how much the last two rules agree in every probability and mean, unless `error` shows that they do not."""

_PANELS = 1e-7  # what the polynomials on the panels may be wrong by
_SQUARE = 10  # the finer rule is wrong by so many squares of the difference, seen to be at most 8
_FINEST = 512  # slices to a prior standard deviation of log beta, in the finest rule
_COARSE = 256  # finest steps between the slices looked at first
_REACH = 9 * _FINEST
_CUT = 36.0  # what is e^-36 of the highest is left out: 2e-16


@define(frozen=True)
class Posterior:
    """What the data say of each dose; `shares[level]` are the probabilities between the cuts, rising from rate 0."""

    shares: tuple[tuple[float, ...], ...]
    log_alpha: float
    """The posterior mean."""
    log_beta: float
    """The posterior mean."""
    error: float
    """What the probabilities and means may be wrong by, judged from the last two rules: 2e-7 or less as a rule."""


@lru_cache(maxsize=1 << 14)
def fit(settings: Blrm, data: Data, cuts: tuple[float, ...]) -> Posterior:
    """Give the probabilities that each dose's rate lies below, between and above the cuts, which rise in (0, 1)."""
    limits = tuple(log(rate / (1 - rate)) for rate in cuts)

    def values(piece: Slice) -> tuple[float, ...]:
        below = (upto(piece, limit - piece.beta * label) for label in settings.labels() for limit in limits)
        return (piece.mass, piece.first, piece.mass * log(piece.beta), *below)

    (mass, alpha, beta, *below), error = _integrate(settings, data, values)
    shares = []
    for level in range(len(settings.doses)):
        edges = (0.0, *(value / mass for value in below[level * len(cuts) : (level + 1) * len(cuts)]), 1.0)
        shares.append(tuple(high - low for low, high in pairwise(edges)))
    return Posterior(tuple(shares), alpha / mass, beta / mass, error)


@lru_cache(maxsize=1 << 12)
def mean_rates(settings: Blrm, data: Data) -> tuple[float, ...]:
    """Give the posterior mean of each dose's rate; the error is below 2e-7."""

    def values(piece: Slice) -> tuple[float, ...]:
        return (piece.mass, *(expectation(piece, piece.beta * label) for label in settings.labels()))

    (mass, *means), _ = _integrate(settings, data, values)
    return tuple(mean / mass for mean in means)


@define(frozen=True)
class Choice:
    """A level, from 0, and by how much the nearest comparison was decided: below the error it is a toss-up."""

    level: int | None
    """None where every dose is too likely an overdose."""
    margin: float


def likeliest(posterior: Posterior, overdose: float = 0.25) -> Choice:
    """Give the dose likeliest to be in the target interval, of those whose overdose is less likely than the limit.

    The shares are of three intervals: under, target and overdose. The lower dose wins a tie.
    """
    allowed, margin = _allowed(posterior, overdose)
    if not allowed:
        return Choice(None, margin)
    ranked = sorted(allowed, key=lambda level: (-posterior.shares[level][1], level))
    first, *rest = (posterior.shares[level][1] for level in ranked)
    return Choice(ranked[0], min(margin, first - rest[0] if rest else inf))


def highest(posterior: Posterior, overdose: float = 0.25) -> Choice:
    """Give the highest dose whose overdose, the last of the shares, is less likely than the limit (EWOC)."""
    allowed, margin = _allowed(posterior, overdose)
    return Choice(max(allowed, default=None), margin)


def _allowed(posterior: Posterior, overdose: float) -> tuple[list[int], float]:
    over = [shares[-1] for shares in posterior.shares]
    return [level for level, share in enumerate(over) if share < overdose], min(abs(share - overdose) for share in over)


def _integrate(
    settings: Blrm, data: Data, values: Callable[[Slice], tuple[float, ...]]
) -> tuple[tuple[float, ...], float]:
    """Sum what slices are worth over all log beta; the first value is the mass, and the error is in its units."""
    low, high, peak = _range(settings, data)
    sums: tuple[float, ...] = ()
    step, indices, difference = _COARSE, range(low, high + 1, _COARSE), inf
    while difference > AGREE:
        before = sums
        for index in indices:
            piece = cut(settings, data, index / _FINEST)
            weight = exp(piece.top - peak)
            added = [weight * value for value in values(piece)]
            sums = tuple(map(sum, zip(sums, added, strict=True))) if sums else tuple(added)
        if before:
            pairs = zip(before, sums, strict=True)
            difference = max(abs(one / before[0] - other / sums[0]) for one, other in pairs)
            difference = max(difference, abs(1 - 2 * before[0] / sums[0]))
        if step == 1:
            break
        step //= 2
        indices = range(low + step, high, 2 * step)
    return sums, _SQUARE * difference**2 + _PANELS


def _range(settings: Blrm, data: Data) -> tuple[int, int, float]:
    """Give the slices between which all that counts lies, and the height of the highest looked at."""
    heights = {index: height(settings, data, index / _FINEST) for index in range(-_REACH, _REACH + 1, _COARSE)}
    peak = max(heights.values())
    seen = [index for index, top in heights.items() if top > peak - _CUT]
    return max(seen[0] - _COARSE, -_REACH), min(seen[-1] + _COARSE, _REACH), peak
