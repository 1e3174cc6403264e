"""How far a condition on a list looks: the last day on which an event may begin and still matter, as a term.

The definition is `evaluate/horizon.py`; it is said a second time here, for any record at once.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from protocol_dsl.evaluate.symbolic.terms import DAY
from protocol_dsl.model.condition import (
    AtLeast,
    Both,
    Compare,
    Condition,
    Constant,
    Distance,
    Either,
    Expression,
    Fetch,
    FieldOf,
    Known,
    MomentOf,
    Part,
    Policy,
    Shifted,
    Side,
    Sign,
    Within,
)
from protocol_dsl.model.walk import walk

if TYPE_CHECKING:
    from protocol_dsl.evaluate.symbolic.encode import Encoder

_BEGINNINGS = ("start", "date")
_EVER = date.max.toordinal()


def furthest(where: Condition | None, by: Encoder) -> Any:  # noqa: ANN401 - a term, or the number of a day
    """The last day on which an event may begin and still be looked at; never after the as-of date."""
    day = by.at.toordinal()
    named = None if where is None else _named(where, by)
    last = day if named is None else _larger(day, named)
    return z3.IntVal(0) + _smaller(by.as_of.toordinal(), last)


def _named(condition: Condition, by: Encoder) -> Any:  # noqa: ANN401, C901, PLR0911 - an arm for each form
    match condition:
        case Within(day=FieldOf(outer=outer)) | Compare(left=FieldOf(outer=outer)) if outer:
            return None
        case Both(parts=parts):
            return _of_all([_named(part, by) for part in parts], _smaller)
        case Either(parts=parts) | AtLeast(parts=parts):
            return _of_all([_named(part, by) for part in parts], _larger)
        case Known(inside=inside) | Policy(inside=inside):
            return _named(inside, by)
        case Within(day=day, window=window):
            if window.end is None:
                return None if isinstance(day, FieldOf) and day.name not in _BEGINNINGS else _EVER
            return _latest(window.end, by)
        case Distance(day=day, anchor=anchor, side=side):
            first, then = (day, anchor) if side is Side.BEFORE else (anchor, day)
            return _latest(then, by) if isinstance(first, FieldOf) else _EVER
        case Compare(left=FieldOf(), right=Constant(value=value)) if not isinstance(value, date):
            return None
        case Compare(sign=Sign.LESS_THAN | Sign.AT_MOST, left=FieldOf(), right=MomentOf() as day):
            return _latest(day, by)
        case Compare():
            return _EVER if any(isinstance(node, MomentOf) for node in walk(condition)) else None
        case _:
            return None


def _latest(expression: Expression, by: Encoder) -> Any:  # noqa: ANN401, C901, PLR0911 - an arm for each form
    """The last day that an expression may come to; the end of the calendar where it cannot be told."""
    match expression:
        case MomentOf(name=name):
            return by.days.get(name, by.at).toordinal()
        case Constant(value=date() as day):
            return day.toordinal()
        case Shifted(day=day, backwards=True):
            return _latest(day, by)
        case Shifted(day=day, length=Constant(value=Fraction() as seconds)):
            return _smaller(_EVER, _latest(day, by) + max(int(seconds // DAY), 0))
        case FieldOf(name=name, outer=outer) if outer and outer <= len(by.around) + 1:
            looked_at = (*by.around, by.event)
            slot = looked_at[-outer]
            if slot is None or name not in slot.fields:
                return _EVER
            one = slot.entry(name, by.unknowns)
            return z3.If(z3.And(one.known, z3.Not(one.attested)), one.value, _EVER)
        case Fetch(series=series, part=Part.DATE) if series in by.bound:
            return by.bound[series].day
        case Fetch(series=series, part=Part.DATE) if series.window is None:
            return by.at.toordinal()
        case Fetch(series=series, part=Part.VALUE):
            known, day = by.last_day(series.item)
            return z3.If(known, day, _EVER)
        case _:
            return _EVER


def _of_all(several: list[Any], pick: Any) -> Any:  # noqa: ANN401
    named = [one for one in several if one is not None]
    found = named[0] if named else None
    for one in named[1:]:
        found = pick(found, one)
    return found


def _smaller(a: Any, b: Any) -> Any:  # noqa: ANN401
    return min(a, b) if isinstance(a, int) and isinstance(b, int) else z3.If(a <= b, a, b)


def _larger(a: Any, b: Any) -> Any:  # noqa: ANN401
    return max(a, b) if isinstance(a, int) and isinstance(b, int) else z3.If(a >= b, a, b)
