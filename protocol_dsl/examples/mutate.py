"""Which small changes of a protocol its examples would notice.

Each mutant shifts a limit by a step, flips an operator, or drops a guard, an exception or a policy. It is killed if
some example then comes out otherwise than expected; one that survives shows a limit on which no example stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from attrs import evolve, fields, frozen

from protocol_dsl.base.source import Span
from protocol_dsl.evaluate.decide import Standing, decide, decide_clause, environment
from protocol_dsl.evaluate.moments import Moments
from protocol_dsl.examples.mutants import Change, changes
from protocol_dsl.examples.run import DLT, ELIGIBILITY, GATES, run_example
from protocol_dsl.model.condition import AnyEvent, AtLeast, Both, Condition, Either, Expression, Known, Not, Policy
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Example, Protocol, seen_from
from protocol_dsl.model.words import words, words_of_value

T = TypeVar("T")


@frozen
class Mutant:
    """One change: where it is, what it is, and the words before and after. `killed_by` is the example that notices."""

    clauses: tuple[str, ...]
    change: str
    was: str
    now: str
    span: Span
    killed_by: str | None = None


@frozen
class Mutation:
    """Every mutant, in the order written."""

    mutants: tuple[Mutant, ...]

    @property
    def killed(self) -> int:
        """How many some example notices."""
        return sum(mutant.killed_by is not None for mutant in self.mutants)

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """Those that no example notices."""
        return tuple(mutant for mutant in self.mutants if mutant.killed_by is None)

    @property
    def score(self) -> float | None:
        """The share that is killed; None without mutants."""
        return self.killed / len(self.mutants) if self.mutants else None


def mutate(protocol: Protocol) -> Mutation:
    """The mutants of the criteria, gates and DLT clauses, tried on the examples. Raises nothing.

    A change in a definition, or in the frame of the DLT section, is made wherever it is used. Examples that fail as the
    protocol stands notice nothing.
    """
    framed = _framed(protocol)
    views = tuple(_view(framed, one) for one in framed.examples if _passes(framed, one))
    return Mutation(tuple(_tried(framed, changed, mutant, views) for changed, mutant in _mutants(framed)))


def _passes(protocol: Protocol, example: Example) -> bool:
    return all(result.passed for result in run_example(protocol, example))


# --- trying mutants ---------------------------------------------------------------------------------------------------


@frozen
class _View:
    """An example, the day it is seen from, its moments, and how each criterion stands in it."""

    example: Example
    as_of: date
    moments: Moments
    standings: Mapping[str, Standing]


def _view(protocol: Protocol, example: Example) -> _View:
    as_of = seen_from(example)
    decision = decide(protocol, example.record, as_of)
    standings = {one.clause.id: one.standing for one in decision.clauses}
    return _View(example, as_of, decision.moments, standings)


def _tried(protocol: Protocol, changed: Protocol, mutant: Mutant, views: tuple[_View, ...]) -> Mutant:
    noticed = (view.example.label for view in views if _notices(protocol, changed, mutant, view))
    return evolve(mutant, killed_by=next(noticed, None))


def _notices(protocol: Protocol, changed: Protocol, mutant: Mutant, view: _View) -> bool:
    """Whether an example comes out otherwise; it cannot where every changed clause stands as before."""
    phrases = _phrases(changed, mutant.clauses)
    if not any(said in phrases for said, _ in view.example.expected):
        return False
    clauses = [clause for clause in changed.criteria if clause.id in mutant.clauses]
    same = clauses and all(_standing(protocol, clause, view) is view.standings[clause.id] for clause in clauses)
    return not (same and len(clauses) == len(mutant.clauses)) and not _passes(changed, view.example)


def _standing(protocol: Protocol, clause: Clause, view: _View) -> Standing:
    env = environment(protocol, view.example.record, view.as_of, view.moments, clause)
    return decide_clause(clause, env).standing


def _phrases(protocol: Protocol, ids: tuple[str, ...]) -> frozenset[str]:
    """The expectations that these clauses have a say in."""
    gates = tuple(clause for gate in protocol.gates for clause in gate.clauses)
    dlt = protocol.dlt.clauses if protocol.dlt else ()
    found = [*ELIGIBILITY] if any(clause.id in ids for clause in protocol.criteria) else []
    found += GATES if any(clause.id in ids for clause in gates) else ()
    found += DLT if any(clause.id in ids for clause in dlt) else ()
    return frozenset(found)


# --- making mutants ---------------------------------------------------------------------------------------------------


def _framed(protocol: Protocol) -> Protocol:
    """The protocol with the window and the attributions of the DLT section at one place, that of the section."""
    if protocol.dlt is None:
        return protocol
    place = protocol.dlt.span
    return _with(protocol, {clause.id: _moved_frame(clause, place) for clause in protocol.dlt.clauses})


def _moved_frame(clause: Clause, place: Span) -> Clause:
    over = clause.condition
    if not isinstance(over, AnyEvent) or not isinstance(over.where, Both):
        return clause
    parts = tuple(_placed(part, place) if part.span == clause.span else part for part in over.where.parts)
    return evolve(clause, condition=evolve(over, where=evolve(over.where, parts=parts)))


def _placed(node: T, place: Span) -> T:
    """The node and all that is in it at one place."""
    if isinstance(node, tuple):
        return tuple(_placed(part, place) for part in node)  # type: ignore[return-value]
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    inner = {one.name: _placed(getattr(node, one.name), place) for one in fields(kind) if one.name != "span"}
    return evolve(node, span=place, **inner)


def _mutants(protocol: Protocol) -> Iterator[tuple[Protocol, Mutant]]:
    seen = set()
    for clause in _clauses(protocol):
        if clause.guard is not None:
            dropped = Mutant((clause.id,), "guard dropped", words(clause.guard, protocol.items), "", clause.guard.span)
            yield _with(protocol, {clause.id: evolve(clause, guard=None)}), dropped
        for condition in (clause.guard, clause.condition):
            for change in () if condition is None else changes(protocol, condition):
                old = change.old
                place = (clause.id, id(old)) if _nowhere(old) else (old.span, type(old))
                key = (*place, change.kind, change.new)
                if key not in seen:
                    seen.add(key)
                    yield _mutant(protocol, change)


def _nowhere(node: Node) -> bool:
    return not node.span.source.name and node.span.start == node.span.end


def _clauses(protocol: Protocol) -> tuple[Clause, ...]:
    gates = tuple(clause for gate in protocol.gates for clause in gate.clauses)
    return (*protocol.criteria, *gates, *(protocol.dlt.clauses if protocol.dlt else ()))


def _mutant(protocol: Protocol, change: Change) -> tuple[Protocol, Mutant]:
    """The protocol with a node replaced wherever the same words stand for it."""
    replaced: dict[str, Clause] = {}
    was, now = change.was, change.now
    if change.lost is not None:
        was = words(change.lost, protocol.items)
    for clause in _clauses(protocol):
        condition = _put(clause.condition, change.old, change.new)
        guard = None if clause.guard is None else _put(clause.guard, change.old, change.new)
        if condition is not clause.condition or guard is not clause.guard:
            replaced[clause.id] = evolve(clause, condition=condition, guard=guard)
            if not was:
                was, now = _told(protocol, clause, replaced[clause.id])
    if was == now:  # it lies in a definition, of which a condition says only the name
        was, now = _plainly(change.old, protocol) or was, _plainly(change.new, protocol) or now
    return _with(protocol, replaced), Mutant(tuple(replaced), change.kind, was, now, change.old.span)


def _told(protocol: Protocol, before: Clause, after: Clause) -> tuple[str, str]:
    """The smallest condition that says otherwise, before and after."""
    pair = (before.condition, after.condition)
    if before.guard is not None and after.guard is not None and before.guard is not after.guard:
        pair = (before.guard, after.guard)
    old, new = pair
    while (inner := _differing(old, new)) is not None:
        old, new = inner
    return words(old, protocol.items), words(new, protocol.items)


def _plainly(node: Node, protocol: Protocol) -> str:
    """A node in words by itself; nothing for what has none."""
    if isinstance(node, Condition):
        return words(node, protocol.items)
    return words_of_value(node, protocol.items) if isinstance(node, Expression) else ""


def _differing(old: Condition, new: Condition) -> tuple[Condition, Condition] | None:
    """The one part in which two conditions of the same form differ."""
    if type(old) is not type(new):
        return None
    a, b = _parts(old), _parts(new)
    differing = [(one, other) for one, other in zip(a, b, strict=False) if one is not other]
    return differing[0] if len(a) == len(b) and len(differing) == 1 else None


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case Both(parts=parts) | Either(parts=parts) | AtLeast(parts=parts):
            return parts
        case Not(inside=inside) | Known(inside=inside) | Policy(inside=inside):
            return (inside,)
        case AnyEvent(where=where) if where is not None:
            return (where,)
        case _:
            return ()


def _put(node: T, old: Node, new: Node) -> T:
    """The node with `old` replaced by `new`; itself, where `old` is not in it."""
    if _is_it(node, old):
        return new  # type: ignore[return-value]
    if isinstance(node, tuple):
        parts = tuple(_put(part, old, new) for part in node)
        return parts if any(a is not b for a, b in zip(parts, node, strict=True)) else node  # type: ignore[return-value]
    if not isinstance(node, Node):
        return node
    kind: Any = type(node)
    held = {one.name: getattr(node, one.name) for one in fields(kind) if one.name != "span"}
    put = {name: _put(value, old, new) for name, value in held.items()}
    changed = {name: value for name, value in put.items() if value is not held[name]}
    return evolve(node, **changed) if changed else node


def _is_it(node: object, old: Node) -> bool:
    if node is old:
        return True
    return isinstance(node, Node) and not _nowhere(old) and node.span == old.span and node == old


def _with(protocol: Protocol, replaced: dict[str, Clause]) -> Protocol:
    def swap(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
        return tuple(replaced.get(clause.id, clause) for clause in clauses)

    dlt = None if protocol.dlt is None else evolve(protocol.dlt, clauses=swap(protocol.dlt.clauses))
    gates = tuple(evolve(gate, clauses=swap(gate.clauses)) for gate in protocol.gates)
    return evolve(protocol, criteria=swap(protocol.criteria), gates=gates, dlt=dlt)
