"""Time as protocols speak of it: calendar days without zone, completed years, months with stated rounding.

A day is a `datetime.date`. Nothing here raises on a value: spans before the start are negative, and shifts beyond
the calendar stop at its ends.
"""

import re
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from enum import Enum

from attrs import frozen

_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_CLOCK = re.compile(r"([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?)?")
_MONTHS = 12
_LAST_HOUR = 24
_MINUTES = 60


class Rounding(Enum):
    """Where a month has no such day: down to its last day, or up to the first of the next month."""

    DOWN = "down"
    UP = "up"


@frozen
class Days:
    """A day that is known only to lie from `first` to `last`, both included; exact when they are equal."""

    first: date
    last: date

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last


def days_in_month(year: int, month: int) -> int:
    """The number of days of a month of the proleptic Gregorian calendar, for any whole year."""
    if month == 2:  # noqa: PLR2004 - February
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def read_day(text: str) -> Days | None:
    """The days that `YYYY-MM-DD`, `YYYY-MM` or `YYYY` may mean; None if it is none of them or not in the calendar."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    year = int(found[1])
    first_month, last_month = (int(found[2]), int(found[2])) if found[2] else (1, _MONTHS)
    if year < MINYEAR or not 1 <= first_month <= last_month <= _MONTHS:
        return None
    length = days_in_month(year, last_month)
    first_day, last_day = (int(found[3]), int(found[3])) if found[3] else (1, length)
    if not 1 <= first_day <= last_day <= length:
        return None
    return Days(date(year, first_month, first_day), date(year, last_month, last_day))


def read_time(text: str) -> tuple[datetime, datetime] | None:
    """The earliest and the latest instant that a date, a partial date or `YYYY-MM-DDThh[:mm[:ss]]` may mean.

    A day spans 00:00 to 24:00 and an hour without minutes its sixty; a time with minutes is an instant. A zone is
    refused (None), because local days and zoned instants do not compare.
    """
    written, separator, clock = text.strip().partition("T")
    days = read_day(written)
    if days is None:
        return None
    if not separator:
        return _midnight(days.first), _end_of_day(days.last)
    found = _CLOCK.fullmatch(clock)
    if found is None or not days.exact:
        return None
    return _clock_times(days.first, found)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - protocol time has no zone


def _later(instant: datetime, step: timedelta) -> datetime:
    try:
        return instant + step
    except OverflowError:
        return datetime.max  # noqa: DTZ901 - protocol time has no zone


def _end_of_day(day: date) -> datetime:
    return _later(_midnight(day), timedelta(days=1))


def _clock_times(day: date, found: re.Match[str]) -> tuple[datetime, datetime] | None:
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    micro = int((found[4] or "").ljust(6, "0"))
    if hour == _LAST_HOUR and minute == second == micro == 0:  # ISO 8601: 24:00 ends the day
        return _end_of_day(day), _end_of_day(day)
    if hour >= _LAST_HOUR or minute >= _MINUTES or second >= _MINUTES:
        return None
    step = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)
    instant = _midnight(day) + step
    return instant, instant if found[2] else _later(instant, timedelta(hours=1))


def completed_years(start: date, end: date) -> int:
    """Birthdays from `start` to `end`, negative before it; a 29 February has its birthday on 1 March."""
    return (_day_number(end) - _day_number(start)) // 10_000


def _day_number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def completed_months(start: date, end: date) -> int:
    """Whole months from `start` to `end`, negative before it; a month is complete when its day number is reached."""
    return (_month_number(end) * 100 + end.day - _month_number(start) * 100 - start.day) // 100


def _month_number(day: date) -> int:
    return day.year * _MONTHS + day.month - 1


def needs_rounding(day: date, months: int) -> bool:
    """Whether the month so many months away lacks this day, so that a rounding must be stated."""
    year, month = divmod(_month_number(day) + months, _MONTHS)
    return day.day > days_in_month(year, month + 1)


def shift(day: date, *, years: int = 0, months: int = 0, days: int = 0, rounding: Rounding) -> date:
    """The day so many years and months, then days, later (earlier if negative), kept within the calendar."""
    year, month = divmod(_month_number(day) + years * _MONTHS + months, _MONTHS)
    if year < MINYEAR:
        return _shift_days(date.min, days)
    if year > MAXYEAR:
        return _shift_days(date.max, days)
    length = days_in_month(year, month + 1)
    if day.day <= length:
        return _shift_days(date(year, month + 1, day.day), days)
    return _shift_days(date(year, month + 1, length), days + (rounding is Rounding.UP))


def _shift_days(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
