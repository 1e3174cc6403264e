"""Conditions over the items of a protocol, and expressions by cases, which hold conditions."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from protocol_dsl.model.condition import (
    Arithmetic,
    AtLeast,
    Both,
    Branch,
    Cases,
    Compare,
    CompletedTime,
    Condition,
    Constant,
    ContextOf,
    Distance,
    Either,
    Expression,
    Fetch,
    Includes,
    Judged,
    Known,
    Member,
    MomentOf,
    Not,
    Operator,
    Part,
    Policy,
    Series,
    Side,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Reason
from protocol_dsl.model.vocabulary import AnyOf, Date, Item, Kind, OneOf, Time, YesNo
from protocol_dsl.testing.expressions import (
    ORDERED,
    anchors,
    dates,
    items_of,
    lengths,
    numbers,
    own_series,
    series,
    unit_of,
    windows,
)
from protocol_dsl.testing.repeated import events, readings
from protocol_dsl.testing.values import constants, one_of
from protocol_dsl.testing.vocabularies import JUDGED, LEVELS

ORDERS = (Sign.AT_LEAST, Sign.AT_MOST, Sign.MORE_THAN, Sign.LESS_THAN)
EQUAL = (Sign.IS, Sign.IS_NOT)
_MISSING = (Reason.NOT_COLLECTED, Reason.NOT_DONE, Reason.REFUSED)


def conditions(protocol: Protocol, depth: int = 2, *, policies: bool = True) -> st.SearchStrategy[Condition]:
    """A condition on a patient, `depth` connectives deep; without `policies` no line decides what is missing."""

    def inner() -> st.SearchStrategy[Condition]:
        return conditions(protocol, depth - 1, policies=policies)

    def leaf() -> st.SearchStrategy[Condition]:
        return _leaves(protocol, policies=policies)

    if depth <= 0:
        return leaf()
    forms = [leaf, leaf, lambda: joined(inner()), lambda: inner().map(Not)]
    return one_of(*forms, *([lambda: decided(inner())] if policies else []))


def expressions(protocol: Protocol, kind: Kind, *, policies: bool = True) -> st.SearchStrategy[Expression]:
    """An expression of a kind: numbers of its dimension, days, or what an item of this kind holds."""
    if isinstance(kind, ORDERED):
        plain = numbers(protocol, kind, 2)
        return one_of(lambda: plain, lambda: _by_cases(protocol, plain, policies=policies))
    if isinstance(kind, Date):
        return dates(protocol)
    items = [item for item in protocol.items.values() if item.kind == kind]
    return st.sampled_from(items).flatmap(lambda item: series(protocol, item)).map(Fetch)


def _by_cases(
    protocol: Protocol, results: st.SearchStrategy[Expression], *, policies: bool
) -> st.SearchStrategy[Expression]:
    plain = _one_value(protocol)
    when = one_of(lambda: plain, lambda: decided(plain)) if policies else plain
    branches = st.lists(st.builds(Branch, when, results), min_size=1, max_size=2)
    otherwise = st.none() | results.map(lambda result: Branch(None, result))
    return st.builds(lambda some, last: Cases((*some, *([last] if last else []))), branches, otherwise)


def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Two or three conditions joined."""
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return one_of(
        lambda: parts.map(Both),
        lambda: parts.map(Either),
        lambda: parts.flatmap(lambda some: st.integers(1, len(some)).map(lambda count: AtLeast(count, some))),
    )


