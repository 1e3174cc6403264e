"""Repeated readings: which count, which is chosen, and what is known where that is not certain."""

from datetime import date
from fractions import Fraction

import pytest
from attrs import evolve

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment
from protocol_dsl.evaluate.possible import ANYTHING, Option
from protocol_dsl.evaluate.series import Edges, candidate, candidates, in_series
from protocol_dsl.model.condition import Series
from protocol_dsl.model.record import Attested, Range, Reading, Reason
from protocol_dsl.model.vocabulary import Choice, Rule
from tests.trials_by_hand import ENROLMENT, asked, missing, number, on, patient, word

F = Fraction
T, U = Truth.TRUE, Truth.UNKNOWN
LATER = date(2026, 7, 1)
MAY = Range(date(2026, 5, 1), date(2026, 5, 31))
LATEST, FIRST = Choice(Rule.LATEST), Choice(Rule.FIRST)
HIGHEST, LOWEST, MEAN = Choice(Rule.HIGHEST), Choice(Rule.LOWEST), Choice(Rule.MEAN)


def of(*readings: Reading, **more: object) -> Environment:
    return asked(patient(dsa=readings), **more)  # type: ignore[arg-type]


def found(
    choice: Choice | None, *readings: Reading, valid: int | None = None, edges: Edges | None = None, **more: object
) -> tuple[Candidate, ...]:
    return candidates(Series("dsa", choice, valid), of(*readings, **more), edges)


def values(chosen: tuple[Candidate, ...]) -> list[Option]:
    return [one.value for one in chosen]


def between(low: str, high: str, day: str) -> Reading:
    return Reading(Range(Fraction(low), Fraction(high)), on(day), written=f"{low} to {high}")


AWAITED = missing(Reason.PENDING, "2026-05-20")


# --- which readings count -----------------------------------------------------------------------------------------


def counting(reading: Reading, *, valid: int | None = None, edges: Edges | None = None, **more: object) -> list[Truth]:
    return [truth for _, truth in in_series(Series("dsa", None, valid), of(reading, **more), edges)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-05-17", []),
        ("2026-05-18", [T]),
        ("2026-05-31", [T]),
        ("2026-06-01", [T]),
        ("2026-06-02", []),
        ("2026-05", [U]),
        ("2026-06", [U]),
        ("2026-04", []),
        ("2026-07", []),
        (None, [U]),
    ],
)
def test_a_reading_is_valid_for_14_days_before_the_moment(day: str | None, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), valid=14, as_of=LATER)


@pytest.mark.parametrize(
    ("day", "expected"), [("1990-01-01", [T]), ("2026-05", [T]), (None, [T]), ("2026", [U]), ("2026-06-02", [])]
)
def test_without_a_bound_on_its_age_a_reading_counts_up_to_the_moment(day: str | None, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), as_of=LATER)


@pytest.mark.parametrize(("day", "expected"), [("2026-05-20", [T]), ("2026-05-21", []), ("2026-05", [U])])
def test_nothing_is_seen_after_the_as_of_date(day: str, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), as_of=date(2026, 5, 20))


@pytest.mark.parametrize(("day", "expected"), [("2026-06-20", [T]), ("2026-07-02", []), ("2026-06-16", [])])
def test_without_a_moment_a_reading_is_asked_for_on_the_as_of_date(day: str, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), valid=14, as_of=LATER, at=None, moment=None)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-06-20", [U]), ("2026-07-01", [U]), ("2026-07-02", []), (None, [T])]
)
def test_where_the_moment_has_no_day_it_is_not_sure_what_counts(day: str | None, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), as_of=LATER, at=None)


def test_an_entry_made_at_the_moment_always_counts() -> None:
    assert [T] == counting(Reading(F(5), at_moment=True), valid=1)


def test_a_bound_that_reaches_beyond_the_calendar() -> None:
    assert [T] == counting(number("5", "0001-01-01"), valid=10_000_000)


WINDOW: Edges = ((date(2026, 5, 18),), (date(2026, 6, 10),))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-05-17", []),
        ("2026-05-18", [T]),
        ("2026-06-10", [T]),
        ("2026-06-11", []),
        ("2026-05", [U]),
        ("2026-06", [U]),
        (None, [U]),
    ],
)
def test_both_ends_belong_to_a_window(day: str | None, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), edges=WINDOW, as_of=LATER)


