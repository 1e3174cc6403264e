"""`protocol paths`: every outcome of the next cohorts, and what follows each."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.sheet import Sheet, runs
from protocol_dsl.base.source import Source, Span
from protocol_dsl.cli.advise import level
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import add_file, sound
from protocol_dsl.cli.outputs import (
    FORMATS,
    add_out,
    csv_text,
    ending,
    markdown_text,
    named,
    png,
    print_sheet,
    write_out,
)
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.escalation.paths import Fork, Outcome, Pathways
    from protocol_dsl.model.protocol import Protocol

_ENDINGS: Final = (".csv", ".md", ".svg", ".html", ".png")
_COHORTS: Final = 3
_ALL: Final = "all"


def _configure(parser: ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("--history", metavar="TEXT", default="", help='what has happened, as in "1NNN 2NTP"')
    parser.add_argument(
        "--cohorts",
        metavar="N",
        default=str(_COHORTS),
        help="how many cohorts to look ahead, or `all` for the whole trial (default: %(default)s)",
    )
    parser.add_argument("--count", action="store_true", help="say how many paths there are, and list none")
    add_out(parser, _ENDINGS, "a table or a picture")


def _run(arguments: Namespace, console: Console) -> int:
    if arguments.out:
        ending(arguments.out, _ENDINGS)
    cohorts = _cohorts(arguments.cohorts)
    protocol = sound(arguments.file)
    found = _found(arguments, protocol, cohorts)
    if arguments.count:
        return _counted(found, console)
    if found.root is None:
        raise _too_many(found)
    for note in found.notes:
        console.note(note)
    write_out(
        arguments.out,
        {
            ".csv": lambda: csv_text(_sheet(found, protocol)),
            ".md": lambda: markdown_text(_sheet(found, protocol)),
            ".svg": lambda: _svg(found, protocol),
            ".html": lambda: _html(found, protocol),
            ".png": lambda: png(_svg(found, protocol)),
        },
    )
    if console.style == "json":
        console.data({**_head(found), "paths": list(_paths(found))})
    elif arguments.format in FORMATS:
        print_sheet(_sheet(found, protocol), console, arguments.format)
    else:
        console.result("".join(f"{line}\n" for line in _text(found)))
    return 0


def _cohorts(text: str) -> int | None:
    if text == _ALL:
        return None
    if text.isascii() and text.isdigit() and 0 < int(text[:4]) <= 100:  # noqa: PLR2004 - said in the message
        return int(text[:4])
    raise misuse(f"`{text}` is no number of cohorts", "give a number from 1 to 100, or `all`", "--cohorts")


def _found(arguments: Namespace, protocol: "Protocol", cohorts: int | None) -> "Pathways":
    from protocol_dsl.escalation.history import History, Unreadable
    from protocol_dsl.escalation.paths import pathways

    if protocol.escalation is None or protocol.ladder is None:
        raise misuse("the file has no doses with an escalation, so that there are no paths", None, arguments.file)
    history = History.read(arguments.history, protocol.ladder.names)
    if not isinstance(history, Unreadable):
        found = pathways(protocol.escalation, protocol.ladder, history, cohorts)
        if not isinstance(found, Unreadable):
            return found
        history = found
    where = Label(Span(Source("--history", arguments.history), history.start, history.end))
    raise Stop([Diagnostic("PD480", Severity.ERROR, history.message, where, help=history.help or None)])


def _counted(found: "Pathways", console: Console) -> int:
    if console.style == "json":
        console.data(_head(found))
    elif found.count is None:
        console.result("more paths than can be counted")
    else:
        console.result(f"{found.count} paths" if found.count != 1 else "1 path")
    return 0


def _too_many(found: "Pathways") -> Stop:
    from protocol_dsl.escalation.paths import MOST_PATHS

    many = "more paths than can be counted" if found.count is None else f"{found.count} paths"
    cure = f"`--cohorts {found.fitting}` gives no more" if found.fitting else "a history with more cohorts leaves fewer"
    return misuse(f"there are {many}, and at most {MOST_PATHS} are listed", cure, "--cohorts")


# --- for programs -----------------------------------------------------------------------------------------------------


def _head(found: "Pathways") -> dict[str, Any]:
    return {"history": str(found.history), "cohorts": found.cohorts, "count": found.count, "notes": list(found.notes)}


def _paths(found: "Pathways") -> Iterator[dict[str, Any]]:
    from protocol_dsl.escalation.paths import each

    for path in each(found.root) if found.root else ():
        yield {"cohorts": [_seen(found, one) for one in path.seen], **_end(found, path.end)}


def _seen(found: "Pathways", one: "Outcome") -> dict[str, Any]:
    return {
        "level": level(found.names[one.rung]),
        "treated": one.patients,
        "with_dlt": one.dlts,
        "were_pending": one.settles,
        "counts": dict(zip(found.extra, one.extra, strict=False)),
    }


def _end(found: "Pathways", end: "Fork") -> dict[str, Any]:
    from protocol_dsl.escalation.design import Stop as Stopped
    from protocol_dsl.escalation.design import Treat

    move = end.move
    treats, stops = isinstance(move, Treat), isinstance(move, Stopped)
    return {
        "move": "treat" if treats else "stop" if stops else "wait",
        "level": level(found.names[move.rung]) if isinstance(move, Treat) else None,
        "patients": move.patients if isinstance(move, Treat) else 0,
        "closed": [level(name) for name in found.names[move.closed :]],
        "recommended": level(_recommended(found, end)),
        "levels": [
            {"level": level(name), "treated": tally.treated, "with_dlt": tally.with_dlt}
            for name, tally in zip(found.names, end.tallies, strict=True)
        ],
    }


def _recommended(found: "Pathways", end: "Fork") -> str | None:
    from protocol_dsl.escalation.design import Stop as Stopped

    return found.names[end.move.rung] if isinstance(end.move, Stopped) and end.move.rung is not None else None


# --- for people -------------------------------------------------------------------------------------------------------


def _text(found: "Pathways") -> Iterator[str]:
    from protocol_dsl.escalation.paths import worded

    if found.root is None:
        return
    yield f"{str(found.history) or 'nobody treated yet'}: {worded(found.root.move, found.names)}"
    yield from _branches(found, found.root, 1)
    ahead = "to the end of the trial" if found.cohorts is None else f"over {found.cohorts} cohorts"
    yield f"{found.count} path{'s' * (found.count != 1)} {ahead}"


def _branches(found: "Pathways", fork: "Fork", depth: int) -> Iterator[str]:
    from protocol_dsl.escalation.paths import together, worded

    for branches, then in together(fork):
        closed = found.names[then.move.closed : fork.move.closed]
        shut = f" ({'level' if len(closed) == 1 else 'levels'} {', '.join(closed)} closed)" if closed else ""
        seen = _outcomes(found, [branch.seen for branch in branches])
        yield f"{'  ' * depth}{seen}: {worded(then.move, found.names)}{shut}"
        yield from _branches(found, then, depth + 1)


def _outcomes(found: "Pathways", seen: "list[tuple[Outcome, ...]]") -> str:
    """Outcomes that lead to the same, on one line."""
    if len(seen[0]) == 1 and not found.extra:
        return _with_dlt(found, seen[0][0], runs([each[0].dlts for each in seen]))
    said = (" and ".join(_with_dlt(found, one, str(one.dlts)) for one in each) for each in seen)
    return ", or ".join(said)


def _with_dlt(found: "Pathways", one: "Outcome", dlts: str) -> str:
    of = f"{one.patients} pending at level {found.names[one.rung]}" if one.settles else str(one.patients)
    counts = "".join(f", {name} {count}" for name, count in zip(found.extra, one.extra, strict=False))
    return f"{dlts} of {of} with DLT{counts}"


def _sheet(found: "Pathways", protocol: "Protocol") -> Sheet:
    """A row for each path: the cohorts, the move at its end, and what has been counted by then."""
    from protocol_dsl.escalation.paths import each, worded

    paths = list(each(found.root)) if found.root else []
    longest = max((len(path.seen) for path in paths), default=0)
    head = (*(f"cohort {number}" for number in range(1, longest + 1)), "then", "closed", "recommended", "counts")
    rows = []
    for path in paths:
        cells = [f"level {found.names[one.rung]}: {_with_dlt(found, one, str(one.dlts))}" for one in path.seen]
        cells += [""] * (longest - len(cells))
        closed = ", ".join(found.names[path.end.move.closed :])
        counts = [
            f"level {name}: {tally.with_dlt} of {tally.treated}"
            for name, tally in zip(found.names, path.end.tallies, strict=True)
            if tally.treated
        ]
        then = worded(path.end.move, found.names)
        rows.append((*cells, then, closed, _recommended(found, path.end) or "", "; ".join(counts)))
    return Sheet(_title(found, protocol), head, tuple(rows), found.notes)


def _title(found: "Pathways", protocol: "Protocol") -> str:
    since = f" after {found.history}" if found.history.cohorts else ""
    ahead = "to the end of the trial" if found.cohorts is None else f"over {found.cohorts} cohorts"
    return f"{named(protocol)}: dose transition pathways{since}, {ahead}"


# --- pictures ---------------------------------------------------------------------------------------------------------


def _svg(found: "Pathways", protocol: "Protocol") -> str:
    from protocol_dsl.figures.svg import TooLarge
    from protocol_dsl.figures.transitions import transitions

    drawn = transitions(found, _title(found, protocol))
    if isinstance(drawn, TooLarge):
        raise misuse(drawn.why, "look ahead over fewer cohorts, or write .csv, .md or .html", "--out")
    return drawn


def _html(found: "Pathways", protocol: "Protocol") -> str:
    from protocol_dsl.figures.page import page
    from protocol_dsl.figures.svg import TooLarge
    from protocol_dsl.figures.transitions import transitions

    drawn = transitions(found, _title(found, protocol))
    pictures = () if isinstance(drawn, TooLarge) else (drawn,)
    return page(_title(found, protocol), pictures, (_sheet(found, protocol),))


verb = Verb(
    "paths",
    "show every outcome of the next cohorts, and what follows each",
    _configure,
    _run,
    (
        "protocol paths three_plus_three_korn6",
        'protocol paths trial.protocol --history "1NNN 2NTN" --cohorts 2',
        "protocol paths three_plus_three_korn6 --cohorts all --count",
        "protocol paths boin --out pathways.svg",
    ),
    ("0  the paths are shown, or counted",),
    formats=FORMATS,
)
