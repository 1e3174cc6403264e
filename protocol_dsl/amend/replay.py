"""Every difference is read once more by the interpreter, on the clauses and the protocols as they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from protocol_dsl.amend.question import Shown
from protocol_dsl.amend.world import World
from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.truth import Truth
from protocol_dsl.evaluate.decide import Standing, Verdict, decide, decide_clause, environment
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.protocol import Clause
from protocol_dsl.model.record import Record

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
    version = world.versions[number]
    moments, _ = moments_of(version, record, {})
    one = decide_clause(clause, environment(version, record, world.as_of, moments, clause))
    return one.status.value, _OF_STANDING[one.standing]


def replay_whole(world: World, record: Record) -> Replayed:
    """What each version's verdict is, with the clauses it rests on."""
    a, b = (decide(version, record, world.as_of) for version in world.versions)
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
