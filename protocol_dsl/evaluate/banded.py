"""Which printed band a CTCAE grade in a condition comes from, and with what it was read: value, limits and baseline."""

from collections.abc import Iterator

from attrs import frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Fact
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import exact
from protocol_dsl.evaluate.quoting import Sight, quoted
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.model.condition import (
    Both,
    Cases,
    Compare,
    Condition,
    Constant,
    Expression,
    Fetch,
    Judged,
    MomentOf,
    Named,
    Part,
    Series,
    Window,
)
from protocol_dsl.model.phrases import expression_words
from protocol_dsl.model.walk import walk
from protocol_dsl.model.words import words

_CALLED = "ctcae grade of "
_NONE = "no band applies"


@frozen
class Banded:
    """The band and what was read of the item: `alt more than 3 x ULN; alt 130 U/L of 2026-06-01, ULN 40 U/L`."""

    item: str
    told: str

    def besides(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """What was looked at besides the item: the day that baselines are before, and confirmations."""
        return tuple(fact for fact in facts if fact.name != self.item)


def band_told(expression: Expression, sight: Sight) -> Banded | None:
    """The band of a CTCAE grade; None where it is no such grade, or the grade is not certain."""
    if not isinstance(expression, Named) or not expression.name.startswith(_CALLED):
        return None
    cases = expression.inside
    band = _deciding(cases, sight) if isinstance(cases, Cases) else None
    fetched = list(dict.fromkeys(one for one in walk(cases) if isinstance(one, Fetch)))
    if band is None or not fetched:
        return None
    read = (_read(fetched, sight, at_baseline=asked) for asked in (False, True))
    return Banded(fetched[0].series.item, "; ".join(filter(None, (band, *read))))


def _deciding(cases: Cases, sight: Sight) -> str | None:
    """The band that applies, in words; None where one before it may apply as well."""
    for branch in cases.branches:
        truth = Truth.TRUE if branch.when is None else _truth(branch.when, sight)
        if truth is Truth.TRUE:
            told = _NONE if branch.when is None else " and ".join(_parts(branch.when, sight))
            return _confirmed(branch.result, told, sight) if isinstance(branch.result, Cases) else told
        if truth is Truth.UNKNOWN:
            return None
    return None


def _confirmed(asking: Cases, told: str, sight: Sight) -> str | None:
    """A band that asks for a clinical finding: itself where that was confirmed, one below where it was denied."""
    first, below = asking.branches
    truth = _truth(first.when, sight) if isinstance(first.when, Judged) else Truth.UNKNOWN
    if truth is Truth.TRUE:
        return f"{told}, confirmed"
    return _deciding(below.result, sight) if truth is Truth.FALSE and isinstance(below.result, Cases) else None


def _truth(condition: Condition, sight: Sight) -> Truth:
    seen = len(sight.env.facts)
    found = interpret(condition, sight.env).truth
    del sight.env.facts[seen:]
    return found


def _parts(condition: Condition, sight: Sight) -> Iterator[str]:
    """A band in words; the cases that tell the flag of the baseline are told by their result."""
    for part in condition.parts if isinstance(condition, Both) else (condition,):
        if isinstance(part, Compare) and isinstance(part.left, Cases) and isinstance(part.right, Constant):
            yield f"the baseline {part.sign} {expression_words(part.right, sight.teller)}"
        else:
            yield words(part, sight.env.protocol.items)


def _read(fetched: list[Fetch], sight: Sight, *, at_baseline: bool) -> str:
    """The reading that is graded, or that at baseline, with the limits that the bands ask of it."""
    asked = [one for one in fetched if _is_baseline(one.series, sight) is at_baseline]
    facts = {one.part: fact for one in asked for fact in _facts(one, sight) if fact.part is one.part}
    value = facts.get(Part.VALUE)
    if value is None:
        return ""
    limits = (quoted(facts[part], sight).removeprefix(f"{value.name} ") for part in _LIMITS if part in facts)
    told = quoted(value, sight)
    return ", ".join([f"baseline {told}" if at_baseline else told, *limits])


def _is_baseline(series: Series, sight: Sight) -> bool:
    item = sight.env.protocol.items.get(series.item)
    rule = None if item is None else item.baseline
    return rule is not None and series.window == Window(None, MomentOf(rule.before)) and series.choice == rule.choice


_LIMITS = (Part.LLN, Part.ULN)


def _facts(fetch: Fetch, sight: Sight) -> tuple[Fact, ...]:
    seen = len(sight.env.facts)
    evaluate(fetch, sight.env, interpret)
    found = tuple(sight.env.facts[seen:])
    del sight.env.facts[seen:]
    item = fetch.series.item
    return tuple(
        one for one in found if one.name == item and all(exact(each.part(one.part)) for each in one.candidates)
    )
