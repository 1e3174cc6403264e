"""Open-ended exclusion: one on a date `within` so many days before a moment, which lets later dates pass."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.condition import AnyEvent, Fetch, MomentOf, Shifted, Within
from protocol_dsl.model.protocol import Effect, Protocol
from protocol_dsl.model.walk import walk


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such window on an item."""
    for clause in protocol.criteria:
        if clause.effect is not Effect.EXCLUSION:
            continue
        events = [node for node in walk(clause.condition) if isinstance(node, AnyEvent)]
        in_events = {id(node) for event in events for node in walk(event)}
        for node in walk(clause.condition):
            if isinstance(node, Within) and id(node) not in in_events and _looks_back(node):
                message = f"{clause.id} excludes by `within ... before`, which lets later dates pass"
                cure = "write `less than ... before` where later dates exclude too"
                yield Diagnostic("PD356", Severity.WARNING, message, Label(node.span), help=cure)


def _looks_back(node: Within) -> bool:
    start, end = node.window.start, node.window.end
    return isinstance(node.day, Fetch) and isinstance(start, Shifted) and start.backwards and isinstance(end, MomentOf)
