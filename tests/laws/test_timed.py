"""Laws of trials in time: where time does not matter they are as the exact chances have it, and time is not cheated."""

import math
from collections import defaultdict
from fractions import Fraction
from functools import cache
from math import sqrt

import numpy as np
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol_dsl.escalation import elementary
from protocol_dsl.escalation.abreast import Ended, run
from protocol_dsl.escalation.accrual import Accrual, Arrivals, DltTimes, Spacing, Waiting
from protocol_dsl.escalation.design import Awaits, Design, Settled, Stop, Treated, Wait
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.simulate import Simulator
from protocol_dsl.escalation.stream import begin
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.escalation.timed import Timed, drawn
from protocol_dsl.escalation.timeline import Timeline
from protocol_dsl.model.escalation import EscalationPlan, Ladder, Stagger
from protocol_dsl.model.timing import Timing
from tests.escalation_plans import climbed, read, shipped
from tests.laws.test_characteristics import FILES as ALL
from tests.laws.test_characteristics import few
from tests.trial_in_time import Trial, streams

WINDOW = 28.0
CROWD = Accrual(1e-9, WINDOW, Arrivals.FIXED, Waiting.QUEUE)
"""Somebody always stands at the door: a cohort is full before anything is known of it."""
DESERT = Accrual(WINDOW, WINDOW, Arrivals.FIXED)
"""Everyone is followed to the end before the next comes."""
TRIALS, SIGMAS = 1500, 5
TRUTH = tuple(map(Fraction, ("0.15", "0.3", "0.45", "0.6")))
FILES = tuple(name for name in ALL if not shipped(name).extra)
"""A count of the protocol's own is not seen at a time of its own, so that such designs are not drawn in time."""
BY_COHORT = tuple(name for name in FILES if shipped(name).family == "table" and not shipped(name).counts_pending)
"""Others decide by who is pending, or may know enough before a cohort is full."""
SEEDS = st.integers(0, 2**63)


def whole(name: str) -> tuple[EscalationPlan, Ladder]:
    """A shipped design over all its levels."""
    protocol = read(name)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    return protocol.escalation, climbed(name, 5)


def small(name: str) -> tuple[EscalationPlan, Ladder]:
    """A shipped design over few levels and with few patients."""
    plan, ladder = few(name)
    if name == "tite_crm":  # it stops as too toxic while a patient is pending, where a CRM waits for the outcome
        plan = evolve(plan, settings=tuple(one for one in plan.settings if one.key != "safe"))
    return plan if plan.patients is None else evolve(plan, patients=min(plan.patients, 12)), ladder


def near(found: Timed, chances: dict[int, float]) -> bool:
    shares = (*found.found.selected, found.found.undecided)
    return all(
        abs(share - chances[outcome])
        <= SIGMAS * sqrt(max(chances[outcome] * (1 - chances[outcome]), 0) / TRIALS) + 1e-9
        for outcome, share in enumerate(shares)
    )


@pytest.mark.parametrize("name", BY_COHORT)
def test_with_somebody_always_at_the_door_trials_are_those_of_whole_cohorts(name: str) -> None:
    """A move upon pending patients is one to which all their outcomes lead: only the calendar is another."""
    plan, ladder = few(name)
    simulator = Simulator(plan, ladder)
    truth = TRUTH[: len(ladder.names)]
    assert simulator.endings is not None
    exact = simulator.endings.under(truth)
    found = drawn(Timeline(machine(plan, ladder, remember=True)), truth, CROWD, TRIALS, 1)
    assert near(found, dict(enumerate((*exact.selected, exact.undecided))))
    for mean, error, expected in zip(found.found.treated, found.error.treated, exact.treated, strict=True):
        assert abs(mean - expected) <= SIGMAS * error + 1e-9
    assert {size for size, _ in found.found.patients} <= {size for size, _ in exact.patients}


def one_by_one(design: Design[object], rates: tuple[float, ...]) -> tuple[dict[int, float], list[float]]:
    """The chances of each outcome, and the patients at each level, where the next comes once the last has settled."""
    outcomes: dict[int, float] = defaultdict(float)
    treated = [0.0] * len(rates)
    now = {design.start: 1.0}
    while now:
        after: dict[object, float] = defaultdict(float)
        for state, chance in now.items():
            move = design.move(state)
            if isinstance(move, Stop):
                outcomes[len(rates) if move.rung is None else move.rung] += chance
            elif isinstance(move, Wait):
                assert move.awaits is Awaits.REVIEW or not any(tally.pending for tally in design.tallies(state))
                outcomes[len(rates) + 1] += chance
            else:
                treated[move.rung] += chance
                pending = design.step(state, Treated(move.rung, Tally(pending=1)))
                rate = rates[move.rung]
                after[design.step(pending, Settled(move.rung, dlt=True))] += chance * rate
                after[design.step(pending, Settled(move.rung, dlt=False))] += chance * (1 - rate)
        now = {state: chance for state, chance in after.items() if chance}
    return outcomes, treated


