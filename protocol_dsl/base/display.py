"""Any text on a terminal: how wide it is, what of it may be shown as it is, and what part of a long line to show.

Characters that move the cursor, turn the writing direction, or cannot be seen are shown by their code point, as
`<U+202E>`; otherwise the line shown would not be the line that is read (Boucher and Anderson 2021, Trojan Source).
"""

from itertools import accumulate
from unicodedata import category, east_asian_width

from attrs import frozen

WIDTH = 100  # columns; a longer line is cut around its culprit
_TAB = 4
_MARKS_ON_ONE = 2  # more combining marks than a script puts on one letter are an attack on the reader
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_CUT = "…"


def _glyph(character: str, marks: int) -> tuple[str, int]:
    """What is shown for a character, and its columns; `marks` counts combining marks up to it, -1 if on nothing."""
    if " " <= character <= "~":
        return character, 1
    if character == "\t":
        return " " * _TAB, _TAB
    kind = category(character)
    if kind in _ESCAPED or (kind[0] == "M" and not 0 < marks <= _MARKS_ON_ONE):
        escape = f"<U+{ord(character):04X}>"
        return escape, len(escape)
    if kind in {"Mn", "Me"}:
        return character, 0
    return character, 2 if east_asian_width(character) in "WF" else 1


def _glyphs(text: str) -> list[tuple[str, int]]:
    shown = []
    marks = -1
    for character in text:
        is_mark = category(character)[0] == "M"
        marks = marks + 1 if is_mark and marks >= 0 else -1 if is_mark or character == "\t" else 0
        shown.append(_glyph(character, marks))
    return shown


def safe(text: str) -> str:
    """The text on one line, with everything that cannot be shown as it is replaced by its code point."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"<U+{ord(c):04X}>" if c == "\t" else glyph for c, (glyph, _) in zip(text, _glyphs(text), strict=True)
    )


@frozen
class Shown:
    """A line as shown: its text, the offset of the first character kept, and the column where each begins."""

    text: str
    first: int
    edges: tuple[int, ...]

    def column(self, offset: int) -> int:
        """The column, from 0, where the character at an offset of the line begins; the nearest one where it was cut."""
        return self.edges[min(max(offset - self.first, 0), len(self.edges) - 1)]


def fit(line: str, focus: int, width: int = WIDTH) -> Shown:
    """The line, or what stands around the character at `focus` if the whole is wider than `width` columns."""
    near, far = max(0, focus - width), focus + width  # code points; no line is walked further than that
    before, after = _glyphs(line[near:focus]), _glyphs(line[focus:far])
    whole = near == 0 and far >= len(line) and _width(before) + _width(after) <= width
    if whole:
        return _shown(before + after, 0, cut_before=False, cut_after=False)
    right = _fitting(after, width - min(_width(before), width // 3))
    left = _fitting(before[::-1], width - _width(after[:right]))
    start = focus - left
    return _shown(
        before[len(before) - left :] + after[:right],
        start,
        cut_before=start > 0,
        cut_after=focus + right < len(line),
    )


def _width(glyphs: list[tuple[str, int]]) -> int:
    return sum(width for _, width in glyphs)


def _fitting(glyphs: list[tuple[str, int]], width: int) -> int:
    """How many of them fit."""
    return sum(1 for reached in accumulate(columns for _, columns in glyphs) if reached <= width)


def _shown(glyphs: list[tuple[str, int]], first: int, *, cut_before: bool, cut_after: bool) -> Shown:
    lead = _CUT if cut_before else ""
    text = lead + "".join(glyph for glyph, _ in glyphs) + (_CUT if cut_after else "")
    edges = tuple(accumulate((width for _, width in glyphs), initial=len(lead)))
    return Shown(text, first, edges)
