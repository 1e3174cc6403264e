"""A condition in plain words: as it would be written in a protocol, wherever one line can say it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from protocol_dsl.base.quantity import Quantity, decimal_text, unit
from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Compare,
    Condition,
    Consecutive,
    Constant,
    Distance,
    Either,
    Expression,
    Fetch,
    Followed,
    HadDlt,
    Includes,
    Judged,
    Known,
    Lasting,
    Member,
    Monitored,
    Named,
    Not,
    Policy,
    Quantifier,
    Readings,
    Recorded,
    RoseAgain,
    Series,
    Side,
    Sign,
    Sustained,
    Within,
)
from protocol_dsl.model.idioms import calendar_shift, elapsed_months, ongoing_at, taken
from protocol_dsl.model.phrases import (
    Teller,
    about,
    expression_words,
    is_baseline,
    is_day,
    months_words,
    turn_words,
    value_words,
    window_words,
)
from protocol_dsl.model.record import EMPTY
from protocol_dsl.model.vocabulary import Item

_SHOWN = 6


def words(condition: Condition, items: Mapping[str, Item] = EMPTY) -> str:
    """The condition as it would be written: `alt at most 2.5 x ULN`.

    `items` are the declared items; without them a choice among readings is only told where a window goes with it.
    """
    return _told(condition, Teller(_told, items))


def words_of_value(expression: Expression, items: Mapping[str, Item] = EMPTY) -> str:
    """An expression as it would be written: `the shorter of 21 days and 5 * half_life`."""
    return expression_words(expression, Teller(_told, items))


def predicate_words(condition: Condition, items: Mapping[str, Item] = EMPTY) -> str:
    """What a leaf says of its subject: `at most 2.5 x ULN`; the whole condition where it has no subject."""
    teller = Teller(_told, items)
    parted = _parted(condition, teller)
    return _told(condition, teller) if parted is None else parted[1]


def _told(condition: Condition, teller: Teller) -> str:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
    parted = _parted(condition, teller)
    if parted is not None:
        return " ".join(filter(None, parted))
    match condition:
        case Both(parts=parts) | Either(parts=parts):
            return _joined(condition, parts, teller)
        case AtLeast(count=count, parts=parts):
            return f"at least {count} of ({'; '.join(_told(part, teller) for part in parts)})"
        case Not(inside=inside):
            return _negated(inside, teller)
        case Known(inside=inside):
            return f"known {_operand(inside, teller)}"
        case Policy(inside=inside, met=met):
            return f"({_told(inside, teller)}, if missing treat as {'met' if met else 'not met'})"
        case Judged(what=what, by=by):
            return f'judged "{what}"' if what else f"judged by {by}"
        case AnyEvent(list=name, where=where, other=other):
            return f"any {'other ' if other else ''}{name}{_where(where, teller)}"
        case Readings(quantifier=quantifier):
            return _readings(quantifier.value, condition, teller)
        case Consecutive():
            return _consecutive(condition, teller)
        case Sustained():
            return _sustained(condition, teller)
        case Monitored():
            return _monitored(condition, teller)
        case RoseAgain():
            return "its grade rose again after it had fallen"
        case Followed(start=start, days=days):
            return f"followed through {days} days after {expression_words(start, teller)}"
        case HadDlt():
            return "had_dlt"
        case Compare() | Member() | Includes() | Distance() | Within() | Recorded():
            return ""  # told above
        case _:
            assert_never(condition)


# --- a subject, and what is said of it ----------------------------------------------------------------------------


def _parted(condition: Condition, teller: Teller) -> tuple[str, str] | None:  # noqa: PLR0911 - an arm for each form
    """The subject of a leaf and what is said of it."""
    match condition:
        case Compare():
            return _compared(condition, teller)
        case Member(value=value, members=members, set=named):
            told = f"is in {named}" if named else f"is one of {', '.join(value_words(member) for member in members)}"
            return expression_words(value, teller), told
        case Includes(value=value, members=members, all=whole):
            return expression_words(value, teller), f"includes {'all' if whole else 'any'} of {', '.join(members)}"
        case Distance():
            return _far(condition, teller)
        case Within(day=day, window=window):
            return expression_words(day, teller), f"is {window_words(window, teller)}"
        case Recorded(series=series):
            return expression_words(Fetch(series), teller), "is recorded"
        case Both(parts=(Compare(Sign.AT_LEAST) as least, Compare(Sign.AT_MOST) as most)) if _is_between(least, most):
            teller_of = about(_series_of(least.left, teller), teller)
            low, high = expression_words(least.right, teller_of), expression_words(most.right, teller_of)
            return expression_words(least.left, teller), f"is between {low} and {high}"
        case _:
            return None


def _is_between(least: Compare, most: Compare) -> bool:
    return least.left == most.left and not isinstance(least.left, Lasting)


def _series_of(expression: Expression, teller: Teller) -> Series | None:
    """The series a limit belongs to; a baseline has none of its own."""
    if isinstance(expression, Fetch) and not is_baseline(expression.series, teller):
        return expression.series
    return teller.subject


def _at_grade(lasting: Lasting, sign: Sign, limit: str) -> str:
    grade = value_words(lasting.grade or Fraction(0))
    if lasting.compares is Sign.MORE_THAN and sign is Sign.AT_MOST:
        return f"returns to grade {grade} within {limit}"
    compared = "" if lasting.compares is Sign.IS else f"{lasting.compares} "
    return f"at grade {compared}{grade} for {sign} {limit}"


_SIDES = {Sign.LESS_THAN: Side.BEFORE, Sign.MORE_THAN: Side.AFTER}


def _compared(condition: Compare, teller: Teller) -> tuple[str, str]:
    sign, left, right = condition.sign, condition.left, condition.right
    limit = expression_words(right, about(_series_of(left, teller), teller))
    if isinstance(left, Lasting) and left.grade is not None:
        return "", _at_grade(left, sign, limit)
    if isinstance(left, Lasting):
        return "", f"lasts {sign} {limit}{' counting both days' if left.both_days else ''}"
    if sign in _SIDES and (is_day(left, teller) or is_day(right, teller)):
        return expression_words(left, teller), f"is {_SIDES[sign]} {limit}"
    if sign is Sign.IS and isinstance(right, Constant) and right.value is True:
        return expression_words(left, teller), ""
    return expression_words(left, teller), f"{sign} {limit}"


def _far(condition: Distance, teller: Teller) -> tuple[str, str]:
    sign, side = condition.sign, condition.side
    moved, passed = calendar_shift(condition), elapsed_months(condition)
    if moved is not None:
        far = f"{months_words(moved.months)} {side} {expression_words(moved.day, teller)}{turn_words(moved)}"
        return expression_words(condition.day, teller), f"{sign} {far}"
    if passed is not None:
        ends = f"from {expression_words(passed.day, teller)} to {expression_words(condition.anchor, teller)}"
        return f"time {ends}{turn_words(passed)}", f"{sign} {months_words(passed.months)}"
    day, anchor = expression_words(condition.day, teller), expression_words(condition.anchor, teller)
    return day, f"{sign} {expression_words(condition.length, teller)} {side} {anchor}"


# --- logic --------------------------------------------------------------------------------------------------------


def _joined(condition: Both | Either, parts: tuple[Condition, ...], teller: Teller) -> str:
    window, day = taken(condition), ongoing_at(condition)
    if day is not None:
        return f"ongoing at {expression_words(day, teller)}"
    if window is not None:
        return f"taken {window_words(window, teller)}"
    shared = _shared(parts, teller)
    if shared is not None:
        names, said = shared
        return f"{'each' if isinstance(condition, Both) else 'either'} of {', '.join(names)} {said}"
    word = " and " if isinstance(condition, Both) else " or "
    return word.join(_operand(part, teller) for part in parts)


def _shared(parts: tuple[Condition, ...], teller: Teller) -> tuple[tuple[str, ...], str] | None:
    """The names of which one and the same is said."""
    each = [_parted(part, teller) for part in parts]
    told = tuple(one for one in each if one is not None)
    said = {one[1] for one in told}
    if len(told) < max(len(parts), 2) or len(said) > 1 or not all(name.isidentifier() for name, _ in told):
        return None
    phrase = said.pop()
    return (tuple(name for name, _ in told), phrase) if phrase and len({name for name, _ in told}) > 1 else None


def _operand(condition: Condition, teller: Teller) -> str:
    """A part of a longer condition, in brackets where it would otherwise be read differently."""
    plain = _told(condition, teller)
    return f"({plain})" if isinstance(condition, Both | Either) and not _is_one_saying(condition, teller) else plain


def _is_one_saying(condition: Both | Either, teller: Teller) -> bool:
    """Whether a conjunction or disjunction is told in one phrase, and so never mixes with another."""
    phrases = (ongoing_at(condition), taken(condition), _parted(condition, teller), _shared(condition.parts, teller))
    return any(phrase is not None for phrase in phrases)


def _negated(inside: Condition, teller: Teller) -> str:
    match inside:
        case Member() | Recorded():
            subject, said = _parted(inside, teller) or ("", "")
            return f"{subject} is not {said.removeprefix('is ')}"
        case AnyEvent(list=name, where=where, other=other):
            return f"no {'other ' if other else ''}{name}{_where(where, teller)}"
        case Readings(quantifier=Quantifier.ANY):
            return _readings("no", inside, teller)
        case _:
            return f"not {_operand(inside, teller)}"


def _where(where: Condition | None, teller: Teller) -> str:
    return "" if where is None else f" where ({_told(where, teller)})"


# --- repeated readings --------------------------------------------------------------------------------------------


def _monitored(condition: Monitored, teller: Teller) -> str:
    told = [f"{count} of {patients}" for patients, count in condition.limits]
    shown = ", ".join(told if len(told) <= _SHOWN else [*told[:_SHOWN], "and so on"])
    how = "or fewer" if condition.fewer else "or more"
    who = "all patients" if condition.where is None else f"the patients where ({_told(condition.where, teller)})"
    return f"so many {how} of {who} have ({_told(condition.each, teller)}): {shown}"


def _sustained(condition: Sustained, teller: Teller) -> str:
    each = _readings("any", Readings(Quantifier.ANY, condition.series, condition.where), teller)
    days = "1 day" if condition.days == 1 else f"{decimal_text(condition.days)} days"
    return f"{each} for {condition.sign} {days}{' counting both days' if condition.both_days else ''}"


def _readings(word: str, condition: Readings, teller: Teller) -> str:
    series = condition.series
    word = f"{word} {condition.least}" if condition.least > 1 else word
    window = "" if series.window is None else f" {window_words(series.window, teller)}"
    match condition.where:
        case Compare(left=Named(name=name)) if series.item in name.split():  # `ctcae grade of anc`
            return f"{word} {name}{window} {(_parted(condition.where, teller) or ('', ''))[1]}"
        case where:
            return f"{word} {series.item}{window} {_said_of(series, where, teller)}"


def _consecutive(condition: Consecutive, teller: Teller) -> str:
    apart = ""
    if condition.apart_days:
        days = unit("days") if condition.apart_days.denominator == 1 else unit("hours")
        length = condition.apart_days if condition.apart_days.denominator == 1 else condition.apart_days * 24
        told = decimal_text(length) if days is None else str(Quantity(Fraction(length), days))
        apart = f", at least {told} apart,"
    said = _said_of(condition.series, condition.where, teller)
    return f"{condition.count} consecutive {condition.series.item}{apart} {said}"


def _said_of(series: Series, where: Condition, teller: Teller) -> str:
    """What is said of each reading of a series."""
    parted = _parted(where, about(series, teller))
    if parted is not None and parted[0] == expression_words(Fetch(series), teller) and parted[1]:
        return parted[1]
    return f"({_told(where, about(series, teller))})"
