"""Questions in SMT-LIB: a solver that reads the text comes to the answer that `diff` came to."""

from pathlib import Path

import pytest

from protocol_dsl.amend.diff import diff, questions
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_text

z3 = pytest.importorskip("z3", reason="the extra `solver` is not installed")

BASE = """
protocol "SMT-1"
    language 1
    version 1.0

moments
    enrolment

data
    birth_date : date
    sex : one of female, male
    anc : number in 10*9/L; plausible 0 to 100
    alt : number in U/L; with ULN; plausible 0 to 10000
    last_surgery : date
    medications : list of medication

define
    age is completed years from birth_date to enrolment

inclusion at enrolment
    I1 "Age"
        age at least 18 years
    I2 "Blood"
        anc at least 1.5 10*9/L
        applies when sex is female
    I3 "Liver"
        alt at most 2.5 x ULN
    I4 "Surgery"
        last_surgery is at least 28 days before enrolment

exclusion at enrolment
    E1 "Warfarin"
        any medications where (drug is warfarin)
"""
CHANGES = {
    "I1": ("age at least 18 years", "age at least 17 years"),
    "I2": ("applies when sex is female", "applies when sex is male"),
    "I3": ("2.5 x ULN", "3 x ULN"),
    "I4": ("is at least 28 days before", "is at least 29 days before"),
    "E1": ("drug is warfarin", "drug is one of warfarin, heparin"),
}


def read(text: str) -> Protocol:
    found = load_text(Source("smt", text), without=RUN).protocol
    assert found is not None
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_the_exported_text_has_the_answer_of_the_difference(name: str) -> None:
    old, new = read(BASE), read(BASE.replace(*CHANGES[name]))
    found = {one.id: one for one in diff(old, new).clauses}
    asked = questions(old, new)
    for clause in CHANGES:
        shown = {(one.gained, one.whole) for one in (found[clause].witnesses if clause in found else ())}
        for way, said in {"gained": True, "lost": False}.items():
            for whole in (True, False):
                solver = z3.Solver()
                solver.from_string(asked[f"{clause}_{way}{'' if whole else '_missing'}"])
                assert (solver.check() == z3.sat) is ((said, whole) in shown), (clause, way, whole)


def test_the_command_writes_a_file_for_each_question(tmp_path: Path) -> None:
    from protocol_dsl.cli.main import main

    files = []
    for version, text in (("1", BASE), ("2", BASE.replace(*CHANGES["I1"]))):
        files.append(tmp_path / f"{version}.protocol")
        files[-1].write_text(text, encoding="utf-8")
    main(["diff", "--quiet", "--smt", str(tmp_path / "asked"), *map(str, files)])
    written = sorted(one.stem for one in (tmp_path / "asked").glob("*.smt2"))
    ways = ("gained", "gained_missing", "lost", "lost_missing")
    assert written == sorted(f"{name}_{way}" for name in CHANGES for way in ways)
