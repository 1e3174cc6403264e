"""The forms of conditions that the boundary partition covers in full; others are only looked at in samples.

Each of them holds one entry against what does not depend on any other entry: a value against values, a day against days
that are written or counted from a moment. So an entry below, on and above each of them shows all that there is to show.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Cases,
    Compare,
    CompletedTime,
    Condition,
    Constant,
    ContextOf,
    Count,
    Distance,
    Either,
    Expression,
    Fetch,
    FieldOf,
    Includes,
    Judged,
    Known,
    Lasting,
    Member,
    MomentOf,
    Named,
    Not,
    Part,
    Policy,
    Recorded,
    Shifted,
    Within,
)
from protocol_dsl.model.walk import walk


def beyond(node: Condition) -> Iterator[str]:  # noqa: C901, PLR0912 - an arm for each form
    """What of a condition is not covered in full, in words; nothing where all is."""
    match node:
        case Compare(left=left, right=right):
            if not _is_plain(left, right):
                yield "values that are held against one another"
        case Member(value=value) | Includes(value=value):
            if not _is_entry(value):
                yield "members of what is worked out"
        case Distance(day=day, length=length, anchor=anchor):
            if not (_is_entry(day) and isinstance(length, Constant) and _is_day(anchor)):
                yield "days that are held against one another"
        case Within(day=day, window=window):
            if not (_is_entry(day) and all(end is None or _is_day(end) for end in (window.start, window.end))):
                yield "days that are held against one another"
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from beyond(part)
        case Not(inside=inside) | Known(inside=inside) | Policy(inside=inside):
            yield from beyond(inside)
        case AnyEvent(where=where, other=other):
            yield from _of_events(where, other=other)
        case Recorded() | Judged(on=None):
            return
        case _:
            yield "a condition of another form"


def _of_events(where: Condition | None, *, other: bool) -> Iterator[str]:
    """What is asked of one event; of an event beside others it is only looked at in samples."""
    if where is None:
        return
    if other or any(isinstance(one, AnyEvent | Count) for one in walk(where)):
        yield "events that are held against one another"
    yield from beyond(where)


def _is_plain(left: Expression, right: Expression) -> bool:
    """Whether one entry is held against what is fixed."""
    match left:
        case Named(inside=inside):
            return _is_plain(inside, right)
        case Cases(branches=branches):
            held = all(_is_plain(branch.result, right) for branch in branches)
            return held and not any(fault for one in branches if one.when is not None for fault in beyond(one.when))
        case CompletedTime(start=start, end=end):
            return _is_entry(start) and isinstance(end, MomentOf) and isinstance(right, Constant)
        case Count(where=where):
            return isinstance(right, Constant) and not any(_of_events(where, other=False))
        case Lasting() | Constant():
            return isinstance(right, Constant)
        case _:
            return _is_entry(left) and (_is_day(right) or _is_limit(left, right))


def _is_entry(node: Expression) -> bool:
    match node:
        case Named(inside=inside):
            return _is_entry(inside)
        case FieldOf():
            return not getattr(node, "outer", 0)
        case Fetch(part=part):
            return part is Part.VALUE
        case _:
            return isinstance(node, ContextOf | MomentOf)


def _is_day(node: Expression) -> bool:
    """Whether it is written in the file, or counted from a moment or from a day that is."""
    match node:
        case Named(inside=inside):
            return _is_day(inside)
        case Shifted(day=day, length=length):
            return _is_day(day) and (length is None or isinstance(length, Constant))
        case _:
            return isinstance(node, Constant | MomentOf)


def _is_limit(left: Expression, right: Expression) -> bool:
    """Whether it is a multiple of the limit that goes with the same reading."""
    if not isinstance(left, Fetch):
        return False
    limits = [node for node in walk(right) if isinstance(node, Fetch)]
    return len(limits) == 1 and limits[0].series == left.series and limits[0].part in (Part.ULN, Part.LLN)
