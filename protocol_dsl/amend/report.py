"""A difference as it is told: lines for a person, data for a program, and the table for an ethics committee."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from protocol_dsl.amend.change import ClauseChange, Diff, Escalation, Kind, Patients, Whole, Witness
from protocol_dsl.amend.intent import Held
from protocol_dsl.amend.monitored import told_trial
from protocol_dsl.amend.witnessed import as_data, told
from protocol_dsl.base.sheet import Sheet
from protocol_dsl.model.protocol import Clause, Protocol
from protocol_dsl.model.words import words

PARTS = {
    "criteria": "criteria",
    "gates": "gates",
    "dlt": "DLT clauses",
    "stopping": "stopping rules",
    "modifications": "modifications",
}
_FAR = {True: "gained", False: "lost"}


def lines(found: Diff, protocol: Protocol, held: Held | None = None) -> Iterator[str]:
    """What a person reads, a line each."""
    yield f"{found.old} -> {found.new}"
    yield ""
    if found.empty:
        yield "no difference"
        return
    yield from _whole(found.whole, protocol)
    for part, name in PARTS.items():
        changes = [change for change in found.clauses if change.part == part]
        if changes:
            yield ""
            yield name
            for change in changes:
                yield from _clause(change, protocol)
    yield from _elsewhere(found)
    yield from _escalated(found.escalation)
    if held is not None:
        yield from _intended(held)
    yield ""
    unchanged = len(found.unchanged)
    yield f"{unchanged} clause{'s' * (unchanged != 1)} unchanged; every record shown was read under both versions"


def _whole(whole: Whole, protocol: Protocol) -> Iterator[str]:
    words = {None: "the same patients", Kind.NO_EFFECT: "the same patients"}
    yield f"who is eligible: {words.get(whole.kind, whole.kind)}{_unproved(whole)}"
    yield from _region(whole)
    yield from _witnesses(whole.witnesses, protocol)


def _unproved(one: Whole | ClauseChange) -> str:
    """What a class does not say for certain, and why."""
    if one.proved or one.kind is None:
        return ""
    why = "; ".join(one.loose)
    if one.kind is Kind.UNDECIDED:
        return f" ({one.records} records show no difference in full, but not covered: {why})"
    return f" (what is shown is certain, that there is no more is not: {why})"


def _region(one: Whole | ClauseChange) -> Iterator[str]:
    """Where a question is open, the largest region that was looked through."""
    if one.kind is Kind.UNDECIDED and one.looked:
        yield f"  looked through  {'; '.join(one.looked)}"


def _clause(change: ClauseChange, protocol: Protocol) -> Iterator[str]:
    before = f", was {change.old.id}" if change.old is not None and change.old.id != change.id else ""
    guessed = f" (paired by likeness: {change.guessed})" if change.guessed else ""
    clause = change.new or change.old
    wording = "" if clause is None else f' "{clause.wording}"'
    yield f"  {change.id}{before}  {change.kind}{_beside(change)}{_unproved(change)}{guessed}{wording}"
    if change.kind is Kind.WORDING and change.old is not None:
        yield f'      was worded "{change.old.wording}"'
    yield from (f"      {note}" for note in change.notes)
    yield from (f"    {line}" for line in (*_region(change), *_witnesses(change.witnesses, protocol)))


def _beside(change: ClauseChange) -> str:
    reworded = ", reworded" if change.reworded and change.kind is not Kind.WORDING else ""
    context = ", with no effect in context" if change.in_context is False and change.kind is not Kind.NO_EFFECT else ""
    return reworded + context


def _witnesses(witnesses: tuple[Witness, ...], protocol: Protocol) -> Iterator[str]:
    """One for each direction; with something missing only where nothing else shows the direction."""
    shown = {one.gained for one in witnesses if one.whole}
    for one in witnesses:
        if one.whole or one.gained not in shown:
            yield f"  {_FAR[one.gained]:<6}  {_shown(one, protocol)}: {one.old} -> {one.new}"


def _shown(one: Witness, protocol: Protocol) -> str:
    """What a record, or a trial, is that the versions judge differently."""
    return told_trial(one.trial, protocol) if one.trial else told(one, protocol)


def _elsewhere(found: Diff) -> Iterator[str]:
    if found.said:
        yield ""
        yield "elsewhere"
    for one in found.said:
        yield f"  {one.section}: {one.name} {one.kind}"
        if one.old is not None:
            yield f"      was {one.old}"
        if one.new is not None:
            yield f"      is  {one.new}"
        if one.shown:
            yield f"      {one.shown}"


def _escalated(one: Escalation | None) -> Iterator[str]:
    if one is None:
        return
    yield ""
    if one.departure is not None:
        after = f"after {one.departure.told}" if one.departure.history else "at the start"
        yield f"escalation: another {after}"
        yield f"      was {one.departure.old}"
        yield f"      is  {one.departure.new}"
    elif not one.complete:
        yield f"escalation: undecided, {one.why}"
    else:
        yield "escalation: the same moves" + (f" in all {one.states} states" if one.states else "")


def _intended(held: Held) -> Iterator[str]:
    yield ""
    yield f"stated intent: {'matched' if held.matched else 'not matched'}"
    yield from (f"  {line}" for line in held.lines)
    if held.details:
        yield ""
        yield "amendment details"
        yield from (f"  {name}: {text}" for name, text in held.details)


# --- as data ----------------------------------------------------------------------------------------------------------


def to_json(found: Diff, protocol: Protocol, held: Held | None = None) -> dict[str, Any]:
    """The difference with the keys that other tools read."""
    data: dict[str, Any] = {
        "old": found.old,
        "new": found.new,
        "clauses": [_clause_data(one, found, protocol) for one in found.clauses],
        "whole": {
            "class": None if found.whole.kind is None else found.whole.kind.value,
            "proved": found.whole.proved,
            "not_covered": list(found.whole.loose),
            "records": found.whole.records,
            "looked_through": list(found.whole.looked),
            "witnesses": [_witness_data(one, found, protocol) for one in found.whole.witnesses],
        },
        "escalation": _escalation_data(found.escalation),
        "elsewhere": [
            {"section": one.section, "name": one.name, "class": one.kind, "old": one.old, "new": one.new}
            | ({"shown": one.shown} if one.shown else {})
            for one in found.said
        ],
        "unchanged": list(found.unchanged),
        "defects": [one.message for one in found.defects],
        "problems": [one.message for one in found.problems],
    }
    if held is not None:
        data["intent"] = {"matched": held.matched, "reason": held.reason, "lines": list(held.lines)}
        data["amendment"] = {"primary_reason": held.primary or None, "details": dict(held.details)}
    return data


def _clause_data(one: ClauseChange, found: Diff, protocol: Protocol) -> dict[str, Any]:
    return {
        "id": one.id,
        "class": one.kind.value,
        "part": one.part,
        "old_id": None if one.old is None else one.old.id,
        "reworded": one.reworded,
        "proved": one.proved,
        "not_covered": list(one.loose),
        "records": one.records,
        "looked_through": list(one.looked),
        "in_context": one.in_context,
        "guessed": one.guessed or None,
        **({"notes": list(one.notes)} if one.notes else {}),
        "witnesses": [_witness_data(witness, found, protocol) for witness in one.witnesses],
    }


def _witness_data(one: Witness, found: Diff, protocol: Protocol) -> dict[str, Any]:
    return {
        "direction": one.direction,
        "whole": one.whole,
        "old": one.old,
        "new": one.new,
        "differs_in": _shown(one, protocol),
        "record": as_data(one.record, one.as_of or found.as_of, protocol),
        **({"trial": [_patients_data(some, found, protocol) for some in one.trial]} if one.trial else {}),
    }


def _patients_data(some: Patients, found: Diff, protocol: Protocol) -> dict[str, Any]:
    return {
        "patients": some.number,
        "dlt": some.dlt or None,
        "old": some.counted[0] or None,
        "new": some.counted[1] or None,
        "record": as_data(some.record, found.as_of, protocol),
    }


def _escalation_data(one: Escalation | None) -> list[dict[str, Any]]:
    if one is None or (one.departure is None and one.complete):
        return []
    gone = one.departure
    return [
        {
            "class": "undecided" if gone is None else "changed",
            "history": None if gone is None else gone.history,
            **({"counts": {name: list(numbers) for name, numbers in gone.counts}} if gone and gone.counts else {}),
            "old": None if gone is None else gone.old,
            "new": None if gone is None else gone.new,
            "states": one.states,
            "why": one.why,
        }
    ]


# --- the summary of changes -------------------------------------------------------------------------------------------


_IN_ALL = {Kind.BOTH: "both loosened and tightened", Kind.NO_EFFECT: "no difference"}


def summary(found: Diff, protocol: Protocol, held: Held | None = None) -> Sheet:
    """The table of changes that goes with an amendment: what was, what is, what it does, and why."""
    reason = "" if held is None else held.primary or held.reason
    rows = [_clause_row(one, protocol, reason) for one in found.clauses]
    rows += [(one.section, one.name, one.old or "", one.new or "", one.kind, reason) for one in found.said]
    gone = None if found.escalation is None else found.escalation.departure
    if gone is not None:
        rows.append(("escalation", f"after {gone.told}", gone.old, gone.new, "changed", reason))
    whole = _IN_ALL.get(found.whole.kind, found.whole.kind) if found.whole.kind else "no difference"
    notes = (
        *(f"{name}: {text}." for name, text in (() if held is None else held.details)),
        *((f"Rationale: {held.reason}.",) if held is not None and held.primary and held.reason else ()),
        f"Who is eligible: {whole}.",
        "The classes rest on records that both versions were run on; `protocol diff` shows them.",
    )
    return Sheet(
        f"Summary of changes, {found.old} to {found.new}",
        ("Section", "Change", "Was", "Is", "What it does", "Primary reason"),
        tuple(rows),
        notes,
    )


def _clause_row(one: ClauseChange, protocol: Protocol, reason: str) -> tuple[str, ...]:
    effect = "; ".join((f"{one.kind}{_beside(one)}{_as_for(one, protocol)}", *one.notes))
    was, now = (_told_side(side, one, protocol) for side in (one.old, one.new))
    if one.kind is Kind.UNDECIDED:
        effect += f", by {one.records} records: {'; '.join(one.looked) or 'none could be told apart'}"
    before = f" (was {one.old.id})" if one.old is not None and one.old.id != one.id else ""
    return PARTS[one.part], f"{one.id}{before}", was, now, effect, reason


def _as_for(one: ClauseChange, protocol: Protocol) -> str:
    """A record that shows it; one with something missing only where nothing else does."""
    shown = next((witness for whole in (True, False) for witness in one.witnesses if witness.whole is whole), None)
    if shown is None:
        return ""
    alone = "; by itself it differs for" if one.kind is Kind.NO_EFFECT else ", as for"
    return f"{alone} {_shown(shown, protocol)}"


_SAME_RULE = frozenset({Kind.WORDING, Kind.RENAMED})


def _told_side(side: Clause | None, one: ClauseChange, protocol: Protocol) -> str:
    """The wording, and the rule below it where that is not the same in both."""
    if side is None or one.kind in _SAME_RULE:
        return "" if side is None else side.wording
    rule = words(side.condition, protocol.items)
    guard = "" if side.guard is None else f", applies when {words(side.guard, protocol.items)}"
    return f"{side.wording}: {rule}{guard}" if side.wording else f"{rule}{guard}"
