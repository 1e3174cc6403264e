"""`protocol dose`: what is to be given to whom, with every step."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from protocol_dsl.base.nearest import nearest
from protocol_dsl.cli.advise import level
from protocol_dsl.cli.console import Console, misuse, tabbed
from protocol_dsl.cli.inputs import Records, add_file, add_records, records, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.dosing.dose import Dose
    from protocol_dsl.model.protocol import Protocol
    from protocol_dsl.model.record import Record

_HEAD: Final = ("patient", "product", "level", "moment", "date", "result", "amount", "unit", "because", "settles")


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    add_records(parser)
    parser.add_argument("--patient", metavar="ID", help="one patient only")
    parser.add_argument("--level", metavar="LEVEL", help="the level (default: the patient's level on record)")


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.dosing.dose import Outcome, doses

    protocol = sound(arguments.file)
    _check_level(arguments, protocol)
    found = records(arguments, protocol, console)
    people = _people(arguments.patient, found)
    told = [one for record in people for one in doses(protocol, record, found.as_of, found.at, arguments.level)]
    _show(told, found, console)
    outcomes = {one.outcome for one in told}
    return 3 if Outcome.UNKNOWN in outcomes else 1 if Outcome.WITHHELD in outcomes else 0


def _check_level(arguments: Namespace, protocol: "Protocol") -> None:
    if protocol.ladder is None:
        raise misuse("the file has no dose section, so that there is no dose", None, arguments.file)
    names = protocol.ladder.names
    if arguments.level is not None and arguments.level not in names:
        message = f"the table of levels has no level `{arguments.level}`"
        raise misuse(message, f"the levels are {', '.join(names)}", "--level")


def _people(patient: str | None, found: Records) -> "tuple[Record, ...]":
    known = {record.patient: record for record in found.data.records}
    if patient is None:
        return found.data.records
    if patient not in known:
        near = nearest(patient, known)
        cure = f"`{near}` is near" if near else f"there are {', '.join(f'`{name}`' for name in list(known)[:12])}"
        raise misuse(f"there is no patient `{patient}`", cure, "--patient")
    return (known[patient],)


def _show(told: "list[Dose]", found: Records, console: Console) -> None:
    from protocol_dsl.dosing.telling import CAUTION, as_data

    as_of = found.as_of.isoformat()
    if console.style == "json":
        each = [{**as_data(one), "level": level(one.level)} for one in told]
        console.data({"as_of": as_of, "doses": each, "caution": CAUTION})
    elif console.style == "plain":
        console.result(tabbed(_HEAD, [_row(one) for one in told]))
        console.note(f"as of {as_of}. {CAUTION}")
    else:
        for one in told:
            console.result(f"{one.explain()}\n")
        console.result(f"as of {as_of}. {CAUTION}\n")


def _row(one: "Dose") -> tuple[str, ...]:
    from protocol_dsl.dosing.telling import as_data

    data = as_data(one)
    cells = (data[key] for key in _HEAD[:-1])
    return (*("" if cell is None else str(cell) for cell in cells), "; ".join(one.settles))


verb = Verb(
    "dose",
    "work out the amount to be given, step by step",
    _configure,
    _run,
    (
        "protocol dose nct06631391 --data nct06631391 --patient SYN-05",
        "protocol dose trial.protocol --data records/ --level 2 --at infusion=2026-06-01",
    ),
    ("0  every amount is told", "1  the protocol withholds one", "3  one is refused, since something is not known"),
    job="patients",
)
