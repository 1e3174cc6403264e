"""The escalation section: what each row and setting comes to, and where each error is found."""

import pytest

from protocol_dsl.model.escalation import (
    Action,
    Cell,
    Count,
    EscalationPlan,
    Mtd,
    MtdCase,
    Place,
    Row,
    Stagger,
    Word,
)
from tests.unit.elaborate.dosing import DOSES, ESCALATION, HEAD, escalation, places
from tests.unit.elaborate.trial import written


def plan(*swaps: tuple[str, str]) -> EscalationPlan:
    protocol, found = escalation(*swaps)
    assert protocol is not None, found
    assert protocol.escalation is not None
    return protocol.escalation


def row(treated: Count, with_dlt: Count, *words: Word) -> Row:
    return Row((Cell("treated", treated), Cell("with_dlt", with_dlt)), tuple(map(Action, words)))


def test_the_table_of_three_plus_three() -> None:
    three, six = Count(3, 3), Count(6, 6)
    expected = EscalationPlan(
        (
            row(three, Count(0, 0), Word.ESCALATE),
            Row((Cell("treated", three), Cell("with_dlt", Count(1, 1))), (Action(Word.TREAT_MORE, 3),)),
            row(three, Count(2, 3), Word.DE_ESCALATE, Word.CLOSE),
            row(six, Count(0, 1), Word.ESCALATE),
            row(six, Count(2, 6), Word.DE_ESCALATE, Word.CLOSE),
        ),
        cohort=3,
        cap=6,
        mtd=Mtd((MtdCase(Count(6), Count(0, 1)),)),
    )
    assert expected == plan()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2", Count(2, 2)),
        ("2 to 3", Count(2, 3)),
        ("2  to  3", Count(2, 3)),
        ("2 or more", Count(2, None)),
        ("any", Count(0, None)),
        ("0", Count(0, 0)),
    ],
)
def test_a_cell_of_counts(cell: str, expected: Count) -> None:
    assert expected == plan(("| 2 to 3   |", f"| {cell} |")).rows[2].count("with_dlt")


WORDS = [word for word in Word if word not in (Word.TREAT_MORE, Word.GO_TO)]


@pytest.mark.parametrize("word", WORDS)
def test_every_move_is_written_as_it_is_called(word: Word) -> None:
    assert plan(("| treat 3 more ", f"| {word.value} ")).rows[1].then == (Action(word),)


@pytest.mark.parametrize(("text", "patients"), [("treat 3 more", 3), ("treat  12  more", 12), ("treat 0 more", 0)])
def test_more_patients_at_the_level(text: str, patients: int) -> None:
    assert plan(("| treat 3 more ", f"| {text} ")).rows[1].then == (Action(Word.TREAT_MORE, patients),)


def test_several_moves_each_with_its_place() -> None:
    then = plan(("| treat 3 more ", "| stop and declare this level  and  review ")).rows[1].then
    assert [action.word for action in then] == [Word.STOP, Word.DECLARE_THIS, Word.REVIEW]
    assert [action.span.text for action in then] == ["stop", "declare this level", "review"]


@pytest.mark.parametrize("cells", ["| otherwise | otherwise |", "| otherwise | any |", "| any | otherwise |"])
def test_otherwise_in_any_column_takes_what_no_other_row_speaks_of(cells: str) -> None:
    last = plan(("| 6       | 2 to 6   |", cells)).rows[-1]
    assert last.otherwise
    assert {cell.count for cell in last.cells} == {Count()}


LEVELS = [
    ("| treated |", "| level | treated |"),
    ("        | 3       | 0 ", "        | not top | 3 | 0 "),
    ("        | 3       | 1 ", "        | any | 3 | 1 "),
    ("        | 3       | 2 ", "        | 2 | 3 | 2 "),
    ("        | 6       | 0 ", "        | top | 6 | 0 "),
]


def test_a_level_column_names_levels_and_places() -> None:
    found = plan(*LEVELS, ("        | 6       | 2 ", "        | \N{MINUS SIGN}1 | 6 | 2 "))
    assert [one.level for one in found.rows] == [Place.NOT_TOP, Place.ANY, "2", Place.TOP, "-1"]
    assert found.extra == ()


@pytest.mark.parametrize(("cell", "cure"), [("7b", "what there is"), ("lowst", "`lowest` may be meant")])
def test_a_level_that_the_ladder_does_not_have(cell: str, cure: str) -> None:
    _, found = escalation(*LEVELS, ("        | 6       | 2 ", f"        | {cell} | 6 | 2 "))
    assert places(found) == [("PD416", cell)]
    assert (found[0].help or "").startswith(cure)


