"""Operating characteristics as they are defined: chances pushed through every state, one scenario at a time."""

from collections import defaultdict
from fractions import Fraction
from math import comb
from typing import Any

from protocol_dsl.escalation.automaton import Automaton, in_order
from protocol_dsl.escalation.characteristics import Characteristics
from protocol_dsl.escalation.design import Stop, Treat, Treated


def characteristics(
    automaton: Automaton[Any], truth: tuple[Fraction, ...], own: tuple[tuple[Fraction, ...], ...] = ()
) -> Characteristics[Fraction]:
    """Push the chance of a DLT at each level, and of other counts, through all courses of whole cohorts."""
    levels = len(automaton.design.names)
    selected, undecided = [Fraction(0)] * (levels + 1), Fraction(0)
    treated, dlts = [Fraction(0)] * levels, [Fraction(0)] * levels
    patients: defaultdict[int, Fraction] = defaultdict(Fraction)
    here: defaultdict[int, defaultdict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    here[0][0] = Fraction(1)
    for state in in_order(automaton):
        move = automaton.moves[state]
        chance = sum(here[state].values(), Fraction(0))
        if isinstance(move, Treat):
            treated[move.rung] += chance * move.patients
            dlts[move.rung] += chance * move.patients * truth[move.rung]
            push(automaton, state, here, (truth, *own))
            continue
        for number, part in here[state].items():
            patients[number] += part
        if isinstance(move, Stop):
            selected[levels if move.rung is None else move.rung] += chance
        else:
            undecided += chance
    return Characteristics(tuple(selected), tuple(treated), tuple(dlts), tuple(sorted(patients.items())), undecided)


def push(
    automaton: Automaton[Any],
    state: int,
    here: defaultdict[int, defaultdict[int, Fraction]],
    rates: tuple[tuple[Fraction, ...], ...],
) -> None:
    for edge in automaton.edges[state]:
        if isinstance(edge.observed, Treated):
            tally, rung, weight = edge.observed.tally, edge.observed.rung, Fraction(1)
            for rate, count, told in zip(rates, (tally.with_dlt, *tally.extra), apart(automaton, state), strict=False):
                p = rate[rung] if told else Fraction(0)
                weight *= comb(tally.treated, count) * p**count * (1 - p) ** (tally.treated - count)
            for number, part in here[state].items():
                here[edge.to][number + tally.treated] += part * weight


def apart(automaton: Automaton[Any], state: int) -> list[bool]:
    """Whether there are edges for more than one number of DLTs, and of each other count; others make no difference."""
    seen = [edge.observed.tally for edge in automaton.edges[state] if isinstance(edge.observed, Treated)]
    return [len(set(numbers)) > 1 for numbers in zip(*((one.with_dlt, *one.extra) for one in seen), strict=True)]
