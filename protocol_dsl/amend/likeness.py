"""Questions made smaller: what is equal is one and the same, and lists are searched alike for what is alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from attrs import evolve

from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, ReadAs, atoms, of_condition
from protocol_dsl.amend.this import This
from protocol_dsl.model.condition import AnyEvent, Count
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.walk import walk

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


def told_apart(formula: Formula, versions: tuple[Protocol, Protocol]) -> Formula:
    """The formula, in which searches of a list say by which line it is complete, where that is not the same in both."""
    other = _other_lines(This(versions[0]), This(versions[1]))
    return _told_apart(formula, versions, other) if other else formula


@lru_cache(maxsize=4)
def _other_lines(one: This[Protocol], other: This[Protocol]) -> frozenset[str]:
    versions = one.one, other.one
    both = versions[0].items.keys() & versions[1].items.keys()
    return frozenset(name for name in both if len({_line(version, name) for version in versions}) > 1)


def _line(version: Protocol, name: str) -> str | None:
    """The item that says up to when the list is complete, or how old the word for it may be; None without a line."""
    complete = version.items[name].complete
    return None if complete is None else complete.to or f"within {complete.within_days} days"


def _told_apart(formula: Formula, versions: tuple[Protocol, Protocol], other: frozenset[str]) -> Formula:
    match formula:
        case Atom(form=form, version=version):
            lists = sorted({one.list for one in walk(form) if isinstance(one, AnyEvent | Count)} & other)
            lines = (_line(versions[version], name) for name in lists)
            return evolve(formula, complete_by=tuple(line for line in lines if line is not None))
        case Negated(inside=inside):
            return Negated(_told_apart(inside, versions, other))
        case Joined(count=count, parts=parts):
            return Joined(count, tuple(_told_apart(part, versions, other) for part in parts))
        case Fixed():
            return formula


def _searches(formula: Formula) -> dict[Atom, None]:
    return dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom.form, AnyEvent))


def _search_alike(one: Atom, other: Atom, same: Callable[[Formula, Formula], bool]) -> bool:
    a, b = one.condition, other.condition
    if not isinstance(a, AnyEvent) or not isinstance(b, AnyEvent) or a.where is None or b.where is None:
        return False
    here = (a.list, a.other, one.moment, one.judged, one.complete_by)
    if here != (b.list, b.other, other.moment, other.judged, other.complete_by):
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
