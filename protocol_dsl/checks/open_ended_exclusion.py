"""Open-ended exclusion: one on a date `within` so many days before a moment, which lets later dates pass."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.condition import (
    AtLeast,
    Both,
    Condition,
    Either,
    Fetch,
    Known,
    MomentOf,
    Not,
    Policy,
    Shifted,
    Within,
)
from protocol_dsl.model.protocol import Effect, Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each window on an item that keeps a patient out, be it as an exclusion or by `not`."""
    for clause in protocol.criteria:
        for node in _keeping_out(clause.condition, met=clause.effect is Effect.EXCLUSION):
            if _looks_back(node):
                message = f"{clause.id} excludes by `within ... before`, which lets later dates pass"
                cure = "write `less than ... before` where later dates exclude too"
                yield Diagnostic("PD356", Severity.WARNING, message, Label(node.span), help=cure)


def _keeping_out(condition: Condition, *, met: bool) -> Iterator[Within]:
    """The windows that speak against a patient when they are met; events are asked one by one and stand apart."""
    match condition:
        case Within() if met:
            yield condition
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from _keeping_out(part, met=met)
        case Not(inside=inside):
            yield from _keeping_out(inside, met=not met)
        case Known(inside=inside) | Policy(inside=inside):
            yield from _keeping_out(inside, met=met)
        case _:
            pass


def _looks_back(node: Within) -> bool:
    start, end = node.window.start, node.window.end
    return isinstance(node.day, Fetch) and isinstance(start, Shifted) and start.backwards and isinstance(end, MomentOf)
