"""What the examples exercise: each side of every criterion, guard, condition and branch.

A condition that no example makes met, or none not met, may say the opposite of what its author meant, and no example
would notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from attrs import evolve, field, frozen

from protocol_dsl.base.source import Span
from protocol_dsl.base.truth import Truth
from protocol_dsl.conduct.dlt import dlt_status
from protocol_dsl.conduct.trial import advise
from protocol_dsl.escalation.history import Unreadable
from protocol_dsl.evaluate.decide import Status, decide_clause, environment
from protocol_dsl.evaluate.environment import Environment, Finding
from protocol_dsl.evaluate.events import begun
from protocol_dsl.evaluate.horizon import horizon
from protocol_dsl.evaluate.interpret import interpret
from protocol_dsl.evaluate.moments import moments_of
from protocol_dsl.examples.run import DLT, ELIGIBILITY, GATES
from protocol_dsl.model.condition import (
    AnyEvent,
    AtLeast,
    Both,
    Cases,
    Condition,
    Count,
    Either,
    Known,
    Not,
    Policy,
)
from protocol_dsl.model.protocol import Clause, Example, Protocol, seen_from
from protocol_dsl.model.walk import walk
from protocol_dsl.model.words import words

SIDES = (Status.MET, Status.NOT_MET)
_STATUS = {Truth.TRUE: Status.MET, Truth.FALSE: Status.NOT_MET, Truth.UNKNOWN: Status.UNKNOWN}
_PARTED = (Both, Either, AtLeast)
_WRAPPED = (Not, Known, Policy)


@frozen
class Site:
    """Something that may come out either way: a `criterion`, its `guard`, a `condition` in it, or a `branch`.

    `seen` is how it came out in some example: met, not met or unknown.
    """

    clause: str
    kind: str
    what: str
    span: Span
    seen: frozenset[Status] = frozenset()

    @property
    def wanting(self) -> tuple[Status, ...]:
        """The sides that no example shows."""
        return tuple(side for side in SIDES if side not in self.seen)


@frozen
class Coverage:
    """Every site, in the order written, and the rows of the escalation table that no cohort example reaches."""

    sites: tuple[Site, ...]
    rows: int = 0
    rows_wanting: tuple[int, ...] = ()

    @property
    def wanting(self) -> tuple[Site, ...]:
        """The sites of which a side is not shown."""
        return tuple(site for site in self.sites if site.wanting)

    @property
    def shown(self) -> int:
        """How many sides are shown, of twice as many as there are sites."""
        return sum(len(SIDES) - len(site.wanting) for site in self.sites)


def cover(protocol: Protocol) -> Coverage:
    """What the examples of a protocol exercise. Raises nothing."""
    clauses = [*_sections(protocol)]
    seen = _Seen()
    for clause, phrases in clauses:
        for example in protocol.examples:
            if any(said in phrases for said, _ in example.expected):
                _exercise(protocol, clause, example, seen)
    sites = _frame_once(protocol, [site for clause, _ in clauses for site in _sites(clause, protocol, seen)])
    reached = _rows_reached(protocol)
    rows = len(protocol.escalation.rows) if protocol.escalation else 0
    return Coverage(sites, rows, tuple(row for row in range(1, rows + 1) if row not in reached))


def _sections(protocol: Protocol) -> Iterator[tuple[Clause, Mapping[str, object]]]:
    """The clauses that examples can exercise, with the phrases of those examples."""
    yield from ((clause, ELIGIBILITY) for clause in protocol.criteria)
    yield from ((clause, GATES) for gate in protocol.gates for clause in gate.clauses)
    yield from ((clause, DLT) for clause in (protocol.dlt.clauses if protocol.dlt else ()))


@frozen
class _Seen:
    """How each node came out, by its identity: equal conditions at two places are two sites."""

    found: dict[int, set[Status]] = field(factory=dict)

    def add(self, node: object, status: Status) -> None:
        self.found.setdefault(id(node), set()).add(status)

    def of(self, node: object) -> frozenset[Status]:
        return frozenset(self.found.get(id(node), ()))


# --- what there is to exercise ----------------------------------------------------------------------------------------


def _sites(clause: Clause, protocol: Protocol, seen: _Seen) -> Iterator[Site]:
    yield Site(
        clause.id, "criterion", clause.wording or words(clause.condition, protocol.items), clause.span, seen.of(clause)
    )
    if clause.guard is not None:
        yield Site(clause.id, "guard", words(clause.guard, protocol.items), clause.guard.span, seen.of(clause.guard))
        yield from _leaf_sites(clause, clause.guard, protocol, seen, below=True)
    yield from _leaf_sites(clause, clause.condition, protocol, seen, below=True)


def _leaf_sites(
    clause: Clause, condition: Condition, protocol: Protocol, seen: _Seen, *, below: bool
) -> Iterator[Site]:
    """The leaves of a condition, and what is asked of events and in branches; a lone leaf is its criterion."""
    inner = _inner(condition)
    if not inner and not below:
        yield Site(clause.id, "condition", words(condition, protocol.items), condition.span, seen.of(condition))
    for part in inner:
        yield from _leaf_sites(clause, part, protocol, seen, below=False)
    for cases in _cases(condition):
        for branch in cases.branches:
            if branch.when is not None:
                yield Site(clause.id, "branch", words(branch.when, protocol.items), branch.span, seen.of(branch.when))


def _inner(condition: Condition) -> tuple[Condition, ...]:
    if isinstance(condition, _PARTED):
        return condition.parts
    if isinstance(condition, _WRAPPED):
        return (condition.inside,)
    if isinstance(condition, AnyEvent) and condition.where is not None:
        return (condition.where,)
    return ()


def _cases(condition: Condition) -> Iterator[Cases]:
    """The expressions by cases in a leaf."""
    if not _inner(condition):
        yield from (node for node in walk(condition) if isinstance(node, Cases))


def _frame_once(protocol: Protocol, sites: list[Site]) -> tuple[Site, ...]:
    """The window and the attributions of the DLT section as sites of the section, not of each of its clauses."""
    places = {clause.id: clause.span for clause in protocol.dlt.clauses} if protocol.dlt else {}
    found: dict[object, Site] = {}
    for number, site in enumerate(sites):
        framed = site.kind == "condition" and places.get(site.clause) == site.span
        key = site.what if framed else number
        known = found.get(key)
        found[key] = evolve(
            site, clause="dlt" if framed else site.clause, seen=site.seen | (known.seen if known else set())
        )
    return tuple(found.values())


# --- what is exercised ------------------------------------------------------------------------------------------------


def _exercise(protocol: Protocol, clause: Clause, example: Example, seen: _Seen) -> None:
    as_of = seen_from(example)
    for env in _environments(protocol, clause, example, as_of):
        decided = decide_clause(clause, env)
        seen.add(clause, decided.status)
        if clause.guard is not None:
            _look(clause.guard, env, seen)
        if decided.status is not Status.NOT_APPLICABLE:
            _look(clause.condition, env, seen)


def _environments(protocol: Protocol, clause: Clause, example: Example, as_of: date) -> Iterator[Environment]:
    """What the clause is read against; for a DLT nothing, where nobody was treated."""
    is_dlt = protocol.dlt is not None and clause in protocol.dlt.clauses
    if is_dlt and dlt_status(protocol, example.record, as_of) is None:
        return
    moments, _ = moments_of(protocol, example.record, {})
    yield environment(protocol, example.record, as_of, moments, clause)


def _look(condition: Condition, env: Environment, seen: _Seen) -> Finding:
    """Interpret a condition and all that is in it, also where the whole is decided without."""
    finding = interpret(condition, evolve(env, facts=[]))
    seen.add(condition, _STATUS[finding.truth])
    if isinstance(condition, AnyEvent):
        _look_at_events(condition.list, condition.where, env, seen)
    else:
        for part in _inner(condition):
            _look(part, env, seen)
    if not _inner(condition):
        _look_inside(condition, env, seen)
    return finding


def _look_at_events(name: str, where: Condition | None, env: Environment, seen: _Seen) -> None:
    if where is None:
        return
    last = horizon(where, env)
    for event in env.record.lists.get(name, ()):
        if begun(name, event, last, env) is not Truth.FALSE:
            _look(where, evolve(env, event=event), seen)


def _look_inside(condition: Condition, env: Environment, seen: _Seen) -> None:
    """The branches and counted events in a leaf; a branch is reached where none before it applies for certain."""
    for node in walk(condition):
        if isinstance(node, Count):
            _look_at_events(node.list, node.where, env, seen)
        elif isinstance(node, Cases):
            for branch in node.branches:
                if branch.when is not None and _look(branch.when, env, seen).truth is Truth.TRUE:
                    break


# --- the table --------------------------------------------------------------------------------------------------------


def _rows_reached(protocol: Protocol) -> frozenset[int]:
    """The rows that decide in some cohort example."""
    if protocol.escalation is None or protocol.ladder is None:
        return frozenset()
    advices = [advise(protocol, example.history, dict(example.counts)) for example in protocol.cohort_examples]
    rows = (advice.row for advice in advices if not isinstance(advice, Unreadable))
    return frozenset(row for row in rows if row is not None)
