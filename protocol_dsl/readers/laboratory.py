"""A plain table of laboratory readings: a row each, with what is known of it or why it cannot be graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Final

from attrs import frozen

from protocol_dsl.base.display import safe
from protocol_dsl.base.quantity import read_number, unit
from protocol_dsl.model.grading import FLAGS, Direction, Measured
from protocol_dsl.model.record import Range
from protocol_dsl.readers.rows import Table

COLUMNS: Final[tuple[str, ...]] = (
    "patient", "term", "test", "value", "unit", "lln", "uln", "date", "baseline", "baseline_flag", "change",
    "direction",
)  # fmt: skip
NEEDED: Final = "`patient`, `term` or `test`, `value`, and where there are any `unit`, `lln` and `uln`"
_NUMBERS: Final = ("lln", "uln", "baseline", "change")
_BOUNDS: Final = {"<": (False, True), "<=": (False, False), ">": (True, True), ">=": (True, False)}


@frozen
class LabRow:
    """A row as written and as read; `measured` is None where it cannot be used, and `problem` says why."""

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


def is_laboratory(table: Table) -> bool:
    """Whether a table has the columns of one."""
    names = {column.casefold() for column in table.columns}
    return {"patient", "value"} <= names and bool(names & {"term", "test"})


def laboratory(table: Table) -> Iterator[LabRow]:
    """The rows of a table, in their order. Columns that are not known are left aside."""
    places = {column.casefold(): number for number, column in enumerate(table.columns)}
    known = {name: places[name] for name in COLUMNS if name in places}
    for row in table.rows:
        cells = {name: row.cells[place] for name, place in known.items()}
        yield _row(row.number, cells, sound=row.sound)


def _row(number: int, cells: Mapping[str, str], *, sound: bool) -> LabRow:
    written = (cells.get(name, "") for name in ("value", "unit", *_NUMBERS, "baseline_flag"))
    read = _measured(*written) if sound else "the row has another number of cells than the header"
    direction = cells.get("direction", "").casefold()
    if direction and direction not in set(Direction):
        read = f"`{safe(cells['direction'])}` is no direction, low or high"
    return LabRow(
        number,
        cells.get("patient", ""),
        cells.get("term", ""),
        cells.get("test", ""),
        Direction(direction) if direction in set(Direction) else None,
        cells.get("date", ""),
        cells.get("value", ""),
        cells.get("unit", ""),
        None if isinstance(read, str) else read,
        read if isinstance(read, str) else "",
    )


@lru_cache(maxsize=1 << 16)
def _measured(value: str, code: str, *others: str) -> Measured | str:
    """A reading from its cells, or what is wrong with one of them; tables repeat themselves."""
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


def _value(text: str) -> Fraction | Range | str | None:
    """A number, or a range for `<5`; None for an empty cell, and for anything else what is wrong."""
    sign = text[: 2 if text[1:2] == "=" else 1] if text[:1] in ("<", ">") else ""
    number = read_number(text[len(sign) :])
    if not text:
        return None
    if number is None:
        return f"the value `{safe(text[:60])}` is no number"
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
