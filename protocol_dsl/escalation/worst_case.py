"""The worst that a design does under any toxicity that does not fall with the dose, as an interval that is sure.

All such curves of DLT rates make up a simplex. It is cut into smaller ones, best first; on each the largest coefficient
of the design's polynomial is an upper bound (Bernstein's form), and what the design comes to at one curve, worked out
in fractions, is a lower one. No curve is left out, whatever its rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import combinations, count
from typing import TYPE_CHECKING, Final

from attrs import frozen

from protocol_dsl.escalation import decks
from protocol_dsl.escalation.automaton import circle, explore
from protocol_dsl.escalation.characteristics import Endings, endings_of
from protocol_dsl.escalation.decks import Curve
from protocol_dsl.escalation.designs import machine
from protocol_dsl.model.escalation import EscalationPlan, Ladder

if TYPE_CHECKING:
    from protocol_dsl.escalation.decks import Floats

MOST_LEVELS: Final = 4
MOST_DECKS: Final = 100_000
MOST_CUTS: Final = 4_000
"""Cuts after which the search ends with the interval that it has."""

ENOUGH: Final = 1e-6
"""A gap with which the search ends."""

_MEMORY: Final = 50_000_000  # coefficients kept at once
_ABOVE: Final = Fraction(1, 10**9)  # by so much a rate exceeds the limit where it would lie on it


@frozen
class Worst:
    """The largest value over all curves lies from `lower` to `upper`; at `curve` it is exactly `lower`."""

    of: str
    lower: Fraction
    upper: float
    curve: Curve
    cuts: int

    @property
    def gap(self) -> float:
        """How much is not known."""
        return max(self.upper - float(self.lower), 0.0)


@frozen
class _Part:
    """A simplex of curves: its corners, the coefficients, and how often it was cut (each cut rounds)."""

    corners: tuple[Curve, ...]
    values: Floats
    level: int  # which of the polynomials of the design
    cuts: int


@frozen
class Search:
    """A design as polynomials over all rising curves, and the sums that give its value at any one of them."""

    values: Floats
    size: int
    levels: int
    endings: Endings

    @staticmethod
    def of(plan: EscalationPlan, ladder: Ladder) -> Search | str:
        """The search for the worst case of a plan, or why there can be none."""
        levels = len(ladder.names)
        if levels > MOST_LEVELS:
            return f"the worst case is found for at most {MOST_LEVELS} levels, and there are {levels}"
        if plan.extra:
            return "the design also counts something besides DLTs"
        automaton = explore(machine(plan, ladder), work=None)
        if not automaton.complete or circle(automaton) is not None:
            return "the design has too many states"
        found = endings_of(plan, ladder)
        if found is None or decks.number(decks.needed_in(automaton)[0], levels + 1) > MOST_DECKS:
            return "the design may treat too many patients"
        values, size = decks.values_of(automaton)
        return Search(values, size, levels, found)

    def recommends_above(self, limit: Fraction, *, enough: float = ENOUGH, cuts: int = MOST_CUTS) -> Worst:
        """The chance that a level whose true rate exceeds the limit is recommended; the limit lies within 0 to 1."""
        if not 0 < limit < 1:
            raise ValueError("a limit lies between 0 and 1")
        parts = [part for level in range(self.levels) for part in self._beyond(level, limit)]
        found = self._search(parts, enough, cuts)
        curve = _lifted(found.corner, found.level, limit)
        exact = self.endings.exactly(curve).recommends_above(curve, limit)
        said = f"chance of recommending a level whose rate is above {float(limit):g}"
        return Worst(said, exact, max(found.upper, float(exact)), curve, found.cuts)

    def dlts(self, *, enough: float = ENOUGH, cuts: int = MOST_CUTS) -> Worst:
        """The mean number of DLTs."""
        found = self._search([_Part(self._corners, self.values[-1], self.levels, 0)], enough, cuts)
        exact = self.endings.exactly(found.corner).mean_dlts
        return Worst("mean number of DLTs", exact, max(found.upper, float(exact)), found.corner, found.cuts)

    @property
    def _corners(self) -> tuple[Curve, ...]:
        """The curves without DLTs, with a DLT for all at the highest level alone, at the two highest and so on."""
        levels = self.levels
        return tuple(tuple(Fraction(level >= levels - kind) for level in range(levels)) for kind in range(levels + 1))

    def _beyond(self, level: int, limit: Fraction) -> Iterator[_Part]:
        """The curves that pass the limit between a level and the one below it."""
        for part in self._cut(_Part(self._corners, self.values[level], level, 0), level, limit):
            if all(corner[level] >= limit for corner in part.corners):
                yield from (
                    one
                    for one in (self._cut(part, level - 1, limit) if level else (part,))
                    if not level or all(corner[level - 1] <= limit for corner in one.corners)
                )

    def _cut(self, part: _Part, level: int, limit: Fraction) -> Iterator[_Part]:
        """The parts of a simplex on either side of the limit at a level."""
        for one, other in combinations(range(self.levels + 1), 2):
            low, high = part.corners[one][level], part.corners[other][level]
            if min(low, high) < limit < max(low, high):
                for half in self._split(part, (one, other), (limit - low) / (high - low)):
                    yield from self._cut(half, level, limit)
                return
        yield part

    def _split(self, part: _Part, edge: tuple[int, int], at: Fraction) -> tuple[_Part, _Part]:
        one, other = (part.corners[corner] for corner in edge)
        between = tuple((1 - at) * a + at * b for a, b in zip(one, other, strict=True))
        values = decks.split(part.values, self.size, self.levels + 1, edge, float(at))
        low, high = (
            _Part(
                tuple(between if number == moved else corner for number, corner in enumerate(part.corners)),
                half,
                part.level,
                part.cuts + 1,
            )
            for moved, half in zip(reversed(edge), values, strict=True)
        )
        return low, high

    # --- branch and bound ---------------------------------------------------------------------------------------------

    def _search(self, parts: list[_Part], enough: float, most: int) -> _Found:
        numbers, best = count(), max(map(self._best, parts))
        queue = [(-self._upper(part), next(numbers), part) for part in parts]
        heapify(queue)
        cuts, most = 0, min(most, _MEMORY // self.values.shape[1])
        while cuts < most and -queue[0][0] - best[0] > enough:
            part = heappop(queue)[2]
            edge = max(
                combinations(range(self.levels + 1), 2),
                key=lambda edge: decks.bent(part.values, self.size, self.levels + 1, edge),
            )
            halves = self._split(part, edge, Fraction(1, 2))
            best = max(best, *map(self._best, halves))
            cuts += 1
            for half in halves:
                heappush(queue, (-self._upper(half), next(numbers), half))
        value, level, corner = best
        return _Found(level, corner, max(-queue[0][0], value), cuts)

    def _best(self, part: _Part) -> tuple[float, int, Curve]:
        """The largest value at a corner of the part, the polynomial, and that corner."""
        pure = decks.deck(self.size, self.levels + 1).pure.tolist()
        value, corner = max((float(part.values[row]), corner) for row, corner in zip(pure, part.corners, strict=True))
        return value, part.level, corner

    def _upper(self, part: _Part) -> float:
        """An upper bound on the part, whatever was rounded.

        All steps are means of at most `size + 1` values. An operation errs by half of `ROUNDING`, relative to the
        largest value there can be; a cut also misses its place by as much.
        """
        largest = self.size if part.level == self.levels else 1
        steps = 2 * self.size * (self.levels + 5) + part.cuts * (4 * self.size + 8)
        return float(part.values.max()) + decks.ROUNDING * steps * largest


@frozen
class _Found:
    """The polynomial and the corner with the largest value found, and the upper bound on all others."""

    level: int
    corner: Curve
    upper: float
    cuts: int


def _lifted(curve: Curve, level: int, limit: Fraction) -> Curve:
    """The curve with rates above the limit, and not on it, from a level up."""
    above = min(limit + _ABOVE, (limit + 1) / 2)
    return tuple(max(rate, above) if at >= level else rate for at, rate in enumerate(curve))
