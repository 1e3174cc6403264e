"""Entries that make what is wished for true: tried one by one, and kept where more of the wishes come true.

Scores only steer the search. That it succeeded is said by `meaning` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve, frozen

from protocol_dsl.base.studytime import Days
from protocol_dsl.model import condition as core
from protocol_dsl.model.record import Event, Judgement, Range, Reading, Record, Value
from protocol_dsl.model.vocabulary import AnyOf, Date, Item, ListOf, OneOf, Text, YesNo
from protocol_dsl.model.walk import walk
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.meaning import each_event, each_reading, holds
from protocol_dsl.synthesize.palette import BENIGN, LASTING, Palette
from protocol_dsl.synthesize.scene import Scene

ROUNDS = 25
_MOST_EVENTS = 7
_FEW = 24


@frozen(eq=False, slots=False)
class Wish:
    """That a condition comes to this, asked at a moment on behalf of a clause."""

    condition: core.Condition
    wanted: bool
    moment: str | None = None
    about: str = ""

    def scene(self, scene: Scene) -> Scene:
        """The scene as the wish looks at it."""
        return evolve(scene, moment=self.moment, about=self.about)

    def fulfilled(self, scene: Scene) -> bool:
        """Whether it has come true."""
        return holds(self.condition, self.scene(scene)) is self.wanted

    def near(self, scene: Scene) -> float:
        """How near it is to that, from 0 to 1."""
        return near(self.condition, self.wanted, self.scene(scene))

    def places(self) -> frozenset[str]:
        """The items, lists and judgements that it looks at."""
        found = set()
        for one in walk(self.condition):
            if isinstance(one, core.Series):
                found.add(one.item)
            elif isinstance(one, core.AnyEvent | core.Count):
                found.add(one.list)
            elif isinstance(one, core.Judged):
                found.add(one.what or self.about)
        return frozenset(found)


@frozen
class Ground:
    """Where entries may be put: around `anchor` at screening; in the `window` of treatment, on its days of `visits`.

    `fixed` are items that are not touched.
    """

    anchor: date
    window: tuple[date, date] | None = None
    visits: tuple[date, ...] = ()
    fixed: frozenset[str] = frozenset()


@frozen
class Bench:
    """What entries are made with: what there is to choose from, where they may be put, and chance."""

    palette: Palette
    ground: Ground
    dice: Dice


def near(condition: core.Condition, wanted: bool, scene: Scene) -> float:  # noqa: FBT001, PLR0911 - an arm for each form
    """How near a condition is to what is wanted, from 0 to 1; 1 only where it is that."""
    truth = holds(condition, scene)
    if truth is wanted:
        return 1.0
    match condition:
        case core.Both(parts=parts) | core.Either(parts=parts) | core.AtLeast(parts=parts) if parts:
            each = [near(part, wanted, scene) for part in parts]
            one_is_enough = isinstance(condition, core.Either) is wanted
            return 0.98 * (max(each) if one_is_enough else sum(each) / len(each))
        case core.Not(inside=inside):
            return near(inside, not wanted, scene)
        case core.Known(inside=inside) | core.Policy(inside=inside):
            return near(inside, wanted, scene)
        case core.AnyEvent(list=name, where=where, other=other) if where is not None:
            each = [near(where, wanted, one) for one in each_event(name, scene, other=other)]
            return 0.9 * (max(each, default=0.0) if wanted else sum(each) / max(len(each), 1))
        case core.Readings(series=series, where=where, quantifier=quantifier):
            each = [near(where, wanted, one) for one in each_reading(series, scene)]
            any_is_enough = (quantifier is core.Quantifier.ANY) is wanted
            return 0.9 * (max(each, default=0.0) if any_is_enough else sum(each) / max(len(each), 1))
        case core.Sustained(series=series, where=where):
            each = [near(where, wanted, one) for one in each_reading(series, scene)]
            return 0.8 * sum(each) / max(len(each), 1)
        case _:
            return 0.1 if truth is None else 0.0


def seek(scene: Scene, wishes: tuple[Wish, ...], bench: Bench) -> Scene | None:
    """The scene changed until all wishes hold; None where that was not found."""
    places = [wish.places() for wish in wishes]
    nearness = [wish.near(scene) for wish in wishes]
    for _ in range(ROUNDS):
        unmet = [number for number, wish in enumerate(wishes) if nearness[number] < 1 or not wish.fulfilled(scene)]
        if not unmet:
            return scene
        chosen_wish = bench.dice.pick(unmet)
        best: tuple[float, Scene, dict[int, float]] | None = None
        for place, record in moves(wishes[chosen_wish], scene, bench):
            tried = evolve(scene, record=record)
            asked = [number for number, looks in enumerate(places) if place in looks]
            found = {number: wishes[number].near(tried) for number in asked}
            gain = sum(_worth(new) - _worth(nearness[number]) for number, new in found.items())
            if best is None or gain > best[0]:
                best = gain, tried, found
        if best is not None and (best[0] > 0 or bench.dice.below(8) == 0):
            scene = best[1]
            for number, new in best[2].items():
                nearness[number] = new
    return None


def _worth(nearness: float) -> float:
    """A wish that has come true is worth more than several that nearly have."""
    return nearness + (nearness == 1.0)


def is_dated(item: Item) -> bool:
    """Whether the entries of an item are kept by their day."""
    plain = isinstance(item.kind, YesNo | OneOf | AnyOf | Text | Date)
    return not isinstance(item.kind, ListOf | Date) and (
        not plain or item.valid_days is not None or item.choice is not None
    )


# --- what may be changed ------------------------------------------------------------------------------------------


def moves(wish: Wish, scene: Scene, bench: Bench) -> Iterator[tuple[str, Record]]:
    """The record with one thing changed that the wish looks at, and what was changed."""
    record = scene.record
    for place in bench.dice.shuffled(sorted(wish.places())):
        item = bench.palette.protocol.items.get(place)
        if place in bench.ground.fixed:
            continue
        if item is None:
            for met in (True, False):
                yield (
                    place,
                    evolve(record, judgements={**record.judgements, place: (Judgement(met, bench.ground.anchor),)}),
                )
        elif isinstance(item.kind, ListOf):
            for events in _events(place, wish, scene, bench):
                yield place, evolve(record, lists={**record.lists, place: events})
        else:
            for readings in _readings(item, scene, bench):
                yield place, evolve(record, readings={**record.readings, place: readings})


def _readings(item: Item, scene: Scene, bench: Bench) -> Iterator[tuple[Reading, ...]]:
    """Other entries for an item: all of them otherwise, or in the window on one day, or for a while."""
    now = scene.record.readings.get(item.name, ())
    uln = next((one.uln for one in now if one.uln is not None), None)
    options = bench.dice.shuffled(bench.palette.entries(item, bench.ground.anchor, bench.dice, uln))
    few = options[: _FEW if bench.ground.window is None or isinstance(item.kind, Date) else 2 * _FEW]
    dated = [one for one in now if one.date is not None]
    if not dated or not bench.ground.visits:
        like = now or (Reading(date=Days(bench.ground.anchor, bench.ground.anchor)) if is_dated(item) else Reading(),)
        for entry in few:
            yield tuple(evolve(one, value=entry) for one in like)
        return
    for entry in few:
        day = bench.dice.pick(bench.ground.visits)
        yield _put(now, entry, (day,))
        length = bench.dice.pick((3, 7, 9, 16, 22))
        yield _put(now, entry, tuple(day + timedelta(days=n) for n in range(length + 1)))


def _put(now: tuple[Reading, ...], entry: Value, days: tuple[date, ...]) -> tuple[Reading, ...]:
    """The readings, with this entry on these days."""
    like = now[-1]
    kept = [one for one in now if one.date is None or one.date.first not in days]
    new = [evolve(like, value=entry, date=Days(day, day)) for day in days]
    return tuple(sorted((*kept, *new), key=lambda one: one.date.first if one.date else date.min))


def _events(name: str, wish: Wish, scene: Scene, bench: Bench) -> Iterator[tuple[Event, ...]]:
    now = scene.record.lists.get(name, ())
    fields = bench.palette.lists[name]
    for number in range(len(now)):
        yield (*now[:number], *now[number + 1 :])
    for number in bench.dice.shuffled(range(len(now)))[:3]:
        key = bench.dice.pick(sorted(fields))
        for varied in list(_varied(now[number], key, fields[key], bench))[:12]:
            yield (*now[:number], varied, *now[number + 1 :])
    if len(now) >= _MOST_EVENTS:
        return
    for node in walk(wish.condition):
        if isinstance(node, core.AnyEvent | core.Count) and node.list == name:
            for like in (True, True, False):
                invented = invent(name, node.where, like, wish.scene(scene), bench)
                yield (*now, invented)


def invent(
    name: str,
    where: core.Condition | None,
    wanted: bool,  # noqa: FBT001 - whether it is to be so
    scene: Scene,
    bench: Bench,
) -> Event:
    """An event of a list for which a condition comes as near as can be to what is wanted."""
    fields = bench.palette.lists[name]
    event = plain_event(name, bench)
    if where is None:
        return event

    def score(one: Event) -> float:
        return near(where, wanted, evolve(scene, around=(*scene.around, one)))

    best = score(event)
    for _ in range(3):
        for field_name in bench.dice.shuffled(sorted(fields)):
            for tried in _varied(event, field_name, fields[field_name], bench):
                found = score(tried)
                if found > best:
                    event, best = tried, found
            if best == 1.0:
                return event
    return event


def plain_event(name: str, bench: Bench) -> Event:
    """An event of a list as any patient may have it: mild, and over soon."""
    fields = bench.palette.lists[name]
    shown = bench.palette.shown_events.get(name, ())
    if shown and name != "adverse_events" and bench.ground.window is None:
        event, day = bench.dice.pick(shown)
        ahead = (bench.ground.anchor - day) if day is not None else timedelta()
        known = {key: _exactly(one.value) for key, one in event.fields.items()}
        moved = {key: value + ahead if type(value) is date else value for key, value in known.items()}
        return Event({key: Reading(value) for key, value in moved.items() if value is not None})
    asked = {node.name for one in bench.palette.conditions for node in walk(one) if isinstance(node, core.FieldOf)}
    start = _some_day(bench)
    found: dict[str, Value] = {
        "start": start,
        "date": start,
        "end": start + timedelta(days=bench.dice.pick((0, 1, 2, 3))),
        "grade": Fraction(bench.dice.between(1, 2)),
        "term": bench.dice.pick(BENIGN),
    }
    usual: dict[str, Value] = {key: value for key, value in found.items() if key in fields}
    for key, item in fields.items():
        wanted = (key in asked or key == "attributed") and not isinstance(item.kind, Date)
        options = bench.palette.of_field(item, bench.dice) if wanted else []
        if key not in usual and options:
            usual[key] = bench.dice.pick(options)
    return Event({key: Reading(usual[key]) for key in fields if key in usual})


def _exactly(value: Value | None) -> Value | None:
    """A value, the first of those that it may be."""
    found: Value | None = value.low if isinstance(value, Range) else value
    return found


def _some_day(bench: Bench) -> date:
    if bench.ground.window is None:
        return bench.ground.anchor - timedelta(days=bench.dice.between(30, 500))
    first, last = bench.ground.window
    return first + timedelta(days=bench.dice.below(max((last - first).days - 5, 1)))


def _varied(event: Event, name: str, item: Item, bench: Bench) -> Iterator[Event]:
    start = event.fields.get("start")
    if isinstance(item.kind, Date):
        begun = start.value if start is not None and type(start.value) is date else None
        if name == "end" and begun is not None:
            days = [begun + timedelta(days=n) for n in LASTING]
        else:
            days = [_some_day(bench) for _ in range(8)]
            if bench.ground.window is None:
                days += [bench.ground.anchor - timedelta(days=n) for n in (2, 5, 10, 15, 25, 40, 60)]
        for day in days:
            fields = {**event.fields, name: Reading(day)}
            end = event.fields.get("end")
            if name == "start" and begun is not None and end is not None and type(end.value) is date:
                fields["end"] = Reading(end.value + (day - begun))
            yield evolve(event, fields=fields)
        return
    for entry in bench.dice.shuffled(bench.palette.of_field(item, bench.dice))[: 2 * _FEW]:
        yield evolve(event, fields={**event.fields, name: Reading(entry)})
