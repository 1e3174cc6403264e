"""Failing example: a patient or a history that does not come out as the file says, or a side that none shows."""

from collections.abc import Iterable, Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.evaluate.decide import Decision, Status
from protocol_dsl.examples.run import Outcome, Result, run
from protocol_dsl.model.protocol import Protocol

_SIDES = (Status.MET, Status.NOT_MET)


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One error for each expectation that fails; one note where criteria always come out the same."""
    results = run(protocol)
    for result in results:
        if not result.passed:
            message = f'"{result.label}" expects `{_said(result.expected)}`, and `{_said(result.found)}` comes out'
            cure = "correct the rule, or what the example expects; `protocol test` shows on what it rests"
            if result.found[0] == "unreadable history":
                message, cure = f'the history of "{result.label}" cannot be read', str(result.rests_on)
            yield Diagnostic("PD358", Severity.ERROR, message, Label(result.span), help=cure)
    yield from _one_sided(protocol, results)


def _said(outcome: Outcome) -> str:
    phrase, ids = outcome
    return f"{phrase or 'nothing'} because {', '.join(ids)}" if ids else phrase or "nothing"


def _one_sided(protocol: Protocol, results: Iterable[Result]) -> Iterator[Diagnostic]:
    """Silent where no example speaks of eligibility."""
    decisions = [result.rests_on for result in results if isinstance(result.rests_on, Decision)]
    seen = {(one.clause.id, one.status) for decision in decisions for one in decision.clauses}
    wanting = [one for one in protocol.criteria if any((one.id, side) not in seen for side in _SIDES)]
    if decisions and wanting:
        first = wanting[0]
        lacking = " or ".join(side.value for side in _SIDES if (first.id, side) not in seen)
        message = f"no example has {first.id} {lacking}{_more(len(wanting) - 1)}"
        cure = "add an example on each side of every limit; `protocol test --cover` lists what is missing"
        yield Diagnostic("PD359", Severity.NOTE, message, Label(first.span), help=cure)


def _more(criteria: int) -> str:
    if criteria < 1:
        return ""
    return f", and {criteria} more {'criterion lacks' if criteria == 1 else 'criteria lack'} a side"
