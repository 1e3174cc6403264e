import pytest

from protocol_dsl.escalation.history import Cohort, History, Unreadable

LADDER = ("-1", "-0.5", "1", "7b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("1NNN 2NTP", (Cohort("1", "NNN"), Cohort("2", "NTP"))),
        ("-1NNN 7bNT -0.5X", (Cohort("-1", "NNN"), Cohort("7b", "NT"), Cohort("-0.5", "X"))),
        ("  1NNN\n\t2N ", (Cohort("1", "NNN"), Cohort("2", "N"))),
        ("1 NNN  2 NTP", (Cohort("1", "NNN"), Cohort("2", "NTP"))),
        ("\N{MINUS SIGN}1NN", (Cohort("-1", "NN"),)),
        ("1NNNN", (Cohort("1", "NNNN"),)),
    ],
)
def test_reads(text: str, expected: tuple[Cohort, ...]) -> None:
    assert History(expected) == History.read(text)


def test_is_written_with_one_space() -> None:
    assert str(History.read(" 1 NNN   -1NTP")) == "1NNN -1NTP"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("NNN", "NNN", "has no level"),
        ("1NNN NNT", "NNT", "has no level"),
        ("1NNN 2", "2", "has no patients"),
        ("1NNN 2nnt", "2nnt", "has small letters"),
        ("1NNN2NTP", "1NNN2NTP", "runs cohorts together"),
        ("1NYN", "1NYN", "`Y` is no outcome"),
        ("1NNN 2NTQ", "2NTQ", "is no level followed by outcomes"),
    ],
)
def test_says_what_cannot_be_read_and_where(text: str, place: str, message: str) -> None:
    problem = History.read(text)
    assert isinstance(problem, Unreadable)
    assert text[problem.start : problem.end] == place
    assert message in problem.message
    assert problem.help


LETTERS = "add a letter for each: N no DLT, T DLT, P pending, X not evaluable"


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("NNN", "write the level before the letters, as in `1NNN`"),
        ("1NNN2NTP", "put a space between cohorts: `1NNN 2NTP`"),
        ("2", LETTERS),
        ("2NTQ", LETTERS.replace("add a letter for each: ", "the letters are ")),
    ],
)
def test_says_what_would_do(text: str, cure: str) -> None:
    problem = History.read(text)
    assert isinstance(problem, Unreadable)
    assert problem.help == cure


def test_the_place_is_right_behind_a_cohort_that_is_written_apart() -> None:
    text = "1  NNN 2nnt"
    problem = History.read(text)
    assert isinstance(problem, Unreadable)
    assert text[problem.start : problem.end] == "2nnt"


@pytest.mark.parametrize("text", ["q", "1NNQ"])
def test_what_is_neither_level_nor_outcome_is_said_with_a_ladder_too(text: str) -> None:
    problem = History.read(text, LADDER)
    assert isinstance(problem, Unreadable)
    assert problem.message == f"`{text}` is no level followed by outcomes"


def test_a_level_of_the_ladder_without_patients() -> None:
    problem = History.read("7b", LADDER)
    assert isinstance(problem, Unreadable)
    assert problem.message == "level `7b` has no patients"


def test_all_four_letters_at_a_level_of_the_ladder() -> None:
    assert History((Cohort("7b", "NTPX"),)) == History.read("7bNTPX", LADDER)


def test_a_level_that_is_not_on_the_ladder_cannot_be_read() -> None:
    problem = History.read("1NNN 2NTP", LADDER)
    assert isinstance(problem, Unreadable)
    assert problem.message == "there is no level `2`"
    assert problem.help == "the levels are `-1`, `-0.5`, `1`, `7b`"


def test_a_level_whose_name_ends_in_a_letter_of_outcomes_may_be_ambiguous() -> None:
    problem = History.read("1NNT", ("1", "1N"))
    assert isinstance(problem, Unreadable)
    assert problem.message == "`1NNT` may be level `1` or level `1N`"
    assert problem.help == "rename one of the levels"
    assert History((Cohort("1N", "NT"),)) == History.read("1NNT", ("1N", "2"))
