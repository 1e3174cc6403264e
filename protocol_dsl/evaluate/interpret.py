"""The definition of the language: what a condition means on the record of one patient.

A condition comes to true, false or unknown, with the facts it rests on; an expression comes to what its value may be.
Every function is total. Truth is Kleene's; what differs from it is said where it does.
"""

from __future__ import annotations

from itertools import product
from typing import TypeAlias, assert_never

from attrs import evolve

from protocol_dsl.base.truth import Truth, agree, at_least, conjoin, disjoin, negate
from protocol_dsl.evaluate.course import rose_again
from protocol_dsl.evaluate.curves import on_limit
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.events import some_event
from protocol_dsl.evaluate.gaps import rests_only_on
from protocol_dsl.evaluate.lookup import followed, judged_on, judgement
from protocol_dsl.evaluate.monitor import monitored
from protocol_dsl.evaluate.possible import ANYTHING, Option, Possible, compare, said_of_all, seconds_between
from protocol_dsl.evaluate.runs import Link, lasting_run, some_run
from protocol_dsl.evaluate.series import candidate, in_series
from protocol_dsl.evaluate.value import chosen, edges, evaluate, still_open, wanting_day
from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Compare,
    Condition,
    Consecutive,
    Distance,
    Either,
    Expression,
    Followed,
    HadDlt,
    Includes,
    Judged,
    Known,
    Member,
    Monitored,
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
from protocol_dsl.model.record import Attested, Reason

Each: TypeAlias = tuple[Candidate, Truth, Finding]
"""A reading, whether it certainly counts, and what the condition says of it."""


def interpret(condition: Condition, env: Environment) -> Finding:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
    """What the condition comes to on the record. Raises nothing."""
    match condition:
        case Both(parts=parts):
            found = tuple(interpret(part, env) for part in parts)
            return Finding(condition, conjoin(f.truth for f in found), found)
        case Either(parts=parts):
            found = tuple(interpret(part, env) for part in parts)
            return Finding(condition, disjoin(f.truth for f in found), found)
        case AtLeast(count=count, parts=parts):
            found = tuple(interpret(part, env) for part in parts)
            return Finding(condition, at_least(count, (f.truth for f in found)), found)
        case Not(inside=inside):
            one = interpret(inside, env)
            return Finding(condition, negate(one.truth), (one,))
        case Known(inside=inside):
            # No record of it counts as not known; a result that is awaited or unreadable is not "no record".
            one = interpret(inside, env)
            no_record = one.truth is Truth.UNKNOWN and env.policies and rests_only_on(one, (Reason.NOT_COLLECTED,))
            return Finding(condition, Truth.FALSE if no_record else one.truth, (one,))
        case Policy(inside=inside, reasons=reasons, met=met):
            one = interpret(inside, env)
            if one.truth is Truth.UNKNOWN and env.policies and rests_only_on(one, reasons):
                return Finding(condition, Truth.of(met), (one,), policy=condition)
            return Finding(condition, one.truth, (one,))
        case AnyEvent():
            return some_event(condition, env, interpret)
        case Readings():
            return _readings(condition, env)
        case Consecutive():
            return _consecutive(condition, env)
        case Sustained():
            return _sustained(condition, env)
        case Monitored():
            return monitored(condition, env, interpret)
        case _:
            return _leaf(condition, env)


def _leaf(condition: Condition, env: Environment) -> Finding:
    """A condition with no conditions in it: its truth, and what was looked up on the way."""
    before, relied_before = len(env.facts), len(env.relied)
    together = condition.together if isinstance(condition, Compare) else ()
    truth = _bound_together(condition, together, env) if together else _leaf_truth(condition, env)
    facts, relied = tuple(env.facts[before:]), tuple(env.relied[relied_before:])
    del env.facts[before:], env.relied[relied_before:]
    return Finding(condition, truth, facts=facts, relied=relied)


