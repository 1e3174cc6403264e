"""Laws of simulation: what is drawn lies as near to the exact chances as chance has it, and a seed fixes it."""

from fractions import Fraction
from functools import cache
from math import sqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation.characteristics import Characteristics
from protocol_dsl.escalation.draw import Course
from protocol_dsl.escalation.simulate import Drawn, NotOneRate, Simulator, rates
from tests.escalation_plans import levels, plan
from tests.laws.test_characteristics import FILES, few
from tests.laws.test_escalation import Trial, trials

RATES = st.lists(st.fractions(0, 1, max_denominator=20), min_size=4, max_size=4).map(tuple)
SEEDS = st.integers(0, 2**63)
DRAWN = 4000
SIGMAS = 5


@cache
def small(name: str) -> Simulator:
    """A shipped design over as few levels as it can have."""
    return Simulator(*few(name))


def told(simulator: Simulator, chances: tuple[Fraction, ...], seed: int) -> tuple[Characteristics[float], Drawn]:
    """What is exact, and what was drawn."""
    truth = chances[: len(simulator.ladder.names)]
    own = tuple(truth[::-1] for _ in simulator.plan.extra)
    ends = simulator.endings_under(own)
    assert ends is not None
    return ends.under(truth), simulator.drawn(truth, DRAWN, seed, own)


def far(exact: Characteristics[float], found: Characteristics[float]) -> list[tuple[float, float]]:
    """Chances that differ by more than five standard deviations, or where those are tiny, by more than ten trials."""
    pairs = [
        *zip((*exact.selected, exact.undecided), (*found.selected, found.undecided), strict=True),
        *((chance, dict(found.patients).get(number, 0.0)) for number, chance in exact.patients),
    ]
    return [
        (p, share)
        for p, share in pairs
        if abs(p - share) > SIGMAS * sqrt(max(p * (1 - p), 0) / DRAWN) + 2 * SIGMAS / DRAWN
    ]


@settings(deadline=None, max_examples=60)
@given(trials(), RATES, SEEDS)
def test_frequencies_of_random_tables_are_near_the_chances(
    trial: Trial, chances: tuple[Fraction, ...], seed: int
) -> None:
    simulator = Simulator(trial.plan, trial.ladder)
    assume(simulator.endings is not None)
    exact, drawn = told(simulator, chances, seed)
    assert far(exact, drawn.found) == []


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=5)
@given(RATES, SEEDS)
def test_frequencies_of_every_design_are_near_the_chances(name: str, chances: tuple[Fraction, ...], seed: int) -> None:
    exact, drawn = told(small(name), chances, seed)
    assert far(exact, drawn.found) == []
    assert set(dict(drawn.found.patients)) <= set(dict(exact.patients))


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=5)
@given(RATES, SEEDS)
def test_means_are_within_their_errors(name: str, chances: tuple[Fraction, ...], seed: int) -> None:
    exact, drawn = told(small(name), chances, seed)
    found, error = drawn.found, drawn.error
    for expected, mean, one in (
        *zip(exact.treated, found.treated, error.treated, strict=True),
        *zip(exact.dlts, found.dlts, error.dlts, strict=True),
    ):
        assert abs(expected - mean) <= SIGMAS * one + 60 * SIGMAS / DRAWN


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from(("accelerated_titration", "boin", "i3plus3", "three_plus_three_korn6")),
    RATES,
    SEEDS,
    st.integers(1, 3000),
)
def test_a_seed_fixes_the_trials_however_the_states_were_come_by(
    name: str, chances: tuple[Fraction, ...], seed: int, number: int
) -> None:
    """States reached one by one as trials need them, and states explored beforehand, give the same trials."""
    explored = small(name).course
    truth = chances[: len(explored.design.names)]
    course, own = Course(explored.design), tuple(truth[::-1] for _ in explored.design.plan.extra)
    course.ends(tuple(Fraction(1, 2) for _ in truth), 50, 0, own)  # some states are there already, in another order
    one, other = (
        {which.states[state]: count for state, count in which.ends(truth, number, seed, own).items()}
        for which in (explored, course)
    )
    assert one == other
    assert sum(one.values()) == number


def test_a_trial_without_an_end_is_given_up_and_not_decided() -> None:
    """A table that stays for ever while nobody has a DLT."""
    endless = plan("""
        cohort of 1
        | treated   | with_dlt  | then                   |
        | 1 or more | 0         | stay                   |
        | 1 or more | 1 or more | stop                   |
        mtd is highest level with 1 treated and at most 0 dlts
    """)
    simulator = Simulator(endless, levels(1))
    assert simulator.endings is None
    drawn = simulator.drawn((Fraction(0),), 3, 1)
    assert drawn.found.undecided == 1
    assert drawn.found.selected == (0, 0)


def test_rates_are_read_as_they_are_written() -> None:
    names = ("1", "2", "3")
    assert (Fraction(1, 10), Fraction(1, 5), Fraction(1, 3)) == rates((0.1, "0.20", Fraction(1, 3)), names)


@pytest.mark.parametrize(
    ("given", "message", "at"),
    [
        (("0.1", "0.2"), "there are 3 levels (1, 2, 3), and 2 rates", None),
        (("0.1", "1.2", "0.3"), "1.2 lies outside 0 to 1", 1),
        (("0.1", "0.2", "-0.3"), "-0.3 lies outside 0 to 1", 2),
        (("x", "0.2", "0.3"), "`x` is no number", 0),
        (("nan", "0.2", "0.3"), "`nan` is no number", 0),
        (("0.1", "0.2", "inf"), "`inf` is no number", 2),
        (("0.1", "1e-900000000", "0.3"), "`1e-900000000` has more digits than 40", 1),
    ],
)
def test_rates_that_do_not_fit(given: tuple[str, ...], message: str, at: int | None) -> None:
    with pytest.raises(NotOneRate) as found:
        rates(given, ("1", "2", "3"))
    assert (message, at) == (str(found.value), found.value.at)
