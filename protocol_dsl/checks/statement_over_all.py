"""Statement over all: an `eligible implies` that a record refutes, that holds for want of anybody, or that is open."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import together_as
from protocol_dsl.amend.promise import is_empty_promise, promised
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.evaluate.implication import claimed
from protocol_dsl.model.protocol import PatientStatement, Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One finding for each statement that neither its form nor an example settles, and one for all that stay open.

    What is proved is no finding.
    """
    left: list[tuple[PatientStatement, str]] = []
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
            left.append((one, found.because))
    if left:
        yield _undecided(left)


def _undecided(left: list[tuple[PatientStatement, str]]) -> Diagnostic:
    """One note, with why of each; what holds of several alike is said once."""
    names = [one.id for one, _ in left]
    listed = f"{', '.join(names[:-1])} and {names[-1]} hold" if len(names) > 1 else f"{names[0]} holds"
    whys: dict[str, list[str]] = {}
    for one, why in left:
        whys.setdefault(why, []).append(one.id)
    told = "; ".join(f"{'' if len(whys) == 1 else ', '.join(some) + ': '}{why}" for why, some in whys.items())
    others = tuple(Label(one.span, "undecided as well") for one, _ in left[1:])
    cure = "give an example on its limit, or a criterion that says as much"
    message = f"whether {listed} is undecided: {told}"
    return Diagnostic("PD395", Severity.NOTE, message, Label(left[0][0].span), others=others, help=cure)
