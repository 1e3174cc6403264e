"""One value against another: at the limit and one step to either side of it, exact or known only within limits."""

from datetime import date, datetime
from fractions import Fraction

import pytest

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.possible import (
    ANYTHING,
    UNKNOWN,
    Option,
    calculate,
    combine,
    compare,
    distinct,
    exact,
    mapped,
    said_of_all,
    seconds_between,
    smaller,
)
from protocol_dsl.model.condition import Operator, Sign
from protocol_dsl.model.record import Attested, Range

F = Fraction
T, N, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
MAY31, JUN1, JUN2, JUN3, JUN5 = (
    date(2026, 5, 31),
    date(2026, 6, 1),
    date(2026, 6, 2),
    date(2026, 6, 3),
    date(2026, 6, 5),
)
HOUR, DAY = 3600, 86400
ORDER = (Sign.AT_LEAST, Sign.AT_MOST, Sign.MORE_THAN, Sign.LESS_THAN)
MIRROR = {
    Sign.AT_LEAST: Sign.AT_MOST,
    Sign.AT_MOST: Sign.AT_LEAST,
    Sign.MORE_THAN: Sign.LESS_THAN,
    Sign.LESS_THAN: Sign.MORE_THAN,
    Sign.IS: Sign.IS,
    Sign.IS_NOT: Sign.IS_NOT,
}


def clock(day: int, hour: int, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, micro)  # noqa: DTZ001 - days have no zone


def said(left: Option, right: Option) -> str:
    """What at least, at most, more than, less than, is and is not come to: T, F or a question mark."""
    letters = {T: "T", N: "F", U: "?"}
    return "".join(letters[compare(sign, left, right)] for sign in (*ORDER, Sign.IS, Sign.IS_NOT))


@pytest.mark.parametrize(
    ("below", "at", "above"),
    [
        (F(4), F(5), F(6)),
        (MAY31, JUN1, JUN2),
        (clock(1, 11), clock(1, 12), clock(1, 13)),
    ],
)
def test_exact_values_at_a_limit_and_beside_it(below: Option, at: Option, above: Option) -> None:
    assert ["FTFTFT", "TTFFTF", "TFTFFT"] == [said(value, at) for value in (below, at, above)]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (Range(F(1), F(4)), "FTFTFT"),
        (Range(F(1), F(5)), "?TF???"),
        (Range(F(1), F(5), high_open=True), "FTFTFT"),
        (Range(F(1), F(5), low_open=True), "?TF???"),
        (Range(F(5), F(9)), "T??F??"),
        (Range(F(5), F(9), low_open=True), "TFTFFT"),
        (Range(F(5), F(9), high_open=True), "T??F??"),
        (Range(F(6), F(9)), "TFTFFT"),
        (Range(F(4), F(6)), "??????"),
        (Range(F(5), F(5)), "TTFFTF"),
        (Range(F(6), None), "TFTFFT"),
        (Range(F(5), None), "T??F??"),
        (Range(F(5), None, low_open=True), "TFTFFT"),
        (Range(F(4), None), "??????"),
        (Range(None, F(4)), "FTFTFT"),
        (Range(None, F(5)), "?TF???"),
        (Range(None, F(5), high_open=True), "FTFTFT"),
        (Range(None, F(6)), "??????"),
        (Range(None, None), "??????"),
        (ANYTHING, "??????"),
    ],
)
def test_what_is_known_within_limits_against_five(left: Option, expected: str) -> None:
    assert expected == said(left, F(5))
    assert all(compare(sign, left, F(5)) is compare(MIRROR[sign], F(5), left) for sign in MIRROR)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Range(F(1), F(5)), Range(F(5), F(9)), "?TF???"),
        (Range(F(1), F(5), high_open=True), Range(F(5), F(9)), "FTFTFT"),
        (Range(F(1), F(5)), Range(F(5), F(9), low_open=True), "FTFTFT"),
        (Range(F(1), F(4)), Range(F(5), F(9)), "FTFTFT"),
        (Range(F(1), F(6)), Range(F(5), F(9)), "??????"),
        (Range(F(5), F(9)), Range(F(1), F(5)), "T??F??"),
        (Range(F(5), F(5)), Range(F(5), F(5)), "TTFFTF"),
        (Range(F(1), F(5)), Range(F(1), F(5)), "??????"),
        (Range(None, F(5)), Range(None, F(5)), "??????"),
        (Range(JUN1, JUN3), JUN3, "?TF???"),
        (Range(JUN1, JUN2), JUN3, "FTFTFT"),
        (ANYTHING, ANYTHING, "??????"),
    ],
)
def test_two_that_are_known_within_limits(left: Option, right: Option, expected: str) -> None:
    assert expected == said(left, right)


