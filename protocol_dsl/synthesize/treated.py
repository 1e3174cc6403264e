"""One patient under treatment: wished to have a DLT by one clause, none, or to leave before that can be told."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve, frozen

from protocol_dsl.base.studytime import Days
from protocol_dsl.model import condition as core
from protocol_dsl.model.protocol import Clause, DltRules, Protocol
from protocol_dsl.model.record import Event, Reading, Value
from protocol_dsl.model.vocabulary import Date, Item, ListOf, Number
from protocol_dsl.model.walk import walk
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.meaning import clears, evaluable, met
from protocol_dsl.synthesize.palette import Palette, offsets_of
from protocol_dsl.synthesize.scene import Scene
from protocol_dsl.synthesize.screened import withheld
from protocol_dsl.synthesize.seek import Bench, Ground, Wish, plain_event, seek

NO, YES, NOT_EVALUABLE = "no", "yes", "not evaluable"
_DAILY = 6  # a count of doses beyond it asks for daily ones
_WEEKLY = 4
_MOST_DOSES = 60
_FAR = timedelta(days=60)


@frozen
class Outcome:
    """What is wished for: a status, and for a DLT the clause that is to be met."""

    status: str
    by: Clause | None = None


@frozen
class Course:
    """A patient who was treated: the record, what became of them, the clauses that are met, and when that is known."""

    scene: Scene
    status: str
    clauses: tuple[str, ...]
    first: date
    last: date
    settled: date


def treated(palette: Palette, start: Scene, first: date, outcome: Outcome, dice: Dice) -> Course | None:
    """The course of a patient from the first dose, with the outcome wished for; None where none was found."""
    protocol, rules = palette.protocol, palette.protocol.dlt
    if rules is None:
        return None
    last = first + timedelta(days=rules.last_day)
    scene = _begun(palette, start, first, last, dice)
    if outcome.status == NOT_EVALUABLE:
        fewer = _cut_short(protocol, scene, first, last, dice)
        if fewer is None:
            return None
        scene = fewer
    bench = Bench(palette, _ground(protocol, first, last, scene.left), dice)
    found = _made_so(rules, scene, outcome, bench)
    if found is None or any(clears(one, found) is not True for one in protocol.criteria):
        return None
    done = _followed_up(protocol, found, scene.left or _last_day(found, last), dice)
    return _as_wished(rules, done, outcome, first, last)


def _as_wished(rules: DltRules, done: Scene, outcome: Outcome, first: date, last: date) -> Course | None:
    """The course, if the whole of it came out as it was wished for."""
    told = [met(one, done) for one in rules.clauses]
    named = tuple(one.id for one, truth in zip(rules.clauses, told, strict=True) if truth is True)
    if outcome.status != YES and (None in told or named):
        return None
    if outcome.status != YES and evaluable(rules, done) is not (outcome.status == NO):
        return None
    if outcome.status == YES and not named:
        return None
    early = done.left is not None and rules.evaluable is None
    settled = done.left if early and done.left else _settled(done, last, outcome.status)
    return Course(done, outcome.status, named, first, last, settled)


def _made_so(rules: DltRules, scene: Scene, outcome: Outcome, bench: Bench) -> Scene | None:
    """The scene with the clause wished for met, and no other if that can be."""
    by = outcome.by
    others = tuple(_wish(one, met=False) for one in rules.clauses if by is None or one.id != by.id)
    if outcome.status == YES and by is not None:
        wanted = _wish(by, met=True)
        whole = seek(scene, (wanted, *others), bench) or seek(scene, (wanted, *others), bench)
        return whole or seek(scene, (wanted,), bench)
    if outcome.status == NO and rules.evaluable is not None:
        others = (*others, Wish(rules.evaluable, wanted=True))
    return seek(evolve(scene, had_dlt=False), others, bench)


def _wish(clause: Clause, *, met: bool) -> Wish:
    """That a clause is met, or not."""
    body = clause.condition if clause.guard is None else core.Both((clause.guard, clause.condition))
    return Wish(body, met, clause.moment, clause.id)


# --- how a course begins ------------------------------------------------------------------------------------------


def _begun(palette: Palette, start: Scene, first: date, last: date, dice: Dice) -> Scene:
    """Doses as planned, readings at weekly visits, a few mild events, nothing that stands out."""
    protocol, rules = palette.protocol, palette.protocol.dlt
    days = [first + timedelta(days=n) for n in offsets_of(0, (last - first).days)] + [
        last + timedelta(days=n) for n in (7, 14, 21)
    ]
    readings = dict(start.record.readings)
    for name, item in protocol.items.items():
        known = readings.get(name, ())
        if isinstance(item.kind, Number) and _repeated(protocol, item):
            like = (
                known[-1]
                if known
                else Reading(palette.usual(item, first, dice), uln=palette.uln(item, dice), lln=palette.lln(item, dice))
            )
            before = known or (evolve(like, date=Days(first - timedelta(days=2), first - timedelta(days=2))),)
            later = (evolve(like, value=_near_to(item, like.value, palette, dice), date=Days(day, day)) for day in days)
            readings[name] = (*before, *later)
    lists = dict(start.record.lists)
    for name, item in protocol.items.items():
        if item.kind == ListOf("dose"):
            lists[name] = tuple(_doses(palette, start, first))
    if rules is not None and rules.events:
        bench = Bench(palette, Ground(first, (first, last)), dice)
        mild = [plain_event(rules.events, bench) for _ in range(dice.below(4))]
        lists[rules.events] = (*lists.get(rules.events, ()), *mild)
    moments = {**start.moments, **_moments(protocol, first)}
    record = evolve(start.record, readings=readings, lists=lists)
    return evolve(start, record=record, moments=moments, as_of=last + _FAR, until=date.max, had_dlt=False)


def _moments(protocol: Protocol, first: date) -> dict[str, date]:
    """The first dose, and the moments of the treatment that have a study day."""
    if protocol.dlt is None:
        return {}
    start = protocol.moments.get(protocol.dlt.start)
    zero = start.study_day if start else None
    found = {protocol.dlt.start: first}
    for name, moment in protocol.moments.items():
        if zero is not None and moment.study_day is not None and moment.study_day > zero:
            found[name] = first + timedelta(days=moment.study_day - zero)
    return found


def _repeated(protocol: Protocol, item: Item) -> bool:
    """Whether an item is read again under treatment: a laboratory's, or one that is asked about then."""
    rules = protocol.dlt
    asked = (node for clause in (rules.clauses if rules else ()) for node in walk(clause.condition))
    later = (node for gate in protocol.gates for clause in gate.clauses for node in walk(clause.condition))
    named = {node.item for node in (*asked, *later) if isinstance(node, core.Series)}
    return item.name in named or item.uln or item.lln or item.baseline is not None


