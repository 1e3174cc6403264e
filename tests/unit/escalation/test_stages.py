"""`escalation by stages`: who leads the trial when, worked by hand, and against the designs by themselves."""

from functools import cache

import pytest

from protocol_dsl.amend.stated import stated
from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.escalation.advise import advise
from protocol_dsl.escalation.automaton import observable
from protocol_dsl.escalation.computed import Counts
from protocol_dsl.escalation.decision_table import DecisionTable, decision_table
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.verify import verify
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.serial import from_json, to_json
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import ask, brief

HEAD = """\
protocol "STAGES"

doses of agent in mg
    | level | agent |
    | 1     | 10    |
    | 2     | 20    |
    | 3     | 40    |
    start at level 1
    never skip a level

"""
SINGLE = """\
    stage single by table until first dlt or 2 patients with grade_2 or 3 patients
        cohort of 1
        decide, exactly one row applies
            | treated | with_dlt | then     |
            | 1       | 0        | escalate |
"""
KORN = """\
cohort of 3, up to 6 per level
decide, exactly one row applies
    | treated | with_dlt | then                        |
    | 3       | 0        | escalate                    |
    | 3       | 1        | treat 3 more                |
    | 3       | 2 to 3   | de-escalate and close level |
    | 6       | 0 to 1   | escalate                    |
    | 6       | 2 to 6   | de-escalate and close level |
mtd is highest level with 6 treated and at most 1 dlt
"""
CRM = """\
target dlt rate 0.25
skeleton with halfwidth 0.06 and prior mtd at level 2
empiric model
prior variance 1.34
cohort of 3
at most 12 patients
mtd is given level closest to target
"""


def indented(text: str, levels: int) -> str:
    return "".join(" " * 4 * levels + line + "\n" for line in text.splitlines())


THREES = f"{HEAD}escalation by stages\n{SINGLE}    stage in_threes by table\n{indented(KORN, 2)}"
MODEL = f"{HEAD}escalation by stages\n{SINGLE}    stage model by crm\n{indented(CRM, 2)}"
ALONE = f"{HEAD}escalation by crm\n{indented(CRM, 1)}"


@cache
def protocol(text: str) -> Protocol:
    loaded = load_text(Source("stages.protocol", text), without=RUN)
    assert loaded.protocol is not None, loaded.errors
    return loaded.protocol


def after(history: str, text: str, *grade_2: int) -> str:
    found = protocol(text)
    assert found.escalation is not None
    assert found.ladder is not None
    read = History.read(history, found.ladder.names)
    assert isinstance(read, History)
    counts = tuple((count,) for count in grade_2) or tuple((0,) for _ in read.cohorts)
    advice = advise(found.escalation, found.ladder, read, counts if found.escalation.extra else ())
    return brief(advice)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("history", "grade_2", "expected"),
    [
        ("", (), "treat 1 at 1"),
        ("1N", (0,), "treat 1 at 2"),
        ("1P", (0,), "wait"),
        ("1T", (0,), "treat 2 at 1"),  # handed over: the level is filled up to the next row
        ("1T 1NN", (0, 0), "treat 3 at 1"),  # the single patient counts: one in three
        ("1T 1TN", (0, 0), "stop with None"),
        ("1N 2T 2NN", (0, 0, 0), "treat 3 at 2"),
        ("1N 2T 2NT", (0, 0, 0), "treat 3 at 1"),  # so does the one at level 1: he is one of six there
        ("1N 2T 2NT 1NN", (0, 0, 0, 0), "treat 3 at 1"),
        ("1N 2N", (0, 1), "treat 1 at 3"),  # one patient with grade 2 is not enough
        ("1N 2N", (1, 1), "treat 2 at 2"),  # two are
        ("1N 2N 3N", (0, 0, 0), "treat 2 at 3"),  # and so are three patients
        ("1N 2N 3N 3NN", (0, 0, 0, 0), "treat 3 at 3"),  # then the rows of the second stage
    ],
)
def test_single_patients_hand_over_to_threes(history: str, grade_2: tuple[int, ...], expected: str) -> None:
    assert expected == after(history, THREES, *grade_2)


