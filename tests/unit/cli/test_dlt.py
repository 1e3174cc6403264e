"""The seed trial's invented year, whose DLTs, histories and moves its README derives by hand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main

ROOT = Path(__file__).parents[3]
README = (ROOT / "protocols" / "trials" / "nct06631391" / "records" / "README.md").read_text(encoding="utf-8")
STATUS = re.compile(r"^\| (SYN-\d\d) \| (\d) \| ([\d-]+) \| ([\d-]+) \| ([^|,]*)(?:, (\w+))? \|", re.MULTILINE)
MOVE = re.compile(r"^\| (\d{4}-\d\d-\d\d) \| `([^`]*)` \| ([^|]*) \|", re.MULTILINE)
SEED = ["nct06631391", "--data", "nct06631391", "--format", "json"]


def told(capsys: pytest.CaptureFixture[str], verb: str, *more: str) -> Any:  # noqa: ANN401
    status = main([verb, *SEED, *more])
    return status, json.loads(capsys.readouterr().out)


def test_statuses_are_those_derived_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    by_hand = {name: tuple(rest) for name, *rest in STATUS.findall(README)}
    assert len(by_hand) == 10
    status, result = told(capsys, "dlt")
    assert (status, list(result), result["as_of"]) == (0, ["as_of", "patients", "history"], "2025-11-20")
    assert by_hand == {
        one["patient"]: (str(one["level"]), *one["window"], one["status"], "".join(one["because"]))
        for one in result["patients"]
    }


def test_the_keys_are_those_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    _, result = told(capsys, "dlt")
    keys = ["patient", "level", "status", "pending_until", "because"]
    assert all(list(one)[: len(keys)] == keys for one in result["patients"])
    pending = {one["patient"]: one["pending_until"] for one in result["patients"] if one["status"] == "pending"}
    assert pending == {"SYN-14": "2025-12-03"}


@pytest.mark.parametrize(("as_of", "history", "move"), MOVE.findall(README))
def test_histories_and_moves_are_those_derived_by_hand(
    capsys: pytest.CaptureFixture[str], as_of: str, history: str, move: str
) -> None:
    _, found = told(capsys, "dlt", "--as-of", as_of)
    assert found["history"] == history
    status, advice = told(capsys, "advise", "--as-of", as_of)
    assert advice["history"] == history
    treats = re.search(r"treat (\d) (?:at|more)", move)
    if treats is None:
        assert move == "wait"
        assert (status, advice["move"]) == (3, "wait")
    else:
        assert (status, advice["move"], advice["patients"]) == (0, "treat", int(treats[1]))


def test_the_readme_has_the_four_days() -> None:
    assert len(MOVE.findall(README)) == 4


@pytest.mark.parametrize("style", ["human", "plain"])
def test_a_person_reads_the_reason(capsys: pytest.CaptureFixture[str], style: str) -> None:
    assert main(["dlt", "nct06631391", "--data", "nct06631391", "--format", style]) == 0
    out = capsys.readouterr().out
    assert "T2 met" in out
    assert "as of 2025-11-20" in out
    assert "1NNN" in out


def test_a_protocol_without_dlt_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dlt", "cdisc_pilot", "--data", "nct06631391"]) == 2
    assert "has no dlt section" in capsys.readouterr().err
