"""Where a trial stands, from Python: frames in, frames out."""

from datetime import date

import pandas as pd
import pytest

from protocol_dsl.face import Protocol, loads

TEXT = """\
protocol "FACE-1"
    language 1
    uses ctcae 5.0

moments
    enrolment
    first_dose is day 1 after enrolment

data
    adverse_events : list of adverse_event; complete to last_visit because "asked at every visit"
    last_visit     : date

dlt
    window from first_dose through day 28
    attributed possible, probable, definite
    T1 "Grade 4"
        grade at least 4
"""
FRAMES = {
    "patients": pd.DataFrame(
        {
            "patient": ["A", "B"],
            "enrolment": ["2026-03-01", "2026-03-20"],
            "first_dose": ["2026-03-02", "2026-03-22"],
            "last_visit": ["2026-04-10", "2026-04-10"],
        }
    ),
    "adverse_events": pd.DataFrame(
        {
            "patient": ["B"],
            "term": ["rash"],
            "grade": [4],
            "start": ["2026-03-25"],
            "end": [""],
            "attributed": ["probable"],
        }
    ),
}


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return loads(TEXT)


def test_the_trial_as_of_a_day_is_a_frame(protocol: Protocol) -> None:
    frame = protocol.status(FRAMES, as_of="2026-03-26").frame()
    assert frame.patient.tolist() == ["A", "B"]
    assert frame.dlt.tolist() == ["pending", "yes"]
    assert frame.pending_until.tolist() == [date(2026, 3, 29), None]
    assert frame.because.tolist() == ["", "T1"]


def test_the_trial_over_time_is_a_frame(protocol: Protocol) -> None:
    """The window of A closes on 29 March, which no record names."""
    frame = protocol.timeline(FRAMES, as_of="2026-04-01").frame()
    told = dict(zip(frame.date, zip(frame.dosed, frame.pending, frame.with_dlt, strict=True), strict=True))
    assert told[date(2026, 3, 2)] == (1, 1, 0)
    assert told[date(2026, 3, 25)] == (2, 1, 1)
    assert told[date(2026, 3, 29)] == (2, 0, 1)


def test_both_show_themselves_in_a_notebook(protocol: Protocol) -> None:
    for shown in (protocol.status(FRAMES), protocol.timeline(FRAMES)):
        assert shown._repr_html_().count("<svg") == 1
        assert shown.html().startswith("<!DOCTYPE html>")


def test_what_cannot_be_read_is_raised(protocol: Protocol) -> None:
    with pytest.raises(TypeError, match="no moment"):
        protocol.status(FRAMES, as_of="2026-04-01", infusion="2026-03-01")