def _near_to(item: Item, entry: Value | None, palette: Palette, dice: Dice) -> Value | None:
    if not isinstance(entry, Fraction):
        return entry
    return palette.fitting(item, entry * Fraction(dice.between(93, 107), 100)) or entry


def _doses(palette: Palette, scene: Scene, first: date) -> list[Event]:
    """Doses of the product on trial: weekly, or daily where more are counted."""
    protocol = palette.protocol
    rules, ladder = protocol.dlt, protocol.ladder
    asked = palette.words.get("product", ())
    given = [one for moment in protocol.moments.values() if (one := moment.every_dose_of or moment.first_dose_of)]
    product = next(iter((*given, *asked, *((ladder.product,) if ladder and ladder.product else ()))), "study_drug")
    nodes = list(walk(rules.evaluable)) if rules is not None and rules.evaluable is not None else []
    counted = any(isinstance(node, core.Count) for node in nodes)
    most = max(
        (
            n.value
            for n in nodes
            if counted and isinstance(n, core.Constant) and isinstance(n.value, Fraction) and n.value < _MOST_DOSES
        ),
        default=Fraction(0),
    )
    days = range(28) if most > _DAILY else range(0, 7 * _WEEKLY, 7)
    level = scene.record.context.get("level")
    amount, unit = _amount(protocol, scene, level)
    found = []
    for day in days:
        fields: dict[str, Reading] = {"product": Reading(product), "date": Reading(first + timedelta(days=day))}
        if level is not None:
            fields["level"] = Reading(level)
        if amount is not None:
            fields["amount"], fields["unit"] = Reading(amount), Reading(unit)
        found.append(Event(fields))
    return found


