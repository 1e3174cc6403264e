import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.console import Console
from protocol_dsl.cli.main import main
from protocol_dsl.escalation.automaton import explore, watched
from protocol_dsl.escalation.designs import machine
from tests.escalation_plans import climbed, shipped

TRUTH = "0.05,0.12,0.25,0.40,0.50"
KEYS = ["truth", "selected", "treated", "dlts", "patients", "exact", "trials", "seed", "standard_error"]


def scenarios(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["simulate", "three_plus_three_korn6", "--format", "json", *arguments]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["scenarios"]
    return found


def test_exact_by_default_with_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = scenarios(capsys, "--truth", TRUTH)
    assert set(KEYS) <= set(one)
    assert (True, None, None, None) == tuple(one[key] for key in ("exact", "trials", "seed", "standard_error"))
    assert ["none", "1", "2", "3", "4", "5"] == list(one["selected"])
    assert sum(one["selected"].values()) + one["undecided"] == pytest.approx(1, abs=1e-12)


def test_where_every_patient_has_a_dlt_the_first_cohort_is_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = scenarios(capsys, "--truth", "1,1,1,1,1")
    assert (1.0, 3.0) == (one["selected"]["none"], one["patients"])
    assert [3.0, 0, 0, 0, 0] == one["dlts"] == one["treated"]


def test_drawn_with_what_is_exact_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = scenarios(capsys, "--truth", TRUTH, "--trials", "2000", "--seed", "5")
    (exact,) = scenarios(capsys, "--truth", TRUTH)
    assert (False, 2000, 5) == (one["exact"], one["trials"], one["seed"])
    assert {key: exact[key] for key in one["exactly"]} == one["exactly"]
    for level, chance in one["selected"].items():
        assert chance == pytest.approx(exact["selected"][level], abs=5 * one["standard_error"]["selected"][level])


def test_a_seed_gives_the_same_bytes_and_another_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for seed in ("1", "1", "2"):
        assert main(["simulate", "boin", "--truth", TRUTH, "--trials", "500", "--seed", seed]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2].replace("seed 2", "seed 1")


def test_several_truths(capsys: pytest.CaptureFixture[str]) -> None:
    found = scenarios(capsys, "--truth", TRUTH, "--truth", "0.3,0.4,0.5,0.6,0.7")
    assert [[0.05, 0.12, 0.25, 0.40, 0.50], [0.3, 0.4, 0.5, 0.6, 0.7]] == [one["truth"] for one in found]


def test_overdosing_is_told_above_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = scenarios(capsys, "--truth", TRUTH, "--limit", "0.25")
    assert one["above"]["selected"] == pytest.approx(one["selected"]["4"] + one["selected"]["5"])
    assert one["above"]["treated"] == pytest.approx(sum(one["treated"][3:]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--truth", "0.1,0.2"], "--truth:1:1: error[PD090]: there are 5 levels (1, 2, 3, 4, 5), and 2 rates"),
        (["--truth", "0.1,0.2,1.3,0.4,0.5"], "--truth:1:9: error[PD090]: 1.3 lies outside 0 to 1"),
        (["--truth", "0.1,x,0.3,0.4,0.5"], "--truth:1:5: error[PD090]: `x` is no number"),
        (["--truth", TRUTH, "--trials", "0"], "trials are drawn by a whole number"),
        (["--truth", TRUTH, "--seed", "-1"], "a seed is a whole number"),
        (["--truth", TRUTH, "--limit", "2"], "2 lies outside 0 to 1"),
        (["--truth", TRUTH, "--out", "found.xyz"], "ends in none of .csv, .json, .md"),
        ([], "--truth"),
    ],
)
def test_what_cannot_be_simulated(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(["simulate", "three_plus_three_korn6", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_rates_that_fall_are_simulated_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "three_plus_three_korn6", "--truth", "0.1,0.2,0.15,0.4,0.5"]) == 0
    assert "--truth:1:9: warning[PD090]: the rate falls from level 2 to level 3" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [".csv", ".json", ".md"])
def test_written_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"found{ending}"
    (one,) = scenarios(capsys, "--truth", TRUTH, "--out", str(path))
    text = path.read_text("utf-8")
    if ending == ".json":
        assert json.loads(text) == {"scenarios": [one]}
    elif ending == ".csv":
        rows = [line.split(",") for line in text.splitlines()]
        assert [one["selected"]["1"], one["treated"][0]] == [float(cell) for cell in rows[1][3:5]]
    else:
        assert f"| 1 | 0.05 | {one['selected']['1']:.4f} |" in text


def test_a_file_without_escalation(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "none.protocol"
    path.write_text('protocol "NONE"\n', "utf-8")
    assert main(["simulate", str(path), "--truth", "0.1"]) == 2
    assert "no doses with an escalation" in capsys.readouterr().err


IN_TIME = ("--truth", TRUTH, "--accrual", "2 weeks", "--window", "28 days", "--trials", "60")


def test_in_time_with_what_is_exact_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    (one,) = scenarios(capsys, *IN_TIME, "--seed", "5")
    (again,) = scenarios(capsys, *IN_TIME, "--seed", "5")
    (exact,) = scenarios(capsys, "--truth", TRUTH)
    assert one == again
    assert set(KEYS) <= set(one)
    assert (False, 60, 5) == (one["exact"], one["trials"], one["seed"])
    assert {key: exact[key] for key in one["exactly"]} == one["exactly"]
    assert (14.0, 28.0, "turned away") == tuple(one["accrual"][key] for key in ("days", "window", "waiting"))
    assert {"days", "days_closed", "turned_away", "not_evaluable", "dlts_in_all"} == set(one["time"])
    assert (None, None) == (exact["accrual"], exact["time"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--window", "28 days"],
        ["--accrual", "10"],
        ["--accrual", "10 days"],
        ["--accrual", "0 days", "--window", "28 days"],
        ["--accrual", "10 days", "--window", "28 days", "--not-evaluable", "0.95"],
        ["--accrual", "10 days", "--window", "28 days", "--late", "1"],
        ["--accrual", "0.001 days", "--window", "28 days"],
    ],
)
def test_what_makes_no_trial_in_time_is_told(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(["simulate", "three_plus_three_korn6", "--truth", TRUTH, *arguments]) == 2
    assert "error[PD090]" in capsys.readouterr().err


@pytest.mark.parametrize("lively", [True, False])
def test_a_terminal_is_told_how_many_states_have_been_explored(
    capsys: pytest.CaptureFixture[str],
    lively: bool,  # noqa: FBT001 - a case
) -> None:
    name = "three_plus_three_korn6"
    design = machine(shipped(name), climbed(name, 5), remember=True)
    with Console("human", lively=lively).counting("states") as told, watched(told):
        states = len(explore(design).states)
    shown = capsys.readouterr().err
    assert states > 1024
    assert ("] 1024" in shown, shown.endswith("\r\x1b[K")) == (lively, lively)


def test_counts_of_its_own_have_rates_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    never, always = "--truth-of=grade_2=0,0,0,0,0", "--truth-of=grade_2=1,1,1,1,1"
    truths = ("--truth", "0,0,0,0,0", "--truth", "0,0,0,0,0")
    assert main(["simulate", "accelerated_titration", "--format", "json", *truths, never, always]) == 0
    one, other = json.loads(capsys.readouterr().out)["scenarios"]
    assert ([0] * 5, [1] * 5) == (one["truth_of"]["grade_2"], other["truth_of"]["grade_2"])
    assert ([1, 1, 1, 1], [1, 3, 3, 3]) == (one["treated"][:4], other["treated"][:4])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "the design also counts `grade_2`, and how often that happens is not said"),
        (["--truth-of", "grade_2=0.1"], "there are 5 levels (1, 2, 3, 4, 5), and 1 rate"),
        (["--truth-of", "0.1"], "`0.1` names no count"),
        (["--truth-of", "grade_3=0,0,0,0,0", "--truth-of", "grade_2=0,0,0,0,0"], "the design counts no `grade_3`"),
        (["--truth-of", "grade_2=0,0,0,0,0", "--accrual", "5 days", "--window", "28 days"], "when that is seen"),
    ],
)
def test_rates_of_counts_that_do_not_fit(capsys: pytest.CaptureFixture[str], given: list[str], said: str) -> None:
    assert main(["simulate", "accelerated_titration", "--truth", "0,0,0,0,0", *given]) == 2
    assert said in capsys.readouterr().err
