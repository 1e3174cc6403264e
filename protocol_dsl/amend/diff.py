"""Two versions of a protocol to everything in which they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from attrs import evolve, field, frozen

from protocol_dsl.amend.change import ClauseChange, Diff, Kind, Whole, Witness
from protocol_dsl.amend.escalations import escalations
from protocol_dsl.amend.formula import TRUE, Fixed, Formula, both, clearing, event_by_event
from protocol_dsl.amend.likeness import declared_alike, told_apart
from protocol_dsl.amend.monitored import compared, is_over_patients, who_counts
from protocol_dsl.amend.pairing import Pair, pairs, same_rule, unheard_of
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.posed import Asked, Posed, written
from protocol_dsl.amend.promises import asked_of_promises
from protocol_dsl.amend.question import Answer, Search, Shown, same_by_form
from protocol_dsl.amend.replay import (
    Replay,
    Replayed,
    defect,
    near_typical,
    plainer,
    replay_clause,
    replay_whole,
    seen,
)
from protocol_dsl.amend.stated import stated
from protocol_dsl.amend.typical import clears, clears_on, looked_at, typical
from protocol_dsl.amend.ways import Direction
from protocol_dsl.amend.world import World, world
from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.truth import Truth, conjoin
from protocol_dsl.evaluate.decide import decide
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import Record

_OPEN = Fixed(Truth.UNKNOWN)
_IN_FULL = {
    (True, True): Kind.BOTH,
    (True, False): Kind.LOOSENED,
    (False, True): Kind.TIGHTENED,
}


@frozen
class _Comparison:
    """Two versions, their clauses in pairs, and the search for differences."""

    old: Protocol
    new: Protocol
    pairs: tuple[Pair, ...]
    defects: list[Diagnostic] = field(factory=list)
    made: list[Search] = field(factory=list)

    @property
    def search(self) -> Search:
        """Made when the first question is asked: of what nothing is changed in, none is."""
        if not self.made:
            self.made.append(Search(_world(self.old, self.new, self.pairs)))
        return self.made[0]

    def ask(self, old: Formula, new: Formula) -> Answer:
        """Where the two differ; if their form says that they do not, no typical record is made up for it."""
        if not self.made and same_by_form(old, new, (self.old, self.new)):
            return Answer({}, proved=True)
        return self.search.ask(old, new)


def diff(old: Protocol, new: Protocol) -> Diff:
    """What the newer version changes: every clause, the whole of eligibility, the rest of the file, and escalation."""
    found = pairs(old, new)
    comparison = _Comparison(old, new, found)
    changes = [change for pair in found if (change := _changed(pair, comparison)) is not None]
    touched = {change.id for change in changes}
    return Diff(
        _named(old),
        _named(new),
        tuple(changes),
        _whole(comparison, frozenset(change.id for change in changes if change.kind is Kind.SAME)),
        stated(old, new),
        escalations(old, new),
        tuple(pair.id for pair in found if pair.id not in touched),
        tuple(comparison.defects),
        world((old, new)).as_of,
        {pair.new.id: pair.old.id for pair in found if pair.new is not None and pair.old is not None},
        tuple(unheard_of(old, new)),
    )


def questions(old: Protocol, new: Protocol) -> Asked:
    """What is asked of each clause, by itself and in context, of the criteria together, and of what is promised.

    Needs the solver.
    """
    found = pairs(old, new)
    comparison = _Comparison(old, new, found)
    return written((*_posed(comparison), *asked_of_promises(old, new)), comparison.search.world)


def _posed(comparison: _Comparison) -> Iterator[Posed]:
    search = comparison.search
    for pair in comparison.pairs:
        change = ClauseChange(pair.id, Kind.SAME, pair.part, pair.old, pair.new)
        if is_over_patients(pair):
            yield from who_counts(change, search)
        else:
            yield _event_by_event(pair.id, *_sides(pair), search)
        if pair.part == "criteria" and meaning_changed(pair):
            before, after = _sides(pair)
            others = _company((before, after), _others(pair, comparison), search.world)
            yield _event_by_event(f"{pair.id}_in_context", both((*others, before)), both((*others, after)), search)
    criteria = [_sides(pair) for pair in comparison.pairs if pair.part == "criteria"]
    whole = [both(tuple(side[version] for side in criteria)) for version in range(2)]
    yield _event_by_event("whole", whole[0], whole[1], search)


def _event_by_event(about: str, old: Formula, new: Formula, search: Search) -> Posed:
    before, after, _ = event_by_event(old, new)
    return Posed(about, before, after, search.ask(old, new))


def _sides(pair: Pair) -> tuple[Formula, Formula]:
    """What a clause comes to in each version; one that is not there always clears."""
    before = TRUE if pair.old is None else clearing(pair.old, 0, pair.id)
    return before, TRUE if pair.new is None else clearing(pair.new, 1, pair.id)


def _named(protocol: Protocol) -> str:
    return f"{protocol.header.id} version {protocol.header.version}".removesuffix(" version ")


def _world(old: Protocol, new: Protocol, found: tuple[Pair, ...]) -> World:
    aliases = {pair.id: tuple({one.id for one in (pair.old, pair.new) if one is not None}) for pair in found}
    return typical(world((old, new), aliases))


# --- a clause ---------------------------------------------------------------------------------------------------------


def _changed(pair: Pair, comparison: _Comparison) -> ClauseChange | None:
    """What became of a clause; None where nothing did."""
    before, after = pair.old, pair.new
    change = ClauseChange(pair.id, Kind.SAME, pair.part, before, after, guessed=pair.guessed)
    if before is None or after is None:
        return _one_sided(change, comparison)
    reworded = before.wording != after.wording
    if same_rule(before, after) and _read_alike(pair, comparison):
        if before.id != after.id:
            return evolve(change, kind=Kind.RENAMED, reworded=reworded)
        if reworded:
            return evolve(change, kind=Kind.WORDING, reworded=True)
        plain = (before.condition, before.guard) == (after.condition, after.guard)
        return None if plain else change
    if is_over_patients(pair):
        return _followed_alike(_over_patients(evolve(change, reworded=reworded), comparison))
    answer = comparison.ask(*_sides(pair))
    witnesses = _witnesses(change, answer, comparison)
    kind = kind_of(answer, witnesses)
    change = evolve(
        change,
        kind=kind,
        witnesses=witnesses,
        proved=answer.proved,
        loose=answer.loose,
        records=answer.records,
        looked=answer.looked,
        reworded=reworded,
    )
    return _in_context(_followed_alike(change), pair, comparison)


def _followed_alike(change: ClauseChange) -> ClauseChange:
    """The change, with what follows from the clause where that is another; then it is one of more than words."""
    old, new = change.old, change.new
    if old is None or new is None or old.then == new.then:
        return change
    was, now = (" and ".join(side.then) or "nothing" for side in (old, new))
    change = evolve(change, notes=(*change.notes, f"what follows is another: {was} -> {now}"))
    return evolve(change, kind=Kind.BOTH) if change.kind is Kind.SAME else change


def _over_patients(change: ClauseChange, comparison: _Comparison) -> ClauseChange:
    """A rule over patients, with its kind, unless it is added or removed."""
    found = compared(change, comparison.search)
    comparison.defects.extend(found.defects)
    if change.kind in (Kind.ADDED, Kind.REMOVED):
        return found.change
    answer = Answer({}, found.change.proved and not found.defects)
    return evolve(found.change, kind=kind_of(answer, found.change.witnesses))


def _read_alike(pair: Pair, comparison: _Comparison) -> bool:
    """Whether a clause of the same form says the same in both, which hangs on how what it looks at is declared."""
    old, new = comparison.old, comparison.new
    return declared_alike(old, new) or same_by_form(*_sides(pair), (old, new))


def kind_of(answer: Answer, witnesses: tuple[Witness, ...]) -> Kind:
    """The class that the differences found amount to."""
    gained = any(one.gained and one.whole for one in witnesses)
    lost = any(not one.gained and one.whole for one in witnesses)
    if gained or lost:
        return _IN_FULL[gained, lost]
    if witnesses:
        return Kind.MISSING if answer.proved else Kind.UNDECIDED
    return Kind.SAME if answer.proved and not answer.found else Kind.UNDECIDED


def _one_sided(change: ClauseChange, comparison: _Comparison) -> ClauseChange:
    """A clause that one version does not have is one that always clears there."""
    kind = Kind.ADDED if change.old is None else Kind.REMOVED
    if is_over_patients(Pair(change.part, change.old, change.new)):
        return _over_patients(evolve(change, kind=kind), comparison)
    answer = comparison.search.ask(*_sides(Pair(change.part, change.old, change.new)))
    witnesses = _witnesses(change, answer, comparison)
    change = evolve(
        change,
        kind=kind,
        witnesses=witnesses,
        proved=answer.proved,
        loose=answer.loose,
        records=answer.records,
        looked=answer.looked,
    )
    pair = Pair(change.part, change.old, change.new)
    return _in_context(change, pair, comparison)


def _witnesses(change: ClauseChange, answer: Answer, comparison: _Comparison) -> tuple[Witness, ...]:
    """The differences found that the interpreter confirms on the clauses as they stand."""

    def replayed(shown: Shown) -> Replayed:
        world = seen(shown, comparison.search.world)
        return replay_clause(world, change.old, change.new, shown.record)

    return _confirmed(change.id, answer, comparison, replayed)


def _confirmed(
    about: str, answer: Answer, comparison: _Comparison, replayed: Replay, quick: Replay | None = None
) -> tuple[Witness, ...]:
    """`quick` says the same as `replayed` while a plainer record is looked for; the record found is read in full."""
    found = []
    for direction, shown in sorted(answer.found.items(), key=lambda one: (not one[0].whole, one[0].gained)):
        plain = plainer(shown, comparison.search.world, quick or replayed)
        again = replayed(plain)
        if (again.old_truth, again.new_truth) != (shown.old, shown.new):
            comparison.defects.append(defect(about, shown, again))
            continue
        found.append(_witness(direction, plain, again))
    return tuple(found)


def _witness(direction: Direction, shown: Shown, again: Replayed) -> Witness:
    varied = tuple((place.kind, place.name) for place in sorted(shown.entries))
    return Witness(direction.gained, direction.whole, shown.record, varied, again.old, again.new, as_of=shown.as_of)


# --- in context -------------------------------------------------------------------------------------------------------


def _in_context(change: ClauseChange, pair: Pair, comparison: _Comparison) -> ClauseChange:
    """Whether the change of one criterion does anything, next to all the other criteria of the newer version."""
    if change.part != "criteria" or change.kind in (Kind.SAME, Kind.UNDECIDED):
        return change
    before = TRUE if pair.old is None else clearing(pair.old, 0, pair.id)
    after = TRUE if pair.new is None else clearing(pair.new, 1, pair.id)
    answer = _asked_among((before,), (after,), _others(pair, comparison), comparison, one_will_do=True)
    if answer.found:
        return evolve(change, in_context=True)
    if not answer.proved:
        return change
    kind = change.kind if change.kind in (Kind.ADDED, Kind.REMOVED) else Kind.NO_EFFECT
    return evolve(change, kind=kind, in_context=False)


def _others(pair: Pair, comparison: _Comparison) -> list[Formula]:
    """All other criteria of the newer version."""
    return [clearing(one, 1) for one in comparison.new.criteria if pair.new is None or one.id != pair.new.id]


def _asked_among(
    old: tuple[Formula, ...],
    new: tuple[Formula, ...],
    others: Iterable[Formula],
    comparison: _Comparison,
    *,
    one_will_do: bool = False,
) -> Answer:
    """The question in the company of what looks at the same entries; all else clears as it does on the typical record.

    Where a record that shows the difference by itself shows it in company too, there is no more to ask.

    What is in company looks at other entries besides, which bring in others, until nothing is shared with the rest.
    """
    versions = comparison.search.world.versions
    old, new, others = (tuple(told_apart(one, versions) for one in some) for some in (old, new, others))
    alone = comparison.search.ask(both(old), both(new))
    if not alone.found:  # what does not differ by itself does not in company
        return alone
    seen = {one: shown for one, found in alone.found.items() if (shown := _beside(found, others, comparison))}
    if seen and (one_will_do or (alone.proved and seen.keys() == alone.found.keys())):
        return evolve(alone, found=seen)
    near = _company((*old, *new), others, comparison.search.world)
    return comparison.search.ask(both((*near, *old)), both((*near, *new)))


def _company(these: Iterable[Formula], others: Iterable[Formula], world: World) -> list[Formula]:
    """Of others, those that look at the same entries as these, directly or through others."""
    mine = frozenset(place for one in these for place in looked_at(one))
    rest, near = list(others), list[Formula]()
    while found := [one for one in rest if not mine.isdisjoint(looked_at(one))]:
        rest = [one for one in rest if mine.isdisjoint(looked_at(one))]
        near += found
        mine = mine.union(*map(looked_at, found))
    moved = any(place.kind == "moment" for place in mine)  # on which hangs what is read at it, whatever that looks at
    if moved or any(clears(one, world) is not Truth.TRUE for one in rest):
        near += rest  # they may never clear together, and then nothing else matters
    return near


def _beside(shown: Shown, others: Iterable[Formula], comparison: _Comparison) -> Shown | None:
    """A difference as it is beside all others; None where they leave nothing of it."""
    world = seen(shown, comparison.search.world)
    lists = {Place("list", place.name.partition(".")[0]) for place in shown.entries if place.kind == "field"}
    touched = shown.entries.keys() | lists
    every = shown.as_of is not None or not touched.isdisjoint(world.far_reaching)
    rest = conjoin(
        clears_on(one, world, shown.record) if every or not touched.isdisjoint(looked_at(one)) else clears(one, world)
        for one in others
    )
    old, new = conjoin((shown.old, rest)), conjoin((shown.new, rest))
    return None if old is new else evolve(shown, old=old, new=new)


def _whole(comparison: _Comparison, same: frozenset[str]) -> Whole:
    """Who is eligible, of all that may come. `same` are the criteria that were shown to differ on no record."""
    old, new = comparison.old, comparison.new
    mine = [pair for pair in comparison.pairs if pair.part == "criteria"]
    shared = [pair for pair in mine if pair.id in same or (not meaning_changed(pair) and _read_alike(pair, comparison))]
    kept = {pair.id for pair in shared}
    lost = tuple(clearing(one.old, 0, one.id) for one in mine if one.old is not None and one.id not in kept)
    added = tuple(clearing(one.new, 1) for one in mine if one.new is not None and one.id not in kept)
    is_open = [bool(decide(evolve(one, criteria=()), Record(""), date.max).incomplete) for one in (old, new)]
    none = Kind.NO_EFFECT if any(meaning_changed(pair) for pair in comparison.pairs) else None
    if not lost and not added and is_open[0] is is_open[1]:
        return Whole(none)
    # With a section that is not known in full nobody is eligible.
    lost, added = (*lost, *[_OPEN] * is_open[0]), (*added, *[_OPEN] * is_open[1])
    others = [clearing(pair.new, 1) for pair in sorted(shared, key=_both_ids) if pair.new is not None]
    answer = _asked_among(lost, added, others, comparison)
    world = comparison.search.world
    quick = near_typical(world, {pair.old.id: pair.id for pair in mine if pair.old is not None})
    witnesses = _confirmed(
        "the whole", answer, comparison, lambda one: replay_whole(seen(one, world), one.record), quick
    )
    kind: Kind | None = kind_of(answer, witnesses)
    kind = none if kind is Kind.SAME else kind
    return Whole(kind, witnesses, answer.proved, answer.loose, answer.records, answer.looked)


def _both_ids(pair: Pair) -> tuple[str, ...]:
    """The same whichever version is the newer."""
    return tuple(sorted(one.id for one in (pair.old, pair.new) if one is not None))


def meaning_changed(pair: Pair) -> bool:
    """Whether a criterion says something else, in its one form."""
    if pair.part != "criteria":
        return False
    return pair.old is None or pair.new is None or not same_rule(pair.old, pair.new)
