"""Which clause of the newer version is which of the older: by id, by `renamed from`, or by likeness, said aloud."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from attrs import evolve, frozen

from protocol_dsl.amend.normal import normal
from protocol_dsl.amend.this import This
from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Clause, Protocol

_ALIKE = 0.75
"""Wordings that share so much of their letters may be one clause's (the ratio of `difflib`)."""


@frozen
class Section:
    """The clauses of a part of a protocol, by what the part is called."""

    part: str
    clauses: tuple[Clause, ...]


@frozen
class Pair:
    """A clause in both versions, or in one of them; `guessed` says why they were taken for one."""

    part: str
    old: Clause | None
    new: Clause | None
    guessed: str = ""

    @property
    def id(self) -> str:
        """The id in the newer version, or the one it had."""
        clause = self.new or self.old
        return "" if clause is None else clause.id


def sections(protocol: Protocol) -> tuple[Section, ...]:
    """The parts of a protocol that hold clauses."""
    return (
        Section("criteria", protocol.criteria),
        Section("gates", tuple(clause for gate in protocol.gates for clause in gate.clauses)),
        Section("dlt", () if protocol.dlt is None else protocol.dlt.clauses),
        Section("stopping", protocol.stopping),
        Section("modifications", tuple(one.clause for one in protocol.modifications)),
    )


def meaning(clause: Clause) -> object:
    """What a clause says in its one form, whatever its id and wording."""
    return _meaning(This(clause))


@lru_cache(maxsize=1 << 13)
def _meaning(this: This[Clause]) -> object:
    clause = this.one
    guard = None if clause.guard is None else normal(clause.guard)
    return clause.effect, clause.moment, guard, normal(clause.condition), clause.then


def same_rule(one: Clause, other: Clause) -> bool:
    """Whether two clauses say the same, by their form; most that do are written alike."""
    alike = (one.effect, one.moment, one.guard, one.condition, one.then)
    return alike == (other.effect, other.moment, other.guard, other.condition, other.then) or (
        meaning(one) == meaning(other)
    )


def pairs(old: Protocol, new: Protocol) -> tuple[Pair, ...]:
    """Every clause of either version once: in the order of the newer, then those that it no longer has."""
    found: list[Pair] = []
    for before, after in zip(sections(old), sections(new), strict=True):
        found.extend(_paired(before.part, before.clauses, after.clauses))
    return tuple(found)


def unheard_of(old: Protocol, new: Protocol) -> Iterator[Diagnostic]:
    """Clauses that say they had an id which the older version does not have there, or which another took over."""
    elsewhere = {clause.id: section.part for section in sections(old) for clause in section.clauses}
    for before, after in zip(sections(old), sections(new), strict=True):
        there = {clause.id for clause in before.clauses}
        taken: dict[str, str] = {}
        for clause in after.clauses:
            was = clause.renamed_from
            if was is None:
                continue
            if was not in there:
                place = f"{was} only among the {elsewhere[was]}" if was in elsewhere else f"no {was}"
                near = nearest(was, there)
                cure = f"`{near}` is near" if near and was not in elsewhere else "name the id that it had, or none"
                yield _unheard(clause, f"the older version has {place}", cure)
            elif was in taken:
                yield _unheard(
                    clause, f"{taken[was]} is renamed from {was} already", "an id can go over to one clause only"
                )
            else:
                taken[was] = clause.id


def _unheard(clause: Clause, why: str, cure: str) -> Diagnostic:
    message = f"{clause.id} is renamed from {clause.renamed_from}, and {why}"
    return Diagnostic("PD605", Severity.ERROR, message, Label(clause.span), help=cure)


def _paired(part: str, old: tuple[Clause, ...], new: tuple[Clause, ...]) -> Iterator[Pair]:
    left = {clause.id: clause for clause in old}
    by_new: dict[str, Pair] = {}
    for clause in new:
        before = left.pop(clause.renamed_from, None) if clause.renamed_from is not None else None
        if before is not None:
            by_new[clause.id] = Pair(part, before, clause)
    for clause in new:
        if clause.id not in by_new and clause.id in left and left[clause.id].effect is clause.effect:
            by_new[clause.id] = Pair(part, left.pop(clause.id), clause)
    for clause in new:
        if clause.id not in by_new:  # one that says what it was called is not guessed to be another
            guessed = clause.renamed_from is None
            by_new[clause.id] = _likely(part, clause, left) if guessed else Pair(part, None, clause)
    yield from (by_new[clause.id] for clause in new)
    yield from (Pair(part, clause, None) for clause in left.values())


def _likely(part: str, clause: Clause, left: dict[str, Clause]) -> Pair:
    """The clause with the likeliest of those that are left, if one is likely at all."""
    for before in left.values():
        if same_rule(before, clause):
            return Pair(part, left.pop(before.id), clause, f"{before.id} has the same rule")
    alike = {one.id: _likeness(one.wording, clause.wording) for one in left.values() if one.effect is clause.effect}
    best = max(alike, key=lambda name: alike[name], default=None)
    if best is None or alike[best] < _ALIKE:
        return Pair(part, None, clause)
    return Pair(part, left.pop(best), clause, f"{best} is worded much like it")


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio() if one and other else 0.0


def turned(pair: Pair) -> Pair:
    """The same pair, the versions changed round."""
    return evolve(pair, old=pair.new, new=pair.old)
