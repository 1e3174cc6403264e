"""Size never stale: doses that rest on a reading of which nothing says how long it is valid."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.dosing.resting import rested_on
from protocol_dsl.model.protocol import Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each measured item that doses rest on and that is valid for ever."""
    for_ever = (one.item for one in rested_on(protocol) if one.valid_days is None and one.window is None)
    for name in dict.fromkeys(for_ever):
        item = protocol.items[name]
        message = f"doses rest on `{name}`, and nothing says how long a reading of it is valid"
        cure = "add `valid for 7 days`, or as long as the protocol allows"
        yield Diagnostic("PD472", Severity.WARNING, message, Label(item.span), help=cure)
