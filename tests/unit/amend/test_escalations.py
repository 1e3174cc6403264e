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


TWO = TABLE.replace("    | 3     | 40   |\n", "")
CLOSING = "    close level when chance of a rate above 0.33 is more than {limit} from 3 patients\n"


def closing(limit: str) -> str:
    head, mtd, rest = TWO.partition("    mtd is")
    return head + CLOSING.format(limit=limit) + mtd + rest


def test_a_behaviour_that_is_added_is_noticed_where_it_closes_what_the_table_keeps() -> None:
    """After one DLT in three the chance of a rate above 0.33 is 1 - I(0.33; 2, 3) = 0.60, and two in three are 0.89.

    So a limit of one half stops what the table goes on with after 1 in 3. Level 1 has that with 3 p (1 - p)^2, and if
    it has none, which is (1 - p)^3, level 2 has it with 3 q (1 - q)^2; after six the table has closed what it closes.
    """
    old, new = loads(TWO).model, loads(closing("0.5")).model
    found = escalations(old, new)
    assert found is not None
    assert found.departure == Departure("1NNT", "treat 3 at level 1", "stop, no level recommended")
    p, q = Fraction(3, 10), Fraction(1, 2)
    by_hand = 3 * p * (1 - p) ** 2 + (1 - p) ** 3 * 3 * q * (1 - q) ** 2
    assert chance_of_parting(old, new, (p, q)) == by_hand


def test_a_behaviour_that_never_closes_more_than_the_table_changes_no_move() -> None:
    """With a limit of 0.8 it closes after two in three, as the table does, and after no count that the table keeps."""
    found = escalations(loads(TWO).model, loads(closing("0.8")).model)
    assert found is not None
    assert (found.departure, found.complete) == (None, True)
    assert found.states > 1


STAGED = """
escalation by stages
    stage single by table until first dlt
        cohort of 1
        decide, exactly one row applies
            | treated | with_dlt | level   | then               |
            | 1       | 0        | not top | escalate           |
            | 1       | 0        | top     | declare this level |
    stage rest by table
        cohort of 3, up to 6 per level
        decide, exactly one row applies
            | treated | with_dlt | then                        |
            | 1 to 3  | 0        | escalate                    |
            | 1 to 5  | 1 to 5   | de-escalate and close level |
            | 4 to 6  | 0        | escalate                    |
            | 6       | 1 to 6   | de-escalate and close level |
        mtd is highest level with 3 treated and at most 0 dlt
"""


def test_stages_part_where_the_later_one_begins() -> None:
    head = TWO[: TWO.index("escalation by")]
    old = head + STAGED
    new = old.replace(
        "| 1 to 5  | 1 to 5   | de-escalate and close level |", "| 1 to 5  | 1 to 5   | stop                        |"
    )
    found = escalations(loads(old).model, loads(new).model)
    assert found is not None
    assert found.departure is not None
    assert found.departure.history == "1N 2T"


def test_what_is_counted_besides_may_part_them_whichever_version_counts_it() -> None:
    """They part after a first patient with it and no DLT, or after the second where the first had neither; by hand."""
    old = TWO[: TWO.index("escalation by")] + STAGED
    new = old.replace("until first dlt\n", "until first dlt or 1 patient with grade_2\n")
    a, b = loads(old).model, loads(new).model
    found, turned = escalations(a, b), escalations(b, a)
    assert found is not None
    assert turned is not None
    assert found.departure == Departure("1N", "treat 1 at level 2", "treat 3 at level 2", (("grade_2", (1,)),))
    assert turned.departure == Departure("1N", "treat 3 at level 2", "treat 1 at level 2", (("grade_2", (1,)),))
    p, q, g, h = (Fraction(tenths, 10) for tenths in (1, 2, 3, 4))
    by_hand = (1 - p) * g + (1 - p) * (1 - g) * (1 - q) * h
    own = {"grade_2": (g, h)}
    assert chance_of_parting(a, b, (p, q), own) == chance_of_parting(b, a, (p, q), own) == by_hand
    assert chance_of_parting(b, b, (p, q), own) == 0


@pytest.mark.parametrize(
    ("own", "why"),
    [({}, "how often that happens"), ({"grade_3": (Fraction(0),) * 2}, "neither"), ({"grade_2": ()}, "0 rates")],
)
def test_the_rates_of_all_that_is_counted_are_needed(own: dict[str, tuple[Fraction, ...]], why: str) -> None:
    plan = STAGED.replace("until first dlt\n", "until first dlt or 1 patient with grade_2\n")
    one = loads(TWO[: TWO.index("escalation by")] + plan).model
    with pytest.raises(ValueError, match=why):
        chance_of_parting(one, one, (Fraction(0), Fraction(0)), own)


def test_where_it_cannot_be_told_it_is_said_why() -> None:
    one = loads(TABLE).model
    none = loads(TABLE[: TABLE.index("escalation by")]).model
    rates = (Fraction(1, 10),) * 3
    assert chance_of_parting(one, none, rates) == "not both versions have an escalation"
    assert chance_of_parting(one, one, rates, most=5) == "there are more than 5 pairs of states"


APART = """
protocol "APART"
    language 1
    version 1.0

doses of drug in mg
    | level | drug |
    | 1     | 50   |
    | 1a    | 75   |
    | 2     | 100  |
    start at level 1
    never skip a level
    level 1a stands apart

escalation by table
    cohort of 3, up to 6 per level
    decide, exactly one row applies
        | treated | with_dlt | level     | then                           |
        | 3       | 0        | any       | escalate                       |
        | 3       | 1        | any       | treat 3 more                   |
        | 6       | 0 to 1   | any       | escalate                       |
        | 3       | 2 to 3   | 2         | close level and go to level 1a |
        | 6       | 2 to 6   | 2         | close level and go to level 1a |
        | any     | any      | otherwise | de-escalate and close level    |
    mtd is highest level with 6 treated and at most 1 dlt
"""


def test_levels_apart_are_led_to_by_the_rows_of_each_version() -> None:
    """Nothing leads to the level between before the one above has failed; there the newer goes back to the first."""
    back = APART.replace("        | 3       | 2 to 3   | 2         | close level and go to level 1a |\n", "")
    found = escalations(loads(APART).model, loads(back).model)
    assert found is not None
    assert found.departure == Departure("1NNN 2NTT", "treat 3 at level 1a", "treat 3 at level 1")


def test_a_level_that_no_longer_stands_apart_is_reached_on_the_way_up() -> None:
    found = escalations(loads(APART).model, loads(APART.replace("    level 1a stands apart\n", "")).model)
    assert found is not None
    assert found.departure == Departure("1NNN", "treat 3 at level 2", "treat 3 at level 1a")
