"""Verdict: what the tally of one level alone says of the next dose; and tables of verdicts."""

from collections.abc import Callable
from enum import Enum
from fractions import Fraction

from protocol_dsl.escalation.estimates import beta


class Verdict(Enum):
    """What to do after `dlts` of `treated` at a level; the values are the letters of published tables."""

    ESCALATE = "E"
    STAY = "S"
    DE_ESCALATE = "D"
    ELIMINATE = "U"
    """De-escalate, and give this level and those above it no more."""


Table = tuple[tuple[Verdict, ...], ...]
"""Verdicts by patients treated, from 1 on, and DLTs, from 0 on: `table[treated - 1][dlts]`."""


def tabulate(rule: Callable[[int, int], Verdict], upto: int) -> Table:
    """Work out the verdict of `rule(treated, dlts)` for every tally of at most `upto` patients."""
    return tuple(tuple(rule(treated, dlts) for dlts in range(treated + 1)) for treated in range(1, upto + 1))


def require(treated: int, dlts: int) -> None:
    """Refuse tallies that say nothing: nobody treated, or more DLTs than patients."""
    if not 0 <= dlts <= treated or treated == 0:
        raise ValueError(f"{dlts} of {treated} is no tally of a level that was given")


def too_toxic(treated: int, dlts: int, target: Fraction, cutoff: Fraction) -> bool:
    """Say whether P(rate > target) is above the cutoff under a uniform prior, compared exactly."""
    return beta.tail(target, 1 + dlts, 1 + treated - dlts) > cutoff
