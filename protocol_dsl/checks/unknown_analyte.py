"""Unknown analyte: one of which nothing is known, so that naming it has no effect."""

from collections.abc import Iterator

from protocol_dsl.base.analyte import analytes
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each item that names such an analyte."""
    for item in protocol.items.values():
        if item.analyte is None or item.analyte in analytes():
            continue
        near = nearest(item.analyte, analytes())
        message = f"nothing is known of the analyte `{item.analyte}`"
        cure = f"`{near}` may be meant" if near else "leave it out, and give limits in the unit of the item"
        yield Diagnostic("PD361", Severity.WARNING, message, Label(item.span), help=cure)
