"""The forms of the core that hold no other: values written down, and what is looked up or asked by its name alone."""

from __future__ import annotations

from fractions import Fraction

from protocol_dsl.base.quantity import Unit
from protocol_dsl.model.node import Node, node
from protocol_dsl.model.record import Value
from protocol_dsl.model.signs import Sign


@node
class Constant(Node):
    """A value written in the protocol, with its unit for the reader; the value is in the base unit."""

    value: Value
    unit: Unit | None = None


@node
class MomentOf(Node):
    """The day of a moment."""

    name: str


@node
class FieldOf(Node):
    """A field of the event that is being looked at; with `outer`, of the one so many events further out."""

    name: str
    outer: int = 0


@node
class ContextOf(Node):
    """A patient's level, part, cohort, stratum, or order of entry."""

    name: str


@node
class Lasting(Node):
    """How long the event being looked at lasts; with day-wide ends unless both days are counted.

    With a `grade`, how long the longest stretch is in which its grade compares so: at, at least or more than it.
    """

    both_days: bool = False
    grade: Fraction | None = None
    compares: Sign = Sign.IS


@node
class RoseAgain(Node):
    """The grade of the event being looked at rose again after it had fallen."""


@node
class HadDlt(Node):
    """The patient had a dose-limiting toxicity."""
