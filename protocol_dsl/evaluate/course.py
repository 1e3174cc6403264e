"""The course of one event: how its grade changed, as a list of changes tells, and how long it stayed at a grade.

A change belongs to an event of the same term, by the event's first day where the change names it, else by its own day.
From one change to the next the grade is that of the first. Where no list of changes is complete, an event was at a
grade for no longer than it lasted, and not at all where its own grade, which is its worst, forbids.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact
from protocol_dsl.evaluate.events import time_lasted
from protocol_dsl.evaluate.lookup import completeness
from protocol_dsl.evaluate.possible import ANYTHING, Option, Possible, as_range, compare
from protocol_dsl.model.condition import Sign
from protocol_dsl.model.record import Attested, Event, Range, Reason
from protocol_dsl.model.vocabulary import ListOf

CHANGE = "grade_change"
"""The record whose list tells how grades changed: `term`, `onset`, `date`, `grade`."""

_DAY = Fraction(86400)
Step = tuple[date, Fraction]


def changes(env: Environment) -> str | None:
    """The list that changes of grade are kept in."""
    lists = (name for name, item in env.protocol.items.items() if item.kind == ListOf(CHANGE))
    return next(lists, None)


def time_at_grade(env: Environment, sign: Sign, grade: Fraction) -> Possible:
    """How long the longest stretch was in which the grade compared so, in seconds."""
    whole = time_lasted(env, both_days=False)[0]
    longest = as_range(whole).high if whole is not ANYTHING else None
    worst, steps = _value("grade", env), _steps(env)
    recorded = () if env.event is None else _recorded(env)
    contradicted = isinstance(worst, Fraction) and any(_worse(one, worst) for one in recorded)
    if isinstance(worst, Fraction) and _never_reached(worst, sign, grade) and not contradicted:
        return (Fraction(0),)
    if steps is None or contradicted:
        return (Range(Fraction(0), longest, high_open=longest is not None),)
    return (_longest(list(_stretches(steps, _last_day(env), sign, grade)), env),)


def rose_again(env: Environment) -> Truth:
    """Whether the grade rose after it had fallen; unknown where the course is not known."""
    steps = _steps(env)
    if steps is None:
        return Truth.UNKNOWN
    grades = [grade for _, grade in steps]
    falls = [at for at, (one, two) in enumerate(pairwise(grades)) if two < one]
    return Truth.of(bool(falls) and any(two > one for one, two in pairwise(grades[falls[0] + 1 :])))


def _recorded(env: Environment) -> tuple[Event, ...]:
    """The changes that may belong to the event; of one without a known end, any later one may."""
    name, start = changes(env), _value("start", env)
    if name is None or env.event is None or not isinstance(start, date):
        return ()
    event, last = env.event, _last_day(env)
    return tuple(one for one in env.record.lists.get(name, ()) if _may_belong(one, event, start, last))


def _worse(change: Event, worst: Fraction) -> bool:
    """Whether a change is to a grade above the event's own, which is then not its worst."""
    return compare(Sign.MORE_THAN, _of(change, "grade"), worst) is Truth.TRUE


def _never_reached(worst: Fraction, sign: Sign, grade: Fraction) -> bool:
    return worst <= grade if sign is Sign.MORE_THAN else worst < grade


# --- the steps of one event ---------------------------------------------------------------------------------------


def _steps(env: Environment) -> list[Step] | None:
    """The days and grades of an event from its first day on; None where the course is not known."""
    name, start = changes(env), _value("start", env)
    if name is None or env.event is None or not isinstance(start, date) or not _end_known(env):
        return None
    last = _last_day(env)
    if not completeness(name, min(last or env.as_of, env.as_of), env)[0]:
        env.facts.append(Fact(name, (Candidate(ANYTHING, reason=Reason.NOT_ATTESTED),)))
        return None
    own = _recorded(env)
    found = [_step(one) for one in own]
    steps = sorted({step for step in found if step is not None})
    days = [day for day, _ in steps]
    if None in found or len(set(days)) < len(days) or not days or days[0] != start:
        env.facts.append(Fact(name, (Candidate(ANYTHING, reason=Reason.CONFLICTING if own else Reason.TOO_FEW),)))
        return None
    return steps


def _may_belong(change: Event, event: Event, start: date, last: date | None) -> bool:
    term, onset, day = (_of(change, name) for name in ("term", "onset", "date"))
    if compare(Sign.IS, term, _of(event, "term")) is Truth.FALSE:
        return False
    if onset is not ANYTHING:
        return compare(Sign.IS, onset, start) is not Truth.FALSE
    before = compare(Sign.LESS_THAN, day, start)
    after = Truth.FALSE if last is None else compare(Sign.MORE_THAN, day, last)
    return Truth.TRUE not in (before, after)


def _step(change: Event) -> Step | None:
    """The day and the grade of a change; None where either is not certain, or it is not certain whose it is."""
    day, grade = _of(change, "date"), _of(change, "grade")
    known = (
        not change.stray and type(day) is date and isinstance(grade, Fraction) and _of(change, "term") is not ANYTHING
    )
    return (day, grade) if known and isinstance(day, date) and isinstance(grade, Fraction) else None


def _stretches(steps: list[Step], last: date | None, sign: Sign, grade: Fraction) -> Iterator[tuple[date, date | None]]:
    """The stretches in which the grade compares so: their first day, and the day of the change that ends them."""
    begun = None
    for day, found in steps:
        held = compare(sign, found, grade) is Truth.TRUE
        if held and begun is None:
            begun = day
        elif not held and begun is not None:
            yield begun, day
            begun = None
    if begun is not None:
        yield begun, last


def _longest(stretches: list[tuple[date, date | None]], env: Environment) -> Range | Fraction:
    """Between whole days a stretch may be up to a day longer or shorter; what goes on has lasted at least so long."""
    if not stretches:
        return Fraction(0)
    low, high = Fraction(0), Fraction(0)
    for first, last in stretches:
        days = ((env.as_of if last is None else last) - first).days * _DAY
        low = max(low, days - _DAY)
        high = max(high, days + _DAY)
    goes_on = any(last is None for _, last in stretches)
    return Range(low, None if goes_on else high, low_open=low > 0, high_open=not goes_on)


# --- fields -------------------------------------------------------------------------------------------------------


def _last_day(env: Environment) -> date | None:
    """The last day of the event; None where it goes on or is not known."""
    end = _value("end", env)
    return end if isinstance(end, date) and end <= env.as_of else None


def _end_known(env: Environment) -> bool:
    """Whether it is known when the event ended, or that it goes on."""
    end = None if env.event is None else env.event.fields.get("end")
    value = None if end is None else end.value
    return value is Attested.ONGOING or isinstance(value, date)


def _value(name: str, env: Environment) -> Option:
    return ANYTHING if env.event is None else _of(env.event, name)


def _of(event: Event, name: str) -> Option:
    reading = event.fields.get(name)
    found = None if reading is None else reading.value
    return ANYTHING if found is None or isinstance(found, Attested) else found
