"""BLRM against an independent quadrature and against two samplers."""

import csv
from pathlib import Path

import pytest

from protocol_dsl.escalation.estimates import blrm
from protocol_dsl.escalation.estimates.blrm_model import Blrm, Data

LINES = (Path(__file__).parent / "blrm.tsv").read_text("utf-8").splitlines()[1:]
ROWS = list(csv.DictReader(LINES, delimiter="\t"))


def floats(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split())


def case(row: dict[str, str]) -> tuple[Blrm, Data]:
    low, high = floats(row["prior_mean"])
    first, second = floats(row["prior_deviation"])
    pairs = (part.split("/") for part in row["tallies"].split())
    tallies = tuple((int(treated), int(dlts)) for dlts, treated in pairs)
    return Blrm(floats(row["doses"]), 250.0, (low, high), (first, second)), Data(tallies)


@pytest.mark.parametrize("row", ROWS)
def test_means(row: dict[str, str]) -> None:
    assert pytest.approx(floats(row["mean"]), abs=1e-7) == blrm.mean_rates(*case(row))


@pytest.mark.parametrize("row", ROWS)
def test_parameters(row: dict[str, str]) -> None:
    posterior = blrm.fit(*case(row), floats(row["cuts"]))
    assert pytest.approx(float(row["log_alpha"]), abs=1e-7) == posterior.log_alpha
    assert pytest.approx(float(row["log_beta"]), abs=1e-7) == posterior.log_beta


@pytest.mark.parametrize("row", ROWS)
def test_interval_probabilities(row: dict[str, str]) -> None:
    """The grid of the other quadrature leaves 1e-3."""
    posterior = blrm.fit(*case(row), floats(row["cuts"]))
    assert pytest.approx(floats(row["below_low"]), abs=1e-3) == tuple(shares[0] for shares in posterior.shares)
    assert pytest.approx(floats(row["below_high"]), abs=1e-3) == tuple(1 - shares[2] for shares in posterior.shares)


@pytest.mark.parametrize("row", ROWS)
def test_samplers(row: dict[str, str]) -> None:
    """Stan's draws are nearly independent; those of JAGS are not, and its stated errors assume that they are."""
    posterior, means = blrm.fit(*case(row), floats(row["cuts"])), blrm.mean_rates(*case(row))
    errors = 5 if row["sampler"] == "Stan" else 10
    for mean, sampled, error in zip(means, floats(row["sampled_mean"]), floats(row["sampled_error"]), strict=True):
        assert pytest.approx(sampled, abs=errors * error) == mean
    over = tuple(shares[2] for shares in posterior.shares)
    assert pytest.approx(floats(row["sampled_over"]), abs=0.01 if errors == 5 else 0.03) == over


def test_the_published_example() -> None:
    """With 2 of 2 at 25 mg the doses from 20 mg on are too likely overdoses, and 15 mg is likeliest on target."""
    settings, data = case(ROWS[0])
    posterior = blrm.fit(settings, data, (0.16, 0.33))
    choice = blrm.likeliest(posterior)
    assert 4 == choice.level == blrm.highest(posterior).level
    assert choice.margin > posterior.error
    assert 15.0 == settings.doses[4]
