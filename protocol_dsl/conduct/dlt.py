"""Whether a patient had a dose-limiting toxicity, as of a day: yes, no, or why that cannot be said yet.

A clause that is met decides at once, where nothing that is still to come can change it. Otherwise what is to come keeps
the patient pending, and what is missing for any other reason is for people to settle. A patient is not evaluable only
once follow-up has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from attrs import evolve, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.conduct.case import NOTHING, Case, ended, endings, environment_of, left_on, reached, through_window
from protocol_dsl.conduct.confirm import gap_said
from protocol_dsl.conduct.given import Level, level_given
from protocol_dsl.conduct.late import late_clauses
from protocol_dsl.conduct.seen import seen_on, without_later_days
from protocol_dsl.conduct.settling import Seen, comes, each_clause, gaps_of, not_yet, settles_on
from protocol_dsl.evaluate.decide import ClauseDecision, Status, decide_clause
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import has_doses, moments_of
from protocol_dsl.evaluate.possible import as_range
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Attested, Judgement, Reason, Record


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
    `missing` says what keeps it open. `late` names clauses that are met only by what came after the window, which does
    not count; `deviation` says what was given otherwise than assigned, and `assigned` the level that was meant. `part`
    is the part of the trial that is recorded.
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
    late: tuple[str, ...] = ()
    assigned: str | None = None
    deviation: str | None = None
    part: str | None = None


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
        known = without_later_days(seen, as_of, keep=frozenset({rules.start, *_reaching(protocol)}))
        moments, _ = moments_of(protocol, known, {**at, rules.start: start})
        case = Case(protocol, rules, known, as_of, moments, start)
        level = level_given(protocol, known, start)
        return _at(level, _status(case), seen)
    why = f"the day of {rules.start} is not certain"
    gap = Gap(rules.start, Reason.IMPRECISE)
    level = level_given(protocol, seen)
    return _at(level, DltStatus(record.patient, None, DltVerdict.ADJUDICATE, why, missing=(gap,)), seen)


def _at(level: Level, found: DltStatus, record: Record) -> DltStatus:
    part = record.context.get("part")
    return evolve(found, level=level.counts, assigned=level.assigned, deviation=level.deviation, part=part)


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


def _reaching(protocol: Protocol) -> Iterator[str]:
    """The items that say to which day a list is complete."""
    for item in protocol.items.values():
        if item.complete is not None and item.complete.to is not None:
            yield item.complete.to


def _status(case: Case) -> DltStatus:
    """Met for good, and else by what keeps each clause open: what is missing, what is still to come, an open list."""
    seen = each_clause(case)
    clauses = tuple(one.found for one in seen)
    found = DltStatus(case.record.patient, None, DltVerdict.NO, "", (case.first, case.last), clauses=clauses)
    met = tuple(one.found.clause.id for one in seen if one.settled)
    found = evolve(found, late=tuple(name for name in late_clauses(case) if name not in met))
    if met:
        return evolve(found, status=DltVerdict.YES, because=met, why=f"{', '.join(met)} met")
    doubtful = [one for one in seen if one.listed.status is Status.UNKNOWN]
    asking = [one for one in doubtful if settles_on(case, one) is None]
    if asking:
        return _asking(case, found, asking)
    waiting = [one for one in seen if one in doubtful or one.listed.status is Status.MET]
    return _waiting(case, found, waiting) if waiting else _without(case, found, seen)


# --- what keeps them open ---------------------------------------------------------------------------------------------


def _asking(case: Case, found: DltStatus, asking: list[Seen]) -> DltStatus:
    """For people to settle: waiting does not help."""
    ids = tuple(one.found.clause.id for one in asking)
    missing = tuple(dict.fromkeys(gap for one in asking for gap in _asked(case, one.listed)))
    asked = tuple(one.found.clause.condition for one in asking)
    told = [gap_said(gap, asked, case.record) for gap in missing]
    why = f"{', '.join(ids)} cannot be told: {', '.join(told) or 'no printed band holds what was found'}"
    return evolve(found, status=DltVerdict.ADJUDICATE, because=ids, missing=missing, why=why)


def _waiting(case: Case, found: DltStatus, waiting: list[Seen]) -> DltStatus:
    """Pending to the day on which the last of them settles; without a day, where it is lists that are not complete."""
    ids = tuple(one.found.clause.id for one in waiting)
    found = evolve(found, status=DltVerdict.PENDING, because=ids)
    days = [settles_on(case, one) for one in waiting]
    until = max((day for day in days if day is not None), default=None)
    if until is None or until <= case.as_of:
        missing = tuple(dict.fromkeys(gap for one in waiting for gap in gaps_of(one.found)))
        known = ", ".join(f"{gap.item} {gap.reason}" for gap in missing)
        return evolve(found, missing=missing, why=f"{', '.join(ids)} would be met: {known}")
    until = max(until, case.last) if case.as_of < case.last else until
    why = f"{', '.join(ids)} not settled before {until.isoformat()}: {_awaited(case, waiting)}"
    return evolve(found, pending_until=until, why=why)


def _awaited(case: Case, waiting: list[Seen]) -> str:
    items = dict.fromkeys(gap.item for one in waiting if comes(case, one) for gap in gaps_of(one.listed))
    if items:
        return f"{' and '.join(items)} may still be read"
    going_on = any(one.listed.status is Status.UNKNOWN and not not_yet(case, one) for one in waiting)
    return "an event is still going on" if going_on else "it may still come otherwise"


def _asked(case: Case, one: ClauseDecision) -> tuple[Gap, ...]:
    """What is missing, without judgements that would decide nothing; all of it where none would alone."""
    found = gaps_of(one)
    return tuple(gap for gap in found if gap.reason is not Reason.NOT_JUDGED or _decides(case, one, gap)) or found


def _decides(case: Case, one: ClauseDecision, gap: Gap) -> bool:
    """Whether the clause would be decided by a judgement, one way or the other."""
    for met in (True, False):
        judged = {**case.record.judgements, gap.item: (Judgement(met, case.as_of),)}
        settled = evolve(case, record=evolve(case.record, judgements=judged))
        if decide_clause(one.clause, environment_of(settled, one.clause)).status is not Status.UNKNOWN:
            return True
    return False


# --- nothing found ----------------------------------------------------------------------------------------------------


def _without(case: Case, found: DltStatus, seen: list[Seen]) -> DltStatus:
    """No clause is met by what is known: over, still to come, or never to be known."""
    evaluable = _evaluable(case)
    found = evolve(found, evaluable=evaluable)
    closed = case.as_of >= case.last
    truth = Truth.TRUE if evaluable is None else evaluable.truth
    if (closed or ended(case)) and (truth is Truth.FALSE or (evaluable is None and _left_early(case))):
        return evolve(found, status=DltVerdict.NOT_EVALUABLE, why=_why_not_evaluable(case))
    if not closed:
        why = f"the window is open until {case.last.isoformat()}"
        return evolve(found, status=DltVerdict.PENDING, pending_until=case.last, why=why)
    lists = _unattested(case, seen)
    if lists:
        known = "; ".join(_known_to(case, name) for name in lists)
        missing = tuple(Gap(name, Reason.NOT_ATTESTED) for name in lists)
        why = f"the window closed on {case.last.isoformat()}, and {known}"
        return evolve(found, status=DltVerdict.PENDING, missing=missing, why=why)
    if truth is Truth.UNKNOWN:
        missing = () if evaluable is None else gaps(evaluable)
        why = "it is not known whether the patient is evaluable"
        return evolve(found, status=DltVerdict.ADJUDICATE, missing=missing, why=why)
    if found.late:
        why = f"{', '.join(found.late)} met only after the window, which closed on {case.last.isoformat()}"
        return evolve(found, why=f"{why}: listed and not counted")
    return evolve(found, why="no clause is met")


def _unattested(case: Case, seen: list[Seen]) -> tuple[str, ...]:
    """The lists not known to be complete through the window: that of events, and those that clauses wait for."""
    gaps_left = (gap for one in seen if one.found.status is Status.UNKNOWN for gap in gaps_of(one.found))
    waited_for = [gap.item for gap in gaps_left if gap.reason is Reason.NOT_ATTESTED]
    names = dict.fromkeys([*([] if case.rules.events is None else [case.rules.events]), *waited_for])
    days = {name: reached(case, name) for name in names}
    return tuple(name for name, day in days.items() if day is None or day < case.last)


def _known_to(case: Case, name: str) -> str:
    day = reached(case, name)
    return f"{name} are not attested complete" if day is None else f"{name} are complete only to {day.isoformat()}"


def _why_not_evaluable(case: Case) -> str:
    if _left_early(case):
        item, day = endings(case)[0]
        return f"follow-up ended before the patient was evaluable: {item} {day.isoformat()}"
    return f"what makes a patient evaluable is not met, and the window closed on {case.last.isoformat()}"


def _evaluable(case: Case) -> Finding | None:
    if case.rules.evaluable is None:
        return None
    env = environment_of(through_window(case, but=case.rules.events), NOTHING)
    return interpret(case.rules.evaluable, evolve(env, had_dlt=Truth.FALSE))


def _left_early(case: Case) -> bool:
    day = left_on(case)
    return day is not None and day < case.last
