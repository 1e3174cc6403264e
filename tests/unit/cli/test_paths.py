"""`protocol paths`: the data, the tree, the table, and what is too much."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["paths", *arguments]) == 0
    return capsys.readouterr().out


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed(capsys, *arguments, "--format", "json"))
    return found


def test_every_path_is_data(capsys: pytest.CaptureFixture[str]) -> None:
    """Worked by hand: 3+3 after a second cohort with a DLT, which closes level 2 or not."""
    found = data(capsys, "three_plus_three_korn6", "--history", "1NNN 2NTN", "--cohorts", "1")
    assert (found["history"], found["cohorts"], found["count"]) == ("1NNN 2NTN", 1, 4)
    first, second = found["paths"][:2]
    assert first["cohorts"] == [{"level": 2, "treated": 3, "with_dlt": 0, "were_pending": False, "counts": {}}]
    assert (first["move"], first["level"], first["closed"]) == ("treat", 3, [])
    assert (second["move"], second["level"], second["closed"]) == ("treat", 1, [2, 3, 4, 5])
    assert second["levels"][:2] == [
        {"level": 1, "treated": 3, "with_dlt": 0},
        {"level": 2, "treated": 6, "with_dlt": 2},
    ]


def test_the_level_recommended_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, "three_plus_three_korn6", "--history", "1NNN 2NTN 2TNN", "--cohorts", "all")
    assert [path["recommended"] for path in found["paths"]] == [1, 1, None, None]


def test_the_number_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Norris (2020), arXiv:2012.05301, table 1."""
    assert printed(capsys, "three_plus_three_korn6", "--cohorts", "all", "--count") == "1162 paths\n"
    assert data(capsys, "three_plus_three_korn6", "--cohorts", "all", "--count")["count"] == 1162


def test_the_tree_has_a_line_for_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "three_plus_three_korn6", "--history", "1NNN", "--cohorts", "1")
    assert out.splitlines() == [
        "1NNN: treat 3 at level 2",
        "  0 of 3 with DLT: treat 3 at level 3",
        "  1 of 3 with DLT: treat 3 at level 2",
        "  2 to 3 of 3 with DLT: treat 3 at level 1 (levels 2, 3, 4, 5 closed)",
        "4 paths over one cohort",
    ]


def test_counts_of_the_protocol_stand_beside_the_dlts(capsys: pytest.CaptureFixture[str]) -> None:
    """Worked by hand from the file: an event named in advance, or a DLT, ends the single patients."""
    out = printed(capsys, "fast_track_nct04630769", "--cohorts", "1")
    assert out.splitlines()[1:] == [
        "  0 of 1 with DLT, predefined_ae 0: treat 1 at level 2",
        "  0 of 1 with DLT, predefined_ae 1: treat 2 at level 1",
        "  1 of 1 with DLT, predefined_ae 0 to 1: treat 3 at level 1",
        "4 paths over one cohort",
    ]


def test_csv_has_a_row_for_each_path(capsys: pytest.CaptureFixture[str]) -> None:
    head, *rows = csv.reader(io.StringIO(printed(capsys, "three_plus_three_korn6", "--format", "csv")))
    assert head == ["step 1, DLTs", "step 2, DLTs", "step 3, DLTs", "then", "closed", "recommended", "DLTs in all"]
    assert len(rows) == data(capsys, "three_plus_three_korn6")["count"]
    assert rows[0][:4] == ["level 1: 0/3", "level 2: 0/3", "level 3: 0/3", "treat 3 at level 4"]


@pytest.mark.parametrize(
    ("ending", "start"), [("csv", b'"step 1'), ("md", b"**"), ("svg", b"<svg"), ("html", b"<!DOC")]
)
def test_a_file_is_written_by_its_ending(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ending: str, start: bytes
) -> None:
    out = tmp_path / f"paths.{ending}"
    printed(capsys, "three_plus_three_korn6", "--out", str(out))
    assert out.read_bytes().startswith(start)


def test_what_was_not_as_planned_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paths", "three_plus_three_korn6", "--history", "1NNNN", "--cohorts", "1"]) == 0
    assert "cohort 1 had 4 at level 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["boin", "--cohorts", "all"], "`--cohorts 7` gives no more"),
        (["boin", "--cohorts", "0"], "a number from 1 to 100, or `all`"),
        (["boin", "--cohorts", "many"], "a number from 1 to 100, or `all`"),
        (["boin", "--cohorts", "9" * 5000], "a number from 1 to 100, or `all`"),
        (["boin", "--history", "9NNN"], "there is no level `9`"),
        (["cdisc_pilot"], "no doses with an escalation"),
        (["boin", "--cohorts", "5", "--out", "x.svg"], "look ahead over fewer cohorts"),
        (["boin", "--out", "x.pdf"], "ends in none of"),
        (["accelerated_titration", "--history", "1N"], "which a history does not tell"),
    ],
)
def test_what_cannot_be_shown(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["paths", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_counts_of_a_history_stand_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Two patients with a grade 2 event end the single patients, so that level 2 is filled; else level 3 is next."""
    first = ("accelerated_titration", "--history", "1N 2N", "--cohorts", "1")
    two, none = (printed(capsys, *first, "--counts", f"grade_2={counts}").splitlines()[0] for counts in ("1,1", "0,0"))
    assert (two, none) == ("1N 2N: treat 2 at level 2", "1N 2N: treat 1 at level 3")


def test_counts_that_do_not_fit_a_history(capsys: pytest.CaptureFixture[str]) -> None:
    for counts, told in (("grade_2=1", "does not fit"), ("grade_3=1,1", "keeps no count `grade_3`")):
        assert main(["paths", "accelerated_titration", "--history", "1N 2N", "--counts", counts]) == 2
        assert told in capsys.readouterr().err
    assert main(["paths", "accelerated_titration", "--history", "1N 2N"]) == 2
    assert "`--counts grade_2=0,1`" in capsys.readouterr().err
