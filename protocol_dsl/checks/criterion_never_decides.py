"""Criterion never decides: one that clears whenever the others do."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import Together, alone, together_as
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Clause, Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such criterion; where it says what one other says, that is said elsewhere."""
    here = alone(protocol)
    for group in here.together():
        if group.can_all_clear():
            yield from _idle(group)


def _idle(group: Together) -> Iterator[Diagnostic]:
    for clause, by in group.idle():
        if len(by) > 1 or (by and by[0].effect is clause.effect):
            others = tuple(Label(one.span, "decides") for one in by)
            message = f"{clause.id} never decides: whoever clears {together_as(by)} clears it as well"
            yield Diagnostic("PD373", Severity.WARNING, message, Label(clause.span), others, _cure(clause))


def _cure(clause: Clause) -> str:
    return f"leave {clause.id} out, or correct its limits"
