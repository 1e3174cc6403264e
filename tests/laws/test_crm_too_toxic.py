"""A law of the CRM: whether a level is too toxic is told from mean and variance as from the whole posterior."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates.crm import exceeds, surely_exceeds
from protocol_dsl.escalation.estimates.crm_model import Crm, Data

TALLIES = st.integers(0, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
SKELETON = (0.05, 0.12, 0.25, 0.40)
NEAR = 1e-6


@settings(deadline=None, max_examples=100)
@given(st.tuples(TALLIES, TALLIES, TALLIES, TALLIES), st.floats(0.05, 0.6), st.floats(0.02, 0.98), st.integers(0, 3))
def test_it_is_told_as_the_integral_tells_it(
    tallies: tuple[tuple[int, int], ...], limit: float, chance: float, level: int
) -> None:
    model, data = Crm(SKELETON), Data(tallies)
    whole = exceeds(model, data, level, limit)
    assume(abs(whole - chance) > NEAR)
    assert surely_exceeds(model, data, level, limit, chance) == (whole > chance)