@pytest.mark.parametrize(("day", "expected"), [("2026-06-05", [T]), ("2026-06-06", [])])
def test_a_window_is_seen_up_to_the_as_of_date(day: str, expected: list[Truth]) -> None:
    assert expected == counting(number("5", day), edges=WINDOW, as_of=date(2026, 6, 5))


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        (((None,), (date(2026, 5, 18),)), [T]),
        (((None,), (date(2026, 5, 17),)), []),
        (((date(2026, 5, 18),), (None,)), [T]),
        (((date(2026, 5, 19),), (None,)), []),
        (((date(2026, 5, 18), date(2026, 5, 19)), (None,)), [U]),
        (((None,), (date(2026, 5, 17), date(2026, 5, 18))), [U]),
    ],
)
def test_a_reading_of_18_may_in_a_window(edges: Edges, expected: list[Truth]) -> None:
    assert expected == counting(number("5", "2026-05-18"), edges=edges)


def test_a_window_takes_the_place_of_validity() -> None:
    assert [T] == counting(number("5", "2026-05-18"), edges=WINDOW, valid=1)


def test_readings_come_in_the_order_of_their_days() -> None:
    unordered = (number("3", "2026-05-20"), number("1", "2026-05-18"), number("2", "2026-05-19"))
    kept = in_series(Series("dsa"), of(*unordered), None)
    assert [F(1), F(2), F(3)] == [reading.value for reading, _ in kept]


@pytest.mark.parametrize(
    "other",
    [
        number("6", "2026-05-20"),
        number("5", "2026-05-21"),
        evolve(number("5", "2026-05-20"), uln=F(9)),
        evolve(number("5", "2026-05-20"), lln=F(9)),
        evolve(number("5", "2026-05-20"), at_moment=True),
    ],
)
def test_readings_that_differ_in_anything_are_two(other: Reading) -> None:
    assert len(in_series(Series("dsa"), of(number("5", "2026-05-20"), other), None)) == 2


@pytest.mark.parametrize("reasons", [(Reason.PENDING, Reason.REFUSED)])
def test_entries_without_value_that_differ_in_their_reason_are_two(reasons: tuple[Reason, ...]) -> None:
    entries = [missing(reason, "2026-05-20") for reason in reasons]
    assert len(in_series(Series("dsa"), of(*entries), None)) == 2


def test_a_reading_entered_twice_is_one() -> None:
    assert len(in_series(Series("dsa"), of(number("5", "2026-05-20"), number("5", "2026-05-20")), None)) == 1


# --- none left ----------------------------------------------------------------------------------------------------


def test_without_entry_an_item_is_not_collected() -> None:
    assert found(LATEST) == (Candidate(ANYTHING, reason=Reason.NOT_COLLECTED),)


def test_of_readings_that_are_all_too_old_the_latest_is_named() -> None:
    old = [number("5", day) for day in ("2026-01-02", "2026-01-03", "2026-01-01")]
    assert found(LATEST, *old, valid=14) == (Candidate(ANYTHING, reading=old[1], reason=Reason.STALE),)


def test_a_reading_of_after_the_moment_is_not_too_old() -> None:
    assert found(LATEST, number("5", "2026-06-02"), as_of=LATER)[0].reason is Reason.NOT_COLLECTED


def test_a_reading_from_before_a_window_is_too_old() -> None:
    assert found(LATEST, number("5", "2026-06-01"), edges=((LATER,), (LATER,)), as_of=LATER)[0].reason is Reason.STALE


# --- one reading as the chosen one --------------------------------------------------------------------------------


def test_a_reading_with_both_limits() -> None:
    one = number("5", "2026-05-20", uln="9", lln="2")
    assert Candidate(F(5), date(2026, 5, 20), F(9), F(2), one) == candidate(one, of())


def test_a_reading_without_limits() -> None:
    one = number("5", "2026-05-20")
    assert Candidate(F(5), date(2026, 5, 20), ANYTHING, ANYTHING, one) == candidate(one, of())


