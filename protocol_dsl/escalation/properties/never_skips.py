"""Never skips.

What it finds: a history after which patients would get a level while the level below has not been given. Levels that
    stand apart are a ladder of their own: passing over them is no skip, and neither is it to begin with its lowest.
Why it matters: nobody has seen what the level in between does.
Instead: let the dose rise one level at a time.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Move, Treat
from protocol_dsl.escalation.tally import View


def _fault(design: Design[Any], view: View | None, move: Move) -> str | None:
    if view is None or not isinstance(move, Treat):
        return None
    highest = max(view.given)
    if not 0 <= move.rung < len(design.names):
        return None
    own = view.ladders[move.rung] if view.ladders else range(move.rung)
    if any(highest < rung < move.rung for rung in own):
        return f"level {design.names[move.rung]} would follow level {design.names[highest]}"
    return None


claim = Property("no level is skipped on the way up", in_no_state(_fault))
