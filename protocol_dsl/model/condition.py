"""The core of the language: the closed union of what a condition and an expression can be.

Sugar is gone, names are bound, units are converted. Adding a form means following the type checker.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from protocol_dsl.base.quantity import Unit
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.model.leaves import Constant as Constant  # noqa: PLC0414 - handed on
from protocol_dsl.model.leaves import ContextOf as ContextOf  # noqa: PLC0414 - handed on
from protocol_dsl.model.leaves import FieldOf as FieldOf  # noqa: PLC0414 - handed on
from protocol_dsl.model.leaves import HadDlt as HadDlt  # noqa: PLC0414 - handed on
from protocol_dsl.model.leaves import Lasting as Lasting  # noqa: PLC0414 - handed on
from protocol_dsl.model.leaves import MomentOf as MomentOf  # noqa: PLC0414 - handed on
from protocol_dsl.model.leaves import RoseAgain as RoseAgain  # noqa: PLC0414 - handed on
from protocol_dsl.model.node import Node, node
from protocol_dsl.model.record import Reason, Value
from protocol_dsl.model.signs import Curve as Curve  # noqa: PLC0414 - handed on
from protocol_dsl.model.signs import Operator as Operator  # noqa: PLC0414 - handed on
from protocol_dsl.model.signs import Part as Part  # noqa: PLC0414 - handed on
from protocol_dsl.model.signs import Quantifier as Quantifier  # noqa: PLC0414 - handed on
from protocol_dsl.model.signs import Side as Side  # noqa: PLC0414 - handed on
from protocol_dsl.model.signs import Sign as Sign  # noqa: PLC0414 - handed on
from protocol_dsl.model.vocabulary import Choice


@node
class Window(Node):
    """Days from `start` to `end`, both included; None is no end on that side."""

    start: Expression | None
    end: Expression | None


@node
class Series(Node):
    """The readings of an item, and how one of them is chosen.

    `valid_days` bounds their age at the moment asked; a `window` replaces both. Without a `choice` there should be one
    value only.
    """

    item: str
    choice: Choice | None = None
    valid_days: int | None = None
    window: Window | None = None


@node
class Fetch(Node):
    """A part of the reading chosen from a series."""

    series: Series
    part: Part = Part.VALUE


@node
class Arithmetic(Node):
    """One number with another."""

    operator: Operator
    left: Expression
    right: Expression


@node
class Applied(Node):
    """A root or a logarithm of a number."""

    curve: Curve
    inside: Expression


@node
class Valid(Node):
    """A formula's value where all the conditions hold; elsewhere, and where that is unknown, the value is unknown.

    `formula` is what it is called. `stated` says in words for whom it was made; nothing is decided by them.
    """

    formula: str
    inside: Expression
    when: tuple[Condition, ...] = ()
    stated: tuple[str, ...] = ()


@node
class Extreme(Node):
    """The larger or the smaller of two."""

    larger: bool
    left: Expression
    right: Expression


@node
class CompletedTime(Node):
    """Completed years or months between two days."""

    period: str
    start: Expression
    end: Expression


@node
class Shifted(Node):
    """A day moved by calendar months, or by a length of time in whole days; `backwards` moves it to the past."""

    day: Expression
    months: int = 0
    length: Expression | None = None
    backwards: bool = False
    rounding: Rounding = Rounding.DOWN


@node
class Branch(Node):
    """A result and when it applies; None is otherwise."""

    when: Condition | None
    result: Expression


@node
class Cases(Node):
    """The result of the first branch that applies."""

    branches: tuple[Branch, ...]


@node
class Rounded(Node):
    """A number rounded to a multiple of a step, in base units; halves away from zero."""

    inside: Expression
    step: Fraction


@node
class Count(Node):
    """How many events of a list satisfy a condition; `pooled` counts over all patients."""

    list: str
    where: Condition | None
    pooled: bool = False


@node
class Named(Node):
    """A definition, inlined where it is used."""

    name: str
    label: str
    inside: Expression
    unit: Unit | None = None


Expression: TypeAlias = (
    Constant
    | Fetch
    | MomentOf
    | FieldOf
    | ContextOf
    | Arithmetic
    | Applied
    | Valid
    | Extreme
    | CompletedTime
    | Shifted
    | Lasting
    | Cases
    | Rounded
    | Count
    | Named
)


@node
class Compare(Node):
    """Two values compared; the parts of each series in `together` come from one reading."""

    sign: Sign
    left: Expression
    right: Expression
    together: tuple[Series, ...] = ()


@node
class Member(Node):
    """The value is one of these; `set` names them where they are a declared set."""

    value: Expression
    members: tuple[Value, ...]
    set: str | None = None


@node
class Includes(Node):
    """A value of several members includes any, or all, of these."""

    value: Expression
    members: tuple[str, ...]
    all: bool


@node
class Distance(Node):
    """How far a day lies before (or after) another: `last_surgery at least 28 days before enrolment`.

    `never` satisfies only `at least` and `more than`, on either side; `ongoing` lies after every day.
    """

    sign: Sign
    day: Expression
    length: Expression
    side: Side
    anchor: Expression


@node
class Within(Node):
    """A day lies in a window."""

    day: Expression
    window: Window


@node
class Recorded(Node):
    """There is a usable entry."""

    series: Series


@node
class Both(Node):
    """All of the conditions hold."""

    parts: tuple[Condition, ...]


@node
class Either(Node):
    """At least one of the conditions holds."""

    parts: tuple[Condition, ...]


@node
class AtLeast(Node):
    """At least so many of the conditions hold."""

    count: int
    parts: tuple[Condition, ...]


@node
class Not(Node):
    """The condition does not hold."""

    inside: Condition


@node
class Known(Node):
    """Met when met; no record of it counts as not met."""

    inside: Condition


@node
class Judged(Node):
    """What a person must judge: a text, or the whole criterion where it is empty.

    With `on` it is judged for that day, as `Hypokalemia grade 3 on 2026-06-14`; `asks` is what is to be looked for.
    """

    what: str
    by: str
    on: Expression | None = None
    asks: str = ""


@node
class Policy(Node):
    """`if missing treat as met because ...`, on what is unknown for these reasons alone."""

    inside: Condition
    reasons: tuple[Reason, ...]
    met: bool
    because: str


@node
class AnyEvent(Node):
    """Some event of a list satisfies a condition; with `other`, one besides those that are being looked at."""

    list: str
    where: Condition | None
    other: bool = False


@node
class Readings(Node):
    """A condition on each reading of a series; the reading is seen as `Fetch` of the same series.

    With `any`, so many of them are asked for as `least` says.
    """

    quantifier: Quantifier
    series: Series
    where: Condition
    least: int = 1


@node
class Consecutive(Node):
    """So many readings in a row, at least so many days apart, satisfy a condition."""

    count: int
    series: Series
    where: Condition
    apart_days: Fraction = Fraction(0)


@node
class Sustained(Node):
    """Readings, one next to the other, satisfy a condition for `at least` or `more than` a length of time, in days.

    The run begins in the window of the series and may go on past its end.
    """

    series: Series
    where: Condition
    sign: Sign
    days: Fraction
    both_days: bool = False


@node
class Monitored(Node):
    """So many patients satisfy a condition, of those of whom it is known: as many as a table says for their number.

    With `where`, patients of whom that is not met are left out. `limits` are pairs of a number of patients and of a
    count: that many of them, or with `fewer` that many or fewer, meet the rule. For fewer patients than the first it
    is not met; for more than the last it is not known.
    """

    each: Condition
    limits: tuple[tuple[int, int], ...]
    fewer: bool = False
    where: Condition | None = None


@node
class Followed(Node):
    """Follow-up reached a study day counted from a moment."""

    start: Expression
    days: int


Condition: TypeAlias = (
    Compare
    | Member
    | Includes
    | Distance
    | Within
    | Recorded
    | Both
    | Either
    | AtLeast
    | Not
    | Known
    | Judged
    | Policy
    | AnyEvent
    | Readings
    | Consecutive
    | Sustained
    | Monitored
    | RoseAgain
    | Followed
    | HadDlt
)
