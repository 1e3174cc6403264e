"""Weakened exclusion: one that a policy takes as not met when its facts are missing."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.condition import Policy
from protocol_dsl.model.protocol import Effect, Protocol
from protocol_dsl.model.walk import walk


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such policy."""
    for clause in protocol.criteria:
        if clause.effect is Effect.EXCLUSION:
            for node in walk(clause.condition):
                if isinstance(node, Policy) and not node.met:
                    message = f"{clause.id} lets a patient pass when its facts are missing: {node.because}"
                    cure = "leave the policy out, so that the criterion stays open"
                    yield Diagnostic("PD355", Severity.WARNING, message, Label(node.span), help=cure)
