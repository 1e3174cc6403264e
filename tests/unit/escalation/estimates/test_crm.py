"""Laws of the CRM fits, against a rule of thumb that shares no code with them: a fine sum over the whole line."""

from itertools import pairwise
from math import exp, inf, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.estimates import crm, crm_likelihood, skeleton, tite_crm
from protocol_dsl.escalation.estimates.crm_model import (
    Choice,
    Crm,
    Data,
    Model,
    closest,
    log_likelihood,
    rates,
    reaches,
)

GUESSES = (0.05, 0.12, 0.25, 0.4, 0.55)
models = st.builds(Crm, st.just(GUESSES), st.sampled_from(Model), st.sampled_from((0.5, sqrt(1.34), 2.0)))
tallies = st.tuples(*(st.integers(0, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))) for _ in GUESSES))
waiting = st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), max_size=3).map(tuple)
seen = st.builds(Data, tallies, waiting)


def weights(model: Crm, data: Data) -> list[tuple[float, float]]:
    """Prior times likelihood at places 0.01 deviations apart, straight from the definition."""
    places = (model.scale * k / 100 for k in range(-1000, 1001))
    return [(a, likelihood(model, data, a) * exp(-((a / model.scale) ** 2) / 2)) for a in places]


def likelihood(model: Crm, data: Data, a: float) -> float:
    value = 1.0
    fitted = rates(model, a)
    for rate, (treated, dlts) in zip(fitted, data.tallies, strict=True):
        value *= rate**dlts * (1 - rate) ** (treated - dlts)
    for level, weight in data.partial:
        value *= 1 - weight * fitted[level]
    return value


@settings(max_examples=40, deadline=None)
@given(models, seen)
def test_moments(model: Crm, data: Data) -> None:
    table = weights(model, data)
    total = sum(weight for _, weight in table)
    mean = sum(a * weight for a, weight in table) / total
    variance = sum((a - mean) ** 2 * weight for a, weight in table) / total
    fitted = crm.fit(model, data)
    assert pytest.approx(mean, abs=1e-9) == fitted.mean
    assert pytest.approx(variance, abs=1e-9) == fitted.variance
    assert pytest.approx(log(total / 100 / sqrt(2 * 3.141592653589793)), abs=1e-9) == fitted.log_mass
    assert fitted.error < 1e-8


many = st.tuples(
    *(st.sampled_from((0, 1, 30, 200)).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))) for _ in GUESSES)
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Model), st.sampled_from((0.05, 1.0, 5.0, 25.0)), st.builds(Data, many, waiting))
def test_extremes(kind: Model, scale: float, data: Data) -> None:
    """Whatever the prior and the data, the numbers are those of a posterior."""
    model = Crm(GUESSES, kind, scale)
    fitted = crm.fit(model, data)
    assert fitted.low < fitted.mean < fitted.high
    assert crm.choose(model, data, 0.25) in range(5)
    chances = [crm.exceeds(model, data, 1, limit) for limit in (0.05, 0.2, 0.5, 0.9)]
    assert all(-1e-7 <= more <= less + 1e-7 <= 1 + 2e-7 for less, more in pairwise(chances))
    assert all(low <= high for low, high in pairwise(crm.mean_rates(model, data)))


