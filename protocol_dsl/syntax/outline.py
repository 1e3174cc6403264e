"""The outline of a file by its indentation: sections, and in each the stretches of its entries."""

from __future__ import annotations

from attrs import field, frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Source, Span
from protocol_dsl.syntax.reading import Reading

DEEPEST = 64
STEP = 4
TAB = 4


@frozen
class Stretch:
    """Part of the reading copy, from the first character of its first line to the end of its last."""

    start: int
    end: int
    first_line: int
    last_line: int
    sound: bool = True


@frozen
class Block:
    """A section: the stretch of its head and those of its entries."""

    head: Stretch
    entries: tuple[Stretch, ...]


@frozen
class Outline:
    """The blocks of a file, and what is wrong with its indentation."""

    blocks: tuple[Block, ...]
    problems: tuple[Diagnostic, ...]


@frozen
class _Line:
    number: int
    start: int
    indent: int
    text: str
    sound: bool = field(default=True)

    @property
    def is_row(self) -> bool:
        return self.text.startswith("|")


def outline(reading: Reading) -> Outline:
    """Cut a text into sections and entries. Every line that is not blank is in exactly one stretch."""
    problems: list[Diagnostic] = []
    lines = _checked(reading, problems)
    blocks: list[Block] = []
    position = 0
    while position < len(lines):
        end = position + 1
        while end < len(lines) and lines[end].indent > 0:
            end += 1
        head, body = lines[position], lines[position + 1 : end]
        if head.indent > 0:
            head, body = _orphan(reading.source, head, body, problems)
        blocks.append(Block(_stretch(reading, [head]), tuple(_entries(reading, body))))
        position = end
    return Outline(tuple(blocks), tuple(problems))


def _orphan(
    source: Source, head: _Line, body: list[_Line], problems: list[Diagnostic]
) -> tuple[_Line, list[_Line]]:
    message = "an indented line stands before the first section"
    problems.append(
        _problem(source, head, "PD011", message, "begin the file with `protocol \"...\"` at the left margin")
    )
    return head, body


def _checked(reading: Reading, problems: list[Diagnostic]) -> list[_Line]:
    lines: list[_Line] = []
    offset = 0
    for number, text in enumerate(reading.text.split("\n"), start=1):
        body = text.lstrip(" \t")
        if body.strip():
            line = _Line(number, offset + len(text) - len(body), _indent(text, body), body.rstrip())
            previous = lines[-1] if lines else None
            problem = _indentation(reading.source, line, text, previous)
            problem = problem or _brackets(reading.source, line)
            if problem is not None:
                problems.append(problem)
            if problem is not None and not _only_tabs(text, body):
                line = _Line(number, line.start, _nearest_step(line.indent, previous), line.text, sound=False)
            lines.append(line)
        offset += len(text) + 1
    return lines


def _only_tabs(text: str, body: str) -> bool:
    """Whether tabs alone are wrong with the line; its structure is then clear all the same."""
    margin = text[: len(text) - len(body)]
    return bool(margin) and not margin.strip("\t")


def _indent(text: str, body: str) -> int:
    return len(text[: len(text) - len(body)].expandtabs(TAB))


def _nearest_step(indent: int, previous: _Line | None) -> int:
    """The indentation that was most likely meant."""
    deepest = previous.indent + STEP if previous is not None else 0
    return min(-(-indent // STEP) * STEP, deepest)


def _indentation(source: Source, line: _Line, text: str, previous: _Line | None) -> Diagnostic | None:
    if "\t" in text[: len(text) - len(text.lstrip())]:
        return _problem(source, line, "PD010", "the line is indented with a tab", "indent with four spaces a level")
    if line.indent % STEP:
        message = f"the line is indented by {line.indent} spaces, which is no multiple of four"
        return _problem(source, line, "PD010", message, "indent with four spaces a level")
    if previous is not None and line.indent > previous.indent + STEP:
        message = f"the line is indented by {line.indent} spaces, more than one level below the line above"
        return _problem(source, line, "PD010", message, f"indent it by {previous.indent + STEP} spaces at most")
    if line.indent > DEEPEST * STEP:
        return _problem(source, line, "PD012", f"the line is nested more than {DEEPEST} levels deep", None)
    return None


def _brackets(source: Source, line: _Line) -> Diagnostic | None:
    if line.text.count("(") <= DEEPEST:
        return None
    message = f"the line opens more than {DEEPEST} brackets"
    return _problem(source, line, "PD012", message, "write the parts as bullets, or define some of them by name")


def _problem(source: Source, line: _Line, code: str, message: str, cure: str | None) -> Diagnostic:
    where = Label(Span(source, line.start, line.start + len(line.text)))
    return Diagnostic(code, Severity.ERROR, message, where, help=cure)


def _entries(reading: Reading, body: list[_Line]) -> list[Stretch]:
    """An entry begins at the indentation of the section's first line; the rows of a table are one entry."""
    entries: list[list[_Line]] = []
    level = body[0].indent if body else 0
    for line in body:
        follows = entries and (line.indent > level or (line.is_row and entries[-1][0].is_row))
        if follows:
            entries[-1].append(line)
        else:
            entries.append([line])
    return [_stretch(reading, lines) for lines in entries]


def _stretch(reading: Reading, lines: list[_Line]) -> Stretch:
    last = lines[-1]
    end = reading.text.find("\n", last.start)
    end = len(reading.text) if end < 0 else end + 1
    sound = all(line.sound for line in lines)
    return Stretch(lines[0].start, end, lines[0].number, last.number, sound)
