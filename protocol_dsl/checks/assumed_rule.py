"""Assumed rule.

What it finds: a line that says `assumed because`: a rule that no document gives.
Why it matters: what is assumed is not the protocol; a reader must be able to see all of it at once.
Example: E3 below says `assumed because "as in NCT06948994"`.
Instead: put `source` in its place as soon as the protocol text is at hand.
    `protocol check --no-assumptions` makes each of these an error.
"""

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
