"""What is missing: the facts that keep a finding from being decided, each with its reason."""

from __future__ import annotations

from attrs import frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Fact, Finding
from protocol_dsl.evaluate.possible import ANYTHING, exact
from protocol_dsl.model.condition import Part
from protocol_dsl.model.record import Reason


@frozen(order=True)
class Gap:
    """An item that is missing, and why.

    A limit is named with its item, `alt ULN`, and a field with its list, `medications end`.
    """

    item: str
    reason: Reason


def gaps(finding: Finding) -> tuple[Gap, ...]:
    """What keeps a finding unknown, in the order met; nothing where it is decided."""
    found: dict[Gap, None] = {}
    _collect(finding, found)
    return tuple(found)


def rests_only_on(finding: Finding, reasons: tuple[Reason, ...]) -> bool:
    """Whether an unknown rests solely on items that are missing for one of these reasons.

    Each part that is unknown must do so: one that is unknown for no missing item, as a length of time is between two
    days, has a cause of its own.
    """
    unknown = [part for part in finding.parts if part.truth is Truth.UNKNOWN]
    found = [reason for fact in finding.facts if (reason := reason_of(fact)) is not None]
    if not unknown and not found:
        return False
    return all(reason in reasons for reason in found) and all(rests_only_on(part, reasons) for part in unknown)


def _collect(finding: Finding, found: dict[Gap, None]) -> None:
    if finding.truth is not Truth.UNKNOWN:
        return
    for fact in finding.facts:
        reason = reason_of(fact)
        if reason is not None:
            found[Gap(name_of(fact), reason)] = None
    for part in finding.parts:
        _collect(part, found)


def name_of(fact: Fact) -> str:
    """What is to be recorded: an item, the limit of one that is there, or the field of a list."""
    if fact.of_list:
        return f"{fact.of_list} {fact.name}"
    if fact.part in (Part.ULN, Part.LLN) and any(one.value is not ANYTHING for one in fact.candidates):
        return f"{fact.name} {fact.part.value}"
    return fact.name


# Beside a value, an entry that says there is none contradicts it: no policy is to decide which of the two is right.
_WITHOUT_VALUE = {Reason.NOT_COLLECTED, Reason.NOT_DONE, Reason.REFUSED}


def reason_of(fact: Fact) -> Reason | None:
    """Why a fact is not certain; None where it is."""
    if len(fact.candidates) == 1:
        return _reason(fact.candidates[0], fact.part)
    known = {option for one in fact.candidates if (option := one.part(fact.part)) is not ANYTHING}
    reasons = {_reason(one, fact.part) for one in fact.candidates if one.part(fact.part) is ANYTHING}
    if len(known) == 1 and not reasons:
        return _reason(fact.candidates[0], fact.part)
    if len(known) > 1 or len(reasons) > 1 or (known and reasons & _WITHOUT_VALUE):
        return Reason.CONFLICTING
    return reasons.pop()


def _reason(one: Candidate, part: Part) -> Reason | None:
    option = one.part(part)
    if exact(option):
        return None
    if option is not ANYTHING:
        return one.reason or Reason.IMPRECISE
    if part in (Part.ULN, Part.LLN) and one.value is not ANYTHING:
        return Reason.WITHOUT_LIMIT
    return one.reason or Reason.NOT_COLLECTED
