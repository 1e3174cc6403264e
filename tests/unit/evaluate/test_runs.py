"""Runs of readings by hand: one letter a reading, `y` holds, `n` does not, `?` is not known."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.possible import Option
from protocol_dsl.evaluate.runs import Link, some_run
from protocol_dsl.model.record import Range

HOLDS = {"y": Truth.TRUE, "n": Truth.FALSE, "?": Truth.UNKNOWN}


def on(day: int) -> date:
    return date(2026, 3, 1) + timedelta(days=day)


def link(day: Option, letter: str, counts: Truth = Truth.TRUE) -> Link:
    return Link(day, counts, HOLDS[letter])


def daily(letters: str) -> list[Link]:
    return [link(on(day), letter) for day, letter in enumerate(letters)]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("yy", Truth.TRUE),
        ("yny", Truth.FALSE),
        ("nyyn", Truth.TRUE),
        ("y?", Truth.UNKNOWN),
        ("n?", Truth.FALSE),
        ("y?y", Truth.UNKNOWN),
        ("?n?", Truth.FALSE),
        ("y?yy", Truth.TRUE),
    ],
)
def test_two_in_a_row(letters: str, expected: Truth) -> None:
    assert expected is some_run(daily(letters), 2, Fraction(0))
    assert expected is some_run(daily(letters)[::-1], 2, Fraction(0))


def test_readings_too_close_together_are_no_run() -> None:
    close, apart = [link(on(0), "y"), link(on(6), "y")], [link(on(0), "y"), link(on(7), "y")]
    assert (Truth.FALSE, Truth.TRUE) == (some_run(close, 2, Fraction(7)), some_run(apart, 2, Fraction(7)))


def test_readings_of_one_day_may_have_come_in_any_order() -> None:
    """A day with one that holds and one that does not, before a day that holds."""
    assert Truth.UNKNOWN is some_run([link(on(0), "n"), link(on(0), "y"), link(on(1), "y")], 2, Fraction(0))


def test_readings_of_one_day_that_all_hold_are_a_run_in_any_order() -> None:
    assert Truth.TRUE is some_run([link(on(0), "y"), link(on(0), "y")], 2, Fraction(0))


def test_a_reading_that_may_not_count_may_not_part_two_others() -> None:
    links = [link(on(0), "y"), link(on(1), "n", Truth.UNKNOWN), link(on(2), "y")]
    assert Truth.UNKNOWN is some_run(links, 2, Fraction(0))


def test_a_reading_that_may_lie_between_leaves_it_open() -> None:
    between = Range(on(0), on(9))
    assert Truth.UNKNOWN is some_run([link(on(1), "y"), link(on(3), "y"), link(between, "n")], 2, Fraction(0))


def test_a_reading_that_surely_lies_between_parts_them() -> None:
    between = Range(on(2), on(3))
    assert Truth.FALSE is some_run([link(on(1), "y"), link(on(5), "y"), link(between, "n")], 2, Fraction(0))


def test_a_run_of_three_needs_three() -> None:
    assert (Truth.FALSE, Truth.TRUE) == (
        some_run(daily("yynyy"), 3, Fraction(0)),
        some_run(daily("yyy"), 3, Fraction(0)),
    )
