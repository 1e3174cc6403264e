"""One line for a condition without conditions in it: what was found, the limit, and how far above or below it is."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from protocol_dsl.base.quantity import Unit, short_text
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.banded import band_told
from protocol_dsl.evaluate.environment import Fact, Finding
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING, Option, Possible, exact
from protocol_dsl.evaluate.quoting import (
    Sight,
    days_counted,
    gap_words,
    length_words,
    listed,
    option_words,
    quoted,
    unit_of_name,
)
from protocol_dsl.evaluate.value import edges, evaluate
from protocol_dsl.model.condition import (
    Arithmetic,
    Compare,
    CompletedTime,
    Constant,
    Count,
    Distance,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Followed,
    HadDlt,
    Includes,
    Judged,
    Member,
    MomentOf,
    Named,
    Operator,
    Part,
    Recorded,
    Rounded,
    Side,
    Sign,
    Valid,
    Window,
    Within,
)
from protocol_dsl.model.phrases import expression_words, number_words, window_words
from protocol_dsl.model.record import Attested, Judgement, Range
from protocol_dsl.model.words import predicate_words, words

_DAY = 86400
_MOST_FACTS = 8
_DATED = re.compile(r" of (?=\d{4}-\d\d-\d\d)")
_STANDS = {Truth.TRUE: "is met", Truth.FALSE: "is not met", Truth.UNKNOWN: "is neither met nor not met"}


def leaf_lines(finding: Finding, sight: Sight) -> list[str]:
    """What a leaf rests on: where it is unknown, what is missing; else what was found against what was asked."""
    if finding.truth is Truth.UNKNOWN:
        return _unknown(finding, sight)
    return [_decided(finding, sight)]


def brief(finding: Finding, sight: Sight) -> str:
    """What a leaf found, without what was asked: `age is 5 years`."""
    compared = finding.condition
    if not isinstance(compared, Compare) or not _is_number(compared.right, sight):
        return leaf_lines(finding, sight)[0]
    found = value_of(compared.left, sight)
    told = " or ".join(option_words(option, unit_of(compared.left, sight)) for option in found)
    return f"{expression_words(compared.left, sight.teller)} is {told}"


def _unknown(finding: Finding, sight: Sight) -> list[str]:
    missing = [line for fact in finding.facts if (line := gap_words(fact, finding.condition, sight)) is not None]
    if missing:
        return list(dict.fromkeys(missing))
    told = listed(_others(finding.facts, "", sight))
    asked = words(finding.condition, sight.env.protocol.items)
    return [f"{told}; {asked} {_STANDS[Truth.UNKNOWN]}" if told else f"{asked} {_STANDS[Truth.UNKNOWN]}"]


def _decided(finding: Finding, sight: Sight) -> str:  # noqa: C901, PLR0911 - an arm for each form
    match finding.condition:
        case Compare(sign=Sign.IS | Sign.IS_NOT) as compared if _is_plain(compared.right, sight):
            return _equal(compared, finding, sight)
        case Compare() as compared:
            return _compared(compared, finding, sight)
        case Member() as member:
            asked = predicate_words(member, sight.env.protocol.items).removeprefix("is ")
            return f"{_subject(member.value, finding, sight)}{', ' if _holds(finding) else ', not '}{asked}"
        case Includes() as includes:
            asked = predicate_words(includes, sight.env.protocol.items)
            return f"{_subject(includes.value, finding, sight)}; {asked} {_STANDS[finding.truth]}"
        case Distance() as distance:
            return _far(distance, finding, sight)
        case Within() as within:
            return _within(within, finding, sight)
        case Judged(what=what):
            return _judged(what, finding, sight)
        case Recorded(series=series):
            return f"{series.item} is {'recorded' if _holds(finding) else 'not recorded'}"
        case Followed() | HadDlt():
            return f"{words(finding.condition)} {_STANDS[finding.truth]}"
        case _:
            return f"{words(finding.condition, sight.env.protocol.items)} {_STANDS[finding.truth]}"


def _holds(finding: Finding) -> bool:
    return finding.truth is Truth.TRUE


# --- the subject --------------------------------------------------------------------------------------------------


def value_of(expression: Expression, sight: Sight) -> Possible:
    """What an expression may be, once more."""
    seen = len(sight.env.facts)
    found = evaluate(expression, sight.env, interpret)
    del sight.env.facts[seen:]
    return found


def _subject(expression: Expression, finding: Finding, sight: Sight) -> str:
    """`gvhd is active on 2026-05-30`; without a date where it has none."""
    plain = expression_words(expression, sight.teller)
    told = _DATED.sub(" on ", _quote(expression, plain, finding, sight))
    return f"{plain} is{told.removeprefix(plain)}" if told.startswith(f"{plain} ") else told


def _quote(expression: Expression, plain: str, finding: Finding, sight: Sight, asked: Unit | None = None) -> str:
    """What is compared, its value and date; with the facts in brackets where it is made from others.

    What has no unit of its own, such as a length of time, is told in the unit `asked`.
    """
    further_out = isinstance(expression, FieldOf) and expression.outer > 0
    if isinstance(expression, Fetch | FieldOf | MomentOf) and not further_out:
        part = expression.part if isinstance(expression, Fetch) else Part.VALUE
        name = expression.series.item if isinstance(expression, Fetch) else expression.name
        fact = next((f for f in finding.facts if f.name == name and f.part is part), None)
        if fact is not None:
            return f"{quoted(fact, sight)}{_limits(name, finding, sight)}"
    found = value_of(expression, sight)
    told = " or ".join(option_words(option, unit_of(expression, sight) or asked) for option in found)
    banded = band_told(expression, sight)
    others = [] if isinstance(expression, Count) else _others(finding.facts, plain, sight)
    others = others if banded is None else [banded.told, *_others(banded.besides(finding.facts), plain, sight)]
    made_from = f" ({', '.join(others)})" if others else ""
    return f"{plain} {told}{made_from}"


def _limits(name: str, finding: Finding, sight: Sight) -> str:
    """The laboratory's limits that were asked for: ` (ULN 40 U/L)`."""
    facts = [f for f in finding.facts if f.name == name and f.part in (Part.ULN, Part.LLN)]
    told = dict.fromkeys(quoted(fact, sight).removeprefix(f"{name} ") for fact in facts)
    return f" ({', '.join(told)})" if told else ""


