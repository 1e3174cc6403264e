"""Whatever a protocol and a record hold, their verdict can be explained: as text, as data, for a notebook."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.base.display import safe
from protocol_dsl.evaluate.account import account, accounted, as_html, as_json
from protocol_dsl.evaluate.decide import Standing, Verdict, decide
from protocol_dsl.evaluate.settle import settling_sets
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.testing import days, protocols, records
from tests.schema import faults

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "language" / "explanation.schema.json").read_text(encoding="utf-8")
)

drawn = st.data()


@settings(deadline=None)
@given(drawn, protocols(), days())
def test_every_verdict_can_be_told(data: DataObject, protocol: Protocol, as_of: object) -> None:
    record: Record = data.draw(records(protocol))
    decision = decide(protocol, record, as_of)  # type: ignore[arg-type]
    told = accounted(protocol, record, decision, full=True)
    assert {one.clause.id for one in decision.clauses} == {one.id for one in told.clauses}
    assert all(one.lines for one in told.clauses)
    lines = str(told).removesuffix("\n").split("\n")
    assert lines == [safe(line) for line in lines]
    assert as_html(protocol, record, decision).startswith("<div")


@settings(deadline=None)
@given(drawn, protocols(), days())
def test_the_data_of_every_explanation_fits_the_published_schema(
    data: DataObject, protocol: Protocol, as_of: object
) -> None:
    record: Record = data.draw(records(protocol))
    decision = decide(protocol, record, as_of)  # type: ignore[arg-type]
    written = json.loads(json.dumps(as_json(protocol, record, decision, rules="r", inputs="i")))
    assert [] == list(faults(written, SCHEMA))
    assert decision.verdict.value == written["verdict"]


@settings(deadline=None)
@given(drawn, protocols(policies=False), days())
def test_an_open_clause_says_what_it_wants(data: DataObject, protocol: Protocol, as_of: object) -> None:
    """Nothing is open without a reason, and what would settle a verdict are things that are looked up."""
    record: Record = data.draw(records(protocol))
    decision = decide(protocol, record, as_of)  # type: ignore[arg-type]
    told = account(protocol, record, decision)
    for one in decision.clauses:
        assert (one.standing is Standing.CLEARS) is (f"\n  {one.clause.id} " not in told)
    if decision.verdict is Verdict.UNDETERMINED:
        assert () not in settling_sets(decision)
