"""Levels run together: rounding passes the next level, or a cap leaves nothing between two levels."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.dosing.dispense import Stock
from protocol_dsl.dosing.plan import Plan, plan, products, unit_of
from protocol_dsl.dosing.reckon import PAST_NEXT, Level, reckon, told
from protocol_dsl.model.condition import Cases, Constant, Expression
from protocol_dsl.model.dosing import Turn
from protocol_dsl.model.escalation import DoseLevel
from protocol_dsl.model.protocol import Protocol

_STEPS = 200
"""So many amounts that can be dispensed are looked at; beyond them a step is small beside the amount."""
_PLACES = 6


@frozen
class _Pair:
    """Two neighbouring levels of a product: their doses in base units, and within which sizes they are given."""

    plan: Plan
    below: DoseLevel
    above: DoseLevel
    low: Fraction
    high: Fraction
    sizes: tuple[Fraction, Fraction] | None

    @property
    def level(self) -> Level:
        return Level(self.below.name, self.low, self.high, self.above.name)


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each pair of levels that rounding or a cap brings together."""
    for pair in _pairs(protocol):
        passing = next(_passing(pair), None)
        if passing is not None:
            yield _warning("PD470", passing, pair, "round down, or to a smaller step")
        elif _same(pair):
            message = f"level {pair.above.name} gives no more of {pair.plan.product} than level {pair.below.name}"
            where = " in one of the bands" if pair.plan.rule.bands else ""
            yield _warning("PD471", message + where, pair, "raise the cap, take a smaller step, or leave the level out")


def _warning(code: str, message: str, pair: _Pair, cure: str) -> Diagnostic:
    others = (Label(pair.below.span, "the level below"),)
    return Diagnostic(code, Severity.WARNING, message, Label(pair.above.span), others, cure)


def _pairs(protocol: Protocol) -> Iterator[_Pair]:
    ladder = protocol.ladder
    for product in () if ladder is None else products(ladder):
        found = plan(protocol, product)
        if isinstance(found, str) or ladder is None:
            continue
        sizes = _plausible(protocol, found)
        if found.basis is not None and sizes is None:
            continue
        for (below, above), (lower, upper) in zip(pairwise(ladder.levels), pairwise(found.levels), strict=True):
            doses = zip(_numbers(lower), _numbers(upper), strict=False)
            yield from (_Pair(found, below, above, low, high, sizes) for low, high in doses if 0 < low < high)


def _plausible(protocol: Protocol, found: Plan) -> tuple[Fraction, Fraction] | None:
    """Between what limits the size plausibly lies, in base units."""
    item = None if found.basis is None else protocol.items.get(found.basis.name)
    if item is None or item.plausible is None or found.basis is None or item.plausible[0] <= 0:
        return None
    low, high = item.plausible
    return found.basis.unit.in_base(low), found.basis.unit.in_base(high)


def _numbers(dose: Expression | None) -> list[Fraction]:
    """The doses of a level: one, or one for each band."""
    results = [branch.result for branch in dose.branches] if isinstance(dose, Cases) else [dose]
    return [one.value for one in results if isinstance(one, Constant) and isinstance(one.value, Fraction)]


# --- rounding ---------------------------------------------------------------------------------------------------------


def _passing(pair: _Pair) -> Iterator[str]:
    """Where rounding makes more of the lower level than the next one calls for, in words."""
    rounding, stock = pair.plan.rule.rounding, pair.plan.stock
    if rounding is None or stock is None or rounding.turn is Turn.DOWN:
        return
    for size in (None,) if pair.sizes is None else _suspects(pair, stock, rounding.turn):
        withheld = reckon(pair.plan, pair.level, size).withheld
        if withheld.startswith(PAST_NEXT):
            basis = pair.plan.basis
            at = "" if basis is None or size is None else f" at {basis.name} {told(size, basis.unit)}"
            yield f"level {pair.below.name}{at}: {withheld}, so that it is refused"


def _suspects(pair: _Pair, stock: Stock, turn: Turn) -> Iterator[Fraction]:
    """Sizes just beyond where rounding goes up: there it adds most."""
    rounding = pair.plan.rule.rounding
    if rounding is None or pair.sizes is None:
        return
    unit = unit_of(rounding.unit)
    least, most = (unit.of_base(pair.low * size) for size in pair.sizes)
    yield pair.sizes[0]
    below = stock.down(least)
    for _ in range(_STEPS):
        if below >= most:
            return
        above = stock.up(below + stock.grain)
        start = max(below if turn is Turn.UP else (below + above) / 2, least)
        end = min(above * pair.low / pair.high, most)
        if start < end:
            yield _simplest(unit.in_base(start) / pair.low, unit.in_base(end) / pair.low, pair)
        below = above


def _simplest(low: Fraction, high: Fraction, pair: _Pair) -> Fraction:
    """A size between two, with few decimals in its own unit."""
    if pair.plan.basis is None:
        return (low + high) / 2
    unit = pair.plan.basis.unit
    start, end = unit.of_base(low), unit.of_base(high)
    for places in range(_PLACES):
        candidate = Fraction(int(start * 10**places) + 1, 10**places)
        if candidate < end:
            return unit.in_base(candidate)
    return (low + high) / 2


# --- caps -------------------------------------------------------------------------------------------------------------


def _same(pair: _Pair) -> bool:
    """Whether the two levels come to the same amount, whatever the size."""
    if pair.sizes is None:
        level = Level(pair.above.name, pair.high)
        return reckon(pair.plan, pair.level, None).amount == reckon(pair.plan, level, None).amount
    most = pair.plan.most
    return most is not None and most <= pair.low * pair.sizes[0]
