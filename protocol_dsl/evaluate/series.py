"""Repeated readings: which of them count, and which one is chosen.

A series is its readings dated on or before the moment and the as-of date. Those older than `valid for` are dropped,
then the rule chooses. A reading without a usable value keeps its place: whatever might choose it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from attrs import evolve

from protocol_dsl.base.studytime import Days
from protocol_dsl.base.truth import Truth, agree, conjoin
from protocol_dsl.evaluate.environment import Candidate, Environment
from protocol_dsl.evaluate.possible import ANYTHING, Option, as_range, compare, exact
from protocol_dsl.model.condition import Series, Sign
from protocol_dsl.model.record import Attested, Range, Reading, Reason
from protocol_dsl.model.vocabulary import Choice, Rule

Dated = tuple[Reading, Truth]
Edges = tuple[tuple[Option | None, ...], tuple[Option | None, ...]]
"""What the first and the last day of a window may be; None is no end on that side."""


def candidates(series: Series, env: Environment, edges: Edges | None) -> tuple[Candidate, ...]:
    """The readings of a series that the rule may choose; one of them, if that is certain.

    `edges` are the first and last day of the series' own window, where it has one.
    """
    readings = env.record.readings.get(series.item, ())
    kept = in_series(series, env, edges)
    if not kept:
        return (_none_left(readings, env),)
    chosen = _choose(series.choice, kept, env)
    if not any(truth is Truth.TRUE for _, truth in kept) and any(c.value is not ANYTHING for c in chosen):
        chosen = (*chosen, Candidate(ANYTHING, reason=_why_uncertain(kept)))
    return _told_apart(chosen)


def in_series(series: Series, env: Environment, edges: Edges | None) -> list[Dated]:
    """The readings that count, each with whether that is certain, earliest first; one entered twice counts once."""
    readings = _beside_others(env.record.readings.get(series.item, ()), env.as_of if edges is not None else _limit(env))
    judged: list[Dated] = [(r, _counts(r, series, env, edges)) for r in readings]
    kept = [dated for dated in judged if dated[1] is not Truth.FALSE]
    if len(kept) < 2:  # noqa: PLR2004 - nothing to order
        return kept
    once = {(r.value, r.date, r.uln, r.lln, r.missing, r.at_moment, r.stray): (r, truth) for r, truth in kept}
    return sorted(once.values(), key=lambda dated: _first_day(dated[0], env))


def _beside_others(readings: tuple[Reading, ...], last: date) -> tuple[Reading, ...]:
    """An item is *not collected* where it has no entry; a blank one beside others contradicts them."""
    if len(readings) < 2:  # noqa: PLR2004 - nothing beside it
        return readings
    blank = [r.missing is Reason.NOT_COLLECTED for r in readings]
    if not any(blank) or all(b for r, b in zip(readings, blank, strict=True) if r.date is None or r.date.first <= last):
        return readings
    return tuple(evolve(r, missing=Reason.CONFLICTING) if b else r for r, b in zip(readings, blank, strict=True))


def candidate(reading: Reading, env: Environment) -> Candidate:
    """A reading as the chosen one."""
    if reading.value is None:
        return Candidate(ANYTHING, _day_option(reading, env), reading=reading, reason=reading.missing)
    return Candidate(
        reading.value,
        _day_option(reading, env),
        ANYTHING if reading.uln is None else reading.uln,
        ANYTHING if reading.lln is None else reading.lln,
        reading,
        Reason.IMPRECISE if isinstance(reading.value, Range) else None,
    )


def _none_left(readings: Iterable[Reading], env: Environment) -> Candidate:
    """No entry at all, or only entries that are too old."""
    past = [r for r in readings if r.date is not None and _first_day(r, env) <= _limit(env)]
    if past:
        latest = max(past, key=lambda r: _last_day(r, env))
        return Candidate(ANYTHING, reading=latest, reason=Reason.STALE)
    return Candidate(ANYTHING, reason=Reason.NOT_COLLECTED)


def _why_uncertain(kept: list[Dated]) -> Reason:
    if any(r.stray for r, _ in kept):
        return Reason.UNREADABLE
    return Reason.UNDATED if any(r.date is None for r, _ in kept) else Reason.IMPRECISE


def _limit(env: Environment) -> date:
    """The last day of which anything is seen."""
    day = env.reading_day
    return env.as_of if day is None else min(day, env.as_of)


# --- which readings count -----------------------------------------------------------------------------------------


def _counts(reading: Reading, series: Series, env: Environment, edges: Edges | None) -> Truth:
    """Whether a reading is one of the series, as far as that is known: a stray one may be another patient's."""
    lies = _lies(reading, series, env, edges)
    return conjoin((lies, Truth.UNKNOWN)) if reading.stray else lies


def _lies(reading: Reading, series: Series, env: Environment, edges: Edges | None) -> Truth:
    """Whether a reading lies where the series looks, as far as its day is known."""
    if reading.at_moment:
        return Truth.TRUE
    if reading.date is None:
        return Truth.TRUE if edges is None and series.valid_days is None else Truth.UNKNOWN
    if edges is not None:
        return conjoin((_in_window(reading.date, edges), _between(reading.date, None, env.as_of)))
    if env.adrift:
        return conjoin((Truth.UNKNOWN, _between(reading.date, None, env.as_of)))
    oldest = None if series.valid_days is None else _days_before(_at(env), series.valid_days)
    return _between(reading.date, oldest, _limit(env))


def _at(env: Environment) -> date:
    day = env.reading_day
    return env.as_of if day is None else day


