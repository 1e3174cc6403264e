"""Atoms and formulas as the solver has them, over records with as many events in a list as are needed to tell all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, Role
from protocol_dsl.amend.this import inside
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.condition import AnyEvent, Condition, Consecutive, Count, Fetch, Part, Policy, Readings, Series
from protocol_dsl.model.record import Reason
from protocol_dsl.model.vocabulary import Choice, ListOf, Rule

MOST_EVENTS = 6
"""So many events of a list are looked at together; of a list that needs more, that is said."""
MOST_READINGS = 8
"""So many readings of an item are looked at together."""
_SOME_EVENTS, _SOME_READINGS = 3, 4  # where no number is enough


@frozen
class Scene:
    """What some atoms ask of a record: its unknowns, and the places for the events of lists and for several readings.

    `loose` says in words of what there may be more than is looked at. Of the items that are `standing` one value stands
    for what is worked out from several, so that no record is made of it.
    """

    world: World
    unknowns: Any
    slots: Mapping[str, Any]
    attested: Mapping[str, Any]
    readings: Mapping[str, Any] = field(factory=dict)
    loose: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    _known: dict[Atom, Any] = field(factory=dict, eq=False)

    @staticmethod
    def of(every: Iterable[Atom], world: World, single: Iterable[str] = ()) -> Scene:
        """Of the items that are `single`, one value stands for whichever is chosen.

        Raises Unencodable where the atoms cannot share one account of a record.
        """
        from protocol_dsl.evaluate.symbolic.enough import enough
        from protocol_dsl.evaluate.symbolic.series import readings_of
        from protocol_dsl.evaluate.symbolic.unknowns import Unencodable, Unknowns

        several = tuple(every)
        ways = _ways(several)
        lone_values = frozenset(single)
        every_repeated = _repeated(several, ways)
        standing = tuple(name for name in every_repeated if name in lone_values)
        repeated = [name for name in every_repeated if name not in lone_values]
        for name in [name for name, some in ways.items() if name in lone_values and len(some) > 1]:
            raise Unencodable(f"readings of {name} that are chosen in different ways")
        items = {name: world.item(name) for version in world.versions for name in version.items}
        unknowns = Unknowns(items, _reasons(several))
        needed = enough((atom.condition, (atom.moment, atom.judged, atom.complete_by)) for atom in several)
        sizes = {
            name: min(max(count, _SOME_EVENTS) if name in needed.endless else count, MOST_EVENTS)
            for name, count in needed.events.items()
        }
        loose = [
            f"more than {size} events of {name}"
            for name, size in sizes.items()
            if name in needed.endless or needed.events[name] > size
        ]
        many = {name: needed.readings.get(name, 1) if len(ways[name]) > 1 else 1 for name in repeated}
        many |= {name: needed.readings.get(name, 1) for name in _by_number(several)}
        many = {name: size for name, size in many.items() if name in repeated}
        beyond = [name for name, size in many.items() if size > MOST_READINGS or name in needed.unbounded]
        many |= dict.fromkeys(beyond, _SOME_READINGS)
        loose += [f"more than {_SOME_READINGS} readings of {name}" for name in beyond]
        readings = {name: readings_of(items[name], size, unknowns) for name, size in many.items()}
        lone = {atom.of_list for atom in several if atom.of_list} - sizes.keys()
        slots, attested = _lists(sizes, lone, unknowns, world)
        return Scene(world, unknowns, slots, attested, readings, tuple(loose), standing)

    def encoded(self, formula: Formula) -> Any:  # noqa: ANN401 - what the solver is told
        """Both sides of a formula. Raises Unencodable where an atom cannot be said exactly."""
        import z3

        from protocol_dsl.evaluate.symbolic.terms import Said, both, certain, either, several

        match formula:
            case Atom():
                return self.atom(formula)
            case Fixed(truth=truth):
                no = z3.BoolVal(False)  # noqa: FBT003
                return Said(no, no) if truth is Truth.UNKNOWN else certain(truth is Truth.TRUE)
            case Negated(inside=inside):
                one = self.encoded(inside)
                return Said(one.unmet, one.met)
            case Joined(count=count, parts=parts):
                each = [self.encoded(part) for part in parts]
                return both(each) if count == len(parts) else either(each) if count == 1 else several(count, each)

    def atom(self, atom: Atom) -> Any:  # noqa: ANN401
        """What the solver is told of an atom; told once."""
        if atom not in self._known:
            self._known[atom] = self._said(atom)
        return self._known[atom]

    def _said(self, atom: Atom) -> Any:  # noqa: ANN401
        import z3

        from protocol_dsl.evaluate.symbolic.encode import Encoder
        from protocol_dsl.evaluate.symbolic.events import begun, complete, inside
        from protocol_dsl.evaluate.symbolic.furthest import furthest
        from protocol_dsl.evaluate.symbolic.terms import Said

        at = self.world.as_of if atom.moment is None else self.world.day(atom.moment)
        lists = self._listed(atom.version)
        by = Encoder(self.unknowns, self.world.days, at, self.world.as_of, atom.judged, lists, several=self.readings)
        if not atom.of_list:
            return by.condition(_as_written(atom))
        slot = self.slots[atom.of_list][0]
        if atom.role is Role.CONDITION:
            return inside(slot, by).condition(atom.form)
        last = furthest(atom.condition.where if isinstance(atom.condition, AnyEvent) else None, by)
        if atom.role is Role.OPEN:
            return Said(z3.BoolVal(False), complete(atom.of_list, last, by))  # noqa: FBT003
        began = begun(slot, last, by)
        return Said(z3.And(slot.there, began.met), z3.Or(z3.Not(slot.there), began.unmet))

    def _listed(self, version: int) -> dict[str, Any]:
        """The lists as one of the versions reads them."""
        from protocol_dsl.evaluate.symbolic.events import BEGINNINGS, Listed

        protocol, found = self.world.versions[version], {}
        for name, slots in self.slots.items():
            item = protocol.items.get(name)
            record = protocol.records.get(item.kind.record) if item and isinstance(item.kind, ListOf) else None
            begins = tuple(one for one in BEGINNINGS if record is not None and one in record.fields)
            rule = None if item is None else item.complete
            found[name] = Listed(slots, self.attested[name], rule, begins)
        return found


def _lists(
    sizes: Mapping[str, int],
    lone: set[str],
    unknowns: Any,  # noqa: ANN401 - the solver's
    world: World,
) -> tuple[dict[str, Any], dict[str, Any]]:
    from protocol_dsl.evaluate.symbolic.events import attested_of, slots_of

    slots = {name: slots_of(name, world.fields(name), size, unknowns) for name, size in sizes.items()}
    slots |= {name: slots_of(name, world.fields(name), 1, unknowns) for name in sorted(lone)}
    until = world.as_of.toordinal()
    return slots, {name: attested_of(name, until, unknowns) for name in slots}


def _ways(several: Iterable[Atom]) -> dict[str, set[Series]]:
    """How the readings of each item are chosen."""
    ways: dict[str, set[Series]] = {}
    for node in (node for atom in several for node in inside(atom.form)):
        if isinstance(node, Series):
            ways.setdefault(node.item, set()).add(node)
    return ways


def _by_number(several: Iterable[Atom]) -> set[str]:
    """The items that are asked for more than one reading."""
    found = set()
    for node in (node for atom in several for node in inside(atom.form)):
        match node:
            case Series(item=name, choice=Choice(rule=Rule.MEAN, last=int() as last)) if last > 1:
                found.add(name)
            case Readings(series=series) | Consecutive(series=series):
                found.add(series.item)
            case _:
                continue
    return found


def _repeated(several: Iterable[Atom], ways: Mapping[str, set[Series]]) -> list[str]:
    """The items of which one reading does not show all: chosen in different ways, or by their days or their number."""
    dated = {
        node.series.item
        for atom in several
        for node in inside(atom.form)
        if isinstance(node, Fetch) and node.part is Part.DATE
    }
    return sorted(dated | _by_number(several) | {name for name, some in ways.items() if len(some) > 1})


def _reasons(several: Iterable[Atom]) -> tuple[Reason, ...]:
    """For which reasons an entry may have no value: those that policies name, and one other."""
    named = {
        reason for atom in several for node in inside(atom.form) if isinstance(node, Policy) for reason in node.reasons
    }
    return (Reason.PENDING, *sorted(named - {Reason.PENDING, Reason.NOT_COLLECTED}))


def _as_written(atom: Atom) -> Condition:
    """How far a list is looked through hangs on how its condition is written, and not only on its form."""
    return atom.condition if any(isinstance(node, AnyEvent | Count) for node in inside(atom.form)) else atom.form
