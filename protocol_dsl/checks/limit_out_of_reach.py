"""Limit out of reach: one outside the plausible range of its item or its analyte, or finer than is recorded."""

from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.quantity import ONE, Unit, read_number
from protocol_dsl.model.condition import Compare, Constant, Fetch, Part
from protocol_dsl.model.plausible import plausible
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Item, Number
from protocol_dsl.model.walk import walk


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each such limit."""
    for clause in (*protocol.criteria, *(c for gate in protocol.gates for c in gate.clauses)):
        for node in walk((clause.guard, clause.condition)):
            if isinstance(node, Compare):
                yield from _limit(protocol, node)


def _limit(protocol: Protocol, node: Compare) -> Iterator[Diagnostic]:
    left, right = node.left, node.right
    if not (isinstance(left, Fetch) and left.part is Part.VALUE and isinstance(right, Constant)):
        return
    item = protocol.items.get(left.series.item)
    if item is None or not isinstance(right.value, Fraction):
        return
    limit, known = _unit(item).of_base(right.value), plausible(item)
    others = (Label(item.span, "declared here"),)
    if known is not None and not known.holds(right.value, right.value):
        whose = f"{known.of} in blood" if known.of else f"`{item.name}`"
        message = f"the limit lies outside {known}, which is plausible for {whose}"
        yield Diagnostic("PD352", Severity.WARNING, message, Label(right.span), others, "correct the limit or its unit")
    if item.step is not None and _is_written(limit, right) and (limit / item.step).denominator != 1:
        message = f"the limit is finer than `{item.name}` is recorded"
        yield Diagnostic("PD353", Severity.WARNING, message, Label(right.span), others, "round the limit")


def _is_written(limit: Fraction, where: Constant) -> bool:
    """Whether the limit stands there as it is; one converted from another unit is never a round number of steps."""
    written = where.span.text.split()
    return bool(written) and read_number(written[0]) == limit


def _unit(item: Item) -> Unit:
    kind = item.kind
    return kind.unit if isinstance(kind, Number) and kind.unit is not None else ONE
