"""`protocol settle`: what is missing of a patient, and whether it can still matter."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.nearest import nearest
from protocol_dsl.cli.console import Console, misuse
from protocol_dsl.cli.inputs import RUN, add_file, add_records, records, sound
from protocol_dsl.cli.questions import add_smt, needs_solver, write_questions
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.amend.settling import Missing, Settled

_MOST_VALUES: Final = 6


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    add_records(parser)
    parser.add_argument("--patient", metavar="ID", help="whose verdict; not needed where there is one patient only")
    add_smt(parser)


def _run(arguments: Namespace, console: Console) -> int:
    from protocol_dsl.amend.settling import settle
    from protocol_dsl.amend.smt import numbered

    needs_solver(arguments.smt)
    protocol = sound(arguments.file, without=RUN)
    found = records(arguments, protocol, console)
    known = {record.patient: record for record in found.data.records}
    patient = arguments.patient or (next(iter(known)) if len(known) == 1 else None)
    if patient not in known:
        near = nearest(patient, known) if patient else None
        cure = f"`{near}` is near" if near else f"there are {', '.join(f'`{name}`' for name in list(known)[:12])}"
        raise misuse(f"there is no patient `{patient}`" if patient else "the patient is not named", cure, "--patient")
    settled = settle(protocol, known[patient], found.as_of, found.at, aloud=arguments.smt is not None)
    if arguments.smt is not None:
        write_questions(arguments.smt, numbered(settled.asked.questions))
        if settled.asked.refused:
            console.note(f"not written in SMT-LIB: {settled.asked.refused}")
    if console.style == "json":
        console.data(_data(settled))
    else:
        console.result("\n".join(_lines(settled)))
    return 0


def _lines(settled: "Settled") -> list[str]:
    told = [f"{settled.patient}: {settled.verdict.value}"]
    for title, matters in (("can still matter", True), ("may matter, not looked through", None), ("cannot", False)):
        some = [one for one in settled.missing if one.matters is matters]
        told += ["", title] if some and matters is not False else [""] if some else []
        if matters is False and some:
            told.append("cannot matter, whatever they are: " + ", ".join(one.item for one in some))
        else:
            told += [line for one in some for line in _matter(one)]
    if not settled.missing:
        told.append("nothing that a criterion asks for is missing")
    told += [f"not covered in full: {'; '.join(settled.loose)}"] if settled.loose else []
    return told


def _matter(one: "Missing") -> list[str]:
    shown = [f"      {by.value} -> {by.verdict.value}" for by in one.decides[:_MOST_VALUES]]
    more = len(one.decides) - len(shown)
    alone = [] if shown else ["      no value of it decides alone"]
    return [f"  {one.item} ({one.reason})", *shown, *alone, *([f"      and {more} more"] if more > 0 else [])]


def _data(settled: "Settled") -> dict[str, Any]:
    return {
        "patient": settled.patient,
        "verdict": settled.verdict.value,
        "possible": [one.value for one in settled.possible],
        "missing": [
            {
                "item": one.item,
                "reason": one.reason,
                "matters": one.matters,
                "decides": [{"value": by.value, "verdict": by.verdict.value} for by in one.decides],
            }
            for one in settled.missing
        ],
        "completions": settled.completions,
        "not_covered": list(settled.loose),
    }


verb = Verb(
    "settle",
    "say which missing items of a patient can still matter",
    _configure,
    _run,
    ("protocol settle nct06631391 --data nct06631391 --patient SYN-03",),
    ("0  said",),
    job="patients",
)
