"""Formula for others: one that was made for patients whom no rule of the protocol tells apart."""

from collections.abc import Iterator

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Span
from protocol_dsl.model.condition import Compare, Distance, Member, Valid, Within
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.walk import walk


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note for each line `valid for` of a formula, where the formula is first used."""
    first: dict[tuple[str, str], Span] = {}
    for formula, span in _used(protocol):
        for text in formula.stated:
            first.setdefault((formula.formula, text), span)
    for (name, text), span in first.items():
        message = f"`{name}` is valid for {text}; no rule looks at that"
        cure = "see that the patients of this protocol are such, or say in its wording who they are"
        yield Diagnostic("PD362", Severity.NOTE, message, Label(span), help=cure)


def _used(protocol: Protocol) -> Iterator[tuple[Valid, Span]]:
    """The formulas with a domain, each with the condition that it is used in; then those that are only defined."""
    places = (
        protocol.criteria,
        protocol.stopping,
        tuple(gate.clauses for gate in protocol.gates),
        () if protocol.dlt is None else (*protocol.dlt.clauses, protocol.dlt.evaluable),
        tuple(statement.claim.then for statement in protocol.statements),
    )
    for leaf in walk(places):
        if isinstance(leaf, Compare | Distance | Member | Within):
            yield from ((node, leaf.span) for node in walk(leaf) if isinstance(node, Valid))
    for definition in protocol.definitions.values():
        yield from ((node, definition.span) for node in walk(definition.inside) if isinstance(node, Valid))
