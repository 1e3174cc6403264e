import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main
from tests.escalation_plans import DESIGNS

KEYS = ["move", "action", "row", "level", "patients", "closed", "mtd", "because", "waiting_for"]


def advised(capsys: pytest.CaptureFixture[str], history: str) -> tuple[int, Any]:
    status = main(["advise", "nct06631391", "--history", history, "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        # Status, move, level, patients: from the table in the README of the seed trial's records, and its rules.
        ("", (0, "treat", 1, 3)),
        ("1NNN", (0, "treat", 2, 3)),
        ("1NNN 2NTN", (0, "treat", 2, 3)),
        ("1NNN 2NTN 2NXP", (0, "treat", 2, 1)),
        ("1NNN 2NTN 2NXNP", (3, "wait", None, 0)),
        ("1NNN 2NTN 2NXNN", (0, "treat", 3, 3)),
    ],
)
def test_the_move_of_a_history(
    capsys: pytest.CaptureFixture[str], history: str, expected: tuple[int, str, int | None, int]
) -> None:
    status, advice = advised(capsys, history)
    assert list(advice)[: len(KEYS)] == KEYS
    assert expected == (status, advice["move"], advice["level"], advice["patients"])
    assert bool(advice["waiting_for"]) == (advice["move"] == "wait")


def test_a_stop_names_the_level(capsys: pytest.CaptureFixture[str]) -> None:
    status, advice = advised(capsys, "1NTN 1NTN")
    assert (status, advice["move"], advice["mtd"]) == (0, "stop", None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nct06631391"], "needs `--history`, `--tally` or `--data`"),
        (["nct06631391", "--history", "1NNN", "--data", "nct06631391"], "needs `--history`, `--tally` or `--data`"),
        (["nct06631391", "--history", "9NNN"], "there is no level `9`"),
        (["nct06631391", "--history", "1NNN 2"], "has no patients"),
        (["cdisc_pilot", "--history", "1NNN"], "no doses with an escalation"),
    ],
)
def test_what_cannot_be_advised(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_person_reads_what_each_outcome_leads_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", "nct06631391", "--history", "1NNN 2NTN 2NXNP", "--format", "human"]) == 3
    out = capsys.readouterr().out
    assert "if 0 of the pending at level 2 have a DLT: escalate: treat 3 at level 3" in out
    assert "if 1 of the pending at level 2 has a DLT: de-escalate and close level" in out


SEED = ("advise", "nct06631391", "--data", "nct06631391")


def test_whoever_is_waited_for_is_named_by_id(capsys: pytest.CaptureFixture[str]) -> None:
    """SYN-14 had the first dose on 2025-11-06 and is followed through day 27, which is 2025-12-03."""
    assert main([*SEED, "--format", "human"]) == 3
    assert "  waiting for SYN-14 at level 2 (pending until 2025-12-03)\n" in capsys.readouterr().out
    assert main([*SEED, "--format", "json"]) == 3
    assert json.loads(capsys.readouterr().out)["waiting_for"] == ["SYN-14"]


def test_another_cohort_at_the_top_is_not_called_an_escalation(capsys: pytest.CaptureFixture[str]) -> None:
    """Korn's design asks for six at the level it declares; the language's own word for the row stays in the data."""
    ask = ["advise", "three_plus_three_korn6", "--history"]
    assert main([*ask, "1NNN 2NNN 3NNN 4NNN", "--format", "human"]) == 0
    assert main([*ask, "1NNN 2NNN 3NNN 4NNN 5NNN", "--format", "human"]) == 0
    first, second = (line for line in capsys.readouterr().out.splitlines() if not line.startswith(" "))
    assert first.endswith(" escalate: treat 3 at level 5")
    assert second.endswith(" another cohort at the top: treat 3 at level 5")
    assert main([*ask, "1NNN 2NNN 3NNN 4NNN 5NNN", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "escalate"


@pytest.mark.parametrize("words", [["--history", "-1NNN"], ["--history=-1NNN"], ["--history", "-1NNN 1NNN"]])
def test_a_history_may_begin_with_a_minus(capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "minus.protocol"
    text = (
        (DESIGNS / "three_plus_three_korn6.protocol")
        .read_text("utf-8")
        .replace("    | 1     |\n    | 2", "    | -1    |\n    | 1     |\n    | 2")
    )
    file.write_text(text[: text.index("cohort example")], "utf-8")
    assert main(["advise", str(file), *words, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["level"] in {1, 2}


def test_a_tally_is_taken_as_a_history(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advise", "three_plus_three_korn6", "--tally", "1 0/3, 2 1/6", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["history"], told["level"]) == ("1NNN 2NNT 2NNN", 3)
    main(["advise", "three_plus_three_korn6", "--tally", "1 0/3, 2 1/6"])
    assert "taken as 1NNN 2NNT 2NNN" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--tally", "1 0/3", "--history", "1NNN"],
        ["--tally", "1 4/3"],
        ["--tally", "9 0/3"],
        ["--tally", "1 0/3", "--counts", "grade_2=0"],
        [],
    ],
)
def test_what_a_tally_cannot_be(words: list[str]) -> None:
    assert main(["advise", "accelerated_titration", *words]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["boin_accelerated", "--history", "1N", "--counts", "grade_2=1", "--counts", "grade_2=0"],
            "says `grade_2` twice",
        ),
        (["boin", "--history", "1NNP", "--followed", "0.5"], "does not go by how long"),
        (["tite_boin", "--history", "1NNP", "--followed", "1/2"], "1 patient is pending"),
        (["boin", "--data", ".", "--followed", "0.5"], "go with `--history`"),
    ],
)
def test_what_is_said_besides_a_history_is_used_or_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advise", *words]) == 2
    assert said in capsys.readouterr().err
