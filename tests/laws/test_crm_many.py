"""Many CRM fits at once are the fits one by one, and say what these say wherever they say anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates import crm
from protocol_dsl.escalation.estimates.crm_many import Asked, fits
from protocol_dsl.escalation.estimates.crm_model import Crm, Data, Model

SKELETON = (0.05, 0.12, 0.25, 0.40, 0.55)
MODELS = tuple(Crm(SKELETON, model, scale) for model in Model for scale in (1.16, 0.5))
TALLIES = st.integers(0, 8).flatmap(lambda treated: st.tuples(st.just(treated), st.integers(0, treated)))
PARTIAL = st.tuples(st.integers(0, 4), st.integers(0, 28).map(lambda days: days / 28))
DATA = st.builds(
    Data,
    st.tuples(*[TALLIES] * 5),
    st.lists(PARTIAL, max_size=5).map(lambda parts: tuple(sorted(parts))),
)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(MODELS), st.lists(DATA, min_size=1, max_size=8), st.sampled_from((0.1, 0.5, 0.9)))
def test_together_as_one_by_one(model: Crm, data: list[Data], chance: float) -> None:
    for one, found in zip(data, fits(model, data, Asked(0, 0.25, chance)), strict=True):
        if found is None:
            continue
        fitted = crm.fit(model, one)
        assert abs(found.mean - fitted.mean) <= crm.AGREE * fitted.variance**0.5
        if found.exceeds is not None:
            assert found.exceeds == crm.surely_exceeds(model, one, 0, 0.25, chance)


@pytest.mark.parametrize("model", MODELS)
def test_usual_data_are_told(model: Crm) -> None:
    """Else the law above would say nothing."""
    usual = [Data(((3, 0), (3, dlts), (6, 2), (3, 1), (0, 0)), ((3, 0.25), (3, 0.5))) for dlts in range(4)]
    assert all(found is not None and found.exceeds is not None for found in fits(model, usual, Asked(0, 0.25, 0.9)))
