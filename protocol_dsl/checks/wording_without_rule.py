"""Wording without rule: a number in the wording of a clause that its rule does not have."""

import re
from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.quantity import read_number
from protocol_dsl.model.condition import AtLeast, Consecutive, Constant, Shifted
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk

_NUMBER = re.compile(r"(?<![\w.,/^*-])\d+(?:\.\d+)?(?![\w/*^-]|[.,]\d)")


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each clause whose wording has a number that its rule lacks."""
    for clause in protocol.criteria:
        missing = [text for text in _NUMBER.findall(clause.wording) if read_number(text) not in _numbers(clause)]
        rule_has_numbers = bool(_numbers(clause))
        if missing and rule_has_numbers:
            message = f"the wording of {clause.id} says {missing[0]}, and its rule has no such number"
            cure = "correct the one that is wrong"
            yield Diagnostic("PD354", Severity.WARNING, message, Label(clause.span), help=cure)


def _numbers(clause: Clause) -> set[Fraction]:
    return {number for node in walk((clause.guard, clause.condition)) for number in _of(node)}


def _of(node: Node) -> Iterator[Fraction]:
    if isinstance(node, Constant) and isinstance(node.value, Fraction):
        yield node.value
        if node.unit is not None:
            yield node.value / node.unit.factor
    elif isinstance(node, Constant):
        yield from (Fraction(part) for part in re.findall(r"\d+", str(node.value)))
    elif isinstance(node, AtLeast | Consecutive):
        yield Fraction(node.count)
    elif isinstance(node, Shifted):
        yield from (Fraction(node.months), Fraction(node.months, 12))
