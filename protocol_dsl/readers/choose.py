"""Records from whatever is there: the readers on the shelf are asked which of them knows it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from protocol_dsl.base.diagnostic import Cell, Diagnostic, Severity, in_order
from protocol_dsl.base.nearest import nearest
from protocol_dsl.base.shelf import shelf
from protocol_dsl.model.protocol import Protocol
from protocol_dsl.readers.mapping import NAME, MappingFile, read_mapping
from protocol_dsl.readers.plain import Data, gather
from protocol_dsl.readers.reader import Place, Reader, Translated
from protocol_dsl.readers.rows import Loaded, at

if TYPE_CHECKING:
    import pandas as pd


@cache
def readers() -> Mapping[str, Reader]:
    """The readers by name, in the order in which they are asked."""
    found: dict[str, Reader] = {one.name: one for one in shelf("protocol_dsl.readers", "reader").values()}
    return dict(sorted(found.items(), key=lambda pair: (pair[1].rank, pair[0])))


def read(
    protocol: Protocol, data: "Path | Mapping[str, pd.DataFrame]", mapping: "Path | MappingFile | None" = None
) -> Data:
    """The records in a folder, a file or frames, in whatever form a reader knows.

    `mapping` is a file in TOML, or one that was read; without it, `mapping.toml` in the folder. Raises nothing on data.
    """
    found = translate(protocol, data, mapping)[1]
    return gather(protocol, found.loaded, found.origins, found.told_in)


def translate(
    protocol: Protocol, data: "Path | Mapping[str, pd.DataFrame]", mapping: "Path | MappingFile | None" = None
) -> tuple[Reader, Translated]:
    """Who reads the data, and the data under plain names; where the mapping is at fault, none of them."""
    place = Place(data, mapping_for(data, mapping))
    reader, problems = _reader(place)
    if problems:
        return reader, _refused(problems)
    found = reader.translate(protocol, place)
    wrong = [one for one in found.loaded.problems if one.severity is Severity.ERROR and one.code in _OF_MAPPING]
    if wrong:
        files = (*found.loaded.unread, *(_file(one) for one in wrong))
        found = evolve(found, loaded=evolve(found.loaded, unread=files))
    return reader, found


_OF_MAPPING = ("PD750", "PD751", "PD752")


def _refused(problems: tuple[Diagnostic, ...]) -> Translated:
    return Translated(Loaded(problems=in_order(problems), unread=tuple(map(_file, problems))), ())


def _file(problem: Diagnostic) -> str:
    where = problem.primary.where
    return where.file if isinstance(where, Cell) else where.source.name


def mapping_for(data: "Path | Mapping[str, pd.DataFrame]", given: "Path | MappingFile | None") -> MappingFile:
    """The mapping that was given; else the one in the folder, else none."""
    if isinstance(given, MappingFile):
        return given
    if given is not None:
        return read_mapping(given)
    beside = None if isinstance(data, Mapping) else data / NAME
    return read_mapping(beside) if beside is not None and beside.is_file() else MappingFile()


def _reader(place: Place) -> tuple[Reader, tuple[Diagnostic, ...]]:
    """The reader that the mapping names, or the first that recognises the place; else that of plain folders."""
    known, mapping = readers(), place.mapping
    plain = known["plain"]
    if mapping.problems:
        return plain, mapping.problems
    if mapping.standard:
        named = known.get(mapping.standard.casefold())
        if named is None:
            near = nearest(mapping.standard.casefold(), known)
            cure = f"`{near}` is near" if near else f"there are {', '.join(f'`{name}`' for name in known)}"
            message = f"no form of data is called `{mapping.standard}`"
            return plain, (mapping.problem("PD750", message, ("standard", mapping.standard), cure),)
        return named, ()
    found = next((one for one in known.values() if one.recognises(place)), plain)
    if mapping.given and not found.mapped:
        message = "the mapping is not used: the data are not recognised as a form that needs one"
        where = Cell(mapping.source.name)
        forms = ", ".join(name for name, one in known.items() if one.mapped)
        return found, (at("PD750", message, where, f'say which, as in `standard = "sdtm"`: there are {forms}'),)
    return found, ()