def test_a_column_by_another_name_is_a_count_that_the_protocol_keeps() -> None:
    found = plan(
        ("| with_dlt |", "| with_dlt | crs_2 |"),
        *((f"| {cells}   |", f"| {cells}   | any |") for cells in ("3       | 2 to 3", "6       | 0 to 1")),
        *((f"| {cells} |", f"| {cells} | 0 to 2 |") for cells in ("3       | 0       ", "3       | 1       ")),
        ("2 to 6   |", "2 to 6   | 3 or more |"),
    )
    assert found.extra == ("crs_2",)
    assert [one.count("crs_2") for one in found.rows] == [
        Count(0, 2),
        Count(0, 2),
        Count(),
        Count(),
        Count(3),
    ]


def test_a_pending_column_is_no_count_of_the_protocols_own() -> None:
    rows = [line for line in ESCALATION.splitlines() if line.lstrip().startswith("|")]
    with_pending = ESCALATION
    for line in rows:
        cells = line.strip().strip("|").split("|")
        new = " | ".join([*cells[:2], "pending" if "then" in line else "any", cells[2]])
        with_pending = with_pending.replace(line, f"        | {new} |")
    protocol, problems = written(f"{HEAD}{DOSES}\n{with_pending}")
    assert protocol is not None, problems
    assert protocol.escalation is not None
    assert (protocol.escalation.extra, protocol.escalation.counts_pending) == ((), True)


def test_settings_in_any_order_and_on_one_line_or_several() -> None:
    found = plan(
        (
            "cohort of 3, up to 6 per level",
            "up to 8 per level\n    stagger first 2 at each level by 14 days\n    cohort of 4",
        )
    )
    assert (found.cohort, found.cap, found.stagger) == (4, 8, Stagger(2, 14))


def test_without_a_cap_and_without_an_mtd_line() -> None:
    found = plan((", up to 6 per level", ""), ("    mtd is highest level with 6 treated and at most 1 dlt\n", ""))
    assert (found.cap, found.mtd, found.stagger) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6 treated and at most 1 dlt", [MtdCase(Count(6), Count(0, 1))]),
        ("at least 6 treated and at most 2 dlts", [MtdCase(Count(6), Count(0, 2))]),
        ("3 treated and 0 dlt", [MtdCase(Count(3), Count(0, 0))]),
        ("6 treated and 1 dlt", [MtdCase(Count(6), Count(1, 1))]),
        (
            "3 treated and 0 dlt, or with 6 treated and at most 1 dlt",
            [MtdCase(Count(3), Count(0, 0)), MtdCase(Count(6), Count(0, 1))],
        ),
        (
            "3 treated and 0 dlt,  or  with 6 treated and at most 1 dlt",
            [MtdCase(Count(3), Count(0, 0)), MtdCase(Count(6), Count(0, 1))],
        ),
    ],
)
def test_the_mtd_line(text: str, expected: list[MtdCase]) -> None:
    assert Mtd(tuple(expected)) == plan(("6 treated and at most 1 dlt", text)).mtd


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("6 treated", "6 treated"),
        ("six treated and at most 1 dlt", "six treated and at most 1 dlt"),
        ("6 treated and under 2 dlt", "6 treated and under 2 dlt"),
        ("6 treated and at most 1 dlt, or with 3", "3"),
        ("6 treated and at most 1 dlt or 3 treated and 0 dlt", "6 treated and at most 1 dlt or 3 treated and 0 dlt"),
    ],
)
def test_an_mtd_line_that_cannot_be_read_is_said_at_its_case(text: str, place: str) -> None:
    assert places(escalation(("6 treated and at most 1 dlt", text))[1]) == [("PD413", place)]


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (("by table", "by tabel"), ("PD410", "tabel")),
        (("by table", 'by design "3+3"'), ("PD410", '"3+3"')),
        (
            ("    decide, exactly one row applies\n", ""),
            ("PD411", "| treated | with_dlt | then                        |"),
        ),
        (("        |", "    |"), ("PD411", "| treated | with_dlt | then                    |")),
        (
            ("    mtd", "    stagger first 2 at each level by 7 days\n        | a |\n        | 1 |\n    mtd"),
            ("PD411", "| a |"),
        ),
        (("    cohort of 3, up to 6 per level\n", ""), ("PD412", "escalation by table")),
        (("cohort of 3", "cohort of 0"), ("PD412", "0")),
        (("cohort of 3", "cohorts of 3"), ("PD407", "cohorts of 3")),
        (("    mtd", "    stagger first 1 at each level by 7 days\n    mtd"), ("PD407", "1")),
        (("up to 6 per level", "up to 6 per level, up to 8 per level"), ("PD408", "up to 8 per level")),
        (("| treated |", "| treeted |"), ("PD414", "treeted")),
        (("| with_dlt |", "| with_dlts |"), ("PD414", "with_dlts")),
        (("| then ", "| move "), ("PD414", "| treated | with_dlt | move                        |")),
        (("| treated | with_dlt |", "| treated | with dlt |"), ("PD414", "with dlt")),
        (("| 3       | 1        |", "| 3       |"), ("PD403", "| 3       | treat 3 more                |")),
        (("| 3       | 1        |", "| 3 | 1 | 1 |"), ("PD403", "| 3 | 1 | 1 | treat 3 more                |")),
        (("| 3       | 1        |", "| three   | 1        |"), ("PD415", "three")),
        (("| 3       | 1        |", "| 3       | 1.5      |"), ("PD415", "1.5")),
        (("| 3       | 1        |", "| 3       | -1       |"), ("PD415", "-1")),
        (("| 3       | 1        |", "| 3       | up to 1  |"), ("PD415", "up to 1")),
        (("| 2 to 3   |", "| 3 to 2   |"), ("PD415", "3 to 2")),
        (("treat 3 more", "treat more"), ("PD417", "treat more")),
        (("treat 3 more", "treat three more"), ("PD417", "treat three more")),
        (("treat 3 more", "escalte"), ("PD417", "escalte")),
        (("treat 3 more", "go to 2"), ("PD417", "go to 2")),
        (("treat 3 more", "close level and go to level 2c"), ("PD416", "2c")),
        (("| treat 3 more                |", "|   |"), ("PD417", "| 3       | 1        |   |")),
        (("treat 3 more", "stop and"), ("PD417", "")),
        (("treat 3 more", "stop and close levels"), ("PD417", "close levels")),
    ],
)
def test_each_error_points_at_its_place(swap: tuple[str, str], expected: tuple[str, str]) -> None:
    protocol, found = escalation(swap)
    assert protocol is None
    codes = {code for code, _ in places(found)}
    assert expected in places(found)
    assert codes <= {expected[0], "PD412"}  # without `cohort of` that can be read there is no size either


