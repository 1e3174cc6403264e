"""Files of FHIR resources: bundles, single resources, and bulk exports with a resource on each line; also gzipped.

HL7 FHIR R4 (4.0.1, 2019), Bundle; FHIR Bulk Data Access 2.0 (2021). Numbers stay as they are written.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from attrs import define, field, frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic
from protocol_dsl.base.display import safe
from protocol_dsl.readers.rows import LARGEST, at

LARGEST_BUNDLE: Final = 64 * 2**20  # bytes: read as a whole, JSON takes many times its length
LONGEST_LINE: Final = 16 * 2**20  # bytes
DEEPEST: Final = 64
"""So many levels below each other; FHIR itself needs about ten."""

_HEAD: Final = 2**16  # bytes
_MANY: Final = 100
_KIND: Final = re.compile(r"[A-Z][A-Za-z]{1,63}")
_TYPED: Final = re.compile(r'"resourceType"\s*:\s*"[A-Z]')
_ENDINGS: Final = (".json", ".ndjson", ".json.gz", ".ndjson.gz")
_OTHERS: Final = (".csv", ".xlsx", ".parquet", ".xpt", ".dsjc", ".duckdb", ".xml", ".zip", ".gz", ".tar", ".7z")
_READ: Final = frozenset({"transaction", "batch", "collection", "searchset", "document", "message"})


@frozen
class Written:
    """A number as it is written, which tells it from a text."""

    text: str


@frozen
class Resource:
    """A resource, its file, its number there (the entry of a bundle, or the line), and its full URL if it has one."""

    file: str
    number: int
    held: Mapping[str, Any]
    url: str = ""

    @property
    def type(self) -> str:
        """What it is: `Observation`."""
        return str(self.held["resourceType"])

    @property
    def id(self) -> str:
        """Its id; empty where it has none."""
        found = self.held.get("id")
        return found if isinstance(found, str) else ""


@define
class Files:
    """What was read: resources, how many each file has, what is wrong, and the files of which not all can be used.

    `faulty` are the numbers, by file, of what is no resource. Of kinds that are not among the `kinds`, where there are
    any, nothing is kept but what they are.
    """

    resources: list[Resource] = field(factory=list)
    rows: dict[str, int] = field(factory=dict)
    problems: list[Diagnostic] = field(factory=list)
    unread: list[str] = field(factory=list)
    faulty: dict[str, set[int]] = field(factory=dict)
    pages: set[str] = field(factory=set)
    further: dict[str, str] = field(factory=dict)
    kinds: frozenset[str] = frozenset()

    def refuse(self, code: str, message: str, file: str, cure: str | None = None, row: int | None = None) -> None:
        """Say that not all of a file can be used."""
        self.problems.append(at(code, message, Cell(file, row), cure))
        if file not in self.unread:
            self.unread.append(file)


class _Twice(ValueError):  # noqa: N818 - what is wrong, not an error of ours
    """A key that stands twice in an object: which of both is meant nobody can tell."""


def recognised(path: Path) -> bool:
    """Whether a file holds a resource, by its first 64 KiB."""
    if not path.name.casefold().endswith(_ENDINGS):
        return False
    with suppress(OSError, EOFError, zlib.error), _opened(path) as stream:
        head = stream.read(_HEAD)
        wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
        return _TYPED.search(head.decode("utf-16" if wide else "utf-8", "replace")) is not None
    return False


def load(path: Path, kinds: frozenset[str] = frozenset()) -> Files:
    """The resources of a folder, or of one file; the `kinds` in small letters. Raises nothing on files."""
    files = Files(kinds=kinds)
    try:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
    except OSError as error:
        files.refuse("PD701", f"the folder cannot be listed: {_why(error)}", str(path))
        return files
    for one in inside:
        name = one.name.casefold()
        if name.endswith(_ENDINGS):
            _file(files, one)
        elif name.endswith(_OTHERS):
            message = "the file is no FHIR that is read here, so that it is not used"
            files.problems.append(
                at(
                    "PD705",
                    message,
                    Cell(str(one)),
                    "keep other forms of data apart, and unpack what is packed",
                    mild=True,
                )
            )
    for file, url in files.further.items():
        if url not in files.pages:
            cure = "fetch the further pages too, or export in bulk"
            files.refuse("PD701", "the search goes on at a further page that is not here", file, cure)
    return files


def _file(files: Files, path: Path) -> None:
    file = str(path)
    try:
        if not path.is_file():
            files.refuse("PD701", f"`{path.name}` is not a file", file, "rename or move it")
        elif path.stat().st_size > LARGEST:
            files.refuse("PD701", f"the file has more than {LARGEST:,} bytes", file, "split it")
        elif ".ndjson" in path.suffixes[-2:]:
            with _opened(path) as stream:
                _lines(files, file, stream)
        else:
            with _opened(path) as stream:
                data = stream.read(LARGEST_BUNDLE + 1)
            _whole(files, file, data)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        files.refuse("PD701", "the file cannot be unpacked to its end", file, "get it again; a part of it is missing")
    except OSError as error:
        files.refuse("PD701", f"the file cannot be read: {_why(error)}", file)


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.name.casefold().endswith(".gz") else path.open("rb")


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


# --- lines --------------------------------------------------------------------------------------------------------


def _lines(files: Files, file: str, stream: BinaryIO) -> None:
    files.rows[file] = number = total = 0
    if not stream.peek(1):  # type: ignore[attr-defined]
        files.refuse("PD701", "the file is empty", file, "get it again; an export has no file of nothing")
    while line := stream.readline(LONGEST_LINE + 1):
        number, total = number + 1, total + len(line)
        if len(line) > LONGEST_LINE:
            message = f"the line has more than {LONGEST_LINE:,} bytes"
            files.refuse("PD701", message, file, "a resource on each line has far fewer", number)
            return
        if total > LARGEST:
            files.refuse("PD701", f"the file unpacks to more than {LARGEST:,} bytes", file, "split it", number)
            return
        if len(files.faulty.get(file, ())) >= _MANY:
            files.refuse("PD701", f"{_MANY} lines are no resources; the rest is not read", file, None, number)
            return
        if line.strip():
            files.rows[file] += 1
            _take(files, file, number, _parsed(files, file, line, number), "")


def _parsed(files: Files, file: str, data: bytes, line: int | None = None) -> Any:  # noqa: ANN401 - whatever it holds
    """What JSON says; None, with a word about it, where it is none."""
    what = "the line" if line else "the file"
    try:
        held: Any = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Written,
            parse_int=Written,
            parse_constant=Written,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        place = line or data.count(b"\n", 0, error.start) + 1
        files.refuse("PD702", f"{what} is not UTF-8 text", file, "FHIR is written in UTF-8; save it so", place)
    except RecursionError:
        files.refuse("PD701", f"{what} nests too deeply to be read", file, "get it again", line)
    except json.JSONDecodeError as error:
        where = "" if line else f" from line {error.lineno}, column {error.colno}"
        files.refuse("PD701", f"{what} is not JSON{where}", file, "get it again; a part of it may be missing", line)
    except _Twice as error:
        message = f"the key `{safe(str(error)[:40])}` stands twice in an object"
        files.refuse("PD701", message, file, "keep one of them", line)
    else:
        return held
    if line:
        files.faulty.setdefault(file, set()).add(line)
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return {name: value for name, value in found.items() if value is not None}  # FHIR: null is absence


# --- bundles ------------------------------------------------------------------------------------------------------


def _whole(files: Files, file: str, data: bytes) -> None:
    if len(data) > LARGEST_BUNDLE:
        cure = "split it, or export a resource on each line (.ndjson)"
        files.refuse("PD701", f"the file has more than {LARGEST_BUNDLE:,} bytes to be read at once", file, cure)
        return
    held = _parsed(files, file, data)
    if held is None and file in files.unread:
        return
    if not isinstance(held, dict) or not isinstance(held.get("resourceType"), str):
        if isinstance(held, dict) and "transactionTime" in held:  # the list of files that a bulk export comes with
            return
        files.refuse(
            "PD701", "the file holds no FHIR resource", file, "it needs a `resourceType`; or move it elsewhere"
        )
    elif held["resourceType"] == "Bundle":
        _bundle(files, file, held)
    else:
        files.rows[file] = 1
        _take(files, file, 1, held, "")


def _bundle(files: Files, file: str, held: Mapping[str, Any]) -> None:
    kind, entries = held.get("type"), held.get("entry", [])
    if not isinstance(kind, str) or kind not in _READ:
        said = f"a bundle of type `{safe(kind[:40])}`" if isinstance(kind, str) else "a bundle without a type"
        files.refuse("PD701", f"{said} is not read", file, f"those that are read: {', '.join(sorted(_READ))}")
        return
    if not isinstance(entries, list):
        files.refuse("PD701", "`entry` of the bundle is not a list", file, "get it again")
        return
    for relation, url in _links(held):
        if relation == "self":
            files.pages.add(url)
        elif relation == "next":
            files.further[file] = url
    files.rows[file] = len(entries)
    for number, entry in enumerate(entries, start=1):
        full = entry.get("fullUrl") if isinstance(entry, dict) else None
        inside = entry.get("resource") if isinstance(entry, dict) else entry
        _take(files, file, number, inside, full if isinstance(full, str) else "")


def _links(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    links = held.get("link")
    for one in links if isinstance(links, list) else []:
        if isinstance(one, dict) and isinstance(one.get("relation"), str) and isinstance(one.get("url"), str):
            yield one["relation"], one["url"]


def _take(files: Files, file: str, number: int, held: Any, url: str) -> None:  # noqa: ANN401 - whatever stands there
    """One more resource; of what is none, a word, and the file counts as not read: it may have been about anybody."""
    if number in files.faulty.get(file, ()):
        return
    kind = held.get("resourceType") if isinstance(held, dict) else None
    what = "is no resource"
    if isinstance(kind, str) and _KIND.fullmatch(kind):
        what = "is a bundle within a bundle" if kind == "Bundle" else ""
        what = what or ("nests too deeply to be read" if _depth(held) > DEEPEST else "")
    if what:
        files.faulty.setdefault(file, set()).add(number)
        files.refuse("PD760", f"what stands here {what}", file, "each has a `resourceType`, as `Observation`", number)
    else:
        spare = files.kinds and str(kind).casefold() not in files.kinds
        files.resources.append(Resource(file, number, {"resourceType": kind} if spare else held, url))


def _depth(held: Any, so_far: int = 0) -> int:  # noqa: ANN401 - whatever stands there
    if so_far > DEEPEST:
        return so_far
    inside = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    return max((_depth(one, so_far + 1) for one in inside), default=so_far)
