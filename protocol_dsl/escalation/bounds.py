"""The most that any course of a trial can come to: patients, DLTs, patients at a level and above it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from attrs import frozen

from protocol_dsl.escalation.automaton import Automaton, in_order
from protocol_dsl.escalation.design import Treated

# Every state is gone through once for each number asked; beyond so many steps no bound is told.
_MOST_EDGES = 300_000


@frozen
class _Step:
    """A state (by its number), the patients treated there and at which rung, and where each number of DLTs leads."""

    state: int
    rung: int
    treated: int
    outcomes: tuple[tuple[int, int], ...]


@frozen
class Bounds:
    """The most patients, those with DLT, those at the level with the most, and those above each level.

    Each is the most over all courses, and no two of them need belong to the same course.
    """

    patients: int
    with_dlt: int
    at_one_level: int
    above: tuple[int, ...]


@lru_cache(maxsize=2)  # it is asked for by more than one property, of the same automaton
def bounds(automaton: Automaton[Any]) -> Bounds | None:
    """The bounds over all courses of whole cohorts; None where there is no bound, or it is too long to look for.

    A table that is applied with patients pending treats more than whole cohorts show: of it the cap alone is told.
    """
    plan, levels = automaton.design.plan, len(automaton.design.names)
    if automaton.partial or not automaton.complete or sum(map(len, automaton.edges)) > _MOST_EDGES:
        return None
    if plan.counts_pending:
        return _by_cap(plan.cap, levels)
    order = in_order(automaton)
    if len(order) < len(automaton.states):
        return None
    steps = [_step(automaton, state) for state in reversed(order) if automaton.edges[state]]
    return Bounds(
        patients=_most_treated(steps, range(levels)),
        with_dlt=_most_dlts(steps),
        at_one_level=max(_most_treated(steps, range(rung, rung + 1)) for rung in range(levels)),
        above=tuple(_most_treated(steps, range(rung + 1, levels)) for rung in range(levels)),
    )


def _step(automaton: Automaton[Any], state: int) -> _Step:
    """Of whole cohorts every outcome has the same patients, at the same rung."""
    seen = [(edge.observed, edge.to) for edge in automaton.edges[state] if isinstance(edge.observed, Treated)]
    first = seen[0][0]
    return _Step(state, first.rung, first.tally.treated, tuple({(to, one.tally.with_dlt): None for one, to in seen}))


def _by_cap(cap: int | None, levels: int) -> Bounds | None:
    if cap is None:
        return None
    return Bounds(cap * levels, cap * levels, cap, tuple(cap * (levels - rung - 1) for rung in range(levels)))


def _most_treated(backwards: list[_Step], rungs: range) -> int:
    """The most patients at some rungs over all courses."""
    best: dict[int, int] = {}
    for step in backwards:
        more = step.treated if step.rung in rungs else 0
        best[step.state] = more + max([best.get(to, 0) for to, _ in step.outcomes])
    return best.get(0, 0)


def _most_dlts(backwards: list[_Step]) -> int:
    """The most patients with DLT over all courses."""
    best: dict[int, int] = {}
    for step in backwards:
        best[step.state] = max([best.get(to, 0) + dlts for to, dlts in step.outcomes])
    return best.get(0, 0)
