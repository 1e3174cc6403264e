"""Days as CDISC data write them, in the forms of a plain folder; and days that are only numbered."""

import re
from datetime import date, timedelta
from typing import Final

from protocol_dsl.base.studytime import read_day

_ZONE: Final = re.compile(r"(?<=[0-9])(Z|[+-][0-9]{2}(:?[0-9]{2})?)$")
_GAP: Final = re.compile(r"([0-9]{4}(?:-[0-9]{2})?)-{1,2}(?:[0-9-]*)")
_NO_CLOCK: Final = re.compile(r"T-.*$")
_SAS_EPOCH: Final = date(1960, 1, 1)
_MOST_DAYS: Final = 4_000_000
_SECONDS: Final = 86_400


def plain_day(text: str) -> str:
    """An ISO 8601 day as SDTM has it: the zone left away, for a day is one of the place; `2003---15` is `2003`.

    >>> plain_day("2003---15"), plain_day("2026-03-01T10:30+02:00"), plain_day("2003-12-01/2003-12-10")
    ('2003', '2026-03-01T10:30', '2003-12-01/2003-12-10')
    """
    return "/".join(map(_one, text.split("/")))


def _one(text: str) -> str:
    written = _NO_CLOCK.sub("", text.strip())
    if "T" in written:
        return _ZONE.sub("", written)
    found = _GAP.fullmatch(written)
    return found[1] if found and read_day(written) is None and "--" in f"{written}-" else written


def days_after(first: str, last: str) -> str:
    """The days after the first possible one, up to the last; empty where there is none.

    >>> days_after("2026-06-01", "2026-06-14"), days_after("2026-06-01", "2026-06-01T18:00")
    ('2026-06-02/2026-06-14', '')
    """
    begin, end = read_day(first.partition("T")[0]), read_day(last.partition("T")[0])
    if begin is None or end is None or end.last <= begin.first:
        return ""
    return f"{(begin.first + timedelta(days=1)).isoformat()}/{end.last.isoformat()}"


def sas_day(text: str) -> str:
    """A day that SAS keeps as a number, of days from 1960-01-01; any other text stays."""
    if not re.fullmatch(r"-?[0-9]{1,7}", text):
        return text
    number = int(text)
    return (_SAS_EPOCH + timedelta(days=number)).isoformat() if -_MOST_DAYS < number * 6 < _MOST_DAYS else text


def sas_moment(text: str) -> str:
    """A time that SAS keeps as a number, of seconds from 1960-01-01; any other text stays."""
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]+)?", text):
        return text
    days, seconds = divmod(int(text.partition(".")[0]), _SECONDS)
    if not -_MOST_DAYS < days * 6 < _MOST_DAYS:
        return text
    return f"{(_SAS_EPOCH + timedelta(days=days)).isoformat()}T{seconds // 3600:02}:{seconds // 60 % 60:02}"


def numbered_day(reference: str, number: str) -> str:
    """The study day of a patient as a date; empty where it is not known. There is no day 0."""
    day = read_day(reference[:10])
    if day is None or not day.exact or not re.fullmatch(r"-?[0-9]{1,6}", number) or int(number) == 0:
        return ""
    try:
        return (day.first + timedelta(days=int(number) - (int(number) > 0))).isoformat()
    except OverflowError:
        return ""
