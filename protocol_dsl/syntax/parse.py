"""Text to tree and diagnostics: never a failure, at worst a tree with holes and what is wrong with the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any

import lark
from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity, in_order
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Source, Span
from protocol_dsl.syntax import defining, sections
from protocol_dsl.syntax.build import Page, TooDeep, build
from protocol_dsl.syntax.malformed import Mishap, explain
from protocol_dsl.syntax.outline import Block, Stretch, outline
from protocol_dsl.syntax.reading import DEEPEST, Reading, read
from protocol_dsl.syntax.tables import parser
from protocol_dsl.syntax.wellformed import flaws

ENTRY_RULES: dict[str, str] = {
    "protocol": "header_line",
    "library": "header_line",
    "amendment": "amendment_line",
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
    "modifications": "modification",
    "timing": "setting_line",
    "parts": "setting_line",
    "always": "always_clause",
    "example": "example_line",
    "cohort": "example_line",
    "grading": "setting_line",
}
"""The start rule for the entries of a section, by the first word of its head."""

KEPT = ("conduct", "schedule")
MOST = 200
"""After so many mistakes the rest of a file is not read."""

_HEADERS = ("protocol", "library")
_NOTE_WORDS = ("source", "assumed", "accepted", "note", "incomplete")
_CLAUSES = ("clause", "dlt_line", "stopping_clause", "always_clause", "modification")
_BARE_ID = re.compile(r"([A-Z][A-Za-z]*[0-9]+[a-z]?)(?![A-Za-z0-9_])[^\n]*\n")
_ADRIFT = re.compile(
    r"-\s|(?!window |attributed |evaluable |replace |source |assumed |accepted |note |incomplete )[a-z(]"
)


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
    found: list[sections.Section] = []
    for block in plan.blocks:
        section = _section(reading, block, problems)
        if section is not None:
            found.append(section)
        if len(problems) >= MOST:
            break
    problems += _headless(reading, plan.blocks)
    return Parsed(sections.File(source, tuple(found), not problems), reading, _told(problems))


def _headless(reading: Reading, blocks: tuple[Block, ...]) -> list[Diagnostic]:
    """A file says first what it is, and once."""
    named = [block.head for block in blocks if _first_word(reading, block.head) in _HEADERS]
    message, head = "", blocks[0].head if blocks else Stretch(0, 0, 1, 1)
    if not blocks:
        message = "the file holds no protocol"
    elif _keyword(reading, head) not in _HEADERS:
        message = "the file does not begin with `protocol` or `library`"
    elif len(named) > 1:
        message, head = "the file names itself a second time", named[1]
    if not message or not head.sound:
        return []
    cure = "leave this head out" if len(named) > 1 else 'begin with `protocol "..."` and the header lines below it'
    where = Label(Span(reading.source, head.start, _line_end(reading, head.start)))
    return [Diagnostic("PD005", Severity.ERROR, message, where, help=cure)]


def parse_condition(source: Source) -> tuple[Any, tuple[Diagnostic, ...]]:
    """Read a bare condition; None with a diagnostic where it is malformed."""
    reading = read(source)
    problems = list(reading.problems)
    line = Stretch(0, len(reading.text.rstrip()), 1, 1)
    return _read(reading, line, "condition", problems), tuple(problems)


def _told(problems: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The problems by place, the most that anyone will read."""
    told = in_order(problems)
    if len(told) < MOST:
        return told
    last = told[MOST - 1]
    message = f"there are more than {MOST:,} mistakes; what follows here is not reported"
    return (*told[:MOST], Diagnostic("PD003", Severity.ERROR, message, last.primary, help="mend those above first"))


def _section(reading: Reading, block: Block, problems: list[Diagnostic]) -> sections.Section | None:
    before = len(problems)
    head = _read(reading, block.head, "section_head", problems)
    rule = ENTRY_RULES.get(_keyword(reading, block.head))
    if rule is None:
        return None if head is None else sections.Section(head, (), span=head.span)
    of_record = isinstance(head, sections.RecordHead | sections.RecordAddsHead)
    problems += flaws(head, of_record=of_record) if head is not None else []
    entries: list[Any] = []
    notes: list[Any] = []
    for stretch in _together(reading, block.entries, rule, problems):
        is_note = _first_word(reading, stretch) in _NOTE_WORDS
        node = _read(reading, stretch, "section_note" if is_note else rule, problems)
        if isinstance(node, defining.Setting) and isinstance(head, defining.GradingHead) and node.is_table:
            node = _banding(node, reading, problems)
        found = flaws(node, of_record=of_record) if node is not None else []
        problems += found
        if node is not None and not found:
            (notes if is_note else entries).append(node)
        if len(problems) >= MOST:
            break
    if head is None:
        return None
    whole = len(problems) == before and all(stretch.sound for stretch in block.entries)
    return sections.Section(head, tuple(entries), tuple(notes), whole, span=head.span)


