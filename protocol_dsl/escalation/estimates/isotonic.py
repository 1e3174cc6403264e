"""Isotonic estimates: rates that do not fall with the dose, and the MTD that follows from them, in exact fractions.

Liu & Yuan (2015), with the conventions of Yan et al. (2020), Journal of Statistical Software 94(13): each
level's rate is `(y + 0.05) / (n + 0.1)`, weighted by the reciprocal of the variance of Beta(y + 0.05, n - y + 0.05),
and neighbours that fall are pooled (Barlow 1972).
"""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from protocol_dsl.escalation.estimates.boin import compare

Tally = tuple[int, int]
"""Patients treated at a level, and how many of them had a DLT."""


EACH = Fraction(1, 20)
"""What the package adds to the DLTs of a level, and as much to the patients without one."""


def pool(values: tuple[Fraction, ...], weights: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Give the nearest values, in weighted squares, that never fall: the pool-adjacent-violators algorithm, exactly."""
    blocks: list[tuple[Fraction, Fraction, int]] = []
    for value, weight in zip(values, weights, strict=True):
        mean, mass, count = value, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, heavy, many = blocks.pop()
            mean = (before * heavy + mean * mass) / (heavy + mass)
            mass, count = mass + heavy, count + many
        blocks.append((mean, mass, count))
    return tuple(mean for mean, _, count in blocks for _ in range(count))


def estimates(tallies: tuple[Tally, ...], each: Fraction = EACH) -> tuple[Fraction, ...]:
    """Give the isotonic estimates of the DLT rates of levels in rising order, each with at least one patient."""
    values, weights = zip(*(_weighed(n, y, each) for n, y in tallies), strict=True) if tallies else ((), ())
    return pool(values, weights)


@lru_cache(maxsize=1 << 14)
def _weighed(n: int, y: int, each: Fraction) -> tuple[Fraction, Fraction]:
    """The rate of a level, and its weight."""
    return (y + each) / (n + 2 * each), (n + 2 * each) ** 2 * (n + 2 * each + 1) / ((y + each) * (n - y + each))


@lru_cache(maxsize=1 << 16)
def mtd(tallies: tuple[Tally, ...], target: Fraction, below: Decimal | None = None) -> int | None:
    """Give the index of the level to recommend: the one whose isotonic estimate is closest to the target.

    `tallies` are those of the levels that may be recommended, lowest first; a level without patients is passed over. Of
    levels equally close the lower one wins if their estimates are above the target or lie on both sides of it or on it,
    and the higher one if they are below. With `below` the estimate must lie under it: the option `boundMTD` of the
    package BOIN, which passes `lambda_d`. None where no level qualifies.
    """
    given = tuple(index for index, (treated, _) in enumerate(tallies) if treated)
    rates = estimates(tuple(tallies[index] for index in given))
    best = min(
        (
            (abs(rate - target), -index if rate < target else index, index)
            for index, rate in zip(given, rates, strict=True)
            if below is None or compare(rate, below) < 0
        ),
        default=None,
    )
    return None if best is None else best[2]
