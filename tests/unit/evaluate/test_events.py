"""Lists of events: what decides, what counts, how far a list must be complete, and how far it is looked at."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.events import begun, count_of
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.lookup import attested_to, completeness, day_of
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.model.condition import (
    AnyEvent,
    Compare,
    Condition,
    Constant,
    Count,
    FieldOf,
    MomentOf,
    Sign,
)
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.model.record import Attested, Event, Range, Reading, Reason, Record, Value
from protocol_dsl.model.vocabulary import Completeness, Date, Item, ListOf, Moment, RecordType
from tests.trials_by_hand import ENROLMENT, asked, event, missing, patient, word

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
BY_VISIT = Completeness(to="last_visit", because="entered at every visit")
WITHIN_14 = Completeness(within_days=14)
SEVERE = Compare(Sign.AT_LEAST, FieldOf("grade"), Constant(F(3)))
MILD, GRADE_3 = event(grade=F(2), start=MAY20), event(grade=F(3), start=MAY20)
UNGRADED = event(start=MAY20)
FIRST_DOSE, START = MomentOf("first_dose"), FieldOf("start")
NOT_ATTESTED = Fact("events", (Candidate(ANYTHING, reason=Reason.NOT_ATTESTED),))


def protocol(complete: Completeness | None = None, beginning: tuple[str, ...] = ("start",)) -> Protocol:
    events = Item("events", ListOf("adverse_event"), complete=complete)
    fields = {name: Item(name, Date()) for name in beginning}
    return Protocol(
        Header("HAND-3"),
        items={"events": events, "last_visit": Item("last_visit", Date())},
        records={"adverse_event": RecordType("adverse_event", fields)},
    )


def recorded(day: date | None) -> tuple[Reading, ...]:
    return () if day is None else (word(day),)


def with_events(
    *events: Event, attested: date | None = ENROLMENT, complete: Completeness | None = None, **more: object
) -> Environment:
    known = {} if attested is None else {"events": attested}
    record = patient(lists={"events": events}, attested=known)
    return asked(record, protocol=protocol(complete), **more)  # type: ignore[arg-type]


def some(env: Environment, where: Condition | None = SEVERE) -> Finding:
    return interpret(AnyEvent("events", where), env)


# --- some event ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "attested", "open_list"),
    [
        ((), N, U),
        ((MILD,), N, U),
        ((GRADE_3,), T, T),
        ((MILD, GRADE_3), T, T),
        ((UNGRADED,), U, U),
        ((UNGRADED, GRADE_3), T, T),
        ((MILD, UNGRADED), U, U),
    ],
)
def test_some_severe_event(events: tuple[Event, ...], attested: Truth, open_list: Truth) -> None:
    found = [some(with_events(*events, attested=day)).truth for day in (ENROLMENT, None)]
    assert [attested, open_list] == found


def test_the_events_that_decide_are_told() -> None:
    found = some(with_events(MILD, GRADE_3, UNGRADED))
    assert [(GRADE_3, T)] == [(part.event, part.truth) for part in found.parts]


def test_the_events_that_hold_it_up_are_told() -> None:
    found = some(with_events(MILD, UNGRADED))
    assert [(UNGRADED, U)] == [(part.event, part.truth) for part in found.parts]
    assert () == found.facts


def test_where_none_decides_none_is_told() -> None:
    found = some(with_events(MILD))
    assert ((), ()) == (found.parts, found.facts)


def test_an_open_list_is_told_with_what_holds_it_up_besides() -> None:
    found = some(with_events(UNGRADED, attested=None))
    assert ([UNGRADED], (NOT_ATTESTED,)) == ([part.event for part in found.parts], found.facts)


@pytest.mark.parametrize(("events", "expected"), [((), N), ((MILD,), T)])
def test_any_event_at_all(events: tuple[Event, ...], expected: Truth) -> None:
    assert expected is some(with_events(*events), None).truth


def test_an_event_after_one_that_had_not_begun_counts() -> None:
    assert some(with_events(event(grade=F(3), start=JUN2), GRADE_3, as_of=JUN5)).truth is T


def test_of_what_is_unknown_no_line_of_the_file_is_told() -> None:
    env = with_events(UNGRADED, attested=None, complete=BY_VISIT)
    seen = evolve(env, record=evolve(env.record, readings={"last_visit": (word(ENROLMENT),)}))
    assert (U, ()) == (some(seen).truth, some(seen).facts)


def test_an_event_entered_for_nobody_who_is_known_may_be_of_this_patient() -> None:
    found = some(with_events(evolve(GRADE_3, stray=True)))
    assert (U, (Gap("events", Reason.UNREADABLE),)) == (found.truth, gaps(found))


def test_an_event_of_which_nothing_is_asked_is_told_as_one_of_its_list() -> None:
    (part,) = some(with_events(MILD), None).parts
    assert (AnyEvent("events", None), MILD) == (part.condition, part.event)


def test_without_the_day_of_the_moment_no_list_is_complete() -> None:
    env = with_events(at=None)
    assert (U, (Gap("enrolment", Reason.OUT_OF_ORDER),)) == (some(env).truth, gaps(some(env)))


def test_without_a_moment_a_list_may_be_complete() -> None:
    assert some(with_events(at=None, moment=None)).truth is N


def test_the_line_of_the_file_that_completes_a_list_is_told() -> None:
    env = with_events(attested=None, complete=BY_VISIT)
    seen = evolve(env, record=patient(last_visit=word(ENROLMENT)))
    found = some(seen)
    assert found.truth is N
    assert found.facts == (Fact("events", (Candidate(Attested.NONE),), rule=BY_VISIT),)


# --- when an event began ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"start": MAY31}, T),
        ({"start": ENROLMENT}, T),
        ({"start": JUN2}, N),
        ({"date": ENROLMENT}, T),
        ({"date": JUN2}, N),
        ({"start": ENROLMENT, "date": JUN2}, T),
        ({"start": Range(MAY31, ENROLMENT)}, T),
        ({"start": Range(ENROLMENT, JUN2)}, U),
        ({"start": Range(JUN2, JUN5)}, N),
        ({"start": Attested.NEVER}, T),
        ({}, T),
    ],
)
def test_whether_an_event_had_begun(fields: dict[str, Value], expected: Truth) -> None:
    assert expected is begun("events", event(**fields), ENROLMENT, asked())


@pytest.mark.parametrize(("as_of", "expected"), [(ENROLMENT, T), (MAY31, T), (JUN2, U)])
@pytest.mark.parametrize("undated", [Event({"start": missing(Reason.PENDING)}), event(start=Attested.NEVER), event()])
def test_an_event_entered_without_its_day_had_begun_by_the_as_of_date(
    undated: Event, as_of: date, expected: Truth
) -> None:
    assert expected is begun("events", undated, ENROLMENT, asked(as_of=as_of, protocol=protocol()))


@pytest.mark.parametrize(
    ("beginning", "expected"), [(("start",), U), (("date",), U), (("start", "date"), U), (("end",), T), ((), T)]
)
def test_only_what_has_a_day_to_begin_on_may_begin_later(beginning: tuple[str, ...], expected: Truth) -> None:
    env = asked(as_of=JUN2, protocol=protocol(None, beginning))
    assert expected is begun("events", event(), ENROLMENT, env)


def test_an_event_of_a_list_that_is_not_declared_may_begin_later() -> None:
    assert begun("events", event(), ENROLMENT, asked(as_of=JUN2)) is U


def test_where_the_moment_has_no_day_an_event_without_one_may_have_begun_later() -> None:
    assert begun("events", event(), ENROLMENT, asked(at=None, protocol=protocol())) is U


@pytest.mark.parametrize(("start", "expected"), [(MAY31, U), (JUN2, N)])
def test_where_the_moment_has_no_day_it_is_not_sure_what_had_begun(start: date, expected: Truth) -> None:
    assert expected is begun("events", event(start=start), ENROLMENT, asked(at=None))


@pytest.mark.parametrize(
    ("beginning", "name"),
    [(("start",), "start"), (("date",), "date"), (("date", "start"), "start")],
)
@pytest.mark.parametrize(("day", "reason"), [(Range(MAY31, JUN2), Reason.IMPRECISE), (None, Reason.UNDATED)])
def test_an_event_that_may_have_begun_later_is_told_with_its_day(
    day: Range | None, reason: Reason, beginning: tuple[str, ...], name: str
) -> None:
    fields: dict[str, Value] = {"grade": F(3)} if day is None else {"grade": F(3), name: day}
    env = evolve(with_events(event(**fields), as_of=JUN2), protocol=protocol(None, beginning))
    found = some(env)
    assert (U, Gap(f"events {name}", reason)) == (found.truth, gaps(found)[-1])


@pytest.mark.parametrize("declared", [protocol(None, ("end",)), evolve(protocol(), records={})])
def test_where_nothing_says_what_events_begin_with_it_is_their_start(declared: Protocol) -> None:
    env = evolve(with_events(event(grade=F(3), start=Range(MAY31, JUN2)), as_of=JUN2), protocol=declared)
    assert gaps(some(env)) == (Gap("events start", Reason.IMPRECISE),)


def test_an_event_that_surely_began_is_told_without_its_day() -> None:
    (part,) = some(with_events(GRADE_3)).parts
    assert ["grade"] == [fact.name for fact in part.facts]


# --- how many -----------------------------------------------------------------------------------------------------


def counted(env: Environment, *, pooled: bool = False) -> Option:
    (one,) = count_of(Count("events", SEVERE, pooled), env, interpret)
    return one


@pytest.mark.parametrize(
    ("events", "attested", "open_list"),
    [
        ((), F(0), Range(F(0), None)),
        ((MILD,), F(0), Range(F(0), None)),
        ((MILD, GRADE_3), F(1), Range(F(1), None)),
        ((GRADE_3, GRADE_3), F(2), Range(F(2), None)),
        ((GRADE_3, UNGRADED), Range(F(1), F(2)), Range(F(1), None)),
        ((UNGRADED, UNGRADED), Range(F(0), F(2)), Range(F(0), None)),
    ],
)
def test_how_many_severe_events(events: tuple[Event, ...], attested: Option, open_list: Option) -> None:
    assert [attested, open_list] == [counted(with_events(*events, attested=day)) for day in (ENROLMENT, None)]


@pytest.mark.parametrize(("limit", "expected"), [(1, T), (2, T), (3, U), (4, N)])
def test_two_or_three_events_against_a_limit(limit: int, expected: Truth) -> None:
    env = with_events(GRADE_3, GRADE_3, UNGRADED)
    at_least = Compare(Sign.AT_LEAST, Count("events", SEVERE), Constant(F(limit)))
    assert expected is interpret(at_least, env).truth


def told(env: Environment, *, pooled: bool = False) -> list[Fact]:
    counted(env, pooled=pooled)
    return env.facts


def test_a_count_that_is_certain_is_told() -> None:
    assert told(with_events(MILD, GRADE_3)) == [Fact("events", (Candidate(F(1)),))]


def test_of_an_uncertain_count_what_is_missing_is_told() -> None:
    assert [("grade", "events")] == [(fact.name, fact.of_list) for fact in told(with_events(GRADE_3, UNGRADED))]


def test_of_an_open_list_its_attestation_is_missing() -> None:
    assert [NOT_ATTESTED] == told(with_events(GRADE_3, attested=None))


def test_where_the_moment_has_no_day_that_is_missing_for_a_count() -> None:
    assert [("enrolment", Reason.OUT_OF_ORDER)] == [
        (fact.name, fact.candidates[0].reason) for fact in told(with_events(at=None))
    ]


def of_all(*records: Record) -> Environment:
    return evolve(asked(records[0], protocol=protocol()), everyone=records)


def someone(*events: Event, attested: date | None = ENROLMENT) -> Record:
    known = {} if attested is None else {"events": attested}
    return patient(lists={"events": events}, attested=known)


def test_a_pooled_count_is_over_all_patients() -> None:
    assert counted(of_all(someone(GRADE_3), someone(GRADE_3, MILD), someone(GRADE_3)), pooled=True) == F(3)


def test_what_may_count_is_pooled_too() -> None:
    assert counted(of_all(someone(GRADE_3, UNGRADED), someone(GRADE_3)), pooled=True) == Range(F(2), F(3))


def test_a_pooled_count_reads_each_patient_by_their_own_moments() -> None:
    early, late = (evolve(someone(GRADE_3), readings={"first_dose": (word(day),)}) for day in (MAY1, MAY31))
    declared = evolve(protocol(), moments={"first_dose": Moment("first_dose")})
    seen = evolve(of_all(early, late), protocol=declared, moments={"first_dose": MAY1})
    before_dose = Compare(Sign.LESS_THAN, START, FIRST_DOSE)
    assert count_of(Count("events", before_dose, pooled=True), seen, interpret) == (F(1),)


def test_a_count_that_is_not_pooled_is_of_the_one_patient() -> None:
    assert counted(of_all(someone(GRADE_3), someone(GRADE_3))) == F(1)


@pytest.mark.parametrize("first_is_open", [True, False])
def test_one_open_list_opens_a_pooled_count(first_is_open: bool) -> None:  # noqa: FBT001
    records = (someone(GRADE_3, attested=None), someone(GRADE_3))
    assert counted(of_all(*(records if first_is_open else records[::-1])), pooled=True) == Range(F(2), None)


# --- how far a list is known to be complete -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attested", "plain", "within_14"),
    [
        (ENROLMENT, True, True),
        (JUN2, True, True),
        (MAY31, False, True),
        (date(2026, 5, 18), False, True),
        (date(2026, 5, 17), False, False),
        (None, False, False),
    ],
)
def test_attested_complete_as_far_as_the_moment(attested: date | None, plain: bool, within_14: bool) -> None:  # noqa: FBT001
    found = [
        completeness("events", ENROLMENT, with_events(attested=attested, complete=rule)) for rule in (None, WITHIN_14)
    ]
    assert [(plain, None), (within_14, None)] == found


@pytest.mark.parametrize(
    ("visit", "expected"),
    [(ENROLMENT, (True, BY_VISIT)), (JUN2, (True, BY_VISIT)), (MAY31, (False, None)), (None, (False, None))],
)
def test_complete_to_the_last_visit(visit: date | None, expected: tuple[bool, Completeness | None]) -> None:
    env = asked(patient(last_visit=recorded(visit)), protocol=protocol(BY_VISIT))
    assert expected == completeness("events", ENROLMENT, env)


def test_complete_to_the_last_visit_is_a_policy() -> None:
    env = asked(patient(last_visit=word(ENROLMENT)), protocol=protocol(BY_VISIT), policies=False)
    assert ((False, None), None) == (completeness("events", ENROLMENT, env), attested_to("events", env))


def test_an_attestation_needs_no_line_of_the_file() -> None:
    env = with_events(complete=BY_VISIT)
    assert completeness("events", ENROLMENT, env) == (True, None)


def test_a_list_that_is_not_declared_may_be_attested() -> None:
    env = asked(patient(attested={"other": ENROLMENT}))
    assert [(True, None), (False, None)] == [completeness(name, ENROLMENT, env) for name in ("other", "events")]


@pytest.mark.parametrize(
    ("attested", "visit", "expected"),
    [(MAY31, JUN2, JUN2), (JUN2, MAY31, JUN2), (MAY31, None, MAY31), (None, JUN2, JUN2), (None, None, None)],
)
def test_the_last_day_a_list_is_complete_to(attested: date | None, visit: date | None, expected: date | None) -> None:
    record = patient(attested={} if attested is None else {"events": attested}, last_visit=recorded(visit))
    assert expected == attested_to("events", asked(record, protocol=protocol(BY_VISIT)))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((word(MAY31),), MAY31),
        ((word(JUN2), word(MAY31)), JUN2),
        ((word(datetime(2026, 6, 2, 23)),), JUN2),  # noqa: DTZ001
        ((word(datetime(2026, 6, 2, 23)), word(JUN5)), JUN5),  # noqa: DTZ001
        ((word(Range(MAY31, JUN2)),), None),
        ((missing(Reason.PENDING), word(MAY31)), MAY31),
        ((), None),
    ],
)
def test_the_day_an_item_holds(entries: tuple[Reading, ...], expected: date | None) -> None:
    assert expected == day_of("last_visit", asked(patient(last_visit=entries)))
