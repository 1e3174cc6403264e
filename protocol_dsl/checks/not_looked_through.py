"""Not looked through: what no answer was found for, over all records."""

from collections.abc import Iterator, Sequence

from protocol_dsl.amend.alone import Lone, Together, alone, every_clause, together_as
from protocol_dsl.amend.solver import available
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.protocol import Clause, Protocol

_INSTALL = '`pip install "protocol-dsl[solver]"` brings the solver, which looks further; nothing need be wrong'
_MOST = 6


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note for clauses by themselves, and one for each group of criteria, of which some question is open."""
    here = alone(protocol)
    found = [
        one for one in every_clause(protocol) if _asked(here.lone(one).never_met) or here.lone(one).space.unsettled
    ]
    if found:
        yield _note(
            f"not everything that {_few(found)} can come to over all records was settled",
            [here.lone(one) for one in found],
            found[0],
        )
    for group in here.together():
        group.idle()
        if len(group.clauses) > 1 and (_asked(group.can_all_clear()) or group.space.unsettled):
            several = _few(group.clauses)
            message = f"not everything that {several} can come to together over all records was settled"
            yield _note(message, [group], group.clauses[0])


def _asked(answer: bool | None) -> bool:  # noqa: FBT001 - an answer
    """Whether a question has no answer, now that it is asked."""
    return answer is None


def _few(clauses: Sequence[Clause]) -> str:
    if len(clauses) <= _MOST:
        return together_as(clauses)
    return f"{', '.join(one.id for one in clauses[: _MOST - 1])} and {len(clauses) - _MOST + 1} more"


def _note(message: str, several: Sequence[Lone | Together], where: Clause) -> Diagnostic:
    put = sum(one.space.put for one in several)
    answered = put - sum(one.space.unsettled for one in several)
    message = f"{message}: {answered} of {put} questions have an answer"
    cure = "nothing is claimed of the rest, and nothing need be wrong" if available() else _INSTALL
    return Diagnostic("PD395", Severity.NOTE, message, Label(where.span), help=cure)


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
