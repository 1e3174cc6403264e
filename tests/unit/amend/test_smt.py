"""Questions in SMT-LIB: a solver that reads the text comes to the answer that `diff` came to."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from protocol_dsl.amend.diff import diff, questions
from protocol_dsl.amend.settling import settle
from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.decide import Verdict
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.pipeline import load_text
from tests.unit.amend.test_settling import DAY, OTHER, PROTOCOL, VALUES, completions, record, verdict

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
    asked = questions(old, new).texts
    for clause in CHANGES:
        shown = {(one.gained, one.whole) for one in (found[clause].witnesses if clause in found else ())}
        for way, said in {"gained": True, "lost": False}.items():
            for whole in (True, False):
                text = asked[f"{clause}_{way}{'' if whole else '_missing'}"]
                assert answer(text) == status(text) == ("sat" if (said, whole) in shown else "unsat"), (way, whole)


def test_the_command_writes_a_file_for_each_question(tmp_path: Path) -> None:
    from protocol_dsl.cli.main import main

    files = []
    for version, text in (("1", BASE), ("2", BASE.replace(*CHANGES["I1"]))):
        files.append(tmp_path / f"{version}.protocol")
        files[-1].write_text(text, encoding="utf-8")
    main(["diff", "--quiet", "--smt", str(tmp_path / "asked"), *map(str, files)])
    written = sorted(one.stem for one in (tmp_path / "asked").glob("*.smt2"))
    ways = ("gained", "gained_missing", "lost", "lost_missing")
    assert written == sorted(f"{name}_{way}" for name in (*CHANGES, "I1_in_context", "whole") for way in ways)


def test_what_cannot_be_written_is_named() -> None:
    runs = BASE.replace("anc at least 1.5 10*9/L", "any anc more than 1.5 10*9/L for at least 3 days")
    refused = questions(read(runs), read(runs.replace("1.5 10*9/L", "2 10*9/L"))).refused
    assert set(refused) == {"I2", "I2_in_context", "whole"}


PROMISED = """
always
    A1 "Weaker"
        eligible implies anc at least {limit} 10*9/L
{more}
"""
STOPPING = """
stopping
    S1 "Blood"
        each patient anc less than {limit} 10*9/L
        stops at 1 or fewer of 10, and at 5 or fewer of 29
        then stop trial
"""


def test_what_is_promised_and_who_counts_is_asked_as_well() -> None:
    """The newer promises less, of what is dropped nothing, and takes more patients for those who count."""
    dropped = '    A2 "Dropped"\n        eligible implies alt at most 4 x ULN'
    old = BASE + STOPPING.format(limit=1) + PROMISED.format(limit=2, more=dropped)
    new = BASE + STOPPING.format(limit=2) + PROMISED.format(limit=1, more="")
    asked = questions(read(old), read(new))
    assert not asked.refused
    assert {
        name: (status(asked.texts[name]), answer(asked.texts[name]))
        for name in asked.texts
        if name.startswith(("A", "S")) and not name.endswith("_missing")
    } == {
        "A1_weakened": ("sat", "sat"),
        "A1_strengthened": ("unsat", "unsat"),
        "A2_weakened": ("sat", "sat"),
        "A2_strengthened": ("unsat", "unsat"),
        "S1_counts_in_newer_alone": ("sat", "sat"),
        "S1_counts_in_older_alone": ("unsat", "unsat"),
        "S1_does_not_count_in_newer_alone": ("unsat", "unsat"),
        "S1_does_not_count_in_older_alone": ("sat", "sat"),
    }
    assert {status(text) == answer(text) for text in asked.texts.values()} == {True}


def answer(text: str) -> str:
    solver = z3.Solver()
    solver.from_string(text)
    return str(solver.check())


def status(text: str) -> str:
    return next(line for line in text.splitlines() if ":status" in line).split()[-1].rstrip(")")


def test_every_question_of_the_static_checks_has_its_answer(tmp_path: Path) -> None:
    from protocol_dsl.cli.main import main

    flawed = BASE.replace("anc at least 1.5 10*9/L", "anc at least 1.5 10*9/L and anc at least 1 10*9/L")
    file = tmp_path / "flawed.protocol"
    always = "always\n    A1\n        eligible implies age at least 16 years or alt at most 3 x ULN\n"
    file.write_text(flawed + always, encoding="utf-8")
    main(["check", "--quiet", "--smt", str(tmp_path / "checked"), str(file)])
    main(["verify", "--quiet", "--smt", str(tmp_path / "verified"), str(file)])
    checked, verified = (
        {one.stem: one.read_text(encoding="utf-8") for one in (tmp_path / name).glob("*.smt2")}
        for name in ("checked", "verified")
    )
    for text in (*checked.values(), *verified.values()):
        assert answer(text) == status(text), text
    assert {status(text) for text in (*checked.values(), *verified.values())} == {"sat", "unsat"}
    assert any("without anc at least 1 10*9/L" in text and status(text) == "unsat" for text in checked.values())
    assert {name.partition("_")[0] for name in verified} == {"A1"}
    assert any(one.startswith("I3") for one in checked)


OPEN = [
    dict(zip(VALUES, picked, strict=True))
    for picked in product((None, 1, 2, 4), (None, "female", "male"), (None, "negative"), (None, True))
]


@pytest.mark.parametrize("protocol", [PROTOCOL, OTHER])
def test_the_solver_says_of_what_is_open_what_every_completion_says(protocol: Protocol) -> None:
    for some in OPEN[::2]:
        known = {name: value for name, value in some.items() if value is not None}
        left = settle(protocol, record(known), DAY, aloud=True)
        assert not left.asked.refused
        assert (
            {one for one in Verdict if left.asked.possible(one)} == set(left.possible) == every_verdict(protocol, known)
        )
        for one in left.missing:
            assert bool(left.asked.matters(one.item)) is one.matters, (known, one.item)
        for asked in left.asked.questions[:4]:
            assert answer(asked.text) == status(asked.text) == ("sat" if asked.possible else "unsat")


def every_verdict(protocol: Protocol, known: Mapping[str, object]) -> set[Verdict]:
    return {verdict(protocol, whole) for whole in completions(known)}


def test_what_is_too_much_to_look_through_is_asked_of_the_solver() -> None:
    """Twelve numbers with two limits each have more completions than are looked through, and one cannot matter."""
    names = [f"n{number}" for number in range(12)]
    items = "".join(f"    {name} : number; plausible 0 to 9\n" for name in names)
    rules = "".join(f"    I{at}\n        {name} at least 3 and {name} at most 5\n" for at, name in enumerate(names))
    text = f'protocol "MANY"\n    language 1\n\ndata\n{items}\ninclusion\n{rules}'
    found = settle(read(text), Record("A", {}), DAY)
    assert {one.item: one.matters for one in found.missing} == dict.fromkeys(names, True)
    assert found.possible == (Verdict.ELIGIBLE, Verdict.INELIGIBLE)
    assert not found.loose
