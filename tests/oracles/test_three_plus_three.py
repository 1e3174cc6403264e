"""The three designs that are all called 3+3: how many courses, which, and with what chances."""

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.escalation.automaton import Automaton, count_paths, explore, paths
from protocol_dsl.escalation.table import TableDesign, TableState
from tests.escalation_plans import climbed, file, shipped
from tests.pushed import characteristics

HERE = Path(__file__).parent


def lines(name: str) -> list[list[str]]:
    text = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in text[2:]]


def automaton(design: str, number: int) -> Automaton[TableState]:
    """A shipped file, its ladder cut or drawn out."""
    return explore(TableDesign(shipped(design), climbed(design, number)))


@pytest.mark.parametrize(("design", "number", "expected"), lines("three_plus_three_counts.tsv"))
def test_number_of_courses(design: str, number: str, expected: str) -> None:
    assert int(expected) == count_paths(automaton(design, int(number)))


@pytest.mark.parametrize("design", sorted({design for design, _, _ in lines("three_plus_three_counts.tsv")}))
def test_number_of_courses_of_the_file_as_it_is_shipped(design: str) -> None:
    protocol = file(design)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    number = str(len(protocol.ladder.levels))
    counts = {(name, levels): int(paths) for name, levels, paths in lines("three_plus_three_counts.tsv")}
    assert counts[design, number] == count_paths(explore(TableDesign(protocol.escalation, protocol.ladder)))


def courses() -> dict[tuple[str, str], list[tuple[str, str]]]:
    by_design: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for design, number, course, recommended in lines("three_plus_three_paths.tsv"):
        by_design[design, number].append((course, recommended))
    return by_design


@pytest.mark.parametrize(("design", "number"), courses())
def test_every_course_and_what_it_recommends(design: str, number: str) -> None:
    actual = [
        (
            " ".join(f"{rung + 1}:{dlts}" for rung, dlts in path.cohorts),
            "0" if path.recommended is None else str(path.recommended + 1),
        )
        for path in paths(automaton(design, int(number)))
    ]
    assert sorted(courses()[design, number]) == sorted(actual)


def fractions() -> dict[tuple[str, str], dict[tuple[str, str], Fraction]]:
    by_scenario: dict[tuple[str, str], dict[tuple[str, str], Fraction]] = defaultdict(dict)
    for design, truth, measure, of, value in lines("three_plus_three_characteristics.tsv"):
        by_scenario[design, truth][measure, of] = Fraction(value)
    return by_scenario


@pytest.mark.parametrize(("design", "truth"), fractions())
def test_exact_operating_characteristics(design: str, truth: str) -> None:
    chances = tuple(Fraction(chance) for chance in truth.split(","))
    found = characteristics(automaton(design, len(chances)), chances)
    actual = {("selected", str((rung + 1) % (len(chances) + 1))): p for rung, p in enumerate(found.selected)}
    actual |= {("treated", str(rung + 1)): mean for rung, mean in enumerate(found.treated)}
    actual |= {("dlts", str(rung + 1)): mean for rung, mean in enumerate(found.dlts)}
    actual |= {("patients", str(number)): p for number, p in found.patients}
    assert fractions()[design, truth] == actual
