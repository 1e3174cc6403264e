"""Values, expressions and windows in words, as a protocol writes them wherever one line can say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import assert_never

from attrs import evolve, frozen

from protocol_dsl.base.quantity import Quantity, Unit, decimal_text, short_text, unit
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.model.condition import (
    Applied,
    Arithmetic,
    Cases,
    CompletedTime,
    Condition,
    Constant,
    ContextOf,
    Count,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Lasting,
    MomentOf,
    Named,
    Operator,
    Part,
    Rounded,
    Series,
    Shifted,
    Side,
    Sign,
    Valid,
    Window,
)
from protocol_dsl.model.record import EMPTY, Attested, Range, Value
from protocol_dsl.model.vocabulary import Choice, Date, Item, Rule, Time

_YEAR = 12
_MOST_DIGITS = 15  # that are told of a number


@frozen
class Teller:
    """How things are told.

    The declared `items` say which choice among readings an item makes by itself, so that it need not be said; `subject`
    is the series whose limits are just called `ULN`.
    """

    condition: Callable[[Condition, Teller], str]
    items: Mapping[str, Item] = EMPTY
    subject: Series | None = None


def about(series: Series | None, teller: Teller) -> Teller:
    """The same, telling of a series."""
    return evolve(teller, subject=series)


# --- values -------------------------------------------------------------------------------------------------------


def value_words(value: Value, given: Unit | None = None) -> str:  # noqa: C901, PLR0911 - an arm for each kind
    """A value in its base unit as it would be written, numbers exactly and in the unit given."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Fraction():
            return number_words(value, given)
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case Attested():
            return value.value
        case Range():
            return range_words(value, given)
        case frozenset():
            return ", ".join(sorted(value)) or "none"
        case str():
            return value
        case _:
            assert_never(value)


def number_words(value: Fraction, given: Unit | None = None) -> str:
    """A number in its base unit, in the unit given; with more digits than anyone writes, about."""
    number = value if given is None else given.of_base(value)
    told = decimal_text(number) if given is None else str(Quantity(number, given))
    if sum(sign.isdigit() for sign in told.split(" ")[0].strip("0")) <= _MOST_DIGITS:
        return told
    return " ".join(filter(None, ("about", short_text(number), "" if given is None else given.code)))


def range_words(found: Range, given: Unit | None = None) -> str:
    """What a value may be: `1 to 3 mg`, `less than 0.1 mg`; what is one number but not exact, as one number."""
    if found.narrow:
        number = found.middle if given is None else given.of_base(found.middle)
        return " ".join(filter(None, (short_text(number), "" if given is None else given.code)))
    low, high = (None if end is None else value_words(end, given) for end in (found.low, found.high))
    if low is None and high is None:
        return "anything"
    if low is None:
        return f"{'less than' if found.high_open else 'at most'} {high}"
    if high is None:
        return f"{'more than' if found.low_open else 'at least'} {low}"
    return f"{'more than ' if found.low_open else ''}{low} to {'less than ' if found.high_open else ''}{high}"


# --- expressions --------------------------------------------------------------------------------------------------


