"""Exception without effect: an `unless` that never changes what a clause comes to."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import alone, every_clause
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such exception."""
    here = alone(protocol)
    for clause in every_clause(protocol):
        lone = here.lone(clause)
        for part, rest in lone.lesser:
            if part.is_exception and lone.space.differ(lone.body, rest) is False:
                message = f"the exception of {clause.id} never matters: without it every record comes to the same"
                cure = "take it out, or correct its limits"
                yield Diagnostic("PD375", Severity.WARNING, message, Label(part.node.span), help=cure)
