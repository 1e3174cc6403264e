"""What clauses do to a verdict, as formulas of three-valued logic over atoms that only the interpreter can look into.

Clearing is true, barring false and open unknown, so a verdict is the conjunction of what its clauses come to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias, assert_never

from attrs import evolve, field, frozen

from protocol_dsl.amend.normal import normal, opposite
from protocol_dsl.amend.this import This, inside
from protocol_dsl.base.truth import Truth, at_least, negate
from protocol_dsl.model.condition import AnyEvent, AtLeast, Both, Condition, Count, Either, Judged, Not
from protocol_dsl.model.protocol import Clause, Effect
from protocol_dsl.model.walk import walk


@frozen
class ReadAs:
    """How conditions are read: at which moment, by which of the two versions (0 or 1), and of which list's event.

    `judged` is the id under which a person judges the whole of a criterion.
    """

    version: int
    moment: str | None
    judged: str
    of_list: str = ""


class Role(StrEnum):
    """What an atom is: a condition, or what goes with looking for an event in a list."""

    CONDITION = "condition"
    BEGUN = "begun"
    OPEN = "open"


@frozen(cache_hash=True)
class Atom:
    """A condition without logic of its own, in its one form, read as a clause reads it.

    `condition` is what is handed to the interpreter. With `of_list` it is asked of the one event of that list. An atom
    that is `begun` says whether that event is there and is looked at; one that is `open` is unknown where the list is
    not known to be complete, and else false. `complete_by` is the line of the file by which the list is complete, and
    `bounds` are those of its moments, where the versions do not have the same: then one form is not one question.
    """

    form: Condition
    moment: str | None
    judged: str
    of_list: str = ""
    role: Role = Role.CONDITION
    complete_by: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()
    condition: Condition = field(eq=False, kw_only=True)
    version: int = field(eq=False, kw_only=True)


@frozen
class Fixed:
    """Always the same."""

    truth: Truth


@frozen(cache_hash=True)
class Joined:
    """So many of the parts at least; all of them is `and`, one is `or`."""

    count: int
    parts: tuple[Formula, ...]


@frozen(cache_hash=True)
class Negated:
    """Not."""

    inside: Formula


Formula: TypeAlias = Atom | Fixed | Joined | Negated

TRUE = Fixed(Truth.TRUE)
FALSE = Fixed(Truth.FALSE)


def both(parts: tuple[Formula, ...]) -> Formula:
    """All of the parts."""
    return Joined(len(parts), parts)


def clearing(clause: Clause, version: int, alias: str | None = None) -> Formula:
    """Whether a clause clears. `alias` is the id by which its judgements are told apart from others'."""
    return _clearing(This(clause), version, alias or clause.id)


@lru_cache(maxsize=1 << 13)
def _clearing(this: This[Clause], version: int, alias: str) -> Formula:
    clause = this.one
    by = ReadAs(version, clause.moment, alias)
    body = of_condition(clause.condition, by)
    if clause.effect not in (Effect.INCLUSION, Effect.GATE):
        body = Negated(body)
    if clause.guard is None:
        return body
    # An unknown guard clears only what clears either way, which is what `or` says of unknown.
    return Joined(1, (Negated(of_condition(clause.guard, by)), body))


def of_condition(condition: Condition, by: ReadAs) -> Formula:
    """The logic of a condition, down to what is no logic."""
    match condition:
        case Both(parts=parts):
            return both(tuple(of_condition(part, by) for part in parts))
        case Either(parts=parts):
            return Joined(1, tuple(of_condition(part, by) for part in parts))
        case AtLeast(count=count, parts=parts):
            return Joined(count, tuple(of_condition(part, by) for part in parts))
        case Not(inside=inside):
            return Negated(of_condition(inside, by))
        case _:
            return _atom(condition, by)


def _atom(condition: Condition, by: ReadAs) -> Formula:
    form = normal(condition)
    negative = opposite(form)
    whole = any(isinstance(node, Judged) and not node.what for node in inside(form))
    judged = by.judged if whole else ""
    if isinstance(form, (Both, Either, AtLeast, Not)):  # what it is another spelling of has logic after all
        return of_condition(form, by)
    if type(negative) is type(form) and getattr(negative, "sign", "") < getattr(form, "sign", ""):
        return Negated(Atom(negative, by.moment, judged, by.of_list, condition=negative, version=by.version))
    return Atom(form, by.moment, judged, by.of_list, condition=condition, version=by.version)


# --- events -----------------------------------------------------------------------------------------------------------


def event_by_event(old: Formula, new: Formula) -> tuple[Formula, Formula, tuple[str, ...]]:
    """The formulas as they come out where no list holds more than one event; and the lists for which that is less.

    One event tells two questions apart if any list does, where each asks one thing of the list. Lists that are counted,
    or whose events are held against one another, are left as they are.
    """
    every = (*atoms(old), *atoms(new))
    left = {node.list for atom in every for node in walk(atom.form) if isinstance(node, Count)}
    left |= {node.list for atom in every for node in _nested(atom.form)}
    lone = {atom.form.list for atom in every if isinstance(atom.form, AnyEvent)} - left
    several = tuple(sorted(name for name in lone if max(_asks(old, name), _asks(new, name)) > 1))
    return _seen_through(old, lone), _seen_through(new, lone), several


