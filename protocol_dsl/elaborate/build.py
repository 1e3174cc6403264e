"""From the tree of a file to its protocol, or to every error that was found and no protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from attrs import evolve

from protocol_dsl.base.diagnostic import Diagnostic, in_order
from protocol_dsl.elaborate import (
    amending,
    clauses,
    declarations,
    dlt,
    examples,
    fields,
    grading,
    holes,
    ladder,
    libraries,
    modifying,
    notes,
    plan,
    standalone,
    terms,
    timing,
)
from protocol_dsl.elaborate.scope import Desk, Scope, SetFiles
from protocol_dsl.model.escalation import EscalationPlan, Ladder
from protocol_dsl.model.protocol import Header, NoteKind, Protocol
from protocol_dsl.model.record import EMPTY
from protocol_dsl.model.vocabulary import ListOf, RecordType
from protocol_dsl.syntax import conducting, sections
from protocol_dsl.syntax.amending import AmendmentHead

_Head = TypeVar("_Head")


def _no_sets(_file: str) -> Iterable[str] | None:
    return None


_TABLES_ALONE = plan.Families()


def elaborate(
    file: sections.File,
    libraries: Mapping[str, sections.File] = EMPTY,
    sets: SetFiles = _no_sets,
    families: plan.Families = _TABLES_ALONE,
) -> tuple[Protocol | None, tuple[Diagnostic, ...]]:
    """What a file means. None where there is any error; all errors are given, in the order of the file.

    `libraries` are the trees of library files by name; `sets` gives the names in a set's file, None where there is no
    such file; `families` are the designs besides tables. Raises nothing.
    """
    scope = Scope(Desk(Header(""), sets, muted=holes.muted(file)))
    found = _protocol(file, libraries, families, scope)
    findings = in_order(scope.desk.findings)
    return (None if findings or not file.whole else found), findings


def _protocol(
    file: sections.File, others: Mapping[str, sections.File], families: plan.Families, scope: Scope
) -> Protocol:
    _header(file, others, scope)
    _declare(file, others, scope)
    desk = scope.desk
    told = notes.notes(file)
    grading.gradings(file, scope)
    statements, about_escalation = _always(file, scope)
    rungs, planned = _escalation(file, families, scope, about_escalation)
    criteria = [clauses.criteria(section, head, scope) for section, head in _of(file, sections.CriteriaHead)]
    stopping = [clauses.stopping(section, scope) for section, _ in _of(file, sections.StoppingHead)]
    sections_of_parts = (timing.parts(section, rungs, scope) for section, _ in _of(file, conducting.PartsHead))
    parts, recommended = next(sections_of_parts, ((), None))
    found = Protocol(
        header=desk.header,
        criteria=tuple(one for some in criteria for one in some),
        gates=tuple(clauses.gate(section, head, scope) for section, head in _of(file, sections.GateHead)),
        ladder=rungs,
        dlt=next((dlt.rules(section, scope) for section, _ in _of(file, sections.DltHead)), None),
        escalation=planned,
        stopping=tuple(one for some in stopping for one in some),
        timing=next((timing.timing(section, scope) for section, _ in _of(file, conducting.TimingHead)), None),
        modifications=tuple(
            one for s, _ in _of(file, conducting.ModificationsHead) for one in modifying.modifications(s, rungs, scope)
        ),
        parts=parts,
        recommended=recommended,
        statements=statements,
        notes=tuple(note for note in told if note.kind is not NoteKind.INCOMPLETE),
        incomplete=tuple(note for note in told if note.kind is NoteKind.INCOMPLETE),
    )
    clauses.all_patients_only_to_stop(found, scope)
    patients = examples.examples([s for s, _ in _of(file, sections.ExampleHead)], scope)
    kept = planned.extra if planned else ()
    cohorts = examples.cohort_examples([s for s, _ in _of(file, sections.CohortExampleHead)], kept, scope)
    stated = next((amending.amendment(section, found, scope) for section, _ in _of(file, AmendmentHead)), None)
    return evolve(
        found,
        amendment=stated,
        moments=dict(desk.moments),
        items=dict(desk.items),
        records=dict(_records(desk)),
        sets=dict(desk.sets),
        definitions=standalone.definitions(scope),
        examples=patients,
        cohort_examples=cohorts,
    )


def _records(desk: Desk) -> Iterator[tuple[str, RecordType]]:
    """The record types that the file keeps lists of; of a library, all: what nobody uses is no part of a protocol."""
    used = {item.kind.record for item in desk.items.values() if isinstance(item.kind, ListOf)}
    yield from ((name, one) for name, one in desk.records.items() if name in used or desk.header.kind == "library")


def _of(file: sections.File, kind: type[_Head]) -> list[tuple[sections.Section, _Head]]:
    """The sections with a head of a kind."""
    return [(section, section.head) for section in file.sections if isinstance(section.head, kind)]


# --- header and declarations --------------------------------------------------------------------------------------


def _header(file: sections.File, others: Mapping[str, sections.File], scope: Scope) -> None:
    heads = [s for s in file.sections if isinstance(s.head, sections.ProtocolHead | sections.LibraryHead)]
    if not heads:
        return  # syntax has said so, as of a second one
    head = heads[0].head
    if isinstance(head, sections.ProtocolHead | sections.LibraryHead):
        scope.desk.header = declarations.header(head, heads[0].entries, scope)
    for line in heads[0].entries:
        if isinstance(line, sections.UsesLine):
            libraries.missing(line, others, scope)
            terms.check_version(line, scope)


def _declare(file: sections.File, others: Mapping[str, sections.File], scope: Scope) -> None:
    """Gather all names before any condition is read, so that order in the file does not matter."""
    for section in file.sections:
        _once(section, scope)
    for section, _ in _of(file, sections.MomentsHead):
        declarations.moments(_are(section, sections.Moment), scope)
    standing_on = libraries.in_reach(scope.desk.header.libraries, others)
    for library in standing_on:
        libraries.records(library, scope)
    _declare_data(file, scope)
    for library in standing_on:
        libraries.definitions(library, scope)
    _settle(file, scope)


def _declare_data(file: sections.File, scope: Scope) -> None:
    for section, head in _of(file, sections.RecordHead):
        declarations.record(head, _are(section, sections.ItemEntry), scope, ours=True)
    for section, _ in _of(file, sections.DataHead):
        declarations.items(_are(section, sections.ItemEntry), scope)
    for section, _ in _of(file, sections.DefineHead):
        declarations.definitions(section.entries, scope)


def _settle(file: sections.File, scope: Scope) -> None:
    """What needs all names to be there."""
    for section, head in _of(file, sections.RecordAddsHead):
        declarations.record_adds(head, _are(section, sections.ItemEntry), scope)
    for section, _ in _of(file, sections.DltHead):
        scope.desk.dlt = dlt.frame(section, scope)
    for section, _ in _of(file, sections.DataHead):
        fields.settle(tuple(_are(section, sections.ItemEntry)), scope)
    products = [product.text for _, head in _of(file, sections.DosesHead) for product in head.products]
    for section, _ in _of(file, sections.MomentsHead):
        declarations.settle_products(_are(section, sections.Moment), products, scope)


def _are(section: sections.Section, kind: type[_Head]) -> list[_Head]:
    return [entry for entry in section.entries if isinstance(entry, kind)]


_SINGLE = (
    AmendmentHead,
    sections.DltHead,
    sections.DosesHead,
    sections.EscalationHead,
    sections.EscalationByDesignHead,
    conducting.TimingHead,
    conducting.PartsHead,
)


def _once(section: sections.Section, scope: Scope) -> None:
    """Sections of later editions are refused; some sections stand once."""
    head = section.head
    if isinstance(head, sections.LaterHead):
        message = f"`{head.kind}` arrives with a later edition of the language"
        scope.error("PD113", message, head.span, help="leave the section out, or keep it in comments")
    if isinstance(head, _SINGLE):
        word = notes.keyword(head)
        first = scope.desk.ids.setdefault(f"section {word}", head.span)
        if first != head.span:
            others = [(first, "first here")]
            scope.error("PD102", f"the section `{word}` stands twice", head.span, others=others, help="join the two")


# --- always and escalation ----------------------------------------------------------------------------------------


def _always(file: sections.File, scope: Scope) -> tuple[tuple[Any, ...], tuple[sections.Clause, ...]]:
    """Statements about patients, and the clauses that speak of escalation."""
    entries = [entry for section, _ in _of(file, sections.AlwaysHead) for entry in _are(section, sections.Clause)]
    for entry in entries:
        clauses.take_id(entry, scope)
    asked = evolve(scope, in_always=True)
    found = (clauses.statement(entry, asked) for entry in entries if clauses.is_about_patients(entry))
    rest = tuple(entry for entry in entries if not clauses.is_about_patients(entry))
    return tuple(one for one in found if one is not None), rest


def _escalation(
    file: sections.File, families: plan.Families, scope: Scope, always: tuple[sections.Clause, ...]
) -> tuple[Ladder | None, EscalationPlan | None]:
    """The ladder of the dose section, and the plan of the escalation section."""
    heads = (sections.EscalationHead, sections.EscalationByDesignHead)
    doses = _of(file, sections.DosesHead)
    rungs = next((ladder.ladder(section, head, scope) for section, head in doses), None)
    climbing = next((section for section in file.sections if isinstance(section.head, heads)), None)
    if climbing is None:
        for clause in always:
            message = f"{clause.id.text} speaks of an escalation, and there is none"
            scope.error("PD411", message, clause.span, help="add a section `escalation by table`")
        return rungs, None
    if not doses:
        cure = "add a section `doses of ...` with a table of levels"
        scope.error("PD401", "there is an escalation, and no dose level to climb", climbing.span, help=cure)
    return rungs, plan.plan(climbing, rungs, always, families, scope)
