"""The first dose is the first only if none that is half known may have come before it."""

from datetime import date

import pytest

from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Event, Range, Reading, Reason, Record
from protocol_dsl.model.vocabulary import Item, ListOf, Moment
from tests.trials_by_hand import event

PROTOCOL = Protocol(
    Header("HAND-2"),
    moments={"first_dose": Moment("first_dose", first_dose_of="cells")},
    items={"doses": Item("doses", ListOf("dose"))},
)
SURE = event(product="cells", date=date(2026, 6, 10))


def first_dose(*doses: Event) -> Option:
    return moments_of(PROTOCOL, Record("P1", lists={"doses": doses}), {})[0]["first_dose"]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (event(product="cells", date=date(2026, 6, 24)), date(2026, 6, 10)),
        (event(product="cells", date=date(2026, 6, 3)), date(2026, 6, 3)),
        (event(product="steroid", date=date(2026, 6, 3)), date(2026, 6, 10)),
        (event(product="steroid"), date(2026, 6, 10)),
        (event(product="cells"), ANYTHING),
        (event(date=date(2026, 6, 3)), ANYTHING),
        (event(product="cells", date=Range(date(2026, 6, 1), date(2026, 6, 30))), ANYTHING),
        (event(product="cells", date=Range(date(2026, 7, 1), date(2026, 7, 31))), date(2026, 6, 10)),
    ],
)
def test_a_dose_beside_one_of_10_june(other: Event, found: Option) -> None:
    assert found == first_dose(SURE, other)


@pytest.mark.parametrize("missing", [Reason.UNREADABLE, Reason.CONFLICTING])
@pytest.mark.parametrize("other", [(), (Reading(date(2026, 6, 1)),)])
def test_an_entry_that_cannot_be_used_leaves_a_moment_unknown(missing: Reason, other: tuple[Reading, ...]) -> None:
    entries = (Reading(missing=missing), *other)
    record = Record("P1", {"first_dose": entries}, {"doses": (SURE,)})
    assert ANYTHING == moments_of(PROTOCOL, record, {})[0]["first_dose"]