def _others(facts: tuple[Fact, ...], plain: str, sight: Sight) -> list[str]:
    told = [quoted(fact, sight) for fact in facts if fact.part is Part.VALUE and fact.name != plain]
    found = list(dict.fromkeys(told))
    return found if len(found) <= _MOST_FACTS else [*found[:_MOST_FACTS], "..."]


def unit_of(expression: Expression, sight: Sight) -> Unit | None:  # noqa: C901, PLR0911 - an arm for each form
    """The unit in which an expression is told."""
    match expression:
        case Constant(unit=found):
            return found
        case Fetch(series=series):
            return unit_of_name(series.item, sight.env)
        case FieldOf(name=name):
            return unit_of_name(name, sight.env)
        case Named(unit=found, inside=inside):
            return found or (unit_of(inside, sight) if isinstance(inside, CompletedTime | Named | Valid) else None)
        case CompletedTime(period=period):
            return Unit(period, (), Fraction(1))
        case Arithmetic(operator=operator, left=left, right=right) if operator is not Operator.OVER:
            return unit_of(left, sight) or unit_of(right, sight)
        case Extreme(left=left, right=right):
            return unit_of(left, sight) or unit_of(right, sight)
        case Rounded(inside=inside) | Valid(inside=inside):
            return unit_of(inside, sight)
        case _:
            return None


# --- comparisons --------------------------------------------------------------------------------------------------


def _is_plain(expression: Expression, sight: Sight) -> bool:
    """Whether `is` asks for a word, or for a number as it stands."""
    return isinstance(expression, Constant) or not _is_number(expression, sight)


def _is_number(expression: Expression, sight: Sight) -> bool:
    if isinstance(expression, Constant):
        return isinstance(expression.value, Fraction) and not isinstance(expression.value, bool)
    return any(isinstance(option, Fraction) for option in value_of(expression, sight))


def _equal(compared: Compare, finding: Finding, sight: Sight) -> str:
    """`gvhd is active`; `diagnosis is jmml, not aml`."""
    subject = _subject(compared.left, finding, sight)
    asked = expression_words(compared.right, sight.teller)
    is_so = _holds(finding) is (compared.sign is Sign.IS)
    if is_so or asked in ("yes", "no"):
        return subject
    return f"{subject}, not {asked}"


def _compared(compared: Compare, finding: Finding, sight: Sight) -> str:
    plain = expression_words(compared.left, sight.teller)
    given = unit_of(compared.left, sight) or unit_of(compared.right, sight)
    told = _quote(compared.left, plain, finding, sight, given)
    left, right = value_of(compared.left, sight), value_of(compared.right, sight)
    asked = predicate_words(compared, sight.env.protocol.items).removeprefix("is ")
    limit = _limit(compared.right, right, given, sight)
    return f"{told}; {asked}{limit} {_STANDS[finding.truth]}{_margin(left, right, given)}"


def _limit(expression: Expression, right: Possible, given: Unit | None, sight: Sight) -> str:
    """What a limit comes to, where it is not written as a plain value: ` (112.5 U/L)`."""
    if isinstance(expression, Constant):
        return ""
    shown = unit_of(expression, sight) or given
    return f" ({' or '.join(option_words(option, shown) for option in right)})"


