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
Came = tuple[int, int]


@frozen
class Seen:
    """Of how many patients it holds, of how many it does not, and of how many that is not known yet.

    `maybe` holds, for each of the last, what they may come to: whether they have it, and whether they count.
    """

    having: int
    lacking: int
    maybe: tuple[frozenset[Came], ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def known(self) -> int:
        """Of how many it is known."""
        return self.having + self.lacking


_HAS, _LACKS, _OUT = (1, 1), (0, 1), (0, 0)
_EACH: dict[Truth, frozenset[Came]] = {
    Truth.TRUE: frozenset({_HAS}),
    Truth.FALSE: frozenset({_LACKS}),
    Truth.UNKNOWN: frozenset({_HAS, _LACKS}),
}


def counted(condition: Monitored, env: Environment, judge: Judge) -> Seen:
    """Everyone, one by one. Where DLTs are asked about, who is not evaluable is left out."""
    about_dlts = any(isinstance(node, HadDlt) for node in walk(condition.each))
    found: list[frozenset[Came]] = []
    facts: list[Fact] = []
    for record in env.everyone:
        if about_dlts and record.patient not in env.dlts:
            continue
        moments = moments_of(env.protocol, record, {})[0]
        had = env.dlts.get(record.patient, Truth.UNKNOWN)
        here = evolve(env, record=record, moments=moments, had_dlt=had, facts=[])
        came, asked = _came(condition, here, judge)
        found.append(came)
        facts += asked if len(came) > 1 else ()
    sure = [came for one in found if len(one) == 1 for came in one]
    return Seen(sure.count(_HAS), sure.count(_LACKS), tuple(one for one in found if len(one) > 1), tuple(facts))


def _came(condition: Monitored, env: Environment, judge: Judge) -> tuple[frozenset[Came], list[Fact]]:
    """What one patient may come to, and the facts that it rests on."""
    among = None if condition.where is None else judge(condition.where, env)
    if among is not None and among.truth is Truth.FALSE:
        return frozenset({_OUT}), []
    one = judge(condition.each, evolve(env, facts=[]))
    came = _EACH[one.truth]
    if among is not None and among.truth is Truth.UNKNOWN:
        return came | {_OUT}, [*all_facts(among), *all_facts(one)]
    return came, list(all_facts(one))


def monitored(condition: Monitored, env: Environment, judge: Judge) -> Finding:
    """Met where it is met by those who are known, and stays so however the others turn out; so for not met."""
    seen = counted(condition, env, judge)
    reached = {(seen.having, seen.known)}
    told = {met(condition, *one) for one in reached}
    for came in seen.maybe:
        reached = {(having + more, known + counts) for having, known in reached for more, counts in came}
    told |= {met(condition, *one) for one in reached}
    truth = told.pop() if len(told) == 1 else Truth.UNKNOWN
    numbers = tuple(
        Fact(name, (Candidate(Fraction(number)),))
        for name, number in ((HAVING, seen.having), (KNOWN, seen.known), (UNKNOWN, len(seen.maybe)))
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
