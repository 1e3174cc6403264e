"""The bands of a grading as functions of exact numbers, for many rows; the interpreter is the definition.

What is not exact, or not certain, is left to the interpreter: there is an answer here only where a band applies and
every band before it does not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from protocol_dsl.model.condition import (
    Arithmetic,
    Both,
    Compare,
    Condition,
    Constant,
    Either,
    Expression,
    Fetch,
    Known,
    Member,
    Not,
    Operator,
    Sign,
)
from protocol_dsl.model.grading import Band, Bands
from protocol_dsl.model.record import Value

Inputs: TypeAlias = Mapping[str, Value]
Reads: TypeAlias = Callable[[Inputs], Value | None]
Holds: TypeAlias = Callable[[Inputs], bool | None]
"""True, False, or None for unknown."""

_SIGNS: dict[Sign, Callable[[object, object], bool]] = {
    Sign.AT_LEAST: operator.ge,  # type: ignore[dict-item]
    Sign.AT_MOST: operator.le,  # type: ignore[dict-item]
    Sign.MORE_THAN: operator.gt,  # type: ignore[dict-item]
    Sign.LESS_THAN: operator.lt,  # type: ignore[dict-item]
    Sign.IS: operator.eq,
    Sign.IS_NOT: operator.ne,
}
_OPERATORS: dict[Operator, Callable[[Fraction, Fraction], Fraction]] = {
    Operator.PLUS: operator.add,
    Operator.MINUS: operator.sub,
    Operator.TIMES: operator.mul,
}


class _NotHere(Exception):  # noqa: N818 - a form that is left to the interpreter
    """The condition has a form that only the interpreter knows."""


_Ready: TypeAlias = tuple[tuple[Band, Holds | None], ...]


@frozen
class QuickBands:
    """The tables of gradings made ready, each when it is first asked; a table is kept, so that its id stays its own."""

    made: dict[int, tuple[Bands, _Ready]] = field(factory=dict, init=False, eq=False)

    def decide(self, table: Bands, known: Inputs) -> Band | None:
        """The band that applies; None where that is for the interpreter to say."""
        if not _exact(known):
            return None
        if id(table) not in self.made:
            self.made[id(table)] = (table, _ready(table))
        for band, holds in self.made[id(table)][1]:
            truth = True if holds is None else holds(known)
            if truth is not False:
                return band if truth else None
        return None


def _exact(known: Inputs) -> bool:
    return all(type(value) is Fraction or name == "baseline_flag" for name, value in known.items())


def _ready(table: Bands) -> _Ready:
    try:
        return tuple((band, None if band.when is None else _holds(band.when)) for band in table.bands)
    except _NotHere:
        return ()


def _holds(condition: Condition) -> Holds:
    match condition:
        case Compare(sign=sign, left=left, right=right):
            return _compare(_SIGNS[sign], _reads(left), _reads(right))
        case Member(value=value, members=members):
            return _member(_reads(value), members)
        case Both(parts=parts):
            return _all(tuple(_holds(part) for part in parts), stops_at=False)
        case Either(parts=parts):
            return _all(tuple(_holds(part) for part in parts), stops_at=True)
        case Not(inside=inside):
            return _not(_holds(inside))
        case Known(inside=inside):
            return _known(_holds(inside))
        case _:
            raise _NotHere


def _compare(test: Callable[[object, object], bool], left: Reads, right: Reads) -> Holds:
    def holds(known: Inputs) -> bool | None:
        a, b = left(known), right(known)
        if type(a) is Fraction and type(b) is Fraction:  # whole numbers compare at once
            return test(a.numerator * b.denominator, b.numerator * a.denominator)
        return None if a is None or b is None else test(a, b)

    return holds


def _member(value: Reads, members: tuple[Value, ...]) -> Holds:
    def holds(known: Inputs) -> bool | None:
        found = value(known)
        return None if found is None else found in members

    return holds


def _all(parts: tuple[Holds, ...], *, stops_at: bool) -> Holds:
    """All of them, which one that is False settles; or, where True settles, any of them."""

    def holds(known: Inputs) -> bool | None:
        settled: bool | None = not stops_at
        for part in parts:
            truth = part(known)
            if truth is stops_at:
                return stops_at
            settled = None if truth is None else settled
        return settled

    return holds


def _not(inside: Holds) -> Holds:
    def holds(known: Inputs) -> bool | None:
        truth = inside(known)
        return None if truth is None else not truth

    return holds


def _known(inside: Holds) -> Holds:
    """What is missing from a row was not collected."""
    return lambda known: inside(known) is True


def _reads(expression: Expression) -> Reads:
    match expression:
        case Constant(value=value):
            return lambda _known: value
        case Fetch(series=series):
            name = series.item
            return lambda known: known.get(name)
        case Arithmetic(operator=sign, left=left, right=right) if sign in _OPERATORS:
            return _calculate(_OPERATORS[sign], _reads(left), _reads(right))
        case _:
            raise _NotHere


def _calculate(operation: Callable[[Fraction, Fraction], Fraction], left: Reads, right: Reads) -> Reads:
    def reads(known: Inputs) -> Value | None:
        a, b = left(known), right(known)
        return operation(a, b) if isinstance(a, Fraction) and isinstance(b, Fraction) else None

    return reads
