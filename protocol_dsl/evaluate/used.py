"""The lines of a protocol that decided something unknown: `if missing treat as ...`, `known`, `complete to ...`."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from protocol_dsl.evaluate.decide import ClauseDecision
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.evaluate.relied import by_known
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.words import words


@frozen
class Used:
    """A policy that was used: the clause, what it decided, and the reason that the author gives.

    `met` is None for a list that a line of the protocol calls complete.
    """

    clause: str
    met: bool | None
    said: str
    because: str


def policies_used(protocol: Protocol, one: ClauseDecision) -> tuple[Used, ...]:
    """The policies that a clause rests on, each once."""
    findings = [finding for finding in (one.guard, one.body) if finding is not None]
    return tuple(dict.fromkeys(used for finding in findings for used in _used(protocol, one.clause.id, finding)))


def _used(protocol: Protocol, clause: str, finding: Finding) -> Iterator[Used]:
    if finding.policy is not None:
        because = finding.policy.because
        treated = "met" if finding.policy.met else "not met"
        yield Used(clause, finding.policy.met, f'(treated as {treated} because "{because}")', because)
    elif by_known(finding):
        told = words(finding.condition, protocol.items)
        yield Used(clause, False, f"({told}: no record of it)", "no record of it counts as not known")  # noqa: FBT003
    for fact in finding.facts:
        if fact.rule is not None:
            because = fact.rule.because
            yield Used(clause, None, f'({fact.name} complete to {fact.rule.to} because "{because}")', because)
    for part in (*finding.parts, *finding.relied):
        yield from _used(protocol, clause, part)
