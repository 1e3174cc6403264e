"""BOIN and TITE-BOIN against the tables of the package and the paper, cell by cell."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import comb, prod
from pathlib import Path

import pytest

from protocol_dsl.escalation.estimates import boin, isotonic, tite_boin
from protocol_dsl.escalation.estimates.boin import Boin, Boundary
from protocol_dsl.escalation.estimates.verdict import Verdict

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()[1:]
    return list(csv.DictReader(lines, delimiter="\t"))


def settings(row: dict[str, str]) -> Boin:
    if not row.get("p_saf"):
        return Boin(Fraction(row["target"]))
    return Boin(Fraction(row["target"]), Fraction(row["p_saf"]), Fraction(row["p_tox"]))


@pytest.mark.parametrize("row", rows("boin_lambdas.tsv"))
def test_lambdas(row: dict[str, str]) -> None:
    design = settings(row)
    for expected, actual in (
        (row["lambda_e"], boin.lambda_e(design.target, design.p_saf)),
        (row["lambda_d"], boin.lambda_d(design.target, design.p_tox)),
    ):
        assert Fraction(expected) == round(Fraction(actual), len(expected) - 2)


@pytest.mark.parametrize("row", rows("boin_boundaries.tsv"))
def test_boundaries(row: dict[str, str]) -> None:
    actual = boin.boundary(settings(row), int(row["n"]))
    up, down, out = (
        int(row[name]) if row[name] else None for name in ("escalate_le", "de_escalate_ge", "eliminate_ge")
    )
    stop = actual.stop_at_least if row["stop_ge"] == "-" else int(row["stop_ge"]) if row["stop_ge"] else None
    assert Boundary(int(row["n"]), up, down, out, stop) == actual


TINY = Fraction(1, 10**9)


def tite_cells() -> Iterator[tuple[dict[str, str], int, int]]:
    for row in rows("tite_boin.tsv"):
        n = int(row["n"])
        for dlts in range(int(row["dlts_from"]), int(row["dlts_to"] or n) + 1):
            most = min(int(row["pending_to"] or n), n - dlts)
            for pending in range(int(row["pending_from"]), most + 1):
                yield row, dlts, pending


ALWAYS = {
    "E": Verdict.ESCALATE, "S": Verdict.STAY, "D": Verdict.DE_ESCALATE, "DE": Verdict.ELIMINATE, "SUS": None,
}  # fmt: skip


@pytest.mark.parametrize(("row", "dlts", "pending"), list(tite_cells()))
def test_tite_boin(row: dict[str, str], dlts: int, pending: int) -> None:
    design, n = settings(row), int(row["n"])

    def at(followed: Fraction) -> Verdict | None:
        return tite_boin.verdict(design, tite_boin.Level(n, dlts, pending, followed))

    if row["verdict"] in ALWAYS:
        assert {ALWAYS[row["verdict"]]} == {at(Fraction(pending * part, 20)) for part in range(21)}
        return
    line = tite_boin.line(design, n, dlts, pending)
    assert line.turns_at is not None
    assert abs(Fraction(row["follow_up"]) - line.turns_at) <= Fraction(1, 200)
    before, behind = at(line.turns_at - TINY), at(line.turns_at + TINY)
    assert (line.at_first, line.at_last) == (before, behind)
    rises = row["verdict"] == "ES"
    assert (before, behind) == ((Verdict.STAY, Verdict.ESCALATE) if rises else (Verdict.DE_ESCALATE, Verdict.STAY))


State = tuple[int, int, tuple[tuple[int, int], ...]]
"""The level treated next, the highest level left, and the tallies."""


def terminal(design: Boin, size: int, cohorts: int, levels: int) -> dict[tuple[tuple[int, int], ...], tuple[int, int]]:
    """Ways to end with each tally: having stopped early, and not."""
    now: dict[State, int] = {(0, levels - 1, ((0, 0),) * levels): 1}
    ends: dict[tuple[tuple[int, int], ...], list[int]] = defaultdict(lambda: [0, 0])
    for number in range(1, cohorts + 1):
        after: dict[State, int] = defaultdict(int)
        for (level, top, tallies), ways in now.items():
            for dlts in range(size + 1):
                n, y = tallies[level]
                new = (*tallies[:level], (n + size, y + dlts), *tallies[level + 1 :])
                weight = ways * comb(size, dlts)
                following = step(design, level, top, new)
                if number == cohorts or following is None:
                    ends[new][number == cohorts] += weight
                else:
                    after[*following, new] += weight
        now = after
    return {tally: (early, late) for tally, (early, late) in ends.items()}


def step(design: Boin, level: int, top: int, tallies: tuple[tuple[int, int], ...]) -> tuple[int, int] | None:
    verdict = boin.table(design, 60)[tallies[level][0] - 1][tallies[level][1]]
    if verdict is Verdict.ELIMINATE:
        return (level - 1, level - 1) if level else None
    if verdict is Verdict.ESCALATE:
        return min(level + 1, top), top
    return (max(level - 1, 0) if verdict is Verdict.DE_ESCALATE else level), top


def recommended(design: Boin, tallies: tuple[tuple[int, int], ...]) -> int | None:
    toxic = (level for level, (n, y) in enumerate(tallies) if boin.eliminated(design, n, y))
    return isotonic.mtd(tallies[: next(toxic, len(tallies))], design.target)


ENDS: dict[tuple[str, str, str], dict[tuple[tuple[int, int], ...], tuple[int, int]]] = {}


@pytest.mark.parametrize("row", rows("boin_characteristics.tsv"))
def test_exact_characteristics(row: dict[str, str]) -> None:
    """Every reachable tally, its recommendation and its probability."""
    design, key = settings(row), (row["target"], row["cohort_size"], row["cohorts"])
    rates = [float(part) for part in row["rates"].split()]
    if key not in ENDS:
        ENDS[key] = terminal(design, int(row["cohort_size"]), int(row["cohorts"]), len(rates))
    chosen, early = [0.0] * (len(rates) + 1), 0.0
    treated, dlts = [0.0] * len(rates), [0.0] * len(rates)
    for tallies, (stopped, late) in ENDS[key].items():
        factor = prod(p**y * (1 - p) ** (n - y) for p, (n, y) in zip(rates, tallies, strict=True))
        weight = factor * (stopped + late)
        early += factor * stopped
        best = None if stopped else recommended(design, tallies)
        chosen[0 if best is None else best + 1] += weight
        for level, (n, y) in enumerate(tallies):
            treated[level] += weight * n
            dlts[level] += weight * y
    for name, actual in (("recommended", chosen), ("early_stop", [early]), ("treated", treated), ("dlts", dlts)):
        assert pytest.approx([float(part) for part in row[name].split()], abs=1e-12) == actual
