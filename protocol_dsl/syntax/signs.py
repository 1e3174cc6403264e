"""Words that are written for what is done, by the text that the formatter gives them."""

from enum import Enum


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


class Curve(Enum):
    """What is taken of a number, by the words that it is written with."""

    SQUARE_ROOT = "square root of"
    CUBE_ROOT = "cube root of"
    LOG10 = "log10 of"
    LN = "ln of"


class Choose(Enum):
    """The rule that picks one value from repeated readings."""

    LATEST = "latest"
    FIRST = "first"
    HIGHEST = "highest"
    LOWEST = "lowest"
    MEAN = "mean"
