"""Several versions from Python: each patient by the one in force, as the command does it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from protocol_dsl import Protocol, ProtocolError, loads, screen_in_force
from protocol_dsl.cli.main import main

TEXT = """\
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
TEXTS = [
    TEXT.format(number=number, effective=f"effective {day}", limit=limit)
    for number, day, limit in (("1.0", "2026-01-01", "1.5"), ("2.0", "2026-03-01", "1.0"))
]
VERSIONS = [loads(text) for text in TEXTS]
PATIENTS = pd.DataFrame(
    {
        "patient": ["A", "B", "C"],
        "site": ["07", None, "09"],
        "consent": ["2026-03-02", "2026-03-02", "2026-04-02"],
        "enrolment": ["2026-04-10"] * 3,
        "anc [10*9/L]": [1.2, 1.2, 0.5],
    }
)
APPROVED = pd.DataFrame({"site": ["07", "09"], "version": ["2.0", "2.0"], "effective": ["2026-03-01", "2026-04-01"]})
FRAMES: Mapping[str, pd.DataFrame] = {"patients": PATIENTS, "versions": APPROVED}


def test_each_is_screened_by_the_version_in_force() -> None:
    found = screen_in_force(reversed(VERSIONS), FRAMES)
    assert ["1.0", "2.0"] == [one.version for one in found.versions]
    assert {
        "A": ("eligible", "2.0", ()),
        "B": ("undetermined", None, ("version",)),
        "C": ("ineligible", "2.0", ("I1",)),
    } == {one.patient: (one.verdict.value, one.version, one.because) for one in found.patients}
    assert found.patients[1].unknown == ("site",)
    assert "version 2.0" in found.patients[0].screening.explain()
    assert found.diagnostics == ()


def test_the_frame_has_a_row_for_each() -> None:
    frame = screen_in_force(VERSIONS, FRAMES).frame()
    assert frame["verdict"].tolist() == ["eligible", "undetermined", "ineligible"]
    assert frame["versions"].tolist() == ["2.0", "1.0, 2.0", "2.0"]
    assert frame["missing"].tolist()[1] == "site (not collected)"
    assert frame.attrs["as_of"] == "2026-04-10"


def test_approvals_may_be_given() -> None:
    """From May on everywhere: all three consented before."""
    found = screen_in_force(VERSIONS, {"patients": PATIENTS}, approvals=[("", "2.0", "2026-05-01")])
    assert ["1.0"] * 3 == [one.version for one in found.patients]


def test_python_says_what_the_command_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, text in enumerate(TEXTS):
        (tmp_path / f"v{number}.protocol").write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    for name, frame in FRAMES.items():
        frame.to_csv(tmp_path / "data" / f"{name}.csv", index=False)
    main(["screen", str(tmp_path), "--data", str(tmp_path / "data"), "--attrition", "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    found = screen_in_force(VERSIONS, tmp_path / "data")
    assert [(one["patient"], one["verdict"], one["version"], one["versions"]) for one in said["patients"]] == [
        (one.patient, one.verdict.value, one.version, list(one.versions)) for one in found.patients
    ]
    assert [("1.0", 0), ("2.0", 2), (None, 1)] == [
        (one["version"], one["patients"]) for one in said["attrition_by_version"]
    ]
    assert [("I1", 2, 1, 1)] == [
        (row["criterion"], row["seen"], row["bars"], row["left"]) for row in said["attrition_by_version"][1]["criteria"]
    ]


@pytest.mark.parametrize(
    ("versions", "why"),
    [
        ([], "no version"),
        ([VERSIONS[0], VERSIONS[0]], "version of its own"),
        ([VERSIONS[0], loads(TEXTS[1].replace("FORCE-1", "OTHER"))], "different protocols"),
        ([VERSIONS[0], loads(TEXTS[1].replace("effective 2026-03-01", ""))], "in force"),
        ([VERSIONS[0], loads(TEXTS[1].replace("    consent\n", "").replace(" after consent", ""))], "consent"),
    ],
)
def test_what_are_no_versions_of_one_protocol_is_refused(versions: list[Protocol], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        screen_in_force(versions, {"patients": PATIENTS})


def test_an_approval_of_a_strange_version_is_refused() -> None:
    with pytest.raises(ValueError, match="which is not among"):
        screen_in_force(VERSIONS, {"patients": PATIENTS}, approvals=[("07", "2.1", "2026-03-01")])


def test_an_approval_that_cannot_be_read_decides_nothing() -> None:
    wrong = APPROVED.assign(effective=["soon", "2026-04-01"])
    with pytest.raises(ProtocolError, match="soon"):
        screen_in_force(VERSIONS, {"patients": PATIENTS, "versions": wrong})


def test_one_version_alone_says_that_it_reads_everybody() -> None:
    frame = VERSIONS[0].screen_many(FRAMES)
    assert ["PD734"] == [one.code for one in frame.attrs["diagnostics"]]


def test_a_moment_that_a_version_lacks_is_refused() -> None:
    with pytest.raises(TypeError, match="first_dose"):
        screen_in_force(VERSIONS, FRAMES, first_dose="2026-04-12")
