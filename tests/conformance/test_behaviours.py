"""One suite for every behaviour round every design: the families on the shelf, and tables written by hand."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from attrs import evolve

from protocol_dsl.base.binomial import chance_above
from protocol_dsl.base.shelf import names as shelved
from protocol_dsl.escalation import behaviours
from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.automaton import Automaton, explore
from protocol_dsl.escalation.behaviour import Behaviour, Said
from protocol_dsl.escalation.behaviours.no_skipping import NeverSkipping
from protocol_dsl.escalation.characteristics import endings
from protocol_dsl.escalation.decision_table import DecisionTable, decision_table
from protocol_dsl.escalation.design import Design, Settled, Stop, Treat, Wait
from protocol_dsl.escalation.designs import faults, known, machine
from protocol_dsl.escalation.history import History, Unreadable
from protocol_dsl.escalation.paths import pathways
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.escalation.verify import Reach, built_in
from protocol_dsl.model.escalation import Acceleration, EscalationPlan, Ladder, Setting
from tests.escalation_plans import ROWS, ask, brief, climbed, levels, plan, shipped

Asks = Callable[[EscalationPlan, Ladder], tuple[EscalationPlan, Ladder]]
"""From a plan to the same plan with a line more."""

GOING = plan("""
    | treated | with_dlt | then          |
    | 3       | 0        | go to level 3 |
    | 3       | 1 to 3   | de-escalate   |
    | 6       | 0 to 1   | stop          |
    | 6       | 2 to 6   | de-escalate   |
    mtd is highest level with 3 treated and at most 1 dlt
    up to 6 per level
