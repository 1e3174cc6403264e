"""One suite for every design: its table, its paths and their pictures agree with its machine."""

from fractions import Fraction
from math import comb

import pytest

from protocol_dsl.escalation.decision_table import DecisionTable, NoTable, decision_table
from protocol_dsl.escalation.design import Stop, Treat
from protocol_dsl.escalation.designs import family
from protocol_dsl.escalation.history import History
from protocol_dsl.escalation.paths import Pathways, each, pathways
from protocol_dsl.figures.decision_grid import decision_grid
from protocol_dsl.figures.svg import TooLarge
from protocol_dsl.figures.transitions import transitions
from tests.escalation_plans import DESIGNS, climbed, shipped

FILES = tuple(sorted(path.stem for path in DESIGNS.glob("*.protocol")))
LEVELS = 3


def ahead(name: str, cohorts: int = 2) -> Pathways:
    found = pathways(shipped(name), climbed(name, LEVELS), History(), cohorts)
    assert isinstance(found, Pathways)
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_local_design_has_a_table_and_no_other_has(name: str) -> None:
    found = decision_table(shipped(name), climbed(name, LEVELS))
    computed = family(shipped(name).family)
    assert isinstance(found, NoTable) == (computed is not None and not computed.local)


@pytest.mark.parametrize("name", FILES)
def test_each_count_has_one_move_at_each_place(name: str) -> None:
    found = decision_table(shipped(name), climbed(name, LEVELS))
    if isinstance(found, NoTable):
        return
    places = [(one.treated, one.with_dlt, one.pending, one.extra, one.level) for one in found.entries]
    assert found.entries
    assert len(set(places)) == len(places)
    assert all(one.with_dlt + one.pending <= one.treated for one in found.entries)


@pytest.mark.parametrize("name", FILES)
def test_more_dlts_among_as_many_never_lead_up_where_fewer_did_not(name: str) -> None:
    found = decision_table(shipped(name), climbed(name, LEVELS))
    if isinstance(found, NoTable) or found.extra:
        return
    for one in found.entries:
        for other in found.entries:
            same = (one.treated, one.pending, one.level) == (other.treated, other.pending, other.level)
            if same and one.with_dlt < other.with_dlt:
                assert "escalate" not in other.move.split(" and ") or "escalate" in one.move.split(" and ")


@pytest.mark.parametrize("name", FILES)
def test_the_chances_of_all_paths_sum_to_one(name: str) -> None:
    """Counts of a protocol's own split an outcome; then the first of each number of DLTs stands for all."""
    found = ahead(name)
    assert found.root is not None
    rates = [Fraction(1, 10), Fraction(1, 4), Fraction(2, 5)]
    total = Fraction(0)
    for path in each(found.root):
        chance = Fraction(1)
        for one in path.seen:
            mixes = (one.patients + 1) ** len(one.extra)
            rate = rates[one.rung]
            ways = Fraction(comb(one.patients, one.dlts), mixes)
            chance *= ways * rate**one.dlts * (1 - rate) ** (one.patients - one.dlts)
        total += chance
    assert total == 1


@pytest.mark.parametrize("name", FILES)
def test_what_has_been_counted_at_the_end_of_a_path_is_what_was_seen(name: str) -> None:
    found = ahead(name)
    assert found.root is not None
    for path in each(found.root):
        for rung, tally in enumerate(path.end.tallies):
            seen = [one for one in path.seen if one.rung == rung]
            assert tally.treated == sum(one.patients for one in seen)
            assert tally.with_dlt == sum(one.dlts for one in seen)
        move = path.end.move
        if isinstance(move, Treat):
            assert move.rung < move.closed
        if isinstance(move, Stop) and move.rung is not None:
            assert path.end.tallies[move.rung].treated


@pytest.mark.parametrize("name", FILES)
def test_the_table_and_the_first_cohorts_can_be_drawn(name: str) -> None:
    found = decision_table(shipped(name), climbed(name, LEVELS))
    if isinstance(found, DecisionTable):
        assert not isinstance(decision_grid(found, name), TooLarge)
    assert not isinstance(transitions(ahead(name, 1), name), TooLarge)
