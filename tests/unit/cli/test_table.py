"""`protocol table`: the keys that are fixed, what is printed, and what is written."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from protocol_dsl.cli.main import main

PNG = b"\x89PNG\r\n\x1a\n"


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["table", *arguments]) == 0
    return capsys.readouterr().out


def data(capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed(capsys, name, "--format", "json"))
    return found


def test_the_keys_that_are_fixed(capsys: pytest.CaptureFixture[str]) -> None:
    rows = data(capsys, "three_plus_three_korn6")["rows"]
    assert list(rows[0])[:4] == ["treated", "with_dlt", "pending", "move"]
    assert rows[0] | {"ends": []} == {
        "treated": 3,
        "with_dlt": 0,
        "pending": 0,
        "move": "escalate",
        "level": "any",
        "row": 1,
        "ends": [],
        "counts": {},
    }


def test_limits_are_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Liu and Yuan (2015): with three treated escalate at none, de-escalate at two, close at three."""
    third = data(capsys, "boin")["boundaries"][2]
    assert third == {
        "treated": 3,
        "escalate_at_most": 0,
        "de_escalate_at_least": 2,
        "close_at_least": 3,
        "stop_at_lowest_at_least": 3,
    }


def test_csv_has_a_row_for_each_count(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "three_plus_three_korn6", "--format", "csv"))))
    fixed = data(capsys, "three_plus_three_korn6")["rows"]
    assert [(row["treated"], row["with_dlt"], row["move"]) for row in rows] == [
        (str(one["treated"]), str(one["with_dlt"]), one["move"]) for one in fixed
    ]


def test_csv_of_limits_has_a_row_for_each_number_treated(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.reader(io.StringIO(printed(capsys, "boin", "--format", "csv"))))
    assert [row[0] for row in rows[1:]] == [str(3 * cohorts) for cohorts in range(1, 11)]
    every = list(csv.reader(io.StringIO(printed(capsys, "boin", "--every", "--format", "csv"))))
    assert [row[0] for row in every[1:]] == [str(number) for number in range(1, 31)]


def test_markdown_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "three_plus_three_korn6", "--format", "markdown")
    rows = [line for line in out.splitlines() if line.startswith("|")]
    assert rows[1] == "| --- | --- | --- |"
    assert len({line.count("|") for line in rows}) == 1
    assert r"three\_plus\_three\_korn6" in out  # it would be set in italics


def test_rows_of_a_design_with_limits(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(capsys, "boin", "--form", "rows", "--format", "human")
    assert "3        1         stay" in out


@pytest.mark.parametrize(
    ("ending", "start"), [("csv", b"treated"), ("md", b"**"), ("svg", b"<svg"), ("html", b"<!DOC"), ("png", PNG)]
)
def test_a_file_is_written_by_its_ending(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ending: str, start: bytes
) -> None:
    if ending == "png":
        pytest.importorskip("resvg_py")
    out = tmp_path / f"table.{ending}"
    printed(capsys, "three_plus_three_korn6", "--out", str(out))
    assert out.read_bytes().startswith(start)


def test_png_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    out = tmp_path / "table.png"
    assert main(["table", "three_plus_three_korn6", "--out", str(out)]) == 2
    assert 'pip install "protocol-dsl[plots]"' in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["crm"], "protocol paths crm"),
        (["cdisc_pilot"], "no doses with an escalation"),
        (["boin", "--out", "x.xlsx"], "ends in none of .csv, .md, .svg, .html, .png"),
        (["boin", "--out", "/nowhere/at/all.csv"], "cannot be written"),
        (["three_plus_three_korn6", "--form", "boundaries"], "--form rows"),
        (["boin", "--format", "xml"], "invalid choice"),
    ],
)
def test_what_cannot_be_shown(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", *arguments]) == 2
    assert said in capsys.readouterr().err


GAP = """\
protocol "=2+5|A<b>"

doses of agent
    | level |
    | 1     |
    | -1b   |
    start at level 1

escalation by table
    cohort of 1, up to 2 per level
    decide, exactly one row applies
        | treated | with_dlt | then                |
        | 1       | 0        | escalate            |
        | 1       | 1        | stop                |
"""


def test_a_gap_is_shown_for_what_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A table that `verify` refutes can still be looked at, and says where it says nothing."""
    file = tmp_path / "gap.protocol"
    file.write_text(GAP.replace("| 1       | 1        | stop                |\n", ""), encoding="utf-8")
    assert "review: no row applies" in printed(capsys, str(file))


def test_an_id_is_no_formula_and_no_markup(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "hostile.protocol"
    file.write_text(GAP, encoding="utf-8")
    assert r"=2+5\|A\<b\>" in printed(capsys, str(file), "--format", "markdown")
    out = tmp_path / "table.html"
    printed(capsys, str(file), "--out", str(out))
    assert "<b>" not in out.read_text(encoding="utf-8")


MONITORED = """\
protocol "MONITORED"
    uses ctcae 5.0

moments
    first_dose is day 1

data
    adverse_events : list of adverse_event

dlt
    window from first_dose through day 28
    T1
        grade at least 4

stopping
    S1 "Too many DLTs"
        each patient had_dlt
        {stops}
{rows}        then stop trial
"""


def lines_of(capsys: pytest.CaptureFixture[str], file: Path) -> list[str]:
    """The table of S1 as a file repeats it."""
    shown = printed(capsys, str(file), "--rule", "S1", "--format", "markdown").splitlines()
    return [line for line in shown if line.startswith("|") and "---" not in line]


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        # Above 0.3 a Beta(1 + DLTs, 1 + others) has 0.91 of 1 in 1, 0.784 of 1 in 2, 0.652 of 1 in 3, 0.916 of 2 in 3.
        (
            "stops when chance of a rate above 0.3 is more than 0.7, prior 1 and 1, up to 3 patients",
            ["| 1 to 2 | 1 |", "| 3 | 2 |"],
        ),
        (
            "stops at 1 or fewer of 10, and at 5 or fewer of 29",
            ["| 1 to 9 | never |", "| 10 to 28 | 1 |", "| 29 | 5 |"],
        ),
    ],
)
def test_a_stopping_rule_comes_to_a_table_that_a_file_may_repeat(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, stops: str, expected: list[str]
) -> None:
    file = tmp_path / "m.protocol"
    file.write_text(MONITORED.format(stops=stops, rows=""), encoding="utf-8")
    shown = lines_of(capsys, file)
    assert shown == ["| patients | stop at |", *expected]
    repeated = "".join(f"            {line}\n" for line in shown)
    file.write_text(MONITORED.format(stops=stops, rows=repeated), encoding="utf-8")
    assert lines_of(capsys, file) == shown


def test_only_a_stopping_rule_with_a_table_is_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "m.protocol"
    stops = "stops at 1 or fewer of 10, and at 5 or fewer of 29"
    file.write_text(MONITORED.format(stops=stops, rows=""), encoding="utf-8")
    assert main(["table", str(file), "--rule", "S2"]) == 2
    assert main(["table", str(file), "--rule", "S1", "--out", str(tmp_path / "s.svg")]) == 2
    capsys.readouterr()
    told = json.loads(printed(capsys, str(file), "--rule", "S1", "--format", "json"))
    assert (told["fewer"], told["limits"][0], len(told["limits"])) == (True, {"patients": 10, "stop_at": 1}, 20)
