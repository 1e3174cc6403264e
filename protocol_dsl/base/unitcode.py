"""From a unit as someone wrote it to its canonical code and size: UCUM's grammar, and the spellings of laboratories."""

import re
from fractions import Fraction
from typing import Final

from attrs import frozen

from protocol_dsl.base.aliases import SYMBOLS, in_codes, of_a_volume
from protocol_dsl.base.ucum import PLURAL, SINGULAR, Dimension, Symbol, dimension, raise_into, symbol
from protocol_dsl.base.ucum_table import ZERO

_LONGEST: Final = 80
_MOST: Final = 30  # a larger exponent is a slip, and would cost memory
_LIKE: Final = str.maketrans("µμ·⋅∕⁄−–‐‑", "uu..//----")
_RAISED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_TIMES: Final = re.compile(r"^[xX×*]\s*(?=10)")
_TEN: Final = re.compile(
    r"(?<![^\s/.(])10\s*(?:(?:\^|\*\*|\*|[eE]|exp|(?=[⁺⁻⁰¹²³⁴-⁹]))\s*([-+⁺⁻]?[0-9⁰¹²³⁴-⁹]+)|\(([0-9]{1,2})\))"
)
_TEN_OF: Final = re.compile(r"^(10\*[-+]?[0-9]+)\s+(?=[A-Za-z{\[])")
_POWER: Final = re.compile(r"(?<=[A-Za-z\]])\s*(?:\^|\*\*)\s*(?=[-+]?[0-9])")
_SURFACE: Final = re.compile(r"(?:\{\s*)?1[.]73[\s_.]*(?:m2|m\s*\^\s*2|m\s*\*\*\s*2|m²|sqm)(?:\s*\})?|\(1[.]73\s*m2\)")
_AROUND: Final = re.compile(r"\s*([/.])\s*")

DEGREES: Final = {"K": 1}
ON_A_SCALE: Final[Dimension] = (("Cel", 1),)
"""What a temperature on a scale measures; a difference of two, and degrees in a compound unit, measure kelvins."""
DIFFERENCE: Final = "difference"

_COMPONENT: Final = re.compile(
    r"(?:10\*(?P<ten>[-+]?[0-9]{1,2})|(?P<number>[1-9][0-9]{0,5})"
    r"|(?P<symbol>(?:\[[!-Z^-z|~]+\]|[A-Za-z_%°º℃])+)(?P<power>[-+]?[0-9]{1,2})?|(?=\{))"
    r"(?:\{(?P<note>[!-z|~]+)\})?"
)
_LOST_SUPERSCRIPT: Final = re.compile(r"10[1-9][0-9]?")  # `x 109/L` was 10⁹ before it was pasted


@frozen
class Reading:
    """What a unit code means: its canonical spelling, and its size as a factor to powers of base symbols.

    `zero` is set of a temperature on a scale: where its zero lies, in degrees Celsius.
    """

    code: str
    factor: Fraction
    powers: Dimension
    zero: Fraction | None = None


def read(text: str) -> Reading | None:
    """What the text means as a unit; None if it is none."""
    if len(text) > _LONGEST:
        return None
    tidy = _tidy(text)
    if tidy in PLURAL:
        word = symbol(tidy)
        return Reading(PLURAL[tidy], word.factor, word.powers) if word else None
    return _Reader(tidy).whole()


def spelling(text: str) -> str | None:
    """The canonical spelling of a unit; a word that stands alone (`day`, `days`) agrees with its number and stays."""
    reading = read(text)
    alone = text.strip()
    return alone if reading and alone in PLURAL else reading.code if reading else None


def _tidy(text: str) -> str:
    """The text with the spellings of laboratories and word processors replaced."""
    tidy = _SURFACE.sub("{1.73_m2}", _TIMES.sub("", in_codes(text)))
    tidy = _TEN.sub(lambda found: f"10*{(found[1] or found[2]).translate(_RAISED)}", tidy.translate(_LIKE))
    tidy = _POWER.sub("", tidy.translate(_RAISED))
    return of_a_volume(_AROUND.sub(r"\1", _TEN_OF.sub(r"\1.", tidy)))


