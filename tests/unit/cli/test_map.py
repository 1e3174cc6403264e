"""`protocol map`."""

import json
import tomllib
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

PROTOCOL = """
protocol "MAP-1"
    language 1
    uses ctcae 5.0

moments
    enrolment

data
    sex        : one of female, male
    platelets  : number in 10*9/L; latest

inclusion at enrolment
    I1 "Platelets at least 100"
        platelets at least 100 10*9/L
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "trial.protocol").write_text(PROTOCOL)
    folder = tmp_path / "sdtm"
    folder.mkdir()
    (folder / "dm.csv").write_text("DOMAIN,USUBJID,SEX,RFSTDTC\nDM,P1,F,2026-06-01\nDM,P2,M,2026-06-02\n")
    (folder / "lb.csv").write_text(
        "DOMAIN,USUBJID,LBTESTCD,LBORRES,LBORRESU,LBDTC\nLB,P1,PLAT,90,10^9/L,2026-05-30\nLB,P1,PLAT,x\x1b[31m,10^9/L,\n"
    )
    return tmp_path


def run(study: Path, *more: str) -> int:
    return main(["map", str(study / "trial.protocol"), "--data", str(study / "sdtm"), *more])


def test_what_is_printed_is_a_mapping(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(study) == 0
    out, err = capsys.readouterr()
    assert {"items", "standard"} == set(tomllib.loads(out))
    assert "[items.platelets]  # 2 rows of 1 patient; 1 cannot be read; in 10^9/L; 90 10^9/L" in out
    assert "PD720" in err
    assert "\x1b" not in out + err


def test_what_is_printed_can_be_given_back(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(study, "-q")
    first = capsys.readouterr().out
    (study / "sdtm" / "mapping.toml").write_text(first)
    assert run(study, "-q") == 0
    assert first == capsys.readouterr().out


def test_a_program_gets_the_same_as_data(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(study, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    (platelets,) = (one for one in told["found"] if one["name"] == "platelets")
    assert {
        "section": "items",
        "name": "platelets",
        "entry": {"from": "LB", "test": "PLAT"},
        "rows": 2,
        "patients": 1,
        "unreadable": 1,
        "missing": 0,
        "units": ["10^9/L"],
        "values": ["90 10^9/L"],
    } == platelets
    assert [{"name", "why"}] == [set(one) for one in told["unbound"]]


@pytest.mark.parametrize("mapping", ["[items\n", "[items]\nsexx = 'DM.SEX'\n"])
def test_a_mapping_that_is_wrong_is_said_and_nothing_is_proposed_without_it(
    mapping: str, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "wrong.toml").write_text(mapping)
    assert run(study, "--map", str(study / "wrong.toml")) == 2
    assert "PD75" in capsys.readouterr().err


def test_a_plain_folder_needs_no_mapping(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (study / "sdtm" / "patients.csv").write_text("patient,sex\nP1,female\n")
    assert run(study) == 2
    assert "need no mapping" in capsys.readouterr().err


def test_data_that_are_not_there_are_said(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", str(study / "trial.protocol"), "--data", str(study / "nowhere")]) == 2
    assert "PD701" in capsys.readouterr().err
