import pytest
from attrs import evolve

from protocol_dsl.base.source import NOWHERE
from protocol_dsl.escalation.designs import faults as faults_of
from protocol_dsl.escalation.soundness import Kind, unsound
from protocol_dsl.model.escalation import Action, Cell, Count, EscalationPlan, Row, Word
from tests.escalation_plans import FOUR, KORN, ROWS, ladder, plan, shipped

MTD = "mtd is highest level with 9 treated and at most 1 dlt"


def faults(rows: str) -> list[str]:
    return [fault.message for fault in unsound(plan(rows), FOUR)]


def test_a_sound_plan_has_no_faults() -> None:
    assert unsound(KORN, FOUR) == ()


@pytest.mark.parametrize(
    ("rows", "message", "place", "cure"),
    [
        (
            ROWS.replace("treat 3 more", "stay and close level"),
            "`stay` does not go with `close level`",
            "stay",
            "leave a level that is closed: `de-escalate` or `stop`",
        ),
        (
            ROWS.replace("treat 3 more", "escalate and stop"),
            "a row cannot say `escalate` and `stop` at once",
            "stop",
            "choose one",
        ),
        (
            ROWS.replace("treat 3 more", "treat 0 more"),
            "`treat 0 more` treats nobody",
            "treat 0 more",
            "give a number, as in `treat 3 more`",
        ),
        (
            ROWS.replace("| 3       | 1        | treat 3 more                |", "| 3 | 1 | close level |"),
            "the row does not say what comes next",
            "| 3 | 1 | close level |",
            "add a move, such as `de-escalate`",
        ),
        (ROWS + "| 3 | 4 | stop |", "4 of 3 treated cannot have a DLT", "| 3 | 4 | stop |", "count again"),
        (
            ROWS + "| 9 | 0 | escalate |",
            "the row asks for 9 treated, and the cap is 6",
            "| 9 | 0 | escalate |",
            "raise the cap, or leave the row out",
        ),
        (
            ROWS + MTD,
            "the mtd line asks for 9 treated, and the cap is 6",
            "9 treated and at most 1 dlt",
            "raise the cap, or ask for fewer",
        ),
        (
            ROWS + "| otherwise | any | stop |\n| otherwise | any | review |",
            "there is more than one row `otherwise`",
            "| otherwise | any | review |",
            "keep one",
        ),
    ],
)
def test_what_is_unsound_where_and_what_would_do(rows: str, message: str, place: str, cure: str) -> None:
    found = unsound(plan(rows), FOUR)
    assert [(fault.message, fault.span.text, fault.help) for fault in found] == [(message, place, cure)]
    is_a_move = place in {"stay", "stop", "treat 0 more", "| 3 | 1 | close level |"}
    assert found[0].kind is (Kind.MOVES if is_a_move else Kind.COUNTS)


def test_one_row_otherwise_is_sound() -> None:
    assert faults(ROWS + "| otherwise | any | stop |") == []


@pytest.mark.parametrize("words", ["stop and declare this level", "de-escalate and close level and review", "review"])
def test_what_goes_together(words: str) -> None:
    assert faults(ROWS.replace("treat 3 more", words)) == []


def test_the_ladder_names_each_level_once_and_its_start() -> None:
    found = unsound(KORN, ladder("1", "2", "2", start="3"))
    assert [(fault.message, fault.kind, fault.help) for fault in found] == [
        ("level `2` stands twice in the table", Kind.LADDER, "name each level once"),
        ("there is no level `3` to start at", Kind.LADDER, "the levels are `1`, `2`, `2`"),
    ]
    assert all(fault.span is place for fault, place in zip(found, (NOWHERE, NOWHERE), strict=True))


def test_a_row_names_a_level_of_the_ladder() -> None:
    rows = plan("| treated | with_dlt | level | then |\n| 3 | any | 3 | stop |")
    cure = "the levels are `1`, `2`; or `top`, or `lowest`"
    found = [(fault.message, fault.kind, fault.span.text, fault.help) for fault in unsound(rows, ladder("1", "2"))]
    assert found == [("there is no level `3`", Kind.LADDER, "| 3 | any | 3 | stop |", cure)]


def test_a_count_does_not_run_backwards() -> None:
    """The language refuses it; a plan may also be made in Python."""
    row = Row((Cell("treated", Count(3, 2), span=NOWHERE),), (Action(Word.STOP),))
    found = [(fault.message, fault.kind, fault.span, fault.help) for fault in unsound(EscalationPlan((row,)), FOUR)]
    assert found == [("`3 to 2` is no count", Kind.COUNTS, NOWHERE, "write the smaller number first")]


def test_a_fault_knows_its_row_and_its_place() -> None:
    rows = plan(ROWS.replace("treat 3 more", "stay and close level").replace("| 6       | 0 to 1 ", "| 6       | 7 "))
    found = [(fault.row, fault.kind, fault.span.text) for fault in unsound(rows, FOUR)]
    assert found == [(2, Kind.MOVES, "stay"), (4, Kind.COUNTS, rows.rows[3].span.text)]
    assert rows.rows[3].span.text.startswith("| 6       | 7 ")


APART = evolve(ladder("1", "1a", "2"), apart=(("1a",),))


def test_some_row_leads_to_a_level_that_stands_apart() -> None:
    assert [fault.message for fault in faults_of(KORN, APART)] == ["no row leads to level `1a`, which stands apart"]
    named = evolve(KORN, rows=(*KORN.rows[:-1], evolve(KORN.rows[-1], then=(Action(Word.GO_TO, level="1a"),))))
    assert faults_of(named, APART) == ()
    deep = evolve(named, depth=1)
    assert ["cannot be limited" in fault.message for fault in unsound(deep, APART)] == [True]


def test_a_row_does_not_close_the_level_to_which_it_leads() -> None:
    text = """
        | treated | with_dlt | level | then                          |
        | 3       | any      | 1     | close level and go to level 2 |
        | 3       | any      | any   | stop                          |
    """
    assert [fault.message for fault in unsound(plan(text), ladder("1", "2"))] == [
        "the row closes level `2`, to which it leads"
    ]
    assert [fault.message for fault in unsound(plan(text), ladder("1", "3"))] == ["there is no level `2`"]


def test_a_design_that_computes_its_decisions_has_no_level_apart() -> None:
    found = faults_of(shipped("boin"), APART)
    assert ["which stands apart, in a design that computes its decisions" in fault.message for fault in found] == [True]
