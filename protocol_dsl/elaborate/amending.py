"""What an amendment says of itself: the ids it names, and the parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from protocol_dsl.base.nearest import nearest
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.model.protocol import Amendment, Clause, Intent, Protocol
from protocol_dsl.syntax import amending, sections
from protocol_dsl.syntax.tree import Word

PARTS = ("doses", "dlt", "escalation", "always", "data", "moments", "define", "gates", "stopping")
"""What `changes` may name."""

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
    for line in section.entries:
        if isinstance(line, amending.OfClauses):
            what = _WORDS[type(line)]
            ids = tuple(_id(word, what, known, scope) for word in amending.listed(line.ids))
            intents.append(Intent(what, ids, span=line.span))
        elif isinstance(line, amending.Changes):
            parts += [_part(word, scope) for word in amending.listed(line.parts)]
        elif isinstance(line, amending.ReasonGiven):
            reason = line.text.text
    nothing_else = any(isinstance(line, amending.NothingElse) for line in section.entries)
    return Amendment(reason, tuple(intents), tuple(parts), nothing_else, span=section.head.span)


def _ids(protocol: Protocol) -> frozenset[str]:
    clauses = (*protocol.criteria, *_below(protocol), *protocol.stopping)
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
