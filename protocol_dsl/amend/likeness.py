"""Questions made smaller: what is equal is one and the same, and lists are searched alike for what is alike."""

from __future__ import annotations

from collections.abc import Callable

from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, ReadAs, atoms, of_condition
from protocol_dsl.model.condition import AnyEvent

_MOST_PAIRS = 64


def shared(old: Formula, new: Formula) -> tuple[Formula, Formula]:
    """The formulas, in which parts that are equal are the same, which is quicker to see."""
    known: dict[Formula, Formula] = {}
    return _shared(old, known), _shared(new, known)


def _shared(formula: Formula, known: dict[Formula, Formula]) -> Formula:
    match formula:
        case Negated(inside=inside):
            formula = Negated(_shared(inside, known))
        case Joined(count=count, parts=parts):
            formula = Joined(count, tuple(_shared(part, known) for part in parts))
        case _:
            pass
    return known.setdefault(formula, formula)


def alike(old: Formula, new: Formula, same: Callable[[Formula, Formula], bool]) -> Formula:
    """The newer formula, in which a search of a list for what the older one looks for is the older one's.

    Two searches are alike if no event tells their conditions apart, which `same` says: then no list of events does.
    """
    before, after = _searches(old), _searches(new)
    apart = [atom for atom in after if atom not in before]
    if not apart or len(apart) * len(before) > _MOST_PAIRS:
        return new
    known: dict[Atom, Formula] = {}
    for atom in apart:
        found = next((one for one in before if _search_alike(one, atom, same)), None)
        if found is not None:
            known[atom] = found
    return _replaced(new, known) if known else new


def _searches(formula: Formula) -> dict[Atom, None]:
    return dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom.form, AnyEvent))


def _search_alike(one: Atom, other: Atom, same: Callable[[Formula, Formula], bool]) -> bool:
    a, b = one.condition, other.condition
    if not isinstance(a, AnyEvent) or not isinstance(b, AnyEvent) or a.where is None or b.where is None:
        return False
    if (a.list, a.other, one.moment, one.judged) != (b.list, b.other, other.moment, other.judged):
        return False
    by = (ReadAs(atom.version, atom.moment, atom.judged, a.list) for atom in (one, other))
    return same(of_condition(a.where, next(by)), of_condition(b.where, next(by)))


def _replaced(formula: Formula, same: dict[Atom, Formula]) -> Formula:
    match formula:
        case Atom():
            return same.get(formula, formula)
        case Negated(inside=inside):
            return Negated(_replaced(inside, same))
        case Joined(count=count, parts=parts):
            return Joined(count, tuple(_replaced(part, same) for part in parts))
        case Fixed():
            return formula