def test_a_reading_within_limits_is_not_precise() -> None:
    assert candidate(between("3", "7", "2026-05-20"), of()).reason is Reason.IMPRECISE


def test_an_entry_without_value_keeps_its_day_and_reason() -> None:
    assert Candidate(ANYTHING, date(2026, 5, 20), reading=AWAITED, reason=Reason.PENDING) == candidate(AWAITED, of())


@pytest.mark.parametrize(
    ("reading", "at", "expected"),
    [
        (number("5", "2026-05"), ENROLMENT, MAY),
        (number("5"), ENROLMENT, ANYTHING),
        (Reading(F(5), at_moment=True), ENROLMENT, ENROLMENT),
        (Reading(F(5), at_moment=True), None, ANYTHING),
        (Reading(F(5), on("2026-05-20"), at_moment=True), ENROLMENT, date(2026, 5, 20)),
    ],
)
def test_the_day_of_a_reading(reading: Reading, at: date | None, expected: Option) -> None:
    assert expected == candidate(reading, of(at=at)).date


# --- latest and first ---------------------------------------------------------------------------------------------

ONE, TWO, THREE = number("1", "2026-05-18"), number("2", "2026-05-19"), number("3", "2026-05-20")


@pytest.mark.parametrize(
    ("choice", "readings", "expected"),
    [
        (LATEST, (TWO, THREE, ONE), [3]),
        (FIRST, (TWO, THREE, ONE), [1]),
        (None, (ONE, TWO), [1, 2]),
        (LATEST, (ONE, TWO, number("4", "2026-05-19")), [2, 4]),
        (FIRST, (ONE, number("4", "2026-05-18"), TWO), [1, 4]),
        (LATEST, (number("9", "2026-05"), THREE), [9, 3]),
        (FIRST, (number("9", "2026-05"), THREE), [9, 3]),
        (LATEST, (number("9", "2026-04"), number("3", "2026-04-30")), [9, 3]),
        (LATEST, (number("9", "2026-04"), number("3", "2026-05-01")), [3]),
        (FIRST, (number("9", "2026-05"), number("3", "2026-05-01")), [9, 3]),
        (FIRST, (number("9", "2026-05"), number("3", "2026-04-30")), [3]),
        (LATEST, (number("9"), THREE), [9, 3]),
        (FIRST, (number("9"), THREE), [9, 3]),
        (LATEST, (Reading(F(9), at_moment=True), THREE), [9]),
        (FIRST, (Reading(F(9), at_moment=True), THREE), [3]),
    ],
)
def test_the_latest_and_the_first(choice: Choice | None, readings: tuple[Reading, ...], expected: list[int]) -> None:
    assert set(expected) == set(values(found(choice, *readings)))


def test_the_latest_keeps_its_place_without_a_value() -> None:
    assert values(found(LATEST, ONE, AWAITED)) == [ANYTHING]


def test_an_older_entry_without_value_does_not_hide_the_latest() -> None:
    assert values(found(LATEST, AWAITED, number("4", "2026-05-21"))) == [F(4)]


@pytest.mark.parametrize("choice", [LATEST, FIRST])
@pytest.mark.parametrize(("day", "reason"), [("2026-05", Reason.IMPRECISE), (None, Reason.UNDATED)])
def test_where_no_reading_is_sure_to_count_there_may_be_none(choice: Choice, day: str | None, reason: Reason) -> None:
    chosen = found(choice, number("5", day), valid=14)
    assert [(F(5), None), (ANYTHING, reason)] == [(one.value, one.reason) for one in chosen]


def test_an_awaited_entry_that_may_count_is_told_once() -> None:
    assert len(found(LATEST, missing(Reason.PENDING, "2026-05"), valid=14)) == 1


def test_a_sure_reading_beside_one_that_may_count_leaves_no_doubt_that_there_is_one() -> None:
    assert set(values(found(LATEST, number("5", "2026-05"), THREE, valid=14))) == {F(5), F(3)}


def test_of_unsure_readings_each_may_be_the_latest() -> None:
    chosen = found(LATEST, number("5", "2026-05"), number("6", "2026"), valid=14)
    assert set(values(chosen)) == {F(5), F(6), ANYTHING}


