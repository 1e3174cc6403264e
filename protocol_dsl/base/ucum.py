"""The symbols of UCUM (version 2.1, https://ucum.org/ucum), the words protocols write, and how large each is.

Left out: units on a logarithmic or shifted scale, and those whose size is irrational. Where UCUM calls two things the
same that a protocol must keep apart, they are kept apart: an annotation (`{1.73_m2}`) is part of the unit, moles and
equivalents are not numbers, sieverts are not grays, a month is not 30.4375 days.
"""

import re
from fractions import Fraction
from functools import cache
from typing import Final

from attrs import frozen

Dimension = tuple[tuple[str, int], ...]

_PREFIXES: Final = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1,
    "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip

# What everything is measured in; a prefix may stand before those marked True.
_BASE: Final = {
    "m": True, "g": True, "s": True, "K": True, "cd": True, "rad": True, "C": True, "mol": True, "eq": True,
    "osm": True, "Sv": True, "Bq": True, "Cel": True, "deg": False, "mo": False, "[IU]": True, "[degF]": False,
    "[pH]": False, "[arb'U]": False, "[USP'U]": False, "CFU": False, "[PFU]": False, "[FFU]": False, "[AU]": False,
    "[BAU]": False, "[ELU]": False, "[TCID_50]": False, "[CCID_50]": False, "[EID_50]": False, "[LD_50]": False,
    "[anti'Xa'U]": False, "[beth'U]": False, "[FEU]": False, "[GPL'U]": False, "[MPL'U]": False, "[APL'U]": False,
    "[bdsk'U]": False, "[ka'U]": False, "[knk'U]": False, "[mclg'U]": False, "[smgy'U]": False, "[tb'U]": False,
    "[todd'U]": False, "[dye'U]": False, "[Lf]": False, "[PNU]": False, "[D'ag'U]": False, "[Amb'a'1'U]": False,
    "[HPF]": False, "[LPF]": False, "[drp]": False, "cells": False, "copies": False, "MFI": False, "infusions": False,
    "events": False, "doses": False, "patients": False,
}  # fmt: skip

# A megagram is a milligram whose capital nobody meant; so are these, from a million on.
_NEVER_VAST: Final = frozenset({"g", "m", "s", "L", "l", "mol", "eq", "osm"})
_VAST: Final = 6

_DIMENSION: Final = {"mo": "month"}  # the others are called after their unit

# (how many, of which powers, whether a prefix may stand before it)
_DERIVED: Final = {
    "L": ("1", "dm3", True), "min": ("60", "s", False), "h": ("60", "min", False), "d": ("24", "h", False),
    "wk": ("7", "d", False), "a": ("12", "mo", False), "Hz": ("1", "s-1", True), "N": ("1", "kg m s-2", True),
    "Pa": ("1", "N m-2", True), "J": ("1", "N m", True), "W": ("1", "J s-1", True), "A": ("1", "C s-1", True),
    "V": ("1", "J C-1", True), "F": ("1", "C V-1", True), "Ohm": ("1", "V A-1", True), "S": ("1", "A V-1", True),
    "Wb": ("1", "V s", True), "T": ("1", "Wb m-2", True), "H": ("1", "Wb A-1", True), "Gy": ("1", "J kg-1", True),
    "kat": ("1", "mol s-1", True), "U": ("1", "umol min-1", True), "bar": ("100000", "Pa", True),
    "atm": ("101325", "Pa", False), "m[Hg]": ("133322", "Pa", True), "m[H2O]": ("9806.65", "Pa", True),
    "cal": ("4.184", "J", True), "[Cal]": ("1", "kcal", False), "dyn": ("1", "g cm s-2", True),
    "[wood'U]": ("1", "mm[Hg] min L-1", False), "[MET]": ("3.5", "mL min-1 kg-1", False), "Ci": ("37", "GBq", True),
    "%": ("0.01", "", False), "[ppth]": ("0.001", "", False), "[ppm]": ("0.000001", "", False),
    "[ppb]": ("0.000000001", "", False), "[in_i]": ("2.54", "cm", False), "[ft_i]": ("12", "[in_i]", False),
    "[yd_i]": ("3", "[ft_i]", False), "[mi_i]": ("5280", "[ft_i]", False), "[lb_av]": ("453.59237", "g", False),
    "[oz_av]": ("1/16", "[lb_av]", False), "[stone_av]": ("14", "[lb_av]", False), "[diop]": ("1", "m-1", False),
    "[CFU]": ("1", "CFU", False), "[iU]": ("1", "[IU]", True),
}  # fmt: skip

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
    if code in _BASE:
        return Symbol(code, Fraction(1), ((_DIMENSION.get(code, code), 1),))
    if code not in _DERIVED:
        return None
    number, parts, _ = _DERIVED[code]
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
    if code in _DERIVED:
        return _DERIVED[code][2]
    return code == "l" or _BASE.get(code, False)
