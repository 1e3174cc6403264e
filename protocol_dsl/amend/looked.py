"""The region that was looked through, in words: which entries of a record were varied, and from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.cells import Cell, cells
from protocol_dsl.amend.formula import Atom
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.world import World
from protocol_dsl.evaluate.quoting import unit_of_item
from protocol_dsl.model.phrases import value_words
from protocol_dsl.model.record import Event, Judgement, Reading, Value
from protocol_dsl.model.vocabulary import Item

_MOST_WORDS = 6


def looked_through(groups: Iterable[tuple[Atom, ...]], world: World) -> tuple[str, ...]:
    """What each entry that the atoms look at was tried with, an entry each."""
    found: dict[str, None] = {}
    for some in groups:
        told = asked(some)
        for place in sorted(told.places):
            found.update(dict.fromkeys(_place(place, cells(place, told, world), world)))
    return tuple(found)


def _place(place: Place, tried: tuple[Cell, ...], world: World) -> Iterator[str]:
    entries = [cell.entry for cell in tried]
    if place.kind == "list":
        yield from _listed(place.name, entries, world)
        return
    readings = [one for entry in entries for one in _readings(entry)]
    words = _values([one.value for one in readings if one.value is not None], _item(place, world))
    others = [value_words(one) for one in entries if isinstance(one, date)]
    others += [one for one in entries if isinstance(one, str)]
    others += [said for met, said in ((True, "met"), (False, "not met")) if any(_judged(one, met) for one in entries)]
    most = max((len(one) for one in entries if isinstance(one, tuple)), default=1)
    several = [f"up to {most} readings"] if most > 1 and place.kind == "item" else []
    missing = ["missing"] * any(not cell.whole for cell in tried)
    if told := [*words, *dict.fromkeys(others), *several, *missing]:
        yield f"{place.name} {', '.join(told)}"


def _listed(name: str, entries: Iterable[object], world: World) -> Iterator[str]:
    """How many events a list was tried with, and what is in them."""
    held = [one[0] for one in entries if isinstance(one, tuple)]
    most = max((len(one) if isinstance(one, tuple) else int(one) for one in held), default=0)
    yield f"{name} with {'no entry' if not most else 'one entry' if most == 1 else f'up to {most} entries'}"
    yield from _fields(name, [one for some in held if isinstance(some, tuple) for one in some], world)


def _readings(entry: object) -> list[Reading]:
    some = entry if isinstance(entry, tuple) else (entry,)
    return [one for one in some if isinstance(one, Reading)]


def _judged(entry: object, met: bool) -> bool:  # noqa: FBT001 - what is asked
    return isinstance(entry, tuple) and any(isinstance(one, Judgement) and one.met is met for one in entry)


def _item(place: Place, world: World) -> Item | None:
    name, _, field = place.name.partition(".")
    return world.fields(name).get(field) if place.kind == "field" else world.item(name)


def _fields(name: str, events: list[Event], world: World) -> Iterator[str]:
    used = dict.fromkeys(field for event in events for field in event.fields)
    for field in used:
        values = [event.fields[field].value for event in events if field in event.fields]
        told = _values([one for one in values if one is not None], world.fields(name).get(field))
        yield f"{name}.{field} {', '.join(told)}"


def _values(values: list[Value], item: Item | None) -> Iterator[str]:
    """Numbers and days from the least to the greatest; of words, some."""
    given = unit_of_item(item)
    numbers = [one for one in values if isinstance(one, Fraction)]
    days = [one for one in values if type(one) is date]
    for ordered in (sorted(numbers), sorted(days)):
        if ordered:
            least, greatest = (value_words(one, given) for one in (ordered[0], ordered[-1]))
            yield least if least == greatest else f"from {least} to {greatest}"
    words = list(dict.fromkeys(value_words(one) for one in values if one not in numbers and one not in days))
    yield from words[:_MOST_WORDS]
    yield from [f"and {len(words) - _MOST_WORDS} more"] * (len(words) > _MOST_WORDS)
