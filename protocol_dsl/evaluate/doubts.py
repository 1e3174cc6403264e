"""What is doubtful in a reading before it is graded: numbers that cannot be meant count as missing, and it is said."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from protocol_dsl.base.analyte import is_limit, is_measured_in
from protocol_dsl.base.quantity import decimal_text
from protocol_dsl.model.grading import Grading, Measured

_SAID = {"lln": "lower limit", "uln": "upper limit"}


def settled(grading: Grading, reading: Measured) -> tuple[Measured, str]:
    """The reading without what cannot be meant, and remarks on that."""
    kept, remarks = reading, []
    for name in _wrong_limits(grading, reading):
        kept = evolve(kept, lln=None) if name == "lln" else evolve(kept, uln=None)
        number = decimal_text(getattr(reading, name))
        remarks.append(f"the {_SAID[name]} {number} is none of {grading.analyte} in `{reading.unit_text}`: it {_GONE}")
    if reading.baseline == 0 and _speaks_of(grading, "x baseline"):
        kept = evolve(kept, baseline=None)
        remarks.append(f"the baseline is 0: no multiple of it says anything, and it {_GONE}")
    if contradiction := _speaks_of(grading, "baseline_flag") and _contradiction(kept):
        remarks.append(contradiction)
    return kept, "; ".join(remarks)


_GONE = "counts as missing"


def foreign_unit(grading: Grading, reading: Measured) -> str:
    """Why a unit cannot be that of the analyte; ratios would be graded in any."""
    if reading.unit is None or is_measured_in(grading.analyte, reading.unit):
        return ""
    return f"the unit `{reading.unit_text}` is none that {grading.analyte} is measured in"


def _wrong_limits(grading: Grading, reading: Measured) -> Iterator[str]:
    if reading.unit is None:
        return
    for name in ("lln", "uln"):
        limit = getattr(reading, name)
        if limit is not None and not is_limit(grading.analyte, reading.unit, name, limit):
            yield name


def _contradiction(reading: Measured) -> str:
    """Where baseline and limits say another thing than the flag, which rules all the same."""
    flag = reading.baseline_flag
    found = None if flag is None else _place(reading)
    if flag is None or found is None or found[0] == flag or (flag == "abnormal" and found[0] != "normal"):
        return ""
    number = decimal_text(reading.baseline) if reading.baseline is not None else ""
    return f"the flag says that the baseline was {flag}, and {number} {found[1]}; the flag rules"


def _place(reading: Measured) -> tuple[str, str] | None:
    """Where the baseline lies by the limits of the row, as a flag and in words; None where that cannot be told."""
    baseline, lln, uln = reading.baseline, reading.lln, reading.uln
    if baseline is None:
        return None
    if uln is not None and baseline > uln:
        return "high", f"lies above the upper limit {decimal_text(uln)}"
    if lln is not None and baseline < lln:
        return "low", f"lies below the lower limit {decimal_text(lln)}"
    if uln is not None and reading.baseline_flag == "high":
        return "normal", f"does not lie above the upper limit {decimal_text(uln)}"
    if lln is not None and reading.baseline_flag == "low":
        return "normal", f"does not lie below the lower limit {decimal_text(lln)}"
    return None if lln is None or uln is None else ("normal", "lies within the limits")


def _speaks_of(grading: Grading, words: str) -> bool:
    return any(words in band.written.casefold() for table in grading.tables for band in table.bands)