@pytest.mark.parametrize("name", FILES)
def test_with_everyone_followed_before_the_next_trials_are_as_exact_recursion_has_them(name: str) -> None:
    """Every design, whatever it does with pending patients."""
    plan, ladder = small(name)
    design = machine(plan, ladder, remember=True)
    truth = TRUTH[: len(ladder.names)]
    outcomes, treated = one_by_one(design, tuple(map(float, truth)))
    found = drawn(Timeline(design), truth, DESERT, TRIALS, 2)
    assert near(found, defaultdict(float, outcomes))
    for mean, error, expected in zip(found.found.treated, found.error.treated, treated, strict=True):
        assert abs(mean - expected) <= SIGMAS * error + 1e-9
    assert found.calendar.turned_away.mean == 0 == found.calendar.not_evaluable.mean


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("rolling_six")])
def test_rolling_six_one_after_the_other_is_what_is_exact(name: str) -> None:
    """Its cohorts are of one patient, so that whole cohorts are patients one after the other."""
    plan, ladder = few(name)
    simulator = Simulator(plan, ladder)
    truth = TRUTH[: len(ladder.names)]
    assert simulator.endings is not None
    exact = simulator.endings.under(truth)
    found = simulator.in_time(truth, DESERT, trials=TRIALS, seed=3)
    assert found.exact == exact
    assert found.drawn is not None
    assert found.drawn.calendar is not None
    for share, chance in zip(found.drawn.found.selected, exact.selected, strict=True):
        assert abs(share - chance) <= SIGMAS * sqrt(chance * (1 - chance) / TRIALS) + 1e-9


accruals = st.builds(
    Accrual,
    st.sampled_from((1.0, 7.0, 10.0, 40.0)),
    st.sampled_from((14.0, 28.0)),
    st.sampled_from(Arrivals),
    st.sampled_from(Waiting),
    st.sampled_from(DltTimes),
    st.sampled_from((0.2, 0.5, 0.9)),
    st.sampled_from((0.0, 0.1, 0.5)),
)
DIFFERENT = ("boin", "rolling_six", "rolling_six_strict", "three_plus_three_korn6", "tite_boin", "up_and_down_3_0_2")
RATES = st.lists(st.fractions(0, 1, max_denominator=20), min_size=5, max_size=5).map(tuple)


@cache
def line(name: str) -> Timeline:
    plan, ladder = whole(name)
    return Timeline(machine(plan, ladder, remember=True), Spacing(plan.stagger))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(DIFFERENT), RATES, accruals, SEEDS)
def test_caps_time_and_chances_hold_whatever_the_accrual(
    name: str, truth: tuple[Fraction, ...], accrual: Accrual, seed: int
) -> None:
    found = drawn(line(name), truth, accrual, 6, seed)
    plan = line(name).design.plan
    most = plan.patients or (plan.cap or 0) * len(truth)
    assert max(size for size, _ in found.found.patients) <= most
    assert abs(sum(found.found.selected) + found.found.undecided - 1) < 1e-12
    assert sum(size * share for size, share in found.found.patients) == pytest.approx(found.found.mean_patients)
    assert all(dlts <= treated for dlts, treated in zip(found.found.dlts, found.found.treated, strict=True))
    calendar = found.calendar
    assert 0 <= calendar.closed.mean <= calendar.duration.mean + 1e-9
    assert (0 == calendar.turned_away.mean) or accrual.waiting is Waiting.TURNED_AWAY
    assert (0 == calendar.not_evaluable.mean) or accrual.not_evaluable > 0
    assert list(calendar.duration.quantiles) == sorted(calendar.duration.quantiles)


spacings = st.sampled_from((Spacing(), Spacing(Stagger(2, 14)), Spacing(Stagger(3, 3), Timing(1, 21, 2, 30))))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from((*DIFFERENT, "tite_crm", "crm")), RATES, accruals, spacings, SEEDS)
def test_trials_side_by_side_are_each_what_it_is_by_itself(
    name: str, truth: tuple[Fraction, ...], accrual: Accrual, spacing: Spacing, seed: int
) -> None:
    """To the last digit: one trial is said plainly in `trial_in_time`, from the same numbers."""
    design, rates, trials = line(name).design, tuple(map(float, truth)), 5
    found = run(Timeline(design, spacing), rates, accrual, begin(seed, trials))
    for number, stream in enumerate(streams(seed, trials)):
        alone = Trial(design, spacing, rates, accrual, stream)
        assert alone.run() == found.outcome[number]
        assert ended(alone) == row(found, number)


