"""The reading copy of a text: comments and word-processor characters replaced one for one, so that places stay true."""

from __future__ import annotations

import unicodedata

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Source, Span

LONGEST = 1_000_000
"""A file is at most so many bytes long."""

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


def decode(name: str, data: bytes) -> tuple[Source, tuple[Diagnostic, ...]]:
    """A source from bytes. What is too long or not UTF-8 text gives an empty source and one diagnostic."""
    if len(data) > LONGEST:
        message = f"the file is {len(data):,} bytes long; a protocol has at most {LONGEST:,}"
        return _unreadable(name, "PD001", message, "split it, or move long tables into a library")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1:,} is not UTF-8 text"
        return _unreadable(name, "PD002", message, "save the file as UTF-8 text")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return _unreadable(name, "PD002", f"line {line} has a null byte; this is not a text", "give a text file")
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n")), ()


def _unreadable(name: str, code: str, message: str, cure: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    source = Source(name, "")
    return source, (Diagnostic(code, Severity.ERROR, message, Label(Span(source, 0, 0)), help=cure),)


def read(source: Source) -> Reading:
    """The reading copy of a source, the comments taken out of it, and characters that do not belong in a protocol."""
    copy: list[str] = []
    comments: list[Comment] = []
    problems: list[Diagnostic] = []
    offset = 0
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.isascii() and "#" not in line and "\t" not in line and line.isprintable():
            copy.append(line.rstrip() + " " * (len(line) - len(line.rstrip())))
        else:
            plain, comment = _plain_line(line)
            copy.append(plain)
            if comment is not None:
                comments.append(Comment(number, comment + 1, line[comment:].rstrip(), not line[:comment].strip()))
            problems += _strange(source, line, offset)
        offset += len(line) + 1
    if copy and copy[-1].strip():
        copy.append("")
    return Reading(source, "\n".join(copy), tuple(comments), tuple(problems))


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


def _strange(source: Source, line: str, offset: int) -> list[Diagnostic]:
    """Characters that turn the text around, hide in it, or control a terminal."""
    found = [column for column, char in enumerate(line) if _is_strange(char)]
    if not found:
        return []
    char = line[found[0]]
    name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
    where = Label(Span(source, offset + found[0], offset + found[0] + 1))
    message = f"a hidden character, {name}, changes how this line is shown"
    return [Diagnostic("PD004", Severity.ERROR, message, where, help="delete the character and type the line again")]


def _is_strange(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") and char not in "\t\ufeff"
