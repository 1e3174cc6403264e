"""Conditions on what there are several of: the readings of an item, and the events of a list."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

from protocol_dsl.model.condition import (
    AnyEvent,
    Both,
    Compare,
    Condition,
    Consecutive,
    Constant,
    Count,
    Distance,
    Either,
    Fetch,
    FieldOf,
    Lasting,
    Member,
    Not,
    Quantifier,
    Readings,
    Series,
    Side,
    Sign,
    Within,
)
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, YesNo
from protocol_dsl.testing.expressions import (
    DAY,
    ORDERED,
    all_readings,
    anchors,
    items_of,
    lengths,
    own_series,
    unit_of,
    windows,
)
from protocol_dsl.testing.values import constants, one_of
from protocol_dsl.testing.vocabularies import TERMS

_ORDERS = (Sign.AT_LEAST, Sign.AT_MOST, Sign.MORE_THAN, Sign.LESS_THAN)
Strategy = st.SearchStrategy[Condition]


def readings(protocol: Protocol) -> Strategy:
    """`any`, `every` or so many consecutive readings of an item satisfy a condition."""

    def about(item: Item) -> Strategy:
        limit = constants(item.kind).map(lambda value: Constant(value, unit_of(item)))

        def said_of(some: Series) -> Strategy:
            where = st.builds(Compare, st.sampled_from(_ORDERS), st.just(Fetch(some)), limit)
            apart = st.integers(0, 7).map(Fraction)
            return one_of(
                lambda: st.builds(Readings, st.sampled_from(Quantifier), st.just(some), where),
                lambda: st.builds(Consecutive, st.integers(2, 3), st.just(some), where, apart),
            )

        return all_readings(protocol, item).flatmap(said_of)

    return st.sampled_from(items_of(protocol, *ORDERED)).flatmap(about)


def events(protocol: Protocol, decided: Callable[[Strategy], Strategy]) -> Strategy:
    """`any`, `no` or so many events satisfy a condition; `decided` may put a policy on a part of it."""
    where = st.none() | event_conditions(protocol, decided)
    some = st.builds(AnyEvent, st.just("events"), where)
    number = st.integers(0, 3).map(lambda count: Constant(Fraction(count)))
    return one_of(
        lambda: some,
        lambda: some.map(Not),
        lambda: st.builds(Compare, st.sampled_from(Sign), st.builds(Count, st.just("events"), where), number),
    )


def event_conditions(protocol: Protocol, decided: Callable[[Strategy], Strategy]) -> Strategy:
    """A condition on one event of the list `events`, which may speak of the patient too."""

    def leaf() -> Strategy:
        return _event_leaves(protocol)

    parts = st.lists(leaf(), min_size=2, max_size=2).map(tuple)
    return one_of(
        leaf,
        leaf,
        lambda: leaf().map(Not),
        lambda: decided(leaf()),
        lambda: parts.map(Both),
        lambda: parts.map(Either),
    )


def _event_leaves(protocol: Protocol) -> Strategy:
    order, sign = st.sampled_from(_ORDERS), st.sampled_from(Sign)
    days = st.sampled_from(("start", "end")).map(FieldOf)
    grades = st.integers(1, 5).map(lambda grade: Constant(Fraction(grade)))
    spans = st.integers(0, 6).map(lambda number: Constant(number * DAY))
    terms = st.lists(st.sampled_from(TERMS), min_size=1, max_size=2).map(tuple)

    def flagged(item: Item) -> Condition:
        return Compare(Sign.IS, Fetch(own_series(item)), Constant(value=True))

    return one_of(
        lambda: st.builds(Compare, sign, st.just(FieldOf("grade")), grades),
        lambda: st.builds(Compare, st.just(Sign.IS), st.just(FieldOf("related")), st.booleans().map(Constant)),
        lambda: st.builds(Member, st.just(FieldOf("term")), terms),
        lambda: st.builds(Within, days, windows(protocol)),
        lambda: st.builds(Distance, order, days, lengths(), st.sampled_from(Side), anchors(protocol)),
        lambda: st.builds(Compare, order, st.builds(Lasting, st.booleans()), spans),
        lambda: st.sampled_from(items_of(protocol, YesNo)).map(flagged),
    )
