"""Recommends open.

What it finds: a history whose recommended level has been closed.
Why it matters: `close level` says that the level is never given again, and a recommendation gives it to the next.
Example: a row that says `declare this level and close level`.
Instead: declare the previous level, or leave the level open.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Move, Stop
from protocol_dsl.escalation.tally import View


def _fault(design: Design[Any], _view: View | None, move: Move) -> str | None:
    if isinstance(move, Stop) and move.rung is not None and move.rung >= move.closed:
        return f"level {design.names[move.rung]} is recommended and is closed"
    return None


claim = Property("a closed level is never recommended", in_no_state(_fault))
