"""Never reopens.

What it finds: a history after which patients would get a level that has been closed.
Why it matters: `close level` says that the level and all above are never given again.
Example: a row that says `stay and close level`, or `go to level 2` where level 2 may have been closed.
Instead: leave the level in the same row, by `de-escalate` or `stop`; go only to levels that are still open.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Flaw, Move, Treat
from protocol_dsl.escalation.tally import View


def _fault(design: Design[Any], _view: View | None, move: Move) -> str | None:
    if move.reason.flaw is Flaw.CLOSED:
        return move.reason.why
    if isinstance(move, Treat) and move.closed <= move.rung < len(design.names):
        return f"level {design.names[move.rung]} is closed"
    return None


claim = Property("a closed level is never given again", in_no_state(_fault))
