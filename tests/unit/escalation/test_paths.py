"""Dose transition pathways, held against advice and against sums that must come out."""

from fractions import Fraction
from math import comb

import pytest

from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.design import Stop, Treat, Wait
from protocol_dsl.escalation.history import Cohort, History, Unreadable
from protocol_dsl.escalation.paths import Fork, Path, Pathways, each, pathways, together
from protocol_dsl.model.escalation import DoseLevel, EscalationPlan, Ladder
from tests.escalation_plans import KORN, climbed, file, levels, plan, shipped


def design(name: str) -> tuple[EscalationPlan, Ladder]:
    protocol = file(name)
    assert protocol.escalation is not None
    assert protocol.ladder is not None
    return protocol.escalation, protocol.ladder


def ahead(
    of: tuple[EscalationPlan, Ladder], history: str = "", cohorts: int | None = 3, most: int = 10_000
) -> Pathways:
    read = History.read(history, of[1].names)
    assert isinstance(read, History)
    found = pathways(*of, read, cohorts, most)
    assert isinstance(found, Pathways)
    return found


def listed(found: Pathways) -> list[Path]:
    assert found.root is not None
    return list(each(found.root))


CASES = [
    ("three_plus_three_korn6", ""),
    ("three_plus_three_korn6", "1NNN 2NNT"),
    ("three_plus_three_de_escalation", "1NNN 2NNN 3TTN"),
    ("boin", ""),
    ("boin", "1NNN 2NTN 2NNT"),
    ("i3plus3", "1NNN"),
]


@pytest.mark.parametrize(("name", "history"), CASES)
def test_as_many_paths_are_listed_as_counted(name: str, history: str) -> None:
    for cohorts in range(1, 5):
        found = ahead(design(name), history, cohorts)
        assert found.count == len(listed(found))


@pytest.mark.parametrize(("name", "history"), CASES)
def test_the_chances_of_all_paths_sum_to_one(name: str, history: str) -> None:
    rates = [Fraction(1, 20), Fraction(1, 10), Fraction(1, 4), Fraction(2, 5), Fraction(1, 2)]
    total = Fraction(0)
    for path in listed(ahead(design(name), history)):
        chance = Fraction(1)
        for one in path.seen:
            rate = rates[one.rung]
            chance *= comb(one.patients, one.dlts) * rate**one.dlts * (1 - rate) ** (one.patients - one.dlts)
        total += chance
    assert total == 1


@pytest.mark.parametrize(("name", "history"), CASES)
def test_advice_after_each_path_is_the_move_at_its_end(name: str, history: str) -> None:
    of = design(name)
    read = History.read(history, of[1].names)
    assert isinstance(read, History)
    for path in listed(ahead(of, history)):
        more = (Cohort(of[1].names[one.rung], "T" * one.dlts + "N" * (one.patients - one.dlts)) for one in path.seen)
        advice = advise(*of, History((*read.cohorts, *more)))
        assert isinstance(advice, Advice)
        assert advice.notes == ()
        move = path.end.move
        names = of[1].names
        assert advice.closed == names[move.closed :]
        match move:
            case Treat(patients, rung):
                assert (advice.move, advice.patients, advice.level) == ("treat", patients, names[rung])
            case Stop(rung):
                assert (advice.move, advice.mtd) == ("stop", None if rung is None else names[rung])
            case Wait():
                assert advice.move == "wait"


def test_pending_patients_settle_before_the_next_cohort() -> None:
    """Worked by hand: one of the three had a DLT, one is pending; with it the level is closed, without it takes 3."""
    found = ahead((KORN, levels(3)), "1NNN 2NTP", cohorts=1)
    assert isinstance(found.root, Fork)
    assert isinstance(found.root.move, Wait)
    without, with_dlt = found.root.branches
    assert [one.settles for branch in (without, with_dlt) for one in branch.seen] == [True, True]
    assert (without.then.move.closed, with_dlt.then.move.closed) == (3, 1)
    # Four outcomes of the three more at level 2; four of the three more at level 1.
    assert found.count == 8