@pytest.mark.parametrize("kind", Model)
@pytest.mark.parametrize("treated", [400, 4000, 40000])
def test_a_posterior_narrower_than_the_first_nodes_are_apart(kind: Model, treated: int) -> None:
    """A quarter at the level guessed at a quarter: the curve at `a` of 0, whose width is that of the information."""
    model = Crm(GUESSES, kind)
    data = Data(((0, 0), (0, 0), (treated, treated // 4), (0, 0), (0, 0)))
    fitted, width = crm.fit(model, data), 1 / sqrt(crm_likelihood.information(model, data, 0.0))
    places = [width * k / 100 for k in range(-1200, 1201)]
    logs = [log_likelihood(model, data)(a) - (a / model.scale) ** 2 / 2 for a in places]
    masses = [exp(value - max(logs)) for value in logs]
    mean = sum(a * mass for a, mass in zip(places, masses, strict=True)) / sum(masses)
    assert pytest.approx(mean, abs=1e-9) == fitted.mean
    assert pytest.approx(width, rel=0.05) == sqrt(fitted.variance)
    assert 2 == crm.choose(model, data, 0.25)


@settings(max_examples=20, deadline=None)
@given(models, seen, st.integers(0, 4), st.sampled_from((0.1, 0.25, 0.5)))
def test_probability_above_a_limit(model: Crm, data: Data, level: int, limit: float) -> None:
    """The coarse sum cuts within a step of the edge, so it brackets."""
    table, edge = weights(model, data), reaches(model, level, limit)
    total, step = sum(weight for _, weight in table), model.scale / 100
    less, more = (sum(weight for a, weight in table if a < edge + shift) / total for shift in (-step, step))
    assert less - 1e-9 <= crm.exceeds(model, data, level, limit) <= more + 1e-9


@settings(max_examples=40, deadline=None)
@given(models, seen, st.sampled_from((0.15, 0.25, 1 / 3)))
def test_choosing_early_chooses_the_same(model: Crm, data: Data, target: float) -> None:
    choice = closest(rates(model, crm.fit(model, data).mean), target)
    assert choice.margin < 1e-6 or choice.level == crm.choose(model, data, target)


def test_as_many_tallies_as_levels() -> None:
    with pytest.raises(ValueError, match="as many tallies"):
        crm.fit(Crm(GUESSES), Data(((3, 0),)))


@settings(max_examples=15, deadline=None)
@given(models, seen)
def test_posterior_means_of_the_rates(model: Crm, data: Data) -> None:
    table = weights(model, data)
    total = sum(weight for _, weight in table)
    sums = [sum(weight * rates(model, a)[level] for a, weight in table) / total for level in range(5)]
    assert pytest.approx(sums, abs=1e-9) == crm.mean_rates(model, data)


@settings(max_examples=15, deadline=None)
@given(models, seen, st.sampled_from((0.8, 0.9, 0.95)))
def test_credible_limits_hold_what_they_say(model: Crm, data: Data, confidence: float) -> None:
    low, high = crm.credible(model, data, confidence)[1]
    outside = (1 - confidence) / 2
    assert pytest.approx(1 - outside, abs=1e-7) == crm.exceeds(model, data, 1, low)
    assert pytest.approx(outside, abs=1e-7) == crm.exceeds(model, data, 1, high)


def test_credible_limits_of_the_prior() -> None:
    """Where nothing was seen `a` is normal, so that the two kinds of limits are one."""
    nothing = Data(((0, 0),) * 5)
    plain = crm.limits(Crm(GUESSES), crm.fit(Crm(GUESSES), nothing))
    for one, other in zip(plain, crm.credible(Crm(GUESSES), nothing), strict=True):
        assert pytest.approx(one, abs=1e-7) == other


def test_the_prior_alone() -> None:
    fitted = crm.fit(Crm(GUESSES), Data(((0, 0),) * 5))
    assert pytest.approx(0, abs=1e-12) == fitted.mean
    assert pytest.approx(1.34) == fitted.variance
    assert pytest.approx(GUESSES) == rates(Crm(GUESSES), fitted.mean)
    assert pytest.approx(0.5, abs=1e-9) == crm.exceeds(Crm(GUESSES), Data(((0, 0),) * 5), 2, 0.25)


@given(models, st.integers(0, 4), st.floats(0.01, 0.9))
def test_reaching_a_rate(model: Crm, level: int, rate: float) -> None:
    assert pytest.approx(rate) == rates(model, reaches(model, level, rate))[level]


def test_what_the_logistic_model_never_reaches() -> None:
    model = Crm(GUESSES, Model.LOGISTIC)
    assert -inf == reaches(model, 0, 0.96)
    assert 0 == crm.exceeds(model, Data(((3, 3), *((0, 0),) * 4)), 0, 0.96)


@settings(max_examples=40, deadline=None)
@given(models, seen)
def test_nothing_is_likelier_than_the_likeliest(model: Crm, data: Data) -> None:
    best = crm_likelihood.likeliest(model, data)
    if best is None:
        return
    top = likelihood(model, data, best)
    assert all(likelihood(model, data, k / 10) <= top * (1 + 1e-12) for k in range(-100, 101))


def test_no_likeliest_without_a_dlt_or_with_nothing_else() -> None:
    rest = ((0, 0),) * 4
    assert None is crm_likelihood.likeliest(Crm(GUESSES), Data(((3, 0), *rest)))
    assert None is crm_likelihood.likeliest(Crm(GUESSES), Data(((3, 3), *rest)))


def test_likeliest_at_one_level_is_the_observed_rate() -> None:
    model, data = Crm(GUESSES), Data(((0, 0), (6, 2), (0, 0), (0, 0), (0, 0)))
    best = crm_likelihood.likeliest(model, data)
    assert best is not None
    assert pytest.approx(1 / 3) == rates(model, best)[1]
    # With p = s^exp(a), the information at the maximum is n p (log p)^2 / (1 - p).
    assert pytest.approx(6 * (1 / 3) * log(1 / 3) ** 2 / (2 / 3), rel=1e-6) == crm_likelihood.information(
        model, data, best
    )


@pytest.mark.parametrize(
    ("fitted", "level"),
    [((0.1, 0.2, 0.25), 2), ((0.3, 0.4, 0.5), 0), ((0.125, 0.375, 0.5), 0), ((0.1, 0.24, 0.5), 1)],
)
def test_closest_to_a_quarter(fitted: tuple[float, ...], level: int) -> None:
    assert level == closest(fitted, 0.25).level


def test_margin_of_a_tie_and_of_one_level() -> None:
    assert Choice(0, 0.0) == closest((0.125, 0.375), 0.25)
    assert Choice(0, inf) == closest((0.9,), 0.25) == closest((0.1,), 0.25)


@pytest.mark.parametrize("guesses", [(), (0.2, 0.1), (0.2, 0.2), (0.0, 0.1), (0.5, 1.0)])
def test_what_is_no_skeleton(guesses: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rises strictly"):
        Crm(guesses)


@pytest.mark.parametrize("scale", [0.0, -1.0, 26.0])
def test_what_is_no_prior(scale: float) -> None:
    with pytest.raises(ValueError, match="standard deviation"):
        Crm(GUESSES, scale=scale)


@given(st.floats(0.03, 0.09), st.floats(0.15, 0.35), st.integers(1, 5), st.integers(5, 8), st.sampled_from(Model))
def test_a_skeleton_has_the_interval_it_was_made_for(
    halfwidth: float, target: float, prior_mtd: int, levels: int, model: Model
) -> None:
    guesses = skeleton.skeleton(skeleton.Goal(target, halfwidth, prior_mtd), levels, model)
    assert pytest.approx(target) == guesses[prior_mtd - 1]
    for lower, upper in pairwise(guesses):
        one = Crm((lower, upper), model)
        edge = reaches(one, 0, target - halfwidth)
        assert pytest.approx(target + halfwidth) == rates(one, edge)[1]


def test_adaptive_weights_by_hand() -> None:
    """DLTs on day 10 and 40 of 60: thirds of the weight by day 10, 40 and 60."""
    times = (40.0, 10.0)
    assert pytest.approx(1 / 6) == tite_crm.adaptive(5, 60, times)
    assert pytest.approx(1 / 2) == tite_crm.adaptive(25, 60, times)
    assert pytest.approx(5 / 6) == tite_crm.adaptive(50, 60, times)
    assert 1 == tite_crm.adaptive(90, 60, times)
    assert tite_crm.linear(15, 60) == tite_crm.adaptive(15, 60, ()) == 0.25


def test_full_weights_are_complete_patients() -> None:
    rest = ((0, 0),) * 3
    complete = tite_crm.weigh(5, ((0, False, 1.0), (1, True, 0.2), (1, False, 1.0)))
    assert Data(((1, 0), (2, 1), *rest)) == complete
    model = Crm(GUESSES)
    waiting = crm.fit(model, Data(((0, 0), (1, 1), *rest), ((0, 1.0), (1, 1.0))))
    assert pytest.approx(waiting.mean, abs=1e-12) == crm.fit(model, complete).mean


@pytest.mark.parametrize("kind", Model)
@pytest.mark.parametrize("a", [-200.0, -40.0, 0.0, 2.0])
def test_a_window_that_has_passed_counts_as_one_that_is_complete(kind: Model, a: float) -> None:
    """Also where the rate is so close to 1 that the two cannot be told apart."""
    model, nobody = Crm(GUESSES, kind), (0, 0)
    passed = Data((nobody,) * 5, ((1, 1.0),))
    complete = Data((nobody, (1, 0), nobody, nobody, nobody))
    assert log_likelihood(model, complete)(a) == log_likelihood(model, passed)(a)
    nearly = log_likelihood(model, Data((nobody,) * 5, ((1, 1 - 1e-9),)))(a)
    assert nearly >= log_likelihood(model, passed)(a)
