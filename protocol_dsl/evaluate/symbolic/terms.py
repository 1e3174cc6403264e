"""What the parts of a formula are: options of a value, what is said of a condition, and arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import z3
from attrs import frozen

from protocol_dsl.base.studytime import Rounding, shift
from protocol_dsl.evaluate.symbolic.unknowns import Unknown, exact
from protocol_dsl.model.condition import Part, Sign
from protocol_dsl.model.record import Attested

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)  # noqa: FBT003 - z3's own
DAY = 86400
MOST_YEARS = 130
"""So many completed years are reckoned with, where they are worked with and not only held against a limit."""


@frozen
class Moved:
    """A day moved by a function that never turns back; it is held against fixed days alone."""

    day: Any
    by: Callable[[date], date]

    def reaches(self, limit: date) -> Any:  # noqa: ANN401
        """That it comes to a day or to a later one."""
        first = date.fromordinal(2 * limit.toordinal() - self.by(limit).toordinal())
        while self.by(first) >= limit:
            first = date.fromordinal(first.toordinal() - 1)
        while self.by(first) < limit:
            first = date.fromordinal(first.toordinal() + 1)
        return self.day >= first.toordinal()


class Anything:
    """Of which nothing is known."""


ANYTHING = Anything()
FAR = (Sign.AT_LEAST, Sign.MORE_THAN)


@frozen
class Option:
    """What a value may be, and when it may: a term of the solver, a day, a text, or one of the attested."""

    when: Any
    value: Any


@frozen
class Said:
    """That a condition is met, and that it is not."""

    met: Any
    unmet: Any

    @property
    def unknown(self) -> Any:  # noqa: ANN401 - a formula of the solver
        """That it is neither."""
        return z3.Not(z3.Or(self.met, self.unmet))


@frozen
class Spread:
    """A number that is known only to lie between two ends, each a term of the solver; None is no end on that side."""

    low: Any
    high: Any
    low_open: bool = False
    high_open: bool = False


def both(parts: list[Said] | tuple[Said, ...]) -> Said:
    """All of them."""
    return Said(z3.And([one.met for one in parts]), z3.Or([one.unmet for one in parts]))


def either(parts: list[Said] | tuple[Said, ...]) -> Said:
    """One of them."""
    return Said(z3.Or([one.met for one in parts]), z3.And([one.unmet for one in parts]))


def of_all(several: list[tuple[Any, Said]]) -> Said:
    """What holds of everything that may be, each with the formula under which it may."""
    met = z3.And([z3.Implies(when, one.met) for when, one in several])
    return Said(met, z3.And([z3.Implies(when, one.unmet) for when, one in several]))


def several(count: int, parts: list[Said]) -> Said:
    """So many of them at least."""
    met = z3.PbGe([(one.met, 1) for one in parts], count)
    return Said(met, z3.PbGe([(one.unmet, 1) for one in parts], len(parts) - count + 1))


def options_of(one: Unknown, attested: Attested = Attested.NEVER) -> tuple[Option, ...]:
    """What an entry may be: its value, that there was none, or nothing known."""
    if z3.is_false(one.attested):
        return (Option(one.known, one.value), Option(z3.Not(one.known), ANYTHING))
    return (
        Option(z3.And(one.known, z3.Not(one.attested)), one.value),
        Option(z3.And(one.known, one.attested), attested),
        Option(z3.Not(one.known), ANYTHING),
    )


def limit_of(one: Unknown, part: Part) -> tuple[Option, ...]:
    """What the laboratory's limit of an entry may be."""
    limit, known = (one.uln, one.uln_known) if part is Part.ULN else (one.lln, one.lln_known)
    if limit is None:
        return (Option(TRUE, ANYTHING),)
    there = z3.And(one.known, known)
    return (Option(there, limit), Option(z3.Not(there), ANYTHING))


def merged(options: list[Option]) -> tuple[Option, ...]:
    """The same with all under which nothing is known as one, so that sums of many entries stay short."""
    unknown = [one.when for one in options if one.value is ANYTHING]
    rest = tuple(one for one in options if one.value is not ANYTHING)
    return (*rest, Option(z3.Or(unknown), ANYTHING)) if unknown else rest


