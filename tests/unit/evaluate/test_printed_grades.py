"""Grades that a table has, beside ours: of which direction they speak, and whether they agree."""

import pytest

from protocol_dsl.evaluate.printed_grades import Held, Ours, held
from protocol_dsl.model.grading import Direction
from protocol_dsl.readers.laboratory import Printed

LOW, HIGH = Direction.LOW, Direction.HIGH


def potassium(low: int | None, high: int | None) -> list[Ours]:
    return [("Hyperkalemia", HIGH, high), ("Hypokalemia", LOW, low)]


@pytest.mark.parametrize(
    ("printed", "low", "high", "expected"),
    [
        (Printed("3", "0"), 3, 0, [("0", True), ("3", True)]),
        (Printed("2", "0"), 3, 0, [("0", True), ("2", False)]),
        (Printed("2", ""), 3, 0, [("", None), ("2", False)]),
        (Printed("2", "0"), None, None, [("0", None), ("2", None)]),
        (Printed(either="-3"), 3, 0, [("", None), ("-3", True)]),
        (Printed(either="-2"), 3, 0, [("", None), ("-2", False)]),
        (Printed(either="3"), 3, 0, [("", None), ("3", True)]),
        (Printed(either="0"), 0, 0, [("0", True), ("0", True)]),
        (Printed(either="0"), 3, 0, [("0", False), ("0", False)]),
        (Printed(either="2"), 3, 0, [("2", False), ("2", False)]),
        (Printed(either="2"), None, 0, [("2", None), ("2", None)]),
        (Printed(either="2", term="HYPERKALEMIA"), 3, 0, [("2", False), ("", None)]),
        (Printed(either="Grade 3"), 3, 0, [("", None), ("Grade 3", True)]),
        (Printed(either="3.0"), 3, 0, [("", None), ("3.0", True)]),
        (Printed(either="SEVERE"), 3, 0, [("SEVERE", None), ("SEVERE", None)]),
        (Printed(either="7"), 3, 0, [("7", None), ("7", None)]),
    ],
)
def test_what_is_printed_of_two_directions(
    printed: Printed, low: int | None, high: int | None, expected: list[Held]
) -> None:
    assert expected == held(printed, potassium(low, high))


def test_of_one_direction_a_grade_needs_no_name() -> None:
    assert held(Printed(either="2"), [("Alanine aminotransferase increased", HIGH, 2)]) == [("2", True)]


def test_where_nothing_is_graded_the_grade_still_shows() -> None:
    assert held(Printed(high="2"), [("Hyperglycemia", None, None)]) == [("2", None)]