def ended(one: Trial) -> tuple[object, ...]:
    return (
        [len(each) - each.count(None) for each in one.outcomes],
        [each.count(True) for each in one.outcomes],
        sum(each.count(None) for each in one.outcomes),
        one.now,
        one.closed,
        one.turned_away,
    )


def row(found: Ended, number: int) -> tuple[object, ...]:
    times = (found.replaced, found.duration, found.closed, found.turned_away)
    return (found.treated[number].tolist(), found.dlts[number].tolist(), *(one[number] for one in times))


@settings(deadline=None, max_examples=10)
@given(st.sampled_from(("rolling_six", "three_plus_three_korn6", "tite_boin")), accruals, SEEDS)
def test_a_seed_fixes_the_trials_whatever_was_drawn_before(name: str, accrual: Accrual, seed: int) -> None:
    """To the last digit, from a machine that knows many states and from one that knows none."""
    plan, ladder = whole(name)
    truth = (*TRUTH, Fraction(7, 10))
    fresh = drawn(Timeline(machine(plan, ladder, remember=True)), truth, accrual, 5, seed)
    drawn(line(name), truth, accrual, 3, seed // 2)
    assert fresh == drawn(line(name), truth, accrual, 5, seed)
    assert fresh == drawn(line(name), truth, accrual, 5, seed)


@pytest.mark.parametrize("name", ["three_plus_three_korn6", "boin", "crm"])
@settings(deadline=None, max_examples=10)
@given(SEEDS)
def test_cohorts_that_follow_each_other_take_a_window_each(name: str, seed: int) -> None:
    """Without DLTs each cohort must be followed to its end, but for what is certain before."""
    found = drawn(line(name), (Fraction(0),) * 5, CROWD, 2, seed)
    plan, cohorts = line(name).design.plan, found.found.mean_patients / line(name).design.plan.cohort
    assert cohorts == int(cohorts)
    needed = cohorts if plan.family == "table" else 5  # once at the top a computed design need not look
    assert found.calendar.duration.mean >= WINDOW * (needed - 1)
    assert found.calendar.closed.mean == pytest.approx(found.calendar.duration.mean, abs=1e-6)


@cache
def without_pending(name: str) -> tuple[Timeline, Timeline]:
    """A design that goes by follow-up, and the one it is when nobody is pending."""
    plan, ladder = small(name)
    settled = evolve(plan, family=name.removeprefix("tite_"))
    return Timeline(machine(plan, ladder)), Timeline(machine(settled, ladder))


@pytest.mark.parametrize("name", ["tite_boin", "tite_crm"])
@settings(deadline=None, max_examples=3)
@given(RATES, SEEDS)
def test_with_nobody_pending_time_to_event_is_the_design_without(
    name: str, truth: tuple[Fraction, ...], seed: int
) -> None:
    """The very same trials, though one is open while the other waits in vain for somebody to come."""
    tite, settled = without_pending(name)
    truth = truth[: len(tite.design.names)]
    one, other = drawn(tite, truth, DESERT, 5, seed), drawn(settled, truth, DESERT, 5, seed)
    assert (one.found, one.error) == (other.found, other.error)
    assert one.calendar.closed.mean <= other.calendar.closed.mean


def test_time_to_event_is_quicker_than_waiting() -> None:
    tite, settled = without_pending("tite_boin")
    truth, accrual = TRUTH[: len(tite.design.names)], Accrual(7, WINDOW)
    quick, slow = (drawn(each, truth, accrual, 200, 1).calendar for each in (tite, settled))
    assert quick.duration.mean + 5 * (quick.duration.error + slow.duration.error) < slow.duration.mean
    assert quick.turned_away.mean < slow.turned_away.mean


# --- the calendar -----------------------------------------------------------------------------------------------------


def spaced(spacing: Spacing, patients: int) -> list[float]:
    """The days on which patients who always stand at the door may be treated at the lowest level, and then above."""
    last, given, days = np.zeros((1, 2)), np.zeros((1, 2), dtype=np.int64), []
    for rung in [*[0] * patients, 1]:
        (day,) = spacing.opens(last, given, np.array([rung])).tolist()
        last[0, rung], given[0, rung] = day, given[0, rung] + 1
        days.append(day)
    return days


def test_first_patients_stay_apart() -> None:
    assert [0, 14, 14, 14, 0] == spaced(Spacing(Stagger(2, 14)), 4)
    timing = Timing(sentinels=1, after_sentinels=21, between_patients=2, between_levels=30)
    assert [0, 21, 23, 53] == spaced(Spacing(None, timing), 3)
    assert [0, 21, 35, 65] == spaced(Spacing(Stagger(3, 14), timing), 3)


def test_a_staggered_cohort_takes_the_days_between() -> None:
    """The third of a cohort begins 28 days after the first; but at the top the second tells that three more follow."""
    plan, ladder = whole("three_plus_three_korn6")
    apart = Timeline(machine(plan, ladder), Spacing(Stagger(3, 14)))
    never = drawn(apart, (Fraction(0),) * 5, CROWD, 1, 1).calendar.duration.mean
    levels = len(ladder.names)
    assert levels == 5
    together = drawn(Timeline(machine(plan, ladder)), (Fraction(0),) * 5, CROWD, 1, 1).calendar.duration.mean
    assert together == pytest.approx((levels + 1) * WINDOW, abs=1e-6)
    assert never == pytest.approx(together + levels * 28 - 14, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 1, exclude_max=True), st.floats(0.001, 1), st.floats(0.05, 0.95))
