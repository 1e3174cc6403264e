"""Drawing as text: shapes, words and the frame of an SVG."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from attrs import frozen

from protocol_dsl.base.display import safe

INK, FAINT, PAPER = "#1a1a1a", "#595959", "#ffffff"
LINE, PALE = "#8c8c8c", "#d9d9d9"
_FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
EDGE = 16.0
"""What is left free around a picture."""

_WIDEST = 1000.0  # for a title
_WIDE = 0.56  # of the size of a letter: what a letter takes on average, and a little more


@frozen
class TooLarge:
    """Why something is not drawn: it could not be read."""

    why: str


@frozen
class Tone:
    """How a thing looks: what fills it, a pattern over that (of `PATTERNS`), and the words in it."""

    fill: str
    ink: str = INK
    pattern: str = ""


@frozen
class Lettering:
    """How words look; `anchor` is `start`, `middle` or `end`."""

    size: float = 12
    anchor: str = "start"
    bold: bool = False
    ink: str = INK


PLAIN, HEADING = Lettering(), Lettering(15, bold=True)
SMALL, ASIDE = Lettering(11), Lettering(11, ink=FAINT)

PATTERNS = {
    "hatch": '<path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke="#b5651d" stroke-width="0.8" fill="none"/>',
    "dots": '<circle cx="1.5" cy="1.5" r="0.8" fill="#a6a6a6"/><circle cx="4.5" cy="4.5" r="0.8" fill="#a6a6a6"/>',
}


def words(text: str) -> str:
    """A text as it stands between tags; what cannot be shown is named by its code point."""
    return escape(safe(text), {'"': "&quot;", "'": "&#39;"})


def number(value: float) -> str:
    """A coordinate, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def width_of(text: str, size: float) -> float:
    """About how wide a text is."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in safe(text)) * size * _WIDE


def fitted(text: str, width: float, size: float) -> str:
    """As much of a text as fits."""
    shown = safe(text)
    if width_of(shown, size) <= width:
        return shown
    while shown and width_of(shown + "…", size) > width:
        shown = shown[:-1]
    return shown + "…"


def heading(title: str, width: float) -> tuple[str, float]:
    """The title of a picture that is at least so wide, and how wide it must be: as the title is, within reason."""
    wide = min(max(width, width_of(title, HEADING.size) + 2 * EDGE), max(width, _WIDEST))
    return label((EDGE, EDGE + 12), fitted(title, wide - 2 * EDGE, HEADING.size), HEADING), wide


def wrapped(text: str, width: float, size: float) -> list[str]:
    """A text in lines that fit."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [fitted(line, width, size) for line in lines]


def label(at: tuple[float, float], text: str, style: Lettering = PLAIN) -> str:
    """Words at a point of their base line."""
    weight = ' font-weight="700"' if style.bold else ""
    where = "" if style.anchor == "start" else f' text-anchor="{style.anchor}"'
    size = f'font-size="{number(style.size)}"'
    return f'<text {_point(at)} {size}{where}{weight} fill="{style.ink}">{words(text)}</text>'


def upright(at: tuple[float, float], text: str) -> str:
    """Words that run upwards, centred on a point."""
    turn = f'transform="rotate(-90 {number(at[0])} {number(at[1])})"'
    return f'<text {_point(at)} font-size="12" text-anchor="middle" {turn} fill="{INK}">{words(text)}</text>'


def _point(at: tuple[float, float]) -> str:
    return f'x="{number(at[0])}" y="{number(at[1])}"'


def box(frame: tuple[float, float, float, float], tone: Tone, *, edge: str | None = LINE, round_by: float = 0) -> str:
    """A rectangle (x, y, width, height), with its pattern."""
    x, y, width, height = map(number, frame)
    corner = f' rx="{number(round_by)}"' if round_by else ""
    drawn = f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{corner}'
    stroke = f' stroke="{edge}"' if edge else ""
    return f'{drawn} fill="{tone.fill}"{stroke}/>' + (f'{drawn} fill="url(#{tone.pattern})"/>' if tone.pattern else "")


def line(points: Iterable[tuple[float, float]], *, ink: str = LINE, width: float = 1, dashed: bool = False) -> str:
    """A line through points."""
    path = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<path d="M{path}" fill="none" stroke="{ink}" stroke-width="{number(width)}"{dashes}/>'


def shape(points: Iterable[tuple[float, float]], ink: str = INK) -> str:
    """A filled polygon."""
    listed = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polygon points="{listed}" fill="{ink}"/>'


def group(title: str, parts: Iterable[str]) -> str:
    """Parts that are one thing, which a reader can ask for its name."""
    return f"<g><title>{words(title)}</title>{''.join(parts)}</g>"


def drawing(width: float, height: float, title: str, description: str, parts: Iterable[str]) -> str:
    """The whole picture, with what it shows in words."""
    body = "\n".join(parts)
    used = "".join(
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">{drawn}</pattern>'
        for name, drawn in PATTERNS.items()
        if f"url(#{name})" in body
    )
    size = f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {number(width)} {number(height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{_FONT}">\n'
        f"<title>{words(title)}</title>\n<desc>{words(description)}</desc>\n"
        f'<defs>{used}</defs>\n<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}\n</svg>\n'
    )
