"""A plain table of laboratory readings: a row each, with what is known of it or why it cannot be graded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.base.display import safe
from protocol_dsl.base.quantity import Quantity, read_number, unit
from protocol_dsl.model.grading import FLAGS, Direction, Measured
from protocol_dsl.model.record import Range
from protocol_dsl.readers.rows import Table

COLUMNS: Final[tuple[str, ...]] = (
    "patient", "term", "test", "value", "unit", "lln", "uln", "date", "baseline", "baseline_flag", "change",
    "direction", "term_low", "term_high", "printed", "printed_low", "printed_high", "printed_term", "about_baseline",
    "not_done", "unusable", "limit_unit", "lln_unit", "uln_unit",
)  # fmt: skip
NEEDED: Final = "`patient`, `term` or `test`, `value`, and where there are any `unit`, `lln` and `uln`"
_NUMBERS: Final = ("lln", "uln", "baseline", "change")
_SAID: Final = {"lln": "lower limit", "uln": "upper limit"}
_BOUNDS: Final = {"<": (False, True), "<=": (False, False), ">": (True, True), ">=": (True, False)}
_DIRECTIONS: Final = {"": None, **{one.value: one for one in Direction}}
_COMMA: Final = re.compile(r"[-+]?[0-9]+,[0-9]+")


@frozen
class Printed:
    """Grades that a table already has, as written: in one direction, or of whichever `term` says."""

    low: str = ""
    high: str = ""
    either: str = ""
    term: str = ""


@frozen
class LabRow:
    """A row as written and as read; `measured` is None where it cannot be used, and `problem` says why.

    `terms` are those it names for the low and the high direction; `note` is what else there is to say of it.
    """

    number: int
    patient: str
    term: str
    test: str
    direction: Direction | None
    date: str
    value: str
    unit: str
    measured: Measured | None
    problem: str = ""
    terms: tuple[str, str] = ("", "")
    printed: Printed | None = None
    note: str = ""


def is_laboratory(table: Table) -> bool:
    """Whether a table has the columns of one."""
    names = {column.casefold() for column in table.columns}
    return {"patient", "value"} <= names and bool(names & {"term", "test"})


def laboratory(table: Table) -> Iterator[LabRow]:
    """The rows of a table, in their order. Columns that are not known are left aside."""
    names = [column.casefold() for column in table.columns]
    places = {name: number for number, name in enumerate(names)}
    twice = next((said_twice(name) for name in COLUMNS if names.count(name) > 1), "")
    beyond = len(names)
    if twice:
        places["unusable"] = beyond
    cells_of = itemgetter(*(places.get(name, beyond + 1) for name in COLUMNS))
    for row in table.rows:
        yield _row(row.number, cells_of((*row.cells, twice, "")), sound=row.sound)


def said_twice(column: str) -> str:
    """Why no row can be used of a table that has a column twice."""
    return f"there are two columns `{safe(column)}`"


def _row(number: int, cells: tuple[str, ...], *, sound: bool) -> LabRow:
    (
        patient, term, test, value, code, lln, uln, date, baseline, flag, change,
        direction, term_low, term_high, printed, printed_low, printed_high, printed_term, about_baseline, not_done,
        unusable, limit_unit, lln_unit, uln_unit,
    ) = cells  # fmt: skip
    codes = lln_unit or limit_unit, uln_unit or limit_unit
    read, note = _measured(value, code, lln, uln, baseline, change, flag, *codes) if sound else (_UNSOUND, "")
    toward = _DIRECTIONS.get(direction.casefold())
    if direction and toward is None:
        read = f"`{safe(direction)}` is no direction, low or high"
    elif unusable:
        read = unusable
    elif not_done and not value:
        read = f"there is no value: {safe(not_done)}"
    problem = read if isinstance(read, str) else ""
    return LabRow(
        number, patient, term, test, toward, date, value, code,
        None if isinstance(read, str) else read,
        problem,
        (term_low, term_high),
        _printed(printed_low, printed_high, printed, printed_term) if printed_low or printed_high or printed else None,
        about_baseline if not note else f"{note}; {about_baseline}" if about_baseline else note,
    )  # fmt: skip


_UNSOUND: Final = "the row has another number of cells than the header"


@lru_cache(maxsize=1 << 12)
def _printed(low: str, high: str, either: str, term: str) -> Printed:
    return Printed(low, high, either, term)


@lru_cache(maxsize=1 << 16)
def _measured(value: str, code: str, *others: str) -> tuple[Measured | str, str]:
    """A reading from its cells, or what is wrong with one of them, and a remark; tables repeat themselves."""
    *cells, lln_unit, uln_unit = others
    found = _read(value, code, *cells)
    if isinstance(found, str):
        return found, ""
    found, left = _in_the_unit_of_the_row(found, (lln_unit, uln_unit))
    found, note = _checked(found)
    return found, "; ".join(filter(None, (left, note)))


def _in_the_unit_of_the_row(read: Measured, codes: tuple[str, str]) -> tuple[Measured, str]:
    """The limits converted from units of their own; one that cannot be counts as missing, and that is said."""
    remarks = []
    for name, code in zip(("lln", "uln"), codes, strict=True):
        number, given = getattr(read, name), unit(code) if code else None
        if number is None or not code or code == read.unit_text:
            continue
        made = None if given is None or read.unit is None else Quantity(number, given).to(read.unit)
        number = None if made is None else made.number
        read = evolve(read, lln=number) if name == "lln" else evolve(read, uln=number)
        if made is None:
            remarks.append(f"the {_SAID[name]} is in `{safe(code[:60])}`, and counts as missing")
    return read, "; ".join(remarks)


def _checked(found: Measured) -> tuple[Measured | str, str]:
    if found.uln == 0 and (found.unit is None or not found.unit.on_a_scale):
        # everything lies above 0: a grade by multiples of it would be 4
        return _impossible(found) or evolve(found, uln=None), "the upper limit is 0, and counts as missing"
    return _impossible(found) or found, _crossed(found)


def _read(value: str, code: str, *others: str) -> Measured | str:
    *limits, written_flag = others
    number = _value(value)
    numbers = {name: _number(name, text) for name, text in zip(_NUMBERS, limits, strict=True)}
    flag = _flag(written_flag)
    for read in (number, *numbers.values()):
        if isinstance(read, str):
            return read
    if flag is not None and flag not in ("abnormal", *FLAGS):
        return flag
    return Measured(number, unit(code) if code else None, code, baseline_flag=flag, **numbers)  # type: ignore[arg-type]


def _impossible(read: Measured) -> str:
    """Why numbers that can be read cannot be meant; statisticians write -999 for what is missing."""
    if read.unit is not None and read.unit.on_a_scale:
        return ""
    least = read.value.low if isinstance(read.value, Range) else read.value
    most = read.value.high if isinstance(read.value, Range) else read.value
    if any(number is not None and number < 0 for number in (least, most)):
        return "the value lies below zero"
    below = next((name for name in ("lln", "uln", "baseline") if (getattr(read, name) or 0) < 0), None)
    if below is not None:
        return f"the {_SAID.get(below, below)} lies below zero"
    return ""


def _crossed(read: Measured) -> str:
    return "the lower limit lies above the upper one" if read.lln and read.uln and read.lln > read.uln else ""


def _value(text: str) -> Fraction | Range | str | None:
    """A number, or a range for `<5`; None for an empty cell, and for anything else what is wrong."""
    sign = text[: 2 if text[1:2] == "=" else 1] if text[:1] in ("<", ">") else ""
    number = read_number(text[len(sign) :])
    if not text:
        return None
    if number is None:
        cure = "; decimals are written with a point" if _COMMA.fullmatch(text[len(sign) :]) else ""
        return f"the value `{safe(text[:60])}` is no number{cure}"
    if not sign:
        return number
    above, open_ = _BOUNDS[sign]
    return Range(low=number, low_open=open_) if above else Range(high=number, high_open=open_)


def _number(name: str, text: str) -> Fraction | str | None:
    number = read_number(text)
    return None if not text else f"`{safe(text[:60])}` in {name} is no number" if number is None else number


def _flag(text: str) -> str | None:
    """What the baseline was: `NORMAL`, `HIGH`, `LOW`, `HIGH HIGH`, `ABNORMAL`."""
    word = text.casefold().split()[0] if text.strip() else ""
    if not word:
        return None
    return word if word in ("abnormal", *FLAGS) else f"`{safe(text[:60])}` is no flag of a baseline"
