"""A whole trial, patient by patient: who comes, who is eligible, and who is treated where the design has a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction

from attrs import define, evolve, field, frozen

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict
from protocol_dsl.conduct.history import Treated
from protocol_dsl.conduct.slots import open_slots
from protocol_dsl.conduct.trial import advise, stopping_rules
from protocol_dsl.escalation.advise import Advice
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.evaluate.decide import Status
from protocol_dsl.model.condition import MomentOf
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.record import Reading, Record
from protocol_dsl.model.vocabulary import ListOf
from protocol_dsl.model.walk import walk
from protocol_dsl.readers.data import CommitteeDecision
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.palette import Palette
from protocol_dsl.synthesize.screened import Comer, Screened, eligible, ineligible
from protocol_dsl.synthesize.treated import NO, NOT_EVALUABLE, YES, Course, Outcome, treated

START = date(2026, 1, 5)
_LETTER = {NO: "N", YES: "T", NOT_EVALUABLE: "X"}
_LONGEST = 400


@frozen
class Plan:
    """What is wished for of a trial. `rates` are the chances of a DLT at each level, `leaves` and `eligible` shares."""

    patients: int = 30
    seed: int = 1
    start: date = START
    every: int = 7
    eligible: Fraction = Fraction(3, 4)
    leaves: Fraction = Fraction(1, 15)
    rates: tuple[Fraction, ...] = ()


@frozen
class Invented:
    """One patient: the record, and what it was made to be."""

    record: Record
    eligible: bool | None
    barred: tuple[str, ...] = ()
    level: str | None = None
    cohort: int | None = None
    dlt: str | None = None
    clauses: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None


@frozen
class Trial:
    """What was invented. `history` is None without an escalation; `uncovered` says what could not be covered."""

    patients: tuple[Invented, ...]
    history: str | None
    decisions: tuple[CommitteeDecision, ...]
    as_of: date
    uncovered: tuple[str, ...]


@frozen
class Place:
    """Where a patient may be treated from a day on: the level and the number of the cohort, where there are such."""

    day: date
    level: str | None = None
    cohort: int | None = None


@define
class _Run:
    """A trial in the making."""

    protocol: Protocol
    palette: Palette
    plan: Plan
    done: list[Invented] = field(factory=list)
    courses: list[tuple[str, int, Course]] = field(factory=list)  # level, number of the cohort, course
    decisions: list[CommitteeDecision] = field(factory=list)
    uncovered: dict[str, None] = field(factory=dict)
    free: date = START
    over: str = ""
    unmade: set[str] = field(factory=set)

    def dice(self, *names: object) -> Dice:
        return Dice.of(self.plan.seed, *names)


def invent(protocol: Protocol, plan: Plan) -> Trial:
    """A trial of a protocol. The same plan gives the same trial."""
    run = _Run(protocol, Palette(protocol), plan, free=plan.start)
    arrival = plan.start
    for number in range(1, plan.patients + 1):
        if run.over:
            run.uncovered[f"the trial ended before patient {number} came: {run.over}"] = None
            break
        name = f"SYN-{number:03}"
        arrival += timedelta(days=run.dice(name, "arrival").waited(plan.every))
        _next(run, name, arrival)
    days = [one.last for one in run.done if one.last] + [
        max(one.record.attested.values(), default=plan.start) for one in run.done
    ]
    _never_fired(run)
    history = _history(run, None) if protocol.escalation is not None and protocol.ladder is not None else None
    as_of = max(days, default=plan.start)
    done = tuple(_doses_attested(protocol, one, as_of) for one in run.done)
    return Trial(done, None if history is None else str(history), tuple(run.decisions), as_of, tuple(run.uncovered))


def _doses_attested(protocol: Protocol, one: Invented, as_of: date) -> Invented:
    """The patient with the doses attested to the day of the data cut: nobody is treated without its being known."""
    doses = [
        name for name, item in protocol.items.items() if item.kind == ListOf("dose") and name in one.record.attested
    ]
    attested = {**one.record.attested, **dict.fromkeys(doses, as_of)}
    return evolve(one, record=evolve(one.record, attested=attested))


def _next(run: _Run, name: str, arrival: date) -> None:
    """One patient more, as wished where that can be made."""
    dice = run.dice(name)
    if run.protocol.criteria and not dice.chance(run.plan.eligible):
        failed = _failure(run, name, arrival, dice)
        if failed is not None:
            run.done.append(failed)
            return
    placed = _place(run, max(arrival + timedelta(days=dice.between(8, 14)), run.free))
    if placed is None:
        return
    _treat(run, name, placed, dice)


# --- who is not treated -------------------------------------------------------------------------------------------


def _failure(run: _Run, name: str, arrival: date, dice: Dice) -> Invented | None:
    """A patient barred by a criterion that is picked at random, of those that can be told before a first dose."""
    early = _before(run.protocol, arrival + timedelta(days=dice.between(3, 9)))
    told = [one for one in run.protocol.criteria if _tellable(one, early) and one.id not in run.unmade]
    for by in dice.shuffled(told)[:6]:
        found = ineligible(run.palette, Comer(name, early, _context(run.protocol)), by, dice)
        if found is not None:
            return Invented(_with_moments(run.protocol, found.scene.record, early), False, found.barred)  # noqa: FBT003
        run.unmade.add(by.id)
        run.uncovered[f"{by.id} bars nobody: no entries were found that it bars"] = None
    return None


def _tellable(clause: Clause, moments: Mapping[str, date]) -> bool:
    parts = (clause.condition, *(() if clause.guard is None else (clause.guard,)))
    named = {node.name for node in walk(parts) if isinstance(node, MomentOf)}
    return named <= {*moments} and (clause.moment is None or clause.moment in moments)


def _before(protocol: Protocol, day: date) -> dict[str, date]:
    """The moments until the one at which criteria are asked, which is on that day."""
    asked = {clause.moment for clause in protocol.criteria if clause.moment} or {*protocol.moments}
    start = protocol.dlt.start if protocol.dlt else None
    last = [name for name in protocol.moments if name in asked and name != start]
    found: dict[str, date] = {}
    for name in last:
        found[name] = day
    for name in reversed(tuple(protocol.moments)):
        for later, moment in protocol.moments.items():
            if moment.after == name and later in found and name not in found:
                back = min(moment.at_most_days if moment.at_most_days is not None else 14, 7)
                found[name] = found[later] - timedelta(days=max(back, moment.at_least_days or 0))
    known = {name: found[name] for name in protocol.moments if name in found}
    return known or {start or "": day}


def _context(protocol: Protocol) -> dict[str, str]:
    return {"part": protocol.parts[0].name if protocol.parts else "escalation"}


def _with_moments(protocol: Protocol, record: Record, moments: Mapping[str, date]) -> Record:
    readings = {name: (Reading(day),) for name, day in moments.items() if name in protocol.moments}
    return evolve(record, readings={**record.readings, **readings})


# --- who is treated -----------------------------------------------------------------------------------------------


def _place(run: _Run, day: date) -> Place | None:
    """The first day from then on with a place, its level, and the number of its cohort; None where there is none."""
    if run.protocol.dlt is None or run.protocol.escalation is None or run.protocol.ladder is None:
        return Place(day)
    end = day + timedelta(days=_LONGEST)
    while day <= end:
        early, late = (_advice(run, day, known=known) for known in (True, False))
        if early == late and early.move == "stop":
            run.over = f"the design stops ({early.because})"
            return None
        stopped = _stopped(run, day)
        if stopped:
            run.over = f"stopping rule {stopped} is met"
            return None
        if early == late and early.move == "treat" and early.level is not None:
            slots = open_slots(run.protocol, _treated(run, day, known=True), early, day)
            opens = slots[0].opens if slots else None
            if opens is not None and opens <= day:
                return Place(day, early.level, _cohort(run, early, day))
            day = opens if opens is not None else day + timedelta(days=1)
            continue
        coming = [one.settled for _, _, one in run.courses if one.settled > day]
        if not coming and early.move == "wait":
            run.over = f"the design waits for nobody ({early.because})"
            return None
        day = min(coming, default=day + timedelta(days=1))
    run.over = "no place opened for more than a year"
    return None


def _stopped(run: _Run, day: date) -> str:
    """The stopping rules that are met on a day."""
    records = [one.record for one in run.done if one.first is not None]
    met = stopping_rules(run.protocol, records, day) if run.protocol.stopping else ()
    return ", ".join(one.clause.id for one in met if one.status is Status.MET)


def _advice(run: _Run, day: date, *, known: bool) -> Advice:
    found = _treated(run, day, known=known)
    waiting = [one for one in found.statuses if one.status is DltVerdict.PENDING and one.window]
    followed = tuple(
        min(Fraction(max((day - one.window[0]).days, 0), (one.window[1] - one.window[0]).days + 1), Fraction(1))
        for one in waiting
        if one.window
    )
    moved = advise(run.protocol, found.history, followed=followed)
    if not isinstance(moved, Advice):
        raise LookupError(moved.message)  # noqa: TRY004 - cohorts stand at levels of the ladder, so this cannot be
    return moved


def _cohort(run: _Run, moved: Advice, day: date) -> int:
    """The number of the cohort that is being filled, or of the next."""
    if not run.courses:
        return 1
    level, number, _ = run.courses[-1]
    here = [one for _, cohort, one in run.courses if cohort == number]
    counted = sum(one.status != NOT_EVALUABLE or one.settled > day for one in here)
    size = run.protocol.escalation.cohort if run.protocol.escalation else 0
    filling = moved.level == level and counted < size
    if not filling:
        _decided(run, moved, day)
    return number if filling else number + 1


def _decided(run: _Run, moved: Advice, day: date) -> None:
    """The committee follows what is proposed, on the day on which the next cohort begins."""
    run.decisions.append(CommitteeDecision(day, moved.action, moved.action, "safety committee", moved.because))


def _history(run: _Run, day: date | None, *, known: bool = True) -> History:
    return _treated(run, day, known=known).history


def _treated(run: _Run, day: date | None, *, known: bool) -> Treated:
    """The trial as it stands on a day: outcomes that are not settled are pending, DLTs unless `known` at once."""
    cohorts: dict[int, tuple[str, str]] = {}
    statuses = []
    for number, (level, cohort, course) in enumerate(run.courses):
        settled = day is None or day >= course.settled or (known and course.status == YES)
        letter = _LETTER[course.status] if settled else "P"
        cohorts[cohort] = (level, cohorts.get(cohort, (level, ""))[1] + letter)
        verdict = DltVerdict(course.status) if settled else DltVerdict.PENDING
        statuses.append(DltStatus(str(number), level, verdict, "", (course.first, course.last)))
    return Treated(History(tuple(Cohort(level, letters) for level, letters in cohorts.values())), tuple(statuses))


def _treat(run: _Run, name: str, place: Place, dice: Dice) -> None:
    """An eligible patient, and the course of their treatment."""
    protocol, day, level, cohort = run.protocol, place.day, place.level, place.cohort
    moments = _until_dose(protocol, day, dice)
    context = _context(protocol)
    if level is not None:
        here = sum(one == level for one, _, _ in run.courses) + 1
        context |= {"level": level, "assigned_level": level, "cohort": str(cohort), "entry": str(here)}
    screened = eligible(run.palette, Comer(name, moments, context), dice)
    if screened is None:
        run.uncovered["no entries were found with which a patient is eligible"] = None
        run.over = "nobody could be made eligible"
        return
    if protocol.dlt is None:
        record = _with_moments(protocol, screened.scene.record, moments)
        run.done.append(Invented(record, True if protocol.criteria else None))
        run.free = day + timedelta(days=1)
        return
    course = _course(run, screened, day, level, dice)
    if course is None:
        run.uncovered[f"no course of treatment was found for {name}"] = None
        return
    run.courses.append((level or "", cohort or 0, course))
    record = _with_moments(protocol, course.scene.record, {**moments, **course.scene.moments})
    run.done.append(
        Invented(
            record,
            True if protocol.criteria else None,
            (),
            level,
            cohort,
            course.status,
            course.clauses,
            course.first,
            course.last,
        )
    )
    run.free = day + timedelta(days=1)


def _until_dose(protocol: Protocol, day: date, dice: Dice) -> dict[str, date]:
    """The moments to the first dose on that day; only up to the last that is asked about, where there is no dose."""
    if protocol.dlt is None:
        return _before(protocol, day)
    moment = protocol.moments.get(protocol.dlt.start)
    most = moment.at_most_days if moment is not None and moment.at_most_days is not None else 4
    least = moment.at_least_days if moment is not None and moment.at_least_days else 0
    asked = day - timedelta(days=max(dice.between(1, max(min(most, 4), 1)), least))
    before = _before(protocol, asked) if any(clause.moment for clause in protocol.criteria) else {}
    return {**before, protocol.dlt.start: day}


def _course(run: _Run, screened: Screened, day: date, level: str | None, dice: Dice) -> Course | None:
    """The course that chance wishes for; another where that cannot be made, which is said."""
    for status, by in _wishes(run, level, dice):
        if by is not None and by.id in run.unmade:
            continue
        found = treated(run.palette, screened.scene, day, Outcome(status, by), dice)
        if found is not None:
            return found
        if by is not None:
            run.unmade.add(by.id)
    return None


def _wishes(run: _Run, level: str | None, dice: Dice) -> Iterator[tuple[str, Clause | None]]:
    """What is to become of a patient, the first choice first."""
    rules = run.protocol.dlt
    if dice.chance(run.plan.leaves):
        yield NOT_EVALUABLE, None
    if rules is not None and dice.chance(_rate(run, level)):
        used = {name for _, _, one in run.courses for name in one.clauses}
        order = dice.shuffled(rules.clauses)
        for clause in sorted(order, key=lambda one: one.id in used):
            yield YES, clause
    for _ in range(3):
        yield NO, None


def _rate(run: _Run, level: str | None) -> Fraction:
    names = run.protocol.ladder.names if run.protocol.ladder else ()
    rates = run.plan.rates or usual_rates(len(names) or 1)
    return rates[names.index(level)] if level in names else rates[0]


def usual_rates(levels: int) -> tuple[Fraction, ...]:
    """Rates that rise from 0.05 by 0.08 a level, to 0.5 at most; 0.3 where there is but one."""
    if levels == 1:
        return (Fraction(3, 10),)
    return tuple(min(Fraction(5 + 8 * number, 100), Fraction(1, 2)) for number in range(levels))


def _never_fired(run: _Run) -> None:
    """What the trial does not show, of what the protocol asks."""
    rules = run.protocol.dlt
    fired = {name for _, _, one in run.courses for name in one.clauses}
    for clause in rules.clauses if rules else ():
        if clause.id not in fired:
            why = "no records were found that meet it" if clause.id in run.unmade else "chance had no DLT by it"
            run.uncovered[f"{clause.id} never fires: {why}"] = None
    barred = {name for one in run.done for name in one.barred}
    left = [one.id for one in run.protocol.criteria if one.id not in barred and one.id not in run.unmade]
    if left:
        run.uncovered[f"nobody is barred by {', '.join(left)}"] = None
    if rules is not None and run.courses and not any(one.status == NOT_EVALUABLE for _, _, one in run.courses):
        run.uncovered["every treated patient is evaluable"] = None
    if run.protocol.modifications:
        run.uncovered["doses are not modified"] = None
