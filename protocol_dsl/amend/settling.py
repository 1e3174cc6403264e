"""An undetermined patient: which missing items can still matter, which cannot, and what values would decide.

Each missing entry is filled in with something from every stretch that the criteria can tell apart, alone and together
with the others; the interpreter says what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

from attrs import evolve, field, frozen

from protocol_dsl.amend.asked import Asked, asked
from protocol_dsl.amend.cells import Cell, cells, product_size
from protocol_dsl.amend.formula import Atom, atoms, clearing
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.settling_asked import Left, asked_of_solver
from protocol_dsl.amend.solver import available
from protocol_dsl.amend.witnessed import entry_words
from protocol_dsl.amend.world import World, asked_at
from protocol_dsl.evaluate.decide import Decision, Standing, Verdict, decide
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY, Reading, Record

MOST_COMPLETIONS = 4000
Entries = Mapping[Place, Cell]


@frozen
class Decides:
    """What a value of one missing entry comes to, all else left as it is."""

    value: str
    verdict: Verdict


@frozen
class Missing:
    """A missing entry, and why it is missing. `matters` is None where too much is missing to look through."""

    item: str
    reason: str
    matters: bool | None
    decides: tuple[Decides, ...] = ()


@frozen
class Settled:
    """What is still open of a patient: the verdict as it stands, and each missing entry that a criterion asks for.

    `possible` are the verdicts that the patient may come to. `completions` were looked at; where `loose` says
    something, they are a sample. `asked` is what was put to the solver, where it was.
    """

    patient: str
    verdict: Verdict
    missing: tuple[Missing, ...]
    possible: tuple[Verdict, ...]
    completions: int
    loose: tuple[str, ...] = ()
    asked: Left = field(factory=Left)


def settle(
    protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date] = EMPTY, *, aloud: bool = False
) -> Settled:
    """What would settle a patient, seen from `as_of`. Raises nothing.

    The solver, if it is installed, is asked where more is missing than can be looked through; with `aloud` in any case.
    """
    given = {name: (Reading(day, at_moment=True),) for name, day in at.items()}
    record = evolve(record, readings={**record.readings, **given})
    decision = decide(protocol, record, as_of)
    world = _world(protocol, record, as_of)
    every = tuple(dict.fromkeys(atom for clause in protocol.criteria for atom in atoms(clearing(clause, 1))))
    alive = frozenset(place for atom in _of_open(decision) for place in places(atom))
    wanting = {place: why for place, why in _wanting(every, world, decision).items() if place.kind != "moment"}
    open_places = tuple(place for place in wanting if place in alive)
    told = {place: asked(tuple(atom for atom in every if place in places(atom))) for place in open_places}
    options = [_fillings(place, told[place], world) for place in open_places]
    looked = _Looked(protocol, world, open_places, options)
    verdicts = dict(looked.verdicts()) if product_size(options) <= MOST_COMPLETIONS else None
    loose = tuple(dict.fromkeys(one for each in told.values() for one in each.loose))
    if verdicts is None:
        loose = (*loose, "more is missing than can be looked through together")
    asked_ = asked_of_solver(protocol, world, open_places) if available() and (loose or aloud) else Left()
    missing = tuple(
        Missing(
            place.name,
            why,
            _matters(place, looked, verdicts, asked_, whole=not loose),
            looked.alone(place, decision.verdict),
        )
        if place in alive
        else Missing(place.name, why, matters=False)
        for place, why in wanting.items()
    )
    if asked_.questions and not asked_.unsettled:
        loose = ()
    possible = tuple(one for one in Verdict if one in _reached(decision, open_places, verdicts, asked_))
    return Settled(record.patient, decision.verdict, missing, possible, len(verdicts or ()), loose, asked_)


def _reached(
    decision: Decision,
    open_places: tuple[Place, ...],
    verdicts: Mapping[tuple[int, ...], Verdict] | None,
    asked_: Left,
) -> frozenset[Verdict]:
    """The verdicts that may come, as far as is known."""
    if not open_places:
        return frozenset({decision.verdict})
    return frozenset((verdicts or {}).values()) | {one for one in Verdict if asked_.possible(one)}


def _world(protocol: Protocol, record: Record, as_of: date) -> World:
    moments, _ = moments_of(protocol, record, {})
    days = {name: day for name, day in moments.items() if type(day) is date}
    anchor = days.get(asked_at((protocol, protocol)) or "", as_of)
    return World((protocol, protocol), record, anchor, as_of, days)


def _of_open(decision: Decision) -> Iterator[Atom]:
    """What the clauses ask that are not decided, or that only a line of policy decided. None matters beside a bar."""
    if decision.verdict is Verdict.INELIGIBLE:
        return
    for one in decision.clauses:
        if one.standing is Standing.OPEN or one.clause.id in decision.policies:
            yield from atoms(clearing(one.clause, 1))


def _wanting(every: tuple[Atom, ...], world: World, decision: Decision) -> dict[Place, str]:
    """Every entry that a criterion asks for and the record does not have, or not as is needed; and why."""
    named = {gap.item: gap.reason.value for gap in decision.missing}
    found: dict[Place, str] = {}
    for place in sorted({place for atom in every for place in places(atom)}):
        gap = next((why for item, why in named.items() if item.split(" ")[0] == place.name), None)
        if gap is not None:
            found[place] = gap
        elif not world.entry(place.kind, place.name):
            found[place] = "not collected"
    return found


def _fillings(place: Place, told: Asked, world: World) -> tuple[Cell, ...]:
    """What the entry may turn out to be; what is there already is not offered again."""
    kept = world.entry(place.kind, place.name)
    return tuple(cell for cell in cells(place, told, world) if cell.whole and cell.entry != kept)


@frozen
class _Looked:
    """Completions of a record, and what the interpreter says of each."""

    protocol: Protocol
    world: World
    open_places: tuple[Place, ...]
    options: list[tuple[Cell, ...]]

    def verdicts(self) -> Iterator[tuple[tuple[int, ...], Verdict]]:
        for picked in product(*(range(len(one)) for one in self.options)):
            chosen = [option[number] for option, number in zip(self.options, picked, strict=True)]
            yield picked, self._verdict(dict(zip(self.open_places, chosen, strict=True)))

    def alone(self, place: Place, now: Verdict) -> tuple[Decides, ...]:
        """The values that decide, each entry filled in alone."""
        found: dict[Decides, None] = {}
        for cell in self.options[self.open_places.index(place)]:
            verdict = self._verdict({place: cell})
            if verdict is not now:
                found[Decides(entry_words(place.kind, place.name, cell.entry, self.protocol), verdict)] = None
        return tuple(found)

    def _verdict(self, entries: Entries) -> Verdict:
        record = self.world.record({(place.kind, place.name): cell.entry for place, cell in entries.items()})
        return decide(self.protocol, record, self.world.as_of).verdict


def _matters(
    place: Place, looked: _Looked, verdicts: Mapping[tuple[int, ...], Verdict] | None, asked_: Left, *, whole: bool
) -> bool | None:
    """Whether two ways to fill everything in differ in this entry alone, and come to different verdicts.

    If not, and the ways that were looked at are not the `whole`, it is the solver who knows, or nobody.
    """
    if verdicts is None:
        return asked_.matters(place.name)
    at = looked.open_places.index(place)
    by_rest: dict[tuple[int, ...], set[Verdict]] = {}
    for picked, verdict in verdicts.items():
        by_rest.setdefault(picked[:at] + picked[at + 1 :], set()).add(verdict)
    if any(len(several) > 1 for several in by_rest.values()):
        return True
    return False if whole else asked_.matters(place.name)
