"""Dead branch: a bullet, a part or a case that never decides what a clause comes to."""

from collections.abc import Iterator

from protocol_dsl.amend.alone import Lone, Part, alone, every_clause
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.model.condition import AtLeast, Either
from protocol_dsl.model.protocol import Protocol


def prove(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each; where a clause as a whole is never met, or always, that is said elsewhere."""
    here = alone(protocol)
    told: set[Span] = set()
    for clause in every_clause(protocol):
        lone = here.lone(clause)
        if lone.never_met is False and lone.never_fails is False:
            yield from _parts(lone)
            yield from _rows(lone, told)


def _parts(lone: Lone) -> Iterator[Diagnostic]:
    dead: list[Span] = []
    for part, rest in lone.lesser:
        place = part.node.span
        if any(one.start <= place.start and place.end <= one.end for one in dead):
            continue  # the whole of which it is a part is told of
        if lone.space.differ(lone.body, rest) is False:
            dead.append(place)
            if not part.is_exception:
                message = f"this never decides: without it {lone.clause.id} comes to the same on every record"
                yield Diagnostic("PD374", Severity.WARNING, message, Label(place), help=_cure(part))


def _rows(lone: Lone, told: set[Span]) -> Iterator[Diagnostic]:
    for row in lone.rows:
        place = row.branch.span
        if place not in told and lone.space.can(*row.taken) is False:
            told.add(place)
            message = "this case is never reached: the ones before it take every record"
            yield Diagnostic(
                "PD374", Severity.WARNING, message, Label(place), help="take it out, or correct the others"
            )


def _cure(part: Part) -> str:
    if isinstance(part.within, Either | AtLeast):
        return "take it out, or correct its limits; another says as much"
    return "take it out, or correct its limits; the rest asks for as much"
