"""Each check of a decision table and of what must hold: where it speaks, and where it holds its tongue."""

import pytest

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source
from protocol_dsl.pipeline import load_text
from tests.unit.elaborate.dosing import DOSES, ESCALATION, HEAD, places, swapped

PER_KG = swapped(DOSES, [("in mg", "in mg/kg")])
ROWS = [line for line in ESCALATION.splitlines() if line.lstrip().startswith("|")]
FIRST, SECOND, THIRD, FOURTH, FIFTH = (row.strip() for row in ROWS[1:])


def checked(*swaps: tuple[str, str], always: str = "") -> tuple[Diagnostic, ...]:
    more = f"\nalways\n{always}" if always else ""
    text = f"{HEAD}{PER_KG}    based on weight\n\n{swapped(ESCALATION, swaps)}{more}"
    return load_text(Source("trial.protocol", text)).diagnostics


def test_a_sound_table_gives_nothing_to_say() -> None:
    assert checked() == ()


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        # a gap is beside the row before it
        ((f"        {SECOND}\n", ""), ("PD423", FIRST)),
        ((f"        {FIRST}\n", ""), ("PD423", SECOND)),
        ((f"        {FOURTH}\n", ""), ("PD423", SECOND)),
        ((f"        {FIFTH}\n", ""), ("PD423", FOURTH)),
        (("2 to 3 ", "3 "), ("PD423", SECOND)),
        # an overlap is at the later row
        (("| 1        |", "| 1 to 2   |"), ("PD424", THIRD)),
        (("| 0 to 1   |", "| 0 to 2   |"), ("PD424", FIFTH)),
        # a row that nothing leads to
        (
            (FIFTH, f"{FIFTH}\n        | 6       | 0        | escalate                    |"),
            ("PD425", "| 6 | 0 | escalate |"),
        ),
        (("treat 3 more", "treat 4 more"), ("PD426", SECOND.replace("3 more", "4 more"))),
        (("treat 3 more", "treat 0 more"), ("PD427", "treat 0 more")),
        (("treat 3 more", "stay and close level"), ("PD427", "stay")),
        (("treat 3 more", "escalate and stop"), ("PD427", "stop")),
        ((SECOND, "| 3 | 1 | close level |"), ("PD427", "| 3 | 1 | close level |")),
        ((FIFTH, f"{FIFTH}\n        | 9 | any | stop |"), ("PD428", "| 9 | any | stop |")),
        ((FIFTH, f"{FIFTH}\n        | 6 | 7 | stop |"), ("PD428", "| 6 | 7 | stop |")),
        (("6 treated", "9 treated"), ("PD428", "9 treated and at most 1 dlt")),
        (
            (FIFTH, "| otherwise | any | stop |\n        | otherwise | any | review |"),
            ("PD428", "| otherwise | any | review |"),
        ),
        (("treat 3 more", "wait"), ("PD420", SECOND.replace("treat 3 more", "wait        "))),
    ],
)
def test_a_fault_is_told_once_and_at_its_row(swap: tuple[str, str], expected: tuple[str, str]) -> None:
    found = places(checked(swap))
    assert [(code, " ".join(place.split())) for code, place in found] == [(expected[0], " ".join(expected[1].split()))]


def test_a_broken_property_is_told_by_what_happens() -> None:
    assert [one.message for one in checked(("treat 3 more", "wait"))] == [
        (
            "after 1NNT: the trial waits, and nobody is pending, "
            "against the rule that every course of the trial comes to an end"
        )
    ]


def test_a_gap_names_the_shortest_history_that_leads_into_it() -> None:
    assert [one.message for one in checked((f"        {SECOND}\n", ""))] == [
        "no row applies after 1NNT (level 1: 3 treated, 1 with DLT)"
    ]


def test_an_overlap_shows_both_rows() -> None:
    (found,) = checked(("| 1        |", "| 1 to 2   |"))
    assert found.message == "rows with different moves apply at once after 1NTT (level 1: 3 treated, 2 with DLT)"
    assert [(label.where.text.split()[3], label.caption) for label in found.others if hasattr(label.where, "text")] == [
        ("1", "applies as well")
    ]


def test_without_a_cap_a_gap_may_be_one_of_numbers_never_meant() -> None:
    (found,) = checked((", up to 6 per level", ""))
    assert (found.code, found.help is not None and "up to 6 per level" in found.help) == ("PD423", True)


