"""`protocol synthesize`: where it writes, what it refuses, and what it says."""

import json
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

FILE = "tests/trials/dlt/mk1454.protocol"


def test_the_files_are_those_that_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "rehearsal"
    told = ["synthesize", FILE, "--patients", "3", "-o", str(folder), "--as", "plain,sdtm", "--format", "json"]
    assert main(told) == 0
    printed = json.loads(capsys.readouterr().out)
    there = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert printed["files"] == there
    assert {"truth.json", "plain/patients.csv", "sdtm/dm.xpt", "sdtm/mapping.toml"} <= {*there}
    assert printed["patients"] == len(json.loads((folder / "truth.json").read_text())["patients"]) == 3
    assert main(["dlt", FILE, "--data", str(folder / "sdtm"), "--quiet"]) == 0


def test_sdtm_may_be_dataset_json(tmp_path: Path) -> None:
    assert (
        main(["synthesize", FILE, "--patients", "2", "-o", str(tmp_path), "--as", "sdtm", "--sets", "json", "-q"]) == 0
    )
    assert main(["dlt", FILE, "--data", str(tmp_path / "sdtm"), "--strict", "--quiet"]) == 0
    assert json.loads((tmp_path / "sdtm" / "dm.json").read_text())["datasetJSONVersion"] == "1.1.0"


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "patients.csv").write_text("patient\nreal\n")
    told = ["synthesize", FILE, "--patients", "2", "-o", str(tmp_path)]
    assert main(told) == 2
    assert "is not empty" in capsys.readouterr().err
    assert (tmp_path / "patients.csv").read_text() == "patient\nreal\n"
    assert main([*told, "--overwrite"]) == 0
    assert "SYN-001" in (tmp_path / "plain" / "patients.csv").read_text()


def test_a_section_that_is_not_complete_is_pointed_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synthesize", "nct06631391@1.0", "-o", str(tmp_path / "x")]) == 2
    error = capsys.readouterr().err
    assert "no patient can be eligible by a section that is not complete" in error
    assert "nct06631391@1.0:" in error
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--patients", "many", "no whole number"),
        ("--seed", "-1", "no whole number"),
        ("--missing", "5", "no share"),
        ("--truth", "0.1,0.2", "2 rates for 1 levels"),
        ("--as", "fhir", "no form"),
        ("--start", "soon", "not a day"),
    ],
)
def test_misuse_is_said(option: str, value: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["synthesize", FILE, "-o", str(tmp_path / "x"), f"{option}={value}"]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_nothing_of_an_earlier_trial_is_left_beside_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["synthesize", FILE, "--patients", "2", "-o", str(tmp_path), "--overwrite", "--quiet"]
    assert main([*told, "--missing", "0.5"]) == 0
    assert (tmp_path / "plain" / "missing.csv").exists()
    assert main(told) == 0
    assert not (tmp_path / "plain" / "missing.csv").exists()
    (tmp_path / "plain" / "mine.csv").write_text("patient\n")
    assert main(told) == 2
    assert "mine.csv` would be read as a part of the trial" in capsys.readouterr().err
    assert (tmp_path / "plain" / "mine.csv").exists()
