import json
from pathlib import Path

import pytest

from protocol_dsl.cli.main import main

OLD = """protocol "D-1"
    language 1
    version 1.0

moments
    enrolment

data
    anc : number in 10*9/L; plausible 0 to 100
    alt : number in U/L; with ULN; plausible 0 to 10000

inclusion at enrolment
    I1 "Neutrophils"
        anc at least 1.5 10*9/L
    I2 "Liver"
        alt at most 2.5 x ULN
"""
NEW = OLD.replace("    version 1.0", "    version 2.0\n    amends 1.0").replace("at least 1.5", "at least 1.0")
STATED = NEW + "\namendment\n    loosens I1\n    changes nothing else\n"
MISSTATED = NEW + "\namendment\n    tightens I1\n"


def written(folder: Path, **texts: str) -> list[str]:
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.protocol"
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return paths


@pytest.mark.parametrize(("new", "status"), [(OLD, 0), (NEW, 1), (STATED, 0), (MISSTATED, 1), ("protocol", 2)])
def test_the_exit_status(tmp_path: Path, new: str, status: int) -> None:
    assert main(["diff", *written(tmp_path, old=OLD, new=new)]) == status


def test_the_keys_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--format", "json", *written(tmp_path, old=OLD, new=STATED)]) == 0
    found = json.loads(capsys.readouterr().out)
    (clause,) = found["clauses"]
    assert (clause["id"], clause["class"]) == ("I1", "loosened")
    witness = clause["witnesses"][0]
    assert witness["direction"] == "gained"
    assert witness["record"]["items"]["anc"] == [{"value": "1", "unit": "10*9/L"}]
    assert found["whole"]["class"] == "loosened"
    assert found["escalation"] == []
    assert found["intent"]["matched"] is True


def test_the_other_way_round_it_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--format", "json", *written(tmp_path, new=NEW, old=OLD)]) == 1
    (clause,) = json.loads(capsys.readouterr().out)["clauses"]
    assert (clause["class"], clause["witnesses"][0]["direction"]) == ("tightened", "lost")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (OLD, NEW, ""),
        (NEW, OLD, "note: version 2.0 amends 1.0: the older file is to be named first\n"),
        (OLD, NEW.replace("amends 1.0", "amends 1.1"), "note: version 2.0 says that it amends 1.1; "),
        (OLD, NEW.replace("D-1", "D-2"), "note: D-1 and D-2 are different protocols\n"),
    ],
)
def test_what_is_no_amendment_of_the_other_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    main(["diff", *written(tmp_path, old=old, new=new)])
    said = capsys.readouterr().err
    assert said.startswith(told)
    assert bool(said) is bool(told)


def test_a_summary_is_written(tmp_path: Path) -> None:
    out = tmp_path / "changes.md"
    assert main(["diff", "--quiet", "--out", str(out), *written(tmp_path, old=OLD, new=NEW)]) == 1
    was, now = (rf"Neutrophils: anc at least {limit} 10\*9/L" for limit in ("1.5", "1"))
    assert f"| criteria | I1 | {was} | {now} | loosened" in out.read_text(encoding="utf-8")


def test_both_texts_stand_side_by_side(tmp_path: Path) -> None:
    out = tmp_path / "changes.html"
    assert main(["diff", "--quiet", "--out", str(out), *written(tmp_path, old=OLD, new=NEW)]) == 1
    page = out.read_text(encoding="utf-8")
    assert "anc at least 1.5 10*9/L" in page
    assert "anc at least 1.0 10*9/L" in page
    assert "http" not in page
    was, now = (f"Neutrophils: anc at least {limit} 10*9/L" for limit in ("1.5", "1"))
    assert f"<td>I1</td><td>{was}</td><td>{now}</td><td>loosened, as for anc 1 10*9/L</td>" in page
    assert "<th>D-1 version 1.0</th><th>D-1 version 2.0</th>" in page


def test_what_is_asked_besides_is_in_what_is_written(tmp_path: Path) -> None:
    data = tmp_path / "patients.csv"
    data.write_text("patient,anc [10*9/L],enrolment\nA,1.2,2026-06-01\n", encoding="utf-8")
    outs = [tmp_path / f"changes.{kind}" for kind in ("html", "json")]
    for out in outs:
        main(["diff", "--quiet", "--data", str(data), "--out", str(out), *written(tmp_path, old=OLD, new=NEW)])
    assert "A: ineligible -&gt; undetermined; I1 bars -&gt; clears" in outs[0].read_text(encoding="utf-8")
    assert [one["patient"] for one in json.loads(outs[1].read_text(encoding="utf-8"))["impact"]] == ["A"]


def test_rates_that_are_none_are_refused(tmp_path: Path) -> None:
    assert main(["diff", "--truth", "0.1,2", *written(tmp_path, old=OLD, new=NEW)]) == 2


def test_who_is_concerned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "patients.csv"
    data.write_text("patient,anc [10*9/L],enrolment\nA,1.2,2026-06-01\nB,2.0,2026-06-01\n", encoding="utf-8")
    main(["diff", "--format", "json", "--data", str(data), *written(tmp_path, old=OLD, new=NEW)])
    assert json.loads(capsys.readouterr().out)["impact"] == [
        {"patient": "A", "old": "ineligible", "new": "undetermined", "clauses": ["I1 bars -> clears"]}
    ]


def test_what_is_missing_is_settled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "patients.csv"
    data.write_text("patient,anc [10*9/L],enrolment\nA,1.2,2026-06-01\nB,2.0,2026-06-01\n", encoding="utf-8")
    (path,) = written(tmp_path, old=OLD)
    assert main(["settle", path, "--data", str(data), "--patient", "A", "--format", "json"]) == 0
    barred = json.loads(capsys.readouterr().out)
    assert [(one["item"], one["matters"]) for one in barred["missing"]] == [("alt", False)]
    assert main(["settle", path, "--data", str(data), "--patient", "B", "--format", "json"]) == 0
    held_up = json.loads(capsys.readouterr().out)
    assert [(one["item"], one["matters"]) for one in held_up["missing"]] == [("alt", True)]
    assert held_up["possible"] == ["eligible", "ineligible"]


def test_a_patient_must_be_named(tmp_path: Path) -> None:
    data = tmp_path / "patients.csv"
    data.write_text("patient,anc [10*9/L],enrolment\nA,1.2,2026-06-01\nB,2.0,2026-06-01\n", encoding="utf-8")
    (path,) = written(tmp_path, old=OLD)
    assert main(["settle", path, "--data", str(data)]) == 2
    assert main(["settle", path, "--data", str(data), "--patient", "C"]) == 2
