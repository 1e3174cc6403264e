"""The checks that ask about all records: where they speak and where not, with the solver and without."""

from pathlib import Path

import pytest

from protocol_dsl.amend import alone, promise, reach
from protocol_dsl.amend.alone import every_clause
from protocol_dsl.amend.promise import promised
from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.source import Source
from protocol_dsl.checks import checks, proofs
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.evaluate.decide import Verdict, decide
from protocol_dsl.model.protocol import Header, Protocol, seen_from
from protocol_dsl.pipeline import Loaded, load_text

ROOT = Path(__file__).parents[3]
TRIALS = sorted((ROOT / "protocols" / "trials").rglob("*.protocol"))
TEXT = """\
protocol "ALL-1"

moments
    consent
    enrolment after consent, at most 28 days

data
    birth_date : date
    anc        : number in 10*9/L; plausible 0 to 100; latest, valid for 14 days
    alt        : number in U/L; plausible 1 to 1000; with ULN; latest
    ecog       : count
    sex        : one of female, male
    scans      : list of procedure

define
    age is completed years from birth_date to enrolment

"""


def loaded(body: str) -> Loaded:
    found = load_text(Source("all.protocol", TEXT + body), proved=True, without=("unused_item", "age_by_birthdays"))
    assert [one.message for one in found.errors] == []
    return found


def said(body: str) -> list[str]:
    return sorted(one.code for one in loaded(body).diagnostics if one.severity is Severity.WARNING)


def inclusions(*rules: str) -> str:
    return "inclusion at enrolment\n" + "".join(f"    I{n}\n        {rule}\n" for n, rule in enumerate(rules, start=1))


FLAWED = [
    (("ecog at least 3", "ecog at most 2"), ["PD370"]),
    (("ecog at most 3 and sex is male", "sex is female"), ["PD370"]),
    (("ecog at most -1",), ["PD371"]),
    (("sex is male and sex is female",), ["PD371"]),
    (("anc at most 100 10*9/L",), ["PD372"]),
    (("ecog at most 2", "ecog at most 3"), ["PD373"]),
    (("ecog at most 2", "sex is male", "ecog at most 3 or sex is female"), ["PD373"]),
    (("ecog at most 2 or ecog at most 1",), ["PD374"]),
    (("ecog at most 2\n        unless ecog at most 1 and sex is male",), ["PD375"]),
    (
        (
            "no scans where (date is within 28 days before enrolment)",
            "no scans where (date is within 14 days before enrolment)",
        ),
        ["PD373"],
    ),
    (("any scans where (date is before enrolment)", "count of scans at most 0"), ["PD370"]),
    (("no scans where (date is before enrolment and date is after enrolment)",), ["PD372"]),
]
SOUND = [
    ("ecog at least 1", "ecog at most 2"),
    ("ecog at most 2 or sex is male", "ecog at most 3 or sex is female"),
    ("ecog at least 1 or (ecog at most 0 and sex is male)",),
    ("alt at most 2.5 x ULN or alt at most 200 U/L",),
    ("any scans where (date is before enrolment)", "no scans where (date is after consent)"),
    ("consent is on or before enrolment",),
    ('anc at least 1 10*9/L\n        if missing treat as met because "always done"', "ecog at most 2"),
]


@pytest.mark.parametrize(("rules", "codes"), FLAWED)
def test_what_cannot_be_is_found(rules: tuple[str, ...], codes: list[str]) -> None:
    assert codes == said(inclusions(*rules))


@pytest.mark.parametrize("rules", SOUND)
def test_what_may_be_is_left_alone(rules: tuple[str, ...]) -> None:
    assert [] == said(inclusions(*rules))


@pytest.mark.parametrize(("rules", "codes"), FLAWED)
def test_the_partition_claims_nothing_that_the_solver_does_not(
    rules: tuple[str, ...], codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "available", lambda: False)
    assert set(said(inclusions(*rules))) <= set(codes)


def test_the_partition_settles_single_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "available", lambda: False)
    assert ["PD370"] == said(inclusions("ecog at least 3", "ecog at most 2"))
    assert ["PD373"] == said(inclusions("ecog at most 2", "ecog at most 3"))


def test_as_few_criteria_as_can_be_are_named() -> None:
    rules = ("ecog at most 2", "sex is male", "anc at least 1 10*9/L", "sex is female and ecog at most 1")
    found = next(one for one in loaded(inclusions(*rules)).diagnostics if one.code == "PD370")
    assert "no record clears I2 and I4 together" in found.message


