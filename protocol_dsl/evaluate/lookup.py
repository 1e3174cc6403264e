"""Look-ups without a choice: a moment, a field, a patient's place, a judgement, how far follow-up went."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from protocol_dsl.base.quantity import read_number
from protocol_dsl.base.truth import Truth, agree
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact
from protocol_dsl.evaluate.possible import ANYTHING, UNKNOWN, Option, Possible, compare
from protocol_dsl.evaluate.series import candidate
from protocol_dsl.model.condition import Sign
from protocol_dsl.model.record import Attested, Reason
from protocol_dsl.model.vocabulary import CONTEXT, Completeness, Count


def moment(name: str, env: Environment) -> Possible:
    """The day of a moment; the day being asked about, where it is that moment."""
    if name == env.moment and env.at is not None:
        found: Option = env.at
    else:
        found = env.moments.get(name, ANYTHING)
    reason = _why_no_day(name, env) if found is ANYTHING else None
    env.facts.append(Fact(name, (Candidate(found, found, reason=reason),)))
    return (found,)


def no_day(env: Environment) -> Fact:
    """The moment asked about, whose day is not known."""
    name = env.moment or ""
    return Fact(name, (Candidate(ANYTHING, reason=_why_no_day(name, env)),))


def _why_no_day(name: str, env: Environment) -> Reason:
    """A moment is not an item, so it is never *not collected*, and no policy speaks of it."""
    entries = env.record.readings.get(name, ())
    if any(reading.missing is Reason.UNREADABLE for reading in entries):
        return Reason.UNREADABLE
    days = {reading.value for reading in entries if reading.value is not None}
    return Reason.CONFLICTING if len(days) > 1 else Reason.OUT_OF_ORDER if days else Reason.UNDATED


def field(name: str, env: Environment, outer: int = 0) -> Possible:
    """A field of the event being looked at, or of one further out."""
    looked_at = (*env.around, (env.event, env.of_list))
    event, of_list = looked_at[-1 - outer] if outer < len(looked_at) else (None, "")
    reading = None if event is None else event.fields.get(name)
    one = Candidate(ANYTHING, reason=Reason.NOT_COLLECTED) if reading is None else candidate(reading, env)
    env.facts.append(Fact(name, (one,), of_list=of_list))
    return (one.value,)


def context(name: str, env: Environment) -> Possible:
    """Level, part, cohort, stratum or order of entry."""
    text = env.record.context.get(name)
    if not text:
        reason = Reason.NOT_COLLECTED if text is None else Reason.CONFLICTING
        env.facts.append(Fact(name, (Candidate(ANYTHING, reason=reason),)))
        return UNKNOWN
    found: Option = text
    if isinstance(CONTEXT[name], Count):
        number = read_number(text)
        found = ANYTHING if number is None or number.denominator != 1 or number < 0 else number
    unread = Reason.UNREADABLE if found is ANYTHING else None
    env.facts.append(Fact(name, (Candidate(found, reason=unread),)))
    return (found,)


def judgement(what: str, env: Environment) -> Truth:
    """The latest judgement of a text, or of the criterion; unknown where several may be the latest and differ."""
    about = what or env.judging
    seen = [j for j in env.record.judgements.get(about, ()) if j.day is None or j.day <= env.as_of]
    newest = max((j.day or date.min for j in seen), default=date.min)
    truth = agree(Truth.of(j.met) for j in seen if j.day is None or j.day == newest)
    if truth is Truth.UNKNOWN:
        reason = Reason.CONFLICTING if seen else Reason.NOT_JUDGED
        env.facts.append(Fact(about, (Candidate(ANYTHING, reason=reason),)))
    return truth


def judged_on(what: str, days: Possible, env: Environment) -> Truth:
    """The judgement of what was seen on a day, kept as `WHAT on DAY`; unknown where the day is not certain."""
    if not all(isinstance(day, date) for day in days):
        env.facts.append(Fact(what, (Candidate(ANYTHING, reason=Reason.UNDATED),)))
        return Truth.UNKNOWN
    return agree([judgement(f"{what} on {day}", env) for day in days])


def followed(starts: Possible, days: int, env: Environment) -> Truth:
    """Whether follow-up reached the study day; not reached only once it has ended before."""
    rules = env.protocol.dlt
    start = starts[0]
    if rules is None or len(starts) != 1 or not isinstance(start, date):
        return Truth.UNKNOWN
    needed = start + timedelta(days=min(days, (date.max - start).days))
    reached = None if rules.events is None else attested_to(rules.events, env)
    known_before = needed if needed <= env.as_of else env.as_of + timedelta(days=1)
    left = [_left_before(item, known_before, env) for item in rules.endings]
    if Truth.TRUE in left:
        return Truth.FALSE  # however far the list of events is complete
    if Truth.UNKNOWN not in left and reached is not None and min(reached, env.as_of) >= needed:
        return Truth.TRUE
    env.facts.append(Fact(rules.events or "follow_up", (Candidate(ANYTHING, reason=Reason.PENDING),)))
    return Truth.UNKNOWN


def _left_before(item: str, needed: date, env: Environment) -> Truth:
    """Whether follow-up ended before a day by what is recorded of an ending; what cannot be read may say so."""
    entries = env.record.readings.get(item, ())
    if any(one.stray or one.missing in (Reason.UNREADABLE, Reason.CONFLICTING) for one in entries):
        return Truth.UNKNOWN
    days = {one.value for one in entries if one.value is not None and one.value is not Attested.NEVER}
    return agree(compare(Sign.LESS_THAN, day, needed) for day in days) if days else Truth.FALSE


def attested_to(name: str, env: Environment) -> date | None:
    """The last day for which a list is known to be complete; None where nobody says so."""
    known = (env.record.attested.get(name), _complete_to(name, env))
    return max((day for day in known if day is not None), default=None)


def completeness(name: str, needed: date, env: Environment) -> tuple[bool, Completeness | None]:
    """Whether a list is known to be complete to a day, and the line of the protocol that says so where no site did.

    `complete within N days` takes an attestation that is up to so many days older.
    """
    item = env.protocol.items.get(name)
    rule = None if item is None else item.complete
    slack = rule.within_days if rule is not None and rule.within_days is not None else 0
    attested, ruled = env.record.attested.get(name), _complete_to(name, env)
    if attested is not None and (needed - attested).days <= slack:
        return True, None
    return (True, rule) if ruled is not None and ruled >= needed else (False, None)


def _complete_to(name: str, env: Environment) -> date | None:
    """The day of `complete to ...`, which is a policy and does nothing where those are left out."""
    item = env.protocol.items.get(name)
    rule = None if item is None else item.complete
    return None if rule is None or rule.to is None or not env.policies else day_of(rule.to, env)


def day_of(item: str, env: Environment) -> date | None:
    """The one exact day that an item holds; the latest where it was recorded several times. Of an instant, its day."""
    found = [r.value for r in env.record.readings.get(item, ()) if not r.stray]
    days = [day.date() if isinstance(day, datetime) else day for day in found if isinstance(day, date)]
    return max(days, default=None)
