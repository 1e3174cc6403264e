"""Statement over all: an `eligible implies` that a record refutes, that holds for want of anybody, or that is open."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import together_as
from protocol_dsl.amend.promise import is_empty_promise, promised
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.evaluate.implication import claimed
from protocol_dsl.model.protocol import Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One finding for each statement that neither its form nor an example settles; what is proved is no finding."""
    nobody = is_empty_promise(protocol) if protocol.statements else ()
    for one in protocol.statements:
        place = Label(one.span)
        if nobody:
            message = f"{one.id} holds only because nobody can be eligible, by {together_as(nobody)}"
            yield Diagnostic("PD379", Severity.WARNING, message, place, help="correct the criteria first")
            continue
        if claimed(protocol, one, protocol.examples).holds is not None:
            continue
        found = promised(protocol, one)
        if found.holds is False:
            message = f"{one.id} does not hold: {found.because}"
            yield Diagnostic("PD422", Severity.ERROR, message, place, help="correct the criteria or it")
        elif found.holds is None:
            message = f"whether {one.id} holds is undecided: {found.because}"
            cure = "give an example on its limit, or a criterion that says as much"
            yield Diagnostic("PD395", Severity.NOTE, message, place, help=cure)
