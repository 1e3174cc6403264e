"""`protocol advise`: the next move, and why."""

import re
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.source import Source, Span
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import add_file, add_records, records, sound
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from fractions import Fraction

    from protocol_dsl.conduct.dlt import DltStatus
    from protocol_dsl.escalation.advise import Advice, WhatIf
    from protocol_dsl.escalation.history import History, Unreadable
    from protocol_dsl.model.protocol import Protocol

    Told = tuple[History, Advice, list[str]]

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")  # a longer name stays text


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("--history", metavar="TEXT", help='what has happened, as in "1NNN 2NTP"')
    wording = 'or the counts at each level, DLTs among those known, as in "1 0/3, 2 1/6"; the level just treated last'
    parser.add_argument("--tally", metavar="TEXT", help=wording)
    wording = "how many patients of each cohort a count of the protocol's own holds for, as in grade_2=0,1,0"
    parser.add_argument("--counts", metavar="NAME=N,N", action="append", default=[], help=wording)
    wording = "how much of the window has passed for each pending patient, from 0 to 1, as in 0.5,0.25"
    parser.add_argument("--followed", metavar="PART,PART", help=wording)
    add_records(parser, required=False)


def _run(arguments: Namespace, console: Console) -> int:
    if [arguments.history, arguments.data, arguments.tally].count(None) != 2:  # noqa: PLR2004 - one of the three
        message = "the move needs `--history`, `--tally` or `--data`, and one alone"
        raise misuse(message, 'as in --history "1NNN 2NTN"')
    if arguments.data is not None and (arguments.counts or arguments.followed is not None):
        raise misuse("`--counts` and `--followed` go with `--history`", "the records tell both themselves")
    protocol = sound(arguments.file)
    if protocol.escalation is None or protocol.ladder is None:
        raise misuse("the file has no doses with an escalation, so that there is no move", None, arguments.file)
    if arguments.tally is not None:
        arguments.history = _from_tally(arguments, protocol, console)
    history, advice, waiting = (
        _from_data(arguments, protocol, console) if arguments.data else _from_text(arguments, protocol)
    )
    if console.style == "json":
        console.data({**_fixed(advice), "history": str(history)})
    else:
        console.result(_text(advice, history, waiting))
    return 3 if advice.move == "wait" else 0


def _from_data(arguments: Namespace, protocol: "Protocol", console: Console) -> "Told":
    """The move from the records: a stopping rule that is met comes before the table."""
    from protocol_dsl.conduct.trial import advise_from

    found = records(arguments, protocol, console)
    console.note(f"as of {found.as_of.isoformat()}")
    told = advise_from(protocol, found.data.records, found.as_of, found.at)
    return told.history, told.advice, [_awaited(one) for one in told.awaited] or list(told.advice.waiting_for)


def _awaited(status: "DltStatus") -> str:
    """Who is waited for, and until when or for what."""
    why = f"pending until {status.pending_until.isoformat()}" if status.pending_until else status.status.value
    return f"{status.patient} at level {status.level} ({why})"


def _from_tally(arguments: Namespace, protocol: "Protocol", console: Console) -> str:
    """A history with the counts of the tally."""
    from protocol_dsl.escalation.designs import machine
    from protocol_dsl.escalation.history import Unreadable
    from protocol_dsl.escalation.tallied import history_of

    if arguments.counts or protocol.escalation is None or protocol.ladder is None:
        raise misuse("`--counts` speaks of cohorts, which a tally does not tell", "use `--history`")
    found = history_of(machine(protocol.escalation, protocol.ladder, remember=True), arguments.tally)
    if isinstance(found, Unreadable):
        raise _unreadable(found, arguments.tally, "--tally")
    console.note(f"taken as {found}; the counts do not tell the order within a level")
    return str(found)


def _from_text(arguments: Namespace, protocol: "Protocol") -> "Told":
    from protocol_dsl.conduct.trial import advise
    from protocol_dsl.escalation.history import History, Unreadable

    names = protocol.ladder.names if protocol.ladder else ()
    history = History.read(arguments.history, names)
    if isinstance(history, Unreadable):
        raise _unreadable(history, arguments.history)
    counts = counts_of(arguments.counts, protocol, history)
    found = advise(protocol, history, counts, _followed(arguments.followed, protocol, history))
    if isinstance(found, Unreadable):
        raise _unreadable(found, arguments.history)
    return history, found, list(found.waiting_for)