def expression_words(told: Expression, teller: Teller) -> str:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
    """An expression as it would be written."""
    match told:
        case Constant(value=value, unit=given):
            return value_words(value, given)
        case Fetch(series=series, part=part):
            return _fetched(series, part, teller)
        case FieldOf(name=name, outer=outer) if outer:
            return f"{name} of {'it' if outer == 1 else f'the one {outer} before'}"
        case MomentOf(name=name) | FieldOf(name=name) | ContextOf(name=name) | Named(name=name):
            return name
        case Arithmetic():
            return _arithmetic(told, teller)
        case Applied(curve=curve, inside=inside):
            return f"{curve} of {_atom(inside, teller)}"
        case Valid(inside=inside):
            return expression_words(inside, teller)
        case Extreme(larger=larger, left=left, right=right):
            of_time = any(_is_length(side) for side in (left, right))
            which = ("longer" if larger else "shorter") if of_time else "larger" if larger else "smaller"
            return f"the {which} of {expression_words(left, teller)} and {_operand(right, teller, tight=False)}"
        case CompletedTime(period=period, start=start, end=end):
            return f"completed {period} from {expression_words(start, teller)} to {expression_words(end, teller)}"
        case Shifted(day=day, length=None, backwards=backwards):
            side = Side.BEFORE if backwards else Side.AFTER
            return f"{months_words(told.months)} {side} {expression_words(day, teller)}"
        case Shifted(day=day, length=length, backwards=backwards) if length is not None:
            sign = "-" if backwards else "+"
            return f"{_operand(day, teller, tight=False)} {sign} {_operand(length, teller, tight=False)}"
        case Lasting(grade=grade, compares=compares) if grade is not None:
            return f"its time at grade {'' if compares is Sign.IS else f'{compares} '}{value_words(grade)}"
        case Lasting(both_days=both_days):
            return "its duration counting both days" if both_days else "its duration"
        case Cases(branches=branches):
            return ", ".join(
                f"{expression_words(b.result, teller)} "
                + ("otherwise" if b.when is None else f"when {teller.condition(b.when, teller)}")
                for b in branches
            )
        case Rounded(inside=inside, step=step):
            return f"{_operand(inside, teller, tight=False)} rounded to {decimal_text(step)}"
        case Count(list=name, where=where, pooled=pooled):
            held = "" if where is None else f" where ({teller.condition(where, teller)})"
            return f"count of {name}{held}{' over all patients' if pooled else ''}"
        case _:
            raise AssertionError(told)


def _arithmetic(told: Arithmetic, teller: Teller) -> str:
    limit = _multiple(told, teller)
    if limit is not None:
        return limit
    if told.operator is Operator.POWER:
        by = told.right
        exponent = expression_words(by, teller) if isinstance(by, Constant) else _atom(by, teller)
        return f"{_atom(told.left, teller)} ^ {exponent}"
    tight = told.operator in (Operator.TIMES, Operator.OVER)
    left = _operand(told.left, teller, tight=tight)
    # a - (b - c) and a / (b / c) are not a - b - c and a / b / c
    right = _operand(told.right, teller, tight=True, closed=tight)
    return f"{left} {told.operator} {right}"


def _operand(told: Expression, teller: Teller, *, tight: bool, closed: bool = False) -> str:
    """A part of a sum (`tight`: of a product), in brackets where it would otherwise be read differently."""
    plain = expression_words(told, teller)
    match told:
        case Valid(inside=inside):
            return _operand(inside, teller, tight=tight, closed=closed)
        case Arithmetic(operator=Operator.POWER) | Applied():
            bracket = False
        case Arithmetic(operator=operator):
            sum_like = operator in (Operator.PLUS, Operator.MINUS)
            bracket = closed or (tight and sum_like) or _multiple(told, teller) is not None
        case Extreme():
            bracket = tight
        case Fetch(series=series):
            bracket = series.window is not None and plain not in ("ULN", "LLN", "baseline")
        case Shifted() | Count() | CompletedTime() | Cases() | Rounded():
            bracket = True
        case _:
            bracket = False
    return f"({plain})" if bracket else plain


def _atom(told: Expression, teller: Teller) -> str:
    """What a power or a root is taken of, or by: in brackets where it is more than one value, or has a sign."""
    match told:
        case Valid(inside=inside):
            return _atom(inside, teller)
        case Arithmetic() | Applied():
            return f"({expression_words(told, teller)})"
        case Constant(value=Fraction() as number) if number < 0:
            return f"({expression_words(told, teller)})"
        case _:
            return _operand(told, teller, tight=True)


def _multiple(told: Arithmetic, teller: Teller) -> str | None:
    """`2.5 x ULN`."""
    match told:
        case Arithmetic(Operator.TIMES, Constant(Fraction() as times, None), Fetch() as limit):
            name = _limit_name(limit.series, limit.part, teller)
            return None if name is None else f"{decimal_text(times)} x {name}"
        case _:
            return None


def _limit_name(series: Series, part: Part, teller: Teller) -> str | None:
    """`ULN`, `LLN` or `baseline` of what is being told of."""
    subject = teller.subject
    if subject is None or subject.item != series.item:
        return None
    if part in (Part.ULN, Part.LLN):
        return part.value if series == subject else None
    return "baseline" if part is Part.VALUE and series != subject and is_baseline(series, teller) else None


