"""Arithmetic with what is only known within limits: every value that may be the case lies within, and none to spare."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product

import pytest

from protocol_dsl.evaluate.possible import ANYTHING, Option, calculate, larger, smaller
from protocol_dsl.model.condition import Operator
from protocol_dsl.model.record import Attested, Range

F = Fraction
LITTLE = Fraction(1, 1000)
PAIRS = [(low, high) for low, high in product((-2, -1, 0, 1, 3), repeat=2) if low < high]
RANGES = [Range(F(low), F(high), *opens) for (low, high), opens in product(PAIRS, product((False, True), repeat=2))]
NUMBERS: list[Range | Fraction] = [*RANGES, F(-1), F(0), F(2)]


def within(option: Range | Fraction) -> Iterator[Fraction]:
    """Some of the values, among them those at the ends or, where an end is open, next to it."""
    if isinstance(option, Fraction):
        yield option
        return
    yield option.low + LITTLE if option.low_open else option.low
    yield (option.low + option.high) / 2
    yield option.high - LITTLE if option.high_open else option.high


def admits(option: Option, value: Fraction) -> bool:
    if not isinstance(option, Range):
        return option is ANYTHING or option == value
    above = option.low is None or option.low < value or (option.low == value and not option.low_open)
    below = option.high is None or value < option.high or (option.high == value and not option.high_open)
    return above and below


OPERATIONS = {
    Operator.PLUS: lambda x, y: x + y,
    Operator.MINUS: lambda x, y: x - y,
    Operator.TIMES: lambda x, y: x * y,
    Operator.OVER: lambda x, y: x / y,
}


@pytest.mark.parametrize("by", OPERATIONS)
def test_every_possible_result_lies_within_and_the_ends_are_reached(by: Operator) -> None:
    for left, right in product(NUMBERS, repeat=2):
        found = calculate(by, left, right)
        if by is Operator.OVER and any(y == 0 or y.numerator < 0 < -z for y in within(right) for z in within(right)):
            continue
        if by is Operator.OVER and min(within(right)) <= LITTLE and max(within(right)) >= -LITTLE:
            assert found is ANYTHING, (left, right)  # zero may be the case, or is only just excluded
            continue
        results = [OPERATIONS[by](x, y) for x, y in product(within(left), within(right))]
        assert all(admits(found, result) for result in results), (left, right, found)
        assert_no_wider(found, results)


def assert_no_wider(found: Option, results: list[Fraction]) -> None:
    if isinstance(found, Range):
        near = 8 * LITTLE
        assert found.low is not None
        assert found.high is not None
        assert min(results) - found.low <= near
        assert found.high - max(results) <= near
        for end, is_open in ((found.low, found.low_open), (found.high, found.high_open)):
            if end != 0:  # of a product nought is taken in, reached or not, which claims no more than is known
                assert is_open == (end not in results)
    else:
        assert {found} == set(results)


@pytest.mark.parametrize(
    ("by", "left", "right", "expected"),
    [
        (Operator.PLUS, Range(F(1), None), F(2), Range(F(3), None)),
        (Operator.PLUS, Range(None, F(1), high_open=True), F(2), Range(None, F(3), high_open=True)),
        (Operator.PLUS, Range(F(1), None), Range(None, F(1)), ANYTHING),
        (Operator.MINUS, Range(F(1), None), F(2), Range(F(-1), None)),
        (Operator.MINUS, F(2), Range(F(1), None, low_open=True), Range(None, F(1), high_open=True)),
        (Operator.TIMES, Range(F(2), None), F(3), Range(F(6), None)),
        (Operator.TIMES, Range(F(2), None, low_open=True), F(3), Range(F(6), None, low_open=True)),
        (Operator.TIMES, Range(F(1), None, low_open=True), F(1), Range(F(1), None, low_open=True)),
        (Operator.TIMES, Range(F(0), None, low_open=True), Range(F(0), F(1)), Range(F(0), None)),
        (Operator.TIMES, Range(F(2), None, low_open=True), F(-3), Range(None, F(-6), high_open=True)),
        (Operator.TIMES, Range(None, F(2), high_open=True), F(3), Range(None, F(6), high_open=True)),
        (Operator.TIMES, Range(None, F(2)), Range(F(1), F(3)), ANYTHING),
        (Operator.TIMES, Range(F(2), None), F(0), F(0)),
        (Operator.OVER, F(1), Range(F(0), F(2)), ANYTHING),
        (Operator.OVER, F(1), Range(F(2), None), ANYTHING),
        (Operator.OVER, F(1), F(0), ANYTHING),
        (Operator.PLUS, ANYTHING, F(1), ANYTHING),
        (Operator.PLUS, Attested.NEVER, F(1), ANYTHING),
    ],
)
def test_with_an_open_side(by: Operator, left: Option, right: Option, expected: Option) -> None:
    assert expected == calculate(by, left, right)


@pytest.mark.parametrize(
    ("left", "right", "the_larger", "the_smaller"),
    [
        (F(1), F(2), F(2), F(1)),
        (Range(F(1), F(4)), F(2), Range(F(2), F(4)), Range(F(1), F(2))),
        (Range(F(1), F(4)), Range(F(2), F(3)), Range(F(2), F(4)), Range(F(1), F(3))),
        (Range(F(1), None), F(2), Range(F(2), None), Range(F(1), F(2))),
        (Range(None, F(4)), F(2), Range(F(2), F(4)), Range(None, F(2))),
        (Range(F(1), F(2)), F(3), F(3), Range(F(1), F(2))),
        (date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 1), date(2026, 1, 1)),
        (
            Range(date(2026, 1, 1), None),
            date(2026, 2, 1),
            Range(date(2026, 2, 1), None),
            Range(date(2026, 1, 1), date(2026, 2, 1)),
        ),
        (ANYTHING, F(1), ANYTHING, ANYTHING),
        (Attested.NEVER, date(2026, 1, 1), ANYTHING, ANYTHING),
    ],
)
def test_the_larger_and_the_smaller(left: Option, right: Option, the_larger: Option, the_smaller: Option) -> None:
    assert (the_larger, the_smaller) == (larger(left, right), smaller(left, right))
    assert (the_larger, the_smaller) == (larger(right, left), smaller(right, left))
