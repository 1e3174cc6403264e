"""Gradings as they are written: what is read, what is refused, and that the shipped ones are sound."""

import pytest

from protocol_dsl.base.shipped import shipped
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.grading import terminology, versions
from protocol_dsl.model.grading import System
from protocol_dsl.pipeline import load_text
from protocol_dsl.syntax.parse import parse

TEXT = """library "x"

grading "Anemia" {direction}
    {line}
        | grade | when | also |
        {row}
        | 0 | otherwise | |
"""
SOUND = {"direction": "low", "line": "in g/L", "row": "| 3 | value less than 80 | asked |"}


def codes(**changed: str) -> list[str]:
    """What is said of the grading with some of it changed."""
    return [one.code for one in load_text(Source("x", TEXT.format(**{**SOUND, **changed}))).diagnostics]


def test_a_sound_grading_says_nothing() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"direction": "up"}, "PD240"),
        ({"line": "in zz"}, "PD201"),
        ({"line": "whatever"}, "PD407"),
        ({"row": "| 9 | value less than 80 | |"}, "PD240"),
        ({"row": "|  | value less than 80 | |"}, "PD240"),
        ({"row": "| 3 |  | |"}, "PD020"),
        ({"row": "| 3 | value less than | |"}, "PD021"),
        ({"row": "| 3 | otherwise | |"}, "PD240"),
        ({"row": "| 3 | value less than 80 |"}, "PD035"),
        ({"row": "| 3 | value less than 80 g/L | |"}, "PD204"),
        ({"row": "| 3 | valu less than 80 | |"}, "PD101"),
        ({"row": "| 3 | baseline_flag is odd | |"}, "PD205"),
    ],
)
def test_what_is_refused(changed: dict[str, str], code: str) -> None:
    assert codes(**changed) == [code]


def test_an_error_stands_at_its_cell() -> None:
    text = TEXT.format(**{**SOUND, "row": "| 3 | value less then 80 | |"})
    [found] = parse(Source("x", text)).problems
    assert text[found.primary.where.start : found.primary.where.end] == "then"  # type: ignore[union-attr]


def test_a_term_is_graded_once_in_a_direction() -> None:
    twice = TEXT.format(**SOUND) + TEXT.format(**SOUND).partition("\n\n")[2].replace('"Anemia"', '"ANEMIA"')
    assert [one.code for one in load_text(Source("x", twice)).diagnostics] == ["PD240"]
    both = twice.replace('"ANEMIA" low', '"ANEMIA" high')
    assert load_text(Source("x", both)).diagnostics == ()


@pytest.mark.parametrize("version", versions("ctcae"))
def test_the_shipped_gradings_are_sound_and_printed_in_both_systems(version: str) -> None:
    path = shipped("protocols") / "library" / f"ctcae_{version.replace('.', '_')}.protocol"
    found, problems = terminology(parse(Source(path.name, path.read_text(encoding="utf-8"))).file)
    assert problems == ()
    assert found is not None
    assert found.version == version
    for one in found.gradings:
        assert {system for table in one.tables for system in table.systems} == set(System), one.term
        assert one.source.startswith(f"NCI, CTCAE {version} "), one.term
        assert one.tests, one.term
