"""`escalation by stages`: designs that lead the trial one after the other, each with its own settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from attrs import evolve

from protocol_dsl.elaborate.phrases import part_of, pieces_between
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.elaborate.tally import COUNTS, Asked, always
from protocol_dsl.model.escalation import Enough, EscalationPlan, Ladder, Stage, Until
from protocol_dsl.syntax import defining, sections, tree

Read = Callable[[sections.Section], EscalationPlan | None]
"""How the section of one design is read."""

_NAME = "[a-z][a-z0-9_]*"
_STAGE = re.compile(rf"stage\s+(?P<name>{_NAME})\s+by\s+(?P<family>{_NAME})(?:\s+until\s+(?P<until>.+))?")
_ELSE = re.compile(r"\bor\b")
_ENOUGH = re.compile(
    rf"(?P<patients>[1-9][0-9]{{0,5}}) patients?(?: with (?P<count>{_NAME})(?P<at_one_level> at one level)?)?"
)
_HOW = "write it as `stage model by crm`, and of all but the last say `until first dlt`"


def is_staged(section: sections.Section) -> bool:
    """Whether a section is `escalation by stages`."""
    return isinstance(section.head, sections.EscalationHead) and section.head.family.text == "stages"


def staged(
    section: sections.Section,
    ladder: Ladder | None,
    statements: tuple[sections.Clause, ...],
    read: Read,
    scope: Scope,
) -> EscalationPlan | None:
    """The plan of a design in stages; None where a stage cannot be read."""
    found = [stage for entry in section.entries if (stage := _stage(entry, read, scope)) is not None]
    if len(section.entries) < 2:  # noqa: PLR2004 - one stage is no sequence
        cure = "name the design in the head, as in `escalation by crm`, or add the stage that follows"
        scope.error("PD419", "an escalation by stages has two of them, or more", section.span, help=cure)
    _named(found, scope)
    _follow(found, scope)
    for stage in found[1:]:
        _takes_over(stage, scope)
    if len(found) < len(section.entries) or not found:
        return None
    stages = tuple(_numbered(found))
    counted = (one.count for stage in stages if stage.until is not None for one in stage.until.enough)
    extra = tuple(dict.fromkeys((*(name for stage in stages for name in stage.plan.extra), *counted)))
    asked = Asked(None if ladder is None else ladder.names, (*COUNTS, *extra))
    claims = tuple(one for clause in statements for one in always(clause, asked, scope))
    if claims:  # a statement may ask for any count at any time, so that none may be forgotten
        stages = tuple(evolve(stage, plan=evolve(stage.plan, extra=extra)) for stage in stages)
    first = stages[0].plan
    rows = tuple(row for stage in stages if stage.plan.family == "table" for row in stage.plan.rows)
    return EscalationPlan(
        rows, cohort=first.cohort, always=claims, extra=extra, family="stages", stages=stages, span=section.span
    )


def _stage(entry: tree.Node, read: Read, scope: Scope) -> Stage | None:
    """One stage, read as an escalation section of its own; None where it cannot be."""
    match = _STAGE.fullmatch(entry.phrase.text) if isinstance(entry, defining.Setting) else None
    if match is None or not isinstance(entry, defining.Setting):
        where = entry.phrase.span if isinstance(entry, defining.Setting) else entry.span
        scope.error("PD419", "the line is no stage of the escalation", where, help=_HOW)
        return None
    family = part_of(entry.phrase, match.start("family"), match["family"])
    if family.text == "stages":
        scope.error("PD419", "a stage has no stages of its own", family.span, help="write them one below the other")
        return None
    table = (defining.Table(entry.rows, span=entry.rows[0].span),) if entry.rows else ()
    head = sections.EscalationHead(family, span=entry.phrase.span)
    plan = read(sections.Section(head, (*entry.settings, *table), entry.notes, span=entry.phrase.span))
    until = None
    if match["until"] is not None:
        until = _until(part_of(entry.phrase, match.start("until"), match["until"]), scope)
    return None if plan is None else Stage(match["name"], plan, until, span=entry.phrase.span)


def _until(word: tree.Word, scope: Scope) -> Until:
    """`first dlt or 2 patients with grade_2 or 12 patients`, in any order."""
    first_dlt, patients = False, None
    enough: list[Enough] = []
    for piece in pieces_between(word, _ELSE):
        match = _ENOUGH.fullmatch(piece.text)
        if piece.text == "first dlt":
            first_dlt = True
        elif match is None:
            cure = "write `first dlt`, `2 patients with grade_2` or `12 patients`; more follow after `or`"
            scope.error("PD419", f"`{piece.text}` does not say when the stage ends", piece.span, help=cure)
        elif match["count"] is None:
            patients = int(match["patients"])
        else:
            at_one_level = match["at_one_level"] is not None
            enough.append(Enough(int(match["patients"]), match["count"], at_one_level, span=piece.span))
    return Until(first_dlt, tuple(enough), patients, span=word.span)


def _named(stages: list[Stage], scope: Scope) -> None:
    """Whether each stage has a name of its own."""
    first: dict[str, Stage] = {}
    for stage in stages:
        if stage.name in first:
            others = [(first[stage.name].span, "first here")]
            message = f"two stages are named `{stage.name}`"
            scope.error("PD419", message, stage.span, others=others, help="give each a name of its own")
        first.setdefault(stage.name, stage)


def _follow(stages: list[Stage], scope: Scope) -> None:
    """Whether each stage but the last comes to an end, and the last has none."""
    for stage, follower in pairwise(stages):
        if stage.until is None:
            message = f"the stage `{stage.name}` never ends, so that `{follower.name}` is never reached"
            others = [(follower.span, "never reached")]
            cure = "say when it ends, as in `until first dlt`"
            scope.error("PD419", message, stage.span, others=others, help=cure)
    if stages and stages[-1].until is not None:
        message = f"nothing follows the stage `{stages[-1].name}` once it has ended"
        cure = "leave out `until`, or add the stage that follows"
        scope.error("PD419", message, stages[-1].until.span, help=cure)


def _takes_over(stage: Stage, scope: Scope) -> None:
    """Whether the design of a stage can take over what another has begun."""
    if stage.plan.accelerated is not None:
        message = "single patients come first, and this stage does not"
        cure = "leave the line to the first stage, or make them a stage with `cohort of 1`"
        scope.error("PD419", message, stage.plan.accelerated.span, help=cure)
    if stage.plan.last_cohort:
        message = "rows that speak of the last cohort alone cannot take over from another stage"
        scope.error("PD419", message, stage.span, help="leave such a table to the first stage")


def _numbered(stages: list[Stage]) -> Iterator[Stage]:
    """The stages with the rows of their tables numbered one after the other."""
    number = 1
    for stage in stages:
        yield evolve(stage, plan=evolve(stage.plan, first_row=number))
        number += len(stage.plan.rows) if stage.plan.family == "table" else 0