@pytest.mark.parametrize(
    ("day", "instant", "expected"),
    [
        (JUN1, clock(1, 0), "T??F??"),
        (JUN1, clock(1, 12), "??????"),
        (JUN1, clock(2, 0), "FTFTFT"),
        (JUN2, clock(1, 23, 59), "TFTFFT"),
        (Range(JUN1, JUN2), clock(3, 0), "FTFTFT"),
        (Range(JUN1, JUN2), clock(2, 23), "??????"),
        (Range(JUN2, None), clock(1, 23), "TFTFFT"),
        (Range(JUN2, None), clock(2, 0), "T??F??"),
        (Range(JUN2, None, low_open=True), clock(2, 0), "TFTFFT"),
        (Range(None, JUN2), clock(3, 0), "FTFTFT"),
        (Range(None, JUN2), clock(2, 23), "??????"),
        (JUN2, Range(clock(1, 0), clock(1, 23)), "TFTFFT"),
        (JUN1, Range(None, clock(2, 0)), "??????"),
        (JUN1, Range(clock(2, 0), None), "FTFTFT"),
    ],
)
def test_a_day_is_its_24_hours_beside_an_instant(day: Option, instant: Option, expected: str) -> None:
    assert expected == said(day, instant)


def test_the_last_day_of_the_calendar_beside_an_instant() -> None:
    noon = datetime(9999, 12, 31, 12)  # noqa: DTZ001 - days have no zone
    assert said(date(9999, 12, 30), noon) == "FTFTFT"
    assert said(date.max, noon) == "??????"
    assert said(date.max, datetime.max) == "?TF???"  # noqa: DTZ901
    assert said(date.max, datetime(9999, 12, 30, 23)) == "TFTFFT"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Attested.NEVER, JUN1, "FFFFFT"),
        (JUN1, Attested.NEVER, "FFFFFT"),
        (Attested.NONE, F(5), "FFFFFT"),
        (Attested.ONGOING, JUN1, "TFTFFT"),
        (JUN1, Attested.ONGOING, "FTFTFT"),
        (Attested.ONGOING, Attested.NEVER, "FFFFFT"),
        (Attested.NEVER, Attested.ONGOING, "FFFFFT"),
        (Attested.ONGOING, ANYTHING, "??????"),
        (ANYTHING, Attested.NEVER, "??????"),
    ],
)
def test_what_is_attested(left: Option, right: Option, expected: str) -> None:
    assert expected == said(left, right)


@pytest.mark.parametrize("attested", Attested)
def test_what_is_attested_is_itself(attested: Attested) -> None:
    assert [T, N] == [compare(sign, attested, attested) for sign in (Sign.IS, Sign.IS_NOT)]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("iv", "iv", "????TF"),
        ("iv", "iii", "????FT"),
        (True, True, "????TF"),
        (True, False, "????FT"),
        ("five", F(5), "????FT"),
        (F(5), "five", "????FT"),
        (frozenset({"alk"}), frozenset({"alk"}), "????TF"),
    ],
)
def test_words_have_no_order(left: Option, right: Option, expected: str) -> None:
    assert expected == said(left, right)


# --- several options ----------------------------------------------------------------------------------------------


def plus(left: Option, right: Option) -> Option:
    return calculate(Operator.PLUS, left, right)


def numbers(count: int, step: int = 1) -> tuple[Fraction, ...]:
    return tuple(F(step * number) for number in range(count))


def test_sixty_four_pairs_of_options_are_told_apart() -> None:
    assert set(numbers(64)) == set(combine(plus, numbers(8), numbers(8, 8)))


def test_sixty_five_pairs_of_options_are_not() -> None:
    assert combine(plus, numbers(5), numbers(13, 5)) == UNKNOWN


def test_results_that_are_the_same_are_one_option() -> None:
    assert combine(plus, (F(1), F(2)), (F(3), F(2))) == (F(4), F(3), F(5))


