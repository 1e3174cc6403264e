"""What verbs read: a protocol by path, by shipped name or from standard input; records; days."""

import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Diagnostic, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.shipped import find_protocol, find_records, names_of_protocols
from protocol_dsl.cli.console import Console, Stop, misuse

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from protocol_dsl.model.protocol import Protocol
    from protocol_dsl.pipeline import Loaded
    from protocol_dsl.readers.plain import Data

_STDIN: Final = "<stdin>"
_MOST: Final = 4  # names in a message
_QUOTED: Final = re.compile(r"`[^`]*`")
_ID: Final = re.compile(r"\bpatient (`[^`]*`|\S+(?=:))")
UNREADABLE: Final = frozenset({"PD001", "PD002"})
"""The codes of a file that is no text at all."""

RUN: Final = ("failing_example", "refuted_property")
"""The checks that run a protocol. Verbs whose answer is what comes of that leave them out."""

FILE_HELP: Final = (
    "a protocol: a path, `-` for standard input, or a shipped name such as nct06631391 or nct06631391@1.0"
)


# --- protocols ----------------------------------------------------------------------------------------------------


def add_file(parser: ArgumentParser, *, many: bool = False) -> None:
    """Add the argument FILE, or FILE..."""
    if many:
        parser.add_argument("files", metavar="FILE", nargs="+", help=FILE_HELP)
    else:
        parser.add_argument("file", metavar="FILE", help=FILE_HELP)


def find(name: str) -> "Path | Traversable":
    """Where a protocol lies; stops with what is near where there is none."""
    path = Path(name)
    try:
        if (path.exists() or path.is_symlink()) and not path.is_dir():
            return path
        shipped = find_protocol(name)
        if shipped is not None:
            return shipped
        if path.is_dir():
            inside = sorted(path.glob("*.protocol"))
            raise misuse(f"`{name}` is a folder", f"name a file, such as {inside[0]}" if inside else None, name)
        beside = [str(each) for each in path.parent.glob("*.protocol")] if path.parent.is_dir() else []
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    near = f"{name}.protocol" if f"{name}.protocol" in beside else nearest(name, (*beside, *names_of_protocols()))
    here = f"the files here are {', '.join(sorted(beside)[:_MOST])}; " if beside else ""
    cure = f"`{near}` is near" if near else f"{here}some that ship are {', '.join(names_of_protocols()[:_MOST])}"
    raise misuse(f"there is no file and no shipped protocol `{name}`", cure, name)


def named(name: str) -> str:
    """What a file is called in what is said of it."""
    return _STDIN if name == "-" else name


