"""Lists of events: open unless they are attested to be complete.

A counterexample always decides. That there is none can be said only as far as the attestation reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.truth import Truth, conjoin, disjoin
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.horizon import awaits, horizon
from protocol_dsl.evaluate.lookup import completeness, no_day
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.possible import (
    ANYTHING,
    UNKNOWN,
    Option,
    Possible,
    as_range,
    calculate,
    compare,
    seconds_between,
)
from protocol_dsl.evaluate.relied import relied_on
from protocol_dsl.evaluate.series import candidate
from protocol_dsl.model.condition import AnyEvent, Condition, Count, Operator, Sign
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason
from protocol_dsl.model.vocabulary import Completeness, ListOf

Judge = Callable[[Condition, Environment], Finding]

_DAY = Fraction(86400)


def some_event(condition: AnyEvent, env: Environment, judge: Judge) -> Finding:
    """Whether some event of the list satisfies the condition."""
    last = horizon(condition.where, env)
    found = _each_event(condition.list, condition.where, last, env, judge, other=condition.other)
    truth = disjoin(one.truth for one in found)
    told = () if truth is Truth.FALSE else tuple(one for one in found if one.truth is truth)
    relied = tuple(by for one in found if one.truth is not truth or not told for by in relied_on(one))
    if truth is Truth.TRUE:
        return Finding(condition, truth, told, relied=relied)
    complete, rule = _complete(condition.list, last, env)
    to_come = awaits(condition.where, env)
    if to_come or not complete:
        blank = no_day(env) if env.adrift else _open(condition.list)
        left = () if complete and truth is Truth.UNKNOWN else (blank,)
        return Finding(condition, Truth.UNKNOWN, told, left, relied=relied)
    by_rule = () if rule is None else (Fact(condition.list, (Candidate(Attested.NONE),), rule=rule),)
    return Finding(condition, truth, told, by_rule if truth is Truth.FALSE else (), relied=relied)


def count_of(count: Count, env: Environment, judge: Judge) -> Possible:
    """How many events satisfy the condition, between those that certainly do and those that may."""
    records = env.everyone if count.pooled else (env.record,)
    least, most = 0, 0
    is_open, rule = False, None
    for record in records:
        moments = env.moments if record is env.record else moments_of(env.protocol, record, {})[0]
        seen = evolve(env, record=record, moments=moments, facts=[])
        last = horizon(count.where, seen)
        found = _each_event(count.list, count.where, last, seen, judge)
        least += sum(one.truth is Truth.TRUE for one in found)
        most += sum(one.truth is not Truth.FALSE for one in found)
        env.facts.extend(fact for one in found if one.truth is Truth.UNKNOWN for fact in all_facts(one))
        env.relied.extend(by for one in found for by in relied_on(one))
        complete, by_rule = _complete(count.list, last, seen)
        is_open, rule = is_open or not complete or awaits(count.where, seen), rule or by_rule
    if is_open:
        env.facts.append(no_day(env) if env.adrift else _open(count.list))
        return (Range(Fraction(least), None),)
    if least < most:
        return (Range(Fraction(least), Fraction(most)),)
    env.facts.append(Fact(count.list, (Candidate(Fraction(least)),), rule=rule))
    return (Fraction(least),)


def all_facts(finding: Finding) -> tuple[Fact, ...]:
    """Every fact that a finding rests on."""
    return (*finding.facts, *(fact for part in finding.parts for fact in all_facts(part)))


def _each_event(  # noqa: PLR0913 - where events are looked for
    name: str, where: Condition | None, last: date, env: Environment, judge: Judge, *, other: bool = False
) -> list[Finding]:
    """Each event that may have begun by the last day looked at, and what the condition says of it."""
    found = []
    around = env.around if env.event is None else (*env.around, (env.event, env.of_list))
    for event in env.record.lists.get(name, ()):
        began = conjoin((begun(name, event, last, env), _another(event, around) if other else Truth.TRUE))
        if began is Truth.FALSE:
            continue
        one = Finding(AnyEvent(name, None), Truth.TRUE)
        if where is not None:
            one = judge(where, evolve(env, event=event, of_list=name, around=around))
        facts = one.facts if began is Truth.TRUE else (*one.facts, _doubt(event, name, env))
        if event.stray:
            began, facts = Truth.UNKNOWN, (*facts, Fact(name, (Candidate(ANYTHING, reason=Reason.UNREADABLE),)))
        found.append(evolve(one, truth=conjoin((began, one.truth)), facts=facts, event=event))
    return found


def _another(event: Event, around: tuple[tuple[Event, str], ...]) -> Truth:
    """Whether an event is none of those looked at. Two entries that say the same may yet be of two events."""
    return Truth.of(all(one is not event for one, _ in around))


def begun(name: str, event: Event, last: date, env: Environment) -> Truth:
    """Whether an event of a list had begun by the last day that is looked at.

    One that was entered without its day had begun by the as-of date, and may have begun after an earlier day.
    """
    reading = _first_day(event)
    if reading is None or reading.value is None or isinstance(reading.value, Attested):
        surely = last >= env.as_of and not env.adrift
        return Truth.TRUE if surely or _beginning(name, env) is None else Truth.UNKNOWN
    seen = compare(Sign.AT_MOST, reading.value, last)
    return conjoin((seen, Truth.UNKNOWN)) if env.adrift else seen


def _beginning(name: str, env: Environment) -> str | None:
    """The field for the day on which the events of a list begin; None where they have none."""
    item = env.protocol.items.get(name)
    record = env.protocol.records.get(item.kind.record) if item and isinstance(item.kind, ListOf) else None
    return "start" if record is None else next((field for field in ("start", "date") if field in record.fields), None)


def _first_day(event: Event) -> Reading | None:
    return event.fields.get("start") or event.fields.get("date")


def _doubt(event: Event, name: str, env: Environment) -> Fact:
    """Why it is not known whether an event had begun: its day is not, or that of the moment is not."""
    reading = _first_day(event)
    dated = reading is not None and isinstance(reading.value, date)
    return no_day(env) if dated and env.adrift else _start_of(event, name, env)


def _start_of(event: Event, name: str, env: Environment) -> Fact:
    reading = _first_day(event)
    known = None if reading is None else reading.value
    value, reason = (ANYTHING, Reason.UNDATED) if known is None else (known, Reason.IMPRECISE)
    return Fact(_beginning(name, env) or "start", (Candidate(value, reason=reason),), of_list=name)


def _complete(name: str, last: date, env: Environment) -> tuple[bool, Completeness | None]:
    """Whether the list is known to be complete as far as is looked; never where the moment has no day."""
    if env.moment is not None and env.at is None:
        return False, None
    return completeness(name, last, env)


def _open(name: str) -> Fact:
    return Fact(name, (Candidate(ANYTHING, reason=Reason.NOT_ATTESTED),))


# --- how long an event lasts --------------------------------------------------------------------------------------


def time_lasted(env: Environment, *, both_days: bool) -> Possible:
    """End minus start, in seconds; a day without a time of day may be any time of it.

    An event that is still going on has lasted at least until the as-of date.
    """
    if env.event is None:
        return UNKNOWN
    start, end = _field("start", env), _field("end", env)
    if start is ANYTHING or isinstance(start, Attested):
        return (Range(Fraction(0)),)
    going_on = compare(Sign.MORE_THAN, end, env.as_of)
    if going_on is Truth.TRUE:
        return (_at_least(_between(start, env.as_of, both_days=False)),)
    if end is ANYTHING or isinstance(end, Attested):
        return (Range(Fraction(0)),)
    lasted = _between(start, end, both_days=both_days)
    return (lasted if going_on is Truth.FALSE else _at_least(lasted),)


def _between(start: Option, end: Option, *, both_days: bool) -> Option:
    """The time from one day or instant to another; between whole days up to a day more or less."""
    found = seconds_between(start, end)
    if found is ANYTHING:
        return Range(Fraction(0))
    gap, whole_days = as_range(found), _of_days(start) and _of_days(end)
    if gap.high is not None and gap.high < 0:
        return Range(Fraction(0))  # an end before the start says nothing
    if not whole_days:
        return found
    if both_days:
        return calculate(Operator.PLUS, found, _DAY)
    low = None if gap.low is None else gap.low - _DAY
    high = None if gap.high is None else max(gap.high + _DAY, Fraction(0))
    if low is None or low < 0:
        return Range(Fraction(0), high, high_open=True)
    return Range(low, high, low_open=True, high_open=True)


def _at_least(lasted: Option) -> Range:
    """What has lasted so long and goes on."""
    low = lasted.low if isinstance(lasted, Range) else lasted
    if not isinstance(low, Fraction) or low < 0:
        return Range(Fraction(0))
    return Range(low, None, low_open=isinstance(lasted, Range) and lasted.low_open)


def _field(name: str, env: Environment) -> Option:
    reading: Reading | None = None if env.event is None else env.event.fields.get(name)
    one = Candidate(ANYTHING, reason=Reason.NOT_COLLECTED) if reading is None else candidate(reading, env)
    env.facts.append(Fact(name, (one,), of_list=env.of_list))
    return one.value


def _of_days(option: Option) -> bool:
    """Whether it is a day, or known to lie between days, without a time of day."""
    ends = as_range(option)
    return all(end is None or type(end) is date for end in (ends.low, ends.high))
