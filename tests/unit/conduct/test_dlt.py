"""DLT status of one patient, worked out by hand: a window of 28 days from 1 June to 28 June 2026."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status
from protocol_dsl.conduct.history import history_of
from protocol_dsl.face import loads
from protocol_dsl.model.record import Attested, Event, Reading, Reason, Record, Value
from tests.escalation_plans import THREE_PLUS_THREE

RULES = (
    """\
protocol "DLT-1"
    language 1
    version 1.0
    uses ctcae 5.0

moments
    infusion is day 0

data
    adverse_events : list of adverse_event
    off_study      : date

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    start at level 1

dlt
    window from infusion through day 27
    attributed possible, probable, definite
    T1 "Grade 4"
        grade at least 4
    T2 "Grade 3 for more than 72 hours"
        grade is 3 and lasts more than 72 hours
        unless term is fever
    evaluable when followed through day 27 or had_dlt
    follow-up ends at off_study

"""
    + THREE_PLUS_THREE
)
PROTOCOL = loads(RULES).model
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 28)
LATER = date(2026, 8, 1)


def event(grade: int, start: str, end: str | None, attributed: str | None = "possible", term: str = "rash") -> Event:
    days: dict[str, Value | None] = {"start": date.fromisoformat(start)}
    days["end"] = Attested.ONGOING if end == "ongoing" else None if end is None else date.fromisoformat(end)
    given: Mapping[str, Value | None] = {"term": term, "grade": Fraction(grade), "attributed": attributed, **days}
    return Event({name: Reading(value) for name, value in given.items() if value is not None})


def patient(*events: Event, complete: date | None = LATER, name: str = "P", **more: Value) -> Record:
    readings = {item: (Reading(value),) for item, value in {"infusion": FIRST, **more}.items()}
    attested = {} if complete is None else {"adverse_events": complete}
    return Record(name, readings, {"adverse_events": events}, attested, context={"level": "1"})


def status(record: Record, as_of: date = LATER) -> DltStatus:
    found = dlt_status(PROTOCOL, record, as_of)
    assert found is not None
    return found


def test_nothing_happened_and_all_is_attested() -> None:
    found = status(patient())
    assert (DltVerdict.NO, (FIRST, LAST)) == (found.status, found.window)


def test_who_has_no_first_dose_has_no_status() -> None:
    assert dlt_status(PROTOCOL, Record("P"), LATER) is None


def test_who_is_treated_later_has_no_status_yet() -> None:
    assert dlt_status(PROTOCOL, patient(), date(2026, 5, 31)) is None


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (event(4, "2026-06-28", "2026-06-28"), DltVerdict.YES),  # the last day of the window belongs to it
        (event(4, "2026-06-29", "2026-06-29"), DltVerdict.NO),
        (event(4, "2026-05-31", "2026-06-10"), DltVerdict.NO),  # began before the first dose
        (event(4, "2026-06-10", "2026-06-11", "unlikely"), DltVerdict.NO),
        (event(4, "2026-06-10", "2026-06-11", None), DltVerdict.ADJUDICATE),  # unknown is never "not attributed"
        (event(3, "2026-06-10", "2026-06-14"), DltVerdict.YES),  # more than 72 hours, whatever the time of day
        (event(3, "2026-06-10", "2026-06-13"), DltVerdict.ADJUDICATE),  # 48 to 96 hours
        (event(3, "2026-06-10", "2026-06-12"), DltVerdict.NO),  # less than 72 hours
        (event(3, "2026-06-10", "2026-06-20", term="fever"), DltVerdict.NO),
        (event(3, "2026-06-27", "2026-07-05"), DltVerdict.YES),  # the window asks for the onset alone
    ],
)
def test_one_event(happened: Event, expected: DltVerdict) -> None:
    assert expected is status(patient(happened)).status


def test_an_open_window_is_pending_to_its_last_day() -> None:
    found = status(patient(), date(2026, 6, 27))
    assert (DltVerdict.PENDING, LAST) == (found.status, found.pending_until)


def test_a_dlt_counts_before_the_window_closes() -> None:
    found = status(patient(event(4, "2026-06-03", "ongoing")), date(2026, 6, 4))
    assert (DltVerdict.YES, ("T1",)) == (found.status, found.because)


def test_what_goes_on_is_pending_to_the_day_it_settles() -> None:
    """Begun on 27 June at the latest at midnight, it has lasted more than 72 hours on 1 July for certain."""
    found = status(patient(event(3, "2026-06-27", "ongoing")), date(2026, 6, 29))
    assert (DltVerdict.PENDING, ("T2",), date(2026, 7, 1)) == (found.status, found.because, found.pending_until)


def test_what_was_still_going_on_then_was_not_known_to_end() -> None:
    record = patient(event(3, "2026-06-27", "2026-06-29"))
    assert (DltVerdict.PENDING, DltVerdict.NO) == (status(record, date(2026, 6, 28)).status, status(record).status)


def test_a_closed_window_waits_for_the_list_to_be_complete() -> None:
    found = status(patient(complete=date(2026, 6, 20)))
    assert (DltVerdict.PENDING, None) == (found.status, found.pending_until)
    assert [Reason.NOT_ATTESTED] == [gap.reason for gap in found.missing]


def test_who_left_early_without_a_dlt_is_not_evaluable() -> None:
    record = patient(complete=date(2026, 6, 12), off_study=date(2026, 6, 12))
    assert DltVerdict.NOT_EVALUABLE is status(record).status


def test_who_left_early_with_a_dlt_counts() -> None:
    happened = event(4, "2026-06-05", "2026-06-09")
    assert DltVerdict.YES is status(patient(happened, complete=date(2026, 6, 12), off_study=date(2026, 6, 12))).status


def test_who_left_early_was_not_followed_however_far_the_list_is_attested() -> None:
    found = status(patient(complete=LATER, off_study=date(2026, 6, 12)))
    assert (DltVerdict.NOT_EVALUABLE, "off_study 2026-06-12") == (found.status, found.why[-20:])


def test_who_left_after_the_window_was_followed() -> None:
    assert DltVerdict.NO is status(patient(complete=LATER, off_study=date(2026, 6, 28))).status


def test_a_day_of_leaving_that_cannot_be_read_is_not_taken_for_follow_up() -> None:
    unread = Reading(missing=Reason.UNREADABLE)
    record = evolve(patient(complete=LATER), readings={**patient().readings, "off_study": (unread,)})
    assert DltVerdict.ADJUDICATE is status(record).status


def test_nobody_is_not_evaluable_before_leaving() -> None:
    record = patient(complete=date(2026, 6, 10), off_study=date(2026, 6, 12))
    assert DltVerdict.PENDING is status(record, date(2026, 6, 11)).status


def test_the_history_has_a_letter_for_each_in_order_of_first_dose() -> None:
    leaving = date(2026, 6, 12)
    records = (
        patient(event(4, "2026-06-10", "2026-06-11", None), name="D", infusion=date(2026, 6, 4)),
        patient(name="A"),
        patient(name="C", complete=leaving, off_study=leaving, infusion=date(2026, 6, 3)),
        patient(event(4, "2026-06-10", "2026-06-11"), name="B", infusion=date(2026, 6, 2)),
        patient(name="E", complete=date(2026, 6, 20), infusion=date(2026, 6, 5)),
    )
    assert "1NTXP 1P" == str(history_of(PROTOCOL, records, LATER))
