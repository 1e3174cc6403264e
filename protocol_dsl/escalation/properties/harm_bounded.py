"""Harm bounded.

What it finds: a history after which the number of patients with a DLT has no bound.
Why it matters: the bound says what the worst course of the trial costs, and how many can come to lie above a level
    that turns out to be the right one.
Example: `stay` without a cap.
Instead: set a cap (`up to 6 per level`), or end the trial (`at most 36 patients`).
"""

from typing import Any

from protocol_dsl.escalation.automaton import Automaton, circle
from protocol_dsl.escalation.bounds import bounds
from protocol_dsl.escalation.claim import Breach, Property


def _refute(automaton: Automaton[Any]) -> Breach | None:
    around = circle(automaton)
    return None if around is None else Breach(automaton.history(around), "from here DLTs can come without end")


def _shows(automaton: Automaton[Any]) -> str:
    found = bounds(automaton)
    if found is None or automaton.design.plan.counts_pending:
        return ""
    names = automaton.design.names
    above = (f"{most} above level {names[rung]}" for rung, most in enumerate(found.above[:-1]))
    return ", ".join([f"at most {found.with_dlt} patients with DLT", *above])


claim = Property(
    "the patients with a DLT, and those above any level, are bounded", _refute, partial=False, shows=_shows
)
