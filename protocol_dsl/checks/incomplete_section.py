"""Incomplete section: one that says `incomplete`, so that nobody can be called eligible."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each incomplete section."""
    for note in protocol.incomplete:
        message = f"the {note.about} section is incomplete: {note.text}; nobody can be called eligible"
        yield Diagnostic("PD391", Severity.WARNING, message, Label(note.span), help="complete the section")