""")
TABLES = {
    "by hand": plan(ROWS + "mtd is highest level with 6 treated and at most 1 dlt"),
    "by name": GOING,
    "rolling": shipped("rolling_six"),
    "last cohort": shipped("up_and_down_3_0_2"),
}
BASES = (*known(), *TABLES)
SLOW = {"crm", "tite_crm", "blrm"}
LATE = 1000
"""More patients than any trial here has."""


def line(key: str, *values: str) -> Asks:
    return lambda base, ladder: (evolve(base, settings=(*base.settings, Setting(key, values))), ladder)


def limit(**limits: Any) -> Asks:  # noqa: ANN401 - each field has a type of its own
    return lambda base, ladder: (evolve(base, **limits), ladder)


def not_skipping(base: EscalationPlan, ladder: Ladder) -> tuple[EscalationPlan, Ladder]:
    return base, evolve(ladder, never_skip=True)


ELIMINATING = line("close above", "0.3", "0.8", "2")
BITING: dict[str, tuple[Asks, ...]] = {
    "elimination": (ELIMINATING,),
    "lowest_too_toxic": (line("lowest above", "0.3", "0.75", "2"),),
    "follow_up_before_rising": (line("followed", "0.5"),),
    "no_skipping": (not_skipping,),
    "single_patients": (limit(accelerated=Acceleration()),),
    "de_escalation_depth": (limit(depth=1),),
    "enough_on_one_level": (limit(on_level=6),),
    "enough_patients": (limit(patients=6),),
}
IDLE: dict[str, Asks] = {
    "elimination": line("close above", "0.3", "0.8", str(LATE)),
    "lowest_too_toxic": line("lowest above", "0.999", "0.999", "1"),
    "follow_up_before_rising": line("followed", "0.5"),  # in whole cohorts nobody is pending
    "de_escalation_depth": limit(depth=LATE),
    "enough_on_one_level": limit(on_level=LATE),
    "enough_patients": limit(patients=LATE),
}
"""So that they can never bite; single patients bite always, and what skips no level shows itself without a number."""


@cache
def base(name: str) -> tuple[EscalationPlan, Ladder]:
    """A design over three levels with few patients, and with none of the behaviours that can be left out."""
    found = TABLES[name] if name in TABLES else shipped(name)
    ladder = levels(3) if name in TABLES else evolve(climbed(name, 3), never_skip=False)
    kept = tuple(one for one in found.settings if one.key not in {"close", "safe"})
    few = 9 if name in {"blrm", "rolling", "last cohort"} else 12 if name in SLOW else 15
    return evolve(found, settings=kept, rows=found.rows if name in TABLES else (), patients=few), ladder


@cache
def explored(name: str, *asks: Asks) -> Automaton[Any]:
    here = base(name)
    for one in asks:
        here = one(*here)
    return explore(machine(*here), work=None)


def behaviour(name: str) -> Behaviour:
    found: Behaviour = import_module(f"{behaviours.__name__}.{name}").behaviour
    return found


def test_every_behaviour_on_the_shelf_is_tried() -> None:
    assert set(BITING) == set(shelved(behaviours.__name__))
    layers = [one.layer for one in behaviours.known()]
    assert layers == sorted(layers)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("around", BITING)
def test_what_is_proved_of_any_design_holds_with_the_behaviour_round_it(around: str, name: str) -> None:
    found = explored(name, *BITING[around])
    assert found.complete
    proved = {"never_reopens", "never_above_top", "recommends_open", "always_ends", "harm_bounded", "within_cap"}
    proved |= {"never_skips"} if around == "no_skipping" else set()
    proved -= {"never_reopens"} if name == "by name" else set()  # it asks people where the level it names is closed
    findings = {one.id: one for one in built_in(Reach(found, None))}
    assert [one for one in findings.values() if one.id in proved and not one.holds] == []
    _closed_for_good(found)


def _closed_for_good(found: Automaton[Any]) -> None:
    for move, edges in zip(found.moves, found.edges, strict=True):
        assert not isinstance(move, Treat) or move.rung < move.closed
        assert all(found.moves[edge.to].closed <= move.closed for edge in edges)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("around", BITING)
def test_laid_round_twice_it_is_as_once(around: str, name: str) -> None:
    once = explored(name, *BITING[around])
    if around == "single_patients":  # its state says how far it is, so that two of them have two
        return
    plan_of, ladder = base(name)
    for one in BITING[around]:
        plan_of, ladder = one(plan_of, ladder)
    twice = behaviour(around).wrap(machine(plan_of, ladder), Said(plan_of, ladder))
    assert [twice.move(state) for state in once.states] == list(once.moves)


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("around", IDLE)
def test_where_it_can_never_bite_nothing_changes(around: str, name: str) -> None:
    bare = explored(name)
    design = behaviour(around).wrap(bare.design, Said(*IDLE[around](*base(name))))
    assert [design.move(state) for state in bare.states] == list(bare.moves)
    for state, edges in zip(bare.states, bare.edges, strict=True):
        assert [design.step(state, edge.observed) for edge in edges] == [bare.states[edge.to] for edge in edges]


@pytest.mark.parametrize("name", BASES)
def test_the_smallest_state_closes_what_the_whole_record_closes(name: str) -> None:
    """A table may forget the counts that its rows no longer need: what closes levels does not need them either."""
    asked = ELIMINATING(*base(name))
    plan_of = evolve(asked[0], patients=None) if name == "by hand" else asked[0]
    small, whole = machine(plan_of, asked[1]), machine(plan_of, asked[1], remember=True)
    _alike(small, whole, partial=False)
    if name in {"by hand", "rolling"}:
        _alike(small, whole, partial=True)


def _alike(small: Design[Any], whole: Design[Any], *, partial: bool) -> None:
    graph = explore(whole, partial=partial, work=None, most=4000)
    at = {0: small.start}
    for number, edges in enumerate(graph.edges):
        assert small.move(at[number]) == graph.moves[number], graph.history(number)
        for edge in edges:
            at.setdefault(edge.to, small.step(at[number], edge.observed))


# --- elimination, held against its definition -------------------------------------------------------------------------

RATE, LIMIT, FROM = Fraction("0.3"), Fraction("0.8"), 2


def toxic(tally: Tally) -> bool:
    """By the binomial sum of `base/binomial.py`, which is written apart."""
    return tally.treated >= FROM and chance_above(RATE, tally.with_dlt, tally.treated) > LIMIT


def lowest(found: Automaton[Any], state: int) -> int:
    """The lowest level that is too toxic by its counts; the number of levels where none is."""
    tallies = found.design.tallies(found.states[state])
    return next((rung for rung, tally in enumerate(tallies) if toxic(tally)), len(tallies))


@pytest.mark.parametrize("name", BASES)
def test_a_level_is_closed_once_its_counts_say_so_and_never_else(name: str) -> None:
    found = explore(machine(*ELIMINATING(*base(name)), remember=True), work=None)
    bare = machine(*base(name), remember=True)
    for number, (move, edges) in enumerate(zip(found.moves, found.edges, strict=True)):
        for edge in edges:
            seen = found.design.look(found.states[edge.to])
            assert seen is not None
            assert seen.closed == min(move.closed, lowest(found, edge.to))
            after = found.moves[edge.to]
            within = bare.move(found.states[edge.to]).closed
            assert after.closed == min(seen.closed, within)
            if seen.closed < min(move.closed, within):
                said = (
                    f"the chance that the rate at level {found.design.names[seen.closed]} exceeds 0.3 is more than 0.8"
                )
                assert said in after.reason.why
        assert isinstance(move, Wait) or move.rung is None or move.rung < move.closed, found.history(number)


@pytest.mark.parametrize("name", ["by hand", "by name"])
def test_with_patients_pending_it_closes_what_all_outcomes_close_and_lets_nobody_through_else(name: str) -> None:
    found = explore(machine(*ELIMINATING(*base(name))), partial=True, work=None)
    assert found.complete
    for state, move in zip(found.states, found.moves, strict=True):
        view = found.design.look(state)
        if view is None or not view.pending_at:
            continue
        after = [found.design.move(one) for one in settled(found.design, state)]
        assert all(one.closed <= move.closed for one in after)
        fills = isinstance(move, Treat) and move.rung == view.rung and found.design.places(state) > 0
        if not isinstance(move, Wait) and not fills and not (isinstance(move, Stop) and move.rung is None):
            assert {one.closed for one in after} == {move.closed}


def settled(design: Design[Any], state: Any) -> Iterator[Any]:  # noqa: ANN401 - each design has states of its own
    """The state with every mix of outcomes of the pending patients."""
    view = design.look(state)
    if view is None or not view.pending_at:
        yield state
        return
    for dlt in (False, True):
        yield from settled(design, design.step(state, Settled(view.pending_at[0], dlt)))


@pytest.mark.parametrize("name", ["crm", "tite_crm"])
def test_no_skipping_round_a_model_is_what_the_model_does_that_never_skips(name: str) -> None:
    """With whole cohorts. While patients are pending a model that knows of it may decide where one within cannot."""
    free, ladder = base(name)
    knowing = explored(name, not_skipping)
    around = NeverSkipping(machine(free, ladder))
    assert [around.move(state) for state in knowing.states] == list(knowing.moves)
    assert any(around.inner.move(state) != move for state, move in zip(knowing.states, knowing.moves, strict=True))


# --- in words, and for every verb -------------------------------------------------------------------------------------

EIGHT = levels(8)


@pytest.mark.parametrize(
    ("asks", "history", "does", "why"),
    [
        (
            (line("close above", "0.25", "0.9", "3"),),
            "1NNN 2NTT",
            "treat 3 at 1",
            "level 2 exceeds 0.25 is more than 0.9",
        ),
        (
            (line("lowest above", "0.25", "0.9", "3"),),
            "1NTT",
            "stop with None",
            "level 1 exceeds 0.25 is more than 0.9",
        ),
        ((not_skipping,), "1NNN", "treat 3 at 2", "no level is skipped, so that level 2 comes first"),
        ((limit(on_level=3),), "1NNN 2NTT", "stop with 1", "3 patients have been treated at level 1"),
        ((limit(patients=6),), "1NNN 2NTT", "stop with 1", "6 of at most 6 patients have been treated"),
    ],
)
def test_the_advice_names_what_decided(asks: tuple[Asks, ...], history: str, does: str, why: str) -> None:
    """2 of 3 with DLT: P(p > 0.25) is 1 - 0.25^3 (4 - 3 * 0.25) = 0.949 by hand, above 0.9."""
    here = (GOING, EIGHT)
    for one in asks:
        here = one(*here)
    found = ask(history, *here)
    assert brief(found) == does
    assert why in found.because


def test_it_waits_for_the_patient_on_whom_it_depends_whether_a_level_is_closed() -> None:
    """1 of 3 with one pending: 2 of 3 close the level and 1 of 3 does not (0.949 and 0.738 by hand)."""
    base_of, _ = line("close above", "0.25", "0.9", "3")(GOING, EIGHT)
    found = ask("1NNN 2NTP", base_of, EIGHT)
    assert brief(ask("1NNN 2NTP", GOING, EIGHT)) == "treat 3 at 1"
    assert (found.move, found.closed, found.waiting_for) == ("wait", (), ("patient 6 at level 2",))
    assert brief(ask("1NNN 2NTX", base_of, EIGHT)) == "treat 1 at 2"  # a place is empty again, and is filled first


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("around", BITING)
def test_tables_paths_and_characteristics_come_of_it(around: str, name: str) -> None:
    here = base(name)
    for one in BITING[around]:
        here = one(*here)
    nothing = History.read("", here[1].names)
    assert isinstance(nothing, History)
    paths = pathways(*here, nothing, 2)
    assert not isinstance(paths, Unreadable)
    assert paths.count
    assert decision_table(*here) is not None
    if name not in SLOW:
        found = endings(explore(machine(*here, remember=True), work=None)).exactly((Fraction(1, 4),) * 3)
        assert sum(found.selected) + found.undecided == 1


@pytest.mark.parametrize(
    ("followed", "does", "why"),
    [
        (
            ("1", "0"),
            "treat 3 at 1",
            "the dose rises only once each pending patient was followed for 0.5 of the window",
        ),
        (("1", "0.49"), "treat 3 at 1", "only once"),
        (("0.5", "0.5"), "treat 3 at 2", "2 pending count as 1; "),
        (None, "wait", "which is not said"),
    ],
)
def test_the_dose_rises_only_once_pending_patients_were_followed(
    followed: tuple[str, ...] | None, does: str, why: str
) -> None:
    """Nobody has had a DLT, so that TITE-CRM goes up with nobody followed at all; the line holds it back."""
    plan_of, ladder = line("followed", "0.5")(shipped("tite_crm"), climbed("tite_crm", 5))
    history = History.read("1NPP", ladder.names)
    assert isinstance(history, History)
    parts = None if followed is None else tuple(map(Fraction, followed))
    found = advise(plan_of, ladder, history, (), parts)
    free = advise(shipped("tite_crm"), ladder, history, (), (Fraction(0), Fraction(0)))
    assert isinstance(found, Advice)
    assert isinstance(free, Advice)
    assert brief(free) == "treat 3 at 2"
    assert brief(found) == does
    assert why in found.because


def test_a_table_tells_what_it_cannot_show() -> None:
    asked = line("close above", "0.3", "0.8", "2")(*base("last cohort"))
    found = decision_table(*line("followed", "0.5")(*asked))
    closes = "close level when chance of a rate above 0.3 is more than 0.8 from 2 patients"
    assert isinstance(found, DecisionTable)
    assert {
        f"by the counts of all patients at a level, and not shown: {closes}",
        "not shown: escalate only once each pending patient was followed for 0.5 of the window",
    } <= set(found.notes)


# --- what may be wrong with the lines ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("close above", ("1.3", "0.9", "3"), "1.3 cannot be a rate"),
        ("close above", ("0.3", "95", "3"), "95 cannot be a chance"),
        ("lowest above", ("0", "0.95", "3"), "0 cannot be a rate"),
        ("close", ("0.95", "3"), "the design names no target that a rate could exceed"),
        ("lowest", ("0.95", "3"), "the design names no target that a rate could exceed"),
        ("followed", ("1.5",), "1.5 is no part of the window"),
    ],
)
def test_a_line_that_cannot_be_meant_is_told(key: str, values: tuple[str, ...], message: str) -> None:
    found = faults(*line(key, *values)(GOING, EIGHT))
    assert [one.message for one in found] == [message]


@pytest.mark.parametrize("name", ["boin", "last cohort", "by hand"])
def test_places_that_nobody_fills_any_more_excuse_no_level_at_the_end(name: str) -> None:
    found = explored(name, ELIMINATING, limit(patients=4))
    for state, move in zip(found.states, found.moves, strict=True):
        if isinstance(move, Stop) and move.rung is not None:
            assert not any(map(toxic, found.design.tallies(state)[: move.rung + 1]))
