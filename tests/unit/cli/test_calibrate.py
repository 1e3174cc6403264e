import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main
from protocol_dsl.escalation.calibrate import lines, read, replaced
from protocol_dsl.escalation.designs import faults
from tests.escalation_plans import climbed, shipped

STEEP, TOXIC = "0.05,0.12,0.30,0.45,0.60", "0.50,0.60,0.70,0.80,0.90"
WRITTEN = "underdosing 0.18 and overdosing 0.42"  # what boin.protocol has
BOLD = "underdosing 0.18 and overdosing 0.48"


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    path = tmp_path / "scenarios.toml"
    path.write_text(f'steep = [{STEEP}]\ntoxic = {{ truth = [{TOXIC}], right = "none" }}\n', "utf-8")
    return path


def calibrated(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["calibrate", *arguments, "--format", "json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["candidates"]
    return found


def test_each_candidate_does_what_simulate_says_of_it(capsys: pytest.CaptureFixture[str], scenarios: Path) -> None:
    found = {
        one["settings"]: one for one in calibrated(capsys, "boin", "--scenarios", str(scenarios), "--try", WRITTEN)
    }
    main(["simulate", "boin", "--truth", STEEP, "--truth", TOXIC, "--format", "json"])
    steep, toxic = json.loads(capsys.readouterr().out)["scenarios"]
    assert {None, WRITTEN} == set(found)
    for one in found.values():
        assert one["scenarios"]["steep"]["right"] == pytest.approx(steep["selected"]["3"])
        assert one["scenarios"]["steep"]["too_toxic"] == pytest.approx(steep["above"]["selected"])
        assert one["scenarios"]["toxic"]["right"] == pytest.approx(toxic["selected"]["none"])
        assert one["right"] == pytest.approx((steep["selected"]["3"] + toxic["selected"]["none"]) / 2)
        assert one["patients_too_toxic"] == pytest.approx((steep["above"]["treated"] / steep["patients"] + 1) / 2)


def test_the_best_comes_first(capsys: pytest.CaptureFixture[str], scenarios: Path) -> None:
    found = calibrated(
        capsys, "boin", "--scenarios", str(scenarios), "--try", BOLD, "--try", "underdosing 0.10 and overdosing 0.36"
    )
    assert [one["right"] for one in found] == sorted((one["right"] for one in found), reverse=True)
    assert len(found) == 3


def test_what_goes_too_high_comes_behind(capsys: pytest.CaptureFixture[str], scenarios: Path) -> None:
    lines = ("--try", BOLD, "--try", "underdosing 0.10 and overdosing 0.36")
    freely = calibrated(capsys, "boin", "--scenarios", str(scenarios), *lines)
    middle = sorted(one["most_too_toxic"] for one in freely)[1]
    found = calibrated(capsys, "boin", "--scenarios", str(scenarios), *lines, "--at-most", f"{middle:.12f}")
    assert [one["allowed"] for one in found] == sorted((one["allowed"] for one in found), reverse=True)
    assert {True, False} == {one["allowed"] for one in found}


def test_a_table_says_the_same_as_toml(capsys: pytest.CaptureFixture[str], scenarios: Path, tmp_path: Path) -> None:
    table = tmp_path / "scenarios.csv"
    table.write_text(f"scenario,1,2,3,4,5,right\nsteep,{STEEP},\ntoxic,{TOXIC},none\n", "utf-8")
    one, other = (calibrated(capsys, "boin", "--scenarios", str(path), "--try", WRITTEN) for path in (scenarios, table))
    assert one == other


@pytest.mark.parametrize(
    ("design", "number", "one"),
    [
        ("boin", 25, WRITTEN),
        ("mtpi2", 25, "rates from 0.28 to 0.32 count as the target"),
        ("crm", 30, "skeleton with halfwidth 0.06 and prior mtd at level 3"),
    ],
)
def test_families_have_a_grid_of_their_own(design: str, number: int, one: str) -> None:
    plan, ladder = shipped(design), climbed(design, 5)
    found = lines(plan, ladder)
    assert len(found) == len(set(found)) == number
    assert one in found
    for line in found:
        settings = read(plan, line)
        assert settings
        assert faults(replaced(plan, settings), ladder) == ()


def test_settings_that_cannot_be_are_left_out_and_said(capsys: pytest.CaptureFixture[str], scenarios: Path) -> None:
    line = "underdosing 0.40 and overdosing 0.42"
    assert main(["calibrate", "boin", "--scenarios", str(scenarios), "--try", line, "--format", "plain"]) == 0
    captured = capsys.readouterr()
    assert f"`{line}` is left out: 0.40 and 0.42 do not lie on the two sides of the target" in captured.err
    assert line not in captured.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steep = [0.1, 0.2]", "scenario `steep`: there are 5 levels (1, 2, 3, 4, 5), and 2 rates"),
        ("steep = [0.1, 0.2, 0.3, 0.4, 1.5]", "scenario `steep`: 1.5 lies outside 0 to 1"),
        ("steep = 3", "scenario `steep` has no list of rates"),
        (f'steep = {{ truth = [{STEEP}], right = "9" }}', "`9` cannot be right to recommend"),
        ("", "holds no scenario"),
        ("steep = [", "cannot be read"),
    ],
)
def test_scenarios_that_are_none(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text, "utf-8")
    assert main(["calibrate", "boin", "--scenarios", str(path)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,1,2\n", "scenarios.csv:1: error[PD090]: the table of scenarios has no column `scenario`, `3`, `4`, `5`"),
        (f"scenario,1,2,3,4,5\na,{STEEP}\na,{STEEP}\n", "scenario `a` stands twice"),
        ("scenario,1,2,3,4,5\na,0.1,0.2,x,0.4,0.5\n", "scenario `a`: `x` is no number"),
    ],
)
def test_tables_that_are_none(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "scenarios.csv"
    path.write_text(text, "utf-8")
    assert main(["calibrate", "boin", "--scenarios", str(path), "--format", "plain"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["three_plus_three_korn6"], "has no target rate"),
        (["boin", "--try", "underdosing much"], "`underdosing much` is no setting of the design"),
        (["boin", "--limit", "3"], "3 lies outside 0 to 1"),
        (["boin", "--out", "x.svg"], "ends in none of .csv, .json, .md"),
    ],
)
def test_what_cannot_be_calibrated(
    capsys: pytest.CaptureFixture[str], scenarios: Path, arguments: list[str], said: str
) -> None:
    assert main(["calibrate", *arguments, "--scenarios", str(scenarios)]) == 2
    assert said in capsys.readouterr().err
