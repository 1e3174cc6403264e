"""Chance from a seed: the numbers are SHA-256 of the seed, a name and a count, so they are the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from hashlib import sha256
from typing import TypeVar

from attrs import define

T = TypeVar("T")

_WIDE = 2**64


@define
class Dice:
    """A stream of numbers that hangs on its name alone; streams of other names know nothing of it."""

    name: str
    thrown: int = 0

    @staticmethod
    def of(seed: int, *names: object) -> Dice:
        """The stream of a seed for a purpose."""
        return Dice("/".join(map(str, (seed, *names))))

    def below(self, number: int) -> int:
        """A whole number from 0 to one less; each as likely as another, to within 2**-64 times their number."""
        self.thrown += 1
        drawn = int.from_bytes(sha256(f"{self.name}#{self.thrown}".encode()).digest()[:8], "big")
        return drawn * number // _WIDE

    def between(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def chance(self, rate: Fraction) -> bool:
        """True at this rate."""
        return self.below(rate.denominator) < rate.numerator

    def pick(self, things: Sequence[T]) -> T:
        """One of them. Raises IndexError where there is none."""
        return things[self.below(len(things))]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """All of them in some order (Fisher and Yates)."""
        left = list(things)
        for last in range(len(left) - 1, 0, -1):
            other = self.below(last + 1)
            left[last], left[other] = left[other], left[last]
        return left

    def waited(self, mean: int) -> int:
        """Days until the next of what comes on any day at a rate of one in `mean` (geometric)."""
        days, rate = 0, Fraction(1, max(mean, 1))
        while days < 20 * mean and not self.chance(rate):
            days += 1
        return days
