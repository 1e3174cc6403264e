"""A grading: how a number becomes a grade, as the tables of a terminology print it."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from attrs import field, frozen

from protocol_dsl.base.quantity import Unit
from protocol_dsl.model.condition import Condition
from protocol_dsl.model.node import Node
from protocol_dsl.model.record import Range


class Direction(StrEnum):
    """Which way a value goes wrong. A term that knows both is graded twice."""

    LOW = "low"
    HIGH = "high"


class System(StrEnum):
    """In which units bands are printed."""

    SI = "si"
    US = "us"


INPUTS = ("value", "uln", "lln", "baseline", "change", "baseline_flag")
"""What a band may speak of. `change` is that from baseline in percent; the others are in the unit of the table."""

FLAGS = ("normal", "low", "high")
"""What a baseline was."""


@frozen
class Band(Node):
    """A grade and when it applies; None is otherwise. `also` is the clinical finding that is printed beside it."""

    grade: int
    when: Condition | None
    also: str = ""
    written: str = ""


@frozen
class Bands(Node):
    """The bands of a grading in one unit, the first that applies deciding; None is any unit, for ratios."""

    unit: Unit | None
    systems: tuple[System, ...]
    bands: tuple[Band, ...]


@frozen
class Grading(Node):
    """How one term is graded in one direction.

    `tests` are what laboratories call the measurement, `analyte` is how its mass comes to an amount. Where
    `flagless_normal`, a baseline without a flag counts as normal. `notes` say what the bands do not.
    """

    term: str
    direction: Direction
    tables: tuple[Bands, ...]
    analyte: str | None = None
    tests: tuple[str, ...] = ()
    flagless_normal: bool = False
    source: str = ""
    notes: tuple[str, ...] = ()


@frozen(cache_hash=True)
class Measured:
    """A laboratory reading: `value` a number or a range such as `<5`, its limits and its baseline in the same `unit`.

    `change` is the percent change from baseline, where it is known without the baseline. `unit` is None where none was
    written, or none that is known; `unit_text` is what was.
    """

    value: Fraction | Range | None
    unit: Unit | None = None
    unit_text: str = ""
    lln: Fraction | None = None
    uln: Fraction | None = None
    baseline: Fraction | None = None
    baseline_flag: str | None = None
    change: Fraction | None = None


@frozen
class Terminology:
    """A version of a terminology: its gradings, in the order of the file."""

    name: str
    version: str
    gradings: tuple[Grading, ...] = field(repr=False)


@frozen
class Term:
    """A term as printed: the wording of grades 1 to 5, empty where there is none, its definition and its note."""

    name: str
    grades: tuple[str, ...] = ()
    definition: str = ""
    note: str = ""
