"""Library files: record types, definitions and sets that a protocol may use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from protocol_dsl.base.shipped import shipped
from protocol_dsl.base.source import Source
from protocol_dsl.elaborate import declarations
from protocol_dsl.elaborate.scope import Scope
from protocol_dsl.syntax import defining, sections
from protocol_dsl.syntax.parse import parse

ALWAYS = "records"
"""The library that is in reach of every file."""


@cache
def shipped_library(name: str) -> sections.File | None:
    """A library that comes with the package; None where there is none of that name."""
    path = shipped("protocols").joinpath("library", f"{name}.protocol")
    if not path.is_file():
        return None
    return parse(Source(f"{name}.protocol", path.read_text(encoding="utf-8"))).file


def in_reach(names: tuple[str, ...], libraries: Mapping[str, sections.File]) -> tuple[sections.File, ...]:
    """The libraries that a file stands on: the one that is always in reach, those it uses, and those these use."""
    brought: dict[str, sections.File] = {}
    waiting = [ALWAYS, *names]
    while waiting:
        name = waiting.pop(0)
        found = libraries.get(name) or (shipped_library(name) if name.isidentifier() else None)
        if found is not None and name not in brought:
            brought[name] = found
            waiting += _used_by(found)
    return tuple(brought.values())


def _used_by(library: sections.File) -> list[str]:
    lines = (line for section in library.sections for line in section.entries if isinstance(line, sections.UsesLine))
    return [used.name.text for line in lines for used in line.used if used.library]


def shipping(quantity: str, method: str) -> str | None:
    """The library that comes with the package and has a method; None where none has."""
    for name in sorted(shipped_names()):
        found = shipped_library(name)
        for section in () if found is None else found.sections:
            if isinstance(section.head, sections.DefineHead) and any(
                isinstance(one, defining.Definition) and one.method is not None
                and (one.name.text, one.method.text) == (quantity, method)
                for one in section.entries
            ):  # fmt: skip
                return name
    return None


def shipped_names() -> tuple[str, ...]:
    """The names of the libraries that come with the package."""
    folder = shipped("protocols").joinpath("library")
    return tuple(path.name.removesuffix(".protocol") for path in folder.iterdir() if path.name.endswith(".protocol"))


# --- designs ------------------------------------------------------------------------------------------------------


@cache
def shipped_design(name: str) -> sections.Section | None:
    """The escalation section of a design that comes with the package; None where there is none of that name."""
    path = shipped("protocols").joinpath("designs", f"{name}.protocol")
    if not name.isidentifier() or not path.is_file():
        return None
    file = parse(Source(f"{name}.protocol", path.read_text(encoding="utf-8"))).file
    return next((one for one in file.sections if isinstance(one.head, sections.EscalationHead)), None)


def design_names() -> tuple[str, ...]:
    """The names of the designs that come with the package, sorted."""
    folder = shipped("protocols").joinpath("designs")
    return tuple(sorted(p.name.removesuffix(".protocol") for p in folder.iterdir() if p.name.endswith(".protocol")))


_STANDARDS = ("ctcae", "ucum")
"""What a file may stand on besides libraries."""


def missing(line: sections.UsesLine, libraries: Mapping[str, sections.File], scope: Scope) -> None:
    """Note what a line uses and is not there."""
    names = (*libraries, *shipped_names())
    for used in line.used:
        if used.library:
            if used.name.text not in libraries and shipped_library(used.name.text) is None:
                scope.unknown(used.name, names, "library", "PD106")
        elif used.name.text in names:
            message = f"`{used.name.text}` is a library, and is not named as one"
            scope.error("PD106", message, used.name.span, help=f"write `library {used.name.text}`")
        elif used.name.text not in _STANDARDS:
            scope.unknown(used.name, _STANDARDS, "standard", "PD106")


def records(library: sections.File, scope: Scope) -> None:
    """Put a library's record types on the desk."""
    for section in library.sections:
        if isinstance(section.head, sections.RecordHead):
            declarations.record(section.head, section.entries, scope, ours=False)  # type: ignore[arg-type]


def definitions(library: sections.File, scope: Scope) -> None:
    """Put on the desk what else a library declares; what the file itself declares goes before it."""
    for section in library.sections:
        if isinstance(section.head, sections.RecordAddsHead):
            declarations.record_adds(section.head, section.entries, scope)  # type: ignore[arg-type]
        elif isinstance(section.head, sections.DefineHead):
            declarations.definitions(section.entries, scope, ours=False)
