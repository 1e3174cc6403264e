"""Three-valued truth after Kleene (1952), section 64: true, false, or not known.

Unknown means that the facts at hand do not settle it, so a result is unknown exactly when the unknown
operands could still turn it either way.
"""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """Whether something holds, as far as is known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__  # there is one of each, and that is quicker to see than its name

    @staticmethod
    def of(value: bool | None) -> "Truth":  # noqa: FBT001 - the one door from Python's truth to ours
        """The truth of a Python value; None is unknown."""
        if value is None:
            return Truth.UNKNOWN
        return Truth.TRUE if value else Truth.FALSE


_NEGATION = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


def negate(truth: Truth) -> Truth:
    """Not."""
    return _NEGATION[truth]


def conjoin(truths: Iterable[Truth]) -> Truth:
    """All of them; of none, true."""
    result = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return Truth.FALSE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def disjoin(truths: Iterable[Truth]) -> Truth:
    """Any of them; of none, false."""
    result = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return Truth.TRUE
        if truth is Truth.UNKNOWN:
            result = Truth.UNKNOWN
    return result


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """At least `count` of them."""
    held = tuple(truths)
    certain = held.count(Truth.TRUE)
    if certain >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if certain + held.count(Truth.UNKNOWN) >= count else Truth.FALSE


def agree(truths: Iterable[Truth]) -> Truth:
    """What all of them say; unknown where they differ, or where there are none."""
    said: Truth | None = None
    for truth in truths:
        if truth is Truth.UNKNOWN or said not in (None, truth):
            return Truth.UNKNOWN
        said = truth
    return said or Truth.UNKNOWN
