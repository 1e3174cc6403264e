"""A verdict in words: what bars or is open and why, what would settle it, which policies were used.

It quotes facts and limits; it never says how a measured value might be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from attrs import evolve, frozen

from protocol_dsl.base.display import safe
from protocol_dsl.base.version import __version__
from protocol_dsl.evaluate.decide import (
    ClauseDecision,
    Decision,
    GateDecision,
    Passage,
    Standing,
    Status,
    Verdict,
    environment,
)
from protocol_dsl.evaluate.environment import Finding
from protocol_dsl.evaluate.explained import as_json
from protocol_dsl.evaluate.gaps import gaps
from protocol_dsl.evaluate.leaves import brief
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.evaluate.quoting import Sight, listed, option_words
from protocol_dsl.evaluate.settle import settling_sets, sooner
from protocol_dsl.evaluate.telling import lines
from protocol_dsl.evaluate.used import policies_used
from protocol_dsl.model.protocol import Note, Protocol
from protocol_dsl.model.record import Record

_WAYS_SHOWN = 4
_DIGITS = 8
_ORDER = (Standing.BARS, Standing.OPEN, Standing.CLEARS)


@frozen
class ClauseAccount:
    """What is told of one clause."""

    id: str
    wording: str
    standing: Standing
    lines: tuple[str, ...]


@frozen
class GateAccount:
    """What is told of one gate at one dose, every line safe to show."""

    verdict: str
    clauses: tuple[ClauseAccount, ...]
    closing: tuple[str, ...]


@frozen
class Account:
    """An explanation by its parts, every line safe to show: the verdict, the clauses, what closes it, what signs it."""

    verdict: str
    clauses: tuple[ClauseAccount, ...]
    closing: tuple[str, ...]
    signature: str
    gates: tuple[GateAccount, ...] = ()

    def __str__(self) -> str:
        told = list(_block(self))
        told += [line for gate in self.gates for line in _block(gate)]
        return "\n".join((*told, self.signature, ""))


def _block(told: Account | GateAccount) -> Iterator[str]:
    yield told.verdict
    width = max((len(one.id) for one in told.clauses), default=0)
    for one in told.clauses:
        yield f"  {one.id.ljust(width)} {one.wording}"
        yield from (f"  {' ' * width} {line}" for line in one.lines)
    yield from (f"  {line}" for line in told.closing)


def account(  # noqa: PLR0913 - the face of explanations
    protocol: Protocol,
    record: Record,
    decision: Decision,
    *,
    rules: str = "",
    inputs: str = "",
    full: bool = False,
    gates: Iterable[GateDecision] = (),
) -> str:
    """The explanation as text, ending in a line end.

    `rules` and `inputs` are the digests of the protocol and of the record; `full` tells of the clauses that clear too;
    `gates` are told after the verdict.
    """
    return str(accounted(protocol, record, decision, rules=rules, inputs=inputs, full=full, gates=gates))


def accounted(  # noqa: PLR0913 - as above
    protocol: Protocol,
    record: Record,
    decision: Decision,
    *,
    rules: str = "",
    inputs: str = "",
    full: bool = False,
    gates: Iterable[GateDecision] = (),
) -> Account:
    """The explanation by its parts."""
    return Account(
        safe(headline(decision)),
        _clauses(protocol, record, decision, full=full),
        tuple(safe(line) for line in _closing(protocol, record, decision)),
        safe(_signature(protocol, decision, rules, inputs)),
        tuple(_gate(protocol, record, decision, one, full=full) for one in gates),
    )


def _clauses(protocol: Protocol, record: Record, decision: Decision, *, full: bool) -> tuple[ClauseAccount, ...]:
    told = _ORDER if full else _ORDER[:2]
    shown = (one for standing in told for one in decision.clauses if one.standing is standing)
    return tuple(_clause(protocol, record, decision, one) for one in shown)


def as_html(  # noqa: PLR0913 - as above
    protocol: Protocol,
    record: Record,
    decision: Decision,
    *,
    rules: str = "",
    inputs: str = "",
    gates: Iterable[GateDecision] = (),
) -> str:
    """The explanation for a notebook; everything from the protocol and the record is escaped."""
    told = accounted(protocol, record, decision, rules=rules, inputs=inputs, gates=gates)
    blocks = _html(told) + "".join(_html(gate) for gate in told.gates)
    return f'<div class="protocol-account">{blocks}<small>{escape(told.signature)}</small></div>'


def _html(told: Account | GateAccount) -> str:
    rows = "".join(_row(one) for one in told.clauses)
    closing = "".join(f"<div>{escape(line)}</div>" for line in told.closing)
    return f"<strong>{escape(told.verdict)}</strong><table>{rows}</table>{closing}"


def _row(one: ClauseAccount) -> str:
    told = "".join(f"<div>{escape(line).replace('  ', '&emsp;')}</div>" for line in one.lines)
    style = 'style="text-align:left;vertical-align:top"'
    return f"<tr><th {style}>{escape(one.id)}</th><td {style}><em>{escape(one.wording)}</em>{told}</td></tr>"


# --- the verdict --------------------------------------------------------------------------------------------------

_VERDICTS = {
    Verdict.ELIGIBLE: "eligible",
    Verdict.INELIGIBLE: "not eligible",
    Verdict.UNDETERMINED: "undetermined",
}


def headline(decision: Decision) -> str:
    """`not eligible: E02 bars, I07 is open`."""
    told = _standing(decision.clauses, decision.incomplete if decision.verdict is Verdict.UNDETERMINED else ())
    verdict = _VERDICTS[decision.verdict]
    return f"{verdict}: {told}" if told else verdict


def _standing(clauses: tuple[ClauseDecision, ...], incomplete: Iterable[Note]) -> str:
    """`E02 bars, I07 is open`; where neither does, what is not known in full."""
    by = {standing: [one.clause.id for one in clauses if one.standing is standing] for standing in Standing}
    bars, still_open = by[Standing.BARS], by[Standing.OPEN]
    told = []
    if bars:
        told.append(f"{listed(bars)} {'bars' if len(bars) == 1 else 'bar'}")
    if still_open:
        told.append(f"{listed(still_open)} {'is' if len(still_open) == 1 else 'are'} open")
    about = listed(dict.fromkeys(note.about for note in incomplete))
    if about and not told:
        told.append(f"nothing bars, but the criteria are not known in full ({about})")
    return ", ".join(told)


def _signature(protocol: Protocol, decision: Decision, rules: str, inputs: str) -> str:
    header = protocol.header
    parts = [f"{header.id} version {header.version}" if header.version else header.id]
    parts += [f"{name} {digest[:_DIGITS]}" for name, digest in (("rules", rules), ("inputs", inputs)) if digest]
    return ", ".join((*parts, f"engine {__version__}", f"as of {decision.as_of.isoformat()}"))


# --- gates --------------------------------------------------------------------------------------------------------


def _gate(protocol: Protocol, record: Record, decision: Decision, one: GateDecision, *, full: bool) -> GateAccount:
    """A gate on the day of a dose, told in the manner of a verdict."""
    at_dose = evolve(decision, clauses=one.clauses, moments=one.moments, incomplete=one.incomplete)
    day = one.moments[one.gate.moment]
    on = f"{'at' if one.day else 'on a day of'} {option_words(day, None)}"
    if day is ANYTHING:
        on = "on a day that is not known"
    told = _standing(one.clauses, one.incomplete if one.passage is Passage.UNDETERMINED else ())
    verdict = f'gate "{one.gate.label}" {on}: {one.passage}{f": {told}" if told else ""}'
    clauses = _clauses(protocol, record, at_dose, full=full)
    closing = [*_policies(protocol, one.clauses), *_not_in_full(one.incomplete)]
    return GateAccount(safe(verdict), clauses, tuple(safe(line) for line in closing))


# --- one clause ---------------------------------------------------------------------------------------------------


def sight_of(protocol: Protocol, record: Record, decision: Decision, one: ClauseDecision) -> Sight:
    """What a clause was read against."""
    env = environment(protocol, record, decision.as_of, decision.moments, one.clause)
    moment = one.clause.moment if env.at is not None else None
    return Sight(env, moment or f"the as-of date {decision.as_of.isoformat()}")


def _clause(protocol: Protocol, record: Record, decision: Decision, one: ClauseDecision) -> ClauseAccount:
    sight = sight_of(protocol, record, decision, one)
    told = list(_reasons(one, sight))
    if one.standing is Standing.BARS:
        earliest = sooner(protocol, record, decision, one)
        if earliest is not None:
            later = " or later" if earliest.or_later else ""
            told.append(f"stops barring when {earliest.moment} is {earliest.day.isoformat()}{later}")
    return ClauseAccount(
        safe(one.clause.id), safe(one.clause.wording), one.standing, tuple(safe(line) for line in told)
    )


def _reasons(one: ClauseDecision, sight: Sight) -> Iterator[str]:
    """The guard where it is what is unknown, or why the clause does not apply; then the body."""
    guard = one.guard
    if one.status is Status.NOT_APPLICABLE and guard is not None:
        yield f"does not apply: {'; '.join(line.strip() for line in lines(guard, sight))}"
        return
    if one.standing is Standing.OPEN and guard is not None and gaps(guard):
        yield "whether it applies is unknown:"
        yield from (f"  {line}" for line in lines(guard, sight))
    yield from lines(one.body, sight)


# --- what closes it -----------------------------------------------------------------------------------------------


def _closing(protocol: Protocol, record: Record, decision: Decision) -> Iterator[str]:
    if decision.verdict is Verdict.UNDETERMINED:
        yield from _settling(decision)
    yield from _policies(protocol, decision.clauses)
    yield from _not_in_full(decision.incomplete)
    counted = _counted(protocol, record, decision)
    if counted:
        yield counted


def _policies(protocol: Protocol, clauses: Iterable[ClauseDecision]) -> Iterator[str]:
    used = [one for clause in clauses for one in policies_used(protocol, clause)]
    if used:
        yield f"policies used: {'; '.join(f'{one.clause} {one.said}' for one in used)}"


def _not_in_full(incomplete: Iterable[Note]) -> Iterator[str]:
    yield from (f'incomplete: {note.about}, "{note.text}"' for note in incomplete)


def _settling(decision: Decision) -> Iterator[str]:
    ways = [listed(way) for way in settling_sets(decision) if way]
    if ways:
        more = f", or {len(ways) - _WAYS_SHOWN} other ways" if len(ways) > _WAYS_SHOWN else ""
        yield f"would settle it: {', or '.join(ways[:_WAYS_SHOWN])}{more}"


def _counted(protocol: Protocol, record: Record, decision: Decision) -> str:
    """`12 clear, 1 not applicable (I09: childbearing is no)`."""
    aside = [one for one in decision.clauses if one.status is Status.NOT_APPLICABLE]
    clear = sum(one.standing is Standing.CLEARS for one in decision.clauses) - len(aside)
    told = [f"{clear} clear"] if clear else []
    if aside:
        why = "; ".join(_why_not(one, sight_of(protocol, record, decision, one)) for one in aside)
        told.append(f"{len(aside)} not applicable ({why})")
    return ", ".join(told)


def _why_not(one: ClauseDecision, sight: Sight) -> str:
    first = _first(one.guard, sight)
    return f"{one.clause.id}: {first}" if first else one.clause.id


def _first(guard: Finding | None, sight: Sight) -> str:
    """What the first leaf found that keeps a clause from applying."""
    if guard is None:
        return ""
    leaf = guard
    while leaf.parts:
        leaf = next((part for part in leaf.parts if part.truth is leaf.truth), leaf.parts[0])
    return brief(leaf, sight)


__all__ = ["Account", "ClauseAccount", "GateAccount", "account", "accounted", "as_html", "as_json", "headline"]
