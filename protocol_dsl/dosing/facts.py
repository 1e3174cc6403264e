"""The facts a dose rests on, quoted with their age; and what would have to be recorded where one is missing."""

from __future__ import annotations

from datetime import date, timedelta

from protocol_dsl.dosing.plan import Plan
from protocol_dsl.evaluate.environment import Environment, Fact
from protocol_dsl.evaluate.gaps import reason_of
from protocol_dsl.evaluate.quoting import Sight, days_counted, days_old, gap_words, quoted
from protocol_dsl.model.condition import Both, Compare, Part, Sign
from protocol_dsl.model.record import Reason
from protocol_dsl.model.vocabulary import Number

_NEEDS_READING = (Reason.STALE, Reason.NOT_COLLECTED, Reason.NOT_DONE, Reason.REFUSED, Reason.WITHOUT_LIMIT)
_REMEDIES = {
    Reason.PENDING: "the result of {} that is pending",
    Reason.CONFLICTING: "which entry of {} is right",
    Reason.UNREADABLE: "an entry of {} that can be read and is plausible",
    Reason.UNDATED: "the day of {}",
    Reason.IMPRECISE: "the exact value and day of {}",
}


def fact_words(fact: Fact, plan: Plan, env: Environment, at: str) -> str:
    """A fact as it was entered, with its age; or why it is not certain."""
    sight = Sight(env, at)
    if reason_of(fact) is not None:
        why = gap_words(fact, _looked_at(plan), sight)
        return why if why is not None else quoted(fact, sight)
    return f"{quoted(fact, sight)}{_age(fact, env, sight)}"


def _looked_at(plan: Plan) -> Both:
    """All that a dose looks at, in the form of a condition."""
    values = (*plan.levels, None if plan.basis is None else plan.basis.value)
    return Both(tuple(Compare(Sign.IS, value, value) for value in values if value is not None))


def _age(fact: Fact, env: Environment, sight: Sight) -> str:
    reading = fact.candidates[0].reading
    item = env.protocol.items.get(fact.name)
    if item is None or fact.part is not Part.VALUE or reading is None or reading.date is None or reading.at_moment:
        return ""
    if not isinstance(item.kind, Number):
        return ""
    old = days_old((sight.day - reading.date.last).days)
    valid = ", and nothing says how long it is valid"
    if item.valid_days is not None:
        valid = f", valid for {days_counted(item.valid_days)}"
    return f" is {old} at {sight.at}{valid}"


def remedy(fact: Fact, reason: Reason, env: Environment) -> str | None:
    """What would have to be recorded; None where nothing that is recorded helps, as where a formula is not valid."""
    if reason in (Reason.NOT_VALID, Reason.ON_LIMIT):
        return None
    name = f"{fact.of_list} {fact.name}".strip()
    if fact.name in env.protocol.moments:
        return f"the day of {name}"
    if reason in _NEEDS_READING:
        return _reading(name, env)
    return _REMEDIES.get(reason, "{}, which is " + reason.value).format(name)


def _reading(name: str, env: Environment) -> str:
    item = env.protocol.items.get(name)
    day = env.at or env.as_of
    if item is None or (item.choice is None and item.valid_days is None):
        return f"{name}"
    if item.valid_days is None:
        return f"a reading of {name} of {day} or before"
    first = day - timedelta(days=min(item.valid_days, (day - date.min).days))
    return f"a reading of {name} from {first} to {day}"
