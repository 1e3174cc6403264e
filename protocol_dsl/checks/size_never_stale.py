"""Size never stale: doses that rest on a reading of which nothing says how long it is valid."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.dosing.plan import plan, products
from protocol_dsl.model.condition import Series
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Number
from protocol_dsl.model.walk import walk


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each measured item that doses rest on and that is valid for ever."""
    for name in dict.fromkeys(_rested_on(protocol)):
        item = protocol.items[name]
        message = f"doses rest on `{name}`, and nothing says how long a reading of it is valid"
        cure = "add `valid for 7 days`, or as long as the protocol allows"
        yield Diagnostic("PD472", Severity.WARNING, message, Label(item.span), help=cure)


def _rested_on(protocol: Protocol) -> Iterator[str]:
    for product in () if protocol.ladder is None else products(protocol.ladder):
        found = plan(protocol, product)
        if isinstance(found, str):
            continue
        for node in walk((*found.levels, None if found.basis is None else found.basis.value)):
            if isinstance(node, Series) and node.valid_days is None and node.window is None:
                item = protocol.items.get(node.item)
                if item is not None and isinstance(item.kind, Number):
                    yield node.item
