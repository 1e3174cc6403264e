"""Unused item: one that no clause, definition or rule uses."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.evaluate.course import CHANGE
from protocol_dsl.model.condition import AnyEvent, Count, Lasting, MomentOf, RoseAgain, Series
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.walk import walk


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note for each item that nothing uses."""
    used = set(_named(protocol))
    for name, item in protocol.items.items():
        if name not in used:
            message = f"`{name}` is declared and never used"
            yield Diagnostic("PD351", Severity.NOTE, message, Label(item.span), help="use it, or take it out")


def _named(protocol: Protocol) -> Iterator[str]:
    places = (
        protocol.criteria,
        protocol.stopping,
        tuple((one.clause, one.until) for one in protocol.modifications),
        tuple(gate.clauses for gate in protocol.gates),
        () if protocol.dlt is None else (*protocol.dlt.clauses, protocol.dlt.evaluable),
        tuple(statement.claim.then for statement in protocol.statements),
        tuple(definition.inside for definition in protocol.definitions.values()),
        () if protocol.ladder is None else protocol.ladder.rules,
    )
    for node in walk(places):
        if isinstance(node, Series):
            yield node.item
        elif isinstance(node, AnyEvent | Count):
            yield node.list
        elif isinstance(node, MomentOf):
            yield node.name
        elif isinstance(node, RoseAgain) or (isinstance(node, Lasting) and node.grade is not None):
            yield from (item.name for item in protocol.items.values() if getattr(item.kind, "record", "") == CHANGE)
    yield from _declared(protocol)


def _declared(protocol: Protocol) -> Iterator[str]:
    """What is used by other declarations and by the doses."""
    for item in protocol.items.values():
        if item.complete is not None and item.complete.to is not None:
            yield item.complete.to
        if item.baseline is not None:
            yield item.baseline.before
        if item.required:
            yield item.name
    if protocol.ladder is not None:
        sizes = (protocol.ladder.based_on, *(rule.based_on for rule in protocol.ladder.rules))
        yield from (name for name in sizes if name is not None)
    if protocol.dlt is not None:
        yield from (name for name in (protocol.dlt.events, *protocol.dlt.endings) if name is not None)
    products = {m.every_dose_of or m.first_dose_of for m in protocol.moments.values()}
    if products != {None}:
        yield from (item.name for item in protocol.items.values() if getattr(item.kind, "record", "") == "dose")
