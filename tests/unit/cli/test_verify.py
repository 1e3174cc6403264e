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


def test_a_statement_that_is_refuted_refuses_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = find_protocol("nk_ped_01")
    assert shipped is not None
    text = shipped.read_text(encoding="utf-8")
    bold = tmp_path / "bold.protocol"
    bold.write_text(text.replace("with_dlt * 3 at least treated", "with_dlt at least 1"), encoding="utf-8")
    assert main(["verify", str(bold)]) in {1, 2}
    out, err = capsys.readouterr()
    assert "1NNT 1NNN" in out + err  # the shortest history in which a level with a DLT is escalated from


def test_a_file_without_doses_has_nothing_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "cdisc_pilot"]) == 0
    assert "nothing to verify" in capsys.readouterr().out


def test_a_person_reads_each_property(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "nk_ped_01", "--format", "human"]) == 0
    out = capsys.readouterr().out
    assert "holds" in out
    assert "Never escalate when a third or more had a DLT" in out
