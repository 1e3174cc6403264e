"""Clauses said otherwise in some twenty ways each: what keeps the meaning is the same, what does not has a witness."""
# ruff: noqa: S311 - nothing that is drawn here is a secret

from fractions import Fraction
from functools import cache
from random import Random

import pytest
from attrs import evolve
from hypothesis import strategies as st

from protocol_dsl.amend.change import Diff, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.base.quantity import unit
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.examples.mutants import changes
from protocol_dsl.model.condition import Constant
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_bytes
from protocol_dsl.testing import protocols
from tests.law import law
from tests.rewrites import REWRITES, replaced
from tests.slips import SLIPS, with_clause

TRIALS = ("nct06631391", "nk_ped_01", "kin_204", "cdisc_pilot")
QUICK = ("nct06631391@2.0", "nk_ped_01")
LARGE = ("kin_204", "cdisc_pilot")
KEPT = {Kind.SAME, Kind.WORDING, Kind.RENAMED}
SHOWN = {Kind.TIGHTENED, Kind.LOOSENED, Kind.BOTH, Kind.MISSING, Kind.UNDECIDED, Kind.ADDED, Kind.REMOVED}
seeds = st.integers(0, 1 << 30).map(Random)


@cache
def trial(name: str) -> Protocol:
    path = find_protocol(name)
    assert path is not None
    found = load_bytes(name, path.read_bytes(), without=RUN).protocol
    assert found is not None
    return found


def holds_nothing(found: Diff) -> bool:
    """Whether the difference shows no record, and who is eligible is the same or undecided with the clause."""
    return not found.defects and not any(one.witnesses for one in found.clauses) and not found.whole.witnesses


@pytest.mark.parametrize("name", REWRITES)
@pytest.mark.parametrize("of", TRIALS)
def test_a_rewriting_of_what_ships_is_the_same(of: str, name: str) -> None:
    old, random, done = trial(of), Random(7), 0
    for clause in sorted(old.criteria, key=lambda _: random.random()):
        new = REWRITES[name](clause, old, random)
        if new is None or done == 3:
            continue
        found, done = diff(old, with_clause(old, clause, new)), done + 1
        assert holds_nothing(found), (clause.id, name)
        assert {one.kind for one in found.clauses} <= KEPT, (clause.id, name, found.clauses)


@law(protocols(2), st.sampled_from(sorted(REWRITES)), seeds, times=12, at_length=4000)
def test_a_rewriting_of_whatever_is_drawn_shows_no_record(old: Protocol, name: str, random: Random) -> None:
    for clause in old.criteria:
        new = REWRITES[name](clause, old, random)
        if new is None:
            continue
        found = diff(old, with_clause(old, clause, new))
        assert holds_nothing(found), (clause, new)
        assert {one.kind for one in found.clauses} <= {*KEPT, Kind.UNDECIDED}


def shows(old: Protocol, new: Protocol, name: str) -> None:
    """Every clause that is changed is told with a record, or it is proved that there is none, or that none matters."""
    found = diff(old, new)
    assert not found.defects, (name, found.defects)
    assert found.clauses, name
    for one in found.clauses:
        if one.kind in (Kind.SAME, Kind.NO_EFFECT):
            assert one.proved or one.in_context is False, (name, one.id)
        else:
            assert one.kind in SHOWN, (name, one.id, one.kind)
            assert one.witnesses or one.in_context is False, (name, one.id, one.kind, one.loose)


def by_itself(old: Protocol, new: Protocol) -> tuple[Protocol, Protocol]:
    """Both versions with the criteria that differ and no others: what a clause comes to does not hang on the rest."""
    kept = [
        frozenset(one.id for one in of.criteria if one not in other.criteria) for of, other in ((old, new), (new, old))
    ]
    a, b = (evolve(of, criteria=tuple(one for one in of.criteria if one.id in kept[0] | kept[1])) for of in (old, new))
    return a, b


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("of", QUICK)
def test_a_slip_in_what_ships_is_shown(of: str, name: str) -> None:
    new = SLIPS[name](trial(of), Random(11))
    if new is not None:
        shows(trial(of), new, name)


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_clause_of_a_large_trial_is_shown(name: str) -> None:
    new = SLIPS[name](trial("kin_204"), Random(11))
    assert new is not None
    shows(*by_itself(trial("kin_204"), new), name)


def test_a_limit_of_hours_that_only_times_of_day_tell_apart_is_shown() -> None:
    """An event of 72 hours to the minute lasted at least as long, and no longer; no pair of days shows that."""
    new = SLIPS["toxicity"](trial("nk_ped_01"), Random(20))
    assert new is not None
    (change,) = diff(trial("nk_ped_01"), new).clauses
    assert change.kind is Kind.TIGHTENED
    assert [one.gained for one in change.witnesses if one.whole] == [False]


def test_a_window_that_is_counted_from_the_day_of_a_reading_and_is_a_day_longer_is_shown() -> None:
    """No transfusion in the 7 days before the count, and then in 8."""
    old = trial("kin_204")
    (clause,) = [one for one in old.criteria if one.id == "I10"]
    moved = [
        by
        for by in changes(old, clause.condition)
        if by.kind == "limit shifted" and by.old == Constant(Fraction(7 * 86400), unit("days"))
    ]
    assert moved
    condition = replaced(clause.condition, moved[-1].old, moved[-1].new)
    (change,) = diff(*by_itself(old, with_clause(old, clause, evolve(clause, condition=condition)))).clauses
    assert [one for one in change.witnesses if one.whole]


@pytest.mark.slow
@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("of", QUICK)
@pytest.mark.parametrize("seed", range(40))
def test_many_slips_in_what_ships_are_shown(of: str, name: str, seed: int) -> None:
    new = SLIPS[name](trial(of), Random(seed))
    if new is not None:
        shows(trial(of), new, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("of", LARGE)
@pytest.mark.parametrize("seed", range(40))
def test_many_slips_in_clauses_of_large_trials_are_shown(of: str, name: str, seed: int) -> None:
    new = SLIPS[name](trial(of), Random(seed))
    if new is not None:
        shows(*by_itself(trial(of), new), name)


@law(protocols(2), st.sampled_from(sorted(SLIPS)), seeds, times=10, at_length=1000)
def test_a_slip_in_whatever_is_drawn_is_shown_or_left_open(old: Protocol, name: str, random: Random) -> None:
    """What is drawn may say nothing at all, so that there may be no record; but none is denied without a proof."""
    new = SLIPS[name](old, random)
    if new is None:
        return
    found = diff(old, new)
    assert not found.defects
    for one in found.clauses:
        assert one.witnesses or one.kind is Kind.UNDECIDED or one.proved, (name, one.id, one.kind)
        assert one.proved or one.loose


def test_there_are_twenty_of_each() -> None:
    assert min(len(REWRITES), len(SLIPS)) >= 20


def test_each_rewriting_and_each_slip_can_be_done_somewhere() -> None:
    every = [trial(name) for name in TRIALS]
    undone = {
        name
        for name, rewrite in REWRITES.items()
        if not any(rewrite(one, of, Random(1)) for of in every for one in of.criteria)
    }
    assert undone <= {"every way to pick"} | ({"all other members"} & undone)
    assert not [name for name, slip in SLIPS.items() if not any(slip(evolve(one), Random(1)) for one in every)]
