"""The three designs that are all called 3+3: with what chances they end. Their courses are in test_decision_tables."""

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from protocol_dsl.escalation.automaton import Automaton, explore
from protocol_dsl.escalation.table import TableDesign, TableState
from tests.escalation_plans import climbed, shipped
from tests.pushed import characteristics

HERE = Path(__file__).parent


def lines(name: str) -> list[list[str]]:
    text = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in text[2:]]


def automaton(design: str, number: int) -> Automaton[TableState]:
    """A shipped file, its ladder cut or drawn out."""
    return explore(TableDesign(shipped(design), climbed(design, number)))


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
