"""Section 8 of the language, sentence by sentence, on tables worked by hand."""

import pytest

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.history import History
from tests.escalation_plans import FOUR, KORN, ROWS, ask, brief, levels, plan, shipped

NO_MTD_LINE = plan(ROWS)
KORN_MTD = "mtd is highest level with 6 treated and at most 1 dlt"


@pytest.mark.parametrize(
    ("history", "expected", "row", "action"),
    [
        # starts, and each row
        ("", "treat 3 at 1", None, "start"),
        ("1NNN", "treat 3 at 2", 1, "escalate"),
        ("1NNN 2NNT", "treat 3 at 2", 2, "treat 3 more"),
        ("1NNN 2NTT", "treat 3 at 1", 3, "de-escalate and close level"),
        ("1NNN 2NNT 2NNN", "treat 3 at 3", 4, "escalate"),
        ("1NNN 2NNT 2NNT", "treat 3 at 1", 5, "de-escalate and close level"),
        # pending patients and empty places are filled with every mix of outcomes
        ("1NNN 2TT", "treat 3 at 1", 3, "de-escalate and close level"),
        ("1NNN 2TTP", "treat 3 at 1", 3, "de-escalate and close level"),
        ("1NNN 2NNT 2TP", "treat 3 at 1", 5, "de-escalate and close level"),
        ("1NNN 2NTP", "wait", None, "wait"),
        ("1NNN 2NNP", "wait", None, "wait"),
        ("1NNN 2NP", "treat 1 at 2", None, "treat 1 more"),
        ("1PPP", "wait", None, "wait"),
        # a cohort of 4 is filled to 6
        ("1NNNN", "treat 2 at 1", None, "treat 2 more"),
        ("1NNNN 1NN", "treat 3 at 2", 4, "escalate"),
        ("1NNNN 1NP", "treat 3 at 2", 4, "escalate"),
        ("1NNTT", "treat 3 at -1", 5, "de-escalate and close level"),
        # not evaluable patients are left out
        ("1NNX", "treat 1 at 1", None, "treat 1 more"),
        ("1NNX 1N", "treat 3 at 2", 1, "escalate"),
        ("1XXX", "treat 3 at 1", None, "treat 3 more"),
        # the top: stop if the mtd line is satisfied, else another cohort up to the cap
        ("1NNN 2NNN 3NNN", "treat 3 at 3", 1, "escalate"),
        ("1NNN 2NNN 3NNN 3NNT", "stop with 3", 4, "escalate"),
        ("1NNT 1NNN 2NNN 3NNN", "treat 3 at 3", 1, "escalate"),
        # a closed level above makes a level the top
        ("1NNN 2NTT 1NNN", "stop with 1", 4, "escalate"),
        # below the lowest it stops with none
        ("1TTN -1TTN", "stop with None", 3, "de-escalate and close level"),
        # to a level already full
        ("1NNT 1NNN 2TTN", "stop with 1", 3, "de-escalate and close level"),
    ],
)
def test_move(history: str, expected: str, row: int | None, action: str) -> None:
    advice = ask(history)
    assert (expected, row, action) == (brief(advice), advice.row, advice.action)


@pytest.mark.parametrize(
    ("history", "expected"), [("1NNN 2NNN 3NNN", "stop with 3"), ("1NNN 2NTT 1NNT", "stop with 1")]
)
def test_without_an_mtd_line_escalate_at_the_top_declares_the_level(history: str, expected: str) -> None:
    assert expected == brief(ask(history, NO_MTD_LINE))


def test_without_an_mtd_line_nothing_is_recommended_on_coming_down_to_a_full_level() -> None:
    assert brief(ask("1NNT 1NNN 2TTN", NO_MTD_LINE)) == "stop with None"


def test_a_full_level_that_breaks_the_mtd_line_hands_on_to_the_highest_that_meets_it() -> None:
    strict = plan(ROWS + "mtd is highest level with 6 treated and at most 0 dlt")
    assert brief(ask("-1NNN -1NNN 1NNT 1NNN 2TTN", strict)) == "stop with -1"
    assert brief(ask("1NNT 1NNN 2TTN", strict)) == "stop with None"


def test_at_a_full_top_that_breaks_the_mtd_line_it_stops_with_what_the_line_gives() -> None:
    strict = plan(ROWS + "mtd is highest level with 6 treated and at most 0 dlt")
    assert brief(ask("1NNN 1NNN 2NNT 2NNN", strict, levels(2))) == "stop with 1"


