"""The places of a record that a condition looks at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from attrs import frozen

from protocol_dsl.amend.formula import Atom, Role
from protocol_dsl.model.condition import AnyEvent, ContextOf, Count, FieldOf, Judged, Lasting, MomentOf, Series
from protocol_dsl.model.node import Node
from protocol_dsl.model.walk import walk


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
    found = {place for node in walk(atom.form) for place in _place(node, atom)} | until
    moments = {Place("moment", node.name) for node in walk(atom.form) if isinstance(node, MomentOf)}
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
