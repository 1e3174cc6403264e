"""Whether a patient had a dose-limiting toxicity, as of a day: yes, no, or why that cannot be said yet.

A clause that is met decides at once. Otherwise what is still to come keeps the patient pending, and what is missing for
any other reason is for people to settle. A patient is not evaluable only once follow-up has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from attrs import evolve, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.conduct.confirm import gap_said
from protocol_dsl.conduct.seen import seen_on
from protocol_dsl.evaluate.decide import ClauseDecision, Status, decide_clause, environment
from protocol_dsl.evaluate.environment import Environment, Finding
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.lookup import attested_to, day_of
from protocol_dsl.evaluate.moments import Moments, has_doses, moments_of
from protocol_dsl.evaluate.possible import as_range
from protocol_dsl.model.condition import Both, Series
from protocol_dsl.model.protocol import Clause, DltRules, Effect, Protocol
from protocol_dsl.model.record import EMPTY, Attested, Judgement, Reason, Record
from protocol_dsl.model.walk import walk

LONGEST = 400
"""An event that is still going on is followed for so many days ahead, to see when it settles a clause."""

_NOTHING = Clause("", Effect.DLT, "", Both(()))


class DltVerdict(StrEnum):
    """What is known of a patient's DLT."""

    YES = "yes"
    NO = "no"
    PENDING = "pending"
    ADJUDICATE = "needs adjudication"
    NOT_EVALUABLE = "not evaluable"


@frozen
class DltStatus:
    """One patient's status, and what it rests on.

    `because` names the clauses that are met, or those that are open; `pending_until` is the day on which it settles at
    the latest, None where no day can be named. `window` is its first and last day, None where the first is not known.
    `missing` says what keeps it open.
    """

    patient: str
    level: str | None
    status: DltVerdict
    why: str
    window: tuple[date, date] | None = None
    pending_until: date | None = None
    because: tuple[str, ...] = ()
    clauses: tuple[ClauseDecision, ...] = ()
    evaluable: Finding | None = None
    missing: tuple[Gap, ...] = ()


@frozen
class _Case:
    """One treated patient under the rules."""

    protocol: Protocol
    rules: DltRules
    record: Record
    as_of: date
    moments: Moments
    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(days=min(self.rules.last_day, (date.max - self.first).days))


def dlt_status(protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date] = EMPTY) -> DltStatus | None:
    """The status of one patient seen from `as_of`; None without DLT rules, or where nobody was treated yet."""
    rules = protocol.dlt
    if rules is None:
        return None
    seen = seen_on(record, as_of)
    if not may_be_treated(protocol, seen, as_of, at):
        return None
    moments, _ = moments_of(protocol, seen, at)
    start = moments.get(rules.start)
    if isinstance(start, date):
        return _status(_Case(protocol, rules, seen, as_of, moments, start))
    why = f"the day of {rules.start} is not certain"
    gap = Gap(rules.start, Reason.IMPRECISE)
    return DltStatus(record.patient, level_of(record), DltVerdict.ADJUDICATE, why, missing=(gap,))


def level_of(record: Record) -> str | None:
    """The level that was given; the one that was assigned, where that is not recorded. Empty where entries differ."""
    return record.context.get("level", record.context.get("assigned_level"))


_NOT_YET = (Reason.NOT_COLLECTED, Reason.STALE)
_ENTERED = (Reason.UNREADABLE, Reason.CONFLICTING)


def may_be_treated(protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date] = EMPTY) -> bool:
    """Whether the first dose was given by a day, or may have been: an entry for it counts though it cannot be read.

    So do a level that was given and a dose on file, where the day of the first is missing. Without DLT rules everyone
    may.
    """
    if protocol.dlt is None:
        return True
    start = protocol.dlt.start
    day = moments_of(protocol, record, at)[0].get(start)
    low = as_range(day).low
    if isinstance(low, date):
        return low <= as_of
    entries = record.readings.get(start, ())
    if any(one.missing in _ENTERED or one.value not in (None, Attested.NEVER) for one in entries):
        return True
    return not entries and ("level" in record.context or has_doses(protocol, record))


def _status(case: _Case) -> DltStatus:
    clauses = _clauses(case)
    found = DltStatus(
        case.record.patient, level_of(case.record), DltVerdict.NO, "", (case.first, case.last), clauses=clauses
    )
    met = tuple(one.clause.id for one in clauses if one.status is Status.MET)
    if met:
        return evolve(found, status=DltVerdict.YES, because=met, why=f"{', '.join(met)} met")
    doubtful = [one for one in _clauses(_as_attested(case)) if one.status is Status.UNKNOWN]
    if doubtful:
        return _doubtful(case, found, doubtful)
    return _without(case, found)


# --- the clauses ------------------------------------------------------------------------------------------------------


def _clauses(case: _Case) -> tuple[ClauseDecision, ...]:
    return tuple(decide_clause(clause, _environment(case, clause)) for clause in case.rules.clauses)


def _environment(case: _Case, clause: Clause) -> Environment:
    return environment(case.protocol, case.record, case.as_of, case.moments, clause)


def _as_attested(case: _Case) -> _Case:
    """As if the list of events were complete: what is then unknown is so for another reason."""
    if case.rules.events is None:
        return case
    attested = {**case.record.attested, case.rules.events: date.max}
    return evolve(case, record=evolve(case.record, attested=attested))


