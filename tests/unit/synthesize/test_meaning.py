"""The plain reading of complete records, worked out by hand, and what trials that are made by it look like."""

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.studytime import Days
from protocol_dsl.conduct.trial import advise
from protocol_dsl.face import loads
from protocol_dsl.model.record import Event, Reading, Record, Value
from protocol_dsl.synthesize.dice import Dice
from protocol_dsl.synthesize.files import files
from protocol_dsl.synthesize.meaning import clears, met
from protocol_dsl.synthesize.scene import Scene
from protocol_dsl.synthesize.trial import Plan, invent
from tests.escalation_plans import THREE_PLUS_THREE

TEXT = (
    """\
protocol "SMALL-1"
    language 1
    uses ctcae 5.0

moments
    enrolment
    first_dose is day 1 after enrolment

data
    birth_date     : date
    alt            : number in U/L; with ULN; latest, valid for 7 days
    last_surgery   : date
    adverse_events : list of adverse_event
    off_study      : date

define
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "18 or older"
        age at least 18 years
    I2 "ALT at most 2.5 x ULN"
        alt at most 2.5 x ULN

exclusion at enrolment
    E1 "Surgery in the last 28 days"
        last_surgery is less than 28 days before enrolment

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
    T2 "Grade 3 for more than 72 hours"
        grade is 3 and lasts more than 72 hours
    evaluable when followed through day 28 or had_dlt
    follow-up ends at off_study

"""
    + THREE_PLUS_THREE
)
PROTOCOL = loads(TEXT).model
ENROLLED, FIRST = date(2026, 3, 2), date(2026, 3, 4)
CLAUSE = {one.id: one for one in (*PROTOCOL.criteria, *(PROTOCOL.dlt.clauses if PROTOCOL.dlt else ()))}


def seen(*events: dict[str, Value], **readings: tuple[Reading, ...]) -> Scene:
    lists = {"adverse_events": tuple(Event({key: Reading(one) for key, one in event.items()}) for event in events)}
    return Scene(Record("P", readings, lists), {"enrolment": ENROLLED, "first_dose": FIRST}, date(2026, 6, 1))


def alt(times_uln: str, day: date) -> Reading:
    uln = Fraction(1, 10**6)
    return Reading(Fraction(times_uln) * uln, Days(day, day), uln=uln)


@pytest.mark.parametrize(
    ("criterion", "expected", "readings"),
    [
        ("I1", True, {"birth_date": (Reading(date(2008, 3, 2)),)}),
        ("I1", False, {"birth_date": (Reading(date(2008, 3, 3)),)}),
        ("I1", None, {}),
        ("I2", True, {"alt": (alt("2.5", date(2026, 3, 1)),)}),
        ("I2", False, {"alt": (alt("2.51", date(2026, 3, 1)),)}),
        ("I2", False, {"alt": (alt("1", date(2026, 2, 28)), alt("3", date(2026, 3, 1)))}),
        ("I2", True, {"alt": (alt("1", date(2026, 3, 1)), alt("3", date(2026, 3, 3)))}),  # after the day asked about
        ("I2", None, {"alt": (alt("1", date(2026, 2, 22)),)}),  # eight days old
        ("E1", True, {"last_surgery": (Reading(date(2026, 2, 2)),)}),
        ("E1", False, {"last_surgery": (Reading(date(2026, 2, 3)),)}),
    ],
)
def test_criteria(criterion: str, expected: bool | None, readings: dict[str, tuple[Reading, ...]]) -> None:  # noqa: FBT001
    assert clears(CLAUSE[criterion], seen(**readings)) is expected


def event(grade: int, start: date, end: date, attributed: str = "possible") -> dict[str, Value]:
    return {"term": "rash", "grade": Fraction(grade), "start": start, "end": end, "attributed": attributed}


@pytest.mark.parametrize(
    ("clause", "expected", "told"),
    [
        ("T1", True, event(4, date(2026, 3, 31), date(2026, 4, 9))),  # day 28
        ("T1", False, event(4, date(2026, 4, 1), date(2026, 4, 9))),
        ("T1", False, event(4, date(2026, 3, 10), date(2026, 3, 11), "unlikely")),
        ("T2", True, event(3, date(2026, 3, 10), date(2026, 3, 14))),  # three to five days
        ("T2", None, event(3, date(2026, 3, 10), date(2026, 3, 13))),  # two to four
        ("T2", False, event(3, date(2026, 3, 10), date(2026, 3, 12))),
    ],
)
def test_dlt_clauses(clause: str, expected: bool | None, told: dict[str, Value]) -> None:  # noqa: FBT001
    assert met(CLAUSE[clause], seen(told)) is expected


# --- trials -------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again, other = (
        files(PROTOCOL, invent(PROTOCOL, plan), plan, forms=("plain", "sdtm"), dirty=Fraction(1, 10))
        for plan in (Plan(patients=6), Plan(patients=6), Plan(patients=6, seed=2))
    )
    assert first == again
    assert first != other


def test_dice_are_those_of_sha_256() -> None:
    """The first eight bytes of SHA-256 of `1/x#1` are 0x52C93022032D71A5, as `printf 1/x#1 | sha256sum` says."""
    assert Dice.of(1, "x").below(2**64) == FIRST_NUMBER


FIRST_NUMBER = 0x52C93022032D71A5


@pytest.mark.parametrize(("rate", "statuses"), [(0, {"no"}), (1, {"yes"})])
def test_the_chances_of_a_dlt_are_as_wished(rate: int, statuses: set[str]) -> None:
    plan = Plan(patients=6, eligible=Fraction(1), leaves=Fraction(0), rates=(Fraction(rate),) * 2)
    assert {one.dlt for one in invent(PROTOCOL, plan).patients} == statuses


def test_every_patient_is_treated_where_the_design_has_a_place() -> None:
    """What had settled when a cohort began leads the design to the level that the cohort was given."""
    trial = invent(PROTOCOL, Plan(patients=24, seed=5, eligible=Fraction(1), rates=(Fraction(1, 4),) * 2))
    cohorts: dict[int, tuple[str, str]] = {}
    for one in trial.patients:
        before = " ".join(level + letters for level, letters in cohorts.values())
        if one.cohort not in cohorts:
            moved = advise(PROTOCOL, before)
            assert (moved.move, moved.level) == ("treat", one.level)  # type: ignore[union-attr]
        assert one.cohort is not None
        assert one.level is not None
        assert one.dlt is not None
        letter = {"yes": "T", "no": "N", "not evaluable": "X"}[one.dlt]
        cohorts[one.cohort] = (one.level, cohorts.get(one.cohort, ("", ""))[1] + letter)
    assert len(cohorts) > 1
    assert trial.history == " ".join(level + letters for level, letters in cohorts.values())


def test_all_come_where_nothing_bars_and_none_is_treated_where_all_are_barred() -> None:
    barred = invent(PROTOCOL, Plan(patients=5, eligible=Fraction(0)))
    assert [(one.eligible, one.dlt, bool(one.barred)) for one in barred.patients] == [(False, None, True)] * 5


def test_a_clause_that_no_record_meets_is_said() -> None:
    odd = loads(TEXT.replace("grade at least 4", "grade at least 4 and grade at most 3")).model
    trial = invent(odd, Plan(patients=2, eligible=Fraction(1), leaves=Fraction(0), rates=(Fraction(1),) * 2))
    assert "T1 never fires: no records were found that meet it" in trial.uncovered
    assert {one.clauses for one in trial.patients} == {("T2",)}


def test_a_scene_is_looked_at_from_its_moment() -> None:
    assert evolve(seen(), moment="enrolment").at == ENROLLED
