"""Polynomials over a simplex of toxicity curves, kept so that their coefficients enclose them (Bernstein's form).

A coefficient has a meaning: it is what the design comes to if its patients were dealt from a deck without replacement,
so many of each kind, where a patient of a kind has a DLT with the rates of one vertex of the simplex. Every step is a
mean with weights that sum to one, so nothing cancels, and rounding errors only add up.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache
from itertools import combinations, pairwise
from math import comb
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from protocol_dsl.escalation.automaton import Automaton, in_order
from protocol_dsl.escalation.design import Stop, Treat

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

Curve = tuple[Fraction, ...]
"""The DLT rate at each level, lowest first."""

ROUNDING: Final = 2.0**-52
"""Twice the relative error of one operation."""

_LEAST: Final = 2  # cards for a second difference


@frozen
class Deck:
    """All decks of one size: how many cards of each kind (a row a deck), and the row of the deck less one of a kind."""

    counts: Places
    less: tuple[Places, ...]  # for each kind; 0 where there is none to take
    shares: tuple[Floats, ...]  # of each kind among the cards

    @property
    def pure(self) -> Places:
        """The decks that hold one kind only, kind by kind."""
        import numpy as np

        rows: Places = np.argmax(self.counts, axis=0)
        return rows


@lru_cache(maxsize=256)
def deck(size: int, kinds: int) -> Deck:
    """The decks of that size, in one fixed order."""
    import numpy as np

    cuts = np.array(list(combinations(range(size + kinds - 1), kinds - 1)), dtype=np.int64).reshape(-1, kinds - 1)
    bounds = np.column_stack([np.full(len(cuts), -1), cuts, np.full(len(cuts), size + kinds - 1)])
    counts = np.diff(bounds, axis=1) - 1
    if not size:
        return Deck(counts, (), ())
    less = []
    for kind in range(kinds):
        fewer = counts.copy()
        fewer[:, kind] -= 1
        less.append(np.where(counts[:, kind] > 0, _row(fewer, size - 1), 0))
    return Deck(counts, tuple(less), tuple(counts[:, kind] / size for kind in range(kinds)))


def number(size: int, kinds: int) -> int:
    """How many decks of that size there are."""
    return comb(size + kinds - 1, kinds - 1)


def _row(counts: Places, size: int) -> Places:
    """The place of decks in the order of `deck`: how many combinations of cuts come before theirs."""
    import numpy as np

    kinds = counts.shape[1]
    cuts = np.clip(np.cumsum(counts[:, :-1] + 1, axis=1) - 1, 0, None)
    places, before = np.zeros(len(counts), dtype=np.int64), np.zeros(len(counts), dtype=np.int64)
    spots = size + kinds - 1
    for number in range(kinds - 1):
        following = kinds - 2 - number  # cuts still to be placed
        sums = np.cumsum([0, *(comb(spots - 1 - spot, following) for spot in range(spots))])
        places += sums[cuts[:, number]] - sums[before]
        before = cuts[:, number] + 1
    return places


def drawn(yes: Floats, no: Floats, size: int, toxic: tuple[bool, ...]) -> Floats:
    """Values before one more patient, from the values after a DLT and after none; `size` counts that patient's card."""
    here = deck(size, len(toxic))
    parts = (
        share * (yes if bad else no)[..., less] for bad, share, less in zip(toxic, here.shares, here.less, strict=True)
    )
    total = next(parts)
    for part in parts:
        total = total + part
    return total


def raised(values: Floats, size: int, to: int, kinds: int) -> Floats:
    """The same polynomial with larger decks, whose further cards are dealt to nobody."""
    for larger in range(size + 1, to + 1):
        values = drawn(values, values, larger, (False,) * kinds)
    return values


# --- a design as polynomials ------------------------------------------------------------------------------------------


def values_of(automaton: Automaton[Any]) -> tuple[Floats, int]:
    """What a design comes to over all rising curves, and the size of its decks (the patients that it may need).

    The rows are the chances that level 1 or a higher one is recommended, level 2 or a higher one and so on, and last
    the mean number of DLTs. The kinds of patients are those who have a DLT at no level, at the highest alone, at the
    two highest and so on: the corners of the simplex of rising curves.
    """
    needed = needed_in(automaton)
    order = list(in_order(automaton))
    waits = [0] * len(automaton.states)
    for edges in automaton.edges:
        for edge in edges:
            waits[edge.to] += 1
    known: dict[int, Floats] = {}
    for state in reversed(order):
        known[state] = _value(automaton, state, known, needed)
        for edge in automaton.edges[state]:
            waits[edge.to] -= 1
            if not waits[edge.to]:
                del known[edge.to]
    return known[0], needed[0]


