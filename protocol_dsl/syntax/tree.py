"""The nodes of conditions and expressions, exactly as written, each with its span.

A rule of grammar/condition.lark called `in_window` builds the class `InWindow`; its parts are the fields, in order.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from protocol_dsl.base.source import NOWHERE, Span

if TYPE_CHECKING:
    from protocol_dsl.syntax.logic import Condition


@frozen
class Node:
    """Anything written, with its place; the place is no part of what it says."""

    span: Span = field(default=NOWHERE, kw_only=True, eq=False, repr=False)


@frozen
class Word(Node):
    """One token: a name, a number, a date, a unit or the inside of a quoted text."""

    text: str


class Sign(Enum):
    """A comparison, by the words that the formatter gives it."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    MORE_THAN = "more than"
    LESS_THAN = "less than"


class Side(Enum):
    """On which side of a moment a span of time lies."""

    BEFORE = "before"
    AFTER = "after"


class Reference(Enum):
    """A limit that travels with a patient's own reading."""

    ULN = "ULN"
    LLN = "LLN"
    BASELINE = "baseline"


class Extreme(Enum):
    """Which of two values is meant."""

    LARGER = "larger"
    SMALLER = "smaller"


class Turn(Enum):
    """Where a date falls that the calendar does not have."""

    DOWN = "rounding down"
    UP = "rounding up"


# --- expressions --------------------------------------------------------------------------------------------------


@frozen
class Name(Node):
    word: Word


@frozen
class Quantity(Node):
    number: Word
    unit: Word | None


@frozen
class Date(Node):
    word: Word


@frozen
class Multiple(Node):
    """`2.5 x ULN`; a bare `ULN` is one of it."""

    factor: Word | None
    reference: Reference


@frozen
class Grouped(Node):
    inside: Condition


class Choose(Enum):
    """The rule that picks one value from repeated readings."""

    LATEST = "latest"
    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"
    MEAN = "mean"


@frozen
class Choice(Node):
    rule: Choose
    last: Word | None = None


@frozen
class Series(Node):
    choice: Choice
    item: Word
    window: Window | None = None


@frozen
class DateOf(Node):
    item: Word


@frozen
class CountOf(Node):
    list: Word
    where: Condition | None
    window: Window | None
    pooled: bool


@frozen
class ExtremeOf(Node):
    which: Extreme
    left: Expression
    right: Expression


@frozen
class Completed(Node):
    """`completed years from A to B`."""

    period: Word
    start: AnchorLike
    end: AnchorLike


@frozen
class Elapsed(Node):
    """`time from A to B`."""

    start: AnchorLike
    end: AnchorLike
    rounding: Turn | None


@frozen
class ByMethod(Node):
    """`egfr by bedside_schwartz with height, creatinine`."""

    quantity: Word
    method: Word
    arguments: tuple[Word, ...] = ()


@frozen
class Add(Node):
    left: Expression
    right: Expression


@frozen
class Subtract(Node):
    left: Expression
    right: Expression


@frozen
class Multiply(Node):
    left: Expression
    right: Expression


@frozen
class Divide(Node):
    left: Expression
    right: Expression


Expression: TypeAlias = (
    Name
    | Quantity
    | Date
    | Multiple
    | Grouped
    | Series
    | DateOf
    | CountOf
    | ExtremeOf
    | Completed
    | Elapsed
    | ByMethod
    | Add
    | Subtract
    | Multiply
    | Divide
)


# --- windows ------------------------------------------------------------------------------------------------------


@frozen
class Anchor(Node):
    word: Word


@frozen
class AnchorDateOf(Node):
    item: Word


AnchorLike: TypeAlias = Anchor | AnchorDateOf


@frozen
class Within(Node):
    length: Expression
    side: Side
    anchor: AnchorLike
    rounding: Turn | None = None


@frozen
class Around(Node):
    length: Expression
    anchor: AnchorLike
    rounding: Turn | None = None


@frozen
class OnOrBefore(Node):
    anchor: AnchorLike


@frozen
class OnOrAfter(Node):
    anchor: AnchorLike


@frozen
class EdgeBeside(Node):
    length: Expression
    side: Side
    anchor: AnchorLike | None


@frozen
class EdgeOn(Node):
    anchor: AnchorLike


@frozen
class FromTo(Node):
    start: EdgeBeside | EdgeOn
    end: EdgeBeside | EdgeOn


Window: TypeAlias = Within | Around | OnOrBefore | OnOrAfter | FromTo


# --- predicates: what is said of a subject ------------------------------------------------------------------------


@frozen
class Compares(Node):
    sign: Sign
    limit: Expression


@frozen
class Distance(Node):
    """`at least 28 days before enrolment`."""

    sign: Sign
    length: Expression
    side: Side
    anchor: AnchorLike
    rounding: Turn | None = None


@frozen
class Equals(Node):
    value: Expression


@frozen
class Differs(Node):
    value: Expression


@frozen
class OneOf(Node):
    values: tuple[Expression, ...]


@frozen
class NotOneOf(Node):
    values: tuple[Expression, ...]


@frozen
class Between(Node):
    low: Expression
    high: Expression


@frozen
class InWindow(Node):
    window: Window


@frozen
class Beside(Node):
    side: Side
    anchor: AnchorLike


@frozen
class InSet(Node):
    set: Word


@frozen
class NotInSet(Node):
    set: Word


@frozen
class Recorded(Node):
    pass


@frozen
class NotRecorded(Node):
    pass


@frozen
class IncludesAny(Node):
    members: tuple[Word, ...]


@frozen
class IncludesAll(Node):
    members: tuple[Word, ...]


Predicate: TypeAlias = (
    Compares
    | Distance
    | Equals
    | Differs
    | OneOf
    | NotOneOf
    | Between
    | InWindow
    | Beside
    | InSet
    | NotInSet
    | Recorded
    | NotRecorded
    | IncludesAny
    | IncludesAll
)
