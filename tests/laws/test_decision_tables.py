"""Decision tables and paths of random sound tables, held against the machine they come from."""

from fractions import Fraction
from math import comb

from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.escalation.automaton import explore
from protocol_dsl.escalation.decision_table import DecisionTable, decision_table
from protocol_dsl.escalation.design import Stop
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.paths import Pathways, each, pathways, together
from protocol_dsl.escalation.table import TableDesign
from tests.law import law
from tests.laws.test_escalation import Trial, trials


def ahead(trial: Trial, cohorts: int | None) -> Pathways:
    found = pathways(trial.plan, trial.ladder, History(), cohorts)
    assert isinstance(found, Pathways)
    return found


@law(trials(), times=30, at_length=1000)
def test_the_table_says_what_the_machine_does_in_every_state(trial: Trial) -> None:
    found = decision_table(trial.plan, trial.ladder)
    assert isinstance(found, DecisionTable)
    automaton = explore(TableDesign(trial.plan, trial.ladder))
    for state, move in zip(automaton.states, automaton.moves, strict=True):
        view = automaton.design.look(state)
        if view is None:
            continue
        top = "top" if view.above is None else "not top"
        lowest = "lowest" if view.rung == view.lowest else "not lowest"
        name = trial.ladder.names[view.rung]
        places = {"any", top, lowest, name, f"{name}, {top}"}
        said = {
            one.move
            for one in found.entries
            if (one.treated, one.with_dlt) == (view.tally.treated, view.tally.with_dlt) and one.level in places
        }
        assert said == {move.reason.action}


@given(trials(), st.integers(1, 4))
def test_paths_are_as_many_as_counted_and_their_chances_sum_to_one(trial: Trial, cohorts: int) -> None:
    found = ahead(trial, cohorts)
    assert found.root is not None
    total, number = Fraction(0), 0
    for path in each(found.root):
        chance = Fraction(1)
        for at, one in enumerate(path.seen):
            rate = Fraction(1, 3 + at)
            chance *= comb(one.patients, one.dlts) * rate**one.dlts * (1 - rate) ** (one.patients - one.dlts)
        total, number = total + chance, number + 1
    assert total == 1
    assert number == found.count


@given(trials())
def test_a_shorter_look_is_the_beginning_of_a_longer_one(trial: Trial) -> None:
    short, longer = ahead(trial, 1), ahead(trial, 2)
    assert short.root is not None
    assert longer.root is not None
    first = [(branch.seen, branch.then.move) for branch in short.root.branches]
    assert first == [(branch.seen, branch.then.move) for branch in longer.root.branches]


@given(trials())
def test_nothing_is_lost_where_branches_stand_together(trial: Trial) -> None:
    found = ahead(trial, 2)
    assert found.root is not None
    waiting = [found.root]
    while waiting:
        fork = waiting.pop()
        groups = together(fork)
        assert [branch for branches, _ in groups for branch in branches] == list(fork.branches)
        assert all(branch.then == then for branches, then in groups for branch in branches)
        waiting += [then for _, then in groups]


@given(trials())
def test_a_path_that_has_not_been_cut_short_ends_with_a_stop_or_a_wait(trial: Trial) -> None:
    found = ahead(trial, 3)
    assert found.root is not None
    for path in each(found.root):
        assert len(path.seen) == 3 or not path.end.branches
        assert not isinstance(path.end.move, Stop) or path.end.move.closed <= len(found.names)
