"""Two escalations side by side over everything that can happen, to the shortest history on which they part."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from attrs import evolve, frozen

from protocol_dsl.amend.change import Departure, Escalation
from protocol_dsl.escalation.automaton import observable
from protocol_dsl.escalation.characteristics import binomial
from protocol_dsl.escalation.design import Awaits, Move, Observed, Stop, Treat, Treated, Wait
from protocol_dsl.escalation.designs import machine
from protocol_dsl.escalation.history import Cohort, History
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.record import EMPTY

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
    waiting: deque[tuple[Any, Any, tuple[_Seen, ...]]] = deque([(old.start, new.start, ())])
    while waiting:
        before, after, seen_before = waiting.popleft()
        a, b = old.move(before), new.move(after)
        if said(a, old.names) != said(b, new.names):
            return Escalation(_departure(seen_before, old, new, (a, b)), len(seen), complete=True)
        for observed in _observable(old, new, (before, after), (a, b)):
            pair = (old.step(before, observed.old), new.step(after, observed.new))
            if pair in seen:
                continue
            if len(seen) == most:
                return Escalation(None, most, complete=False, why=f"they agree on the {most} states looked at")
            seen.add(pair)
            waiting.append((*pair, (*seen_before, observed)))
    return Escalation(None, len(seen), complete=True)


def _departure(several: tuple[_Seen, ...], old: Any, new: Any, moves: tuple[Move, Move]) -> Departure:  # noqa: ANN401
    """The history, with the counts that some version asks about somewhere on it, a number for each cohort."""
    cohorts = tuple(_cohort(one.old, old) for one in several)
    names = dict.fromkeys(name for one in several for name in one.counts)
    counts = tuple((name, tuple(one.counts.get(name, 0) for one in several)) for name in names)
    return Departure(str(History(cohorts)), said(moves[0], old.names), said(moves[1], new.names), counts)


# --- what is seen by both ---------------------------------------------------------------------------------------------


@frozen
class _Seen:
    """What is observed of a cohort, as each version takes it down, with the counts that either heeds by their names."""

    old: Observed
    new: Observed
    counts: Mapping[str, int]


def _observable(old: Any, new: Any, states: tuple[Any, Any], moves: tuple[Move, Move]) -> Iterator[_Seen]:  # noqa: ANN401
    """Every outcome of the cohort that both are about to treat; of a count that one does not heed, what the other does.

    The levels are those of the same name, which may stand elsewhere on the other ladder.
    """
    mine, theirs = observable(old, states[0], moves[0]), observable(new, states[1], moves[1])
    if not mine or not theirs:
        return
    here, there = _heeded(old, mine), _heeded(new, theirs)
    names = tuple(dict.fromkeys((*filter(None, here), *filter(None, there))))
    for one in mine:
        if not isinstance(one, Treated) or any(one.tally.extra):
            continue  # the counts are put in below
        patients = one.tally.treated
        rung = new.names.index(old.names[one.rung])
        for counted in product(range(patients + 1), repeat=len(names)):
            counts = dict(zip(names, counted, strict=True))
            sides = [
                evolve(one.tally, extra=tuple(counts.get(name or "", 0) for name in some)) for some in (here, there)
            ]
            yield _Seen(evolve(one, tally=sides[0]), Treated(rung, sides[1], one.planned), counts)


def _heeded(design: Any, outcomes: tuple[Observed, ...]) -> tuple[str | None, ...]:  # noqa: ANN401
    """The names of the counts that still make a difference, in their places, and None in the places of others."""
    last = outcomes[-1]
    extra = last.tally.extra if isinstance(last, Treated) else ()
    return tuple(name if count else None for name, count in zip(design.plan.extra, extra, strict=False))


# --- how probable it is -----------------------------------------------------------------------------------------------


def counted_besides(old: Protocol, new: Protocol) -> tuple[str, ...]:
    """What either escalation counts besides DLTs."""
    plans = [version.escalation for version in (old, new)]
    return tuple(dict.fromkeys(name for plan in plans if plan is not None for name in plan.extra))


def chance_of_parting(
    old: Protocol,
    new: Protocol,
    truth: Sequence[Fraction],
    own: Mapping[str, Sequence[Fraction]] = EMPTY,
    most: int = MOST_STATES,
) -> Fraction | str:
    """The exact chance that a trial comes to a history on which the two part, if `truth` has each level's DLT rate.

    The rates are those of the older ladder, lowest level first; `own` has those of what is counted besides, which
    happens independently of DLTs. Where it cannot be told, a text says why. Raises ValueError where there is not one
    rate for each level, or none for a count.
    """
    if old.escalation is None or old.ladder is None or new.escalation is None or new.ladder is None:
        return "not both versions have an escalation"
    names = old.ladder.names
    wanted = counted_besides(old, new)
    if strange := [name for name in own if name not in wanted]:
        message = f"neither escalation counts `{strange[0]}`"
        raise ValueError(message)
    if unsaid := [name for name in wanted if name not in own]:
        message = f"the escalations also count `{unsaid[0]}`, and how often that happens is not said"
        raise ValueError(message)
    for some in (truth, *own.values()):
        if len(some) != len(names):
            message = f"{len(some)} rates for {len(names)} levels"
            raise ValueError(message)
    found = _chance(machine(old.escalation, old.ladder), machine(new.escalation, new.ladder), truth, own, most)
    return f"there are more than {most} pairs of states" if found is None else found


def _chance(
    old: Any,  # noqa: ANN401 - the states of designs are their own affair
    new: Any,  # noqa: ANN401
    truth: Sequence[Fraction],
    own: Mapping[str, Sequence[Fraction]],
    most: int,
) -> Fraction | None:
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
            for seen in _observable(old, new, (one, other), (a, b)):
                pair = (old.step(one, seen.old), new.step(other, seen.new))
                after[pair] = after.get(pair, Fraction(0)) + chance * _likelihood(seen, truth, own)
        looked += len(after)
        if looked > most:
            return None
        here = after
    return parted


def _likelihood(seen: _Seen, truth: Sequence[Fraction], own: Mapping[str, Sequence[Fraction]]) -> Fraction:
    """The chance of so many DLTs in a cohort, and of so many of what else is counted."""
    observed = seen.old
    if not isinstance(observed, Treated):
        return Fraction(0)
    tally, rung = observed.tally, observed.rung
    found = binomial(tally.treated, tally.with_dlt, truth[rung])
    for name, count in seen.counts.items():
        found *= binomial(tally.treated, count, own[name][rung])
    return found


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
