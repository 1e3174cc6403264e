"""What hangs on which day a moment is: there it is less than everything that moments are looked at on one day each.

A condition that counts days from one moment comes to the same on whatever day that is. One that speaks of several
moments, or of days that are written in the file, or that counts calendar months, does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from protocol_dsl.amend.formula import Atom
from protocol_dsl.amend.this import inside
from protocol_dsl.model.condition import AnyEvent, CompletedTime, Constant, Count, Fetch, Member, MomentOf, Part, Series

if TYPE_CHECKING:
    from protocol_dsl.amend.asked import Asked

FIXED = "moments a fixed time apart"
"""How what is loose begins where the time between moments would have to be varied."""

CALENDAR = "moments on fixed days"
"""How it begins where the days themselves would have to be."""

_YEAR, _MONTH = Fraction(36525, 100), Fraction(36525, 1200)
_LEAPS = 5


def standing_still(several: tuple[Atom, ...], told: Asked) -> Iterator[str]:
    """Why more would have to be looked through than one day for each moment; nothing where that is everything."""
    named = {node.name for atom in several for node in inside(atom.form) if isinstance(node, MomentOf)}
    # Of readings that are looked for on some days only, it counts how far the day of asking is from the others.
    dated = any(_is_dated(node) for atom in several for node in inside(atom.form))
    apart = named | told.at if dated or len(told.at) > 1 else named
    if len(apart) > 1:
        yield f"{FIXED}: {', '.join(name or 'the as-of date' for name in sorted(apart))}"
    if any(atom.bounds for atom in several):
        yield f"{FIXED}: they lie within other bounds"
    yield from on_the_calendar(several)
    if any(place.kind != "moment" for place in told.places):  # else it is the moments that are moved
        yield from _falling_together(told)


def asked_at(several: tuple[Atom, ...]) -> set[str]:
    """The moments at which readings or events are looked for, empty for the as-of date: what is found hangs on it."""
    looked_for = (AnyEvent, Count, Series)
    return {atom.moment or "" for atom in several if any(isinstance(node, looked_for) for node in inside(atom.form))}


def on_the_calendar(several: tuple[Atom, ...]) -> Iterator[str]:
    """That days are written in the file to which others are asked about that are counted from a moment."""
    every = [node for atom in several for node in inside(atom.form)]
    if written(several) and any(_is_counted(node) for node in every):
        yield f"{CALENDAR}: days that are written, and days that are counted from a moment"


def written(several: tuple[Atom, ...]) -> set[date]:
    """The days that are written in the file."""
    found: set[date] = set()
    for node in (node for atom in several for node in inside(atom.form)):
        values = (node.value,) if isinstance(node, Constant) else node.members if isinstance(node, Member) else ()
        found.update(value for value in values if isinstance(value, date))
    return found


def _is_dated(node: object) -> bool:
    """Whether it matters of which day a reading is."""
    match node:
        case Series(valid_days=valid, window=window):
            return valid is not None or window is not None
        case Fetch(part=part):
            return part is Part.DATE
        case _:
            return False


def _is_counted(node: object) -> bool:
    return isinstance(node, MomentOf | CompletedTime) or (isinstance(node, Series) and node.valid_days is not None)


def _falling_together(told: Asked) -> Iterator[str]:
    """That lengths of different kinds, such as months and days, end on one day in some years and not in others."""
    kinds = {
        "days": {Fraction(days) for days in (*told.lengths, *_valid(told)) if days},
        "completed years": {(years + by) * _YEAR for years in told.years for by in (0, 1)},
        "completed months": {(months + by) * _MONTH for months in told.months for by in (0, 1)},
    }
    for _, months, rounding in told.moved:
        kinds.setdefault(f"months rounded {rounding.name.lower()}", set()).add(abs(months) * _MONTH)
    named = sorted(kinds)
    for number, one in enumerate(named):
        for other in named[number + 1 :]:
            if any(abs(a - b) <= _LEAPS for a in kinds[one] for b in kinds[other]):
                yield f"{CALENDAR}: {one} and {other} that may fall together"


def _valid(told: Asked) -> Iterator[int]:
    for ways in told.series.values():
        yield from (one.valid_days for one in ways if one.valid_days is not None)
