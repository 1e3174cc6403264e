"""Text to tree and diagnostics: never a failure, at worst a tree with holes and what is wrong with the text."""

from __future__ import annotations

from typing import Any

import lark
from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Source
from protocol_dsl.syntax import sections
from protocol_dsl.syntax.build import build
from protocol_dsl.syntax.malformed import Mishap, explain
from protocol_dsl.syntax.outline import Block, Stretch, outline
from protocol_dsl.syntax.reading import Reading, read
from protocol_dsl.syntax.tables import parser

ENTRY_RULES: dict[str, str] = {
    "protocol": "header_line",
    "library": "header_line",
    "moments": "moment",
    "data": "item",
    "record": "item",
    "define": "definition",
    "inclusion": "clause",
    "exclusion": "clause",
    "gate": "clause",
    "doses": "setting_line",
    "dlt": "dlt_line",
    "escalation": "setting_line",
    "stopping": "stopping_clause",
    "always": "always_clause",
    "example": "example_line",
    "cohort": "example_line",
}
"""The start rule for the entries of a section, by the first word of its head."""

KEPT = ("parts", "conduct", "modifications", "timing", "schedule", "amendment")
_NOTE_WORDS = ("source", "assumed", "note", "incomplete")


@frozen
class Parsed:
    """A tree with what is wrong with its text; `reading` has the comments."""

    file: sections.File
    reading: Reading
    problems: tuple[Diagnostic, ...]


def parse(source: Source) -> Parsed:
    """Read a whole text. Raises nothing whatever the text is."""
    reading = read(source)
    plan = outline(reading)
    problems = [*reading.problems, *plan.problems]
    found = tuple(_section(reading, block, problems) for block in plan.blocks)
    whole = not problems
    return Parsed(sections.File(source, tuple(s for s in found if s is not None), whole), reading, tuple(problems))


def parse_condition(source: Source) -> tuple[Any, tuple[Diagnostic, ...]]:
    """Read a bare condition; None with a diagnostic where it is malformed."""
    reading = read(source)
    problems = list(reading.problems)
    line = Stretch(0, len(reading.text), 1, 1)
    return _read(reading, line, "condition", problems), tuple(problems)


def _section(reading: Reading, block: Block, problems: list[Diagnostic]) -> sections.Section | None:
    before = len(problems)
    head = _read(reading, block.head, "section_head", problems)
    keyword = _keyword(reading, block.head)
    rule = ENTRY_RULES.get(keyword)
    if rule is None:
        return None if head is None else sections.Section(head, (), span=head.span)
    entries: list[Any] = []
    notes: list[Any] = []
    for stretch in block.entries:
        is_note = _first_word(reading, stretch) in _NOTE_WORDS
        node = _read(reading, stretch, "section_note" if is_note else rule, problems)
        if node is not None:
            (notes if is_note else entries).append(node)
    if head is None:
        return None
    whole = len(problems) == before and all(stretch.sound for stretch in block.entries)
    return sections.Section(head, tuple(entries), tuple(notes), whole, span=head.span)


def _keyword(reading: Reading, head: Stretch) -> str:
    """The kind of section; where its first word is misspelt, the nearest one, so that its entries are still read."""
    word = _first_word(reading, head)
    known = (*ENTRY_RULES, *KEPT)
    return word if word in known else nearest(word, known) or ""


def _first_word(reading: Reading, stretch: Stretch) -> str:
    words = reading.text[stretch.start : min(stretch.end, stretch.start + 80)].split(None, 1)
    return words[0] if words else ""


def _read(reading: Reading, stretch: Stretch, rule: str, problems: list[Diagnostic]) -> Any:
    """The node of one stretch, or None with a diagnostic. What the outline refused is not parsed."""
    if not stretch.sound:
        return None
    engine = parser()
    piece = lark.TextSlice(reading.text, stretch.start, stretch.end)
    try:
        return build(engine.parse(piece, start=rule), reading.source)  # type: ignore[arg-type]  # Lark takes slices
    except lark.exceptions.UnexpectedInput as error:
        problems.append(explain(_mishap(error, reading, stretch, rule)))
    return None


def _mishap(error: lark.exceptions.UnexpectedInput, reading: Reading, stretch: Stretch, rule: str) -> Mishap:
    """Where the parser stopped, at what, and what it could have gone on with."""
    if isinstance(error, lark.exceptions.UnexpectedToken):
        kind, start = error.token.type, error.token.start_pos
        text = str(error.token)
        accepted = error.accepts or error.expected
    elif isinstance(error, lark.exceptions.UnexpectedCharacters):
        kind, start = "", error.pos_in_stream
        text = reading.text[start : start + 1]
        accepted = error.allowed or set()
    else:
        kind, start, text, accepted = "$END", None, "", set()
    if start is None:
        start = stretch.end - 1
    patterns = {terminal.name: terminal.pattern for terminal in parser().terminals}
    words = tuple(sorted(p.value for name, p in patterns.items() if name in accepted and p.type == "str"))
    kinds = tuple(sorted(name for name in accepted if name not in patterns or patterns[name].type != "str"))
    return Mishap(reading, stretch, rule, kind, min(start, stretch.end - 1), text, words, kinds)
