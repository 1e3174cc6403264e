"""Refuted property: a built-in property of an escalation, or a statement of the file, that some history breaks."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.escalation.verify import Finding, verify
from protocol_dsl.evaluate.implication import claimed
from protocol_dsl.model.protocol import Protocol


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One diagnostic for each property that does not hold, with the shortest history that breaks it."""
    plan, ladder = protocol.escalation, protocol.ladder
    if plan is not None and ladder is not None:
        places = {always.id: always.span for always in plan.always}
        for finding in verify(plan, ladder):
            if finding.holds is False:
                yield _broken(finding, places.get(finding.id, plan.span), own=finding.id in places)
    for statement in protocol.statements:
        found = claimed(protocol, statement, protocol.examples)
        if found.holds is False:
            message = f"{statement.id} does not hold: {found.because}"
            yield Diagnostic("PD422", Severity.ERROR, message, Label(statement.span), help="correct the criteria or it")


def _broken(finding: Finding, where: Span, *, own: bool) -> Diagnostic:
    """The author's own statements have a code of their own."""
    history = f" after {finding.counterexample}" if finding.counterexample is not None else ""
    message = f"it does not hold that {finding.statement}{history}" + (f": {finding.why}" if finding.why else "")
    cure = "follow this history through the table and correct the row that decides"
    if own:
        message = f"{finding.id} does not hold{history}" + (f": {finding.why}" if finding.why else "")
        return Diagnostic("PD421", finding.severity, message, Label(where), help=cure)
    return Diagnostic("PD420", finding.severity, message, Label(where), help=cure)
