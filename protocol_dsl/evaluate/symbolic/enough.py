"""How many events of a list are enough: what no list of so many shows, no longer list shows either.

What is asked of a list is `any ... where ...`, and `count of ... where ...` held against a number. Both grow with the
list: with further events such a search never goes from true to unknown or false, nor from unknown to false, and a
count's lower and upper end never go down; for an event comes to what it comes to whatever else is in the list, and
whether the list is complete does not hang on its events. So take any record, and of each list keep

- for each search that is true, or unknown by an event that may be such a one, one such event;
- for each count held against n, as many of the events that count, and of those that may, as there are, but no more than
  n of them, or one more where it is asked whether there are more than n, or exactly n.

What is kept bounds each search and each count from below and the whole list from above, on the same side of n, so each
comes to what it came to, and so does whatever is made of them with `and`, `or`, `not`, guards and policies. The number
of events kept is the sum over the different searches and counts, which is what `events` gives.

A search inside a search counts once for each time that it stands there, and for each event that a count of searches
keeps. That holds only where a further event never turns the inner one against the outer one: where it stands under
`not`, a policy, a comparison or a reading, no number is enough, and `endless` names its list. Of a search that a policy
decides, the event that is kept is one for which the policy does not speak, if there is any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from attrs import fields, frozen

from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Compare,
    Condition,
    Consecutive,
    Constant,
    Count,
    Either,
    Expression,
    Known,
    Monitored,
    Named,
    Policy,
    Readings,
    Sign,
    Sustained,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.walk import walk


@frozen
class Enough:
    """For each list how many events are enough; of those that are `endless` no number is."""

    events: Mapping[str, int]
    endless: frozenset[str] = frozenset()


def enough(asked: Iterable[tuple[Condition, object]]) -> Enough:
    """For conditions, each with what tells it apart from an equal one: the moment at which it is asked."""
    needed: dict[tuple[Node, object], tuple[str, ...]] = {}
    several = tuple(asked)
    endless = _pooled_and_not([condition for condition, _ in several])
    for condition, by in several:
        for node, kept, more in _searches(condition):
            endless |= more
            needed.setdefault((node, by), kept)
    events = dict.fromkeys(sorted(set[str]().union(*(_lists(condition) for condition, _ in several))), 0)
    for kept in needed.values():
        for name in kept:
            events[name] += 1
    return Enough(events, frozenset(endless))


Search = tuple[Node, tuple[str, ...], set[str]]
"""A search or a count, the lists of the events to be kept for it, and the lists that are endless by it."""


def _searches(node: Node) -> Iterator[Search]:
    """Those that no event is looked at for."""
    match node:
        case AnyEvent():
            kept, more = _kept(node)
            yield node, kept, more
        case Compare(sign=sign, left=left, right=Constant(value=Fraction() as number)) if (
            counted := _count(left)
        ) is not None:
            kept, more = _kept(counted)
            most = _most(sign, number)
            yield node, kept * most, more
        case Count():
            kept, more = _kept(node)
            yield node, kept, {*more, *kept}
        case Readings() | Consecutive() | Sustained() | Monitored():
            found = _lists(node)
            yield node, tuple(found), found
        case Known(inside=inside) | Policy(inside=inside):
            for one, kept, more in _searches(inside):
                yield one, kept, more if len(kept) == 1 else {*more, *kept}
        case _:
            for inner in _directly(node):
                yield from _searches(inner)


def _pooled_and_not(several: Iterable[Condition]) -> set[str]:
    """The lists that are asked about over all patients, and of one as well."""
    found: dict[str, set[bool]] = {}
    for condition in several:
        for node in walk(condition):
            if isinstance(node, AnyEvent | Count):
                found.setdefault(node.list, set()).add(isinstance(node, Count) and node.pooled)
    return {name for name, ways in found.items() if len(ways) > 1}


def _most(sign: Sign, number: Fraction) -> int:
    """How many events decide a count: as many as are asked for, or one more."""
    if sign in (Sign.AT_LEAST, Sign.LESS_THAN):
        return max(-floor(-number), 0)
    return max(floor(number) + 1, 0)


def _kept(node: AnyEvent | Count) -> tuple[tuple[str, ...], set[str]]:
    """The lists of the events kept for one event that is found, and what is endless."""
    inner, more = ((), set[str]()) if node.where is None else _within(node.where)
    return (node.list, *inner), more


def _within(where: Condition) -> tuple[tuple[str, ...], set[str]]:
    match where:
        case AnyEvent():
            return _kept(where)
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            each = [_within(part) for part in parts]
            kept = tuple(name for names, _ in each for name in names)
            return kept, {name for _, more in each for name in more}
        case _:
            found = _lists(where)
            return tuple(sorted(found)), found


def _lists(node: Node) -> set[str]:
    return {one.list for one in walk(node) if isinstance(one, AnyEvent | Count)}


def _count(expression: Expression) -> Count | None:
    while isinstance(expression, Named):
        expression = expression.inside
    return expression if isinstance(expression, Count) else None


def _directly(node: Node) -> Iterator[Node]:
    """The nodes that stand directly in another."""
    kind: Any = type(node)
    for field in fields(kind):
        found = getattr(node, field.name)
        for one in found if isinstance(found, tuple) else (found,):
            if isinstance(one, Node) and field.name != "span":
                yield one
