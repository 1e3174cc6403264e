"""Not looked through: what no answer was found for, over all records."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import alone, every_clause, together_as
from protocol_dsl.amend.solver import available
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Clause, Protocol

_INSTALL = "`pip install protocol-dsl[solver]` brings the solver, which looks further"


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note with the clauses of which it is not settled whether they can be met and can fail."""
    here = alone(protocol)
    found = [one for one in every_clause(protocol) if None in (here.lone(one).never_met, here.lone(one).never_fails)]
    if found:
        what = "can be met and can fail" if len(found) > 1 else "can be met and can fail by itself"
        message = f"whether {together_as(found)} {what} was not settled over all records"
        cure = "nothing is claimed of them" if available() else _INSTALL
        yield Diagnostic("PD395", Severity.NOTE, message, Label(found[0].span), help=cure)


def left_open(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note for each clause with parts that are taken to come out in any way, so that no finding rests on them."""
    here = alone(protocol)
    for clause in every_clause(protocol):
        reasons = sorted(set(here.lone(clause).space.free.values()))
        if reasons:
            yield _open(clause, reasons)


def _open(clause: Clause, reasons: list[str]) -> Diagnostic:
    message = f"in {clause.id} some parts are taken to come out in any way: {'; '.join(reasons)}"
    return Diagnostic("PD395", Severity.NOTE, message, Label(clause.span), help="no finding rests on them")
