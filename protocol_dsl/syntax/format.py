"""Canonical text: the same words, one layout."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from attrs import evolve, frozen

from protocol_dsl.base.quantity import canonical
from protocol_dsl.base.source import Source
from protocol_dsl.syntax.outline import STEP, outline
from protocol_dsl.syntax.parse import Piece, Token, parse, pieces
from protocol_dsl.syntax.reading import Comment, Reading

MENDED = "PD013"
"""The one mistake that the formatter mends: margins of tabs, or of another number of spaces."""

_WIDEST_NAME = 24  # a longer name does not push the colons of all others to the right
_IN_WORDS = {
    ">=": "at least",
    "≥": "at least",
    "<=": "at most",
    "≤": "at most",
    ">": "more than",
    "<": "less than",
    "!=": "is not",
    "≠": "is not",
    "=": "is",
}
_FREE_TEXT = ("STRING", "ROW")
_PLAIN_WORDS = ("PHRASE", "INNER")
_LAYOUT = ("_NL", "_INDENT", "_DEDENT")


@frozen
class _Line:
    """A line to be written: the line it was, its depth in levels, and its words."""

    number: int
    depth: int
    text: str
    begins: bool = False  # a head or an entry
    comment: bool = False
    table: int = 0  # which table of the file its row belongs to
    blank: bool = False  # whether an empty line stands above it


def format_text(source: Source) -> str | None:
    """The text in its canonical layout; None where it has mistakes, because then its author is not done."""
    parsed = parse(source)
    if any(problem.code != MENDED for problem in parsed.problems):
        return None
    reading = parsed.reading
    lines = _with_tables(list(_code(reading)))
    beside = {comment.line: comment.text for comment in reading.comments if not comment.alone}
    lines = [evolve(line, text=_beside(line, beside)) for line in lines]
    lines = _with_blanks(reading, _with_comments(reading, lines))
    return "".join("\n" * line.blank + " " * (STEP * line.depth) + line.text + "\n" for line in lines)


def _beside(line: _Line, comments: dict[int, str]) -> str:
    return f"{line.text}  {comments[line.number]}" if line.number in comments else line.text


# --- code -------------------------------------------------------------------------------------------------------------


def _code(reading: Reading) -> Iterator[_Line]:
    """The lines of heads and entries, section by section."""
    section: list[Piece] = []
    for piece in pieces(reading):
        if piece.rule == "section_head":
            yield from _section(reading, section)
            section = []
        section.append(piece)
    yield from _section(reading, section)


def _section(reading: Reading, section: list[Piece]) -> Iterator[_Line]:
    names = [len(piece.tokens[0].text) for piece in section if _is_item(piece)]
    width = max((length for length in names if length <= _WIDEST_NAME), default=0)
    for piece in section:
        depth = 0 if piece.rule == "section_head" else 1
        if not piece.rule:
            yield from _as_it_stands(reading, piece)
        else:
            yield from _entry(reading, piece, depth, width if _is_item(piece) else 0)


def _is_item(piece: Piece) -> bool:
    return piece.rule == "item"


def _entry(reading: Reading, piece: Piece, depth: int, width: int) -> Iterator[_Line]:
    line: list[Token] = []
    begins = True
    for token in piece.tokens:
        if token.kind not in _LAYOUT:
            line.append(token)
            continue
        if token.kind == "_NL" and line:
            number = reading.source.position(line[0].start)[0]
            table = piece.stretch.start + 1 if line[0].kind == "ROW" else 0
            yield _Line(number, depth, _written(line, piece.rule, width if begins else 0), begins, table=table)
            line, begins = [], False
        depth += {"_INDENT": 1, "_DEDENT": -1}.get(token.kind, 0)


def _written(tokens: list[Token], rule: str, width: int) -> str:
    """The words of a line with the space that belongs between them."""
    text = ""
    for token in tokens:
        word = _word(token, rule)
        if text and not (word in {",", ";", ")"} or text.endswith("(")):
            text += " "
        text += word
        if token is tokens[0]:
            text = text.ljust(width)
    return text


def _word(token: Token, rule: str) -> str:
    if token.kind == "UNIT":
        return canonical(token.text) or token.text
    if token.kind in _PLAIN_WORDS:
        return " ".join(token.text.split())
    if token.kind in _FREE_TEXT or rule == "example_line":
        return token.text
    return _IN_WORDS.get(token.text, token.text)


def _as_it_stands(reading: Reading, piece: Piece) -> Iterator[_Line]:
    """What later editions bring keeps its words; only its margins are set."""
    margins: list[int] = []
    start, end = reading.text.rfind("\n", 0, piece.stretch.start) + 1, piece.stretch.end
    for number, text in enumerate(reading.text[start:end].split("\n"), start=piece.stretch.first_line):
        if not text.strip():
            continue
        margin = len(text) - len(text.lstrip())
        margins = [*(known for known in margins if known < margin), margin]
        yield _Line(number, len(margins), text.strip(), number == piece.stretch.first_line)


# --- tables -----------------------------------------------------------------------------------------------------------


def _with_tables(lines: list[_Line]) -> list[_Line]:
    """The lines with the cells of each table one below the other."""
    cells = {
        line.number: [" ".join(cell.split()) for cell in line.text[1:-1].split("|")] for line in lines if line.table
    }
    widths: dict[int, list[int]] = {}
    for line in lines:
        if line.table:
            known = widths.get(line.table, [0] * len(cells[line.number]))
            found = map(len, cells[line.number])
            widths[line.table] = [max(pair) for pair in zip_longest(known, found, fillvalue=0)]  # rows may be ragged
    return [evolve(line, text=_row(cells[line.number], widths[line.table])) if line.table else line for line in lines]


def _row(cells: list[str], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)) + " |"


# --- comments and empty lines -----------------------------------------------------------------------------------------


def _with_comments(reading: Reading, lines: list[_Line]) -> list[_Line]:
    """The lines, and before each the comments that stood alone before it."""
    step = outline(reading).step
    found: list[_Line] = []
    waiting = [comment for comment in reading.comments if comment.alone]
    waiting.reverse()
    above = 0
    for line in lines:
        while waiting and waiting[-1].line < line.number:
            found.append(_alone(waiting.pop(), reading, step, above, line.depth))
        found.append(line)
        above = line.depth
    return found + [_alone(comment, reading, step, above, 0) for comment in reversed(waiting)]


def _alone(comment: Comment, reading: Reading, step: int, above: int, below: int) -> _Line:
    """A comment takes the depth of what it precedes, or where it stood deeper than that, of what it follows."""
    margin = reading.source.line(comment.line)[: comment.column - 1].expandtabs(STEP)
    level = (len(margin) + step // 2) // step
    depth = min(max(level, below + 1), above) if level > below and above > below else below
    return _Line(comment.line, depth, comment.text, comment=True)


def _with_blanks(reading: Reading, lines: list[_Line]) -> list[_Line]:
    """One empty line above each section and its comments; between entries those that were there, one at most."""
    opening = _opening(lines)
    placed: list[_Line] = []
    begins = True  # whether the next line that is no comment begins a head or an entry; nothing follows the last
    for position in range(len(lines) - 1, -1, -1):
        line, before = lines[position], lines[position - 1] if position else None
        begins = begins if line.comment else line.begins
        between = begins and line.depth <= 1 and before is not None and not (before.begins and before.depth == 0)
        kept = between and not reading.source.line(line.number - 1).strip()
        placed.append(evolve(line, blank=before is not None and (position in opening or kept)))
    placed.reverse()
    return placed


def _opening(lines: list[_Line]) -> set[int]:
    """Where sections begin: at their heads, or at the comments just above those."""
    found = set()
    for position, line in enumerate(lines):
        if line.begins and line.depth == 0:
            first = position
            while first and lines[first - 1].comment and lines[first - 1].depth == 0:
                first -= 1
            found.add(first)
    return found
