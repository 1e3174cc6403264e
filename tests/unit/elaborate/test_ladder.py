"""The dose section: what each line comes to, and where each error is found."""

from fractions import Fraction

import pytest

from protocol_dsl.model.dosing import DoseCap
from protocol_dsl.model.escalation import DoseColumn, DoseLevel, Ladder
from protocol_dsl.model.protocol import NoteKind
from tests.unit.elaborate.dosing import doses, places

ROWS = """\
    | -1    | 5     | 1         |
    | 1     | 10    | 1         |
    | 2     | 20.5  | 2         |
"""


def ladder(*swaps: tuple[str, str]) -> Ladder:
    protocol, found = doses(*swaps)
    assert protocol is not None, found
    assert protocol.ladder is not None
    return protocol.ladder


def test_levels_amounts_and_units() -> None:
    expected = Ladder(
        (
            DoseLevel("-1", (Fraction(5), Fraction(1))),
            DoseLevel("1", (Fraction(10), Fraction(1))),
            DoseLevel("2", (Fraction(41, 2), Fraction(2))),
        ),
        start="1",
        product="agent",
        unit="mg",
        columns=(DoseColumn("agent", "mg"), DoseColumn("infusions", "")),
    )
    assert expected == ladder()


def test_every_setting() -> None:
    found = ladder(
        ("agent in mg", "agent in mg/kg"),
        (
            "start at level 1\n",
            "start at level 2, never skip a level\n    based on weight\n    cap 3.0e2 mg per infusion\n",
        ),
    )
    assert (found.start, found.never_skip, found.based_on) == ("2", True, "weight")
    assert found.caps == (DoseCap(Fraction(300), "mg", "infusion"),)


@pytest.mark.parametrize("minus", ["\N{MINUS SIGN}", "\N{EN DASH}", "-"])
def test_a_minus_is_a_minus_however_it_was_typed(minus: str) -> None:
    found = ladder(("| -1 ", f"| {minus}1 "), ("start at level 1", f"start at level {minus}1"))
    assert (found.names, found.start) == (("-1", "1", "2"), "-1")


def test_levels_may_have_names() -> None:
    assert ladder(("| 2     |", "| 1b    |"), ("| -1 ", "| low ")).names == ("low", "1", "1b")


def test_a_dash_says_that_nothing_is_given() -> None:
    assert ladder(("| 5     | 1 ", "| 5     | - ")).levels[0].amounts == (Fraction(5), None)


def test_a_column_may_have_a_unit_of_its_own() -> None:
    assert ladder(("| infusions ", "| partner in ug/kg ")).columns[1] == DoseColumn("partner", "ug/kg")


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (("| 1     | 10    | 1         |", "| 1     | 10    |"), ("PD403", "| 1     | 10    |")),
        (("| 2     | 20.5  | 2         |", "| 2 | 20.5 | 2 | 3 |"), ("PD403", "| 2 | 20.5 | 2 | 3 |")),
        (("| level |", "| step  |"), ("PD402", "| step  | agent | infusions |")),
        (("| infusions |", "| agent |"), ("PD402", "agent")),
        (("| infusions |", "| partner mg/m2 |"), ("PD402", "partner mg/m2")),
        (("| infusions |", "| partner (mg) |"), ("PD402", "partner (mg)")),
        (("| infusions |", "| mg/m2 |"), ("PD402", "mg/m2")),
        (("| 2     |", "| 1     |"), ("PD404", "1")),
        (("| 2     |", "|       |"), ("PD404", "|       | 20.5  | 2         |")),
        (("| 2     |", "| top   |"), ("PD404", "top")),
        (("| 2     |", "| not lowest |"), ("PD404", "not lowest")),
        (("| 2     |", "| level 2 |"), ("PD404", "level 2")),
        (("| 2     |", "| NT    |"), ("PD404", "NT")),
        (("| 10    |", "| ten   |"), ("PD405", "ten")),
        (("| 10    |", "| -10   |"), ("PD405", "-10")),
        (("| 20.5  |", "| 1O    |"), ("PD405", "1O")),
        (("| 20.5  |", "| 10    |"), ("PD406", "2")),
        (("| 20.5  |", "| 9.99  |"), ("PD406", "2")),
        (
            ("start at level 1", "start at level 1\n    levels are ordered as listed"),
            ("PD406", "levels are ordered as listed"),
        ),
        (("start at level 1", "start at level 1\n    level 2b stands apart"), ("PD416", "2b")),
        (
            ("start at level 1", "start at level 1\n    levels 1, 2 and -1 stand apart"),
            ("PD404", "doses of agent in mg"),
        ),
        (
            ("start at level 1", "start at level 1\n    level 2 stands apart\n    levels -1, 2 stand apart"),
            ("PD404", "2"),
        ),
        (("start at level 1", "start at level 1\n    level 2 stands aside"), ("PD407", "level 2 stands aside")),
        (("start at level 1", "start at level 3"), ("PD409", "3")),
        (("    start at level 1\n", ""), ("PD409", "doses of agent in mg")),
        (("start at level 1", "start at level 1, start at level 2"), ("PD408", "start at level 2")),
        (("start at level 1", "start at level 1, never skips a level"), ("PD407", "never skips a level")),
        (("start at level 1", "start at level 1, based on wait"), ("PD101", "wait")),
        (("start at level 1", "start at level 1\n    cap 3 mgg per infusion"), ("PD201", "mgg")),
        ((" in mg", " in mgg"), ("PD201", "mgg")),
        (("| infusions |", "| agent_b in mgg |"), ("PD201", "mgg")),
        ((ROWS, ""), ("PD401", "| level | agent | infusions |")),
    ],
)
def test_each_error_points_at_its_cell_and_there_is_no_other(swap: tuple[str, str], expected: tuple[str, str]) -> None:
    protocol, found = doses(swap)
    assert protocol is None
    assert [expected] == places(found)


