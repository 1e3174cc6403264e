from math import exp, log, log1p, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates import blrm, quadrature
from protocol_dsl.escalation.estimates.blrm import Posterior
from protocol_dsl.escalation.estimates.blrm_model import Blrm, Data

DOSES = (10.0, 25.0, 50.0, 100.0)
CUTS = (0.16, 0.33)
models = st.builds(
    Blrm,
    st.just(DOSES),
    st.sampled_from((25.0, 100.0)),
    st.tuples(st.floats(-2, 1), st.floats(-0.5, 0.5)),
    st.tuples(st.floats(0.5, 2), st.floats(0.3, 1)),
    st.floats(-0.8, 0.8),
)
tallies = st.tuples(*(st.integers(0, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))) for _ in DOSES))
NOBODY = Data(((0, 0),) * 4)


def by_brute_force(model: Blrm, data: Data, level: int) -> tuple[float, float, float]:
    """Mean rate, and the probabilities below the cuts, straight from the definition, on a grid of steps.

    A cell that a cut goes through counts in part, so that the error falls with the square of the step. It reaches
    eight deviations of the prior: where everybody had a DLT, six of them cut off more than is allowed here.
    """
    total = mean = low = high = 0.0
    steps = range(-160, 161)
    rest = sqrt(1 - model.correlation**2)
    width = model.deviation[0] * rest / 20

    def below(cut: float, score: float) -> float:
        """The part of a cell, as wide in scores as one step of log alpha, that lies below the cut."""
        return min(max((log(cut / (1 - cut)) - score) / width + 0.5, 0.0), 1.0)

    labels = [log(dose / model.reference) for dose in model.doses]
    for one in steps:
        for other in steps:
            z, w = one / 20, other / 20
            beta = exp(model.mean[1] + model.deviation[1] * z)
            alpha = model.mean[0] + model.deviation[0] * (model.correlation * z + rest * w)
            weight = -(z * z + w * w) / 2
            for label, (treated, dlts) in zip(labels, data.tallies, strict=True):
                score = alpha + beta * label
                weight += dlts * score - treated * (log1p(exp(score)) if score < 30 else score)
            score = alpha + beta * labels[level]
            rate = 1 / (1 + exp(-max(score, -700)))
            density = exp(weight)
            total += density
            mean += density * rate
            low += density * below(CUTS[0], score)
            high += density * below(CUTS[1], score)
    return mean / total, low / total, high / total


@settings(max_examples=12, deadline=None)
@given(models, tallies, st.integers(0, 3))
def test_against_the_definition(model: Blrm, seen: tuple[tuple[int, int], ...], level: int) -> None:
    mean, low, high = by_brute_force(model, Data(seen), level)
    posterior = blrm.fit(model, Data(seen), CUTS)
    assert pytest.approx(mean, abs=1e-5) == blrm.mean_rates(model, Data(seen))[level]
    assert pytest.approx(low, abs=1e-2) == posterior.shares[level][0]
    assert pytest.approx(high, abs=1e-2) == 1 - posterior.shares[level][2]
    assert posterior.error < 1e-5


@settings(max_examples=25, deadline=None)
@given(models, tallies)
def test_cuts_do_not_depend_on_each_other(model: Blrm, seen: tuple[tuple[int, int], ...]) -> None:
    both, one = blrm.fit(model, Data(seen), CUTS), blrm.fit(model, Data(seen), CUTS[1:])
    for shares, coarse in zip(both.shares, one.shares, strict=True):
        assert pytest.approx(1) == sum(shares)
        assert pytest.approx(coarse[0], abs=both.error + one.error) == shares[0] + shares[1]


@settings(max_examples=25, deadline=None)
@given(models)
def test_the_prior_at_the_reference_dose(model: Blrm) -> None:
    """There the score is log alpha, whose prior is normal."""
    posterior = blrm.fit(model, NOBODY, CUTS)
    normal = NormalDist(model.mean[0], model.deviation[0])
    at = posterior.shares[DOSES.index(model.reference)]
    assert pytest.approx(normal.cdf(log(0.16 / 0.84)), abs=posterior.error) == at[0]
    assert pytest.approx(1 - normal.cdf(log(0.33 / 0.67)), abs=posterior.error) == at[2]
    assert pytest.approx(model.mean, abs=posterior.error) == (posterior.log_alpha, posterior.log_beta)


