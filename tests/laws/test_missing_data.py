"""What is known does not depend on what is not: laws M1, M2, M3 and M7."""

from datetime import date

from hypothesis import given, strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.evaluate.decide import ClauseDecision, Decision, Standing, Status, Verdict, decide
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.testing import completions, days, protocols, records

drawn = st.data()


def decided(protocol: Protocol, record: Record, as_of: date) -> Decision:
    return decide(protocol, record, as_of, policies=False)


def keeps(before: ClauseDecision, after: ClauseDecision) -> bool:
    """A clause that is open may become anything; one that is not stays, or turns out not to apply."""
    if before.status is Status.UNKNOWN:
        return True
    unguarded = before.guard is not None and after.status is Status.NOT_APPLICABLE
    return before.standing is after.standing and (before.status is after.status or unguarded)


@given(drawn, protocols(), days(), st.booleans())
def test_m1_m2_filling_in_entries_keeps_every_determined_judgement(
    data: DataObject, protocol: Protocol, as_of: date, whole: bool
) -> None:
    record = data.draw(records(protocol))
    completed = data.draw(completions(protocol, record, as_of, whole=whole))
    before, after = decided(protocol, record, as_of), decided(protocol, completed, as_of)
    turned = [(one, other) for one, other in zip(before.clauses, after.clauses, strict=True) if not keeps(one, other)]
    assert [] == turned
    assert before.verdict in (Verdict.UNDETERMINED, after.verdict)
