"""Declared as MTD.

What it finds: a history in which a row declares another level than the `mtd` line gives.
Why it matters: the declaration wins, and the file then says two things about the MTD.
Instead: say it once, in the rows or in the `mtd` line.
"""

from typing import Any

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Move, Stop
from protocol_dsl.escalation.tally import View
from protocol_dsl.model.escalation import DECLARATIONS


def _fault(design: Design[Any], view: View | None, move: Move) -> str | None:
    if view is None or not isinstance(move, Stop) or design.plan.mtd is None:
        return None
    by_line = max((rung for rung in view.met if rung < move.closed), default=None)
    if by_line == move.rung or not any(action.word in DECLARATIONS for action in move.reason.actions):
        return None
    named = [f"level {design.names[rung]}" if rung is not None else "no level" for rung in (move.rung, by_line)]
    return f"{named[0]} is declared, and the mtd line gives {named[1]}"


claim = Property("what is declared is what the mtd line gives", in_no_state(_fault), Severity.WARNING, partial=False)