def _doubtful(case: _Case, found: DltStatus, doubtful: list[ClauseDecision]) -> DltStatus:
    """Clauses that are unknown: pending where time alone will tell, else for people to settle."""
    days = {one.clause.id: _comes(case, one) or _settles(case, one.clause) for one in doubtful}
    asking = [one for one in doubtful if days[one.clause.id] is None]
    if asking:
        ids = tuple(one.clause.id for one in asking)
        missing = tuple(dict.fromkeys(gap for one in asking for gap in _asked(case, one)))
        asked = tuple(one.clause.condition for one in asking)
        told = [gap_said(gap, asked, case.record) for gap in missing]
        why = f"{', '.join(ids)} cannot be told: {', '.join(told) or 'no printed band holds what was found'}"
        return evolve(found, status=DltVerdict.ADJUDICATE, because=ids, missing=missing, why=why)
    until = max(day for day in days.values() if day is not None)
    until = max(until, case.last) if case.as_of < case.last else until
    why = f"{', '.join(days)} not settled before {until.isoformat()}: {_waiting_for(case, doubtful)}"
    return evolve(found, status=DltVerdict.PENDING, because=tuple(days), pending_until=until, why=why)


def _waiting_for(case: _Case, doubtful: list[ClauseDecision]) -> str:
    items = dict.fromkeys(gap.item for one in doubtful if _comes(case, one) for gap in _gaps(one))
    return f"{' and '.join(items)} may still be read" if items else "an event is still going on"


def _comes(case: _Case, one: ClauseDecision) -> date | None:
    """The last day of the window, where all that is missing is a reading that may still be taken in it."""
    if case.as_of >= case.last or _ended(case):
        return None
    windowed = {s.item for s in walk(one.clause.condition) if isinstance(s, Series) and s.window is not None}
    missing = _gaps(one)
    to_come = all(gap.reason in _NOT_YET and gap.item in windowed for gap in missing)
    return case.last if missing and to_come else None


def _gaps(one: ClauseDecision) -> tuple[Gap, ...]:
    findings = [finding for finding in (one.guard, one.body) if finding is not None]
    return tuple(dict.fromkeys(gap for finding in findings for gap in gaps(finding)))


def _asked(case: _Case, one: ClauseDecision) -> tuple[Gap, ...]:
    """What is missing, without judgements that would decide nothing; all of it where none would alone."""
    found = _gaps(one)
    return tuple(gap for gap in found if gap.reason is not Reason.NOT_JUDGED or _decides(case, one, gap)) or found


def _decides(case: _Case, one: ClauseDecision, gap: Gap) -> bool:
    """Whether the clause would be decided by a judgement, one way or the other."""
    for met in (True, False):
        judged = {**case.record.judgements, gap.item: (Judgement(met, case.as_of),)}
        settled = evolve(case, record=evolve(case.record, judgements=judged))
        if decide_clause(one.clause, _environment(settled, one.clause)).status is not Status.UNKNOWN:
            return True
    return False


def _settles(case: _Case, clause: Clause) -> date | None:
    """The day on which a clause is decided if what is going on goes on; None where waiting does not help."""
    if _ended(case):
        return None
    attested = _as_attested(case)
    for days in range(1, min(LONGEST, (date.max - case.as_of).days) + 1):
        later = evolve(attested, as_of=case.as_of + timedelta(days=days))
        if decide_clause(clause, _environment(later, clause)).status is not Status.UNKNOWN:
            return later.as_of
    return None


# --- nothing found ----------------------------------------------------------------------------------------------------


def _without(case: _Case, found: DltStatus) -> DltStatus:
    """No clause is met by what is known: over, still to come, or never to be known."""
    evaluable = _evaluable(case)
    found = evolve(found, evaluable=evaluable)
    closed = case.as_of >= case.last
    truth = Truth.TRUE if evaluable is None else evaluable.truth
    if (closed or _ended(case)) and (truth is Truth.FALSE or (evaluable is None and _left_early(case))):
        return evolve(found, status=DltVerdict.NOT_EVALUABLE, why=_why_not_evaluable(case))
    if not closed:
        why = f"the window is open until {case.last.isoformat()}"
        return evolve(found, status=DltVerdict.PENDING, pending_until=case.last, why=why)
    reached = _reached(case)
    if reached is None or reached < case.last:
        return _unattested(case, found, reached)
    if truth is Truth.UNKNOWN:
        missing = () if evaluable is None else gaps(evaluable)
        why = "it is not known whether the patient is evaluable"
        return evolve(found, status=DltVerdict.ADJUDICATE, missing=missing, why=why)
    return evolve(found, why="no clause is met")


def _unattested(case: _Case, found: DltStatus, reached: date | None) -> DltStatus:
    name = case.rules.events or "the events"
    known = "are not attested complete" if reached is None else f"are complete only to {reached.isoformat()}"
    why = f"the window closed on {case.last.isoformat()}, and {name} {known}"
    return evolve(found, status=DltVerdict.PENDING, missing=(Gap(name, Reason.NOT_ATTESTED),), why=why)


def _why_not_evaluable(case: _Case) -> str:
    if _left_early(case):
        return "follow-up ended before the patient was evaluable"
    return f"what makes a patient evaluable is not met, and the window closed on {case.last.isoformat()}"


def _evaluable(case: _Case) -> Finding | None:
    if case.rules.evaluable is None:
        return None
    return interpret(case.rules.evaluable, evolve(_environment(case, _NOTHING), had_dlt=Truth.FALSE))


def _reached(case: _Case) -> date | None:
    """How far the events are known to be complete; without a list of events, as far as anything is seen."""
    if case.rules.events is None:
        return case.as_of
    return attested_to(case.rules.events, _environment(case, _NOTHING))


def _ended(case: _Case) -> bool:
    """Whether the patient has left."""
    left = _left(case)
    return left is not None and left <= case.as_of


def _left_early(case: _Case) -> bool:
    left = _left(case)
    return left is not None and left < case.last


def _left(case: _Case) -> date | None:
    ends = case.rules.follow_up_ends
    return None if ends is None else day_of(ends, _environment(case, _NOTHING))
