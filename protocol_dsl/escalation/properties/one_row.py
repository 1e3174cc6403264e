"""One row.

What it finds: a reachable tally to which no row applies, or to which rows with different moves apply at once.
Why it matters: the table does not say what to do, just when it is asked.
Example: rows for 0 and for 2 to 3 of 3 with DLT, and none for 1.
Instead: let the rows cover every tally that can be reached, each once.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Flaw, Move
from protocol_dsl.escalation.tally import View


def _fault(_design: Design[Any], _view: View | None, move: Move) -> str | None:
    return move.reason.why if move.reason.flaw in {Flaw.GAP, Flaw.OVERLAP} else None


claim = Property("exactly one row applies in every reachable state", in_no_state(_fault))
