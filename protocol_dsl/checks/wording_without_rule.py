"""Wording without rule: a number in the wording of a clause that its rule does not have."""

import re
from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.quantity import read_number
from protocol_dsl.model.condition import AtLeast, Consecutive, Constant, Followed, Series, Shifted
from protocol_dsl.model.node import Node
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk

_NUMBER = re.compile(r"(?<![\w.,/^*-])\d+(?:\.\d+)?(?![\w/*^+-]|[.,]\d)")
# What is said besides: an aside in brackets, a number that is a name, the higher ones of `grade 3 or 4`.
_ASIDE = re.compile(
    r"\([^()]*\)"
    r"|\b(?:version|section|item|type|class|cycle|day|visit|arm|part|cohort|level|phase|appendix|table) \d[\d.]*"
    r"|(?<=\bgrade \d)(?:(?:,| to| or| and| ?[-–]) ?\d)+"
    r"|(?<=\bgrades \d)(?:(?:,| to| or| and| ?[-–]) ?\d)+",
    re.IGNORECASE,
)


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each clause whose wording has a number that its rule lacks, if the rule has any."""
    for clause in protocol.criteria:
        said = [text for text in _NUMBER.findall(_ASIDE.sub(" ", clause.wording)) if read_number(text)]
        known = _numbers(clause) if said else set()
        missing = [text for text in said if known and not _is_known(text, known)]
        if missing:
            message = f"the wording of {clause.id} says {missing[0]}, and its rule has no such number"
            cure = "correct the one that is wrong"
            yield Diagnostic("PD354", Severity.WARNING, message, Label(clause.span), help=cure)


def _is_known(text: str, known: set[Fraction]) -> bool:
    """Units of one kind differ by thousands: 1500 per microlitre are 1.5 10*9/L."""
    number = read_number(text)
    return number is not None and any(number * Fraction(1000) ** power in known for power in (0, 1, -1))


def _numbers(clause: Clause) -> set[Fraction]:
    return {number for node in walk((clause.guard, clause.condition)) for number in _of(node)}


def _of(node: Node) -> Iterator[Fraction]:
    match node:
        case Constant(value=Fraction() as value, unit=unit):
            yield value
            if unit is not None:
                said = unit.of_base(value)
                yield from (said, said / 7, said * 7)  # days are said as weeks, and weeks as days
        case Constant(value=value):
            yield from (Fraction(part) for part in re.findall(r"\d+", str(value)))
        case AtLeast(count=count):
            yield Fraction(count)
        case Consecutive(count=count, apart_days=days):
            yield from (Fraction(count), days, days / 7)
        case Series(valid_days=int(days)) | Followed(days=days):
            yield from (Fraction(days), Fraction(days, 7))
        case Shifted(months=months):
            yield from (Fraction(months), Fraction(months, 12))
        case _:
            pass
