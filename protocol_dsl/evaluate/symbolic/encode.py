"""Conditions as two formulas each: that it is met, and that it is not met. Where neither holds it is unknown.

A value is what it may be: alternatives, each with the formula under which it is one. So a case with an unknown key has
all its results, as the language says, and a comparison is met only where all that is possible meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import MAXYEAR, date
from fractions import Fraction
from math import ceil, floor
from typing import Any

import z3
from attrs import frozen

from protocol_dsl.base.studytime import Rounding, completed_months, completed_years, shift
from protocol_dsl.evaluate.symbolic.events import Listed, Slot, counted, some_event
from protocol_dsl.evaluate.symbolic.missing import rests
from protocol_dsl.evaluate.symbolic.terms import (
    ANYTHING,
    DAY,
    FALSE,
    FAR,
    MOST_YEARS,
    SIGNS,
    TRUE,
    Option,
    Said,
    Spread,
    attested_compare,
    both,
    calculated,
    certain,
    either,
    last_with,
    merged,
    options_of,
    rounded,
    several,
    spread_compare,
)
from protocol_dsl.evaluate.symbolic.unknowns import Unencodable, Unknown, Unknowns, exact
from protocol_dsl.model.condition import (
    AnyEvent,
    Arithmetic,
    AtLeast,
    Cases,
    Compare,
    CompletedTime,
    Condition,
    Constant,
    ContextOf,
    Count,
    Distance,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Includes,
    Judged,
    Known,
    Member,
    MomentOf,
    Named,
    Not,
    Part,
    Policy,
    Recorded,
    Rounded,
    Shifted,
    Side,
    Sign,
    Valid,
    Within,
)
from protocol_dsl.model.record import Attested, Reason
from protocol_dsl.model.vocabulary import Count as Counted
from protocol_dsl.model.vocabulary import Date, Item, Text

_PERIODS = {"years": (completed_years, 12), "months": (completed_months, 1)}


@frozen
class Encoder:
    """Writes down the conditions of one clause, asked on the day `at`: its entries, the days of the moments, its lists.

    `event` is the one that is looked at, and `around` are those further out, the nearest last.
    """

    unknowns: Unknowns
    days: Mapping[str, date]
    at: date
    as_of: date
    judging: str = ""
    lists: Mapping[str, Listed] = {}
    event: Slot | None = None
    around: tuple[Slot, ...] = ()

    def condition(self, node: Condition) -> Said:  # noqa: C901, PLR0911 - an arm for each form
        """Raises Unencodable where it cannot be said exactly."""
        match node:
            case Compare(sign=sign, left=CompletedTime() as left, right=Constant(value=Fraction() as number)):
                return self._completed_against(sign, left, number)
            case Compare(sign=sign, left=left, right=right):
                return self._each(lambda a, b: self._compare(sign, a, b), left, right)
            case Member(value=value, members=members):
                return self._each(lambda a, _: self._any(self._compare(Sign.IS, a, one) for one in members), value)
            case Includes(value=value, members=members, all=whole):
                return self._each(lambda a, _: self._includes(a, members, whole=whole), value)
            case Distance(sign=sign, day=day, length=length, side=side, anchor=anchor):
                return self._distance(sign, day, length, side, anchor)
            case Within(day=day, window=window):
                first = self._edge(Sign.AT_LEAST, day, window.start)
                return both((first, self._edge(Sign.AT_MOST, day, window.end)))
            case Recorded(series=series):
                one = self.item(series.item)
                return Said(one.known, z3.Not(one.known))
            case Judged(what=what, on=None):
                known, met = z3.Bool(f"judged {what or self.judging}?"), z3.Bool(f"judged {what or self.judging}")
                return Said(z3.And(known, met), z3.And(known, z3.Not(met)))
            case Known(inside=inside):
                return self._policy(inside, (Reason.NOT_COLLECTED,), met=False)
            case Policy(inside=inside, reasons=reasons, met=met):
                return self._policy(inside, reasons, met=met)
            case AnyEvent():
                return some_event(node, self)
            case _:
                return self._logic(node)

    def _logic(self, node: Condition) -> Said:
        name = type(node).__name__
        if isinstance(node, Not):
            inside = self.condition(node.inside)
            return Said(inside.unmet, inside.met)
        parts = [self.condition(part) for part in getattr(node, "parts", ())]
        if name == "Both":
            return both(parts)
        if name == "Either":
            return either(parts)
        if isinstance(node, AtLeast):
            return several(node.count, parts)
        raise Unencodable(f"a condition of the form {name}")

    # --- comparing ----------------------------------------------------------------------------------------------------

    def _each(self, said: Callable[[Any, Any], Said], left: Expression, right: Expression | None = None) -> Said:
        """What holds of everything that the values may be."""
        ours = self.value(left)
        theirs = (Option(TRUE, None),) if right is None else self.value(right)
        met, unmet = [], []
        for a in ours:
            for b in theirs:
                one, when = said(a.value, b.value), z3.And(a.when, b.when)
                met.append(z3.Implies(when, one.met))
                unmet.append(z3.Implies(when, one.unmet))
        return Said(z3.And(met), z3.And(unmet))

    def _any(self, several: Any) -> Said:  # noqa: ANN401 - an iterable of what is said
        return either(list(several))

    def _compare(self, sign: Sign, a: Any, b: Any) -> Said:  # noqa: ANN401 - what values may be
        if a is ANYTHING or b is ANYTHING:
            return Said(FALSE, FALSE)
        if isinstance(a, Attested) or isinstance(b, Attested):
            return certain(attested_compare(sign, a, b))
        if isinstance(a, dict) or isinstance(b, dict):
            raise Unencodable("a comparison of several members at once")
        if isinstance(a, Spread) or isinstance(b, Spread):
            return spread_compare(sign, *(one if isinstance(one, Spread) else self._term(one) for one in (a, b)))
        held = SIGNS[sign](self._term(a), self._term(b))
        held = TRUE if held is True else FALSE if held is False else held
        return Said(held, z3.Not(held))

    def _term(self, value: Any) -> Any:  # noqa: ANN401 - what values may be
        if isinstance(value, str):
            return self.unknowns.text(value)
        if isinstance(value, date):
            return value.toordinal()
        return exact(value) if isinstance(value, Fraction) else value

    def _includes(self, a: Any, members: tuple[str, ...], *, whole: bool) -> Said:  # noqa: ANN401
        if not isinstance(a, dict):
            return Said(FALSE, FALSE)
        has = [a.get(member, FALSE) for member in members]
        held = z3.And(has) if whole else z3.Or(has)
        return Said(held, z3.Not(held))

    def _distance(self, sign: Sign, day: Expression, length: Expression, side: Side, anchor: Expression) -> Said:
        lengths, anchors = self.value(length), self.value(anchor)

        def far(d: Any, _: Any) -> Said:  # noqa: ANN401
            found = []
            for a in anchors:
                for n in lengths:
                    one = self._far(sign, side, d, a.value, n.value)
                    when = z3.And(a.when, n.when)
                    found.append((z3.Implies(when, one.met), z3.Implies(when, one.unmet)))
            return Said(z3.And([met for met, _ in found]), z3.And([unmet for _, unmet in found]))

        return self._each(far, day)

    def _far(self, sign: Sign, side: Side, day: Any, anchor: Any, length: Any) -> Said:  # noqa: ANN401
        if anchor is ANYTHING or isinstance(anchor, Attested) or length is ANYTHING:
            return Said(FALSE, FALSE)
        if day is Attested.NEVER:
            return certain(sign in FAR)
        if day is Attested.ONGOING and side is Side.BEFORE:
            return certain(sign not in FAR)
        if day is ANYTHING or isinstance(day, Attested):
            return Said(FALSE, FALSE)
        start, end = (day, anchor) if side is Side.BEFORE else (anchor, day)
        gap = z3.ToReal(z3.IntVal(0) + self._term(end) - self._term(start)) * DAY
        return self._compare(sign, gap, length)

    def _edge(self, sign: Sign, day: Expression, edge: Expression | None) -> Said:
        if edge is None:
            return Said(TRUE, FALSE)
        return self._each(lambda a, b: self._compare(sign, a, b), day, edge)

    # --- what is missing ----------------------------------------------------------------------------------------------

    def _policy(self, inside: Condition, reasons: tuple[Reason, ...], *, met: bool) -> Said:
        """What is unknown only for these reasons is decided."""
        said = self.condition(inside)
        decided = z3.And(said.unknown, rests(inside, reasons, self))
        return Said(z3.Or(said.met, decided) if met else said.met, said.unmet if met else z3.Or(said.unmet, decided))

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, node: Expression) -> tuple[Option, ...]:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
        """What an expression may be."""
        match node:
            case Constant(value=value):
                return (Option(TRUE, value),)
            case Named(inside=inside):
                return self.value(inside)
            case MomentOf(name=name):
                return (Option(TRUE, self.days.get(name, self.at)),)
            case Fetch(series=series, part=part):
                return self._fetched(series.item, part)
            case FieldOf(name=name, outer=outer):
                return options_of(self.field(name, outer), Attested.ONGOING)
            case Count():
                return counted(node, self)
            case ContextOf(name=name):
                return options_of(self.place(name))
            case Arithmetic(operator=operator, left=left, right=right):
                return self._pairs(lambda a, b: calculated(operator, a, b), left, right)
            case Extreme(larger=larger, left=left, right=right):
                return self._pairs(lambda a, b: self._extreme(a, b, larger=larger), left, right)
            case Rounded(inside=inside, step=step):
                return tuple(Option(one.when, rounded(one.value, step)) for one in self.value(inside))
            case CompletedTime(period=period, start=start, end=end):
                return self._pairs(lambda a, b: self._completed(period, a, b), start, end)
            case Shifted():
                return self._shifted(node)
            case Valid(inside=inside, when=when):
                holds = z3.And([self.condition(one).met for one in when])
                found = tuple(Option(z3.And(holds, one.when), one.value) for one in self.value(inside))
                return (*found, Option(z3.Not(holds), ANYTHING))
            case Cases():
                return self._cases(node)
            case _:
                raise Unencodable(f"a value of the form {type(node).__name__}")

    def field(self, name: str, outer: int = 0) -> Unknown:
        """The entry for a field of the event that is looked at, or of one further out."""
        looked_at = (*self.around, self.event)
        slot = looked_at[-1 - outer] if outer < len(looked_at) else None
        if slot is None:
            raise Unencodable(f"{name} of no event")
        return slot.entry(name, self.unknowns)

    def place(self, name: str) -> Unknown:
        """The entry for a patient's level, part, cohort, stratum or order of entry."""
        kind = Counted() if name == "entry" else Text()
        return self.unknowns.entry(f"place {name}", Item(name=name, kind=kind))

    def last_day(self, name: str) -> tuple[Any, Any]:
        """Whether an item holds a day, and which."""
        if not isinstance(getattr(self.unknowns.items.get(name), "kind", None), Date):
            return FALSE, 0
        one = self.item(name)
        return z3.And(one.known, z3.Not(one.attested)), one.value

    def item(self, name: str) -> Unknown:
        """The entry for an item."""
        item = self.unknowns.items.get(name)
        if item is None:
            raise Unencodable(f"{name}, which is not declared")
        return self.unknowns.entry(name, item)

    def _fetched(self, name: str, part: Part) -> tuple[Option, ...]:
        one = self.item(name)
        if part is Part.VALUE:
            return options_of(one)
        if part is Part.DATE:
            raise Unencodable(f"the date of {name}")
        limit, known = (one.uln, one.uln_known) if part is Part.ULN else (one.lln, one.lln_known)
        if limit is None:
            return (Option(TRUE, ANYTHING),)
        there = z3.And(one.known, known)
        return (Option(there, limit), Option(z3.Not(there), ANYTHING))

    def _pairs(self, made: Callable[[Any, Any], Any], left: Expression, right: Expression) -> tuple[Option, ...]:
        found = []
        for a in self.value(left):
            for b in self.value(right):
                when = z3.And(a.when, b.when)
                results = made(a.value, b.value)
                for guard, value in results if isinstance(results, list) else [(TRUE, results)]:
                    found.append(Option(z3.And(when, guard), value))
        return merged(found)

    def _extreme(self, a: Any, b: Any, *, larger: bool) -> Any:  # noqa: ANN401
        if any(one is ANYTHING or isinstance(one, Attested) for one in (a, b)):
            return ANYTHING
        a, b = self._term(a), self._term(b)
        return z3.If(z3.BoolVal(True) if a is b else (a >= b if larger else a <= b), a, b)  # noqa: FBT003

    def _completed(self, period: str, start: Any, end: Any) -> Any:  # noqa: ANN401
        """Completed years or months to a fixed day: a step at each birthday."""
        if start is ANYTHING or isinstance(start, Attested):
            return ANYTHING
        if not isinstance(end, date):
            raise Unencodable("completed time to a day that moves")
        reckon, months = _PERIODS[period]
        if isinstance(start, date):
            return Fraction(reckon(start, end))
        first = shift(end, months=-12 * MOST_YEARS, rounding=Rounding.UP)  # who is reckoned with was born, and lives
        self.unknowns.holds.append(z3.And(start >= first.toordinal(), start <= self.as_of.toordinal()))
        least, most = (reckon(day, end) for day in (self.as_of, first))
        steps = [last_with(reckon, end, -number * months, number) for number in range(least + 1, most + 1)]
        return least + z3.Sum([z3.If(start <= step.toordinal(), z3.RealVal(1), z3.RealVal(0)) for step in steps])

    def _completed_against(self, sign: Sign, left: CompletedTime, number: Fraction) -> Said:
        """Whether so many years or months are completed: whether the day on which they begin is early enough."""
        reckon, months = _PERIODS[left.period]

        def enough(start: Any, end: Any, many: int) -> Any:  # noqa: ANN401
            if isinstance(start, date):
                return z3.BoolVal(reckon(start, end) >= many)
            if many * months > (end.year - 1) * 12:
                return FALSE
            if many * months < (end.year - MAXYEAR) * 12:
                return TRUE
            return start <= last_with(reckon, end, -many * months, many).toordinal()

        def said(start: Any, end: Any) -> Said:  # noqa: ANN401
            if any(one is ANYTHING or isinstance(one, Attested) for one in (start, end)):
                return Said(FALSE, FALSE)
            if not isinstance(end, date):
                raise Unencodable("completed time to a day that moves")
            least, more = enough(start, end, ceil(number)), enough(start, end, floor(number) + 1)
            held = {
                Sign.AT_LEAST: least,
                Sign.LESS_THAN: z3.Not(least),
                Sign.MORE_THAN: more,
                Sign.AT_MOST: z3.Not(more),
                Sign.IS: z3.And(least, z3.Not(more)),
                Sign.IS_NOT: z3.Or(z3.Not(least), more),
            }[sign]
            return Said(held, z3.Not(held))

        return self._each(said, left.start, left.end)

    def _shifted(self, node: Shifted) -> tuple[Option, ...]:
        if node.length is None:
            months = -node.months if node.backwards else node.months
            found = []
            for one in self.value(node.day):
                if not isinstance(one.value, date):
                    raise Unencodable("a day that moves by calendar months")
                found.append(Option(one.when, shift(one.value, months=months, rounding=node.rounding)))
            return tuple(found)
        sign = -1 if node.backwards else 1

        def moved(day: Any, length: Any) -> Any:  # noqa: ANN401
            if day is ANYTHING or length is ANYTHING or isinstance(day, Attested):
                return ANYTHING if not isinstance(day, Attested) else day
            if not isinstance(length, Fraction):
                raise Unencodable("a length of time that is worked out")
            return self._term(day) + sign * int(length // DAY)

        return self._pairs(moved, node.day, node.length)

    def _cases(self, node: Cases) -> tuple[Option, ...]:
        """The results of every branch that may apply; nothing is known where none certainly does."""
        found: list[Option] = []
        earlier: Any = FALSE
        for branch in node.branches:
            said = Said(TRUE, FALSE) if branch.when is None else self.condition(branch.when)
            reached = z3.And(z3.Not(earlier), z3.Not(said.unmet))
            found += [Option(z3.And(reached, one.when), one.value) for one in self.value(branch.result)]
            earlier = z3.Or(earlier, said.met)
        return (*found, Option(z3.Not(earlier), ANYTHING))
