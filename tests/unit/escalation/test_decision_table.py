"""The decision table of a design, held against what advice says after histories."""

import pytest
from attrs import evolve

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.decision_table import DecisionTable, Entry, NoTable, at_the_ends, decision_table
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.model.escalation import DoseLevel, EscalationPlan, Ladder, Setting
from tests.escalation_plans import ROWS, climbed, file, ladder, levels, plan, shipped


def table(of: EscalationPlan, rungs: Ladder) -> DecisionTable:
    found = decision_table(of, rungs)
    assert isinstance(found, DecisionTable)
    return found


def said(found: DecisionTable) -> list[tuple[int, int, str, str]]:
    return [(one.treated, one.with_dlt, one.level, one.move) for one in found.entries]


def test_three_plus_three_without_an_mtd_line() -> None:
    """Worked by hand: four of six is the most that a second cohort can bring, after one of three."""
    found = table(plan(ROWS), levels(3))
    closing = "de-escalate and close level"
    assert said(found) == [
        (3, 0, "any", "escalate"),
        (3, 1, "any", "treat 3 more"),
        (3, 2, "any", closing),
        (3, 3, "any", closing),
        (6, 0, "any", "escalate"),
        (6, 1, "any", "escalate"),
        (6, 2, "any", closing),
        (6, 3, "any", closing),
        (6, 4, "any", closing),
    ]
    assert [one.row for one in found.entries] == [1, 2, 3, 3, 4, 4, 5, 5, 5]
    assert found.entries[0].ends == ("at the top: stop with this level",)


def test_what_happens_at_an_end_names_the_counts_where_they_matter() -> None:
    found = table(shipped("three_plus_three_korn6"), climbed("three_plus_three_korn6", 4))
    assert set(at_the_ends(found)) == {
        "escalate with 3 treated, at the top: treat 3 at this level",
        "escalate with 6 treated, at the top: stop with this level",
        (
            "de-escalate and close level, at the lowest level: stop with no level; "
            "where the level below is full: stop with a level below"
        ),
    }


def test_a_place_is_named_where_it_tells_one_move_from_the_other() -> None:
    found = table(
        plan("""
        cohort of 3, up to 3 per level
        | level   | treated | with_dlt  | then                |
        | top     | 3       | 0         | declare this level  |
        | not top | 3       | 0         | escalate            |
        | any     | 3       | 1 or more | declare no level    |
        """),
        levels(3),
    )
    assert said(found)[:3] == [
        (3, 0, "not top", "escalate"),
        (3, 0, "top", "declare this level"),
        (3, 1, "any", "declare no level"),
    ]


def test_a_level_is_named_where_a_row_names_it() -> None:
    found = table(
        plan("""
        cohort of 1, up to 1 per level
        | level | treated | with_dlt | then               |
        | -1    | 1       | any      | declare this level |
        | 1     | 1       | 0        | escalate           |
        | 1     | 1       | 1        | de-escalate        |
        | 2     | 1       | any      | review             |
        | 3     | 1       | any      | stop               |
        """),
        ladder("-1", "1", "2", "3"),
    )
    assert {(one.level, one.move) for one in found.entries if one.with_dlt == 0} == {
        ("-1", "declare this level"),
        ("1", "escalate"),
        ("2", "review"),
    }


def test_a_gap_stands_in_the_table() -> None:
    found = table(plan("| treated | with_dlt | then |\n| 3 | 0 to 2 | stop |"), levels(2))
    assert said(found)[-1] == (3, 3, "any", "review: no row applies")


@pytest.mark.parametrize("design", ["three_plus_three_korn6", "three_plus_three_de_escalation", "rolling_six_strict"])
def test_a_longer_ladder_shows_nothing_more(design: str) -> None:
    """The levels between the ends are alike."""
    assert table(shipped(design), climbed(design, 3)) == table(shipped(design), climbed(design, 9))


