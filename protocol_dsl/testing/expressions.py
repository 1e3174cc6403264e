"""Expressions of a wanted kind over the items of a protocol, and the series and windows in them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from protocol_dsl.base.quantity import Unit
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.model.condition import (
    Applied,
    Arithmetic,
    Compare,
    Condition,
    Constant,
    Curve,
    Expression,
    Extreme,
    Fetch,
    MomentOf,
    Named,
    Operator,
    Part,
    Rounded,
    Series,
    Shifted,
    Sign,
    Valid,
    Window,
)
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Choice, Count, Date, Item, Kind, Number, Rule
from protocol_dsl.testing.values import constants, one_of

DAY = Fraction(86400)
ORDERED = (Number, Count)


def items_of(protocol: Protocol, *kinds: type) -> tuple[Item, ...]:
    """The items of some kinds."""
    return tuple(item for item in protocol.items.values() if isinstance(item.kind, kinds))


# --- series -----------------------------------------------------------------------------------------------------------


def own_series(item: Item) -> Series:
    """The series of an item, read by its own rule."""
    return Series(item.name, item.choice, item.valid_days)


def series(protocol: Protocol, item: Item) -> st.SearchStrategy[Series]:
    """The readings of an item, by its own rule or by one that is written, in a window or not."""
    rules = tuple(Rule) if isinstance(item.kind, ORDERED) else (Rule.LATEST, Rule.FIRST)
    chosen = st.sampled_from(rules).flatmap(
        lambda rule: st.builds(Choice, st.just(rule), st.none() | st.integers(1, 2) if rule is Rule.MEAN else st.none())
    )
    return one_of(
        lambda: st.just(own_series(item)),
        lambda: st.just(own_series(item)),
        lambda: st.builds(lambda choice: Series(item.name, choice, item.valid_days), chosen),
        lambda: st.builds(lambda choice, window: Series(item.name, choice, None, window), chosen, windows(protocol)),
    )


def all_readings(protocol: Protocol, item: Item) -> st.SearchStrategy[Series]:
    """The readings of an item, none of them chosen."""
    return one_of(
        lambda: st.just(Series(item.name, None, item.valid_days)),
        lambda: windows(protocol).map(lambda window: Series(item.name, None, None, window)),
    )


# --- days -------------------------------------------------------------------------------------------------------------


def lengths() -> st.SearchStrategy[Expression]:
    """A length of time, in seconds."""
    written = st.integers(0, 40).map(lambda days: Constant(days * DAY))
    longer = st.builds(Extreme, st.booleans(), written, written)
    return written | written | longer


def anchors(protocol: Protocol) -> st.SearchStrategy[Expression]:
    """A day that a window or a distance hangs on."""
    return st.sampled_from([MomentOf(name) for name in protocol.moments])


def dates(protocol: Protocol) -> st.SearchStrategy[Expression]:
    """A day: of an item, of a reading, of a moment, or moved from one of them."""
    return one_of(lambda: _plain_dates(protocol), lambda: _plain_dates(protocol), lambda: moved(_plain_dates(protocol)))


def _plain_dates(protocol: Protocol) -> st.SearchStrategy[Expression]:
    def of_items() -> st.SearchStrategy[Expression]:
        return st.sampled_from(items_of(protocol, Date)).flatmap(lambda item: series(protocol, item)).map(Fetch)

    def of_readings() -> st.SearchStrategy[Expression]:
        return st.sampled_from(items_of(protocol, *ORDERED)).map(lambda item: Fetch(own_series(item), Part.DATE))

    return one_of(of_items, of_items, of_readings, lambda: anchors(protocol))


def moved(inside: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """A day so long before or after another."""

    def by_length(day: Expression, length: Expression, back: bool) -> Expression:  # noqa: FBT001 - drawn
        return Shifted(day, length=length, backwards=back)

    def by_months(day: Expression, months: int, back: bool, rounding: Rounding) -> Expression:  # noqa: FBT001 - drawn
        return Shifted(day, months, backwards=back, rounding=rounding)

    return one_of(
        lambda: st.builds(by_length, inside, lengths(), st.booleans()),
        lambda: st.builds(by_months, inside, st.integers(1, 14), st.booleans(), st.sampled_from(Rounding)),
    )


def windows(protocol: Protocol) -> st.SearchStrategy[Window]:
    """Days before, after or around a moment."""
    anchor = anchors(protocol)

    def before(day: Expression, length: Expression) -> Window:
        return Window(Shifted(day, length=length, backwards=True), day)

    def after(day: Expression, length: Expression) -> Window:
        return Window(day, Shifted(day, length=length))

    return one_of(
        lambda: st.builds(before, anchor, lengths()),
        lambda: st.builds(after, anchor, lengths()),
        lambda: anchor.map(lambda day: Window(None, day)),
        lambda: anchor.map(lambda day: Window(day, None)),
    )


# --- numbers ----------------------------------------------------------------------------------------------------------


def numbers(protocol: Protocol, kind: Kind, depth: int = 1) -> st.SearchStrategy[Expression]:
    """A number of the same dimension as `kind`."""
    unit = kind.unit if isinstance(kind, Number) else None

    def fetched() -> st.SearchStrategy[Expression]:
        measured = [item for item in items_of(protocol, *ORDERED) if unit_of(item) == unit]
        return st.sampled_from(measured).flatmap(lambda item: series(protocol, item)).map(Fetch)

    if depth <= 0:
        return fetched()
    inner = numbers(protocol, kind, depth - 1)
    step = Fraction(1) if unit is None else unit.factor

    def other() -> st.SearchStrategy[Expression]:
        return one_of(lambda: inner, lambda: constants(kind).map(lambda value: Constant(value, unit)))

    return one_of(
        *[fetched] * 5,
        lambda: st.builds(Arithmetic, st.sampled_from((Operator.PLUS, Operator.MINUS)), inner, other()),
        lambda: st.builds(Extreme, st.booleans(), inner, other()),
        lambda: st.builds(Arithmetic, st.sampled_from((Operator.TIMES, Operator.OVER)), inner, factors(protocol)),
        lambda: inner.map(lambda one: Rounded(one, step)),
        lambda: curved(protocol, inner),
        lambda: st.builds(Valid, st.just("defined"), inner, st.tuples(bounds(fetched(), kind)), st.just(("adults",))),
        lambda: inner.map(lambda one: Named("defined", "", one, unit)),
    )


def curved(protocol: Protocol, inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """A power, a root or a logarithm, also of what has none; some of the results are exact and most are not."""
    by = (Fraction(1, 2), Fraction(-241, 1000), Fraction(-1), Fraction(0), Fraction(2), Fraction(3), Fraction(10**4))
    exponents = st.sampled_from([Constant(number) for number in by])
    fraction = Constant(Fraction(9938, 10_000))
    return one_of(
        lambda: st.builds(Applied, st.sampled_from(Curve), inner),
        lambda: st.builds(Arithmetic, st.just(Operator.POWER), inner, exponents),
        lambda: st.builds(Arithmetic, st.just(Operator.POWER), st.just(fraction) | factors(protocol), inner),
    )


def bounds(inner: st.SearchStrategy[Expression], kind: Kind) -> st.SearchStrategy[Condition]:
    """A condition on a number, such as bounds where a formula is valid."""
    signs = st.sampled_from((Sign.AT_LEAST, Sign.AT_MOST, Sign.MORE_THAN, Sign.LESS_THAN))
    return st.builds(Compare, signs, inner, constants(kind).map(Constant))


def factors(protocol: Protocol) -> st.SearchStrategy[Expression]:
    """A bare number to multiply with or divide by: written, or an item that may be zero."""
    bare = [item for item in items_of(protocol, *ORDERED) if unit_of(item) is None]
    return one_of(
        lambda: st.integers(-4, 4).map(lambda number: Constant(Fraction(number, 2))),
        lambda: st.sampled_from(bare).map(lambda item: Fetch(own_series(item))),
    )


def unit_of(item: Item) -> Unit | None:
    """The unit of an item that is a number with one."""
    return item.kind.unit if isinstance(item.kind, Number) else None
