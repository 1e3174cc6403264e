"""One question: on which records do two formulas come to different things? Answered over a partition, by witnesses.

Atoms that share places of a record are taken together and read by the interpreter on every combination of the cells of
those places; what they can come to together is then combined with the others. A difference is found with its record.
That there is none is proved where the cells cover everything, or where it follows from the form alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice, product

from attrs import evolve, field, frozen

from protocol_dsl.amend.aimed import Aim
from protocol_dsl.amend.answer import Answer as Answer  # noqa: PLC0414 - handed on
from protocol_dsl.amend.answer import Shown as Shown  # noqa: PLC0414 - handed on
from protocol_dsl.amend.asked import asked
from protocol_dsl.amend.by_solver import asked_of_solver, counted
from protocol_dsl.amend.cells import Cell, cells, few_changes, product_size
from protocol_dsl.amend.exact import exactly
from protocol_dsl.amend.formula import Atom, Formula, atoms, event_by_event, truth_of
from protocol_dsl.amend.kept import kept_apart
from protocol_dsl.amend.likeness import alike, shared, told_apart
from protocol_dsl.amend.looked import looked_through
from protocol_dsl.amend.moved import elsewhere, entries, on_the_day
from protocol_dsl.amend.places import Place, places
from protocol_dsl.amend.solver import available
from protocol_dsl.amend.still import CALENDAR, FIXED
from protocol_dsl.amend.this import written
from protocol_dsl.amend.ways import (
    DIRECTIONS,
    Difference,
    Group,
    Way,
    differ_by_form,
    differences,
    free_group,
    may_differ,
    not_in_common,
)
from protocol_dsl.amend.world import Versions, World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.condition import AnyEvent
from protocol_dsl.model.record import Attested

MOST_RECORDS = 4000
WHOLE = {one for one in DIRECTIONS if one.whole}
_STRIDE = 1_000_003
_MOST_ELSEWHERE = 8000
"""When so many records were read on other days, no further days are tried."""
_A_LITTLE_MORE = 300
"""So many records more are read once a difference was found: it may go the other way as well."""


@frozen
class Search:
    """A world, with the groups that were read in it already; `solved` is whether a solver may be asked as well.

    With `still` its moments are not moved.
    """

    world: World
    solved: bool = True
    still: bool = False
    known: dict[tuple[Atom, ...], Group] = field(factory=dict, eq=False)
    aimed: dict[tuple[Atom, ...], Aim] = field(factory=dict, eq=False)
    early: dict[date, Search] = field(factory=dict, eq=False)

    def ask(self, old: Formula, new: Formula) -> Answer:
        """Where the two differ, and in which directions."""
        if apart := tuple(kept_apart((*atoms(old), *atoms(new)), self.world.versions)):
            return Answer({}, proved=False, loose=apart)
        old, new = (told_apart(one, self.world.versions) for one in (old, new))
        old, new = shared(old, new)
        if not differ_by_form(old, new):
            return Answer({}, proved=True)
        old, new = shared(exactly(old), exactly(new))
        return self._at_once(old, new, self._later(old, new))

    def _later(self, old: Formula, new: Formula) -> Answer:
        """The answer of records that are seen from long after the days that are asked about."""
        old, new = shared(old, alike(old, new, self.same))
        if not differ_by_form(old, new):
            return Answer({}, proved=True)
        answer = self._on_moments(old, new, self._as_it_is(old, new) or self._event_by_event(old, new))
        if any(one.startswith((FIXED, CALENDAR)) for one in answer.loose):
            answer = self._on_moments(old, new, self._elsewhere(old, new, answer))
        if answer.proved or any(direction.whole for direction in answer.found):
            return answer
        return self._on_moments(old, new, self._aimed_at(old, new, answer))

    def _at_once(self, old: Formula, new: Formula, later: Answer) -> Answer:
        """The answer with that of records that are seen on the day asked about: what lists hold hangs on it."""
        here, there = dict.fromkeys(atoms(old)), dict.fromkeys(atoms(new))
        at_once = on_the_day([atom for atom in (*here, *there) if (atom in here) is not (atom in there)], self.world)
        if at_once is None or later.found.keys() >= WHOLE:
            return later
        search = self.early.setdefault(at_once.as_of, Search(at_once))
        search = evolve(search, solved=self.solved and later.proved)  # else it stays open, whatever the solver says
        old, new = shared(old, alike(old, new, search.same))
        if not differ_by_form(old, new):
            return later
        answer = search._on_moments(old, new, search._as_it_is(old, new) or search._event_by_event(old, new))  # noqa: SLF001
        found = {one: evolve(shown, as_of=at_once.as_of) for one, shown in answer.found.items()}
        unseen = {one: shown for one, shown in found.items() if one not in later.found}
        beyond = () if answer.proved or later.loose else answer.loose
        return evolve(
            later,
            found={**later.found, **unseen},
            proved=later.proved and not beyond,
            records=later.records + answer.records,
            loose=(*later.loose, *beyond),
        )

    def _on_moments(self, old: Formula, new: Formula, answer: Answer) -> Answer:
        """The answer without what is no difference once all that is read at a moment is read where it was moved to."""
        every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
        kept = {}
        for direction, shown in answer.found.items():
            if any(place.kind == "moment" for place in shown.entries):
                said = dict(zip(every, self.world.truths(every, shown.record), strict=True))
                if (truth_of(old, said), truth_of(new, said)) != (shown.old, shown.new):
                    continue
            kept[direction] = shown
        if len(kept) == len(answer.found):
            return answer
        loose = tuple(dict.fromkeys((*answer.loose, f"{FIXED}: what else is read at them")))
        return evolve(answer, found=kept, proved=False, loose=loose)

    def _as_it_is(self, old: Formula, new: Formula) -> Answer | None:
        """That there is no difference, if that is so whatever is found in the lists that both search alike."""
        here, there = dict.fromkeys(atoms(old)), dict.fromkeys(atoms(new))
        free = [atom for atom in here if atom in there and isinstance(atom.form, AnyEvent)]
        if not free:
            return None
        rest = [atom for atom in (*here, *there) if atom not in free]
        groups = [self.group(some) for some in grouped(tuple(dict.fromkeys(rest)))]
        if any(group.loose for group in groups):
            return None
        found, whole = differences(old, new, [*groups, *map(free_group, free)])
        return Answer({}, proved=True, records=_records(groups)) if whole and not found else None

    def _event_by_event(self, old: Formula, new: Formula) -> Answer:
        listed = old, new
        old, new, several = event_by_event(old, new)
        old, new = shared(exactly(old), exactly(new))
        every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
        several = (*several, *counted(every))
        groups = [self.group(some) for some in grouped(every)]
        apart, whole = differences(old, new, groups)
        found = {direction: _shown(one, self.world) for direction, one in apart.items()}
        loose = tuple(dict.fromkeys(one for group in groups for one in group.loose))
        loose += tuple(f"more than one event of {name}" for name in several)
        read = _records(groups)
        if not whole:
            loose = (*loose, "more combinations than can be looked through")
        answer = Answer(found, not loose, read, loose)
        if loose and self.solved and available():
            answer = asked_of_solver((old, new), listed if several else None, self.world, answer)
        return answer if answer.proved else evolve(answer, looked=looked_through(grouped(every), self.world))

    def _elsewhere(self, old: Formula, new: Formula, answer: Answer) -> Answer:
        """The answer with what is found on other days, in a world where the moments stand still again."""
        old, new = shared(*(exactly(one) for one in event_by_event(old, new)[:2]))
        some, found, read = grouped(tuple(dict.fromkeys((*atoms(old), *atoms(new))))), dict(answer.found), 0
        apart = not_in_common(old, new)
        for moved in elsewhere(some, self.world):
            if found.keys() >= WHOLE or read >= _MOST_ELSEWHERE:
                break
            here = Search(moved, solved=False, still=True)
            mine = [here.group(one) for one in some if not apart.isdisjoint(one)]
            wanted = (WHOLE if found else set(DIRECTIONS)) - found.keys()
            if may_differ(old, new, mine).isdisjoint(wanted):
                read += _records(mine)
                continue
            groups = [here.group(one) for one in some]
            for direction, one in differences(old, new, groups)[0].items():
                shown, days = _shown(one, moved), entries(moved, self.world, some)
                found.setdefault(direction, evolve(shown, entries={**days, **shown.entries}))
            read += _records(groups)
        return evolve(answer, found=found, records=answer.records + read)

    def _aimed_at(self, old: Formula, new: Formula, answer: Answer) -> Answer:
        """The answer with what is found on records that are aimed at what differs, event by event and then in lists."""
        *one_event, several = event_by_event(old, new)
        for before, after in ((one_event[0], one_event[1]), *([(old, new)] if several else [])):
            a, b = shared(exactly(before), exactly(after))
            here, there = dict.fromkeys(atoms(a)), dict.fromkeys(atoms(b))
            apart = here.keys() ^ there.keys() or here.keys()
            groups = [self.group(one) for one in grouped(tuple(here | there))]
            for group in groups:
                if group.loose and not apart.isdisjoint(group.atoms):
                    rest = [one for one in groups if one is not group]
                    answer = self._closely(a, b, group, rest, answer)
            if any(direction.whole for direction in answer.found):
                break
        return answer

    def _closely(self, old: Formula, new: Formula, group: Group, rest: list[Group], answer: Answer) -> Answer:
        """The answer with what more is found of one group, whatever the others come to."""
        aim = self.aimed.setdefault(group.atoms, Aim.of(group, self.world))
        before, found, enough = aim.left, dict(answer.found), 0
        for ways in aim.several_at_a_time():
            more, _ = differences(old, new, [evolve(group, ways=ways), *rest])
            found = {**{direction: _shown(one, self.world) for direction, one in more.items()}, **found}
            if not enough and any(direction.whole for direction in found):
                enough = max(aim.left - _A_LITTLE_MORE, 1)
            if aim.left < enough:
                break
        return evolve(answer, found=found, records=answer.records + before - aim.left)

    def same(self, old: Formula, new: Formula) -> bool:
        """Whether nothing tells the two apart, as far as the partition covers everything."""
        old, new = shared(exactly(old), exactly(new))
        if not differ_by_form(old, new):
            return True
        every = tuple(dict.fromkeys((*atoms(old), *atoms(new))))
        groups = [self.group(some) for some in grouped(every)]
        found, whole = differences(old, new, groups)
        return whole and not found and not any(group.loose for group in groups)

    def group(self, some: tuple[Atom, ...]) -> Group:
        """What atoms that share places can come to together."""
        key = tuple(sorted(some, key=lambda atom: (written(atom.form), atom.version)))
        if key not in self.known:
            self.known[key] = _read(key, self.world, still=self.still)
        return self.known[key]


def same_by_form(old: Formula, new: Formula, versions: Versions) -> bool:
    """Whether two formulas come to the same, whatever their atoms come to."""
    if any(kept_apart((*atoms(old), *atoms(new)), versions)):
        return False
    old, new = (told_apart(one, versions) for one in (old, new))
    return not differ_by_form(*shared(old, new))


def _records(groups: list[Group]) -> int:
    return sum(group.records for group in groups)


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


def _read(some: tuple[Atom, ...], world: World, *, still: bool = False) -> Group:
    """Read the atoms on every combination of cells, or where there are too many, near the typical record."""
    told = asked(some)
    where = sorted(place for place in told.places if not still or place.kind != "moment")
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
        if isinstance(first, date) and isinstance(last, date) and _time(first) > _time(last):
            return False
    return True


def _time(day: date) -> datetime:
    """A time, or the beginning of a day."""
    return day if isinstance(day, datetime) else datetime.combine(day, time())


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


def _shown(one: Difference, world: World) -> Shown:
    entries = {place: cell for way in one.ways for place, cell in way.entries.items()}
    record = world.record({(place.kind, place.name): cell.entry for place, cell in entries.items()})
    return Shown(record, entries, one.old, one.new)
