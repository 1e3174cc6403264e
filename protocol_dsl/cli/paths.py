"""`protocol paths`: every outcome of the next cohorts, and what follows each."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from protocol_dsl.base.diagnostic import Diagnostic, Label, Severity
from protocol_dsl.base.sheet import Sheet
from protocol_dsl.base.source import Source, Span
from protocol_dsl.cli.advise import counts_of, level
from protocol_dsl.cli.console import Console, Stop, misuse
from protocol_dsl.cli.inputs import RUN, add_file, sound
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
    wording = "how many patients of each cohort a count of the protocol's own holds for, as in grade_2=0,1,0"
    parser.add_argument("--counts", metavar="NAME=N,N", action="append", default=[], help=wording)
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
    protocol = sound(arguments.file, without=RUN)
    found = _found(arguments, protocol, cohorts)
    if arguments.count:
        return _counted(found, console)
    if found.root is None:
        raise _too_many(found)
    for note in found.notes:
        console.note(note)
    name = named(protocol)
    write_out(
        arguments.out,
        {
            ".csv": lambda: csv_text(_sheet(found, name)),
            ".md": lambda: markdown_text(_sheet(found, name)),
            ".svg": lambda: _svg(found, name),
            ".html": lambda: _html(found, name),
            ".png": lambda: png(_svg(found, name)),
        },
    )
    _show(found, name, arguments.format, console)
    return 0


def _show(found: "Pathways", name: str, form: str | None, console: Console) -> None:
    from protocol_dsl.figures.path_sheet import tree

    if console.style == "json":
        console.data({**_head(found), "paths": list(_paths(found))})
    elif form in FORMATS:
        print_sheet(_sheet(found, name), console, form)
    else:
        console.result("".join(f"{line}\n" for line in tree(found)))


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
        counts = _counts(counts_of(arguments.counts, protocol, history), protocol.escalation.extra)
        found = pathways(protocol.escalation, protocol.ladder, history, cohorts, counts=counts)
        if not isinstance(found, Unreadable):
            return found
        history = found
    where = Label(Span(Source("--history", arguments.history), history.start, history.end))
    raise Stop([Diagnostic("PD480", Severity.ERROR, history.message, where, help=history.help or None)])


def _counts(given: dict[str, tuple[int, ...]], kept: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    """The counts of each cohort, in the order in which they are kept; none where nothing is said of them."""
    lacking = [name for name in kept if name not in given]
    if given and lacking:
        raise misuse(f"`--counts` says nothing of `{lacking[0]}`", f"add `--counts {lacking[0]}=...`, too", "--counts")
    return tuple(zip(*(given[name] for name in kept), strict=True)) if given else ()


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
    from protocol_dsl.figures.path_sheet import recommended

    move = end.move
    treats, stops = isinstance(move, Treat), isinstance(move, Stopped)
    return {
        "move": "treat" if treats else "stop" if stops else "wait",
        "level": level(found.names[move.rung]) if isinstance(move, Treat) else None,
        "patients": move.patients if isinstance(move, Treat) else 0,
        "closed": [level(name) for name in found.names[move.closed :]],
        "recommended": level(recommended(found, end)),
        "levels": [
            {"level": level(name), "treated": tally.treated, "with_dlt": tally.with_dlt}
            for name, tally in zip(found.names, end.tallies, strict=True)
        ],
    }


def _sheet(found: "Pathways", name: str) -> Sheet:
    from protocol_dsl.figures.path_sheet import path_sheet

    return path_sheet(found, name)


def _svg(found: "Pathways", name: str) -> str:
    from protocol_dsl.figures.path_sheet import title
    from protocol_dsl.figures.svg import TooLarge
    from protocol_dsl.figures.transitions import transitions

    drawn = transitions(found, title(found, name))
    if isinstance(drawn, TooLarge):
        raise misuse(drawn.why, "look ahead over fewer cohorts, or write .csv, .md or .html", "--out")
    return drawn


def _html(found: "Pathways", name: str) -> str:
    from protocol_dsl.figures.shown import ShownPaths

    return ShownPaths(name, found).html()


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
    job="design",
)