def _bound_together(condition: Condition, together: tuple[Series, ...], env: Environment) -> Truth:
    """A value and its limit come from one reading: the condition is asked of each reading that may be the one."""
    if all(len(env.record.readings.get(series.item, ())) <= 1 for series in together):
        return _leaf_truth(condition, env)
    choices = [chosen(series, env, interpret) for series in together]
    truth = agree(
        _leaf_truth(condition, evolve(env, bound={**env.bound, **dict(zip(together, readings, strict=True))}))
        for readings in product(*choices)
    )
    several = zip(together, choices, strict=True)
    env.facts.extend(Fact(series.item, found) for series, found in several if len(found) > 1)
    return truth


def _leaf_truth(condition: Condition, env: Environment) -> Truth:  # noqa: C901, PLR0911, PLR0912 - an arm for each form
    match condition:
        case Compare(sign=sign, left=left, right=right):
            ours, theirs = _value(left, env), _value(right, env)
            truth = said_of_all(lambda a, b: compare(sign, a, b), ours, theirs)
            if truth is Truth.UNKNOWN:
                env.facts.extend(on_limit(condition, ours, theirs))
            return truth
        case Member(value=what, members=members):
            return said_of_all(_member, _value(what, env), (members,))  # type: ignore[arg-type]
        case Includes(value=what, members=members, all=whole):
            return said_of_all(lambda a, b: _includes(a, b, whole), _value(what, env), (frozenset(members),))
        case Distance(sign=sign, day=day, length=length, side=side, anchor=anchor):
            days, anchors = _value(day, env), _value(anchor, env)
            lengths = _value(length, env)
            return agree(_far(sign, side, d, a, n) for d in days for a in anchors for n in lengths)
        case Within(day=day, window=window):
            starts, ends = edges(window, env, interpret)
            return agree(_inside(d, s, e) for d in _value(day, env) for s in starts for e in ends)
        case Recorded(series=series):
            found = chosen(series, env, interpret)
            env.facts.append(Fact(series.item, found))
            return agree(Truth.of(c.value is not ANYTHING) for c in found)
        case Judged(what=what, on=on):
            return judgement(what, env) if on is None else judged_on(what, _value(on, env), env)
        case Followed(start=start, days=days):
            return followed(_value(start, env), days, env)
        case HadDlt():
            return env.had_dlt
        case RoseAgain():
            return rose_again(env)
        case (
            Both() | Either() | AtLeast() | Not() | Known() | Policy() | AnyEvent()
            | Readings() | Consecutive() | Sustained() | Monitored()
        ):  # fmt: skip
            return interpret(condition, env).truth
        case _:
            assert_never(condition)


def _value(expression: Expression, env: Environment) -> Possible:
    return evaluate(expression, env, interpret)


def _member(option: Option, members: tuple[Option, ...]) -> Truth:
    if isinstance(option, str):
        return Truth.of(option in members)
    return disjoin(compare(Sign.IS, option, member) for member in members)


def _includes(option: Option, members: Option, whole: bool) -> Truth:  # noqa: FBT001
    if not isinstance(option, frozenset) or not isinstance(members, frozenset):
        return Truth.UNKNOWN
    return Truth.of(members <= option if whole else bool(members & option))


def _far(sign: Sign, side: Side, day: Option, anchor: Option, length: Option) -> Truth:
    """`never` satisfies only `at least` and `more than`; `ongoing` is not yet over, so it is not so far past."""
    if anchor is ANYTHING or isinstance(anchor, Attested) or length is ANYTHING:
        return Truth.UNKNOWN
    if day is Attested.NEVER:
        return Truth.of(sign in (Sign.AT_LEAST, Sign.MORE_THAN))
    if day is Attested.ONGOING and side is Side.BEFORE:
        return Truth.of(sign in (Sign.AT_MOST, Sign.LESS_THAN))
    start, end = (day, anchor) if side is Side.BEFORE else (anchor, day)
    return compare(sign, seconds_between(start, end), length)


def _inside(day: Option, start: Option | None, end: Option | None) -> Truth:
    """Both ends belong to a window; `never` lies in none."""
    first = Truth.TRUE if start is None else compare(Sign.AT_LEAST, day, start)
    last = Truth.TRUE if end is None else compare(Sign.AT_MOST, day, end)
    return conjoin((first, last))


# --- repeated readings --------------------------------------------------------------------------------------------


