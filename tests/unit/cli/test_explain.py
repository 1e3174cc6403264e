import json
import re
from pathlib import Path

import pytest

from protocol_dsl.base.shelf import names
from protocol_dsl.cli.explain import codes, page
from protocol_dsl.cli.main import main

ROOT = Path(__file__).parents[3]
SEED = ("nct06631391", "--data", "nct06631391")
GIVEN = re.compile(r'"(PD[0-9]{3})"')
OURS = sorted(
    {
        code
        for package in ("cli", "readers")
        for path in (ROOT / "protocol_dsl" / package).glob("*.py")
        for code in GIVEN.findall(path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("code", OURS)
def test_a_code_has_a_page(code: str) -> None:
    text = page(code) or ""
    assert text.startswith(f"# {code}: ")
    for heading in ("What it finds", "Why it matters", "Example", "Instead"):
        assert re.search(rf"^(## )?{heading}(:|$)", text, re.MULTILINE)


def test_every_code_that_is_listed_has_a_page() -> None:
    assert set(OURS) <= set(codes())
    assert all(page(code) for code in codes())


@pytest.mark.parametrize("code", ["PD722", "pd722"])
def test_a_page_is_shown(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", code]) == 0
    assert capsys.readouterr().out == page("PD722")


def test_a_page_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "PD722", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"code": "PD722", "page": page("PD722")}


def test_a_code_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "PD999"]) == 2
    assert "there is no code `PD999`" in capsys.readouterr().err


def test_there_are_checks_to_have_pages() -> None:
    assert len(names("protocol_dsl.checks")) > 5


@pytest.mark.parametrize(
    ("patient", "status", "verdict"),
    [("SYN-01", 0, "eligible"), ("SYN-03", 1, "ineligible"), ("SYN-06", 3, "undetermined")],
)
def test_the_exit_status_is_the_verdict(
    patient: str, status: int, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *SEED, "--patient", patient, "--format", "json"]) == status
    assert json.loads(capsys.readouterr().out)["verdict"] == verdict


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nct06631391"], "--data PATH"),
        ([*SEED, "--patient", "SYN-33"], "`SYN-03` is near"),
        (SEED, "the patient is not named"),
    ],
)
def test_whose_verdict_must_be_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_term_is_told_in_every_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "neutrophil_count_decreased"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line.startswith("CTCAE")] == ["CTCAE 4.03", "CTCAE 5.0", "CTCAE 6.0"]


def test_a_term_of_one_version_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "Hypokalemia", "--ctcae", "5.0", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["version"] for one in told["versions"]] == ["5.0"]
    bands = told["versions"][0]["gradings"][0]["bands"]
    assert {(band["grade"], band["confirm"]) for band in bands if band["grade"] == 3} == {
        (3, "hospitalization indicated")
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Anemiaa"], "`Anemia` may be meant"),
        (["Thrombocytopenia", "--ctcae", "5.0"], "CTCAE 6.0 has it"),
        (["Anemia", "--ctcae", "3.0"], "the versions are 4.03, 5.0, 6.0"),
        (["nothing of the kind"], "is no code, no term of CTCAE and no file"),
    ],
)
def test_a_term_that_is_not_there(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *arguments]) == 2
    assert said in capsys.readouterr().err