def test_one_option_on_the_left_with_two_on_the_right() -> None:
    assert combine(plus, (F(1),), (F(3), F(2))) == (F(4), F(3))


def test_two_options_on_the_left_with_one_on_the_right() -> None:
    assert combine(plus, (F(3), F(2)), (F(1),)) == (F(4), F(3))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), UNKNOWN),
        ((F(1),), (F(1),)),
        ((F(1), F(1)), (F(1),)),
        ((F(1), F(2), F(1)), (F(1), F(2))),
        ((F(1), ANYTHING), UNKNOWN),
        ((ANYTHING, F(1)), UNKNOWN),
    ],
)
def test_options_each_once(options: tuple[Option, ...], expected: tuple[Option, ...]) -> None:
    assert expected == distinct(options)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ((F(5),), (F(5),), T),
        ((F(5),), (F(4), F(5)), T),
        ((F(5),), (F(4), F(6)), U),
        ((F(5), F(6)), (F(5),), T),
        ((F(5), F(6)), (F(6),), U),
        ((F(5), F(6)), (F(7), F(8)), N),
    ],
)
def test_at_least_holds_of_all_options_or_is_unknown(
    left: tuple[Option, ...], right: tuple[Option, ...], expected: Truth
) -> None:
    assert said_of_all(lambda a, b: compare(Sign.AT_LEAST, a, b), left, right) is expected


@pytest.mark.parametrize(
    ("option", "expected"),
    [(F(0), True), (Attested.NEVER, True), (Range(F(1), F(2)), False), (ANYTHING, False)],
)
def test_exact(option: Option, expected: bool) -> None:  # noqa: FBT001
    assert exact(option) is expected


# --- from one day to another --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (JUN2, JUN5, F(3 * DAY)),
        (JUN5, JUN2, F(-3 * DAY)),
        (clock(1, 0), clock(1, 1, 0, 2, 500_000), F(HOUR) + F(5, 2)),
        (clock(1, 1), clock(1, 0), F(-HOUR)),
        (Range(JUN1, JUN3), JUN5, Range(F(2 * DAY), F(4 * DAY))),
        (JUN1, Range(JUN3, JUN5), Range(F(2 * DAY), F(4 * DAY))),
        (Range(JUN1, None), JUN5, Range(None, F(4 * DAY))),
        (Range(None, JUN3), JUN5, Range(F(2 * DAY), None)),
        (JUN1, Range(JUN3, None), Range(F(2 * DAY), None)),
        (JUN1, Range(None, JUN3), Range(None, F(2 * DAY))),
        (JUN1, clock(2, 6), Range(F(6 * HOUR), F(30 * HOUR), low_open=True)),
        (clock(1, 6), JUN2, Range(F(18 * HOUR), F(42 * HOUR), high_open=True)),
        (Range(JUN1, JUN1), JUN2, F(DAY)),
        (ANYTHING, JUN1, ANYTHING),
        (JUN1, ANYTHING, ANYTHING),
        (Attested.NEVER, JUN1, ANYTHING),
        (JUN1, Attested.ONGOING, ANYTHING),
        (Range(None, None), JUN1, ANYTHING),
    ],
)
def test_the_time_from_one_day_to_another(start: Option, end: Option, expected: Option) -> None:
    assert expected == seconds_between(start, end)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (JUN1, date(2027, 6, 1)),
        (Range(JUN1, JUN3), Range(date(2027, 6, 1), date(2027, 6, 3))),
        (Range(JUN1, None), Range(date(2027, 6, 1), None)),
        (Range(None, JUN3), Range(None, date(2027, 6, 3))),
        (Range(None, None), ANYTHING),
        (Range(JUN1, JUN1), date(2027, 6, 1)),
        (ANYTHING, ANYTHING),
        (Attested.NEVER, ANYTHING),
    ],
)
def test_a_day_moved_by_a_year(option: Option, expected: Option) -> None:
    assert expected == mapped(option, lambda day: day.replace(year=2027))


def test_days_have_no_sum() -> None:
    assert calculate(Operator.PLUS, Range(None, JUN1), F(1)) is ANYTHING


@pytest.mark.parametrize("unordered", [ANYTHING, Attested.NEVER])
def test_the_smaller_of_a_number_and_what_has_no_order(unordered: Option) -> None:
    assert smaller(F(1), unordered) is ANYTHING
