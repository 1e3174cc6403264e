"""Numbers, dates and units in other notations."""

from __future__ import annotations

import re
from typing import Final

from protocol_dsl.base.quantity import canonical
from protocol_dsl.syntax.slips.slip import Slip

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = r"(?i:(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?)"
_DIGITS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _iso(year: str, month: int, day: str) -> str:
    return f"{year}-{month:02}-{int(day):02}"


def _day_first(found: re.Match[str]) -> str:
    return _iso(found[3], _MONTHS.index(found[2].lower()) + 1, found[1])


def _month_first(found: re.Match[str]) -> str:
    return _iso(found[3], _MONTHS.index(found[1].lower()) + 1, found[2])


def _year_first(found: re.Match[str]) -> str:
    return _iso(found[1], int(found[2]), found[3])


def _either_date(found: re.Match[str]) -> str:
    """The one date it can be, or both: 12/05 is the fifth of December to some."""
    first, second, year = found[1], found[2], found[3]
    both = ((second, first), (first, second))
    dates = dict.fromkeys(_iso(year, int(month), day) for month, day in both if 1 <= int(month) <= len(_MONTHS))
    return "` or `".join(dates) or "2026-05-31"


def _without_commas(found: re.Match[str]) -> str:
    return re.sub(r"[,' ]", "", found[0])


def _unit(found: re.Match[str]) -> str:
    return f"{found[1]} {canonical(found[2]) or found[2]}"


def _ten(found: re.Match[str]) -> str:
    """A power of ten that lost its sign on the way: `109/L` was 10⁹ before it was pasted."""
    text = re.sub(r"^x\s*", "", found[0])
    return canonical(re.sub(r"^10(?=[1-9])", "10^", text)) or text


def _digit(found: re.Match[str]) -> str:
    return str(_DIGITS.index(found[1]) + 1)


def _roman(found: re.Match[str]) -> str:
    return str(("I", "II", "III", "IV").index(found[0]) + 1)


NUMBERS: Final = (
    Slip(
        "PD029",
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH}[ -](\d{{4}})\b",
        "`{0}` is not how a date is written",
        "write `{mended}`",
        _day_first,
    ),
    Slip(
        "PD029",
        rf"\b{_MONTH} (\d{{1,2}}),? (\d{{4}})\b",
        "`{0}` is not how a date is written",
        "write `{mended}`",
        _month_first,
    ),
    Slip(
        "PD029",
        r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b",
        "`{0}` is not how a date is written",
        "write the year first: `{mended}`",
        _either_date,
    ),
    Slip(
        "PD029",
        r"\b(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\b",
        "`{0}` is not how a date is written",
        "write `{mended}`",
        _year_first,
    ),
    Slip(
        "PD028",
        r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])",
        "`{0}` has commas between its digits",
        "write `{mended}`; a decimal has a point",
        _without_commas,
    ),
    Slip(
        "PD028",
        r"(?<![\d,.])(\d+),(\d+)(?![\d,])",
        "`{0}` has a comma where the decimal point belongs",
        "write `{1}.{2}`",
    ),
    Slip(
        "PD028",
        r"(?<![\d,.])\d{1,3}(?:[ ']\d{3})+(?![\d,])",
        "`{0}` has gaps between its digits",
        "write `{mended}`",
        _without_commas,
    ),
    Slip("PD028", r"(?<![\w.])\.(\d+)", "`{0}` has no digit before its point", "write `0.{1}`"),
    Slip("PD028", r"(?<![\w.])(\d+)\.(?=\s+\S)", "`{0}` has no digit after its point", "write `{1}`"),
    Slip(
        "PD028",
        rf"\b({'|'.join(_DIGITS)})\b",
        "`{0}` is a number in words",
        "write `{mended}`",
        _digit,
        wanting="NUMBER",
    ),
    Slip("PD028", r"\b(?:III|IV|II|I)", "`{0}` is a Roman number", "write `{mended}`", _roman, wanting="PHASE_NUMBER"),
    Slip(
        "PD030",
        r"(?:(?<=\s)x ?)?10(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[1-9](?=/))\S*",
        "`{0}` has lost the sign of its power",
        "write `{mended}`",
        _ten,
    ),
    Slip(
        "PD030",
        r"(\d[\d.]*) ?(?:[xX*] ?|times |fold )?(?:the )?((?i:uln|lln))\b",
        "a multiple of a limit has `x` between spaces",
        "write `{1} x {mended}`",
        lambda found: found[2].upper(),
    ),
    Slip(
        "PD030",
        r"(\d[\d.]*) ?(?:[xX*] ?|times |fold )?(?:the )?(baseline)\b",
        "a multiple of the baseline has `x` between spaces",
        "write `{1} x baseline`",
    ),
    Slip(
        "PD030",
        r"(\d[\d.]*) ?(?:x |times )?(?:the )?(upper|lower) limit of normal",
        "`{0}` is not how a limit is written",
        "write `{1} x {mended}`",
        lambda found: found[2][0].upper() + "LN",
    ),
    Slip(
        "PD030",
        r"(?<![\w.])(\d+(?:\.\d+)?)([%A-Za-zµ°/\[{][^\s,;)]*)",
        "the unit of `{0}` stands without a space",
        "write `{mended}`",
        _unit,
        wanting="UNIT",
    ),
)
