"""The trial as of a day, worked out by hand: three at level 1 in March, then level 2 with sentinels and waits."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.conduct.dlt import DltVerdict
from protocol_dsl.conduct.nearness import how_near
from protocol_dsl.conduct.status import Stage, TrialState, timeline, trial_state
from protocol_dsl.face import loads
from protocol_dsl.model.record import Event, Reading, Record, Value, days_named
from protocol_dsl.readers.data import CommitteeDecision

TEXT = """\
protocol "STATUS-1"
    language 1
    uses ctcae 5.0

moments
    enrolment
    infusion is day 1 after enrolment

data
    adverse_events : list of adverse_event
    fit            : yes/no

inclusion at enrolment
    I1 "Fit"
        fit

doses of abc in mg
    | level | abc |
    | 1     | 50  |
    | 2     | 100 |
    start at level 1

dlt
    window from infusion through day 28
    T1 "Grade 4"
        grade at least 4

escalation by table
    cohort of 3, up to 6 per level
    stagger first 2 at each level by 14 days
    decide, exactly one row applies
        | treated | with_dlt | then                        |
        | 3       | 0        | escalate                    |
        | 3       | 1        | treat 3 more                |
        | 3       | 2 to 3   | de-escalate and close level |
        | 6       | 0 to 1   | escalate                    |
        | 6       | 2 to 6   | de-escalate and close level |
    mtd is highest level with 6 treated and at most 1 dlt

stopping
    S1 "Two deaths"
        count of adverse_events where (grade is 5) over all patients at least 2
        then stop trial and review
"""
PROTOCOL = loads(TEXT).model
TIMED = loads(
    TEXT
    + """
timing
    sentinels 2, others after 48 hours
    wait 3 days between patients
    wait 28 days between levels

parts
    escalation
