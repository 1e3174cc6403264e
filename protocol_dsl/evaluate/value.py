"""What an expression may be on the record of one patient: the other half of the definition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TypeAlias, assert_never

from protocol_dsl.base.studytime import completed_months, completed_years, shift
from protocol_dsl.base.truth import Truth, conjoin
from protocol_dsl.evaluate.course import time_at_grade
from protocol_dsl.evaluate.curves import applied
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.events import all_facts, count_of, time_lasted
from protocol_dsl.evaluate.lookup import context, field, moment, no_day
from protocol_dsl.evaluate.possible import (
    ANYTHING,
    UNKNOWN,
    Option,
    Possible,
    as_range,
    calculate,
    combine,
    distinct,
    larger,
    mapped,
    smaller,
)
from protocol_dsl.evaluate.relied import relied_on
from protocol_dsl.evaluate.series import Edges, candidates
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
    Rounded,
    Series,
    Shifted,
    Valid,
    Window,
)
from protocol_dsl.model.record import Range, Reason

Judge: TypeAlias = Callable[[Condition, Environment], Finding]
"""What a condition comes to; handed down, so that values do not import conditions."""

_DAY = 86400


def evaluate(expression: Expression, env: Environment, judge: Judge) -> Possible:  # noqa: C901, PLR0911, PLR0912 - an arm a form
    """What the value may be. Raises nothing; what was looked up is added to the facts of the environment."""

    def value(inside: Expression) -> Possible:
        return evaluate(inside, env, judge)

    match expression:
        case Constant(value=constant):
            return (constant,)
        case Fetch(series=series, part=part):
            found = chosen(series, env, judge)
            env.facts.append(wanting_day(series, found, env) or Fact(series.item, found, part))
            return distinct(one.part(part) for one in found)
        case MomentOf(name=name):
            return moment(name, env)
        case FieldOf(name=name, outer=outer):
            return field(name, env, outer)
        case ContextOf(name=name):
            return context(name, env)
        case Named(inside=inside):
            return value(inside)
        case Arithmetic(operator=operator, left=left, right=right):
            return combine(lambda a, b: calculate(operator, a, b), value(left), value(right))
        case Applied(curve=curve, inside=inside):
            return distinct(applied(curve, option) for option in value(inside))
        case Valid():
            return _where_valid(expression, env, judge)
        case Extreme(larger=is_larger, left=left, right=right):
            return combine(larger if is_larger else smaller, value(left), value(right))
        case CompletedTime(period=period, start=start, end=end):
            function = completed_years if period == "years" else completed_months
            return combine(lambda a, b: _completed(function, a, b), value(start), value(end))
        case Shifted():
            return _shifted(expression, value)
        case Lasting(both_days=both_days, grade=grade, compares=compares):
            if grade is None:
                return time_lasted(env, both_days=both_days)
            return time_at_grade(env, compares, grade)
        case Cases():
            return _cases(expression, env, judge)
        case Rounded(inside=inside, step=step):
            return distinct(_rounded(option, step) for option in value(inside))
        case Count():
            return count_of(expression, env, judge)
        case _:
            assert_never(expression)


def chosen(series: Series, env: Environment, judge: Judge) -> tuple[Candidate, ...]:
    """The reading of a series that its rule picks, or those it may pick."""
    if env.bound and series in env.bound:
        return (env.bound[series],)
    window = series.window
    return candidates(series, env, None if window is None else edges(window, env, judge))


def wanting_day(series: Series, found: tuple[Candidate, ...], env: Environment) -> Fact | None:
    """The moment asked about, where it is its day that is missing, and not a reading."""
    if not env.adrift or series.window is not None:
        return None
    uncertain = (Reason.UNDATED, Reason.IMPRECISE)
    return no_day(env) if any(one.reading is None and one.reason in uncertain for one in found) else None


def edges(window: Window, env: Environment, judge: Judge) -> Edges:
    """What the first and last day of a window may be; `(None,)` where it has no end on that side."""
    return (
        (None,) if window.start is None else evaluate(window.start, env, judge),
        (None,) if window.end is None else evaluate(window.end, env, judge),
    )


def still_open(series: Series, env: Environment, judge: Judge) -> bool:
    """Whether a reading may still come in the series' window, where what is to come is asked about."""
    if env.ahead is None or series.window is None or series.window.end is None:
        return False
    ends = (as_range(end).high for end in evaluate(series.window.end, env, judge))
    coming = [end.date() if isinstance(end, datetime) else end for end in ends if isinstance(end, date)]
    later = [end for end in coming if end > env.as_of]
    env.ahead.extend(later)
    return bool(later)


