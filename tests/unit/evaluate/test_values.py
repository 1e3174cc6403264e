"""What an expression may be: completed time, moved days, cases, fields, context, and days that are not known whole."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from protocol_dsl.base.studytime import Rounding
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING, UNKNOWN, Option, Possible
from protocol_dsl.evaluate.value import evaluate
from protocol_dsl.model.condition import (
    Arithmetic,
    Both,
    Branch,
    Cases,
    Compare,
    CompletedTime,
    Constant,
    ContextOf,
    Expression,
    Extreme,
    Fetch,
    FieldOf,
    Lasting,
    MomentOf,
    Named,
    Not,
    Operator,
    Part,
    Recorded,
    Rounded,
    Series,
    Shifted,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason, Value
from protocol_dsl.model.vocabulary import Choice, Rule
from tests.trials_by_hand import ENROLMENT, asked, event, missing, number, patient, word

F = Fraction
DAY = 86400
JUN1, JUN5, JUN6, JUN8 = date(2026, 6, 1), date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 8)
DSA = Series("dsa", Choice(Rule.LATEST))


def value(expression: Expression, env: Environment | None = None) -> Possible:
    return evaluate(expression, env or asked(), interpret)


def days(count: object) -> Fraction:
    return F(str(count)) * DAY


def recorded(option: Value) -> Environment:
    return asked(patient(dsa=word(option, "2026-05-20")))


FETCHED = Fetch(DSA)


# --- completed time -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "start", "end", "expected"),
    [
        ("years", date(2008, 6, 1), date(2026, 5, 31), F(17)),
        ("years", date(2008, 6, 1), date(2026, 6, 1), F(18)),
        ("years", date(2008, 2, 29), date(2026, 2, 28), F(17)),
        ("years", date(2008, 2, 29), date(2026, 3, 1), F(18)),
        ("years", Range(date(2008, 6, 1), date(2008, 6, 30)), date(2026, 6, 15), Range(F(17), F(18))),
        ("years", Range(date(2008, 6, 1), date(2008, 6, 30)), date(2026, 6, 30), F(18)),
        ("years", Range(date(2008, 6, 1), date(2008, 6, 30)), date(2026, 5, 31), F(17)),
        ("months", date(2026, 1, 15), date(2026, 2, 14), F(0)),
        ("months", date(2026, 1, 15), date(2026, 2, 15), F(1)),
        ("months", date(2025, 1, 15), date(2026, 2, 15), F(13)),
        ("months", Range(date(2026, 1, 1), date(2026, 1, 31)), date(2026, 3, 15), Range(F(1), F(2))),
        ("years", Range(date(2008, 6, 1), None), JUN1, ANYTHING),
        ("years", Range(None, date(2008, 6, 1)), JUN1, ANYTHING),
        ("years", Attested.NEVER, JUN1, ANYTHING),
    ],
)
def test_completed_time_from(period: str, start: Value, end: date, expected: Option) -> None:
    assert (expected,) == value(CompletedTime(period, FETCHED, Constant(end)), recorded(start))


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (Range(date(2026, 5, 1), date(2026, 5, 31)), F(17)),
        (Range(date(2026, 5, 1), date(2026, 6, 1)), Range(F(17), F(18))),
        (Range(date(2026, 6, 1), None), ANYTHING),
        (Range(None, date(2026, 6, 1)), ANYTHING),
    ],
)
def test_completed_years_to_a_day_not_known_whole(end: Range, expected: Option) -> None:
    assert (expected,) == value(CompletedTime("years", Constant(date(2008, 6, 1)), FETCHED), recorded(end))


# --- moved days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "backwards", "down", "up"),
    [
        (date(2026, 1, 31), 1, False, date(2026, 2, 28), date(2026, 3, 1)),
        (date(2024, 1, 31), 1, False, date(2024, 2, 29), date(2024, 3, 1)),
        (date(2026, 3, 31), 1, True, date(2026, 2, 28), date(2026, 3, 1)),
        (date(2026, 1, 15), 1, False, date(2026, 2, 15), date(2026, 2, 15)),
        (date(2026, 1, 15), 12, True, date(2025, 1, 15), date(2025, 1, 15)),
        (date(9999, 12, 5), 1, False, date.max, date.max),
        (date(1, 1, 5), 1, True, date.min, date.min),
    ],
)
def test_a_day_moved_by_months(day: date, months: int, backwards: bool, down: date, up: date) -> None:  # noqa: FBT001
    moved = [
        value(Shifted(Constant(day), months=months, backwards=backwards, rounding=rounding))
        for rounding in (Rounding.DOWN, Rounding.UP)
    ]
    assert [(down,), (up,)] == moved


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (Range(date(2026, 1, 15), date(2026, 1, 31)), Range(date(2026, 2, 15), date(2026, 2, 28))),
        (Range(date(2026, 1, 15), None), Range(date(2026, 2, 15), None)),
        (Range(None, date(2026, 1, 31)), Range(None, date(2026, 2, 28))),
        (Attested.NEVER, ANYTHING),
    ],
)
def test_a_day_not_known_whole_moved_by_a_month(day: Value, expected: Option) -> None:
    assert (expected,) == value(Shifted(FETCHED, months=1), recorded(day))


@pytest.mark.parametrize(
    ("day", "length", "backwards", "expected"),
    [
        (JUN1, 0, False, JUN1),
        (JUN1, 0, True, JUN1),
        (JUN1, 1, False, date(2026, 6, 2)),
        (JUN1, 1, True, date(2026, 5, 31)),
        (JUN1, "7.9", False, JUN8),
        (JUN8, "7.9", True, JUN1),
        (JUN8, -7, False, JUN1),
        (JUN1, -7, True, JUN8),
        (date.max, 1, False, date.max),
        (date(9999, 12, 30), 1, False, date.max),
        (date(9999, 12, 30), 2, False, date.max),
        (date(9999, 12, 29), 1, False, date(9999, 12, 30)),
        (date.min, 1, True, date.min),
        (date(1, 1, 2), 1, True, date.min),
        (date(1, 1, 2), 2, True, date.min),
        (date(1, 1, 3), 1, True, date(1, 1, 2)),
    ],
)
def test_a_day_moved_by_a_length(day: date, length: object, backwards: bool, expected: date) -> None:  # noqa: FBT001
    moved = Shifted(Constant(day), length=Constant(days(length)), backwards=backwards)
    assert (expected,) == value(moved)


@pytest.mark.parametrize(
    ("length", "forwards", "backwards"),
    [
        (Range(days(4), days(7)), Range(JUN5, JUN8), Range(date(2026, 5, 25), date(2026, 5, 28))),
        (Range(days(4), None), ANYTHING, ANYTHING),
        (Range(None, days(7)), ANYTHING, ANYTHING),
        ("long", ANYTHING, ANYTHING),
    ],
)
def test_a_day_moved_by_a_length_known_within_limits(length: Value, forwards: Option, backwards: Option) -> None:
    moved = [
        value(Shifted(Constant(JUN1), length=FETCHED, backwards=way), recorded(length))[0] for way in (False, True)
    ]
    assert [forwards, backwards] == moved


def test_a_day_and_a_length_known_within_limits_move_together() -> None:
    record = patient(dsa=word(Range(JUN1, JUN5), "2026-05-20"), lag=word(Range(days(1), days(3)), "2026-05-20"))
    moved = [
        value(Shifted(FETCHED, length=Fetch(Series("lag")), backwards=way), asked(record))[0] for way in (False, True)
    ]
    assert [Range(date(2026, 6, 2), JUN8), Range(date(2026, 5, 29), date(2026, 6, 4))] == moved


@pytest.mark.parametrize("backwards", [False, True])
def test_what_never_was_cannot_be_moved(backwards: bool) -> None:  # noqa: FBT001
    record = patient(dsa=word(Attested.NEVER, "2026-05-20"), lag=word(Range(days(1), days(3)), "2026-05-20"))
    moved = Shifted(FETCHED, length=Fetch(Series("lag")), backwards=backwards)
    assert value(moved, asked(record)) == UNKNOWN


# --- rounding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (F("1.25"), F("1.5")),
        (F("-1.25"), F("-1.5")),
        (F("1.24"), F(1)),
        (F("0.4"), F("0.5")),
        (Range(F("1.2"), F("1.3")), Range(F(1), F("1.5"))),
        (Range(F("1.2"), None), ANYTHING),
        (Range(None, F("1.2")), ANYTHING),
        ("many", ANYTHING),
    ],
)
def test_rounded_to_a_half(option: Value, expected: Option) -> None:
    assert (expected,) == value(Rounded(FETCHED, F(1, 2)), recorded(option))


# --- cases --------------------------------------------------------------------------------------------------------

YOUNG = Compare(Sign.LESS_THAN, FETCHED, Constant(F(16)))
VERY_YOUNG = Compare(Sign.LESS_THAN, FETCHED, Constant(F(10)))


def by_age(*otherwise: Branch) -> Cases:
    very = Branch(VERY_YOUNG, Constant(F(1)))
    return Cases((very, Branch(YOUNG, Constant(F(2))), *otherwise))


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (F(9), (F(1),)),
        (F(10), (F(2),)),
        (F(15), (F(2),)),
        (F(16), (F(3),)),
        (Range(F(8), F(9)), (F(1),)),
        (Range(F(8), F(12)), (F(1), F(2))),
        (Range(F(12), F(18)), (F(2), F(3))),
        (Range(F(8), F(18)), (F(1), F(2), F(3))),
    ],
)
def test_the_first_branch_that_applies_or_each_that_may(age: Value, expected: Possible) -> None:
    assert expected == value(by_age(Branch(None, Constant(F(3)))), recorded(age))


def test_branches_that_may_apply_with_the_same_result_are_one() -> None:
    cases = Cases((Branch(YOUNG, Constant(F(80))), Branch(None, Constant(F(80)))))
    assert (F(80),) == value(cases)


@pytest.mark.parametrize("age", [F(16), Range(F(12), F(18))])
def test_where_no_branch_surely_applies_the_result_is_unknown(age: Value) -> None:
    assert value(by_age(), recorded(age)) == UNKNOWN


def test_a_branch_tells_what_it_was_chosen_by() -> None:
    env = recorded(F(9))
    value(by_age(), env)
    assert ["dsa"] == [fact.name for fact in env.facts]


# --- what is fetched ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "expected"), [(Part.VALUE, F(5)), (Part.ULN, F(9)), (Part.LLN, F(2)), (Part.DATE, date(2026, 5, 20))]
)
def test_each_part_of_a_reading(part: Part, expected: Option) -> None:
    env = asked(patient(dsa=number("5", "2026-05-20", uln="9", lln="2")))
    assert ((expected,), part) == (value(Fetch(DSA, part), env), env.facts[0].part)


def test_a_fetched_item_is_told() -> None:
    reading = number("5", "2026-05-20")
    env = asked(patient(dsa=reading))
    value(FETCHED, env)
    assert [Fact("dsa", (Candidate(F(5), date(2026, 5, 20), reading=reading),))] == env.facts


def test_two_readings_of_one_value_are_one_option() -> None:
    record = patient(dsa=(number("5", "2026-05-20", uln="9"), number("5", "2026-05-20", uln="8")))
    assert ((F(5),), 2) == (value(FETCHED, asked(record)), len(set(value(Fetch(DSA, Part.ULN), asked(record)))))


def reason_told(env: Environment, series: Series) -> tuple[str, Reason | None]:
    value(Fetch(series), env)
    (fact,) = env.facts
    return fact.name, fact.candidates[-1].reason


def test_where_the_moment_has_no_day_it_is_the_day_that_is_missing() -> None:
    env = asked(patient(enrolment=None, dsa=number("5", "2026-05-20")), at=None)
    assert reason_told(env, DSA) == ("enrolment", Reason.UNDATED)


def test_where_the_moment_has_its_day_it_is_the_reading_that_is_not_certain() -> None:
    env = asked(patient(dsa=number("5")))
    assert reason_told(env, Series("dsa", Choice(Rule.LATEST), 14)) == ("dsa", Reason.UNDATED)


def test_an_item_without_entry_is_missing_whatever_the_day_of_the_moment() -> None:
    assert reason_told(asked(patient(enrolment=None), at=None), DSA) == ("dsa", Reason.NOT_COLLECTED)


def test_a_reading_chosen_in_a_window_does_not_want_the_day_of_the_moment() -> None:
    env = asked(patient(enrolment=None, dsa=number("5")), at=None)
    window = Window(Constant(date(2026, 5, 1)), Constant(date(2026, 5, 31)))
    assert reason_told(env, Series("dsa", Choice(Rule.LATEST), None, window)) == ("dsa", Reason.UNDATED)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(Constant(date(2026, 5, 20)), None), (F(5), F(6))),
        (Window(Constant(date(2026, 5, 21)), None), (F(6),)),
        (Window(None, Constant(date(2026, 5, 20))), (F(5),)),
        (Window(None, Constant(date(2026, 5, 21))), (F(5), F(6))),
        (Window(None, None), (F(5), F(6))),
    ],
)
def test_a_window_of_a_series(window: Window, expected: Possible) -> None:
    record = patient(dsa=(number("5", "2026-05-20"), number("6", "2026-05-21")))
    assert expected == value(Fetch(Series("dsa", None, None, window)), asked(record))


# --- the rest -----------------------------------------------------------------------------------------------------


def test_a_definition_is_what_it_stands_for() -> None:
    assert value(Named("twice", "", Constant(F(5)))) == (F(5),)


@pytest.mark.parametrize(
    ("operator", "expected"),
    [(Operator.PLUS, F(8)), (Operator.MINUS, F(4)), (Operator.TIMES, F(12)), (Operator.OVER, F(3))],
)
def test_the_four_operations(operator: Operator, expected: Fraction) -> None:
    assert (expected,) == value(Arithmetic(operator, Constant(F(6)), Constant(F(2))))


@pytest.mark.parametrize(("larger", "expected"), [(True, F(6)), (False, F(2))])
def test_the_larger_or_the_smaller(larger: bool, expected: Fraction) -> None:  # noqa: FBT001
    assert (expected,) == value(Extreme(larger, Constant(F(6)), Constant(F(2))))


@pytest.mark.parametrize(
    ("name", "text", "expected", "reason"),
    [
        ("level", "2", "2", None),
        ("part", "mad", "mad", None),
        ("entry", "2", F(2), None),
        ("entry", "0", F(0), None),
        ("entry", "-1", ANYTHING, Reason.UNREADABLE),
        ("entry", "1.5", ANYTHING, Reason.UNREADABLE),
        ("entry", "second", ANYTHING, Reason.UNREADABLE),
        ("entry", None, ANYTHING, Reason.NOT_COLLECTED),
        ("level", None, ANYTHING, Reason.NOT_COLLECTED),
    ],
)
def test_the_place_of_a_patient(name: str, text: str | None, expected: Option, reason: Reason | None) -> None:
    env = asked(patient(context={} if text is None else {name: text}))
    assert (expected,) == value(ContextOf(name), env)
    assert [Fact(name, (Candidate(expected, reason=reason),))] == env.facts


def test_a_field_of_an_event() -> None:
    env = asked(event=event(grade=F(3)))
    assert (F(3),) == value(FieldOf("grade"), env)
    assert [("grade", "events", None)] == [(fact.name, fact.of_list, fact.candidates[0].reason) for fact in env.facts]


def test_a_field_entered_without_a_day() -> None:
    env = asked(event=Event({"grade": Reading(F(3), at_moment=True)}))
    value(FieldOf("grade"), env)
    assert env.facts[0].candidates[0].date == ENROLMENT


@pytest.mark.parametrize("env", [asked(event=event(term="nausea")), asked()])
def test_a_field_that_was_not_filled_in(env: Environment) -> None:
    assert value(FieldOf("grade"), env) == UNKNOWN
    assert env.facts[-1].candidates == (Candidate(ANYTHING, reason=Reason.NOT_COLLECTED),)


def test_the_day_of_the_moment_asked_about() -> None:
    env = asked(at=JUN5, moments={"enrolment": JUN1})
    assert (JUN5,) == value(MomentOf("enrolment"), env)
    assert [Fact("enrolment", (Candidate(JUN5, JUN5),))] == env.facts


def test_the_day_of_another_moment() -> None:
    assert (JUN8,) == value(MomentOf("first_dose"), asked(moments={"first_dose": JUN8}))


def test_the_moment_asked_about_without_a_day_of_its_own() -> None:
    assert (Range(JUN1, JUN5),) == value(
        MomentOf("enrolment"), asked(at=None, moments={"enrolment": Range(JUN1, JUN5)})
    )


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ((), Reason.UNDATED),
        ((missing(Reason.PENDING),), Reason.UNDATED),
        ((word(JUN1),), Reason.OUT_OF_ORDER),
        ((word(JUN1), word(JUN1)), Reason.OUT_OF_ORDER),
        ((word(JUN1), word(JUN5)), Reason.CONFLICTING),
    ],
)
def test_why_a_moment_has_no_day(entries: tuple[Reading, ...], reason: Reason) -> None:
    env = asked(patient(first_dose=entries))
    assert value(MomentOf("first_dose"), env) == UNKNOWN
    assert [Fact("first_dose", (Candidate(ANYTHING, ANYTHING, reason=reason),))] == env.facts


# --- how long an event lasts --------------------------------------------------------------------------------------


def clock(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour)  # noqa: DTZ001 - days have no zone


def hours(low: int | None, high: int | None, *, low_open: bool = False, high_open: bool = False) -> Range:
    first, last = (None if end is None else F(end * 3600) for end in (low, high))
    return Range(first, last, low_open, high_open)


OPEN = {"low_open": True, "high_open": True}
LONG_AGO = hours(0, None)


@pytest.mark.parametrize(
    ("start", "end", "expected", "counting_both"),
    [
        (clock(1, 8), clock(4, 8), F(72 * 3600), F(72 * 3600)),
        (JUN1, JUN5, hours(72, 120, **OPEN), F(5 * DAY)),
        (JUN1, date(2026, 6, 2), hours(0, 48, **OPEN), F(2 * DAY)),
        (JUN1, JUN1, hours(0, 24, high_open=True), F(DAY)),
        (Range(JUN1, date(2026, 6, 2)), JUN5, hours(48, 120, **OPEN), hours(96, 120)),
        (clock(1, 8), date(2026, 6, 2), hours(16, 40, high_open=True), hours(16, 40, high_open=True)),
        (JUN5, JUN1, LONG_AGO, LONG_AGO),
        (clock(2, 8), clock(2, 7), LONG_AGO, LONG_AGO),
        (clock(2, 8), clock(2, 8), F(0), F(0)),
        (JUN1, Attested.NEVER, LONG_AGO, LONG_AGO),
        (Attested.NEVER, JUN5, LONG_AGO, LONG_AGO),
        (JUN1, Attested.ONGOING, hours(192, None, low_open=True), hours(192, None, low_open=True)),
        (clock(1, 8), Attested.ONGOING, hours(208, None), hours(208, None)),
        (JUN1, date(2026, 6, 11), hours(192, None, low_open=True), hours(192, None, low_open=True)),
        (JUN1, date(2026, 6, 10), hours(192, 240, **OPEN), F(10 * DAY)),
        (date(2026, 6, 12), Attested.ONGOING, LONG_AGO, LONG_AGO),
        (Range(None, None), JUN5, LONG_AGO, LONG_AGO),
        (Range(None, date(2026, 6, 2)), JUN5, hours(48, None, **OPEN), hours(96, None)),
        (Range(JUN1, None), Range(JUN5, date(2026, 6, 12)), LONG_AGO, LONG_AGO),
        (JUN1, Range(JUN5, date(2026, 6, 12)), hours(72, None, low_open=True), hours(120, None)),
    ],
)
def test_how_long_an_event_lasted_seen_from_10_june(
    start: Value, end: Value, expected: Option, counting_both: Option
) -> None:
    lasted = [
        value(Lasting(both_days), asked(as_of=date(2026, 6, 10), event=event(start=start, end=end)))[0]
        for both_days in (False, True)
    ]
    assert [expected, counting_both] == lasted


@pytest.mark.parametrize("fields", [{"start": JUN1}, {"end": JUN5}])
def test_without_both_ends_it_may_have_lasted_any_time(fields: dict[str, Value]) -> None:
    env = asked(as_of=date(2026, 6, 10), event=event(**fields))
    assert (LONG_AGO,) == value(Lasting(), env)
    missed = [fact.name for fact in env.facts if fact.candidates[0].reason is Reason.NOT_COLLECTED]
    assert {"start", "end"} - set(fields) == set(missed)


def test_without_an_event_nothing_lasts() -> None:
    assert value(Lasting()) == UNKNOWN


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (clock(4, 7), "less than"),
        (clock(4, 8), "at most"),
        (clock(4, 9), "more than"),
    ],
)
def test_72_hours_and_an_hour_to_either_side(end: datetime, expected: str) -> None:
    env = asked(as_of=date(2026, 6, 10), event=event(start=clock(1, 8), end=end))
    limit = Constant(F(72 * 3600))
    held = [s.value for s in (Sign.LESS_THAN, Sign.AT_MOST, Sign.MORE_THAN) if _holds(s, limit, env)]
    assert expected == held[0]


def _holds(sign: Sign, limit: Constant, env: Environment) -> bool:
    return interpret(Compare(sign, Lasting(), limit), env).truth.value == "true"


# --- cases within other forms -------------------------------------------------------------------------------------


def test_a_case_within_a_case() -> None:
    outer = Cases((Branch(YOUNG, by_age()), Branch(None, Constant(F(3)))))
    assert (F(2),) == value(outer, recorded(F(12)))


def test_a_branch_tells_all_that_it_was_chosen_by() -> None:
    env = asked(patient(dsa=word(F(9), "2026-05-20"), weight=word(F(9), "2026-05-20")))
    light = Compare(Sign.LESS_THAN, Fetch(Series("weight")), Constant(F(16)))
    value(Cases((Branch(Not(Both((YOUNG, light))), Constant(F(1))), Branch(None, Constant(F(2))))), env)
    assert ["dsa", "weight"] == [fact.name for fact in env.facts]


def test_the_end_of_a_window_by_case() -> None:
    by_case = Cases((Branch(YOUNG, Constant(date(2026, 5, 20))), Branch(None, Constant(date(2026, 5, 1)))))
    record = patient(dsa=word(F(9), "2026-05-20"), scan=number("5", "2026-05-20"))
    fetched = Fetch(Series("scan", None, None, Window(by_case, by_case)))
    assert (F(5),) == value(fetched, asked(record))


def test_a_sum_of_cases() -> None:
    assert (F(3),) == value(Arithmetic(Operator.PLUS, by_age(), Constant(F(1))), recorded(F(12)))


def test_a_day_in_a_window_whose_ends_are_cases() -> None:
    by_case = Cases((Branch(YOUNG, Constant(JUN5)), Branch(None, Constant(JUN8))))
    inside = Within(Constant(JUN5), Window(by_case, by_case))
    assert interpret(inside, recorded(F(9))).truth is Truth.TRUE


def test_of_a_duration_the_field_that_was_not_filled_in_is_missing() -> None:
    longer = Compare(Sign.MORE_THAN, Lasting(), Constant(F(72 * 3600)))
    found = interpret(longer, asked(as_of=date(2026, 6, 10), event=event(start=JUN1)))
    assert gaps(found) == (Gap("events end", Reason.NOT_COLLECTED),)


def test_an_entry_recorded_in_a_window_whose_end_is_a_case() -> None:
    by_case = Cases((Branch(YOUNG, Constant(date(2026, 5, 20))), Branch(None, Constant(date(2026, 5, 1)))))
    record = patient(dsa=word(F(9), "2026-05-20"), scan=number("5", "2026-05-20"))
    recorded_then = Recorded(Series("scan", None, None, Window(by_case, by_case)))
    assert interpret(recorded_then, asked(record)).truth is Truth.TRUE
