"""What the dose section says of one product, with its units; or why no amount follows from it."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from protocol_dsl.base.quantity import Quantity, Unit, unit
from protocol_dsl.dosing.dispense import Stock
from protocol_dsl.model.condition import Constant, Expression, Fetch, Series
from protocol_dsl.model.dosing import DoseCap, DoseRule, amount_unit
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Number


@frozen
class Basis:
    """What the dose is multiplied with."""

    name: str
    value: Expression
    unit: Unit


@frozen
class Plan:
    """How the amount of a product is found: `given` is the unit of the levels, `amount` that of what is given.

    `levels` holds the dose of each level in base units, lowest level first; None where nothing is given.
    """

    product: str
    given: Unit
    amount: Unit
    levels: tuple[Expression | None, ...]
    rule: DoseRule
    basis: Basis | None = None

    @property
    def stock(self) -> Stock | None:
        """What can be dispensed, in the unit of the rounding."""
        return None if self.rule.rounding is None else Stock(self.rule.rounding.sizes)

    @property
    def most(self) -> Fraction | None:
        """The most that may be given at once, in base units."""
        return min((in_base(cap) for cap in self.rule.caps), default=None)


def in_base(cap: DoseCap) -> Fraction:
    """A limit in base units."""
    return Quantity(cap.amount, unit_of(cap.unit)).base


def unit_of(code: str) -> Unit:
    """A unit of a sound protocol."""
    found = unit(code)
    if found is None:  # pragma: no cover - a sound protocol has known units alone
        raise LookupError(code)
    return found


def products(ladder: Ladder) -> tuple[str, ...]:
    """The products of the dose section, as they are written."""
    return tuple(ladder.product.split(", "))


def plan(protocol: Protocol, product: str) -> Plan | str:
    """The plan of a product, or why there is none."""
    ladder = protocol.ladder
    if ladder is None:
        return "the protocol has no dose section"
    plain = DoseRule(product, ladder.based_on, caps=ladder.caps, span=ladder.span)
    rule = next((rule for rule in ladder.rules if rule.product == product), plain)
    place = next((n for n, column in enumerate(ladder.columns) if column.name == product), None)
    given = unit(ladder.unit if place is None else ladder.columns[place].unit)
    if given is None:
        return f"the dose section does not say in which unit the doses of `{product}` are"
    if place is None and not rule.bands:
        return f"the table of levels has no column `{product}`"
    basis = _basis(protocol, rule)
    if isinstance(basis, str):
        return basis
    amount = amount_unit(given, None if basis is None else basis.unit)
    if amount is None:
        return f"the doses are in `{given.code}`, and no setting `based on ...` says what that is multiplied with"
    return Plan(product, given, amount, _levels(ladder, rule, given, place), rule, basis)


def _basis(protocol: Protocol, rule: DoseRule) -> Basis | str | None:
    if rule.based_on is None:
        return None
    if rule.basis is not None:
        return Basis(rule.based_on, rule.basis, unit_of(rule.basis_unit))
    item = protocol.items.get(rule.based_on)
    if item is None or not isinstance(item.kind, Number) or item.kind.unit is None:
        return f"`{rule.based_on}` is no item with a number in a unit"
    series = Series(item.name, item.choice, item.valid_days, span=item.span)
    return Basis(item.name, Fetch(series, span=item.span), item.kind.unit)


def _levels(ladder: Ladder, rule: DoseRule, given: Unit, place: int | None) -> tuple[Expression | None, ...]:
    if place is None:
        return rule.bands
    amounts = (level.amounts[place] for level in ladder.levels)
    return tuple(None if amount is None else Constant(given.in_base(amount), given) for amount in amounts)
