"""Everything written below a node, whatever its form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from protocol_dsl.syntax import tree


def below(node: object) -> Iterator[tree.Node]:
    """The node and all nodes in it, in the order written."""
    if isinstance(node, tuple):
        for part in node:
            yield from below(part)
    elif isinstance(node, tree.Node):
        yield node
        kind: Any = type(node)
        for field in attrs.fields(kind):
            yield from below(getattr(node, field.name))


def names(node: object) -> set[str]:
    """Every name used below a node, members of enumerations among them."""
    return {found.text for found in below(node) if isinstance(found, tree.Word)}