def _banding(setting: defining.Setting, reading: Reading, problems: list[Diagnostic]) -> defining.Banding | None:
    """The rows of a grading with their conditions read; None where one of them cannot be."""
    before = len(problems)
    head, *rows = setting.rows
    problems += _misshapen(head, rows)
    bands = () if len(problems) > before else tuple(_band(row, reading, problems) for row in rows)
    whole = len(problems) == before
    return defining.Banding(setting.phrase, head, bands, setting.notes, span=setting.span) if whole else None


def _misshapen(head: defining.Row, rows: list[defining.Row]) -> Iterator[Diagnostic]:
    cure = "begin with `| grade | when |`, or with `| grade | when | also |`, and give each column a cell"
    if [cell.text for cell in head.cells] not in (["grade", "when"], ["grade", "when", "also"]):
        yield Diagnostic("PD035", Severity.ERROR, "this is no head of a grading", Label(head.span), help=cure)
    for row in rows:
        if len(row.cells) != len(head.cells):
            others = (Label(head.span, "the head"),)
            message = "the row has another number of cells than the head of its table"
            yield Diagnostic("PD035", Severity.ERROR, message, Label(row.span), others, help=cure)


def _band(row: defining.Row, reading: Reading, problems: list[Diagnostic]) -> defining.Band:
    grade, when, *also = row.cells
    asked = also[0] if also and also[0].text else None
    condition = None
    if when.text != "otherwise":
        line = reading.source.position(when.span.start)[0]
        cell = Stretch(when.span.start, when.span.end, line, line)
        condition = _read(reading, cell, "condition", problems, within=True)
    return defining.Band(grade, condition, asked, row.notes, span=row.span)


def _keyword(reading: Reading, head: Stretch) -> str:
    """The kind of section; where its first word is misspelt, the nearest one, so that its entries are still read."""
    word = _first_word(reading, head).rstrip(":")
    known = (*ENTRY_RULES, *KEPT)
    return word if word in known else nearest(word, known) or ""


def _first_word(reading: Reading, stretch: Stretch) -> str:
    words = reading.text[stretch.start : min(stretch.end, stretch.start + 80)].split(None, 1)
    return words[0] if words else ""


def _together(
    reading: Reading, entries: tuple[Stretch, ...], rule: str, problems: list[Diagnostic]
) -> Iterator[Stretch]:
    """The entries to be read. A rule that stands beside its id and not below it is one mistake, not two."""
    if rule not in _CLAUSES:
        yield from entries
        return
    position = 0
    while position < len(entries):
        end = position + 1
        bare = _bare_id(reading, entries[position])
        while bare and end < len(entries) and _ADRIFT.match(reading.text, entries[end].start):
            end += 1
        if end == position + 1:
            yield entries[position]
        else:
            line = entries[position + 1]
            message = f"the rule of `{bare}` stands beside it, not below it"
            where = Label(Span(reading.source, line.start, _line_end(reading, line.start)))
            problems.append(Diagnostic("PD014", Severity.ERROR, message, where, help="indent the rule one level more"))
        position = end


def _bare_id(reading: Reading, stretch: Stretch) -> str:
    found = _BARE_ID.match(reading.text, stretch.start) if stretch.first_line == stretch.last_line else None
    return found[1] if found else ""


def _line_end(reading: Reading, start: int) -> int:
    end = reading.text.find("\n", start)
    return len(reading.text[start:end].rstrip()) + start


