"""Records aimed at what a sample may have missed: along each thing in them, the points at which conditions turn.

What is found is certain, for the interpreter read it; that nothing is found says nothing. The work is bounded, and the
same each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from attrs import define, field

from protocol_dsl.amend.asked import Asked, asked
from protocol_dsl.amend.cell import Cell, Entry
from protocol_dsl.amend.formula import Atom
from protocol_dsl.amend.lines import Line, Moved, in_order, lines
from protocol_dsl.amend.places import Place
from protocol_dsl.amend.repeated import usable
from protocol_dsl.amend.seeds import of_other_days, seeds
from protocol_dsl.amend.ways import Group, Way
from protocol_dsl.amend.world import World
from protocol_dsl.base.truth import Truth
from protocol_dsl.model.record import Event, Reading

MOST_READ = 5000
"""So many records are read for one group at most."""

_MOST_TURNS = 12
_MOST_SEEDS = 400
_AT_A_TIME = 40

Truths: TypeAlias = tuple[Truth, ...]


@define
class Aim:
    """The ways in which the atoms of a group come out, looked for further and further from those that are known.

    `order` has them as they were found; `waiting` are those around which nothing was looked for yet.
    """

    atoms: tuple[Atom, ...]
    world: World
    told: Asked
    begun: Iterator[Mapping[Place, Entry]]
    ways: dict[tuple[Truths, bool], Way] = field(factory=dict)
    order: list[Way] = field(factory=list)
    waiting: deque[Way] = field(factory=deque)
    left: int = MOST_READ

    @staticmethod
    def of(group: Group, world: World) -> Aim:
        """Aimed at what the ways of a group that are known already may have missed."""
        told = asked(group.atoms)
        found = Aim(group.atoms, world, told, seeds(group, told, world, _MOST_SEEDS))
        for way in group.ways:
            found.know(way)
        found.waiting.extendleft(of_other_days(group, world))
        return found

    def several_at_a_time(self) -> Iterator[tuple[Way, ...]]:
        """The ways, those known first; what was read for one question is not read again for the next."""
        at, more = 0, True
        while more or at < len(self.order):
            while more and len(self.order) - at < _AT_A_TIME:
                more = self._further()
            yield tuple(self.order[at:])
            at = len(self.order)

    def _further(self) -> bool:
        """Look on for a while; false where there is no more to look for."""
        seed = next(self.begun, None)
        if seed is not None:
            self.read(seed)
        elif self.waiting and self.left > 0:
            self.around(self.waiting.popleft())
        else:
            return False
        return self.left > 0

    def know(self, way: Way) -> None:
        """Keep a way, and look around it in its turn."""
        self.ways[way.truths, way.whole] = way
        self.order.append(way)
        self.waiting.append(way)

    def around(self, way: Way) -> None:
        """Move everything in a record, one thing at a time."""
        entries = {place: cell.entry for place, cell in way.entries.items()}
        for line in lines(entries, self.told, self.world):
            if self.left <= 0:
                return
            self._along(way, line)

    def _along(self, way: Way, line: Line[Moved]) -> None:
        before: tuple[Fraction, Truths] | None = None
        for number in line.points:
            truths = self.read({**_entries(way), **line.at(number)})
            if truths is None:
                before = None
                continue
            if before is not None and before[1] != truths:
                self._between(way, line, before, (number, truths))
            before = number, truths

    def _between(
        self, way: Way, line: Line[Moved], low: tuple[Fraction, Truths], high: tuple[Fraction, Truths]
    ) -> None:
        """Where the atoms turn between two numbers: nearer and nearer, and at the simplest number between."""
        for _ in range(_MOST_TURNS):
            middle = _middle(low[0], high[0], line.finest)
            truths = None if middle is None else self.read({**_entries(way), **line.at(middle)})
            if middle is None or truths is None:
                break
            if truths == low[1]:
                low = middle, truths
            else:  # where it is neither, there is more to find on the way down, and what is above is found as well
                if truths != high[1]:
                    self._above(way, line, (middle, truths), high)
                high = middle, truths
        if line.dense:
            self.read({**_entries(way), **line.at(simplest_between(low[0], high[0]))})

    def _above(self, way: Way, line: Line[Moved], low: tuple[Fraction, Truths], high: tuple[Fraction, Truths]) -> None:
        if high[0] - low[0] > line.finest:
            self._between(way, line, low, high)

    # --- reading ------------------------------------------------------------------------------------------------------

    def read(self, entries: Mapping[Place, Entry]) -> Truths | None:
        """What the atoms come to on the typical record with these entries; None where that can be no record."""
        if self.left <= 0 or not _can_be(entries):
            return None
        self.left -= 1
        record = self.world.record({(place.kind, place.name): entry for place, entry in entries.items()})
        truths = self.world.truths(self.atoms, record)
        if (truths, True) not in self.ways:
            cells = {place: Cell(entry, self._whole(place, entry, entries)) for place, entry in entries.items()}
            whole = all(cell.whole for cell in cells.values())
            if (truths, whole) not in self.ways:
                self.know(Way(truths, cells, len(cells)))
        return truths

    def _whole(self, place: Place, entry: Entry, entries: Mapping[Place, Entry]) -> bool:
        """Whether nothing is missing: of readings, none that is chosen from them in either version."""
        match place.kind, entry:
            case "item", tuple():
                filled = all(not isinstance(one, Reading) or one.value is not None for one in entry)
                return bool(entry) and filled and usable(place.name, entries, self.atoms, self.world)
            case "list", (held, until):
                asked_of = self.told.fields.get(place.name, set())
                events = [one for one in held if isinstance(one, Event)] if isinstance(held, tuple) else []
                return until is not None and all(asked_of <= one.fields.keys() for one in events)
            case _:
                return bool(entry)


def _entries(way: Way) -> dict[Place, Entry]:
    return {place: cell.entry for place, cell in way.entries.items()}


def _can_be(entries: Mapping[Place, Entry]) -> bool:
    """Whether no event ends before it starts."""
    events: dict[str, dict[str, Reading]] = {}
    for place, entry in entries.items():
        name, _, one = place.name.partition(".")
        if place.kind == "field" and isinstance(entry, Reading):
            events.setdefault(name, {})[one] = entry
    held = [entry[0] for place, entry in entries.items() if place.kind == "list" and isinstance(entry, tuple) and entry]
    listed = [event for some in held if isinstance(some, tuple) for event in some if isinstance(event, Event)]
    return all(map(in_order, (*listed, *map(Event, events.values()))))


def _middle(low: Fraction, high: Fraction, finest: Fraction) -> Fraction | None:
    """A number between two, as finely as things are recorded; None where there is none."""
    if high - low <= finest:
        return None
    found = (low + high) / 2 // finest * finest
    return found if low < found < high else None


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The number between two that has the least denominator: where a limit lies, more often than not."""
    whole = low.numerator // low.denominator
    if whole + 1 < high:
        return Fraction(whole + 1)
    rest = high - whole
    if low == whole:
        return whole + Fraction(1, rest.denominator // rest.numerator + 1)
    return whole + 1 / simplest_between(1 / rest, 1 / (low - whole))
