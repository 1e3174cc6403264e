"""Slips of the pen, each of which makes a protocol say something else."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

from attrs import evolve

from protocol_dsl.examples.mutants import Change, changes
from protocol_dsl.model.condition import (
    Compare,
    Consecutive,
    Constant,
    Fetch,
    MomentOf,
    Not,
    Part,
    Policy,
    Quantifier,
    Readings,
    Sustained,
    Window,
    Within,
)
from protocol_dsl.model.protocol import Clause, Effect, Protocol
from protocol_dsl.model.record import Reason
from protocol_dsl.model.vocabulary import Choice, Rule
from protocol_dsl.model.walk import walk
from tests.rewrites import is_number, replaced

Slip: TypeAlias = Callable[[Protocol, Random], Protocol | None]


def _of_kind(*kinds: str) -> Slip:
    def slipped(protocol: Protocol, random: Random) -> Protocol | None:
        found = [(one, by) for one in protocol.criteria for by in changes(protocol, one.condition) if by.kind in kinds]
        return _changed(protocol, *random.choice(found)) if found else None

    return slipped


def _changed(protocol: Protocol, clause: Clause, by: Change) -> Protocol:
    return with_clause(protocol, clause, evolve(clause, condition=replaced(clause.condition, by.old, by.new)))


def with_clause(protocol: Protocol, old: Clause, new: Clause) -> Protocol:
    """The protocol with a criterion changed."""
    return evolve(protocol, criteria=tuple(new if one is old else one for one in protocol.criteria))


def _of_clause(made: Callable[[Clause, Protocol, Random], Clause | None]) -> Slip:
    def slipped(protocol: Protocol, random: Random) -> Protocol | None:
        found = [(one, new) for one in protocol.criteria if (new := made(one, protocol, random)) is not None]
        return with_clause(protocol, *random.choice(found)) if found else None

    return slipped


def _without_guard(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    return None if clause.guard is None else evolve(clause, guard=None)


def _other_guard(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    return None if clause.guard is None else evolve(clause, guard=Not(clause.guard))


def _other_section(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    """The rule as it stands, in the other section."""
    other = {Effect.INCLUSION: Effect.EXCLUSION, Effect.EXCLUSION: Effect.INCLUSION}
    return evolve(clause, effect=other[clause.effect])


def _with_policy(clause: Clause, _: Protocol, __: Random) -> Clause | None:
    simple = isinstance(clause.condition, Compare) and isinstance(clause.condition.left, Fetch)
    met = clause.effect is Effect.INCLUSION
    return evolve(clause, condition=Policy(clause.condition, (Reason.NOT_COLLECTED,), met, "so")) if simple else None


def _other_choice(clause: Clause, _: Protocol, random: Random) -> Clause | None:
    """`latest` to `highest`, `lowest` or `first`."""
    found = [
        one
        for one in walk(clause.condition)
        if isinstance(one, Fetch) and one.series.choice == Choice(Rule.LATEST) and isinstance(one.part, Part)
    ]
    simple = isinstance(clause.condition, Compare) and isinstance(clause.condition.right, Constant)
    if not found or not simple:
        return None
    one, rule = random.choice(found), random.choice((Rule.HIGHEST, Rule.LOWEST, Rule.FIRST))
    new = evolve(one, series=evolve(one.series, choice=Choice(rule)))
    return evolve(clause, condition=replaced(clause.condition, one, new))


def _run_length(clause: Clause, _: Protocol, random: Random) -> Clause | None:
    """One reading more in a row, a day more between them, or a day more for which they must hold on."""
    found: list[tuple[Any, Any]] = []
    for one in walk(clause.condition):
        if isinstance(one, Consecutive):
            found += [(one, evolve(one, count=one.count + 1)), (one, evolve(one, apart_days=one.apart_days + 1))]
        elif isinstance(one, Sustained):
            found.append((one, evolve(one, days=one.days + 1)))
        elif isinstance(one, Readings):
            other = Quantifier.ANY if one.quantifier is Quantifier.EVERY else Quantifier.EVERY
            found.append((one, evolve(one, quantifier=other)))
    if not found:
        return None
    old, new = random.choice(found)
    return evolve(clause, condition=replaced(clause.condition, old, new))


def _of_formula(clause: Clause, protocol: Protocol, random: Random) -> Clause | None:
    """The limit of what is worked out, a step away or no longer included."""
    worked_out = [
        one
        for one in walk(clause.condition)
        if isinstance(one, Compare) and not isinstance(one.left, Fetch) and isinstance(one.right, Constant)
    ]
    found = [by for one in worked_out for by in changes(protocol, one) if by.old is one or by.old is one.right]
    return _by_one_of(found, clause, random)


def _of_days(clause: Clause, protocol: Protocol, random: Random) -> Clause | None:
    """A window that is counted from the day of a reading, its ends and its length."""
    from_a_date = [one for one in walk(clause.condition) if isinstance(one, Window) and _is_dated(one)]
    return _by_one_of([by for one in from_a_date for by in changes_of(protocol, one)], clause, random)


def _is_dated(window: Window) -> bool:
    return any(isinstance(one, Fetch) and one.part is Part.DATE for one in walk(window))


def _by_one_of(found: list[Change], clause: Clause, random: Random) -> Clause | None:
    if not found:
        return None
    by = random.choice(found)
    return evolve(clause, condition=replaced(clause.condition, by.old, by.new))


def changes_of(protocol: Protocol, window: Window) -> list[Change]:
    """The changes of a window, and of the lengths of time in it."""
    return [by for by in changes(protocol, Within(MomentOf(""), window)) if isinstance(by.old, Window | Constant)]


def _other_moment(clause: Clause, protocol: Protocol, random: Random) -> Clause | None:
    """Days counted from another moment."""
    found = [one for one in walk(clause.condition) if isinstance(one, MomentOf)]
    others = [name for name in protocol.moments if found and name not in {one.name for one in found}]
    if not found or not others:
        return None
    one = random.choice(found)
    return evolve(clause, condition=replaced(clause.condition, one, MomentOf(random.choice(others))))


def _thousandfold(clause: Clause, protocol: Protocol, random: Random) -> Clause | None:
    """The same number with another prefix to its unit."""
    found = [
        one
        for one in walk(clause.condition)
        if isinstance(one, Compare)
        and is_number(one.left, protocol)
        and isinstance(one.right, Constant)
        and one.right.unit is not None
        and isinstance(one.right.value, Fraction)
    ]
    if not found:
        return None
    one = random.choice(found)
    right: Any = one.right
    return evolve(
        clause, condition=replaced(clause.condition, right, evolve(right, value=right.value / 1000, unit=None))
    )


def _of_toxicity(protocol: Protocol, random: Random) -> Protocol | None:
    """In a DLT clause: a grade, a duration, an attribution, a term, an end of the window."""
    rules = protocol.dlt
    clauses = () if rules is None else rules.clauses
    found = [(one, by) for one in clauses for by in changes(protocol, one.condition)]
    if rules is None or not found:
        return None
    old, by = random.choice(found)
    new = evolve(old, condition=replaced(old.condition, by.old, by.new))
    return evolve(protocol, dlt=evolve(rules, clauses=tuple(new if one is old else one for one in clauses)))


def _of_gate(protocol: Protocol, random: Random) -> Protocol | None:
    """In what must hold before a dose."""
    clauses = [one for gate in protocol.gates for one in gate.clauses]
    found = [(one, by) for one in clauses for by in changes(protocol, one.condition)]
    if not found:
        return None
    old, by = random.choice(found)
    new = evolve(old, condition=replaced(old.condition, by.old, by.new))
    gates = (evolve(gate, clauses=tuple(new if one is old else one for one in gate.clauses)) for gate in protocol.gates)
    return evolve(protocol, gates=tuple(gates))


def _of_stopping(protocol: Protocol, random: Random) -> Protocol | None:
    """In what stops the trial."""
    found = [(one, by) for one in protocol.stopping for by in changes(protocol, one.condition)]
    if not found:
        return None
    old, by = random.choice(found)
    new = evolve(old, condition=replaced(old.condition, by.old, by.new))
    return evolve(protocol, stopping=tuple(new if one is old else one for one in protocol.stopping))


def _clause_left_out(protocol: Protocol, random: Random) -> Protocol | None:
    left = random.choice(protocol.criteria)
    return evolve(protocol, criteria=tuple(one for one in protocol.criteria if one is not left))


SLIPS: dict[str, Slip] = {
    "limit shifted": _of_kind("limit shifted"),
    "comparison changed": _of_kind("comparison changed"),
    "and for or": _of_kind("`and` and `or` swapped"),
    "part dropped": _of_kind("part dropped"),
    "not dropped": _of_kind("`not` dropped"),
    "known dropped": _of_kind("`known` dropped"),
    "policy dropped": _of_kind("policy dropped"),
    "member left out": _of_kind("member left out"),
    "count shifted": _of_kind("count shifted"),
    "window moved": _of_kind("window moved"),
    "validity shifted": _of_kind("validity shifted"),
    "guard dropped": _of_clause(_without_guard),
    "guard denied": _of_clause(_other_guard),
    "other section": _of_clause(_other_section),
    "policy added": _of_clause(_with_policy),
    "another choice": _of_clause(_other_choice),
    "run length": _of_clause(_run_length),
    "calculated limit": _of_clause(_of_formula),
    "window from a reading": _of_clause(_of_days),
    "other moment": _of_clause(_other_moment),
    "thousandfold": _of_clause(_thousandfold),
    "toxicity": _of_toxicity,
    "gate": _of_gate,
    "stopping": _of_stopping,
    "criterion left out": _clause_left_out,
}
"""By what is done. What a slip cannot be made in is None."""
