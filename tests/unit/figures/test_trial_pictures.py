"""The swimmer plot and the trial over time: who is drawn, and what of them; worked out by hand."""

from datetime import date
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from protocol_dsl.conduct.status import timeline, trial_state
from protocol_dsl.face import loads
from protocol_dsl.figures.calendar import Calendar
from protocol_dsl.figures.svg import TooLarge
from protocol_dsl.figures.swimmer import MOST_LANES, swimmer
from protocol_dsl.figures.trial_course import trial_course
from protocol_dsl.model.record import Event, Reading, Record, Value
from tests.escalation_plans import THREE_PLUS_THREE

TEXT = (
    """\
protocol "LANES-1"
    language 1
    uses ctcae 5.0

moments
    enrolment
    first_dose is day 1 after enrolment

data
    adverse_events : list of adverse_event
    off_study      : date

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    start at level 1

dlt
    window from first_dose through day 28
    attributed possible, probable, definite
    T1 "Grade 4"
        grade at least 4
    evaluable when followed through day 28 or had_dlt
    follow-up ends at off_study

"""
    + THREE_PLUS_THREE
)
PROTOCOL = loads(TEXT).model
LAST = date(2026, 7, 1)


def patient(name: str, first: date, level: str, *events: tuple[int, date], left: date | None = None) -> Record:
    """One treated patient; each event has a grade and a day."""
    readings = {"enrolment": (Reading(first),), "first_dose": (Reading(first),)}
    if left is not None:
        readings["off_study"] = (Reading(left),)
    told: list[dict[str, Value]] = [
        {"term": "rash", "grade": Fraction(grade), "start": day, "end": day, "attributed": "possible"}
        for grade, day in events
    ]
    lists = {"adverse_events": tuple(Event({key: Reading(one) for key, one in event.items()}) for event in told)}
    return Record(name, readings, lists, {"adverse_events": LAST}, context={"level": level})


RECORDS = (
    patient("A", date(2026, 3, 2), "1", (2, date(2026, 3, 10))),
    patient("B", date(2026, 3, 9), "1", (4, date(2026, 3, 20)), (1, date(2026, 3, 21))),
    patient("C", date(2026, 3, 16), "1", left=date(2026, 3, 20)),
    patient("D", date(2026, 4, 27), "2"),
    Record("E", {"enrolment": (Reading(date(2026, 5, 4)),)}),
)
AS_OF = date(2026, 5, 10)


def titles(svg: str) -> list[str]:
    """What a reader can ask of the parts of a picture."""
    found = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g")  # noqa: S314 - made by ourselves
    return [one[0].text or "" for one in found]


def drawn(records: tuple[Record, ...], as_of: date = AS_OF) -> str:
    svg = swimmer(PROTOCOL, trial_state(PROTOCOL, records, as_of), records, "LANES-1")
    assert isinstance(svg, str)
    return svg


def test_each_patient_has_a_lane_that_says_what_became_of_them() -> None:
    assert titles(drawn(RECORDS)) == [
        "A: no DLT",
        "B: DLT T1",
        "C: not evaluable",
        "D: pending until 2026-05-24",
        "E: enrolled",
    ]


def test_only_the_event_of_the_dlt_is_a_diamond() -> None:
    """One in the lane of B, and one in the legend."""
    assert drawn(RECORDS).count("<polygon") == 2
    assert drawn(RECORDS[:1]).count("<polygon") == 0


def test_nothing_later_is_drawn() -> None:
    early = drawn(RECORDS, date(2026, 3, 12))
    assert titles(early) == ["A: pending until 2026-03-29", "B: pending until 2026-04-05"]
    assert early.count('r="5.2"') == 2  # the event of A, and one in the legend


def test_nobody_and_too_many() -> None:
    assert "nobody has come yet" in drawn(())
    many = tuple(patient(f"P{number}", date(2026, 3, 2), "1") for number in range(MOST_LANES + 1))
    crowd = trial_state(PROTOCOL, many[:1], AS_OF)
    crowded = evolve(crowd, patients=tuple(evolve(crowd.patients[0], patient=one.patient) for one in many))
    assert isinstance(swimmer(PROTOCOL, crowded, many, "X"), TooLarge)


def test_an_id_is_no_markup_and_does_not_run_into_the_picture() -> None:
    name = "<script>alert(1)</script>" + "x" * 80
    svg = drawn((patient(name, date(2026, 3, 2), "1"),))
    assert "<script" not in svg
    assert titles(svg) == [f"{name}: no DLT"]
    assert "…" in svg


def test_a_trial_over_time_has_a_mark_for_each_first_dose() -> None:
    days = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16), date(2026, 4, 27), AS_OF]
    svg = trial_course(PROTOCOL, timeline(PROTOCOL, RECORDS, days), "LANES-1")
    assert isinstance(svg, str)
    assert titles(svg) == ["A: no", "B: yes", "C: not evaluable", "D: pending"]
    assert "treated 4" in svg
    assert "with DLT 1" in svg
    assert isinstance(trial_course(PROTOCOL, (), "LANES-1"), str)


@pytest.mark.parametrize("days", [1, 5, 40, 400, 4000, 40000])
def test_a_calendar_is_written_with_as_many_days_as_have_room(days: int) -> None:
    line = Calendar(date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + days - 1), 0, 800)
    marks = line.marks()
    assert 1 <= len(marks) <= 11
    assert all(line.first <= day <= line.last for day in marks)
    assert line.start(line.first) == 0
    assert line.end(line.last) == 800
