"""Counts at one level, and what rows and `always` statements ask of them."""

from collections.abc import Iterator
from functools import lru_cache
from operator import add, attrgetter, eq, ge, gt, le, lt, mul, ne, sub
from typing import assert_never

from attrs import evolve, frozen

from protocol_dsl.model.escalation import (
    Arithmetic,
    Both,
    Closed,
    Comparison,
    Counted,
    Either,
    LevelComparison,
    Negated,
    Operator,
    Place,
    TallyCondition,
    TallyNumber,
    Whole,
)

_COMPARE = {
    Operator.AT_LEAST: ge,
    Operator.MORE_THAN: gt,
    Operator.AT_MOST: le,
    Operator.LESS_THAN: lt,
    Operator.IS: eq,
    Operator.IS_NOT: ne,
}
_COMBINE = {Operator.PLUS: add, Operator.MINUS: sub, Operator.TIMES: mul}


@frozen(cache_hash=True)
class Tally:
    """Evaluable and pending patients at a level; `extra` holds the protocol's own counts, in the order of the plan."""

    without: int = 0
    with_dlt: int = 0
    pending: int = 0
    extra: tuple[int, ...] = ()

    @property
    def treated(self) -> int:
        """With DLT, without, and pending; patients who are not evaluable are left out."""
        return self.without + self.with_dlt + self.pending

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        return _sum(self, other)

    def settled(self, *, dlt: bool | None) -> "Tally":
        """One pending patient less: with a DLT, without, or (None) not evaluable."""
        return Tally(self.without + (dlt is False), self.with_dlt + (dlt is True), self.pending - 1, self.extra)


pending_of = attrgetter("pending")
"""The pending patients of a tally; over many tallies quicker than a generator."""


@lru_cache(maxsize=1 << 14)
def _sum(one: Tally, other: Tally) -> Tally:
    extra = tuple(map(add, one.extra, other.extra)) if one.extra and other.extra else one.extra or other.extra
    return _tally(one.without + other.without, one.with_dlt + other.with_dlt, one.pending + other.pending, extra)


@lru_cache(maxsize=1 << 14)
def _tally(without: int, with_dlt: int, pending: int, extra: tuple[int, ...]) -> Tally:
    """Each tally once: a machine meets the same few many thousand times, and what is the same object is soon equal."""
    return Tally(without, with_dlt, pending, extra)


@frozen
class View:
    """What may be asked of a state: the level just treated (as a rung, from 0), its tally, and what is closed.

    `closed` is the lowest rung that is closed, or the number of levels. `pending_at` are the rungs with pending
    patients, `given` those at which anyone was treated and `met` the open ones that meet the `mtd` line, as far as
    they still matter. `ladders` are, for each rung, those of the ladder it stands on, where levels stand apart;
    else none.
    """

    rung: int
    tally: Tally
    closed: int
    pending_at: tuple[int, ...] = ()
    given: tuple[int, ...] = ()
    met: tuple[int, ...] = ()
    ladders: tuple[tuple[int, ...], ...] = ()

    @property
    def own(self) -> tuple[int, ...]:
        """The rungs of the ladder that the level stands on; none where no level stands apart."""
        return self.ladders[self.rung] if self.ladders else ()

    @property
    def above(self) -> int | None:
        """The next open rung on the same ladder; None at the top of what is open."""
        return next((rung for rung in self.own or range(self.closed) if self.rung < rung < self.closed), None)

    def up(self, levels: int) -> int:
        """The open rung so many levels up on the same ladder, or its top."""
        open_above = [rung for rung in self.own or range(self.closed) if self.rung < rung < self.closed]
        return open_above[min(levels, len(open_above)) - 1] if open_above else self.rung

    @property
    def lowest(self) -> int:
        """The lowest rung of the same ladder."""
        return self.own[0] if self.own else 0


def top_of(own: tuple[int, ...], closed: int, levels: int) -> int:
    """The highest open rung of a ladder (of all where `own` is empty); -1 where none is open."""
    return max((rung for rung in own or range(levels) if rung < closed), default=-1)


def counted(name: str, tally: Tally, extra: tuple[str, ...]) -> int:
    """The count that a column or a statement names. Raises KeyError where nothing is counted by that name."""
    if name == "treated":
        return tally.treated
    if name == "with_dlt":
        return tally.with_dlt
    if name == "pending":
        return tally.pending
    return dict(zip(extra, tally.extra or (0,) * len(extra), strict=True))[name]


def leaving_out(tally: Tally, excess: int) -> Iterator[Tally]:
    """The tally without so many of its patients, whoever they are."""
    for dlts in range(max(excess - tally.without, 0), min(excess, tally.with_dlt) + 1):
        yield evolve(tally, without=tally.without - excess + dlts, with_dlt=tally.with_dlt - dlts)


def at_place(place: Place | str, rung: int, closed: int, names: tuple[str, ...], own: tuple[int, ...] = ()) -> bool:
    """Whether a rung is the place: a name of a level, `top` (no open level above), `lowest`, or anywhere.

    Top and lowest are those of the ladder of its `own` on which the rung stands.
    """
    is_top = rung >= top_of(own, closed, len(names))
    lowest = own[0] if own else 0
    match place:
        case Place.ANY:
            return True
        case Place.TOP:
            return is_top
        case Place.NOT_TOP:
            return not is_top
        case Place.LOWEST:
            return rung == lowest
        case Place.NOT_LOWEST:
            return rung != lowest
        case str():
            return names[rung] == place
        case _:
            assert_never(place)


def holds(condition: TallyCondition, view: View, names: tuple[str, ...], extra: tuple[str, ...] = ()) -> bool:
    """Whether a condition of an `always` statement holds of the level just treated."""
    match condition:
        case Comparison(operator, left, right):
            return bool(_COMPARE[operator](_number(left, view, extra), _number(right, view, extra)))
        case LevelComparison(operator, level):
            return bool(_COMPARE[operator](view.rung, _rung(level, view, names)))
        case Closed():
            return view.rung >= view.closed
        case Both(conditions):
            return all(holds(each, view, names, extra) for each in conditions)
        case Either(conditions):
            return any(holds(each, view, names, extra) for each in conditions)
        case Negated(negated):
            return not holds(negated, view, names, extra)
        case _:
            assert_never(condition)


def _number(number: TallyNumber, view: View, extra: tuple[str, ...]) -> int:
    match number:
        case Whole(value):
            return value
        case Counted(name):
            return counted(name, view.tally, extra)
        case Arithmetic(operator, left, right):
            return int(_COMBINE[operator](_number(left, view, extra), _number(right, view, extra)))
        case _:
            assert_never(number)


def _rung(level: Place | str, view: View, names: tuple[str, ...]) -> int:
    if level is Place.TOP:
        return top_of(view.own, view.closed, len(names))
    if level is Place.LOWEST:
        return view.own[0] if view.own else 0
    return names.index(level)
