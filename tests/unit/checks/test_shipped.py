"""What the checks say of everything that is shipped: nothing that is not meant to be said."""

from pathlib import Path

import pytest

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.source import Source
from protocol_dsl.checks import checks
from protocol_dsl.model.protocol import Header, Protocol
from protocol_dsl.pipeline import load_text

FILES = sorted((Path(__file__).parents[3] / "protocols").rglob("*.protocol"))
# Policies that the trials state, and sections that their registry entries leave out.
MEANT = {"PD355", "PD391"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_error_and_no_warning_that_is_not_meant(path: Path) -> None:
    loaded = load_text(Source(path.name, path.read_text(encoding="utf-8")))
    assert loaded.protocol is not None
    assert {one.code for one in loaded.diagnostics if one.severity is not Severity.NOTE} <= MEANT


@pytest.mark.parametrize("name", checks())
def test_a_check_has_nothing_to_say_of_an_empty_protocol(name: str) -> None:
    assert [*checks()[name](Protocol(Header("EMPTY")))] == []


@pytest.mark.parametrize("name", checks())
def test_a_check_says_in_a_sentence_what_it_finds(name: str) -> None:
    module = __import__(f"protocol_dsl.checks.{name}", fromlist=["check"])
    title, _, sentence = (module.__doc__ or "").partition(": ")
    assert title.replace("-", "_").replace(" ", "_").lower() == name
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(".")
