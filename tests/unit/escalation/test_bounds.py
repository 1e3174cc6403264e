"""What is proved besides: bounds on patients and DLTs; and the properties that hold or break, worked by hand."""

import pytest

from protocol_dsl.escalation.automaton import explore
from protocol_dsl.escalation.bounds import Bounds, bounds
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.verify import Finding, verify
from protocol_dsl.model.escalation import EscalationPlan
from tests.escalation_plans import KORN, levels, plan, shipped

# Up only: three at each level, and the first DLT ends it.
SIMPLE = plan("""
    cohort of 3, up to 3 per level
    | treated | with_dlt | then                   |
    | 3       | 0        | escalate               |
    | 3       | 1 to 3   | declare previous level |
""")
ENDLESS = plan("""
    cohort of 3
    | treated   | with_dlt | then               |
    | 3         | 0        | escalate           |
    | 3         | 1 to 3   | stay               |
    | 6 or more | any      | stay               |
""")
# After one DLT in three it stops, after two it treats more, and may declare the level.
UPSIDE_DOWN = plan("""
    cohort of 3, up to 6 per level
    | treated | with_dlt | then                   |
    | 3       | 0        | escalate               |
    | 3       | 1        | declare previous level |
    | 3       | 2        | stay                   |
    | 3       | 3        | declare previous level |
    | 6       | 0 to 2   | declare this level     |
    | 6       | 3 to 6   | declare no level       |
""")
CLOSED = plan("""
    cohort of 3, up to 3 per level
    | treated | with_dlt | then                               |
    | 3       | 0        | escalate                           |
    | 3       | 1        | declare this level and close level |
    | 3       | 2 to 3   | declare previous level             |
""")


def found(name: str, design: EscalationPlan, rungs: int = 3, most: int = 2_000) -> Finding:
    return next(one for one in verify(design, levels(rungs), most) if one.id == name)


@pytest.mark.parametrize(
    ("design", "rungs", "expected"),
    [
        # Three clean levels, the last with three DLTs.
        (SIMPLE, 3, Bounds(9, 3, 3, (6, 3, 0))),
        # Up through three clean ones; then one DLT in three and three in three, and three each time on the way down.
        (KORN, 3, Bounds(18, 10, 6, (12, 6, 0))),
        # The trial ends with 24 patients in whatever way; a level above the first has had three fewer below it, and so
        # on. Down from the first is no level, so it may have them all, every one with a DLT.
        (shipped("up_and_down_3_0_2"), 3, Bounds(24, 24, 24, (21, 18, 0))),
    ],
)
def test_bounds(design: EscalationPlan, rungs: int, expected: Bounds) -> None:
    assert expected == bounds(explore(machine(design, levels(rungs))))


def test_what_has_no_end_has_no_bound() -> None:
    assert bounds(explore(machine(ENDLESS, levels(2)), most=50)) is None
    assert found("always_ends", ENDLESS, 2, most=200).holds is not True


def test_a_table_applied_with_patients_pending_is_bounded_by_its_cap() -> None:
    told = bounds(explore(machine(shipped("rolling_six"), levels(3))))
    assert told is not None
    assert (told.patients, told.at_one_level) == (18, 6)
    assert found("harm_bounded", shipped("rolling_six")).why == ""


def test_the_bound_is_told() -> None:
    assert found("always_ends", SIMPLE).why == "within 9 patients, at most 3 of them at one level"
    assert found("harm_bounded", SIMPLE).why == "at most 3 patients with DLT, 6 above level 1, 3 above level 2"


def test_one_more_dlt_that_leads_higher_is_found_after_the_shortest_history() -> None:
    broken = found("monotone", UPSIDE_DOWN)
    assert (broken.holds, str(broken.counterexample), broken.rows) == (False, "1NTT", (3,))
    assert broken.why == "the last cohort with 2 DLTs leads to level 1, and with 1 it recommends no level"


@pytest.mark.parametrize("design", [SIMPLE, KORN, CLOSED])
def test_monotone_holds(design: EscalationPlan) -> None:
    assert found("monotone", design).holds is True


def test_a_closed_level_that_is_recommended_is_found() -> None:
    broken = found("recommends_open", CLOSED)
    assert (broken.holds, broken.why) == (False, "level 1 is recommended and is closed")
    assert str(broken.counterexample) == "1NNT"


@pytest.mark.parametrize("design", [SIMPLE, KORN, UPSIDE_DOWN])
def test_only_open_levels_are_recommended(design: EscalationPlan) -> None:
    assert found("recommends_open", design).holds is True