def test_several_faults_are_all_told() -> None:
    found = checked(("treat 3 more", "treat 0 more"), (FIFTH, f"{FIFTH}\n        | 9 | any | stop |"))
    assert [code for code, _ in places(found)] == ["PD427", "PD428"]


def test_a_gap_and_a_count_that_cannot_be_are_two_faults() -> None:
    found = checked(("| 2 to 3   |", "| 4        |"))
    assert [code for code, _ in places(found)] == ["PD423", "PD428"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("never escalate when with_dlt * 3 >= treated", None),
        ("never escalate when with_dlt at least 1", "PD421"),
        ("dose rises by at most 1 level", None),
        ("dose rises by at most 0 levels", "PD421"),
        ("stops within 18 evaluable patients", None),
        ("stops within 6 evaluable patients", "PD421"),
        ("recommended implies treated at least 6", None),
        ("recommended implies with_dlt is 0", "PD421"),
    ],
)
def test_a_statement_about_the_escalation(line: str, code: str | None) -> None:
    found = places(checked(always=f'    A1 "x"\n        {line}\n'))
    assert [each for each, _ in found] == ([] if code is None else [code])
    assert all(place.startswith('A1 "x"') for _, place in found)


def test_a_statement_that_does_not_hold_shows_the_row_that_decides() -> None:
    (found,) = checked(always='    A1 "x"\n        never escalate when with_dlt at least 1\n')
    assert found.message.startswith("A1 does not hold after 1NNT 1NNN: level 1: 6 treated, 1 with DLT; row 4 says")
    assert [label.where.text for label in found.others if hasattr(label.where, "text")] == [FOURTH]


# --- statements about patients, and examples --------------------------------------------------------------------------


PATIENTS = """\
protocol "PATIENTS"

moments
    enrolment

data
    ecog : count
    anc  : number in 10*9/L

inclusion at enrolment
    I1 "ECOG at most 1"
        ecog at most 1

exclusion at enrolment
    E1 "Neutrophils less than 1.0"
        anc less than 1.0 10*9/L

always
    A1 "Nobody with an ECOG of 2 is eligible"
        eligible implies ecog {limit}

example "one who is well"
    given enrolment = 2026-05-04, ecog = {ecog}, anc = 1.0 10*9/L
    then {well}

example "one who is not"
    given enrolment = 2026-05-04, ecog = 2, anc = 0.9 10*9/L
    then {ill}
"""


def told(**parts: str) -> list[tuple[str, str]]:
    text = PATIENTS.format(**{"limit": "less than 2", "ecog": "1", "well": "eligible", "ill": "not eligible"} | parts)
    return [(one.code, one.message) for one in load_text(Source("p.protocol", text)).diagnostics]


def test_examples_that_come_out_as_expected_show_both_sides() -> None:
    assert told() == []
    assert told(ill="not eligible because I1, E1") == []


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"well": "not eligible"}, '"one who is well" expects `not eligible`, and `eligible` comes out'),
        (
            {"well": "undetermined because E1"},
            '"one who is well" expects `undetermined because E1`, and `eligible` comes out',
        ),
        (
            {"ill": "not eligible because E1"},
            '"one who is not" expects `not eligible because E1`, and `not eligible because I1, E1` comes out',
        ),
    ],
)
def test_an_example_that_fails(parts: dict[str, str], message: str) -> None:
    assert told(**parts) == [("PD358", message)]


def test_a_cohort_example_that_fails() -> None:
    example = '\ncohort example "one DLT"\n    given history = "1NNT"\n    then {}\n'
    text = f"{HEAD}{PER_KG}    based on weight\n\n{ESCALATION}"
    assert load_text(Source("p.protocol", text + example.format("treat 3 more"))).diagnostics == ()
    found = load_text(Source("p.protocol", text + example.format("escalate"))).diagnostics
    assert [(one.code, one.message) for one in found] == [
        ("PD358", '"one DLT" expects `escalate`, and `treat 3 more` comes out')
    ]


def test_criteria_of_which_the_examples_show_one_side() -> None:
    assert told(ill="not eligible", ecog="2", well="not eligible") == [
        ("PD359", "no example has I1 met"),
    ]


def test_without_examples_nothing_is_said_of_their_sides() -> None:
    text = PATIENTS.split("example", maxsplit=1)[0].format(limit="less than 2")
    assert load_text(Source("p.protocol", text)).diagnostics == ()


def test_a_statement_about_patients_that_an_example_refutes() -> None:
    assert [code for code, _ in told(limit="less than 1")] == ["PD422"]
    assert told(limit="at most 1") == []
