"""Incomplete section.

What it finds: a section that says `incomplete`.
Why it matters: part of the protocol is not known, so nobody can be called eligible by this file.
Example: `incomplete "criteria 5 on are not public"` in a list of inclusion criteria.
Instead: complete the section when its text is at hand, and take the line out.
"""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each incomplete section."""
    for note in protocol.incomplete:
        message = f"the {note.about} section is incomplete: {note.text}; nobody can be called eligible"
        yield Diagnostic("PD391", Severity.WARNING, message, Label(note.span), help="complete the section")
