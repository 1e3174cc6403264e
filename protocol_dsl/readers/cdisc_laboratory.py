"""A laboratory table of CDISC, SDTM LB or ADaM ADLB, as a plain one: the same rows under plain names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Final, TypeAlias

from attrs import frozen

from protocol_dsl.base.display import safe
from protocol_dsl.base.quantity import read_number, unit
from protocol_dsl.readers.laboratory import is_laboratory, said_twice
from protocol_dsl.readers.rows import Row, Table

_SDTM: Final = frozenset({"USUBJID", "LBTESTCD", "LBSTRESC"})
_ADAM: Final = frozenset({"USUBJID", "PARAMCD", "AVAL"})
_UNIT: Final = re.compile(r"\(([^()]+)\)\s*$")
_IN_BLOOD: Final = frozenset({"", "BLOOD", "SERUM", "PLASMA", "SERUM OR PLASMA", "SERUM/PLASMA", "WHOLE BLOOD"})
"""Specimens whose tests CTCAE grades; glucose in urine is another test."""


def plain(table: Table) -> Table | None:
    """The table under plain names; None where it is neither of the two. Numbers of rows stay."""
    names = [column.upper() for column in table.columns]
    read = _adam if _ADAM.issubset(names) else _sdtm if _SDTM.issubset(names) else None
    if read is None:
        return None
    twice = next((said_twice(name) for name in names if name and names.count(name) > 1), "")
    return _under({**read(_columns(table)), "unusable": (twice,) * len(table.rows)}, table)


def readings(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Those that hold laboratory readings, under plain names."""
    named = (plain(table) or table for table in tables)
    return tuple(table for table in named if is_laboratory(table))


_Cells: TypeAlias = Sequence[str]
_Key: TypeAlias = tuple[str, ...]


@frozen
class _Columns:
    """The cells of a table by the names of their columns, in capitals; a column that is not there is empty."""

    named: Mapping[str, _Cells]
    rows: int

    def __getitem__(self, name: str) -> _Cells:
        return self.named.get(name) or ("",) * self.rows

    def first(self, *names: str) -> list[str]:
        """The first that is no empty text, row by row."""
        return [next(filter(None, cells), "") for cells in zip(*map(self.__getitem__, names), strict=True)]


def _columns(table: Table) -> _Columns:
    cells = zip(*(row.cells for row in table.rows), strict=True) if table.rows else repeat(())
    names = (column.upper() for column in table.columns)
    return _Columns(dict(zip(names, cells, strict=False)), len(table.rows))


def _under(columns: Mapping[str, _Cells], table: Table) -> Table:
    """The columns as the rows of a table; one that is not sound keeps nothing but its number."""
    none = ("",) * len(columns)
    given = zip(table.rows, zip(*columns.values(), strict=True), strict=True)
    rows = tuple(Row(row.number, cells if row.sound else none, row.sound) for row, cells in given)
    return Table(table.name, table.file, tuple(columns), rows)


@lru_cache(maxsize=1 << 12)
def _test(code: str, category: str, specimen: str) -> str:
    """The test; of another specimen than blood it is another test. Urinalysis often has no specimen of its own."""
    taken = specimen.upper()
    if not taken and category.upper().startswith("URIN"):
        taken = "URINE"
    return code if taken in _IN_BLOOD else f"{code} in {taken.lower()}"


@lru_cache(maxsize=1 << 12)
def _flag(indicator: str) -> str:
    """The reference range indicator of the baseline, where it says which side of the range it lies on."""
    word = indicator.split(maxsplit=1)[0] if indicator.strip() else ""
    return word if word.upper() in ("NORMAL", "HIGH", "LOW", "ABNORMAL") else ""


# --- baselines ----------------------------------------------------------------------------------------------------


@frozen
class _Baseline:
    """The row that is flagged as baseline; `problem` says why its number cannot be used."""

    value: str = ""
    unit: str = ""
    flag: str = ""
    problem: str = ""

    def seen_from(self, code: str) -> tuple[str, str, str]:
        """Its number, its flag, and why there is no number, for a row in this unit."""
        if self.value and self.unit != code:
            return "", self.flag, f"the baseline is left aside: it is in `{safe(self.unit[:60])}`"
        return self.value, self.flag, self.problem


_NO_BASELINE: Final = _Baseline()


def _baselines(keys: Sequence[_Key], rows: Iterable[tuple[str, str, str]], flags: _Cells) -> dict[_Key, _Baseline]:
    """The baseline of each key, from rows of value, unit and indicator; flagged rows that differ make it none."""
    found: dict[_Key, _Baseline] = {}
    for key, (value, code, indicator), flagged in zip(keys, rows, flags, strict=True):
        if flagged.upper() == "Y":
            one = _Baseline(value, code, _flag(indicator))
            if value and read_number(value) is None:
                one = _Baseline(
                    "", code, one.flag, f"the baseline is left aside: `{safe(value[:60])}` is no exact number"
                )
            found[key] = one if found.get(key, one) == one else _CONTRADICTED
    return found