def test_levels_stand_apart_in_the_order_of_the_table_each_group_by_itself() -> None:
    found = ladder(("start at level 1", "start at level 1\n    level -1 stands apart\n    levels 2 stand apart"))
    assert found.apart == (("-1",), ("2",))
    assert ladder(("start at level 1", "start at level 1\n    levels 2 and -1 stand apart")).apart == (("-1", "2"),)


def test_the_author_orders_levels_whose_amounts_do_not_and_says_why() -> None:
    order = 'start at level 1\n    levels are ordered as listed\n        assumed because "it is so"'
    protocol, found = doses(("| 20.5  |", "| 9.99  |"), ("start at level 1", order))
    assert not found
    assert protocol is not None
    assert protocol.ladder is not None
    assert protocol.ladder.as_listed
    assert [note.text for note in protocol.notes if note.kind is NoteKind.ASSUMED] == ["it is so"]


def test_a_second_table_is_one_too_many() -> None:
    _, found = doses(("start at level 1\n", "start at level 1\n    | level | agent |\n    | 3     | 40    |\n"))
    assert places(found) == [("PD401", "| level | agent |")]


def test_without_a_table_there_is_one_error() -> None:
    assert places(doses((f"    | level | agent | infusions |\n{ROWS}", ""))[1]) == [("PD401", "doses of agent in mg")]


def test_a_table_below_a_setting_is_not_lost_in_silence() -> None:
    text = "start at level 1\n        | level | agent |\n        | 3     | 40    |\n"
    assert places(doses(("start at level 1\n", text))[1]) == [("PD401", "| level | agent |")]


def test_all_errors_of_one_table_are_told_and_nothing_that_only_follows() -> None:
    _, found = doses(
        ("| -1    | 5     | 1         |", "| -1    | five  | one       |"),
        ("| 1     | 10    | 1         |", "| 1     | 10    |"),
        ("| 2     | 20.5  |", "| -1    | 20,5  |"),
    )
    assert places(found) == [
        ("PD405", "five"),
        ("PD405", "one"),
        ("PD403", "| 1     | 10    |"),
        ("PD404", "-1"),
    ]


def test_a_missing_amount_is_said() -> None:
    _, found = doses(("| 10    |", "|       |"))
    assert [one.message for one in found] == ["an amount is missing"]


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("never skip levels", "`never skip a level` may be meant"),
        ("start on level 1", "`start at level LEVEL` may be meant"),
    ],
)
def test_a_line_that_is_nearly_a_setting_is_told_which(line: str, cure: str) -> None:
    _, found = doses(("start at level 1\n", f"start at level 1\n    {line}\n"))
    assert [one.help for one in found] == [cure]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("partner mg/m2", "partner in mg/m2"), ("other drug (mg)", "other_drug in mg"), ("mg/m2", "partner in mg/m2")],
)
def test_a_unit_beside_the_name_of_a_column_is_told_where_it_belongs(written: str, meant: str) -> None:
    _, found = doses(("| infusions |", f"| {written} |"))
    assert [f"`{meant}`" in (one.help or "") for one in found] == [True]