def test_what_is_accepted_is_listed_and_is_no_warning() -> None:
    rules = ("ecog at most 2", 'ecog at most 3\n        accepted PD373 because "both stand in the paper"')
    found = loaded(inclusions(*rules)).diagnostics
    assert [("PD392", Severity.NOTE)] == [(one.code, one.severity) for one in found if one.code in ("PD373", "PD392")]
    assert any("both stand in the paper" in one.message for one in found)


def test_an_acceptance_of_nothing_says_so() -> None:
    found = loaded(inclusions('ecog at most 3\n        accepted PD373 because "x"')).diagnostics
    assert any(one.code == "PD392" and "not found here" in one.message for one in found)


STATEMENTS = [
    ("ecog at most 2 or sex is male", "ecog at most 3 or sex is male", True),
    ("ecog at most 2 or sex is male", "ecog at most 1 or sex is male", False),
    ("age is between 18 years and 65 years", "age at most 70 years", True),
    ("alt at most 2 x ULN", "alt at most 3 x ULN or ecog at most 2", True),
    ("anc at least 1 10*9/L", "ecog at most 2", False),
]


@pytest.mark.parametrize("solved", [True, False])
@pytest.mark.parametrize(("rule", "then", "holds"), STATEMENTS)
def test_a_statement_is_proved_or_refuted(
    rule: str,
    then: str,
    holds: bool,  # noqa: FBT001 - a case
    solved: bool,  # noqa: FBT001 - a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not solved:
        monkeypatch.setattr(promise, "available", lambda: False)
    text = TEXT + inclusions(rule) + f"\nalways\n    A1\n        eligible implies {then}\n"
    protocol = load_text(Source("all.protocol", text), without=RUN).protocol
    assert protocol is not None
    found = promised(protocol, protocol.statements[0])
    assert found.holds is holds or (not solved and found.holds is None)


@pytest.mark.parametrize("path", TRIALS, ids=lambda path: "/".join(path.parts[-2:]))
def test_nothing_is_said_of_a_shipped_trial_and_its_examples_agree(path: Path) -> None:
    protocol = load_text(Source(path.name, path.read_text(encoding="utf-8")), without=(*checks(),)).protocol
    assert protocol is not None
    assert [] == [one.message for prove in proofs().values() for one in prove(protocol)]
    here = alone.alone(protocol)
    for example in protocol.examples:
        decision = decide(protocol, example.record, seen_from(example))
        if decision.verdict is Verdict.ELIGIBLE:
            assert all(group.can_all_clear() for group in here.together())
    assert {one.id for one in every_clause(protocol)} >= {one.id for one in protocol.criteria}


@pytest.mark.parametrize("name", proofs())
def test_a_check_has_nothing_to_say_of_an_empty_protocol(name: str) -> None:
    assert [*proofs()[name](Protocol(Header("EMPTY")))] == []


def test_what_takes_too_long_is_told_and_never_taken_as_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "EFFORT", 1)
    found = loaded(
        inclusions("alt at most 3 x ULN or age at least 18 years", "alt at most 5 x ULN and ecog at least 0")
    )
    codes = {one.code for one in found.diagnostics}
    assert "PD395" in codes
    assert not {"PD370", "PD371", "PD372", "PD373", "PD374", "PD377"} & codes


def test_an_example_that_names_no_day_is_no_hindrance() -> None:
    text = 'protocol "P"\n\ndata\n    anc : number\n\ninclusion\n    I1\n        anc at least 1\n'
    found = load_text(Source("p.protocol", f'{text}\nexample "e"\n    given anc = 2\n    then eligible\n'), proved=True)
    assert [one.code for one in found.diagnostics] == ["PD359"]


def test_statements_that_stay_open_are_told_in_one_note() -> None:
    """The time between the two moments is not looked through."""
    text = (
        'protocol "P"\n\nmoments\n    enrolment\n    first_dose after enrolment, at most 3 days\n\n'
        "data\n    scans : list of procedure\n\ninclusion at enrolment\n    I1\n"
        "        any scans where (date is within 14 days before enrolment)\n\nalways\n"
        + "".join(
            f"    A{days}\n        eligible implies any scans where (date is within {days} days before first_dose)\n"
            for days in (27, 28)
        )
    )
    found = [one for one in load_text(Source("p.protocol", text), proved=True).diagnostics if one.code == "PD395"]
    assert [("A27 and A28 hold" in one.message, len(one.others)) for one in found] == [(True, 1)]
