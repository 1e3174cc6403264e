"""What is known does not depend on what is not: laws M1, M2, M3, M7 and M11 of the language."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TypeVar

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

import protocol_dsl
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import ClauseDecision, Decision, Standing, Status, Verdict, decide
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.model.condition import AnyEvent, Cases, Count, Judged
from protocol_dsl.model.protocol import Effect, Protocol, seen_from
from protocol_dsl.model.record import Record
from protocol_dsl.model.walk import walk
from protocol_dsl.testing import completions, days, protocols, records
from protocol_dsl.testing.uses import names
from tests.law import law

T = TypeVar("T")
drawn = st.data()
cuts = days(date(2026, 3, 1), date(2026, 4, 30))
SHIPPED = ("nct06631391@1.0", "nct06631391@2.0", "nk_ped_01", "kin_204", "cdisc_pilot")


def without_policies(protocol: Protocol, record: Record, as_of: date) -> Decision:
    return decide(protocol, record, as_of, policies=False)


def turned(before: Decision, after: Decision) -> list[tuple[ClauseDecision, ClauseDecision]]:
    return [pair for pair in zip(before.clauses, after.clauses, strict=True) if not keeps(*pair)]


def keeps(before: ClauseDecision, after: ClauseDecision) -> bool:
    """A clause that is open may become anything; one that is not stays, or turns out not to apply."""
    if before.status is Status.UNKNOWN:
        return True
    guarded = before.guard is not None and after.status is Status.NOT_APPLICABLE
    return before.standing is after.standing and (before.status is after.status or guarded)


# --- filling in -------------------------------------------------------------------------------------------------------


@law(drawn, protocols(2, policies=False), cuts)
def test_m1_filling_in_entries_keeps_every_determined_judgement(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record = data.draw(records(protocol))
    filled = data.draw(completions(protocol, record, as_of))
    before, after = without_policies(protocol, record, as_of), without_policies(protocol, filled, as_of)
    assert [] == turned(before, after)
    assert before.verdict in (Verdict.UNDETERMINED, after.verdict)


@law(drawn, protocols(2, policies=False), cuts)
def test_m2_a_determined_judgement_agrees_with_every_completion(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record = data.draw(records(protocol))
    before = without_policies(protocol, record, as_of)
    for _ in range(3):
        whole = data.draw(completions(protocol, record, as_of, whole=True))
        after = without_policies(protocol, whole, as_of)
        assert [] == turned(before, after)
        assert before.verdict in (Verdict.UNDETERMINED, after.verdict)


@law(drawn, protocols(2), cuts)
def test_m1_only_a_clause_that_names_a_policy_may_be_turned(data: DataObject, protocol: Protocol, as_of: date) -> None:
    record = data.draw(records(protocol))
    filled = data.draw(completions(protocol, record, as_of))
    before, after = decide(protocol, record, as_of), decide(protocol, filled, as_of)
    assert {one.clause.id for one, _ in turned(before, after)} <= set(before.policies)


# --- deleting ---------------------------------------------------------------------------------------------------------


@law(drawn, protocols(2), cuts)
def test_m3_deleting_the_items_of_an_exclusion_makes_nobody_eligible(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record = data.draw(records(protocol))
    assert [] == list(made_eligible(protocol, record, as_of))


@pytest.mark.parametrize("name", SHIPPED)
def test_m3_on_every_example_of_the_shipped_protocols(name: str) -> None:
    protocol = protocol_dsl.load(name).model
    found = [
        (example.label, *made)
        for example in protocol.examples
        for made in made_eligible(protocol, example.record, seen_from(example))
    ]
    assert [] == found


def made_eligible(protocol: Protocol, record: Record, as_of: date) -> Iterator[tuple[str, ...]]:
    """The exclusions whose items, deleted, turn another verdict into eligible, with a clause that no policy cleared."""
    before = decide(protocol, record, as_of)
    if before.verdict is Verdict.ELIGIBLE:
        return
    held_up = {one.clause.id for one in before.clauses if one.standing is not Standing.CLEARS}
    for clause in protocol.criteria:
        if clause.effect is Effect.EXCLUSION:
            after = decide(protocol, without(record, names((clause.condition, clause.guard))), as_of)
            if after.verdict is Verdict.ELIGIBLE and not held_up <= set(after.policies):
                yield clause.id, after.verdict


def without(record: Record, lost: frozenset[str]) -> Record:
    """The record without any entry of some items, lists and judgements; what attests a list goes with it."""
    return evolve(
        record,
        readings={name: found for name, found in record.readings.items() if name not in lost},
        lists={name: found for name, found in record.lists.items() if name not in lost},
        attested={name: day for name, day in record.attested.items() if name not in lost},
        judgements={about: found for about, found in record.judgements.items() if about not in lost},
        context={name: place for name, place in record.context.items() if name not in lost},
    )


# --- what the explanation names ---------------------------------------------------------------------------------------


@law(drawn, protocols(2, policies=False), cuts)
def test_m7_what_an_explanation_does_not_name_can_change_freely(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record, other = data.draw(records(protocol)), data.draw(records(protocol))
    before = without_policies(protocol, record, as_of)
    changed = mixed(record, other, named(before) | set(protocol.moments))
    assert before.verdict is without_policies(protocol, changed, as_of).verdict


@law(drawn, protocols(2, policies=False), cuts)
def test_m7_dropping_an_item_that_is_named_never_yields_the_opposite(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record = data.draw(records(protocol))
    before = without_policies(protocol, record, as_of)
    for name in named(before):
        after = without_policies(protocol, without(record, frozenset({name})), as_of)
        assert {before.verdict, after.verdict} != {Verdict.ELIGIBLE, Verdict.INELIGIBLE}


def named(decision: Decision) -> set[str]:
    """The names in the findings that a verdict rests on: of the clauses that bar, where there are any, else of all."""
    barring = [one for one in decision.clauses if one.standing is Standing.BARS]
    findings = [found for one in barring or decision.clauses for found in (one.guard, one.body) if found is not None]
    return {name for finding in findings for name in names_in(finding)}


def names_in(finding: Finding) -> Iterator[str]:
    """What was looked up or judged, all that is asked of events, and of a leaf that stays open whatever it asks."""
    yield from (fact.name for fact in finding.facts)
    nodes = tuple(walk(finding.condition))
    by_cases = any(isinstance(node, Cases) for node in nodes)
    if finding.truth is Truth.UNKNOWN and not by_cases:
        yield from names(finding.condition)
    for node in nodes:
        if isinstance(node, AnyEvent | Count | Judged):
            yield from names(node)
    for part in finding.parts:
        yield from names_in(part)


def mixed(record: Record, other: Record, kept: set[str]) -> Record:
    """The record with everything but what is kept taken from another."""

    def mix(ours: Mapping[str, T], theirs: Mapping[str, T]) -> dict[str, T]:
        found = {name: value for name, value in theirs.items() if name not in kept}
        return found | {name: value for name, value in ours.items() if name in kept}

    return evolve(
        record,
        readings=mix(record.readings, other.readings),
        lists=mix(record.lists, other.lists),
        attested=mix(record.attested, other.attested),
        judgements=mix(record.judgements, other.judgements),
        context=mix(record.context, other.context),
    )


# --- policies ---------------------------------------------------------------------------------------------------------


@law(drawn, protocols(2), cuts)
def test_m11_only_policies_that_are_named_tell_a_verdict_from_one_without(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    record = data.draw(records(protocol))
    using, bare = decide(protocol, record, as_of), without_policies(protocol, record, as_of)
    differing = {
        one.clause.id
        for one, other in zip(using.clauses, bare.clauses, strict=True)
        if (one.status, one.standing) != (other.status, other.standing)
    }
    assert differing <= set(using.policies)


@law(drawn, protocols(2), cuts)
def test_m11_a_policy_only_decides_what_is_unknown(data: DataObject, protocol: Protocol, as_of: date) -> None:
    record = data.draw(records(protocol))
    using, bare = decide(protocol, record, as_of), without_policies(protocol, record, as_of)
    assert [] == turned(bare, using)
