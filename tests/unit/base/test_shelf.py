"""Shelves are read from the directory, and from entry points."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from protocol_dsl.base.shelf import names, shelf

PACKAGE = "a_shelf_for_tests"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    files = {
        f"{PACKAGE}/__init__.py": "",
        f"{PACKAGE}/beta.py": "check = 'second'",
        f"{PACKAGE}/alpha.py": "check = 'first'",
        f"{PACKAGE}/other.py": "verb = 'not a check'",
        f"{PACKAGE}/_inner.py": "raise AssertionError('not an item')",
        "third_party.py": "check = 'from elsewhere'",
        "third_party-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n",
        "third_party-1.0.dist-info/entry_points.txt": f"""\
            [{PACKAGE}]
            gamma = third_party
            delta = third_party:check
            alpha = third_party
            """,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(dedent(text), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield PACKAGE
    for name in [name for name in sys.modules if name.partition(".")[0] in {PACKAGE, "third_party"}]:
        del sys.modules[name]


def test_a_shelf_lists_its_items_by_name_and_our_own_come_first(package: str) -> None:
    expected = {"alpha": "first", "beta": "second", "delta": "from elsewhere", "gamma": "from elsewhere"}
    found = shelf(package, "check")
    assert (expected, sorted(expected)) == (found, list(found))


def test_names_are_listed_without_importing_anything(package: str) -> None:
    assert ("alpha", "beta", "other") == names(package)
    assert package not in sys.modules


def test_a_package_that_is_not_there_is_an_empty_shelf() -> None:
    assert () == names("no_such_package_anywhere")
