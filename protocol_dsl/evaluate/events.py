"""Lists of events: open unless they are attested to be complete.

A counterexample always decides. That there is none can be said only as far as the attestation reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from attrs import evolve

from protocol_dsl.base.truth import Truth, disjoin
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.lookup import attested_to
from protocol_dsl.evaluate.possible import ANYTHING, UNKNOWN, Option, Possible, compare, seconds_between
from protocol_dsl.evaluate.series import candidate
from protocol_dsl.model.condition import AnyEvent, Condition, Count, Sign
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason, Record
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
    found = []
    for event in visible(name, env.record, env.as_of):
        if where is None:
            found.append(Finding(AnyEvent(name, None), Truth.TRUE, event=event))
        else:
            found.append(evolve(judge(where, evolve(env, event=event)), event=event))
    return found


def visible(name: str, record: Record, as_of: date) -> tuple[Event, ...]:
    """The events of a list that had begun by a day."""
    return tuple(event for event in record.lists.get(name, ()) if not _begins_after(event, as_of))


def _begins_after(event: Event, as_of: date) -> bool:
    for name in ("start", "date"):
        reading = event.fields.get(name)
        if reading is not None and reading.value is not None:
            return compare(Sign.MORE_THAN, reading.value, as_of) is Truth.TRUE
    return False


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


def time_lasted(env: Environment, *, both_days: bool) -> Possible:  # noqa: PLR0911 - a return for each state of the end
    """End minus start, in seconds; a day without a time of day may be any time of it.

    An event that is still going on has lasted at least until the as-of date.
    """
    if env.event is None:
        return UNKNOWN
    start, end = _field("start", env), _field("end", env)
    if end is Attested.ONGOING or _is_after(end, env.as_of):
        least = seconds_between(start, env.as_of)
        if isinstance(least, Fraction) and least >= _DAY:
            return (Range(least - _DAY, None, low_open=True),)
        return (Range(Fraction(0)),)
    if end is ANYTHING or isinstance(end, Attested) or start is ANYTHING:
        return (Range(Fraction(0)),)
    gap = seconds_between(start, end)
    if not isinstance(gap, Fraction) or not (_is_day(start) and _is_day(end)):
        return (gap,)
    if both_days:
        return (gap + _DAY,)
    return (Range(max(gap - _DAY, Fraction(0)), gap + _DAY, low_open=gap >= _DAY, high_open=True),)


def _field(name: str, env: Environment) -> Option:
    reading: Reading | None = None if env.event is None else env.event.fields.get(name)
    one = Candidate(ANYTHING, reason=Reason.NOT_COLLECTED) if reading is None else candidate(reading, env)
    env.facts.append(Fact(name, (one,)))
    return one.value


def _is_day(option: Option) -> bool:
    return type(option) is date


def _is_after(end: Option, day: date) -> bool:
    """What had not ended by the day asked about was then still going on."""
    return isinstance(end, date) and compare(Sign.MORE_THAN, end, day) is Truth.TRUE
