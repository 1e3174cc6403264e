"""When a clause settles that is not settled yet: by readings to come, by what goes on, by what has not happened."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import evolve, frozen

from protocol_dsl.base.studytime import Days
from protocol_dsl.conduct.case import Case, as_attested, ended, environment_of, through_window
from protocol_dsl.evaluate.decide import ClauseDecision, Status, decide_clause
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.condition import Series, Sustained
from protocol_dsl.model.protocol import Clause
from protocol_dsl.model.record import Range, Reading, Reason
from protocol_dsl.model.vocabulary import Date
from protocol_dsl.model.walk import walk

LONGEST = 400
"""What is still going on is followed for so many days ahead, to see when it settles a clause."""

NOT_YET = (Reason.NOT_COLLECTED, Reason.STALE)


@frozen
class Seen:
    """A clause as the record has it, as if its lists were complete, and as if they were and more might come.

    `coming` are the last days of the windows in which more may come.
    """

    found: ClauseDecision
    listed: ClauseDecision
    ahead: ClauseDecision
    coming: tuple[date, ...]

    @property
    def settled(self) -> bool:
        """Whether it is met whatever may come."""
        return self.found.status is Status.MET and self.ahead.status is Status.MET


def each_clause(case: Case) -> list[Seen]:
    """Every clause of the rules, in order."""
    attested = as_attested(case)
    seen = []
    for clause in case.rules.clauses:
        coming: list[date] = []
        ahead = decide_clause(clause, evolve(environment_of(attested, clause), ahead=coming))
        found, listed = (decide_clause(clause, environment_of(one, clause)) for one in (through_window(case), attested))
        seen.append(Seen(found, listed, ahead, tuple(coming)))
    return seen


def settles_on(case: Case, one: Seen) -> date | None:
    """The day on which a clause settles: by readings to come, by what goes on, or by what has not happened by then."""
    if one.listed.status is Status.MET:
        return max(one.coming, default=case.as_of)
    return comes(case, one) or _going_on(case, one.found.clause) or _run_on(case, one) or not_yet(case, one)


def comes(case: Case, one: Seen) -> date | None:
    """The last day of the windows, where all that is missing is a reading that may still be taken in one."""
    coming = max(one.coming, default=case.as_of)
    if coming <= case.as_of or ended(case):
        return None
    windowed = {s.item for s in walk(one.found.clause.condition) if isinstance(s, Series) and s.window is not None}
    missing = gaps_of(one.listed)
    to_come = all(gap.reason in NOT_YET and gap.item in windowed for gap in missing)
    return coming if missing and to_come else None


def _run_on(case: Case, one: Seen) -> date | None:
    """The day on which a run of readings would be long enough if its last one still held; None once that is past."""
    items = {run.series.item for run in walk(one.found.clause.condition) if isinstance(run, Sustained)}
    if not items or ended(case):
        return None
    for days in range(1, LONGEST):
        later = _carried_on(case, items, days)
        if later is None:
            return None
        decided = decide_clause(one.found.clause, environment_of(as_attested(later), one.found.clause))
        if decided.status is not Status.UNKNOWN:
            reached = later.as_of
            return reached if decided.status is Status.MET and reached > case.as_of else None
    return None


def _carried_on(case: Case, items: set[str], days: int) -> Case | None:
    """As if each of the items had been read once more, so many days after its last reading and with its value."""
    readings, last_day = dict(case.record.readings), date.min
    for item in items:
        dated = [one for one in readings.get(item, ()) if not one.stray and one.date is not None and one.date.exact]
        last = max(dated, key=lambda one: one.date.first if one.date else date.min, default=None)
        if last is None or last.date is None:
            return None
        day = last.date.first + timedelta(days=min(days, (date.max - last.date.first).days))
        readings[item] = (*readings[item], evolve(last, date=Days(day, day)))
        last_day = max(last_day, day)
    return evolve(case, record=evolve(case.record, readings=readings), as_of=max(case.as_of, last_day))


def not_yet(case: Case, one: Seen) -> date | None:
    """The day from which a clause is decided if a day that is not recorded lies later still; None once that is past."""
    unrecorded = {gap.item for gap in gaps_of(one.listed) if gap.reason in (Reason.NOT_COLLECTED, Reason.UNDATED)}
    missing = {name for name in unrecorded if _is_day(case, name)}
    if not missing or ended(case):
        return None
    for days in range(min(LONGEST, (date.max - case.as_of).days)):
        day = case.as_of + timedelta(days=days)
        later = Reading(Range(day + timedelta(days=1), None))
        readings = {**case.record.readings, **dict.fromkeys(missing, (later,))}
        record = evolve(case.record, readings=readings)
        moments, _ = moments_of(case.protocol, record, {case.rules.start: case.first})
        supposed = as_attested(evolve(case, record=record, as_of=day, moments=moments))
        decided = decide_clause(one.found.clause, environment_of(supposed, one.found.clause))
        if not missing & {gap.item for gap in gaps_of(decided)}:
            return day if days else None
    return None


def _is_day(case: Case, name: str) -> bool:
    item = case.protocol.items.get(name)
    return name in case.protocol.moments or (item is not None and isinstance(item.kind, Date))


def gaps_of(one: ClauseDecision) -> tuple[Gap, ...]:
    """What keeps a clause unknown."""
    findings = [finding for finding in (one.guard, one.body) if finding is not None]
    return tuple(dict.fromkeys(gap for finding in findings for gap in gaps(finding)))


def _going_on(case: Case, clause: Clause) -> date | None:
    """The day on which a clause is decided if what is going on goes on; None where waiting does not help."""
    if ended(case):
        return None
    attested = as_attested(case)
    for days in range(1, min(LONGEST, (date.max - case.as_of).days) + 1):
        later = evolve(attested, as_of=case.as_of + timedelta(days=days))
        if decide_clause(clause, environment_of(later, clause)).status is not Status.UNKNOWN:
            return later.as_of
    return None
