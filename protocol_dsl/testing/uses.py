"""What clauses ask for: the items, lists, judgements and places they name, and how each series is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import fields

from protocol_dsl.model.condition import AnyEvent, Consecutive, ContextOf, Count, Judged, Readings, Series
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, Rule


def asked(protocol: Protocol) -> frozenset[str]:
    """The names that the clauses of a protocol ask for; every name, where it has no clauses."""
    found = names(clauses_of(protocol))
    if not found:
        return frozenset((*protocol.items, "level", "entry"))
    rules = (item.complete for name, item in protocol.items.items() if name in found)
    return found | {rule.to for rule in rules if rule is not None and rule.to is not None}


def clauses_of(protocol: Protocol) -> tuple[object, ...]:
    """All that a protocol asks of a patient."""
    gates = tuple(clause for gate in protocol.gates for clause in gate.clauses)
    return (protocol.criteria, gates, protocol.dlt, protocol.stopping, protocol.statements)


def names(node: object) -> frozenset[str]:
    """The items, lists, judged texts and context words in a condition, or in anything that holds conditions."""
    return frozenset(_names(node))


def _names(node: object) -> Iterator[str]:
    match node:
        case Series(item=name) | AnyEvent(list=name) | Count(list=name) | Judged(what=name) | ContextOf(name=name):
            yield name
        case _:
            pass
    for part in _parts(node):
        yield from _names(part)


def picks_by_day(protocol: Protocol, item: Item) -> bool:
    """Whether each use of an item picks one reading by its day, so that two of one day contradict each other."""
    if any(one.complete is not None and one.complete.to == item.name for one in protocol.items.values()):
        return False
    return all(
        single and (series.choice is None or series.choice.rule in (Rule.LATEST, Rule.FIRST))
        for series, single in _series(clauses_of(protocol), single=True)
        if series.item == item.name
    )


def _series(node: object, *, single: bool) -> Iterator[tuple[Series, bool]]:
    if isinstance(node, Series):
        yield node, single
    for part in _parts(node):
        yield from _series(part, single=single and not isinstance(node, Readings | Consecutive))


def _parts(node: object) -> tuple[object, ...]:
    if isinstance(node, tuple):
        return node
    if isinstance(node, Node):
        kind: Any = type(node)
        return tuple(getattr(node, field.name) for field in fields(kind) if field.name != "span")
    return ()
