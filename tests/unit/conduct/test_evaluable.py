"""Who counts, and at which level: late DLTs, consent withdrawn, another level than assigned; all worked out by hand."""

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.studytime import Days
from protocol_dsl.conduct.dlt import DltStatus, DltVerdict, dlt_status
from protocol_dsl.conduct.history import history_of
from protocol_dsl.conduct.trial import advise_from
from protocol_dsl.face import loads
from protocol_dsl.model.record import Attested, Event, Reading, Record, Value
from tests.escalation_plans import THREE_PLUS_THREE

TEXT = (
    """\
protocol "EVAL-1"
    language 1
    uses ctcae 5.0

moments
    infusion is day 1

data
    adverse_events : list of adverse_event
    doses          : list of dose
    neutrophils    : number in 10*9/L
    off_study      : date
    withdrawn      "consent withdrawn" : date

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    | 3     | 200 |
    start at level 1

dlt
    window from infusion through day 28
    attributed possible, probable, definite
    T1 "Grade 4"
        grade at least 4
    T2 "Neutrophils below 0.2"
        any neutrophils less than 0.2 10*9/L
    evaluable when had_dlt or count of doses where (date is within 27 days after infusion) at least 10
    follow-up ends at off_study, withdrawn
    replace patients who are not evaluable

"""
    + THREE_PLUS_THREE
)
PROTOCOL = loads(TEXT).model
LATER = date(2026, 9, 1)


def event(start: date, grade: int = 4) -> Event:
    fields: dict[str, Value] = {"term": "headache", "grade": Fraction(grade), "start": start, "end": Attested.ONGOING}
    return Event({name: Reading(value) for name, value in {**fields, "attributed": "possible"}.items()})


def dose(day: date, level: str | None = None) -> Event:
    fields: dict[str, Value] = {"product": "abc", "date": day}
    return Event({name: Reading(value) for name, value in {**fields, **({"level": level} if level else {})}.items()})


def patient(  # noqa: PLR0913, PLR0917 - what is recorded of one
    name: str = "P",
    first: date = date(2026, 6, 1),
    events: tuple[Event, ...] = (),
    doses: int = 12,
    context: dict[str, str] | None = None,
    at_level: str | None = None,
    **items: Value,
) -> Record:
    given = tuple(dose(date.fromordinal(first.toordinal() + day), at_level) for day in range(doses))
    normal = Reading(Fraction(3 * 10**12), Days(first, first))
    readings: dict[str, tuple[Reading, ...]] = {"infusion": (Reading(first),), "neutrophils": (normal,)}
    readings |= {item: (Reading(value),) for item, value in items.items()}
    attested = {"adverse_events": LATER, "doses": LATER}
    lists = {"adverse_events": events, "doses": given}
    return Record(name, readings, lists, attested, context={"level": "1"} if context is None else context)


def status(record: Record, as_of: date = LATER) -> DltStatus:
    found = dlt_status(PROTOCOL, record, as_of)
    assert found is not None
    return found


def test_a_dlt_after_the_window_is_listed_and_not_counted() -> None:
    found = status(patient(events=(event(date(2026, 6, 29)),)))
    assert (found.status, found.because, found.late) == (DltVerdict.NO, (), ("T1",))
    assert found.why == "T1 met only after the window, which closed on 2026-06-28: listed and not counted"


def test_a_dlt_on_the_last_day_is_none_of_the_late_ones() -> None:
    found = status(patient(events=(event(date(2026, 6, 28)),)))
    assert (found.status, found.late) == (DltVerdict.YES, ())


def test_it_is_not_listed_before_it_comes() -> None:
    assert status(patient(events=(event(date(2026, 7, 5)),)), date(2026, 7, 4)).late == ()


def test_nothing_late_is_of_a_lower_grade() -> None:
    assert status(patient(events=(event(date(2026, 6, 29), 3),))).late == ()


def test_who_withdraws_consent_before_enough_doses_is_not_evaluable() -> None:
    found = status(patient(doses=5, withdrawn=date(2026, 6, 9), off_study=date(2026, 6, 12)))
    assert found.status is DltVerdict.NOT_EVALUABLE
    assert found.why == "follow-up ended before the patient was evaluable: withdrawn 2026-06-09"


def test_a_list_that_is_complete_to_a_later_day_is_complete_today() -> None:
    """Seen from 1 July, with the last visit on 1 September: that the list is complete to then makes it so to July."""
    text = TEXT.replace(
        "adverse_events : list of adverse_event",
        'adverse_events : list of adverse_event; complete to seen because "so"',
    )
    model = loads(text.replace("off_study      : date", "off_study      : date\n    seen           : date")).model
    plain = patient(seen=LATER)
    found = dlt_status(model, evolve(plain, attested={"doses": LATER}), date(2026, 7, 1))
    assert found is not None
    assert found.status is DltVerdict.NO


