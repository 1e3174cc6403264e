"""Grades that a laboratory table already has, held against ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from protocol_dsl.model.grading import Direction
from protocol_dsl.readers.laboratory import Printed

Ours: TypeAlias = tuple[str, Direction | None, int | None]
"""A term, a direction and our grade."""

Held: TypeAlias = tuple[str, bool | None]
"""What is printed for it, and whether it agrees: None where nothing is printed, either is no grade, or both may be."""

_GRADE: Final = re.compile(r"(?:grade *)?([-+]?)([0-5])(?:\.0*)?", re.IGNORECASE)
_NOTHING: Final[Held] = ("", None)


def held(printed: Printed, ours: Sequence[Ours]) -> list[Held]:
    """What is printed for each direction of one row. Grades of the low direction may have a minus, as in ADaM."""
    if printed.low or printed.high:
        by_way = {Direction.LOW: printed.low, Direction.HIGH: printed.high}
        return [_one(by_way[way] if way else printed.low or printed.high, grade) for _, way, grade in ours]
    meant = _meant(printed, ours)
    if len(meant) == 1:
        return [_one(printed.either, one[2]) if one is meant[0] else _NOTHING for one in ours]
    return _of_either(printed.either, ours)


def _meant(printed: Printed, ours: Sequence[Ours]) -> list[Ours]:
    """Those of which a grade without a direction speaks: by its term, by its sign, or because there is no other."""
    named = [one for one in ours if one[0].casefold() == printed.term.casefold()]
    below = printed.either.startswith("-")
    return named or ([one for one in ours if one[1] is Direction.LOW] if below else list(ours))


def _of_either(text: str, ours: Sequence[Ours]) -> list[Held]:
    """One grade for both directions is the higher of the two."""
    number, grades = _grade(text), [grade for _, _, grade in ours]
    same = number is not None and number == max((grade for grade in grades if grade is not None), default=None)
    if same:
        return [(text, True) if grade == number else _NOTHING for grade in grades]
    return [(text, None if number is None or None in grades else False) for _ in ours]


def _one(text: str, grade: int | None) -> Held:
    number = _grade(text)
    return text, None if number is None or grade is None else number == grade


@lru_cache(maxsize=1 << 10)
def _grade(text: str) -> int | None:
    found = _GRADE.fullmatch(text.strip())
    return None if found is None else int(found[2])
