"""What a malformed text deserves to be told."""

from __future__ import annotations

from attrs import frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Span
from protocol_dsl.syntax.outline import Stretch
from protocol_dsl.syntax.reading import Reading


@frozen
class Mishap:
    """Where parsing stopped: the rule being read, the text found, the words and kinds of word that would do."""

    reading: Reading
    stretch: Stretch
    rule: str
    kind: str
    start: int
    text: str
    words: tuple[str, ...]
    kinds: tuple[str, ...]


_KINDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "UNIT": "a unit",
    "DATE": "a date",
    "STRING": 'a "quoted text"',
    "ID": "an id such as `I1`",
    "ROW": "a row of a table",
    "VERSION": "a version",
    "PHRASE": "words",
    "_NL": "the end of the line",
    "_INDENT": "an indented line",
    "_DEDENT": "the end of the clause",
}


def explain(mishap: Mishap) -> Diagnostic:
    """The diagnostic for a mishap: what was seen, and one thing to do."""
    if mishap.kind in ("_NL", "_DEDENT", "_INDENT", "$END"):
        return _diagnostic(mishap, "PD021", "the line ends before it is complete", _would_do(mishap))
    word = mishap.text.strip()
    if word in ("and", "or") and _has(mishap, "and" if word == "or" else "or"):
        message = "`and` is mixed with `or` on one line"
        return _diagnostic(mishap, "PD022", message, "put brackets around one of them, or write bullets")
    meant = nearest(word, mishap.words)
    if meant is not None:
        return _diagnostic(mishap, "PD020", f"`{word}` is not expected here", f"`{meant}` may be meant")
    return _diagnostic(mishap, "PD020", f"`{word}` is not expected here", _would_do(mishap))


def _has(mishap: Mishap, word: str) -> bool:
    before = mishap.reading.text[mishap.stretch.start : mishap.start]
    return word in before.rpartition("\n")[2].split()


def _would_do(mishap: Mishap) -> str | None:
    known = [f"`{word}`" for word in mishap.words if word.isalpha()][:8]
    known += [_KINDS[kind] for kind in mishap.kinds if kind in _KINDS]
    if not known:
        return None
    return "what may stand here: " + ", ".join(known)


def _diagnostic(mishap: Mishap, code: str, message: str, cure: str | None) -> Diagnostic:
    source = mishap.reading.source
    length = max(len(mishap.text.rstrip()), 1)
    where = Span(source, mishap.start, min(mishap.start + length, max(len(source.text), mishap.start)))
    return Diagnostic(code, Severity.ERROR, message, Label(where), help=cure)
