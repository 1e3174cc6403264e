"""Every node inside a node, itself first, in the order written."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from attrs import fields

from protocol_dsl.model.node import Node


def walk(node: object) -> Iterator[Node]:
    """The node and all that it holds; a tuple is walked through, anything else has nothing inside."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Node):
            yield one
            kind: Any = type(one)
            waiting.extend(getattr(one, name) for name in _last_first(kind))
        elif isinstance(one, tuple):
            waiting.extend(reversed(one))


@cache
def _last_first(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - the class of a node
    return tuple(field.name for field in reversed(fields(kind)) if field.name != "span")
