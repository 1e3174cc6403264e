"""What may be asked about a patient: items, lists and moments, each with its kind."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from protocol_dsl.base.quantity import Unit
from protocol_dsl.model.node import Node


@frozen
class YesNo:
    """Yes or no."""


@frozen
class OneOf:
    """One of the members."""

    members: tuple[str, ...]


@frozen
class AnyOf:
    """Any number of the members at once."""

    members: tuple[str, ...]


@frozen
class Number:
    """An exact number; `unit` is None for a bare number. Values are kept in the base unit of the dimension."""

    unit: Unit | None = None


@frozen
class Count:
    """A whole number of things."""


@frozen
class Completed:
    """Completed years or months, compared only with the same."""

    period: str


@frozen
class Grade:
    """A CTCAE grade, 0 to 5."""


@frozen
class Date:
    """A calendar day."""


@frozen
class Time:
    """An instant: a day with a time of day."""


@frozen
class Text:
    """A name from an open vocabulary, such as an adverse event term or a drug."""


@frozen
class ListOf:
    """Records of one type."""

    record: str


Kind: TypeAlias = YesNo | OneOf | AnyOf | Number | Count | Completed | Grade | Date | Time | Text | ListOf


class Rule(StrEnum):
    """How one value is chosen from repeated readings."""

    LATEST = "latest"
    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"
    MEAN = "mean"


@frozen
class Choice:
    """A rule; `last` belongs to the mean of the last so many, None means all."""

    rule: Rule
    last: int | None = None


@frozen
class BaselineRule:
    """`baseline latest before infusion`."""

    choice: Choice
    before: str


@frozen
class Completeness:
    """Until when a list can be taken as complete: to the date of an item, or attested within so many days."""

    to: str | None = None
    within_days: int | None = None
    because: str = ""


@frozen
class Item(Node):
    """A declared item, or a field of a record type.

    `plausible` and `step` are in the item's own unit. `valid_days` is how old a reading may be at the moment asked.
    """

    name: str
    kind: Kind
    label: str = ""
    required: bool = False
    plausible: tuple[Fraction, Fraction] | None = None
    step: Fraction | None = None
    analyte: str | None = None
    uln: bool = False
    lln: bool = False
    choice: Choice | None = None
    valid_days: int | None = None
    baseline: BaselineRule | None = None
    complete: Completeness | None = None
    judged_by: str | None = None


@frozen
class Moment(Node):
    """A named day of a patient's course.

    `after` and the bounds, in days, tie it to an earlier moment. `every_dose_of` makes it happen at each dose of a
    product, `first_dose_of` at the first; `study_day` gives the day its number.
    """

    name: str
    label: str = ""
    after: str | None = None
    at_least_days: int | None = None
    at_most_days: int | None = None
    every_dose_of: str | None = None
    first_dose_of: str | None = None
    study_day: int | None = None


@frozen
class RecordType(Node):
    """A kind of event: its fields."""

    name: str
    fields: Mapping[str, Item]


@frozen
class NamedSet(Node):
    """A versioned list of names."""

    name: str
    version: str
    members: tuple[str, ...]
    label: str = ""


CONTEXT: Mapping[str, Kind] = {
    "level": Text(),
    "part": Text(),
    "cohort": Text(),
    "stratum": Text(),
    "entry": Count(),
}
"""What is known of a patient's place in the trial."""
