"""What stands in the data is shown, and never done: neither by a terminal nor by a spreadsheet."""

import csv
from pathlib import Path

import pytest

from protocol_dsl.cli.console import Console
from protocol_dsl.cli.inputs import load
from protocol_dsl.cli.main import main

PROTOCOL = """protocol "P"
    language 1
    version 1.0

moments
    enrolment

data
    x : number

inclusion at enrolment
    I1 "At least one"
        x at least 1
"""


@pytest.fixture
def protocol(tmp_path: Path) -> str:
    file = tmp_path / "p.protocol"
    file.write_text(PROTOCOL)
    return str(file)


def patients(tmp_path: Path, *ids: str) -> str:
    file = tmp_path / "patients.csv"
    file.write_text("patient,enrolment,x\n" + "".join(f'"{one}",2026-01-01,1\n' for one in ids), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("style", ["human", "plain"])
def test_an_id_does_nothing_to_a_terminal(
    protocol: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], style: str
) -> None:
    evil = "A\x1b[31m\x1b]0;title\x07\x1b[2J\u202eB"
    data = patients(tmp_path, evil)
    for line in (["screen"], ["explain", "--patient", evil]):
        main([*line, protocol, "--data", data, "--format", style])
        said = capsys.readouterr().out
        assert not {"\x1b", "\x07", "\u202e"} & set(said)
    main(["screen", protocol, "--data", data, "--format", style])
    assert "A<U+001B>[31m<U+001B>]0;title<U+0007>" in capsys.readouterr().out


def test_an_id_does_nothing_in_a_spreadsheet(protocol: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    ids = ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "-2", "A-01"]
    main(["screen", protocol, "--data", patients(tmp_path, *ids), "--out", str(out)])
    with out.open(encoding="utf-8", newline="") as file:
        found = [row["patient"] for row in csv.DictReader(file)]
    assert found == ["'=1+1", "'+cmd|' /C calc'!A0", "'-1+1", "'@SUM(A1)", "-2", "A-01"]


def test_our_own_colours_are_not_taken_for_an_attack(protocol: str, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = load(protocol)
    console = Console("human", colour=True)
    painted = console.rendered(loaded.diagnostics) + console.paint("eligible", "32")
    console.result(painted)
    assert "\x1b[" in painted
    assert capsys.readouterr().out == f"{painted}\n"
