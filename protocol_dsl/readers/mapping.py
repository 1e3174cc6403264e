"""The mapping file: which column, test code or value set of a standard feeds which item. TOML, checked, with places."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Label, Severity
from protocol_dsl.base.source import Source, Span
from protocol_dsl.readers.mapping_shape import Keys, flaws
from protocol_dsl.readers.rows import at

NAME: Final = "mapping.toml"
"""What the file is called where it lies beside the data."""

LONGEST: Final = 1_000_000  # bytes
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_SOURCE: Final = Source("", "")
_HEAD: Final = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")
_KEY: Final = re.compile(
    r"\s*((?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="
)
_PART: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")
_POSITION: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


@frozen
class MappingFile:
    """What a mapping file says. Its sections are dictionaries as TOML has them; `source` tells where they stand.

    `blank` are texts that stand for nothing in whatever cell, such as `NA`; `missing` are those that say why there is
    nothing. An entry of `items`, `moments` or a column of a list may be a text: the short form of the table it stands
    for.
    """

    source: Source = _NO_SOURCE
    standard: str = ""
    blank: tuple[str, ...] = ()
    patients: Mapping[str, Any] = _NOTHING
    units: Mapping[str, str] = _NOTHING
    missing: Mapping[str, str] = _NOTHING
    items: Mapping[str, Mapping[str, Any]] = _NOTHING
    lists: Mapping[str, Mapping[str, Any]] = _NOTHING
    problems: tuple[Diagnostic, ...] = ()
    places: Mapping[Keys, tuple[int, int]] = field(default=_NOTHING, repr=False)

    @property
    def given(self) -> bool:
        """Whether there is a file."""
        return bool(self.source.name)

    def problem(
        self, code: str, message: str, path: Keys, cure: str | None = None, *, mild: bool = False
    ) -> Diagnostic:
        """A diagnostic about an entry; `path` leads to it, and may end in a text that stands there."""
        where = Label(self.span(path))
        return Diagnostic(code, Severity.WARNING if mild else Severity.ERROR, message, where, help=cure)

    def span(self, path: Keys) -> Span:
        """Where an entry stands: its key, or what is written behind the nearest key that leads to it."""
        for length in range(len(path), 0, -1):
            for head in (path[:length], ("moments", *path[1:length])):
                if head in self.places:
                    return self._within(self.places[head], path[length:])
        return Span(self.source, 0, 0)

    def _within(self, place: tuple[int, int], rest: Keys) -> Span:
        start, end = place
        line_end = self.source.text.find("\n", end)
        line = self.source.text[end : line_end if line_end >= 0 else None]
        for word in reversed(rest):
            found = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", line)
            if found:
                return Span(self.source, end + found.start(), end + found.end())
        return Span(self.source, start, end)


NO_MAPPING: Final = MappingFile()


def read_mapping(path: Path) -> MappingFile:
    """The mapping in a file; where there is none, or it is no TOML, its problems say so."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        return MappingFile(
            problems=(at("PD750", f"the mapping cannot be read: {why}", Cell(str(path)), "name it with --map"),)
        )
    if len(data) > LONGEST:
        return MappingFile(problems=(at("PD750", f"the mapping has more than {LONGEST:,} bytes", Cell(str(path))),))
    try:
        return read_text(data.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return MappingFile(problems=(at("PD750", "the mapping is not UTF-8 text", Cell(str(path), line)),))


def read_text(text: str, name: str) -> MappingFile:
    """The mapping in a text."""
    text = text.replace("\r\n", "\n")
    source = Source(name, text)
    try:
        held = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return MappingFile(source, problems=(_not_toml(source, str(error)),))
    empty = MappingFile(source, places=_places(text))
    problems = tuple(empty.problem("PD750", one.message, one.path, one.cure) for one in flaws(held))
    if problems:
        return MappingFile(source, problems=problems, places=empty.places)
    entries = {**held.get("items", {}), **held.get("moments", {})}
    return MappingFile(
        source,
        held.get("standard", ""),
        texts(held.get("blank")),
        held.get("patients", {}),
        held.get("units", {}),
        held.get("missing", {}),
        {name: _long(entry) for name, entry in entries.items()},
        held.get("lists", {}),
        places=empty.places,
    )


def _long(entry: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """The table that `"LB.CREAT"` stands for; whether it is a column or a test is known once there are data."""
    if not isinstance(entry, str):
        return entry
    domain, _, name = entry.partition(".")
    return {"from": domain, "short": name}


def _not_toml(source: Source, said: str) -> Diagnostic:
    found = _POSITION.search(said)
    line, column = (int(found[1]), int(found[2])) if found and found[1] else (source.line_count, 1)
    lines = source.text.split("\n")
    start = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
    start = min(start, max(len(source.text) - 1, 0))
    message = f"the mapping is not TOML: {_POSITION.sub('', said).lower()}"
    where = Label(Span(source, start, min(start + 1, len(source.text))))
    return Diagnostic("PD750", Severity.ERROR, message, where, help='texts stand in quotes, as in `from = "LB"`')


# --- where things stand -------------------------------------------------------------------------------------------


def _places(text: str) -> dict[Keys, tuple[int, int]]:
    """The stretch of each key and head of a table; tomllib does not keep it."""
    found: dict[Keys, tuple[int, int]] = {}
    table: Keys = ()
    offset = 0
    for line in text.split("\n"):
        head, key = _HEAD.fullmatch(line), _KEY.match(line)
        if head:
            table = _parts(head[1])
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], (offset + head.start(1), offset + head.end(1)))
        elif key:
            path = (*table, *_parts(key[1]))
            for length in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:length], (offset + key.start(1), offset + key.end(1)))
        offset += len(line) + 1
    return found


def _parts(text: str) -> Keys:
    return tuple(next(part for part in found.groups() if part is not None) for found in _PART.finditer(text))


def texts(value: object) -> tuple[str, ...]:
    """A text, a number, or a list of them, as texts; nothing for None."""
    ones = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in ones)
