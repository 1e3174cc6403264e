"""A number with a unit. Numbers are exact: `Fraction` throughout, and no binary floating point anywhere."""

import re
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from attrs import frozen

from protocol_dsl.base import unitcode
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.ucum import SINGULAR, Dimension, dimension
from protocol_dsl.base.unitcode import DIFFERENCE, ON_A_SCALE

_NUMBER: Final = re.compile(r"([-+]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,3}))?")
_MOST_DIGITS: Final = 40
_LARGEST_EXPONENT: Final = 30
_LONGEST_PRINTED: Final = 1000  # bits of a number that is printed in full
_SHORT: Final = 5  # significant digits of what is not exact
_SMALLEST: Final = 9  # so many places after the point are told before they are counted
_EXACT_ENOUGH: Final = Context(prec=400)

# Units that protocols use, to suggest from.
_COMMON: Final = (
    "%", "10*12/L", "10*3/uL", "10*6/L", "10*6/uL", "10*9/L", "/uL", "/mm3", "/nL", "/min", "Cel", "CFU", "GBq", "Gy",
    "L", "L/min", "L/min/m2", "MBq", "MFI", "U/L", "U/kg", "[IU]/L", "[IU]/mL", "cells", "cells/kg", "cells/uL", "cm",
    "copies/mL", "d", "days", "doses", "events", "fL", "g", "g/L", "g/dL", "g/m2", "h", "hours", "infusions", "kPa",
    "kg", "kg/m2", "m2", "mL", "mL/h", "mL/kg", "mL/min", "mL/min/{1.73_m2}", "m[IU]/L", "m[IU]/mL", "meq/L", "mg",
    "mg/L", "mg/d", "mg/dL", "mg/kg", "mg/kg/d", "mg/m2", "mg/m2/d", "min", "minutes", "mm", "mm[Hg]", "mm2", "mmol/L",
    "months", "mosm/kg", "ms", "ng/L", "ng/dL", "ng/mL", "nmol/L", "patients", "pg", "pg/mL", "pmol/L", "s", "seconds",
    "ug", "ug/L", "ug/dL", "ug/kg", "ug/mL", "umol/L", "weeks", "wk", "years",
)  # fmt: skip
_FOLDED: Final = {"c": "Cel", **{code.casefold(): code for code in reversed(_COMMON)}}


@frozen
class Unit:
    """A unit: its canonical code, its dimension, and its size as an exact factor to the base units.

    Equality is of codes too; `mL/min` and `cm3/min` are `same_size` but not equal. `zero` lies elsewhere than at none
    for temperatures on a scale: their base is degrees Celsius.
    """

    code: str
    dimension: Dimension
    factor: Fraction
    zero: Fraction = Fraction(0)

    @property
    def kind(self) -> Dimension:
        """What decides whether two can be compared: the dimension, where cells in a volume are just numbers in it."""
        return _PER_VOLUME if self.dimension == _CELLS_PER_VOLUME else self.dimension

    @property
    def on_a_scale(self) -> bool:
        """Whether it measures temperature on a scale, whose zero is not none of it."""
        return self.dimension == ON_A_SCALE

    @property
    def difference(self) -> "Unit":
        """The unit of how far two lie apart: itself, but for temperatures on a scale."""
        return Unit(f"{self.code}{{{DIFFERENCE}}}", _KELVINS, self.factor) if self.on_a_scale else self

    def same_kind(self, other: "Unit") -> bool:
        """Whether quantities in the two can be compared."""
        return self.kind == other.kind

    def same_size(self, other: "Unit") -> bool:
        """Whether the two are one unit, however they are spelled."""
        return (self.kind, self.factor, self.zero) == (other.kind, other.factor, other.zero)

    def in_base(self, number: Fraction) -> Fraction:
        """So many of it, in base units."""
        return number * self.factor + self.zero

    def of_base(self, number: Fraction) -> Fraction:
        """So much in base units, in this one."""
        return (number - self.zero) / self.factor

    def times(self, other: "Unit") -> "Unit":
        """The product."""
        return _combined(self, other, ".", 1)

    def over(self, other: "Unit") -> "Unit":
        """The quotient."""
        return _combined(self, other, "/", -1)


ONE = Unit("1", (), Fraction(1))


_CELLS_PER_VOLUME: Final[Dimension] = (("cells", 1), ("m", -3))
_PER_VOLUME: Final[Dimension] = (("m", -3),)
_KELVINS: Final[Dimension] = (("K", 1),)


