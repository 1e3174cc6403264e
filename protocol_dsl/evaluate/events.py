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
from protocol_dsl.evaluate.lookup import attested_to
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
from protocol_dsl.evaluate.series import candidate
from protocol_dsl.model.condition import AnyEvent, Condition, Count, Operator, Sign
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason
from protocol_dsl.model.vocabulary import ListOf

Judge = Callable[[Condition, Environment], Finding]

_DAY = Fraction(86400)


def some_event(condition: AnyEvent, env: Environment, judge: Judge) -> Finding:
    """Whether some event of the list satisfies the condition."""
    found = _each_event(condition.list, condition.where, env, judge)
    truth = disjoin(one.truth for one in found)
    if truth is Truth.FALSE and not _complete(condition.list, env):
        return Finding(condition, Truth.UNKNOWN, facts=(_open(condition.list),))
    told = tuple(one for one in found if one.truth is truth) if truth is not Truth.FALSE else ()
    facts = (_open(condition.list),) if truth is Truth.UNKNOWN and not _complete(condition.list, env) else ()
    return Finding(condition, truth, told, facts)


def count_of(count: Count, env: Environment, judge: Judge) -> Possible:
    """How many events satisfy the condition, between those that certainly do and those that may."""
    records = env.everyone if count.pooled else (env.record,)
    least, most = 0, 0
    is_open = False
    for record in records:
        seen = evolve(env, record=record, facts=[])
        found = _each_event(count.list, count.where, seen, judge)
        least += sum(one.truth is Truth.TRUE for one in found)
        most += sum(one.truth is not Truth.FALSE for one in found)
        env.facts.extend(fact for one in found if one.truth is Truth.UNKNOWN for fact in all_facts(one))
        is_open = is_open or not _complete(count.list, seen)
    if is_open:
        env.facts.append(_open(count.list))
        return (Range(Fraction(least), None),)
    return (Fraction(least) if least == most else Range(Fraction(least), Fraction(most)),)


def all_facts(finding: Finding) -> tuple[Fact, ...]:
    """Every fact that a finding rests on."""
    return (*finding.facts, *(fact for part in finding.parts for fact in all_facts(part)))


def _each_event(name: str, where: Condition | None, env: Environment, judge: Judge) -> list[Finding]:
    """Each event that may have begun by the day asked about, and what the condition says of it."""
    found = []
    for event in env.record.lists.get(name, ()):
        began = begun(event, env)
        if began is Truth.FALSE:
            continue
        one = Finding(AnyEvent(name, None), Truth.TRUE)
        if where is not None:
            one = judge(where, evolve(env, event=event))
        facts = one.facts if began is Truth.TRUE else (*one.facts, _start_of(event))
        found.append(evolve(one, truth=conjoin((began, one.truth)), facts=facts, event=event))
    return found


def begun(event: Event, env: Environment) -> Truth:
    """Whether an event had begun by the moment and the as-of date; one that was entered without a day had."""
    reading = _first_day(event)
    if reading is None or reading.value is None or isinstance(reading.value, Attested):
        return Truth.TRUE
    seen = compare(Sign.AT_MOST, reading.value, env.as_of)
    if env.moment is None:
        return seen
    day = env.reading_day
    return conjoin((seen, Truth.UNKNOWN if day is None else compare(Sign.AT_MOST, reading.value, day)))


def _first_day(event: Event) -> Reading | None:
    return event.fields.get("start") or event.fields.get("date")


def _start_of(event: Event) -> Fact:
    reading = _first_day(event)
    value = ANYTHING if reading is None or reading.value is None else reading.value
    return Fact("start" if "start" in event.fields else "date", (Candidate(value, reason=Reason.IMPRECISE),))


def _complete(name: str, env: Environment) -> bool:
    """Whether the list is known to be complete up to the day asked about."""
    reached = attested_to(name, env)
    if reached is None or (env.moment is not None and env.at is None):
        return False
    day = env.reading_day
    needed = env.as_of if day is None else min(day, env.as_of)
    item = env.protocol.items.get(name)
    rule = item.complete if item is not None and isinstance(item.kind, ListOf) else None
    slack = rule.within_days if rule is not None and rule.within_days is not None else 0
    return (needed - reached).days <= slack


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
    env.facts.append(Fact(name, (one,)))
    return one.value


def _of_days(option: Option) -> bool:
    """Whether it is a day, or known to lie between days, without a time of day."""
    ends = as_range(option)
    return all(end is None or type(end) is date for end in (ends.low, ends.high))