def _followed(given: str | None, protocol: "Protocol", history: "History") -> tuple["Fraction", ...] | None:
    """What `--followed` says: a part from 0 to 1 for each pending patient."""
    from protocol_dsl.base.quantity import read_number
    from protocol_dsl.escalation.designs import goes_by_follow_up

    if given is None:
        return None
    if protocol.escalation is None or not goes_by_follow_up(protocol.escalation):
        raise misuse("the escalation does not go by how long patients were followed", "leave `--followed` out")
    pending = sum(cohort.outcomes.count("P") for cohort in history.cohorts)
    parts = [read_number(part.strip()) for part in given.split(",")]
    found = tuple(part for part in parts if part is not None and 0 <= part <= 1)
    if len(found) != len(parts) or len(found) != pending:
        who = "1 patient is pending" if pending == 1 else f"{pending or 'no'} patients are pending"
        cure = f"{who}; write a part from 0 to 1 for each, as in 0.5,0.25"
        raise misuse(f"`{given}` does not fit the history", cure)
    return found


def counts_of(given: list[str], protocol: "Protocol", history: "History") -> dict[str, tuple[int, ...]]:
    """What `--counts` says, each with a number for each cohort, none more than the cohort has patients."""
    known = protocol.escalation.extra if protocol.escalation else ()
    found = {}
    for text in given:
        name, _, numbers = text.partition("=")
        if name not in known:
            names = ", ".join(f"`{one}`" for one in known) or "none"
            raise misuse(f"the escalation keeps no count `{name}`", f"the counts it keeps: {names}")
        if name in found:
            raise misuse(f"`--counts` says `{name}` twice", "keep one of the two")
        each = [number.strip() for number in numbers.split(",")]
        sizes = [len(cohort.outcomes) for cohort in history.cohorts]
        fits = len(each) == len(sizes) and all(n.isascii() and n.isdigit() for n in each)
        if not fits or any(int(n) > size for n, size in zip(each, sizes, strict=True)):
            cure = f"there are {len(sizes)} cohorts; write a number for each, and none above its patients"
            raise misuse(f"`{text}` does not fit the history", cure)
        found[name] = tuple(map(int, each))
    return found


def _unreadable(why: "Unreadable", text: str, option: str = "--history") -> Stop:
    where = Label(Span(Source(option, text), why.start, why.end))
    return Stop([Diagnostic("PD480", Severity.ERROR, why.message, where, help=why.help or None)])


def level(name: str | None) -> int | str | None:
    """A level as JSON has it: an integer where its name is one."""
    return int(name) if name is not None and _WHOLE.fullmatch(name) else name


def _fixed(advice: "Advice") -> dict[str, Any]:
    return {
        "move": advice.move,
        "action": advice.action,
        "row": advice.row,
        "level": level(advice.level),
        "patients": advice.patients,
        "closed": [level(name) for name in advice.closed],
        "mtd": level(advice.mtd),
        "because": advice.because,
        "waiting_for": list(advice.waiting_for),
        "notes": list(advice.notes),
        "outcomes": [{"dlts": dict(what_if.dlts), "action": what_if.advice.action} for what_if in advice.outcomes],
    }


def _text(advice: "Advice", history: "History", waiting: list[str]) -> str:
    before = history.cohorts[-1].level if history.cohorts else None
    lines = [f"{str(history) or 'nobody treated yet'}: {_move(advice, before)}", f"  because {advice.because}"]
    if advice.closed:
        lines.append(f"  closed: level{'s' * (len(advice.closed) > 1)} {', '.join(advice.closed)}")
    lines += [f"  waiting for {awaited}" for awaited in waiting]
    if len({_move(what_if.advice, before) for what_if in advice.outcomes}) > 1:
        lines += [f"  if {_mix(what_if)}: {_move(what_if.advice, before)}" for what_if in advice.outcomes]
    return "\n".join(lines) + "\n"


def _mix(what_if: "WhatIf") -> str:
    told = (f"{dlts} of the pending at level {at} {'has' if dlts == 1 else 'have'} a DLT" for at, dlts in what_if.dlts)
    return " and ".join(told)


def _move(advice: "Advice", before: str | None) -> str:
    """The move in words; `before` is the level just treated, where `escalate` leads nowhere else at the top."""
    if advice.move == "treat":
        treated = f"treat {advice.patients} at level {advice.level}"
        if advice.level == before and "escalate" in advice.action.split(" and "):
            return f"another cohort at the top: {treated}"
        return treated if advice.action.startswith("treat ") else f"{advice.action}: {treated}"
    if advice.move == "wait":
        return "wait"
    mtd = "no level is recommended" if advice.mtd is None else f"the recommended level is {advice.mtd}"
    return f"stop: {mtd}"


verb = Verb(
    "advise",
    "give the next move that the rules propose, and why",
    _configure,
    _run,
    (
        'protocol advise nct06631391 --history "1NNN 2NTN"',
        "protocol advise trial.protocol --data records/ --as-of 2026-06-30",
    ),
    ("0  treat or stop", "3  wait"),
    job="trial",
)
