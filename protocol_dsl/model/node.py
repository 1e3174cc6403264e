"""The root of all that was written: a place that plays no part in equality."""

from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import field, fields, frozen

from protocol_dsl.base.source import NOWHERE, Span

if TYPE_CHECKING:
    from attrs import frozen as node
else:
    # How it is shown is said once below, which saves a good part of the time it takes to start.
    node = partial(frozen, repr=False, cache_hash=True)


@node
class Node:
    """Something written; where it is written plays no part in equality."""

    span: Span = field(default=NOWHERE, kw_only=True, eq=False)

    def __repr__(self) -> str:
        kind: Any = type(self)
        said = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(kind) if one.name != "span")
        return f"{kind.__name__}({', '.join(said)})"
