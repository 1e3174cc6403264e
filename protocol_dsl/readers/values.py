"""One value from text: what a cell, or a line of an example, says of an item."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final, TypeAlias

from attrs import frozen

from protocol_dsl.base import analyte
from protocol_dsl.base.analyte import convert, wanting
from protocol_dsl.base.display import safe
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.quantity import ONE, Quantity, Unit, nearest_units, read_number, unit
from protocol_dsl.base.studytime import Days, read_day, read_time
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.record import Attested, Range, Reason, Value
from protocol_dsl.model.vocabulary import (
    AnyOf,
    Completed,
    Count,
    Date,
    Grade,
    Item,
    ListOf,
    Number,
    OneOf,
    Text,
    Time,
    YesNo,
)

_LONGEST_SHOWN = 60
_HIGHEST_GRADE = 5

REASONS: Final = ("not done", "not collected", "pending", "refused")
"""What a cell says where there is a reason why it has no value."""

_REASONS: Final = {
    "not done": Reason.NOT_DONE,
    "nd": Reason.NOT_DONE,
    "not collected": Reason.NOT_COLLECTED,
    "pending": Reason.PENDING,
    "refused": Reason.REFUSED,
}
_YES_NO: Final = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_MINUS: Final = str.maketrans("−–‐‑", "----")
_BOUND: Final = re.compile(r"(<=|>=|<|>|≤|≥)\s*")
_AMOUNT: Final = re.compile(r"([-+]?[0-9.][0-9.,]*(?:[eE][-+]?[0-9]+)?)\s*(.*)", re.DOTALL)
_JOINED: Final = re.compile(r"(?<=\w)[\s_-]+(?=\w)")
_SEPARATOR: Final = re.compile(r"[;,|]")
_CLOCK: Final = re.compile(r"[T ](([01]\d|2[0-3])(:[0-5]\d(:([0-5]\d|60))?)?(\.\d+)?|24(:00){0,2}(\.0+)?)")
"""A time of day, which is left out: midnight may end a day (ISO 8601:2004, 4.2.3), and a minute have a leap second."""


@frozen
class Problem:
    """Why a text cannot be used, and what would do; `of_unit` where the unit and not the value is at fault."""

    code: str
    message: str
    help: str | None = None
    of_unit: bool = False


Read: TypeAlias = Value | Reason | Problem


def read_value(item: Item, text: str, unit_text: str | None = None) -> Read:
    """What the text says of the item: its value (numbers in the base unit), why there is none, or what is wrong.

    `unit_text` is the unit where it stands apart; a number may also carry it: `1.5 10*9/L`. Empty text is *not
    collected*. Test for `Reason` before `str`, which it is too.
    """
    written = text.strip()
    if not written:
        return Reason.NOT_COLLECTED
    reason = None if isinstance(item.kind, Text) or _is_member(item, written) else _REASONS.get(_words(written))
    if reason is not None:
        return reason
    return _READ[type(item.kind)](item, written, unit_text)


def read_limit(item: Item, text: str, unit_text: str | None = None, which: str = "uln") -> Fraction | Problem:
    """A limit of the reference range, `uln` or `lln`, in the base unit; it is written in the unit of the value.

    One that no laboratory prints for the analyte, such as a ULN of 16 g/L for haemoglobin, is one in another unit.
    """
    found = _number(item, text.strip(), unit_text)
    if isinstance(found, Range):
        return Problem("PD720", f"`{_shown(text)}` is no limit", "give one number")
    if isinstance(found, Problem) or _may_be_printed(item, found, which):
        return found
    written = " ".join(filter(None, (_shown(text), unit_text)))
    message = f"{which.upper()} {written} of {item.name} is none of {item.analyte}, and counts as missing"
    return Problem("PD724", message, "give the limit in the unit of the value")


def _may_be_printed(item: Item, limit: Fraction, which: str) -> bool:
    """Whether it may be a limit in blood; an item that plausibly holds more than blood does is of something else."""
    declared = item.kind.unit if isinstance(item.kind, Number) else None
    known = analyte.plausible(item.analyte, declared)
    elsewhere = known is not None and item.plausible is not None and item.plausible[1] > known[1]
    return declared is None or elsewhere or analyte.is_limit(item.analyte, declared, which, declared.of_base(limit))


def unit_within(text: str) -> str | None:
    """The unit that a number carries in its own text; None where it carries none."""
    found = _AMOUNT.fullmatch(_BOUND.sub("", text.strip(), count=1))
    return found[2].strip() or None if found else None


def as_name(text: str) -> str:
    """A word of the data as a name of the language: `Febrile neutropenia` is `febrile_neutropenia`.

    Nothing but spaces, hyphens and apostrophes inside is changed: `cd19-` is not `cd19`.
    """
    plain = text.strip().translate(_MINUS).replace("'", "").replace("’", "").casefold()
    return _JOINED.sub("_", plain)


def read_days(text: str) -> Days | Problem:
    """The day a cell means; it may be partial, carry a time of day, or be two such days with a `/` between them."""
    first, between, last = text.strip().partition("/")
    earliest = _one_day(first)
    latest = _one_day(last) if between else earliest
    if between and isinstance(earliest, Problem) and isinstance(latest, Problem):
        return Problem("PD725", f"`{_shown(text)}` is not a date", "write the day as YYYY-MM-DD, as in 2026-03-01")
    if isinstance(earliest, Problem) or isinstance(latest, Problem):
        return latest if isinstance(latest, Problem) and between else earliest
    if latest.last < earliest.first:
        return Problem("PD725", f"`{_shown(text)}` ends before it begins", "write the earlier day first")
    return Days(earliest.first, latest.last)


def _one_day(text: str) -> Days | Problem:
    written = text.strip()
    clock = _CLOCK.search(written, 10)
    days = read_day(written[:10] if clock and clock.start() == 10 and clock.end() == len(written) else written)  # noqa: PLR2004 - YYYY-MM-DD
    if days is None:
        return Problem("PD725", f"`{_shown(written)}` is not a date", "write the day as YYYY-MM-DD, as in 2026-03-01")
    return days


def _shown(text: str) -> str:
    """What was written, cut short where it is long."""
    plain = safe(text.strip()[: _LONGEST_SHOWN + 1])
    return plain if len(text.strip()) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "…"


def _words(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.casefold()))


def _is_member(item: Item, text: str) -> bool:
    return isinstance(item.kind, OneOf | AnyOf) and _member(item.kind.members, text) is not None


# --- words --------------------------------------------------------------------------------------------------------


def _member(members: tuple[str, ...], text: str) -> str | None:
    wanted = as_name(text)
    return next((member for member in members if as_name(member) == wanted), None)


def _no_member(item: Item, members: tuple[str, ...], text: str) -> Problem:
    near = nearest(as_name(text), members)
    known = ", ".join(f"`{member}`" for member in members[:12]) + (", …" if len(members) > 12 else "")  # noqa: PLR2004
    cure = f"`{near}` is near; " if near else ""
    return Problem("PD726", f"`{_shown(text)}` is not one of the values of `{item.name}`", f"{cure}it takes {known}")


def _one_of(item: Item, text: str, _: str | None) -> Read:
    members = item.kind.members if isinstance(item.kind, OneOf) else ()
    found = _member(members, text)
    return _no_member(item, members, text) if found is None else found


def _any_of(item: Item, text: str, _: str | None) -> Read:
    members = item.kind.members if isinstance(item.kind, AnyOf) else ()
    if _words(text) == "none" and _member(members, text) is None:
        return frozenset()
    found = set()
    for part in filter(str.strip, _SEPARATOR.split(text)):
        member = _member(members, part)
        if member is None:
            return _no_member(item, members, part)
        found.add(member)
    return frozenset(found) if found else _no_member(item, members, text)


def _yes_no(item: Item, text: str, _: str | None) -> Read:
    found = _YES_NO.get(text.casefold())
    if found is None:
        return Problem("PD726", f"`{_shown(text)}` is neither yes nor no", f"write `yes` or `no` for `{item.name}`")
    return found


def _text(_item: Item, text: str, _: str | None) -> Read:
    return as_name(text)


def _list(item: Item, text: str, _: str | None) -> Read:
    if _words(text) == "none":
        return Attested.NONE
    cure = f"put its entries into {item.name}.csv, or write `none`"
    return Problem("PD712", f"`{item.name}` is a list; one cell cannot hold it", cure)


# --- numbers ------------------------------------------------------------------------------------------------------


def _quantity(item: Item, text: str, unit_text: str | None) -> Read:
    found = _number(item, text, unit_text)
    known = None if isinstance(found, Problem) else plausible(item)
    if isinstance(found, Problem) or known is None:
        return found
    least, most = (found.low, found.high) if isinstance(found, Range) else (found, found)
    if known.holds(least, most):
        return found
    written = " ".join(filter(None, (_shown(text), unit_text)))
    message = f"{item.name} of {written} is not plausible; {known} is"
    cure = f", or declare a `plausible` range of its own: this is that of {known.of} in blood" if known.of else ""
    return Problem("PD724", message, f"correct the value or its unit{cure}")


def _number(item: Item, text: str, unit_text: str | None) -> Fraction | Range | Problem:
    """The number in the base unit of the item; an open end for `<0.1`."""
    plain = text.translate(_MINUS)
    bound = _BOUND.match(plain)
    found = _AMOUNT.fullmatch(plain[bound.end() :] if bound else plain)
    number = read_number(found[1]) if found else None
    if found is None or number is None:
        return _not_a_number(item, text)
    base = _in_base(item, number, (unit_text or "").strip(), found[2].strip())
    if bound is None or isinstance(base, Problem):
        return base
    strict = len(bound[1]) == 1 and bound[1] in "<>"
    return Range(high=base, high_open=strict) if bound[1] in ("<", "<=", "≤") else Range(low=base, low_open=strict)


def _not_a_number(item: Item, text: str) -> Problem:
    shown = _shown(text)
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+(\s.*)?", text):
        return Problem("PD720", f"`{shown}` has a comma", "write decimals with a point, and thousands without a mark")
    cure = "write nothing where there is no value, or `not done`, `pending` or `refused`"
    return Problem("PD720", f"`{shown}` is not a number, which `{item.name}` is", cure)


def _in_base(item: Item, number: Fraction, apart: str, within: str) -> Fraction | Problem:
    declared = item.kind.unit if isinstance(item.kind, Number) else None
    named = apart or within
    if not named:
        return number if declared is None else _no_unit(item, declared)
    given = unit(named)
    other = unit(within) if apart and within else given
    if given is None or other is None:
        return _unknown_unit(named if given is None else within, declared)
    if not given.same_size(other):
        message = f"the value is in `{_shown(within)}` and its unit is `{_shown(apart)}`"
        return Problem("PD723", message, "name one unit", of_unit=True)
    if declared is not None and given.same_kind(declared):
        return given.in_base(number)
    found = convert(Quantity(number, given), declared or ONE, item.analyte)
    if found is None or (declared is None and given.code != ONE.code):
        return _other_kind(item, declared, given, named)
    return found.base


def _no_unit(item: Item, declared: Unit) -> Problem:
    code = declared.code
    cure = f'name it in a column `{item.name} [{code}]`, in one beside it, or in a mapping: unit = "{code}"'
    return Problem("PD721", f"`{item.name}` has no unit here", cure, of_unit=True)


def _unknown_unit(text: str, declared: Unit | None) -> Problem:
    near = " or ".join(f"`{code}`" for code in nearest_units(text))
    cure = f"{near} may be meant" if near else f"the item is in `{declared.code}`" if declared else None
    return Problem("PD722", f"the unit `{_shown(text)}` is not known", cure, of_unit=True)


def _other_kind(item: Item, declared: Unit | None, given: Unit, written: str) -> Problem:
    if declared is None:
        return Problem("PD723", f"`{item.name}` is a bare number and has no unit `{_shown(written)}`", None, True)  # noqa: FBT003
    what, cure = wanting(given, declared), f"give it in `{declared.code}`"
    meant = next((code for code in nearest_units(written) if (near := unit(code)) and near.same_kind(declared)), None)
    if what and item.analyte is None:
        cure += f", or declare the analyte of `{item.name}`, whose {what} turns one into the other"
    elif what:
        cure += f"; the {what} of `{item.analyte}` is not known"
    elif meant:
        cure = f"`{meant}` may be meant"
    return Problem("PD723", f"`{_shown(written)}` does not measure what `{declared.code}` measures", cure, True)  # noqa: FBT003


def _count(item: Item, text: str, unit_text: str | None) -> Read:
    found = _quantity(item, text, unit_text)
    if isinstance(found, Fraction) and (found.denominator != 1 or found < 0):
        return Problem("PD727", f"`{_shown(text)}` is not a whole number", f"`{item.name}` counts")
    return found


def _grade(item: Item, text: str, _: str | None) -> Read:
    found = read_number(re.sub(r"(?i)^\s*grade\s*", "", text))
    if found is None or found.denominator != 1 or not 0 <= found <= _HIGHEST_GRADE:
        return Problem("PD727", f"`{_shown(text)}` is not a grade, which `{item.name}` is", "grades are 0 to 5")
    return found


def _completed(item: Item, text: str, unit_text: str | None) -> Read:
    period = item.kind.period if isinstance(item.kind, Completed) else ""
    named = unit_text or unit_within(text) or period
    if named.strip().rstrip("s") != period.rstrip("s"):
        return Problem("PD723", f"`{item.name}` is counted in {period}", f"give it in {period}", of_unit=True)
    found = _AMOUNT.match(text)
    return _count(item, found[1] if found else text, None)


# --- days ---------------------------------------------------------------------------------------------------------


def _date(_: Item, text: str, __: str | None) -> Read:
    attested = _attested(text)
    if attested is not None:
        return attested
    days = read_days(text)
    if isinstance(days, Problem):
        return days
    return days.first if days.exact else Range(days.first, days.last)


def _time(_: Item, text: str, __: str | None) -> Read:
    attested = _attested(text)
    if attested is not None:
        return attested
    found = read_time(re.sub(r"(?<=\d) (?=\d\d)", "T", text))
    if found is None:
        cure = "write it as YYYY-MM-DDThh:mm, without a zone"
        return Problem("PD725", f"`{_shown(text)}` is not a date with a time", cure)
    first, last = found
    return first if first == last else Range(first, last)


def _attested(text: str) -> Attested | Problem | None:
    word = _words(text)
    if word == "none":
        return Problem("PD725", "`none` is said of lists, not of a day", "write `never` for what did not happen")
    return {"never": Attested.NEVER, "ongoing": Attested.ONGOING}.get(word)


_READ: Final[dict[type[Any], Callable[[Item, str, str | None], Read]]] = {
    YesNo: _yes_no,
    OneOf: _one_of,
    AnyOf: _any_of,
    Number: _quantity,
    Count: _count,
    Completed: _completed,
    Grade: _grade,
    Date: _date,
    Time: _time,
    Text: _text,
    ListOf: _list,
}
