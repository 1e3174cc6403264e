"""The root of all that was written: a place that plays no part in equality."""

from attrs import field, frozen

from protocol_dsl.base.source import NOWHERE, Span


@frozen
class Node:
    """Something written; where it is written plays no part in equality."""

    span: Span = field(default=NOWHERE, kw_only=True, eq=False, repr=False)
