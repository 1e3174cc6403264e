"""`protocol fmt`: the canonical layout."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from protocol_dsl.base.diagnostic import Severity
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import add_file, bytes_of, named
from protocol_dsl.cli.verb import Verb


def _configure(parser: ArgumentParser) -> None:
    add_file(parser, many=True)
    parser.add_argument("--check", action="store_true", help="change nothing; tell which files would change")
    parser.add_argument("--diff", action="store_true", help="change nothing; show what would change")


@frozen
class _Formatted:
    """A file before and after."""

    name: str
    before: bytes
    after: str

    @property
    def changes(self) -> bool:
        """Whether the layout is not canonical yet."""
        return self.before != self.after.encode()


def _run(arguments: Namespace, console: Console) -> int:
    status = 0
    changed: list[str] = []
    for name in arguments.files:
        try:
            formatted = _formatted(name)
            if formatted.changes:
                changed.append(named(name))
            if not (arguments.check or arguments.diff):
                _write(formatted, console)
            elif formatted.changes:
                _show(formatted, console, diff=arguments.diff)
        except Stop as stop:
            console.diagnose(stop.diagnostics)
            status = stop.status
    if console.style == "json" and "-" not in arguments.files:
        console.data({"changed": changed})
    return status or int(arguments.check and bool(changed))


def _formatted(name: str) -> _Formatted:
    from protocol_dsl.syntax.format import format_text
    from protocol_dsl.syntax.parse import parse
    from protocol_dsl.syntax.reading import decode

    data = bytes_of(name)
    source, problems = decode(named(name), data)
    text = None if problems else format_text(source)
    if text is None:
        found = problems or parse(source).problems
        raise Stop([problem for problem in found if problem.severity is Severity.ERROR])
    return _Formatted(name, data, text)


def _write(formatted: _Formatted, console: Console) -> None:
    """In place, whole or not at all; standard input goes to standard output."""
    if formatted.name == "-":
        console.result(formatted.after, as_it_is=True)
        return
    path = Path(formatted.name)
    if not path.exists():
        raise misuse(f"`{formatted.name}` ships with the package and is not rewritten", "use --check or --diff")
    if not formatted.changes:
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(formatted.after.encode())
        beside.chmod(target.stat().st_mode)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        why = (error.strerror or str(error)).lower()
        raise misuse(f"`{formatted.name}` cannot be written: {why}", None, formatted.name) from error
    console.note(f"{formatted.name}: formatted")


def _show(formatted: _Formatted, console: Console, *, diff: bool) -> None:
    name = named(formatted.name)
    if console.style == "json":
        return
    if not diff:
        console.result(name)
        return
    for line in _difference(formatted, name):
        colour = {"+": "32", "-": "31", "@": "36"}.get(line[:1], "")
        console.result(console.paint(line, colour) if colour else line)


def _difference(formatted: _Formatted, name: str) -> Iterator[str]:
    from difflib import unified_diff

    before = formatted.before.decode("utf-8-sig").splitlines()
    pairs = unified_diff(before, formatted.after.splitlines(), name, f"{name}, formatted", lineterm="")
    yield from pairs


verb = Verb(
    "fmt",
    "put files into the one layout that all protocols share",
    _configure,
    _run,
    (
        "protocol fmt trial.protocol",
        "protocol fmt --check protocols/*.protocol",
        "protocol fmt - < draft.protocol > trial.protocol",
    ),
    ("0  done", "1  with --check, a file would change"),
    job="write",
)
