"""The days a record speaks of."""

from datetime import date

import pytest

from protocol_dsl.face import latest_day, loads
from protocol_dsl.model.record import Record, days_named

PROTOCOL = loads(
    """\
protocol "DAYS-1"
    language 1

moments
    enrolment

data
    lansky : number; latest, valid for 7 days
    scan   : date
    visit  : time
    doses  : list of dose

inclusion at enrolment
    I1 "Fit"
        lansky at least 60 and scan is within 7 days before enrolment and visit is on or before enrolment and no doses
"""
)


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({"scan": "2026-05-03", "lansky": "80", "lansky_date": "2026-05-07"}, date(2026, 5, 7)),
        # Of May, its first day: a window that ends on the 10th is not over because something happened in May.
        ({"scan": "2026-05", "lansky": "80", "lansky_date": "2026-04-20"}, date(2026, 5, 1)),
        ({"lansky": "80", "lansky_date": "2026-05"}, date(2026, 5, 1)),
        ({"scan": "2026"}, date(2026, 1, 1)),
        ({"visit": "2026-05-03T10:30"}, date(2026, 5, 3)),
        ({"scan": "never"}, date.min),
    ],
)
def test_the_latest_day(facts: dict[str, str], day: date) -> None:
    record = PROTOCOL.record(facts)
    assert day == latest_day(record, ())
    assert day == max(days_named(record), default=date.min)


def test_a_given_moment_counts() -> None:
    assert date(2026, 6, 1) == latest_day(PROTOCOL.record({"scan": "2026-05"}), [date(2026, 6, 1)])


def test_a_list_that_is_complete_whatever_the_day_names_none() -> None:
    record = Record("A", attested={"doses": date.max})
    assert [] == list(days_named(record))
    assert [date(2026, 5, 1)] == list(days_named(Record("A", attested={"doses": date(2026, 5, 1)})))
