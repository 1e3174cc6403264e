"""Kinds while elaborating: those of the vocabulary, and a span of time that is no number yet."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from protocol_dsl.base.quantity import ONE, Unit, unit
from protocol_dsl.base.source import NOWHERE, Span
from protocol_dsl.base.studytime import Rounding
from protocol_dsl.base.ucum import Dimension
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.condition import Constant, Expression, Series

TIME: Dimension = (("s", 1),)
MONTHS: Dimension = (("month", 1),)
DAYS = unit("days") or ONE
DAY_SECONDS = 86_400


@frozen
class Elapsed:
    """The time from one day to another; it has no length of its own and is only compared with one."""

    start: Expression
    end: Expression
    rounding: Rounding | None


@frozen
class Symbol:
    """A bare word among the results of a definition by cases, which becomes a member of its own kind."""

    word: str


Kind: TypeAlias = v.Kind | Elapsed | Symbol


@frozen
class Limits:
    """Where a number plausibly lies, in base units; None is no end on that side."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def may_be_zero(self) -> bool:
        """Whether nothing rules out zero."""
        above = self.low is not None and self.low > 0
        below = self.high is not None and self.high < 0
        return not above and not below


OPEN = Limits()


@frozen
class Typed:
    """An expression with its kind, where it stands and where its kind was declared.

    `series` and `item` belong to what is fetched from a declared item.
    """

    core: Expression
    kind: Kind
    span: Span = NOWHERE
    declared: Span = NOWHERE
    series: Series | None = None
    item: v.Item | None = None
    limits: Limits = OPEN


def is_bare(kind: Kind) -> bool:
    """Whether values of the kind are numbers without a unit."""
    return isinstance(kind, (v.Count, v.Grade)) or kind == v.Number(None)


def is_day(kind: Kind) -> bool:
    """Whether values of the kind are days or instants."""
    return isinstance(kind, (v.Date, v.Time))


def unit_of(kind: Kind) -> Unit | None:
    """The unit of a number, None for anything else."""
    return kind.unit if isinstance(kind, v.Number) else None


def length_days(days: int) -> Constant:
    """A length of time of so many days."""
    return Constant(Fraction(days * DAY_SECONDS), DAYS)


def period_unit(period: str) -> Unit:
    """The unit of completed years or months: they are counted, and so have no size."""
    return Unit(period, (), Fraction(1))


def periods(kind: Kind) -> str | None:
    """`years` or `months` where a number is given in just these."""
    number_unit = unit_of(kind)
    if number_unit is None or number_unit.dimension != MONTHS:
        return None
    return {Fraction(12): "years", Fraction(1): "months"}.get(number_unit.factor)


_MEASURES: dict[Dimension, str] = {
    TIME: "a length of time",
    MONTHS: "a time in calendar months",
    (("g", 1), ("m", -3)): "a mass concentration",
    (("m", -3), ("mol", 1)): "an amount concentration",
    (("m", -3),): "a number per volume",
    (("m", -3), ("mol", 1), ("s", -1)): "an enzyme activity",
    (("m", 3), ("s", -1)): "a flow",
    (("m", 3), ("s", -1), ("{1.73_m2}", -1)): "a flow per body surface",
    (("g", 1),): "a mass",
    (("m", 1),): "a length",
    (("s", -1),): "a rate",
    (("g", 1), ("m", -1), ("s", -2)): "a pressure",
    (("Cel", 1),): "a temperature",
    (("K", 1),): "a difference of temperatures",
    (("eq", 1), ("m", -3)): "a concentration of charge",
    (("[IU]", 1), ("m", -3)): "international units in a volume",
    (): "a share",
}


def meaning_of(found: Unit) -> str | None:
    """What a unit measures, in words as far as they are known."""
    return _MEASURES.get(found.kind)


def measures(found: Unit) -> str:
    """What a unit measures, said of the unit: `` `mg/dL` measures a mass concentration ``."""
    meaning = meaning_of(found)
    return f"`{found.code}` measures {meaning}" if meaning else f"given in `{found.code}`"


_WORDS: dict[type, str] = {
    v.YesNo: "yes or no",
    v.Count: "a count",
    v.Grade: "a grade",
    v.Date: "a date",
    v.Time: "a time",
    v.Text: "a name",
    v.ListOf: "a list",
    Elapsed: "a span of time",
    Symbol: "a word",
}


def describe(kind: Kind) -> str:
    """The kind in the words of a protocol."""
    match kind:
        case v.Number(None):
            return "a number without unit"
        case v.Number(found) if found is not None:
            return f"a number in `{found.code}`"
        case v.Completed(period):
            return f"completed {period}"
        case v.OneOf(members):
            return "one of " + ", ".join(members)
        case v.AnyOf(members):
            return "any of " + ", ".join(members)
        case _:
            return _WORDS[type(kind)]
