"""That the rows of a keyed table cover their keys, and never say two things at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, prod

from attrs import frozen

from protocol_dsl.base.quantity import ONE, decimal_text
from protocol_dsl.elaborate.cells import Column, Key, Line
from protocol_dsl.elaborate.kinds import unit_of
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import vocabulary as v
from protocol_dsl.syntax import defining

_MOST = 20_000
"""Tables with more combinations than this are not looked through."""

Point = tuple[Fraction, int]
"""A cut between numbers: (x, 0) lies just before x, (x, 1) just after it."""


@frozen
class Piece:
    """A part of a key that no row divides: one name, or the numbers between two cuts."""

    name: str | None = None
    start: Point | None = None
    end: Point | None = None


def checked(
    definition: defining.Definition, columns: Sequence[Column], lines: Sequence[Line], scope: Scope
) -> Sequence[Line] | None:
    """The rows, narrower sets first and `otherwise` last; None where they leave a gap or clash, with an error."""
    rest = [line for line in lines if line.otherwise]
    keyed = [line for line in lines if not line.otherwise]
    if not _ends_with(rest, lines, scope):
        return None
    pieces = [_pieces(column, [line.keys[place] for line in keyed]) for place, column in enumerate(columns)]
    if prod(len(part) for part in pieces) > _MOST:
        return [*_narrowest_first(keyed), *rest]
    whole = not rest and all(not isinstance(column.subject.kind, v.Text) for column in columns)
    for combination in product(*pieces):
        rows = [line for line in keyed if _applies(line, columns, combination)]
        if not rows and whole:
            _gap(definition, columns, combination, scope)
            return None
        if _clash(rows, columns, combination, scope):
            return None
    return [*_narrowest_first(keyed), *rest]


def _ends_with(rest: Sequence[Line], lines: Sequence[Line], scope: Scope) -> bool:
    early = [line for line in rest if line is not lines[-1]]
    if early:
        scope.error("PD217", "rows after `otherwise` are never reached", early[0].span, help="put `otherwise` last")
    narrow = [key for line in rest for key in line.keys if key.narrows]
    if narrow:
        message = "an `otherwise` row asks for something"
        scope.error("PD217", message, narrow[0].cell.span, help="write `otherwise` or `any` in each of its keys")
    return not early and not narrow


def _narrowest_first(lines: Sequence[Line]) -> list[Line]:
    """Rows in the order written, except that a smaller set comes before the one that holds it."""
    return sorted(lines, key=lambda line: sum(len(key.names) for key in line.keys if key.set and key.names))


# --- pieces -------------------------------------------------------------------------------------------------------


def _pieces(column: Column, keys: Sequence[Key]) -> list[Piece]:
    kind = column.subject.kind
    if isinstance(kind, v.OneOf):
        return [Piece(name) for name in kind.members]
    if isinstance(kind, v.YesNo):
        return [Piece("yes"), Piece("no")]
    if isinstance(kind, v.Text):
        return [Piece(name) for name in sorted({name for key in keys for name in key.names or ()})]
    low, high = _domain(column)
    inside = {point for key in keys for point in _ends(key, column) if point is not None}
    cuts = sorted(point for point in inside if (low is None or point > low) and (high is None or point < high))
    edges = [low, *cuts, high]
    return [Piece(start=start, end=end) for start, end in pairwise(edges)]


def _is_whole(column: Column) -> bool:
    return isinstance(column.subject.kind, v.Count | v.Grade | v.Completed)


def _domain(column: Column) -> tuple[Point | None, Point | None]:
    """Where the key plausibly lies, in the unit of the column."""
    limits = column.subject.limits
    unit = column.unit or unit_of(column.subject.kind)
    plain = ONE if unit is None or isinstance(column.subject.kind, v.Completed) else unit
    if _is_whole(column):
        low = Fraction(0) if limits.low is None else limits.low
        return (low, 0), None if limits.high is None else (limits.high + 1, 0)
    low_end = None if limits.low is None else (plain.of_base(limits.low), 0)
    return low_end, None if limits.high is None else (plain.of_base(limits.high), 1)


def _ends(key: Key, column: Column) -> tuple[Point | None, Point | None]:
    """The cuts of a range; whole numbers have one only before each."""
    low, high = key.low, key.high
    if _is_whole(column):
        first = None if low is None else Fraction(floor(low) + 1 if key.low_open else ceil(low))
        last = None if high is None else Fraction(ceil(high) if key.high_open else floor(high) + 1)
        return (None if first is None else (first, 0)), (None if last is None else (last, 0))
    start = None if low is None else (low, int(key.low_open))
    return start, None if high is None else (high, int(not key.high_open))


def _applies(line: Line, columns: Sequence[Column], at: Sequence[Piece]) -> bool:
    return all(_meets(key, piece, column) for key, piece, column in zip(line.keys, at, columns, strict=True))


def _meets(key: Key, piece: Piece, column: Column) -> bool:
    if not key.narrows:
        return True
    if piece.name is not None:
        return key.names is not None and piece.name in key.names
    start, end = _ends(key, column)
    above = start is None or (piece.start is not None and piece.start >= start)
    return above and (end is None or (piece.end is not None and piece.end <= end))


# --- what is wrong ------------------------------------------------------------------------------------------------


def _gap(definition: defining.Definition, columns: Sequence[Column], at: Sequence[Piece], scope: Scope) -> None:
    told = " and ".join(told_of(column, piece) for column, piece in zip(columns, at, strict=True))
    message = f"the table says nothing for {told}"
    scope.error("PD212", message, definition.name.span, help="add a row for it, or a last row `otherwise`")


def told_of(column: Column, piece: Piece) -> str:
    """A piece in words: `age from 6 to under 16 years`."""
    name = column.subject.span.text.partition(" in ")[0].strip()
    if piece.name is not None:
        return f"`{name}` {piece.name}"
    unit = column.unit or unit_of(column.subject.kind)
    word = f" {unit.code}" if unit is not None else ""
    return f"`{name}` {_range(piece, whole=_is_whole(column))}{word}"


def _range(piece: Piece, *, whole: bool) -> str:
    if piece.start is None:
        return "of any size" if piece.end is None else _upper(piece.end, whole=whole)
    low = decimal_text(piece.start[0])
    if piece.end is None:
        return f"over {low}" if piece.start[1] else f"{low} or more"
    if (whole and piece.end[0] == piece.start[0] + 1) or piece.end[0] == piece.start[0]:
        return low
    start = f"over {low}" if piece.start[1] else f"from {low}"
    return f"{start} to {_upper(piece.end, whole=whole).removeprefix('at most ')}"


def _upper(end: Point, *, whole: bool) -> str:
    if whole:
        return f"at most {decimal_text(end[0] - 1)}"
    return f"at most {decimal_text(end[0])}" if end[1] else f"under {decimal_text(end[0])}"


def _clash(rows: Sequence[Line], columns: Sequence[Column], at: Sequence[Piece], scope: Scope) -> bool:
    """Whether two rows say different things of one key, neither being about a narrower set."""
    narrowest = [row for row in rows if all(row is other or not _narrower(other, row) for other in rows)]
    for row in narrowest[1:]:
        if row.result.core != narrowest[0].result.core:
            told = " and ".join(told_of(column, piece) for column, piece in zip(columns, at, strict=True))
            message = f"two rows say different things for {told}"
            others = [(narrowest[0].span, "the other")]
            scope.error("PD215", message, row.span, others=others, help="let the rows part, or give them one result")
            return True
    return False


def _narrower(one: Line, other: Line) -> bool:
    """Whether a row is about smaller sets of names than another, and otherwise alike."""
    names = [(a.names, b.names) for a, b in zip(one.keys, other.keys, strict=True) if a.names and b.names]
    rest = [(a, b) for a, b in zip(one.keys, other.keys, strict=True) if not (a.names and b.names)]
    alike = all((a.low, a.high, a.names) == (b.low, b.high, b.names) for a, b in rest)
    return alike and all(a <= b for a, b in names) and any(a < b for a, b in names)
