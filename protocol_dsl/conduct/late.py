"""DLTs that come after the window: listed for whoever decides, and not counted."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
from attrs import evolve

from protocol_dsl.conduct.case import Case, environment_of
from protocol_dsl.evaluate.decide import Status, decide_clause
from protocol_dsl.model import condition as core
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import DltRules

_DAY = 86400


def late_clauses(case: Case) -> tuple[str, ...]:
    """The ids of the clauses that are met by what began, or was read, after the window."""
    found = []
    for clause in case.rules.clauses:
        later = _moved(clause.condition, case.rules)
        asked = evolve(clause, condition=later)
        if later is not clause.condition and decide_clause(asked, environment_of(case, asked)).status is Status.MET:
            found.append(clause.id)
    return tuple(found)


def _moved(node: Any, rules: DltRules) -> Any:  # noqa: ANN401 - any node of a condition
    """A condition asked of the time after the window, wherever it names the window as a whole.

    What is said of nothing in the window is left as it is: that nothing came later makes nobody's DLT.
    """
    if isinstance(node, tuple):
        moved = tuple(_moved(part, rules) for part in node)
        return moved if any(new is not old for new, old in zip(moved, node, strict=True)) else node
    if isinstance(node, core.Window) and _is_whole(node, rules):
        length = core.Constant(Fraction((rules.last_day + 1) * _DAY))
        return core.Window(core.Shifted(core.MomentOf(rules.start), length=length), None)
    if not isinstance(node, Node) or isinstance(node, core.Not):
        return node
    parts = {one.name: getattr(node, one.name) for one in attrs.fields(type(node)) if one.name != "span"}
    changed = {name: new for name, part in parts.items() if (new := _moved(part, rules)) is not part}
    return evolve(node, **changed) if changed else node


def _is_whole(window: core.Window, rules: DltRules) -> bool:
    """Whether it is the window of the DLT section."""
    match window:
        case core.Window(
            core.MomentOf(name=first), core.Shifted(core.MomentOf(name=again), 0, core.Constant(value=seconds), False)
        ):
            return first == again == rules.start and seconds == Fraction(rules.last_day * _DAY)
        case _:
            return False
