"""Gradings of a library file: tables of bands, each a condition on a value and its limits in one unit."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import attrs
from attrs import evolve

from protocol_dsl.base.analyte import analytes
from protocol_dsl.base.diagnostic import Diagnostic, in_order
from protocol_dsl.base.source import NOWHERE
from protocol_dsl.elaborate import conditions, expressions, libraries
from protocol_dsl.elaborate.kinds import Limits, Typed
from protocol_dsl.elaborate.phrases import Phrase, Set, read_settings
from protocol_dsl.elaborate.scope import Desk, Scope
from protocol_dsl.model import condition as core
from protocol_dsl.model import vocabulary as v
from protocol_dsl.model.grading import FLAGS, INPUTS, Band, Bands, Direction, Grading, System, Terminology
from protocol_dsl.model.protocol import Header
from protocol_dsl.syntax import defining, logic, sections, tree
from protocol_dsl.syntax.tree import Word

SETTINGS = (
    Phrase("of", "of {word}"),
    Phrase("tests", "tests {text}"),
    Phrase("flagless", "a baseline without a flag counts as normal"),
)
TABLES = (
    Phrase("any", "in any unit"),
    Phrase("si", "si in {unit}"),
    Phrase("us", "us in {unit}"),
    Phrase("both", "in {unit}"),
)
_SYSTEMS = {"si": (System.SI,), "us": (System.US,)}
_HIGHEST = 5


def terminology(file: sections.File) -> tuple[Terminology | None, tuple[Diagnostic, ...]]:
    """The gradings of a library; None where there is any error. Raises nothing."""
    scope = Scope(Desk(Header(""), lambda _file: None))
    found = gradings(file, scope)
    findings = in_order(scope.desk.findings)
    whole = file.whole and not findings
    return (Terminology(*_named(file), found) if whole else None), findings


def gradings(file: sections.File, scope: Scope) -> tuple[Grading, ...]:
    """The sections that could be read; each term once in each direction."""
    found: dict[tuple[str, str], Grading] = {}
    within = evolve(scope, bare=_inputs())
    for section in file.sections:
        if isinstance(section.head, defining.GradingHead):
            one = grading(section, section.head, within)
            if one is not None:
                _once(one, found, within)
    return tuple(found.values())


def _named(file: sections.File) -> tuple[str, str]:
    title = version = ""
    for section in file.sections:
        if isinstance(section.head, sections.LibraryHead):
            title = section.head.title.text
            lines = [line for line in section.entries if isinstance(line, sections.HeaderLine)]
            version = next((line.words[0].text for line in lines if line.key == "version" and line.words[0]), "")
    return title, version


def _once(one: Grading, found: dict[tuple[str, str], Grading], scope: Scope) -> None:
    key = (one.term.casefold(), one.direction)
    first = found.setdefault(key, one)
    if first is not one:
        others = [(first.span, "first here")]
        message = f"`{one.term}` is graded twice when {one.direction}"
        scope.error("PD240", message, one.span, others=others, help="join the two, or name them apart")


def grading(section: sections.Section, head: defining.GradingHead, scope: Scope) -> Grading | None:
    """One section; None where it has no table that can be read."""
    plain = [entry.phrase for entry in section.entries if isinstance(entry, defining.Setting)]
    written = [entry for entry in section.entries if isinstance(entry, defining.Banding)]
    settings = {one.key: one for one in read_settings(plain, SETTINGS, scope)}
    tables = [_table(entry, scope) for entry in written]
    direction = _direction(head, scope)
    if not written and section.whole:
        scope.error("PD240", "the grading has no table", section.span, help="add `in g/L` and a table below it")
    sound = tuple(table for table in tables if table is not None)
    if direction is None or not sound or len(sound) < len(tables):
        return None
    return Grading(
        head.term.text,
        direction,
        sound,
        _analyte(settings.get("of"), scope),
        _tests(settings.get("tests")),
        "flagless" in settings,
        "; ".join(note.text.text for note in section.notes if note.kind == "source"),
        tuple(note.text.text for note in section.notes if note.kind == "note"),
        span=section.span,
    )


def _direction(head: defining.GradingHead, scope: Scope) -> Direction | None:
    if head.direction.text in set(Direction):
        return Direction(head.direction.text)
    scope.unknown(head.direction, tuple(Direction), "direction", "PD240")
    return None


def _analyte(found: Set | None, scope: Scope) -> str | None:
    if found is None:
        return None
    if found.values[0] not in analytes():
        scope.unknown(found.word(0), tuple(analytes()), "analyte", "PD240")
    return found.values[0]


def _tests(found: Set | None) -> tuple[str, ...]:
    return () if found is None else tuple(" ".join(part.split()) for part in found.values[0].split(","))


# --- tables -------------------------------------------------------------------------------------------------------


def _table(written: defining.Banding, scope: Scope) -> Bands | None:
    read = next(read_settings([written.phrase], TABLES, scope), None)
    if read is None:
        return None
    unit = expressions.unit_named(read.word(0), scope) if read.values else None
    bands = [_band(band, scope) for band in written.bands]
    sound = tuple(band for band in bands if band is not None)
    if (read.values and unit is None) or len(sound) < len(bands) or not _in_order(sound, scope):
        return None
    return Bands(unit, _SYSTEMS.get(read.key, tuple(System)), sound, span=written.span)


def _in_order(bands: tuple[Band, ...], scope: Scope) -> bool:
    early = [band for band in bands[:-1] if band.when is None]
    if early:
        scope.error("PD240", "bands after `otherwise` are never reached", early[0].span, help="put `otherwise` last")
    return not early


def _band(written: defining.Band, scope: Scope) -> Band | None:
    grade = written.grade.text
    if not (grade.isdecimal() and int(grade) <= _HIGHEST):
        message = f"`{grade}` is no grade"
        scope.error("PD240", message, written.grade.span, help=f"a grade is a whole number from 0 to {_HIGHEST}")
        return None
    when = None if written.when is None else conditions.condition(named(written.when), scope)
    if written.when is not None and when is None:
        return None
    said = "otherwise" if written.when is None else written.when.span.text
    also = "" if written.also is None else written.also.text
    return Band(int(grade), when, also, " ".join(said.split()), span=written.span)


# --- what bands speak of ------------------------------------------------------------------------------------------


def _inputs() -> dict[str, Typed]:
    """Bare numbers in the unit of the table, and the flag of the baseline."""
    kinds: dict[str, v.Kind] = {name: v.Number(None) for name in INPUTS}
    kinds["baseline_flag"] = v.OneOf(FLAGS)
    fetched = {name: core.Fetch(core.Series(name)) for name in kinds}
    return {name: Typed(fetched[name], kind, NOWHERE, limits=_extent(name)) for name, kind in kinds.items()}


def _extent(name: str) -> Limits:
    return Limits() if name in ("change", "baseline_flag") else Limits(low=Fraction(0))


def named(written: Any) -> Any:  # noqa: ANN401 - any node
    """The same with `2.5 x ULN` as a product of named numbers: in a grading a limit is a number like any other."""
    if isinstance(written, tuple):
        return tuple(named(part) for part in written)
    if isinstance(written, tree.Multiple):
        return _multiple(written)
    if not isinstance(written, tree.Node | logic.Note):
        return written
    parts = {one.name: getattr(written, one.name) for one in attrs.fields(type(written)) if one.name != "span"}
    changed = {name: made for name, part in parts.items() if (made := named(part)) is not part}
    return attrs.evolve(written, **changed) if changed else written


def _multiple(written: tree.Multiple) -> tree.Node:
    limit = tree.Name(Word(written.reference.value.lower(), span=written.span), span=written.span)
    if written.factor is None:
        return limit
    factor = tree.Quantity(written.factor, None, span=written.factor.span)
    return tree.Multiply(factor, limit, span=written.span)


# --- what ships ---------------------------------------------------------------------------------------------------


@cache
def shipped(name: str, version: str) -> Terminology | None:
    """The gradings of a shipped terminology, as in `ctcae` and `5.0`, read once; None where there is none."""
    file = libraries.shipped_library(f"{name}_{version.replace('.', '_')}")
    found = None if file is None else terminology(file)
    return None if found is None else found[0]


def versions(name: str) -> tuple[str, ...]:
    """The versions of a terminology that ship, in their order."""
    names = (each for each in libraries.shipped_names() if each.startswith(f"{name}_") and not each.endswith("_terms"))
    return tuple(sorted((each.removeprefix(f"{name}_").replace("_", ".") for each in names), key=_places))


def _places(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
