"""What is missing: the facts that keep a finding from being decided, each with its reason."""

from __future__ import annotations

from attrs import frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Fact, Finding
from protocol_dsl.evaluate.possible import ANYTHING, exact
from protocol_dsl.model.condition import Part
from protocol_dsl.model.record import Reason


@frozen(order=True)
class Gap:
    """An item that is missing, and why. An item's limit is named with it: `alt ULN`."""

    item: str
    reason: Reason


def gaps(finding: Finding) -> tuple[Gap, ...]:
    """What keeps a finding unknown, in the order met; nothing where it is decided."""
    found: dict[Gap, None] = {}
    _collect(finding, found)
    return tuple(found)


def rests_only_on(finding: Finding, reasons: tuple[Reason, ...]) -> bool:
    """Whether an unknown rests solely on items that are missing for one of these reasons."""
    found = gaps(finding)
    return bool(found) and all(gap.reason in reasons for gap in found)


def _collect(finding: Finding, found: dict[Gap, None]) -> None:
    if finding.truth is not Truth.UNKNOWN:
        return
    for fact in finding.facts:
        reason = reason_of(fact)
        if reason is not None:
            found[Gap(_name(fact), reason)] = None
    for part in finding.parts:
        _collect(part, found)


def _name(fact: Fact) -> str:
    return f"{fact.name} {fact.part.value}" if fact.part in (Part.ULN, Part.LLN) else fact.name


def reason_of(fact: Fact) -> Reason | None:
    """Why a fact is not certain; None where it is."""
    options = [one.part(fact.part) for one in fact.candidates]
    if len(options) > 1:
        blank = [one.reason for one in fact.candidates if one.part(fact.part) is ANYTHING and one.reason is not None]
        return blank[0] if len(blank) == len(options) else Reason.CONFLICTING
    if exact(options[0]):
        return None
    return fact.candidates[0].reason or (Reason.NOT_COLLECTED if options[0] is ANYTHING else Reason.IMPRECISE)
