"""Criterion never fails: one whose rule every record meets that has what it asks for."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import alone, every_clause
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Effect, Protocol

_SO = {
    Effect.INCLUSION: "so that it keeps nobody out",
    Effect.EXCLUSION: "so that it lets nobody pass",
    Effect.GATE: "so that it never holds a dose back",
    Effect.DLT: "so that it always counts",
}


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such clause."""
    here = alone(protocol)
    for clause in every_clause(protocol):
        lone = here.lone(clause)
        if lone.never_fails and lone.never_met is False:
            message = f"{clause.id} is met by every record that has what it asks for, {_SO[clause.effect]}"
            cure = "correct its limits, or leave it out"
            yield Diagnostic("PD372", Severity.WARNING, message, Label(clause.span), help=cure)
