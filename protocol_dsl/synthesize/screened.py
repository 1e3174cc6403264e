"""One patient at screening: wished to be eligible, or to be barred by one criterion, and entries that make it so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from attrs import frozen

from protocol_dsl.base.studytime import Days
from protocol_dsl.model import condition as core
from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.model.record import Judgement, Reading, Record
from protocol_dsl.model.vocabulary import Item, ListOf, Rule
from protocol_dsl.model.walk import walk
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.meaning import clears, holds
from protocol_dsl.synthesize.palette import Palette
from protocol_dsl.synthesize.scene import Scene
from protocol_dsl.synthesize.seek import Bench, Ground, Wish, is_dated, plain_event, seek

ATTEMPTS = 4


@frozen
class Comer:
    """Who comes: an id, the days of the moments, and the place in the trial."""

    patient: str
    moments: Mapping[str, date]
    context: Mapping[str, str]


@frozen
class Screened:
    """A patient at screening, and the criteria that bar them; none where they are eligible."""

    scene: Scene
    barred: tuple[str, ...] = ()


def clearing(clause: Clause) -> core.Condition:
    """The condition on which a criterion clears."""
    body = clause.condition if clause.effect is Effect.INCLUSION else core.Not(clause.condition)
    return body if clause.guard is None else core.Either((core.Not(clause.guard), body))


def wish_of(clause: Clause, *, cleared: bool) -> Wish:
    """That a criterion clears, or bars."""
    return Wish(clearing(clause), cleared, clause.moment, clause.id)


def withheld(protocol: Protocol) -> frozenset[str]:
    """The items that the course of treatment fills in: when follow-up ended, and to when lists are complete."""
    reaching = {item.complete.to for item in protocol.items.values() if item.complete and item.complete.to}
    return frozenset(reaching) | frozenset(protocol.dlt.endings if protocol.dlt else ())


def eligible(palette: Palette, comer: Comer, dice: Dice) -> Screened | None:
    """An eligible patient; None where none was found."""
    protocol = palette.protocol
    wishes = tuple(wish_of(clause, cleared=True) for clause in protocol.criteria)
    for _ in range(ATTEMPTS):
        start = _drawn(palette, comer, dice)
        found = seek(start, wishes, Bench(palette, _ground(protocol, start), dice))
        if found is not None:
            return Screened(found)
    return None


def ineligible(palette: Palette, comer: Comer, by: Clause, dice: Dice) -> Screened | None:
    """A patient whom this criterion bars, and if it can be no other; None where none was found."""
    protocol = palette.protocol
    others = tuple(wish_of(one, cleared=True) for one in protocol.criteria if one.id != by.id)
    start = _drawn(palette, comer, dice)
    bench = Bench(palette, _ground(protocol, start), dice)
    there = tuple(
        one for one in others if holds(one.condition, one.scene(start)) is not None
    )  # as without a first dose
    found = None
    for wishes in ((wish_of(by, cleared=False), *there), (wish_of(by, cleared=False),)):
        found = found or seek(start, wishes, bench)
    if found is None:
        return None
    scene = found
    return Screened(scene, tuple(one.id for one in protocol.criteria if clears(one, scene) is False))


def _ground(protocol: Protocol, scene: Scene) -> Ground:
    return Ground(_anchor(protocol, scene.moments, scene.as_of), fixed=withheld(protocol))


def _anchor(protocol: Protocol, moments: Mapping[str, date], otherwise: date) -> date:
    """The day at which most is asked."""
    asked = [moments[name] for clause in protocol.criteria if (name := clause.moment) is not None and name in moments]
    return max(asked, default=otherwise)


# --- as most patients are -----------------------------------------------------------------------------------------


def _drawn(palette: Palette, comer: Comer, dice: Dice) -> Scene:
    """A patient as they come: usual entries for every item, and what is judged in their favour."""
    protocol, moments = palette.protocol, comer.moments
    last = max(moments.values())
    anchor = _anchor(protocol, moments, last)
    several = _several(protocol)
    readings: dict[str, tuple[Reading, ...]] = {}
    bench = Bench(palette, Ground(anchor), dice)
    for name, item in protocol.items.items():
        if not isinstance(item.kind, ListOf) and name not in withheld(protocol):
            made = tuple(_made(item, palette, anchor, several.get(name, 1), dice))
            if made:
                readings[name] = made
    lists = {
        name: (plain_event(name, bench),) if palette.shown_events.get(name) and name in _early(protocol) else ()
        for name in palette.lists
    }
    judged: dict[str, tuple[Judgement, ...]] = {}
    for clause in protocol.criteria:
        for node in walk((clause.condition, *(() if clause.guard is None else (clause.guard,)))):
            if isinstance(node, core.Judged) and node.on is None:
                met = clause.effect is Effect.INCLUSION
                judged.setdefault(node.what or clause.id, (Judgement(met, anchor, "investigator"),))
    record = Record(comer.patient, readings, lists, dict.fromkeys(palette.lists, last), judged, dict(comer.context))
    return Scene(record, dict(moments), last)


def _early(protocol: Protocol) -> frozenset[str]:
    """The lists that criteria ask about."""
    nodes = (node for clause in protocol.criteria for node in walk(clause.condition))
    return frozenset(node.list for node in nodes if isinstance(node, core.AnyEvent | core.Count))


def _several(protocol: Protocol) -> dict[str, int]:
    """How many readings of an item are asked for at once, where it is more than one."""
    found: dict[str, int] = {}
    for clause in protocol.criteria:
        for node in walk(clause.condition):
            if isinstance(node, core.Consecutive):
                found[node.series.item] = max(found.get(node.series.item, 1), node.count)
            elif isinstance(node, core.Series) and node.choice and node.choice.rule is Rule.MEAN:
                found[node.item] = max(found.get(node.item, 1), node.choice.last or 1)
    return found


def _made(item: Item, palette: Palette, anchor: date, many: int, dice: Dice) -> list[Reading]:
    """The usual entries for an item."""
    if not is_dated(item):
        entry = palette.usual(item, anchor, dice)
        return [] if entry is None else [Reading(entry)]
    back = min(item.valid_days if item.valid_days is not None else 7, 4)
    uln, lln = palette.uln(item, dice), palette.lln(item, dice)
    found = []
    for number in range(many):
        entry = palette.usual(item, anchor, dice)
        if entry is not None:
            day = anchor - timedelta(days=dice.between(min(back, 1), back) + (back + 1) * number)
            found.append(Reading(entry, Days(day, day), uln=uln, lln=lln))
    return found
