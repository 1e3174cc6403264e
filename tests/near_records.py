"""Records at, next to and between the limits of two protocols, by which what is claimed of them may be refuted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random

from attrs import evolve, frozen

from protocol_dsl.base.quantity import ONE
from protocol_dsl.base.studytime import Days, Rounding, shift
from protocol_dsl.evaluate.quoting import unit_of_item
from protocol_dsl.model.condition import (
    CompletedTime,
    Constant,
    ContextOf,
    Fetch,
    Includes,
    Judged,
    Member,
    Series,
    Shifted,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.record import Attested, Event, Judgement, Reading, Reason, Record, Value
from protocol_dsl.model.vocabulary import AnyOf, Count, Date, Grade, Item, ListOf, OneOf, Text, Time, YesNo
from protocol_dsl.model.walk import walk

WHOLE, ONE_EACH, MANY = "whole", "one each", "many"
"""Nothing is missing; at most one entry each, some missing; and several readings and events."""

_DAY = 86400
_USUAL = date(2026, 6, 1)
_ENDS_OF_MONTHS = (date(2026, 5, 31), date(2028, 2, 29), date(2026, 3, 1), date(2025, 12, 31), date(2026, 5, 10))
_WHY = (Reason.NOT_DONE, Reason.PENDING, Reason.REFUSED, Reason.UNREADABLE)
_PLACES = {"level": "123", "part": ("expansion", "escalation"), "cohort": "ab", "stratum": "xy", "entry": "123"}
_TEXTS = ("chess", "fever", "aspirin", "another")


def clauses(protocol: Protocol) -> tuple[Clause, ...]:
    """The criteria, and the clauses of gates and of the DLT section."""
    gates = (clause for gate in protocol.gates for clause in gate.clauses)
    return (*protocol.criteria, *gates, *(() if protocol.dlt is None else protocol.dlt.clauses))


@frozen
class Near:
    """What two protocols hold entries against, and the entries that they know of."""

    items: dict[str, Item]
    fields: dict[str, dict[str, Item]]
    moments: tuple[str, ...]
    numbers: tuple[Fraction, ...]
    words: tuple[str, ...]
    days: tuple[date, ...]
    lengths: tuple[int, ...]
    months: tuple[int, ...]
    judged: tuple[str, ...]
    places: tuple[str, ...]
    births: frozenset[str]
    chosen: frozenset[str]

    @staticmethod
    def of(*versions: Protocol) -> Near:
        nodes = [node for version in versions for node in _nodes(version)]
        values = set(_values(nodes))
        numbers = {value for value in values if isinstance(value, Fraction)}
        items = {name: item for version in versions for name, item in version.items.items()}
        lists = {name: item.kind.record for name, item in items.items() if isinstance(item.kind, ListOf)}
        known = {name: record.fields for version in versions for name, record in version.records.items()}
        completed = [node for node in nodes if isinstance(node, CompletedTime)]
        months = {node.months for node in nodes if isinstance(node, Shifted)} | {12}
        for period, factor in (("years", 12), ("months", 1)):
            if any(node.period == period for node in completed):
                months |= {factor * int(value) for value in numbers if value.denominator == 1 and 0 < value <= 400}
        series = [node for node in nodes if isinstance(node, Series)]
        return Near(
            {name: item for name, item in items.items() if name not in lists},
            {name: dict(known[record]) for name, record in lists.items()},
            tuple({name: None for version in versions for name in version.moments}),
            tuple(sorted(numbers)),
            tuple(sorted({value for value in values if isinstance(value, str)})),
            tuple(sorted({value for value in values if type(value) is date})),
            tuple(sorted(_lengths(numbers, series))),
            tuple(sorted(months)),
            tuple(sorted(_judged(versions))),
            tuple(sorted({node.name for node in nodes if isinstance(node, ContextOf)} & _PLACES.keys())),
            frozenset(node.start.series.item for node in completed if isinstance(node.start, Fetch)),
            frozenset(one.item for one in series if one.choice is not None)
            - {one.item for one in series if one.choice is None},
        )

    def record(self, random: Random, mode: str) -> tuple[Record, date]:
        """A record, and the day it is seen from."""
        whole = mode == WHOLE
        days = self._moments(random)
        anchor = days.get("enrolment", _USUAL)
        moments = {name: (Reading(day, at_moment=True),) for name, day in days.items()}
        found = {
            name: self._entries(random, item, tuple(days.values()), anchor, mode) for name, item in self.items.items()
        }
        as_of = anchor + timedelta(days=61 if whole else random.choice((61, 61, 30, 7)))
        lists = {name: self._events(random, name, (*days.values(),), anchor, mode) for name in self.fields}
        attested = {name: as_of for name in lists if whole or random.random() < 0.75}
        attested = {
            name: day if whole or random.random() < 0.8 else anchor - timedelta(days=random.choice((0, 7, 14, 15)))
            for name, day in attested.items()
        }
        judged = {name: (Judgement(random.random() < 0.5),) for name in self.judged if whole or random.random() < 0.8}
        places = {name: random.choice(_PLACES[name]) for name in self.places if whole or random.random() < 0.85}
        return Record("P", {**moments, **found}, lists, attested, judged, places), as_of

    # --- days ---------------------------------------------------------------------------------------------------------

    def _moments(self, random: Random) -> dict[str, date]:
        written = [day + timedelta(days=random.choice(self.lengths)) for day in self.days]
        enrolment = random.choice((*[_USUAL] * 4, *_ENDS_OF_MONTHS, *written))
        found = {
            "enrolment": enrolment,
            "consent": enrolment - timedelta(days=random.choice((0, 1, 2, 2, 3, 5, 28))),
            "first_dose": enrolment + timedelta(days=random.choice((0, 1, 2, 3, 4, 7))),
        }
        return {name: day for name, day in found.items() if name in self.moments}

    def _day(self, random: Random, days: tuple[date, ...]) -> date:
        """A day on the edge of something, or next to it."""
        base, how = random.choice(days or (_USUAL,)), random.random()
        if how < 0.55:
            return base + timedelta(days=random.choice(self.lengths) * random.choice((-1, -1, 1)))
        if how < 0.75:
            months, rounding = random.choice(self.months), random.choice((Rounding.UP, Rounding.DOWN))
            months = -months if random.random() < 0.8 else months
            return shift(base, months=months, rounding=rounding) + timedelta(days=random.choice((-1, 0, 1)))
        if how < 0.9 and self.days:
            return random.choice(self.days) + timedelta(days=random.choice((-1, 0, 1, *self.lengths)))
        return base + timedelta(days=random.choice((-3653, -1, 0, 1, 10, -10, 40)))

    # --- entries ------------------------------------------------------------------------------------------------------

    def _entries(
        self, random: Random, item: Item, days: tuple[date, ...], anchor: date, mode: str
    ) -> tuple[Reading, ...]:
        how = random.random()
        if mode != WHOLE and how < 0.16:
            return () if how < 0.08 else (Reading(missing=random.choice(_WHY), at_moment=True),)
        # Readings that differ and of which no rule chooses one are several values at once, of which nothing is claimed.
        many = mode == MANY and item.name in self.chosen
        found = [self._reading(random, item, days, mode) for _ in range(random.choice((1, 1, 2, 3)) if many else 1)]
        if mode == WHOLE or (len(found) == 1 and random.random() < 0.5):
            return tuple(found)
        back = random.sample(sorted({0, 1, 6, 7, 8, 13, 14, 15, 30, -1, -3, *self.lengths}), len(found))
        on = [anchor - timedelta(days=one) for one in back]
        return tuple(evolve(one, date=Days(day, day), at_moment=False) for one, day in zip(found, on, strict=True))

    def _reading(self, random: Random, item: Item, days: tuple[date, ...], mode: str) -> Reading:
        unit = unit_of_item(item) or ONE
        limits = [unit.in_base(Fraction(random.choice(some))) for some in ((40, 40, 30), (3, 5))]
        with_limits = [has and (mode == WHOLE or random.random() < 0.9) for has in (item.uln, item.lln)]
        uln, lln = (limit if has else None for limit, has in zip(limits, with_limits, strict=True))
        value = self._value(random, item, days)
        small = [number for number in self.numbers if 0 < number <= 20]
        if uln is not None and isinstance(value, Fraction) and small and random.random() < 0.6:
            value = _within(item, uln * random.choice(small) + unit.in_base(Fraction(random.choice((0, 0, 1, -1)), 10)))
        return Reading(value, uln=uln, lln=lln, at_moment=True)

    def _value(self, random: Random, item: Item, days: tuple[date, ...]) -> Value:  # noqa: C901, PLR0911 - an arm for each kind
        match item.kind:
            case YesNo():
                return random.random() < 0.5
            case OneOf(members=members):
                return random.choice(members)
            case AnyOf(members=members):
                return frozenset(member for member in members if random.random() < random.choice((0.2, 0.8)))
            case Grade():
                return Fraction(random.randrange(6))
            case Text():
                return random.choice((*self.words, *_TEXTS))
            case Time():
                return datetime.combine(self._day(random, days), time(random.choice((0, 8, 23))))
            case Date():
                if item.name in self.births:
                    return min(self._day(random, days), min(days, default=_USUAL))
                return Attested.NEVER if random.random() < 0.08 else self._day(random, days)
            case _:
                return self._number(random, item)

    def _number(self, random: Random, item: Item) -> Fraction:
        unit = unit_of_item(item) or ONE
        whole = isinstance(item.kind, Count)
        fits = [one for one in self.numbers if _within(item, one) == one and (not whole or one.denominator == 1)]
        step = Fraction(1) if whole else unit.in_base(item.step or Fraction(1, 100))
        number = unit.in_base(Fraction(random.randrange(100)))
        if fits and random.random() < 0.75:
            number = random.choice(fits)
        return _within(item, max(Fraction(0), number + random.choice((0, 0, 1, -1)) * step))

    # --- events -------------------------------------------------------------------------------------------------------

    def _events(self, random: Random, name: str, days: tuple[date, ...], anchor: date, mode: str) -> tuple[Event, ...]:
        count = random.choice((0, 1, 2, 2, 3) if mode == MANY else (0, 1))
        return tuple(self._event(random, name, days, anchor, mode) for _ in range(count))

    def _event(self, random: Random, name: str, days: tuple[date, ...], anchor: date, mode: str) -> Event:
        found: dict[str, Value] = {}
        for field, item in self.fields[name].items():
            if mode == WHOLE or random.random() < 0.9:
                value = self._value(random, item, days)
                found[field] = anchor - timedelta(days=9) if isinstance(value, Attested) else value
        start, end = found.get("start"), found.get("end")
        if end is not None and random.random() < 0.25:
            found["end"] = Attested.ONGOING
        elif isinstance(start, date) and isinstance(end, date):
            lasted = start + timedelta(days=random.choice((0, 2, 3, 4, 5)))
            found["end"] = lasted if end < start or random.random() < 0.4 else end
        return Event({field: Reading(value, at_moment=True) for field, value in found.items()})


def _nodes(version: Protocol) -> Iterator[Node]:
    for clause in clauses(version):
        for part in (clause.condition, clause.guard):
            if part is not None:
                yield from walk(part)
    for statement in version.statements:
        yield from walk(statement.claim.then)


def _values(nodes: list[Node]) -> Iterator[Value]:
    for node in nodes:
        if isinstance(node, Constant):
            yield node.value
        elif isinstance(node, Member | Includes):
            yield from node.members


def _lengths(numbers: set[Fraction], series: list[Series]) -> set[int]:
    days = {int(number // _DAY) for number in numbers if number % _DAY == 0 and number < 800 * _DAY}
    days |= {one.valid_days for one in series if one.valid_days is not None} | {0, 3, 14}
    return {day + by for day in days for by in (-1, 0, 1)}


def _judged(versions: tuple[Protocol, ...]) -> Iterator[str]:
    for version in versions:
        for clause in clauses(version):
            for part in (clause.condition, clause.guard):
                for node in () if part is None else walk(part):
                    if isinstance(node, Judged):
                        yield node.what or clause.id


def _within(item: Item, number: Fraction) -> Fraction:
    """The number, or the nearest that the item may have."""
    known = plausible(item)
    if known is None:
        return number
    low, high = known.unit.in_base(known.low), known.unit.in_base(known.high)
    return min(max(number, low), high)
