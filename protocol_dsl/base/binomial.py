"""Chances of so many among so many, exact: for stopping rules that are compiled to a table."""

from __future__ import annotations

from fractions import Fraction
from math import comb


def chance_of(count: int, trials: int, rate: Fraction) -> Fraction:
    """The chance of exactly so many among so many, each with the same rate."""
    if not 0 <= count <= trials:
        return Fraction(0)
    return comb(trials, count) * rate**count * (1 - rate) ** (trials - count)


def chance_above(rate: Fraction, count: int, trials: int, prior: tuple[int, int] = (1, 1)) -> Fraction:
    """The chance that the rate lies above `rate` after so many among so many, under a beta prior of whole parameters.

    A beta variable exceeds a limit when fewer than its first parameter of so many uniform variables lie below the limit
    (Abramowitz & Stegun 1964, 26.5.24).
    """
    first, second = prior[0] + count, prior[1] + trials - count
    drawn = first + second - 1
    return sum((chance_of(below, drawn, rate) for below in range(first)), Fraction(0))


def chance_to_pass(stages: tuple[tuple[int, int], tuple[int, int]], rate: Fraction) -> Fraction:
    """The chance that neither stage of a two-stage design stops: more than `(most, patients)` of each has it.

    Simon, R. (1989), Optimal two-stage designs for phase II clinical trials, Control Clin Trials 10:1-10.
    """
    (first_most, first), (most, whole) = stages
    return sum(
        (
            chance_of(early, first, rate) * _more_than(most - early, whole - first, rate)
            for early in range(first_most + 1, first + 1)
        ),
        Fraction(0),
    )


def _more_than(count: int, trials: int, rate: Fraction) -> Fraction:
    return sum((chance_of(found, trials, rate) for found in range(max(count + 1, 0), trials + 1)), Fraction(0))
