"""The places of a record that a condition looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from attrs import frozen

from protocol_dsl.amend.formula import Atom, Role
from protocol_dsl.amend.this import inside
from protocol_dsl.model.condition import (
    AnyEvent,
    Condition,
    ContextOf,
    Count,
    FieldOf,
    Judged,
    Lasting,
    MomentOf,
    Series,
)
from protocol_dsl.model.node import Node
from protocol_dsl.model.vocabulary import Rule


@frozen(order=True)
class Place:
    """Where a record is varied, by its name.

    The kinds are an `item`, a `list`, a `field` of its one event, a `judgement`, a `moment`, and a patient's `place`.
    """

    kind: str
    name: str


@lru_cache(maxsize=1 << 14)
def places(atom: Atom) -> frozenset[Place]:
    """Every place of a record that an atom looks at."""
    until = {Place("item", name) for name in atom.complete_by if " " not in name}
    if atom.role is not Role.CONDITION:
        begins = {Place("field", f"{atom.of_list}.{name}") for name in ("start", "date")}
        return frozenset({Place("list", atom.of_list), *(begins if atom.role is Role.BEGUN else until)})
    found = {place for node in inside(atom.form) for place in _place(node, atom)} | until
    moments = {Place("moment", node.name) for node in inside(atom.form) if isinstance(node, MomentOf)}
    # Where there is anything else, the moments stand still and that is moved.
    return frozenset(found or moments)


def _place(node: Node, atom: Atom) -> Iterator[Place]:
    match node:
        case Series(item=item):
            yield Place("item", item)
        case AnyEvent(list=name) | Count(list=name):
            yield Place("list", name)
        case Judged(what=what):
            yield Place("judgement", what or atom.judged)
        case ContextOf(name=name):
            yield Place("place", name)
        case FieldOf(name=name) if atom.of_list:
            yield Place("field", f"{atom.of_list}.{name}")
        case Lasting() if atom.of_list:
            yield Place("field", f"{atom.of_list}.start")
            yield Place("field", f"{atom.of_list}.end")
        case _:
            return


def counted_apart(several: tuple[Atom, ...]) -> Iterator[str]:
    """The lists that are asked for more than one thing, of which one is how many events there are."""
    asked_for: dict[str, set[Condition | None]] = {}
    counted = set()
    for atom in several:
        for node in inside(atom.form):
            if isinstance(node, AnyEvent | Count):
                asked_for.setdefault(node.list, set()).add(node.where)
                counted |= {node.list} if isinstance(node, Count) else set()
    yield from (name for name in sorted(counted) if len(asked_for[name]) > 1)


def chosen_apart(ways: Iterable[Series]) -> bool:
    """Whether two ways of choosing a reading may come to different ones; how old the latest may be is not that."""
    several = set(ways)
    choices = {one.choice for one in several}
    if len(choices) > 1 or any(one.window is not None for one in several):
        return len(several) > 1
    rules = {None if one is None else one.rule for one in choices}
    return len(several) > 1 and not rules <= {None, Rule.LATEST}
