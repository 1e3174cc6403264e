"""The pages of docs/ctcae: made from the library, whole, and with examples that were graded by hand."""

from pathlib import Path

import pytest

from protocol_dsl.elaborate.printed import family_of
from protocol_dsl.evaluate.grade_many import catalogue, grade_rows
from protocol_dsl.readers.laboratory import laboratory
from protocol_dsl.readers.rows import Row, Table
from tests.ctcae_pages import COLUMNS, FAMILIES, FOLDER, VERSIONS, Worked, gradings, pages

WORKED = [worked for family in FAMILIES for worked in family.worked]


@pytest.mark.parametrize(("path", "text"), list(pages()), ids=lambda one: one.stem if isinstance(one, Path) else "")
def test_a_page_is_what_is_made_from_the_library(path: Path, text: str) -> None:
    """`python -m tests.ctcae_pages` makes the pages anew."""
    assert text == path.read_text("utf-8")


def test_there_is_no_page_that_is_not_made() -> None:
    assert {path for path, _ in pages()} == set(FOLDER.iterdir())


def test_every_term_that_is_graded_from_a_number_is_on_one_page() -> None:
    found = [catalogue("ctcae", version) for version in VERSIONS]
    graded = {family_of(one) for each in found if not isinstance(each, tuple) for one in each.terminology.gradings}
    assert sorted(term for family in FAMILIES for term in family.terms) == sorted(graded)


def test_every_version_grades_something_on_every_page() -> None:
    for family in FAMILIES:
        assert all(any(gradings(term, version) for term in family.terms) for version in VERSIONS)


@pytest.mark.parametrize("worked", WORKED, ids=lambda one: " ".join(filter(None, one.reading[1:])))
@pytest.mark.parametrize("version", VERSIONS)
def test_a_worked_example_has_the_grade_worked_out_by_hand(worked: Worked, version: str) -> None:
    shelf = catalogue("ctcae", version)
    assert not isinstance(shelf, tuple)
    table = Table("worked", "worked", COLUMNS, (Row(2, worked.reading),))
    found = ["-" if one.graded.grade is None else str(one.graded.grade) for one in grade_rows(laboratory(table), shelf)]
    assert found == [worked.grades[VERSIONS.index(version)]]
