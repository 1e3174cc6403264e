"""The next move from records: nobody who was treated is left out of it in silence."""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.source import Source
from protocol_dsl.conduct.dlt import DltVerdict, dlt_status
from protocol_dsl.conduct.trial import advise_from
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason, Record, Value
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import THREE_PLUS_THREE

TEXT = (
    """\
protocol "CONDUCT-1"
    language 1
    version 1.0
    uses ctcae 5.0, ucum

moments
    enrolment
    infusion is day 0 after enrolment

data
    last_visit     : {kind}
    adverse_events : list of adverse_event; complete to last_visit because "sites enter events at every visit"

doses of cells in cells/kg
    | level | cells |
    | 1     | 1.0e6 |
    | 2     | 3.0e6 |
    start at level 1

dlt
    window from infusion through day {last}
    attributed possible, probable, definite
    T1 "Any event of grade 4"
        grade at least 4
    evaluable when followed through day {last}

"""
    + THREE_PLUS_THREE
    + """
stopping
    S1 "A death stops the trial"
        count of adverse_events where (grade is 5) over all patients at least 1
        then stop trial and review
"""
)
AS_OF = date(2026, 9, 1)
DAY = Reading(date(2026, 1, 5))


def protocol(kind: str = "date", last: str = "27") -> Protocol:
    loaded = load_text(Source("conduct.protocol", TEXT.format(kind=kind, last=last)))
    assert loaded.protocol is not None, loaded.errors
    return loaded.protocol


def patient(number: int, *infusion: Reading, level: str = "1", grade: int | None = None) -> Record:
    """A patient who was followed to August, without an event or with one of a grade in the window."""
    readings = {"last_visit": (Reading(date(2026, 8, 1)),), "infusion": infusion}
    return Record(f"P{number}", readings, _events(grade), context={"level": level} if level else {})


def _events(grade: int | None) -> Mapping[str, tuple[Event, ...]]:
    if grade is None:
        return {}
    fields: Mapping[str, Value] = {"grade": Fraction(grade), "start": date(2026, 1, 9), "attributed": "probable"}
    return {"adverse_events": (Event({name: Reading(value) for name, value in fields.items()}),)}


COHORT = tuple(patient(number, DAY) for number in (1, 2, 3))
UNCERTAIN = {
    "unreadable": (Reading(missing=Reason.UNREADABLE),),
    "of two days": (DAY, Reading(date(2026, 1, 6))),
    "partial": (Reading(Range(date(2026, 1, 1), date(2026, 1, 31))),),
}


def test_three_without_a_dlt_let_the_dose_rise() -> None:
    found = advise_from(protocol(), COHORT, AS_OF).advice
    assert ("treat", "2") == (found.move, found.level)


@pytest.mark.parametrize("infusion", UNCERTAIN.values(), ids=UNCERTAIN)
def test_nothing_is_decided_while_a_first_dose_has_no_certain_day(infusion: tuple[Reading, ...]) -> None:
    found = advise_from(protocol(), (*COHORT, patient(4, *infusion)), AS_OF).advice
    assert ("wait", None, ("P4",)) == (found.move, found.level, found.waiting_for)


@pytest.mark.parametrize("level", ["", "9"])
def test_nothing_is_decided_while_a_patient_stands_at_no_known_level(level: str) -> None:
    found = advise_from(protocol(), (*COHORT, patient(4, DAY, level=level)), AS_OF).advice
    assert ("wait", None, ("P4",)) == (found.move, found.level, found.waiting_for)


def test_a_patient_without_a_first_dose_holds_nothing_up() -> None:
    others = (patient(4, level=""), patient(5, Reading(Attested.NEVER)), patient(6, Reading(missing=Reason.NOT_DONE)))
    assert "treat" == advise_from(protocol(), (*COHORT, *others), AS_OF).advice.move


def test_a_level_that_was_given_holds_up_though_no_first_dose_is_on_file() -> None:
    found = advise_from(protocol(), (*COHORT, patient(4, level="1")), AS_OF).advice
    assert ("wait", ("P4",)) == (found.move, found.waiting_for)


def test_a_death_counts_though_the_day_of_the_first_dose_is_uncertain() -> None:
    dead = patient(4, Reading(missing=Reason.UNREADABLE), grade=5)
    assert "stop" == advise_from(protocol(), (*COHORT, dead), AS_OF).advice.move


def test_follow_up_beyond_the_calendar_is_not_reached_and_raises_nothing() -> None:
    status = dlt_status(protocol(last="999999999999"), COHORT[0], AS_OF)
    assert status is not None
    assert DltVerdict.PENDING is status.status


def test_events_are_complete_to_the_day_of_a_visit_with_a_time() -> None:
    seen = patient(1, DAY)
    readings = {**seen.readings, "last_visit": (Reading(datetime(2026, 8, 1, 10)),)}  # noqa: DTZ001 - no zone
    status = dlt_status(protocol(kind="time"), evolve(seen, readings=readings), AS_OF)
    assert status is not None
    assert DltVerdict.NO is status.status


def test_a_level_that_was_recorded_twice_is_none_though_another_was_assigned() -> None:
    torn = evolve(patient(4, DAY), context={"level": "", "assigned_level": "1"})
    found = advise_from(protocol(), (*COHORT, torn), AS_OF).advice
    assert ("wait", ("P4",)) == (found.move, found.waiting_for)
    assert "patient P4 is in no cohort: several levels are recorded" in found.notes
