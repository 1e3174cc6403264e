"""Whatever numbers a file or a history holds, the answer comes soon."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import protocol_dsl
from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.source import Source
from protocol_dsl.cli.main import main
from protocol_dsl.pipeline import load_text

LONG = "9" * 6000  # more digits than Python turns into a number
SECONDS = 60  # generous: without a bound it would take hours

PLAN = """protocol "P"
    language 1
    version 1.0

doses of agent
    | level |
{levels}
    start at level 1

escalation by table
    cohort of {cohort}, up to {cap} per level
    decide, exactly one row applies
        | treated  | with_dlt      | then        |
        | {cohort} | 0             | escalate    |
        | {cell}   | 1 to {cohort} | de-escalate |
        | {cap}    | 0 to {cap}    | stop        |
    mtd is highest level with {mtd} treated and at most 1 dlt
"""


@contextmanager
def soon() -> Iterator[None]:
    """Time for what is within."""
    start = time.perf_counter()
    yield
    assert time.perf_counter() - start < SECONDS


def plan(levels: int = 2, cohort: int = 3, cap: int = 6, cell: str = "3", mtd: str = "6") -> str:
    """A small table with some of its numbers changed."""
    ladder = "\n".join(f"    | {level} |" for level in range(1, levels + 1))
    return PLAN.format(levels=ladder, cohort=cohort, cap=cap, cell=cell, mtd=mtd)


def errors(text: str) -> tuple[Diagnostic, ...]:
    return load_text(Source("p.protocol", text)).errors


@pytest.mark.parametrize(("text", "code"), [(plan(cell=LONG), "PD415"), (plan(mtd=LONG), "PD413")])
def test_a_count_too_long_to_be_one_is_refused_where_it_stands(text: str, code: str) -> None:
    (found,) = [each for each in errors(text) if each.code == code]
    assert LONG in str(found.primary.where.text)  # type: ignore[union-attr]


@pytest.mark.parametrize(("levels", "cohort", "cap"), [(3, 1000, 2000), (2, 99999, 199998)])
def test_what_cannot_be_explored_to_its_end_in_reasonable_time_is_undecided(levels: int, cohort: int, cap: int) -> None:
    with soon():
        protocol = protocol_dsl.loads(plan(levels, cohort, cap, str(cohort), str(cap)))
        findings = protocol.verify()
    assert {finding.holds for finding in findings} == {None}


def test_more_ways_to_end_than_can_be_compared_are_waited_for() -> None:
    with soon():
        protocol = protocol_dsl.loads(plan(2, 99999, 199998, "99999", "199998"))
        assert protocol.advise("1NT").patients == 99997


def test_a_level_with_a_long_number_for_its_name_stays_text_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.protocol"
    file.write_text(plan().replace("| 1 |", f"| {LONG} |").replace("start at level 1", f"start at level {LONG}"))
    assert main(["advise", str(file), "--history", "", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["level"] == LONG


def test_very_many_unknown_names_do_not_each_go_through_all_that_are_known() -> None:
    known = "\n".join(f"    item_{number} : number" for number in range(3000))
    asked = "\n".join(f'    I{number} "a"\n        itum_{number} at least 1' for number in range(3000))
    with soon():
        found = errors(f'protocol "P"\n    language 1\n    version 1.0\n\ndata\n{known}\n\ninclusion\n{asked}\n')
    assert len([each for each in found if each.code == "PD101"]) == 3000
    assert found[0].help == "`item_0` may be meant"


def test_very_many_rows_of_strangers_are_told_soon(tmp_path: Path) -> None:
    days = "".join(f"P-{number:05},2026-01-01\n" for number in range(4000))
    values = "".join(f"Q-{number:05}x,weight,1\n" for number in range(15_000))
    (tmp_path / "patients.csv").write_text("patient,enrolment\n" + days)
    (tmp_path / "observations.csv").write_text("patient,item,value\n" + values)
    protocol = protocol_dsl.load("nct06631391")
    with soon():
        found = protocol.read(tmp_path)
    assert len([each for each in found.diagnostics if each.code == "PD710"]) == 15_000
    assert found.diagnostics[0].help == "`P-00000` is near"
