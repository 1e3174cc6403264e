"""Where a verb prints: results to standard output, everything else to standard error, in one of three styles."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, TextIO, TypeVar

from attrs import frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity, Style, render
from protocol_dsl.base.display import safe

T = TypeVar("T")

MOST_SHOWN: Final = 50
"""So many diagnostics of one run are shown to a person; the other styles have them all."""

_BAR: Final = 30
_LINES: Final = re.compile(r"(\n|\t)")
_OURS: Final = re.compile(r"(\n|\t|\x1b\[(?:[012]|(?:1;)?3[0-7])m)")  # and the colours that `paint` gives
_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER: Final = re.compile(r"[-+][0-9]+(\.[0-9]+)?")
_FEW: Final = 200  # what takes less than a second needs no bar


class Stop(Exception):  # noqa: N818 - it is how a verb ends, and no error of ours
    """The verb cannot go on: what is wrong, and the exit status."""

    def __init__(self, diagnostics: Iterable[Diagnostic] = (), status: int = 2) -> None:
        super().__init__(status)
        self.diagnostics = tuple(diagnostics)
        self.status = status


def misuse(message: str, cure: str | None = None, place: str = "") -> Stop:
    """A stop because of how the command was called, or what it was given."""
    where = Label(Cell(place or "protocol"))
    return Stop([Diagnostic("PD090", Severity.ERROR, message, where, help=cure)])


@frozen
class Console:
    """The style and manner of one run. `colour` and `lively` (progress on a terminal) are for people only."""

    style: Style
    colour: bool = False
    quiet: bool = False
    lively: bool = False

    @staticmethod
    def of(style: Style | None, *, quiet: bool = False) -> "Console":
        """The console of this process: human on a terminal and plain elsewhere, unless the style is given."""
        chosen = style or ("human" if _is_terminal(sys.stdout) else "plain")
        colour = chosen == "human" and _is_terminal(sys.stdout) and _may_colour()
        return Console(chosen, colour, quiet, lively=not quiet and _is_terminal(sys.stderr))

    def result(self, text: str, *, as_it_is: bool = False) -> None:
        """Print a part of the result. What an id or a label could do to a terminal is shown, and not done."""
        shown = text if as_it_is or self.style == "json" else _harmless(text, _OURS if self.colour else _LINES)
        print(shown, end="" if shown.endswith("\n") or not shown else "\n")

    def data(self, value: Any) -> None:  # noqa: ANN401 - any JSON
        """Print the result as JSON."""
        import json

        print(json.dumps(value, indent=2, ensure_ascii=False))

    def note(self, text: str) -> None:
        """Say something that is no result; a program reads standard error too, as JSON."""
        if not self.quiet and self.style != "json":
            print(text, file=sys.stderr)

    def diagnose(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Show what is wrong, on standard error; with `quiet` errors alone."""
        shown = [d for d in diagnostics if not self.quiet or d.severity is Severity.ERROR]
        if shown:
            sys.stderr.write(self.rendered(shown, colour=self.colour and _is_terminal(sys.stderr)))

    def rendered(self, diagnostics: Sequence[Diagnostic], *, colour: bool | None = None) -> str:
        """The diagnostics in the style of this console; to a person not more of them than can be read."""
        if self.style != "human":
            return render(diagnostics, self.style)
        text = render(diagnostics[:MOST_SHOWN], self.style, colour=self.colour if colour is None else colour)
        more = len(diagnostics) - MOST_SHOWN
        return text if more <= 0 else f"{text}\n... and {more} more; `--format plain` shows all\n"

    def paint(self, text: str, code: str) -> str:
        """The text in a colour of the terminal (an SGR code), where there are colours."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def progress(self, things: Sequence[T], what: str, *, few: int = _FEW) -> Iterator[T]:
        """The things one by one, with a bar on a terminal where there are many, or not so `few` that take long."""
        if not self.lively or len(things) < few:
            yield from things
            return
        for number, thing in enumerate(things):
            if number % (len(things) // 100 + 1) == 0:
                done = _BAR * number // len(things)
                sys.stderr.write(f"\r{what} [{'=' * done:<{_BAR}}] {number}/{len(things)}")
                sys.stderr.flush()
            yield thing
        sys.stderr.write("\r\x1b[K")

    @contextmanager
    def counting(self, what: str) -> Iterator[Callable[[int], None]]:
        """What is to be told how many things are done, where it is not known of how many: a bar that runs on."""

        def told(done: int) -> None:
            place = done // _FEW % _BAR
            sys.stderr.write(f"\r{what} [{' ' * place + '=':<{_BAR}}] {done}")
            sys.stderr.flush()

        yield told if self.lively else _nothing
        if self.lively:
            sys.stderr.write("\r\x1b[K")


def _nothing(_done: int) -> None:
    """Nobody watches."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side, as wide as they need, the last one ragged."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    written = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
    return "\n".join(written) + "\n"


def tabbed(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns with tabs between them, for other programs."""
    return "".join("\t".join(cell.replace("\t", " ") for cell in line) + "\n" for line in (head, *rows))


def no_formula(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection); plain numbers stay.

    Line ends are those that are put into quotes, so that what follows one is not taken for a cell of its own.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text[:1] in _FORMULA and not _PLAIN_NUMBER.fullmatch(text) else text


def _harmless(text: str, ours: re.Pattern[str]) -> str:
    """The text with what is ours in it; all else that cannot be shown as it is is named by its code point."""
    return "".join(part if ours.fullmatch(part) else safe(part) for part in ours.split(text))


def _is_terminal(stream: TextIO) -> bool:
    with suppress(AttributeError, ValueError):
        return stream.isatty()
    return False


def _may_colour() -> bool:
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
