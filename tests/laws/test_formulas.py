"""What a formula may come to narrows as a record is filled in, and never leaves what it might have been: M1 and M2."""

from datetime import date
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from protocol_dsl.base.quantity import unit
from protocol_dsl.evaluate.decide import environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.possible import ANYTHING, Option, Possible, as_range
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.model.condition import Compare, Constant, Expression, Sign
from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.model.record import Range, Record
from protocol_dsl.model.vocabulary import Number
from protocol_dsl.testing import completions, days, records, vocabularies
from protocol_dsl.testing.expressions import numbers
from tests.law import law

drawn = st.data()
cuts = days(date(2026, 3, 1), date(2026, 4, 30))
BARE = Number(None)


def possible(expression: Expression, protocol: Protocol, record: Record, as_of: date) -> Possible:
    clause = Clause("I1", Effect.INCLUSION, "", Compare(Sign.IS, expression, Constant(Fraction(0))), None, "enrolment")
    env = environment(protocol, record, as_of, moments_of(protocol, record, {})[0], clause, policies=False)
    return evaluate(expression, env, interpret)


def lies_within(part: Option, whole: Option) -> bool:
    if whole is ANYTHING or part == whole:
        return True
    if not isinstance(part, Fraction | Range) or not isinstance(whole, Fraction | Range):
        return False
    a, b = as_range(part), as_range(whole)
    above = b.low is None or (a.low is not None and a.low >= b.low)
    below = b.high is None or (a.high is not None and a.high <= b.high)
    return above and below


@law(drawn, vocabularies(), cuts)
def test_what_a_value_may_be_once_more_is_known_it_might_have_been_before(
    data: DataObject, protocol: Protocol, as_of: date
) -> None:
    kind = data.draw(st.sampled_from((BARE, Number(unit("10*9/L")), Number(unit("U/L")))))
    expression = data.draw(numbers(protocol, kind, 3))
    record = data.draw(records(protocol))
    filled = data.draw(completions(protocol, record, as_of))
    before = possible(expression, protocol, record, as_of)
    after = possible(expression, protocol, filled, as_of)
    assert all(any(lies_within(part, whole) for whole in before) for part in after)
