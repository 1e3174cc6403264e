import json
import re
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main

TRIAL = """protocol "T"

moments
    enrolment

data
    lansky : number

inclusion at enrolment
    I1 "Fit"
        lansky at least 50

example "fit"
    given enrolment = 2026-06-01, lansky = 80
    then eligible

example "not known"
    given enrolment = 2026-06-01
    then EXPECTED
"""

FORMULA = """\
protocol "T"
    language 1
    uses ucum

data
    height     : number in cm; plausible 40 to 220
    creatinine : number in mg/dL; plausible 0.1 to 20

define
    egfr in mL/min/{1.73_m2} with height in cm, creatinine in mg/dL is 0.413 * height / creatinine

inclusion
    I1 "Enough"
        egfr at least 60 mL/min/{1.73_m2}
"""

SET = """\
protocol "T"
    language 1

data
    drug : text

define
    set prolonging version 1 is amiodarone, sotalol

exclusion
    E1 "A drug"
        drug is in prolonging
"""


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    path = tmp_path / "trial.protocol"
    path.write_text(TRIAL.replace("EXPECTED", "undetermined because I1"), encoding="utf-8")
    return path


def outcome(capsys: pytest.CaptureFixture[str], path: Path | str, *more: str) -> tuple[int, Any]:
    status = main(["test", str(path), "--format", "json", *more])
    (one,) = json.loads(capsys.readouterr().out)["files"]
    return status, one


def test_examples_that_come_out_as_expected(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = outcome(capsys, trial)
    assert (status, list(told)) == (0, ["file", "examples"])
    assert [(one["label"], one["line"], one["passed"]) for one in told["examples"]] == [
        ("fit", 13, True),
        ("not known", 17, True),
    ]


def test_an_example_that_fails(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial.write_text(TRIAL.replace("EXPECTED", "eligible"), encoding="utf-8")
    assert main(["test", str(trial), "--format", "human"]) == 1
    out = capsys.readouterr().out
    assert "fails  not known: eligible was expected, undetermined because I1 came out" in out
    assert f"{trial}:17" in out
    assert "2 expectations, 1 failing" in out


def test_coverage_names_the_side_that_no_example_shows(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = outcome(capsys, trial, "--cover")
    coverage = told["coverage"]
    assert (coverage["sides"], coverage["shown"]) == (2, 1)
    assert [(site["clause"], site["wanting"]) for site in coverage["wanting"]] == [("I1", ["not met"])]
    assert main(["test", "--cover", str(trial)]) == 0
    assert "I1 criterion, line 10: no example has it not met: Fit" in capsys.readouterr().out


def test_a_limit_on_which_no_example_stands_survives(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = outcome(capsys, trial, "--mutate")
    mutation = told["mutation"]
    assert mutation["killed"] + len(mutation["survivors"]) == mutation["mutants"]
    survivors = {one["now"] for one in mutation["survivors"]}
    assert {"lansky at least 49", "lansky at least 51", "lansky more than 50"} <= survivors
    assert "lansky less than 50" not in survivors
    edge = TRIAL.replace("EXPECTED", "undetermined") + (
        '\nexample "just"\n    given enrolment = 2026-06-01, lansky = 50\n    then eligible\n'
        '\nexample "just not"\n    given enrolment = 2026-06-01, lansky = 49\n    then not eligible\n'
    )
    trial.write_text(edge, encoding="utf-8")
    _, told = outcome(capsys, trial, "--mutate")
    assert told["mutation"]["survivors"] == []
    assert told["mutation"]["score"] == 1


@pytest.mark.parametrize("name", ["nct06631391", "nk_ped_01", "kin_204", "cdisc_pilot"])
def test_what_ships_passes_its_own_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = outcome(capsys, name)
    assert [one["label"] for one in told["examples"] if not one["passed"]] == []
    assert status == 0


def test_an_unsound_file_is_not_tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.protocol"
    bad.write_text("nothing at all\n", encoding="utf-8")
    assert main(["test", str(bad)]) == 2
    assert f"{bad}:1:" in capsys.readouterr().err


def test_one_is_not_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "one.protocol"
    path.write_text(TRIAL.partition('example "not known"')[0], encoding="utf-8")
    assert main(["test", str(path)]) == 0
    assert capsys.readouterr().out.endswith("one.protocol: 1 expectation, none failing\n")


@pytest.mark.parametrize("name", ["nk_ped_01", "nct06631391"])
def test_every_change_is_told_by_what_changes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, told = outcome(capsys, name, "--mutate")
    assert told["mutation"]["survivors"]
    for one in told["mutation"]["survivors"]:
        assert one["was"] != one["now"]
        assert (one["change"] in ("part dropped", "guard dropped")) == (one["now"] == "")
        assert not re.search(r"\b1 days|\b0 day\b|[0-9]{5}", one["was"] + one["now"])  # nor a day in seconds


def test_only_what_somebody_wrote_is_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a formula the 0.413, and not the factors by which its units become those in which everything is kept."""
    path = tmp_path / "formula.protocol"
    path.write_text(FORMULA, encoding="utf-8")
    _, told = outcome(capsys, path, "--mutate")
    shifted = [(one["was"], one["now"]) for one in told["mutation"]["survivors"] if one["change"] == "limit shifted"]
    assert shifted == [
        ("0.413", "0.412"),
        ("0.413", "0.414"),
        ("egfr at least 60 mL/min/{1.73_m2}", "egfr at least 59 mL/min/{1.73_m2}"),
        ("egfr at least 60 mL/min/{1.73_m2}", "egfr at least 61 mL/min/{1.73_m2}"),
    ]


def test_a_drug_left_out_of_a_set_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "set.protocol"
    path.write_text(SET, encoding="utf-8")
    _, told = outcome(capsys, path, "--mutate")
    assert ("in prolonging", "in prolonging without sotalol") in {
        (one["was"], one["now"]) for one in told["mutation"]["survivors"]
    }
