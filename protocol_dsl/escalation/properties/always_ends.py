"""Always ends.

What it finds: a history after which the trial could go on for ever, or would wait though nobody is pending.
Why it matters: no number of patients is enough for it.
Example: `stay` without a cap.
Instead: set a cap (`up to 6 per level`), and let every row lead somewhere.
"""

from typing import Any

from protocol_dsl.escalation.automaton import Automaton, circle
from protocol_dsl.escalation.bounds import bounds
from protocol_dsl.escalation.claim import Breach, Property, in_no_state
from protocol_dsl.escalation.design import Awaits, Design, Move, Wait
from protocol_dsl.escalation.tally import View


def _fault(_design: Design[Any], view: View | None, move: Move) -> str | None:
    if isinstance(move, Wait) and move.awaits is Awaits.PENDING and view is not None and not view.pending_at:
        return "the trial waits, and nobody is pending"
    return None


def _refute(automaton: Automaton[Any]) -> Breach | None:
    # Patient by patient there always are circles: one who is not evaluable is replaced by the next.
    around = None if automaton.partial else circle(automaton)
    if around is not None:
        return Breach(automaton.history(around), "from here the trial can come back to where it stands")
    return in_no_state(_fault)(automaton)


def _shows(automaton: Automaton[Any]) -> str:
    found = bounds(automaton)
    if found is None:
        return ""
    return f"within {found.patients} patients, at most {found.at_one_level} of them at one level"


claim = Property("every course of the trial comes to an end", _refute, shows=_shows)
