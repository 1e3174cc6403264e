"""Gauss-Legendre rules: nodes in (-1, 1) with weights, and integrals from -1 of what was evaluated there."""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, pi

Rule = tuple[tuple[float, float], ...]
"""Nodes, rising, each with its weight."""


@lru_cache(maxsize=16)
def legendre(order: int) -> Rule:
    """Give the rule that is exact for polynomials of a degree below twice the order, by Newton's method."""
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


@lru_cache(maxsize=16)
def transform(order: int) -> tuple[tuple[float, ...], ...]:
    """Give, for each degree below the order, what takes values at the nodes to the coefficient of that polynomial."""
    rule = legendre(order)
    return tuple(
        tuple((degree + 0.5) * weight * _polynomial(degree, place)[0] for place, weight in rule)
        for degree in range(order)
    )


def antiderivative(coefficients: Sequence[float], x: float) -> float:
    """Give the integral from -1 to x of a sum of Legendre polynomials, from degree 0 on."""
    total, before, value = coefficients[0] * (x + 1), 1.0, x
    for degree, coefficient in enumerate(coefficients[1:], 1):
        after = ((2 * degree + 1) * x * value - degree * before) / (degree + 1)
        total += coefficient * (after - before) / (2 * degree + 1)
        before, value = value, after
    return total


def _polynomial(order: int, x: float) -> tuple[float, float]:
    """Give the Legendre polynomial of an order and its derivative."""
    if order == 0:
        return 1.0, 0.0
    before, value = 1.0, x
    for degree in range(2, order + 1):
        before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
    return value, order * (x * value - before) / (x * x - 1)
