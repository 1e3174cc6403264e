"""The modifications section: a clause on one patient, and what is done with the dose."""

from __future__ import annotations

from typing import Any

from protocol_dsl.elaborate import clauses, conditions, expressions
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.escalation import Ladder
from protocol_dsl.model.protocol import Effect, Modification
from protocol_dsl.syntax import conducting, sections

_SAME, _DOWN = "same level", "one level down"


def modifications(section: sections.Section, ladder: Ladder | None, scope: Scope) -> tuple[Modification, ...]:
    """The sound ones of a section, in order."""
    found = (_modification(one, ladder, scope) for one in section.entries if isinstance(one, sections.Clause))
    return tuple(one for one in found if one is not None)


def _modification(written: sections.Clause, ladder: Ladder | None, scope: Scope) -> Modification | None:
    held = clauses.clause(written, Effect.MODIFICATION, scope)
    holds, steps, bounds = (_of(written, kind) for kind in _LINES)
    if not (holds or steps) or max(len(holds), len(steps), len(bounds)) > 1:
        message = f"`{written.id.text}` does not say, once, what is done with the dose"
        cure = "end it with a line such as `then hold until ...`, and one such as `then one level down`"
        scope.error("PD312", message, written.id.span, help=cure)
        return None
    until = conditions.condition(holds[0].until, scope) if holds else None
    most = expressions.whole(bounds[0].count, scope) if bounds else None
    step = steps[0].step if steps else _SAME
    if step == _DOWN and ladder is None:
        cure = "add a section `doses of ...` with a table of levels"
        scope.error(
            "PD401", f"`{written.id.text}` goes one level down, and there are no levels", written.span, help=cure
        )
    if bounds and step != _DOWN:
        message = f"`{written.id.text}` bounds reductions, and reduces nothing"
        scope.error("PD312", message, bounds[0].span, help="leave the line out, or write `one level down`")
    if held is None or (holds and until is None):
        return None
    return Modification(held, step, until, most, span=written.span)


_LINES = (conducting.HoldUntil, conducting.ThenStep, conducting.MostReductions)


def _of(written: sections.Clause, kind: type) -> list[Any]:
    return [line for line in written.lines if isinstance(line, kind)]
