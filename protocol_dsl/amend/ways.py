"""The ways in which atoms can come out, and where on them two formulas come to different things.

Group by group the atoms are said, and what is left of both formulas is kept: records that leave the same are looked
through once. So the work grows with what the formulas tell apart, and not with how many combinations there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

from attrs import frozen

from protocol_dsl.amend.cells import Cell
from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, atoms
from protocol_dsl.amend.places import Place
from protocol_dsl.base.truth import Truth, negate

RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
MOST_LEFT = 4000
"""So many different pairs of what is left are followed; of more, those nearest to the typical record."""

_FIXED = {truth: Fixed(truth) for truth in Truth}

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
class _Left:
    """What is left of two formulas, and the ways that led there."""

    old: Formula
    new: Formula
    ways: tuple[Way, ...] = ()
    changed: int = 0
    whole: bool = True


def differences(old: Formula, new: Formula, groups: Iterable[Group]) -> tuple[dict[Direction, Difference], bool]:
    """The most telling difference in each direction, and whether every combination of ways was looked through."""
    found: dict[Direction, Difference] = {}
    here, every = [_Left(_folded(old), _folded(new))], True
    here = [one for one in here if not _settled(one, found)]
    for group in _in_order(old, new, groups):
        mine = frozenset(group.atoms)
        after: dict[tuple[Formula, Formula, bool], _Left] = {}
        for left in here:
            for one in _further(left, group, mine):
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


def free_group(atom: Atom) -> Group:
    """An atom that may come to anything, whatever the others come to."""
    return Group((atom,), tuple(Way((truth,), {}, 0) for truth in Truth), 0)


def _in_order(old: Formula, new: Formula, groups: Iterable[Group]) -> list[Group]:
    """As they first stand in the formulas: so what belongs together is said together, and little is left of it."""
    first = {atom: number for number, atom in enumerate(dict.fromkeys((*atoms(old), *atoms(new))))}
    last = len(first)
    return sorted(groups, key=lambda group: min((first.get(atom, last) for atom in group.atoms), default=last))


def _further(left: _Left, group: Group, mine: frozenset[Atom]) -> Iterator[_Left]:
    """What is left on each way of a group; where it plays no part, it is left alone."""
    if mine.isdisjoint(_within(left.old)) and mine.isdisjoint(_within(left.new)):
        yield left
        return
    for way in group.ways:
        said = dict(zip(group.atoms, way.truths, strict=True))
        old, new = remaining(left.old, said, mine), remaining(left.new, said, mine)
        if old == new:  # whatever the rest comes to
            continue
        yield _Left(old, new, (*left.ways, way), left.changed + way.changed, left.whole and way.whole)


def _settled(one: _Left, found: dict[Direction, Difference]) -> bool:
    """Whether nothing is left to be said; if so, it is a difference."""
    if not isinstance(one.old, Fixed) or not isinstance(one.new, Fixed):
        return False
    old, new = one.old.truth, one.new.truth
    if old is not new:
        shown = Difference(one.ways, one.changed, old, new)
        direction = Direction.of(old, new, whole=one.whole)
        known = found.get(direction)
        if known is None or known.telling < shown.telling:
            found[direction] = shown
    return True


@lru_cache(maxsize=1 << 14)
def _within(formula: Formula) -> frozenset[Atom]:
    return frozenset(atoms(formula))


def remaining(formula: Formula, said: Mapping[Atom, Truth], mine: frozenset[Atom]) -> Formula:
    """What is left of a formula once it is said what some of its atoms, `mine`, come to."""
    if mine.isdisjoint(_within(formula)):
        return formula
    match formula:
        case Atom():
            return _FIXED[said[formula]]
        case Negated(inside=inside):
            one = remaining(inside, said, mine)
            return _FIXED[negate(one.truth)] if isinstance(one, Fixed) else Negated(one)
        case Joined(count=count, parts=parts):
            return _joined(count, [remaining(part, said, mine) for part in parts])
        case _:
            return formula


def _folded(formula: Formula) -> Formula:
    """The formula, where nothing stands in it that is the same whatever its atoms come to."""
    match formula:
        case Negated(inside=inside):
            one = _folded(inside)
            return _FIXED[negate(one.truth)] if isinstance(one, Fixed) else Negated(one)
        case Joined(count=count, parts=parts):
            return _joined(count, [_folded(part) for part in parts])
        case _:
            return formula


def _joined(count: int, parts: list[Formula]) -> Formula:
    """So many of the parts at least, of which those that are known already are counted."""
    count -= sum(one == _FIXED[Truth.TRUE] for one in parts)
    rest = tuple(one for one in parts if not isinstance(one, Fixed))
    unknown = sum(one == _FIXED[Truth.UNKNOWN] for one in parts)
    if count <= 0:
        return _FIXED[Truth.TRUE]
    if count > len(rest) + unknown:
        return _FIXED[Truth.FALSE]
    if not rest:
        return _FIXED[Truth.UNKNOWN]
    if count not in (1, len(rest) + unknown):
        return Joined(count, rest + (_FIXED[Truth.UNKNOWN],) * unknown)
    # Any of them, or all: one that stands there twice, or is unknown, is as good as once.
    once = tuple(dict.fromkeys(rest)) + (_FIXED[Truth.UNKNOWN],) * (unknown > 0)
    if len(once) == 1:
        return once[0]
    return Joined(1 if count == 1 and len(rest) + unknown > 1 else len(once), once)
