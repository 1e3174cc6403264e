"""The words of the core that stand for what is done: how two values are compared, and what is taken of them."""

from enum import Enum, StrEnum


class Sign(StrEnum):
    """How two values are compared."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    MORE_THAN = "more than"
    LESS_THAN = "less than"
    IS = "is"
    IS_NOT = "is not"


class Side(StrEnum):
    """On which side of a day another lies."""

    BEFORE = "before"
    AFTER = "after"


class Part(StrEnum):
    """Which part of a chosen reading is meant."""

    VALUE = "value"
    ULN = "ULN"
    LLN = "LLN"
    DATE = "date"


class Operator(StrEnum):
    """What is done with two numbers."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"
    POWER = "^"


class Curve(StrEnum):
    """What is taken of a number."""

    SQUARE_ROOT = "square root"
    CUBE_ROOT = "cube root"
    LOG10 = "log10"
    LN = "ln"


class Quantifier(Enum):
    """Whether some reading must satisfy a condition, or all of them and at least one."""

    ANY = "any"
    EVERY = "every"
