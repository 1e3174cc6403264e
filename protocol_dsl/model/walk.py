"""Every node inside a node, itself first, in the order written."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import fields

from protocol_dsl.model.node import Node


def walk(node: object) -> Iterator[Node]:
    """The node and all that it holds; a tuple is walked through, anything else has nothing inside."""
    if isinstance(node, tuple):
        for part in node:
            yield from walk(part)
    elif isinstance(node, Node):
        yield node
        kind: Any = type(node)
        for name in _names(kind):
            yield from walk(getattr(node, name))


@cache
def _names(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class of a node
    return tuple(field.name for field in fields(kind) if field.name != "span")