@pytest.mark.parametrize("history", ["1T", "1N 2T", "1N 2T 2NNN", "1N 2N 3T 3NTT", "1N 2N 3T 3NTT 2NNT"])
def test_the_model_knows_of_all_patients_and_decides_as_it_would_by_itself(history: str) -> None:
    """A CRM looks at counts and not at their order, so that it must not matter who planned the first patients."""
    staged, alone = (protocol(text).escalation for text in (MODEL, ALONE))
    ladder = protocol(MODEL).ladder
    assert staged is not None
    assert alone is not None
    assert ladder is not None
    machines = [machine(plan, ladder, remember=True) for plan in (staged, alone)]
    first = machines[0]
    state = first.start
    read = History.read(history, ladder.names)
    assert isinstance(read, History)
    for cohort in read.cohorts:
        move = first.move(state)
        letters = cohort.outcomes
        state = next(
            first.step(state, observed)
            for observed in observable(first, state, move)
            if observed.tally.with_dlt == letters.count("T") and not any(observed.tally.extra)  # type: ignore[union-attr]
        )
    seen = first.look(state)
    assert seen is not None
    by_itself = Counts(seen.rung, first.tallies(state), len(ladder.names))
    assert first.move(state) == machines[1].move(by_itself)


@pytest.mark.parametrize(
    ("history", "grade_2", "expected"),
    [
        ("1N 2N", (1, 1), "treat 1 at 3"),  # two, but not at one level
        ("1NN", (2,), "treat 1 at 1"),
        ("1N 2NN", (1, 2), "treat 1 at 2"),
    ],
)
def test_a_stage_may_end_with_so_many_at_one_level(history: str, grade_2: tuple[int, ...], expected: str) -> None:
    text = THREES.replace("first dlt or 2 patients with grade_2 or 3 patients", "2 patients with grade_2 at one level")
    assert expected == after(history, text, *grade_2)


def test_each_property_holds_and_every_row_decides() -> None:
    found = protocol(THREES)
    assert found.escalation is not None
    assert found.ladder is not None
    findings = verify(found.escalation, found.ladder)
    assert {one.id for one in findings if one.holds is not True and one.severity is not Severity.NOTE} == set()


def test_rows_are_numbered_through_all_stages() -> None:
    found = protocol(THREES)
    assert found.escalation is not None
    assert [stage.plan.first_row for stage in found.escalation.stages] == [1, 2]
    assert len(found.escalation.rows) == 6
    advice = ask("1T 1NN", found.escalation, found.ladder)  # type: ignore[arg-type]
    assert advice.row == 3
    assert found.escalation.rows[2].then[0].patients == 3


def test_the_table_is_that_of_the_first_stage_and_says_what_follows() -> None:
    found = protocol(MODEL)
    assert found.escalation is not None
    assert found.ladder is not None
    table = decision_table(found.escalation, found.ladder)
    assert isinstance(table, DecisionTable)
    assert [(one.treated, one.with_dlt, one.move) for one in table.entries] == [(1, 0, "escalate")]
    assert table.notes[-1].startswith("`single` ends with the first DLT or 2 patients with grade_2 or 3 patients; then")


def test_a_plan_in_stages_is_written_and_read_again() -> None:
    found = protocol(THREES)
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" until first dlt or 2 patients with grade_2 or 3 patients", "", "`single` never ends, so that `in_threes`"),
        ("stage in_threes by", "stage single by", "two stages are named `single`"),
        ("stage in_threes by table", "stage in_threes by table until first dlt", "nothing follows the stage"),
        ("first dlt or", "first death or", "`first death` does not say when the stage ends"),
        ("stage in_threes by table", "stage in_threes", "the line is no stage of the escalation"),
        ("in_threes by table", "in_threes by stages", "a stage has no stages of its own"),
        ("in_threes by table", "in_threes by bion", "the design `bion` is not known"),
        ("        cohort of 3,", "        one patient at a time until first dlt\n        cohort of 3,", "come first"),
        (
            "        cohort of 3, up to 6 per level",
            "        cohort of 3\n        rows speak of the last cohort alone",
            "take over",
        ),
        (SINGLE, "", "an escalation by stages has two of them, or more"),
    ],
)
def test_slips_are_told(old: str, new: str, message: str) -> None:
    assert THREES.count(old) >= 1
    loaded = load_text(Source("stages.protocol", THREES.replace(old, new, 1)), without=RUN)
    assert any(message in error.message for error in loaded.errors)


def test_no_setting_stands_below_another_but_a_stage() -> None:
    text = ALONE.replace("    cohort of 3\n", "    cohort of 3\n        at most 3 patients\n")
    loaded = load_text(Source("stages.protocol", text), without=RUN)
    assert ("PD020", "`at` is not expected here") in [(error.code, error.message) for error in loaded.errors]


def test_an_amendment_tells_each_stage_line_by_line() -> None:
    changed = THREES.replace(" or 3 patients", "").replace("cohort of 1\n", "cohort of 2\n")
    told = {one.name: (one.old, one.new) for one in stated(protocol(THREES), protocol(changed))}
    assert told == {
        "stage single": (
            "until the first DLT or 2 patients with grade_2 or 3 patients",
            "until the first DLT or 2 patients with grade_2",
        ),
        "stage single, cohort": ("1", "2"),
    }
