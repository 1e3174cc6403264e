"""So many readings in a row, where days, values or places in the series need not be certain."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from protocol_dsl.base.truth import Truth, conjoin
from protocol_dsl.evaluate.possible import Option, as_range, compare, seconds_between
from protocol_dsl.model.condition import Sign

_DAY = 86400


@frozen
class Link:
    """One reading: its day, whether it counts at all, and whether it satisfies the condition."""

    day: Option
    counts: Truth
    holds: Truth

    @property
    def first(self) -> date:
        """The first day it may be of."""
        low = as_range(self.day).low
        return low if isinstance(low, date) else date.min

    @property
    def last(self) -> date:
        """The last day it may be of."""
        high = as_range(self.day).high
        return high if isinstance(high, date) else date.max


def some_run(links: list[Link], count: int, apart_days: Fraction) -> Truth:
    """Whether some `count` readings in a row hold, each at least so many days after the one before it.

    Readings of one day may have been taken in any order.
    """
    ordered = sorted(links, key=lambda link: (link.first, link.last))
    if _certain(ordered, count, apart_days):
        return Truth.TRUE
    possible = [link for link in ordered if conjoin((link.counts, link.holds)) is not Truth.FALSE]
    starts = ([link] for link in possible)
    return Truth.UNKNOWN if any(_extends(run, possible, ordered, count, apart_days) for run in starts) else Truth.FALSE


def _certain(ordered: list[Link], count: int, apart_days: Fraction) -> bool:
    """Whether some stretch holds throughout, with enough readings in it, and nothing else can come between them."""
    for start in range(len(ordered)):
        for end in range(start + count, len(ordered) + 1):
            stretch = ordered[start:end]
            if _holds_throughout(stretch, count, apart_days) and not _interrupted(stretch, ordered):
                return True
    return False


def _holds_throughout(stretch: list[Link], count: int, apart_days: Fraction) -> bool:
    if any(link.holds is not Truth.TRUE for link in stretch):
        return False
    sure = sum(link.counts is Truth.TRUE for link in stretch)
    if not apart_days:
        return sure >= count
    in_order = all(a.last < b.first and _far_enough(a, b, apart_days) is Truth.TRUE for a, b in pairwise(stretch))
    return sure == count == len(stretch) and in_order


def _interrupted(stretch: list[Link], ordered: list[Link]) -> bool:
    first, last = min(link.first for link in stretch), max(link.last for link in stretch)
    inside = {id(link) for link in stretch}
    return any(id(link) not in inside and link.last >= first and link.first <= last for link in ordered)


def _extends(run: list[Link], possible: list[Link], ordered: list[Link], count: int, apart_days: Fraction) -> bool:
    """Whether a run may go on to be long enough."""
    if len(run) == count:
        return True
    here = run[-1]
    return any(
        _extends([*run, link], possible, ordered, count, apart_days)
        for link in possible
        if all(link is not one for one in run) and _may_follow(here, link, ordered, apart_days)
    )


def _may_follow(here: Link, link: Link, ordered: list[Link], apart_days: Fraction) -> bool:
    """Whether a reading may be the very next: none that surely counts lies between for certain."""
    if link.last < here.first or _far_enough(here, link, apart_days) is Truth.FALSE:
        return False
    return not any(one.counts is Truth.TRUE and one.first > here.last and one.last < link.first for one in ordered)


def _far_enough(here: Link, link: Link, apart_days: Fraction) -> Truth:
    return compare(Sign.AT_LEAST, seconds_between(here.day, link.day), apart_days * _DAY)
