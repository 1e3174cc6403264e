"""Window out of time: one that no days of the moments allow that keep their order and bounds."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Final

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.model.condition import (
    Compare,
    Constant,
    Distance,
    Expression,
    MomentOf,
    Series,
    Shifted,
    Side,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk

_DAY: Final = 86400
_FAR: Final = 10**6
"""More days than lie between any two moments: no bound."""


@frozen
class _Day:
    """A day so many days after a moment; before it where the number is negative."""

    moment: str
    after: Fraction = Fraction(0)


@frozen
class _Apart:
    """The most days that may lie from one moment to another, for each pair; the shortest ways through all bounds."""

    most: Mapping[tuple[str, str], Fraction]

    def least_and_most(self, start: _Day, end: _Day) -> tuple[Fraction, Fraction]:
        """The fewest and the most days from one day to another."""
        between = end.after - start.after
        return between - self.most[end.moment, start.moment], between + self.most[start.moment, end.moment]


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such window or distance."""
    apart = _bounds(protocol)
    for clause in (*protocol.criteria, *(one for gate in protocol.gates for one in gate.clauses)):
        for node in walk((clause.guard, clause.condition)):
            for why in _impossible(node, clause, apart):
                message = f"{why} in {clause.id}, as the moments are bounded"
                cure = "correct the window, or the bounds below `moments`"
                yield Diagnostic("PD378", Severity.WARNING, message, Label(_place(node, clause)), help=cure)


def _place(node: Node, clause: Clause) -> Span:
    return node.span if node.span.text else clause.span


def _bounds(protocol: Protocol) -> _Apart:
    names = tuple(protocol.moments)
    most = {pair: Fraction(0 if pair[0] == pair[1] else _FAR) for pair in product(names, names)}
    for one in protocol.moments.values():
        if one.after is not None and one.after in protocol.moments:
            if one.at_most_days is not None:
                most[one.after, one.name] = Fraction(one.at_most_days)
            most[one.name, one.after] = -Fraction(one.at_least_days or 0)
    for middle, start, end in product(names, names, names):
        most[start, end] = min(most[start, end], most[start, middle] + most[middle, end])
    return _Apart(most)


def _impossible(node: Node, clause: Clause, apart: _Apart) -> Iterator[str]:
    """What cannot be, in words."""
    match node:
        case Distance() if not _is_far_enough(node, apart):
            yield "this distance is never met"
        case Compare(sign=sign, left=left, right=right) if not _can(
            sign, (_day(right), _day(left)), Fraction(0), apart
        ):
            yield "this order is never met"
        case Within(window=window) | Series(window=Window() as window) if _is_empty(window, apart):
            yield "this window ends before it begins"
        case Within(day=day, window=window) if not _inside(_day(day), window, apart):
            yield "this day is never in the window"
        case Series(item=item, window=Window() as window) if _is_later(window, clause.moment, apart):
            yield f"readings of {item} are looked for after {clause.moment}, when they are asked for,"
        case _:
            return


def _is_far_enough(node: Distance, apart: _Apart) -> bool:
    if not isinstance(node.length, Constant) or not isinstance(node.length.value, Fraction):
        return True
    days = (_day(node.day), _day(node.anchor))
    return _can(node.sign, days if node.side is Side.BEFORE else days[::-1], node.length.value / _DAY, apart)


def _can(sign: Sign, days: tuple[_Day | None, _Day | None], limit: Fraction, apart: _Apart) -> bool:
    """Whether the days from one to the other can be as many as is asked; of days that are no moments, they can."""
    if days[0] is None or days[1] is None:
        return True
    least, most = apart.least_and_most(days[0], days[1])
    return {
        Sign.AT_LEAST: most >= limit,
        Sign.MORE_THAN: most > limit,
        Sign.AT_MOST: least <= limit,
        Sign.LESS_THAN: least < limit,
        Sign.IS: least <= limit <= most,
        Sign.IS_NOT: least != limit or most != limit,
    }[sign]


def _is_empty(window: Window, apart: _Apart) -> bool:
    start, end = _day(window.start), _day(window.end)
    return not _can(Sign.AT_LEAST, (start, end), Fraction(0), apart)


def _inside(day: _Day | None, window: Window, apart: _Apart) -> bool:
    after = _can(Sign.AT_LEAST, (_day(window.start), day), Fraction(0), apart)
    return after and _can(Sign.AT_LEAST, (day, _day(window.end)), Fraction(0), apart)


def _is_later(window: Window, moment: str | None, apart: _Apart) -> bool:
    return moment is not None and not _can(Sign.AT_LEAST, (_day(window.start), _Day(moment)), Fraction(0), apart)


def _day(node: Expression | None) -> _Day | None:
    """A moment, or a day counted in days from one."""
    match node:
        case MomentOf(name=name):
            return _Day(name)
        case Shifted(day=day, length=Constant(value=Fraction() as length), months=0, backwards=backwards):
            inner = _day(day)
            moved = -length / _DAY if backwards else length / _DAY
            return None if inner is None else _Day(inner.moment, inner.after + moved)
        case _:
            return None
