"""Settings are lines of plain words, matched to the phrases that a section declares.

A phrase is written as it is read, with its blanks in braces: `cohort of {count}`. Adding a setting is adding a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from attrs import frozen

from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Span
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.syntax.tree import Word

_BLANKS = {
    "count": r"[0-9]{1,6}",
    "number": r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
    "signed": r"-?[0-9]+(?:\.[0-9]+)?",
    "level": r"[-\w.]+",
    "unit": r"\S+",
    "word": r"[a-z_]+",
    "name": r"[a-z][a-z0-9_]*",
    "names": r"[a-z][a-z0-9_]*(?: and [a-z][a-z0-9_]*)*",
    "sizes": r"[0-9][0-9.eE+]* \S+(?: and [0-9][0-9.eE+]* \S+)*",
    "text": r".+",
}


@frozen
class Phrase:
    """A setting as it is read, and the name under which its values are known."""

    key: str
    words: str
    often: bool = False
    """Whether it may stand several times."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a line must look like."""
        pieces = re.split(r"\{(\w+)\}", self.words)
        text = "".join(
            f"({_BLANKS[piece]})" if number % 2 else re.escape(piece).replace(r"\ ", r"\s+")
            for number, piece in enumerate(pieces)
        )
        return re.compile(text)

    def filled(self, values: tuple[str, ...]) -> str:
        """The phrase as it is read, with what stands in its blanks."""
        left = iter(values)
        return re.sub(r"\{\w+\}", lambda _: next(left), self.words)


@frozen
class Set:
    """A phrase that was found: its key, what stood in its blanks, and where."""

    key: str
    values: tuple[str, ...]
    span: Span
    starts: tuple[int, ...] = ()

    def word(self, number: int) -> Word:
        """What stood in a blank, with its own place."""
        return part_of(Word("", span=self.span), self.starts[number], self.values[number])


def part_of(word: Word, start: int, text: str) -> Word:
    """A part of a word, so many characters from its beginning."""
    at = word.span.start + start
    return Word(text, span=Span(word.span.source, at, at + len(text)))


def pieces_between(word: Word, mark: re.Pattern[str]) -> Iterator[Word]:
    """The pieces between the marks, each with its place."""
    start = 0
    for found in [*mark.finditer(word.text), None]:
        end = len(word.text) if found is None else found.start()
        piece = word.text[start:end]
        yield part_of(word, start + len(piece) - len(piece.lstrip()), piece.strip())
        start = end if found is None else found.end()


def read_settings(lines: Iterable[Word], phrases: tuple[Phrase, ...], scope: Scope) -> Iterator[Set]:
    """The settings in some lines. A line is one phrase, or several with commas between them.

    What is no phrase is an error with the nearest one; a phrase said twice is an error too.
    """
    first: dict[str, Span] = {}
    for line in lines:
        for found in _line(line, phrases, scope):
            if found.key in first and not _often(found, phrases):
                others = [(first[found.key], "first here")]
                scope.error("PD408", "the setting stands twice", found.span, others=others, help="keep one of the two")
            else:
                first[found.key] = found.span
                yield found


def _often(found: Set, phrases: tuple[Phrase, ...]) -> bool:
    return any(phrase.often for phrase in phrases if phrase.key == found.key)


def _line(line: Word, phrases: tuple[Phrase, ...], scope: Scope) -> Iterator[Set]:
    whole = _matched(line.text, phrases, line.span)
    if whole is not None:
        yield whole
        return
    for text, span in _pieces(line):
        found = _matched(text, phrases, span)
        if found is None:
            scope.error("PD407", f"`{text}` is no setting of this section", span, help=_cure(text, phrases))
        else:
            yield found


def _matched(text: str, phrases: tuple[Phrase, ...], span: Span) -> Set | None:
    for phrase in phrases:
        match = phrase.pattern.fullmatch(text)
        if match:
            starts = tuple(match.start(number) for number in range(1, len(match.groups()) + 1))
            return Set(phrase.key, match.groups(), span, starts)
    return None


def _pieces(line: Word) -> Iterator[tuple[str, Span]]:
    start = line.span.start
    for piece in line.text.split(","):
        text = piece.strip()
        at = start + len(piece) - len(piece.lstrip())
        yield text, Span(line.span.source, at, at + len(text))
        start += len(piece) + 1


def _cure(text: str, phrases: tuple[Phrase, ...]) -> str:
    readable = {_skeleton(phrase.words): _shown(phrase.words) for phrase in phrases}
    meant = nearest(re.sub(r"[0-9][\w.+-]*", "0", text), readable)
    if meant is not None:
        return f"`{readable[meant]}` may be meant"
    alike = [words for words in readable.values() if words.partition(" ")[0] == text.partition(" ")[0]]
    if alike:
        return f"{' or '.join(f'`{words}`' for words in alike)} may be meant"
    return "what may stand here: " + ", ".join(f"`{words}`" for words in readable.values())


def _skeleton(words: str) -> str:
    return re.sub(r"\{\w+\}", "0", words)


def _shown(words: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: {"count": "3", "number": "0.3"}.get(match[1], match[1].upper()), words)
