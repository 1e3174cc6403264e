"""One suite for every design: the files in `protocols/designs`, and with them every family that computes one."""

from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
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
from tests.escalation_plans import DESIGNS, climbed, read, shipped

FILES = tuple(sorted(path.stem for path in DESIGNS.glob("*.protocol")))
FEW = 3  # levels, where every state is looked at


@cache
def design(name: str, levels: int = FEW, *, remember: bool = True) -> Design[Any]:
    return machine(shipped(name), climbed(name, levels), remember=remember)


def test_every_family_has_a_file_that_shows_it() -> None:
    assert set(known()) <= {shipped(name).family for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_the_file_cites_its_paper(name: str) -> None:
    protocol: Protocol = read(name)
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
def courses(draw: st.DrawFn, names: tuple[str, ...] = FILES) -> tuple[str, tuple[Cohort, ...]]:
    """A design and a history that follows its moves, the last cohort perhaps with patients pending."""
    name = draw(st.sampled_from(names))
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
    if not cohorts or "P" not in cohorts[-1].outcomes or shipped(name).counts_pending or shipped(name).extra:
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


def test_a_trial_ends_at_once_where_what_is_pending_changes_nothing() -> None:
    """All 18 patients of BLRM are in, and level 3 is recommended whether or not the last has a DLT."""
    before = (Cohort("1", "NNN"), Cohort("2", "NNN"), *(Cohort("3", "NNN"),) * 3)
    ends = [asked("blrm", (*before, Cohort("3", last))) for last in ("NNP", "NNN", "NNT")]
    assert [(one.move, one.mtd) for one in ends] == [("stop", "3")] * 3


@pytest.mark.parametrize("name", ["boin", "tite_boin", "tite_crm", "three_plus_three_korn6"])
def test_nobody_evaluable_carries_no_trial_up(name: str) -> None:
    """The only patients at levels 1 and 2 are not evaluable, so that nothing is known of level 1 yet."""
    assert asked(name, (Cohort("1", "X"), Cohort("2", "X"))).level == "1"


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


# --- laws under anything that may have been done ----------------------------------------------------------------------

SLOW = {"blrm"}
COMPUTED = tuple(name for name in FILES if shipped(name).family != "table")
LOCAL = tuple(name for name in COMPUTED if (found := family(shipped(name).family)) is not None and found.local)
QUICK = tuple(name for name in FILES if name not in SLOW)


@st.composite
def anything(draw: st.DrawFn, names: tuple[str, ...] = QUICK) -> tuple[str, tuple[Cohort, ...]]:
    """A design and whatever was done, by its moves or not."""
    name = draw(st.sampled_from(names))
    letters = st.text("NNNTTPX", min_size=1, max_size=7)
    cohorts = st.lists(st.tuples(st.sampled_from(climbed(name, FEW).names), letters), max_size=5)
    return name, tuple(Cohort(level, outcomes) for level, outcomes in draw(cohorts))


def evaluable(cohorts: tuple[Cohort, ...]) -> int:
    return sum(len(cohort.outcomes) - cohort.outcomes.count("X") for cohort in cohorts)


@settings(max_examples=40, deadline=None)
@given(anything())
def test_whatever_was_done_the_next_dose_is_none_that_must_not_be_given(case: tuple[str, tuple[Cohort, ...]]) -> None:
    """Not closed; no further up than one level above what the moves had come to; within the limits; given, if it ends.

    One level, or as many as the file says that single patients rise by.
    """
    name, cohorts = case
    plan, names = shipped(name), climbed(name, FEW).names
    found = asked(name, cohorts)
    if found.move == "treat":
        assert found.level is not None
        assert found.level not in found.closed
        assert evaluable(cohorts) + found.patients <= (plan.patients or 10_000)
        given = [names.index(cohort.level) for cohort in cohorts if set(cohort.outcomes) != {"X"}]
        step = 1 if plan.accelerated is None else plan.accelerated.levels
        start = names.index(climbed(name, FEW).start)
        assert names.index(found.level) <= max([start, *(rung + step for rung in given)])
    if found.move == "stop" and found.mtd is not None:
        assert found.mtd not in found.closed
        assert any(cohort.level == found.mtd and set(cohort.outcomes) & set("NTP") for cohort in cohorts)


@settings(max_examples=40, deadline=None)
@given(anything(), st.randoms(use_true_random=False))
def test_the_order_of_patients_within_a_cohort_is_no_matter(
    case: tuple[str, tuple[Cohort, ...]], chance: Random
) -> None:
    name, cohorts = case
    mixed = tuple(Cohort(one.level, "".join(chance.sample(one.outcomes, len(one.outcomes)))) for one in cohorts)
    one, other = asked(name, cohorts), asked(name, mixed)
    assert (one.move, one.level, one.patients, one.closed, one.mtd, one.because) == (
        other.move,
        other.level,
        other.patients,
        other.closed,
        other.mtd,
        other.because,
    )


@settings(max_examples=40, deadline=None)
@given(anything())
def test_what_is_closed_stays_closed_and_a_trial_that_is_over_stays_over(case: tuple[str, tuple[Cohort, ...]]) -> None:
    name, cohorts = case
    if any("P" in cohort.outcomes for cohort in cohorts) or shipped(name).extra:
        return  # what is pending, or not told, may yet turn out
    closed: set[str] = set()
    over = False
    found_as = family(shipped(name).family)
    follows = shipped(name).counts_pending or (found_as is not None and found_as.follow_up)
    for number in range(len(cohorts) + 1):
        found = asked(name, cohorts[:number])
        assert closed <= set(found.closed)
        closed = set(found.closed)
        assert not over or found.move == "stop" or follows
        over = found.move == "stop"


@settings(max_examples=40, deadline=None)
@given(courses(LOCAL), st.data())
def test_one_more_dlt_never_leads_higher(case: tuple[str, tuple[Cohort, ...]], data: st.DataObject) -> None:
    """Monotone, for designs that decide at one level: a patient of the last cohort has a DLT instead of none."""
    name, cohorts = case
    if not cohorts or "N" not in cohorts[-1].outcomes or "P" in cohorts[-1].outcomes or shipped(name).extra:
        return
    last = cohorts[-1]
    names = climbed(name, FEW).names
    worse = Cohort(last.level, last.outcomes.replace("N", "T", data.draw(st.integers(1, last.outcomes.count("N")))))
    heights = []
    for outcome in (last, worse):
        found = asked(name, (*cohorts[:-1], outcome))
        recommended = -1 if found.mtd is None else names.index(found.mtd)
        heights.append((found.move, recommended if found.level is None else names.index(found.level)))
    (before, high), (after, low) = heights
    assert before != after or low <= high


@pytest.mark.parametrize("name", [name for name in QUICK if not shipped(name).stages])  # stages follow each other
def test_the_order_of_the_settings_is_no_matter(name: str) -> None:
    """The lines of the escalation section backwards, each with what stands below it."""
    text = (DESIGNS / f"{name}.protocol").read_text(encoding="utf-8")
    head, section, rest = text.partition("\nescalation by ")
    body, example, after = rest.partition("\ncohort example")
    first, *lines = body.rstrip().splitlines()
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("     ") and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    swapped = "\n".join([first, *(line for block in reversed(blocks) for line in block)])
    parsed = parse(Source(name, f"{head}{section}{swapped}\n{example}{after}"))
    protocol, problems = elaborate(parsed.file, families=FAMILIES)
    assert protocol is not None, problems
    assert protocol.escalation is not None
    for history in ("", "1NNN", "1NNT", "1TTT", "1NNN 2NTT", "1NNN 2NNP", "1NNN 3X 2N"):
        told = History.read(history.replace("1", climbed(name, FEW).start), ())
        assert isinstance(told, History)
        if all(cohort.level in climbed(name, FEW).names for cohort in told.cohorts):
            found = advise(protocol.escalation, climbed(name, FEW), told)
            assert isinstance(found, Advice)
            assert found == asked(name, told.cohorts)