_CONTRADICTED: Final = _Baseline(problem="the baseline is left aside: rows that are flagged as baseline differ")


def _of_rows(
    keys: Sequence[_Key], codes: _Cells, baselines: Mapping[_Key, _Baseline]
) -> tuple[list[str], list[str], list[str]]:
    """The columns `baseline`, `baseline_flag` and `about_baseline`."""
    told = [baselines.get(key, _NO_BASELINE).seen_from(code) for key, code in zip(keys, codes, strict=True)]
    return [one[0] for one in told], [one[1] for one in told], [one[2] for one in told]


# --- SDTM ---------------------------------------------------------------------------------------------------------


def _sdtm(given: _Columns) -> Mapping[str, _Cells]:
    values, codes = list(map(_exactest, given["LBSTRESC"], given["LBSTRESN"])), given["LBSTRESU"]
    keys = list(zip(*(given[name] for name in ("USUBJID", "LBTESTCD", "LBCAT", "LBSPEC", "LBMETHOD")), strict=True))
    rows = list(zip(values, codes, given["LBNRIND"], strict=True))
    baselines = _baselines(keys, rows, given["LBLOBXFL"]) | _baselines(keys, rows, given["LBBLFL"])
    baseline, flag, about = _of_rows(keys, codes, baselines)
    return {
        "patient": given["USUBJID"],
        "test": list(map(_test, given["LBTESTCD"], given["LBCAT"], given["LBSPEC"])),
        "value": values,
        "unit": codes,
        "lln": given["LBSTNRLO"],
        "uln": given["LBSTNRHI"],
        "date": given["LBDTC"],
        "baseline": baseline,
        "baseline_flag": flag,
        "about_baseline": about,
        "not_done": list(map(_not_done, given["LBSTAT"], given["LBREASND"])),
        "printed": given["LBTOXGR"],
        "printed_term": given["LBTOX"],
    }


def _exactest(text: str, number: str) -> str:
    """The number; `<5` stays what it is, also where a number stands beside it."""
    return text if text[:1] in ("<", ">") else number or text


def _not_done(status: str, reason: str) -> str:
    return "" if not status else f"{status.lower()}{f' ({reason})' if reason else ''}"


# --- ADaM ---------------------------------------------------------------------------------------------------------


def _adam(given: _Columns) -> Mapping[str, _Cells]:
    codes = list(map(unit_of, given["AVALU"], given["PARAM"], given["LBSTRESU"]))
    values = given.first("AVAL", "AVALC")
    baseline, flag, about = _adam_baselines(given, values, codes)
    return {
        "patient": given["USUBJID"],
        "test": list(map(_test, given["PARAMCD"], given["PARCAT1"], given["LBSPEC"])),
        "value": values,
        "unit": codes,
        "lln": given.first("ANRLO", "A1LO"),
        "uln": given.first("ANRHI", "A1HI"),
        "date": given["ADT"],
        "baseline": baseline,
        "baseline_flag": flag,
        "about_baseline": about,
        "change": given["PCHG"],
        "term_low": given["ATOXDSCL"],
        "term_high": given["ATOXDSCH"],
        "printed_low": given["ATOXGRL"],
        "printed_high": given["ATOXGRH"],
        "printed": given["ATOXGR"],
    }


def _adam_baselines(given: _Columns, values: _Cells, codes: _Cells) -> tuple[_Cells, _Cells, _Cells]:
    """BASE and BNRIND; in a table that has no such column, the rows flagged as baseline."""
    names = ("USUBJID", "PARAMCD", "PARCAT1", "LBSPEC", "BASETYPE")
    keys = list(zip(*(given[name] for name in names), strict=True))
    rows = zip(values, codes, given["ANRIND"], strict=True)
    value, flag, about = _of_rows(keys, codes, _baselines(keys, rows, given["ABLFL"]))
    if "BASE" in given.named:
        value, about = list(given["BASE"]), [""] * given.rows
    return value, [*map(_flag, given["BNRIND"])] if "BNRIND" in given.named else flag, about


@lru_cache(maxsize=1 << 12)
def unit_of(analysis: str, parameter: str, standard: str) -> str:
    """The unit of the analysis value: that of its parameter before that of the result it was made from."""
    found = _UNIT.search(parameter)
    written = found[1].strip() if found else ""
    return analysis or (written if unit(written) else "") or standard or written
