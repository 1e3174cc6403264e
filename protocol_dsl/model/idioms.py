"""Phrases that stand for several core forms at once, so that what was said in one phrase can be told in it."""

from __future__ import annotations

from fractions import Fraction

from protocol_dsl.model.condition import (
    Both,
    Compare,
    Condition,
    Constant,
    Distance,
    Either,
    Expression,
    FieldOf,
    Shifted,
    Side,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.record import Attested

_START, _END = FieldOf("start"), FieldOf("end")


def taken(condition: Condition) -> Window | None:
    """The window of `taken within 14 days before first_dose`, where that is what the condition says."""
    match condition:
        case Both(parts=(Within(day=FieldOf(name="start")), Either(parts=(Within(window=window), _)))):
            return window if condition == _overlapping(window) else None
        case Either(parts=(Within(window=window), _)):
            return window if condition == _overlapping(window) else None
        case _:
            return None


def ongoing_at(condition: Condition) -> Expression | None:
    """The day of `ongoing at enrolment`, where that is what the condition says."""
    match condition:
        case Both(parts=(Within(window=Window(start=None, end=day)), Either())) if day is not None:
            begun = Within(_START, Window(None, day))
            return day if condition == Both((begun, _not_ended_before(day))) else None
        case _:
            return None


def _overlapping(window: Window) -> Condition | None:
    """Begun within the window, or before it and still going on in it."""
    if window.start is None:
        return None
    either = Either((Within(_START, window), _not_ended_before(window.start)))
    return either if window.end is None else Both((Within(_START, Window(None, window.end)), either))


def _not_ended_before(day: Expression) -> Condition:
    going_on = Compare(Sign.IS, _END, Constant(Attested.ONGOING))
    return Either((going_on, Within(_END, Window(day, None))))


def calendar_shift(condition: Distance) -> Shifted | None:
    """The months in `at least 6 months before enrolment`: the anchor is moved by them, and no length is left."""
    anchor = condition.anchor
    if isinstance(anchor, Shifted) and anchor.length is None and is_nothing(condition.length):
        return anchor if anchor.backwards is (condition.side is Side.BEFORE) else None
    return None


def elapsed_months(condition: Distance) -> Shifted | None:
    """The calendar months in `time from A to B at most 18 years`: the first day is moved by them."""
    day = condition.day
    moved = isinstance(day, Shifted) and day.length is None and not day.backwards
    return day if moved and isinstance(day, Shifted) and is_nothing(condition.length) else None


def is_nothing(length: Expression) -> bool:
    """Whether a length is written as none at all."""
    return isinstance(length, Constant) and length.value == Fraction(0)
