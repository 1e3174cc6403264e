"""Assumed rule: a line that says `assumed because`."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import NoteKind, Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note for each assumption."""
    for note in protocol.notes:
        if note.kind is NoteKind.ASSUMED:
            message = f"{note.about} is assumed: {note.text}"
            cure = "give its `source` when it is known"
            yield Diagnostic("PD390", Severity.NOTE, message, Label(note.span), help=cure)
