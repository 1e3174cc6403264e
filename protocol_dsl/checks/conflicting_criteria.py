"""Conflicting criteria: some that no patient can clear together, so that nobody can be eligible."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import alone, together_as
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each smallest set of criteria that rule one another out; of a lone one that is said elsewhere."""
    here = alone(protocol)
    for group in here.together():
        found = group.conflict()
        if len(found) > 1:
            others = tuple(Label(one.span, "and this") for one in found[:-1])
            message = f"nobody can be eligible: no record clears {together_as(found)} together"
            cure = "change one of them, or let it apply to others only by `applies when`"
            yield Diagnostic("PD370", Severity.WARNING, message, Label(found[-1].span), others, cure)
