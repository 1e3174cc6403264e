"""Every difference is read once more by the interpreter, on the clauses and the protocols as they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from attrs import evolve, frozen

from protocol_dsl.amend.formula import clearing
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.question import Shown
from protocol_dsl.amend.typical import clears, looked_at
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

_OF_STANDING = {Standing.CLEARS: Truth.TRUE, Standing.BARS: Truth.FALSE, Standing.OPEN: Truth.UNKNOWN}
_OF_VERDICT = {
    Verdict.ELIGIBLE: Truth.TRUE,
    Verdict.INELIGIBLE: Truth.FALSE,
    Verdict.UNDETERMINED: Truth.UNKNOWN,
}
_VERDICTS = {truth: verdict for verdict, truth in _OF_VERDICT.items()}
ABSENT = "no such clause"


@frozen
class Replayed:
    """What the two versions say of one record, and whether that clears, bars or is open."""

    old: str
    new: str
    old_truth: Truth
    new_truth: Truth


Replay: TypeAlias = Callable[[Shown], Replayed]


def seen(shown: Shown, world: World) -> World:
    """The world as the record is seen in it."""
    return world if shown.as_of is None else evolve(world, as_of=shown.as_of)


def plainer(shown: Shown, world: World, replayed: Replay) -> Shown:
    """The same difference with as few entries as can be that are not the typical record's."""
    wanted, entries = replayed(shown), dict(shown.entries)
    for place in sorted(shown.entries, key=lambda one: (one.kind == "list", one.kind == "field", one)):
        fewer = {one: cell for one, cell in entries.items() if one != place}
        if place.kind == "list" and any(one.name.startswith(f"{place.name}.") for one in fewer):
            continue
        record = world.record({(one.kind, one.name): cell.entry for one, cell in fewer.items()})
        tried = evolve(shown, record=record, entries=fewer)
        if record == shown.record or replayed(tried) == wanted:
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
    made: list[_Usual] = []

    def replayed(shown: Shown) -> Replayed:
        if shown.as_of is not None or not shown.entries.keys().isdisjoint(world.far_reaching):
            return replay_whole(seen(shown, world), shown.record)
        if not made:
            made.extend(_Usual.of(world, number, names) for number, names in enumerate((aliases, {})))
        (old, a), (new, b) = (one.on(shown) for one in made)
        return Replayed(old, new, a, b)

    return replayed


@frozen
class _Usual:
    """What the criteria of one version come to on the typical record, and those that look at each place, by number."""

    world: World
    number: int
    truths: tuple[Truth, ...]
    looking: Mapping[Place, list[int]]
    incomplete: tuple[str, ...]

    @staticmethod
    def of(world: World, number: int, aliases: Mapping[str, str]) -> _Usual:
        version = world.versions[number]
        formulas = [clearing(one, number, aliases.get(one.id, one.id)) for one in version.criteria]
        looking: dict[Place, list[int]] = {}
        for at, formula in enumerate(formulas):
            for place in looked_at(formula):
                looking.setdefault(place, []).append(at)
        without = decide(evolve(version, criteria=()), world.typical, world.as_of)
        return _Usual(world, number, tuple(clears(one, world) for one in formulas), looking, without.because)

    def on(self, shown: Shown) -> tuple[str, Truth]:
        """The verdict on a record, in words with the clauses it rests on."""
        criteria, truths = self.world.versions[self.number].criteria, list(self.truths)
        lists = {Place("list", place.name.partition(".")[0]) for place in shown.entries if place.kind == "field"}
        for at in {at for place in (*shown.entries, *lists) for at in self.looking.get(place, ())}:
            truths[at] = _OF_STANDING[_decided(self.world, self.number, criteria[at], shown.record).standing]
        for truth in (Truth.FALSE, Truth.UNKNOWN):
            because = [one.id for one, said in zip(criteria, truths, strict=True) if said is truth]
            if because:
                return _in_words(_VERDICTS[truth], because), truth
        truth = Truth.UNKNOWN if self.incomplete else Truth.TRUE
        return _in_words(_VERDICTS[truth], self.incomplete), truth


def replay_whole(world: World, record: Record) -> Replayed:
    """What each version's verdict is, with the clauses it rests on."""
    return _compared(*(decide(version, record, world.as_of) for version in world.versions))


def _compared(a: Decision, b: Decision) -> Replayed:
    said = [_in_words(one.verdict, one.because) for one in (a, b)]
    return Replayed(said[0], said[1], _OF_VERDICT[a.verdict], _OF_VERDICT[b.verdict])


def _in_words(verdict: Verdict, because: Sequence[str]) -> str:
    return f"{verdict.value} ({', '.join(because)})" if because else verdict.value


def defect(about: str, shown: Shown, again: Replayed) -> Diagnostic:
    """A difference that the interpreter does not see: a fault of ours, which is never kept back."""
    message = (
        f"{about}: a record was taken for one that the versions judge as {shown.old.value} and {shown.new.value}, "
        f"and the interpreter says {again.old_truth.value} and {again.new_truth.value}"
    )
    help_ = "nothing is claimed of this difference; report it with both files"
    return Diagnostic("PD690", Severity.ERROR, message, Label(Cell("diff")), help=help_)
