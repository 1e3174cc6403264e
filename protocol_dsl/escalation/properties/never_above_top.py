"""Never above the top.

What it finds: a history after which patients would get a level that the ladder does not have.
Why it matters: there is no such dose.
Instead: stop, or treat another cohort, at the top of the ladder.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Move, Treat
from protocol_dsl.escalation.tally import View


def _fault(design: Design[Any], _view: View | None, move: Move) -> str | None:
    if isinstance(move, Treat) and not 0 <= move.rung < len(design.names):
        return f"there is no level in place {move.rung + 1} of the ladder"
    return None


claim = Property("no dose is given that is not on the ladder", in_no_state(_fault))
