"""Age by birthdays: a limit in completed years or months, whose last day may surprise."""

from collections.abc import Iterator
from fractions import Fraction

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.model.condition import Compare, CompletedTime, Constant, Fetch, Named, Sign
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.walk import walk

_UPPER = (Sign.AT_MOST, Sign.MORE_THAN, Sign.IS, Sign.IS_NOT)


def check(protocol: Protocol) -> Iterator[Diagnostic]:
    """One note for each criterion with a limit that the day of a birthday does not end."""
    for clause in protocol.criteria:
        yield from _first(clause)


def _first(clause: Clause) -> Iterator[Diagnostic]:
    for node in walk((clause.guard, clause.condition)):
        if isinstance(node, Compare) and node.sign in _UPPER and isinstance(node.right, Constant):
            counted, limit = _unnamed(node), node.right.value
            if counted is not None and isinstance(limit, Fraction):
                yield _told(clause, counted, limit, Label(node.right.span))
                return


def _unnamed(node: Compare) -> CompletedTime | None:
    """The completed time that is compared, itself or through a definition."""
    left = node.left
    while isinstance(left, Named):
        left = left.inside
    return left if isinstance(left, CompletedTime) else None


def _told(clause: Clause, counted: CompletedTime, limit: Fraction, where: Label) -> Diagnostic:
    one = counted.period.removesuffix("s")
    number, after = int(limit), int(limit) + 1
    born = isinstance(counted.start, Fetch) and "birth" in counted.start.series.item
    if born and one == "year":
        turn = f"the day before the {_ordinal(after)} birthday"
    else:
        turn = f"the day before {after} {counted.period} are complete"
    said = f"{number} {one if number == 1 else counted.period}"
    message = f"{said} in {clause.id} lasts until {turn}, since completed {counted.period} are counted"
    cure = f"where the {_ordinal(number)} birthday is meant to be the last day, define it by `time from ... to ...`"
    if not (born and one == "year"):
        cure = "where it is meant to end on the day itself, define it by `time from ... to ...`"
    return Diagnostic("PD357", Severity.NOTE, message, where, help=cure)


def _ordinal(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"
