"""The Python face takes days as Python programs have them."""

from datetime import date, datetime

import pandas as pd
import pytest

from protocol_dsl.face import Day, day_of


@pytest.mark.parametrize("day", ["2026-06-30", date(2026, 6, 30), datetime(2026, 6, 30, 8), pd.Timestamp("2026-06-30")])  # noqa: DTZ001
def test_a_day_is_a_day_in_every_form(day: Day) -> None:
    found = day_of(day)
    assert date(2026, 6, 30) == found
    assert type(found) is date  # an instant does not compare with a day


def test_a_text_that_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        day_of("2026-13-01")
