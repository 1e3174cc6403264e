"""How large a meaning is once definitions are inlined: what is written in a line may stand for millions of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import attrs

from protocol_dsl.model.node import Node

LARGEST = 20_000
"""So many nodes a definition may come to."""
DEEPEST = 200
"""So many nodes may stand one within another."""

Measured: TypeAlias = dict[int, tuple[object, int, int]]
"""By identity, so that what is shared is measured once: the node itself, its nodes, and how deep they stand."""


def extent(root: object, known: Measured) -> tuple[int, int]:
    """How many nodes there are and how deep they stand, shared ones counted as often as they are used."""
    waiting: list[tuple[object, bool]] = [(root, False)]
    while waiting:
        node, opened = waiting.pop()
        if id(node) in known:
            continue
        parts = list(_parts(node))
        if opened:
            inner = [known[id(part)] for part in parts]
            size = 1 + sum(found[1] for found in inner)
            known[id(node)] = node, size, 1 + max((found[2] for found in inner), default=0)
        else:
            waiting.append((node, True))
            waiting += ((part, False) for part in parts)
    return known[id(root)][1:]


def _parts(node: object) -> Iterator[object]:
    kind: Any = type(node)
    if not isinstance(node, Node):
        return
    for field in attrs.fields(kind):
        value = getattr(node, field.name)
        if isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))
        elif isinstance(value, Node):
            yield value
