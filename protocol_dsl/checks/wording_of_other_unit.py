"""Wording of other unit: a number that the wording of a clause gives in one unit and its rule in another."""

import re
from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.quantity import Unit, read_number, unit
from protocol_dsl.model.condition import Constant
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk

# Only units that no other word is spelt like: `2 a` and `5 in the` are none.
_TELLING = (
    r"(?:[x\u00d7] ?10[\^*]?\d+ ?)?/ ?[A-Za-z\u00b5][A-Za-z0-9\u00b5]*"
    r"|[A-Za-z\u00b5]+(?:/[A-Za-z\u00b5][A-Za-z0-9\u00b5]*)+"
    r"|%|mg|kg|cm|mm|ms|msec|mmHg|hours?|days?|weeks?|months?|years?"
)
# What goes on after it, as `mL/min per 1.73 m2`, is not read to its end.
_MEASURED = re.compile(rf"(?<![\w.,/^*-])(\d+(?:\.\d+)?) ?({_TELLING})(?![\w./^*{{\[-]|\s*(?:per\b|[x\u00d7/]))")


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One warning for each clause with such a number."""
    for clause in protocol.criteria:
        for said in _MEASURED.finditer(clause.wording):
            number, measured = read_number(said[1]), unit(said[2])
            written = [] if number is None else list(_written(clause, number))
            if measured is None or not written or any(_alike(measured, one) for one in written):
                continue
            message = f"the wording of {clause.id} says `{said[0]}`, and its rule has {said[1]} {written[0].code}"
            cure = "let wording and rule name the same unit"
            yield Diagnostic("PD363", Severity.WARNING, message, Label(clause.span), help=cure)


def _written(clause: Clause, number: Fraction) -> Iterator[Unit]:
    """The units in which the rule has a number, as it is written."""
    for node in walk((clause.guard, clause.condition)):
        words = node.span.text.split(None, 1) if isinstance(node, Constant) else []
        found = unit(words[1]) if len(words) > 1 and read_number(words[0]) == number else None
        if found is not None:
            yield found


def _alike(said: Unit, written: Unit) -> bool:
    """The same, or said in part: `10 mg of prednisone a day` is 10 mg/d."""
    return (said.kind, said.factor) == (written.kind, written.factor) or written.code.startswith(f"{said.code}/")
