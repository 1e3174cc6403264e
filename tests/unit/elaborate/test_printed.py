import pytest

import protocol_dsl
from protocol_dsl.elaborate import grading, terms
from protocol_dsl.elaborate.printed import NoTerm, TermEntry, family_of, lines, term


def entry(name: str, version: str | None = None) -> TermEntry:
    found = term(name, version)
    assert isinstance(found, TermEntry)
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Febrile neutropenia", "Febrile neutropenia"),
        ("FEBRILE_NEUTROPENIA", "Febrile neutropenia"),
        ("  febrile   neutropenia ", "Febrile neutropenia"),
        ("febrile neutropaenia", "Febrile neutropenia"),
        ("Anaemia", "Anemia"),
        ("diarrhoea", "Diarrhea"),
        ("leucocytosis", "Leukocytosis"),
    ],
)
def test_case_and_british_spelling_do_not_matter(written: str, meant: str) -> None:
    assert entry(written).name == meant


@pytest.mark.parametrize("version", terms.versions())
def test_every_term_is_found_by_its_own_name(version: str) -> None:
    for one in terms.terms(version).values():
        assert entry(one.name, version).versions[0].term == one


def test_the_wording_is_as_printed_in_each_version() -> None:
    found = {one.version: one.term.grades for one in entry("Neutrophil count decreased").versions}
    assert found["5.0"][3] == "<500/mm3; <0.5 x 10e9 /L"
    assert found["6.0"][3] == "<100/mm3; <0.1 x 10^9/L"


def test_a_version_of_which_only_names_ship_says_so() -> None:
    found = {one.version: one.worded for one in entry("Anemia").versions}
    assert found == {"4.03": False, "5.0": True, "6.0": True}
    assert sum("only the names of terms ship" in line for line in lines(entry("Anemia"))) == 1


def test_versions_without_a_term_are_named() -> None:
    assert entry("Thrombocytopenia").lacking == ("4.03", "5.0")
    assert "not in CTCAE 4.03 and 5.0" in list(lines(entry("Thrombocytopenia")))
    assert term("Thrombocytopenia", "5.0") == NoTerm("Thrombocytopenia", (), ("6.0",))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Neutrophil cuont decreased", ("Neutrophil count decreased",)),
        ("HGB", ("Anemia", "Hemoglobin increased")),
        ("potassium", ("Hyperkalemia", "Hypokalemia")),
        ("platelet", ("Platelet count decreased",)),
        ("no such thing at all", ()),
        ("", ()),
    ],
)
def test_what_is_no_term_may_mean_one(written: str, meant: tuple[str, ...]) -> None:
    assert term(written, "5.0") == NoTerm(written, meant)


def test_a_band_that_asks_for_more_than_a_number_is_told() -> None:
    told = list(lines(entry("Hypokalemia", "5.0")))
    assert any(line.endswith("; to be confirmed: hospitalization indicated") for line in told)


@pytest.mark.parametrize("version", terms.versions())
def test_every_grading_belongs_to_a_term_of_its_version(version: str) -> None:
    shelf = grading.shipped("ctcae", version)
    assert shelf is not None
    for one in shelf.gradings:
        assert one in entry(family_of(one), version).versions[0].gradings


def test_the_package_hands_it_out() -> None:
    assert protocol_dsl.term is term
