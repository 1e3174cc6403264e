"""Repeated criterion: an exclusion that says what an inclusion says already, or the reverse."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import Together, alone
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Clause, Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each criterion that one of the other kind makes needless."""
    here = alone(protocol)
    for group in here.together():
        if group.can_all_clear():
            yield from _repeated(group)


def _repeated(group: Together) -> Iterator[Diagnostic]:
    for clause, by in group.idle():
        if len(by) == 1 and by[0].effect is not clause.effect:
            message = f"{clause.id} {_how(group, clause, by[0])}"
            cure = "say it once, so that an amendment cannot change one and leave the other"
            others = (Label(by[0].span, "says it already"),)
            yield Diagnostic("PD377", Severity.WARNING, message, Label(clause.span), others, cure)


def _how(group: Together, clause: Clause, other: Clause) -> str:
    if group.implies(clause, other):
        return f"repeats {other.id}: each clears exactly when the other does"
    return f"adds nothing to {other.id}: whoever clears {other.id} clears it as well"
