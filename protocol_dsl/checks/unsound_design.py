"""Unsound design: rows and settings that cannot be meant, or that differ from the formula they repeat."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.escalation.designs import faults
from protocol_dsl.escalation.soundness import Kind
from protocol_dsl.model.protocol import Protocol

# Faults of the ladder are refused before there is a protocol.
_CODES = {Kind.MOVES: "PD427", Kind.COUNTS: "PD428", Kind.SETTINGS: "PD430", Kind.REPEATED: "PD431"}


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One error for each such fault, at the cell or the row."""
    if protocol.escalation is not None and protocol.ladder is not None:
        for fault in faults(protocol.escalation, protocol.ladder):
            if fault.kind in _CODES:
                code = _CODES[fault.kind]
                yield Diagnostic(code, Severity.ERROR, fault.message, Label(fault.span), help=fault.help)