def test_who_withdraws_after_a_dlt_counts() -> None:
    found = status(patient(doses=5, events=(event(date(2026, 6, 7)),), withdrawn=date(2026, 6, 9)))
    assert found.status is DltVerdict.YES


def test_nobody_is_not_evaluable_before_they_leave() -> None:
    record = patient(doses=5, withdrawn=date(2026, 6, 9))
    assert status(record, date(2026, 6, 8)).status is DltVerdict.PENDING
    assert status(record, date(2026, 6, 9)).status is DltVerdict.NOT_EVALUABLE


@pytest.mark.parametrize(("doses", "verdict"), [(10, DltVerdict.NO), (9, DltVerdict.NOT_EVALUABLE)])
def test_partly_treated(doses: int, verdict: DltVerdict) -> None:
    assert status(patient(doses=doses)).status is verdict


@pytest.mark.parametrize(
    ("context", "at_level", "counts", "said"),
    [
        ({"level": "2"}, None, "2", None),
        ({"level": "2", "assigned_level": "2"}, "2", "2", None),
        ({"level": "1", "assigned_level": "2"}, None, "1", "assigned level 2, given level 1, which counts"),
        ({"assigned_level": "2"}, None, "2", None),
        ({"assigned_level": "2"}, "1", "1", "assigned level 2, given level 1, which counts"),
        ({}, "1", "1", None),
        ({"level": "2"}, "1", "2", "level 2 counts, and doses are recorded at level 1"),
    ],
)
def test_the_level_that_was_given_counts(
    context: dict[str, str], at_level: str | None, counts: str, said: str | None
) -> None:
    found = status(patient(context=context, at_level=at_level))
    assert (found.level, found.deviation) == (counts, said)


def test_doses_of_the_first_day_at_two_levels_leave_it_open() -> None:
    record = patient(context={}, at_level="1")
    twice = (*record.lists["doses"], dose(date(2026, 6, 1), "2"))
    assert status(evolve(record, lists={**record.lists, "doses": twice})).level == ""


def test_who_was_given_another_level_counts_there_and_the_trial_goes_on_where_it_was() -> None:
    """Three at level 1; then three are meant for level 2, of whom the second is given level 1."""
    records = [patient(f"A{day}", date(2026, 3, day)) for day in (1, 2, 3)]
    meant = {"level": "2", "assigned_level": "2"}
    records += [
        patient("B1", date(2026, 5, 1), context=meant),
        patient("B2", date(2026, 5, 2), context={"level": "1", "assigned_level": "2"}),
        patient("B3", date(2026, 5, 3), context=meant),
    ]
    assert str(history_of(PROTOCOL, records, LATER)) == "1NNN 1N 2NN"
    found = advise_from(PROTOCOL, records, LATER)
    assert "patient B2: assigned level 2, given level 1, which counts" in found.advice.notes
    assert (found.advice.move, found.advice.level, found.advice.patients) == ("treat", "2", 1)


def test_who_is_not_evaluable_is_replaced() -> None:
    records = [patient("A", date(2026, 3, 1)), patient("B", date(2026, 3, 2), doses=3), patient("C", date(2026, 3, 3))]
    found = advise_from(PROTOCOL, records, LATER)
    assert str(found.history) == "1NXN"
    assert (found.advice.move, found.advice.level, found.advice.patients) == ("treat", "1", 1)


@pytest.mark.parametrize(
    ("doses", "complete", "expected"),
    [
        (12, date(2026, 6, 28), DltVerdict.NO),
        (8, date(2026, 6, 28), DltVerdict.NOT_EVALUABLE),  # nobody asks for doses after the window
        (8, date(2026, 6, 27), DltVerdict.ADJUDICATE),  # two more may have been given on its last day
    ],
)
def test_doses_are_asked_for_to_the_end_of_the_window_and_no_further(
    doses: int, complete: date, expected: DltVerdict
) -> None:
    record = patient(doses=doses)
    found = dlt_status(PROTOCOL, evolve(record, attested={**record.attested, "doses": complete}), LATER)
    assert found is not None
    assert expected is found.status


def test_follow_up_beyond_the_window_is_asked_for_in_full() -> None:
    """Events are complete to day 28, and it is asked who was followed through day 56."""
    text = TEXT.replace("had_dlt or count of doses where (date is within 27 days after infusion) at least 10", "{}")
    model = loads(text.format("followed through day 56")).model
    record = evolve(patient(), attested={"adverse_events": date(2026, 6, 28)})
    found = dlt_status(model, record, LATER)
    assert found is not None
    assert DltVerdict.ADJUDICATE is found.status
