"""CRM and TITE-CRM against the package dfcrm, an independent quadrature, and enumerations of whole trials."""

import csv
from collections import defaultdict
from functools import cache
from math import comb, prod
from pathlib import Path

import pytest
from attrs import asdict

from protocol_dsl.escalation.estimates import crm, crm_likelihood, skeleton, tite_crm
from protocol_dsl.escalation.estimates.crm_model import Crm, Data, Model, closest, rates

HERE = Path(__file__).parent
QUADRATURE = 1e-9  # what two independent quadratures may differ by
PACKAGE = 1e-5  # what the package, whose integrals stop at 10 and at a relative 1.2e-4, differs by from either
MAXIMUM = 1e-6  # what the other minimiser leaves of the likelihood's flat top
Tallies = tuple[tuple[int, int], ...]


def rows(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()[1:]
    return list(csv.DictReader(lines, delimiter="\t"))


def floats(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split())


def tallies(text: str) -> Tallies:
    pairs = (part.split("/") for part in text.split())
    return tuple((int(treated), int(dlts)) for dlts, treated in pairs)


FITS = rows("crm_fits.tsv")


@pytest.mark.parametrize("row", [row for row in FITS if row["method"] == "bayes"])
def test_posterior(row: dict[str, str]) -> None:
    settings = Crm(floats(row["skeleton"]), Model(row["model"]), float(row["scale"]))
    fitted = crm.fit(settings, Data(tallies(row["tallies"])))
    assert pytest.approx(float(row["estimate"]), abs=QUADRATURE) == fitted.mean
    assert pytest.approx(float(row["variance"]), abs=QUADRATURE) == fitted.variance
    assert pytest.approx(float(row["dfcrm_estimate"]), abs=PACKAGE) == fitted.mean
    assert int(row["mtd"]) == closest(rates(settings, fitted.mean), float(row["target"])).level + 1
    limits = crm.limits(settings, fitted, 0.9)
    assert pytest.approx(floats(row["lower"]), abs=2 * PACKAGE) == tuple(low for low, _ in limits)
    assert pytest.approx(floats(row["upper"]), abs=2 * PACKAGE) == tuple(high for _, high in limits)


@pytest.mark.parametrize("row", [row for row in FITS if row["method"] == "mle"])
def test_likelihood(row: dict[str, str]) -> None:
    settings = Crm(floats(row["skeleton"]), Model(row["model"]))
    estimate = crm_likelihood.likeliest(settings, Data(tallies(row["tallies"])))
    assert estimate is not None
    assert pytest.approx(float(row["estimate"]), abs=MAXIMUM) == estimate
    assert pytest.approx(float(row["dfcrm_estimate"]), abs=3 * PACKAGE) == estimate
    assert int(row["mtd"]) == closest(rates(settings, estimate), float(row["target"])).level + 1


@pytest.mark.parametrize("row", rows("crm_skeletons.tsv"))
def test_skeleton(row: dict[str, str]) -> None:
    goal = skeleton.Goal(float(row["target"]), float(row["halfwidth"]), int(row["nu"]))
    actual = skeleton.skeleton(goal, int(row["levels"]), Model(row["model"]))
    assert pytest.approx(floats(row["skeleton"]), abs=1e-12) == actual


@pytest.mark.parametrize("row", rows("crm_indifference.tsv"))
def test_indifference(row: dict[str, str]) -> None:
    """The package finds the parameters within 1e-4 or so only."""
    intervals = skeleton.indifference(Crm(floats(row["skeleton"])), float(row["target"]))
    actual = intervals[int(row["level"]) - 1]
    for name, value in asdict(actual).items():
        if row[name]:
            assert pytest.approx(float(row[name]), abs=2e-5) == value
        else:
            assert value in {None, float("inf"), float("-inf")}


@pytest.mark.parametrize("row", rows("tite_crm.tsv"))
def test_time_to_event(row: dict[str, str]) -> None:
    window, followed = float(row["window"]), floats(row["followed"])
    dlts = tuple(dlt == "1" for dlt in row["dlts"].split())
    times = tuple(time for time, dlt in zip(followed, dlts, strict=True) if dlt)
    weights = tuple(
        1.0
        if dlt
        else tite_crm.linear(time, window)
        if row["scheme"] == "linear"
        else tite_crm.adaptive(time, window, times)
        for time, dlt in zip(followed, dlts, strict=True)
    )
    assert pytest.approx(floats(row["weights"]), abs=1e-12) == weights
    settings = Crm(floats(row["skeleton"]), Model(row["model"]))
    levels = (int(level) - 1 for level in row["levels"].split())
    data = tite_crm.weigh(len(settings.skeleton), tuple(zip(levels, dlts, weights, strict=True)))
    fitted = crm.fit(settings, data)
    assert pytest.approx(float(row["estimate"]), abs=QUADRATURE) == fitted.mean
    assert pytest.approx(float(row["variance"]), abs=QUADRATURE) == fitted.variance
    assert pytest.approx(float(row["dfcrm_estimate"]), abs=PACKAGE) == fitted.mean
    assert int(row["mtd"]) == closest(rates(settings, fitted.mean), float(row["target"])).level + 1


def test_the_trial_of_the_book() -> None:
    """Cheung (2011), pages 21 and 124, as printed there."""
    guesses = (0.05, 0.12, 0.25, 0.4, 0.55)
    logistic = Crm(guesses, Model.LOGISTIC)
    fitted = crm.fit(logistic, Data(((0, 0), (0, 0), (2, 0), (1, 0), (2, 1))))
    assert 0.28 == round(fitted.mean, 2)
    assert (0.01, 0.03, 0.08, 0.18, 0.33) == tuple(round(rate, 2) for rate in rates(logistic, fitted.mean))
    open_windows = tuple((2, days / 126) for days in (73, 66, 35, 28))
    assert 0.49 == round(crm.fit(Crm(guesses), Data(((0, 0),) * 5, open_windows)).mean, 2)


def chosen(settings: Crm, target: float, seen: Tallies) -> int:
    return crm.choose(settings, Data(seen), target)


def after(seen: Tallies, level: int, treated: int, dlts: int) -> Tallies:
    n, y = seen[level]
    return (*seen[:level], (n + treated, y + dlts), *seen[level + 1 :])


@cache
def ends(settings: Crm, target: float, size: int, cohorts: int, no_skipping: bool) -> dict[Tallies, int]:  # noqa: FBT001
    """Ways to each tally at the end; the level treated next hangs on the tally and the last level."""
    now: dict[tuple[int, Tallies], int] = {(0, ((0, 0),) * len(settings.skeleton)): 1}
    for _ in range(cohorts):
        following: dict[tuple[int, Tallies], int] = defaultdict(int)
        for (level, seen), ways in now.items():
            for dlts in range(size + 1):
                new = after(seen, level, size, dlts)
                best = chosen(settings, target, new)
                following[min(best, level + 1) if no_skipping else best, new] += ways * comb(size, dlts)
        now = following
    total: dict[Tallies, int] = defaultdict(int)
    for (_, seen), ways in now.items():
        total[seen] += ways
    return total


@pytest.mark.parametrize("row", rows("crm_characteristics.tsv"))
def test_exact_characteristics(row: dict[str, str]) -> None:
    settings, target = Crm(floats(row["skeleton"]), scale=float(row["scale"])), float(row["target"])
    truth = floats(row["rates"])
    final = ends(settings, target, int(row["cohort_size"]), int(row["cohorts"]), row["no_skipping"] == "true")
    recommended, treated, dlts = [0.0] * (len(truth) + 1), [0.0] * len(truth), [0.0] * len(truth)
    for seen, ways in final.items():
        weight = ways * prod(p**y * (1 - p) ** (n - y) for p, (n, y) in zip(truth, seen, strict=True))
        recommended[chosen(settings, target, seen) + 1] += weight
        for level, (n, y) in enumerate(seen):
            treated[level] += weight * n
            dlts[level] += weight * y
    for name, actual in (("recommended", recommended), ("treated", treated), ("dlts", dlts)):
        assert pytest.approx(floats(row[name]), abs=1e-12) == actual


BRAUN, BRAUN_TARGET = Crm((0.03, 0.11, 0.25, 0.42, 0.58, 0.71), scale=0.85), 0.25


def following(level: int, seen: Tallies) -> tuple[int, bool]:
    """Braun (2020): no skipping, and an end once 5 were treated at the lowest level or 10 at any."""
    best = min(chosen(BRAUN, BRAUN_TARGET, seen), level + 1)
    return best, seen[0][0] >= 5 or max(n for n, _ in seen) >= 10


@pytest.mark.parametrize("row", rows("crm_paths.tsv"))
def test_path(row: dict[str, str]) -> None:
    *cohorts, last = (int(part) for part in row["path"].split())
    seen: Tallies = ((0, 0),) * 6
    level, stopped = 0, False
    for expected, dlts in zip(cohorts[::2], cohorts[1::2], strict=True):
        assert (expected - 1, False) == (level, stopped)
        seen = after(seen, level, 2, dlts)
        level, stopped = following(level, seen)
    assert last == (-(level + 1) if stopped else level + 1)


def test_path_counts() -> None:
    printed = {int(row["cohorts"]): int(row["paths"]) for row in rows("crm_path_counts.tsv")}
    now: dict[tuple[int, Tallies], int] = {(0, ((0, 0),) * 6): 1}
    finished, counted = 0, {}
    for cohort in range(1, max(printed) + 1):
        further: dict[tuple[int, Tallies], int] = defaultdict(int)
        for (level, seen), paths in now.items():
            for dlts in range(3):
                new = after(seen, level, 2, dlts)
                best, stopped = following(level, new)
                if stopped:
                    finished += paths
                else:
                    further[best, new] += paths
        now = further
        counted[cohort] = finished + sum(now.values())
    assert printed == {cohort: counted[cohort] for cohort in printed}
