"""The decision table that a design amounts to: every count that can be met at one level, and the move that follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from attrs import evolve, frozen

from protocol_dsl.base.sheet import runs
from protocol_dsl.escalation import behaviours
from protocol_dsl.escalation.accelerated import Phase
from protocol_dsl.escalation.automaton import Automaton, explore
from protocol_dsl.escalation.behaviour import Layer
from protocol_dsl.escalation.computed import Counts
from protocol_dsl.escalation.design import Awaits, Design, Move, Stop, Treat, Wait
from protocol_dsl.escalation.designs import family, is_local, machine, ruled
from protocol_dsl.escalation.last_cohort import Dealt
from protocol_dsl.escalation.rule import Family
from protocol_dsl.escalation.stages import StagedState
from protocol_dsl.escalation.tally import Tally, View
from protocol_dsl.model.escalation import Action, DoseLevel, EscalationPlan, Ladder, Place, Row, Stage, Word

MOST_TREATED = 60
"""A computed table goes no further than to so many patients at a level."""

# Of a longer ladder, so many levels show all that can happen at one of them: the ends, and what lies between.
_MOST_LEVELS, _FEWEST_LEVELS = 4, 3
_MOST_STATES, _MOST_ENTRIES = 20_000, 2_000


@frozen
class Entry:
    """What follows one count at a level.

    `level` says where on the ladder, in the language's words for it: mostly `any`. `move` is in the language's words,
    `row` the row of the plan that decides. `ends` says what becomes of a move that the ladder leaves no room for.
    """

    treated: int
    with_dlt: int
    pending: int
    extra: tuple[int, ...]
    level: str
    move: str
    actions: tuple[Action, ...]
    row: int | None = None
    ends: tuple[str, ...] = ()


@frozen
class Boundary:
    """With so many treated: escalate with at most, de-escalate (or close) with at least, close with at least so many.

    None where no count does. `stop` is what ends the trial at the lowest level.
    """

    treated: int
    escalate: int | None
    de_escalate: int | None
    close: int | None
    stop: int | None


@frozen
class DecisionTable:
    """The entries, fewest patients first. `extra` names the counts that the protocol keeps of its own.

    `boundaries` say the same in the manner of printed tables, where each move takes a run of counts; `cohort` is how
    many are treated together. `notes` tell what an entry does not. The counts are those of all patients at a level, or
    (`last_cohort`) of the last cohort alone.
    """

    entries: tuple[Entry, ...]
    cohort: int
    extra: tuple[str, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    notes: tuple[str, ...] = ()
    last_cohort: bool = False

    @property
    def subject(self) -> str:
        """What the table shows, in few words."""
        return f"decisions by the counts {'of the last cohort' if self.last_cohort else 'at one level'}"


@frozen
class NoTable:
    """Why a design amounts to no table."""

    why: str


def decision_table(plan: EscalationPlan, ladder: Ladder) -> DecisionTable | NoTable:
    """The table of a sound plan; none where a decision depends on the counts at more than one level."""
    if plan.stages:
        return _first_stage(plan, ladder)
    found = family(plan.family)
    if found is None:
        return _written(plan, ladder)
    if not found.local:
        return NoTable(
            f"in {found.title} each decision depends on the counts at every level, so that no table of the counts at "
            "one level holds it"
        )
    return _computed(plan, ladder, found)


def at_the_ends(table: DecisionTable) -> Iterator[str]:
    """What becomes of each move that the ladder leaves no room for, with the counts where these make a difference."""
    by_move: dict[str, dict[tuple[str, ...], set[int]]] = defaultdict(lambda: defaultdict(set))
    for one in table.entries:
        if one.ends:
            by_move[one.move][one.ends].add(one.treated)
    for move, found in by_move.items():
        for ends, treated in found.items():
            counts = "" if len(found) == 1 else f" with {runs(sorted(treated))} treated"
            yield f"{move}{counts}, {'; '.join(ends)}"


# --- what was met -----------------------------------------------------------------------------------------------------


@frozen
class _Met:
    """A place and a move at which a count was met: `lowest` and `top` are the ends of what is open of the ladder.

    `halts` says that the trial stops here though the same count elsewhere says otherwise; `by_all` that the counts
    tell what is recommended.
    """

    level: str
    lowest: bool
    top: bool
    move: Move
    rung: int
    halts: bool = False
    by_all: bool = True

    @property
    def says(self) -> tuple[Action, ...]:
        return self.move.reason.actions


def _anywhere(_met: _Met) -> str:
    return Place.ANY.value


def _by_top(met: _Met) -> str:
    return (Place.TOP if met.top else Place.NOT_TOP).value


def _by_lowest(met: _Met) -> str:
    return (Place.LOWEST if met.lowest else Place.NOT_LOWEST).value


def _by_name(met: _Met) -> str:
    return met.level


def _by_name_and_top(met: _Met) -> str:
    return f"{met.level}, {_by_top(met)}"


_SPLITS: tuple[Callable[[_Met], str], ...] = (_anywhere, _by_top, _by_lowest, _by_name, _by_name_and_top)


def _entries(met: dict[Tally, list[_Met]]) -> Iterator[Entry]:
    for tally in sorted(met, key=lambda tally: (tally.treated, tally.with_dlt, tally.pending, tally.extra)):
        for level, here in _split(met[tally]).items():
            for said in dict.fromkeys(one.says for one in here):
                alike = [one for one in here if one.says == said]
                reason = alike[0].move.reason
                counts = (tally.treated, tally.with_dlt, tally.pending, tally.extra)
                move = f"{reason.action}: {reason.flaw.value}" if reason.flaw else reason.action
                yield Entry(*counts, level, move, said, reason.row, tuple(_ends(alike)))


def _split(met: list[_Met]) -> dict[str, list[_Met]]:
    """By the fewest places that tell one move from the other."""
    groups: dict[str, list[_Met]] = {}
    for place in _SPLITS:
        found = defaultdict(list)
        for one in met:
            found[place(one)].append(one)
        groups = dict(found)
        if all(len({one.says for one in group}) == 1 for group in groups.values()):
            break
    return groups


# --- at the ends of the ladder ----------------------------------------------------------------------------------------


def _ends(met: list[_Met]) -> Iterator[str]:
    """What a move comes to where there is no level above or below, or where that level is full."""
    words = {action.word for action in met[0].says}
    if Word.ESCALATE in words:
        yield from _beyond(met, "at the top", "where the level above is full", lambda one: one.top, 1)
    elif Word.DE_ESCALATE in words:
        yield from _beyond(met, "at the lowest level", "where the level below is full", lambda one: one.lowest, -1)
    if Word.DE_ESCALATE not in words:
        yield from (f"at the lowest level: {_effect(one)}" for one in met if one.halts)


def _beyond(met: list[_Met], end: str, full: str, is_end: Callable[[_Met], bool], by: int) -> Iterator[str]:
    at_end = {_effect(one) for one in met if is_end(one)}
    inside = {_effect(one) for one in met if not is_end(one) and not one.halts and not _goes(one, by)}
    if at_end:
        yield f"{end}: {' or '.join(sorted(at_end))}"
    if inside:
        yield f"{full}: {' or '.join(sorted(inside))}"


def _goes(met: _Met, by: int) -> bool:
    return isinstance(met.move, Treat) and (met.move.rung - met.rung) * by > 0


def _effect(met: _Met) -> str:
    match met.move:
        case Treat(patients, rung):
            where = "at this level" if rung == met.rung else f"at the level {'above' if rung > met.rung else 'below'}"
            return f"treat {patients} {where}"
        case Stop() if not met.by_all:
            return "stop"
        case Stop(None):
            return "stop with no level"
        case Stop(rung):
            where = "this level" if rung == met.rung else "a level below"
            return f"stop with {where}"
        case Wait(awaits):
            return f"wait for {awaits.value}" if awaits is Awaits.PENDING else "review"


# --- a table as it is written -----------------------------------------------------------------------------------------


def _written(plan: EscalationPlan, ladder: Ladder) -> DecisionTable:
    """Every count at a level that the moves of the table lead to."""
    going = any(action.level is not None for row in plan.rows for action in row.then)
    by_name = going or any(not isinstance(row.level, Place) for row in plan.rows)
    rungs = ladder if by_name else _shortened(ladder, _FEWEST_LEVELS if plan.counts_pending else _MOST_LEVELS)
    unlimited = evolve(plan, patients=None, on_level=None)
    if plan.last_cohort:  # then what is recommended at the end, by all patients, has no part in the table
        unlimited = evolve(unlimited, mtd=None, settings=())
    automaton = explore(machine(unlimited, rungs), partial=plan.counts_pending, most=_MOST_STATES)
    notes = list(_limits(plan))
    entries = tuple(_entries(_met(automaton)))
    if not automaton.complete:
        entries = entries[:_MOST_ENTRIES]
        notes.append("the counts go on; these are the first that are met")
    kept = any(one.extra for one in entries)
    return DecisionTable(entries, plan.cohort, plan.extra if kept else (), (), tuple(notes), plan.last_cohort)


def _first_stage(plan: EscalationPlan, ladder: Ladder) -> DecisionTable | NoTable:
    """The table of the first stage, as far as it leads; the notes say what follows."""
    first, *later = plan.stages
    if not is_local(first.plan):
        why = "depends on the counts at every level in each of its decisions, so that no table at one level holds it"
        return NoTable(f"the first stage, `{first.name}`, {why}")
    people = (Row((), (Action(Word.REVIEW),), otherwise=True),)  # whoever takes over has no part in the table
    short = (first, Stage(later[0].name, EscalationPlan(people, cohort=first.plan.cohort)))
    table = _written(evolve(plan, rows=first.plan.rows, stages=short, always=()), ladder)
    notes = [*_limits(first.plan)]
    for before, stage in pairwise(plan.stages):
        notes.append(f"`{before.name}` ends with {before.until}; then `{stage.name}` leads, by {stage.plan.family}")
    return evolve(table, notes=(*notes, *table.notes))


def _shortened(ladder: Ladder, most: int) -> Ladder:
    """Where no row names a level, the levels between the ends are all alike."""
    first = max(min(ladder.names.index(ladder.start) - 1, len(ladder.levels) - most), 0)
    return evolve(ladder, levels=ladder.levels[first : first + most])


def _met(automaton: Automaton[Any]) -> dict[Tally, list[_Met]]:
    met: dict[Tally, dict[_Met, None]] = defaultdict(dict)
    names, last_cohort = automaton.design.names, automaton.design.plan.last_cohort
    for state, move in zip(automaton.states, automaton.moves, strict=True):
        view = automaton.design.look(state)
        if isinstance(state, StagedState):
            if state.stage:
                continue  # the note on stages says it
            state = state.inner  # noqa: PLW2901 - as if there were no other stage
        if view is None or (isinstance(state, Phase) and state.counted is not None):
            continue  # the note on single patients says it
        tally = _counted(state, view)
        if tally.treated:
            top, lowest = view.above is None, view.rung == view.lowest
            met[tally][_Met(names[view.rung], lowest, top, move, view.rung, by_all=not last_cohort)] = None
    return {tally: sorted(found, key=lambda one: one.rung) for tally, found in met.items()}


def _counted(state: object, view: View) -> Tally:
    """The counts that the rows ask about."""
    within = state.inner if isinstance(state, Phase) else state
    if not isinstance(within, Dealt):
        return view.tally
    level = within.last.levels[view.rung]
    return level if isinstance(level, Tally) else Tally()


def _limits(plan: EscalationPlan) -> Iterator[str]:
    if plan.last_cohort:
        yield "the counts are those of the last cohort alone"
        for line in behaviours.lines(plan, Layer.CLOSES):
            yield f"by the counts of all patients at a level, and not shown: {line}"
    for line in behaviours.lines(plan, Layer.RISES, Layer.RISES):
        yield f"not shown: {line}"
    if plan.accelerated is not None:
        yield f"one patient at a time until {plan.accelerated}, and until then each level without DLT leads to the next"
    if plan.patients is not None:
        yield f"the trial ends with at most {plan.patients} patients"
    if plan.on_level is not None:
        yield f"the trial ends where the next cohort would go to a level that has had {plan.on_level}"


# --- a table that is computed -----------------------------------------------------------------------------------------


def _computed(plan: EscalationPlan, ladder: Ladder, found: Family) -> DecisionTable:
    """Every count at a level, up to as many patients as the plan can bring there."""
    furthest = _furthest(plan)
    unlimited = evolve(plan, patients=None, on_level=None)
    three = evolve(ladder, levels=tuple(map(DoseLevel, "123")), start="1")
    design = ruled(unlimited, three, found)
    met = {tally: _anywhere_on(design, tally) for tally in _tallies(min(furthest, MOST_TREATED))}
    boundaries = tuple(_boundaries(met))
    notes = list(_limits(plan))
    if found.follow_up:
        notes.append("these are the moves with nobody pending; a pending patient counts by the time followed")
    if furthest > MOST_TREATED:
        notes.append(f"a level may get as many as {furthest} patients; the table ends at {MOST_TREATED}")
    return DecisionTable(tuple(_entries(met)), plan.cohort, (), boundaries, tuple(notes))


def _furthest(plan: EscalationPlan) -> int:
    """As many patients as one level can get: a cohort is not broken off where the level has had enough."""
    on_level = plan.on_level and -(-plan.on_level // plan.cohort) * plan.cohort
    return min(filter(None, (plan.patients, on_level)), default=MOST_TREATED)


def _tallies(furthest: int) -> Iterator[Tally]:
    for treated in range(1, furthest + 1):
        for dlts in range(treated + 1):
            yield Tally(treated - dlts, dlts)


def _anywhere_on(design: Design[Counts], tally: Tally) -> list[_Met]:
    """The count between the ends of the ladder, whose words stand for all, and then at either end."""
    found = []
    for rung in (1, 0, 2):
        levels = tuple(tally if at == rung else Tally() for at in range(3))
        move = design.move(Counts(rung, levels, 3))
        found.append(_Met(design.names[rung], rung == 0, rung == 2, move, rung))  # noqa: PLR2004 - the third of three
    return [_saying(one, found[0].says) for one in found]


def _saying(met: _Met, said: tuple[Action, ...]) -> _Met:
    """What was met at an end of the ladder, in the words of what is said between them."""
    if met.says == said:
        return met
    move = evolve(met.move, reason=evolve(met.move.reason, actions=said))
    return evolve(met, move=move, halts=isinstance(met.move, Stop))


def _boundaries(met: dict[Tally, list[_Met]]) -> Iterator[Boundary]:
    """A boundary for each number treated; none at all where a move does not take a run of counts."""
    by_treated: dict[int, list[list[_Met]]] = defaultdict(list)
    for tally, found in met.items():
        by_treated[tally.treated].append(found)
    rows = []
    for treated, counts in by_treated.items():
        words = [{action.word for action in here[0].says} for here in counts]
        falls = [[word in said for said in words] for word in (Word.DE_ESCALATE, Word.CLOSE)]
        falls.append([isinstance(here[1].move, Stop) for here in counts])
        rises = [Word.ESCALATE not in said for said in words]
        if any(run != sorted(run) for run in (*falls, rises)):
            return
        up = sum(not each for each in rises)
        rows.append(Boundary(treated, up - 1 if up else None, *map(_first, falls)))
    yield from rows


def _first(run: list[bool]) -> int | None:
    return run.index(True) if True in run else None
