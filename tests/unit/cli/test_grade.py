"""`protocol grade`: its JSON, its order, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main

READINGS = """patient,term,test,value,unit,lln,uln
P1,Anemia,,75,g/L,120,160
P2,,K,2.9,mmol/L,3.5,5.1
P3,Platelet count decreased,,,10*9/L,150,400
P4,no such thing,,1,g/L,1,2
P5,Hyperglycemia,,20,mmol/L,,
"""


@pytest.fixture
def readings(tmp_path: Path) -> str:
    path = tmp_path / "readings.csv"
    path.write_text(READINGS, encoding="utf-8")
    return str(path)


def graded(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["grade", "--ctcae", "5.0", "--format", "json", *arguments]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["rows"]
    return rows


def test_a_row_for_each_row_and_direction_in_order(readings: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = graded(capsys, "--data", readings)
    assert [(row["patient"], row["term"], row["direction"], row["grade"]) for row in rows] == [
        ("P1", "Anemia", "low", 3),
        ("P2", "Hyperkalemia", "high", 0),
        ("P2", "Hypokalemia", "low", 3),
        ("P3", "Platelet count decreased", "low", None),
        ("P4", "no such thing", None, None),
        ("P5", "Hyperglycemia", None, None),
    ]


def test_the_keys_are_those_of_the_contract_and_values_are_as_written(
    readings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_, last = graded(capsys, "--data", readings)
    assert list(first)[:7] == ["patient", "term", "direction", "value", "unit", "grade", "because"]
    assert (first["value"], first["read"], first["read_in"]) == (
        "75",
        {"value": "75", "lln": "120", "uln": "160"},
        "g/L",
    )
    assert (first["needs_confirmation"], first["confirm"]) == (True, "transfusion indicated")
    assert last["because"] == "`Hyperglycemia` cannot be graded from a number in CTCAE 5.0; CTCAE 4.03 and 6.0 can"


def test_units_choose_the_bands(readings: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = graded(capsys, "--data", readings, "--units", "us")
    assert (first["read_in"], first["read"]["value"], first["grade"]) == ("g/dL", "7.5", 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--ctcae", "3.0"], "there is no CTCAE `3.0`"),
        (["--ctcae", "5.0", "--data", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_misuse(arguments: list[str], said: str, readings: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", "--data", readings, *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_table_without_values_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "patients.csv").write_text("patient,age\nP1,4\n", encoding="utf-8")
    assert main(["grade", "--ctcae", "5.0", "--data", str(tmp_path)]) == 2
    assert "no table of readings is here" in capsys.readouterr().err
