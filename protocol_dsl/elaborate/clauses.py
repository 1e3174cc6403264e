"""Clauses: criteria, gates, DLT and stopping clauses, and what `always` says of patients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from protocol_dsl.base.source import Span
from protocol_dsl.elaborate import conditions, monitoring
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model.protocol import Clause, Effect, EligibleImplies, Gate, PatientStatement, Protocol
from protocol_dsl.model.walk import walk
from protocol_dsl.syntax import conducting, logic, sections
from protocol_dsl.syntax.tree import Word


@frozen
class Lines:
    """The lines of a clause by what they do; more than one body is an error."""

    bodies: tuple[Any, ...]
    guards: tuple[sections.AppliesWhen, ...]
    exceptions: tuple[sections.Unless, ...]
    policies: tuple[logic.Policy, ...]
    then: tuple[sections.ThenLine, ...]


_STEPS = (conducting.HoldUntil, conducting.ThenStep, conducting.MostReductions)
_OTHER = (
    sections.AppliesWhen,
    sections.Unless,
    logic.AskPolicy,
    logic.TreatPolicy,
    logic.Note,
    sections.ThenLine,
    *_STEPS,
)


def sorted_lines(clause: sections.Clause) -> Lines:
    """The lines of a clause by what they do."""

    def of(*kinds: type) -> tuple[Any, ...]:
        return tuple(line for line in clause.lines if isinstance(line, kinds))

    bodies = tuple(line for line in clause.lines if not isinstance(line, _OTHER))
    policies = of(logic.AskPolicy, logic.TreatPolicy)
    return Lines(bodies, of(sections.AppliesWhen), of(sections.Unless), policies, of(sections.ThenLine))


def take_id(clause: sections.Clause, scope: Scope) -> None:
    """Note the id of a clause, with an error where another has it."""
    first = scope.desk.ids.setdefault(clause.id.text, clause.id.span)
    if first != clause.id.span:
        others = [(first, "first here")]
        cure = "give each clause an id of its own; it is how amendments know it again"
        scope.error("PD102", f"the id `{clause.id.text}` is given twice", clause.id.span, others=others, help=cure)


# --- one clause ---------------------------------------------------------------------------------------------------


def clause(
    written: sections.Clause, effect: Effect, scope: Scope, *, when: core.Condition | None = None
) -> Clause | None:
    """A clause as it is meant; None where it has an error."""
    take_id(written, scope)
    lines = sorted_lines(written)
    body = _body(written, lines, scope)
    known = None if body is None else conditions.with_policies(body, lines.policies, scope)
    held = _with_exception(known, lines, effect, scope)
    guard, sound = _guard(lines, scope)
    if held is None or not sound:
        return None
    return Clause(
        written.id.text,
        effect,
        written.wording.text if written.wording is not None else "",
        held,
        conditions.joined((when, guard), written.span),
        scope.moment,
        written.renamed_from.text if written.renamed_from is not None else None,
        _words(lines.then),
        span=written.span,
    )


def _words(lines: Iterable[sections.ThenLine]) -> tuple[str, ...]:
    return tuple(part.strip() for line in lines for part in line.phrase.text.split(" and "))


def _body(written: sections.Clause, lines: Lines, scope: Scope) -> core.Condition | None:
    if not lines.bodies:
        message = f"`{written.id.text}` says no condition"
        scope.error("PD310", message, written.id.span, help="write what must hold below its wording")
        return None
    if len(lines.bodies) > 1:
        message = f"`{written.id.text}` says two conditions"
        others = [(lines.bodies[0].span, "the first")]
        cure = "join them with `and`, or write them as bullets below `all of`"
        scope.error("PD311", message, lines.bodies[1].span, "the second", others=others, help=cure)
        return None
    body = lines.bodies[0]
    if isinstance(body, logic.JudgedBy):
        return core.Judged("", body.role.text, span=body.span)
    return conditions.condition(body, scope)


def _with_exception(body: core.Condition | None, lines: Lines, effect: Effect, scope: Scope) -> core.Condition | None:
    """An inclusion is *body or X*; every other clause is *body and not X*.

    A policy speaks of the body alone: an unknown exception must not let a patient pass whom the body excludes.
    """
    exceptions = conditions.every((line.condition for line in lines.exceptions), scope)
    if body is None or exceptions is None:
        return None
    for exception in exceptions:
        place = body.span.join(exception.span)
        if effect is Effect.INCLUSION:
            body = core.Either((body, exception), span=place)
        else:
            body = core.Both((body, core.Not(exception, span=exception.span)), span=place)
    return body


def _guard(lines: Lines, scope: Scope) -> tuple[core.Condition | None, bool]:
    guards = conditions.every((line.condition for line in lines.guards), scope)
    if guards is None:
        return None, False
    return conditions.joined(guards, lines.guards[0].span if lines.guards else _nowhere(scope)), True


def _nowhere(scope: Scope) -> Span:
    return scope.desk.header.span


# --- sections of clauses ------------------------------------------------------------------------------------------


def in_section(
    entries: Iterable[Any], effect: Effect, scope: Scope, when: core.Condition | None = None
) -> tuple[Clause, ...]:
    """The sound clauses of a section."""
    found = (clause(entry, effect, scope, when=when) for entry in entries if isinstance(entry, sections.Clause))
    return tuple(one for one in found if one is not None)


def criteria(section: sections.Section, head: sections.CriteriaHead, scope: Scope) -> tuple[Clause, ...]:
    """The criteria of an inclusion or exclusion section."""
    at = scope.at(_moment(head.moment, scope))
    when = conditions.condition(head.when, at) if head.when is not None else None
    effect = Effect.INCLUSION if head.effect == "inclusion" else Effect.EXCLUSION
    return in_section(section.entries, effect, at, when)


def gate(section: sections.Section, head: sections.GateHead, scope: Scope) -> Gate:
    """A gate with its clauses."""
    moment = _moment(head.moment, scope)
    at = scope.at(moment)
    when = conditions.condition(head.when, at) if head.when is not None else None
    found = in_section(section.entries, Effect.GATE, at, when)
    return Gate(head.label.text, moment or "", found, span=section.span)


def _moment(word: Word | None, scope: Scope) -> str | None:
    if word is None:
        return None
    if word.text in scope.desk.moments:
        return word.text
    scope.unknown(word, scope.desk.moments, "moment")
    return None


def stopping(section: sections.Section, scope: Scope) -> tuple[Clause, ...]:
    """The stopping clauses; each says what follows."""
    for entry in section.entries:
        if isinstance(entry, sections.Clause) and not sorted_lines(entry).then:
            message = f"`{entry.id.text}` does not say what follows"
            scope.error("PD312", message, entry.id.span, help="end it with a line such as `then stop trial and review`")
    one_by_one = [one for one in section.entries if isinstance(one, sections.Clause) and monitoring.is_monitored(one)]
    plain = [one for one in section.entries if one not in one_by_one]
    found = (*in_section(plain, Effect.STOPPING, scope), *(monitoring.clause(one, scope) for one in one_by_one))
    places = {entry.id.text: at for at, entry in enumerate(section.entries) if isinstance(entry, sections.Clause)}
    return tuple(sorted((one for one in found if one is not None), key=lambda one: places[one.id]))


def all_patients_only_to_stop(protocol: Protocol, scope: Scope) -> None:
    """A count over all patients belongs to stopping rules: nothing else is decided with the others at hand."""
    gates = (clause for one in protocol.gates for clause in one.clauses)
    dlt = () if protocol.dlt is None else protocol.dlt.clauses
    every = (*protocol.criteria, *gates, *dlt, *(one.clause for one in protocol.modifications))
    said = [(one.id, part) for one in every for part in (one.condition, one.guard) if part is not None]
    for name, condition in (*said, *((one.id, one.claim.then) for one in protocol.statements)):
        for found in walk(condition):
            if isinstance(found, core.Count) and found.pooled:
                message = f"`{name}` counts over all patients, and is decided for one"
                cure = "leave out `over all patients`, or make it a stopping rule"
                scope.error("PD318", message, found.span, help=cure)


def followed_by(clause: sections.Clause) -> tuple[str, ...]:
    """What follows from a stopping clause, in the words of its `then` lines."""
    return _words(line for line in clause.lines if isinstance(line, sections.ThenLine))


# --- always -------------------------------------------------------------------------------------------------------


def is_about_patients(written: sections.Clause) -> bool:
    """Whether a statement speaks of eligibility and not of escalation."""
    return any(isinstance(line, sections.EligibleImplies) for line in written.lines)


def statement(written: sections.Clause, scope: Scope) -> PatientStatement | None:
    """`eligible implies C`."""
    claims = [line for line in written.lines if not isinstance(line, logic.Note)]
    if len(claims) != 1 or not isinstance(claims[0], sections.EligibleImplies):
        message = f"`{written.id.text}` says two things"
        scope.error("PD311", message, written.id.span, help="give each statement an id of its own")
        return None
    held = conditions.condition(claims[0].condition, scope)
    if held is None:
        return None
    wording = written.wording.text if written.wording is not None else ""
    return PatientStatement(written.id.text, wording, EligibleImplies(held, span=claims[0].span), span=written.span)