def _days_before(day: date, days: int) -> date:
    return day - timedelta(days=min(days, (day - date.min).days))


def _between(when: Days, first: date | None, last: date) -> Truth:
    if when.first > last or (first is not None and when.last < first):
        return Truth.FALSE
    return Truth.TRUE if when.last <= last and (first is None or when.first >= first) else Truth.UNKNOWN


def _in_window(when: Days, edges: Edges) -> Truth:
    day: Option = when.first if when.exact else Range(when.first, when.last)
    starts, ends = edges
    return conjoin(
        (
            agree(Truth.TRUE if start is None else compare(Sign.AT_LEAST, day, start) for start in starts),
            agree(Truth.TRUE if end is None else compare(Sign.AT_MOST, day, end) for end in ends),
        )
    )


# --- which one is chosen ------------------------------------------------------------------------------------------


def _choose(choice: Choice | None, kept: list[Dated], env: Environment) -> tuple[Candidate, ...]:
    if choice is None:
        return tuple(candidate(r, env) for r, _ in kept)
    if choice.rule is Rule.LATEST:
        sure = [_first_day(r, env) for r, truth in kept if truth is Truth.TRUE]
        latest = [r for r, _ in kept if not sure or _last_day(r, env) >= max(sure)]
        return tuple(candidate(r, env) for r in latest)
    if choice.rule is Rule.FIRST:
        sure = [_last_day(r, env) for r, truth in kept if truth is Truth.TRUE]
        first = [r for r, _ in kept if not sure or _first_day(r, env) <= min(sure)]
        return tuple(candidate(r, env) for r in first)
    if choice.rule is Rule.MEAN:
        return (_mean(choice.last, kept, env),)
    return _outermost(choice.rule, kept, env)


def _outermost(rule: Rule, kept: list[Dated], env: Environment) -> tuple[Candidate, ...]:
    """The highest or the lowest. What is known bounds it, even where another reading is unusable."""
    everyone = [candidate(r, env) for r, _ in kept]
    if any(isinstance(c.value, Attested) for c in everyone):
        return tuple(everyone)  # `never` is neither high nor low
    pick: Callable[..., Any] = max if rule is Rule.HIGHEST else min
    if all(truth is Truth.TRUE for _, truth in kept) and all(exact(c.value) for c in everyone):
        best = pick(c.value for c in everyone)
        return tuple(c for c in everyone if c.value == best)
    sure = [c.value for c, (_, truth) in zip(everyone, kept, strict=True) if truth is Truth.TRUE]
    near, far = ("low", "high") if rule is Rule.HIGHEST else ("high", "low")
    known = [end for value in sure if (end := _end(value, near)) is not None]
    reach = [_end(c.value, far) for c in everyone]
    ends = {near: pick(known) if known else None, far: None if None in reach else pick(reach)}
    reason = _one_reason(everyone) or _why_uncertain(kept)
    if ends["low"] is None and ends["high"] is None:
        return (Candidate(ANYTHING, reason=reason),)
    return (Candidate(Range(ends["low"], ends["high"]), reason=reason),)


def _end(value: Option, side: str) -> Any:
    return None if value is ANYTHING else getattr(as_range(value), side)


def _mean(last: int | None, kept: list[Dated], env: Environment) -> Candidate:
    """The mean of all, or of the last so many; unknown where it is not certain which they are."""
    newest = sorted((r for r, _ in kept), key=lambda r: _last_day(r, env), reverse=True)
    taken = newest[:last]
    if last is not None and len(newest) < last:
        return Candidate(ANYTHING, reading=newest[0], reason=Reason.TOO_FEW)
    beyond = newest[len(taken) :]
    if any(truth is not Truth.TRUE for _, truth in kept):
        return Candidate(ANYTHING, reason=_why_uncertain(kept))
    if beyond and _last_day(beyond[0], env) >= min(_first_day(r, env) for r in taken):
        return Candidate(ANYTHING, reason=Reason.CONFLICTING)
    values = [candidate(r, env) for r in taken]
    total = Fraction(0)
    for value in values:
        if not isinstance(value.value, Fraction):
            return Candidate(ANYTHING, reading=value.reading, reason=_one_reason(values) or Reason.IMPRECISE)
        total += value.value
    return Candidate(total / len(values), values[0].date, reading=None)


def _one_reason(several: Iterable[Candidate]) -> Reason | None:
    """Why several readings taken together are not certain; where they have different reasons, they are in conflict."""
    reasons = {one.reason for one in several if one.reason is not None}
    return Reason.CONFLICTING if len(reasons) > 1 else next(iter(reasons), None)


def _told_apart(chosen: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Candidates that differ in a value or a limit; where several do, the readings are in conflict."""
    if len(chosen) == 1:
        return chosen
    found: dict[Any, Candidate] = {}
    for one in chosen:
        found.setdefault((one.value, one.uln, one.lln, one.date, one.reason), one)
    return tuple(found.values())


# --- days ---------------------------------------------------------------------------------------------------------


def _day_option(reading: Reading, env: Environment) -> Option:
    if reading.at_moment and reading.date is None:
        return ANYTHING if env.adrift else _at(env)
    if reading.date is None:
        return ANYTHING
    return reading.date.first if reading.date.exact else Range(reading.date.first, reading.date.last)


def _first_day(reading: Reading, env: Environment) -> date:
    if reading.date is not None:
        return reading.date.first
    return _at(env) if reading.at_moment and not env.adrift else date.min


def _last_day(reading: Reading, env: Environment) -> date:
    if reading.date is not None:
        return reading.date.last
    return _at(env) if reading.at_moment and not env.adrift else date.max