class _Reader:
    """One pass over a tidy unit, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.sign = 1
        self.outer: list[int] = []
        self.spelt: list[str] = []
        self.factor = Fraction(1)
        self.powers: dict[str, int] = {}
        self.scale: str | None = None

    def whole(self) -> Reading | None:
        """The reading of the whole text; None if it is no unit."""
        if self.text.startswith("/"):
            self._divide()
        while self._component():
            if self.at == len(self.text):
                return None if self.outer else self._reading()
            if not self._operator():
                return None
        return None

    def _reading(self) -> Reading:
        code = "".join(self.spelt).removeprefix("1") if self.text.startswith("1/") else "".join(self.spelt)
        if self.scale is not None and self.spelt == [code] and self.powers == DEGREES:
            return Reading(code, self.factor, ON_A_SCALE, Fraction(ZERO[self.scale]))
        return Reading(code, self.factor, dimension(self.powers))

    def _divide(self) -> None:
        self.at += 1
        self.spelt.append("/")
        self.sign = -(self.outer[-1] if self.outer else 1)

    def _operator(self) -> bool:
        sign = self.text[self.at]
        if sign == "/":
            self._divide()
        elif sign == ".":
            self.at += 1
            self.spelt.append(".")
            self.sign = self.outer[-1] if self.outer else 1
        return sign in "/."

    def _component(self) -> bool:
        while self.text.startswith("(", self.at):
            self._take("(")
            self.outer.append(self.sign)
        found = _COMPONENT.match(self.text, self.at)
        if found is None or not self._multiply(found):
            return False
        self.at = found.end()
        while self.outer and self.text.startswith(")", self.at):
            self._take(")")
            self.outer.pop()
        return True

    def _take(self, sign: str) -> None:
        self.at += 1
        self.spelt.append(sign)

    def _multiply(self, found: re.Match[str]) -> bool:
        self.scale = None
        if found["ten"]:
            read = self._ten(int(found["ten"]))
        elif found["number"]:
            read = self._number(found["number"])
        elif found["symbol"]:
            read = self._symbol(found["symbol"], found["power"])
        else:
            read = found["note"] is not None
        if read and found["note"]:
            self._note(found["note"])
        return read

    def _ten(self, power: int) -> bool:
        if abs(power) > _MOST:
            return False
        self.factor *= Fraction(10) ** (power * self.sign)
        self.spelt.append(f"10*{power}")
        return True

    def _number(self, digits: str) -> bool:
        if _LOST_SUPERSCRIPT.fullmatch(digits):
            return False
        self.factor *= Fraction(int(digits)) ** self.sign
        self.spelt.append(digits)
        return True

    def _symbol(self, written: str, power: str | None) -> bool:
        spelt = SYMBOLS.get(written, written)
        if spelt[-1] == "3":  # cubic millimetres by name
            spelt, power = (spelt[:-1], "3") if power is None else ("", power)
        known = symbol(spelt)
        exponent = int(power or 1)
        if known is None or not 0 < abs(exponent) <= _MOST:
            return False
        self.factor *= raise_into(self.powers, known, exponent * self.sign)
        self.scale = next((code for code in ZERO if known.code.endswith(code)), None)
        self.spelt.append(_number_of(known, self.sign) + (str(exponent) if power and exponent != 1 else ""))
        return True

    def _note(self, note: str) -> None:
        self.spelt.append(f"{{{note}}}")
        if note == DIFFERENCE and self.scale is not None:
            return
        counted = symbol(note) if note in PLURAL else None
        noted = counted or Symbol(note, Fraction(1), ((f"{{{note}}}", 1),))
        self.factor *= raise_into(self.powers, noted, self.sign)


def _number_of(known: Symbol, sign: int) -> str:
    """`cells/kg` but `mg/dose`: a counted thing is one below the line."""
    return known.code if sign > 0 else SINGULAR.get(known.code, known.code)
