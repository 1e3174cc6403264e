"""Which places are open for the next patients, and from what day: patients are kept apart, and levels too."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import frozen

from protocol_dsl.conduct.dlt import DltStatus
from protocol_dsl.conduct.history import Treated
from protocol_dsl.escalation.advise import Advice
from protocol_dsl.model.protocol import Protocol


@frozen
class Slot:
    """One open place: at which level, from what day at the earliest, and why not before.

    `opens` is None where the day hangs on the first dose of the patient before.
    """

    level: str
    opens: date | None
    why: str = ""


def open_slots(protocol: Protocol, found: Treated, advice: Advice, as_of: date) -> tuple[Slot, ...]:
    """The places that the next move offers, in their order; none where it offers none."""
    if advice.move != "treat" or advice.level is None:
        return ()
    here = [one for one in found.statuses if one.level == advice.level]
    slots: list[Slot] = []
    for number in range(advice.patients):
        if number == 0:
            slots.append(_first(protocol, found, here, advice.level, as_of))
        else:
            slots.append(_later(protocol, len(here) + number, slots[-1], advice.level, as_of))
    return tuple(slots)


def _first(protocol: Protocol, found: Treated, here: list[DltStatus], level: str, as_of: date) -> Slot:
    """The next place: late enough after the patient before, and after the level before."""
    opens, why = as_of, ""
    for last, days, reason in _apart(protocol, found, here, level):
        day = last + timedelta(days=days)
        if day > opens:
            opens, why = day, reason
    return Slot(level, opens, why)


def _apart(protocol: Protocol, found: Treated, here: list[DltStatus], level: str) -> list[tuple[date, int, str]]:
    """What the next place hangs on: a day, so many days after it, and in words."""
    asked = []
    days_here = [one.window[0] for one in here if one.window]
    if days_here:
        apart, why = _between(protocol, len(here))
        asked.append((max(days_here), apart, why))
    timing = protocol.timing
    others = [one.window[0] for one in found.statuses if one.window and one.level != level]
    if timing is not None and timing.between_levels and others and not days_here:
        asked.append((max(others), timing.between_levels, f"{timing.between_levels} days between levels"))
    return asked


def _between(protocol: Protocol, before: int) -> tuple[int, str]:
    """How many days the next patient stays behind the last of those at a level, who were so many."""
    plan, timing = protocol.escalation, protocol.timing
    found = [(0, "")]
    if plan is not None and plan.stagger is not None and before < plan.stagger.patients:
        days = plan.stagger.days
        found.append((days, f"the first {plan.stagger.patients} at each level stay {days} days apart"))
    if timing is not None:
        if timing.between_patients:
            found.append((timing.between_patients, f"{timing.between_patients} days between patients"))
        if timing.sentinels and before == timing.sentinels:
            words = "sentinel" if timing.sentinels == 1 else f"{timing.sentinels} sentinels"
            found.append((timing.after_sentinels, f"{timing.after_sentinels} days after the {words}"))
    return max(found)


def _later(protocol: Protocol, before: int, previous: Slot, level: str, as_of: date) -> Slot:
    apart, why = _between(protocol, before)
    if not apart or previous.opens is None:
        return Slot(level, previous.opens if not apart else None, why or previous.why)
    return Slot(level, max(as_of, previous.opens) + timedelta(days=apart), why)