def needed_in(automaton: Automaton[Any]) -> list[int]:
    """Patients still to be treated at most, in each state."""
    needed = [0] * len(automaton.states)
    for state in reversed(list(in_order(automaton))):
        move = automaton.moves[state]
        if isinstance(move, Treat):
            needed[state] = move.patients + max(needed[edge.to] for edge in automaton.edges[state])
    return needed


def _value(automaton: Automaton[Any], state: int, known: dict[int, Floats], needed: list[int]) -> Floats:
    import numpy as np

    levels, move = len(automaton.design.names), automaton.moves[state]
    if not isinstance(move, Treat):
        best = move.rung if isinstance(move, Stop) and move.rung is not None else -1
        return np.array([[float(best >= rung)] for rung in range(levels)] + [[0.0]])
    kinds, left = levels + 1, needed[state] - move.patients
    toxic = tuple(move.rung >= levels - kind for kind in range(kinds))
    after = [raised(known[edge.to], needed[edge.to], left, kinds) for edge in automaton.edges[state]]
    for size in range(left + 1, needed[state] + 1):
        after = [drawn(_one_more(yes), no, size, toxic) for no, yes in pairwise(after)]
    return after[0]


def _one_more(values: Floats) -> Floats:
    """After a DLT, which counts in the last row."""
    more = values.copy()
    more[-1] += 1
    return more


# --- parts of a simplex -----------------------------------------------------------------------------------------------


@cache
def _groups(size: int, kinds: int, one: int, other: int) -> tuple[Places, ...]:
    """Decks that differ in two kinds alone: for each number of cards of both, rows by how many are of the other."""
    import numpy as np

    counts = deck(size, kinds).counts
    both = counts[:, one] + counts[:, other]
    groups = []
    for number in range(size + 1):
        rows = np.flatnonzero(both == number)
        rest = np.delete(counts[rows], [one, other], axis=1)
        order = np.lexsort((*rest.T, counts[rows, other]))
        groups.append(rows[order].reshape(number + 1, -1))
    return tuple(groups)


@lru_cache(maxsize=512)
def _shares(number: int, at: float) -> tuple[Floats, Floats]:
    """How cards of a kind that lies `at` between two are shared out to them, for either half of a split."""
    import numpy as np

    low = np.zeros((number + 1, number + 1))
    for many in range(number + 1):
        for of in range(many + 1):
            low[many, of] = comb(many, of) * at**of * (1 - at) ** (many - of)
    high = np.zeros((number + 1, number + 1))
    for many in range(number + 1):  # so many of the kind itself; the others lie between
        for of in range(number - many + 1):
            high[many, many + of] = comb(number - many, of) * at**of * (1 - at) ** (number - many - of)
    return low, high


def split(values: Floats, size: int, kinds: int, edge: tuple[int, int], at: float) -> tuple[Floats, Floats]:
    """The polynomial on both parts of a simplex that is cut on an edge: without the second corner, and the first."""
    import numpy as np

    low, high = np.empty_like(values), np.empty_like(values)
    for number, rows in enumerate(_groups(size, kinds, *edge)):
        first, second = _shares(number, at)
        low[rows], high[rows] = first @ values[rows], second @ values[rows]
    return low, high


def bent(values: Floats, size: int, kinds: int, edge: tuple[int, int]) -> float:
    """How far the polynomial bends along an edge, by its second differences; nowhere where there are none."""
    if size < _LEAST:
        return 0.0
    one, other = edge
    rows = _more(size - 2, kinds)
    bend = values[rows[one, one]] - 2 * values[rows[one, other]] + values[rows[other, other]]
    return float(abs(bend).max())


@cache
def _more(size: int, kinds: int) -> dict[tuple[int, int], Places]:
    """The rows of the decks of a size, with two cards more."""
    counts = deck(size, kinds).counts
    found = {}
    for one in range(kinds):
        for other in range(one, kinds):
            larger = counts.copy()
            larger[:, one] += 1
            larger[:, other] += 1
            found[one, other] = _row(larger, size + 2)
    return found
