"""Coherent.

What it finds: a cohort with a DLT upon which the dose rises, or one without any upon which it falls.
Why it matters: the next patients would be told that it went well, or badly, when the last ones say otherwise.
    Many sound designs do so somewhere, so this only informs. Cheung (2005), Biometrics 61, 863-873.
"""

from typing import Any

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.escalation.automaton import Automaton, as_history, steps_to
from protocol_dsl.escalation.claim import Breach, Property
from protocol_dsl.escalation.design import Move, Treat, Treated


def _is_against(observed: Treated, move: Move) -> bool:
    if not isinstance(move, Treat):
        return False
    dlts = observed.tally.with_dlt
    return (move.rung > observed.rung and dlts > 0) or (move.rung < observed.rung and dlts == 0)


def _refute(automaton: Automaton[Any]) -> Breach | None:
    for state, out in enumerate(automaton.edges):
        for edge in out:
            if isinstance(edge.observed, Treated) and _is_against(edge.observed, automaton.moves[edge.to]):
                steps = (*steps_to(automaton, state), (state, edge.observed))
                return Breach(as_history(automaton, steps), automaton.moves[edge.to].reason.why)
    return None


claim = Property("the dose does not rise upon a DLT, nor fall without one", _refute, Severity.NOTE, partial=False)
