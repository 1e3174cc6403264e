"""Text in; tree, protocol and diagnostics out: the whole way on one screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Diagnostic, Severity, in_order
from protocol_dsl.base.shipped import shipped
from protocol_dsl.base.source import Source
from protocol_dsl.checks import checks, proofs
from protocol_dsl.checks.accepted_finding import accepted
from protocol_dsl.elaborate.build import elaborate
from protocol_dsl.escalation.designs import FAMILIES
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.readers.sets import names_beside
from protocol_dsl.syntax.parse import parse
from protocol_dsl.syntax.reading import Comment, decode
from protocol_dsl.syntax.sections import File, UsesLine

ASSUMPTIONS = ("PD390", "PD392")
"""The codes under which assumptions are listed, and findings that are accepted; without assumptions they are errors."""


@frozen
class Loaded:
    """What a text came to. `protocol` is None where there is any error; `file` is its tree, perhaps with holes."""

    source: Source
    file: File
    comments: tuple[Comment, ...]
    protocol: Protocol | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that refuse the text."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)


def load_bytes(  # noqa: PLR0913 - what a caller may choose
    name: str,
    data: bytes,
    *,
    assumptions: bool = True,
    folder: Path | None = None,
    without: Collection[str] = (),
    proved: bool = False,
) -> Loaded:
    """A protocol from the bytes of a file. Raises nothing: what is wrong is in the diagnostics.

    The files of sets are looked for in `folder`, by their names alone, and then in the shipped library. `without` names
    checks that the caller runs for itself; with `proved` those are run that ask about all records at once.
    """
    source, problems = decode(name, data)
    if problems:
        return Loaded(source, File(source, (), whole=False), (), None, problems)
    return load_text(source, assumptions=assumptions, folder=folder, without=without, proved=proved)


def load_text(
    source: Source,
    *,
    assumptions: bool = True,
    folder: Path | None = None,
    without: Collection[str] = (),
    proved: bool = False,
) -> Loaded:
    """A protocol from a text. Raises nothing: what is wrong is in the diagnostics, in the order of the text."""
    parsed = parse(source)
    protocol, problems = elaborate(parsed.file, _libraries(parsed.file), names_beside(folder), FAMILIES)
    found = [*parsed.problems, *problems]
    if protocol is not None:
        for name, check in (checks() | (proofs() if proved else {})).items():
            found.extend(() if name in without else check(protocol))
        found = accepted(protocol, found)
    if not assumptions:
        found = [evolve(d, severity=Severity.ERROR) if d.code in ASSUMPTIONS else d for d in found]
    whole = not any(d.severity is Severity.ERROR for d in found)
    ordered = tuple(in_order(found))
    return Loaded(source, parsed.file, parsed.reading.comments, protocol if whole else None, ordered)


def _libraries(file: File) -> Mapping[str, File]:
    """The trees of the libraries that a file uses, and of the record types that every file has."""
    names = ["records"]
    for section in file.sections:
        for entry in section.entries:
            if isinstance(entry, UsesLine):
                names += [used.name.text for used in entry.used if used.library]
    found: dict[str, File] = {}
    folder = shipped("protocols") / "library"
    for name in dict.fromkeys(names):
        path = folder / f"{name}.protocol"
        if path.is_file():
            found[name] = parse(Source(f"{name}.protocol", path.read_text(encoding="utf-8"))).file
    return found
