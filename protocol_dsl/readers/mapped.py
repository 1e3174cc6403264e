"""The way that every standard of tables goes: what feeds what, then rows under plain names."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Severity
from protocol_dsl.base.nearest import nearest
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.model.vocabulary import ListOf
from protocol_dsl.readers.bindings import NOTHING, Bound
from protocol_dsl.readers.domains import Domains
from protocol_dsl.readers.lists import record_types
from protocol_dsl.readers.mapping import texts
from protocol_dsl.readers.reader import Place, Translated
from protocol_dsl.readers.resolve import resolve
from protocol_dsl.readers.rows import Loaded, Table, at
from protocol_dsl.readers.standard import Standard
from protocol_dsl.readers.translate import translate


@frozen
class Said:
    """What was found wrong with tables, and the rows, by file, that it was said of."""

    problems: tuple[Diagnostic, ...] = ()
    faulty: Mapping[str, set[int]] = NOTHING


NOTHING_SAID: Final = Said()


def translated(
    standard: Standard,
    protocol: Protocol,
    place: Place,
    domains: Domains,
    said: Said = NOTHING_SAID,
) -> Translated:
    """The data of a place under plain names. `said` is what there was to say of the tables before."""
    whole = place.loaded
    unusable = tuple(_unusable(standard, domains, {standard.patients, *_wanted(standard, protocol, place, domains)}))
    if unusable:
        unread = tuple(one.primary.where.file for one in unusable if isinstance(one.primary.where, Cell))
        return Translated(Loaded((), (*whole.problems, *unusable), (*whole.unread, *unread)), ())
    bound, complaints = resolve(standard, protocol, domains, place.mapping)
    known = _without_unasked(standard, whole, bound)
    plain, origins = translate(standard, domains, bound, place.mapping, said.faulty)
    tables = tuple(_respelt(standard, plain, domains))
    return Translated(
        Loaded(tables, (*known.problems, *said.problems, *complaints), known.unread),
        origins,
        standard.spelt(standard.patients),
        bound.entries,
        bound.unbound,
    )


def _respelt(standard: Standard, tables: Iterable[Table], domains: Domains) -> Iterable[Table]:
    """The tables with the names of columns as their files have them; behind an `@` stands what was made of one."""
    files = {
        one.table.file: {name.upper(): name for name in one.table.columns} for each in domains.values() for one in each
    }
    for one in tables:
        names, stems = files[one.file], (name.partition("@")[0] for name in one.written)
        yield evolve(one, written=tuple(names.get(stem.upper(), standard.spelt(stem)) for stem in stems))


def _wanted(standard: Standard, protocol: Protocol, place: Place, domains: Domains) -> Iterator[str]:
    """The tables that something may be fed from."""
    lists, mapping = record_types(protocol), place.mapping
    for name, item in protocol.items.items():
        if isinstance(item.kind, ListOf):
            said = {**(standard.records(lists[name], domains) or {}), **mapping.lists.get(name, {})}
        else:
            said = {**(standard.item(item, domains) or {}), **mapping.items.get(name, {})}
        yield from (one.upper() for one in texts(said.get("from")))


def _unusable(standard: Standard, domains: Domains, wanted: set[str]) -> Iterable[Diagnostic]:
    """What makes a table such that nothing of it can be told."""
    files = {one.table.file: one for each in domains.values() for one in each}
    for domain in files.values():
        names = [name.upper() for name in domain.table.columns]
        twice = next((name for name in names if name and names.count(name) > 1), None)
        where = Cell(domain.table.file, 1, twice)
        if twice:
            yield at("PD704", f"the column `{twice}` stands twice", where, "keep one of them")
    for domain in (one for name in wanted for one in domains.get(name, ())):
        if not domain.has(standard.patient):
            near = nearest(standard.patient, domain.columns)
            cure = f"`{standard.spelt(near)}` is near" if near else f"every table of {standard.label} has it"
            where = Cell(domain.table.file, 1)
            yield at("PD703", f"the column `{standard.spelt(standard.patient)}` is missing", where, cure)


def _without_unasked(standard: Standard, loaded: Loaded, bound: Bound) -> Loaded:
    """What could not be read, but for tables of the standard that are about no patient: a warning is enough of them."""
    asked = {one.domain for one in bound.items} | {one.domain for one in bound.lists}
    spare = standard.about_no_patient - asked
    spared = {file for file in loaded.unread if Path(file).stem.upper() in spare}
    problems = tuple(
        evolve(one, severity=Severity.WARNING) if isinstance(where, Cell) and where.file in spared else one
        for one in loaded.problems
        for where in (one.primary.where,)
    )
    return Loaded(loaded.tables, problems, tuple(file for file in loaded.unread if file not in spared))
