"""How far a condition on a list looks, and how long a patient was followed."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Fact, Finding
from protocol_dsl.evaluate.horizon import horizon
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.model.condition import (
    AtLeast,
    Both,
    Compare,
    CompletedTime,
    Condition,
    Constant,
    Distance,
    Either,
    Expression,
    Fetch,
    FieldOf,
    Followed,
    HadDlt,
    Known,
    MomentOf,
    Not,
    Part,
    Policy,
    Series,
    Shifted,
    Side,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.protocol import DltRules, Header, Protocol
from protocol_dsl.model.record import Attested, Reading, Reason, Record
from protocol_dsl.model.vocabulary import Item, ListOf
from tests.trials_by_hand import ENROLMENT, asked, missing, patient, word

F = Fraction
T, N, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
DAY = 86400
MAY1, MAY20, MAY31, JUN2, JUN5 = (
    date(2026, 5, 1),
    date(2026, 5, 20),
    date(2026, 5, 31),
    date(2026, 6, 2),
    date(2026, 6, 5),
)
SEVERE = Compare(Sign.AT_LEAST, FieldOf("grade"), Constant(F(3)))
EVENTS = {"events": Item("events", ListOf("adverse_event"))}


def recorded(day: date | None) -> tuple[Reading, ...]:
    return () if day is None else (word(day),)


# --- how far a list is looked at ----------------------------------------------------------------------------------

JUL = date(2026, 7, 1)
FIRST_DOSE, START, END = MomentOf("first_dose"), FieldOf("start"), FieldOf("end")
TO_DOSE = Within(START, Window(None, FIRST_DOSE))
TO_JUN2 = Within(START, Window(None, Constant(JUN2)))
TWO_DAYS = Constant(F(2 * DAY))


def looked(where: Condition | None, *, as_of: date = JUL, record: Record | None = None) -> date:
    return horizon(where, asked(record or patient(), as_of=as_of, moments={"first_dose": JUN5}))


def up_to(end: Expression) -> Condition:
    return Within(START, Window(None, end))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, ENROLMENT),
        (SEVERE, ENROLMENT),
        (HadDlt(), ENROLMENT),
        (TO_DOSE, JUN5),
        (Within(START, Window(FIRST_DOSE, None)), JUL),
        (Within(FieldOf("date"), Window(FIRST_DOSE, None)), JUL),
        (Within(END, Window(FIRST_DOSE, None)), ENROLMENT),
        (up_to(Constant(MAY20)), ENROLMENT),
        (Both((TO_DOSE, TO_JUN2)), JUN2),
        (Both((SEVERE, TO_DOSE)), JUN5),
        (Either((TO_DOSE, TO_JUN2)), JUN5),
        (AtLeast(1, (TO_JUN2, TO_DOSE)), JUN5),
        (Either((SEVERE,)), ENROLMENT),
        (Both((SEVERE,)), ENROLMENT),
        (Known(TO_DOSE), JUN5),
        (Policy(TO_DOSE, (), met=True, because=""), JUN5),
        (Not(TO_DOSE), ENROLMENT),
        (Compare(Sign.AT_MOST, START, FIRST_DOSE), JUN5),
        (Compare(Sign.LESS_THAN, START, FIRST_DOSE), JUN5),
        (Compare(Sign.AT_LEAST, START, FIRST_DOSE), JUL),
        (Compare(Sign.AT_MOST, START, Constant(JUN5)), ENROLMENT),
        (Compare(Sign.AT_MOST, FIRST_DOSE, START), JUL),
        (Compare(Sign.AT_LEAST, CompletedTime("months", START, FIRST_DOSE), Constant(F(1))), JUL),
        (Distance(Sign.AT_LEAST, START, TWO_DAYS, Side.BEFORE, FIRST_DOSE), JUN5),
        (Distance(Sign.AT_LEAST, FIRST_DOSE, TWO_DAYS, Side.BEFORE, START), JUL),
        (Distance(Sign.AT_LEAST, FIRST_DOSE, TWO_DAYS, Side.AFTER, START), JUN5),
        (Distance(Sign.AT_LEAST, START, TWO_DAYS, Side.AFTER, FIRST_DOSE), JUL),
    ],
)
def test_how_far_a_condition_looks(where: Condition | None, expected: date) -> None:
    assert expected == looked(where)


def test_the_moment_asked_about_is_on_its_own_day() -> None:
    env = asked(as_of=JUL, moments={"enrolment": JUN5})
    assert horizon(up_to(MomentOf("enrolment")), env) == ENROLMENT


def test_it_never_looks_beyond_the_as_of_date() -> None:
    assert looked(TO_DOSE, as_of=JUN2) == JUN2


def test_asked_without_a_day_it_looks_to_the_as_of_date() -> None:
    assert horizon(None, asked(at=None, as_of=JUL)) == JUL


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (Constant(JUN5), JUN5),
        (Constant(datetime(2026, 6, 5, 12)), JUN5),  # noqa: DTZ001
        (Shifted(Constant(JUN2), length=TWO_DAYS), date(2026, 6, 4)),
        (Shifted(Constant(JUN2), length=Constant(F(5 * DAY, 2))), date(2026, 6, 4)),
        (Shifted(Constant(JUN2), length=Constant(F(-2 * DAY))), JUN2),
        (Shifted(Constant(JUN2), length=TWO_DAYS, backwards=True), JUN2),
        (Shifted(FIRST_DOSE, length=TWO_DAYS), date(2026, 6, 7)),
        (Shifted(FIRST_DOSE, length=TWO_DAYS, backwards=True), JUN5),
        (Shifted(Constant(JUN2), months=1), JUL),
        (Shifted(Constant(date.max), length=TWO_DAYS), JUL),
        (MomentOf("enrolment"), ENROLMENT),
        (MomentOf("nowhere"), JUL),
        (FieldOf("end"), JUL),
        (Fetch(Series("visit")), JUN5),
        (Fetch(Series("visit"), Part.DATE), ENROLMENT),
        (Fetch(Series("visit", None, None, Window(None, None)), Part.DATE), JUL),
        (Fetch(Series("none")), JUL),
        (Fetch(Series("awaited")), JUL),
    ],
)
def test_the_last_day_that_the_end_of_a_window_may_be(end: Expression, expected: date) -> None:
    record = patient(visit=(word(JUN5), word(JUN2)), awaited=(word(JUN5), missing(Reason.PENDING)))
    assert expected == looked(up_to(end), record=record)


# --- follow-up ----------------------------------------------------------------------------------------------------

RULES = DltRules("enrolment", 28, (), (), events="events", follow_up_ends="off_study")
DAY_28 = date(2026, 6, 29)
JUST_BEFORE = date(2026, 6, 28)


def follow_up(  # noqa: PLR0913 - what follow-up is read from
    *,
    attested: date | None = None,
    ended: date | None = None,
    as_of: date = JUL,
    rules: DltRules | None = RULES,
    start: Expression | None = None,
    days: int = 28,
) -> Finding:
    record = patient(attested={} if attested is None else {"events": attested}, off_study=recorded(ended))
    env = asked(record, as_of=as_of, protocol=Protocol(Header("HAND-3"), items=EVENTS, dlt=rules))
    return interpret(Followed(start or Constant(ENROLMENT), days), env)


@pytest.mark.parametrize(
    ("attested", "ended", "as_of", "expected"),
    [
        (DAY_28, None, JUL, T),
        (JUST_BEFORE, None, JUL, U),
        (DAY_28, None, DAY_28, T),
        (DAY_28, None, JUST_BEFORE, U),
        (None, None, JUL, U),
        (None, JUST_BEFORE, JUL, N),
        (None, DAY_28, JUL, U),
        (JUST_BEFORE, JUST_BEFORE, JUL, N),
        (DAY_28, JUST_BEFORE, JUL, N),  # who left was not followed, whatever the list is attested to
        (None, JUST_BEFORE, JUST_BEFORE, N),
        (None, JUST_BEFORE, date(2026, 6, 27), U),
    ],
)
def test_followed_for_28_days(attested: date | None, ended: date | None, as_of: date, expected: Truth) -> None:
    assert expected is follow_up(attested=attested, ended=ended, as_of=as_of).truth


def test_follow_up_that_goes_on_is_awaited() -> None:
    assert follow_up().facts == (Fact("events", (Candidate(ANYTHING, reason=Reason.PENDING),)),)


def test_follow_up_of_which_no_list_tells_is_awaited() -> None:
    found = follow_up(rules=evolve(RULES, events=None), attested=DAY_28)
    assert (U, ["follow_up"]) == (found.truth, [fact.name for fact in found.facts])


def test_follow_up_whose_end_no_item_tells_does_not_end() -> None:
    assert follow_up(rules=evolve(RULES, follow_up_ends=None), ended=JUST_BEFORE).truth is U


def test_without_rules_follow_up_is_unknown() -> None:
    assert follow_up(rules=None, attested=JUL).truth is U


@pytest.mark.parametrize("start", [Constant(Attested.NEVER), MomentOf("nowhere")])
def test_follow_up_from_no_day_is_unknown(start: Expression) -> None:
    assert follow_up(start=start, attested=JUL).truth is U


def test_follow_up_from_one_of_two_days_is_unknown() -> None:
    record = patient(attested={"events": JUL}, visit=(word(MAY20), word(MAY31)))
    env = asked(record, as_of=JUL, protocol=Protocol(Header("HAND-3"), items=EVENTS, dlt=RULES))
    assert interpret(Followed(Fetch(Series("visit")), 1), env).truth is U


def test_follow_up_beyond_the_calendar_ends_with_it() -> None:
    assert follow_up(attested=date.max, as_of=date.max, days=10_000_000).truth is T
