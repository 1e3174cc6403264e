"""The ways in which atoms can come out, and where on them two formulas come to different things.

Group by group the atoms are said, and what is left of both formulas is kept: records that leave the same are looked
through once. So the work grows with what the formulas tell apart, and not with how many combinations there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import frozen

from protocol_dsl.amend.cells import Cell
from protocol_dsl.amend.formula import Atom, Formula, Joined, atoms
from protocol_dsl.amend.leftover import FIXED, Left, Table
from protocol_dsl.amend.places import Place
from protocol_dsl.base.truth import Truth

RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
MOST_LEFT = 4000
"""So many different pairs of what is left are followed; of more, those nearest to the typical record."""

Entries = Mapping[Place, Cell]


@frozen(slots=False)
class Way:
    """What the atoms of a group can come to together, with the cells of a record on which they do."""

    truths: tuple[Truth, ...]
    entries: Entries
    changed: int

    @cached_property
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

    @staticmethod
    def of(old: Truth, new: Truth, *, whole: bool) -> Direction:
        """The direction of a difference."""
        return Direction(RANK[new] > RANK[old], whole)


DIRECTIONS = tuple(Direction(gained, whole) for gained in (False, True) for whole in (False, True))


@frozen
class Difference:
    """Ways, one of each group that matters, on which the formulas come to `old` and `new`."""

    ways: tuple[Way, ...]
    changed: int
    old: Truth
    new: Truth

    @property
    def telling(self) -> tuple[int, int]:
        """From barring to clearing tells more than to or from open, and of those the nearest record."""
        return abs(RANK[self.new] - RANK[self.old]), -self.changed


@frozen
class _Followed:
    """What is left of two formulas, and the ways that led there."""

    old: Left
    new: Left
    ways: tuple[Way, ...] = ()
    changed: int = 0
    whole: bool = True


def differences(old: Formula, new: Formula, groups: Iterable[Group]) -> tuple[dict[Direction, Difference], bool]:
    """The most telling difference in each direction, and whether every combination of ways was looked through."""
    found: dict[Direction, Difference] = {}
    table = Table()
    first = _Followed(table.of(old), table.of(new))
    if first.old is first.new:
        return found, True
    here, every = [] if _settled(first, found) else [first], True
    for group in _in_order(old, new, groups):
        further = _Further.of(group, table)
        after: dict[tuple[Left, Left, bool], _Followed] = {}
        for followed in here:
            for one in further.than(followed):
                key = (one.old, one.new, one.whole)
                known = after.get(key)
                if known is None or one.changed < known.changed:
                    after[key] = one
        here = [one for one in after.values() if not _settled(one, found)]
        if len(here) > MOST_LEFT:
            here, every = sorted(here, key=lambda one: one.changed)[:MOST_LEFT], False
    return found, every


def differ_by_form(old: Formula, new: Formula) -> bool:
    """Whether the formulas come to different things on some truths of the atoms, as if each were free."""
    every = dict.fromkeys((*atoms(old), *atoms(new)))
    found, whole = differences(old, new, map(free_group, every))
    return bool(found) or not whole


def not_in_common(old: Formula, new: Formula) -> frozenset[Atom]:
    """The atoms of what the formulas do not have in common, where both are so much that must hold together."""
    match old, new:
        case Joined(count=a, parts=mine), Joined(count=b, parts=theirs) if a == len(mine) and b == len(theirs):
            alone = dict.fromkeys(mine).keys() ^ dict.fromkeys(theirs).keys()
            return frozenset(atom for part in alone for atom in atoms(part))
        case _:
            return frozenset((*atoms(old), *atoms(new)))


def may_differ(old: Formula, new: Formula, groups: Sequence[Group]) -> set[Direction]:
    """The directions in which the formulas may differ, whatever atoms come to that are in none of the groups."""
    read = {atom for group in groups for atom in group.atoms}
    rest = dict.fromkeys(atom for atom in (*atoms(old), *atoms(new)) if atom not in read)
    found, every = differences(old, new, [*groups, *map(free_group, rest)])
    return set(found) if every else set(DIRECTIONS)


def free_group(atom: Atom) -> Group:
    """An atom that may come to anything, whatever the others come to."""
    return Group((atom,), tuple(Way((truth,), {}, 0) for truth in Truth), 0)


def _in_order(old: Formula, new: Formula, groups: Iterable[Group]) -> list[Group]:
    """As they first stand in the formulas: so what belongs together is said together, and little is left of it."""
    first = {atom: number for number, atom in enumerate(dict.fromkeys((*atoms(old), *atoms(new))))}
    last = len(first)
    return sorted(groups, key=lambda group: min((first.get(atom, last) for atom in group.atoms), default=last))


@frozen
class _Further:
    """The ways of a group, each with what its atoms come to by their bits, and what was left on it of which formula."""

    table: Table
    mine: int
    ways: tuple[tuple[Way, dict[int, Left], dict[Left, Left]], ...]

    @staticmethod
    def of(group: Group, table: Table) -> _Further:
        bits = [table.atom(atom).mask for atom in group.atoms]
        ways: list[tuple[Way, dict[int, Left], dict[Left, Left]]] = []
        for way in group.ways:
            said = dict(zip(bits, [FIXED[truth] for truth in way.truths], strict=True))
            ways.append((way, said, {}))
        return _Further(table, sum(bits), tuple(ways))

    def than(self, followed: _Followed) -> Iterator[_Followed]:
        """What is left on each way of the group; where it plays no part, it is left alone."""
        if not self.mine & (followed.old.mask | followed.new.mask):
            yield followed
            return
        for way, said, known in self.ways:
            old = self.table.remaining(followed.old, said, self.mine, known)
            new = self.table.remaining(followed.new, said, self.mine, known)
            if old is new:  # whatever the rest comes to
                continue
            changed, whole = followed.changed + way.changed, followed.whole and way.whole
            yield _Followed(old, new, (*followed.ways, way), changed, whole)


def _settled(one: _Followed, found: dict[Direction, Difference]) -> bool:
    """Whether nothing is left to be said; if so, it is a difference."""
    old, new = one.old.truth, one.new.truth
    if old is None or new is None:
        return False
    if old is not new:
        shown = Difference(one.ways, one.changed, old, new)
        direction = Direction.of(old, new, whole=one.whole)
        known = found.get(direction)
        if known is None or known.telling < shown.telling:
            found[direction] = shown
    return True
