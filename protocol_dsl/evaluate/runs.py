"""So many readings in a row, where days, values or places in the series need not be certain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from protocol_dsl.base.truth import Truth, agree, conjoin
from protocol_dsl.evaluate.possible import ANYTHING, Option, as_range, compare, seconds_between
from protocol_dsl.model.condition import Sign, Sustained
from protocol_dsl.model.record import Range

_DAY = 86400
Ends = tuple[tuple[Option | None, ...], tuple[Option | None, ...]]
"""What the first and the last day of a window may be; None is no end on that side."""


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


# --- for so long --------------------------------------------------------------------------------------------------


def lasting_run(links: list[Link], begins: Ends, asked: Sustained) -> Truth:
    """Whether some run of readings that hold lasts so many days, and begins in the window.

    It lasts for certain from its first reading to its last: between two readings that hold, one next to the other,
    nothing else is taken to have been. It may have lasted from just after the reading before that does not hold to just
    before the next one, and where there is no next one, on and on.
    """
    ordered = sorted(links, key=lambda link: (link.first, link.last))
    if any(_long_enough(stretch, ordered, begins, asked) for stretch in _stretches(ordered)):
        return Truth.TRUE
    against = [link.first for link in ordered if _certainly_not(link)]
    possible = [link for link in ordered if conjoin((link.counts, link.holds)) is not Truth.FALSE]
    return Truth.UNKNOWN if any(_may_last(link, against, begins, asked) for link in possible) else Truth.FALSE


def _certainly_not(link: Link) -> bool:
    return link.counts is Truth.TRUE and link.holds is Truth.FALSE and link.first == link.last


def _stretches(ordered: list[Link]) -> Iterator[list[Link]]:
    """The longest stretches in which every reading certainly counts and holds on a certain day."""
    stretch: list[Link] = []
    for link in ordered:
        if link.counts is Truth.TRUE and link.holds is Truth.TRUE and link.first == link.last:
            stretch.append(link)
            continue
        yield stretch
        stretch = []
    yield stretch


def _long_enough(stretch: list[Link], ordered: list[Link], begins: Ends, asked: Sustained) -> bool:
    """Whether a stretch surely lasts; what may be of the days at its ends shortens it."""
    inside = {id(link) for link in stretch}
    others = [link for link in ordered if id(link) not in inside]
    sure = [link for link in stretch if not any(one.first <= link.first <= one.last for one in others)]
    if not sure or _begun_in(sure[0].first, begins) is not Truth.TRUE:
        return False
    days = (sure[-1].first - sure[0].first).days + (1 if asked.both_days else 0)
    return compare(asked.sign, Fraction(days), asked.days) is Truth.TRUE


def _may_last(link: Link, against: list[date], begins: Ends, asked: Sustained) -> bool:
    """Whether a run that a reading may belong to may last so long."""
    if _begun_in(link.first, begins) is Truth.FALSE and _begun_in(link.last, begins) is Truth.FALSE:
        return False
    before = max((day for day in against if day < link.first), default=None)
    after = min((day for day in against if day > link.last), default=None)
    start = _first_of(begins) if before is None else before
    if after is None or start is None:
        return True
    days = (after - start).days - (1 if asked.both_days and before is not None else 0)
    most = Range(Fraction(0), Fraction(days), high_open=not asked.both_days)
    return compare(asked.sign, most, asked.days) is not Truth.FALSE


def _begun_in(day: date, begins: Ends) -> Truth:
    starts, ends = begins
    return conjoin(
        (
            agree(Truth.TRUE if start is None else compare(Sign.AT_LEAST, day, start) for start in starts),
            agree(Truth.TRUE if end is None else compare(Sign.AT_MOST, day, end) for end in ends),
        )
    )


def _first_of(begins: Ends) -> date | None:
    """The first day on which a run may begin; None where there is no such day."""
    lows = [as_range(start).low for start in begins[0] if start is not None and start is not ANYTHING]
    days = [low for low in lows if isinstance(low, date)]
    return min(days) if days and len(days) == len(begins[0]) else None
