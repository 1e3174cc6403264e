"""How many events of a list are enough: what no list of so many shows, no longer list shows either.

What is asked of a list is `any ... where ...`, and `count of ... where ...` held against a number. Both grow with the
list: with further events such a search never goes from true to unknown or false, nor from unknown to false, and a
count's lower and upper end never go down; for an event comes to what it comes to whatever else is in the list, and
whether the list is complete does not hang on its events. So take any record, and of each list keep

- for each search that is true, or unknown by an event that may be such a one, one such event;
- for each count held against n, as many of the events that count, and of those that may, as there are, but no more than
  n of them, or one more where it is asked whether there are more than n, or exactly n.

What is kept bounds each search and each count from below and the whole list from above, on the same side of n, so each
comes to what it came to, and so does whatever is made of them with `and`, `or`, `not`, guards and policies. Searches
and counts of the same events share what is kept for the one that needs the most of them; the number of events kept is
the sum over what is different, which is what `events` gives.

A search inside a search counts once for each time that it stands there, and for each event that a count of searches
keeps. That holds only where a further event never turns the inner one against the outer one: where it stands under
`not`, a policy, a comparison or a reading, no number is enough, and `endless` names its list. Of a search that a policy
decides, the event that is kept is one for which the policy does not speak, if there is any.

So it is with readings. A rule that takes the latest, the first, the highest, the lowest, or a value wherever there is
one, may choose some of them, and a condition holds where it holds of all that may be chosen. Keep, for each condition
and each series in it, two that may be chosen: any where all agree, else two that do not, or one of which it is unknown
and another; of the highest and the lowest, one with the outermost value, and one without any. What is kept for other
conditions is not chosen over them. For `any reading`, or `every`, keep as many as are asked for; for a policy also the
earliest, by which it is known that there was one. A mean, and readings in a row, are not kept by any number: their
items are `unbounded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import floor, prod
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
    Distance,
    Either,
    Expression,
    Includes,
    Known,
    Member,
    Monitored,
    Named,
    Policy,
    Readings,
    Recorded,
    Series,
    Sign,
    Sustained,
    Within,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.vocabulary import Rule
from protocol_dsl.model.walk import walk


@frozen
class Enough:
    """For each list how many events are enough, and for each item how many readings, where several are looked at.

    Of the lists that are `endless`, and of the items that are `unbounded`, no number is.
    """

    events: Mapping[str, int]
    endless: frozenset[str] = frozenset()
    readings: Mapping[str, int] = {}
    unbounded: frozenset[str] = frozenset()


def enough(asked: Iterable[tuple[Condition, object]]) -> Enough:
    """For conditions, each with what tells it apart from an equal one: the moment at which it is asked."""
    needed: dict[tuple[object, object], tuple[str, ...]] = {}
    several = tuple(asked)
    endless = _pooled_and_not([condition for condition, _ in several])
    for condition, by in several:
        for sought, kept, more in _searches(condition):
            endless |= more
            needed[sought, by] = max(needed.get((sought, by), ()), kept, key=len)
    events = dict.fromkeys(sorted(set[str]().union(*(_lists(condition) for condition, _ in several))), 0)
    for kept in needed.values():
        for name in kept:
            events[name] += 1
    return Enough(events, frozenset(endless), *_readings(several, events))


def _readings(
    several: Iterable[tuple[Condition, object]], events: Mapping[str, int]
) -> tuple[dict[str, int], frozenset[str]]:
    found: dict[tuple[Node, object, str], int] = {}
    unbounded, decided = set[str](), set[str]()
    for condition, by in several:
        decided |= _decided(condition)
        for leaf, within, bound in _leaves(condition, ()):
            times = prod(max(events.get(name, 0), 1) for name in within)
            for name, count in _of_leaf(leaf, bound).items():
                found[leaf, by, name] = max(found.get((leaf, by, name), 0), (count or 1) * times)
                unbounded |= set() if count else {name}
    needed = dict.fromkeys(sorted(decided), 1)
    for (_, _, name), count in found.items():
        needed[name] = needed.get(name, 0) + count
    return needed, frozenset(unbounded)


def _leaves(
    node: Node, within: tuple[str, ...], bound: frozenset[Series] = frozenset()
) -> Iterator[tuple[Node, tuple[str, ...], frozenset[Series]]]:
    """The conditions that look at readings, with the lists of whose events it is asked, and readings that are fixed."""
    if isinstance(node, AnyEvent | Count):
        within = (*within, node.list)
    if isinstance(
        node, Compare | Member | Includes | Distance | Within | Recorded | Readings | Consecutive | Sustained
    ):
        yield node, within, bound
    if isinstance(node, Readings | Consecutive | Sustained):
        bound |= {node.series}
    for inner in _directly(node):
        yield from _leaves(inner, within, bound)


def _decided(condition: Condition) -> set[str]:
    """The items of which a policy may speak."""
    every = (node for node in walk(condition) if isinstance(node, Policy | Known))
    return {one.item for node in every for one in walk(node) if isinstance(one, Series)}


def _of_leaf(leaf: Node, bound: frozenset[Series]) -> dict[str, int]:
    """How many readings of each item keep a condition as it is; none where no number does."""
    series = {one for one in walk(leaf) if isinstance(one, Series)} - bound
    if isinstance(leaf, Readings):
        here = [one for one in series if one.item == leaf.series.item]
        return {leaf.series.item: max(leaf.least, 1) if len(here) == 1 else 0}
    if isinstance(leaf, Consecutive | Sustained):
        return {leaf.series.item: 0}
    found: dict[str, int] = {}
    for one in series:
        mean = one.choice is not None and one.choice.rule is Rule.MEAN
        found[one.item] = 0 if mean or found.get(one.item) == 0 else found.get(one.item, 0) + 2
    return found


Search = tuple[object, tuple[str, ...], set[str]]
"""What is sought in which list, the lists of the events to be kept for it, and the lists that are endless by it."""


def _searches(node: Node) -> Iterator[Search]:
    """Those that no event is looked at for."""
    match node:
        case AnyEvent():
            kept, more = _kept(node)
            yield (node.list, node.where, node.other), kept, more
        case Compare(sign=sign, left=left, right=Constant(value=Fraction() as number)) if (
            counted := _count(left)
        ) is not None:
            kept, more = _kept(counted)
            most = _most(sign, number)
            yield (counted.list, counted.where, False), kept * most, more
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
