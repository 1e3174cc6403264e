"""An item as several readings, each with its day: which of them count, and which one a rule chooses.

The definition is `evaluate/series.py`; it is said a second time here, for readings of which each has an exact day. What
a rule may choose is a number of candidates, each with the formula under which it is one; what is asked holds of all.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import z3
from attrs import evolve, frozen

from protocol_dsl.evaluate.symbolic.terms import ANYTHING, DAY, TRUE, Option, Said, Spread, limit_of, options_of
from protocol_dsl.evaluate.symbolic.unknowns import EARLIEST, LATEST, Unencodable, Unknown, Unknowns
from protocol_dsl.model.condition import Consecutive, Expression, Part, Quantifier, Readings, Series
from protocol_dsl.model.vocabulary import Completed, Count, Grade, Item, Number, Rule

if TYPE_CHECKING:
    from protocol_dsl.evaluate.symbolic.encode import Encoder


@frozen(eq=False)
class Taken:
    """A place for a reading: whether there is one, its day, and its entry."""

    name: str
    there: Any
    day: Any
    entry: Unknown


@frozen
class Chosen:
    """A reading that may be the chosen one: when it may, and what each of its parts may be."""

    when: Any
    value: tuple[Option, ...]
    day: Any = ANYTHING
    uln: tuple[Option, ...] = (Option(TRUE, ANYTHING),)
    lln: tuple[Option, ...] = (Option(TRUE, ANYTHING),)

    def part(self, part: Part) -> tuple[Option, ...]:
        """The value, the limits or the day."""
        if part is Part.DATE:
            return (Option(TRUE, self.day),)
        return self.value if part is Part.VALUE else self.uln if part is Part.ULN else self.lln


NOTHING = (Option(TRUE, ANYTHING),)


def readings_of(item: Item, count: int, unknowns: Unknowns) -> tuple[Taken, ...]:
    """So many places for readings, filled from the first on, the earliest first; none is entered twice."""
    found = []
    for number in range(count):
        name = f"{item.name} #{number}"
        day = z3.Int(f"{name} day")
        unknowns.holds.append(z3.And(day >= EARLIEST, day <= LATEST))
        found.append(Taken(name, z3.Bool(f"{name} there"), day, unknowns.entry(name, item)))
    for here, after in pairwise(found):
        unknowns.holds.append(z3.Implies(after.there, z3.And(here.there, here.day <= after.day)))
    for here, after in combinations(found, 2):
        unknowns.holds.append(z3.Or(z3.Not(after.there), here.day != after.day, z3.Not(_same(here.entry, after.entry))))
    return tuple(found)


def _same(a: Unknown, b: Unknown) -> Any:  # noqa: ANN401
    """That two entries say the same."""
    pairs = [(a.value[one], b.value[one]) for one in a.value] if isinstance(a.value, dict) else [(a.value, b.value)]
    equal = z3.And([x == y for x, y in pairs])
    limits = [
        z3.And(has == other_has, z3.Or(z3.Not(has), limit == other))
        for has, limit, other_has, other in (
            (a.uln_known, a.uln, b.uln_known, b.uln),
            (a.lln_known, a.lln, b.lln_known, b.lln),
        )
        if limit is not None
    ]
    known = z3.And(a.known, b.known, a.attested == b.attested, z3.Or(a.attested, equal), *limits)
    return z3.Or(known, z3.And(z3.Not(a.known), z3.Not(b.known), a.why == b.why))


# --- which readings count ---------------------------------------------------------------------------------------------


def kept(series: Series, by: Encoder) -> list[tuple[Taken, Any]]:
    """Each place for a reading, and that one is there and lies where the series looks."""
    at, as_of = by.at.toordinal(), by.as_of.toordinal()
    first: Any = None if series.valid_days is None else at - series.valid_days
    last: Any = min(at, as_of)
    if series.window is not None:
        first, last = _edge(series.window.start, by), _edge(series.window.end, by)
    found = []
    for one in by.several[series.item]:
        terms = [one.there, one.day <= as_of]
        terms += [] if first is None else [one.day >= first]
        terms += [] if last is None else [one.day <= last]
        found.append((one, z3.And(terms)))
    by.unknowns.wanted.append(z3.Or([term for _, term in found]))
    return found


def _edge(edge: Expression | None, by: Encoder) -> Any:  # noqa: ANN401
    if edge is None:
        return None
    options = by.value(edge)
    if len(options) != 1 or not z3.is_true(z3.simplify(options[0].when)) or isinstance(options[0].value, Spread):
        raise Unencodable("a window that hangs on what is recorded")
    return by.term(options[0].value)


def past(name: str, by: Encoder) -> Any:  # noqa: ANN401
    """That there is a reading at all of the day of asking or before."""
    last = min(by.at, by.as_of).toordinal()
    return z3.Or([z3.And(one.there, one.day <= last) for one in by.several[name]])


# --- which one is chosen ----------------------------------------------------------------------------------------------


def candidates(series: Series, by: Encoder) -> list[Chosen]:
    """What the rule may choose; nothing where no reading counts."""
    among = kept(series, by)
    rule = None if series.choice is None else series.choice.rule
    none = Chosen(z3.Not(z3.Or([term for _, term in among])), NOTHING)
    if rule is Rule.MEAN:
        return [*_mean(None if series.choice is None else series.choice.last, among), none]
    if rule in (Rule.HIGHEST, Rule.LOWEST):
        return [*_outermost(among, by.unknowns.items[series.item], highest=rule is Rule.HIGHEST), none]
    found = []
    for one, counts in among:
        beyond = [
            z3.Implies(theirs, other.day <= one.day if rule is Rule.LATEST else other.day >= one.day)
            for other, theirs in among
            if other is not one and rule is not None
        ]
        found.append(evolve(_as_chosen(one), when=z3.And(counts, *beyond)))
    return [*found, none]


def _as_chosen(one: Taken) -> Chosen:
    return Chosen(TRUE, options_of(one.entry), one.day, limit_of(one.entry, Part.ULN), limit_of(one.entry, Part.LLN))


def _outermost(among: list[tuple[Taken, Any]], item: Item, *, highest: bool) -> list[Chosen]:
    """The highest or the lowest; where another reading has no value, what is known bounds it."""
    if not isinstance(item.kind, Number | Count | Completed | Grade):
        raise Unencodable(f"the highest or lowest of {item.name}")
    whole = z3.And([z3.Implies(counts, one.entry.known) for one, counts in among])
    found = []
    for one, counts in among:
        value = one.entry.value
        further = [
            z3.Implies(
                z3.And(theirs, other.entry.known),
                other.entry.value <= value if highest else other.entry.value >= value,
            )
            for other, theirs in among
            if other is not one
        ]
        top = z3.And(counts, one.entry.known, *further)
        found.append(evolve(_as_chosen(one), when=z3.And(top, whole)))
        bound = Spread(value, None) if highest else Spread(None, value)
        found.append(Chosen(z3.And(top, z3.Not(whole)), (Option(TRUE, bound),)))
    nothing = z3.And([z3.Implies(counts, z3.Not(one.entry.known)) for one, counts in among])
    return [*found, Chosen(z3.And(nothing, z3.Or([counts for _, counts in among])), NOTHING)]


def _mean(last: int | None, among: list[tuple[Taken, Any]]) -> list[Chosen]:
    """The mean of all, or of the last so many; nothing where it is not certain which they are, or one has no value."""
    number = z3.Sum([z3.If(counts, 1, 0) for _, counts in among])
    found, certain = [], []
    for many in range(1, len(among) + 1) if last is None else [last]:
        total, fits = [], [number == many if last is None else number >= many]
        for one, counts in among:
            newer = z3.Sum(
                [z3.IntVal(0), *(z3.If(z3.And(theirs, other.day >= one.day), 1, 0) for other, theirs in among)]
            )
            taken = counts if last is None else z3.And(counts, newer <= many)
            fits.append(z3.Implies(taken, one.entry.known))
            total.append((taken, one.entry.value))
        fits.append(z3.Sum([z3.If(taken, 1, 0) for taken, _ in total]) == many)
        mean = z3.Sum([z3.If(taken, value, z3.RealVal(0)) for taken, value in total]) / z3.RealVal(many)
        certain.append(z3.And(fits))
        found.append(Chosen(z3.And(fits), (Option(TRUE, mean),)))
    return [*found, Chosen(z3.And(z3.Not(z3.Or(certain)), number > 0), NOTHING)]


# --- conditions on several --------------------------------------------------------------------------------------------


def each_reading(series: Series, where: Any, by: Encoder) -> list[tuple[Taken, Any, Said]]:  # noqa: ANN401 - a condition
    """Every place for a reading, whether it counts, and what the condition says of the one in it."""
    return [
        (one, counts, evolve(by, bound={**by.bound, series: _as_chosen(one)}).condition(where))
        for one, counts in kept(series, by)
    ]


def of_readings(node: Readings, by: Encoder) -> Said:
    """That any, or every, reading satisfies a condition; with no reading there is nothing to be said."""
    each = each_reading(node.series, node.where, by)
    some = z3.Or([counts for _, counts, _ in each])
    met = [z3.And(counts, said.met) for _, counts, said in each]
    unmet = [z3.And(counts, said.unmet) for _, counts, said in each]
    if node.quantifier is Quantifier.ANY:
        may = [(z3.And(counts, z3.Not(said.unmet)), 1) for _, counts, said in each]
        return Said(z3.PbGe([(one, 1) for one in met], node.least), z3.And(some, z3.Not(z3.PbGe(may, node.least))))
    every = z3.And([z3.Implies(counts, said.met) for _, counts, said in each])
    return Said(z3.And(some, every), z3.Or(unmet))


def in_a_row(node: Consecutive, by: Encoder) -> Said:
    """That so many readings, one next to the other and far enough apart, satisfy a condition."""
    each = each_reading(node.series, node.where, by)
    enough = z3.PbGe([(counts, 1) for _, counts, _ in each], node.count)
    apart = node.apart_days * DAY
    sure, possible = [], []
    for size in range(node.count, len(each) + 1):
        for run in combinations(range(len(each)), size):
            others = [each[at] for at in range(len(each)) if at not in run]
            mine = [each[at] for at in run]
            gaps = [
                z3.ToReal(b[0].day - a[0].day) * DAY >= z3.Q(apart.numerator, apart.denominator)
                for a, b in pairwise(mine)
            ]
            first, last = mine[0][0].day, mine[-1][0].day
            alone = [z3.Implies(counts, z3.Or(one.day < first, one.day > last)) for one, counts, _ in others]
            if size == node.count or not apart:
                sure.append(
                    z3.And(*[z3.And(counts, said.met) for _, counts, said in mine], *alone, *(gaps if apart else ()))
                )
            if size == node.count:
                between = [
                    z3.Implies(counts, z3.Or(one.day <= a[0].day, one.day >= b[0].day))
                    for one, counts, _ in others
                    for a, b in pairwise(mine)
                ]
                possible.append(
                    z3.And(*[z3.And(counts, z3.Not(said.unmet)) for _, counts, said in mine], *gaps, *between)
                )
    return Said(z3.And(enough, z3.Or(sure)), z3.And(enough, z3.Not(z3.Or(possible))))
