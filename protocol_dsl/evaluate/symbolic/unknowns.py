"""The unknowns of a record: for each entry what it is, whether it is known, and why not where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import z3
from attrs import evolve, field, frozen

from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.record import Attested, Reason, Value
from protocol_dsl.model.vocabulary import AnyOf, Completed, Count, Date, Grade, Item, ListOf, Number, OneOf, Time, YesNo

EARLIEST, LATEST = date(1800, 1, 1).toordinal(), date(2200, 1, 1).toordinal()
"""Records are looked at whose days lie between these."""

_HIGHEST_GRADE = 5
OTHER_TEXT = "something_else"


class Unencodable(Exception):  # noqa: N818 - it is no fault, but an answer
    """A form that cannot be written down exactly; its text says which."""


@frozen
class Unknown:
    """An entry: whether it is known, its value as the solver's term, and whether it is `never` or `ongoing`.

    `collected` is false where there is no entry at all, which is a reason of its own; of the others, `why` is the
    number. A value of several members is a mapping from each to whether it is one of them.
    """

    known: Any
    value: Any
    attested: Any
    collected: Any
    why: Any
    uln: Any = None
    lln: Any = None
    uln_known: Any = None
    lln_known: Any = None


@frozen
class Unknowns:
    """Every entry of a record that was asked for, and what must hold of each to be one.

    `reasons` are those for which an entry that is there may have no value; one stands for all that nobody asks about.
    `wanted` is what must hold besides of a record from which nothing is missing.
    """

    items: Mapping[str, Item]
    reasons: tuple[Reason, ...] = (Reason.PENDING,)
    found: dict[str, Unknown] = field(factory=dict)
    holds: list[Any] = field(factory=list)
    texts: dict[str, int] = field(factory=dict)
    wanted: list[Any] = field(factory=list)
    powers: dict[str, tuple[Any, Any]] = field(factory=dict)

    def text(self, word: str) -> int:
        """The number that stands for a text."""
        return self.texts.setdefault(word, len(self.texts))

    def word(self, number: int) -> str:
        """The text that a number stands for."""
        named = next((word for word, known in self.texts.items() if known == number), None)
        if named is not None:
            return named
        other = OTHER_TEXT
        while other in self.texts:
            other += "_again"
        return other

    def entry(self, name: str, item: Item) -> Unknown:
        """The entry for an item, or for `list.field`; made when it is first asked for."""
        if name not in self.found:
            self.found[name] = self._made(name, item)
        return self.found[name]

    def _made(self, name: str, item: Item) -> Unknown:
        known, collected = z3.Bool(f"{name}?"), z3.Bool(f"{name}!")
        attested = z3.Bool(f"{name} never") if isinstance(item.kind, Date | Time) else z3.BoolVal(False)  # noqa: FBT003
        self.holds.append(z3.Implies(known, collected))
        value = self._value(name, item)
        one = Unknown(known, value, attested, collected, self._why(name))
        if not (item.uln or item.lln):
            return one
        uln, lln = (self._limit(f"{name} {limit}", has=has) for limit, has in (("ULN", item.uln), ("LLN", item.lln)))
        return evolve(one, uln=uln[0], lln=lln[0], uln_known=uln[1], lln_known=lln[1])

    def _why(self, name: str) -> Any:  # noqa: ANN401
        if len(self.reasons) == 1:
            return z3.IntVal(0)
        why = z3.Int(f"{name} why")
        self.holds.append(z3.And(why >= 0, why < len(self.reasons)))
        return why

    def reason(self, model: Any, one: Unknown) -> Reason:  # noqa: ANN401 - z3's model
        """Why an entry has no value in a model."""
        found: Reason = self.reasons[model.eval(one.why, model_completion=True).as_long()]
        return found

    def _limit(self, name: str, *, has: bool) -> tuple[Any, Any]:
        if not has:
            return None, z3.BoolVal(False)  # noqa: FBT003
        limit = z3.Real(name)
        self.holds.append(limit > 0)
        return limit, z3.Bool(f"{name}?")

    def _value(self, name: str, item: Item) -> Any:  # noqa: ANN401 - an arm for each kind
        match item.kind:
            case YesNo():
                return z3.Bool(name)
            case OneOf(members=members):
                term = z3.Int(name)
                self.holds.append(z3.Or([term == self.text(member) for member in members]))
                return term
            case AnyOf(members=members):
                return {member: z3.Bool(f"{name} {member}") for member in members}
            case Number() | Count() | Completed() | Grade():
                return self._number(name, item)
            case Date():
                term = z3.Int(name)
                self.holds.append(z3.And(term >= EARLIEST, term <= LATEST))
                return term
            case Time() | ListOf():
                raise Unencodable(f"{name}, which is no single value of a day")
            case _:
                term = z3.Int(name)
                self.holds.append(term >= -1)
                return term

    def _number(self, name: str, item: Item) -> Any:  # noqa: ANN401 - a term of the solver
        term: Any = z3.Real(name) if isinstance(item.kind, Number) else z3.ToReal(z3.Int(name))
        known = plausible(item)
        if known is not None:
            low, high = known.unit.in_base(known.low), known.unit.in_base(known.high)
            self.holds.append(z3.And(term >= exact(low), term <= exact(high)))
        elif isinstance(item.kind, Grade):
            self.holds.append(z3.And(term >= 0, term <= _HIGHEST_GRADE))
        elif not isinstance(item.kind, Number):
            self.holds.append(term >= 0)
        return term


def exact(number: Fraction) -> Any:  # noqa: ANN401 - a term of the solver
    """A fraction as the solver's own."""
    return z3.Q(number.numerator, number.denominator)


def value_in(model: Any, one: Unknown, item: Item, unknowns: Unknowns) -> Value:  # noqa: ANN401 - z3's model
    """What an entry is in a model."""

    def told(term: Any) -> Any:  # noqa: ANN401
        return model.eval(term, model_completion=True)

    if z3.is_true(told(one.attested)):
        return Attested.NEVER
    match item.kind:
        case YesNo():
            return bool(z3.is_true(told(one.value)))
        case AnyOf():
            return frozenset(member for member, term in one.value.items() if z3.is_true(told(term)))
        case Number() | Count() | Completed() | Grade():
            return number_in(model, one.value)
        case Date():
            return date.fromordinal(told(one.value).as_long())
        case _:
            return unknowns.word(told(one.value).as_long())


def number_in(model: Any, term: Any) -> Fraction:  # noqa: ANN401 - z3's
    """A number in a model; of one that is no fraction, a fraction close by."""
    found = model.eval(term, model_completion=True)
    if z3.is_algebraic_value(found):
        found = found.approx(20)
    return Fraction(found.numerator_as_long(), found.denominator_as_long())
