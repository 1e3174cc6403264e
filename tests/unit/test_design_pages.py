"""The pages of docs/designs are what is made of the designs that ship."""

import re
from pathlib import Path

import pytest

from tests.design_pages import FILES, FOLDER, bare, pages, phrases

PAGES = dict(pages())
NUMBER = re.compile(r"[0-9][0-9.]*")
NORM = NUMBER.sub("3", (FOLDER.parent / "language" / "escalation.md").read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_what_is_made_here(path: Path) -> None:
    assert path.exists(), "write it: python -m tests.design_pages"
    assert PAGES[path].rstrip() == bare(path.read_text("utf-8")).rstrip()


def test_no_page_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == {*FILES, "README"}


@pytest.mark.parametrize("phrase", phrases())
def test_the_page_on_escalation_names_every_setting(phrase: str) -> None:
    assert NUMBER.sub("3", phrase.partition("...")[0]).rstrip() in NORM
