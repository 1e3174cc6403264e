"""The terms of CTCAE: how many a version prints, their wording, and what is said of a term that it lacks."""

import csv
from pathlib import Path

import pytest

from protocol_dsl.base.shipped import shipped
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.grading import shipped as gradings_of
from protocol_dsl.elaborate.grading import versions
from protocol_dsl.elaborate.terms import name_of, terms
from protocol_dsl.pipeline import load_text

TEXT = """protocol "P"
    uses ctcae {version}

moments
    infusion is day 0

data
    adverse_events : list of adverse_event

define
    set ours version 1 is thrombocytopaenia

dlt
    window from infusion through day 27
    T1 "An event"
        {condition}
"""


def said(version: str, condition: str) -> list[tuple[str, str | None]]:
    """The findings about terms, each with its help."""
    found = load_text(Source("p", TEXT.format(version=version, condition=condition))).diagnostics
    return [(one.message, one.help) for one in found if one.code == "PD241"]


@pytest.mark.parametrize(("version", "count"), [("4.03", 790), ("5.0", 837), ("6.0", 850)])
def test_as_many_terms_as_the_nci_prints(version: str, count: int) -> None:
    assert len(terms(version)) == count


def test_the_wording_is_the_printed_one() -> None:
    anaemia = terms("5.0")["anemia"]
    assert anaemia.grades[2] == "Hgb <8.0 g/dL; <4.9 mmol/L; <80 g/L; transfusion indicated"
    assert anaemia.grades[4] == "Death"


@pytest.mark.parametrize("version", versions("ctcae"))
def test_no_code_and_no_hierarchy_of_meddra_is_shipped(version: str) -> None:
    path = shipped("protocols") / "library" / f"ctcae_{version.replace('.', '_')}_terms.csv"
    assert isinstance(path, Path)
    with path.open(encoding="utf-8", newline="") as lines:
        head = next(csv.reader(lines))
    assert set(head) <= {"term", "grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "definition", "note"}


@pytest.mark.parametrize("version", versions("ctcae"))
def test_each_grading_is_of_a_term_of_its_version(version: str) -> None:
    found = gradings_of("ctcae", version)
    assert found is not None
    printed = {term.name.casefold() for term in terms(version).values()}
    plain = {one.term.casefold().partition(" (")[0] for one in found.gradings}
    assert plain - printed == set()


def test_a_term_of_another_version_names_it() -> None:
    [(message, _)] = said("5.0", "term is thrombocytopenia")
    assert message == "`thrombocytopenia` is no term of CTCAE 5.0; 6.0 has it"


def test_a_slip_names_the_term() -> None:
    [(message, cure)] = said("5.0", "term is one of fever, febrile_neutropaenia")
    assert message == "`febrile_neutropaenia` is no term of CTCAE 5.0"
    assert cure is not None
    assert cure.startswith("`febrile_neutropenia` may be meant")


@pytest.mark.parametrize(
    ("version", "condition"),
    [
        ("5.0", "term is febrile_neutropenia"),
        ("6.0", "term is thrombocytopenia"),
        ("5.0", "term is in ours"),
        ("5.0", "term is macrophage_activation_of_our_own"),
        ("3.0", "term is thrombocytopenia"),
    ],
)
def test_nothing_is_said_of_a_term_that_may_stand(version: str, condition: str) -> None:
    assert said(version, condition) == []


def test_names_of_terms_are_apart() -> None:
    assert name_of("Mobitz (type) II atrioventricular block") == "mobitz_type_ii_atrioventricular_block"
    assert name_of("Blood and lymphatic system disorders - Other, specify").endswith("_other_specify")


@pytest.mark.parametrize("version", ["3.0", "7.0", "4.0", "5"])
def test_a_version_that_does_not_ship_is_refused_with_those_that_do(version: str) -> None:
    loaded = load_text(Source("p", TEXT.format(version=version, condition="grade at least 3")))
    assert loaded.protocol is None
    found = [(one.code, one.message, one.help) for one in loaded.diagnostics]
    assert found == [("PD116", f"CTCAE `{version}` does not ship", "the versions are 4.03, 5.0, 6.0")]


def test_without_a_version_a_grade_means_nothing() -> None:
    text = TEXT.replace("    uses ctcae {version}\n", "")
    for condition in ("grade at least 3", "grade is 3", "grade is one of 3, 4"):
        loaded = load_text(Source("p", text.format(condition=condition)))
        assert [one.code for one in loaded.diagnostics if one.severity == "error"] == ["PD112"], condition
