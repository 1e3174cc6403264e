"""Criterion never met: one whose rule no record can meet."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import alone, every_clause
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Effect, Protocol

_SO = {
    Effect.INCLUSION: "so that it lets nobody pass",
    Effect.EXCLUSION: "so that it excludes nobody",
    Effect.GATE: "so that it never lets a dose be given",
    Effect.DLT: "so that it never counts",
}


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such clause."""
    here = alone(protocol)
    for clause in every_clause(protocol):
        if here.lone(clause).never_met:
            message = f"{clause.id} can never be met, {_SO[clause.effect]}"
            cure = "correct its limits, or its `applies when`"
            yield Diagnostic("PD371", Severity.WARNING, message, Label(clause.span), help=cure)
