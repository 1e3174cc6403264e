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
