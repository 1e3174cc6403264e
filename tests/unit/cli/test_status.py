"""`protocol status` on the shipped trial: what is told agrees with the records and with `protocol dlt`."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

TRIAL = ["nct06631391", "--data", "nct06631391", "--quiet"]


def told(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["status", *TRIAL, *more]) == 0
    return capsys.readouterr().out


def test_the_summary_agrees_with_the_patients(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "--as-of", "2025-08-01", "--format", "json"))
    dosed = [one for one in found["patients"] if one["stage"] == "dosed"]
    assert found["summary"]["dosed"] == len(dosed)
    assert found["summary"]["with_dlt"] == sum(one["dlt"] == "yes" for one in dosed)
    assert (found["as_of"], found["history"]) == ("2025-08-01", "1NNN 2NTP")
    assert (found["advice"]["move"], found["advice"]["waiting_for"], found["slots"]) == ("wait", ["SYN-08"], [])


def test_open_places_have_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    """SYN-08's window closes on 7 August; three more are then treated at level 2, which had its first two."""
    found = json.loads(told(capsys, "--as-of", "2025-08-07", "--format", "json"))
    assert found["slots"] == [{"level": 2, "opens": "2025-08-07", "why": ""}] * 3


def test_decisions_come_with_their_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert "decided 2025-05-12 by safety committee: escalate" in told(capsys, "--as-of", "2025-05-12")
    assert "decided" not in told(capsys, "--as-of", "2025-05-11")


def test_the_timeline_has_a_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, "--timeline", "--as-of", "2025-06-13", "--format", "json"))
    assert [(day["date"], day["history"]) for day in found["days"] if day["history"]][:4] == [
        ("2025-03-13", "1P"),
        ("2025-03-26", "1P"),
        ("2025-03-31", "1PP"),
        ("2025-04-07", "1PP"),
    ]
    keys = ("enrolled", "dosed", "pending", "evaluable", "with dlt", "history", "next move")
    lines = [tuple(day[key] for key in keys) for day in found["days"] if not day["decided"]]
    assert all(one != two for one, two in pairwise(lines))


def test_plain_is_for_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    head = told(capsys, "--as-of", "2025-05-12", "--format", "plain").splitlines()[2]
    assert head.split("\t")[:3] == ["patient", "stage", "eligible"]


OPEN_ENDED = """\
protocol "OPEN-ENDED"
    uses ctcae 5.0

moments
    infusion is day 1

data
    adverse_events : list of adverse_event

dlt
    window from infusion through day 28
    T1 "Grade 4"
        grade at least 4
"""


def test_a_status_that_no_day_settles_says_what_is_missing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The window closed on 28 January, and nobody says that all events of the patient are on file."""
    (tmp_path / "p.protocol").write_text(OPEN_ENDED, encoding="utf-8")
    (tmp_path / "patients.csv").write_text("patient,infusion\nA,2026-01-01\n", encoding="utf-8")
    arguments = [str(tmp_path / "p.protocol"), "--data", str(tmp_path / "patients.csv"), "--as-of", "2026-03-01"]
    assert main(["status", *arguments, "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "closed on 2026-01-28, and adverse_events are not attested complete" in out
    assert "eligible," not in out  # there are no criteria to be eligible by