def _nested(form: Condition) -> Iterator[AnyEvent]:
    """The looking for events that is more than an atom by itself, or has another inside."""
    found = [node for node in walk(form) if isinstance(node, AnyEvent)]
    besides = any(getattr(node, "other", False) for node in found)  # held against an event that is looked at
    if not isinstance(form, AnyEvent) or len(found) > 1 or besides:
        yield from found


def _asks(formula: Formula, name: str) -> int:
    """How many different things a formula asks of a list."""
    return len({atom.form for atom in atoms(formula) if isinstance(atom.form, AnyEvent) and atom.form.list == name})


def _seen_through(formula: Formula, lone: set[str]) -> Formula:
    match formula:
        case Atom(form=AnyEvent(list=name)) if name in lone:
            return of_one_event(formula)
        case Negated(inside=inside):
            return Negated(_seen_through(inside, lone))
        case Joined(count=count, parts=parts):
            return Joined(count, tuple(_seen_through(part, lone) for part in parts))
        case _:
            return formula


def of_one_event(atom: Atom) -> Formula:
    """The one event is there, is looked at and is such a one; or the list is open, and nobody knows."""
    found = atom.condition
    if not isinstance(found, AnyEvent):
        return atom
    begun, is_open = (evolve(atom, of_list=found.list, role=role) for role in (Role.BEGUN, Role.OPEN))
    parts: tuple[Formula, ...] = (begun,)
    if found.where is not None:
        by = ReadAs(atom.version, atom.moment, atom.judged, found.list)
        parts = (begun, of_condition(found.where, by))
    return Joined(1, (both(parts), is_open))


def atoms(formula: Formula) -> Iterator[Atom]:
    """The atoms of a formula, as often as they stand in it."""
    match formula:
        case Atom():
            yield formula
        case Negated(inside=inside):
            yield from atoms(inside)
        case Joined(parts=parts):
            for part in parts:
                yield from atoms(part)
        case Fixed():
            return
        case _:
            assert_never(formula)


Said: TypeAlias = list[Truth | None]
Reading: TypeAlias = Callable[[Said], Truth | None]


def reading(formula: Formula, index: Mapping[Atom, int]) -> Reading:
    """What a formula comes to, from the truths of its atoms by their number.

    None where atoms of which nothing is said yet can still decide it.
    """
    match formula:
        case Fixed(truth=truth):
            return lambda _: truth
        case Atom():
            number = index[formula]
            return lambda said: said[number]
        case Negated(inside=inside):
            return _negated(reading(inside, index))
        case Joined(count=count, parts=parts):
            each = tuple(reading(part, index) for part in parts)
            if count == len(parts):
                return _joined(each, Truth.FALSE, Truth.TRUE)
            return _joined(each, Truth.TRUE, Truth.FALSE) if count == 1 else _counted(each, count)
        case _:
            assert_never(formula)


def _negated(inside: Reading) -> Reading:
    def read(said: Said) -> Truth | None:
        found = inside(said)
        return None if found is None else negate(found)

    return read


def _joined(each: tuple[Reading, ...], decisive: Truth, neutral: Truth) -> Reading:
    """`and`, which one false part decides, or `or`, which one true part does."""

    def read(said: Said) -> Truth | None:
        found: Truth | None = neutral
        for part in each:
            truth = part(said)
            if truth is decisive:
                return decisive
            if truth is None:
                found = None
            elif truth is Truth.UNKNOWN and found is neutral:
                found = Truth.UNKNOWN
        return found

    return read


def _counted(each: tuple[Reading, ...], count: int) -> Reading:
    """So many at least: settled where whatever is not said yet comes to the same."""

    def read(said: Said) -> Truth | None:
        return _joined_of(count, [part(said) for part in each])

    return read


def truth_of(formula: Formula, said: Mapping[Atom, Truth]) -> Truth | None:
    """What a formula comes to; None where it hangs on atoms of which nothing is said."""
    match formula:
        case Atom():
            return said.get(formula)
        case Negated(inside=inside):
            one = truth_of(inside, said)
            return None if one is None else negate(one)
        case Joined(count=count, parts=parts):
            return _joined_of(count, [truth_of(part, said) for part in parts])
        case Fixed(truth=truth):
            return truth
        case _:
            assert_never(formula)


def _joined_of(count: int, found: list[Truth | None]) -> Truth | None:
    """So many at least: settled where whatever is not said yet comes to the same."""
    if None not in found:
        return at_least(count, [one for one in found if one is not None])
    known = [one for one in found if one is not None]
    rest = len(found) - len(known)
    ends = {at_least(count, [*known, *[end] * rest]) for end in (Truth.TRUE, Truth.FALSE)}
    return ends.pop() if len(ends) == 1 else None
