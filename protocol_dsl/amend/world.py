"""Where two versions are compared: a typical record, the days of its moments, and what may be put in its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from attrs import evolve, field, frozen

from protocol_dsl.amend.formula import Atom, Formula, Role
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.this import This
from protocol_dsl.base.quantity import ONE
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.course import CHANGE
from protocol_dsl.evaluate.decide import environment
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.events import begun
from protocol_dsl.evaluate.horizon import horizon
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.lookup import completeness
from protocol_dsl.evaluate.moments import Moments, moments_of
from protocol_dsl.evaluate.possible import Possible
from protocol_dsl.evaluate.quoting import unit_of_item
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.model.condition import AnyEvent, Expression
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.protocol import Clause, Effect, Example, Protocol, seen_from
from protocol_dsl.model.record import EMPTY, Event, Reading, Record
from protocol_dsl.model.vocabulary import Item, ListOf, Moment, Text

Versions = tuple[Protocol, Protocol]

_NOWHERE = date(2026, 6, 1)
_LATER = timedelta(days=60)


@frozen
class World:
    """Two versions of a protocol, a record that both can read, and the days on which it is read.

    `anchor` is the day at which criteria are asked, `days` that of each moment. `aliases` are the ids under which a
    clause is judged in the two versions.
    """

    versions: Versions
    typical: Record
    anchor: date
    as_of: date
    days: Mapping[str, date]
    aliases: Mapping[str, tuple[str, ...]] = EMPTY
    _read: dict[Any, Any] = field(factory=dict, eq=False, init=False, repr=False)
    """What was read of the typical record already: its moments by version, and the truth of atoms."""
    cleared: dict[This[Formula], Truth] = field(factory=dict, eq=False, init=False, repr=False)
    """What formulas come to on the typical record, as far as it was asked."""
    _declared: dict[Any, Any] = field(factory=dict, eq=False, repr=False)
    """What the versions declare, as far as it was looked up; other worlds of theirs have it too."""

    def item(self, name: str) -> Item:
        """The item as either version declares it."""
        known: Item | None = self._declared.get(("item", name))
        if known is None:
            found = [version.items[name] for version in self.versions if name in version.items]
            known = self._declared["item", name] = max(found, key=repr) if found else Item(name=name, kind=Text())
        return known

    def fields(self, name: str) -> Mapping[str, Item]:
        """The fields of a list's events, as the versions declare them."""
        known: Mapping[str, Item] | None = self._declared.get(("fields", name))
        if known is None:
            known = self._declared["fields", name] = self._fields(name)
        return known

    def _fields(self, name: str) -> Mapping[str, Item]:
        found: dict[str, Item] = {}
        for version in self.versions:
            item = version.items.get(name)
            if item is not None and isinstance(item.kind, ListOf):
                for one, its in version.records[item.kind.record].fields.items():
                    found[one] = max(its, found.get(one, its), key=repr)
        return found

    @property
    def far_reaching(self) -> frozenset[Place]:
        """The places on which hangs when the moments are or up to when lists are complete, and lists read unnamed."""
        known: frozenset[Place] | None = self._declared.get("far reaching")
        if known is None:
            found = (place for version in self.versions for place in _far_reaching(version))
            known = self._declared["far reaching"] = frozenset(found)
        return known

    def day(self, moment: str) -> date:
        """The day of a moment."""
        return self.days.get(moment, self.anchor)

    def limits(self, item: Item) -> tuple[Fraction | None, Fraction | None]:
        """The laboratory's limits that go with a reading: those of the typical record, or made up."""
        if not item.uln and not item.lln:
            return None, None
        known = self.typical.readings.get(item.name, ())
        uln = next((one.uln for one in known if one.uln is not None), None)
        lln = next((one.lln for one in known if one.lln is not None), None)
        guess = self.middle(item)
        return (
            (uln if uln is not None else guess) if item.uln else None,
            (lln if lln is not None else guess / 2) if item.lln else None,
        )

    def middle(self, item: Item) -> Fraction:
        """A number that the item may well have, in base units."""
        known = plausible(item)
        if known is None:
            return (unit_of_item(item) or ONE).in_base(Fraction(1))
        return known.unit.in_base(Fraction(round((known.low + known.high) / 4)) or known.high)

    def entry(self, kind: str, name: str) -> Any:  # noqa: ANN401 - what stands at a place depends on the place
        """What the typical record has at a place; None where it has nothing."""
        match kind:
            case "item":
                return self.typical.readings.get(name)
            case "list":
                if name not in self.typical.attested:
                    return None
                return self.typical.lists.get(name, ()), self.as_of
            case "judgement":
                return next((self.typical.judgements[one] for one in self.ids(name) if self._judged(one)), None)
            case "place":
                return self.typical.context.get(name)
            case _:
                return self.days.get(name)

    def _judged(self, name: str) -> bool:
        return bool(self.typical.judgements.get(name))

    def ids(self, name: str) -> tuple[str, ...]:
        """The ids under which a clause is judged."""
        return self.aliases.get(name, (name,))

    def other_place(self, name: str) -> str:
        """A level, part or cohort that no rule need speak of."""
        ladders = [version.ladder for version in self.versions if version.ladder is not None]
        return ladders[0].start if name == "level" and ladders else "another"

    # --- reading records ----------------------------------------------------------------------------------------------

    def record(self, entries: Mapping[tuple[str, str], Any]) -> Record:  # noqa: C901 - an arm for each kind of place
        """The typical record with other entries at some places, by their kind and name."""
        readings, lists = dict(self.typical.readings), dict(self.typical.lists)
        attested, judgements = dict(self.typical.attested), dict(self.typical.judgements)
        context = dict(self.typical.context)
        for (kind, name), entry in entries.items():
            if kind == "item":
                readings[name] = entry
            elif kind == "list":
                held, until = entry
                lists[name] = _one_event(name, held, entries) if isinstance(held, int) else held
                attested = {**{n: d for n, d in attested.items() if n != name}, **({name: until} if until else {})}
            elif kind == "judgement":
                judgements |= dict.fromkeys(self.ids(name), entry)
            elif kind == "place":
                context = {**{n: t for n, t in context.items() if n != name}, **({name: entry} if entry else {})}
            elif kind == "moment":
                readings[name] = (Reading(entry, at_moment=True),) if entry else ()
        for name in {one.partition(".")[0] for kind, one in entries if kind == "field"}:
            if ("list", name) not in entries:
                lists[name] = _one_event(name, 1, entries)
        return Record(self.typical.patient, readings, lists, attested, judgements, context)

    def truths(self, several: tuple[Atom, ...], record: Record) -> tuple[Truth, ...]:
        """What the interpreter says of each atom, on one record."""
        envs: dict[tuple[int, str | None, str], Environment] = {}
        found = []
        for atom in several:
            key = (atom.version, atom.moment, atom.judged)
            env = envs.get(key)
            if env is None:
                env = envs[key] = self.read_as(atom, record)
            found.append(_truth(atom, env))
            env.facts.clear()
            env.relied.clear()
        return tuple(found)

    def typically(self, atom: Atom) -> Truth:
        """What the interpreter says of an atom on the typical record; read once."""
        key = (atom, self._read_by(atom))
        known = self._read.get(key)
        if known is None:
            known = self._read[key] = self.truths((atom,), self.typical)[0]
        truth: Truth = known
        return truth

    def knowing(self, said: Mapping[Atom, Truth]) -> World:
        """The same world, to which it is known already what atoms come to on its typical record."""
        self._read.update({(atom, self._read_by(atom)): truth for atom, truth in said.items()})
        return self

    def holding(self, place: Place, entry: Any) -> World:  # noqa: ANN401 - what stands at a place depends on the place
        """The same world with another entry at a place of its typical record."""
        record = self.record({(place.kind, place.name): entry})
        if place.kind == "moment" and isinstance(entry, date):  # all that is counted from it is counted from there
            anchor = entry if place.name == asked_at(self.versions) else self.anchor
            return evolve(self, typical=record, anchor=anchor, days={**self.days, place.name: entry})
        found = evolve(self, typical=record)
        if place not in self.far_reaching:
            found._read.update({number: self._read[number] for number in (0, 1) if number in self._read})  # noqa: SLF001
        return found

    def _read_by(self, atom: Atom) -> int:
        """The version whose declarations an atom is read with: where they are the same in both, the older does."""
        alike: bool | None = self._declared.get("read alike")
        if alike is None:
            one, other = ((v.items, v.records, v.moments, v.dlt) for v in self.versions)
            alike = self._declared["read alike"] = one == other
        return 0 if alike else atom.version

    def read_as(self, atom: Atom, record: Record) -> Environment:
        """What an atom is read against."""
        clause = Clause(atom.judged, Effect.INCLUSION, "", atom.form, moment=atom.moment)
        return self.against(atom.version, record, clause)

    def values(self, node: Expression, atom: Atom) -> Possible:
        """What the interpreter says that an expression may be, on the typical record."""
        return evaluate(node, self.read_as(atom, self.typical), interpret)

    def against(self, number: int, record: Record, clause: Clause) -> Environment:
        """What a clause of one of the versions is read against: what is counted over all patients, over this one."""
        moments = self.moments(number, record)
        return environment(self.versions[number], record, self.as_of, moments, clause, everyone=(record,))

    def moments(self, number: int, record: Record) -> Moments:
        """The moments of a record as one of the versions reads them."""
        version = self.versions[number]
        if any(one.first_dose_of for one in version.moments.values()) or any(
            record.readings.get(name) is not self.typical.readings.get(name) for name in version.moments
        ):
            return moments_of(version, record, {})[0]
        if number not in self._read:
            self._read[number] = moments_of(version, self.typical, {})[0]
        found: Moments = self._read[number]
        return found

    def looked_to(self, atom: Atom) -> Iterator[date]:
        """The days to which a list has to be complete, so that an atom finds everything it looks for."""
        yield self.as_of if atom.moment is None else self.day(atom.moment)
        if isinstance(atom.condition, AnyEvent):
            yield min(self.last_looked_at(atom), self.as_of)

    def last_looked_at(self, atom: Atom) -> date:
        """The last day on which an event may begin and still matter to an atom, on the typical record."""
        env = self.read_as(atom, self.typical)
        return horizon(atom.condition.where if isinstance(atom.condition, AnyEvent) else None, env)


