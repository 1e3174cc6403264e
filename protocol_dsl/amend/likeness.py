"""Questions made smaller: what is equal is one and the same, and lists are searched alike for what is alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from attrs import evolve

from protocol_dsl.amend.formula import Atom, Fixed, Formula, Joined, Negated, ReadAs, atoms, of_condition, of_one_event
from protocol_dsl.amend.still import asked_at
from protocol_dsl.amend.this import This
from protocol_dsl.model.condition import AnyEvent, Count, MomentOf
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import Moment
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
    """The formula, in which is said what of the rest of the file it hangs on, where that is not the same in both.

    That is by which line a list is complete, and between which bounds moments lie: outside of them they are unknown.
    """
    this = This(versions[0]), This(versions[1])
    other, moments = _other_lines(*this), _other_moments(*this)
    return _told_apart(formula, versions, other, moments) if other or moments else formula


def declared_alike(old: Protocol, new: Protocol) -> bool:
    """Whether both declare the same items, records and moments, so that one form says the same in both."""
    return _declared_alike(This(old), This(new))


@lru_cache(maxsize=4)
def _declared_alike(one: This[Protocol], other: This[Protocol]) -> bool:
    old, new = one.one, other.one
    return (old.items, old.records, old.moments) == (new.items, new.records, new.moments)


@lru_cache(maxsize=4)
def _other_moments(one: This[Protocol], other: This[Protocol]) -> frozenset[str]:
    """The moments that do not lie within the same bounds in both, and those that they are counted from."""
    versions = one.one, other.one
    found: set[str] = set()
    for name in versions[0].moments.keys() & versions[1].moments.keys():
        was, now = (version.moments[name] for version in versions)
        if _bounds(was) != _bounds(now):
            found |= {name, *(after for after in (was.after, now.after) if after is not None)}
    return frozenset(found)


def _bounds(moment: Moment) -> tuple[object, ...]:
    return moment.after, moment.at_least_days, moment.at_most_days, moment.first_dose_of


@lru_cache(maxsize=4)
def _other_lines(one: This[Protocol], other: This[Protocol]) -> frozenset[str]:
    versions = one.one, other.one
    both = versions[0].items.keys() & versions[1].items.keys()
    return frozenset(name for name in both if len({_line(version, name) for version in versions}) > 1)


def _line(version: Protocol, name: str) -> str | None:
    """The item that says up to when the list is complete, or how old the word for it may be; None without a line."""
    complete = version.items[name].complete
    return None if complete is None else complete.to or f"within {complete.within_days} days"


def _told_apart(
    formula: Formula, versions: tuple[Protocol, Protocol], other: frozenset[str], moments: frozenset[str]
) -> Formula:
    match formula:
        case Atom(form=form, version=version):
            lists = sorted({one.list for one in walk(form) if isinstance(one, AnyEvent | Count)} & other)
            lines = tuple(line for name in lists if (line := _line(versions[version], name)) is not None)
            bounds = tuple(
                f"{name} of {_bounds(versions[version].moments[name])}" for name in sorted(_hangs_on(formula) & moments)
            )
            return evolve(formula, complete_by=lines, bounds=bounds) if lines or bounds else formula
        case Negated(inside=inside):
            return Negated(_told_apart(inside, versions, other, moments))
        case Joined(count=count, parts=parts):
            return Joined(count, tuple(_told_apart(part, versions, other, moments) for part in parts))
        case Fixed():
            return formula


def _hangs_on(atom: Atom) -> set[str]:
    """The moments that it names, and the one at which it looks for readings or events."""
    return asked_at((atom,)) | {node.name for node in walk(atom.form) if isinstance(node, MomentOf)}


def _searches(formula: Formula) -> dict[Atom, None]:
    return dict.fromkeys(atom for atom in atoms(formula) if isinstance(atom.form, AnyEvent))


def _search_alike(one: Atom, other: Atom, same: Callable[[Formula, Formula], bool]) -> bool:
    a, b = one.condition, other.condition
    if not isinstance(a, AnyEvent) or not isinstance(b, AnyEvent) or a.where is None or b.where is None:
        return False
    here = (a.list, a.other, one.moment, one.judged, one.complete_by, one.bounds)
    if here != (b.list, b.other, other.moment, other.judged, other.complete_by, other.bounds):
        return False
    by = (ReadAs(atom.version, atom.moment, atom.judged, a.list) for atom in (one, other))
    if same(of_condition(a.where, next(by)), of_condition(b.where, next(by))):
        return True
    # Conditions that only events tell apart which begin after the last day that is looked at are alike as well.
    return not (a.other or b.other) and same(of_one_event(one), of_one_event(other))


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