def test_stop_alone_takes_the_mtd_line() -> None:
    stops = plan(ROWS.replace("2 to 6   | de-escalate and close level", "2 to 6 | stop and close level") + KORN_MTD)
    assert brief(ask("1NNT 1NNN 2NNT 2NNT", stops)) == "stop with 1"
    assert brief(ask("1NNN 2NNT 2NNT", stops)) == "stop with None"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("declare this level", "stop with 2"),
        ("declare previous level", "stop with 1"),
        ("declare no level", "stop with None"),
        ("stop and declare this level", "stop with 2"),
    ],
)
def test_declare_implies_stop_and_overrides_the_mtd_line(word: str, expected: str) -> None:
    declares = plan(ROWS.replace("2 to 6   | de-escalate and close level", f"2 to 6 | {word}") + KORN_MTD)
    assert expected == brief(ask("1NNN 2NNT 2NNT", declares))


def test_there_is_no_level_before_the_lowest() -> None:
    assert brief(ask("1TTN", shipped("three_plus_three_no_de_escalation"), levels(3))) == "stop with None"


def test_closed_levels_are_the_level_just_treated_and_all_above() -> None:
    assert ask("1NNN 2NTT").closed == ("2", "3")


def test_escalate_to_a_level_that_is_full_is_escalate_at_the_top() -> None:
    """Without `close level` the way up stays open to a level that has been left, until it is full."""
    opens = plan(ROWS.replace(" and close level", "") + KORN_MTD)
    assert brief(ask("1NNN 2NTT 1NNN", opens)) == "treat 3 at 2"
    assert brief(ask("1NNN 2NTT 1NNN 2NNN", opens)) == "stop with 1"
    assert brief(ask("1NNN 2NNT 2NNT 1NNN", opens)) == "stop with 1"


def test_a_pending_patient_elsewhere_counts_too() -> None:
    """Level 1 was left with a patient pending; whether it meets a strict mtd line depends on that patient."""
    strict = plan(ROWS + "mtd is highest level with 6 treated and at most 0 dlt")
    assert brief(ask("1NNNN 1NP 2TTN", strict, levels(3))) == "wait"
    assert ask("1NNNN 1NP 2TTN", strict, levels(3)).waiting_for == ("patient 6 at level 1",)
    assert brief(ask("1NNNN 1NP 2TTN", KORN, levels(3))) == "stop with 1"


@pytest.mark.parametrize(("history", "row"), [("1NNN 2NTT 2NNN", 5), ("1NNN 2NNN 3N 2NTT 3NN", None)])
def test_a_closed_level_is_left_as_its_row_says_or_else_downwards(history: str, row: int | None) -> None:
    advice = ask(history)
    assert (brief(advice), advice.row, advice.closed) == ("treat 3 at 1", row, ("2", "3"))


def test_treating_past_the_cap_is_not_done() -> None:
    greedy = plan(ROWS.replace("treat 3 more", "treat 4 more"))
    advice = ask("1NNT", greedy)
    assert (advice.move, advice.waiting_for) == ("wait", ("a decision of the committee",))
    assert "cap" in advice.because


def test_stay_treats_another_cohort_up_to_the_cap() -> None:
    stays = plan("""
        cohort of 4, up to 6 per level
        | treated | with_dlt  | then        |
        | 4       | 0         | escalate    |
        | 4       | 1         | stay        |
        | 4       | 2 or more | de-escalate |
        | 6       | any       | stop        |
    """)
    assert brief(ask("1NNNT", stays)) == "treat 2 at 1"


def test_a_row_may_speak_of_more_than_the_cap_leaves_room_for() -> None:
    open_ended = plan(ROWS.replace("| 6  ", "| 6 or more  "))
    assert [ask(history, open_ended).row for history in ("1NNT 1NTNN", "1NNT 1NNNN")] == [5, 4]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1TTTT 1TTT", "treat 3 at -1"),
        ("1NNT 1NNN 2NNNNN 2NN", "treat 3 at 3"),
        ("1NNNNN 1NNN", "treat 3 at 2"),
    ],
)
def test_more_than_any_row_speaks_of_are_as_fewer_if_it_matters_not_who_is_left_out(
    history: str, expected: str
) -> None:
    advice = ask(history)
    treated = {"1TTTT 1TTT": 7, "1NNT 1NNN 2NNNNN 2NN": 7, "1NNNNN 1NNN": 8}[history]
    assert brief(advice) == expected
    assert f"(as for {treated - 6} fewer, whoever of them is left out)" in advice.because


