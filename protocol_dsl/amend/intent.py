"""What an amendment says it does, held against what it does."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from protocol_dsl.amend.change import ClauseChange, Diff, Kind
from protocol_dsl.amend.pairing import same_rule
from protocol_dsl.model.protocol import Amendment

_HELD = {
    "adds": frozenset({Kind.ADDED}),
    "removes": frozenset({Kind.REMOVED}),
    "rewords": frozenset({Kind.WORDING, Kind.RENAMED, Kind.SAME, Kind.NO_EFFECT}),
}
_WAYS = {"loosens": True, "tightens": False}
"""Whether something is gained by what is stated; a clause that is stated in both ways does both."""
_DIRECTED = frozenset({Kind.LOOSENED, Kind.TIGHTENED, Kind.BOTH, Kind.MISSING})
_IMPACT = {
    "safety": "safety or rights of the participants",
    "data": "reliability and robustness of the data",
}
_SILENT = frozenset({Kind.WORDING, Kind.RENAMED, Kind.SAME})
"""What `changes nothing else` covers without a word: the meaning is the same."""
_SECTIONS = {"definitions": "define", "records": "data", "sets": "define"}
_CLAUSES = {"gates": "gates", "dlt": "dlt", "stopping": "stopping", "modifications": "modifications"}
_READ_BY = frozenset({"data", "moments"})
"""By what a clause that says the same may come to something else: where that is stated, so is the clause."""
_UNSAID = frozenset({"header"})
"""What says nothing of patients: a title, a sponsor, a phase, a number of a registry."""


@frozen
class Held:
    """Whether the stated intent is what was found; a line for each statement, and for each change that none states.

    `primary` is the primary reason, and `details` are all amendment details of ICH M11 that are stated, by name.
    """

    matched: bool
    reason: str = ""
    lines: tuple[str, ...] = ()
    primary: str = ""
    details: tuple[tuple[str, str], ...] = ()


def held(amendment: Amendment | None, found: Diff) -> Held | None:
    """The stated intent against the computed difference; None where nothing is stated."""
    if amendment is None:
        return None
    judged = [*_of_clauses(amendment, found), *_of_parts(amendment, found)]
    if amendment.nothing_else:
        judged += _besides(amendment, found)
    judged += [(False, one.message) for one in (*found.problems, *found.defects)]
    lines = tuple(line for _, line in judged)
    return Held(all(good for good, _ in judged), amendment.reason, lines, amendment.primary, tuple(_details(amendment)))


def _details(amendment: Amendment) -> Iterator[tuple[str, str]]:
    """The amendment details of ICH M11 that are stated, in the order of its title page."""
    if amendment.scope:
        places = f"{amendment.scope} {', '.join(amendment.places)}"
        yield "Amendment scope", "global" if amendment.scope == "global" else f"not global: {places}"
    if amendment.primary:
        yield "Primary reason for amendment", amendment.primary
    if amendment.secondary:
        yield "Other reasons for amendment", "; ".join(amendment.secondary)
    if amendment.summary:
        yield "Amendment summary", amendment.summary
    if amendment.substantial is not None:
        for name, on in _IMPACT.items():
            yield f"Substantial impact likely on the {on}", "yes" if name in amendment.substantial else "no"


def _of_clauses(amendment: Amendment, found: Diff) -> Iterator[tuple[bool, str]]:
    changes = {change.id: change for change in found.clauses}
    ways: dict[str, set[bool]] = {}
    for intent in amendment.intents:
        for name in intent.ids if intent.what in _WAYS else ():
            ways.setdefault(name, set()).add(_WAYS[intent.what])
    for intent in amendment.intents:
        for name in intent.ids:
            yield _one(intent.what, name, changes.get(name), ways.get(name, set()))


def _one(what: str, name: str, change: ClauseChange | None, ways: set[bool]) -> tuple[bool, str]:
    """Whether a clause does what is stated of it; `ways` are those in which it is stated to change."""
    if change is None:
        return False, f"{what} {name}: not so, it is unchanged"
    if what in _WAYS:
        return _in_a_way(what, name, change, ways)
    if change.kind in _HELD[what]:
        rest = ", and has no effect in context" if change.kind is Kind.NO_EFFECT else ""
        return True, f"{what} {name}: so it does{rest}"
    return False, f"{what} {name}: not so, it is {change.kind}"


def _in_a_way(what: str, name: str, change: ClauseChange, ways: set[bool]) -> tuple[bool, str]:
    if change.kind is Kind.NO_EFFECT:
        return False, f"{what} {name}: it has no effect in context"
    does = _does(change) if change.kind in _DIRECTED else set()
    if _WAYS[what] not in does or does - ways:
        return False, f"{what} {name}: not so, it is {change.kind}"
    if not change.proved and ways != {True, False}:
        return False, f"{what} {name}: it does, but that it does nothing else is not shown ({'; '.join(change.loose)})"
    return True, f"{what} {name}: so it does{', where something is missing' if change.kind is Kind.MISSING else ''}"


def _does(change: ClauseChange) -> set[bool]:
    """The ways in which a clause changes, on records in which nothing is missing unless it changes no such record."""
    return {one.gained for one in change.witnesses if one.whole or change.kind is Kind.MISSING}


def _of_parts(amendment: Amendment, found: Diff) -> Iterator[tuple[bool, str]]:
    changed = _parts_changed(found)
    for part in amendment.parts:
        yield (
            part in changed,
            f"changes {part}: {'so it does' if part in changed else 'not so, nothing there is changed'}",
        )


def _parts_changed(found: Diff) -> dict[str, str]:
    """The parts that differ, each with what in it does."""
    parts = _without_clauses(found, frozenset())
    for change in found.clauses:
        if change.part in _CLAUSES and change.kind not in _SILENT:
            parts.setdefault(_CLAUSES[change.part], f"{change.id} {change.kind}")
    return parts


def _without_clauses(found: Diff, come_and_gone: frozenset[str]) -> dict[str, str]:
    """The parts in which something differs besides when clauses are met; what is done by some is told with them."""
    parts: dict[str, str] = {}
    for one in found.said:
        with_it = one.section == "modifications" and one.name in come_and_gone
        if one.section not in _UNSAID and one.kind != Kind.SAME and not with_it:
            parts.setdefault(_SECTIONS.get(one.section, one.section), f"{one.name} {one.kind}")
    escalation = found.escalation
    if escalation is not None and (escalation.departure is not None or not escalation.complete):
        parts.setdefault("escalation", "the moves are others" if escalation.departure else escalation.why)
    return parts


def _says_the_same(change: ClauseChange) -> bool:
    """Whether a clause has one rule in both versions, which only reads what is declared otherwise."""
    return change.old is not None and change.new is not None and same_rule(change.old, change.new)


def _besides(amendment: Amendment, found: Diff) -> Iterator[tuple[bool, str]]:
    """Everything that was found and is not stated; wording aside."""
    named = {name for intent in amendment.intents for name in intent.ids}
    gone = {change.id for change in found.clauses if change.kind in (Kind.ADDED, Kind.REMOVED)}
    read_by = {_SECTIONS.get(one.section, one.section) for one in found.said} & _READ_BY
    for change in found.clauses:
        stated = change.id in named or _CLAUSES.get(change.part) in amendment.parts
        stated = stated or (_says_the_same(change) and bool(read_by) and read_by <= set(amendment.parts))
        if not stated and change.kind not in _SILENT:
            yield False, f"changes nothing else: not so, {change.id} is {change.kind}"
    for part, what in _without_clauses(found, frozenset(gone)).items():
        if part not in amendment.parts:
            yield False, f"changes nothing else: not so, {part} is changed ({what})"
