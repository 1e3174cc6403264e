import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.base.shipped import find_protocol, names_of_protocols
from protocol_dsl.cli.main import main

KEYS = ["id", "statement", "holds", "states", "counterexample"]


def verified(capsys: pytest.CaptureFixture[str], name: str) -> tuple[int, dict[str, Any]]:
    status = main(["verify", name, "--format", "json"])
    properties = json.loads(capsys.readouterr().out)["properties"]
    assert all(list(one)[: len(KEYS)] == KEYS for one in properties)
    return status, {one["id"]: one for one in properties}


@pytest.mark.parametrize("name", names_of_protocols())
def test_nothing_that_ships_is_refuted(capsys: pytest.CaptureFixture[str], name: str) -> None:
    status, found = verified(capsys, name)
    assert status == 0
    assert all(one["holds"] for one in found.values() if one["severity"] == "error")


def test_the_authors_statements_are_among_them(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = verified(capsys, "nk_ped_01")
    assert {"A1", "A2", "A3"} <= set(found)
    assert "criterion" not in found["A1"]
    assert found["A2"]["states"] > 0


def bold(tmp_path: Path) -> str:
    """A protocol that promises more than its table keeps."""
    shipped = find_protocol("nk_ped_01")
    assert shipped is not None
    text = shipped.read_text(encoding="utf-8")
    assert "with_dlt * 3 at least treated" in text
    path = tmp_path / "bold.protocol"
    path.write_text(text.replace("with_dlt * 3 at least treated", "with_dlt at least 1"), encoding="utf-8")
    return str(path)


def test_a_statement_that_is_refuted_has_the_shortest_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = verified(capsys, bold(tmp_path))
    assert status == 1
    # Three with one DLT, then three without: the table escalates from a level with a DLT, and nothing shorter does.
    assert (found["A2"]["holds"], found["A2"]["counterexample"]) == (False, "1NNT 1NNN")
    assert found["A3"]["holds"]
    assert main(["verify", bold(tmp_path), "--format", "human"]) == 1
    assert "refuted" in capsys.readouterr().out


def test_what_needs_a_sound_file_refuses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", bold(tmp_path)]) == 1
    assert main(["advise", bold(tmp_path), "--history", "1NNN"]) == 2
    assert "1NNT 1NNN" in capsys.readouterr().err


def test_a_file_without_doses_has_nothing_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "cdisc_pilot"]) == 0
    assert "nothing to verify" in capsys.readouterr().out


def test_a_person_reads_each_property(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "nk_ped_01", "--format", "human"]) == 0
    out = capsys.readouterr().out
    assert "holds" in out
    assert "Never escalate when a third or more had a DLT" in out


def test_the_worst_case_lies_in_an_interval(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "nk_ped_01", "--worst-case", "0.33", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["worst_cases"]
    assert ["chance of recommending a level whose rate is above 0.33", "mean number of DLTs"] == [
        one["of"] for one in found
    ]
    for one in found:
        assert 0 < one["lower"] <= one["upper"]
        assert one["upper"] - one["lower"] <= one["gap"] + 1e-15
        assert one["truth"] == sorted(one["truth"])


@pytest.mark.parametrize(
    ("file", "limit", "said"),
    [
        ("nk_ped_01", "1", "the rate lies between 0 and 1"),
        ("nk_ped_01", "x", "`x` is no number"),
        ("boin", "0.33", "at most 4 levels, and there are 5"),
    ],
)
def test_what_has_no_worst_case(capsys: pytest.CaptureFixture[str], file: str, limit: str, said: str) -> None:
    assert main(["verify", file, "--worst-case", limit]) == 2
    assert said in capsys.readouterr().err
