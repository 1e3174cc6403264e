"""What an amendment says of itself: the ids it names, and the parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from protocol_dsl.base.nearest import nearest
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.protocol import Amendment, Clause, Intent, Protocol
from protocol_dsl.syntax import amending, sections
from protocol_dsl.syntax.tree import Word

PARTS = (
    "doses",
    "dlt",
    "escalation",
    "always",
    "data",
    "moments",
    "define",
    "gates",
    "stopping",
    "modifications",
    "timing",
    "parts",
    "uses",
    "incomplete",
)
"""What `changes` may name."""

REASONS = (
    "regulatory agency request to amend",
    "new regulatory guidance",
    "IRB/IEC feedback",
    "new safety information available",
    "manufacturing change",
    "IMP addition",
    "change in strategy",
    "change in standard of care",
    "new data available (other than safety data)",
    "investigator/site feedback",
    "recruitment difficulty",
    "inconsistency and/or error in the protocol",
    "protocol design error",
    "not applicable",
)
"""The reasons for an amendment of ICH M11 (value set C217276 of the NCI Thesaurus), besides `other`."""

SCOPES = ("global", "countries", "regions", "sites")
"""Where an amendment applies (ICH M11, amendment details)."""

SUBSTANCE = ("safety", "data")
"""On what an amendment is likely to have a substantial impact (ICH M11): the safety or rights of the participants, or
the reliability and robustness of the data."""

_WORDS: dict[type, str] = {
    amending.Loosens: "loosens",
    amending.Tightens: "tightens",
    amending.Adds: "adds",
    amending.Removes: "removes",
    amending.Rewords: "rewords",
}


def amendment(section: sections.Section, protocol: Protocol, scope: Scope) -> Amendment:
    """The stated intent. An id that the file does not have can only be one that is removed."""
    if protocol.header.amends is None:
        message = "the file does not say which version it amends"
        scope.error("PD603", message, section.head.span, help="write `amends 1.0` in the head of the file")
    known = _ids(protocol)
    intents, parts, reason = [], [], ""
    fields: dict[str, Any] = {}
    for line in section.entries:
        if isinstance(line, amending.OfClauses):
            what = _WORDS[type(line)]
            ids = tuple(_id(word, what, known, scope) for word in amending.listed(line.ids))
            intents.append(Intent(what, ids, span=line.span))
        elif isinstance(line, amending.Changes):
            parts += [_part(word, scope) for word in amending.listed(line.parts)]
        elif isinstance(line, amending.ReasonGiven):
            reason = line.text.text
        else:
            _field(line, fields, scope)
    nothing_else = any(isinstance(line, amending.NothingElse) for line in section.entries)
    return Amendment(reason, tuple(intents), tuple(parts), nothing_else, span=section.head.span, **fields)


# --- the fields of ICH M11 --------------------------------------------------------------------------------------------


def _field(line: object, fields: dict[str, Any], scope: Scope) -> None:
    """A line that says what the amendment details of a protocol say, on the title page and in the summary."""
    match line:
        case amending.PrimaryReason(text=word):
            if "primary" in fields:
                message = "there is one primary reason"
                scope.error("PD604", message, word.span, help="write the others as `secondary reason`")
            fields["primary"] = _reason(word, scope)
        case amending.SecondaryReason(text=word):
            fields["secondary"] = (*fields.get("secondary", ()), _reason(word, scope))
        case amending.SummaryGiven(text=word):
            fields["summary"] = word.text
        case amending.ScopeGiven(of=word, places=named):
            fields["scope"], fields["places"] = _scope(word, named or (), scope)
        case amending.SubstantialFor(what=several):
            fields["substantial"] = tuple(_substance(word, scope) for word in amending.listed(several))
        case amending.NotSubstantial():
            fields["substantial"] = ()
        case _:
            return


def _reason(word: Word, scope: Scope) -> str:
    known = {one.casefold(): one for one in REASONS}
    found = known.get(word.text.casefold())
    if found is None and not word.text.casefold().startswith("other: "):
        near = nearest(word.text.casefold(), known)
        cure = f"`{known[near]}` is near" if near else f"write one of {', '.join(REASONS)}, or `other: ...`"
        scope.error("PD604", f"`{word.text}` is none of the reasons of ICH M11", word.span, help=cure)
    return found or word.text


def _scope(word: Word, named: tuple[Word, ...], scope: Scope) -> tuple[str, tuple[str, ...]]:
    if word.text not in SCOPES:
        near = nearest(word.text, SCOPES)
        cure = f"`{near}` is near" if near else f"write one of {', '.join(SCOPES)}"
        scope.error("PD604", f"`{word.text}` is no scope of an amendment", word.span, help=cure)
    elif (word.text == "global") is bool(named):
        message = "a global amendment names no places" if named else f"the {word.text} are not named"
        cure = "leave them out" if named else f'name them, as in `scope {word.text} "..."`'
        scope.error("PD604", message, word.span, help=cure)
    return word.text, tuple(one.text for one in named)


def _substance(word: Word, scope: Scope) -> str:
    if word.text not in SUBSTANCE:
        cure = f"write {' or '.join(f'`{one}`' for one in SUBSTANCE)}"
        scope.error("PD604", f"an amendment is substantial for other things than `{word.text}`", word.span, help=cure)
    return word.text


def _ids(protocol: Protocol) -> frozenset[str]:
    clauses = (
        *protocol.criteria,
        *_below(protocol),
        *protocol.stopping,
        *(one.clause for one in protocol.modifications),
    )
    return frozenset(clause.id for clause in clauses)


def _below(protocol: Protocol) -> Iterator[Clause]:
    for gate in protocol.gates:
        yield from gate.clauses
    yield from () if protocol.dlt is None else protocol.dlt.clauses


def _id(word: Word, what: str, known: Collection[str], scope: Scope) -> str:
    if what != "removes" and word.text not in known:
        near = nearest(word.text, known)
        cure = f"`{near}` is near" if near else "only `removes` names a clause that is no longer there"
        scope.error("PD601", f"the amendment {what} {word.text}, and there is no such clause", word.span, help=cure)
    if what == "removes" and word.text in known:
        message = f"the amendment removes {word.text}, and it is still there"
        scope.error("PD601", message, word.span, help="leave the clause out, or do not say that it is removed")
    return word.text


def _part(word: Word, scope: Scope) -> str:
    if word.text not in PARTS:
        near = nearest(word.text, PARTS)
        cure = f"`{near}` is near" if near else f"write one of {', '.join(PARTS)}"
        scope.error("PD602", f"`{word.text}` is no part that can be said to change", word.span, help=cure)
    return word.text
