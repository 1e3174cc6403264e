"""One question: on which records do two formulas come to different things? Answered over a partition, by witnesses.

Atoms that share places of a record are taken together and read by the interpreter on every combination of the cells of
those places; what they can come to together is then combined with the others. A difference is found with its record.
That there is none is proved where the cells cover everything, or where it follows from the form alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice, product

from attrs import field, frozen

from protocol_dsl.amend.asked import FIXED, asked
from protocol_dsl.amend.cells import Cell, cells, few_changes, product_size
from protocol_dsl.amend.formula import Atom, Formula, Reading, Said, atoms, event_by_event, reading
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.solver import available, solve
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.record import Attested, Record

MOST_RECORDS = 4000
MOST_STEPS = 60_000
_RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}

_STRIDE = 1_000_003
_PATIENCE = 2000
"""So many more steps are taken once there is a record for each direction, for one that is more telling."""

Entries = Mapping[Place, Cell]


@frozen
class Way:
    """What the atoms of a group can come to together, with the cells of a record on which they do."""

    truths: tuple[Truth, ...]
    entries: Entries
    changed: int

    @property
    def whole(self) -> bool:
        """Whether nothing is missing from the record."""
        return all(cell.whole for cell in self.entries.values())


@frozen
class Group:
    """Atoms that share places, and the ways in which they were found to come out; `loose` is what may be lacking."""

    atoms: tuple[Atom, ...]
    ways: tuple[Way, ...]
    records: int
    loose: tuple[str, ...] = ()


@frozen(order=True)
class Direction:
    """Whether the newer version is kinder (`gained`) on a record, and whether that record has everything in it."""

    gained: bool
    whole: bool


_DIRECTIONS = tuple(Direction(gained, whole) for gained in (False, True) for whole in (False, True))


@frozen
class Shown:
    """A record on which the two differ, and the places in which it is not the typical one."""

    record: Record
    entries: Entries
    old: Truth
    new: Truth


@frozen
class Answer:
    """The differences found, one for each direction. With `proved` there is none in any other direction.

    `records` were read by the interpreter; `loose` says what the search does not cover.
    """

    found: Mapping[Direction, Shown]
    proved: bool
    records: int = 0
    loose: tuple[str, ...] = ()


@frozen
class Search:
    """A world, with the groups that were read in it already; `solved` is whether a solver may be asked as well."""

    world: World
    solved: bool = True
    known: dict[tuple[Atom, ...], Group] = field(factory=dict, eq=False)

    def ask(self, old: Formula, new: Formula) -> Answer:
        """Where the two differ, and in which directions."""
        if settled := _by_form(old, new, tuple(dict.fromkeys((*atoms(old), *atoms(new))))):
            return settled
        old, new, several = event_by_event(old, new)
        every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
        groups = [self.group(some) for some in grouped(every)]
        found, whole = _differences(old, new, groups, self.world)
        loose = tuple(dict.fromkeys(one for group in groups for one in group.loose))
        loose += tuple(f"more than one event of {name}" for name in several)
        read = sum(group.records for group in groups)
        if not whole:
            loose = (*loose, "more combinations than can be looked through")
        if loose and self.solved and available():
            return _asked_of_solver(old, new, self.world, found, read, loose)
        return Answer(found, not loose, read, loose)

    def group(self, some: tuple[Atom, ...]) -> Group:
        """What atoms that share places can come to together."""
        key = tuple(sorted(some, key=lambda atom: (repr(atom.form), atom.version)))
        if key not in self.known:
            self.known[key] = _read(key, self.world)
        return self.known[key]


def _by_form(old: Formula, new: Formula, every: tuple[Atom, ...]) -> Answer | None:
    """No difference, whatever the atoms come to; None where some truths of theirs would make one."""
    two = _Two.of(old, new, every)
    try:
        differ = _free(two, 0, [None] * len(every), [MOST_STEPS // 10])
    except _Spent:
        return None
    return None if differ else Answer({}, proved=True)


@frozen
class _Two:
    """The two formulas, ready to be read from the truths of atoms by their number."""

    old: Reading
    new: Reading
    index: Mapping[Atom, int]

    @staticmethod
    def of(old: Formula, new: Formula, every: tuple[Atom, ...]) -> _Two:
        index = {atom: number for number, atom in enumerate(every)}
        return _Two(reading(old, index), reading(new, index), index)


class _Spent(Exception):  # noqa: N818 - it is how a search ends
    """More steps than were allowed."""


def _spend(steps: list[int]) -> None:
    steps[0] -= 1
    if steps[0] < 0:
        raise _Spent


def _free(two: _Two, at: int, said: Said, steps: list[int]) -> bool:
    """Whether the formulas differ on some truths of the atoms, as if each were free."""
    _spend(steps)
    a, b = two.old(said), two.new(said)
    if a is not None and b is not None:
        return a is not b
    found = False
    for truth in Truth:
        said[at] = truth
        if _free(two, at + 1, said, steps):
            found = True
            break
    said[at] = None
    return found


# --- groups -----------------------------------------------------------------------------------------------------------


def grouped(every: tuple[Atom, ...]) -> list[tuple[Atom, ...]]:
    """The atoms, those together that share a place of the record, directly or through others."""
    groups: list[tuple[frozenset[Place], tuple[Atom, ...]]] = []
    for atom in every:
        mine, apart = places(atom) | _starts(atom), []
        some: tuple[Atom, ...] = (atom,)
        for theirs, others in groups:
            if mine & theirs:
                mine, some = mine | theirs, (*others, *some)
            else:
                apart.append((theirs, others))
        groups = [*apart, (mine, some)]
    return [some for _, some in groups]


def _starts(atom: Atom) -> frozenset[Place]:
    """The days on which the events begin of whose end an atom speaks: the one does not go without the other."""
    ends = (place.name for place in places(atom) if place.kind == "field" and place.name.endswith(".end"))
    return frozenset(Place("field", f"{name.removesuffix('end')}start") for name in ends)


def _read(some: tuple[Atom, ...], world: World) -> Group:
    """Read the atoms on every combination of cells, or where there are too many, near the typical record."""
    told = asked(some)
    where = sorted(told.places)
    options = [cells(place, told, world) for place in where]
    loose = list(dict.fromkeys(told.loose))
    if product_size(options) <= MOST_RECORDS:
        combined: Iterator[tuple[int, ...]] = product(*(range(len(one)) for one in options))
    else:
        loose.append(f"combinations of {', '.join(place.name for place in where)}")
        combined = _near(options)
    ways, count = _ways(combined, _Reads.of(some, where, options, world))
    if not where:
        loose.append("what no entry of a record decides")
    ordered = sorted(ways.values(), key=lambda way: (not way.whole, way.changed))
    return Group(some, tuple(ordered), count, tuple(loose))


def _ways(combined: Iterator[tuple[int, ...]], read: _Reads) -> tuple[dict[tuple[tuple[Truth, ...], bool], Way], int]:
    """The nearest record for each way in which the atoms come out, and how many records there were."""
    ways: dict[tuple[tuple[Truth, ...], bool], Way] = {}
    count, ends = 0, _ends(read.where)
    for numbers in combined:
        if ends and not _in_order(numbers, ends, read.options):
            continue
        truths = read.truths(numbers)
        count += 1
        whole = all(flags[number] for flags, number in zip(read.whole, numbers, strict=True))
        changed = len(numbers) - numbers.count(0)
        best = ways.get((truths, whole))
        if best is None or changed < best.changed:
            picked = zip(read.where, read.options, numbers, strict=True)
            ways[truths, whole] = Way(truths, {place: some[number] for place, some, number in picked}, changed)
    return ways, count


@frozen
class _Reads:
    """The atoms of a group, each with the places it looks at, by number, and what was read of it already.

    An atom is read once on each combination of the cells of its own places, whatever stands in the others.
    """

    atoms: tuple[Atom, ...]
    at: tuple[tuple[int, ...], ...]
    known: tuple[dict[tuple[int, ...], Truth], ...]
    whole: list[list[bool]]
    where: list[Place]
    options: list[tuple[Cell, ...]]
    world: World

    @staticmethod
    def of(some: tuple[Atom, ...], where: list[Place], options: list[tuple[Cell, ...]], world: World) -> _Reads:
        at = []
        for atom in some:
            mine = places(atom) | {Place("list", atom.of_list)}  # where there is no event, it has no fields
            at.append(tuple(number for number, place in enumerate(where) if place in mine))
        whole = [[cell.whole for cell in option] for option in options]
        return _Reads(some, tuple(at), tuple({} for _ in some), whole, where, options, world)

    def truths(self, numbers: tuple[int, ...]) -> tuple[Truth, ...]:
        """What the atoms come to on the cells of these numbers."""
        found = []
        for number, (at, known) in enumerate(zip(self.at, self.known, strict=True)):
            key = tuple([numbers[one] for one in at])
            truth = known.get(key)
            if truth is None:
                truth = known[key] = self._read(number, key)
            found.append(truth)
        return tuple(found)

    def _read(self, number: int, key: tuple[int, ...]) -> Truth:
        entries = {}
        for at, one in zip(self.at[number], key, strict=True):
            place = self.where[at]
            entries[place.kind, place.name] = self.options[at][one].entry
        return self.world.truths((self.atoms[number],), self.world.record(entries))[0]


def _ends(where: list[Place]) -> list[tuple[int, int | None]]:
    """The places of the day on which an event starts, each with that on which it ends, by number."""
    number = {place: at for at, place in enumerate(where)}
    return [
        (at, number.get(Place("field", place.name.removesuffix("start") + "end")))
        for at, place in enumerate(where)
        if place.kind == "field" and place.name.endswith(".start")
    ]


def _in_order(numbers: tuple[int, ...], ends: list[tuple[int, int | None]], options: list[tuple[Cell, ...]]) -> bool:
    """Whether no event ends before it starts."""
    for start, end in ends:
        first, last = (
            None if at is None else getattr(options[at][numbers[at]].entry, "value", None) for at in (start, end)
        )
        if first is Attested.ONGOING:
            return False
        if isinstance(first, date) and isinstance(last, date) and first > last:
            return False
    return True


def _near(options: list[tuple[Cell, ...]]) -> Iterator[tuple[int, ...]]:
    """Combinations that change one or two entries, and then as many others, spread evenly, as are allowed."""
    numbers = [range(len(one)) for one in options]
    yield from islice(few_changes(numbers), MOST_RECORDS // 2)
    size = product_size(options)
    for number in range(MOST_RECORDS // 2):
        at = number * _STRIDE % size
        picked = []
        for option in options:
            at, rest = divmod(at, len(option))
            picked.append(rest)
        yield tuple(picked)


# --- differences ------------------------------------------------------------------------------------------------------


def _differences(old: Formula, new: Formula, groups: list[Group], world: World) -> tuple[dict[Direction, Shown], bool]:
    """The nearest record for each direction, and whether every combination was looked at."""
    found: dict[Direction, Shown] = {}
    steps = [MOST_STEPS]
    ordered = sorted(groups, key=lambda group: len(group.ways))
    every = tuple(atom for group in ordered for atom in group.atoms)
    two = _Two.of(old, new, every)
    try:
        for ways, a, b in _combined(two, ordered, [None] * len(every), (), steps):
            direction = Direction(_RANK[b] > _RANK[a], all(way.whole for way in ways))
            known = found.get(direction)
            if known is None or _far(known.old, known.new) < _far(a, b):
                found[direction] = _shown(ways, world, a, b)
                steps[0] = min(steps[0], _PATIENCE if len(found) == len(_DIRECTIONS) else steps[0])
    except _Spent:
        return found, len(found) == len(_DIRECTIONS)
    return found, True


def _asked_of_solver(  # noqa: PLR0913, PLR0917 - the question, and what is known of it
    old: Formula,
    new: Formula,
    world: World,
    found: dict[Direction, Shown],
    read: int,
    loose: tuple[str, ...],
) -> Answer:
    """What the partition did not cover, asked of the solver; what it finds is read like all else."""
    open_ended: dict[str, None] = {}
    every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
    two = _Two.of(old, new, every)
    for (gained, whole), solved in solve(old, new, world).items():
        direction = Direction(gained, whole)
        if direction in found or solved.none:
            continue
        if solved.entries is None:
            open_ended[solved.why] = None
            continue
        record = world.record({(place.kind, place.name): cell.entry for place, cell in solved.entries.items()})
        said: Said = list(world.truths(every, record))
        a, b = two.old(said), two.new(said)
        if a is None or b is None or Direction(_RANK[b] > _RANK[a], whole) != direction or a is b:
            open_ended["the solver's record is not confirmed"] = None
            continue
        found[direction] = Shown(record, solved.entries, a, b)
    if not open_ended:
        several = tuple(one for one in loose if one.startswith(("more than one event", FIXED)))
        return Answer(found, not several, read, several)
    return Answer(found, proved=False, records=read, loose=(*loose, *open_ended))


def _far(old: Truth, new: Truth) -> int:
    """How far apart two answers are: from barring to clearing is further than to or from open."""
    return abs(_RANK[new] - _RANK[old])


def _combined(
    two: _Two, groups: list[Group], said: Said, ways: tuple[Way, ...], steps: list[int]
) -> Iterator[tuple[tuple[Way, ...], Truth, Truth]]:
    """Combinations of ways on which the formulas differ; what can no longer differ is left alone."""
    _spend(steps)
    a, b = two.old(said), two.new(said)
    if a is not None and b is not None:  # whatever the rest comes to
        if a is not b:
            yield ways, a, b
        return
    numbers = [two.index[atom] for atom in groups[0].atoms]
    for way in groups[0].ways:
        for number, truth in zip(numbers, way.truths, strict=True):
            said[number] = truth
        yield from _combined(two, groups[1:], said, (*ways, way), steps)
    for number in numbers:
        said[number] = None


def _shown(ways: tuple[Way, ...], world: World, old: Truth, new: Truth) -> Shown:
    entries = {place: cell for way in ways for place, cell in way.entries.items()}
    record = world.record({(place.kind, place.name): cell.entry for place, cell in entries.items()})
    return Shown(record, entries, old, new)
