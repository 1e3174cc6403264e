"""What is entered for nobody known may be anybody's: what is decided beside it holds whoever's it turns out to be."""

from datetime import date
from typing import TypeVar

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.evaluate.decide import Decision, Standing, Verdict, decide
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Event, Reading, Record
from protocol_dsl.testing import days, protocols, records
from tests.law import law

T = TypeVar("T", Event, Reading)
drawn = st.data()
cuts = days(date(2026, 3, 1), date(2026, 4, 30))


def beside(own: Record, others: Record, items: set[str]) -> Record:
    """A record with the readings and the events of another beside it, as those of nobody known."""
    readings = {
        name: (*own.readings.get(name, ()), *(evolve(one, stray=True) for one in found))
        for name, found in others.readings.items()
        if name in items
    }
    lists = {
        name: (*own.lists.get(name, ()), *(evolve(one, stray=True) for one in found))
        for name, found in others.lists.items()
    }
    return evolve(own, readings={**own.readings, **readings}, lists={**own.lists, **lists})


def theirs(data: DataObject, held: Record) -> Record:
    """The record once it is known which of the strays belong to it."""

    def known(found: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(evolve(one, stray=False) for one in found if not one.stray or data.draw(st.booleans()))

    readings = {name: known(found) for name, found in held.readings.items()}
    lists = {name: known(found) for name, found in held.lists.items()}
    return evolve(held, readings={name: found for name, found in readings.items() if found}, lists=lists)


def turned(before: Decision, after: Decision) -> list[str]:
    pairs = zip(before.clauses, after.clauses, strict=True)
    return [a.clause.id for a, b in pairs if a.standing is not Standing.OPEN and a.standing is not b.standing]


@law(drawn, protocols(2, policies=False), cuts)
def test_what_is_decided_beside_strays_holds_whoever_they_belong_to(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    held = beside(data.draw(records(protocol)), data.draw(records(protocol)), set(protocol.items))
    before = decide(protocol, held, as_of, policies=False)
    for _ in range(4):
        after = decide(protocol, theirs(data, held), as_of, policies=False)
        assert [] == turned(before, after)
        assert before.verdict in (Verdict.UNDETERMINED, after.verdict)
