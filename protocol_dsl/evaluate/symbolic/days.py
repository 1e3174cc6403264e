"""Days and lengths of time: how far one lies from another, in which window, how many years have been completed."""

from __future__ import annotations

from datetime import MAXYEAR, date
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import z3

from protocol_dsl.base.studytime import Rounding, completed_months, completed_years, shift
from protocol_dsl.evaluate.symbolic.terms import (
    ANYTHING,
    DAY,
    FALSE,
    FAR,
    MOST_YEARS,
    TRUE,
    Moved,
    Option,
    Said,
    both,
    by_steps,
    certain,
    last_with,
    of_all,
)
from protocol_dsl.evaluate.symbolic.unknowns import Unencodable
from protocol_dsl.model.condition import CompletedTime, Distance, Expression, Shifted, Side, Sign, Within
from protocol_dsl.model.record import Attested

if TYPE_CHECKING:
    from protocol_dsl.evaluate.symbolic.encode import Encoder

_PERIODS = {"years": (completed_years, 12), "months": (completed_months, 1)}


def distance(node: Distance, by: Encoder) -> Said:
    """How far a day lies from another, of all that either may be."""
    others = [(z3.And(a.when, n.when), a.value, n.value) for a in by.value(node.anchor) for n in by.value(node.length)]

    def said(day: Any, _: Any) -> Said:  # noqa: ANN401
        return of_all([(when, _far(node, day, anchor, length, by)) for when, anchor, length in others])

    return by.each(said, node.day)


def within(node: Within, by: Encoder) -> Said:
    """Whether a day lies in a window, both of whose ends belong to it."""
    edges = [(Option(TRUE, None),) if edge is None else by.value(edge) for edge in (node.window.start, node.window.end)]
    windows = [(z3.And(a.when, b.when), a.value, b.value) for a in edges[0] for b in edges[1]]

    def inside(day: Any, first: Any, last: Any) -> Said:  # noqa: ANN401
        return both(
            [
                Said(TRUE, FALSE) if edge is None else by.compare(sign, day, edge)
                for sign, edge in ((Sign.AT_LEAST, first), (Sign.AT_MOST, last))
            ]
        )

    return by.each(lambda day, _: of_all([(when, inside(day, a, b)) for when, a, b in windows]), node.day)


def _far(node: Distance, day: Any, anchor: Any, length: Any, by: Encoder) -> Said:  # noqa: ANN401 - what values may be
    sign, side = node.sign, node.side
    if anchor is ANYTHING or isinstance(anchor, Attested) or length is ANYTHING:
        return Said(FALSE, FALSE)
    if day is Attested.NEVER:
        return certain(sign in FAR)
    if day is Attested.ONGOING and side is Side.BEFORE:
        return certain(sign not in FAR)
    if day is ANYTHING or isinstance(day, Attested):
        return Said(FALSE, FALSE)
    start, end = (day, anchor) if side is Side.BEFORE else (anchor, day)
    gap = z3.ToReal(z3.IntVal(0) + by.term(end) - by.term(start)) * DAY
    return by.compare(sign, gap, length)


def completed(period: str, start: Any, end: Any, by: Encoder) -> Any:  # noqa: ANN401
    """Completed years or months to a fixed day: a step at each birthday."""
    if start is ANYTHING or isinstance(start, Attested):
        return ANYTHING
    if isinstance(start, Moved):
        raise Unencodable("completed time from a day moved by calendar months")
    if not isinstance(end, date):
        raise Unencodable("completed time to a day that moves")
    reckon, months = _PERIODS[period]
    if isinstance(start, date):
        return Fraction(reckon(start, end))
    first = shift(end, months=-12 * MOST_YEARS, rounding=Rounding.UP)  # who is reckoned with was born, and lives
    by.unknowns.holds.append(z3.And(start >= first.toordinal(), start <= by.as_of.toordinal()))
    least, most = (reckon(day, end) for day in (by.as_of, first))
    steps = [last_with(reckon, end, -number * months, number) for number in range(least + 1, most + 1)]
    return least + z3.Sum([z3.If(start <= step.toordinal(), z3.RealVal(1), z3.RealVal(0)) for step in steps])


def completed_against(sign: Sign, left: CompletedTime, number: Fraction, by: Encoder) -> Said:
    """Whether so many years or months are completed: whether the day on which they begin is early enough."""
    reckon, months = _PERIODS[left.period]

    def enough(start: Any, end: Any, many: int) -> Any:  # noqa: ANN401
        if isinstance(start, date):
            return z3.BoolVal(reckon(start, end) >= many)
        if many * months > (end.year - 1) * 12:
            return FALSE
        if many * months < (end.year - MAXYEAR) * 12:
            return TRUE
        return start <= last_with(reckon, end, -many * months, many).toordinal()

    def said(start: Any, end: Any) -> Said:  # noqa: ANN401
        if any(one is ANYTHING or isinstance(one, Attested) for one in (start, end)):
            return Said(FALSE, FALSE)
        if not isinstance(end, date) or isinstance(start, Moved):
            raise Unencodable("completed time to a day that moves")
        least, more = enough(start, end, ceil(number)), enough(start, end, floor(number) + 1)
        return by_steps(sign, least, more)

    return by.each(said, left.start, left.end)


def shifted(node: Shifted, by: Encoder) -> tuple[Option, ...]:
    """A day moved by calendar months, or by a length of time in whole days."""
    return _by_months(node, by) if node.length is None else _by_days(node, node.length, by)


def _by_months(node: Shifted, by: Encoder) -> tuple[Option, ...]:
    def by_months(day: date) -> date:
        return shift(day, months=months, rounding=node.rounding)

    months = -node.months if node.backwards else node.months
    found = []
    for one in by.value(node.day):
        if isinstance(one.value, date):
            found.append(Option(one.when, by_months(one.value)))
        elif one.value is ANYTHING or isinstance(one.value, Attested):
            found.append(Option(one.when, ANYTHING))
        elif isinstance(one.value, Moved):
            raise Unencodable("a day moved by calendar months twice")
        else:
            found.append(Option(one.when, Moved(one.value, by_months)))
    return tuple(found)


def _by_days(node: Shifted, length: Expression, by: Encoder) -> tuple[Option, ...]:
    sign = -1 if node.backwards else 1

    def moved(day: Any, length: Any) -> Any:  # noqa: ANN401
        if day is ANYTHING or length is ANYTHING or isinstance(day, Attested):
            return ANYTHING
        if not isinstance(length, Fraction):
            raise Unencodable("a length of time that is worked out")
        return by.term(day) + sign * int(length // DAY)

    return by.pairs(moved, node.day, length)