# --- highest and lowest -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("readings", "highest", "lowest"),
    [
        ((ONE, THREE, TWO), F(3), F(1)),
        ((between("3", "7", "2026-05-20"), number("5", "2026-05-21")), Range(F(5), F(7)), Range(F(3), F(5))),
        ((between("3", "7", "2026-05-20"), number("8", "2026-05-21")), Range(F(8), F(8)), Range(F(3), F(7))),
        ((AWAITED, number("5", "2026-05-21")), Range(F(5), None), Range(None, F(5))),
        ((AWAITED,), ANYTHING, ANYTHING),
        ((number("9", "2026-04"), number("5", "2026-05-21")), F(9), F(5)),
    ],
)
def test_the_highest_and_the_lowest(readings: tuple[Reading, ...], highest: Option, lowest: Option) -> None:
    assert ([highest], [lowest]) == (values(found(HIGHEST, *readings)), values(found(LOWEST, *readings)))


@pytest.mark.parametrize(
    ("unsure", "highest", "lowest"),
    [
        ("9", Range(F(5), F(9)), Range(F(5), F(5))),
        ("1", Range(F(5), F(5)), Range(F(1), F(5))),
    ],
)
def test_a_reading_that_may_count_widens_the_outermost_on_its_side(unsure: str, highest: Range, lowest: Range) -> None:
    readings = (number("5", "2026-05-21"), number(unsure, "2026-05"))
    chosen = [found(choice, *readings, valid=14)[0] for choice in (HIGHEST, LOWEST)]
    assert [(highest, Reason.IMPRECISE), (lowest, Reason.IMPRECISE)] == [(one.value, one.reason) for one in chosen]


def test_where_none_is_sure_to_count_the_highest_is_bounded_only_from_above() -> None:
    assert values(found(HIGHEST, number("9"), valid=14)) == [Range(None, F(9)), ANYTHING]


def test_where_none_is_sure_to_count_the_lowest_is_bounded_only_from_below() -> None:
    assert values(found(LOWEST, number("9"), valid=14)) == [Range(F(9), None), ANYTHING]


def test_the_reason_of_the_outermost_is_that_of_the_reading_without_value() -> None:
    assert found(HIGHEST, AWAITED, number("5", "2026-05-21"))[0].reason is Reason.PENDING


def test_the_reason_of_the_outermost_of_awaited_readings_alone() -> None:
    assert found(HIGHEST, AWAITED) == (Candidate(ANYTHING, reason=Reason.PENDING),)


def test_two_reasons_are_in_conflict() -> None:
    refused = missing(Reason.REFUSED, "2026-05-22")
    assert found(HIGHEST, AWAITED, refused, number("5", "2026-05-21"))[0].reason is Reason.CONFLICTING


def test_readings_of_different_days_that_are_equally_high_are_both_told() -> None:
    assert [date(2026, 5, 20), date(2026, 5, 21)] == [
        one.date for one in found(HIGHEST, THREE, number("3", "2026-05-21"), TWO)
    ]


def test_never_is_neither_high_nor_low() -> None:
    readings = (word(Attested.NEVER, "2026-05-20"), word(date(2026, 1, 1), "2026-05-21"))
    assert values(found(HIGHEST, *readings)) == [Attested.NEVER, date(2026, 1, 1)]


# --- the mean -----------------------------------------------------------------------------------------------------


def mean_of(last: int | None, *readings: Reading, valid: int | None = None) -> Candidate:
    (one,) = found(Choice(Rule.MEAN, last), *readings, valid=valid)
    return one


@pytest.mark.parametrize(("last", "expected"), [(None, F(2)), (3, F(2)), (2, F(5, 2)), (1, F(3))])
def test_the_mean_of_the_last_so_many(last: int | None, expected: Fraction) -> None:
    assert expected == mean_of(last, ONE, THREE, TWO).value


def test_the_mean_is_of_the_day_of_the_newest() -> None:
    assert Candidate(F(2), date(2026, 5, 20)) == mean_of(3, ONE, THREE, TWO)


def test_the_mean_of_more_than_there_are_is_unknown() -> None:
    assert Candidate(ANYTHING, reading=THREE, reason=Reason.TOO_FEW) == mean_of(4, ONE, THREE, TWO)


