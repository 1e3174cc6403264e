"""Where a comparison of more than one entry turns: the values of one of them, with all others as they typically are."""

from __future__ import annotations

from fractions import Fraction

from protocol_dsl.amend.asked import Asked
from protocol_dsl.amend.formula import Atom
from protocol_dsl.amend.world import World
from protocol_dsl.base.quantity import ONE
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.quoting import unit_of_item
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.model.condition import Compare, Expression, Fetch
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.record import Reading, Record
from protocol_dsl.model.walk import walk

_BISECTIONS = 40


def roots(name: str, told: Asked, world: World) -> tuple[Fraction, ...]:
    """The values of an item, in base units, at which a comparison with others turns on the typical record.

    Where that has none that the item may have, the record shows one side only, and it is said.
    """
    found = []
    item = world.item(name)
    known = plausible(item)
    step = (item.step or Fraction(1)) * (unit_of_item(item) or ONE).factor
    for atom, compared in told.formulas:
        if any(isinstance(one, Fetch) and one.series.item == name for one in walk(compared)):
            root = _root(world, name, atom, compared)
            # Both sides of it must be such as the item may have: no value lies beyond what is plausible.
            sides = () if root is None or known is None else (root - step, root + step)
            if root is None or not all(known.holds(side, side) for side in sides if known is not None):
                told.loose.append(f"where {name} turns against what it is held against")
            found.append(root)
    return tuple(one for one in found if one is not None)


def _root(world: World, name: str, atom: Atom, compared: Compare) -> Fraction | None:
    item = world.item(name)
    known = plausible(item)
    low, high = (known.unit.in_base(known.low), known.unit.in_base(known.high)) if known else (None, None)
    middle = world.middle(item)
    low, high = low or middle / 64, high or middle * 64
    gaps = [_gap(world, name, value, atom, compared) for value in (low, high)]
    if gaps[0] is None or gaps[1] is None or gaps[0] == gaps[1]:
        return None
    straight = low - gaps[0] * (high - low) / (gaps[1] - gaps[0])
    if _gap(world, name, straight, atom, compared) == 0:
        return straight
    return _bisected(world, name, atom, compared, (low, high, gaps[0]))


def _bisected(
    world: World, name: str, atom: Atom, compared: Compare, ends: tuple[Fraction, Fraction, Fraction]
) -> Fraction | None:
    """Somewhere near where it turns, told with few digits; None where it does not."""
    low, high, at_low = ends
    at_high = _gap(world, name, high, atom, compared)
    if at_high is None or (at_low > 0) is (at_high > 0):
        return None
    unit = unit_of_item(world.item(name)) or ONE
    for _ in range(_BISECTIONS):
        middle = unit.in_base(Fraction(format(float(unit.of_base((low + high) / 2)), ".4g")))
        if not low < middle < high:
            break
        gap = _gap(world, name, middle, atom, compared)
        if gap is None:
            return None
        low, high = (middle, high) if (gap > 0) is (at_low > 0) else (low, middle)
    return high


def _gap(world: World, name: str, value: Fraction, atom: Atom, compared: Compare) -> Fraction | None:
    """By how much the left side exceeds the right, where both are exact numbers."""
    uln, lln = world.limits(world.item(name))
    record = world.record({("item", name): (Reading(value, uln=uln, lln=lln, at_moment=True),)})
    sides = [_number(world, side, atom, record) for side in (compared.left, compared.right)]
    return None if sides[0] is None or sides[1] is None else sides[0] - sides[1]


def _number(world: World, side: Expression, atom: Atom, record: Record) -> Fraction | None:
    found = evaluate(side, world.read_as(atom, record), interpret)
    return found[0] if len(found) == 1 and isinstance(found[0], Fraction) else None