"""
).model


def event(grade: int, start: date) -> Event:
    fields: dict[str, Value] = {"term": "headache", "grade": Fraction(grade), "start": start, "end": start}
    return Event({name: Reading(value) for name, value in fields.items()})


def patient(
    name: str, enrolled: date, dosed: date | None, level: str = "1", *events: Event, fit: bool = True
) -> Record:
    readings: dict[str, tuple[Reading, ...]] = {
        "enrolment": (Reading(enrolled),),
        "fit": (Reading(fit, at_moment=True),),
    }
    context: Mapping[str, str] = {}
    if dosed is not None:
        readings["infusion"], context = (Reading(dosed),), {"level": level}
    attested = {"adverse_events": date(2026, 12, 31)}
    return Record(name, readings, {"adverse_events": events}, attested, context=context)


FIRST = tuple(patient(f"A{day}", date(2026, 3, day), date(2026, 3, day)) for day in (1, 15, 20))
"""The last of their windows closes on 16 April."""


def seen(records: tuple[Record, ...], as_of: date) -> TrialState:
    return trial_state(PROTOCOL, records, as_of)


def test_who_is_where() -> None:
    waiting, unfit = patient("B1", date(2026, 4, 10), None), patient("B2", date(2026, 4, 12), None, fit=False)
    state = seen((*FIRST, waiting, unfit), date(2026, 4, 14))
    assert [one.stage for one in state.patients] == [Stage.DOSED] * 3 + [Stage.ENROLLED] * 2
    assert [one.eligible and one.eligible.value for one in state.patients[3:]] == ["eligible", "ineligible"]
    assert state.with_dlt_status(DltVerdict.NO) == ("A1", "A15")
    assert state.with_dlt_status(DltVerdict.PENDING) == ("A20",)
    assert state.patients[2].dosed == date(2026, 3, 20)


def test_nobody_is_enrolled_or_dosed_before_the_day() -> None:
    state = seen((patient("A", date(2026, 3, 5), date(2026, 3, 9)),), date(2026, 3, 7))
    (only,) = state.patients
    assert (only.stage, only.enrolled, only.dosed, only.dlt) == (Stage.ENROLLED, date(2026, 3, 5), None, None)


def test_a_place_opens_when_the_stagger_is_over() -> None:
    """The second at a level waits until 14 days after the first; the third does not wait."""
    state = seen(FIRST[:1], date(2026, 3, 5))
    assert [(one.level, one.opens) for one in state.slots] == [("1", date(2026, 3, 15)), ("1", date(2026, 3, 15))]
    assert state.slots[0].why == "the first 2 at each level stay 14 days apart"


def test_a_place_that_is_open_already_is_open_from_today() -> None:
    assert [one.opens for one in seen(FIRST[:1], date(2026, 3, 18)).slots] == [date(2026, 3, 18)] * 2


def test_no_place_is_open_while_all_are_waited_for() -> None:
    state = seen(FIRST, date(2026, 4, 1))
    assert state.slots == ()
    assert state.advice is not None
    assert (state.advice.advice.move, [one.patient for one in state.advice.awaited]) == ("wait", ["A15", "A20"])


def test_sentinels_and_waits() -> None:
    """28 days after 20 March are 17 April; the second follows 14 days later by the stagger, the third after 3 days."""
    state = trial_state(TIMED, FIRST, date(2026, 4, 16))
    assert [one.opens for one in state.slots] == [date(2026, 4, 17), date(2026, 5, 1), date(2026, 5, 4)]
    assert [one.why for one in state.slots] == [
        "28 days between levels",
        "the first 2 at each level stay 14 days apart",
        "3 days between patients",
    ]


def test_the_others_wait_for_the_sentinels() -> None:
    text = TEXT + "\ntiming\n    sentinels 2, others after 4 days\n"
    alone = loads(text.replace("    stagger first 2 at each level by 14 days\n", "")).model
    two = tuple(patient(f"A{day}", date(2026, 3, day), date(2026, 3, day)) for day in (1, 2))
    assert [one.opens for one in trial_state(alone, two[:1], date(2026, 3, 1)).slots] == [
        date(2026, 3, 1),
        date(2026, 3, 5),
    ]
    assert [one.opens for one in trial_state(alone, two, date(2026, 3, 3)).slots] == [date(2026, 3, 6)]


def test_stopping_rules_tell_how_near_they_are() -> None:
    died = patient("A", date(2026, 3, 1), date(2026, 3, 1), "1", event(5, date(2026, 3, 4)))
    state = seen((died,), date(2026, 3, 6))
    assert state.advice is not None
    assert how_near(state.advice.stopping[0]) == "1 so far, at least 2 asked for"


def test_decisions_on_file_are_told_from_their_day_on() -> None:
    decision = CommitteeDecision(date(2026, 4, 17), "escalate", "treat 3 more", "committee", "one late event")
    before, after = (trial_state(PROTOCOL, FIRST, date(2026, 4, day), {}, (decision,)) for day in (16, 17))
    assert (before.decisions, after.decisions, after.overruled) == ((), (decision,), (decision,))


def test_every_day_of_a_trial_can_be_replayed() -> None:
    """Only the days of the records are asked about; the days on which windows close come of themselves."""
    days = [date(2026, 3, day) for day in (1, 15, 20)] + [date(2026, 5, 1)]
    told = {state.as_of: str(state.advice.history) for state in timeline(PROTOCOL, FIRST, days) if state.advice}
    assert told == {
        date(2026, 3, 1): "1P",
        date(2026, 3, 15): "1PP",
        date(2026, 3, 20): "1PPP",
        date(2026, 3, 28): "1NPP",
        date(2026, 4, 11): "1NNP",
        date(2026, 4, 16): "1NNN",
        date(2026, 5, 1): "1NNN",
    }


@pytest.mark.parametrize("day", [date(2026, 3, 27), date(2026, 4, 10), date(2026, 4, 15)])
def test_between_two_days_of_the_replay_nothing_changes(day: date) -> None:
    days = [date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 20), date(2026, 5, 1)]
    states = [state for state in timeline(PROTOCOL, FIRST, days) if state.as_of <= day]
    last, today = states[-1], seen(FIRST, day)
    assert last.advice is not None
    assert today.advice is not None
    assert str(last.advice.history) == str(today.advice.history)


def test_a_day_of_the_timeline_is_that_day_asked_on_its_own() -> None:
    days = sorted({day for record in FIRST for day in days_named(record)})
    for state in timeline(PROTOCOL, FIRST, days):
        alone = trial_state(PROTOCOL, FIRST, state.as_of)
        assert state == alone
        assert [one.eligible for one in state.patients] == [one.eligible for one in alone.patients]
