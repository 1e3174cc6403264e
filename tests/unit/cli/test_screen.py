"""The seed trial's invented children, whose verdicts its README derives by hand."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from protocol_dsl.base.shipped import find_records
from protocol_dsl.cli.main import main

ROOT = Path(__file__).parents[3]
README = ROOT / "protocols" / "trials" / "nct06631391" / "records" / "README.md"
ROW = re.compile(r"^\| (SYN-\d\d) \| (eligible|ineligible|undetermined) \|([^|]*)\|", re.MULTILINE)
BY_HAND = {
    name: (verdict, [i for i in ids.strip().split(", ") if i])
    for name, verdict, ids in ROW.findall(README.read_text("utf-8"))
}
SEED = ["screen", "nct06631391", "--data", "nct06631391"]


def screened(capsys: pytest.CaptureFixture[str], *more: str) -> Any:  # noqa: ANN401
    main([*SEED, "--format", "json", *more])
    return json.loads(capsys.readouterr().out)


def test_verdicts_are_those_derived_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    result = screened(capsys)
    assert len(BY_HAND) == 14
    assert BY_HAND == {one["patient"]: (one["verdict"], one["because"]) for one in result["patients"]}
    assert result["summary"] == {"eligible": 10, "ineligible": 2, "undetermined": 2}
    assert result["as_of"] == "2025-11-20"


def test_the_keys_are_those_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    result = screened(capsys)
    assert list(result) == ["protocol", "engine", "as_of", "summary", "patients"]
    assert list(result["protocol"]) == ["id", "version", "digest"]
    assert (result["protocol"]["id"], result["protocol"]["version"]) == ("NCT06631391", "2.0")
    for one in result["patients"]:
        assert list(one) == ["patient", "verdict", "criteria", "because", "missing", "policies"]
        assert set(one["criteria"].values()) <= {"met", "not met", "unknown", "not applicable"}
        assert all(list(gap) == ["item", "reason"] for gap in one["missing"])


def only(tmp_path: Path, *patients: str) -> str:
    """The shipped records of these patients alone."""
    source = find_records("nct06631391")
    assert source is not None
    for path in source.glob("*.csv"):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if path.stem == "decisions" or line.partition(",")[0] in patients]
        (tmp_path / path.name).write_text("\n".join([head, *kept, ""]), encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("patients", "status"), [(("SYN-01",), 0), (("SYN-01", "SYN-06"), 3), (("SYN-01", "SYN-03", "SYN-06"), 1)]
)
def test_the_exit_status_tells_the_worst(tmp_path: Path, patients: tuple[str, ...], status: int) -> None:
    assert main(["screen", "nct06631391", "--data", only(tmp_path, *patients)]) == status


def test_an_older_version_has_its_own_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    main(["screen", "nct06631391@1.0", "--data", "nct06631391", "--format", "json"])
    result = json.loads(capsys.readouterr().out)
    assert result["protocol"]["version"] == "1.0"
    verdicts = {one["patient"]: one["verdict"] for one in result["patients"]}
    assert {name for name, verdict in verdicts.items() if verdict == "ineligible"} == {"SYN-03"}
    assert "eligible" not in verdicts.values()


def test_attrition_counts_every_patient_once(capsys: pytest.CaptureFixture[str]) -> None:
    result = screened(capsys, "--attrition")
    rows = {row["criterion"]: row for row in result["attrition"]}
    assert next(iter(rows)) == "I1"
    assert (rows["I7"]["bars"], rows["I7"]["alone"]) == (1, 1)  # SYN-03
    assert (rows["I9"]["bars"], rows["I9"]["alone"]) == (1, 0)  # SYN-09, whom E1 bars too
    assert rows["E1"]["bars"] == 0
    seen = 14
    for row in rows.values():
        assert row["seen"] == seen
        seen -= row["bars"]
        assert row["left"] == seen
    assert seen == 12


def test_redacted_output_names_nobody(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = only(tmp_path, "SYN-01", "SYN-03")
    with (tmp_path / "observations.csv").open("a", encoding="utf-8") as file:
        file.write("SYN-77,anc,2025-01-01,1,10*9/L,,\nSYN-01,anc,2025-01-01,secret,10*9/L,,\n")
    main(["screen", "nct06631391", "--data", folder, "--redact", "--at", "enrolment=2025-01-01"])
    out, err = capsys.readouterr()
    assert "PD710" in err
    assert "PD720" in err
    assert "PD740" in err
    for word in ("SYN-", "secret"):
        assert word not in out + err


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_a_table_is_written(tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"verdicts.{ending}"
    result = screened(capsys, "--out", str(path))
    expected = {one["patient"]: one["verdict"] for one in result["patients"]}
    if ending == "json":
        assert json.loads(path.read_text(encoding="utf-8")) == result
    elif ending == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            assert expected == {row["patient"]: row["verdict"] for row in csv.DictReader(file)}
    else:
        frame = pd.read_parquet(path)
        assert expected == dict(zip(frame["patient"], frame["verdict"], strict=True))
        assert frame.set_index("patient").loc["SYN-03", "I7"] == "not met"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "x.xml"], "`x.xml` ends in none of"),
        (["--out", "/nowhere/x.csv"], "cannot be written"),
        (["--as-of", "20 June"], "is not a day"),
        (["--as-of", "2025-06"], "is not a day"),
        (["--at", "enrolmnt=2025-01-01"], "`enrolment` is near"),
        (["--at", "enrolment"], "is not a day"),
        (["--engine", "duckdb"], "duckdb"),
    ],
)
def test_what_cannot_be_done_is_misuse(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SEED, *arguments]) == 2
    assert said in capsys.readouterr().err


def test_the_as_of_date_bounds_what_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    result = screened(capsys, "--as-of", "2025-03-01")
    assert result["as_of"] == "2025-03-01"
    assert result["summary"]["eligible"] == 0  # nothing was measured by then


def test_strict_stops_at_the_first_unusable_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = only(tmp_path, "SYN-01")
    with (tmp_path / "observations.csv").open("a", encoding="utf-8") as file:
        file.write("SYN-01,anc,2025-01-01,x,10*9/L,,\nSYN-01,anc,2025-01-02,y,10*9/L,,\n")
    assert main(["screen", "nct06631391", "--data", folder]) == 0  # older than what counts
    assert "`y`" in capsys.readouterr().err
    assert main(["screen", "nct06631391", "--data", folder, "--strict"]) == 2
    out, err = capsys.readouterr()
    assert (out, "`x`" in err, "`y`" in err) == ("", True, False)


def test_files_that_cannot_be_read_stop_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = only(tmp_path, "SYN-01")
    (tmp_path / "observations.csv").write_bytes(b"\xff\xfe\x00")
    assert main(["screen", "nct06631391", "--data", folder]) == 2
    assert "PD702" in capsys.readouterr().err


def test_an_unsound_protocol_is_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.protocol"
    bad.write_text('protocol "T"\n\ninclusion\n    I1\n        age at least 3\n', encoding="utf-8")
    assert main(["screen", str(bad), "--data", "nct06631391"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{bad}:5:9: error" in err


def test_a_person_sees_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    main([*SEED, "--format", "human", "--attrition"])
    out = capsys.readouterr().out
    assert "SYN-09   ineligible    I9, E1" in out
    assert "10 eligible, 2 ineligible, 2 undetermined" in out
    assert "as of 2025-11-20" in out
    assert re.search(r"^criterion +seen +bars", out, re.MULTILINE)


VERSION = """\
protocol "FORCE-1"
    version {number} {effective}

