import pytest

from protocol_dsl.escalation.soundness import Kind, unsound
from protocol_dsl.model.escalation import Action, Cell, Count, EscalationPlan, Row, Word
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
    rows = plan("| treated | with_dlt | level | then |\n| 3 | any | 3 | stop |")
    assert [fault.message for fault in unsound(rows, ladder("1", "2"))] == ["there is no level `3`"]


def test_a_count_does_not_run_backwards() -> None:
    """The language refuses it; a plan may also be made in Python."""
    row = Row((Cell("treated", Count(3, 2)),), (Action(Word.STOP),))
    assert [fault.message for fault in unsound(EscalationPlan((row,)), FOUR)] == ["`3 to 2` is no count"]


def test_a_fault_knows_its_row_and_its_place() -> None:
    rows = plan(ROWS.replace("treat 3 more", "stay and close level").replace("| 6       | 0 to 1 ", "| 6       | 7 "))
    found = [(fault.row, fault.kind, fault.span.text) for fault in unsound(rows, FOUR)]
    assert found == [(2, Kind.MOVES, "stay"), (4, Kind.COUNTS, rows.rows[3].span.text)]
    assert rows.rows[3].span.text.startswith("| 6       | 7 ")