_UNNAMED = (ListOf("dose"), ListOf(CHANGE))
"""What is looked into without being named: for the day of a first dose, and for how long an event had a grade."""


def _far_reaching(version: Protocol) -> Iterator[Place]:
    followed = () if version.dlt is None else (version.dlt.events,)
    for name, item in version.items.items():
        if item.kind in _UNNAMED or name in followed:
            yield Place("list", name)
        if item.complete is not None and item.complete.to:
            yield Place("item", item.complete.to)
    yield from (Place("moment", name) for name in version.moments)


def _one_event(name: str, count: int, entries: Mapping[tuple[str, str], Any]) -> tuple[Event, ...]:
    """The one event of a list, made up of what stands at the places of its fields; none where there is to be none."""
    mine = {one: entry for (kind, one), entry in entries.items() if kind == "field" and one.startswith(f"{name}.")}
    return (Event({one.partition(".")[2]: entry for one, entry in mine.items() if entry is not None}),) * count


def _truth(atom: Atom, env: Environment) -> Truth:
    """What the interpreter says of an atom; of one event of a list, what it says of that event."""
    if not atom.of_list:
        return interpret(atom.condition, env).truth
    event = next(iter(env.record.lists.get(atom.of_list, ())), None)
    if atom.role is Role.CONDITION:
        return interpret(atom.condition, evolve(env, event=event or Event({}), of_list=atom.of_list)).truth
    where = atom.condition.where if isinstance(atom.condition, AnyEvent) else None
    last = horizon(where, env)
    if atom.role is Role.BEGUN:
        return Truth.FALSE if event is None else begun(atom.of_list, event, last, env)
    unread = env.moment is not None and env.at is None
    return Truth.FALSE if not unread and completeness(atom.of_list, last, env)[0] else Truth.UNKNOWN


