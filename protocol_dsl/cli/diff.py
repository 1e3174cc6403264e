"""`protocol diff`: what an amendment means."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from protocol_dsl.cli.console import Console
from protocol_dsl.cli.inputs import FILE_HELP, RUN, sound
from protocol_dsl.cli.outputs import add_out, markdown_text, print_sheet, write_out
from protocol_dsl.cli.verb import Verb

if TYPE_CHECKING:
    from protocol_dsl.amend.change import Diff
    from protocol_dsl.amend.intent import Held

_OUT: Final = (".md", ".json")


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help=FILE_HELP)
    parser.add_argument("new", metavar="NEW", help="the version that amends it, named in the same way")
    add_out(parser, _OUT, "the summary of changes, or all of it as data")


def _run(arguments: Namespace, console: Console) -> int:
    import json

    from protocol_dsl.amend.diff import diff
    from protocol_dsl.amend.report import lines, summary, to_json

    old, new = (sound(name, without=RUN) for name in (arguments.old, arguments.new))
    found = diff(old, new)
    held = None
    console.diagnose(found.defects)
    writers = {
        ".md": lambda: markdown_text(summary(found, new, held)),
        ".json": lambda: json.dumps(to_json(found, new, held), indent=2, ensure_ascii=False) + "\n",
    }
    write_out(arguments.out, writers)
    if arguments.format == "markdown":
        print_sheet(summary(found, new, held), console, "markdown")
    elif console.style == "json":
        console.data(to_json(found, new, held))
    else:
        console.result("\n".join(lines(found, new, held)))
    return _status(found, held)


def _status(found: "Diff", held: "Held | None") -> int:
    if held is not None:
        return 0 if held.matched else 3 if found.undecided else 1
    if found.empty:
        return 0
    shown = any(one.kind != "undecided" for one in found.clauses) or found.said or found.whole.witnesses
    parted = found.escalation is not None and found.escalation.departure is not None
    return 1 if shown or parted else 3


verb = Verb(
    "diff",
    "say what an amendment means: for each clause, for who is eligible, for the escalation, with records that show it",
    _configure,
    _run,
    (
        "protocol diff nct06631391@1.0 nct06631391@2.0",
        "protocol diff --out changes.md old.protocol new.protocol",
        "protocol diff --format json old.protocol new.protocol",
    ),
    (
        "0  no difference, or the stated intent is matched",
        "1  a difference, or one that is not as stated",
        "3  undecided",
    ),
    ("markdown",),
)
