"""What would settle a verdict, by hand: the smallest sets of items, and the first day on which time alone suffices."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

import protocol_dsl
from protocol_dsl.evaluate.decide import Verdict, decide
from protocol_dsl.evaluate.settle import Sooner, settling_sets, sooner
from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Compare,
    CompletedTime,
    Condition,
    Constant,
    Distance,
    Either,
    Fetch,
    FieldOf,
    Known,
    MomentOf,
    Not,
    Policy,
    Series,
    Side,
    Sign,
    Window,
    Within,
)
from protocol_dsl.model.protocol import Clause, Effect, Header, Protocol
from protocol_dsl.model.record import Event, Range, Reading, Record
from protocol_dsl.model.vocabulary import Choice, Item, ListOf, Moment, Rule
from tests.trials_by_hand import ENROLMENT, event, number, patient, word

F = Fraction
DAY = 86400
Sets = tuple[tuple[str, ...], ...]


def is_one(item: str) -> Condition:
    return Compare(Sign.IS, Fetch(Series(item)), Constant(F(1)))


A, B, C, D = (is_one(name) for name in "abcd")
YES, NO = is_one("yes"), is_one("no")
RECORD = patient(yes=number("1", "2026-05-20"), no=number("2", "2026-05-20"))


def trial(*clauses: Clause) -> Protocol:
    names = ("enrolment", "first_dose")
    return Protocol(
        Header("HAND-5"),
        moments={name: Moment(name) for name in names},
        items={"events": Item("events", ListOf("adverse_event"))},
        criteria=clauses,
    )


def including(condition: Condition, guard: Condition | None = None) -> Clause:
    return Clause("I1", Effect.INCLUSION, "", condition, guard, "enrolment")


def excluding(condition: Condition, guard: Condition | None = None) -> Clause:
    return Clause("E1", Effect.EXCLUSION, "", condition, guard, "enrolment")


def settling(*clauses: Clause, record: Record = RECORD) -> Sets:
    return settling_sets(decide(trial(*clauses), record, ENROLMENT))


ALREADY: Sets = ((),)


@pytest.mark.parametrize(
    ("condition", "to_hold", "to_fail"),
    [
        (A, (("a",),), (("a",),)),
        (Not(A), (("a",),), (("a",),)),
        (Both((A, B)), (("a", "b"),), (("a",), ("b",))),
        (Either((A, B)), (("a",), ("b",)), (("a", "b"),)),
        (Not(Both((A, B))), (("a",), ("b",)), (("a", "b"),)),
        (Not(Either((A, B))), (("a", "b"),), (("a",), ("b",))),
        (Both((A, YES)), (("a",),), (("a",),)),
        (Either((A, NO)), (("a",),), (("a",),)),
        (AtLeast(2, (A, B, C)), (("a", "b"), ("a", "c"), ("b", "c")), (("a", "b"), ("a", "c"), ("b", "c"))),
        (AtLeast(2, (A, B, YES)), (("a",), ("b",)), (("a", "b"),)),
        (AtLeast(2, (A, B, NO)), (("a", "b"),), (("a",), ("b",))),
        (AtLeast(1, (A, B, C)), (("a",), ("b",), ("c",)), (("a", "b", "c"),)),
        (Either((A, Both((A, B)))), (("a",),), (("a",),)),
        (Either((Both((A, B)), C)), (("c",), ("a", "b")), (("a", "c"), ("b", "c"))),
        (Both((Either((A, B)), Either((A, C)))), (("a",), ("b", "c")), (("a", "b"), ("a", "c"))),
        (
            Both((Either((A, B)), Either((C, D)))),
            (("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")),
            (("a", "b"), ("c", "d")),
        ),
        (Both((Known(A), B)), (("a", "b"),), (("a",), ("b",))),
        (Policy(Both((A, B)), (), met=True, because=""), (("a", "b"),), (("a",), ("b",))),
        (Compare(Sign.AT_LEAST, Fetch(Series("a")), Fetch(Series("b"))), (("a", "b"),), (("a", "b"),)),
    ],
)
def test_the_smallest_sets_that_settle_a_clause(condition: Condition, to_hold: Sets, to_fail: Sets) -> None:
    found = [
        settling_sets(decide(trial(one), RECORD, ENROLMENT, policies=False))
        for one in (including(condition), excluding(condition))
    ]
    assert [to_hold, to_fail] == found


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (including(YES), ALREADY),
        (including(A, NO), ALREADY),
        (including(A, YES), (("a",),)),
        (including(A, B), (("a",), ("b",))),
        (including(NO, B), (("b",),)),
        (including(Both((A, B)), B), (("b",),)),
        (excluding(YES, Both((A, B))), (("a",), ("b",))),
        (excluding(YES, Either((A, B))), (("a", "b"),)),
        (excluding(YES, AtLeast(2, (A, B, NO))), (("a",), ("b",))),
    ],
)
def test_a_clause_may_be_settled_by_its_guard(clause: Clause, expected: Sets) -> None:
    assert expected == settling(clause)


def test_each_open_clause_has_to_be_settled() -> None:
    assert settling(including(Either((A, B))), including(YES), excluding(C)) == (("a", "c"), ("b", "c"))


def test_one_item_may_settle_two_clauses() -> None:
    assert settling(including(Either((A, B))), excluding(A)) == (("a",),)


def test_where_nothing_is_open_nothing_has_to_be_settled() -> None:
    assert settling() == ALREADY


SEVERE = AnyEvent("events", Compare(Sign.AT_LEAST, FieldOf("grade"), Constant(F(3))))


def listed(*grades: int | None, attested: bool) -> Record:
    events = tuple(event() if grade is None else event(grade=F(grade)) for grade in grades)
    return patient(lists={"events": events}, attested={"events": ENROLMENT} if attested else {})


@pytest.mark.parametrize(
    ("record", "to_hold", "to_fail"),
    [
        (listed(attested=False), (("events",),), (("events",),)),
        (listed(None, attested=True), (("events grade",),), (("events grade",),)),
        (listed(None, attested=False), (("events grade",),), (("events", "events grade"),)),
    ],
)
def test_what_settles_a_list(record: Record, to_hold: Sets, to_fail: Sets) -> None:
    assert [to_hold, to_fail] == [settling(one, record=record) for one in (including(SEVERE), excluding(SEVERE))]


def test_what_is_known_but_not_closely_enough_settles_by_being_known_better() -> None:
    record = patient(a=word(Range(F(0), F(2)), "2026-05-20"))
    assert settling(including(Compare(Sign.AT_LEAST, Fetch(Series("a")), Constant(F(1)))), record=record) == (("a",),)


@pytest.mark.parametrize(("alternatives", "told"), [(63, 63), (64, 64), (65, 64)])
def test_no_more_than_64_alternatives_are_told(alternatives: int, told: int) -> None:
    either = Either(tuple(is_one(f"item_{number:02}") for number in range(alternatives)))
    assert tuple((f"item_{number:02}",) for number in range(told)) == settling(including(either))


def test_of_more_than_64_combinations_the_first_are_told() -> None:
    left, right = ([f"{side}_{number}" for number in range(9)] for side in ("left", "right"))
    both = Both(tuple(Either(tuple(map(is_one, names))) for names in (left, right)))
    assert tuple((a, b) for a in left for b in right)[:64] == settling(including(both))


# --- time alone ---------------------------------------------------------------------------------------------------

TO_ENROLMENT, TO_DOSE = MomentOf("enrolment"), MomentOf("first_dose")
SURGERY = Fetch(Series("surgery"))


def apart(sign: Sign, days: int, anchor: MomentOf = TO_ENROLMENT) -> Distance:
    return Distance(sign, SURGERY, Constant(F(days * DAY)), Side.BEFORE, anchor)


def found(clause: Clause, record: Record, **at: date) -> Sooner | None:
    protocol = trial(clause)
    decision = decide(protocol, record, ENROLMENT, at)
    return sooner(protocol, record, decision, decision.clauses[0])


def after(days: int) -> date:
    return ENROLMENT + timedelta(days=days)


@pytest.mark.parametrize("days", [*range(1, 20), 63, 64, 65, 255, 256, 257, 1000, 16383, 16384])
def test_the_first_day_on_which_time_alone_suffices(days: int) -> None:
    clause, record = including(apart(Sign.AT_LEAST, days)), patient(surgery=word(ENROLMENT))
    assert Sooner("enrolment", after(days), or_later=True) == found(clause, record)


def test_beyond_some_45_years_nothing_is_said() -> None:
    assert found(including(apart(Sign.AT_LEAST, 16385)), patient(surgery=word(ENROLMENT))) is None


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (including(apart(Sign.AT_LEAST, 28)), after(28)),
        (including(apart(Sign.MORE_THAN, 28)), after(29)),
        (excluding(apart(Sign.LESS_THAN, 28)), after(28)),
        (excluding(apart(Sign.AT_MOST, 28)), after(29)),
    ],
)
def test_28_days_after_surgery(clause: Clause, expected: date) -> None:
    assert Sooner("enrolment", expected, or_later=True) == found(clause, patient(surgery=word(ENROLMENT)))


def test_the_day_of_a_birthday() -> None:
    adult = Compare(Sign.AT_LEAST, CompletedTime("years", Fetch(Series("born")), TO_ENROLMENT), Constant(F(18)))
    record = patient(born=word(date(2010, 3, 7)))
    assert Sooner("enrolment", date(2028, 3, 7), or_later=True) == found(including(adult), record)


@pytest.mark.parametrize(
    ("last", "expected"),
    [(17, Sooner("enrolment", after(16), or_later=False)), (16, Sooner("enrolment", after(16), or_later=False))],
)
def test_a_window_that_closes_again(last: int, expected: Sooner) -> None:
    window = Window(Constant(after(16)), Constant(after(last)))
    assert expected == found(including(Within(TO_ENROLMENT, window)), patient())


def test_a_day_that_clears_before_another_that_does_not() -> None:
    one_day = Within(TO_ENROLMENT, Window(Constant(after(16)), Constant(after(16))))
    from_two_days_later = Within(TO_ENROLMENT, Window(Constant(after(18)), None))
    clause = including(Either((one_day, from_two_days_later)))
    assert Sooner("enrolment", after(16), or_later=False) == found(clause, patient())


def test_lists_are_looked_at_as_they_were() -> None:
    clause = excluding(Either((apart(Sign.LESS_THAN, 28), SEVERE)))
    record = patient(surgery=word(ENROLMENT), attested={"events": ENROLMENT})
    assert Sooner("enrolment", after(28), or_later=True) == found(clause, record)


def test_a_window_without_end_stays_open() -> None:
    window = Window(Constant(after(5)), None)
    assert Sooner("enrolment", after(5), or_later=True) == found(including(Within(TO_ENROLMENT, window)), patient())


def test_what_time_makes_worse_has_no_such_day() -> None:
    record = patient(surgery=word(date(2026, 5, 1)))
    assert found(including(apart(Sign.AT_MOST, 28)), record) is None


@pytest.mark.parametrize("condition", [YES, A])
def test_only_what_bars_has_such_a_day(condition: Condition) -> None:
    assert found(including(condition), RECORD) is None


def test_what_time_has_no_part_in_has_no_such_day() -> None:
    assert found(including(NO), RECORD) is None


def test_readings_are_chosen_as_they_were() -> None:
    low = Compare(Sign.AT_MOST, Fetch(Series("dsa", Choice(Rule.LATEST), 7)), Constant(F(5)))
    clause = including(Both((apart(Sign.AT_LEAST, 28), low)))
    record = patient(surgery=word(ENROLMENT), dsa=number("5", "2026-06-01"))
    assert Sooner("enrolment", after(28), or_later=True) == found(clause, record)


def test_another_moment_is_moved_where_the_clause_speaks_of_it() -> None:
    clause = including(apart(Sign.AT_LEAST, 28, TO_DOSE))
    record = patient(surgery=word(ENROLMENT))
    assert Sooner("first_dose", after(28), or_later=True) == found(clause, record, first_dose=after(3))


def test_the_days_are_counted_from_the_day_of_the_moment_that_is_moved() -> None:
    window = Window(Constant(after(5)), Constant(after(6)))
    clause = including(Within(TO_DOSE, window))
    assert Sooner("first_dose", after(5), or_later=False) == found(clause, patient(), first_dose=after(4))


def test_a_moment_without_a_day_is_not_moved() -> None:
    clause = including(Both((NO, apart(Sign.AT_LEAST, 28, TO_DOSE))))
    assert found(clause, RECORD) is None


def test_of_two_moments_the_first_that_suffices_is_told() -> None:
    never = Within(TO_DOSE, Window(None, Constant(date(2026, 1, 1))))
    later = Within(TO_ENROLMENT, Window(Constant(after(5)), None))
    found_day = found(including(Either((never, later))), patient(), first_dose=after(3))
    assert Sooner("enrolment", after(5), or_later=True) == found_day


def test_near_the_end_of_the_calendar_nothing_later_is_promised() -> None:
    close = date(9999, 12, 30)
    clause = including(Within(TO_DOSE, Window(Constant(date.max), None)))
    assert Sooner("first_dose", date.max, or_later=False) == found(clause, patient(), first_dose=close)


def test_an_event_that_may_have_come_later_is_settled_by_the_day_of_the_moment() -> None:
    """All that is asked of the event is so; whether it had begun at enrolment is not known, for that has no day."""
    protocol = protocol_dsl.loads("""
protocol "SETTLE-EVENT"
    uses ctcae 5.0

moments
    enrolment

data
    events : list of adverse_event

inclusion at enrolment
    I1 "An event"
        any events where (grade at least 1 and serious)
""").model
    fields = {"grade": Reading(Fraction(2)), "serious": Reading(value=True), "start": Reading(date(2026, 3, 1))}
    record = Record("P", lists={"events": (Event(fields),)}, attested={"events": date(2026, 6, 1)})
    decision = decide(protocol, record, date(2026, 6, 1))
    assert decision.verdict is Verdict.UNDETERMINED
    assert settling_sets(decision) == (("enrolment",),)
