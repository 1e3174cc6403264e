"""MTD given.

What it finds: a history whose recommended level was never given or, unless a row declares it, breaks the `mtd` line.
Why it matters: a dose nobody has received is recommended.
Example: `declare previous level` at the level the trial started with, where a lower level stands on the ladder.
Instead: de-escalate and treat a cohort there first.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Move, Stop
from protocol_dsl.escalation.tally import View
from protocol_dsl.model.escalation import DECLARATIONS


def _fault(design: Design[Any], view: View | None, move: Move) -> str | None:
    if view is None or not isinstance(move, Stop) or move.rung is None:
        return None
    name = design.names[move.rung]
    if move.rung not in view.given:
        return f"level {name} is recommended and was never given"
    declared = any(action.word in DECLARATIONS for action in move.reason.actions)
    if design.plan.mtd is None or declared or move.rung in view.met:
        return None
    return f"level {name} is recommended and does not meet the mtd line"


# Over whole cohorts only: a stop that no outcome could change is made before the last places of a cohort are filled.
claim = Property("the level recommended was given and meets the mtd line", in_no_state(_fault), partial=False)
