"""The record of a model that the solver found, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from attrs import evolve, frozen

from protocol_dsl.amend.cells import Cell
from protocol_dsl.amend.encoded import Scene
from protocol_dsl.amend.formula import Atom
from protocol_dsl.amend.places import Place, places
from protocol_dsl.base.studytime import Days
from protocol_dsl.model.record import Attested, Event, Judgement, Reading
from protocol_dsl.model.vocabulary import Item


def known(scene: Scene, every: Iterable[Atom]) -> Iterator[Any]:
    """That nothing is missing from a record, a term each: every entry has a value, every list is complete."""
    import z3

    there = {slot.name: slot.there for name, slots in scene.slots.items() if not _lone(name, every) for slot in slots}
    there |= {one.name: one.there for several in scene.readings.values() for one in several}
    yield from scene.unknowns.wanted
    for name, one in scene.unknowns.found.items():
        slot = there.get(name) if name in there else there.get(name.rpartition(".")[0])
        for term in (one.known, *_limits(one)):
            yield term if slot is None else z3.Implies(slot, term)
    for place in _places(scene, every):
        if place.kind == "judgement":
            yield z3.Bool(f"judged {place.name}?")
    for attested in scene.attested.values():
        yield z3.And(attested.said, attested.to >= scene.world.as_of.toordinal())


def _limits(one: Any) -> Iterator[Any]:  # noqa: ANN401 - an entry of the solver's
    yield from (has for has, limit in ((one.uln_known, one.uln), (one.lln_known, one.lln)) if limit is not None)


def _lone(name: str, every: Iterable[Atom]) -> bool:
    """Whether the one event of a list is looked at for itself, each field of it at a place of its own."""
    return any(atom.of_list == name for atom in every)


def _places(scene: Scene, every: Iterable[Atom]) -> list[Place]:
    """What the atoms look at, and the items by which a list is complete."""
    found = {place for atom in every for place in places(atom)}
    items = scene.unknowns.items.keys()
    return sorted(
        found
        | {Place("item", name) for name in scene.readings}
        | {Place("item", name) for name in scene.unknowns.found if name in items}
    )


def entries(scene: Scene, every: Iterable[Atom], model: Any) -> Iterator[tuple[Place, Cell]]:  # noqa: ANN401 - z3's model
    """The record of a model, place by place."""
    told = _Told(scene, model)
    for place in _places(scene, every):
        match place.kind:
            case "item":
                yield place, told.item(place.name)
            case "field":
                yield place, told.field(place.name)
            case "judgement":
                yield place, told.judged(place.name)
            case "list":
                yield place, told.list(place.name, lone=_lone(place.name, every))
            case "place":
                yield place, told.place(place.name)
            case _:
                continue


@frozen
class _Told:
    """What a model says of each entry."""

    scene: Scene
    model: Any

    def holds(self, term: Any) -> bool:  # noqa: ANN401 - the solver's
        import z3

        return bool(z3.is_true(self.model.eval(term, model_completion=True)))

    def item(self, name: str) -> Cell:
        if name in self.scene.readings:
            return self._several(name)
        one, item = self.scene.unknowns.found.get(name), self.scene.unknowns.items.get(name)
        if one is None or item is None:
            return Cell(self.scene.world.entry("item", name) or ())
        if self.holds(one.known):
            reading, whole = self._reading(one, item)
            return Cell((reading,), whole=whole)
        refused = (Reading(missing=self.scene.unknowns.reason(self.model, one), at_moment=True),)
        return Cell(refused if self.holds(one.collected) else (), whole=False)

    def _several(self, name: str) -> Cell:
        """An item of which there are several readings, each with its day."""
        item, found = self.scene.unknowns.items[name], []
        for one in self.scene.readings[name]:
            if self.holds(one.there):
                day = date.fromordinal(self.model.eval(one.day, model_completion=True).as_long())
                missing = Reading(missing=self.scene.unknowns.reason(self.model, one.entry))
                reading = self._reading(one.entry, item)[0] if self.holds(one.entry.known) else missing
                found.append(evolve(reading, date=Days(day, day), at_moment=False))
        return Cell(tuple(found), whole=all(self.holds(term) for term in self.scene.unknowns.wanted))

    def field(self, place: str) -> Cell:
        name, _, field = place.partition(".")
        slots = self.scene.slots.get(name, ())
        reading = self._of_event(slots[0], field) if slots and field in slots[0].fields else None
        return Cell(reading, whole=reading is not None or not slots or field not in slots[0].fields)

    def list(self, name: str, *, lone: bool) -> Cell:
        slots, attested = self.scene.slots[name], self.scene.attested[name]
        until = None
        if self.holds(attested.said):
            until = date.fromordinal(self.model.eval(attested.to, model_completion=True).as_long())
        there = [slot for slot in slots if self.holds(slot.there)]
        events = tuple(
            Event({one: found for one in slot.fields if (found := self._of_event(slot, one))}) for slot in there
        )
        complete = until is not None and until >= self.scene.world.as_of
        return Cell((len(there) if lone else events, until), whole=complete)

    def judged(self, name: str) -> Cell:
        import z3

        seen = self.holds(z3.Bool(f"judged {name}?"))
        return Cell((Judgement(self.holds(z3.Bool(f"judged {name}"))),) if seen else (), whole=seen)

    def place(self, name: str) -> Cell:
        from protocol_dsl.evaluate.symbolic.unknowns import number_in

        one = self.scene.unknowns.found.get(f"place {name}")
        if one is None or not self.holds(one.known):
            return Cell(None, whole=False)
        if name == "entry":
            return Cell(str(number_in(self.model, one.value)))
        return Cell(self.scene.unknowns.word(self.model.eval(one.value, model_completion=True).as_long()))

    def _of_event(self, slot: Any, field: str) -> Reading | None:  # noqa: ANN401 - a place for an event
        one = self.scene.unknowns.found.get(f"{slot.name}.{field}")
        if one is None or not self.holds(one.known):
            return None
        if self.holds(one.attested):
            return Reading(Attested.ONGOING, at_moment=True)
        return self._reading(one, slot.fields[field])[0]

    def _reading(self, one: Any, item: Item) -> tuple[Reading, bool]:  # noqa: ANN401 - an entry of the solver's
        """A reading that has a value, and whether it has the limits that go with it too."""
        from protocol_dsl.evaluate.symbolic.unknowns import number_in, value_in

        limits = [
            number_in(self.model, limit) if limit is not None and self.holds(has) else None
            for limit, has in ((one.uln, one.uln_known), (one.lln, one.lln_known))
        ]
        value = value_in(self.model, one, item, self.scene.unknowns)
        whole = all(limit is not None for limit, has in zip(limits, (item.uln, item.lln), strict=True) if has)
        return Reading(value, uln=limits[0], lln=limits[1], at_moment=True), whole
