"""What is to be done with the doses of a patient, as of a day: go on, hold, reduce, or go off treatment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from attrs import evolve, frozen

from protocol_dsl.base.truth import Truth
from protocol_dsl.conduct.given import levels_of_doses
from protocol_dsl.conduct.seen import seen_on
from protocol_dsl.evaluate.decide import Status, decide_clause, environment
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.model.protocol import Modification, Protocol
from protocol_dsl.model.record import EMPTY, Event, Record
from protocol_dsl.model.vocabulary import ListOf

DOWN, OFF, HOLD, ASK = "one level down", "off treatment", "hold", "cannot be told"
_GRAVEST = (OFF, HOLD, ASK, DOWN, "same level")
"""Of several, the first in this order governs."""


@frozen
class Modified:
    """What one clause asks for: its id, the action, the level to go on at (None where there is none), and why."""

    id: str
    action: str
    level: str | None = None
    why: str = ""


def modified(protocol: Protocol, record: Record, as_of: date, at: Mapping[str, date] = EMPTY) -> tuple[Modified, ...]:
    """What the clauses that are met, or cannot be told, ask for; the gravest first.

    What began before the last reduction has been answered by it, and is not asked about again.
    """
    seen = seen_on(record, as_of)
    reduced = _reductions(protocol, seen)
    current = evolve(seen, lists=_since(protocol, seen, reduced[-1][0])) if reduced else seen
    moments, _ = moments_of(protocol, current, at)
    found = []
    for one in protocol.modifications:
        env = environment(protocol, current, as_of, moments, one.clause)
        status = decide_clause(one.clause, env).status
        if status is Status.UNKNOWN:
            found.append(Modified(one.clause.id, ASK, why="its condition is not known"))
        elif status is Status.MET:
            held = one.until is not None and interpret(one.until, env).truth is not Truth.TRUE
            found.append(Modified(one.clause.id, HOLD) if held else _step(protocol, seen, one, len(reduced)))
    return tuple(sorted(found, key=lambda one: _GRAVEST.index(one.action)))


def _step(protocol: Protocol, record: Record, one: Modification, reductions: int) -> Modified:
    """The step that is written; down is off treatment where there were enough reductions, or no level lies below."""
    names = protocol.ladder.names if protocol.ladder else ()
    doses = levels_of_doses(protocol, record)
    now = doses[-1][1] if doses else record.context.get("level")
    place = names.index(now) if now in names else None
    if one.step != DOWN:
        return Modified(one.clause.id, one.step, None if one.step == OFF else now)
    if one.most is not None and reductions >= one.most:
        return Modified(one.clause.id, OFF, why=f"after {reductions} reductions")
    if place is None:
        return Modified(one.clause.id, ASK, why="the level now given is not known")
    if place == 0:
        return Modified(one.clause.id, OFF, why=f"no level lies below {now}")
    return Modified(one.clause.id, DOWN, names[place - 1])


def _reductions(protocol: Protocol, record: Record) -> list[tuple[date, str]]:
    """The doses that were given at a level below the dose before."""
    names = protocol.ladder.names if protocol.ladder else ()
    placed = [(day, name) for day, name in levels_of_doses(protocol, record) if name in names]
    return [dose for before, dose in pairwise(placed) if names.index(dose[1]) < names.index(before[1])]


def _since(protocol: Protocol, record: Record, day: date) -> dict[str, tuple[Event, ...]]:
    """The lists without what surely began before a day; doses stay."""
    doses = {name for name, item in protocol.items.items() if item.kind == ListOf("dose")}
    return {
        name: found if name in doses else tuple(one for one in found if not _before(one, day))
        for name, found in record.lists.items()
    }


def _before(event: Event, day: date) -> bool:
    first = event.fields.get("start") or event.fields.get("date")
    return first is not None and type(first.value) is date and first.value < day
