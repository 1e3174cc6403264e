"""One suite for every design: the files in `protocols/designs`, and with them every family that computes one."""

from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.escalation.advise import Advice, advise
from protocol_dsl.escalation.automaton import explore
from protocol_dsl.escalation.design import Design, Settled, Stop, Treat, Treated
from protocol_dsl.escalation.designs import FAMILIES, family, known, machine
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.escalation.tally import Tally
from protocol_dsl.escalation.verify import built_in, reached
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.syntax.parse import parse
from tests.escalation_plans import DESIGNS, climbed, file, shipped

FILES = tuple(sorted(path.stem for path in DESIGNS.glob("*.protocol")))
FEW = 3  # levels, where every state is looked at


@cache
def design(name: str, levels: int = FEW, *, remember: bool = True) -> Design[Any]:
    return machine(shipped(name), climbed(name, levels), remember=remember)


def family_named_by(name: str) -> str:
    """What a file says after `escalation by`; read alone, for the file is checked in full elsewhere."""
    parsed = parse(Source(name, (DESIGNS / f"{name}.protocol").read_text(encoding="utf-8")))
    protocol, _ = elaborate(parsed.file, families=FAMILIES)
    assert protocol is not None
    assert protocol.escalation is not None
    return protocol.escalation.family


def test_every_family_has_a_file_that_shows_it() -> None:
    assert set(known()) <= {family_named_by(name) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_the_file_cites_its_paper(name: str) -> None:
    protocol: Protocol = file(name)
    assert protocol.header.id == name
    assert any(note.text for note in protocol.notes)


@pytest.mark.parametrize("name", known())
def test_a_family_names_itself_and_its_paper(name: str) -> None:
    found = family(name)
    assert found is not None
    assert found.title
    assert any(character.isdigit() for character in found.source)


@pytest.mark.parametrize("name", FILES)
def test_built_in_properties_hold_over_all_states(name: str) -> None:
    chosen = {"never_skips"} if shipped(name).accelerated and not climbed(name, FEW).never_skip else set()
    broken = [
        finding
        for finding in built_in(reached(design(name, remember=False)))
        if finding.holds is not True and finding.severity is not Severity.NOTE and finding.id not in chosen
    ]
    assert broken == []


@pytest.mark.parametrize("name", FILES)
def test_every_course_ends_within_the_limits_of_the_plan(name: str) -> None:
    automaton = explore(design(name))
    plan = shipped(name)
    assert automaton.complete
    for state, move in zip(automaton.states, automaton.moves, strict=True):
        tallies = automaton.design.tallies(state)
        assert sum(tally.treated for tally in tallies) <= (plan.patients or 10_000)
        assert all(tally.treated <= (plan.cap or 10_000) for tally in tallies)
        if isinstance(move, Stop) and move.rung is not None:
            assert tallies[move.rung].treated > 0
            assert move.rung < move.closed


@st.composite
def courses(draw: st.DrawFn) -> tuple[str, tuple[Cohort, ...]]:
    """A design and a history that follows its moves, the last cohort perhaps with patients pending."""
    name = draw(st.sampled_from(FILES))
    machine_of = design(name)
    state, cohorts = machine_of.start, []
    for _ in range(draw(st.integers(0, 6))):
        move = machine_of.move(state)
        if not isinstance(move, Treat):
            break
        letters = draw(st.text("NNT", min_size=move.patients, max_size=move.patients))
        cohorts.append(Cohort(machine_of.names[move.rung], letters))
        dlts = letters.count("T")
        state = machine_of.step(state, Treated(move.rung, Tally(move.patients - dlts, dlts)))
    if cohorts:
        last = cohorts[-1]
        pending = draw(st.lists(st.booleans(), min_size=len(last.outcomes), max_size=len(last.outcomes)))
        letters = "".join("P" if waits else was for waits, was in zip(pending, last.outcomes, strict=True))
        cohorts[-1] = Cohort(last.level, letters)
    return name, tuple(cohorts)


def asked(name: str, cohorts: tuple[Cohort, ...]) -> Advice:
    found = advise(shipped(name), climbed(name, FEW), History(cohorts))
    assert isinstance(found, Advice)
    return found


@given(courses())
def test_nothing_is_decided_on_pending_patients_unless_all_outcomes_agree(
    course: tuple[str, tuple[Cohort, ...]],
) -> None:
    name, cohorts = course
    if not cohorts or "P" not in cohorts[-1].outcomes or shipped(name).counts_pending:
        return
    found = asked(name, cohorts)
    last = cohorts[-1]
    filled = (
        Cohort(last.level, "".join(letters))
        for letters in product(*("NT" if letter == "P" else letter for letter in last.outcomes))
    )
    advices = [asked(name, (*cohorts[:-1], complete)) for complete in filled]
    ways = {(one.move, one.level, one.patients, one.closed, one.mtd) for one in advices}
    if found.move == "wait":
        assert len(ways) > 1
    elif found.level != last.level or found.move == "stop":
        assert ways == {(found.move, found.level, found.patients, found.closed, found.mtd)}


@given(courses())
def test_settling_patient_by_patient_leads_where_the_cohort_leads(course: tuple[str, tuple[Cohort, ...]]) -> None:
    name, cohorts = course
    machine_of = design(name)
    whole = single = machine_of.start
    for cohort in cohorts:
        rung = machine_of.names.index(cohort.level)
        letters = cohort.outcomes.replace("P", "N")
        dlts = letters.count("T")
        whole = machine_of.step(whole, Treated(rung, Tally(len(letters) - dlts, dlts)))
        single = machine_of.step(single, Treated(rung, Tally(0, 0, len(letters))))
        for letter in letters:
            single = machine_of.step(single, Settled(rung, dlt=letter == "T"))
    assert machine_of.move(single) == machine_of.move(whole)


@given(courses(), st.data())
def test_a_cohort_of_another_size_and_at_another_level_is_coped_with(
    course: tuple[str, tuple[Cohort, ...]], data: st.DataObject
) -> None:
    name, cohorts = course
    level = data.draw(st.sampled_from(climbed(name, FEW).names))
    stray = Cohort(level, data.draw(st.text("NTPX", min_size=1, max_size=5)))
    found = asked(name, (*cohorts, stray))
    assert found.move in {"treat", "wait", "stop"}
    assert found.level is None or found.level not in found.closed
