"""What a malformed text deserves to be told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.source import Span
from protocol_dsl.syntax.fitting import fitting
from protocol_dsl.syntax.reading import Reading
from protocol_dsl.syntax.tables import RESERVED

if TYPE_CHECKING:
    from protocol_dsl.syntax.slips.slip import Slip


@frozen
class Mishap:
    """Where parsing stopped: the entry and rule being read, the token found, the words and kinds that would do.

    `start` is the offset of what was found; `entry` that of the entry it stands in.
    """

    reading: Reading
    entry: int
    rule: str
    kind: str
    start: int
    words: tuple[str, ...]
    kinds: frozenset[str]
    runs_on: bool = False  # whether it is the end of a word that began well

    @property
    def line_start(self) -> int:
        """Where the line begins."""
        return self.reading.text.rfind("\n", 0, self.start) + 1

    @property
    def line(self) -> str:
        """The line, as far as it is likely to matter."""
        end = self.reading.text.find("\n", self.start)
        return self.reading.text[self.line_start : end if end >= 0 else None].rstrip()

    @property
    def word(self) -> str:
        """The word, number, quoted text or sign that was found; nothing at the end of a line."""
        found = _WORD.match(self.reading.text, self.start)
        return found[0] if found else ""

    @property
    def before(self) -> str:
        """The line up to what was found."""
        return self.reading.text[self.line_start : self.start].rstrip()

    @property
    def begins_line(self) -> bool:
        """Whether what was found is the first thing on its line."""
        return not self.before

    def problem(self, code: str, message: str, cure: str | None, where: tuple[int, int] | None = None) -> Diagnostic:
        """A diagnostic at what was found, or at another stretch of its line (columns from 0)."""
        start, end = self.start, self.start + max(len(self.word), 1)
        if where is not None:
            start, end = (self.line_start + column for column in where)
        span = Span(self.reading.source, start, max(min(end, len(self.reading.source.text)), start))
        return Diagnostic(code, Severity.ERROR, message, Label(span), help=cure)


_WORD = re.compile(r'"[^"\n]*"|[^\W\d]\w*|[+-]?\d[\w.,:/-]*\w|[<>=!]+|[^\s]')
_ENDS = ("_NL", "_DEDENT", "$END")


def explain(mishap: Mishap) -> Diagnostic:
    """The diagnostic for a mishap: what was seen, and one thing to do."""
    for recognise in (_mixed, _open_quote, _open_row, _bracket, _unquoted, _slip, _capital):
        known = recognise(mishap)
        if known is not None:
            return known
    if mishap.kind == "_INDENT":
        message = "the line is indented below one that takes no lines below it"
        return mishap.problem("PD010", message, "give it the margin of the line above, or write it on that line")
    if mishap.kind in _ENDS:
        return _too_short(mishap)
    return _unexpected(mishap)


def _mixed(mishap: Mishap) -> Diagnostic | None:
    other = {"and": "or", "or": "and"}.get(mishap.word, "")
    found = [*re.finditer(rf"\b{other}\b", masked(mishap.before))] if other else []
    if not found:
        return None
    start = mishap.line_start + found[-1].start()
    beside = Label(Span(mishap.reading.source, start, start + len(other)))
    cure = "put brackets around the parts of one of them, or write bullets"
    return evolve(mishap.problem("PD022", "`and` and `or` are mixed on one line", cure), others=(beside,))


def _open_quote(mishap: Mishap) -> Diagnostic | None:
    line = mishap.line
    last = line.rfind('"')
    if line.count('"') % 2 == 0 or last > mishap.start - mishap.line_start:
        return None
    cure = 'end it with `"` on the line it begins on'
    return mishap.problem("PD023", "the text in quotes that begins here does not end", cure, (last, len(line)))


def _open_row(mishap: Mishap) -> Diagnostic | None:
    line = mishap.line
    if not line.lstrip().startswith("|") or line.endswith("|"):
        return None
    where = (len(line) - len(line.lstrip()), len(line))
    end = mishap.line_start + len(line)
    if "#" in mishap.reading.source.text[end:].partition("\n")[0]:
        return mishap.problem("PD034", "a comment begins within the row", "end the row with `|` before the `#`", where)
    return mishap.problem("PD034", "the row has no closing `|`", "end the row with `|`", where)


def _bracket(mishap: Mishap) -> Diagnostic | None:
    line = masked(mishap.line)
    if mishap.word == ")":
        return mishap.problem("PD039", "this bracket closes none that is open", "delete it, or open one before it")
    if mishap.kind not in _ENDS or ")" not in mishap.words:
        return None
    closed = 0
    for column in range(len(line) - 1, -1, -1):
        closed += {")": 1, "(": -1}.get(line[column], 0)
        if closed < 0:
            cure = "close it on the line it stands on"
            return mishap.problem("PD039", "this bracket is not closed", cure, (column, column + 1))
    return None


_NEAR = 160  # characters each side of a mistake that are looked at
_QUOTED = re.compile(r'"[^"]*"')


def masked(line: str) -> str:
    """The line with the inside of its quoted texts blotted out, so that no wording is taken for a mistake."""
    return _QUOTED.sub(lambda found: '"' + "\x01" * (len(found[0]) - 2) + '"', line)


def _slip(mishap: Mishap) -> Diagnostic | None:
    """The diagnostic of the first usual mistake that fits."""
    from protocol_dsl.syntax.slips import SLIPS  # a text without mistakes needs none of them

    column = mishap.start - mishap.line_start
    offset = max(column - _NEAR, 0)
    line = masked(mishap.line)[offset : column + _NEAR]
    for slip in SLIPS:
        if not _applies(slip, mishap):
            continue
        for found in re.finditer(slip.pattern, line):
            if _covers(found, column - offset, len(line)):
                return _told(slip, mishap, found, offset)
    return None


def _covers(found: re.Match[str], column: int, length: int) -> bool:
    """Whether what was matched holds the place where reading stopped, the end of the line included."""
    if not found.start() <= column <= found.end():
        return False
    return column < found.end() or column >= length or found[0].endswith(" ")


def _applies(slip: Slip, mishap: Mishap) -> bool:
    if slip.rules and mishap.rule not in slip.rules:
        return False
    if slip.first and (mishap.runs_on or not mishap.begins_line):
        return False
    return not slip.wanting or slip.wanting in mishap.words or slip.wanting in mishap.kinds


def _told(slip: Slip, mishap: Mishap, found: re.Match[str], offset: int) -> Diagnostic:
    line = mishap.line[offset:]
    words = [line[found.start(i) : found.end(i)] if found[i] is not None else "" for i in range(found.re.groups + 1)]
    mended = slip.mend(found) if slip.mend else ""
    stripped = [word.strip() for word in words]
    message, cure = (text.format(*stripped, mended=mended) for text in (slip.message, slip.cure))
    start = found.start() + len(words[0]) - len(words[0].lstrip())
    end = found.end() - len(words[0]) + len(words[0].rstrip())
    return mishap.problem(slip.code, message, cure, (start + offset, end + offset))


def _capital(mishap: Mishap) -> Diagnostic | None:
    word = mishap.word
    if not word[:1].isalpha() or word == word.lower():
        return None
    if word.lower() in mishap.words:
        return mishap.problem("PD036", f"`{word}` has capital letters", f"write `{word.lower()}`")
    if "NAME" not in mishap.kinds or not word.isascii():
        return None
    return mishap.problem("PD024", f"`{word}` has capital letters, which a name cannot", f"write `{word.lower()}`")


def _unquoted(mishap: Mishap) -> Diagnostic | None:
    """Words where a text in quotes belongs."""
    if "STRING" not in mishap.kinds or not mishap.word or mishap.word.startswith('"'):
        return None
    only = mishap.kinds == {"STRING"} and not mishap.words
    if not mishap.word[0].isalnum() or not (only or _AFTER_ID.fullmatch(mishap.before)):
        return None
    column = len(mishap.line) - len(mishap.line[mishap.start - mishap.line_start :])
    told = mishap.line[column:].replace('"', "'")
    cure = f'write `"{told}"`' if len(told) <= _LONGEST_TOLD else 'write `"` before and after it'
    return mishap.problem("PD023", "this text stands without quotes", cure, (column, len(mishap.line)))


_AFTER_ID = re.compile(r"\s*[A-Z][A-Za-z]*[0-9]+[a-z]?")
_LONGEST_TOLD = 60


def _too_short(mishap: Mishap) -> Diagnostic:
    last = mishap.before.split()[-1:]
    if "_INDENT" in mishap.kinds:
        return mishap.problem("PD014", "nothing stands below this line", "write what belongs to it below, indented")
    message = f"the line ends after `{last[0]}`, before it is complete" if last else "the line is not complete"
    fits = fitting(mishap.words, mishap.kinds)
    return mishap.problem("PD021", message, f"go on with {fits}" if fits else None)


def _unexpected(mishap: Mishap) -> Diagnostic:
    word = mishap.word
    told = word if len(word) <= _LONGEST_TOLD else word[: _LONGEST_TOLD - 1] + "…"
    if mishap.rule == "section_head" and mishap.begins_line:
        return mishap.problem("PD006", f"`{told}` is no section", _nearest_section(word))
    message = f"`{told}` is not expected here"
    near = nearest(word, (known for known in mishap.words if known[:1].isalpha())) if word[:1].isalpha() else None
    if near is not None:
        return mishap.problem("PD020", message, f"`{near}` may be meant")
    fits = fitting(mishap.words, mishap.kinds)
    cure = (
        f"write {fits} here"
        if fits and fits.startswith("`") and " " not in fits
        else fits and f"what fits here is {fits}"
    )
    return _run_on(mishap) or _two_names(mishap) or mishap.problem("PD020", message, cure)


def _run_on(mishap: Mishap) -> Diagnostic | None:
    """`isactive`, where `is active` was meant."""
    for known in sorted(RESERVED, key=len, reverse=True) if mishap.runs_on else ():
        rest = mishap.word.removeprefix(known)
        if rest not in ("", mishap.word):
            return mishap.problem("PD020", f"`{mishap.word}` is not expected here", f"`{known} {rest}` may be meant")
    return None


def _two_names(mishap: Mishap) -> Diagnostic | None:
    """Two names side by side where a comparison might have followed: a name written as two words."""
    last = mishap.before.split()[-1:]
    if "is" not in mishap.words or not last or not (_NAME.fullmatch(last[0]) and _NAME.fullmatch(mishap.word)):
        return None
    if {last[0], mishap.word} & _NO_NAMES:
        return None
    message = f"`{last[0]} {mishap.word}` is two words; a name is one"
    cure = f"write `{last[0]}_{mishap.word}`, or what is said of `{last[0]}`, such as `is`"
    start = mishap.start - mishap.line_start
    return mishap.problem("PD024", message, cure, (len(mishap.before) - len(last[0]), start + len(mishap.word)))


_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NO_NAMES = frozenset({
    "has", "have", "is", "are", "was", "be", "been", "with", "without", "must", "can", "who", "which", "that", "no",
    "not", "of", "in", "on", "at", "the", "a",
})  # fmt: skip
_SECTIONS = (
    "protocol", "library", "amendment", "moments", "data", "record", "define", "inclusion", "exclusion", "gate",
    "doses", "dlt", "escalation", "timing", "parts", "modifications", "stopping", "always", "example",
    "cohort example", "grading",
)  # fmt: skip
_OF_THE_HEAD = frozenset({"language", "title", "version", "amends", "phase", "sponsor", "registry", "uses"})


def _nearest_section(word: str) -> str:
    if word in _OF_THE_HEAD:
        return "indent it by four spaces, below the line `protocol`"
    if _AFTER_ID.fullmatch(word):
        return "indent it by four spaces, below its section, such as `inclusion at enrolment`"
    near = nearest(word, _SECTIONS)
    if near is not None:
        return f"`{near}` may be meant"
    return "the sections are " + ", ".join(f"`{name}`" for name in _SECTIONS)