def _each_reading(series: Series, where: Condition, env: Environment) -> list[Each]:
    """Every reading of the series, whether it certainly counts, and what the condition says of it."""
    window = None if series.window is None else edges(series.window, env, interpret)
    found = []
    for reading, counts in in_series(series, env, window):
        one = candidate(reading, env)
        found.append((one, counts, interpret(where, evolve(env, bound={**env.bound, series: one}))))
    return found


def _no_reading(condition: Readings | Consecutive | Sustained, env: Environment) -> Finding:
    still_open(condition.series, env, interpret)
    fact = Fact(condition.series.item, chosen(condition.series, env, interpret))
    return Finding(condition, Truth.UNKNOWN, facts=(fact,))


def _of_readings(
    condition: Readings | Consecutive | Sustained, truth: Truth, each: list[Each], reason: Reason, env: Environment
) -> Finding:
    """What was found of several readings; of an unknown that not they alone are to blame for, the reason is named."""
    parts = tuple(finding for _, _, finding in each)
    certain = all(counts is Truth.TRUE for _, counts, _ in each) and reason is not Reason.TOO_FEW
    if truth is not Truth.UNKNOWN or (certain and any(part.truth is Truth.UNKNOWN for part in parts)):
        return Finding(condition, truth, parts)
    undated = any(one.date is ANYTHING for one, _, _ in each)
    blame = Reason.UNDATED if undated and reason is Reason.IMPRECISE else reason
    found = (Candidate(ANYTHING, reason=blame),)
    fact = wanting_day(condition.series, found, env) or Fact(condition.series.item, found)
    return Finding(condition, truth, parts, (fact,))


def _readings(condition: Readings, env: Environment) -> Finding:
    """`every` asks for at least one reading; with none there is nothing to be said."""
    each = _each_reading(condition.series, condition.where, env)
    if not each:
        return _no_reading(condition, env)
    if condition.quantifier is Quantifier.ANY:
        truth = at_least(condition.least, (conjoin((counts, finding.truth)) for _, counts, finding in each))
        to_come = Truth.FALSE
    else:
        truth = conjoin(disjoin((negate(counts), finding.truth)) for _, counts, finding in each)
        to_come = Truth.TRUE
    if truth is to_come and still_open(condition.series, env, interpret):
        return _of_readings(condition, Truth.UNKNOWN, each, Reason.NOT_COLLECTED, env)
    return _of_readings(condition, _if_enough(truth, each, 1), each, Reason.IMPRECISE, env)


def _consecutive(condition: Consecutive, env: Environment) -> Finding:
    """Some run of readings, each of which satisfies the condition and is far enough from the one before it."""
    each = _each_reading(condition.series, condition.where, env)
    if not each:
        return _no_reading(condition, env)
    if len(each) < condition.count:
        return _of_readings(condition, Truth.UNKNOWN, each, Reason.TOO_FEW, env)
    links = [Link(one.date, counts, finding.truth) for one, counts, finding in each]
    truth = some_run(links, condition.count, condition.apart_days)
    return _of_readings(condition, _if_enough(truth, each, condition.count), each, Reason.IMPRECISE, env)


def _sustained(condition: Sustained, env: Environment) -> Finding:
    """Some run of readings that lasts long enough, begun in the window of the series; it may go on past its end."""
    window = condition.series.window
    begins = ((None,), (None,)) if window is None else edges(window, env, interpret)
    found = []
    for reading, counts in in_series(condition.series, env, (begins[0], (None,))):
        one = candidate(reading, env)
        bound = {**env.bound, condition.series: one}
        found.append((one, counts, interpret(condition.where, evolve(env, bound=bound))))
    if not found:
        return _no_reading(condition, env)
    links = [Link(one.date, counts, finding.truth) for one, counts, finding in found]
    truth = lasting_run(links, begins, condition)
    return _of_readings(condition, truth, found, Reason.TOO_FEW, env)


def _if_enough(truth: Truth, each: list[Each], count: int) -> Truth:
    """Where it is not certain that there are as many readings as are asked for, there is nothing to be said yet."""
    return truth if sum(counts is Truth.TRUE for _, counts, _ in each) >= count else Truth.UNKNOWN
