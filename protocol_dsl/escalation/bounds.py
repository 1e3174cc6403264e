"""The most that any course of a trial can come to: patients, DLTs, patients at a level and above it."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from protocol_dsl.escalation.automaton import Automaton, in_order
from protocol_dsl.escalation.design import Treated

# Every state is gone through once for each number asked; beyond so many steps no bound is told.
_MOST_EDGES = 300_000


@frozen
class Bounds:
    """The most patients, those with DLT, those at the level with the most, and those above each level.

    Each is the most over all courses, and no two of them need belong to the same course.
    """

    patients: int
    with_dlt: int
    at_one_level: int
    above: tuple[int, ...]


def bounds(automaton: Automaton[Any]) -> Bounds | None:
    """The bounds over all courses of whole cohorts; None where there is no bound, or it is too long to look for.

    A table that is applied with patients pending treats more than whole cohorts show: of it the cap alone is told.
    """
    plan, levels = automaton.design.plan, len(automaton.design.names)
    if not automaton.complete or sum(map(len, automaton.edges)) > _MOST_EDGES:
        return None
    if plan.counts_pending:
        return _by_cap(plan.cap, levels)
    order = in_order(automaton)
    if len(order) < len(automaton.states):
        return None
    order.reverse()
    above = tuple(_most(automaton, order, range(rung + 1, levels)) for rung in range(levels))
    return Bounds(
        patients=_most(automaton, order, range(levels)),
        with_dlt=_most(automaton, order, None),
        at_one_level=max(_most(automaton, order, range(rung, rung + 1)) for rung in range(levels)),
        above=above,
    )


def _by_cap(cap: int | None, levels: int) -> Bounds | None:
    if cap is None:
        return None
    return Bounds(cap * levels, cap * levels, cap, tuple(cap * (levels - rung - 1) for rung in range(levels)))


def _most(automaton: Automaton[Any], backwards: list[int], rungs: range | None) -> int:
    """The most patients at some rungs over all courses; with None, the most patients with DLT at any."""
    best = [0] * len(automaton.states)
    for state in backwards:
        most = 0
        for edge in automaton.edges[state]:
            seen = edge.observed
            if isinstance(seen, Treated):
                more = seen.tally.with_dlt if rungs is None else seen.tally.treated if seen.rung in rungs else 0
                most = max(most, best[edge.to] + more)
        best[state] = most
    return best[0]
