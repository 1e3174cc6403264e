"""What a condition means on a complete and clean record: true, false, or None where that reading does not reach.

It is written apart from the interpreter on purpose, and is simpler: values are exact, days whole, lists complete. Forms
that it does not know (how long a grade lasted, whether one rose again, limits over many patients) are None.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from attrs import evolve

from protocol_dsl.base.studytime import completed_months, completed_years, shift
from protocol_dsl.model import condition as core
from protocol_dsl.model.protocol import Clause, DltRules, Effect
from protocol_dsl.model.record import Attested, Reading
from protocol_dsl.model.vocabulary import Rule
from protocol_dsl.synthesize.scene import (
    DAY,
    Scene,
    Span,
    all_of,
    any_of,
    at_least,
    calculated,
    compared,
    day_of,
    fetched,
)


def clears(clause: Clause, scene: Scene) -> bool | None:
    """Whether a clause clears a patient; None where it is not told."""
    asked = evolve(scene, moment=clause.moment, about=clause.id)
    guard = True if clause.guard is None else holds(clause.guard, asked)
    if guard is not True:
        return None if guard is None else True
    met = holds(clause.condition, asked)
    return None if met is None else met is (clause.effect is Effect.INCLUSION)


def met(clause: Clause, scene: Scene) -> bool | None:
    """Whether a clause of the DLT rules is met."""
    asked = evolve(scene, moment=clause.moment, about=clause.id)
    guard = True if clause.guard is None else holds(clause.guard, asked)
    return holds(clause.condition, asked) if guard is True else None if guard is None else False


def evaluable(rules: DltRules, scene: Scene) -> bool | None:
    """Whether a patient without a DLT is evaluable: as the protocol says, or else if they stayed to the end."""
    if rules.evaluable is None:
        return scene.left is None
    return holds(rules.evaluable, evolve(scene, had_dlt=False))


# --- conditions ---------------------------------------------------------------------------------------------------


def holds(condition: core.Condition, scene: Scene) -> bool | None:  # noqa: C901, PLR0911, PLR0912, PLR0915 - an arm for each form
    """Whether a condition holds; None where it is not told."""
    match condition:
        case core.Both(parts=parts):
            return all_of(holds(part, scene) for part in parts)
        case core.Either(parts=parts):
            return any_of(holds(part, scene) for part in parts)
        case core.AtLeast(count=count, parts=parts):
            return at_least(count, [holds(part, scene) for part in parts])
        case core.Not(inside=inside):
            found = holds(inside, scene)
            return None if found is None else not found
        case core.Known(inside=inside) | core.Policy(inside=inside):
            return holds(inside, scene)
        case core.Compare(sign=sign, left=left, right=right):
            return compared(sign, value(left, scene), value(right, scene))
        case core.Member(value=what, members=members):
            found_value = value(what, scene)
            return None if found_value is None else found_value in members
        case core.Includes(value=what, members=members, all=whole):
            several = value(what, scene)
            if not isinstance(several, frozenset):
                return None
            return several >= set(members) if whole else bool(several & set(members))
        case core.Distance():
            return _far(condition, scene)
        case core.Within(day=day, window=window):
            return _inside(value(day, scene), window, scene)
        case core.Recorded(series=series):
            return chosen(series, scene) is not None
        case core.Judged(what=what, on=None):
            judged = scene.record.judgements.get(what or scene.about, ())
            return judged[-1].met if judged else None
        case core.AnyEvent(list=name, where=where, other=other):
            return any_of(where is None or holds(where, one) for one in each_event(name, scene, other=other))
        case core.Readings():
            return _readings(condition, scene)
        case core.Consecutive():
            return _consecutive(condition, scene)
        case core.Sustained():
            return _sustained(condition, scene)
        case core.Followed(start=start, days=days):
            return _followed(value(start, scene), days, scene)
        case core.HadDlt():
            return scene.had_dlt
        case _:
            return None


def each_event(name: str, scene: Scene, *, other: bool = False) -> list[Scene]:
    """The events of a list as they are looked at, one by one; with `other`, but for those looked at already."""
    events = scene.record.lists.get(name, ())
    ones = [one for one in events if not (other and any(one is known for known in scene.around))]
    return [evolve(scene, around=(*scene.around, one)) for one in ones]


def each_reading(series: core.Series, scene: Scene) -> list[Scene]:
    """The readings of a series as they are looked at, one by one, in the order of their days."""
    return [evolve(scene, held={**scene.held, series: one}) for one in _in_series(series, scene) or ()]


def _far(distance: core.Distance, scene: Scene) -> bool | None:
    day, anchor = value(distance.day, scene), value(distance.anchor, scene)
    length, before = value(distance.length, scene), distance.side is core.Side.BEFORE
    if type(anchor) is not date or not isinstance(length, Fraction):
        return None
    if day is Attested.NEVER:
        return distance.sign in (core.Sign.AT_LEAST, core.Sign.MORE_THAN)
    if day is Attested.ONGOING and before:
        return distance.sign in (core.Sign.AT_MOST, core.Sign.LESS_THAN)
    if type(day) is not date:
        return None
    days = (anchor - day).days if before else (day - anchor).days
    return compared(distance.sign, Fraction(days * DAY), length)


def _inside(day: Any, window: core.Window, scene: Scene) -> bool | None:  # noqa: ANN401 - any value
    if day is Attested.NEVER:
        return False
    ends = [None if end is None else value(end, scene) for end in (window.start, window.end)]
    wanting = [
        one for one, said in zip(ends, (window.start, window.end), strict=True) if said and type(one) is not date
    ]
    if type(day) is not date or wanting:
        return None
    return (ends[0] is None or ends[0] <= day) and (ends[1] is None or day <= ends[1])


def _followed(start: Any, days: int, scene: Scene) -> bool | None:  # noqa: ANN401 - any value
    if type(start) is not date:
        return None
    needed = start + timedelta(days=days)
    if scene.left is not None and scene.left < needed:
        return False
    return True if scene.until >= needed else None


def _readings(condition: core.Readings, scene: Scene) -> bool | None:
    found = [holds(condition.where, one) for one in each_reading(condition.series, scene)]
    if not found:
        return None
    if condition.quantifier is core.Quantifier.ANY:
        return at_least(condition.least, found)
    return all_of(found)


def _consecutive(condition: core.Consecutive, scene: Scene) -> bool | None:
    """Said only where it is plain: so many in a row, each far enough from the next, or too few altogether."""
    ones = each_reading(condition.series, scene)
    found = [(holds(condition.where, one), day_of(one.held[condition.series])) for one in ones]
    if len(found) < condition.count or any(truth is None or day is None for truth, day in found):
        return None
    if sum(truth is True for truth, _ in found) < condition.count:
        return False
    row: list[date] = []
    for truth, day in found:
        near = bool(row) and day is not None and (day - row[-1]).days < condition.apart_days
        row = [*row, day] if truth and day is not None and not near else []
        if len(row) >= condition.count:
            return True
    return None


def _sustained(condition: core.Sustained, scene: Scene) -> bool | None:
    """Said only where it is plain: a run that is long enough by its own readings, or no such reading at all."""
    whole = condition.series.window
    open_series = evolve(condition.series, window=None if whole is None else core.Window(whole.start, None))
    readings = _in_series(open_series, scene)
    if not readings:
        return None
    found = [
        (holds(condition.where, evolve(scene, held={**scene.held, condition.series: one})), day_of(one))
        for one in readings
    ]
    if any(truth is None or day is None for truth, day in found):
        return None
    if not any(truth for truth, _ in found):
        return False
    days: list[date] = []
    for truth, day in found:
        days = [*days, day] if truth and day is not None else []
        begun = bool(days) and (whole is None or _inside(days[0], whole, scene) is True)
        lasted = Fraction((days[-1] - days[0]).days + condition.both_days) if days else Fraction(0)
        if begun and compared(condition.sign, lasted, condition.days):
            return True
    return None


# --- values -------------------------------------------------------------------------------------------------------


def value(expression: core.Expression, scene: Scene) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912, PLR0915 - an arm for each form
    """What an expression comes to, numbers in the base unit; None where it is not told."""
    match expression:
        case core.Constant(value=constant):
            return constant
        case core.Named(inside=inside):
            return value(inside, scene)
        case core.Fetch(series=series, part=part):
            return fetched(chosen(series, scene), part)
        case core.MomentOf(name=name):
            return scene.moments.get(name)
        case core.FieldOf(name=name, outer=outer):
            event = scene.around[-1 - outer] if outer < len(scene.around) else None
            reading = None if event is None else event.fields.get(name)
            return None if reading is None else reading.value
        case core.ContextOf(name=name):
            text = scene.record.context.get(name)
            return Fraction(text) if name == "entry" and text else text
        case core.Arithmetic(operator=operator, left=left, right=right):
            return calculated(operator, value(left, scene), value(right, scene))
        case core.Extreme(larger=larger, left=left, right=right):
            pair = [value(left, scene), value(right, scene)]
            whole = all(isinstance(one, Fraction) for one in pair) or all(type(one) is date for one in pair)
            return (max(pair) if larger else min(pair)) if whole else None
        case core.CompletedTime(period=period, start=start, end=end):
            a, b = value(start, scene), value(end, scene)
            count = completed_years if period == "years" else completed_months
            return Fraction(count(a, b)) if type(a) is date and type(b) is date else None
        case core.Shifted():
            return _shifted(expression, scene)
        case core.Lasting(grade=None, both_days=both_days):
            return _lasted(scene, both_days=both_days)
        case core.Cases(branches=branches):
            for branch in branches:
                applies = True if branch.when is None else holds(branch.when, scene)
                if applies is not False:
                    return value(branch.result, scene) if applies else None
            return None
        case core.Valid(inside=inside, when=when):
            return value(inside, scene) if all_of(holds(one, scene) for one in when) is True else None
        case core.Rounded(inside=inside, step=step):
            number = value(inside, scene)
            return (
                (abs(number) / step + Fraction(1, 2)).__floor__() * step * (1 if number >= 0 else -1)
                if isinstance(number, Fraction)
                else None
            )
        case core.Count(list=name, where=where, pooled=False):
            found = [where is None or holds(where, one) for one in each_event(name, scene)]
            return None if None in found else Fraction(found.count(True))
        case _:
            return None


def chosen(series: core.Series, scene: Scene) -> Reading | None:  # noqa: PLR0911 - a rule each
    """The reading that the rule of a series picks; None where there is none, or more than one."""
    if series in scene.held:
        return scene.held[series]
    found = _in_series(series, scene)
    if not found:
        return None
    rule = None if series.choice is None else series.choice.rule
    if rule is None:
        return found[0] if len(found) == 1 else None
    if rule in (Rule.LATEST, Rule.FIRST):
        edge = day_of(found[-1 if rule is Rule.LATEST else 0])
        same = [one for one in found if day_of(one) == edge]
        return same[0] if len(same) == 1 else None
    numbers = [(one.value, one) for one in found if isinstance(one.value, Fraction)]
    if series.choice is None or len(numbers) < len(found):
        return None
    if rule in (Rule.HIGHEST, Rule.LOWEST):
        return (max if rule is Rule.HIGHEST else min)(numbers, key=lambda pair: pair[0])[1]
    last = series.choice.last
    if last is not None and len(numbers) < last:
        return None
    taken = numbers if last is None else numbers[-last:]
    return evolve(taken[-1][1], value=sum((number for number, _ in taken), Fraction(0)) / len(taken))


def _in_series(series: core.Series, scene: Scene) -> list[Reading] | None:
    """The readings that count, in the order of their days; None where one has no day and a day is asked for."""
    limit = scene.as_of if scene.at is None else min(scene.at, scene.as_of)
    kept = []
    for one in scene.record.readings.get(series.item, ()):
        day = day_of(one)
        if day is None:
            if series.window is not None or series.valid_days is not None:
                return None
            kept.append(one)
        elif series.window is not None:
            inside = _inside(day, series.window, scene)
            if inside is None:
                return None
            if inside and day <= scene.as_of:
                kept.append(one)
        elif day <= limit and (series.valid_days is None or (limit - day).days <= series.valid_days):
            kept.append(one)
    return sorted(kept, key=lambda one: day_of(one) or date.min)


def _shifted(shifted: core.Shifted, scene: Scene) -> date | None:
    day = value(shifted.day, scene)
    if type(day) is not date:
        return None
    sign = -1 if shifted.backwards else 1
    if shifted.length is None:
        return shift(day, months=sign * shifted.months, rounding=shifted.rounding)
    length = value(shifted.length, scene)
    return day + timedelta(days=sign * int(length // DAY)) if isinstance(length, Fraction) else None


def _lasted(scene: Scene, *, both_days: bool) -> Fraction | Span | None:
    """How long the event looked at lasts: between whole days, up to a day more or less."""
    fields = scene.around[-1].fields if scene.around else {}
    start, end = (fields[name].value if name in fields else None for name in ("start", "end"))
    if type(start) is not date or type(end) is not date or end < start or end > scene.as_of:
        return None
    days = (end - start).days
    if both_days:
        return Fraction((days + 1) * DAY)
    return Span(Fraction(max(days - 1, 0) * DAY), Fraction((days + 1) * DAY))
