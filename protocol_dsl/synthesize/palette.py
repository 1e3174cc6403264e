"""What may be entered for each item and each field: from examples, from limits that are asked about, or as is usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from attrs import field, frozen

from protocol_dsl.model import condition as core
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.record import Attested, Event, Reading, Value
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Completed,
    Count,
    Date,
    Grade,
    Item,
    ListOf,
    Number,
    OneOf,
    Text,
    Time,
    YesNo,
)
from protocol_dsl.model.walk import walk
from protocol_dsl.readers.lists import record_types
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.ordinary import ordinary

DAY = 86400
BENIGN = ("headache", "fatigue", "nausea", "cough", "pruritus", "insomnia", "back_pain", "dizziness")
LASTING = (0, 1, 2, 3, 4, 5, 6, 8, 9, 11, 14, 18)
_OLDEST = 110
_ADULTS = (30 * 365, 70 * 365)  # days
_MULTIPLES = tuple(map(Fraction, ("1/2", "4/5", "9/10", "19/20", "1", "21/20", "11/10", "5/4", "3/2", "2", "3")))
_FAR = tuple(Fraction(n) for n in (1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 200, 400, 900))


@frozen(slots=False)
class Palette:
    """What a protocol offers to choose from."""

    protocol: Protocol
    _asked: Mapping[str, tuple[Fraction, ...]] = field(init=False, factory=dict)

    @cached_property
    def conditions(self) -> tuple[object, ...]:
        """Everything that is asked of a patient."""
        rules = self.protocol.dlt
        dlt: tuple[Clause, ...] = () if rules is None else rules.clauses
        more = () if rules is None or rules.evaluable is None else (rules.evaluable,)
        every = (*self.protocol.criteria, *dlt)
        guards = tuple(one.guard for one in every if one.guard is not None)
        return (*(one.condition for one in every), *guards, *more)

    @cached_property
    def lists(self) -> Mapping[str, Mapping[str, Item]]:
        """The fields of each list that the protocol declares."""
        known = record_types(self.protocol)
        return {name: known[name].fields for name, item in self.protocol.items.items() if isinstance(item.kind, ListOf)}

    @cached_property
    def limits(self) -> Mapping[str, tuple[Fraction, ...]]:
        """The numbers beside which each item, or field, is asked about."""
        found: dict[str, set[Fraction]] = {}
        for condition in self.conditions:
            for one in walk(condition):
                if isinstance(one, core.Compare | core.Distance):
                    inside = list(walk(one))
                    names = {part.item for part in inside if isinstance(part, core.Series)}
                    names |= {part.name for part in inside if isinstance(part, core.FieldOf)}
                    numbers = {
                        part.value
                        for part in inside
                        if isinstance(part, core.Constant) and isinstance(part.value, Fraction)
                    }
                    for name in names:
                        found.setdefault(name, set()).update(numbers)
        return {name: tuple(sorted(numbers)) for name, numbers in found.items()}

    @cached_property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The words that each field or item of open vocabulary is asked for, a few of each set."""
        found: dict[str, dict[str, None]] = {}
        for condition in self.conditions:
            for one in walk(condition):
                if isinstance(one, core.Member):
                    said = [word for word in one.members if isinstance(word, str)]
                    spread = said[:: max(len(said) // 6, 1)]
                    self._note(found, one.value, spread)
                elif (
                    isinstance(one, core.Compare)
                    and isinstance(one.right, core.Constant)
                    and isinstance(one.right.value, str)
                ):
                    self._note(found, one.left, [one.right.value])
        return {name: tuple(words) for name, words in found.items()}

    @staticmethod
    def _note(found: dict[str, dict[str, None]], where: core.Expression, words: list[str]) -> None:
        for part in walk(where):
            if isinstance(part, core.FieldOf):
                found.setdefault(part.name, {}).update(dict.fromkeys(words))
            elif isinstance(part, core.Series):
                found.setdefault(part.item, {}).update(dict.fromkeys(words))

    @cached_property
    def births(self) -> frozenset[str]:
        """The items from which completed years are counted."""
        counted = (
            one for condition in self.conditions for one in walk(condition) if isinstance(one, core.CompletedTime)
        )
        return frozenset(part.item for one in counted for part in walk(one.start) if isinstance(part, core.Series))

    # --- items ------------------------------------------------------------------------------------------------------

    @cached_property
    def shown(self) -> Mapping[str, tuple[tuple[Reading, date | None], ...]]:
        """What the examples of the file enter for each item, with the latest moment of that example."""
        found: dict[str, list[tuple[Reading, date | None]]] = {}
        for example in self.protocol.examples:
            anchor = self._anchor(example.record.readings)
            for name, readings in example.record.readings.items():
                usable = (one for one in readings if one.value is not None and not hasattr(one.value, "low"))
                found.setdefault(name, []).extend((one, anchor) for one in usable)
        return {name: tuple(ones) for name, ones in found.items()}

    def _anchor(self, readings: Mapping[str, tuple[Reading, ...]]) -> date | None:
        asked = {clause.moment for clause in self.protocol.criteria}
        days = [one.value for name in asked if name for one in readings.get(name, ()) if type(one.value) is date]
        return max(days, default=None)

    def usual(self, item: Item, anchor: date, dice: Dice) -> Value | None:
        """A value as most patients might have it; None where nothing tells what that is."""
        shown = self.shown.get(item.name, ())
        match item.kind:
            case Number() | Count() | Grade() | Completed():
                return self._usual_number(item, dice)
            case Date():
                offsets = [(day - one.value).days for one, day in shown if day is not None and type(one.value) is date]
                if offsets:
                    spread = dice.pick(offsets)
                    return anchor - timedelta(days=spread + dice.between(-(abs(spread) // 8), abs(spread) // 8))
                if item.name in self.births:
                    return anchor - timedelta(days=dice.between(*_ADULTS))
                never = any(one.value is Attested.NEVER for one, _ in shown)
                return Attested.NEVER if never else anchor - timedelta(days=dice.between(100, 900))
            case Time():
                return None
            case _:
                likely = [one.value for one, _ in shown if one.value is not None]
                return likely[0] if likely and dice.below(4) else dice.pick(self.entries(item, anchor, dice))

    def _usual_number(self, item: Item, dice: Dice) -> Fraction | None:
        numbers = [one.value for one, _ in self.shown.get(item.name, ()) if isinstance(one.value, Fraction)]
        common = ordinary(item)
        if numbers:
            return self.fitting(item, numbers[0] * Fraction(dice.between(92, 108), 100)) or self.fitting(
                item, numbers[0]
            )
        if common is not None:
            spread = (common.high - common.low) * Fraction(dice.below(101), 100)
            return self.fitting(item, self._base(item, common.low + spread))
        known = plausible(item)
        if known is not None:
            return self.fitting(
                item, self._base(item, known.low + (known.high - known.low) * Fraction(dice.between(5, 30), 100))
            )
        limits = self.limits.get(item.name, ())
        return (
            self.fitting(item, limits[0] * Fraction(9, 10))
            if limits
            else self.fitting(item, self._base(item, Fraction(1)))
        )

    @staticmethod
    def _base(item: Item, number: Fraction) -> Fraction:
        unit = item.kind.unit if isinstance(item.kind, Number) else None
        return number if unit is None else unit.in_base(number)

    @staticmethod
    def own(item: Item, number: Fraction) -> Fraction:
        """A number of the base unit in the item's own unit."""
        unit = item.kind.unit if isinstance(item.kind, Number) else None
        return number if unit is None else unit.of_base(number)

    def fitting(self, item: Item, number: Fraction) -> Fraction | None:
        """The number with at most three digits that count, in the item's own unit; None where it is not plausible."""
        told = self.own(item, number)
        whole = isinstance(item.kind, Count | Grade | Completed)
        step = Fraction(1) if whole else item.step or _step(told)
        rounded = self._base(item, (told / step + Fraction(1, 2)).__floor__() * step)
        known = plausible(item)
        if known is not None and not known.holds(rounded, rounded):
            return None
        return rounded if rounded >= 0 or (known is not None and known.low < 0) else None

    def uln(self, item: Item, dice: Dice) -> Fraction | None:
        """An upper limit that a laboratory might print."""
        return self._limit(item, dice, upper=True) if item.uln else None

    def lln(self, item: Item, dice: Dice) -> Fraction | None:
        """A lower limit, likewise."""
        return self._limit(item, dice, upper=False) if item.lln else None

    def _limit(self, item: Item, dice: Dice, *, upper: bool) -> Fraction | None:
        readings = [one for one, _ in self.shown.get(item.name, ())]
        said = [limit for one in readings if (limit := one.uln if upper else one.lln) is not None]
        if said:
            return dice.pick(said)
        common = ordinary(item)
        if common is not None:
            return self._base(item, common.uln if upper else common.lln)
        usual = self._usual_number(item, Dice.of(0, item.name))
        return None if usual is None else self.fitting(item, usual * Fraction(3 if upper else 1, 2))

    def entries(  # noqa: PLR0911 - an arm for each kind
        self, item: Item, anchor: date, dice: Dice, uln: Fraction | None = None
    ) -> list[Value]:
        """What may be tried for an item: on both sides of every limit it is asked about, and what is usual."""
        match item.kind:
            case YesNo():
                return [True, False]
            case OneOf(members=members):
                return list(members)
            case AnyOf(members=members):
                return [frozenset(), *(frozenset({one}) for one in members)]
            case Text():
                return [*self.words.get(item.name, ()), "other"]
            case Date():
                return self._days(item, anchor, dice)
            case Number() | Count() | Grade() | Completed():
                return self._numbers(item, dice, uln)
            case _:
                return []

    def _numbers(self, item: Item, dice: Dice, uln: Fraction | None) -> list[Value]:
        if isinstance(item.kind, Grade):
            return [Fraction(grade) for grade in range(5)]
        found = [self._usual_number(item, dice)]
        asked = self.limits.get(item.name, ())
        for limit in (*asked, *(limit * uln for limit in asked if uln is not None and limit <= 50)):  # noqa: PLR2004 - a multiple of the ULN
            found += [self.fitting(item, limit * part) for part in _MULTIPLES]
            if isinstance(item.kind, Count | Completed):
                found += [self.fitting(item, limit + step) for step in (-1, 1)]
        known = plausible(item)
        if known is not None:
            found += [
                self.fitting(item, self._base(item, known.low + (known.high - known.low) * Fraction(n, 10)))
                for n in range(11)
            ]
        return list(dict.fromkeys(one for one in found if one is not None))

    def _days(self, item: Item, anchor: date, dice: Dice) -> list[Value]:
        if item.name in self.births:
            asked = {one + step for one in self.limits.get(item.name, ()) for step in (-1, 0, 1)}
            years = {Fraction(n) for n in range(0, 90, 4)} | {one for one in asked if 0 <= one < _OLDEST}
            return [anchor - timedelta(days=int(year * 1461 / 4) + dice.below(300)) for year in sorted(years)]
        limits = {one / DAY for one in self.limits.get(item.name, ()) if one >= DAY}
        near = {limit + step for limit in limits for step in (-2, -1, 0, 1, 2, 14)}
        offsets = sorted({int(one) for one in (*near, *_FAR)})
        days: list[Value] = [anchor - timedelta(days=one) for one in offsets]
        return [Attested.NEVER, *days, *(anchor + timedelta(days=one) for one in offsets if one <= 60)]  # noqa: PLR2004 - days after the anchor

    # --- events -----------------------------------------------------------------------------------------------------

    @cached_property
    def shown_events(self) -> Mapping[str, tuple[tuple[Event, date | None], ...]]:
        """The events that the examples hold, by list."""
        found: dict[str, list[tuple[Event, date | None]]] = {}
        for example in self.protocol.examples:
            anchor = self._anchor(example.record.readings)
            for name, events in example.record.lists.items():
                found.setdefault(name, []).extend((one, anchor) for one in events)
        return {name: tuple(ones) for name, ones in found.items()}

    def of_field(self, field_item: Item, dice: Dice) -> list[Value]:
        """What may be tried for a field that is no day."""
        if isinstance(field_item.kind, Text):
            benign = BENIGN if field_item.name == "term" else ()
            return [*self.words.get(field_item.name, ()), *benign] or [field_item.name]
        if isinstance(field_item.kind, OneOf):
            return list(field_item.kind.members)
        return self.entries(field_item, date.max, dice)


def _step(number: Fraction) -> Fraction:
    """One in the third digit that counts."""
    size = Fraction(1)
    left = abs(number)
    while left >= size * 1000:
        size *= 10
    while left and left < size * 100 and size > Fraction(1, 10**9):
        size /= 10
    return size


def offsets_of(first: int, last: int) -> Iterator[int]:
    """Weekly days from the first, and the last."""
    yield from range(first, last, 7)
    yield last