@pytest.mark.parametrize(("day", "value"), [("2026-05-17", F(5, 2)), ("2026-05-18", F(5, 2)), ("2026-05-19", ANYTHING)])
def test_which_are_the_last_two_is_not_certain_where_another_is_of_the_same_day(day: str, value: Option) -> None:
    assert value == mean_of(2, TWO, THREE, number("7", day)).value


def test_readings_of_one_day_that_may_be_among_the_last_are_in_conflict() -> None:
    assert Candidate(ANYTHING, reason=Reason.CONFLICTING) == mean_of(2, TWO, THREE, number("7", "2026-05-19"))


@pytest.mark.parametrize(("day", "reason"), [("2026-05", Reason.IMPRECISE), (None, Reason.UNDATED)])
def test_the_mean_where_it_is_not_sure_which_count(day: str | None, reason: Reason) -> None:
    assert Candidate(ANYTHING, reason=reason) == mean_of(None, TWO, THREE, number("7", day), valid=14)


def test_the_mean_with_one_awaited() -> None:
    assert Candidate(ANYTHING, reading=AWAITED, reason=Reason.PENDING) == mean_of(None, TWO, AWAITED)


def test_the_mean_with_two_reasons() -> None:
    refused = missing(Reason.REFUSED, "2026-05-22")
    assert mean_of(None, AWAITED, refused).reason is Reason.CONFLICTING


def test_the_mean_with_one_known_within_limits() -> None:
    assert mean_of(None, TWO, between("3", "7", "2026-05-20")).reason is Reason.IMPRECISE


def test_the_mean_of_what_is_no_number() -> None:
    one = word("positive", "2026-05-20")
    assert Candidate(ANYTHING, reading=one, reason=Reason.IMPRECISE) == mean_of(None, one)


def test_a_reading_entered_twice_weighs_once_in_the_mean() -> None:
    assert mean_of(None, TWO, TWO, number("4", "2026-05-20")).value == F(3)


# --- telling candidates apart -------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [number("3", "2026-05-20", uln="7"), number("3", "2026-05-20", lln="7")])
def test_candidates_that_differ_in_a_limit_are_told_apart(other: Reading) -> None:
    assert len(found(LATEST, THREE, other)) == 2


def test_candidates_that_differ_in_nothing_that_matters_are_one() -> None:
    assert len(found(LATEST, Reading(F(3), on("2026-06-01")), Reading(F(3), at_moment=True))) == 1


def test_a_day_not_known_whole_that_lies_wholly_in_a_window() -> None:
    edges: Edges = ((date(2026, 5, 1),), (date(2026, 5, 31),))
    assert [T] == counting(number("5", "2026-05"), edges=edges)


def test_in_a_window_past_the_moment_a_reading_without_its_day_may_be_the_latest() -> None:
    chosen = found(LATEST, number("9"), number("3", "2026-06-05"), edges=WINDOW, as_of=LATER)
    assert set(values(chosen)) == {F(9), F(3)}


@pytest.mark.parametrize(("as_of", "reason"), [(LATER, Reason.CONFLICTING), (date(2026, 6, 4), Reason.NOT_COLLECTED)])
def test_a_blank_entry_beside_one_of_past_the_moment(as_of: date, reason: Reason) -> None:
    blank, later = missing(Reason.NOT_COLLECTED, "2026-05-20"), number("3", "2026-06-05")
    kept = in_series(Series("dsa"), of(blank, later, as_of=as_of), WINDOW)
    assert reason is kept[0][0].missing


@pytest.mark.parametrize(("day", "reason"), [("2026-06-01", Reason.CONFLICTING), ("2026-06-02", Reason.NOT_COLLECTED)])
def test_a_blank_entry_beside_one_of_the_last_day_seen(day: str, reason: Reason) -> None:
    blank = missing(Reason.NOT_COLLECTED, "2026-05-20")
    assert reason is in_series(Series("dsa"), of(blank, number("3", day)), None)[0][0].missing


def test_of_two_entries_made_at_the_moment_either_may_be_the_last() -> None:
    entries = (Reading(F(5), at_moment=True), Reading(F(6), at_moment=True))
    assert Candidate(ANYTHING, reason=Reason.CONFLICTING) == mean_of(1, *entries)
