"""Lists as so many places for an event, each of which is filled or not; and what is said of all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import z3
from attrs import evolve, frozen

from protocol_dsl.evaluate.symbolic.furthest import furthest
from protocol_dsl.evaluate.symbolic.terms import FALSE, TRUE, Option, Said, Spread, either
from protocol_dsl.evaluate.symbolic.unknowns import EARLIEST, Unencodable, Unknown, Unknowns
from protocol_dsl.model.condition import (
    AnyEvent,
    Condition,
    ContextOf,
    Count,
    Followed,
    HadDlt,
    Judged,
    MomentOf,
    Series,
)
from protocol_dsl.model.vocabulary import Completeness, Item
from protocol_dsl.model.walk import walk

if TYPE_CHECKING:
    from protocol_dsl.evaluate.symbolic.encode import Encoder

BEGINNINGS = ("start", "date")
_OF_PATIENTS = (AnyEvent, ContextOf, Count, Followed, HadDlt, Judged, MomentOf, Series)


@frozen(eq=False)
class Slot:
    """A place for an event of a list: whether it is filled, and the entry for each field, named after `name`."""

    of: str
    name: str
    fields: Mapping[str, Item]
    there: Any

    def entry(self, field: str, unknowns: Unknowns) -> Unknown:
        """The entry for a field."""
        if field not in self.fields:
            raise Unencodable(f"{field} of {self.of}, which is not declared")
        return unknowns.entry(f"{self.name}.{field}", self.fields[field])


@frozen
class Attestation:
    """Whether somebody says that a list is complete, and to which day."""

    said: Any
    to: Any


@frozen
class Listed:
    """A list as one version reads it: the places for its events, and the line by which it is complete."""

    slots: tuple[Slot, ...]
    attested: Attestation
    rule: Completeness | None = None
    begins: tuple[str, ...] = ()


def slots_of(name: str, fields: Mapping[str, Item], count: int, unknowns: Unknowns) -> tuple[Slot, ...]:
    """So many places for events, filled from the first on; no event ends before it starts."""
    found = tuple(Slot(name, f"{name} {number}", fields, z3.Bool(f"{name} {number}?")) for number in range(count))
    for here, after in pairwise(found):
        unknowns.holds.append(z3.Implies(after.there, here.there))
    for slot in found:
        in_order(slot, unknowns)
    return found


def in_order(slot: Slot, unknowns: Unknowns) -> None:
    """Let the event of a place start on a day, and not end before."""
    starts = [slot.entry(name, unknowns) for name in BEGINNINGS if name in slot.fields]
    unknowns.holds.extend(z3.Not(one.attested) for one in starts)
    if "start" in slot.fields and "end" in slot.fields:
        start, end = starts[0], slot.entry("end", unknowns)
        unknowns.holds.append(z3.Or(z3.Not(end.known), end.attested, z3.Not(start.known), start.value <= end.value))


def attested_of(name: str, until: int, unknowns: Unknowns) -> Attestation:
    """What is said of the completeness of a list, as of a day that is given by its number."""
    to = z3.Int(f"{name} complete to")
    unknowns.holds.append(z3.And(to >= EARLIEST, to <= until))
    return Attestation(z3.Bool(f"{name} complete"), to)


# --- what is said of them ---------------------------------------------------------------------------------------------


def some_event(node: AnyEvent, by: Encoder) -> Said:
    """That some event satisfies the condition; that none does can be said only of a list that is complete."""
    found = either([one for _, one in each_event(node, by)])
    return Said(found.met, z3.And(complete(node.list, furthest(node.where, by), by), found.unmet))


def each_event(node: AnyEvent | Count, by: Encoder) -> list[tuple[Slot, Said]]:
    """Each place, and whether there is an event in it that had begun and satisfies the condition."""
    last = furthest(node.where, by)
    around = by.around if by.event is None else (*by.around, by.event)
    looked_at = around if getattr(node, "other", False) else ()
    return [(slot, _of(slot, node.where, last, by)) for slot in listed(node.list, by).slots if slot not in looked_at]


def _of(slot: Slot, where: Condition | None, last: Any, by: Encoder) -> Said:  # noqa: ANN401
    began = begun(slot, last, by)
    said = Said(TRUE, FALSE) if where is None else inside(slot, by).condition(where)
    return Said(z3.And(slot.there, began.met, said.met), z3.Or(z3.Not(slot.there), began.unmet, said.unmet))


def inside(slot: Slot, by: Encoder) -> Encoder:
    """The same, with the event of a place looked at."""
    return evolve(by, event=slot, around=by.around if by.event is None else (*by.around, by.event))


def listed(name: str, by: Encoder) -> Listed:
    """A list, where its events are looked at at all."""
    found = by.lists.get(name)
    if found is None:
        raise Unencodable(f"events of {name}")
    return found


def begun(slot: Slot, last: Any, by: Encoder) -> Said:  # noqa: ANN401
    """That an event had begun by the last day that is looked at; without its day, by the as-of date."""
    begins = [slot.entry(name, by.unknowns) for name in listed(slot.of, by).begins if name in slot.fields]
    if not begins:
        return Said(TRUE, FALSE)
    met, unmet = last >= by.as_of.toordinal(), FALSE
    for one in reversed(begins):
        seen = one.value <= last
        met, unmet = z3.If(one.known, seen, met), z3.If(one.known, z3.Not(seen), unmet)
    return Said(met, unmet)


def complete(name: str, last: Any, by: Encoder) -> Any:  # noqa: ANN401
    """That a list is known to be complete to a day."""
    one = listed(name, by)
    rule = one.rule
    slack = 0 if rule is None or rule.within_days is None else rule.within_days
    sure = z3.And(one.attested.said, last - one.attested.to <= slack)
    if rule is None or rule.to is None:
        return sure
    known, day = by.last_day(rule.to)
    return z3.Or(sure, z3.And(known, day >= last))


def counted(node: Count, by: Encoder) -> tuple[Option, ...]:
    """How many events satisfy the condition, between those that certainly do and those that may.

    Over all patients it is as over one who has all events, where nothing but the events is asked about.
    """
    if node.pooled and any(isinstance(one, _OF_PATIENTS) for one in walk(node.where)):
        raise Unencodable("what is counted over all patients, and asks about each of them")
    each = [one for _, one in each_event(node, by)]
    least, most = (
        z3.ToReal(z3.Sum([z3.IntVal(0), *(z3.If(term, 1, 0) for term in terms)]))
        for terms in ([one.met for one in each], [z3.Not(one.unmet) for one in each])
    )
    closed = complete(node.list, furthest(node.where, by), by)
    return (Option(closed, Spread(least, most)), Option(z3.Not(closed), Spread(least, None)))
