"""`protocol grade`: its JSON, its order, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from protocol_dsl.cli.main import main

READINGS = """patient,term,test,value,unit,lln,uln
P1,Anemia,,75,g/L,120,160
P2,,K,2.9,mmol/L,3.5,5.1
P3,Platelet count decreased,,,10*9/L,150,400
P4,no such thing,,1,g/L,1,2
P5,Hyperglycemia,,20,mmol/L,,
"""


@pytest.fixture
def readings(tmp_path: Path) -> str:
    path = tmp_path / "readings.csv"
    path.write_text(READINGS, encoding="utf-8")
    return str(path)


def graded(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["grade", "--ctcae", "5.0", "--format", "json", *arguments]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["rows"]
    return rows


def test_a_row_for_each_row_and_direction_in_order(readings: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = graded(capsys, "--data", readings)
    assert [(row["patient"], row["term"], row["direction"], row["grade"]) for row in rows] == [
        ("P1", "Anemia", "low", 3),
        ("P2", "Hyperkalemia", "high", 0),
        ("P2", "Hypokalemia", "low", 3),
        ("P3", "Platelet count decreased", "low", None),
        ("P4", "no such thing", None, None),
        ("P5", "Hyperglycemia", None, None),
    ]


def test_the_keys_are_those_of_the_contract_and_values_are_as_written(
    readings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_, last = graded(capsys, "--data", readings)
    assert list(first)[:7] == ["patient", "term", "direction", "value", "unit", "grade", "because"]
    assert (first["value"], first["read"], first["read_in"]) == (
        "75",
        {"value": "75", "lln": "120", "uln": "160"},
        "g/L",
    )
    assert (first["needs_confirmation"], first["confirm"]) == (True, "transfusion indicated")
    assert last["because"] == "`Hyperglycemia` cannot be graded from a number in CTCAE 5.0; CTCAE 4.03 and 6.0 can"


def test_units_choose_the_bands(readings: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = graded(capsys, "--data", readings, "--units", "us")
    assert (first["read_in"], first["read"]["value"], first["grade"]) == ("g/dL", "7.5", 3)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--ctcae", "3.0"], "there is no CTCAE `3.0`"),
        (["--ctcae", "5.0", "--data", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_misuse(arguments: list[str], said: str, readings: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", "--data", readings, *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_table_without_values_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "patients.csv").write_text("patient,age\nP1,4\n", encoding="utf-8")
    assert main(["grade", "--ctcae", "5.0", "--data", str(tmp_path)]) == 2
    assert "no table of readings is here" in capsys.readouterr().err


ADLB = """USUBJID,PARAMCD,PARAM,AVAL,ANRLO,ANRHI,ATOXDSCL,ATOXDSCH,ATOXGRL,ATOXGRH
P1,K,Potassium (mmol/L),2.9,3.5,5.1,Hypokalemia,Hyperkalemia,3,0
P2,K,Potassium (mmol/L),2.9,3.5,5.1,Hypokalemia,Hyperkalemia,2,0
P3,PHOS,Phosphate (mmol/L),0.5,0.7,1.6,Hypophosphatemia,,3,
P4,LYM,Lymphocytes (10^9/L),0.1,1,4,CD4 lymphocytes decreased,,4,
"""


@pytest.fixture
def adlb(tmp_path: Path) -> str:
    path = tmp_path / "adlb.csv"
    path.write_text(ADLB, encoding="utf-8")
    return str(path)


def test_the_terms_that_a_table_names_are_graded_and_its_grades_compared(
    adlb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = graded(capsys, "--data", adlb)
    assert [(one["patient"], one["term"], one["grade"], one["printed"], one["agrees"]) for one in rows] == [
        ("P1", "Hypokalemia", 3, "3", True),
        ("P1", "Hyperkalemia", 0, "0", True),
        ("P2", "Hypokalemia", 3, "2", False),
        ("P2", "Hyperkalemia", 0, "0", True),
        ("P3", "Hypophosphatemia", None, "3", None),
        ("P4", "CD4 lymphocytes decreased", 3, "4", False),
        ("P4", "Lymphocyte count increased", 0, None, None),
    ]
    assert rows[2]["because"].endswith("; the table prints grade 2")
    assert rows[4]["because"].endswith("CTCAE 4.03 can; the table prints grade 3")
    assert "prints" not in rows[0]["because"]


def test_how_many_printed_grades_differ_is_said(adlb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", "--ctcae", "5.0", "--data", adlb, "--format", "plain"]) == 0
    assert "3 agree, 2 differ, 1 cannot be compared" in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_the_rows_may_go_to_a_file(
    ending: str, readings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = graded(capsys, "--data", readings)
    out = tmp_path / f"grades.{ending}"
    assert main(["grade", "--ctcae", "5.0", "--data", readings, "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    if ending == "json":
        assert json.loads(out.read_text("utf-8"))["rows"] == expected
        return
    frame = pd.read_csv(out) if ending == "csv" else pd.read_parquet(out)
    assert list(frame) == list(expected[0])
    for name in ("patient", "term", "grade", "because", "row"):
        found = [None if pd.isna(value) else value for value in frame[name]]
        assert found == [one[name] for one in expected]


def test_a_file_of_another_ending_is_refused_before_anything_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", "--ctcae", "5.0", "--data", "nowhere.csv", "--out", "grades.txt"]) == 2
    assert "ends in none of" in capsys.readouterr().err


def test_a_patient_is_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "lb.csv").write_text("patient,test,value,unit\n=1+1,K,4,mmol/L\n", encoding="utf-8")
    arguments = ["grade", "--ctcae", "5.0", "--data", str(tmp_path / "lb.csv"), "--out", str(tmp_path / "out.csv")]
    assert main(arguments) == 0
    assert "\n'=1+1,Hyperkalemia" in (tmp_path / "out.csv").read_text("utf-8")


HEAD = "patient,test,value,unit,lln,uln\n"
RUBBISH = {
    "header only": (HEAD.encode(), 0, 0),
    "nothing": (b"", 2, 0),
    "other columns": (b"a,b\n1,2\n", 2, 0),
    "numbers beyond all bounds": ((HEAD + f"P1,ALT,{'9' * 400},U/L,,40\nP1,ALT,1e999,U/L,,40\n").encode(), 0, 2),
    "no numbers": ((HEAD + "P1,ALT,NaN,U/L,,40\nP1,ALT,inf,U/L,,40\nP1,ALT,+,U/L,,40\n").encode(), 0, 3),
    "words for limits": ((HEAD + "P1,ALT,5,U/L,low,high\n").encode(), 0, 1),
    "a slip of the unit": ((HEAD + "P1,PLAT,75000,10^9/L,150,400\nP1,PLAT,>75000,10^9/L,150,400\n").encode(), 0, 2),
    "a decimal comma": ((HEAD + 'P1,ALT,"7,5",U/L,,40\n').encode(), 0, 1),
    "a decimal comma without quotes": ((HEAD + "P1,ALT,7,5,U/L,,40\n").encode(), 0, 1),
    "units of another kind": ((HEAD + "P1,ALB,40,mm[Hg],35,50\nP1,ALB,40,\u00b5\u00b5,35,50\n").encode(), 0, 2),
    "a column twice": (b"patient,test,value,value,unit\nP1,ALB,40,4,g/L\n", 0, 1),
    "a byte order mark": (b"\xef\xbb\xbf" + (HEAD + "P1,ALB,,g/L,35,50\n").encode(), 0, 1),
    "Latin-1": ((HEAD + "P1,ALB,40,\u00b5g/L,35,50\n").encode("latin-1"), 2, 0),
    "UTF-16": ((HEAD + "P1,ALB,40,g/L,35,50\n").encode("utf-16"), 2, 0),
    "semicolons": (HEAD.replace(",", ";").encode(), 2, 0),
    "an open quote": ((HEAD + 'P1,ALB,"40,g/L,35,50\n').encode(), 2, 1),
    "a terminal's commands": ((HEAD + "P\x1b[2J,\x1b]0;x\x07,5,U/L,,\n").encode(), 0, 1),
    "no patient, no test": ((HEAD + ",,5,U/L,,\n").encode(), 0, 1),
}


@pytest.mark.parametrize("case", RUBBISH.values(), ids=RUBBISH)
@pytest.mark.parametrize("style", ["human", "plain", "json"])
def test_rubbish_is_refused_or_said_row_by_row(
    case: tuple[bytes, int, int], style: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No row of these can have a grade, none is dropped, and nothing reaches the terminal as a command."""
    data, status, rows = case
    path = tmp_path / "lb.csv"
    path.write_bytes(data)
    assert main(["grade", "--ctcae", "5.0", "--data", str(path), "--format", style]) == status
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert bool(err) >= (status == 2)
    if out and style == "json":
        found = json.loads(out)["rows"]
        assert [(one["grade"], bool(one["because"])) for one in found] == [(None, True)] * rows
    if out and style != "json":
        assert len(out.splitlines()) == 1 + rows


def test_rubbish_in_a_binary_form_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("xpt", "parquet", "xlsx", "json"):
        path = tmp_path / f"lb.{ending}"
        path.write_bytes(b"\x00rubbish" * 100)
        assert main(["grade", "--ctcae", "5.0", "--data", str(path)]) == 2
        assert "error[PD701]" in capsys.readouterr().err


def test_what_there_is_to_say_of_a_baseline_is_said_where_something_is_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lb.csv"
    head = "USUBJID,LBTESTCD,LBSTRESC,LBSTRESN,LBSTRESU,LBBLFL\n"
    path.write_text(f"{head}P1,ALB,<5,,g/L,Y\nP1,ALB,25,25,g/L,\nP1,COLOR,N,,,Y\n", encoding="utf-8")
    _, second, colour = graded(capsys, "--data", str(path))
    assert (second["grade"], second["because"].split("; ")[1:]) == (
        2,
        ["the baseline is left aside: `<5` is no exact number"],
    )
    assert "baseline" not in colour["because"]
