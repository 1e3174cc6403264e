"""`protocol dose`: its exit statuses, what programs read, and what it refuses to start with."""

import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main
from tests.unit.dosing.trial import HEAD, PER_KG

SETTINGS = "    rounded down to 5 mg\n    refuse below 20 mg\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trial.protocol").write_text(HEAD + PER_KG + SETTINGS, encoding="utf-8")
    rows = ["patient,level,weight [kg],weight_date", "FULL,2,26,2026-05-30", "LIGHT,1,17,2026-05-30"]
    rows += ["STALE,2,26,2026-05-20"]
    (tmp_path / "patients.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> int:
    data = str(folder / "patients.csv")
    return main(["dose", str(folder / "trial.protocol"), "--data", data, "--at", "infusion=2026-06-01", *arguments])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--patient", "FULL"], 0),
        (["--patient", "LIGHT"], 1),
        (["--patient", "LIGHT", "--level", "2"], 0),
        (["--patient", "STALE"], 3),
        ([], 3),
        (["--patient", "NOBODY"], 2),
        (["--level", "9"], 2),
        (["--at", "infusoin=2026-06-01"], 2),
    ],
)
def test_statuses(folder: Path, arguments: list[str], status: int) -> None:
    assert run(folder, *arguments) == status


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    run(folder, "--format", "json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_programs_read_every_step(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(folder, capsys)
    assert found["as_of"] == "2026-06-01"
    full, light, stale = found["doses"]
    assert full == {
        "patient": "FULL",
        "product": "agent",
        "level": 2,
        "moment": "infusion",
        "date": "2026-06-01",
        "result": "amount",
        "amount": "50",
        "unit": "mg",
        "pieces": [],
        "steps": [
            {"text": "level 2: 2 mg/kg", "rule": "table of levels"},
            {
                "text": "weight 26 kg of 2026-05-30 is 2 days old at infusion 2026-06-01, valid for 7 days",
                "rule": "based on weight",
            },
            {"text": "2 mg/kg x 26 kg = 52 mg", "rule": "based on weight"},
            {"text": "52 mg is rounded to 50 mg", "rule": "rounded down to 5 mg"},
            {"text": "not below 20 mg", "rule": "refuse below 20 mg"},
        ],
        "because": "",
        "settles": [],
        "missing": [],
        "sources": [],
    }
    assert (light["result"], light["amount"], light["because"]) == ("withheld", None, "15 mg is below 20 mg")
    assert (stale["result"], stale["missing"]) == ("unknown", [{"item": "weight", "reason": "stale"}])
    assert stale["settles"] == ["a reading of weight from 2026-05-25 to 2026-06-01"]


def test_pipes_get_a_line_each(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "--format", "plain")
    head, *lines = capsys.readouterr().out.splitlines()
    cells = [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]
    assert [(one["patient"], one["result"], one["amount"]) for one in cells] == [
        ("FULL", "amount", "50"),
        ("LIGHT", "withheld", ""),
        ("STALE", "unknown", ""),
    ]


def test_people_are_told_that_people_decide(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "--format", "human")
    assert "It informs; people decide." in capsys.readouterr().out


def test_without_doses_there_is_nothing_to_reckon(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "trial.protocol").write_text(HEAD.replace(" is first dose of agent", ""), encoding="utf-8")
    assert run(folder) == 2
    assert "no dose section" in capsys.readouterr().err
