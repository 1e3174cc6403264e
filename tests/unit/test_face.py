"""The Python face takes days and values as Python programs have them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from protocol_dsl import ProtocolError, loads
from protocol_dsl.face import Day, day_of


@pytest.mark.parametrize("day", ["2026-06-30", date(2026, 6, 30), datetime(2026, 6, 30, 8), pd.Timestamp("2026-06-30")])  # noqa: DTZ001
def test_a_day_is_a_day_in_every_form(day: Day) -> None:
    found = day_of(day)
    assert date(2026, 6, 30) == found
    assert type(found) is date  # an instant does not compare with a day


def test_a_text_that_is_no_day_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        day_of("2026-13-01")


TRIAL = loads("""\
protocol "P"

moments
    enrolment

data
    anc  : number in 10*9/L; plausible 0 to 100; latest, valid for 7 days
    scan : date
    hiv  : yes/no
    lines : number; plausible 0 to 20

inclusion at enrolment
    I1
        anc at least 1.5 10*9/L
    I2
        scan is on or before enrolment
    I3
        hiv is no
    I4
        lines is 7
""")
TEXTS = {"anc": "1.5", "anc_unit": "10*9/L", "anc_date": "2026-05-30", "scan": "2026-05-01", "hiv": "no", "lines": "7"}


@pytest.mark.parametrize(
    "anc", [1.5, Decimal("1.50"), np.float64(1.5), np.float32(1.5)], ids=lambda one: type(one).__name__
)
def test_a_number_is_taken_as_its_text_would_be(anc: object) -> None:
    found = TRIAL.screen({**TEXTS, "anc": anc}, enrolment="2026-06-01")
    assert str(found.verdict) == "eligible"


@pytest.mark.parametrize(
    "values",
    [
        {"anc": 2, "anc_date": date(2026, 5, 30)},
        {"anc": np.int64(2), "anc_date": pd.Timestamp("2026-05-30")},
        {"scan": datetime(2026, 5, 1), "hiv": False},  # noqa: DTZ001
        {"hiv": np.bool_(False), "scan": np.datetime64("2026-05-01")},  # noqa: FBT003
        {"lines": 7},
    ],
)
def test_days_and_numbers_are_taken_too(values: Mapping[str, object]) -> None:
    assert str(TRIAL.screen({**TEXTS, **values}, enrolment="2026-06-01").verdict) == "eligible"


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, "", " "], ids=repr)
def test_nothing_is_no_entry(nothing: object) -> None:
    found = TRIAL.screen({**TEXTS, "anc": nothing}, enrolment="2026-06-01")
    assert (str(found.verdict), found.because) == ("undetermined", ("I1",))


@pytest.mark.parametrize(
    "strange", [{"a": 1}, object(), b"1.5", [{}], np.array([1.5]), float("inf")], ids=lambda one: type(one).__name__
)
def test_what_is_no_value_is_refused(strange: object) -> None:
    with pytest.raises(ProtocolError) as error:
        TRIAL.screen({**TEXTS, "anc": strange}, enrolment="2026-06-01")
    assert {one.code for one in error.value.diagnostics} == {"PD720"}


def test_a_row_of_a_frame_is_a_record() -> None:
    frame = pd.DataFrame([{**TEXTS, "anc": 1.5}, {**TEXTS, "anc": None}])
    told = [
        str(TRIAL.screen({str(name): value for name, value in row.items()}, enrolment="2026-06-01").verdict)
        for _, row in frame.iterrows()
    ]
    assert told == ["eligible", "undetermined"]
