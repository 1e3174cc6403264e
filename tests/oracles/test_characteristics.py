"""Exact operating characteristics from files in the language, against those that others computed."""

import csv
from collections import defaultdict
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.escalation.characteristics import Characteristics, Endings, N, endings_of
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import climbed, shipped

HERE = Path(__file__).parent
BOIN = """\
protocol "BOIN"

doses of agent
    | level |
{levels}
    start at level 1

escalation by boin
    cohort of {cohort_size}
    target dlt rate {target}
    at most {patients} patients
    close level when chance of exceeding target is more than 0.95 from 3 patients
    mtd is isotonic estimate closest to target
"""
CRM = """\
protocol "CRM"

doses of agent
    | level |
{levels}
    start at level {start}
    {skipping}

escalation by crm
    target dlt rate {target}
    skeleton {skeleton}
    empiric model
    prior variance {variance}
    cohort of {cohort_size}
    at most {patients} patients
    mtd is level closest to target
"""


def rows(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()[1:]
    return list(csv.DictReader(lines, delimiter="\t"))


@cache
def ends(design: EscalationPlan, ladder: Ladder) -> Endings:
    found = endings_of(design, ladder)
    assert found is not None
    return found


def boin(row: dict[str, str]) -> Endings:
    ladder = "\n".join(f"    | {level} |" for level, _ in enumerate(row["rates"].split(), start=1))
    patients = int(row["cohort_size"]) * int(row["cohorts"])
    text = BOIN.format(levels=ladder, patients=patients, cohort_size=row["cohort_size"], target=row["target"])
    protocol = load_text(Source("boin.protocol", text)).protocol
    assert protocol is not None
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    return ends(protocol.escalation, protocol.ladder)


@pytest.mark.parametrize("row", rows("boin_characteristics.tsv"))
def test_boin(row: dict[str, str]) -> None:
    """To a unit in the twelfth decimal place."""
    found = boin(row).under(tuple(map(Fraction, row["rates"].split())))
    most = int(row["cohort_size"]) * int(row["cohorts"])
    actual = {
        "recommended": [found.selected[-1], *found.selected[:-1]],
        "treated": list(found.treated),
        "dlts": list(found.dlts),
        "early_stop": [sum(chance for number, chance in found.patients if number < most)],
    }
    for name, values in actual.items():
        assert pytest.approx([float(part) for part in row[name].split()], abs=1e-12, rel=0) == values


def crm(row: dict[str, str]) -> Endings:
    """The variance is the square of a scale that was written with all its digits, and so of a few itself."""
    text = CRM.format(
        levels="\n".join(f"    | {level} |" for level, _ in enumerate(row["rates"].split(), start=1)),
        start=row["start"],
        skipping="never skip a level" if row["no_skipping"] == "true" else "",
        target=row["target"],
        skeleton=", ".join(row["skeleton"].split()),
        variance=round(float(row["scale"]) ** 2, 12),
        cohort_size=row["cohort_size"],
        patients=int(row["cohort_size"]) * int(row["cohorts"]),
    )
    protocol = load_text(Source("crm.protocol", text), without=RUN).protocol
    assert protocol is not None
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    return ends(protocol.escalation, protocol.ladder)


@pytest.mark.parametrize("row", rows("crm_characteristics.tsv"))
def test_crm(row: dict[str, str]) -> None:
    """To a unit in the twelfth decimal place."""
    found = crm(row).under(tuple(map(Fraction, row["rates"].split())))
    actual = {
        "recommended": [found.selected[-1], *found.selected[:-1]],
        "treated": list(found.treated),
        "dlts": list(found.dlts),
    }
    for name, values in actual.items():
        assert pytest.approx([float(part) for part in row[name].split()], abs=1e-12, rel=0) == values


def by_scenario() -> dict[tuple[str, str], dict[tuple[str, str], Fraction]]:
    found: dict[tuple[str, str], dict[tuple[str, str], Fraction]] = defaultdict(dict)
    for row in rows("three_plus_three_characteristics.tsv"):
        found[row["design"], row["truth"]][row["measure"], row["of"]] = Fraction(row["value"])
    return found


def measures(found: Characteristics[N]) -> dict[tuple[str, str], N]:
    number = len(found.selected)
    actual = {("selected", str((rung + 1) % number)): chance for rung, chance in enumerate(found.selected)}
    actual |= {("treated", str(rung + 1)): mean for rung, mean in enumerate(found.treated)}
    actual |= {("dlts", str(rung + 1)): mean for rung, mean in enumerate(found.dlts)}
    return actual | {("patients", str(number)): chance for number, chance in found.patients}


@pytest.mark.parametrize(("design", "truth"), by_scenario())
def test_three_plus_three(design: str, truth: str) -> None:
    """To the last digit, as fractions."""
    rates = tuple(map(Fraction, truth.split(",")))
    found = ends(shipped(design), climbed(design, len(rates)))
    expected = by_scenario()[design, truth]
    assert expected == measures(found.exactly(rates))
    assert pytest.approx({of: float(value) for of, value in expected.items()}, abs=1e-14, rel=1e-14) == measures(
        found.under(rates)
    )