def test_pending_patients_at_two_levels_settle_together() -> None:
    found = ahead((KORN, levels(3)), "1NNP 2NP", cohorts=1)
    assert found.root is not None
    if isinstance(found.root.move, Wait):
        assert {len(branch.seen) for branch in found.root.branches} == {2}
        assert len(found.root.branches) == 4


def test_outcomes_with_the_same_consequence_stand_together() -> None:
    found = ahead((KORN, levels(3)), "", cohorts=1)
    assert found.root is not None
    assert [[branch.seen[0].dlts for branch in branches] for branches, _ in together(found.root)] == [[0], [1], [2, 3]]


def test_what_was_not_as_planned_is_said() -> None:
    assert "cohort 1 had 4" in ahead((KORN, levels(3)), "1NNNN").notes[0]


def test_too_many_paths_are_counted_and_not_listed() -> None:
    found = ahead((KORN, climbed("three_plus_three_korn6", 8)), cohorts=None)
    assert found.root is None
    assert found.count == 16138  # Norris (2020), table 1
    assert listed(ahead((KORN, climbed("three_plus_three_korn6", 8)), cohorts=found.fitting))


def test_a_trial_without_an_end_is_not_counted_to_its_end() -> None:
    endless = plan("cohort of 1\n| treated | with_dlt | then |\n| 1 or more | any | stay |")
    found = ahead((endless, levels(1)), cohorts=None)
    assert (found.count, found.root) == (None, None)
    assert found.fitting > 5
    assert ahead((endless, levels(1)), cohorts=4).count == 16


def test_a_huge_ladder_and_a_huge_cohort_are_bounded() -> None:
    huge = Ladder(tuple(DoseLevel(str(number)) for number in range(1, 501)), "1")
    assert ahead((KORN, huge), cohorts=3).count == ahead((KORN, levels(9)), cohorts=3).count
    many = plan("cohort of 200000\n| treated | with_dlt | then |\n| 200000 | any | stop |")
    assert ahead((many, levels(1))).root is None


def test_counts_that_a_history_does_not_tell() -> None:
    extra = plan("""
        cohort of 1, up to 1 per level
        | treated | with_dlt | mild | then     |
        | 1       | any      | 0    | escalate |
        | 1       | any      | 1    | stop     |
    """)
    # Two outcomes by two counts; the half with the count stops there.
    assert ahead((extra, levels(2)), cohorts=1).count == 4
    found = pathways(extra, levels(2), History((Cohort("1", "N"),)), 1)
    assert isinstance(found, Unreadable)
    assert "`mild`" in found.message
    told = [pathways(extra, levels(2), History((Cohort("1", "N"),)), 1, counts=((mild,),)) for mild in (0, 1)]
    assert [one.count for one in told if not isinstance(one, Unreadable)] == [4, 1]  # it goes up, or it has stopped


def test_the_level_is_not_on_the_ladder() -> None:
    assert isinstance(pathways(shipped("boin"), levels(2), History((Cohort("7", "N"),)), 1), Unreadable)


@pytest.mark.parametrize("history", ["1TTN 1NNN", "2NNN", "1NNNN", "1NNP 2NP", "3TTT", "1NNN 2TTT 2NNN", "1PPP"])
def test_the_paths_begin_with_what_advice_says(history: str) -> None:
    """Whatever was not as planned: no path goes on where advice stops, and none begins at another level."""
    of = (KORN, levels(3))
    found = ahead(of, history, cohorts=2)
    read = History.read(history, of[1].names)
    assert isinstance(read, History)
    advice = advise(*of, read)
    assert isinstance(advice, Advice)
    assert found.root is not None
    match found.root.move:
        case Treat(patients, rung):
            assert (advice.move, advice.patients, advice.level) == ("treat", patients, found.names[rung])
            assert {one.rung for branch in found.root.branches for one in branch.seen} == {rung}
        case Stop():
            assert (advice.move, found.root.branches, found.count) == ("stop", (), 1)
        case Wait():
            assert advice.move == "wait"
            assert all(one.settles for branch in found.root.branches for one in branch.seen)
