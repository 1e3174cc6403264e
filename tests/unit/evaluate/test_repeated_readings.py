"""Conditions on any, every and so many consecutive readings, where days and values need not be certain."""

from datetime import date
from fractions import Fraction

import pytest

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact
from protocol_dsl.evaluate.gaps import Gap, gaps
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.model.condition import (
    Branch,
    Cases,
    Compare,
    Condition,
    Consecutive,
    Constant,
    Fetch,
    Quantifier,
    Readings,
    Series,
    Sign,
    Window,
)
from protocol_dsl.model.record import Reading, Reason
from tests.trials_by_hand import asked, missing, number, patient

F = Fraction
T, N, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
MAY18, JUN10 = Constant(date(2026, 5, 18)), Constant(date(2026, 6, 10))


def truth(condition: Condition, env: Environment | None = None) -> Truth:
    return interpret(condition, env or asked()).truth


# --- any and every reading ----------------------------------------------------------------------------------------

SERIES = Series("dsa", None, 14)
OVER = Compare(Sign.MORE_THAN, Fetch(SERIES), Constant(F(5)))


def some(quantifier: Quantifier, *readings: Reading) -> Truth:
    return truth(Readings(quantifier, SERIES, OVER), asked(patient(dsa=readings)))


LOW, HIGHER = number("5", "2026-05-20"), number("6", "2026-05-21")
AWAITED = missing(Reason.PENDING, "2026-05-22")
LOW_MAY, HIGH_MAY = number("5", "2026-05"), number("6", "2026-05")


@pytest.mark.parametrize(
    ("readings", "any_one", "every_one"),
    [
        ((), U, U),
        ((LOW,), N, N),
        ((HIGHER,), T, T),
        ((LOW, HIGHER), T, N),
        ((LOW, AWAITED), U, N),
        ((HIGHER, AWAITED), T, U),
        ((LOW, HIGH_MAY), U, N),
        ((HIGHER, LOW_MAY), T, U),
        ((LOW, LOW_MAY), N, N),
        ((HIGHER, HIGH_MAY), T, T),
        ((HIGH_MAY,), U, U),
        ((LOW_MAY,), U, U),
    ],
)
def test_any_and_every_reading(readings: tuple[Reading, ...], any_one: Truth, every_one: Truth) -> None:
    assert (any_one, every_one) == (some(Quantifier.ANY, *readings), some(Quantifier.EVERY, *readings))


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((), (Gap("dsa", Reason.NOT_COLLECTED),)),
        ((LOW, AWAITED), (Gap("dsa", Reason.PENDING),)),
        ((LOW, HIGH_MAY), (Gap("dsa", Reason.IMPRECISE),)),
        ((LOW, number("6")), (Gap("dsa", Reason.UNDATED),)),
        ((HIGHER,), ()),
    ],
)
def test_what_is_missing_of_any_reading(readings: tuple[Reading, ...], expected: tuple[Gap, ...]) -> None:
    found = interpret(Readings(Quantifier.ANY, SERIES, OVER), asked(patient(dsa=readings)))
    assert expected == gaps(found)


def test_each_reading_is_told() -> None:
    found = interpret(Readings(Quantifier.EVERY, SERIES, OVER), asked(patient(dsa=(LOW, HIGHER))))
    assert [N, T] == [part.truth for part in found.parts]


def test_without_a_reading_the_item_is_told() -> None:
    found = interpret(Readings(Quantifier.ANY, SERIES, OVER), asked())
    assert found.facts == (Fact("dsa", (Candidate(ANYTHING, reason=Reason.NOT_COLLECTED),)),)


def test_readings_in_a_window() -> None:
    series = Series("dsa", None, None, Window(MAY18, JUN10))
    over = Compare(Sign.MORE_THAN, Fetch(series), Constant(F(5)))
    record = patient(dsa=(number("6", "2026-05-17"), number("5", "2026-05-18")))
    assert truth(Readings(Quantifier.ANY, series, over), asked(record)) is N


# --- so many in a row ---------------------------------------------------------------------------------------------

ALL = Series("dsa")
IN_ROW = Compare(Sign.MORE_THAN, Fetch(ALL), Constant(F(5)))


