"""A symbol of UCUM or a word that protocols write, with its prefix: how large it is, and of what.

Where UCUM calls two things the same that a protocol must keep apart, they are kept apart: an annotation (`{1.73_m2}`)
is part of the unit, moles and equivalents are not numbers, sieverts are not grays, a month is not 30.4375 days.
"""

import re
from fractions import Fraction
from functools import cache
from typing import Final

from attrs import frozen

from protocol_dsl.base.ucum_table import BASE, DERIVED

Dimension = tuple[tuple[str, int], ...]

_PREFIXES: Final = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1,
    "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip

# A megagram is a milligram whose capital nobody meant; so are these, from a million on.
_NEVER_VAST: Final = frozenset({"g", "m", "s", "L", "l", "mol", "eq", "osm"})
_VAST: Final = 6

_DIMENSION: Final = {"mo": "month"}  # the others are called after their unit

# Words a protocol uses: singular, plural, and the code they stand for (their own plural where UCUM has none).
_WORDS: Final = (
    ("second", "seconds", "s"), ("minute", "minutes", "min"), ("hour", "hours", "h"), ("day", "days", "d"),
    ("week", "weeks", "wk"), ("month", "months", "mo"), ("year", "years", "a"), ("cell", "cells", "cells"),
    ("copy", "copies", "copies"), ("infusion", "infusions", "infusions"), ("event", "events", "events"),
    ("dose", "doses", "doses"), ("patient", "patients", "patients"),
)  # fmt: skip
SINGULAR: Final = {plural: singular for singular, plural, _ in _WORDS}
PLURAL: Final = {word: plural for singular, plural, _ in _WORDS for word in (singular, plural)}
_CODE_OF_WORD: Final = {word: code for singular, plural, code in _WORDS for word in (singular, plural)}

_POWER: Final = re.compile(r"(.+?)(-?[0-9]+)?")


@frozen
class Symbol:
    """One symbol with its prefix: its canonical spelling, and its size as a factor to powers of base symbols."""

    code: str
    factor: Fraction
    powers: Dimension


@cache
def symbol(written: str) -> Symbol | None:
    """The symbol that `written` spells, whether a word, a bare code or one with a prefix."""
    code = _CODE_OF_WORD.get(written, written)
    whole = _bare(code)
    if whole:
        return whole
    for length in (2, 1):
        prefix, rest = code[:length], code[length:]
        bare = _bare(rest) if _may_precede(prefix, rest) else None
        if bare:
            return Symbol(prefix + bare.code, bare.factor * Fraction(10) ** _PREFIXES[prefix], bare.powers)
    return None


def _bare(code: str) -> Symbol | None:
    if code == "l":
        return _bare("L")
    if code in BASE:
        return Symbol(code, Fraction(1), ((_DIMENSION.get(code, code), 1),))
    if code not in DERIVED:
        return None
    number, parts, _ = DERIVED[code]
    factor = Fraction(number)
    powers: dict[str, int] = {}
    for part in parts.split():
        found = _POWER.fullmatch(part)
        inner = symbol(found[1]) if found else None
        if found and inner:  # a test walks the table
            factor *= raise_into(powers, inner, int(found[2] or 1))
    return Symbol(code, factor, dimension(powers))


def raise_into(powers: dict[str, int], inner: Symbol, power: int) -> Fraction:
    """Multiply `powers` in place by a power of a symbol; the factor that comes with it."""
    for base, times in inner.powers:
        powers[base] = powers.get(base, 0) + times * power
    return inner.factor**power


def dimension(powers: dict[str, int]) -> Dimension:
    """The powers in the one order, without those that cancelled."""
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def _may_precede(prefix: str, code: str) -> bool:
    power = _PREFIXES.get(prefix)
    if power is None or (power >= _VAST and code in _NEVER_VAST):
        return False
    if code in DERIVED:
        return DERIVED[code][2]
    return code == "l" or BASE.get(code, False)
