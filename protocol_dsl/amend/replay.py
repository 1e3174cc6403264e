"""Every difference is read once more by the interpreter, on the clauses and the protocols as they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from attrs import evolve, frozen

from protocol_dsl.amend.formula import clearing
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.question import Shown
from protocol_dsl.amend.typical import looked_at
from protocol_dsl.amend.world import World
from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import (
    ClauseDecision,
    Decision,
    Standing,
    Verdict,
    decide,
    decide_clause,
)
from protocol_dsl.model.protocol import Clause
from protocol_dsl.model.record import Record
from protocol_dsl.model.vocabulary import ListOf

_OF_STANDING = {Standing.CLEARS: Truth.TRUE, Standing.BARS: Truth.FALSE, Standing.OPEN: Truth.UNKNOWN}
_OF_VERDICT = {
    Verdict.ELIGIBLE: Truth.TRUE,
    Verdict.INELIGIBLE: Truth.FALSE,
    Verdict.UNDETERMINED: Truth.UNKNOWN,
}
ABSENT = "no such clause"


@frozen
class Replayed:
    """What the two versions say of one record, and whether that clears, bars or is open."""

    old: str
    new: str
    old_truth: Truth
    new_truth: Truth


Replay: TypeAlias = Callable[[Shown], Replayed]


def plainer(shown: Shown, world: World, replayed: Replay) -> Shown:
    """The same difference with as few entries as can be that are not the typical record's."""
    wanted, entries = replayed(shown), dict(shown.entries)
    for place in sorted(shown.entries, key=lambda one: (one.kind == "list", one.kind == "field", one)):
        fewer = {one: cell for one, cell in entries.items() if one != place}
        if place.kind == "list" and any(one.name.startswith(f"{place.name}.") for one in fewer):
            continue
        record = world.record({(one.kind, one.name): cell.entry for one, cell in fewer.items()})
        tried = Shown(record, fewer, shown.old, shown.new)
        if replayed(tried) == wanted:
            entries, shown = fewer, tried
    return shown


def replay_clause(world: World, old: Clause | None, new: Clause | None, record: Record) -> Replayed:
    """What each version's clause comes to."""
    a, b = (_status(world, number, clause, record) for number, clause in enumerate((old, new)))
    return Replayed(a[0], b[0], a[1], b[1])


def _status(world: World, number: int, clause: Clause | None, record: Record) -> tuple[str, Truth]:
    if clause is None:
        return ABSENT, Truth.TRUE
    one = _decided(world, number, clause, record)
    return one.status.value, _OF_STANDING[one.standing]


def _decided(world: World, number: int, clause: Clause, record: Record) -> ClauseDecision:
    return decide_clause(clause, world.against(number, record, clause))


def near_typical(world: World, aliases: Mapping[str, str]) -> Replay:
    """As `replay_whole`, of a record with few entries of its own: only the clauses that look at those are read again.

    `aliases` has the id that a clause of the older version goes by.
    """
    usual: list[Decision] = []
    looking: list[Mapping[Place, list[int]]] = []

    def replayed(shown: Shown) -> Replayed:
        if not shown.entries.keys().isdisjoint(far_reaching(world)):
            return replay_whole(world, shown.record)
        if not usual:
            usual.extend(decide(version, world.typical, world.as_of) for version in world.versions)
            looking.extend((_looking(world, 0, aliases), _looking(world, 1, {})))
        lists = {Place("list", place.name.partition(".")[0]) for place in shown.entries if place.kind == "field"}
        decided = []
        for number, one in enumerate(usual):
            clauses = list(one.clauses)
            for at in {at for place in (*shown.entries, *lists) for at in looking[number].get(place, ())}:
                clauses[at] = _decided(world, number, clauses[at].clause, shown.record)
            decided.append(_with(one, tuple(clauses)))
        return _compared(decided[0], decided[1])

    return replayed


def _looking(world: World, number: int, aliases: Mapping[str, str]) -> Mapping[Place, list[int]]:
    """The criteria that look at each place, by their number."""
    found: dict[Place, list[int]] = {}
    for at, clause in enumerate(world.versions[number].criteria):
        for place in looked_at(clearing(clause, number, aliases.get(clause.id, clause.id))):
            found.setdefault(place, []).append(at)
    return found


def far_reaching(world: World) -> frozenset[Place]:
    """The places on which hangs when the moments are, or up to when lists are complete, and with them everything."""
    every = [item for one in world.versions for item in one.items.values()]
    lists = (Place("list", item.name) for item in every if isinstance(item.kind, ListOf))
    until = (Place("item", item.complete.to) for item in every if item.complete is not None and item.complete.to)
    moments = (Place("moment", name) for one in world.versions for name in one.moments)
    return frozenset((*lists, *until, *moments))


def _with(decision: Decision, clauses: tuple[ClauseDecision, ...]) -> Decision:
    """A decision that rests on these clauses."""
    standings = {one.standing for one in clauses}
    if Standing.BARS in standings:
        verdict = Verdict.INELIGIBLE
    else:
        is_open = Standing.OPEN in standings or decision.incomplete
        verdict = Verdict.UNDETERMINED if is_open else Verdict.ELIGIBLE
    return evolve(decision, clauses=clauses, verdict=verdict)


def replay_whole(world: World, record: Record) -> Replayed:
    """What each version's verdict is, with the clauses it rests on."""
    return _compared(*(decide(version, record, world.as_of) for version in world.versions))


def _compared(a: Decision, b: Decision) -> Replayed:
    said = [f"{one.verdict.value} ({', '.join(one.because)})" if one.because else one.verdict.value for one in (a, b)]
    return Replayed(said[0], said[1], _OF_VERDICT[a.verdict], _OF_VERDICT[b.verdict])


def defect(about: str, shown: Shown, again: Replayed) -> Diagnostic:
    """A difference that the interpreter does not see: a fault of ours, which is never kept back."""
    message = (
        f"{about}: a record was taken for one that the versions judge as {shown.old.value} and {shown.new.value}, "
        f"and the interpreter says {again.old_truth.value} and {again.new_truth.value}"
    )
    help_ = "nothing is claimed of this difference; report it with both files"
    return Diagnostic("PD690", Severity.ERROR, message, Label(Cell("diff")), help=help_)
