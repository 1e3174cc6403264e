"""How a level becomes an amount: what it is multiplied with, where it is cut off, and what can be dispensed."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from protocol_dsl.base.quantity import Unit, unit
from protocol_dsl.model.condition import Expression
from protocol_dsl.model.node import Node, node


@node
class DoseCap(Node):
    """`cap 3.0e9 cells per infusion`; of `cap bsa at 2 m2` and `refuse below 10 mg`, `per` is what is limited."""

    amount: Fraction
    unit: str
    per: str


class Turn(StrEnum):
    """Which way an amount is rounded."""

    DOWN = "down"
    UP = "up"
    HALVES_DOWN = "to the nearest, halves down"
    HALVES_UP = "to the nearest, halves up"


@node
class Rounding(Node):
    """`rounded down to whole tablets of 25 mg and 100 mg`: what is dispensed is a sum of the sizes.

    `sizes` are in `unit`, the smallest first. Where there is one size and no word for the pieces, it is a step.
    """

    turn: Turn
    sizes: tuple[Fraction, ...]
    unit: str
    pieces: str = ""


@node
class DoseRule(Node):
    """How the amount of one product is found from a level, where the settings say more than what and how much.

    `based_on` is the name the dose is multiplied with; `basis` is what it means where it is a definition. `bands` holds
    the amount at each level, lowest first, in base units: cases over what `banded_by` names.
    """

    product: str
    based_on: str | None = None
    basis: Expression | None = None
    basis_unit: str = ""
    most: DoseCap | None = None
    caps: tuple[DoseCap, ...] = ()
    least: DoseCap | None = None
    rounding: Rounding | None = None
    bands: tuple[Expression, ...] = ()
    banded_by: tuple[str, ...] = ()


_SPELLED = ("mg", "ug", "g", "cells", "mL", "umol", "mmol", "U", "[IU]", "MBq")
_SIZES = frozenset(one.kind for one in map(unit, ("kg", "m2", "cm")) if one is not None)


def per_size(given: Unit) -> bool:
    """Whether a unit is per something a patient has, as `mg/kg` and `mg/m2` are: no amount by itself."""
    parts = (unit(part) for part in given.code.split("/")[1:])
    return any(part is not None and part.kind in _SIZES for part in parts)


def amount_unit(given: Unit, basis: Unit | None) -> Unit | None:
    """The unit of the amount: `mg` of `mg/m2` and `m2`; None where the product of the two is no amount."""
    if basis is None:
        return None if per_size(given) or not (_is_amount(given) or not given.dimension) else given
    product = given.times(basis)
    if not _is_amount(product) and (product.dimension or not given.dimension):
        return None  # what is left without a dimension is a number of something: of `10*6/kg`, not of `mg/kg`
    numerator, *parts = given.code.split("/")
    without = ("/".join([numerator, *parts[:n], *parts[n + 1 :]]) for n in range(len(parts)))
    spelled = (unit(code) for code in (*without, numerator, *_SPELLED))
    return next((one for one in spelled if one is not None and one.kind == product.kind), product)


def _is_amount(given: Unit) -> bool:
    """Whether a unit measures a mass, a volume, a number of something or an activity, at once or in a time."""
    powers = dict(given.dimension)
    time = powers.pop("s", 0)
    if time not in (0, -1):
        return False
    if not powers:
        return time == -1
    return powers == {"m": 3} or (len(powers) == 1 and set(powers.values()) == {1} and "m" not in powers)
