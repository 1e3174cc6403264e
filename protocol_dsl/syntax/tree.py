"""The nodes of conditions and expressions, exactly as written, each with its span.

A rule of grammar/condition.lark called `in_window` builds the class `InWindow`; its parts are the fields, in order.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field, fields, frozen

from protocol_dsl.base.source import NOWHERE, Span
from protocol_dsl.syntax.signs import Choose as Choose  # noqa: PLC0414 - handed on
from protocol_dsl.syntax.signs import Curve as Curve  # noqa: PLC0414 - handed on
from protocol_dsl.syntax.signs import Extreme as Extreme  # noqa: PLC0414 - handed on
from protocol_dsl.syntax.signs import Reference as Reference  # noqa: PLC0414 - handed on
from protocol_dsl.syntax.signs import Side as Side  # noqa: PLC0414 - handed on
from protocol_dsl.syntax.signs import Sign as Sign  # noqa: PLC0414 - handed on
from protocol_dsl.syntax.signs import Turn as Turn  # noqa: PLC0414 - handed on

if TYPE_CHECKING:
    from protocol_dsl.syntax.logic import Condition


if TYPE_CHECKING:
    from attrs import frozen as node
else:
    # attrs writing what `Node` says once for its hundred kinds was half of the time it takes to start.
    node = partial(frozen, eq=False, repr=False)


@node
class Node:
    """Anything written, with its place; the place is no part of what it says."""

    span: Span = field(default=NOWHERE, kw_only=True)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _said(self) == _said(other)

    def __hash__(self) -> int:
        return hash((type(self), _said(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, _said(self)))})"


def _said(node: object) -> tuple[object, ...]:
    """What a node says, its place left out."""
    kind: Any = type(node)
    return tuple(getattr(node, name.name) for name in fields(kind) if name.name != "span")


@node
class Word(Node):
    """One token: a name, a number, a date, a unit or the inside of a quoted text."""

    text: str


@node
class Name(Node):
    word: Word


@node
class Quantity(Node):
    number: Word
    unit: Word | None


@node
class Date(Node):
    word: Word


@node
class Multiple(Node):
    """`2.5 x ULN`; a bare `ULN` is one of it."""

    factor: Word | None
    reference: Reference


@node
class Grouped(Node):
    inside: Condition


@node
class Choice(Node):
    rule: Choose
    last: Word | None = None


@node
class Series(Node):
    choice: Choice
    item: Word
    window: Window | None = None


@node
class DateOf(Node):
    item: Word


@node
class CountOf(Node):
    list: Word
    where: Condition | None
    window: Window | None
    pooled: bool


@node
class ExtremeOf(Node):
    which: Extreme
    left: Expression
    right: Expression


@node
class Completed(Node):
    """`completed years from A to B`."""

    period: Word
    start: AnchorLike
    end: AnchorLike


@node
class Elapsed(Node):
    """`time from A to B`."""

    start: AnchorLike
    end: AnchorLike
    rounding: Turn | None


@node
class ByMethod(Node):
    """`egfr by bedside_schwartz with height, creatinine`."""

    quantity: Word
    method: Word
    arguments: tuple[Word, ...] = ()


@node
class Add(Node):
    left: Expression
    right: Expression


@node
class Subtract(Node):
    left: Expression
    right: Expression


@node
class Multiply(Node):
    left: Expression
    right: Expression


@node
class Divide(Node):
    left: Expression
    right: Expression


@node
class Power(Node):
    base: Expression
    exponent: Expression


@node
class Applied(Node):
    """`square root of x`."""

    curve: Curve
    inside: Expression


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
    | Power
    | Applied
)


@node
class Anchor(Node):
    word: Word


@node
class AnchorDateOf(Node):
    item: Word


AnchorLike: TypeAlias = Anchor | AnchorDateOf


@node
class Within(Node):
    length: Expression
    side: Side
    anchor: AnchorLike
    rounding: Turn | None = None


@node
class Around(Node):
    length: Expression
    anchor: AnchorLike
    rounding: Turn | None = None


@node
class OnOrBefore(Node):
    anchor: AnchorLike


@node
class OnOrAfter(Node):
    anchor: AnchorLike


@node
class EdgeBeside(Node):
    length: Expression
    side: Side
    anchor: AnchorLike | None


@node
class EdgeOn(Node):
    anchor: AnchorLike


@node
class FromTo(Node):
    start: EdgeBeside | EdgeOn
    end: EdgeBeside | EdgeOn


Window: TypeAlias = Within | Around | OnOrBefore | OnOrAfter | FromTo


@node
class Compares(Node):
    sign: Sign
    limit: Expression


@node
class Distance(Node):
    """`at least 28 days before enrolment`."""

    sign: Sign
    length: Expression
    side: Side
    anchor: AnchorLike
    rounding: Turn | None = None


@node
class Equals(Node):
    value: Expression


@node
class Differs(Node):
    value: Expression


@node
class OneOf(Node):
    values: tuple[Expression, ...]


@node
class NotOneOf(Node):
    values: tuple[Expression, ...]


@node
class Between(Node):
    low: Expression
    high: Expression


@node
class InWindow(Node):
    window: Window


@node
class Beside(Node):
    side: Side
    anchor: AnchorLike


@node
class InSet(Node):
    set: Word


@node
class NotInSet(Node):
    set: Word


@node
class Recorded(Node):
    pass


@node
class NotRecorded(Node):
    pass


@node
class IncludesAny(Node):
    members: tuple[Word, ...]


@node
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
