"""Hand-worked days."""

from datetime import date, datetime

import pytest

from protocol_dsl.base.studytime import (
    Days,
    Rounding,
    completed_months,
    completed_years,
    needs_rounding,
    read_day,
    read_time,
    shift,
)


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        ("2010-06-15", "2026-06-14", 15),  # the day before the 16th birthday
        ("2010-06-15", "2026-06-15", 16),
        ("2004-02-29", "2022-02-28", 17),  # where some databases say 18
        ("2004-02-29", "2022-03-01", 18),
        ("2004-02-29", "2024-02-29", 20),
        ("2026-06-01", "2026-06-01", 0),
        ("2026-12-31", "2027-01-01", 0),  # where some databases count the turn of the year
        ("2026-06-02", "2026-06-01", -1),
        ("2026-06-01", "2025-06-01", -1),
        ("2026-06-01", "2025-05-31", -2),
    ],
)
def test_completed_years(born: str, today: str, age: int) -> None:
    assert age == completed_years(date.fromisoformat(born), date.fromisoformat(today))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-01", 1),
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2025-12-31", "2026-12-31", 12),
        ("2026-02-15", "2026-02-14", -1),
        ("2026-02-15", "2026-01-15", -1),
    ],
)
def test_completed_months(start: str, end: str, months: int) -> None:
    assert months == completed_months(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("day", "months", "down", "up"),
    [
        ("2026-01-31", 1, "2026-02-28", "2026-03-01"),
        ("2024-01-31", 1, "2024-02-29", "2024-03-01"),
        ("2024-03-31", -1, "2024-02-29", "2024-03-01"),
        ("2026-03-31", 1, "2026-04-30", "2026-05-01"),
        ("2024-02-29", 12, "2025-02-28", "2025-03-01"),
        ("2024-02-29", 48, "2028-02-29", "2028-02-29"),
        ("2000-02-29", -1200, "1900-02-28", "1900-03-01"),  # 1900 was no leap year
        ("2026-12-31", 2, "2027-02-28", "2027-03-01"),
        ("2026-01-15", -1, "2025-12-15", "2025-12-15"),
    ],
)
def test_shift_by_months_with_both_roundings(day: str, months: int, down: str, up: str) -> None:
    start = date.fromisoformat(day)
    shifted = [shift(start, months=months, rounding=rounding).isoformat() for rounding in (Rounding.DOWN, Rounding.UP)]
    assert ([down, up], down != up) == (shifted, needs_rounding(start, months))


def test_days_are_added_after_years_and_months() -> None:
    shifted = shift(date(2026, 1, 31), years=1, months=1, days=1, rounding=Rounding.DOWN)
    assert date(2027, 3, 1) == shifted


def test_a_shift_stops_at_the_ends_of_the_calendar() -> None:
    day = date(2026, 6, 1)
    assert date.max == shift(day, years=10**9, rounding=Rounding.DOWN)
    assert date.min == shift(day, months=-(10**9), rounding=Rounding.UP)
    assert date.max == shift(day, days=10**30, rounding=Rounding.DOWN)
    assert date.min == shift(day, days=-(10**30), rounding=Rounding.DOWN)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-06-10", "2026-06-10", "2026-06-10"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        (" 2024-02-29 ", "2024-02-29", "2024-02-29"),
    ],
)
def test_read_day(text: str, first: str, last: str) -> None:
    expected = Days(date.fromisoformat(first), date.fromisoformat(last))
    assert (expected, first == last) == (read_day(text), expected.exact)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-02-29", "2026-13-01", "2026-00", "0000", "2026-06-31", "2026-6-1", "20260610", "10.06.2026"),
        *("06/10/2026", "2026-06-10T14:05", "2026-06-", "٢٠٢٦", "-2026", "2026-06-10-01", "1900-02-29", "2026-06-00"),
    ],
)
def test_not_a_day(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-06-10", datetime(2026, 6, 10), datetime(2026, 6, 11)),  # noqa: DTZ001 - local days
        ("2026-02", datetime(2026, 2, 1), datetime(2026, 3, 1)),  # noqa: DTZ001
        ("2026", datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
        ("2026-06-10T14", datetime(2026, 6, 10, 14), datetime(2026, 6, 10, 15)),  # noqa: DTZ001
        ("2026-06-10T14:05", datetime(2026, 6, 10, 14, 5), datetime(2026, 6, 10, 14, 5)),  # noqa: DTZ001
        ("2026-06-10T14:05:09.5", *2 * (datetime(2026, 6, 10, 14, 5, 9, 500_000),)),  # noqa: DTZ001
        ("2026-06-10T24:00", datetime(2026, 6, 11), datetime(2026, 6, 11)),  # noqa: DTZ001
        ("9999-12-31", datetime(9999, 12, 31), datetime.max),  # noqa: DTZ001, DTZ901
        ("9999-12-31T23", datetime(9999, 12, 31, 23), datetime.max),  # noqa: DTZ001, DTZ901
    ],
)
def test_read_time(text: str, earliest: datetime, latest: datetime) -> None:
    assert (earliest, latest) == read_time(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-06T14:05", "2026-06-10T", "2026-06-10T24:01", "2026-06-10T25:00", "2026-06-10T12:60", "T14:05"),
        *("2026-06-10T14:05Z", "2026-06-10T14:05+02:00", "2026-06-10 14:05", "2026-06-10T1405", "2026-06-10T12:00:60"),
    ],
)
def test_not_a_time(text: str) -> None:
    assert read_time(text) is None


def test_a_shift_reaches_the_first_and_the_last_year() -> None:
    assert date(1, 3, 4) == shift(date(2, 3, 4), months=-12, rounding=Rounding.DOWN)
    assert date(9999, 3, 4) == shift(date(9998, 3, 4), months=12, rounding=Rounding.DOWN)
