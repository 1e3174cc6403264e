"""What is told apart by being this one, which is quicker to see than what it says, and what is found out once of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Generic, TypeVar

from attrs import frozen

from protocol_dsl.model.node import Node
from protocol_dsl.model.walk import walk

T = TypeVar("T")


@frozen(eq=False)
class This(Generic[T]):
    """Something as a key: equal to nothing but itself. Whoever holds the key holds it."""

    one: T

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, This) and other.one is self.one


def written(node: object) -> str:
    """A node as `repr` has it, by which what is in no order is put in one."""
    return _written(This(node))


@lru_cache(maxsize=1 << 14)
def _written(this: This[object]) -> str:
    return repr(this.one)


def inside(node: Node) -> tuple[Node, ...]:
    """A node and every node inside it, in the order written."""
    return _inside(This(node))


@lru_cache(maxsize=1 << 14)
def _inside(this: This[Node]) -> tuple[Node, ...]:
    return tuple(walk(this.one))
