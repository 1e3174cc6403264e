"""Where two escalations part, on tables whose difference can be seen by eye."""

from fractions import Fraction

import pytest

from protocol_dsl.amend.change import Departure
from protocol_dsl.amend.escalations import chance_of_parting, escalations
from protocol_dsl.face import load, loads
from tests.escalation_plans import THREE_PLUS_THREE

TABLE = (
    """
protocol "ESC-1"
    language 1
    version 1.0

doses of drug in mg
    | level | drug |
    | 1     | 10   |
    | 2     | 20   |
    | 3     | 40   |
    start at level 1

"""
    + THREE_PLUS_THREE
)


@pytest.mark.parametrize(
    ("was", "now", "history"),
    [
        ("| 6       | 0 to 1   | escalate                    |\n        | 6       | 2 to 6  ",
         "| 6       | 0        | escalate                    |\n        | 6       | 1 to 6  ", "1NNT 1NNN"),
        ("| 3       | 1        | treat 3 more                |\n        | 3       | 2 to 3  ",
         "| 3       | 1 to 2   | treat 3 more                |\n        | 3       | 3       ", "1NTT"),
        ("start at level 1", "start at level 2", ""),
    ],
)  # fmt: skip
def test_the_shortest_history_on_which_they_part(was: str, now: str, history: str) -> None:
    assert was in TABLE
    found = escalations(loads(TABLE).model, loads(TABLE.replace(was, now)).model)
    assert found is not None
    assert found.departure is not None
    assert found.departure.history == history


def test_another_way_to_write_the_same_table_is_the_same() -> None:
    split = TABLE.replace(
        "        | 3       | 2 to 3   | de-escalate and close level |\n",
        "        | 3       | 2        | de-escalate and close level |\n"
        "        | 3       | 3        | de-escalate and close level |\n",
    )
    found = escalations(loads(TABLE).model, loads(split).model)
    assert found is not None
    assert (found.departure, found.complete) == (None, True)
    assert found.states > 1


def test_two_readings_of_3_plus_3_part_after_two_dlts_in_three() -> None:
    """One goes down to fill the level below to six patients; the other stops."""
    with_it, without = (load(f"three_plus_three_{name}").model for name in ("de_escalation", "no_de_escalation"))
    found = escalations(with_it, without)
    assert found is not None
    assert isinstance(found.departure, Departure)
    assert found.departure.old != found.departure.new


def test_too_many_states_are_undecided_and_never_the_same() -> None:
    split = TABLE.replace("| 2 to 3   | de", "| 2        | de").replace(
        "        | 6       | 0 to 1",
        "        | 3       | 3        | de-escalate and close level |\n        | 6       | 0 to 1",
    )
    found = escalations(loads(TABLE).model, loads(split).model, most=5)
    assert found is not None
    assert (found.departure, found.complete) == (None, False)


def test_the_chance_of_parting_is_that_of_the_histories_that_part() -> None:
    """They part where one or two of the first three at level 1 have a DLT, and nowhere else below; by hand."""
    older = "| 3       | 1        | treat 3 more                |\n        | 3       | 2 to 3  "
    newer = "| 3       | 1 to 2   | treat 3 more                |\n        | 3       | 3       "
    other = TABLE.replace(older, newer)
    old, new = loads(TABLE).model, loads(other).model
    # With no DLT above level 1, the only history that parts begins with two DLTs in three there: 3 p p (1 - p).
    # After one in three, three more come: parts nowhere, for the rows of six are the same.
    rate = Fraction(1, 4)
    assert chance_of_parting(old, new, (rate, Fraction(0), Fraction(0))) == 3 * rate**2 * (1 - rate)
    assert chance_of_parting(old, old, (rate, rate, rate)) == 0
