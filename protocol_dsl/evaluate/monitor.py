"""Rules over all patients that are compiled to a table: how many of how many there are, and what the table says."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import evolve, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.events import all_facts
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.condition import Condition, HadDlt, Monitored
from protocol_dsl.model.walk import walk

HAVING, KNOWN, UNKNOWN = "patients who have it", "patients of whom it is known", "patients of whom it is not known"
"""The names of the facts that say how many there are."""

Judge = Callable[[Condition, Environment], Finding]


@frozen
class Seen:
    """Of how many patients it holds, of how many it does not, and of how many that is not known yet."""

    having: int
    lacking: int
    unknown: int
    facts: tuple[Fact, ...] = ()

    @property
    def known(self) -> int:
        """Of how many it is known."""
        return self.having + self.lacking


def counted(condition: Monitored, env: Environment, judge: Judge) -> Seen:
    """Everyone, one by one. Where DLTs are asked about, who is not evaluable is left out."""
    about_dlts = any(isinstance(node, HadDlt) for node in walk(condition.each))
    found: list[Truth] = []
    facts: list[Fact] = []
    for record in env.everyone:
        if about_dlts and record.patient not in env.dlts:
            continue
        moments = moments_of(env.protocol, record, {})[0]
        had = env.dlts.get(record.patient, Truth.UNKNOWN)
        one = judge(condition.each, evolve(env, record=record, moments=moments, had_dlt=had, facts=[]))
        found.append(one.truth)
        facts += all_facts(one) if one.truth is Truth.UNKNOWN else ()
    return Seen(found.count(Truth.TRUE), found.count(Truth.FALSE), found.count(Truth.UNKNOWN), tuple(facts))


def monitored(condition: Monitored, env: Environment, judge: Judge) -> Finding:
    """Met where it is met by those who are known, and stays so however the others turn out; so for not met."""
    seen = counted(condition, env, judge)
    told = {met(condition, seen.having, seen.known)}
    told |= {met(condition, seen.having + more, seen.known + seen.unknown) for more in range(seen.unknown + 1)}
    truth = told.pop() if len(told) == 1 else Truth.UNKNOWN
    numbers = tuple(
        Fact(name, (Candidate(Fraction(number)),))
        for name, number in ((HAVING, seen.having), (KNOWN, seen.known), (UNKNOWN, seen.unknown))
    )
    return Finding(condition, truth, facts=(*numbers, *(seen.facts if truth is Truth.UNKNOWN else ())))


def numbers(finding: Finding) -> tuple[int, int, int]:
    """How many have it, of how many it is known, and of how many it is not; of a finding that `monitored` made."""
    told = {fact.name: fact.candidates[0].value for fact in finding.facts}
    having, known, unknown = (told.get(name, Fraction(0)) for name in (HAVING, KNOWN, UNKNOWN))
    return tuple(int(one) if isinstance(one, Fraction) else 0 for one in (having, known, unknown))  # type: ignore[return-value]


def met_so_far(finding: Finding) -> bool:
    """Whether the rule is met by those of whom it is known."""
    if not isinstance(finding.condition, Monitored):
        return False
    having, known, _ = numbers(finding)
    return met(finding.condition, having, known) is Truth.TRUE


def met(condition: Monitored, having: int, patients: int) -> Truth:
    """What the table says of so many among so many."""
    limits = dict(condition.limits)
    first = min(limits, default=patients + 1)
    if patients < first:
        return Truth.FALSE
    if patients > max(limits):
        return Truth.UNKNOWN
    limit = limits.get(patients)
    if limit is None:
        return Truth.FALSE
    return Truth.of(having <= limit if condition.fewer else having >= limit)