def is_baseline(series: Series, teller: Teller) -> bool:
    """Whether a series is what its item declares as its baseline."""
    item = teller.items.get(series.item)
    if item is None or item.baseline is None:
        return False
    rule = item.baseline
    return series == Series(item.name, rule.choice, None, Window(None, MomentOf(rule.before)))


def _fetched(series: Series, part: Part, teller: Teller) -> str:
    limit = _limit_name(series, part, teller)
    if limit is not None:
        return limit
    told = series_words(series, teller)
    if part is Part.VALUE:
        return told
    return f"date of {told}" if part is Part.DATE else f"the {part.value} of {told}"


def series_words(series: Series, teller: Teller) -> str:
    """`qtcf`, with its choice and window where they are not the item's own: `latest anc within 3 days before c`."""
    own = teller.items.get(series.item)
    unsaid = own is None or own.choice == series.choice
    chosen = "" if series.choice is None or (unsaid and series.window is None) else choice_words(series.choice) + " "
    return f"{chosen}{series.item}{'' if series.window is None else ' ' + window_words(series.window, teller)}"


def choice_words(choice: Choice) -> str:
    """`latest`, `mean of last 3`."""
    if choice.rule is not Rule.MEAN:
        return choice.rule.value
    return "mean of" if choice.last is None else f"mean of last {choice.last}"


def is_day(told: Expression, teller: Teller) -> bool:
    """Whether an expression is a day or an instant, as far as can be seen."""
    match told:
        case MomentOf() | Shifted() | Constant(value=date()) | Fetch(part=Part.DATE):
            return True
        case Fetch(series=series) if series.item in teller.items:
            return isinstance(teller.items[series.item].kind, Date | Time)
        case _:
            return False


def _is_length(told: Expression) -> bool:
    match told:
        case Constant(unit=Unit(dimension=(("s", 1),))):
            return True
        case Arithmetic(left=left, right=right):
            return _is_length(left) or _is_length(right)
        case _:
            return False


def months_words(months: int) -> str:
    """Calendar months, as years where they are whole years."""
    named = unit("years") if months % _YEAR == 0 else unit("months")
    number = months // _YEAR if months % _YEAR == 0 else months
    return f"{number} months" if named is None else str(Quantity(Fraction(number), named))


# --- windows ------------------------------------------------------------------------------------------------------


def window_words(window: Window, teller: Teller) -> str:
    """`within 28 days before enrolment`, `on or before first_dose`, `from 3 days before to 14 days after infusion`."""
    start, end = window.start, window.end
    if start is None or end is None:
        day = end if start is None else start
        side = "on or before" if start is None else "on or after"
        return "at any time" if day is None else f"{side} {expression_words(day, teller)}"
    for far, near in ((start, end), (end, start)):
        if isinstance(far, Shifted) and far.day == near and far.backwards is (far is start):
            side = Side.BEFORE if far.backwards else Side.AFTER
            return f"within {_shift_words(far, teller)} {side} {expression_words(near, teller)}{turn_words(far)}"
    if isinstance(start, Shifted) and start.backwards and end == evolve(start, backwards=False):
        return f"within {_shift_words(start, teller)} of {expression_words(start.day, teller)}{turn_words(start)}"
    return f"from {_edge(start, teller)} to {_edge(end, teller)}"


def _edge(told: Expression, teller: Teller) -> str:
    if not isinstance(told, Shifted):
        return expression_words(told, teller)
    side = Side.BEFORE if told.backwards else Side.AFTER
    return f"{_shift_words(told, teller)} {side} {expression_words(told.day, teller)}{turn_words(told)}"


def _shift_words(told: Shifted, teller: Teller) -> str:
    match told.length:
        case None:
            return months_words(told.months)
        case Constant(value=Fraction() as length, unit=None):  # as in a form from which units were taken
            return value_words(length, unit("days"))
        case length:
            return expression_words(length, teller)


def turn_words(told: Shifted) -> str:
    """How a day that the month does not have is rounded, where months are counted."""
    if told.length is not None:
        return ""
    return ", rounding down" if told.rounding is Rounding.DOWN else ", rounding up"