moments
    consent
    enrolment after consent

data
    anc : number in 10*9/L

inclusion at enrolment
    I1
        anc at least {limit} 10*9/L
"""


@pytest.fixture
def two(tmp_path: Path) -> Path:
    for number, effective, limit in (("1.0", "2026-01-01", "1.5"), ("2.0", "2026-03-01", "1.0")):
        text = VERSION.format(number=number, effective=f"effective {effective}", limit=limit)
        (tmp_path / f"v{number}.protocol").write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    rows = [
        "patient,site,consent,enrolment,anc [10*9/L]",
        "A,07,2026-03-02,2026-04-01,1.2",
        "B,,2026-03-02,2026-04-01,1.2",
    ]
    (tmp_path / "data" / "patients.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    return tmp_path


def test_each_patient_is_judged_by_the_version_in_force(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (two / "data" / "versions.csv").write_text("site,version,effective\n07,2.0,2026-03-10\n", encoding="utf-8")
    assert main(["screen", str(two), "--data", str(two / "data"), "--format", "json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert ["1.0", "2.0"] == [one["version"] for one in result["versions"]]
    assert [("A", "ineligible", "1.0", ["1.0"]), ("B", "ineligible", "1.0", ["1.0"])] == [
        (one["patient"], one["verdict"], one["version"], one["versions"]) for one in result["patients"]
    ]
    keys = ["patient", "verdict", "criteria", "because", "missing", "policies", "version", "versions"]
    assert all(list(one) == keys for one in result["patients"])
    assert result["as_of"] == "2026-04-01"


def test_what_the_versions_differ_in_is_open(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (two / "data" / "versions.csv").write_text("site,version,effective\n07,2.0,2026-03-01\n", encoding="utf-8")
    assert main(["screen", str(two), "--data", str(two / "data"), "--format", "json"]) == 3
    patients = {one["patient"]: one for one in json.loads(capsys.readouterr().out)["patients"]}
    assert ("eligible", "2.0") == (patients["A"]["verdict"], patients["A"]["version"])
    assert ("undetermined", None, ["1.0", "2.0"]) == tuple(
        patients["B"][key] for key in ("verdict", "version", "versions")
    )
    assert [{"item": "site", "reason": "not collected"}] == patients["B"]["missing"]


@pytest.mark.parametrize("row", ["07,2.0,soon", "07,2.0,", "07,2.0,2026-03", "07,,2026-03-01", "07,2.1,2026-03-01"])
def test_an_approval_that_cannot_be_read_decides_nothing(
    row: str, two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (two / "data" / "versions.csv").write_text(f"site,version,effective\n{row}\n", encoding="utf-8")
    assert main(["screen", str(two), "--data", str(two / "data")]) == 2
    assert "eligible" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "centre,version,effective\n07,2.0,2026-03-01\n",
        "site,site,version,effective\n07,09,2.0,2026-03-01\n",
        "site,version,effective\n07,2.0,2026-03-01\n07,2.0,2026-03-10\n",
    ],
    ids=["of a strange column", "of two sites", "of two days"],
)
def test_approvals_that_may_mean_something_else_decide_nothing(
    text: str, two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (two / "data" / "versions.csv").write_text(text, encoding="utf-8")
    assert main(["screen", str(two), "--data", str(two / "data")]) == 2
    assert "eligible" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("number", "effective"),
    [("2.0", "effective 2026-05-01"), ("3.0", ""), ("", "")],
    ids=["twice", "undated", "unnumbered"],
)
def test_versions_that_cannot_be_told_apart_are_refused(number: str, effective: str, two: Path) -> None:
    text = VERSION.format(number=number, effective=effective, limit="2")
    text = text.replace("    version  \n", "") if not number else text
    (two / "v3.protocol").write_text(text, encoding="utf-8")
    assert main(["screen", str(two), "--data", str(two / "data")]) == 2
