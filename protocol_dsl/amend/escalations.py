"""Two escalations side by side over everything that can happen, to the shortest history on which they part."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

from protocol_dsl.amend.change import Departure, Escalation
from protocol_dsl.escalation.automaton import observable
from protocol_dsl.escalation.design import Awaits, Move, Observed, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.model.protocol import Protocol

MOST_STATES = 20_000
"""So many pairs of states are looked at; beyond them the question stays open."""


def escalations(old: Protocol, new: Protocol, most: int = MOST_STATES) -> Escalation | None:
    """Where the two part; None where neither escalates. In whole cohorts, as both plan them until they part."""
    if old.escalation is None or new.escalation is None or old.ladder is None or new.ladder is None:
        if old.escalation is None and new.escalation is None:
            return None
        why = "only one of the versions has an escalation"
        return Escalation(Departure("", _has(old), _has(new)), 0, complete=True, why=why)
    if (old.escalation, old.ladder) == (new.escalation, new.ladder):
        return Escalation(None, 0, complete=True)
    return _walk(machine(old.escalation, old.ladder), machine(new.escalation, new.ladder), most)


def _has(protocol: Protocol) -> str:
    return "none" if protocol.escalation is None else f"by {protocol.escalation.family}"


def _walk(old: Any, new: Any, most: int) -> Escalation:  # noqa: ANN401 - the states of designs are their own affair
    """Every pair of states that the same observations lead to, fewest cohorts first."""
    seen = {(old.start, new.start)}
    waiting: deque[tuple[Any, Any, tuple[Cohort, ...]]] = deque([(old.start, new.start, ())])
    while waiting:
        before, after, cohorts = waiting.popleft()
        a, b = old.move(before), new.move(after)
        if said(a, old.names) != said(b, new.names):
            departure = Departure(str(History(cohorts)), said(a, old.names), said(b, new.names))
            return Escalation(departure, len(seen), complete=True)
        for observed in observable(old, before, a):
            mine = _elsewhere(observed, old, new)
            pair = (old.step(before, observed), new.step(after, mine))
            if pair in seen:
                continue
            if len(seen) == most:
                return Escalation(None, most, complete=False, why=f"they agree on the {most} states looked at")
            seen.add(pair)
            waiting.append((*pair, (*cohorts, _cohort(observed, old))))
    return Escalation(None, len(seen), complete=True)


def chance_of_parting(
    old: Protocol, new: Protocol, truth: Sequence[Fraction], most: int = MOST_STATES
) -> Fraction | None:
    """The exact chance that a trial comes to a history on which the two part, if `truth` has each level's DLT rate.

    The rates are those of the older ladder, lowest level first. None where there are too many states to tell, or where
    more than DLTs is counted. Raises ValueError where there is not one rate for each level.
    """
    if old.escalation is None or old.ladder is None or new.escalation is None or new.ladder is None:
        return None
    if len(truth) != len(old.ladder.names):
        message = f"{len(truth)} rates for {len(old.ladder.names)} levels"
        raise ValueError(message)
    if old.escalation.extra or new.escalation.extra:
        return None
    return _chance(machine(old.escalation, old.ladder), machine(new.escalation, new.ladder), truth, most)


def _chance(old: Any, new: Any, truth: Sequence[Fraction], most: int) -> Fraction | None:  # noqa: ANN401
    """Probability is pushed forward, cohort by cohort, through the pairs of states that agree."""
    here: dict[tuple[Any, Any], Fraction] = {(old.start, new.start): Fraction(1)}
    parted, looked = Fraction(0), 0
    while here:
        after: dict[tuple[Any, Any], Fraction] = {}
        for (one, other), chance in here.items():
            a, b = old.move(one), new.move(other)
            if said(a, old.names) != said(b, new.names):
                parted += chance
                continue
            for observed in observable(old, one, a):
                pair = (old.step(one, observed), new.step(other, _elsewhere(observed, old, new)))
                after[pair] = after.get(pair, Fraction(0)) + chance * _likelihood(observed, truth)
        looked += len(after)
        if looked > most:
            return None
        here = after
    return parted


def _likelihood(observed: Observed, truth: Sequence[Fraction]) -> Fraction:
    """The chance of so many DLTs in a cohort."""
    if not isinstance(observed, Treated):
        return Fraction(0)
    dlts, without, rate = observed.tally.with_dlt, observed.tally.without, truth[observed.rung]
    return comb(dlts + without, dlts) * rate**dlts * (1 - rate) ** without


def _elsewhere(observed: Observed, old: Any, new: Any) -> Observed:  # noqa: ANN401
    """The same observation at the level of the same name, which may stand elsewhere on the other ladder."""
    if not isinstance(observed, Treated):
        return observed
    return Treated(new.names.index(old.names[observed.rung]), observed.tally, observed.planned)


def _cohort(observed: Observed, design: Any) -> Cohort:  # noqa: ANN401
    if not isinstance(observed, Treated):
        return Cohort("", "")
    tally = observed.tally
    return Cohort(design.names[observed.rung], "N" * tally.without + "T" * tally.with_dlt)


def said(move: Move, names: tuple[str, ...]) -> str:
    """A move with its level, as two versions are compared by it."""
    match move:
        case Treat(patients=patients, rung=rung):
            return f"treat {patients} at level {names[rung]}"
        case Wait(awaits=awaits):
            return "wait" if awaits is Awaits.PENDING else "wait for a review"
        case Stop(rung=None):
            return "stop, no level recommended"
        case Stop(rung=int() as rung):
            return f"stop, level {names[rung]} recommended"
        case _:
            return str(move)