@pytest.mark.parametrize(
    "design", ["three_plus_three_korn6", "three_plus_three_no_de_escalation", "boin", "ccd", "tpi"]
)
def test_advice_says_what_the_table_says(design: str) -> None:
    """After one cohort at the second of three levels; a cohort as large as the count is taken as it is."""
    protocol = file(design)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    limits = evolve(protocol.escalation, patients=100) if protocol.escalation.patients else protocol.escalation
    for one in table(protocol.escalation, protocol.ladder).entries:
        if one.treated != 3:
            continue
        history = History((Cohort("1", "NNN"), Cohort("2", "N" * (3 - one.with_dlt) + "T" * one.with_dlt)))
        advice = advise(limits, protocol.ladder, history)
        assert isinstance(advice, Advice)
        assert (one.with_dlt, one.move) == (one.with_dlt, advice.action)


def test_the_table_of_a_computed_design_ends_where_its_plan_ends() -> None:
    boin, rungs = file("boin").escalation, file("boin").ladder
    assert boin is not None
    assert rungs is not None

    def furthest(patients: int, on_level: int | None = None) -> int:
        return table(evolve(boin, patients=patients, on_level=on_level), rungs).entries[-1].treated

    assert furthest(patients=30) == 30
    assert furthest(patients=30, on_level=10) == 12  # a fourth cohort begins while there are 9
    assert furthest(patients=8, on_level=10) == 8
    assert furthest(patients=10**9) == 60
    assert "the table ends at 60" in table(evolve(boin, patients=10**9), rungs).notes[-1]


def test_a_rule_for_the_lowest_level_alone_has_a_boundary_of_its_own() -> None:
    """P(p > 0.3 | 2 of 3) is 0.916 by hand (1 - 0.3^3 (4 - 3*0.3)): above 0.90, and not above 0.95."""
    boin, rungs = file("boin").escalation, file("boin").ladder
    assert boin is not None
    assert rungs is not None
    found = table(evolve(boin, settings=(*boin.settings, Setting("lowest", ("0.90", "3")))), rungs)
    third = found.boundaries[2]
    assert (third.treated, third.close, third.stop) == (3, 3, 2)
    two_of_three = next(one for one in found.entries if (one.treated, one.with_dlt) == (3, 2))
    assert "at the lowest level: stop with no level" in two_of_three.ends


def test_a_model_has_no_table() -> None:
    crm = file("crm")
    assert crm.escalation is not None
    assert crm.ladder is not None
    found = decision_table(crm.escalation, crm.ladder)
    assert isinstance(found, NoTable)
    assert "every level" in found.why


def test_a_huge_ladder_costs_no_more() -> None:
    huge = Ladder(tuple(DoseLevel(str(number)) for number in range(1, 5001)), "2500")
    assert len(table(shipped("three_plus_three_korn6"), huge).entries) == 9


def test_counts_of_the_protocol_are_told_apart() -> None:
    found = table(
        plan("""
        cohort of 2, up to 2 per level
        | treated | with_dlt | mild    | then     |
        | 2       | 0        | 0 to 1  | escalate |
        | 2       | 0        | 2       | stop     |
        | 2       | 1 to 2   | any     | stop     |
        """),
        levels(2),
    )
    assert found.extra == ("mild",)
    clean = [one for one in found.entries if one.with_dlt == 0]
    assert [(one.extra, one.move) for one in clean] == [((0,), "escalate"), ((1,), "escalate"), ((2,), "stop")]
    assert all(isinstance(one, Entry) for one in clean)


def test_rows_of_the_last_cohort_alone() -> None:
    """Worked by hand from the file: the counts never pass the size of the cohort."""
    found = table(shipped("up_and_down_3_0_2"), climbed("up_and_down_3_0_2", 4))
    assert said(found) == [
        (3, 0, "not top", "escalate"),
        (3, 0, "top", "stay"),
        (3, 1, "any", "stay"),
        (3, 2, "lowest", "stay"),
        (3, 2, "not lowest", "de-escalate"),
        (3, 3, "lowest", "stay"),
        (3, 3, "not lowest", "de-escalate"),
    ]
    assert found.subject == "decisions by the counts of the last cohort"


def test_counts_without_an_end_are_shown_as_far_as_they_are_explored() -> None:
    endless = table(plan("cohort of 1\n| treated | with_dlt | then |\n| 1 or more | any | stay |"), levels(1))
    assert 0 < len(endless.entries) <= 2000
    assert [one.treated for one in endless.entries] == sorted(one.treated for one in endless.entries)
    assert endless.notes == ("the counts go on; these are the first that are met",)
