"""What a difference must be: law M10 of the language, and rewritings whose meaning is known beforehand."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar

import pytest
from attrs import evolve, fields
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.amend.change import Diff, Kind, Witness
from protocol_dsl.amend.diff import diff
from protocol_dsl.amend.formula import clearing
from protocol_dsl.amend.question import Search
from protocol_dsl.amend.world import world
from protocol_dsl.base.shipped import find_protocol, names_of_protocols
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.decide import Standing, decide, decide_clause, environment
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.examples.mutants import Change, changes
from protocol_dsl.model.condition import AtLeast, Both, Compare, Condition, Constant, Distance, Either, Not, Sign
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.model.record import Event, Range, Reading, Record
from protocol_dsl.pipeline import load_bytes
from protocol_dsl.testing import protocols, records
from tests.law import law

T = TypeVar("T")
TRIALS = ("nct06631391@1.0", "nct06631391@2.0", "kin_204", "cdisc_pilot", "nk_ped_01")
drawn = st.data()


@cache
def trial(name: str) -> Protocol:
    """What ships, or another version of it; nothing of it is run."""
    path = find_protocol(name)
    assert path is not None
    found = load_bytes(name, path.read_bytes(), without=RUN).protocol
    assert found is not None
    return found


def directions(found: Diff) -> set[tuple[str, bool, bool]]:
    """Which way clauses and the whole were shown to differ."""
    of_clauses = {(one.id, by.gained, by.whole) for one in found.clauses for by in one.witnesses}
    return of_clauses | {("the whole", by.gained, by.whole) for by in found.whole.witnesses}


def with_clause(protocol: Protocol, old: Clause, new: Clause) -> Protocol:
    return evolve(protocol, criteria=tuple(new if one is old else one for one in protocol.criteria))


# --- M10 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names_of_protocols())
def test_m10_a_shipped_protocol_does_not_differ_from_itself(name: str) -> None:
    found = diff(trial(name), trial(name))
    assert found.empty
    assert not found.undecided


@law(protocols(2), times=12)
def test_m10_no_protocol_differs_from_itself(protocol: Protocol) -> None:
    assert diff(protocol, protocol).empty


@law(drawn, protocols(2), times=12)
def test_m10_what_is_lost_one_way_is_gained_the_other_way(data: DataObject, old: Protocol) -> None:
    new = mutated(data, old)
    there, back = diff(old, new), diff(new, old)
    assert directions(there) == {(name, not gained, whole) for name, gained, whole in directions(back)}


@law(drawn, protocols(2), times=12)
def test_m10_every_witness_replays(data: DataObject, old: Protocol) -> None:
    new = mutated(data, old)
    found = diff(old, new)
    assert not found.defects
    for one in found.clauses:
        for witness in one.witnesses:
            assert [status(old, one.old, witness, found), status(new, one.new, witness, found)] == [
                witness.old,
                witness.new,
            ]
            assert witness.old != witness.new
    for witness in found.whole.witnesses:
        a, b = (decide(version, witness.record, found.as_of).verdict for version in (old, new))
        assert a is not b
        assert (witness.old.startswith(a.value), witness.new.startswith(b.value)) == (True, True)


def mutated(data: DataObject, protocol: Protocol) -> Protocol:
    """The protocol with one of its criteria changed as a slip of the pen would change it."""
    clause = data.draw(st.sampled_from(protocol.criteria))
    possible = list(changes(protocol, clause.condition))
    if not possible:
        return with_clause(protocol, clause, evolve(clause, condition=Not(clause.condition)))
    return with_clause(protocol, clause, slipped(clause, data.draw(st.sampled_from(possible))))


def slipped(clause: Clause, change: Change) -> Clause:
    return evolve(clause, condition=replaced(clause.condition, change.old, change.new))


def replaced(node: T, old: Node, new: Node) -> T:
    """The node with the one that is `old` changed, and no other that is equal to it."""
    if node is old:
        return new  # type: ignore[return-value]
    if isinstance(node, tuple):
        return tuple(replaced(part, old, new) for part in node)  # type: ignore[return-value]
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    inner = {one.name: replaced(getattr(node, one.name), old, new) for one in fields(kind) if one.name != "span"}
    return evolve(node, **inner)


def status(protocol: Protocol, clause: Clause | None, witness: Witness, found: Diff) -> str:
    if clause is None:
        return "no such clause"
    moments, _ = moments_of(protocol, witness.record, {})
    env = environment(protocol, witness.record, found.as_of, moments, clause)
    return decide_clause(clause, env).status.value


# --- what means the same ----------------------------------------------------------------------------------------------


def reversed_parts(condition: Condition) -> Condition:
    match condition:
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            return evolve(condition, parts=tuple(reversed_parts(part) for part in reversed(parts)))
        case Not(inside=inside):
            return Not(reversed_parts(inside))
        case _:
            return condition


def de_morgan(condition: Condition) -> Condition:
    match condition:
        case Both(parts=parts):
            return Not(Either(tuple(Not(de_morgan(part)) for part in parts)))
        case Either(parts=parts):
            return Not(Both(tuple(Not(de_morgan(part)) for part in parts)))
        case _:
            return condition


def twice_denied(condition: Condition) -> Condition:
    return Not(Not(condition))


def said_twice(condition: Condition) -> Condition:
    return Both((condition, condition))


def absorbed(condition: Condition) -> Condition:
    return Either((condition, Both((condition, condition))))


def counted(condition: Condition) -> Condition:
    match condition:
        case Both(parts=parts):
            return AtLeast(len(parts), parts)
        case Either(parts=parts):
            return AtLeast(1, parts)
        case _:
            return AtLeast(1, (condition,))


def other_side(condition: Condition) -> Condition:
    """Each distance by its exact complement."""
    complement = {Sign.AT_LEAST: Sign.LESS_THAN, Sign.LESS_THAN: Sign.AT_LEAST}
    match condition:
        case Both(parts=parts):
            return Both(tuple(map(other_side, parts)))
        case Either(parts=parts):
            return Either(tuple(map(other_side, parts)))
        case Distance(sign=Sign.AT_LEAST | Sign.LESS_THAN as sign):
            return Not(evolve(condition, sign=complement[sign]))
        case _:
            return condition


def without_units(condition: Condition) -> Condition:
    """The unit in which a limit is written plays no part; its value is in the base unit."""
    match condition:
        case Compare(right=Constant() as right):
            return evolve(condition, right=evolve(right, unit=None))
        case _:
            return condition


def between_limits(condition: Condition) -> Condition:
    """A limit said with a looser one beside it."""
    match condition:
        case Compare(sign=Sign.AT_LEAST | Sign.MORE_THAN):
            return Both((condition, evolve(condition, sign=Sign.AT_LEAST)))
        case Compare(sign=Sign.AT_MOST | Sign.LESS_THAN):
            return Both((condition, evolve(condition, sign=Sign.AT_MOST)))
        case _:
            return condition


REWRITES: tuple[Callable[[Condition], Condition], ...] = (
    reversed_parts,
    de_morgan,
    twice_denied,
    said_twice,
    absorbed,
    counted,
    other_side,
    without_units,
    between_limits,
)


def other_section(clause: Clause) -> Clause:
    """An inclusion as the exclusion of its opposite."""
    effect = {Effect.INCLUSION: Effect.EXCLUSION, Effect.EXCLUSION: Effect.INCLUSION}[clause.effect]
    return evolve(clause, effect=effect, condition=Not(clause.condition))


@pytest.mark.parametrize("rewrite", REWRITES)
@pytest.mark.parametrize("name", TRIALS)
def test_a_rewriting_that_keeps_the_meaning_is_the_same(name: str, rewrite: Callable[[Condition], Condition]) -> None:
    old = trial(name)
    new = evolve(old, criteria=tuple(evolve(one, condition=rewrite(one.condition)) for one in old.criteria))
    found = diff(old, new)
    assert {one.kind for one in found.clauses} <= {Kind.SAME, *([Kind.UNDECIDED] if rewrite is between_limits else [])}
    assert not any(one.witnesses for one in found.clauses)
    assert not found.whole.witnesses
    assert not found.defects


@law(drawn, protocols(2), times=12)
def test_a_rewriting_of_any_protocol_is_never_called_a_difference(data: DataObject, old: Protocol) -> None:
    rewrite = data.draw(st.sampled_from(REWRITES[:6]))
    new = evolve(old, criteria=tuple(evolve(one, condition=rewrite(one.condition)) for one in old.criteria))
    found = diff(old, new)
    assert {one.kind for one in found.clauses} <= {Kind.SAME}
    assert not found.whole.witnesses


@pytest.mark.parametrize("name", TRIALS)
def test_the_order_of_criteria_is_no_difference(name: str) -> None:
    old = trial(name)
    assert diff(old, evolve(old, criteria=tuple(reversed(old.criteria)))).empty


# --- what does not ----------------------------------------------------------------------------------------------------


def all_slips(protocol: Protocol) -> list[tuple[Clause, Change]]:
    return [(one, change) for one in protocol.criteria for change in changes(protocol, one.condition)]


def shown(old: Protocol, clause: Clause, change: Change) -> Diff:
    found = diff(old, with_clause(old, clause, slipped(clause, change)))
    assert not found.defects
    assert [one.id for one in found.clauses] == [clause.id]
    return found


@law(drawn, st.sampled_from(("nk_ped_01", "nct06631391@2.0")), times=12, at_length=400)
def test_a_slip_of_the_pen_has_a_witness(data: DataObject, name: str) -> None:
    old = trial(name)
    clause, change = data.draw(st.sampled_from(all_slips(old)))
    assert shown(old, clause, change).clauses[0].witnesses


@law(drawn, times=6, at_length=200)
def test_a_slip_is_called_the_same_only_where_no_record_that_is_drawn_tells_it(data: DataObject) -> None:
    """That an event began by the day on which it was under way says nothing more, and can be left out."""
    old = trial("kin_204")
    clause, change = data.draw(st.sampled_from(all_slips(old)))
    found = shown(old, clause, change)
    one = found.clauses[0]
    assert one.witnesses or one.kind in (Kind.UNDECIDED, Kind.SAME)
    if one.kind is not Kind.SAME:
        return
    here = world((old, old))
    for _ in range(5):
        record = plain(data.draw(records(old)), old, here.days)
        a, b = (
            decide_clause(by, environment(old, record, here.as_of, here.days, by)).standing
            for by in (clause, slipped(clause, change))
        )
        assert a is b, (clause, change, record)


@pytest.mark.parametrize("name", ["nk_ped_01", "nct06631391@2.0"])
def test_a_guard_that_is_dropped_tightens(name: str) -> None:
    old = trial(name)
    for clause in old.criteria:
        if clause.guard is not None:
            found = diff(old, with_clause(old, clause, evolve(clause, guard=None)))
            assert [(one.id, one.kind) for one in found.clauses] == [(clause.id, Kind.TIGHTENED)]


# --- what is claimed of all records -----------------------------------------------------------------------------------


def plain(record: Record, protocol: Protocol, days: Mapping[str, date]) -> Record:
    """The record as far as a claim reaches: one exact reading of an item, one event in a list, known moments."""
    readings = {
        name: (evolve(found[0], date=None, at_moment=True),)
        for name, found in record.readings.items()
        if found and not isinstance(found[0].value, Range) and name in protocol.items
    }
    lists = {
        name: tuple(
            Event({one: held for one, held in event.fields.items() if not isinstance(held.value, Range)})
            for event in found[:1]
        )
        for name, found in record.lists.items()
    }
    judgements = {name: found[:1] for name, found in record.judgements.items()}
    moments = {name: (Reading(day, at_moment=True),) for name, day in days.items()}
    return evolve(record, readings={**readings, **moments}, lists=lists, judgements=judgements)


RANK = {Standing.BARS: 0, Standing.OPEN: 1, Standing.CLEARS: 2}


@law(drawn, protocols(1), times=15)
def test_what_is_proved_is_contradicted_by_no_record(data: DataObject, old: Protocol) -> None:
    new = mutated(data, old)
    here = world((old, new))
    search = Search(here)
    for before, after in zip(old.criteria, new.criteria, strict=True):
        answer = search.ask(clearing(before, 0), clearing(after, 1))
        if not answer.proved:
            continue
        shown = {direction.gained for direction in answer.found}
        for _ in range(5):
            record = plain(data.draw(records(old)), old, here.days)
            a, b = (
                RANK[decide_clause(clause, environment(version, record, here.as_of, here.days, clause)).standing]
                for version, clause in ((old, before), (new, after))
            )
            assert a == b or (b > a) in shown, (before, after, record)