def bytes_of(name: str) -> bytes:
    """What a file holds, as far as it can be a protocol. Stops where it cannot be read."""
    from protocol_dsl.syntax.reading import LONGEST

    try:
        if name == "-" and sys.stdin is None:  # as after `<&-`
            raise misuse("standard input is closed", None, named(name))
        if name == "-":
            return sys.stdin.buffer.read(LONGEST + 1)
        with find(name).open("rb") as file:
            return file.read(LONGEST + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> Stop:
    why = (getattr(error, "strerror", None) or str(error)).lower()
    return misuse(f"`{name}` cannot be read: {why}", None, name)


def load(name: str, *, assumptions: bool = True, without: Collection[str] = (), proved: bool = False) -> "Loaded":
    """A protocol, sound or not. Stops where there is nothing to read. `without` names checks that are left out.

    With `proved` those are run that ask about all records at once.
    """
    from protocol_dsl.pipeline import load_bytes

    folder, data = None if name == "-" else Path(name).parent, bytes_of(name)
    return load_bytes(named(name), data, assumptions=assumptions, folder=folder, without=without, proved=proved)


def sound(name: str, *, without: Collection[str] = ()) -> "Protocol":
    """A sound protocol; stops with its errors where it is not."""
    loaded = load(name, without=without)
    if loaded.protocol is None:
        raise Stop(loaded.errors)
    return loaded.protocol


# --- records ------------------------------------------------------------------------------------------------------


def add_records(parser: ArgumentParser, *, required: bool = True) -> None:
    """Add `--data`, `--map`, `--as-of`, `--at` and `--strict`."""
    parser.add_argument(
        "--data",
        metavar="PATH",
        required=required,
        help="records: a folder, also of a standard such as SDTM, a file, or a name",
    )
    parser.add_argument("--map", metavar="FILE", help="what feeds which item (default: mapping.toml in the folder)")
    parser.add_argument("--as-of", metavar="DATE", help="nothing later is seen (default: the latest date in the data)")
    parser.add_argument(
        "--at",
        metavar="MOMENT=DATE",
        action="append",
        default=[],
        help="the day of a moment, as in enrolment=2026-06-01",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first row that cannot be used")


@frozen
class Records:
    """What was read, the day it is seen from, and the moments that were given."""

    data: "Data"
    as_of: date
    at: Mapping[str, Any]  # days, in the form in which keywords are passed on


def records(  # noqa: PLR0913 - what is read, and what is said of it
    arguments: Namespace,
    protocol: "Protocol",
    console: Console,
    *,
    redact: bool = False,
    known: Collection[Diagnostic] = (),
    by_consent: bool = False,
) -> Records:
    """The records that the arguments name. Stops where they cannot be read, or are not as strict as asked for.

    Of what is `known` already, as from reading them for another version, nothing is said. With `by_consent` each
    patient goes by the version in force, and that one version reads everybody is not warned of.
    """
    from protocol_dsl.evaluate.strange_terms import with_strange_terms
    from protocol_dsl.readers.approvals import UNHEEDED
    from protocol_dsl.readers.choose import read

    at = moments(arguments.at, protocol)
    as_of = None if arguments.as_of is None else day(arguments.as_of, "--as-of")
    path = Path(arguments.data)
    mapping = Path(arguments.map) if getattr(arguments, "map", None) else None
    data = with_strange_terms(protocol, read(protocol, place(path, arguments.data), mapping))
    told = redacted(data.diagnostics) if redact else data.diagnostics
    errors = tuple(d for d in told if d.severity is Severity.ERROR)
    if data.unread:
        raise Stop(told)
    if arguments.strict and errors:
        raise Stop(errors[:1])
    console.diagnose(tuple(one for one in told if one not in known and not (by_consent and one.code == UNHEEDED)))
    if not known and (data.rows_diagnosed or data.rows_aside):
        aside = f", {data.rows_aside} about what nothing asks for" if data.rows_aside else ""
        console.note(f"{data.rows_in} rows, {data.rows_used} used, {data.rows_diagnosed} with a diagnostic{aside}")
    seen_from = as_of or max(filter(None, (data.latest_day, *at.values())), default=None)
    if seen_from is None:
        raise misuse("the records name no day, so that it is not known up to when they reach", "give --as-of DATE")
    return Records(data, seen_from, at)


def place(path: Path, name: str) -> Path:
    """A path that is there, or the records that ship under the name."""
    return path if os.path.lexists(path) else find_records(name) or path


def redacted(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics without what they quote from the data, and without the ids of patients."""
    return tuple(
        evolve(d, message=_QUOTED.sub("`...`", _ID.sub("a patient", d.message)), help=None) for d in diagnostics
    )


def moments(given: Sequence[str], protocol: "Protocol") -> dict[str, date]:
    """The days of moments, from `MOMENT=DATE`."""
    found = {}
    for text in given:
        name, _, written = text.partition("=")
        if name not in protocol.moments:
            near = nearest(name, protocol.moments)
            known = ", ".join(f"`{moment}`" for moment in protocol.moments)
            cure = f"`{near}` is near" if near else f"there are {known}" if known else None
            raise misuse(f"the protocol has no moment `{name}`", cure, "--at")
        found[name] = day(written, "--at")
    return found


def day(text: str, option: str) -> date:
    """A day that was given as an option."""
    from protocol_dsl.base.studytime import read_day

    found = read_day(text)
    if found is None or not found.exact:
        raise misuse(f"`{text}` is not a day", "write it as YYYY-MM-DD, as in 2026-06-01", option)
    return found.first