@settings(max_examples=40, deadline=None)
@given(st.floats(-3, 3), st.sampled_from((0.5, 2.0, 10.0)), st.sampled_from((3, 30, 300)), st.floats(0, 1))
def test_data_at_the_reference_dose_alone(mean: float, deviation: float, treated: int, part: float) -> None:
    """There log beta says nothing, and the score is log alpha: an integral over one number."""
    dlts = round(part * treated)
    data = Data(((0, 0), (treated, dlts), (0, 0), (0, 0)))
    posterior = blrm.fit(Blrm(DOSES, 25.0, (mean, 0.0), (deviation, 1.0)), data, CUTS)

    def height(alpha: float) -> float:
        return dlts * alpha - treated * log1p(exp(alpha)) - ((alpha - mean) / deviation) ** 2 / 2

    places = [k / 200 for k in range(-20000, 20001)]
    top = max(map(height, places))
    masses = [exp(height(place) - top) for place in places]
    average = sum(place * mass for place, mass in zip(places, masses, strict=True)) / sum(masses)
    assert pytest.approx(average, abs=2e-7) == posterior.log_alpha
    assert pytest.approx(0.0, abs=2e-7) == posterior.log_beta
    for share, cut in zip((posterior.shares[1][0], 1 - posterior.shares[1][2]), CUTS, strict=True):
        edge = log(cut / (1 - cut))
        less, more = (
            sum(mass for place, mass in zip(places, masses, strict=True) if place < edge + shift) / sum(masses)
            for shift in (-0.005, 0.005)
        )
        assert less - posterior.error <= share <= more + posterior.error


def test_seven_of_seven_shift_the_mass_up() -> None:
    model = Blrm(DOSES, 100.0, (0.0, 0.0), (2.0, 1.0))
    before, after = blrm.fit(model, NOBODY, CUTS), blrm.fit(model, Data(((7, 7), (0, 0), (0, 0), (0, 0))), CUTS)
    assert all(new[2] > old[2] for old, new in zip(before.shares, after.shares, strict=True))


def posterior(*shares: tuple[float, float, float]) -> Posterior:
    return Posterior(shares, 0.0, 0.0, 1e-7)


def test_overdose_control() -> None:
    """The third dose is likeliest on target and a quarter overdose; at a quarter it is out."""
    seen = posterior((0.8, 0.2, 0.0), (0.5, 0.4, 0.1), (0.25, 0.5, 0.25))
    assert 1 == blrm.likeliest(seen).level == blrm.highest(seen).level
    assert 2 == blrm.likeliest(seen, 0.3).level
    assert pytest.approx(0.1) == blrm.likeliest(seen, 0.35).margin
    assert 0.0 == blrm.likeliest(seen).margin


def test_the_lower_of_two_as_likely_on_target() -> None:
    seen = posterior((0.6, 0.4, 0.0), (0.5, 0.4, 0.1))
    assert 0 == blrm.likeliest(seen).level
    assert 1 == blrm.highest(seen).level


def test_no_dose_where_all_are_too_toxic() -> None:
    assert None is blrm.likeliest(posterior((0.1, 0.1, 0.8))).level
    assert None is blrm.highest(posterior((0.1, 0.1, 0.8))).level


@pytest.mark.parametrize("order", [1, 2, 5, 10])
def test_rules_integrate_powers(order: int) -> None:
    for power in range(2 * order):
        total = sum(weight * node**power for node, weight in quadrature.legendre(order))
        assert pytest.approx((1 + (-1) ** power) / (power + 1), abs=1e-13) == total


@given(st.floats(-1, 1), st.lists(st.floats(-2, 2), min_size=1, max_size=6))
def test_antiderivative_of_a_polynomial(x: float, powers: list[float]) -> None:
    values = [sum(c * node**k for k, c in enumerate(powers)) for node, _ in quadrature.legendre(8)]
    coefficients = [sum(a * b for a, b in zip(row, values, strict=True)) for row in quadrature.transform(8)]
    exact = sum(c * (x ** (k + 1) - (-1) ** (k + 1)) / (k + 1) for k, c in enumerate(powers))
    assert pytest.approx(exact, abs=1e-12) == quadrature.antiderivative(coefficients, x)


def test_what_is_no_model() -> None:
    with pytest.raises(ValueError, match="positive"):
        Blrm((0.0, 1.0), 1.0, (0, 0), (1, 1))
    with pytest.raises(ValueError, match="between -1 and 1"):
        Blrm((1.0,), 1.0, (0, 0), (1, 1), 1.0)
    with pytest.raises(ValueError, match="too far"):
        Blrm((1.0,), 1.0, (0, 0), (1, 100))
