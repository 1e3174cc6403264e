import pytest

from protocol_dsl.escalation.soundness import unsound
from tests.escalation_plans import FOUR, KORN, ROWS, ladder, plan

MTD = "mtd is highest level with 9 treated and at most 1 dlt"


def faults(rows: str) -> list[str]:
    return [fault.message for fault in unsound(plan(rows), FOUR)]


def test_a_sound_plan_has_no_faults() -> None:
    assert unsound(KORN, FOUR) == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (ROWS.replace("treat 3 more", "stay and close level"), "`stay` does not go with `close level`"),
        (ROWS.replace("treat 3 more", "escalate and stop"), "a row cannot say `escalate` and `stop` at once"),
        (ROWS.replace("treat 3 more", "treat 0 more"), "`treat 0 more` treats nobody"),
        (ROWS.replace("treat 3 more", "close level"), "the row does not say what comes next"),
        (ROWS.replace("2 to 3 ", "3 to 2 "), "`3 to 2` is no count"),
        (ROWS.replace("| 3       | 2 to 3 ", "| 3       | 4 "), "4 of 3 treated cannot have a DLT"),
        (ROWS + "| 9 | 0 | escalate |", "the row asks for 9 treated, and the cap is 6"),
        (ROWS + MTD, "the mtd line asks for 9 treated, and the cap is 6"),
        (ROWS + "| otherwise | any | stop |\n| otherwise | any | review |", "there is more than one row `otherwise`"),
    ],
)  # fmt: skip
def test_what_is_unsound(rows: str, expected: str) -> None:
    assert faults(rows) == [expected]


@pytest.mark.parametrize("words", ["stop and declare this level", "de-escalate and close level and review", "review"])
def test_what_goes_together(words: str) -> None:
    assert faults(ROWS.replace("treat 3 more", words)) == []


def test_the_ladder_names_each_level_once_and_its_start() -> None:
    found = unsound(KORN, ladder("1", "2", "2", start="3"))
    assert [fault.message for fault in found] == [
        "level `2` stands twice in the table",
        "there is no level `3` to start at",
    ]


def test_a_row_names_a_level_of_the_ladder() -> None:
    rows = plan("| treated | with_dlt | level | then |\n| 3 | any | 7b | stop |")
    assert [fault.message for fault in unsound(rows, FOUR)] == ["there is no level `7b`"]
