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
from protocol_dsl.escalation.characteristics import Characteristics, endings
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.table import TableDesign
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.pipeline import load_text
from tests.escalation_plans import DESIGNS
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
    if plan.extra:
        pytest.skip("DLT rates do not say how a design behaves that counts more than DLTs")
    names = ladder.names[:2]
    return plan, evolve(ladder, levels=ladder.levels[: 2 if ladder.start in names and plan.family != "crm" else 3])


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
    found, pushed = endings(automaton), characteristics(automaton, truth)
    assert pushed == found.exactly(truth)
    assert close(pushed, found.under(truth))


@pytest.mark.parametrize("name", FILES)
@settings(deadline=None, max_examples=5)
@given(RATES)
def test_chances_are_one_in_all_and_means_agree(name: str, rates: tuple[Fraction, ...]) -> None:
    truth = rates[: len(small(name).design.names)]
    found = endings(small(name)).exactly(truth)
    assert sum(found.selected) + found.undecided == 1
    assert sum(chance for _, chance in found.patients) == 1
    assert found.mean_patients == sum(number * chance for number, chance in found.patients)
    assert found.dlts == tuple(rate * mean for rate, mean in zip(truth, found.treated, strict=True))


@pytest.mark.parametrize("name", FILES)
def test_where_nobody_has_a_dlt_one_course_is_sure(name: str) -> None:
    found = endings(small(name)).under(tuple(Fraction(0) for _ in small(name).design.names))
    assert sorted({*found.selected, found.undecided}) in ([0.0, 1.0], [1.0])
    assert found.mean_dlts == 0


def test_what_was_not_explored_to_its_end_is_not_pushed_through() -> None:
    part = explore(machine(*few("three_plus_three_korn6"), remember=True), most=10)
    with pytest.raises(ValueError, match="completely explored"):
        endings(part)
