"""What a statement asks of a tally and a level, case by case."""

import pytest

from protocol_dsl.escalation.tally import Tally, View, at_place, counted, holds
from protocol_dsl.model.escalation import (
    Arithmetic,
    Both,
    Closed,
    Comparison,
    Counted,
    Either,
    LevelComparison,
    Negated,
    Operator,
    Place,
    TallyCondition,
    Whole,
)

NAMES = ("-1", "1", "2", "3")
TALLY = Tally(without=3, with_dlt=2, pending=1, extra=(4, 5))
EXTRA = ("crs_2", "crs_3")
CRS = Comparison(Operator.IS, Counted("crs_3"), Whole(5))
ABOVE_1 = LevelComparison(Operator.MORE_THAN, "1")


@pytest.mark.parametrize(
    ("name", "expected"), [("treated", 6), ("with_dlt", 2), ("pending", 1), ("crs_2", 4), ("crs_3", 5)]
)
def test_what_a_column_counts(name: str, expected: int) -> None:
    assert expected == counted(name, TALLY, EXTRA)


def test_a_count_that_has_not_been_told_is_nought() -> None:
    assert counted("crs_3", Tally(3), EXTRA) == 0
    with pytest.raises(KeyError):
        counted("crs_4", TALLY, EXTRA)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (CRS, True),
        (Negated(CRS), False),
        (Both((CRS, ABOVE_1)), True),
        (Both((CRS, Negated(ABOVE_1))), False),
        (Either((Negated(CRS), ABOVE_1)), True),
        (Either((Negated(CRS), Negated(ABOVE_1))), False),
        (Comparison(Operator.IS, Whole(9), Arithmetic(Operator.PLUS, Counted("crs_2"), Counted("crs_3"))), True),
        (Comparison(Operator.IS, Arithmetic(Operator.MINUS, Counted("crs_2"), Counted("crs_3")), Whole(-1)), True),
        (Comparison(Operator.IS, Arithmetic(Operator.TIMES, Counted("crs_2"), Whole(2)), Whole(8)), True),
        (Comparison(Operator.AT_LEAST, Counted("treated"), Whole(6)), True),
        (Comparison(Operator.MORE_THAN, Counted("treated"), Whole(6)), False),
        (Comparison(Operator.AT_MOST, Counted("treated"), Whole(6)), True),
        (Comparison(Operator.LESS_THAN, Counted("treated"), Whole(6)), False),
        (Comparison(Operator.IS_NOT, Counted("treated"), Whole(6)), False),
        (Closed(), False),
        (LevelComparison(Operator.IS, Place.TOP), True),
        (LevelComparison(Operator.IS, Place.LOWEST), False),
        (LevelComparison(Operator.IS, "2"), True),
    ],
)
def test_what_holds_of_level_2_beneath_a_closed_level_3(condition: TallyCondition, expected: bool) -> None:  # noqa: FBT001
    assert holds(condition, View(2, TALLY, closed=3), NAMES, EXTRA) is expected


@pytest.mark.parametrize(("closed", "expected"), [(4, False), (3, False), (2, True), (1, True)])
def test_a_level_is_closed_from_the_lowest_closed_one_up(closed: int, expected: bool) -> None:  # noqa: FBT001
    assert holds(Closed(), View(2, TALLY, closed=closed), NAMES) is expected


@pytest.mark.parametrize(
    ("place", "rung", "closed", "expected"),
    [
        (Place.ANY, 0, 4, True),
        (Place.TOP, 3, 4, True),
        (Place.TOP, 2, 4, False),
        (Place.TOP, 2, 3, True),
        (Place.NOT_TOP, 2, 3, False),
        (Place.NOT_TOP, 1, 3, True),
        (Place.LOWEST, 0, 4, True),
        (Place.LOWEST, 1, 4, False),
        (Place.NOT_LOWEST, 0, 4, False),
        (Place.NOT_LOWEST, 1, 4, True),
        ("2", 2, 4, True),
        ("2", 1, 4, False),
    ],
)
def test_where_on_the_ladder(place: Place | str, rung: int, closed: int, expected: bool) -> None:  # noqa: FBT001
    assert at_place(place, rung, closed, NAMES) is expected


def test_tallies_add_up_and_settle() -> None:
    assert Tally(1, 2, 3, (1, 0)).plus(Tally(3, 2, 1, (0, 2))) == Tally(4, 4, 4, (1, 2))
    assert Tally(1, extra=(1,)).plus(Tally(1)) == Tally(2, extra=(1,))
    settled = [Tally(0, 0, 2).settled(dlt=dlt) for dlt in (False, True, None)]
    assert settled == [Tally(1, 0, 1), Tally(0, 1, 1), Tally(0, 0, 1)]
