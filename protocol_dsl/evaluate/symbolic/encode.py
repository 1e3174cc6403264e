"""Conditions as two formulas each: that it is met, and that it is not met. Where neither holds it is unknown.

A value is what it may be: alternatives, each with the formula under which it is one. So a case with an unknown key has
all its results, as the language says, and a comparison is met only where all that is possible meets it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import z3
from attrs import evolve, frozen

from protocol_dsl.evaluate.symbolic.curves import applied, calculated, outer_spread
from protocol_dsl.evaluate.symbolic.days import completed, completed_against, distance, shifted, within
from protocol_dsl.evaluate.symbolic.events import Listed, Slot, counted, some_event
from protocol_dsl.evaluate.symbolic.missing import rests
from protocol_dsl.evaluate.symbolic.series import Chosen, Taken, candidates, in_a_row, of_readings
from protocol_dsl.evaluate.symbolic.terms import (
    ANYTHING,
    FALSE,
    SIGNS,
    TRUE,
    Moved,
    Option,
    Said,
    Spread,
    attested_compare,
    both,
    by_steps,
    certain,
    either,
    limit_of,
    merged,
    of_all,
    options_of,
    rounded,
    several,
    spread_compare,
)
from protocol_dsl.evaluate.symbolic.unknowns import Unencodable, Unknown, Unknowns, exact
from protocol_dsl.model.condition import (
    AnyEvent,
    Applied,
    Arithmetic,
    AtLeast,
    Cases,
    Compare,
    CompletedTime,
    Condition,
    Consecutive,
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
    Readings,
    Recorded,
    Rounded,
    Series,
    Shifted,
    Sign,
    Valid,
    Within,
)
from protocol_dsl.model.record import Attested, Reason
from protocol_dsl.model.vocabulary import Count as Counted
from protocol_dsl.model.vocabulary import Date, Item, Rule, Text


@frozen
class Encoder:
    """Writes down the conditions of one clause, asked on the day `at`: its entries, the days of the moments, its lists.

    `event` is the one that is looked at, and `around` are those further out, the nearest last. `several` are the items
    of which there are several readings, and `bound` those readings that are fixed.
    """

    unknowns: Unknowns
    days: Mapping[str, date]
    at: date
    as_of: date
    judging: str = ""
    lists: Mapping[str, Listed] = {}
    event: Slot | None = None
    around: tuple[Slot, ...] = ()
    several: Mapping[str, tuple[Taken, ...]] = {}
    bound: Mapping[Series, Chosen] = {}

    def condition(self, node: Condition) -> Said:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
        """Raises Unencodable where it cannot be said exactly."""
        match node:
            case Compare(together=together) if any(
                one not in self.bound and one.item in self.several for one in together
            ):
                return self._together(node, together)
            case Compare(sign=sign, left=CompletedTime() as left, right=Constant(value=Fraction() as number)):
                return completed_against(sign, left, number, self)
            case Compare(sign=sign, left=left, right=right):
                return self.each(lambda a, b: self.compare(sign, a, b), left, right)
            case Member(value=value, members=members):
                return self.each(lambda a, _: self._any(self.compare(Sign.IS, a, one) for one in members), value)
            case Includes(value=value, members=members, all=whole):
                return self.each(lambda a, _: self._includes(a, members, whole=whole), value)
            case Distance():
                return distance(node, self)
            case Within():
                return within(node, self)
            case Recorded(series=series):
                found = [(one.when, certain(one.value is not ANYTHING)) for one in self.fetched(series, Part.VALUE)]
                return of_all(found)
            case Readings() if node.series.item in self.several:
                return of_readings(node, self)
            case Consecutive() if node.series.item in self.several:
                return in_a_row(node, self)
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

    def each(self, said: Callable[[Any, Any], Said], left: Expression, right: Expression | None = None) -> Said:
        """What holds of everything that the values may be."""
        ours = self.value(left)
        theirs = (Option(TRUE, None),) if right is None else self.value(right)
        return of_all([(z3.And(a.when, b.when), said(a.value, b.value)) for a in ours for b in theirs])

    def _together(self, node: Compare, together: tuple[Series, ...]) -> Said:
        """A value and its limit come from one reading: it is asked of each that may be the one."""
        apart = [one for one in together if one not in self.bound and one.item in self.several]
        found = []
        for picked in product(*(candidates(one, self) for one in apart)):
            bound = dict(zip(apart, picked, strict=True))
            when = z3.And([one.when for one in picked])
            found.append((when, evolve(self, bound={**self.bound, **bound}).condition(node)))
        return of_all(found)

    def _any(self, several: Any) -> Said:  # noqa: ANN401 - an iterable of what is said
        return either(list(several))

    def compare(self, sign: Sign, a: Any, b: Any) -> Said:  # noqa: ANN401 - what values may be
        """One thing that a value may be against another."""
        if a is ANYTHING or b is ANYTHING:
            return Said(FALSE, FALSE)
        if isinstance(a, Attested) or isinstance(b, Attested):
            return certain(attested_compare(sign, a, b))
        if isinstance(a, dict):
            return _same_members(sign, a, b)
        if isinstance(a, Moved):
            return _reached(sign, a, b)
        if isinstance(b, dict | Moved):
            raise Unencodable("what is worked out against several members at once, or a day moved by calendar months")
        if isinstance(a, Spread) or isinstance(b, Spread):
            return spread_compare(sign, *(one if isinstance(one, Spread) else self.term(one) for one in (a, b)))
        held = SIGNS[sign](self.term(a), self.term(b))
        held = TRUE if held is True else FALSE if held is False else held
        return Said(held, z3.Not(held))

    def term(self, value: Any) -> Any:  # noqa: ANN401 - what values may be
        """A value as the solver has it."""
        if isinstance(value, Moved):
            raise Unencodable("a day moved by calendar months, from which is reckoned")
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
                return self.fetched(series, part)
            case FieldOf(name=name, outer=outer):
                return options_of(self.field(name, outer), Attested.ONGOING)
            case Count():
                return counted(node, self)
            case ContextOf(name=name):
                return options_of(self.place(name))
            case Arithmetic(operator=operator, left=left, right=right):
                return self.pairs(lambda a, b: calculated(operator, a, b, self.unknowns), left, right)
            case Applied(curve=curve, inside=inside):
                results = [(one.when, applied(curve, one.value, self.unknowns)) for one in self.value(inside)]
                return merged([Option(z3.And(when, also), value) for when, some in results for also, value in some])
            case Extreme(larger=larger, left=left, right=right):
                return self.pairs(lambda a, b: self._extreme(a, b, larger=larger), left, right)
            case Rounded(inside=inside, step=step):
                return tuple(Option(one.when, rounded(one.value, step)) for one in self.value(inside))
            case CompletedTime(period=period, start=start, end=end):
                return self.pairs(lambda a, b: completed(period, a, b, self), start, end)
            case Shifted():
                return shifted(node, self)
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
        if name in self.several:
            raise Unencodable(f"one of several readings of {name}")
        return self.unknowns.entry(name, item)

    def fetched(self, series: Series, part: Part) -> tuple[Option, ...]:
        """What a part of the reading that is chosen may be."""
        if series in self.bound:
            return self.bound[series].part(part)
        if series.item in self.several:
            if part is Part.DATE and series.choice is not None and series.choice.rule is Rule.MEAN:
                raise Unencodable(f"the date of a mean of {series.item}")
            chosen = candidates(series, self)
            found = [(z3.And(one.when, may.when), may.value) for one in chosen for may in one.part(part)]
            return merged([Option(when, value) for when, value in found])
        if part is Part.DATE:
            raise Unencodable(f"the date of {series.item}")
        one = self.item(series.item)
        return options_of(one) if part is Part.VALUE else limit_of(one, part)

    def pairs(self, made: Callable[[Any, Any], Any], left: Expression, right: Expression) -> tuple[Option, ...]:
        """What may come of two values, each with each."""
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
        if isinstance(a, Spread) or isinstance(b, Spread):
            return outer_spread(a, b, larger=larger)
        a, b = self.term(a), self.term(b)
        return z3.If(z3.BoolVal(True) if a is b else (a >= b if larger else a <= b), a, b)  # noqa: FBT003

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


def _same_members(sign: Sign, a: Mapping[str, Any], b: object) -> Said:
    """A value of several members against a set of them; neither is more than the other."""
    if sign not in (Sign.IS, Sign.IS_NOT):
        return Said(FALSE, FALSE)
    if not isinstance(b, frozenset | dict):
        raise Unencodable("a comparison of several members with something else")
    theirs = b if isinstance(b, dict) else dict.fromkeys(b, TRUE)
    same = z3.And([a.get(one, FALSE) == theirs.get(one, FALSE) for one in sorted({*a, *theirs})])
    return Said(same, z3.Not(same)) if sign is Sign.IS else Said(z3.Not(same), same)


def _reached(sign: Sign, a: Moved, b: object) -> Said:
    """A day that was moved by calendar months against a fixed day."""
    if not isinstance(b, date):
        raise Unencodable("a day moved by calendar months against one that is recorded")
    least, more = a.reaches(b), a.reaches(date.fromordinal(b.toordinal() + 1))
    return by_steps(sign, least, more)
