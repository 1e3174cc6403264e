"""Two ways to answer one question, of which neither knows the other: the partition and the solver."""

from functools import cache
from typing import Any, TypeVar

import pytest
from attrs import evolve, fields, frozen
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.amend.formula import Formula, atoms, clearing, event_by_event, truth_of
from protocol_dsl.amend.question import Answer, Search
from protocol_dsl.amend.solver import Solved, solve
from protocol_dsl.amend.still import CALENDAR, FIXED
from protocol_dsl.amend.typical import typical
from protocol_dsl.amend.ways import Direction
from protocol_dsl.amend.world import World, world
from protocol_dsl.base.truth import Truth
from protocol_dsl.examples.mutants import Change, changes
from protocol_dsl.face import load, loads
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.testing import protocols
from tests.law import law

pytest.importorskip("z3", reason="the extra `solver` is not installed")

T = TypeVar("T")
RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
SEVERAL = """
protocol "SOLVER-1"
    language 1
    version 1.0

moments
    enrolment

data
    weight : number in kg; plausible 30 to 250
    creatinine : number in mg/dL; of creatinine; plausible 0.1 to 20; with ULN
    birth_date : date
    sex : one of female, male
    bilirubin : number in mg/dL; of bilirubin; with ULN; plausible 0 to 50
    steroids : yes/no
    last_surgery : date

define
    age is completed years from birth_date to enrolment
    crcl in mL/min with age, weight in kg, creatinine in mg/dL is
        0.85 * (140 - age) * weight / (72 * creatinine) when sex is female
        (140 - age) * weight / (72 * creatinine) otherwise

inclusion at enrolment
    I1 "Clearance"
        crcl at least 60 mL/min
    I2 "Bilirubin"
        bilirubin at most 1.5 x ULN or bilirubin at most 3 mg/dL
    I3 "Surgery"
        last_surgery is at least 28 days before enrolment
        unless age less than 30 years

exclusion at enrolment
    E1 "Steroids"
        steroids and weight more than 100 kg
        if missing treat as not met because "said when given"
"""


@frozen
class Trial:
    protocol: Protocol
    world: World

    @staticmethod
    def of(protocol: Protocol) -> "Trial":
        return Trial(protocol, typical(world((protocol, protocol))))


@cache
def trial(name: str) -> Trial:
    return Trial.of(loads(SEVERAL).model if name == "several" else load(name).model)


def replaced(node: T, old: Node, new: Node) -> T:
    if node is old:
        return new  # type: ignore[return-value]
    if isinstance(node, tuple):
        return tuple(replaced(part, old, new) for part in node)  # type: ignore[return-value]
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    inner = {one.name: replaced(getattr(node, one.name), old, new) for one in fields(kind) if one.name != "span"}
    return evolve(node, **inner)


def questions(protocol: Protocol) -> list[tuple[Clause, Change]]:
    return [(one, change) for one in protocol.criteria for change in changes(protocol, one.condition)]


def formulas(clause: Clause, change: Change) -> tuple[Formula, Formula]:
    changed = evolve(clause, condition=replaced(clause.condition, change.old, change.new))
    old, new, _ = event_by_event(clearing(clause, 0), clearing(changed, 1))
    return old, new


def confirmed(old: Formula, new: Formula, world: World, solved: Solved) -> tuple[bool, bool]:
    """Whether the interpreter sees a difference on the solver's record, and whether it is a gain."""
    assert solved.entries is not None
    record = world.record({(place.kind, place.name): cell.entry for place, cell in solved.entries.items()})
    every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
    said = dict(zip(every, world.truths(every, record), strict=True))
    a, b = truth_of(old, said), truth_of(new, said)
    assert a is not None
    assert b is not None
    return a is not b, RANK[b] > RANK[a]


def agree(answer: Answer, solved: Solved, direction: Direction) -> bool:
    """A witness of one is no proof of the other that there is none.

    What is missing from the solver's record need not be to blame: then a record with everything in it shows the same.
    Records that are seen on the day asked about are not asked of the solver here.
    """
    if direction in answer.found and answer.found[direction].as_of is not None:
        return True
    if direction in answer.found:
        return not solved.none or any(one.startswith((FIXED, CALENDAR)) for one in answer.loose)
    blamed = direction.whole or Direction(direction.gained, whole=True) not in answer.found
    return solved.entries is None or not answer.proved or not blamed


@law(st.data(), st.sampled_from(("nk_ped_01", "nct06631391@2.0", "kin_204", "several")), times=20, at_length=1000)
def test_solver_partition_and_interpreter_agree(data: DataObject, name: str) -> None:
    here = trial(name)
    clause, change = data.draw(st.sampled_from(questions(here.protocol)))
    old, new = formulas(clause, change)
    answer = Search(here.world, solved=False).ask(old, new)
    for (gained, whole), solved in solve(old, new, here.world).items():
        assert agree(answer, solved, Direction(gained, whole)), (clause.id, change.kind, gained, whole)
        if solved.entries is not None:
            assert confirmed(old, new, here.world, solved) == (True, gained)


@law(st.data(), protocols(1), times=8, at_length=500)
def test_they_agree_on_whatever_is_drawn(data: DataObject, protocol: Protocol) -> None:
    """What the solver cannot read it refuses by name; what it reads it and the partition do not say otherwise of."""
    asked = questions(protocol)
    if not asked:
        return
    clause, change = data.draw(st.sampled_from(asked))
    old, new = formulas(clause, change)
    here = typical(world((protocol, protocol)))
    answer = Search(here, solved=False).ask(old, new)
    shown = {direction.gained for direction, one in answer.found.items() if one.as_of is None}
    solutions = solve(old, new, here)
    moved = any(one.startswith((FIXED, CALENDAR)) for one in answer.loose)  # the solver keeps moments on their days
    assert moved or not any(all(solutions[way, whole].none for whole in (True, False)) for way in shown), (
        clause.id,
        change.kind,
    )
    for (gained, whole), solved in solutions.items():
        # A limit that nothing asks for may be missing from the solver's record alone, so that has no say here.
        assert gained in shown or agree(answer, solved, Direction(gained, whole)), (clause.id, change.kind, gained)
        if solved.entries is None:
            assert solved.none or solved.why
        elif not answer.loose:
            assert confirmed(old, new, here, solved) == (True, gained)


@pytest.mark.parametrize("name", ["nk_ped_01", "nct06631391@2.0", "several"])
def test_the_solver_finds_no_difference_of_a_clause_from_itself(name: str) -> None:
    here = trial(name)
    for clause in here.protocol.criteria:
        old, new, _ = event_by_event(clearing(clause, 0), clearing(clause, 1))
        assert all(one.none or one.why for one in solve(old, new, here.world).values())


def test_a_formula_of_several_items_is_decided_and_not_only_sampled() -> None:
    """One product for another: no sample of records proves it."""
    here = trial("several")
    turned = loads(
        SEVERAL.replace("weight / (72 * creatinine) otherwise", "weight / (creatinine * 72) otherwise")
    ).model
    both = typical(world((here.protocol, turned)))
    old, new = clearing(here.protocol.criteria[0], 0), clearing(turned.criteria[0], 1)
    assert not Search(both, solved=False).ask(old, new).proved
    answer = Search(both).ask(old, new)
    assert (answer.proved, dict(answer.found)) == (True, {})
