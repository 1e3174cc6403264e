"""Wording of other strictness: a limit that the wording of a clause allows and its rule does not, or the reverse."""

import re
from collections.abc import Iterator
from enum import Enum
from fractions import Fraction

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.quantity import read_number
from protocol_dsl.model.condition import Compare, Constant, Distance, Sign
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk


class _Side(Enum):
    """To which side the limit itself belongs; turning a condition round with `not` does not change that."""

    BELOW = "at most, more than"
    ABOVE = "at least, less than"


_RULE = {
    Sign.AT_MOST: _Side.BELOW,
    Sign.MORE_THAN: _Side.BELOW,
    Sign.AT_LEAST: _Side.ABOVE,
    Sign.LESS_THAN: _Side.ABOVE,
}
# Only words that leave no doubt: `over 3 months` may mean during, and `within` and `up to` are said of much.
_SAID = (
    (
        _Side.BELOW,
        r"at most|(?:no|not) (?:more|greater|higher) than|more than|greater than|higher than|above|<=|≤|>(?!=)",
    ),
    (_Side.ABOVE, r"at least|(?:no|not) (?:less|lower) than|less than|lower than|below|younger than|>=|≥|<(?!=)"),
)
_WORDS = tuple(
    (side, re.compile(rf"(?:{words})\s*(\d+(?:\.\d+)?)(?![\w/*^+-]|[.,]\d)", re.IGNORECASE)) for side, words in _SAID
)


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each clause with such a limit."""
    for clause in protocol.criteria:
        for side, pattern in _WORDS:
            for said in pattern.finditer(clause.wording):
                meant = _sides(clause, read_number(said[1]))
                if meant and side not in meant:
                    message = (
                        f"the wording of {clause.id} says `{said[0]}`, and its rule has {said[1]} on the other side"
                    )
                    cure = "let wording and rule agree on whether the limit itself is allowed"
                    yield Diagnostic("PD360", Severity.WARNING, message, Label(clause.span), help=cure)


def _sides(clause: Clause, number: Fraction | None) -> set[_Side]:
    """The sides that a number has in a rule; both where it is asked for exactly, none where it is not there."""
    found: set[_Side] = set()
    for node in walk((clause.guard, clause.condition)):
        if isinstance(node, Compare | Distance):
            limit = node.right if isinstance(node, Compare) else node.length
            if isinstance(limit, Constant) and _written(limit) == number:
                found |= {_RULE[node.sign]} if node.sign in _RULE else {*_Side}
    return found


def _written(limit: Constant) -> Fraction | None:
    words = limit.span.text.split()
    return read_number(words[0]) if words else None