def _combined(left: Unit, right: Unit, sign: str, power: int) -> Unit:
    if right == ONE:
        return left
    if left == ONE and power == 1:
        return right
    powers = dict(left.difference.dimension)
    for base, times in right.difference.dimension:
        powers[base] = powers.get(base, 0) + times * power
    whole = f"1{right.code}" if right.code.startswith("/") else right.code
    inner = f"({whole})" if set(whole) & set("./") else whole
    code = f"{'' if left == ONE else left.code}{sign}{inner}"
    return Unit(code, dimension(powers), left.factor * right.factor**power)


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit | None:
    """The unit that a UCUM code or a usual spelling of it names, case sensitive; None if it is not known."""
    reading = unitcode.read(text)
    return Unit(reading.code, reading.powers, reading.factor, reading.zero or Fraction(0)) if reading else None


def canonical(text: str) -> str | None:
    """How the formatter spells a unit, None if it is not known; `day` and `days` stay as the number asks for."""
    return unitcode.spelling(text)


def nearest_units(text: str) -> tuple[str, ...]:
    """Units that `text` may have meant, the likeliest first, at most three."""
    word = text.strip()
    same = (_FOLDED.get(word.casefold()), _FOLDED.get(word.casefold().lstrip("x× ").replace("10", "10*", 1)))
    found = [code for code in same if code and code != word]
    close = nearest(word, (code for code in _COMMON if code not in {*found, word}))
    return tuple(dict.fromkeys([*found, *([close] if close else [])]))


@frozen
class Quantity:
    """An exact number of a unit."""

    number: Fraction
    unit: Unit

    @property
    def base(self) -> Fraction:
        """The number in base units, in which quantities of one kind compare exactly."""
        return self.unit.in_base(self.number)

    def to(self, unit: Unit) -> "Quantity | None":
        """The same quantity in another unit; None where the kinds differ. Degrees are a temperature on their scale."""
        return Quantity(unit.of_base(self.base), unit) if self.unit.same_kind(unit) else None

    def apart(self, unit: Unit) -> "Quantity | None":
        """The same in another unit, taken as how far two quantities lie apart; None where the kinds differ."""
        unit = unit.difference
        return Quantity(self.number, self.unit.difference).to(unit)

    def __str__(self) -> str:
        number = decimal_text(self.number)
        if self.unit.code == ONE.code:
            return number
        one = abs(self.number) == 1
        return f"{number} {SINGULAR.get(self.unit.code, self.unit.code) if one else self.unit.code}"


def decimal_text(number: Fraction) -> str:
    """A finite decimal exactly; any other number to five significant digits after `about`."""
    places = _places(number.denominator)
    if places is None or max(number.numerator.bit_length(), number.denominator.bit_length()) > _LONGEST_PRINTED:
        return f"about {short_text(number)}"
    scaled = abs(number.numerator) * (10**places // number.denominator)
    digits = str(scaled).zfill(places + 1)
    whole, part = (digits[:-places], f".{digits[-places:]}") if places else (digits, "")
    return f"{'-' if number < 0 else ''}{whole}{part}"


def short_text(number: Fraction) -> str:
    """A number to five significant digits, and to no fewer than stand before its point: `1.7321`, `8.6736E-19`."""
    near = _EXACT_ENOUGH.divide(Decimal(number.numerator), Decimal(number.denominator))
    shown = Context(prec=max(_SHORT, near.adjusted() + 1)).plus(near)
    if not -_SMALLEST <= shown.adjusted() <= _MOST_DIGITS:
        return str(shown.normalize())
    text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _places(denominator: int) -> int | None:
    """How many decimal places a fraction with this denominator takes; None if it never ends."""
    rest, counts = denominator, {2: 0, 5: 0}
    for prime in counts:
        while rest % prime == 0:
            rest //= prime
            counts[prime] += 1
    return max(counts.values()) if rest == 1 else None


def read_number(text: str) -> Fraction | None:
    """The value of a plain decimal, with or without sign and exponent: `-1.50`, `3.0e6`; None for anything else.

    At most 40 digits and an exponent of at most 30 either way, so that no text can exhaust the memory.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    sign, whole, part, power = found[1], found[2], found[3] or "", int(found[4] or 0)
    if len(whole) + len(part) > _MOST_DIGITS or abs(power) > _LARGEST_EXPONENT:
        return None
    digits = int(sign + whole + part)
    shift = power - len(part)
    return Fraction(digits * 10**shift) if shift >= 0 else Fraction(digits, 10**-shift)
