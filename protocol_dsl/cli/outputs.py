"""Where verbs write tables and pictures: a file by its ending, or standard output in the format asked for."""

import csv
import io
import re
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol_dsl.base.sheet import Sheet
from protocol_dsl.cli.console import Console, misuse, no_formula, tabbed, table

if TYPE_CHECKING:
    from protocol_dsl.model.protocol import Protocol

FORMATS: Final = ("markdown", "csv")
"""What verbs with a table print besides the styles of every verb."""

_MARKED: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_BREAKS: Final = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")

Writer = Callable[[], str | bytes]


def add_out(parser: ArgumentParser, endings: Sequence[str], many: str) -> None:
    """Add `--out`; `many` says what is written."""
    listed = f"{', '.join(endings[:-1])} or {endings[-1]}"
    parser.add_argument("--out", metavar="FILE", help=f"also write {many}, by its ending: {listed}")


def write_out(name: str | None, writers: Mapping[str, Writer]) -> None:
    """Write the file asked for, if any. Stops where its ending is not known, or it cannot be written."""
    if name is None:
        return
    path = Path(name)
    content = writers[ending(name, tuple(writers))]()
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise misuse(f"`{name}` cannot be written: {why}", None, "--out") from error


def apart(out: str | None, data: str) -> None:
    """Stop where what is to be written is there already and is the data, or lies among them: they are only read."""
    if out is None or not Path(out).exists():
        return
    target, place = Path(out).resolve(), Path(data).resolve()
    if target == place or (place.is_dir() and place in target.parents):
        raise misuse(f"`{out}` belongs to the data, which are only read", "write it elsewhere", "--out")


def ending(name: str, known: Sequence[str]) -> str:
    """The ending of a file that is to be written. Stops where it is none of those known."""
    found = Path(name).suffix.casefold()
    if found not in known:
        raise misuse(f"`{name}` ends in none of {', '.join(known)}", None, "--out")
    return found


def png(svg: str) -> bytes:
    """A drawing as PNG, twice its size. Stops where what draws it is not installed."""
    try:
        import resvg_py
    except ImportError as error:
        cure = 'install it with `pip install "protocol-dsl[plots]"`, or write .svg, which any browser shows'
        raise misuse("PNG needs `resvg-py`, which is not installed", cure, "--out") from error
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2, background="#ffffff"))


def named(protocol: "Protocol") -> str:
    """The id of a protocol, with its version."""
    header = protocol.header
    return f"{header.id} version {header.version}" if header.version else header.id


# --- tables of texts --------------------------------------------------------------------------------------------------


def print_sheet(sheet: Sheet, console: Console, form: str | None) -> None:
    """Print a table, with its title and notes but for a program that wants columns alone."""
    if form == "csv":
        console.result(csv_text(sheet), as_it_is=True)
    elif form == "markdown":
        console.result(markdown_text(sheet))
    elif console.style == "plain":
        console.result(tabbed(sheet.head, sheet.rows) + "".join(f"{note}\n" for note in sheet.notes))
    else:
        notes = "".join(f"{note}\n" for note in sheet.notes)
        console.result(f"{sheet.title}\n\n{table(sheet.head, sheet.rows)}{notes and chr(10)}{notes}")


def csv_text(sheet: Sheet) -> str:
    """The head and the rows, with no cell that a spreadsheet takes for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([no_formula(cell) for cell in sheet.head])
    writer.writerows([no_formula(cell) for cell in row] for row in sheet.rows)
    return text.getvalue()


def markdown_text(sheet: Sheet) -> str:
    """A pipe table under its title, the notes as a list below it."""
    lines = [f"**{marked(sheet.title)}**", "", _piped(sheet.head), _piped(["---"] * len(sheet.head), plain=True)]
    lines += [_piped(row) for row in sheet.rows]
    lines += ["", *(f"- {marked(note)}" for note in sheet.notes)] if sheet.notes else []
    return "\n".join(lines) + "\n"


def _piped(cells: Sequence[str], *, plain: bool = False) -> str:
    return f"| {' | '.join(cells if plain else map(marked, cells))} |"


def marked(text: str) -> str:
    """A text on one line that Markdown shows as it is."""
    return _MARKED.sub(r"\\\1", _BREAKS.sub(" ", text))
