"""Roots and logarithms of what a value may be."""

from __future__ import annotations

from protocol_dsl.base import curve
from protocol_dsl.evaluate.possible import ANYTHING, Option, between, number
from protocol_dsl.model.condition import Curve

_OF = {
    Curve.SQUARE_ROOT: curve.square_root,
    Curve.CUBE_ROOT: curve.cube_root,
    Curve.LOG10: curve.log10,
    Curve.LN: curve.ln,
}
_LOGARITHMS = (Curve.LOG10, Curve.LN)


def applied(which: Curve, option: Option) -> Option:
    """The root or logarithm of an option. What may be negative has no square root, what may be zero no logarithm."""
    found = number(option)
    if found is None or (which in _LOGARITHMS and found.low == 0 and not found.low_open):
        return ANYTHING
    return between(_OF[which]((found.low, found.high)))