# --- the typical record -----------------------------------------------------------------------------------------------


def world(versions: Versions, aliases: Mapping[str, tuple[str, ...]] = EMPTY) -> World:
    """Where two versions are compared. It does not depend on which of them is the newer."""
    found = [one for version in versions for one in version.examples if _entered(one)]
    # With most in it; which version it is from plays no part.
    eligible = [one for one in found if any(said == "eligible" for said, _ in one.expected)]
    best = max(eligible or found, key=lambda one: (len(one.record.readings), one.label), default=None)
    record = Record("typical") if best is None else evolve(best.record, patient="witness")
    moment = asked_at(versions)
    days = _days(versions, record, moment)
    undated = best is None or seen_from(best) == date.max  # an example that names no day
    anchor = days.get(moment or "", _NOWHERE if best is None or undated else seen_from(best))
    as_of = min(max((*days.values(), anchor)), date.max - _LATER) + _LATER
    fixed = {name: (Reading(day, at_moment=True),) for name, day in days.items()}
    attested = dict.fromkeys(record.attested, as_of)
    record = evolve(record, readings={**record.readings, **fixed}, attested=attested)
    return World(versions, record, anchor, as_of, days, aliases)


def _entered(example: Example) -> bool:
    return any(said in ("eligible", "not eligible", "undetermined") for said, _ in example.expected)


def asked_at(versions: Iterable[Protocol]) -> str | None:
    """The moment at which most criteria are asked."""
    named = [clause.moment for version in versions for clause in version.criteria if clause.moment is not None]
    return max(named, key=named.count, default=None)


def _days(versions: Versions, record: Record, first: str | None) -> dict[str, date]:
    """A day for each moment: the recorded one, or one that keeps the order and the bounds."""
    moments = {**versions[0].moments, **versions[1].moments}
    days = {name: day for name in moments if (day := _recorded(record, name)) is not None}
    if first is not None:
        days.setdefault(first, max(days.values(), default=_NOWHERE))
    waiting = [name for name in moments if name not in days]
    while waiting:
        placed = [
            name for name in waiting if (day := _beside(moments, days, name)) is not None and _put(days, name, day)
        ]
        if not placed:
            days[waiting[0]] = max(days.values(), default=_NOWHERE)
        waiting = [name for name in waiting if name not in days]
    return days


def _put(days: dict[str, date], name: str, day: date) -> bool:
    days[name] = day
    return True


def _beside(moments: Mapping[str, Moment], days: Mapping[str, date], name: str) -> date | None:
    """A day that fits beside a moment that has one."""
    mine = moments[name]
    if mine.after is not None and mine.after in days:
        return days[mine.after] + timedelta(days=mine.at_least_days or min(1, mine.at_most_days or 1))
    for other in moments.values():
        if other.after == name and other.name in days:
            return days[other.name] - timedelta(days=other.at_least_days or min(1, other.at_most_days or 1))
    return None


def _recorded(record: Record, name: str) -> date | None:
    found = [one.value for one in record.readings.get(name, ())]
    return found[0] if len(found) == 1 and type(found[0]) is date else None
