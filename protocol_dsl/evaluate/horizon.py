"""How far a condition on a list looks: the last day on which an event may begin and still matter.

It is the day asked about, or a later one that the condition names: `taken within 14 days before first_dose`, asked at
enrolment, looks as far as the first dose. What begins later is not looked at, and the list need be complete only to
there. Where a condition cannot be seen through, it looks as far as anything is seen.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import assert_never

from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.possible import ANYTHING, Option, as_range
from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Compare,
    Condition,
    Consecutive,
    Constant,
    Distance,
    Either,
    Expression,
    Fetch,
    FieldOf,
    Followed,
    HadDlt,
    Includes,
    Judged,
    Known,
    Member,
    MomentOf,
    Monitored,
    Not,
    Part,
    Policy,
    Readings,
    Recorded,
    RoseAgain,
    Shifted,
    Side,
    Sign,
    Sustained,
    Within,
)
from protocol_dsl.model.walk import walk

_SECONDS = 86400
_BEGINNINGS = ("start", "date")


def horizon(where: Condition | None, env: Environment) -> date:
    """The last day on which an event may begin and still be looked at; never after the as-of date."""
    day = env.reading_day
    if day is None:
        return env.as_of
    named = None if where is None else _named(where, env)
    return min(env.as_of, day if named is None else max(day, named))


def awaits(where: Condition | None, env: Environment) -> bool:
    """Whether an event may begin after the as-of date and still matter, where what is to come is asked about at all.

    Where the condition names no last day nothing is awaited: what is asked is asked as of that date.
    """
    if env.ahead is None or where is None:
        return False
    last = _named(where, env)
    if last is None or last <= env.as_of or last == date.max:
        return False
    env.ahead.append(last)
    return True


def _named(condition: Condition, env: Environment) -> date | None:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
    """The last day that an event may begin on and satisfy the condition; None where it says nothing of it."""
    match condition:
        case Within(day=FieldOf(outer=outer)) | Compare(left=FieldOf(outer=outer)) if outer:
            return None
        case Both(parts=parts):
            return min((day for part in parts if (day := _named(part, env)) is not None), default=None)
        case Either(parts=parts) | AtLeast(parts=parts):
            return max((day for part in parts if (day := _named(part, env)) is not None), default=None)
        case Known(inside=inside) | Policy(inside=inside):
            return _named(inside, env)
        case Within(day=day, window=window):
            if window.end is None:
                return None if isinstance(day, FieldOf) and day.name not in _BEGINNINGS else date.max
            return _latest(window.end, env)
        case Distance():
            return _named_by_distance(condition, env)
        case Compare(left=FieldOf(), right=Constant(value=value)) if not isinstance(value, date):
            return None
        case Compare(sign=Sign.LESS_THAN | Sign.AT_MOST, left=FieldOf(), right=MomentOf() as day):
            return _latest(day, env)
        case Compare():
            return date.max if any(isinstance(node, MomentOf) for node in walk(condition)) else None
        case Not() | Member() | Includes() | Recorded() | Judged() | AnyEvent() | Readings() | Consecutive():
            return None
        case Sustained() | Monitored() | RoseAgain() | Followed() | HadDlt():
            return None
        case _:
            assert_never(condition)


def _named_by_distance(condition: Distance, env: Environment) -> date | None:
    """An event lies before the anchor, or the day after the event."""
    before = condition.side is Side.BEFORE
    event_first = isinstance(condition.day, FieldOf) if before else isinstance(condition.anchor, FieldOf)
    return _latest(condition.anchor if before else condition.day, env) if event_first else date.max


def _latest(expression: Expression, env: Environment) -> date:  # noqa: C901, PLR0911 - an arm for each form
    """The last day that an expression may come to; the end of the calendar where it cannot be told."""
    match expression:
        case MomentOf(name=name):
            return _last(env.at if name == env.moment and env.at is not None else env.moments.get(name, ANYTHING))
        case Constant(value=date() as day):
            return _last(day)
        case Shifted(day=day, backwards=True):
            return _latest(day, env)
        case Shifted(day=day, length=Constant(value=Fraction() as seconds)):
            found, days = _latest(day, env), int(seconds // _SECONDS)
            return found + timedelta(days=min(max(days, 0), (date.max - found).days))
        case Fetch(series=series, part=Part.DATE) if series in env.bound:
            return _last(env.bound[series].date)
        case FieldOf(name=name, outer=outer) if outer and outer <= len(env.around) + 1:
            return _outer(name, outer, env)
        case Fetch(series=series, part=Part.DATE) if series.window is None:
            return env.reading_day or date.max  # a reading is never chosen from after the day asked about
        case Fetch(series=series, part=Part.VALUE):
            values = [reading.value for reading in env.record.readings.get(series.item, ())]
            return max((date.max if value is None else _last(value) for value in values), default=date.max)
        case _:
            return date.max


def _outer(name: str, outer: int, env: Environment) -> date:
    """The last day that a field of an event further out may be; what is looked at now becomes the first further out."""
    looked_at = (*(event for event, _ in env.around), env.event)
    event = looked_at[-outer]
    reading = None if event is None else event.fields.get(name)
    return date.max if reading is None or reading.value is None else _last(reading.value)


def _last(option: Option) -> date:
    end = as_range(option).high
    if isinstance(end, datetime):
        return end.date()
    return end if isinstance(end, date) else date.max