def certain(yes: bool) -> Said:  # noqa: FBT001
    """What is said whatever the record."""
    return Said(TRUE, FALSE) if yes else Said(FALSE, TRUE)


def by_steps(sign: Sign, least: Any, more: Any) -> Said:  # noqa: ANN401 - formulas of the solver
    """How a value that goes up in steps compares, by whether it is `least` the limit, and `more`: the next step."""
    held = {
        Sign.AT_LEAST: least,
        Sign.LESS_THAN: z3.Not(least),
        Sign.MORE_THAN: more,
        Sign.AT_MOST: z3.Not(more),
        Sign.IS: z3.And(least, z3.Not(more)),
        Sign.IS_NOT: z3.Or(z3.Not(least), more),
    }[sign]
    return Said(held, z3.Not(held))


def attested_compare(sign: Sign, a: Any, b: Any) -> bool:  # noqa: ANN401
    """`ongoing` lies after every day; `never` lies nowhere, and only equals itself."""
    if sign in (Sign.IS, Sign.IS_NOT):
        return (a is b) is (sign is Sign.IS)
    if a is Attested.ONGOING and not isinstance(b, Attested):
        return sign in FAR
    if b is Attested.ONGOING and not isinstance(a, Attested):
        return sign not in FAR
    return False


def spread_compare(sign: Sign, a: Any, b: Any) -> Said:  # noqa: ANN401
    """A spread against another, or a number: met or not met only if the whole of it agrees."""
    a, b = (one if isinstance(one, Spread) else Spread(one, one) for one in (a, b))
    match sign:
        case Sign.AT_LEAST:
            return Said(_not_above(b, a), _below(a, b))
        case Sign.AT_MOST:
            return Said(_not_above(a, b), _below(b, a))
        case Sign.MORE_THAN:
            return Said(_below(b, a), _not_above(a, b))
        case Sign.LESS_THAN:
            return Said(_below(a, b), _not_above(b, a))
        case Sign.IS | Sign.IS_NOT:
            pass
    apart = z3.Or(_below(a, b), _below(b, a))
    ends = [a.low, a.high, b.low, b.high]
    one = FALSE if any(end is None for end in ends) else z3.And([end == a.low for end in ends[1:]])
    return Said(one, apart) if sign is Sign.IS else Said(apart, one)


def _below(a: Spread, b: Spread) -> Any:  # noqa: ANN401
    """That all of `a` is less than all of `b`."""
    if a.high is None or b.low is None:
        return FALSE
    return a.high <= b.low if a.high_open or b.low_open else a.high < b.low


def _not_above(a: Spread, b: Spread) -> Any:  # noqa: ANN401
    """That nothing of `a` is more than anything of `b`."""
    return FALSE if a.high is None or b.low is None else a.high <= b.low


def rounded(value: Any, step: Fraction) -> Any:  # noqa: ANN401
    """Half away from zero, to a multiple of the step."""
    if value is ANYTHING or isinstance(value, Attested):
        return ANYTHING
    if isinstance(value, Spread):
        low, high = (None if end is None else rounded(end, step) for end in (value.low, value.high))
        return Spread(low, high)
    term, one = (exact(value) if isinstance(value, Fraction) else value), exact(step)
    up = z3.ToReal(z3.ToInt(term / one + z3.Q(1, 2))) * one
    down = -z3.ToReal(z3.ToInt(-term / one + z3.Q(1, 2))) * one
    return z3.If(term >= 0, up, down)


def last_with(reckon: Callable[[date, date], int], end: date, months: int, number: int) -> date:
    """The last day from which so many periods are completed."""
    day = shift(end, months=months, rounding=Rounding.UP)
    while reckon(day, end) < number:
        day = date.fromordinal(day.toordinal() - 1)
    while reckon(date.fromordinal(day.toordinal() + 1), end) >= number:
        day = date.fromordinal(day.toordinal() + 1)
    return day


SIGNS: dict[Sign, Callable[[Any, Any], Any]] = {
    Sign.AT_LEAST: lambda a, b: a >= b,
    Sign.AT_MOST: lambda a, b: a <= b,
    Sign.MORE_THAN: lambda a, b: a > b,
    Sign.LESS_THAN: lambda a, b: a < b,
    Sign.IS: lambda a, b: a == b,
    Sign.IS_NOT: lambda a, b: a != b,
}