def _read(reading: Reading, stretch: Stretch, rule: str, problems: list[Diagnostic], *, within: bool = False) -> Any:  # noqa: ANN401 - any node
    """The node of one stretch, or None with a diagnostic. What the outline refused is not parsed.

    `within` a line, what stands before the stretch is not read with it.
    """
    if not stretch.sound or _hides(reading, stretch):
        return None
    page = (
        Page(reading, stretch.start, reading.text[stretch.start : stretch.end]) if within else _page(reading, stretch)
    )
    try:
        return build(parser().parse(page.text, start=rule), page)
    except lark.exceptions.UnexpectedInput as error:
        problems.append(explain(_mishap(error, page, stretch, rule)))
    except TooDeep as error:
        where = Label(Span(reading.source, error.start, error.start + 1))
        message = f"this is nested more than {DEEPEST} levels deep"
        cure = "define some of it by name, or write it as bullets"
        problems.append(Diagnostic("PD012", Severity.ERROR, message, where, help=cure))
    return None


def _hides(reading: Reading, stretch: Stretch) -> bool:
    """Whether a hidden character has been reported among the words of a stretch, which then are not what they seem."""
    starts = reading.hidden
    position = bisect_left(starts, stretch.start)
    return position < len(starts) and starts[position] < stretch.end


@frozen
class Token:
    """A word, number, text or sign as the grammar tells them apart, or an end of line or change of margin."""

    kind: str
    text: str
    start: int


@frozen
class Piece:
    """A head or an entry with the rule it is read by, and its tokens; none for what later editions bring."""

    stretch: Stretch
    rule: str
    tokens: tuple[Token, ...]


def pieces(reading: Reading) -> Iterator[Piece]:
    """The heads and entries of a text that has no mistakes, in order, for whoever writes it out again."""
    for block in outline(reading).blocks:
        yield _piece(reading, block.head, "section_head")
        rule = ENTRY_RULES.get(_keyword(reading, block.head), "")
        for stretch in block.entries:
            is_note = rule and _first_word(reading, stretch) in _NOTE_WORDS
            yield _piece(reading, stretch, "section_note" if is_note else rule)


def _piece(reading: Reading, stretch: Stretch, rule: str) -> Piece:
    if not rule:
        return Piece(stretch, rule, ())
    page = _page(reading, stretch)
    engine = parser().parse_interactive(page.text, start=rule)
    found = tuple(Token(token.type, str(token), (token.start_pos or 0) + page.offset) for token in engine.iter_parse())
    return Piece(stretch, rule, found)


def _page(reading: Reading, stretch: Stretch) -> Page:
    """What is parsed for a stretch: from the end of the line before it, so that its margin is seen.

    It is cut out because Lark counts the lines before a slice of a text again for each slice.
    """
    before = reading.text.rfind("\n", 0, stretch.start)
    offset = stretch.start if before < 0 else before
    return Page(reading, offset, reading.text[offset : stretch.end])


def _mishap(error: lark.exceptions.UnexpectedInput, page: Page, stretch: Stretch, rule: str) -> Mishap:
    """Where the parser stopped, at what, and what it could have gone on with."""
    token: lark.Token | None = getattr(error, "token", None)
    kind, found = (token.type, token.start_pos) if token is not None else ("", error.pos_in_stream)
    if token is not None and kind == "_INDENT":
        found = token.end_pos
    start = stretch.end if found is None else found + page.offset
    if kind in ("_NL", "_DEDENT", "$END"):
        start = _end_of_text(page.reading, stretch, start)
    parser_then: Any = error.interactive_parser
    accepted: set[str] = parser_then.accepts()
    strings = _strings()
    words = tuple(sorted(strings[name] for name in accepted if name in strings))
    word = _word_start(page.reading.text, start, stretch.start)
    runs_on = kind == "_REFUSED" or word < start
    return Mishap(page.reading, stretch.start, rule, kind, word, words, frozenset(accepted - set(strings)), runs_on)


def _word_start(text: str, start: int, first: int) -> int:
    """Where the word begins that runs on at `start`."""
    if not (text[start : start + 1].isalnum() or text[start : start + 1] == "_"):
        return start
    while start > first and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return start


def _end_of_text(reading: Reading, stretch: Stretch, end: int) -> int:
    while end > stretch.start and reading.text[end - 1].isspace():
        end -= 1
    return end


@cache
def _strings() -> dict[str, str]:
    """The terminals that are fixed words and signs."""
    return {terminal.name: terminal.pattern.value for terminal in parser().terminals if terminal.pattern.type == "str"}
