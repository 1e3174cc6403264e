"""Sources, assumptions, remarks, and what is said to be incomplete: each with what it stands under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from protocol_dsl.model.protocol import Note, NoteKind
from protocol_dsl.syntax import defining, logic, sections, tree

_KINDS = {
    "source": NoteKind.SOURCE,
    "assumed": NoteKind.ASSUMED,
    "accepted": NoteKind.ACCEPTED,
    "note": NoteKind.REMARK,
    "incomplete": NoteKind.INCOMPLETE,
}


def notes(file: sections.File) -> tuple[Note, ...]:
    """Every note of a file, in the order written."""
    found: list[Note] = []
    for section in file.sections:
        about = keyword(section.head)
        found += (_note(note, about) for note in section.notes)
        for entry in section.entries:
            found += (_note(note, _about(entry) or about) for note in _below(entry))
    return tuple(found)


def _note(written: logic.Note, about: str) -> Note:
    code = "" if written.code is None else written.code.text
    return Note(_KINDS[written.kind], written.text.text, about, code, span=written.span)


def keyword(head: sections.Head) -> str:
    """The word that a section begins with."""
    return head.span.text.split(None, 1)[0] if head.span.text else ""


def _about(entry: tree.Node) -> str:
    match entry:
        case sections.Clause(id=word) | sections.Moment(name=word) | defining.Definition(name=word):
            return word.text
        case defining.SetListed(name=word) | defining.SetFromFile(name=word):
            return word.text
        case sections.ItemEntry(item=item):
            return item.name.text
        case sections.HeaderLine(key=key):
            return key
        case sections.UsesLine():
            return "uses"
        case _:
            return ""


def _below(node: object) -> Iterator[logic.Note]:
    if isinstance(node, logic.Note):
        yield node
    elif isinstance(node, tuple):
        for part in node:
            yield from _below(part)
    elif isinstance(node, tree.Node):
        kind: Any = type(node)
        for field in attrs.fields(kind):
            yield from _below(getattr(node, field.name))