def test_where_no_row_applies_people_decide() -> None:
    advice = ask("1NNT", plan(ROWS.replace("| 3       | 1        | treat 3 more                |", "")))
    assert (advice.move, advice.action, advice.row) == ("wait", "review", None)
    assert advice.waiting_for == ("a decision of the committee",)
    assert advice.because == "level 1: 3 treated, 1 with DLT; no row applies"


LEVELS = plan("""
    cohort of 3, up to 6 per level
    | treated | with_dlt  | level      | then                  |
    | 3       | 0         | not top    | escalate              |
    | 3       | 0         | top        | declare this level    |
    | 3       | 1 or more | 2          | stop                  |
    | 3       | 1 or more | not lowest | de-escalate and close level |
    | 3       | 1 or more | lowest     | declare no level      |
""")


@pytest.mark.parametrize(
    ("history", "row"),
    [("1NNN", 1), ("1NNN 2NNN 3NNN", 2), ("1NNN 2NNN 3NNT", 4), ("1NNT", 4), ("-1NNT", 5)],
)
def test_rows_may_apply_at_some_levels_only(history: str, row: int) -> None:
    assert row == ask(history, LEVELS).row


def test_two_rows_with_different_moves_wait_for_people() -> None:
    advice = ask("1NNN 2NNT", LEVELS)
    assert (advice.move, advice.row) == ("wait", None)
    assert "rows with different moves apply at once" in advice.because


def test_two_rows_with_the_same_move_are_no_matter() -> None:
    twice = plan(ROWS + "| 3 | 2 | de-escalate and close level |")
    assert ask("1NTT", twice).row == 3


def test_a_row_otherwise_takes_what_is_left() -> None:
    rest = plan("""
        cohort of 3, up to 6 per level
        | treated   | with_dlt  | then         |
        | 3         | 0         | escalate     |
        | 3         | 1         | treat 3 more |
        | otherwise | otherwise | stop         |
    """)
    assert [ask(history, rest).row for history in ("1NNN", "1NTT", "1NNT 1NNN", "1NN")] == [1, 3, 3, None]


def test_a_count_of_the_protocols_own_is_asked_for() -> None:
    crs = plan("""
        cohort of 3, up to 6 per level
        | treated | with_dlt  | crs_2     | then         |
        | 3       | 0         | 0 to 1    | escalate     |
        | 3       | 0         | 2 or more | treat 3 more |
        | 3       | 1 or more | any       | stop         |
        | 6       | any       | any       | stop         |
    """)
    history = History.read("1NNN")
    assert isinstance(history, History)
    assert ask("1NNN", crs).waiting_for == ("crs_2",)
    assert (ask("1NNN", crs).move, ask("1NNN", crs).patients) == ("wait", 0)
    assert ask("1NNT", crs).row == 3
    told = [advise(crs, FOUR, history, ((number,),)) for number in (1, 2)]
    assert [brief(each) for each in told if isinstance(each, Advice)] == ["treat 3 at 2", "treat 3 at 1"]


PENDING = plan("""
    cohort of 3, up to 6 per level
    | treated | with_dlt  | pending   | then                        |
    | 1 to 5  | 0 to 1    | 1 or more | treat 1 more                |
    | 3 to 5  | 0         | 0         | escalate                    |
    | 1 to 5  | 1         | 0         | treat 1 more                |
    | 6       | 0 to 1    | 0 to 1    | escalate                    |
    | 6       | 0 to 1    | 2 or more | wait                        |
    | 1 to 6  | 2 or more | any       | de-escalate and close level |
    mtd is highest level with 6 treated and at most 1 dlt
""")


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1NNP", "treat 1 at 1"),
        ("1NNNNNP", "treat 3 at 2"),
        ("1NNNNPP", "wait"),
        ("1NXXX", "wait"),
        ("1XXX", "treat 3 at 1"),
        ("1NNN 2NNN 3NNNNN", "treat 1 at 3"),
        ("1NNN 2NNN 3NNNNNP", "stop with 3"),
        ("1NNN 2NNN 3NNNNTP", "wait"),
    ],
)
def test_a_table_with_a_pending_column_applies_as_it_stands(history: str, expected: str) -> None:
    assert expected == brief(ask(history, PENDING))


def test_where_nobody_is_evaluable_a_table_with_a_pending_column_treats_a_cohort() -> None:
    advice = ask("1XXX", PENDING)
    assert (brief(advice), advice.action, advice.row, advice.closed) == ("treat 3 at 1", "stay", None, ())
    assert advice.because.startswith("level 1: 0 treated, 0 with DLT; nobody there is evaluable")
