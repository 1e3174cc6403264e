"""The outline of a file by its indentation: sections, and in each the stretches of its entries."""

from __future__ import annotations

from itertools import pairwise

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Source, Span
from protocol_dsl.syntax.reading import DEEPEST, LONGEST_LINE, Reading

STEP = 4
"""A level is so many spaces; a tab counts as that many."""
_OTHER_STEPS = (1, 2, 3, 5, 6, 7, 8)


@frozen
class Stretch:
    """Part of the reading copy, from the first character of its first line to the end of its last.

    What is not `sound` has been refused by the outline and is not parsed.
    """

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
    """The blocks of a file, how many spaces a level is, and what is wrong with the indentation."""

    blocks: tuple[Block, ...]
    step: int
    problems: tuple[Diagnostic, ...]


@frozen
class _Line:
    number: int
    start: int
    margin: str
    indent: int
    text: str
    sound: bool = True

    @property
    def is_row(self) -> bool:
        return self.text.startswith("|")


def outline(reading: Reading) -> Outline:
    """Cut a text into sections and entries. Every line that is not blank is in exactly one stretch."""
    problems: list[Diagnostic] = []
    lines = _lines(reading)
    step = _step(lines)
    lines = _checked(reading.source, lines, step, problems)
    blocks: list[Block] = []
    position = 0
    while position < len(lines):
        end = position + 1
        while end < len(lines) and lines[end].indent > 0:
            end += 1
        head = lines[position]
        if head.indent > 0:
            problems += [_orphan(reading.source, head)] if head.sound else []
            head = evolve(head, sound=False)
        body = lines[position + 1 : end]
        blocks.append(Block(_stretch(reading, [head]), tuple(_entries(reading, body))))
        position = end
    return Outline(tuple(blocks), step, tuple(problems))


def _orphan(source: Source, line: _Line) -> Diagnostic:
    message = "an indented line stands before the first section"
    return _problem(source, line, "PD011", message, 'begin the file with `protocol "..."` at the left margin')


def _checked(source: Source, lines: list[_Line], step: int, problems: list[Diagnostic]) -> list[_Line]:
    """The lines that are not blank, those with a margin that says nothing marked as not sound."""
    problems += _mendable(source, lines, step)
    checked: list[_Line] = []
    for line in lines:
        above = checked[-1].indent if checked else 0
        problem = _too_much(source, line) or _indentation(source, line, above, step)
        if problem is None:
            checked.append(line)
            continue
        problems.append(problem)
        meant = min(-(-line.indent // step), above // step + 1) * step
        checked.append(evolve(line, indent=meant, sound=False))
    return checked


def _lines(reading: Reading) -> list[_Line]:
    found: list[_Line] = []
    offset = 0
    for number, text in enumerate(reading.text.split("\n"), start=1):
        body = text.lstrip(" \t")
        if body.strip():
            margin = text[: len(text) - len(body)]
            if number == 1 and reading.source.text.startswith("\ufeff"):
                margin = margin[1:]
            indent = len(margin.expandtabs(STEP))
            found.append(_Line(number, offset + len(text) - len(body), margin, indent, body.rstrip()))
        offset += len(text) + 1
    return found


def _step(lines: list[_Line]) -> int:
    """How many spaces a level is in this file: another number than four only if all its lines agree on it."""
    indents = [line.indent for line in lines]
    step = min((indent for indent in indents if indent), default=STEP)
    if step not in _OTHER_STEPS or any(indent % step for indent in indents):
        return STEP
    return STEP if any(after > before + step for before, after in pairwise(indents)) else step


def _mendable(source: Source, lines: list[_Line], step: int) -> list[Diagnostic]:
    """Margins that are clear but not canonical: one diagnostic for the whole file."""
    tabbed = [line for line in lines if "\t" in line.margin]
    cure = "indent by four spaces a level; `protocol fmt` does it"
    if tabbed:
        many = "this line is" if len(tabbed) == 1 else f"{len(tabbed):,} lines are"
        where = Label(Span(source, tabbed[0].start - len(tabbed[0].margin), tabbed[0].start))
        return [Diagnostic("PD013", Severity.ERROR, f"{many} indented with tabs", where, help=cure)]
    if step != STEP:
        first = next(line for line in lines if line.indent)
        message = f"the file is indented by {step} space{'s' * (step > 1)} a level"
        where = Label(Span(source, first.start - step, first.start))
        return [Diagnostic("PD013", Severity.ERROR, message, where, help=cure)]
    return []


def _too_much(source: Source, line: _Line) -> Diagnostic | None:
    if line.indent > DEEPEST * STEP:
        return _problem(source, line, "PD012", f"the line is nested more than {DEEPEST} levels deep", None)
    if len(line.text) > LONGEST_LINE:
        message = f"the line is {len(line.text):,} characters long; at most {LONGEST_LINE:,} are read"
        return _problem(source, line, "PD012", message, "split it into several")
    return None


def _indentation(source: Source, line: _Line, above: int, step: int) -> Diagnostic | None:
    if line.indent % step:
        message = f"the line is indented by {line.indent} space{'s' * (line.indent > 1)}, no multiple of {_digit(step)}"
        return _problem(source, line, "PD010", message, f"indent by {_digit(step)} spaces a level")
    if line.indent > above + step:
        message = f"the line is indented by {line.indent} spaces, more than one level below the line above"
        return _problem(source, line, "PD010", message, f"indent it by {above + step} spaces at most")
    return None


def _digit(step: int) -> str:
    return ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")[step]


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
