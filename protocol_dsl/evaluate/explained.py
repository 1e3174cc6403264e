"""An explanation as data, in the form of docs/language/explanation.schema.json.

Numbers and days are texts: an exact decimal in the unit the item is declared in, a day as YYYY-MM-DD.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell
from protocol_dsl.base.truth import Truth
from protocol_dsl.base.version import __version__
from protocol_dsl.evaluate.decide import ClauseDecision, Decision, GateDecision, Passage, Standing, Verdict, environment
from protocol_dsl.evaluate.environment import Candidate, Environment, Fact, Finding
from protocol_dsl.evaluate.gaps import Gap, reason_of
from protocol_dsl.evaluate.possible import ANYTHING
from protocol_dsl.evaluate.quoting import days_words, option_words, unit_of_name
from protocol_dsl.evaluate.settle import settling_sets, sooner
from protocol_dsl.evaluate.used import policies_used
from protocol_dsl.model.protocol import Note, Protocol
from protocol_dsl.model.record import Record
from protocol_dsl.model.words import words

_TRUTHS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.UNKNOWN: "unknown"}


def as_json(  # noqa: PLR0913 - the face of explanations
    protocol: Protocol,
    record: Record,
    decision: Decision,
    *,
    rules: str = "",
    inputs: str = "",
    gates: Iterable[GateDecision] = (),
) -> dict[str, Any]:
    """The explanation as what JSON can hold. `rules` and `inputs` are the digests of the protocol and the record."""
    ways = settling_sets(decision) if decision.verdict is Verdict.UNDETERMINED else ()
    return {
        "patient": decision.patient,
        "verdict": decision.verdict.value,
        "as_of": decision.as_of.isoformat(),
        "moments": {name: option_words(day, None) for name, day in decision.moments.items() if day is not ANYTHING},
        "because": list(decision.because),
        "clauses": [_clause(protocol, record, decision, one) for one in decision.clauses],
        "missing": [_gap(gap) for gap in decision.missing],
        "settle": [list(way) for way in ways if way],
        "policies": _policies(protocol, decision.clauses),
        "incomplete": _not_in_full(decision.incomplete),
        "gates": [_gate(protocol, record, decision, one) for one in gates],
        "protocol": {"id": protocol.header.id, "version": protocol.header.version},
        "digests": {"rules": rules, "inputs": inputs},
        "engine": __version__,
    }


def _policies(protocol: Protocol, clauses: Iterable[ClauseDecision]) -> list[dict[str, Any]]:
    used = (one for clause in clauses for one in policies_used(protocol, clause))
    return [{"clause": one.clause, "met": one.met, "because": one.because} for one in used]


def _not_in_full(incomplete: Iterable[Note]) -> list[dict[str, str]]:
    return [{"section": note.about, "because": note.text} for note in incomplete]


def _gate(protocol: Protocol, record: Record, decision: Decision, one: GateDecision) -> dict[str, Any]:
    at_dose = evolve(decision, clauses=one.clauses, moments=one.moments, incomplete=one.incomplete)
    day = one.moments[one.gate.moment]
    return {
        "gate": one.gate.label,
        "moment": one.gate.moment,
        "day": None if day is ANYTHING else option_words(day, None),
        "passage": one.passage.value,
        "because": list(at_dose.because) if one.passage is not Passage.PROCEED else [],
        "clauses": [_clause(protocol, record, at_dose, each) for each in one.clauses],
        "missing": [_gap(gap) for gap in at_dose.missing],
        "policies": _policies(protocol, one.clauses),
        "incomplete": _not_in_full(one.incomplete),
    }


def _gap(gap: Gap) -> dict[str, str]:
    return {"item": gap.item, "reason": gap.reason.value}


def _clause(protocol: Protocol, record: Record, decision: Decision, one: ClauseDecision) -> dict[str, Any]:
    env = environment(protocol, record, decision.as_of, decision.moments, one.clause)
    earliest = sooner(protocol, record, decision, one) if one.standing is Standing.BARS else None
    return {
        "id": one.clause.id,
        "effect": one.clause.effect.value,
        "wording": one.clause.wording,
        "status": one.status.value,
        "standing": one.standing.value,
        "guard": None if one.guard is None else _tree(one.guard, env),
        "tree": _tree(one.body, env),
        "missing": [_gap(gap) for gap in one.gaps],
        "sooner": None
        if earliest is None
        else {"moment": earliest.moment, "day": earliest.day.isoformat(), "or_later": earliest.or_later},
    }


def _tree(finding: Finding, env: Environment) -> dict[str, Any]:
    inner = env if finding.event is None else evolve(env, event=finding.event)
    told: dict[str, Any] = {
        "condition": words(finding.condition, env.protocol.items),
        "truth": _TRUTHS[finding.truth],
        "facts": [_fact(fact, inner) for fact in finding.facts],
        "parts": [_tree(part, inner) for part in finding.parts],
    }
    if finding.policy is not None:
        told["policy"] = finding.policy.because
    if finding.event is not None:
        told["event"] = {
            name: reading.written or option_words(ANYTHING if reading.value is None else reading.value, None)
            for name, reading in finding.event.fields.items()
        }
    return told


def _fact(fact: Fact, env: Environment) -> dict[str, Any]:
    reason = reason_of(fact)
    return {
        "item": fact.name,
        "part": fact.part.value,
        "found": [_candidate(fact, one, env) for one in fact.candidates],
        "reason": None if reason is None else reason.value,
    }


def _candidate(fact: Fact, one: Candidate, env: Environment) -> dict[str, Any]:
    option, given = one.part(fact.part), unit_of_name(fact.name, env)
    told: dict[str, Any] = {"value": None if option is ANYTHING else option_words(option, given)}
    reading = one.reading
    if reading is not None:
        told["written"] = reading.written
        told["date"] = None if reading.date is None else days_words(reading.date)
        told["origin"] = None if reading.origin is None else _origin(reading.origin)
    return told


def _origin(cell: Cell) -> dict[str, Any]:
    return {"file": cell.file, "row": cell.row, "column": cell.column}
