"""Within the cap.

What it finds: a history after which a level would be given to more patients than the cap allows.
Why it matters: `up to 6 per level` is a promise to the patients and to the ethics committee.
Example: `treat 6 more` after 3, with `up to 6 per level`.
Instead: raise the cap, or treat fewer.
"""

from typing import Any

from protocol_dsl.escalation.claim import Property, in_no_state
from protocol_dsl.escalation.design import Design, Flaw, Move, Treat
from protocol_dsl.escalation.tally import View


def _fault(design: Design[Any], view: View | None, move: Move) -> str | None:
    if move.reason.flaw is Flaw.PAST_CAP:
        return move.reason.why
    cap = design.plan.cap
    if cap is None or view is None or not isinstance(move, Treat) or move.rung != view.rung:
        return None
    most = view.tally.treated + move.patients
    return f"level {design.names[move.rung]} would have {most} patients" if most > cap else None


claim = Property("no level is given to more patients than its cap", in_no_state(_fault))
