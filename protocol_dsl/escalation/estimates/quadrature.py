"""Gauss-Legendre rules: nodes in (-1, 1) and their weights, by Newton's method on the recurrence."""

from functools import lru_cache
from math import cos, pi

Rule = tuple[tuple[float, float], ...]
"""Nodes, rising, each with its weight."""


@lru_cache(maxsize=16)
def legendre(order: int) -> Rule:
    """Give the rule that is exact for polynomials of a degree below twice the order."""
    rule = []
    for number in range(order, 0, -1):
        place = cos(pi * (number - 0.25) / (order + 0.5))
        for _ in range(100):
            value, slope = _polynomial(order, place)
            place -= value / slope
            if abs(value / slope) < 1e-16:  # noqa: PLR2004
                break
        slope = _polynomial(order, place)[1]
        rule.append((place, 2 / ((1 - place * place) * slope * slope)))
    return tuple(rule)


def _polynomial(order: int, x: float) -> tuple[float, float]:
    """Give the Legendre polynomial of an order and its derivative."""
    before, value = 1.0, x
    for degree in range(2, order + 1):
        before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
    return value, order * (x * value - before) / (x * x - 1)