def _where_valid(valid: Valid, env: Environment, judge: Judge) -> Possible:
    """The value where all the conditions certainly hold. What is missing is what they and the value rest on.

    Where one certainly does not hold, nothing that is recorded besides gives a value, and nothing else is looked up.
    """
    findings = [judge(condition, env) for condition in valid.when]
    failing = [finding for finding in findings if finding.truth is Truth.FALSE]
    for finding in failing or findings:
        env.facts.extend(all_facts(finding))
        env.relied.extend(relied_on(finding))
    for finding in failing:
        nowhere = (Candidate(ANYTHING, reason=Reason.NOT_VALID),)
        env.facts.append(Fact(valid.formula, nowhere, asked=finding.condition))
    if failing:
        return UNKNOWN
    found = evaluate(valid.inside, env, judge)
    return found if conjoin(finding.truth for finding in findings) is Truth.TRUE else UNKNOWN


def _cases(cases: Cases, env: Environment, judge: Judge) -> Possible:
    """With an unknown key, the results of every branch that may apply."""
    results: list[Option] = []
    for branch in cases.branches:
        truth = Truth.TRUE
        if branch.when is not None:
            finding = judge(branch.when, env)
            truth = finding.truth
            env.facts.extend(all_facts(finding))
            env.relied.extend(relied_on(finding))
        if truth is not Truth.FALSE:
            results.extend(evaluate(branch.result, env, judge))
        if truth is Truth.TRUE:
            return distinct(results)
    return UNKNOWN


def _completed(function: Callable[[date, date], int], start: Option, end: Option) -> Option:
    a, b = as_range(start), as_range(end)
    if not all(isinstance(end, date) for end in (a.low, a.high, b.low, b.high)):
        return ANYTHING
    least, most = Fraction(function(a.high, b.low)), Fraction(function(a.low, b.high))
    return least if least == most else Range(least, most)


def _shifted(shifted: Shifted, value: Callable[[Expression], Possible]) -> Possible:
    if shifted.length is None:
        return distinct(mapped(option, lambda d: _months_away(d, shifted)) for option in value(shifted.day))
    backwards = shifted.backwards
    return combine(lambda d, n: _moved(d, n, backwards=backwards), value(shifted.day), value(shifted.length))


def _months_away(day: date, shifted: Shifted) -> date:
    return shift(day, months=-shifted.months if shifted.backwards else shifted.months, rounding=shifted.rounding)


def _moved(day: Option, length: Option, *, backwards: bool) -> Option:
    """A day moved by as many whole days as the length holds, kept within the calendar."""
    if not isinstance(length, Fraction):
        ends = as_range(length)
        if not isinstance(ends.low, Fraction) or not isinstance(ends.high, Fraction):
            return ANYTHING
        near, far = _moved(day, ends.low, backwards=backwards), _moved(day, ends.high, backwards=backwards)
        a, b = (as_range(far), as_range(near)) if backwards else (as_range(near), as_range(far))
        return ANYTHING if ANYTHING in (near, far) else Range(a.low, b.high)
    days = int(length // _DAY)
    return mapped(day, lambda d: _days_away(d, -days if backwards else days))


def _days_away(day: date, days: int) -> date:
    room = (date.max - day).days if days > 0 else (day - date.min).days
    return day + timedelta(days=min(days, room) if days > 0 else -min(-days, room))


def _rounded(option: Option, step: Fraction) -> Option:
    """Rounded half away from zero to a multiple of the step."""
    if isinstance(option, Fraction):
        steps = abs(option) / step + Fraction(1, 2)
        return (1 if option >= 0 else -1) * (steps.numerator // steps.denominator) * step
    if isinstance(option, Range) and isinstance(option.low, Fraction) and isinstance(option.high, Fraction):
        low, high = _rounded(option.low, step), _rounded(option.high, step)
        return low if low == high else Range(low, high)
    return ANYTHING