def _amount(protocol: Protocol, scene: Scene, level: str | None) -> tuple[Fraction | None, str]:
    """What is given at a level; by the weight, where the ladder goes by it."""
    ladder = protocol.ladder
    step = next((one for one in ladder.levels if one.name == level), None) if ladder else None
    if ladder is None or step is None or not step.amounts or step.amounts[0] is None:
        return None, ""
    if ladder.based_on is None:
        return step.amounts[0], ladder.unit
    weights = [one.value for one in scene.record.readings.get(ladder.based_on, ()) if isinstance(one.value, Fraction)]
    item = protocol.items.get(ladder.based_on)
    if not weights or item is None or not ladder.unit.endswith("/kg"):
        return None, ""
    return step.amounts[0] * Palette.own(item, weights[0]), ladder.unit.removesuffix("/kg")


# --- how it ends --------------------------------------------------------------------------------------------------


def _cut_short(protocol: Protocol, scene: Scene, first: date, last: date, dice: Dice) -> Scene | None:
    """The patient leaves early, where that can be recorded; or gets few doses, where those are counted."""
    rules = protocol.dlt
    if rules is None:
        return None
    asked = {node.item for clause in rules.clauses for node in walk(clause.condition) if isinstance(node, core.Series)}
    days_asked = any(isinstance(protocol.items[name].kind, Date) for name in asked if name in protocol.items)
    if rules.endings and not days_asked:
        left = first + timedelta(days=dice.between(4, max((last - first).days - 4, 4)))
        readings = {
            name: tuple(one for one in found if one.date is None or one.date.first <= left)
            for name, found in scene.record.readings.items()
        }
        readings[rules.endings[0]] = (Reading(left),)
        lists = {
            name: tuple(one for one in found if _begun_by(one, left)) for name, found in scene.record.lists.items()
        }
        record = evolve(scene.record, readings=readings, lists=lists)
        found = evolve(scene, record=record, left=left)
    else:
        lists = {
            name: found[:1] if protocol.items[name].kind == ListOf("dose") else found
            for name, found in scene.record.lists.items()
        }
        found = evolve(scene, record=evolve(scene.record, lists=lists))
    return found if evaluable(rules, found) is False else None


def _begun_by(event: Event, day: date) -> bool:
    return all(type(one.value) is not date or one.value <= day for one in event.fields.values())


def _ground(protocol: Protocol, first: date, last: date, left: date | None) -> Ground:
    end = last if left is None else left
    visits = tuple(day for n in offsets_of(0, (last - first).days) if (day := first + timedelta(days=n)) <= end)
    asked = {
        node.item for clause in protocol.criteria for node in walk(clause.condition) if isinstance(node, core.Series)
    }
    kept = {name for name in asked if not _repeated(protocol, protocol.items[name])}
    whole = {*protocol.items} - ({protocol.dlt.events} if protocol.dlt else set())
    return Ground(first, (first, end), visits, withheld(protocol) | (kept if left is None else whole))


def _last_day(scene: Scene, last: date) -> date:
    """The last day of the window, or of what began in it."""
    ends = [
        one.value
        for events in scene.record.lists.values()
        for event in events
        for one in event.fields.values()
        if type(one.value) is date
    ]
    return max([last, *ends])


def _settled(scene: Scene, last: date, status: str) -> date:
    """From when the outcome is known."""
    if status != YES:
        return last
    runs = [one.date.first for found in scene.record.readings.values() for one in found if one.date is not None]
    days = [one.value for found in scene.record.readings.values() for one in found if type(one.value) is date]
    later = [day for day in (*runs, *days, _last_day(scene, last)) if day <= last + _FAR]
    return max(later, default=last)


def _followed_up(protocol: Protocol, scene: Scene, end: date, dice: Dice) -> Scene:
    """Until the last visit, to which every list is complete."""
    readings = [one.date.first for found in scene.record.readings.values() for one in found if one.date is not None]
    until = end if scene.left is not None else max([*readings, end + timedelta(days=dice.between(1, 6))])
    ends = {
        item.complete.to: (Reading(until),) for item in protocol.items.values() if item.complete and item.complete.to
    }
    attested = dict.fromkeys(scene.record.attested, until)
    record = evolve(scene.record, readings={**scene.record.readings, **ends}, attested=attested)
    return evolve(
        scene, record=record, until=until, as_of=max(until, scene.as_of) if scene.left is None else scene.as_of
    )
