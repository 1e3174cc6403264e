"""Clauses said otherwise in some twenty ways each: what keeps the meaning is the same, what does not has a witness."""
# ruff: noqa: S311 - nothing that is drawn here is a secret

from functools import cache
from random import Random

import pytest
from attrs import evolve
from hypothesis import strategies as st

from protocol_dsl.amend.change import Diff, Kind
from protocol_dsl.amend.diff import diff
from protocol_dsl.base.shipped import find_protocol
from protocol_dsl.cli.inputs import RUN
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.pipeline import load_bytes
from protocol_dsl.testing import protocols
from tests.law import law
from tests.rewrites import REWRITES
from tests.slips import SLIPS, with_clause

TRIALS = ("nct06631391", "nk_ped_01", "kin_204", "cdisc_pilot")
QUICK = ("nct06631391@2.0", "nk_ped_01")
KEPT = {Kind.SAME, Kind.WORDING, Kind.RENAMED}
SHOWN = {Kind.TIGHTENED, Kind.LOOSENED, Kind.BOTH, Kind.MISSING}
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
        undecided = of == "cdisc_pilot" and {one.kind for one in found.clauses} == {Kind.UNDECIDED}
        assert {one.kind for one in found.clauses} <= KEPT or undecided, (clause.id, name, found.clauses)


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
    """Every clause that is changed is told, with a record, or it is proved to have no effect."""
    found = diff(old, new)
    assert not found.defects
    assert found.clauses, name
    for one in found.clauses:
        if one.kind in (Kind.ADDED, Kind.REMOVED):
            assert one.witnesses or not one.proved, (name, one.id)
        elif one.kind is Kind.UNDECIDED:
            assert one.loose, (name, one.id)
        elif one.kind is Kind.NO_EFFECT:
            assert one.in_context is False
        else:
            assert one.kind in SHOWN, (name, one.id, one.kind)
            assert one.witnesses


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("of", QUICK)
def test_a_slip_in_what_ships_is_shown(of: str, name: str) -> None:
    new = SLIPS[name](trial(of), Random(11))
    if new is not None:
        shows(trial(of), new, name)


def test_a_limit_of_hours_that_only_times_of_day_tell_apart_is_shown() -> None:
    """An event of 72 hours to the minute lasted at least as long, and no longer; no pair of days shows that."""
    new = SLIPS["toxicity"](trial("nk_ped_01"), Random(20))
    assert new is not None
    (change,) = diff(trial("nk_ped_01"), new).clauses
    assert change.kind is Kind.TIGHTENED
    assert [one.gained for one in change.witnesses if one.whole] == [False]


@pytest.mark.slow
@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize("of", QUICK)
@pytest.mark.parametrize("seed", range(40))
def test_many_slips_in_what_ships_are_shown(of: str, name: str, seed: int) -> None:
    new = SLIPS[name](trial(of), Random(seed))
    if new is not None:
        shows(trial(of), new, name)


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
