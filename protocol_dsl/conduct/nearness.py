"""How near a stopping rule is to being met, in words and numbers."""

from __future__ import annotations

from fractions import Fraction

from protocol_dsl.base.quantity import decimal_text
from protocol_dsl.evaluate.decide import ClauseDecision
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.evaluate.monitor import numbers
from protocol_dsl.evaluate.possible import as_range
from protocol_dsl.model.condition import Compare, Constant, Count, Monitored, Sign

_LOWER = (Sign.AT_LEAST, Sign.MORE_THAN)


def how_near(one: ClauseDecision) -> str | None:
    """`1 so far, at least 2 stop`, where the rule counts something; None where it does not."""
    told = [text for finding in _leaves(one.body) if (text := _counted(finding)) is not None]
    return "; ".join(told) or None


def _leaves(finding: Finding) -> list[Finding]:
    return [leaf for part in finding.parts for leaf in _leaves(part)] if finding.parts else [finding]


def _monitored(rule: Monitored, finding: Finding) -> str:
    having, known, unknown = numbers(finding)
    limit = dict(rule.limits).get(known)
    stops = "no number" if limit is None else f"{limit} or {'fewer' if rule.fewer else 'more'}"
    waiting = f", {unknown} more not known yet" if unknown else ""
    return f"{having} of {known}{waiting}; {stops} of {known} would meet it"


def _counted(finding: Finding) -> str | None:
    match finding.condition:
        case Monitored() as rule:
            return _monitored(rule, finding)
        case Compare(sign=sign, left=Count(list=name), right=Constant(value=Fraction() as limit)) if sign in _LOWER:
            found = next((fact for fact in finding.facts if fact.name == name), None)
            value = None if found is None else found.candidates[0].value
            low = None if value is None else as_range(value).low
            so_far = f"{decimal_text(low)} so far" if isinstance(low, Fraction) else "not known how many so far"
            return f"{so_far}, {sign} {decimal_text(limit)} asked for"
        case _:
            return None