@pytest.mark.parametrize(
    ("cell", "cure"),
    [("escalat", "`escalate` may be meant"), ("declare this levl", "`declare this level` may be meant")],
)
def test_a_move_that_is_nearly_one_is_told_which(cell: str, cure: str) -> None:
    assert [one.help for one in escalation(("treat 3 more", cell))[1]] == [cure]


def test_a_table_without_rows() -> None:
    rows = [line + "\n" for line in ESCALATION.splitlines() if line.lstrip().startswith(("| 3", "| 6"))]
    _, found = escalation(("".join(rows), ""))
    assert places(found) == [("PD411", "| treated | with_dlt | then                        |")]


def test_all_errors_of_one_table_are_told_in_order() -> None:
    _, found = escalation(
        ("| 3       | 0        | escalate ", "| 3       | none     | escalat "),
        ("| 3       | 1        |", "| 3       |"),
        ("| 2 to 3   | de-escalate and close level", "| 3 to 2   | de-escalate and close lvl"),
        ("6 treated", "6 treeted"),
    )
    assert places(found) == [
        ("PD415", "none"),
        ("PD417", "escalat"),
        ("PD403", "| 3       | treat 3 more                |"),
        ("PD415", "3 to 2"),
        ("PD417", "close lvl"),
        ("PD413", "6 treeted and at most 1 dlt"),
    ]


def test_an_escalation_without_doses() -> None:
    assert places(written(HEAD + ESCALATION)[1]) == [("PD401", "escalation by table")]


def test_levels_are_not_missed_where_the_ladder_cannot_be_read() -> None:
    text = HEAD + "doses of agent\n    start at level 1\n\n" + ESCALATION
    for old, new in [*LEVELS, ("        | 6       | 2 ", "        | 7b | 6 | 2 ")]:
        text = text.replace(old, new)
    statement = "\nalways\n    A1\n        never escalate when level is 9\n"
    assert places(written(text + statement)[1]) == [("PD401", "doses of agent")]
