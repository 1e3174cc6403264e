"""Dates that their own study days contradict: AESTDTC beside AESTDY. SDTMIG 3.4, section 4.4.4."""

from collections.abc import Iterable, Iterator

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.readers.dates import numbered_day
from protocol_dsl.readers.domains import Domain
from protocol_dsl.readers.rows import at

_WHOLE = len("2026-06-01")


def contradicting(tables: Iterable[Domain]) -> Iterator[Diagnostic]:
    """One for each column of dates that differ from their study days; the dates are taken."""
    every = list(tables)
    first = {
        one.cell("USUBJID", row): one.cell("RFSTDTC", row)
        for one in every
        if one.name == "DM"
        for row in range(len(one.rows))
    }
    for one in every:
        for column in one.columns:
            number = f"{column.removesuffix('DTC')}DY"
            if column.endswith("DTC") and one.has(number):
                yield from _contradicting(one, column, number, first)


def _contradicting(domain: Domain, column: str, number: str, first: dict[str, str]) -> Iterator[Diagnostic]:
    days: dict[tuple[str, str], str] = {}
    wrong = []
    for row, (date, said, patient) in enumerate(
        zip(domain.cells(column), domain.cells(number), domain.cells("USUBJID"), strict=True)
    ):
        key = (first.get(patient, ""), said.removesuffix(".0"))
        if len(date) >= _WHOLE and said:
            day = days[key] if key in days else days.setdefault(key, numbered_day(*key))
            if day and day != date[:_WHOLE]:
                wrong.append(row)
    if wrong:
        many = f"{len(wrong)} rows have" if len(wrong) > 1 else "1 row has"
        message = f"{many} a date in {column} and another day in {number}, counted from RFSTDTC; the date is taken"
        where = Cell(domain.table.file, domain.rows[wrong[0]].number, column)
        yield at("PD757", message, where, "correct the date, the study day or RFSTDTC", mild=True)
