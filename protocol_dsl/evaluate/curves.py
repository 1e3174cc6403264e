"""Roots and logarithms of what a value may be, and comparisons that such a value is not exact enough for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.base import curve
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Fact
from protocol_dsl.evaluate.possible import ANYTHING, Option, Possible, between, compare, number
from protocol_dsl.model.condition import Compare, Curve, Named
from protocol_dsl.model.record import Range, Reason
from protocol_dsl.model.words import words_of_value

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


def on_limit(compared: Compare, left: Possible, right: Possible) -> Iterator[Fact]:
    """The value that a comparison is unknown of, where it is because the value is known but not exact."""
    pairs = [(a, b) for a in left for b in right if compare(compared.sign, a, b) is Truth.UNKNOWN]
    if not pairs or not all(_is_one_number(a) and _is_one_number(b) for a, b in pairs):
        return
    side, option = (compared.left, pairs[0][0]) if isinstance(pairs[0][0], Range) else (compared.right, pairs[0][1])
    name = side.name if isinstance(side, Named) else words_of_value(side)
    yield Fact(name, (Candidate(option, reason=Reason.ON_LIMIT),))


def _is_one_number(option: Option) -> bool:
    return isinstance(option, Fraction) or (isinstance(option, Range) and option.narrow)
