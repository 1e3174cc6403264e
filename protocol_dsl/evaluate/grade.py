"""A reading graded: the first band that applies, through the interpreter, with what decided and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache

from attrs import evolve, frozen

from protocol_dsl.base.analyte import convert, plausible
from protocol_dsl.base.quantity import Quantity, Unit, decimal_text
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.doubts import foreign_unit, settled
from protocol_dsl.evaluate.environment import Environment
from protocol_dsl.evaluate.gaps import gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.quick_bands import QuickBands
from protocol_dsl.model.grading import Band, Bands, Direction, Grading, Measured, System
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Range, Reading, Record, Value

_SAID = {
    "uln": "upper limit",
    "lln": "lower limit",
    "baseline": "baseline",
    "baseline_flag": "flag of the baseline",
    "change": "change from baseline",
}
_LIMITS = ("lln", "uln", "baseline")
_NOBODY = Protocol(Header("grading"))


@frozen
class Graded:
    """A grade, or None and why there is none.

    `band` decided; `inputs` are the numbers it was read with, in `unit`. `confirm` is the clinical finding that the
    printed band names besides the number: such a grade needs confirmation before it counts as a DLT. `remark` is what
    is doubtful in the reading.
    """

    grade: int | None
    because: str
    band: Band | None = None
    unit: Unit | None = None
    inputs: Mapping[str, Value] | None = None
    confirm: str = ""
    remark: str = ""

    @property
    def needs_confirmation(self) -> bool:
        """Whether a person has to look before the grade counts as a DLT."""
        return bool(self.confirm)

    @cached_property
    def read(self) -> Mapping[str, str]:
        """The inputs in words."""
        return {name: number_text(value) for name, value in (self.inputs or {}).items()}

    @cached_property
    def read_as_text(self) -> str:
        """The inputs as one text: `value 2.9; lln 3.5`."""
        return "; ".join(f"{name} {text}" for name, text in self.read.items())


def grade(grading: Grading, reading: Measured, system: System | None = None, quick: QuickBands | None = None) -> Graded:
    """The grade of a reading by the bands of a system, or by those of its own unit. Raises nothing.

    With `quick`, bands that are certain are found without the interpreter, which says the same more slowly.
    """
    if reading.value is None:
        return Graded(None, "there is no value")
    reading = _read_by_letters(grading, reading)
    table = bands_for(grading, reading, system)
    strange = table if isinstance(table, str) else foreign_unit(grading, reading) or _implausible(grading, reading)
    if isinstance(table, str) or strange:
        return Graded(None, strange)
    reading, remark = settled(grading, reading)
    found = _by_table(grading, reading, table, quick)
    return evolve(found, remark=remark) if remark else found


def _by_table(grading: Grading, reading: Measured, table: Bands, quick: QuickBands | None) -> Graded:
    flag = _flag(grading, reading)
    known = inputs(reading, table, grading, flag)
    certain = None if quick is None else quick.decide(table, known)
    found = _decided(table, known) if certain is None else _graded(certain, table, known)
    taken = grading.flagless_normal and reading.baseline_flag is None and found.band is not None
    about_flag = taken and "baseline_flag" in found.band.written if found.band else False
    return evolve(found, because=f"{found.because}; no flag, so the baseline counts as normal") if about_flag else found


def _read_by_letters(grading: Grading, reading: Measured) -> Measured:
    """Laboratories write G/L and MMOL/L; where the letters mean no other unit of the measurement, they mean this."""
    if any(fits(table, reading, grading) for table in grading.tables for fits in (_any_unit, _same_kind, _by_analyte)):
        return reading
    units = (table.unit for table in grading.tables if table.unit is not None)
    meant = next((unit for unit in units if unit.code.casefold() == reading.unit_text.casefold()), None)
    return reading if meant is None else evolve(reading, unit=meant)


# --- which table --------------------------------------------------------------------------------------------------


def bands_for(grading: Grading, reading: Measured, system: System | None) -> Bands | str:
    """The table that a reading is read by, or why there is none: a table of its unit before one to convert to."""
    asked = [table for table in grading.tables if system is None or system in table.systems]
    tables = asked or list(grading.tables)
    for fits in (_any_unit, _same_unit, _same_kind, _by_analyte):
        for table in tables:
            if fits(table, reading, grading):
                return table
    codes = " or ".join(dict.fromkeys(f"`{table.unit.code}`" for table in tables if table.unit))
    if not reading.unit_text:
        return f"there is no unit, and the bands are in {codes}"
    what = "is not known" if reading.unit is None else "does not come to the one of the bands"
    return f"the unit `{reading.unit_text}` {what} ({codes})"


def _any_unit(table: Bands, _reading: Measured, _grading: Grading) -> bool:
    return table.unit is None


def _same_unit(table: Bands, reading: Measured, _grading: Grading) -> bool:
    return table.unit is not None and reading.unit is not None and reading.unit.same_size(table.unit)


def _same_kind(table: Bands, reading: Measured, _grading: Grading) -> bool:
    return table.unit is not None and reading.unit is not None and reading.unit.same_kind(table.unit)


def _by_analyte(table: Bands, reading: Measured, grading: Grading) -> bool:
    if table.unit is None or reading.unit is None:
        return False
    return convert(Quantity(Fraction(1), reading.unit), table.unit, grading.analyte) is not None


def _implausible(grading: Grading, reading: Measured) -> str:
    """Why a value cannot be meant: 75,000 platelets in 10*9/L are a slip of the unit, and no grade 0."""
    known = None if reading.unit is None else _plausible(grading.analyte, reading.unit)
    least = reading.value.low if isinstance(reading.value, Range) else reading.value
    if known is None or least is None or least <= known[1]:
        return ""
    return f"the value is not plausible in `{reading.unit_text}`, where it is at most {decimal_text(known[1])}"


@lru_cache(maxsize=1 << 10)
def _plausible(analyte: str | None, unit: Unit) -> tuple[Fraction, Fraction] | None:
    return plausible(analyte, unit)


# --- what is known ------------------------------------------------------------------------------------------------


def _flag(grading: Grading, reading: Measured) -> str | None:
    """The flag; one that says only abnormal is told by the limits, else it is the direction of the grading."""
    if reading.baseline_flag is None:
        return "normal" if grading.flagless_normal else None
    if reading.baseline_flag != "abnormal":
        return reading.baseline_flag
    if reading.baseline is not None and reading.lln is not None and reading.baseline < reading.lln:
        return Direction.LOW.value
    if reading.baseline is not None and reading.uln is not None and reading.baseline > reading.uln:
        return Direction.HIGH.value
    return grading.direction.value


def inputs(reading: Measured, table: Bands, grading: Grading, flag: str | None) -> Mapping[str, Value]:
    """What is known, in the unit of the table."""
    numbers = {"value": reading.value, "lln": reading.lln, "uln": reading.uln, "baseline": reading.baseline}
    given, wanted = reading.unit, table.unit
    as_it_is = given is None or wanted is None or given.same_size(wanted)
    found: dict[str, Value] = {
        name: number if as_it_is else _in_unit(number, given, wanted, grading.analyte)
        for name, number in numbers.items()
        if number is not None
    }
    change = reading.change if reading.change is not None else _change(reading.value, reading.baseline)
    found |= {} if change is None else {"change": change}
    return found | ({} if flag is None else {"baseline_flag": flag})


def _in_unit(
    number: Fraction | Range, given: Unit | None, wanted: Unit | None, analyte: str | None
) -> Fraction | Range:
    if given is None or wanted is None or given.same_size(wanted):
        return number
    if isinstance(number, Range):
        ends = (None if end is None else _in_unit(end, given, wanted, analyte) for end in (number.low, number.high))
        low, high = ends
        return evolve(number, low=low, high=high)
    made = convert(Quantity(number, given), wanted, analyte)
    return number if made is None else made.number  # the table was chosen because it can be


def _change(value: Fraction | Range | None, baseline: Fraction | None) -> Fraction | None:
    if not isinstance(value, Fraction) or not baseline:
        return None
    over, under = value.as_integer_ratio(), baseline.as_integer_ratio()  # one fraction is made, and not three
    return Fraction(100 * (over[0] * under[1] - under[0] * over[1]), over[1] * under[0])


# --- which band ---------------------------------------------------------------------------------------------------


def _decided(table: Bands, known: Mapping[str, Value]) -> Graded:
    """The first band that applies. Where one before it may apply too, there is a grade only if it is the same."""
    record = Record("", {name: (Reading(value, at_moment=True),) for name, value in known.items()})
    env = Environment(_NOBODY, record, date.min, {})
    may_be: list[Band] = []
    wanting: dict[str, None] = {}
    decided = False
    for band in table.bands:
        finding = None if band.when is None else interpret(band.when, env)
        if finding is None or finding.truth is not Truth.FALSE:
            may_be.append(band)
        if finding is None or finding.truth is Truth.TRUE:
            decided = True
            break
        wanting |= dict.fromkeys(gap.item for gap in gaps(finding))
    if decided and len({band.grade for band in may_be}) == 1:
        return _graded(may_be[-1], table, known)
    return Graded(None, _undecided(may_be, wanting, known, decided=decided), unit=table.unit, inputs=known)


def _graded(band: Band, table: Bands, known: Mapping[str, Value]) -> Graded:
    spoken = (" ".join(one.written for one in table.bands) if band.when is None else band.written).casefold()
    told = [f"{_SAID[name]} {number_text(known[name])}" for name in _LIMITS if name in known and name in spoken]
    unit = "" if table.unit is None else f" {table.unit.code}"
    told = [f"value {number_text(known['value'])}{unit}", *told]
    because = f"{'no band applies' if band.when is None else band.written} ({', '.join(told)})"
    if band.also:
        because += f"; printed beside it: {band.also}, to be confirmed before it counts as a DLT"
    return Graded(band.grade, because, band, table.unit, known, band.also)


def number_text(value: Value) -> str:
    """A number or range in words: `12.5`, `below 5`."""
    if isinstance(value, Fraction):
        return _decimal(value.numerator, value.denominator)
    if isinstance(value, Range):
        ends = (value.low, "above" if value.low_open else "from"), (value.high, "below" if value.high_open else "up to")
        return " ".join(f"{word} {decimal_text(end)}" for end, word in ends if end is not None)
    return str(value)


@lru_cache(maxsize=1 << 14)
def _decimal(numerator: int, denominator: int) -> str:
    """The limits of laboratories and many of their values come again and again; whole numbers are quick keys."""
    return decimal_text(Fraction(numerator, denominator))


def _undecided(may_be: list[Band], wanting: Mapping[str, None], known: Mapping[str, Value], *, decided: bool) -> str:
    grades = [str(number) for number in sorted({band.grade for band in may_be}, reverse=True)]
    if not may_be:
        return f"no printed band holds {number_text(known['value'])}"
    missing = " and ".join(f"the {_SAID.get(name, name)}" for name in wanting if name not in known)
    why = f"{missing} {'are' if ' and ' in missing else 'is'} missing" if missing else "the value is not exact"
    return f"{why}: grade {' or '.join(grades)}{'' if decided else ' or none'}"
