"""Monotone.

What it finds: a cohort after which one DLT more would lead to a higher level, or to a higher recommendation.
Why it matters: more harm would be answered by a higher dose.
Example: rows that say `declare previous level` after one DLT in six, and `stay` after two.
Instead: let the moves go down, or stay, as the DLTs of a row go up.
"""

from typing import Any

from protocol_dsl.escalation.automaton import Automaton, as_history, steps_to
from protocol_dsl.escalation.claim import Breach, Property, rows_of
from protocol_dsl.escalation.design import Design, Move, Stop, Treated, Wait


def _height(move: Move) -> int | None:
    """The rung that a move leads to, or recommends; below all where none is, and None where people decide."""
    if isinstance(move, Wait):
        return None
    return -1 if move.rung is None else move.rung


def _by_dlts(automaton: Automaton[Any], state: int) -> dict[tuple[int, tuple[int, ...]], tuple[int, Treated]]:
    """Where each outcome of the cohort leads, by its DLTs and its other counts."""
    return {
        (edge.observed.tally.with_dlt, edge.observed.tally.extra): (edge.to, edge.observed)
        for edge in automaton.edges[state]
        if isinstance(edge.observed, Treated)
    }


def _refute(automaton: Automaton[Any]) -> Breach | None:
    heights = [_height(move) for move in automaton.moves]
    for state, out in enumerate(automaton.edges):
        if len(out) < 2:  # noqa: PLR2004 - there is nothing to compare
            continue
        ways = _by_dlts(automaton, state)
        for (dlts, extra), (to, _) in ways.items():
            worse = ways.get((dlts + 1, extra))
            here, there = heights[to], None if worse is None else heights[worse[0]]
            if worse is not None and here is not None and there is not None and there > here:
                history = as_history(automaton, (*steps_to(automaton, state), (state, worse[1])))
                return Breach(history, _said(automaton, to, worse[0], dlts), rows_of(automaton.moves[worse[0]]))
    return None


def _said(automaton: Automaton[Any], fewer: int, more: int, dlts: int) -> str:
    design = automaton.design
    said = [_led(design, automaton.moves[state]) for state in (more, fewer)]
    return f"the last cohort with {dlts + 1} DLT{'s' * (dlts > 0)} {said[0]}, and with {dlts} it {said[1]}"


def _led(design: Design[Any], move: Move) -> str:
    word = "recommends" if isinstance(move, Stop) else "leads to"
    rung = None if isinstance(move, Wait) else move.rung
    return f"{word} {'no level' if rung is None else f'level {design.names[rung]}'}"


claim = Property("one DLT more never leads to a higher level", _refute, partial=False)