def decided(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """A condition of which a policy line, or the word `known`, decides what is missing."""
    reasons = st.sampled_from((_MISSING[:1], _MISSING[:2], _MISSING))
    return one_of(
        lambda: inner.map(Known),
        lambda: st.builds(Policy, inner, reasons, st.booleans(), st.just("as drawn")),
    )


def _leaves(protocol: Protocol, *, policies: bool) -> st.SearchStrategy[Condition]:
    return one_of(
        lambda: _one_value(protocol),
        lambda: _one_value(protocol),
        lambda: _compared(protocol, policies=policies),
        lambda: readings(protocol),
        lambda: events(protocol, lambda leaf: decided(leaf) if policies else leaf),
    )


# --- one value --------------------------------------------------------------------------------------------------------


def _one_value(protocol: Protocol) -> st.SearchStrategy[Condition]:
    return one_of(
        lambda: _limits(protocol),
        lambda: _memberships(protocol),
        lambda: _ages(protocol),
        lambda: _distances(protocol),
        lambda: st.builds(Within, dates(protocol), windows(protocol)),
        _places,
        lambda: st.sampled_from(JUDGED).map(lambda what: Judged(what, "investigator")),
    )


def _compared(protocol: Protocol, *, policies: bool) -> st.SearchStrategy[Condition]:
    def against(item: Item) -> st.SearchStrategy[Condition]:
        limit = constants(item.kind).map(lambda value: Constant(value, unit_of(item)))
        subject = expressions(protocol, item.kind, policies=policies)
        return st.builds(Compare, st.sampled_from(Sign), subject, limit)

    return st.sampled_from(items_of(protocol, *ORDERED)).flatmap(against)


def _limits(protocol: Protocol) -> st.SearchStrategy[Condition]:
    """`alt at most 2.5 x ULN`, of one reading, or `1.5 x baseline`."""
    items = [item for item in protocol.items.values() if item.uln and item.lln]
    factor = st.integers(1, 6).map(lambda halves: Constant(Fraction(halves, 2)))
    sign = st.sampled_from(ORDERS)

    def of_reading(chosen: Series) -> st.SearchStrategy[Condition]:
        def limited(by: Sign, times: Constant, part: Part) -> Condition:
            right = Arithmetic(Operator.TIMES, times, Fetch(chosen, part))
            return Compare(by, Fetch(chosen), right, (chosen,))

        return st.builds(limited, sign, factor, st.sampled_from((Part.ULN, Part.LLN)))

    def of_baseline(item: Item) -> st.SearchStrategy[Condition]:
        rule = item.baseline
        first = Series(item.name, rule.choice, None, Window(None, MomentOf(rule.before))) if rule else own_series(item)

        def limited(by: Sign, times: Constant) -> Condition:
            return Compare(by, Fetch(own_series(item)), Arithmetic(Operator.TIMES, times, Fetch(first)))

        return st.builds(limited, sign, factor)

    return one_of(
        lambda: st.sampled_from(items).flatmap(lambda item: series(protocol, item)).flatmap(of_reading),
        lambda: st.sampled_from([item for item in items if item.baseline]).flatmap(of_baseline),
    )


def _memberships(protocol: Protocol) -> st.SearchStrategy[Condition]:
    def about(item: Item) -> st.SearchStrategy[Condition]:
        value = series(protocol, item).map(Fetch)
        if isinstance(item.kind, AnyOf):
            some = st.lists(st.sampled_from(item.kind.members), min_size=1, max_size=2, unique=True).map(tuple)
            return st.builds(Includes, value, some, st.booleans())
        one = constants(item.kind)
        several = st.lists(one, min_size=1, max_size=3, unique=True).map(tuple)
        return one_of(
            lambda: st.builds(Compare, st.sampled_from(EQUAL), value, one.map(Constant)),
            lambda: st.builds(Member, value, several),
        )

    return st.sampled_from(items_of(protocol, AnyOf, OneOf, YesNo, *ORDERED)).flatmap(about)


def _ages(protocol: Protocol) -> st.SearchStrategy[Condition]:
    born = Fetch(own_series(protocol.items["birth_date"]))

    def age(period: str, until: Expression, limit: int, sign: Sign) -> Condition:
        periods = limit * 12 if period == "months" else limit
        return Compare(sign, CompletedTime(period, born, until), Constant(Fraction(periods)))

    period = st.sampled_from(("years", "months"))
    return st.builds(age, period, anchors(protocol), st.integers(17, 19), st.sampled_from(Sign))


def _distances(protocol: Protocol) -> st.SearchStrategy[Condition]:
    def attested(sign: Sign, item: Item, word: Attested) -> Condition:
        return Compare(sign, Fetch(own_series(item)), Constant(word))

    def far(day: st.SearchStrategy[Expression]) -> st.SearchStrategy[Condition]:
        return st.builds(Distance, st.sampled_from(ORDERS), day, lengths(), st.sampled_from(Side), anchors(protocol))

    timed = st.sampled_from(items_of(protocol, Time)).map(lambda item: Fetch(own_series(item)))
    words = st.sampled_from((Attested.NEVER, Attested.ONGOING))
    return one_of(
        lambda: far(dates(protocol)),
        lambda: far(dates(protocol)),
        lambda: far(timed),
        lambda: st.builds(attested, st.sampled_from(EQUAL), st.sampled_from(items_of(protocol, Date)), words),
        lambda: st.builds(Compare, st.sampled_from(ORDERS), dates(protocol), dates(protocol)),
    )


def _places() -> st.SearchStrategy[Condition]:
    level = st.sampled_from(LEVELS).map(Constant)
    entry = st.integers(1, 4).map(lambda number: Constant(Fraction(number)))
    return one_of(
        lambda: st.builds(Compare, st.sampled_from(EQUAL), st.just(ContextOf("level")), level),
        lambda: st.builds(Compare, st.sampled_from(Sign), st.just(ContextOf("entry")), entry),
    )
