"""A laboratory table of CDISC, SDTM LB or ADaM ADLB, as a plain one: the same rows under plain names of columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from attrs import evolve

from protocol_dsl.readers.laboratory import is_laboratory
from protocol_dsl.readers.rows import Row, Table

_PLAIN: Final = (
    "patient", "test", "value", "unit", "lln", "uln", "date", "baseline", "baseline_flag", "change",
)  # fmt: skip
_SDTM: Final = frozenset({"USUBJID", "LBTESTCD", "LBSTRESC"})
_ADAM: Final = frozenset({"USUBJID", "PARAMCD", "AVAL"})
_UNIT: Final = re.compile(r"\(([^()]+)\)\s*$")
_IN_BLOOD: Final = frozenset({"", "BLOOD", "SERUM", "PLASMA", "SERUM OR PLASMA", "SERUM/PLASMA", "WHOLE BLOOD"})
"""Specimens whose tests CTCAE grades; glucose in urine is another test."""


def plain(table: Table) -> Table | None:
    """The table under plain names; None where it is neither of the two. Numbers of rows stay."""
    names = frozenset(column.upper() for column in table.columns)
    if names >= _ADAM:
        return _read(table, _adam)
    if names >= _SDTM:
        return _read(table, _with_baselines(table))
    return None


def readings(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Those that hold laboratory readings, under plain names."""
    named = (plain(table) or table for table in tables)
    return tuple(table for table in named if is_laboratory(table))


_Cells = Mapping[str, str]


def _read(table: Table, cells_of: Callable[[_Cells], Mapping[str, str]]) -> Table:
    rows = []
    for row, cells in _cells(table):
        found = cells_of(cells) if row.sound else {}
        rows.append(evolve(row, cells=tuple(found.get(name, "") for name in _PLAIN)))
    return Table(table.name, table.file, _PLAIN, tuple(rows))


def _cells(table: Table) -> Iterator[tuple[Row, _Cells]]:
    names = [column.upper() for column in table.columns]
    for row in table.rows:
        yield row, dict(zip(names, row.cells, strict=False))


# --- SDTM ---------------------------------------------------------------------------------------------------------


def _with_baselines(table: Table) -> Callable[[_Cells], Mapping[str, str]]:
    """How a row of LB reads, given the rows that are flagged as baseline."""
    baselines = {_key(cells): cells for row, cells in _cells(table) if row.sound and _is_baseline(cells)}

    def read(cells: _Cells) -> Mapping[str, str]:
        before = baselines.get(_key(cells), {})
        same = before.get("LBSTRESU", "") == cells.get("LBSTRESU", "")
        return {
            "patient": cells["USUBJID"],
            "test": _test(cells, cells["LBTESTCD"], "LBCAT"),
            "value": cells.get("LBSTRESN", "") or cells["LBSTRESC"],
            "unit": cells.get("LBSTRESU", ""),
            "lln": cells.get("LBSTNRLO", ""),
            "uln": cells.get("LBSTNRHI", ""),
            "date": cells.get("LBDTC", ""),
            "baseline": before.get("LBSTRESN", "") if same else "",
            "baseline_flag": _flag(before.get("LBNRIND", "")),
        }

    return read


def _is_baseline(cells: _Cells) -> bool:
    return "Y" in (cells.get("LBBLFL"), cells.get("LBLOBXFL"))


def _key(cells: _Cells) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in ("USUBJID", "LBTESTCD", "LBCAT", "LBSPEC", "LBMETHOD"))


def _test(cells: _Cells, code: str, category: str) -> str:
    """The test; of another specimen than blood it is another test. Urinalysis often has no specimen of its own."""
    specimen = cells.get("LBSPEC", "").upper()
    if not specimen and cells.get(category, "").upper().startswith("URIN"):
        specimen = "URINE"
    return code if specimen in _IN_BLOOD else f"{code} in {specimen.lower()}"


def _flag(indicator: str) -> str:
    """The reference range indicator of the baseline, where it says which side of the range it lies on."""
    word = indicator.split(maxsplit=1)[0] if indicator.strip() else ""
    return word if word.upper() in ("NORMAL", "HIGH", "LOW", "ABNORMAL") else ""


# --- ADaM ---------------------------------------------------------------------------------------------------------


def _adam(cells: _Cells) -> Mapping[str, str]:
    unit = cells.get("AVALU") or cells.get("LBSTRESU")
    written = _UNIT.search(cells.get("PARAM", ""))
    return {
        "patient": cells["USUBJID"],
        "test": _test(cells, cells["PARAMCD"], "PARCAT1"),
        "value": cells["AVAL"] or cells.get("AVALC", ""),
        "unit": unit or (written[1].strip() if written else ""),
        "lln": cells.get("ANRLO") or cells.get("A1LO", ""),
        "uln": cells.get("ANRHI") or cells.get("A1HI", ""),
        "date": cells.get("ADT", ""),
        "baseline": cells.get("BASE", ""),
        "baseline_flag": _flag(cells.get("BNRIND", "")),
        "change": cells.get("PCHG", ""),
    }
