"""The reading copy of a text: comments and word-processor characters replaced one for one, so that places stay true."""

from __future__ import annotations

import unicodedata

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Source, Span

LONGEST = 1_000_000
"""A file is at most so many bytes long."""
LONGEST_LINE = 20_000
"""A line is at most so many characters long."""
DEEPEST = 64
"""Nothing is nested deeper than so many levels."""

# What word processors make of plain characters.
PLAIN = str.maketrans(
    {
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2007": " ",
        "\u2003": " ",
        "\u2002": " ",
        "\u00d7": "x",
        "\u03bc": "\u00b5",
        "\r": " ",
        "\ufeff": " ",
    }
)
_STRANGE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OPENING = {'"': '"', "\u201c": "\u201d\u201c", "\u201e": "\u201c\u201d", "\u201d": "\u201d"}


@frozen
class Comment:
    """A comment with its place; `alone` says that nothing else stands on its line."""

    line: int
    column: int
    text: str
    alone: bool


@frozen
class Reading:
    """A text ready to be parsed: `text` has the length of the source, character for character."""

    source: Source
    text: str
    comments: tuple[Comment, ...]
    problems: tuple[Diagnostic, ...]
    hidden: tuple[int, ...] = ()
    """Where hidden characters stand that are no part of a comment."""


def decode(name: str, data: bytes) -> tuple[Source, tuple[Diagnostic, ...]]:
    """A source from bytes. What is too long or not UTF-8 text gives an empty source and one diagnostic."""
    if len(data) > LONGEST:
        message = f"the file is {len(data):,} bytes long; a protocol has at most {LONGEST:,}"
        where = Span(Source(name, ""), 0, 0)
        return _unreadable("PD001", message, where, "split it, or move long tables into a library")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _lined(data[: error.start].decode("utf-8-sig"))
        shown = Source(name, before + data[error.start : error.start + 80].decode("utf-8", "replace"))
        message = "this is not UTF-8 text" if data[:2] in _UTF16 else "this character is not UTF-8 text"
        where = Span(shown, len(before), len(before) + 1)
        return _unreadable("PD002", message, where, "save the file as UTF-8 text")
    text = _lined(text)
    if "\0" in text:
        where = Span(Source(name, text), text.index("\0"), text.index("\0") + 1)
        return _unreadable("PD002", "a null byte stands here; this is not a text", where, "save the file as UTF-8 text")
    return Source(name, text), ()


def _unreadable(code: str, message: str, where: Span, cure: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    found = Diagnostic(code, Severity.ERROR, message, Label(where), help=cure)
    return Source(where.source.name, ""), (found,)


def _lined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(source: Source) -> Reading:
    """The reading copy of a source, the comments taken out of it, and characters that do not belong in a protocol."""
    copy: list[str] = []
    comments: list[Comment] = []
    problems: list[Diagnostic] = []
    hidden: list[int] = []
    offset = 0
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.isascii() and "#" not in line and "\t" not in line and line.isprintable():
            copy.append(line.rstrip() + " " * (len(line) - len(line.rstrip())))
        else:
            plain, comment = _plain_line(line)
            copy.append(plain)
            if comment is not None:
                comments.append(Comment(number, comment + 1, line[comment:].rstrip(), not line[:comment].strip()))
            strange = _strange(line, first=offset == 0)
            if strange is not None:
                problems.append(_hidden(source, line[strange], offset + strange))
                hidden += [offset + strange] if comment is None or strange < comment else []
        offset += len(line) + 1
    if copy and copy[-1].strip():
        copy.append("")
    return Reading(source, "\n".join(copy), tuple(comments), tuple(problems), tuple(hidden))


def _plain_line(line: str) -> tuple[str, int | None]:
    """The line with its comment blanked and its signs plain, and where the comment began."""
    plain: list[str] = []
    closing = ""
    for column, char in enumerate(line):
        if closing:
            ends = char in closing or char == '"'
            plain.append('"' if ends else char)
            closing = "" if ends else closing
        elif char in _OPENING:
            closing = _OPENING[char]
            plain.append('"')
        elif char == "#":
            return "".join(plain) + " " * (len(line) - column), column
        else:
            plain.append(char.translate(PLAIN) if not char.isascii() else char)
    return "".join(plain), None


def _strange(line: str, *, first: bool) -> int | None:
    """The column of the first character that turns the text around, hides in it, or controls a terminal."""
    for column, char in enumerate(line.removesuffix("\r")):
        if char.isprintable() or char == "\t" or unicodedata.category(char) not in _STRANGE:
            continue
        if not (char == "\ufeff" and first and column == 0):
            return column
    return None


def _hidden(source: Source, char: str, start: int) -> Diagnostic:
    name = unicodedata.name(char, f"U+{ord(char):04X}")
    message = f"a hidden character, {name.lower() if ' ' in name else name}, stands here"
    return Diagnostic("PD004", Severity.ERROR, message, Label(Span(source, start, start + 1)), help="delete it")