def in_a_row(count: int, apart: int, *readings: Reading) -> Truth:
    condition = Consecutive(count, ALL, IN_ROW, F(apart))
    return truth(condition, asked(patient(dsa=readings)))


def at(value: str, day: int) -> Reading:
    return number(value, f"2026-05-{day:02}")


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((), U),
        ((at("6", 1),), U),
        ((at("6", 1), at("6", 2)), T),
        ((at("6", 1), at("5", 2)), N),
        ((at("6", 1), at("5", 2), at("6", 3)), N),
        ((at("5", 1), at("6", 2), at("6", 3)), T),
        ((at("6", 1), at("6", 2), at("5", 3)), T),
        ((at("6", 1), at("6", 1)), U),
        ((at("6", 1), at("7", 1)), T),
        ((at("6", 1), at("5", 1), at("7", 1)), U),
        ((at("6", 1), at("5", 1), at("6", 2)), U),
        ((at("6", 1), missing(Reason.PENDING, "2026-05-02")), U),
        ((at("6", 1), missing(Reason.PENDING, "2026-05-02"), at("5", 3)), U),
        ((at("5", 1), missing(Reason.PENDING, "2026-05-02"), at("5", 3)), N),
        ((at("6", 10), at("7", 12), number("5", "2026-05")), U),
        ((at("6", 10), at("7", 12), number("5", "2026-04")), T),
        ((at("6", 10), at("5", 12), number("6", "2026-05")), U),
    ],
)
def test_two_in_a_row(readings: tuple[Reading, ...], expected: Truth) -> None:
    assert expected is in_a_row(2, 0, *readings)


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((at("6", 1), at("6", 2), at("6", 3)), T),
        ((at("6", 1), at("6", 2), at("5", 3)), N),
        ((at("6", 1), at("6", 2)), U),
        ((at("6", 1), at("6", 2), at("5", 3), at("6", 4), at("6", 5)), N),
        ((at("6", 1), at("5", 2), at("6", 3), at("6", 4), at("6", 5)), T),
    ],
)
def test_three_in_a_row(readings: tuple[Reading, ...], expected: Truth) -> None:
    assert expected is in_a_row(3, 0, *readings)


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ((at("6", 1), at("6", 7)), N),
        ((at("6", 1), at("6", 8)), T),
        ((at("6", 1), at("6", 9)), T),
        ((at("6", 1), at("6", 5), at("6", 9)), N),
        ((at("6", 1), at("7", 1), at("6", 8)), U),
        ((number("6", "2026-04"), at("6", 7)), T),
        ((number("6", "2026-04"), at("6", 6)), U),
        ((number("6", "2026-05"), at("6", 31)), U),
        ((number("6"), at("6", 31)), U),
    ],
)
def test_two_in_a_row_a_week_apart(readings: tuple[Reading, ...], expected: Truth) -> None:
    assert expected is in_a_row(2, 7, *readings)


def test_too_few_readings_are_told() -> None:
    found = interpret(Consecutive(2, ALL, IN_ROW), asked(patient(dsa=at("6", 1))))
    assert gaps(found) == (Gap("dsa", Reason.TOO_FEW),)


def test_readings_that_may_not_count_are_not_enough_to_be_sure() -> None:
    over = Compare(Sign.MORE_THAN, Fetch(SERIES), Constant(F(5)))
    record = patient(dsa=(HIGHER, HIGH_MAY))
    found = interpret(Consecutive(2, SERIES, over), asked(record))
    assert (U, (Gap("dsa", Reason.IMPRECISE),)) == (found.truth, gaps(found))


@pytest.mark.parametrize(("value", "expected"), [("6", T), ("5", N), (None, U)])
def test_readings_in_a_window_whose_end_is_a_case(value: str | None, expected: Truth) -> None:
    by_case = Cases((Branch(Compare(Sign.IS, Constant(F(1)), Constant(F(1))), MAY18),))
    series = Series("dsa", None, None, Window(by_case, JUN10))
    over = Compare(Sign.MORE_THAN, Fetch(series), Constant(F(5)))
    record = patient(dsa=() if value is None else number(value, "2026-05-18"))
    condition = Readings(Quantifier.ANY, series, over)
    found = interpret(condition, asked(record))
    assert (expected, condition) == (found.truth, found.condition)