def _margin(left: Possible, right: Possible, given: Unit | None) -> str:
    ours, theirs = (_number(side[0]) if len(side) == 1 else None for side in (left, right))
    if ours is None or theirs is None:
        return ""
    gap = abs(ours - theirs)
    if not gap:
        return ", exactly"
    side = "above" if ours > theirs else "below"
    if not (isinstance(left[0], Fraction) and isinstance(right[0], Fraction)):
        return f", {short_text(gap if given is None else gap / given.factor)}{_code(given)} {side}"
    return f", {number_words(gap if given is None else given.in_base(gap / given.factor), given)} {side}"


def _number(option: Option) -> Fraction | None:
    """An exact number, or the middle of one that is not."""
    if isinstance(option, Range) and option.narrow:
        return Fraction(option.middle)
    return option if isinstance(option, Fraction) else None


def _code(given: Unit | None) -> str:
    return "" if given is None else f" {given.code}"


# --- days ---------------------------------------------------------------------------------------------------------


def _far(distance: Distance, finding: Finding, sight: Sight) -> str:
    """`last_radiotherapy 2026-10-02 is 10 days before first_dose 2026-10-12; less than 14 days is met`."""
    plain = expression_words(distance.day, sight.teller)
    told = _quote(distance.day, plain, finding, sight)
    day, anchor = _one(distance.day, sight), _one(distance.anchor, sight)
    asked = _asked(distance, sight)
    anchored = _anchor(distance.anchor, anchor, sight)
    if isinstance(day, Attested):
        return f"{plain} is {day.value}; {asked} {distance.side} {anchored} {_STANDS[finding.truth]}"
    if not isinstance(day, date) or not isinstance(anchor, date):
        return f"{told}; {asked} {distance.side} {anchored} {_STANDS[finding.truth]}"
    return f"{told} is {_apart(day, anchor)} {anchored}; {asked} {_STANDS[finding.truth]}"


def _asked(distance: Distance, sight: Sight) -> str:
    """The distance asked for, and what it comes to where it is not written as a plain length."""
    length = expression_words(distance.length, sight.teller)
    if isinstance(distance.length, Constant):
        if distance.length.value == 0:
            return predicate_words(distance, sight.env.protocol.items)
        return f"{distance.sign} {length}"
    found = _one(distance.length, sight)
    return f"{distance.sign} {length}{f' ({length_words(found)})' if isinstance(found, Fraction) else ''}"


def _one(expression: Expression, sight: Sight) -> Option:
    found = value_of(expression, sight)
    return found[0] if len(found) == 1 and exact(found[0]) else ANYTHING


def _anchor(expression: Expression, found: Option, sight: Sight) -> str:
    plain = expression_words(expression, sight.teller)
    return plain if isinstance(expression, Constant) or found is ANYTHING else f"{plain} {option_words(found, None)}"


def _apart(day: date, anchor: date) -> str:
    gap = anchor - day if type(anchor) is type(day) else None
    if gap is None or gap.seconds:
        return "before" if str(day) < str(anchor) else "after"
    if not gap.days:
        return "on the day of"
    return f"{days_counted(abs(gap.days))} {Side.BEFORE if gap.days > 0 else Side.AFTER}"


def _within(within: Within, finding: Finding, sight: Sight) -> str:
    """`scan 2026-08-01; within 28 days before enrolment (2026-09-10 to 2026-10-08) is not met`."""
    plain = expression_words(within.day, sight.teller)
    told = _quote(within.day, plain, finding, sight)
    day, window = _one(within.day, sight), window_words(within.window, sight.teller)
    if isinstance(day, Attested):
        told = f"{plain} is {day.value}"
    return f"{told}; {window}{window_days(within.window, sight)} {_STANDS[finding.truth]}"


def window_days(window: Window, sight: Sight) -> str:
    """The first and the last day of a window: ` (2026-09-10 to 2026-10-08)`."""
    seen = len(sight.env.facts)
    starts, ends = edges(window, sight.env, interpret)
    del sight.env.facts[seen:]
    told = [
        option_words(side[0], None) for side in (starts, ends) if len(side) == 1 and side[0] not in (None, ANYTHING)
    ]
    return f" ({' to '.join(told)})" if told else ""


# --- judgement ----------------------------------------------------------------------------------------------------


def _judged(what: str, finding: Finding, sight: Sight) -> str:
    """Who judged what, and when."""
    about = what or sight.env.judging
    seen = [j for j in sight.env.record.judgements.get(about, ()) if j.day is None or j.day <= sight.env.as_of]
    latest = max(seen, key=lambda j: j.day or date.min, default=None)
    name = f'"{what}"' if what else about
    return f"{name} was judged {'met' if _holds(finding) else 'not met'}{_by(latest)}"


def _by(judgement: Judgement | None) -> str:
    if judgement is None:
        return ""
    day = "" if judgement.day is None else f" on {judgement.day.isoformat()}"
    return f"{day}{f' by {judgement.by}' if judgement.by else ''}"