def test_dlts_fall_into_the_window_by_the_law_asked_for(u: float, rate: float, late: float) -> None:
    accrual = Accrual(10, WINDOW, dlt_times=DltTimes.WEIBULL, late=late)
    half, all_of_it, middle = accrual.until_dlt(np.array([u / 2, u, 1 - late]), rate)
    assert 0 <= half <= all_of_it <= WINDOW * (1 + 1e-12)
    assert middle == pytest.approx(WINDOW / 2)


@settings(deadline=None, max_examples=50)
@given(st.floats(1e-300, 1), st.floats(-700, 0))
def test_logarithm_and_exponential_are_those_of_the_library(x: float, power: float) -> None:
    assert float(elementary.log(x)) == pytest.approx(math.log(x), rel=2e-15, abs=1e-300)
    assert float(elementary.log1p(-x / 2)) == pytest.approx(math.log1p(-x / 2), rel=2e-15)
    assert float(elementary.exp(power)) == pytest.approx(math.exp(power), rel=2e-15)


def test_patients_are_turned_away_as_often_as_they_come_in_vain() -> None:
    """What is closed has patients at the rate at which they come: Wald's identity, to five standard errors."""
    found = drawn(line("three_plus_three_korn6"), (*TRUTH, Fraction(7, 10)), Accrual(5, WINDOW), TRIALS, 4).calendar
    assert abs(found.turned_away.mean - found.closed.mean / 5) <= 5 * (found.turned_away.error + found.closed.error / 5)


def test_whoever_is_not_evaluable_is_replaced() -> None:
    """Of the patients who came to anything so many are replaced, each anew with that chance.

    The last is not waited for where no outcome would change the end, so that a quarter of the trials has 29.
    """
    accrual = evolve(DESERT, not_evaluable=0.25)
    found = drawn(line("boin"), (Fraction(0),) * 5, accrual, 400, 5)
    chances = dict(found.found.patients)
    assert set(chances) == {29, 30}
    assert abs(chances[29] - 0.25) <= 5 * sqrt(0.25 * 0.75 / 400)
    replaced = found.calendar.not_evaluable
    assert abs(replaced.mean - 30 * 0.25 / 0.75) <= 5 * replaced.error


def test_a_trial_of_rolling_six_is_shorter_than_of_three_and_three() -> None:
    """Skolnik (2008): 294 and 350 days on average, DLTs 3.3 and 3.2, a patient in 10 days; the rates are not told."""
    truth, accrual = tuple(map(Fraction, ("0.05", "0.12", "0.25", "0.4", "0.55"))), Accrual(10, WINDOW)
    names = ("rolling_six", "three_plus_three_korn6")
    rolling, three = (drawn(line(name), truth, accrual, TRIALS, 6).calendar for name in names)
    error = sqrt(rolling.duration.error**2 + three.duration.error**2)
    assert three.duration.mean - rolling.duration.mean > SIGMAS * error
    assert 294 / 350 == pytest.approx(rolling.duration.mean / three.duration.mean, abs=0.06)
    assert 3.3 - 3.2 == pytest.approx(rolling.dlts.mean - three.dlts.mean, abs=0.3)
