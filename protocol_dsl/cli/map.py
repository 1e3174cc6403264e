"""`protocol map`: which data feed which item, as a mapping to keep."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protocol_dsl.base.display import safe
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import add_file, place, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.readers.proposal import Found, Proposal


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--data", metavar="PATH", required=True, help="a folder of data in the form of a standard, or one of its files"
    )
    parser.add_argument("--map", metavar="FILE", help="what is mapped already (default: mapping.toml in the folder)")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.readers.choose import mapping_for, translate
    from protocol_dsl.readers.plain import gather
    from protocol_dsl.readers.proposal import as_toml, proposal

    protocol = sound(arguments.file)
    data = place(Path(arguments.data), arguments.data)
    mapping = mapping_for(data, Path(arguments.map) if arguments.map else None)
    reader, translated = translate(protocol, data, mapping)
    if not reader.mapped and not translated.loaded.problems:
        raise misuse(
            "plain tables need no mapping",
            "columns are called as the items are, files as the lists; `protocol screen` says which are not used",
            str(data),
        )
    read = gather(protocol, translated.loaded, translated.origins, translated.told_in)
    if not translated.entries:
        raise Stop(read.diagnostics)
    console.diagnose(read.diagnostics)
    kept = {"blank": mapping.blank, "units": mapping.units, "missing": mapping.missing}
    found = proposal(protocol, reader, translated, read, kept)
    if console.style == "json":
        console.data(_data(found))
    else:
        head = f"# What feeds {safe(protocol.header.id)} from {reader.label}; keep it as mapping.toml beside them."
        console.result(f"{head}\n\n{as_toml(found)}")
    for account in read.files:
        for what, rows in account.aside.items():
            console.note(f"{account.file}: {rows:,} of {account.rows:,} rows not used: {what}")
    return 2 if read.unread else 0


def _data(found: "Proposal") -> dict[str, Any]:
    return {
        "standard": found.standard,
        "patients": dict(found.patients),
        "found": [_entry(one) for one in found.found],
        "unbound": [{"name": name, "why": why} for name, why in found.unbound.items()],
    }


def _entry(one: "Found") -> dict[str, Any]:
    return {
        "section": one.section,
        "name": one.name,
        "entry": dict(one.entry),
        "rows": one.rows,
        "patients": one.patients,
        "unreadable": one.unreadable,
        "missing": one.missing,
        "units": list(one.units),
        "values": list(one.values),
    }


verb = Verb(
    "map",
    "propose which data feed which item",
    _configure,
    _run,
    (
        "protocol map trial.protocol --data sdtm/ > mapping.toml",
        "protocol map trial.protocol --data sdtm/ --map mapping.toml",
        "protocol map trial.protocol --data redcap/",
        "protocol map trial.protocol --data cdm.duckdb --format json",
    ),
    ("0  the mapping is shown; what has nothing stands at its end", "2  misuse, or nothing, or not all, could be read"),
    job="patients",
)
