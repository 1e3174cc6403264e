"""What can be dispensed: sums of sizes, exactly. All numbers here are in one unit."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from heapq import heappop, heappush
from math import ceil, floor, gcd, lcm

from attrs import frozen

from protocol_dsl.model.dosing import Turn


@frozen(slots=False)
class Stock:
    """The sizes there are, each above zero and as many of it as are needed."""

    sizes: tuple[Fraction, ...]

    @cached_property
    def grain(self) -> Fraction:
        """The greatest number of which all sizes are multiples."""
        below = lcm(*(size.denominator for size in self.sizes))
        return Fraction(gcd(*(int(size * below) for size in self.sizes)), below)

    @cached_property
    def _grains(self) -> tuple[int, ...]:
        return tuple(sorted(int(size / self.grain) for size in self.sizes))

    @cached_property
    def _least(self) -> tuple[int, ...]:
        """For each remainder by the smallest size, the least sum that leaves it (Dijkstra over remainders)."""
        smallest, *others = self._grains
        least: dict[int, int] = {}
        waiting = [0]
        while waiting:
            total = heappop(waiting)
            if total % smallest not in least:
                least[total % smallest] = total
                for other in others:
                    heappush(waiting, total + other)
        return tuple(least[remainder] for remainder in range(smallest))

    def down(self, amount: Fraction) -> Fraction:
        """The largest that can be dispensed and is not above the amount, which is not negative."""
        most = floor(amount / self.grain)
        smallest = self._grains[0]
        sums = (most - (most - first) % smallest for first in self._least if first <= most)
        return max(sums) * self.grain

    def up(self, amount: Fraction) -> Fraction:
        """The smallest that can be dispensed and is not below the amount."""
        needed = ceil(amount / self.grain)
        smallest = self._grains[0]
        return min(max(first, needed + (first - needed) % smallest) for first in self._least) * self.grain

    def turned(self, amount: Fraction, turn: Turn) -> Fraction:
        """The amount rounded as the protocol says."""
        below, above = self.down(amount), self.up(amount)
        if turn is Turn.DOWN or below == above:
            return below
        if turn is Turn.UP:
            return above
        nearer_above = above - amount < amount - below or (turn is Turn.HALVES_UP and above - amount == amount - below)
        return above if nearer_above else below

    def pieces(self, amount: Fraction) -> tuple[tuple[int, Fraction], ...]:
        """How many of which size make up an amount that can be dispensed, with as many of the largest as fit."""
        counts = _counts(int(amount / self.grain), self._grains) or ()
        told = zip(counts, sorted(self.sizes, reverse=True), strict=False)
        return tuple((count, size) for count, size in told if count)


def _counts(total: int, sizes: tuple[int, ...]) -> tuple[int, ...] | None:
    """So many of each size, the largest first; None where they do not make up the total."""
    *smaller, largest = sizes
    if not smaller:
        return (total // largest,) if total % largest == 0 else None
    if total % gcd(*sizes):
        return None
    for count in range(total // largest, -1, -1):
        rest = _counts(total - count * largest, tuple(smaller))
        if rest is not None:
            return (count, *rest)
    return None
