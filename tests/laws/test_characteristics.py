"""Laws of exact operating characteristics, over random tables and every shipped design."""

from fractions import Fraction
from functools import cache

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocol_dsl.base.source import Source
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.escalation.automaton import Automaton, explore
from protocol_dsl.escalation.characteristics import Characteristics, Own, endings
from protocol_dsl.escalation.design import Design
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.simulate import NotOneRate, Simulator
from protocol_dsl.escalation.table import TableDesign
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import DESIGNS, climbed, shipped
from tests.laws.test_escalation import Trial, trials
from tests.pushed import characteristics

FILES = tuple(sorted(path.stem for path in DESIGNS.glob("*.protocol")))
RATES = st.lists(st.fractions(0, 1, max_denominator=20), min_size=4, max_size=4).map(tuple)


@cache
def small(name: str) -> Automaton[object]:
    """A shipped design over as few levels as it can have."""
    return explore(machine(*few(name), remember=True))


def few(name: str) -> tuple[EscalationPlan, Ladder]:
    """A shipped design over as few levels as it can have: it names the first one given, and a CRM another one.

    Its examples and properties are not run, which other tests do.
    """
    text = (DESIGNS / f"{name}.protocol").read_text("utf-8")
    protocol = load_text(Source(name, text), without=RUN).protocol
    assert protocol is not None
    plan, ladder = protocol.escalation, protocol.ladder
    assert plan is not None
    assert ladder is not None
    names = ladder.names[:2]
    if ladder.apart:  # the lowest that stands apart, where the trial starts, and one more
        first = ladder.names.index(ladder.start)
        return plan, evolve(ladder, levels=(ladder.levels[0], *ladder.levels[first : first + 2]), apart=((names[0],),))
    return plan, evolve(ladder, levels=ladder.levels[: 2 if ladder.start in names and plan.family != "crm" else 3])


def counted(design: Design[object], rates: tuple[Fraction, ...]) -> Own:
    """Rates of the protocol's own counts, where it has any."""
    return tuple(rates[: len(design.names)][::-1] for _ in design.plan.extra)


def close(one: Characteristics[Fraction], other: Characteristics[float]) -> bool:
    pairs = [
        *zip((*one.selected, one.undecided), (*other.selected, other.undecided), strict=True),
        *zip((*one.treated, *one.dlts), (*other.treated, *other.dlts), strict=True),
        *((a, b) for (_, a), (_, b) in zip(one.patients, other.patients, strict=True)),
    ]
    return all(abs(float(a) - b) <= 1e-13 for a, b in pairs)


@settings(deadline=None)
@given(trials(), RATES)
def test_a_sum_over_endings_is_what_is_pushed_through_the_states(trial: Trial, rates: tuple[Fraction, ...]) -> None:
    """Also where the machine that is pushed through forgets what it no longer needs."""
    truth = rates[: len(trial.ladder.names)]
    small, whole = (explore(TableDesign(trial.plan, trial.ladder, remember=keep)) for keep in (False, True))
    assume(small.complete and whole.complete)
    found = endings(whole)
    pushed = characteristics(small, truth)
    assert pushed == found.exactly(truth)
    assert close(pushed, found.under(truth))


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=5)
@given(RATES)
def test_of_every_design(name: str, rates: tuple[Fraction, ...]) -> None:
    automaton = small(name)
    truth = rates[: len(automaton.design.names)]
    assert automaton.complete
    own = counted(automaton.design, rates)
    found, pushed = endings(automaton, own), characteristics(automaton, truth, own)
    assert pushed == found.exactly(truth)
    assert close(pushed, found.under(truth))


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=5)
@given(RATES)
def test_chances_are_one_in_all_and_means_agree(name: str, rates: tuple[Fraction, ...]) -> None:
    truth = rates[: len(small(name).design.names)]
    found = endings(small(name), counted(small(name).design, rates)).exactly(truth)
    assert sum(found.selected) + found.undecided == 1
    assert sum(chance for _, chance in found.patients) == 1
    assert found.mean_patients == sum(number * chance for number, chance in found.patients)
    assert found.dlts == tuple(rate * mean for rate, mean in zip(truth, found.treated, strict=True))


@pytest.mark.parametrize("name", FILES)
def test_where_nobody_has_a_dlt_one_course_is_sure(name: str) -> None:
    never = tuple(Fraction(0) for _ in small(name).design.names)
    found = endings(small(name), counted(small(name).design, never)).under(never)
    assert sorted({*found.selected, found.undecided}) in ([0.0, 1.0], [1.0])
    assert found.mean_dlts == 0


@pytest.mark.parametrize(("grade_2", "expected"), [(0, (1, 1, 1, 1)), (1, (1, 3, 3, 3))])
def test_a_count_of_its_own_ends_the_single_patients(grade_2: int, expected: tuple[int, ...]) -> None:
    """With grade 2 in everybody the second patient ends them, and the level then reached is filled to three."""
    simulator = Simulator(shipped("accelerated_titration"), climbed("accelerated_titration", 5))
    rates = simulator.own({"grade_2": [grade_2] * 5})
    assert expected == simulator.scenario((Fraction(0),) * 5, own=rates, fractions=True).found.treated[:4]


def test_rates_of_counts_are_given_for_each_of_them_and_no_other() -> None:
    simulator = Simulator(shipped("accelerated_titration"), climbed("accelerated_titration", 5))
    with pytest.raises(ValueError, match="besides DLTs the design counts `grade_2`"):
        simulator.scenario((Fraction(0),) * 5)
    with pytest.raises(NotOneRate, match="how often that happens is not said"):
        simulator.own({})
    with pytest.raises(NotOneRate, match="the design counts no `grade_3`"):
        simulator.own({"grade_2": [0] * 5, "grade_3": [0] * 5})


def test_what_was_not_explored_to_its_end_is_not_pushed_through() -> None:
    part = explore(machine(*few("three_plus_three_korn6"), remember=True), most=10)
    with pytest.raises(ValueError, match="completely explored"):
        endings(part)
